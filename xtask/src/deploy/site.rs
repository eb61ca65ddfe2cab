//! The site's way into the bucket: what is uploaded, as what, and in which order.
//!
//! At every moment of an upload the page that is served finds its parts. What is named by its hash comes
//! first and replaces nothing; pages come last, and the root after all others. Between them lies what
//! keeps its name. Files of earlier deployments stay: a desk that was open when the new one came still
//! asks for them.

mod integrity;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use stack::{FileRule, Site};

use super::aws::text;
use crate::digest;
use crate::dist;
pub(super) use integrity::ensure_whole;

/// The one file that is not of the build.
pub(super) const CONFIG: &str = "config.json";

/// A site's files by their names.
pub(super) type Files = BTreeMap<String, Vec<u8>>;

/// When a file comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Turn {
    /// Named by its hash: nobody asks for it before a page names it.
    Hashed,
    /// Keeps its name, and no page is broken by another version of it.
    Named,
    /// After what an older desk might not understand is all there, and before the page that needs it.
    Config,
    Page,
    Root,
}

/// One file, as it will lie in the bucket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Upload {
    /// Its name in the site.
    pub(super) name: String,
    /// Its name in the bucket.
    pub(super) key: String,
    pub(super) turn: Turn,
    pub(super) content_type: &'static str,
    pub(super) cache_control: String,
    pub(super) is_brotli: bool,
    /// Whether `CloudFront` keeps it.
    pub(super) is_kept: bool,
}

/// The files of a built site and `config.json`, in their order.
///
/// # Errors
///
/// When the site has no root, holds what no deployment shares, or a file of a kind that is not known.
pub(super) fn plan(site: &Site, files: &Files) -> Result<Vec<Upload>> {
    ensure!(
        files.contains_key(&site.root),
        "the site has no {}: build it with `cargo xtask dist`",
        site.root
    );
    ensure!(
        !files.contains_key(CONFIG),
        "the site holds a {CONFIG}, which is this deployment's own: build it with `cargo xtask dist`"
    );
    let all = files.keys().map(String::as_str).chain([CONFIG]);
    let mut uploads = all
        .map(|name| Upload::new(site, name))
        .collect::<Result<Vec<_>>>()?;
    uploads.sort_by(|one, other| (one.turn, &one.name).cmp(&(other.turn, &other.name)));
    Ok(uploads)
}

/// Reads a built site, all of it at once: by the time that it is uploaded, another build may lie there.
///
/// # Errors
///
/// When the folder, or something in it, cannot be read.
pub(super) fn read(folder: &Path) -> Result<Files> {
    let named = |file: PathBuf| {
        let name = file.strip_prefix(folder).ok().and_then(Path::to_str);
        let name =
            name.with_context(|| format!("{} has a name that is not text", file.display()))?;
        Ok((name.to_owned(), digest::read(&file)?))
    };
    digest::files_under(folder)?
        .into_iter()
        .map(named)
        .collect()
}

impl Upload {
    fn new(site: &Site, name: &str) -> Result<Self> {
        let rule = site
            .file(name)
            .with_context(|| format!("the template does not say how {name} is uploaded"))?;
        let path = format!("/{name}");
        let kept = site.behaviour(&path).is_some_and(|it| it.caches);
        Ok(Self {
            name: name.to_owned(),
            key: format!("{}{name}", site.prefix),
            turn: turn(site, name, rule),
            content_type: content_type(name)?,
            cache_control: rule.cache_control.clone(),
            is_brotli: rule.is_brotli,
            is_kept: kept,
        })
    }

    /// For the eye.
    pub(super) fn line(&self) -> String {
        let encoding = if self.is_brotli { ", br" } else { "" };
        format!(
            "{:<34} {}{encoding}; {}",
            self.name, self.content_type, self.cache_control
        )
    }

    /// Whether what lies there is what would be uploaded: by its name, which is its hash, and by what is
    /// said of it.
    pub(super) fn is_there(&self, head: &Value) -> bool {
        let encoding = if self.is_brotli { "br" } else { "" };
        self.turn == Turn::Hashed
            && text(head, "/ContentType") == self.content_type
            && text(head, "/CacheControl") == self.cache_control
            && text(head, "/ContentEncoding") == encoding
    }

    /// What is uploaded of a file.
    ///
    /// # Errors
    ///
    /// When it cannot be compressed.
    pub(super) fn body<'a>(&self, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
        Ok(if self.is_brotli {
            dist::brotli(bytes)?.into()
        } else {
            bytes.into()
        })
    }
}

fn turn(site: &Site, name: &str, rule: &FileRule) -> Turn {
    if rule.cache_control.contains("immutable") {
        Turn::Hashed
    } else if name == CONFIG {
        Turn::Config
    } else if name == site.root {
        Turn::Root
    } else if is_kind(name, "html") {
        Turn::Page
    } else {
        Turn::Named
    }
}

fn is_kind(name: &str, kind: &str) -> bool {
    Path::new(name).extension().is_some_and(|it| it == kind)
}

/// What a browser is told that a file is (IANA media types; WHATWG HTML for scripts).
fn content_type(name: &str) -> Result<&'static str> {
    let known = [
        ("css", "text/css"),
        ("html", "text/html"),
        ("js", "text/javascript"),
        ("json", "application/json"),
        ("svg", "image/svg+xml"),
        ("txt", "text/plain"),
        ("wasm", "application/wasm"),
    ];
    let found = known.into_iter().find(|(kind, _)| is_kind(name, kind));
    found.map(|(_, it)| it).with_context(|| {
        format!(
            "what {name} is for a browser stands nowhere: add its kind to xtask/src/deploy/site.rs"
        )
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    pub(super) fn site() -> Site {
        let given = [
            ("ConnectInstanceId", "5ca1ab1e-0000-4000-8000-00000000c0de"),
            ("ConnectOrigin", "https://shop.my.connect.aws"),
            ("ProfilesDomain", "amazon-connect-shop"),
        ];
        let given: BTreeMap<_, _> = given
            .into_iter()
            .map(|(name, value)| (name, value.to_owned()))
            .collect();
        stack::Stack::new(&given).unwrap().site().unwrap()
    }

    /// What `cargo xtask dist` makes, in an order that helps nobody.
    fn built() -> Files {
        let names = [
            "index.html",
            "favicon.svg",
            "signin.html",
            "boot-0123456789abcdef.js",
            "app-0123456789abcdef.wasm",
            "app-0123456789abcdef.js",
            "style-0123456789abcdef.css",
            "text-ja-0123456789abcdef.txt",
        ];
        named(&names)
    }

    fn named(names: &[&str]) -> Files {
        let files = names.iter().map(|name| ((*name).to_owned(), Vec::new()));
        files.collect()
    }

    fn planned() -> Vec<Upload> {
        plan(&site(), &built()).unwrap()
    }

    fn upload(name: &str) -> Upload {
        planned().into_iter().find(|it| it.name == name).unwrap()
    }

    #[test]
    fn what_a_page_names_is_there_before_the_page() {
        let names: Vec<String> = planned().into_iter().map(|it| it.name).collect();
        assert_eq!(
            names,
            [
                "app-0123456789abcdef.js",
                "app-0123456789abcdef.wasm",
                "boot-0123456789abcdef.js",
                "style-0123456789abcdef.css",
                "text-ja-0123456789abcdef.txt",
                "favicon.svg",
                "config.json",
                "signin.html",
                "index.html",
            ]
        );
    }

    #[test]
    fn a_file_lies_there_as_the_template_says() {
        let wasm = upload("app-0123456789abcdef.wasm");
        assert_eq!(wasm.key, "site/app-0123456789abcdef.wasm");
        assert_eq!(
            wasm.line(),
            "app-0123456789abcdef.wasm          application/wasm, br; public, max-age=31536000, immutable"
        );
        let config = upload("config.json");
        assert!(config.line().ends_with("application/json; no-store"));
        let index = upload("index.html");
        assert!(index.line().ends_with("text/html; no-cache"));
    }

    #[test]
    fn an_edge_keeps_what_is_named_by_its_hash_and_nothing_else() {
        for upload in planned() {
            assert_eq!(
                upload.is_kept,
                upload.turn == Turn::Hashed,
                "{}",
                upload.name
            );
        }
    }

    #[test]
    fn what_lies_there_alike_is_not_uploaded_again() {
        let head = json!({
            "ContentType": "application/wasm",
            "CacheControl": "public, max-age=31536000, immutable",
            "ContentEncoding": "br",
        });
        assert!(upload("app-0123456789abcdef.wasm").is_there(&head));
        assert!(!upload("app-0123456789abcdef.js").is_there(&head));
        let mut plain = head;
        plain.as_object_mut().unwrap().remove("ContentEncoding");
        assert!(!upload("app-0123456789abcdef.wasm").is_there(&plain));
        let page = json!({ "ContentType": "text/html", "CacheControl": "no-cache" });
        assert!(!upload("index.html").is_there(&page));
    }

    #[test]
    fn a_site_that_is_not_whole_or_not_only_the_site_is_refused() {
        let refused = |files: &Files| plan(&site(), files).unwrap_err().to_string();
        assert!(refused(&named(&["boot.js"])).contains("index.html"));
        for name in ["config.json", "notes.docx"] {
            let mut files = built();
            files.insert(name.to_owned(), Vec::new());
            assert!(refused(&files).contains(name));
        }
    }
}

//! The site's way into the bucket: what is uploaded, as what, and in which order.
//!
//! At every moment of an upload the page that is served finds its parts. What is named by its hash comes
//! first and replaces nothing; pages come last, and the root after all others. Between them lies what
//! keeps its name. Files of earlier deployments stay: a desk that was open when the new one came still
//! asks for them.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use stack::{FileRule, Site};

use super::aws::text;
use crate::digest;
use crate::dist;

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

/// Refuses a site of which something is missing, or is of another build.
///
/// # Errors
///
/// When a page names what is not there or was never filled in, or a name is not the hash of its bytes:
/// everything that is found.
pub(super) fn ensure_whole(uploads: &[Upload], files: &Files) -> Result<()> {
    let mut found = Vec::new();
    for upload in uploads {
        let (name, Some(bytes)) = (&upload.name, files.get(&upload.name)) else {
            continue;
        };
        match upload.turn {
            Turn::Hashed if !is_its_hash(name, bytes) => {
                found.push(format!("{name} is not called by the hash of what is in it"));
            }
            Turn::Page | Turn::Root => {
                let page = String::from_utf8_lossy(bytes);
                // What is the deployment's own comes with it.
                let missing =
                    named_by(&page).filter(|part| *part != CONFIG && !files.contains_key(*part));
                found.extend(
                    missing.map(|part| format!("{name} names /{part}, which is not there")),
                );
                found.extend(mark(&page).map(|mark| format!("{name} still says {mark}")));
            }
            _ => {}
        }
    }
    ensure!(
        found.is_empty(),
        "the site is not whole: build it with `cargo xtask dist`\n  {}",
        found.join("\n  ")
    );
    Ok(())
}

fn is_its_hash(name: &str, bytes: &[u8]) -> bool {
    name.rsplit_once('-')
        .and_then(|(stem, rest)| Some((stem, rest.find('.')?, rest)))
        .is_some_and(|(stem, dot, rest)| {
            let extension = rest.get(dot..).unwrap_or_default();
            digest::hashed_name(stem, extension, bytes) == name
        })
}

/// The files of the site that a page names by `src`, `href` or `data-…`, with quotes or, as minifying
/// leaves them, without.
fn named_by(page: &str) -> impl Iterator<Item = &str> {
    page.split(|it: char| it.is_ascii_whitespace() || it == '>')
        .filter_map(|attribute| {
            let (name, value) = attribute.split_once('=')?;
            let names_a_file = matches!(name, "src" | "href") || name.starts_with("data-");
            let value = value.trim_matches(['"', '\'']);
            let path = value.strip_prefix('/').filter(|_| names_a_file)?;
            path.split(['?', '#']).next()
        })
        // Another host's, and the root itself.
        .filter(|path| !path.starts_with('/') && !path.is_empty())
}

/// What a build was to fill in: `%streams-file%`.
fn mark(page: &str) -> Option<String> {
    let words: Vec<&str> = page.split('%').collect();
    // The first word is before any sign, and the last is closed by none.
    let closed = words.get(1..words.len().saturating_sub(1))?;
    let word = closed.iter().find(|word| {
        word.starts_with(|it: char| it.is_ascii_lowercase())
            && word.chars().all(|it| it.is_ascii_lowercase() || it == '-')
    })?;
    Some(format!("%{word}%"))
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

    fn site() -> Site {
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
    /// What is said of a site of these files.
    fn judged(files: &[(&str, &str)]) -> String {
        let files: Files = files
            .iter()
            .map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec()))
            .collect();
        let uploads = plan(&site(), &files).unwrap();
        let judged = ensure_whole(&uploads, &files);
        judged.map_or_else(|error| error.to_string(), |()| String::new())
    }

    const BOOT: (&str, &str) = ("boot-4509beb0ab401d71.js", "boot");
    const WASM: (&str, &str) = ("app-336154bf67f765f8.wasm", "wasm");
    const ICON: (&str, &str) = ("favicon.svg", "<svg/>");

    #[test]
    fn a_site_that_is_whole_is_taken() {
        let index = "<style>p{width:100%}i{width:calc(50%)}</style><a href=/>/</a>\
             <a href=\"//elsewhere.example/x\">x</a><link as=fetch href=/config.json rel=preload><link rel=\"icon\" href=\"/favicon.svg\">\
             <script async data-wasm=/app-336154bf67f765f8.wasm src=/boot-4509beb0ab401d71.js></script>";
        assert_eq!(judged(&[BOOT, WASM, ICON, ("index.html", index)]), "");
    }

    #[test]
    fn a_site_of_two_builds_is_refused() {
        let index = "<link href=/favicon.svg rel=icon><script data-wasm='/app-336154bf67f765f8.wasm' \
                     data-text-ja=/text-ja-0123456789abcdef.txt src=\"/boot-4509beb0ab401d71.js\"></script>";
        let said = judged(&[
            ("boot-4509beb0ab401d71.js", "another"),
            ("index.html", index),
        ]);
        for missing in ["favicon.svg", WASM.0, "text-ja-0123456789abcdef.txt"] {
            assert!(said.contains(&format!("names /{missing},")), "{said}");
        }
        assert!(!said.contains(&format!("names /{}", BOOT.0)), "{said}");
        assert!(
            said.contains(&format!("{} is not called by the hash", BOOT.0)),
            "{said}"
        );
    }

    #[test]
    fn a_page_that_was_never_sealed_is_refused() {
        let index = "<script src=\"/%streams-file%\" integrity=\"%streams-integrity%\"></script>";
        let said = judged(&[("index.html", index)]);
        assert!(
            said.contains("index.html still says %streams-file%"),
            "{said}"
        );
        let said = judged(&[("index.html", ""), ("signin.html", "<p>%word%")]);
        assert!(said.contains("signin.html still says %word%"), "{said}");
    }
}

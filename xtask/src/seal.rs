//! The last step of a site's build, called by Trunk as its `post_build` hook: what Trunk cannot know
//! is filled into the page.
//!
//! - The Streams library is checked and laid beside the app under a name that is its hash.
//! - The style sheets become one: each request that a page waits for is one that the app's module
//!   waits behind, for a browser has six connections to a host without HTTP/2.
//! - The sentences of each language become a file of their own: a page is sent one of them.
//! - Every script gets its `integrity` (a WebAssembly module cannot have one).
//! - In a release build, what is between the app's two files is shortened, and the scripts are
//!   minified.
//! - The app's two files are named by their own bytes. Trunk names them by cargo's output, before
//!   `wasm-bindgen` and `wasm-opt`: another version of a tool would put different bytes behind a
//!   name that browsers keep for ever.

use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};

use crate::digest::{self, hashed_name, integrity};
use crate::glue;
use crate::library;
use crate::tools::Toolbox;
use crate::workspace::Workspace;

/// What the library's file is called in a built site, before its hash.
pub(crate) const LIBRARY_STEM: &str = "streams";

/// The scripts that are copied from `public/`, and the page that names each. All are named by their bytes:
/// a page holds the integrity of its scripts, so one that is served while the next version is uploaded
/// must find its own.
const SCRIPTS: [(&str, &str); 4] = [
    ("boot", INDEX),
    ("recorder", INDEX),
    ("proxy", INDEX),
    ("signin", SIGN_IN),
];

/// The languages of the desk.
const LANGUAGES: [&str; 2] = ["ja", "en"];

/// Every sentence in each of them; what it has to look like is the app's build script's business.
const SENTENCES: &str = "src/text/sentences.txt";

/// What a file of sentences is called in a built site, before its language.
pub(crate) const TEXT_STEM: &str = "text";

/// The pages that name them.
const INDEX: &str = "index.html";
const SIGN_IN: &str = "signin.html";

/// Seals the site in the folder that Trunk names.
///
/// # Errors
///
/// When Trunk did not call us, or the site is not of the form that this module knows.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let site = env::var_os("TRUNK_STAGING_DIR")
        .context("this is Trunk's hook: TRUNK_STAGING_DIR is not set")?;
    let site = Path::new(&site);
    if env::var_os("TRUNK_PROFILE").is_some_and(|profile| profile == "release") {
        shrink(site, &Toolbox::ensure(workspace)?)?;
    }
    let sentences = fs::read_to_string(workspace.path(SENTENCES))?;
    seal(site, &library::bytes(workspace)?, &sentences)?;
    Ok(ExitCode::SUCCESS)
}

/// Before any integrity or name is taken of the files.
fn shrink(site: &Path, tools: &Toolbox) -> Result<()> {
    let tools = tools.path();
    let (wasm, script) = app(site)?;
    glue::shorten(&site.join(wasm), &site.join(&script), &tools)?;
    glue::minify(&site.join(script), &tools)?;
    for (script, _) in SCRIPTS {
        glue::minify(&site.join(format!("{script}.js")), &tools)?;
    }
    // Trunk only warns of one that it could not minify, and `dist` does not show its warnings.
    for file in digest::files_under(site)? {
        if file.extension().is_some_and(|kind| kind == "css") {
            let lines = fs::read_to_string(&file)?.lines().count();
            ensure!(lines <= 1, "Trunk did not minify {}", file.display());
        }
    }
    Ok(())
}

/// The app's module and its glue, by the names that Trunk gave them.
fn app(site: &Path) -> Result<(String, String)> {
    let wasm = only_file(site, "_bg.wasm")?;
    let glue = format!("{}.js", wasm.trim_end_matches("_bg.wasm"));
    Ok((wasm, glue))
}

fn seal(site: &Path, library: &[u8], sentences: &str) -> Result<()> {
    let library_file = hashed_name(LIBRARY_STEM, ".js", library);
    fs::write(site.join(&library_file), library)?;

    let (wasm, glue) = app(site)?;
    let index = site.join(INDEX);
    let mut page = fs::read_to_string(&index).context("failed to read the built index.html")?;
    for (mark, value) in [
        (
            "%glue-integrity%",
            integrity(&digest::read(&site.join(&glue))?),
        ),
        ("%streams-integrity%", integrity(library)),
        ("%streams-file%", library_file),
    ] {
        page = replace(&page, mark, &value)?;
    }
    for language in LANGUAGES {
        let text = said(sentences, language);
        let stem = format!("{TEXT_STEM}-{language}");
        let file = hashed_name(&stem, ".txt", text.as_bytes());
        page = replace(&page, &format!("%{stem}-file%"), &file)?;
        page = replace(
            &page,
            &format!("%{stem}-integrity%"),
            &integrity(text.as_bytes()),
        )?;
        fs::write(site.join(file), text)?;
    }
    page = join_styles(site, &page)?;
    for (old, extension) in [(wasm, ".wasm"), (glue, ".js")] {
        let new = hashed_name("app", extension, &digest::read(&site.join(&old))?);
        page = replace(&page, &old, &new)?;
        fs::rename(site.join(old), site.join(new))?;
    }
    fs::write(&index, page)?;
    for (stem, page) in SCRIPTS {
        name_script(site, stem, page)?;
    }
    Ok(())
}

/// Names a script by its bytes, and tells the page that runs it.
fn name_script(site: &Path, stem: &str, page: &str) -> Result<()> {
    let plain = site.join(format!("{stem}.js"));
    let bytes = digest::read(&plain)?;
    let file = hashed_name(stem, ".js", &bytes);
    fs::rename(plain, site.join(&file))?;
    let path = site.join(page);
    let text =
        fs::read_to_string(&path).with_context(|| format!("failed to read the built {page}"))?;
    let text = replace(&text, &format!("%{stem}-file%"), &file)?;
    let text = replace(&text, &format!("%{stem}-integrity%"), &integrity(&bytes))?;
    fs::write(path, text)?;
    Ok(())
}

/// What is said in a language, a sentence on each line.
fn said(sentences: &str, language: &str) -> String {
    let prefix = format!("  {language} ");
    let said = sentences
        .lines()
        .filter_map(|line| line.strip_prefix(&prefix));
    said.flat_map(|line| [line, "\n"]).collect()
}

/// Makes one file of the style sheets, in the order in which the page links them.
fn join_styles(site: &Path, page: &str) -> Result<String> {
    let (mut joined, mut rest, mut sheets) = (String::new(), page, String::new());
    while let Some((before, tag_and_after)) = rest.split_once("<link") {
        let (tag, after) = tag_and_after
            .split_once('>')
            .context("the built index.html has a tag without an end")?;
        joined.push_str(before);
        match stylesheet(tag) {
            Some(name) => {
                let path = site.join(name);
                sheets.push_str(&fs::read_to_string(&path).with_context(|| {
                    format!("failed to read the style sheet {}", path.display())
                })?);
                fs::remove_file(path)?;
            }
            None => write!(joined, "<link{tag}>")?,
        }
        rest = after;
    }
    joined.push_str(rest);
    let name = hashed_name("style", ".css", sheets.as_bytes());
    let tag = format!(
        r#"<link rel="stylesheet" href="/{name}" integrity="{}">"#,
        integrity(sheets.as_bytes())
    );
    fs::write(site.join(name), sheets)?;
    // Before whatever else is fetched: nothing is painted without it.
    let (before, after) = joined
        .split_once("<link")
        .context("the built index.html has no links")?;
    Ok(format!("{before}{tag}<link{after}"))
}

/// The file of a style sheet's `<link>`, when it is one.
fn stylesheet(tag: &str) -> Option<&str> {
    let value = |name: &str| {
        let (_, after) = tag.split_once(name)?;
        let after = after.trim_start_matches('"');
        after.split([' ', '"', '>']).next()
    };
    (value("rel=")? == "stylesheet")
        .then(|| value("href="))?
        .map(|address| address.trim_start_matches('/'))
}

fn replace(page: &str, mark: &str, value: &str) -> Result<String> {
    ensure!(page.contains(mark), "a built page does not mention {mark}");
    Ok(page.replace(mark, value))
}

fn only_file(site: &Path, ending: &str) -> Result<String> {
    let mut names = Vec::new();
    for entry in fs::read_dir(site)? {
        names.extend(
            entry?
                .file_name()
                .into_string()
                .ok()
                .filter(|name| name.ends_with(ending)),
        );
    }
    ensure!(
        names.len() == 1,
        "expected one file *{ending} in the built site, found {names:?}"
    );
    names.pop().context("no file")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r#"<link rel="stylesheet" href="/one-1.css" integrity="x"><link href=/two-2.css integrity=y rel=stylesheet><link rel="modulepreload" href="/desk-1.js" integrity="%glue-integrity%"><link href="/%streams-file%" integrity="%streams-integrity%">
        <script src="/%boot-file%" integrity="%boot-integrity%" data-js="/desk-1.js" data-wasm="/desk-1_bg.wasm" data-recorder="/%recorder-file%" data-recorder-integrity="%recorder-integrity%" data-proxy="/%proxy-file%" data-proxy-integrity="%proxy-integrity%" data-text-ja="/%text-ja-file%" data-text-ja-integrity="%text-ja-integrity%" data-text-en="/%text-en-file%" data-text-en-integrity="%text-en-integrity%"></script>"#;

    const SENTENCES: &str = "# A comment\nYes\n  ja はい\n  en Yes\nNo\n  ja いいえ\n  en No\n";
    const SIGN_IN_PAGE: &str =
        r#"<script src="/%signin-file%" integrity="%signin-integrity%"></script>"#;

    fn site(page: &str) -> tempfile::TempDir {
        let site = tempfile::tempdir().unwrap();
        for (name, text) in [
            (INDEX, page),
            (SIGN_IN, SIGN_IN_PAGE),
            ("boot.js", "boot"),
            ("signin.js", "signin"),
            ("recorder.js", "recorder"),
            ("proxy.js", "proxy"),
            ("one-1.css", "a{top:0}"),
            ("two-2.css", "a{top:1px}"),
            ("desk-1.js", "glue"),
            ("desk-1_bg.wasm", "wasm"),
        ] {
            fs::write(site.path().join(name), text).unwrap();
        }
        site
    }

    fn sealed_page() -> (tempfile::TempDir, String) {
        let site = site(PAGE);
        seal(site.path(), b"library", SENTENCES).unwrap();
        let page = fs::read_to_string(site.path().join("index.html")).unwrap();
        (site, page)
    }

    #[test]
    fn no_mark_is_left() {
        let (_site, page) = sealed_page();
        assert!(!page.contains('%'), "{page}");
    }

    #[test]
    fn every_script_carries_its_integrity() {
        let (_site, page) = sealed_page();
        for bytes in [
            b"boot".as_slice(),
            b"glue",
            b"library",
            b"recorder",
            b"proxy",
        ] {
            assert!(
                page.contains(&format!(r#"integrity="{}""#, integrity(bytes))),
                "{page}"
            );
        }
    }

    #[test]
    fn the_page_that_hands_the_code_over_names_its_script_and_integrity() {
        let (site, _page) = sealed_page();
        let page = fs::read_to_string(site.path().join(SIGN_IN)).unwrap();
        let name = hashed_name("signin", ".js", b"signin");
        assert!(
            page.contains(&name) && page.contains(&integrity(b"signin")),
            "{page}"
        );
        assert_eq!(fs::read(site.path().join(name)).unwrap(), b"signin");
    }

    #[test]
    fn no_script_keeps_a_name_that_the_next_one_would_have() {
        let (site, _page) = sealed_page();
        for entry in fs::read_dir(site.path()).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let is_script = Path::new(&name).extension().is_some_and(|it| it == "js");
            assert!(!is_script || name.contains('-'), "{name}");
        }
    }

    #[test]
    fn every_name_in_the_page_is_a_file_of_those_bytes() {
        let (site, page) = sealed_page();
        for (bytes, stem, extension) in [
            ("glue", "app", ".js"),
            ("wasm", "app", ".wasm"),
            ("library", "streams", ".js"),
            ("boot", "boot", ".js"),
            ("recorder", "recorder", ".js"),
            ("proxy", "proxy", ".js"),
            ("a{top:0}a{top:1px}", "style", ".css"),
            ("はい\nいいえ\n", "text-ja", ".txt"),
            ("Yes\nNo\n", "text-en", ".txt"),
        ] {
            let name = hashed_name(stem, extension, bytes.as_bytes());
            assert!(page.contains(&name), "{name} is not in {page}");
            assert_eq!(fs::read_to_string(site.path().join(&name)).unwrap(), bytes);
        }
    }

    #[test]
    fn the_names_before_are_gone() {
        let (site, page) = sealed_page();
        assert!(!page.contains("desk-1"), "{page}");
        for name in [
            "desk-1_bg.wasm",
            "boot.js",
            "signin.js",
            "recorder.js",
            "proxy.js",
            "one-1.css",
            "two-2.css",
        ] {
            assert!(!site.path().join(name).exists(), "{name}");
        }
    }

    #[test]
    fn the_one_style_sheet_is_linked_once_and_with_its_integrity() {
        let (_site, page) = sealed_page();
        let integrity = integrity(b"a{top:0}a{top:1px}");
        assert_eq!(page.matches("stylesheet").count(), 1, "{page}");
        assert!(page.contains(&integrity), "{page}");
    }

    #[test]
    fn a_page_without_a_mark_is_refused() {
        let site = site(&PAGE.replace("%boot-integrity%", ""));
        assert!(seal(site.path(), b"library", SENTENCES).is_err());
    }
}

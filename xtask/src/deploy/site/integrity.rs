//! Whether a built site is whole, and of one build.

use anyhow::{Result, ensure};

use super::{CONFIG, Files, Turn, Upload};
use crate::digest;

/// Refuses a site of which something is missing, or is of another build.
///
/// # Errors
///
/// When a page names what is not there or was never filled in, or a name is not the hash of its bytes:
/// everything that is found.
pub(in crate::deploy) fn ensure_whole(uploads: &[Upload], files: &Files) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::super::plan;
    use super::super::tests::site;
    use super::*;

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

//! Digests: of files, of whole trees of inputs, and in the form that HTML's `integrity` takes.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256, Sha384, Sha512};

/// The SHA-256 of some bytes, in lower-case hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// The value of an `integrity` attribute (W3C Subresource Integrity), with SHA-384 as Trunk uses.
pub(crate) fn integrity(bytes: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(bytes)))
}

/// The `integrity` of an npm lockfile: the same with SHA-512.
pub(crate) fn integrity_512(bytes: &[u8]) -> String {
    format!("sha512-{}", STANDARD.encode(Sha512::digest(bytes)))
}

/// A file name that changes when the bytes change: `stem-<16 hex digits>extension`.
pub(crate) fn hashed_name(stem: &str, extension: &str, bytes: &[u8]) -> String {
    let hash: String = sha256(bytes).chars().take(16).collect();
    format!("{stem}-{hash}{extension}")
}

/// Gathers everything that a result depends on into one SHA-256.
#[derive(Debug, Default)]
pub(crate) struct Inputs(Sha256);

impl Inputs {
    /// Adds a named fact: a version, a setting, a recipe.
    pub(crate) fn fact(&mut self, name: &str, value: &[u8]) {
        // Lengths in front, so that moving a byte from one part to the next changes the digest.
        for part in [name.as_bytes(), value] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    /// Adds a file, or a folder with all that is in it, by relative name and content.
    ///
    /// # Errors
    ///
    /// When something under `path` cannot be read.
    pub(crate) fn tree(&mut self, path: &Path) -> Result<()> {
        for file in files_under(path)? {
            let name = file.strip_prefix(path).unwrap_or(&file);
            let bytes = read(&file)?;
            self.fact(&format!("{}/{}", path.display(), name.display()), &bytes);
        }
        Ok(())
    }

    /// The digest of all that was added, in lower-case hexadecimal.
    pub(crate) fn finish(self) -> String {
        hex(&self.0.finalize())
    }
}

/// All files under a folder (or the file itself), sorted, so that the order is the same everywhere.
///
/// # Errors
///
/// When a folder cannot be listed.
pub(crate) fn files_under(path: &Path) -> Result<Vec<PathBuf>> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    let mut folders = vec![path.to_path_buf()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder)
            .with_context(|| format!("failed to list {}", folder.display()))?;
        for entry in entries {
            let entry = entry?.path();
            if entry.is_dir() {
                folders.push(entry);
            } else {
                found.push(entry);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Reads a file whole.
///
/// # Errors
///
/// When it cannot be read; the message names it.
pub(crate) fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("failed to read {}", path.display()))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 0xf])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest_of(facts: &[(&str, &str)]) -> String {
        let mut inputs = Inputs::default();
        for (name, value) in facts {
            inputs.fact(name, value.as_bytes());
        }
        inputs.finish()
    }

    // The digests of "abc" are those of FIPS 180-2, appendices B.1, C.1 and D.1.
    #[test]
    fn sha256_is_that_of_the_standard() {
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn integrity_is_sha384_in_base64() {
        assert_eq!(
            integrity(b"abc"),
            "sha384-ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"
        );
    }

    #[test]
    fn that_of_npm_is_sha512_in_base64() {
        assert_eq!(
            integrity_512(b"abc"),
            "sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=="
        );
    }

    #[test]
    fn a_byte_that_moves_between_facts_changes_the_digest() {
        assert_ne!(
            digest_of(&[("a", "bc"), ("d", "")]),
            digest_of(&[("a", "b"), ("cd", "")])
        );
    }

    #[test]
    fn a_tree_changes_with_a_file_name_and_with_a_byte() {
        let folder = tempfile::tempdir().unwrap();
        let of_tree = || {
            let mut inputs = Inputs::default();
            inputs.tree(folder.path()).unwrap();
            inputs.finish()
        };
        fs::create_dir(folder.path().join("sub")).unwrap();
        fs::write(folder.path().join("sub/a"), "1").unwrap();
        let first = of_tree();
        fs::write(folder.path().join("sub/a"), "2").unwrap();
        let other_byte = of_tree();
        fs::rename(folder.path().join("sub/a"), folder.path().join("sub/b")).unwrap();
        let other_name = of_tree();

        assert_eq!(
            [&first, &other_byte, &other_name]
                .iter()
                .collect::<std::collections::BTreeSet<_>>()
                .len(),
            3
        );
    }
}

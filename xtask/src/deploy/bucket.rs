//! The bucket of a deployment, as it is filled and emptied.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use serde_json::{Value, json};

use super::aws::{Aws, file, if_there, text};
use super::site::{Files, Turn, Upload};
use crate::digest;

/// The bucket of a deployment.
#[derive(Debug)]
pub(super) struct Bucket<'a> {
    pub(super) aws: &'a Aws,
    pub(super) name: &'a str,
    /// The account that it must belong to.
    pub(super) owner: &'a str,
    /// Where bodies are written for the CLI to read.
    pub(super) scratch: &'a Path,
}

/// Where it stands which paths have to be invalidated, from before their files are replaced until it is
/// done: a run that is broken off between the two leaves files that look as they should.
const OWED: &str = "owed/invalidation.json";

/// What becomes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It lies there alike.
    Stays,
    /// It comes, and no edge has kept another.
    Comes,
    /// It replaces what an edge may have kept.
    Replaces,
}

impl Bucket<'_> {
    /// Uploads a site. `config` is what its `config.json` says; the paths to be invalidated come back, those
    /// that an earlier run was broken off before among them. They are owed until [`Bucket::settle`].
    ///
    /// # Errors
    ///
    /// When a file cannot be uploaded. What comes after it has not been touched then.
    pub(super) fn upload(
        &self,
        uploads: &[Upload],
        files: &Files,
        config: &Value,
    ) -> Result<BTreeSet<String>> {
        let mut config = serde_json::to_vec_pretty(config)?;
        config.push(b'\n');
        let there = self.keys()?;
        let mut planned = Vec::new();
        for upload in uploads {
            planned.push((upload, self.fate(upload, &there)?));
        }
        let stale = self.owe(&planned, &there)?;
        for (upload, fate) in planned {
            if fate == Fate::Stays {
                eprintln!("    there    {}", upload.name);
                continue;
            }
            let bytes = if upload.turn == Turn::Config {
                &config
            } else {
                let bytes = files.get(&upload.name);
                bytes.with_context(|| format!("the site has no {}", upload.name))?
            };
            let mut said = vec![
                ("--content-type", upload.content_type),
                ("--cache-control", upload.cache_control.as_str()),
            ];
            if upload.is_brotli {
                said.push(("--content-encoding", "br"));
            }
            self.put(&upload.key, &upload.body(bytes)?, &said)?;
            eprintln!("    uploaded {}", upload.name);
        }
        Ok(stale)
    }

    fn fate(&self, upload: &Upload, there: &BTreeSet<String>) -> Result<Fate> {
        // What keeps its name always comes, and no edge keeps it.
        let head = if upload.turn == Turn::Hashed && there.contains(&upload.key) {
            self.head(&upload.key)?
        } else {
            None
        };
        Ok(match head {
            Some(head) if upload.is_there(&head) => Fate::Stays,
            Some(_) if upload.is_kept => Fate::Replaces,
            _ => Fate::Comes,
        })
    }

    /// Writes down what has to be invalidated, before there is anything to invalidate.
    fn owe(
        &self,
        planned: &[(&Upload, Fate)],
        there: &BTreeSet<String>,
    ) -> Result<BTreeSet<String>> {
        let earlier = if there.contains(OWED) {
            serde_json::from_slice(&self.get(OWED)?)
                .with_context(|| format!("{OWED} of the bucket is no list of paths"))?
        } else {
            BTreeSet::new()
        };
        let replaced = planned.iter().filter(|(_, fate)| *fate == Fate::Replaces);
        let mut all = earlier.clone();
        all.extend(replaced.map(|(upload, _)| format!("/{}", upload.name)));
        if all != earlier {
            let said = [("--content-type", "application/json")];
            self.put(OWED, &serde_json::to_vec(&all)?, &said)?;
        }
        Ok(all)
    }

    /// Nothing has to be invalidated any more.
    ///
    /// # Errors
    ///
    /// When that cannot be written down; then it is invalidated once more.
    pub(super) fn settle(&self) -> Result<()> {
        let arguments = ["--bucket", self.name, "--key", OWED];
        let owner = ["--expected-bucket-owner", self.owner];
        let arguments = arguments.into_iter().chain(owner);
        self.aws.ask("s3api", "delete-object", arguments)?;
        Ok(())
    }

    /// Puts the proxy's package there, unless it is.
    ///
    /// # Errors
    ///
    /// When it cannot be uploaded.
    pub(super) fn upload_package(&self, key: &str, package: &[u8]) -> Result<()> {
        if self.head(key)?.is_none() {
            self.put(key, package, &[("--content-type", "application/zip")])?;
            eprintln!("    uploaded {key}");
        }
        Ok(())
    }

    /// The names of all that lies there.
    fn keys(&self) -> Result<BTreeSet<String>> {
        let said = ["--bucket", self.name, "--query", "Contents[].Key"];
        let owner = ["--expected-bucket-owner", self.owner];
        let said = said.into_iter().chain(owner);
        let answer = self.aws.ask("s3api", "list-objects-v2", said)?;
        let keys = answer.as_array().into_iter().flatten();
        Ok(keys
            .filter_map(|key| key.as_str().map(str::to_owned))
            .collect())
    }

    fn head(&self, key: &str) -> Result<Option<Value>> {
        let said = ["--bucket", self.name, "--key", key];
        let owner = ["--expected-bucket-owner", self.owner];
        if_there(
            self.aws
                .ask("s3api", "head-object", said.into_iter().chain(owner)),
        )
    }

    fn get(&self, key: &str) -> Result<Vec<u8>> {
        fs::create_dir_all(self.scratch)?;
        let path = self.scratch.join("download");
        let file = path.to_str().context("a path that is not text")?;
        let said = ["--bucket", self.name, "--key", key];
        let owner = ["--expected-bucket-owner", self.owner];
        let arguments = said.into_iter().chain(owner).chain([file]);
        self.aws.ask("s3api", "get-object", arguments)?;
        digest::read(&path)
    }

    fn put(&self, key: &str, body: &[u8], said: &[(&str, &str)]) -> Result<()> {
        fs::create_dir_all(self.scratch)?;
        let path = self.scratch.join("upload");
        fs::write(&path, body)?;
        let body = path.to_str().context("a path that is not text")?;
        let mut arguments = vec!["--bucket", self.name, "--key", key, "--body", body];
        arguments.extend(["--expected-bucket-owner", self.owner]);
        arguments.extend(said.iter().flat_map(|(name, value)| [*name, *value]));
        self.aws.ask("s3api", "put-object", arguments)?;
        Ok(())
    }

    /// Empties the bucket, every version of everything; how many there were.
    ///
    /// # Errors
    ///
    /// When something cannot be listed or deleted.
    pub(super) fn empty(&self) -> Result<usize> {
        let mut deleted = 0;
        loop {
            let owner = ["--expected-bucket-owner", self.owner];
            let page = ["--bucket", self.name, "--no-paginate"];
            let page = if_there(self.aws.ask(
                "s3api",
                "list-object-versions",
                page.into_iter().chain(owner),
            ))?;
            let versions = page.as_ref().map(versions).unwrap_or_default();
            if versions.is_empty() {
                return Ok(deleted);
            }
            let count = versions.len();
            fs::create_dir_all(self.scratch)?;
            let path = self.scratch.join("deletion.json");
            let all = json!({ "Objects": versions, "Quiet": true });
            fs::write(&path, all.to_string())?;
            let list = file(&path);
            let arguments = ["--bucket", self.name, "--delete", &list];
            let answer = self.aws.ask(
                "s3api",
                "delete-objects",
                arguments.into_iter().chain(owner),
            )?;
            let errors = answer.get("Errors").and_then(Value::as_array);
            if let Some(error) = errors.and_then(|all| all.first()) {
                bail!(
                    "{} of the bucket {} cannot be deleted: {}",
                    text(error, "/Key"),
                    self.name,
                    text(error, "/Message")
                );
            }
            deleted += count;
        }
    }
}

/// What one page of a list of versions names, as it is deleted: at most a thousand, which is as many as
/// one deletion takes.
fn versions(page: &Value) -> Vec<Value> {
    let all = ["Versions", "DeleteMarkers"].into_iter();
    all.filter_map(|member| page.get(member).and_then(Value::as_array))
        .flatten()
        .map(|it| json!({ "Key": text(it, "/Key"), "VersionId": text(it, "/VersionId") }))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_and_every_marker_is_deleted() {
        let page = json!({
            "Versions": [{ "Key": "a", "VersionId": "null" }, { "Key": "b", "VersionId": "1" }],
            "DeleteMarkers": [{ "Key": "b", "VersionId": "2" }],
        });
        assert_eq!(versions(&page).len(), 3);
        assert_eq!(versions(&json!({})).len(), 0);
    }
}

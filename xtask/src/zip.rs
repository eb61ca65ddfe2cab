//! A zip archive of one file, the same bytes for the same file: nothing of when or where it was made
//! stands in it.

use std::io::{Cursor, Read as _, Write as _};

use anyhow::{Context as _, Result, ensure};
use zip::read::{ArchiveOffset, Config};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipArchive, ZipWriter};

/// The strongest that deflate has.
const LEVEL: i64 = 9;
/// The part of Unix's `st_mode` that `chmod` sets.
const PERMISSIONS: u32 = 0o777;

/// The one file of an archive.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Its name, without a folder.
    pub(crate) name: String,
    /// Its permissions, as `chmod` takes them.
    pub(crate) mode: u32,
    /// What it holds.
    pub(crate) bytes: Vec<u8>,
}

impl Entry {
    /// The archive that holds it.
    ///
    /// # Errors
    ///
    /// When it is larger than the format without extensions can say.
    pub(crate) fn zipped(&self) -> Result<Vec<u8>> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(LEVEL))
            // Whatever features the library has: midnight of 1 January 1980, the format's first moment.
            .last_modified_time(DateTime::default())
            .unix_permissions(self.mode);
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        writer.start_file(self.name.as_str(), options)?;
        writer.write_all(&self.bytes)?;
        Ok(writer.finish()?.into_inner())
    }

    /// The one file of an archive.
    ///
    /// # Errors
    ///
    /// When it is no archive of one file, or damaged.
    pub(crate) fn unzip(archive: &[u8]) -> Result<Self> {
        // Nothing stands before the archive, so what does not begin where it says is damaged.
        let config = Config {
            archive_offset: ArchiveOffset::Known(0),
        };
        let mut archive = ZipArchive::with_config(config, Cursor::new(archive))?;
        ensure!(archive.len() == 1, "not one file");
        let mut file = archive.by_index(0)?;
        let mode = file.unix_mode().context("no permissions of Unix")?;
        let mut bytes = Vec::new();
        // The sum is held against what was read.
        file.read_to_end(&mut bytes)?;
        Ok(Self {
            name: file.name()?.into_owned(),
            mode: mode & PERMISSIONS,
            bytes,
        })
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    use super::*;

    fn entry() -> Entry {
        Entry {
            name: "bootstrap".to_owned(),
            mode: 0o755,
            bytes: (0..40_000_u32).flat_map(u32::to_le_bytes).collect(),
        }
    }

    #[test]
    fn what_is_packed_is_unpacked_and_is_the_same_each_time() {
        let archive = entry().zipped().unwrap();
        assert_eq!(Entry::unzip(&archive).unwrap(), entry());
        assert_eq!(entry().zipped().unwrap(), archive);
    }

    #[test]
    fn others_read_it_too_with_its_permissions() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("package.zip");
        std::fs::write(&path, entry().zipped().unwrap()).unwrap();
        // Python's `zipfile` checks the sums; it leaves the permissions to whoever asks.
        let script = "import sys, zipfile, os\n\
                      z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None\n\
                      (i,) = z.infolist(); p = z.extract(i, sys.argv[2])\n\
                      os.chmod(p, i.external_attr >> 16)";
        let status = Command::new("python3")
            .args(["-c", script])
            .arg(&path)
            .arg(folder.path())
            .status()
            .unwrap();
        assert!(status.success());
        let file = folder.path().join("bootstrap");
        assert_eq!(std::fs::read(&file).unwrap(), entry().bytes);
        let mode = std::fs::metadata(&file).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o755);
    }

    #[test]
    fn a_damaged_one_is_refused() {
        let archive = entry().zipped().unwrap();
        // In the file, in where the directory begins, and in what ends the archive.
        for at in [230, archive.len() - 5, archive.len() - 22] {
            let mut damaged = archive.clone();
            damaged[at] ^= 0xff;
            assert!(Entry::unzip(&damaged).is_err(), "byte {at}");
        }
        assert!(Entry::unzip(&archive[..archive.len() - 1]).is_err());
        assert!(Entry::unzip(b"PK").is_err());
    }
}

//! A zip archive of one file, the same bytes for the same file: nothing of when or where it was made
//! stands in it.
//!
//! (PKWARE's APPNOTE 6.3, sections 4.3.7, 4.3.12, 4.3.16 and 4.4.)

use std::io::{Read as _, Write as _};

use anyhow::{Context as _, Result, ensure};
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};

/// Deflate, and Unix's permissions in the outer attributes (4.4.2, 4.4.5, 4.4.15).
const VERSION_NEEDED: u16 = 20;
const MADE_ON_UNIX: u16 = (3 << 8) | VERSION_NEEDED;
const DEFLATED: u16 = 8;
/// Midnight of 1 January 1980, the first moment that the format knows (4.4.6).
const TIME: u16 = 0;
const DATE: u16 = 0b0000_0000_0010_0001;

const LOCAL: u32 = 0x0403_4b50;
const CENTRAL: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const LOCAL_LENGTH: usize = 30;
const CENTRAL_LENGTH: usize = 46;

/// A regular file in Unix's `st_mode`.
const REGULAR: u32 = 0o100_000;

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
        let mut crc = Crc::new();
        crc.update(&self.bytes);
        let mut encoder = DeflateEncoder::new(Vec::new(), Compression::best());
        encoder.write_all(&self.bytes)?;
        let packed = encoder.finish()?;
        let size = |length: usize| u32::try_from(length).context("too large for a zip");
        let name_length = u16::try_from(self.name.len()).context("too long a name")?;

        // What the file's own header and the directory's say alike, from the time on.
        let mut common = Vec::new();
        for number in [TIME, DATE] {
            common.extend(number.to_le_bytes());
        }
        for number in [crc.sum(), size(packed.len())?, size(self.bytes.len())?] {
            common.extend(number.to_le_bytes());
        }
        common.extend(name_length.to_le_bytes());
        common.extend(0_u16.to_le_bytes());

        let mut archive = LOCAL.to_le_bytes().to_vec();
        for number in [VERSION_NEEDED, 0, DEFLATED] {
            archive.extend(number.to_le_bytes());
        }
        archive.extend(&common);
        archive.extend(self.name.as_bytes());
        archive.extend(&packed);

        let directory = archive.len();
        archive.extend(CENTRAL.to_le_bytes());
        for number in [MADE_ON_UNIX, VERSION_NEEDED, 0, DEFLATED] {
            archive.extend(number.to_le_bytes());
        }
        archive.extend(&common);
        // No comment, the first disk, no inner attributes; then the permissions and where it begins.
        archive.extend([0; 6]);
        archive.extend(((REGULAR | self.mode) << 16).to_le_bytes());
        archive.extend(0_u32.to_le_bytes());
        archive.extend(self.name.as_bytes());

        let length = archive.len() - directory;
        archive.extend(END.to_le_bytes());
        for number in [0_u16, 0, 1, 1] {
            archive.extend(number.to_le_bytes());
        }
        archive.extend(size(length)?.to_le_bytes());
        archive.extend(size(directory)?.to_le_bytes());
        archive.extend(0_u16.to_le_bytes());
        Ok(archive)
    }

    /// The one file of an archive as [`Entry::zipped`] writes them, by its directory.
    ///
    /// # Errors
    ///
    /// When it is no such archive, or damaged.
    pub(crate) fn unzip(archive: &[u8]) -> Result<Self> {
        let end = archive
            .len()
            .checked_sub(22)
            .context("too short for a zip")?;
        ensure!(long(archive, end)? == END, "no zip without a comment");
        ensure!(short(archive, end + 10)? == 1, "not one file");
        let directory = usize::try_from(long(archive, end + 16)?)?;
        ensure!(long(archive, directory)? == CENTRAL, "no directory");
        ensure!(short(archive, directory + 10)? == DEFLATED, "not deflated");
        let [crc, packed, size] = [16, 20, 24].map(|offset| long(archive, directory + offset));
        let name_length = usize::from(short(archive, directory + 28)?);
        let name = directory + CENTRAL_LENGTH;
        let name = archive.get(name..name + name_length).context("no name")?;
        let local = usize::try_from(long(archive, directory + 42)?)?;
        ensure!(
            long(archive, local)? == LOCAL,
            "no file where one should begin"
        );
        let [name_here, extra_here] = [26, 28].map(|offset| short(archive, local + offset));
        let data = local + LOCAL_LENGTH + usize::from(name_here?) + usize::from(extra_here?);
        let packed = archive
            .get(data..data + usize::try_from(packed?)?)
            .context("the file is cut short")?;
        let mut bytes = Vec::new();
        DeflateDecoder::new(packed).read_to_end(&mut bytes)?;
        let mut found = Crc::new();
        found.update(&bytes);
        ensure!(
            found.sum() == crc? && u64::from(size?) == bytes.len() as u64,
            "the file is damaged"
        );
        Ok(Self {
            name: String::from_utf8(name.to_vec())?,
            mode: (long(archive, directory + 38)? >> 16) & 0o777,
            bytes,
        })
    }
}

fn short(bytes: &[u8], at: usize) -> Result<u16> {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk);
    Ok(u16::from_le_bytes(*found.context("the zip is cut short")?))
}

fn long(bytes: &[u8], at: usize) -> Result<u32> {
    let found = bytes.get(at..).and_then(<[u8]>::first_chunk);
    Ok(u32::from_le_bytes(*found.context("the zip is cut short")?))
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
        for at in [LOCAL_LENGTH + 200, archive.len() - 5, archive.len() - 22] {
            let mut damaged = archive.clone();
            damaged[at] ^= 0xff;
            assert!(Entry::unzip(&damaged).is_err(), "byte {at}");
        }
        assert!(Entry::unzip(&archive[..archive.len() - 1]).is_err());
        assert!(Entry::unzip(b"PK").is_err());
    }
}

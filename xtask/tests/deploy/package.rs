//! What stands for the proxy's package where nobody runs it.

use std::io::{Cursor, Write as _};

use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// A zip of one file `bootstrap`, an ELF program for arm64 that would do nothing.
pub(crate) fn package() -> Vec<u8> {
    let mut program = b"\x7fELF\x02\x01".to_vec();
    program.resize(64 + 56, 0);
    program[18] = 183;
    program[32] = 64;
    program[54] = 56;
    program[56] = 1;
    program[64] = 1;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().unix_permissions(0o755);
    zip.start_file("bootstrap", options).unwrap();
    zip.write_all(&program).unwrap();
    zip.finish().unwrap().into_inner()
}

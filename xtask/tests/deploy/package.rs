//! What stands for the proxy's package where nobody runs it.

use flate2::Crc;

/// A zip of one file `bootstrap`, an ELF program for arm64 that would do nothing.
pub(crate) fn package() -> Vec<u8> {
    use std::io::Write as _;
    let mut program = b"\x7fELF\x02\x01".to_vec();
    program.resize(64 + 56, 0);
    program[18] = 183;
    program[32] = 64;
    program[54] = 56;
    program[56] = 1;
    program[64] = 1;
    let mut crc = Crc::new();
    crc.update(&program);
    let level = flate2::Compression::best();
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(&program).unwrap();
    let packed = encoder.finish().unwrap();
    let four = |number: usize| u32::try_from(number).unwrap().to_le_bytes();
    let mut common = vec![0, 0, 33, 0];
    common.extend(crc.sum().to_le_bytes());
    common.extend(four(packed.len()));
    common.extend(four(program.len()));
    common.extend([9, 0, 0, 0]);
    let mut zip = b"PK\x03\x04\x14\0\0\0\x08\0".to_vec();
    zip.extend(&common);
    zip.extend(b"bootstrap");
    zip.extend(&packed);
    let directory = zip.len();
    zip.extend(b"PK\x01\x02\x14\x03\x14\0\0\0\x08\0");
    zip.extend(&common);
    zip.extend([0; 6]);
    zip.extend((0o100_755_u32 << 16).to_le_bytes());
    zip.extend([0; 4]);
    zip.extend(b"bootstrap");
    let length = zip.len() - directory;
    zip.extend(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    zip.extend(four(length));
    zip.extend(four(directory));
    zip.extend([0, 0]);
    zip
}

//! Where dependencies panic, said shortly.
//!
//! Each place that can panic has a [`Location`](std::panic::Location) among the module's data: file, line
//! and column. Those of our own crates say what to mend and stay as they are. Of a dependency's one is left
//! for each crate, and it says the crate's name, at line 0: the library that Leptos or the compiler came with
//! is looked into by its message. Measured at brotli 11: 1.0 kB of the module.
//!
//! This is done before linking, for only then it is known what is an address. A symbol is taken for a
//! `Location` if it is one in every respect that can be seen: its size, its one pointer, and that this points
//! to a source file's name of just the length that it says. What is not of that form is left as it is.

use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::ops::Range;
use std::path::Path;

use anyhow::{Result, bail};
use wasm_encoder::{CustomSection, Encode as _, Module, RawSection};
use wasmparser::{
    DataSectionReader, KnownCustom, Linking, Parser, Payload, RelocAddendKind, RelocSectionReader,
    RelocationEntry, RelocationType, SymbolInfo,
};

/// What the names of the files of dependencies begin with: of the crates, as `dist` has the compiler
/// name them.
pub(crate) const CRATES: &str = "crates.io";

/// The standard library's crates' files, after the compiler's hash, and its dependencies'.
const LIBRARY: &str = "/rustc/";
const LIBRARY_CRATES: &str = "/library/";
const LIBRARY_DEPENDENCIES: &str = "/rust/deps/";

/// A `Location` in memory: the file's name by address and length, line, column. Each four bytes, the least
/// significant first.
const LOCATION: usize = 16;
const LENGTH: Range<usize> = 4..8;
const LINE_AND_COLUMN: Range<usize> = 8..16;

/// An object file in which the locations of a dependency are one.
///
/// # Errors
///
/// When it is no WebAssembly object.
pub(crate) fn merge(object: &[u8]) -> Result<Vec<u8>> {
    let sections = Sections::of(object)?;
    let mut merged = object.to_vec();
    let mut instead = HashMap::new();
    for locations in sections.locations(object).values() {
        // The one whose name nothing else uses, for it is overwritten.
        let Some(kept) = locations.iter().find(|location| location.owns_name) else {
            continue;
        };
        instead.extend(
            locations
                .iter()
                .map(|location| (location.symbol, kept.symbol)),
        );
        kept.write(&mut merged);
    }
    sections.write(&merged, &instead)
}

/// What of an object file has to do with data.
#[derive(Default)]
struct Sections<'a> {
    /// All sections, by their ids and where their contents lie.
    all: Vec<(u8, Range<usize>)>,
    /// Where each data segment's bytes lie.
    segments: Vec<Range<usize>>,
    /// Where the bytes of each symbol lie, if it is one of data.
    symbols: Vec<Option<Range<usize>>>,
    /// By the number of the section.
    relocations: BTreeMap<usize, (&'a str, RelocSectionReader<'a>)>,
}

/// A dependency's.
struct Location<'a> {
    symbol: u32,
    bytes: Range<usize>,
    name: Range<usize>,
    /// Whether nothing but locations of dependencies uses the name.
    owns_name: bool,
    krate: &'a str,
    /// How many bytes more than the name's the length counts: the zero after it, or nothing.
    end: usize,
}

impl<'a> Sections<'a> {
    fn of(object: &'a [u8]) -> Result<Self> {
        let mut sections = Self::default();
        for payload in Parser::new(0).parse_all(object) {
            let payload = payload?;
            let number = sections.all.len();
            sections.all.extend(payload.as_section());
            match payload {
                Payload::DataSection(data) => sections.segments = segments(data)?,
                Payload::CustomSection(custom) => match custom.as_known() {
                    KnownCustom::Linking(linking) => {
                        for part in linking {
                            if let Linking::SymbolTable(symbols) = part? {
                                for symbol in symbols {
                                    let bytes = sections.bytes_of(&symbol?);
                                    sections.symbols.push(bytes);
                                }
                            }
                        }
                    }
                    KnownCustom::Reloc(reader) => {
                        sections.relocations.insert(number, (custom.name(), reader));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        if sections.symbols.is_empty() && !sections.relocations.is_empty() {
            bail!("an object relocates symbols and has none");
        }
        Ok(sections)
    }

    fn bytes_of(&self, symbol: &SymbolInfo<'_>) -> Option<Range<usize>> {
        let SymbolInfo::Data { symbol, .. } = symbol else {
            return None;
        };
        let symbol = symbol.as_ref()?;
        let segment = self.segments.get(symbol.index as usize)?;
        let start = segment.start + symbol.offset as usize;
        let end = start + symbol.size as usize;
        (end <= segment.end).then_some(start..end)
    }

    /// The locations of each dependency.
    fn locations(&self, object: &'a [u8]) -> BTreeMap<&'a str, Vec<Location<'a>>> {
        // What the data point to, by where the pointer lies; and how often anything names a symbol.
        let mut pointers = BTreeMap::new();
        let mut uses: HashMap<u32, usize> = HashMap::new();
        for (_, reader) in self.relocations.values() {
            let section = self.all.get(reader.section_index() as usize);
            for entry in reader.entries().into_iter().flatten() {
                if is_address(entry.ty) {
                    *uses.entry(entry.index).or_default() += 1;
                    if let Some((DATA, contents)) = section {
                        pointers.insert(contents.start + entry.offset as usize, entry);
                    }
                }
            }
        }
        let mut names: HashMap<u32, usize> = HashMap::new();
        let mut found = Vec::new();
        for (symbol, bytes) in (0..).zip(&self.symbols) {
            let Some(bytes) = bytes else { continue };
            if let Some((name, location)) = self.location(symbol, bytes, &pointers, object) {
                *names.entry(name).or_default() += 1;
                found.push((name, location));
            }
        }
        let mut locations: BTreeMap<&str, Vec<Location<'_>>> = BTreeMap::new();
        for (name, mut location) in found {
            location.owns_name = names.get(&name) == uses.get(&name);
            locations.entry(location.krate).or_default().push(location);
        }
        locations
    }

    /// A symbol as a dependency's location, with the symbol of its file's name.
    fn location(
        &self,
        symbol: u32,
        bytes: &Range<usize>,
        pointers: &BTreeMap<usize, RelocationEntry>,
        object: &'a [u8],
    ) -> Option<(u32, Location<'a>)> {
        let mut inside = pointers.range(bytes.clone());
        let (&at, pointer) = inside.next()?;
        let is_one = bytes.len() == LOCATION && at == bytes.start && inside.next().is_none();
        if !is_one || pointer.ty != RelocationType::MemoryAddrI32 || pointer.addend != 0 {
            return None;
        }
        let name = self.symbols.get(pointer.index as usize)?.clone()?;
        let file = object.get(name.clone())?;
        let file = std::str::from_utf8(file.strip_suffix(&[0]).unwrap_or(file)).ok()?;
        let length = object.get(bytes.clone())?.get(LENGTH)?.try_into().ok()?;
        let end = usize::try_from(u32::from_le_bytes(length))
            .ok()?
            .checked_sub(file.len())?;
        let location = Location {
            symbol,
            bytes: bytes.clone(),
            name,
            owns_name: false,
            krate: dependency(file)?,
            end,
        };
        (location.krate.len() + end <= location.name.len() && end <= 1)
            .then_some((pointer.index, location))
    }

    /// The object with these bytes, and with symbols instead of others.
    fn write(&self, bytes: &[u8], instead: &HashMap<u32, u32>) -> Result<Vec<u8>> {
        let mut object = Module::new();
        for (number, (id, contents)) in self.all.iter().enumerate() {
            if let Some((name, reader)) = self.relocations.get(&number) {
                object.section(&CustomSection {
                    name: (*name).into(),
                    data: relocations(reader, instead)?.into(),
                });
            } else {
                object.section(&RawSection {
                    id: *id,
                    data: bytes.get(contents.clone()).unwrap_or_default(),
                });
            }
        }
        Ok(object.finish())
    }
}

impl Location<'_> {
    /// Makes it say the crate's name and no line.
    fn write(&self, object: &mut [u8]) {
        if let Some(name) = object.get_mut(self.name.clone()) {
            name.fill(0);
            for (byte, letter) in name.iter_mut().zip(self.krate.bytes()) {
                *byte = letter;
            }
        }
        if let Some(location) = object.get_mut(self.bytes.clone()) {
            let length = u32::try_from(self.krate.len() + self.end).unwrap_or_default();
            if let Some(field) = location.get_mut(LENGTH) {
                field.copy_from_slice(&length.to_le_bytes());
            }
            if let Some(fields) = location.get_mut(LINE_AND_COLUMN) {
                fields.fill(0);
            }
        }
    }
}

/// The number of the data section.
const DATA: u8 = 11;

fn segments(data: DataSectionReader<'_>) -> Result<Vec<Range<usize>>> {
    let segments = data.into_iter().map(|segment| {
        let segment = segment?;
        Ok(segment.range.end - segment.data.len()..segment.range.end)
    });
    segments.collect()
}

/// Whether a relocation names a symbol by its address in memory.
fn is_address(kind: RelocationType) -> bool {
    matches!(
        kind,
        RelocationType::MemoryAddrLeb
            | RelocationType::MemoryAddrSleb
            | RelocationType::MemoryAddrI32
            | RelocationType::MemoryAddrRelSleb
            | RelocationType::MemoryAddrLocrelI32
            | RelocationType::MemoryAddrTlsSleb
    )
}

/// A section of relocations with symbols instead of others.
fn relocations(reader: &RelocSectionReader<'_>, instead: &HashMap<u32, u32>) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    reader.section_index().encode(&mut bytes);
    reader.entries().count().encode(&mut bytes);
    for entry in reader.entries() {
        let entry = entry?;
        let other = instead.get(&entry.index).filter(|_| is_address(entry.ty));
        bytes.push(entry.ty as u8);
        entry.offset.encode(&mut bytes);
        other.unwrap_or(&entry.index).encode(&mut bytes);
        if entry.ty.addend_kind() != RelocAddendKind::None {
            entry.addend.encode(&mut bytes);
        }
    }
    Ok(bytes)
}

/// The crate to which a source file belongs, if it is none of ours.
fn dependency(file: &str) -> Option<&str> {
    if Path::new(file).extension() != Some(OsStr::new("rs")) {
        return None;
    }
    if let Some(file) = file.strip_prefix(LIBRARY) {
        return file.split_once(LIBRARY_CRATES)?.1.split('/').next();
    }
    let file = file
        .strip_prefix(LIBRARY_DEPENDENCIES)
        .or_else(|| file.strip_prefix(CRATES)?.strip_prefix('/'))?;
    // The version is the lockfile's.
    Some(file.split_once('/')?.0.rsplit_once('-')?.0)
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        ConstExpr, DataSection, DataSymbolDefinition, LinkingSection, MemorySection, MemoryType,
        SymbolTable,
    };

    use super::*;

    const HASH: &str = "/rustc/59807616e1fa2540724bfbac14d7976d7e4a3860";

    /// An object with a segment, and a symbol, for each of these bytes, in which a symbol's first four bytes
    /// are the address of another.
    fn object(data: &[Vec<u8>], pointers: &[(u32, u32)]) -> Vec<u8> {
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let mut section = DataSection::new();
        let mut symbols = SymbolTable::new();
        for (index, bytes) in (0..).zip(data) {
            section.active(0, &ConstExpr::i32_const(0), bytes.iter().copied());
            let definition = DataSymbolDefinition {
                index,
                offset: 0,
                size: u32::try_from(bytes.len()).unwrap(),
            };
            symbols.data(0, &format!("symbol-{index}"), Some(definition));
        }
        let mut linking = LinkingSection::new();
        linking.symbol_table(&symbols);
        let mut module = Module::new();
        module
            .section(&memories)
            .section(&section)
            .section(&linking);
        let linked = module.as_slice().to_vec();

        let sections = Sections::of(&linked).unwrap();
        let (_, contents) = &sections.all[1];
        let mut relocations = Vec::new();
        1_u32.encode(&mut relocations);
        u32::try_from(pointers.len())
            .unwrap()
            .encode(&mut relocations);
        for (at, to) in pointers {
            relocations.push(RelocationType::MemoryAddrI32 as u8);
            let at = sections.segments[*at as usize].start - contents.start;
            u32::try_from(at).unwrap().encode(&mut relocations);
            to.encode(&mut relocations);
            0_u32.encode(&mut relocations);
        }
        module.section(&CustomSection {
            name: "reloc.DATA".into(),
            data: relocations.into(),
        });
        module.finish()
    }

    fn name(path: &str) -> Vec<u8> {
        [path.as_bytes(), &[0]].concat()
    }

    fn location(length: usize, line: u32, column: u32) -> Vec<u8> {
        let length = u32::try_from(length).unwrap();
        [0, length, line, column]
            .iter()
            .flat_map(|word| word.to_le_bytes())
            .collect()
    }

    /// The crate's name where a file's was.
    fn named(krate: &str, path: &str) -> Vec<u8> {
        let mut name = krate.as_bytes().to_vec();
        name.resize(path.len() + 1, 0);
        name
    }

    #[test]
    fn the_locations_of_a_dependency_are_one_that_says_its_name() {
        let (day, time) = (
            "crates.io/chrono-0.4.45/src/date.rs",
            "crates.io/chrono-0.4.45/src/time.rs",
        );
        let data = [
            name(day),
            location(day.len() + 1, 12, 5),
            name(time),
            location(time.len() + 1, 71, 9),
            location(day.len() + 1, 13, 5),
            // What points to the locations.
            vec![0; 4],
            vec![0; 4],
            vec![0; 4],
        ];
        let of_names = [(1, 0), (3, 2), (4, 0)];
        let before = [&of_names[..], &[(5, 1), (6, 3), (7, 4)]].concat();
        let after = [&of_names[..], &[(5, 1), (6, 1), (7, 1)]].concat();
        let mut kept = data.clone();
        kept[0] = named("chrono", day);
        kept[1] = location("chrono".len() + 1, 0, 0);
        assert_eq!(
            merge(&object(&data, &before)).unwrap(),
            object(&kept, &after)
        );
    }

    #[test]
    fn what_is_ours_stays_to_the_letter() {
        let path = "crates/desk/src/roster.rs";
        let data = [name(path), location(path.len() + 1, 12, 5), vec![0; 4]];
        let object = object(&data, &[(1, 0), (2, 1)]);
        assert_eq!(merge(&object).unwrap(), object);
    }

    #[test]
    fn what_is_of_another_form_stays_as_it_is() {
        let path = "crates.io/chrono-0.4.45/src/date.rs";
        let known = location(path.len() + 1, 12, 5);
        let longer = [&known[..], &[0; 4]].concat();
        let of_another_length = location(path.len() + 2, 12, 5);
        for strange in [longer, of_another_length] {
            let object = object(&[name(path), strange, vec![0; 4]], &[(1, 0), (2, 1)]);
            assert_eq!(merge(&object).unwrap(), object);
        }
        let is_no_name = object(&[b"chrono".to_vec(), known], &[(1, 0)]);
        assert_eq!(merge(&is_no_name).unwrap(), is_no_name);
    }

    #[test]
    fn a_name_that_something_else_uses_is_not_overwritten() {
        let path = "crates.io/chrono-0.4.45/src/date.rs";
        let data = [name(path), location(path.len() + 1, 12, 5), vec![0; 4]];
        let object = object(&data, &[(1, 0), (2, 0)]);
        assert_eq!(merge(&object).unwrap(), object);
    }

    #[test]
    fn a_dependency_is_known_by_its_folder() {
        let core = format!("{HASH}/library/core/src/str/pattern.rs");
        for (file, krate) in [
            (core.as_str(), Some("core")),
            (
                "/rust/deps/dlmalloc-0.2.11/src/dlmalloc.rs",
                Some("dlmalloc"),
            ),
            (
                "crates.io/js-sys-0.3.107/src/futures/mod.rs",
                Some("js-sys"),
            ),
            ("crates/streams/src/lib.rs", None),
            ("src/paint.rs", None),
            ("crates.io/js-sys-0.3.107/README.md", None),
        ] {
            assert_eq!(dependency(file), krate, "{file}");
        }
    }

    #[test]
    fn what_is_no_object_is_an_error() {
        assert!(merge(b"<!doctype html>").is_err());
    }
}

//! Loads and stores that all say the same of their addresses: that they are as aligned as can be.
//!
//! What an instruction says of alignment is a hint, which means nothing: an address that is less aligned is
//! read all the same. LLVM hints at what it has proved, so one and the same access is written in several
//! ways. Measured at brotli 11: 0.3 kB of the module.

use std::convert::Infallible;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use wasm_encoder::Module;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasmparser::{MemArg, Parser};

/// Makes every load and store of a module hint at its natural alignment.
///
/// # Errors
///
/// When the file is no wasm module, or cannot be written.
pub(crate) fn make_natural(module: &Path) -> Result<()> {
    let bytes = fs::read(module)?;
    let bytes = natural(&bytes).context("failed to read the app's instructions")?;
    fs::write(module, bytes)?;
    Ok(())
}

fn natural(module: &[u8]) -> Result<Vec<u8>> {
    let mut natural = Module::new();
    Natural.parse_core_module(&mut natural, Parser::new(0), module)?;
    Ok(natural.finish())
}

/// Writes a module as it is, but for the hints.
struct Natural;

impl Reencode for Natural {
    type Error = Infallible;

    fn mem_arg(&mut self, arg: MemArg) -> Result<wasm_encoder::MemArg, Error<Infallible>> {
        let arg = MemArg {
            align: arg.max_align,
            ..arg
        };
        utils::mem_arg(self, arg)
    }
}

#[cfg(test)]
mod tests {
    use wasm_encoder::{
        CodeSection, Function, FunctionSection, MemArg, MemorySection, MemoryType, TypeSection,
        ValType,
    };

    use super::*;

    /// A function that copies eight bytes and one, with these hints (powers of two) for the eight.
    fn module(load: u32, store: u32) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut functions = FunctionSection::new();
        functions.function(0);
        let mut memories = MemorySection::new();
        memories.memory(MemoryType {
            minimum: 1,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
        let at = |offset, align| MemArg {
            offset,
            align,
            memory_index: 0,
        };
        let mut copy = Function::new([(2, ValType::I32)]);
        copy.instructions()
            .local_get(0)
            .local_get(1)
            .i64_load(at(8, load))
            .i64_store(at(300, store))
            .local_get(0)
            .local_get(1)
            .i32_load8_u(at(16, 0))
            .i32_store8(at(0, 0))
            .end();
        let mut code = CodeSection::new();
        code.function(&copy);
        let mut module = Module::new();
        module
            .section(&types)
            .section(&functions)
            .section(&memories)
            .section(&code);
        module.finish()
    }

    #[test]
    fn every_hint_is_the_natural_one_and_nothing_else_changes() {
        assert_eq!(natural(&module(0, 2)).unwrap(), module(3, 3));
    }

    #[test]
    fn what_is_no_module_is_an_error() {
        assert!(natural(b"<!doctype html>").is_err());
    }
}

//! The border between the app's two files, made small in a release build.
//!
//! wasm-bindgen's glue is written for readers, and its names end in hashes that no compression can
//! shorten, once in each of the two files. So the names that cross the border are shortened on both
//! sides, and the glue is minified. Measured at brotli 11: the glue falls from 7.9 kB to 4.1 (6.5
//! by minifying alone), and the module by 2.3 kB.
//!
//! wasm-bindgen's ways to fetch and compile a module go from the glue (0.5 kB): boot.js has compiled it
//! while the glue was still on its way. So do the JavaScript classes of a crate that Leptos links (0.5 kB); those
//! behind them in the module the [linker](crate::linker) has left out.
//!
//! Everything here knows the form of the glue of one version of wasm-bindgen. What is not of that
//! form is an error, never a page that does not start.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::{alignment, function_order, process};

/// What wasm-bindgen calls the instance's exports in the glue.
const EXPORTS: &str = "wasm";

/// How wasm-bindgen indents the members of the object of imports, and how their names begin.
const MEMBER: &str = "        ";
const IMPORT: &str = "__wb";

/// What makes the module small.
///
/// Flattened and put together anew, control flow is smaller than LLVM leaves it. Nothing lies below
/// address 1,024: `rustc` puts the stack first, and it grows down to there only when it overflows.
/// And nobody but the module itself writes into its memory before it starts.
///
/// Locals that were put together once more are 0.3 kB less at brotli 11.
const SMALLER: [&str; 10] = [
    "--low-memory-unused",
    "--zero-filled-memory",
    "--flatten",
    "--rereloop",
    "-Oz",
    "-Oz",
    "--converge",
    "--coalesce-locals-learning",
    "--reorder-locals",
    "--strip-producers",
];

/// `-Oz` puts the functions that are called most first, which shortens their numbers; in [their own
/// order](function_order) they compress better. Then what nobody needs any more: the names, and what the
/// module uses, which wasm-opt itself must know.
const LAST: [&str; 4] = [
    "--reorder-functions-by-name",
    "--minify-imports-and-exports-and-modules",
    "--strip-debug",
    "--strip-target-features",
];

/// The short names as wasm-opt prints them: of imports with their module, of exports without.
#[derive(Debug, Deserialize)]
struct Printed {
    imports: Vec<(String, String, String)>,
    exports: Vec<(String, String)>,
}

/// From the names in the glue to the short ones.
#[derive(Debug)]
struct Names {
    /// Imports come from one module: the glue. wasm-opt always calls the first module `a`.
    module: String,
    imports: BTreeMap<String, String>,
    exports: BTreeMap<String, String>,
}

/// Makes a module small, takes out of its glue what it does not call, and shortens the names that
/// are left, in both files.
///
/// # Errors
///
/// When a tool fails, or the glue is of another form than this module knows.
pub(crate) fn shorten(wasm: &Path, glue: &Path, tools: &OsStr) -> Result<()> {
    let text = with_own_start(&without_classes(&fs::read_to_string(glue)?))?;

    // Twice: in one run the names would be shortened, and printed, in every round.
    optimize(wasm, &SMALLER, tools)?;
    alignment::make_natural(wasm)?;
    function_order::name_by_place(wasm)?;
    let printed = optimize(wasm, &LAST, tools)?;
    let names = Names::parse(&printed)?;
    fs::write(glue, names.shorten(&text)?)?;
    Ok(())
}

/// Lets wasm-opt work on a module in place, and gives what it prints.
fn optimize(wasm: &Path, passes: &[&str], tools: &OsStr) -> Result<String> {
    let mut optimizer = Command::new("wasm-opt");
    optimizer
        .arg(wasm)
        .args(passes)
        .arg("--output")
        .arg(wasm)
        .env("PATH", tools);
    process::capture(&mut optimizer)
}

/// The glue without the classes that it exports: the desk exports none, and boot.js asks for none.
fn without_classes(glue: &str) -> String {
    let mut kept = String::with_capacity(glue.len());
    let mut lines = glue.split_inclusive('\n');
    while let Some(line) = lines.next() {
        let end = if line.starts_with("export class ") {
            "}"
        } else if line.starts_with("const ") && line.contains("Finalization = ") {
            ";"
        } else {
            if !line.starts_with("if (Symbol.dispose) ") {
                kept.push_str(line);
            }
            continue;
        };
        // Up to the line that ends what has begun: members are indented.
        let is_last = |line: &str| {
            let line = line.trim_end();
            line == "}" || (end == ";" && line.ends_with(';'))
        };
        if !is_last(line) {
            lines.find(|line| is_last(line));
        }
    }
    kept
}

/// What begins the part of the glue that fetches, compiles and starts the module. It is the last.
const START: &str = "async function __wbg_load(";

/// What boot.js needs of it. The second time it gives the exports of the instance that runs.
const OWN_START: &str = "\
async function __wbg_init({ module_or_path: module } = {}) {
    return wasm ?? __wbg_finalize_init(await WebAssembly.instantiate(module, __wbg_get_imports()), module);
}
export { __wbg_init as default };
";

/// The glue, which starts a module that is compiled already.
fn with_own_start(glue: &str) -> Result<String> {
    let (kept, start) = glue
        .split_once(START)
        .context("the glue does not load its module as it did")?;
    ensure!(
        start
            .trim_end()
            .ends_with("export { initSync, __wbg_init as default };")
            && kept.contains("function __wbg_finalize_init(instance, module)")
            && kept.contains("function __wbg_get_imports()"),
        "the glue does not start its module as it did"
    );
    Ok([kept, OWN_START].concat())
}

/// The names that follow `wasm.`, each with its place.
fn accesses(glue: &str) -> impl Iterator<Item = (usize, &str)> {
    let access = format!("{EXPORTS}.");
    let places: Vec<usize> = glue.match_indices(&access).map(|(at, _)| at).collect();
    places.into_iter().filter_map(move |at| {
        let (before, after) = glue.split_at_checked(at)?;
        // The end of another word, or of a file's name.
        if before.ends_with(|c| is_in_name(c) || c == '.' || c == '/') {
            return None;
        }
        let after = after.get(access.len()..)?;
        let end = after.find(|c| !is_in_name(c)).unwrap_or(after.len());
        Some((at + access.len(), after.get(..end)?))
    })
}

/// Minifies a JavaScript module in place.
///
/// # Errors
///
/// When terser fails: it is not JavaScript.
pub(crate) fn minify(module: &Path, tools: &OsStr) -> Result<()> {
    let mut terser = Command::new("terser");
    terser
        .arg(module)
        .args([
            "--module",
            "--compress",
            "passes=3,keep_fargs=false,ecma=2020,unsafe_arrows=true",
            "--mangle",
            "--output",
        ])
        .arg(module)
        .env("PATH", tools);
    process::capture(&mut terser)?;
    Ok(())
}

impl Names {
    fn parse(printed: &str) -> Result<Self> {
        let Printed { imports, exports } =
            serde_json::from_str(printed).context("failed to read the names that wasm-opt gave")?;
        let module = imports
            .first()
            .map(|(module, ..)| module.clone())
            .context("the app imports nothing")?;
        ensure!(
            imports.iter().all(|(other, ..)| *other == module),
            "the app imports from more than its glue"
        );
        Ok(Self {
            module,
            imports: imports
                .into_iter()
                .map(|(_, name, short)| (name, short))
                .collect(),
            exports: exports.into_iter().collect(),
        })
    }

    fn shorten(&self, glue: &str) -> Result<String> {
        let module = format!("\"{}\":", self.module);
        ensure!(
            glue.matches(&module).count() == 1,
            "the glue does not offer its imports as {module} once"
        );
        self.shorten_exports(&self.shorten_imports(&glue.replace(&module, "\"a\":"))?)
    }

    /// The glue offers each import as a member of an object that begins on a line of its own. One
    /// that the module does not import goes.
    fn shorten_imports(&self, glue: &str) -> Result<String> {
        let mut missing = self.imports.clone();
        let mut shortened = String::with_capacity(glue.len());
        let mut is_wanted = true;
        for line in glue.split_inclusive('\n') {
            let member = line.strip_prefix(MEMBER).and_then(|line| {
                let (name, value) = line.split_once(':')?;
                name.starts_with(IMPORT).then_some((name, value))
            });
            if let Some((name, value)) = member {
                let short = missing.remove(name);
                is_wanted = short.is_some();
                if let Some(short) = short {
                    shortened.extend([short.as_str(), ":", value]);
                }
            } else {
                // The end of the object.
                is_wanted |= !line.starts_with(MEMBER);
                if is_wanted {
                    shortened.push_str(line);
                }
            }
        }
        ensure!(
            missing.is_empty(),
            "the glue does not offer {:?}",
            missing.keys()
        );
        Ok(shortened)
    }

    /// The glue names exports as members of one variable, and no other way.
    fn shorten_exports(&self, glue: &str) -> Result<String> {
        ensure!(
            !glue.contains(&format!("{EXPORTS}[")),
            "the glue computes names of exports"
        );
        let mut shortened = String::with_capacity(glue.len());
        let mut rest = 0;
        for (at, name) in accesses(glue) {
            let short = self.exports.get(name);
            let short = short.with_context(|| format!("the app does not export {name}"))?;
            shortened.extend([glue.get(rest..at).unwrap_or_default(), short]);
            rest = at + name.len();
        }
        shortened.push_str(glue.get(rest..).unwrap_or_default());
        Ok(shortened)
    }
}

fn is_in_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_' || c == '$'
}

#[cfg(test)]
mod tests {
    use super::*;

    const PRINTED: &str = r#"{
        "imports": [["./desk_bg.js", "__wbg_new_0123", "$"], ["./desk_bg.js", "__wbg_now_4567", "$a"]],
        "exports": [["memory", "b"], ["__wbindgen_start", "c"], ["main", "d"]]
    }"#;

    const GLUE: &str = r#"function imports() {
    const import0 = {
        __wbg_new_0123: function(arg0) {
            return new Uint8Array(wasm.memory.buffer);
        },
        __wbg_now_4567: Date.now,
    };
    return { "./desk_bg.js": import0 };
}
const url = new URL('desk_bg.wasm', import.meta.url), type = 'application/wasm';
wasm.__wbindgen_start();
"#;

    fn shorten(glue: &str) -> Result<String> {
        Names::parse(PRINTED).unwrap().shorten(glue)
    }

    #[test]
    fn both_directions_and_the_module_are_shortened_and_nothing_else_changes() {
        let expected = GLUE
            .replace("        __wbg_new_0123", "$")
            .replace("        __wbg_now_4567", "$a")
            .replace("\"./desk_bg.js\"", "\"a\"")
            .replace("wasm.memory", "wasm.b")
            .replace("wasm.__wbindgen_start", "wasm.c");
        assert_eq!(shorten(GLUE).unwrap(), expected);
    }

    #[test]
    fn an_import_that_the_glue_does_not_offer_is_an_error() {
        let error = shorten(&GLUE.replace("__wbg_now_4567: Date.now,", "")).unwrap_err();
        assert!(error.to_string().contains("__wbg_now_4567"), "{error}");
    }

    #[test]
    fn an_export_that_is_not_there_is_an_error() {
        let error = shorten(&format!("{GLUE}wasm.gone(1);\n")).unwrap_err();
        assert!(error.to_string().contains("gone"), "{error}");
    }

    #[test]
    fn a_word_that_ends_alike_is_no_access() {
        assert!(shorten(&format!("{GLUE}mywasm.gone(1); x.wasm.gone(1);\n")).is_ok());
    }

    #[test]
    fn an_import_that_the_module_does_not_ask_for_goes() {
        let unasked =
            "        __wbg_view_8901: function(arg0) { return handleError(function (arg0) {
            return arg0.view;
        }, arguments); },
";
        let offer = "        __wbg_now_4567";
        let with_one_more = GLUE.replace(offer, &[unasked, offer].concat());
        assert_eq!(shorten(&with_one_more).unwrap(), shorten(GLUE).unwrap());
        let as_the_last = GLUE.replace("    };\n", &[unasked, "    };\n"].concat());
        assert_eq!(shorten(&as_the_last).unwrap(), shorten(GLUE).unwrap());
    }

    #[test]
    fn the_classes_of_others_go_with_all_that_is_theirs() {
        let class = "export class Sink {
    free() {
        wasm.__wbg_sink_free(this.ptr, 0);
    }
}
if (Symbol.dispose) Sink.prototype[Symbol.dispose] = Sink.prototype.free;
";
        let end = "const SinkFinalization = (typeof FinalizationRegistry === 'undefined')
    ? { register: () => {}, unregister: () => {} }
    : new FinalizationRegistry(ptr => wasm.__wbg_sink_free(ptr, 1));
";
        assert_eq!(without_classes(&[class, GLUE, end].concat()), GLUE);
    }

    #[test]
    fn the_module_that_is_compiled_already_is_started() {
        let kept = "function __wbg_get_imports() {}
function __wbg_finalize_init(instance, module) {}
";
        let loads = "async function __wbg_load(module, imports) { return fetch(module); }
";
        let export = "export { initSync, __wbg_init as default };
";
        let own = with_own_start(&[kept, loads, export].concat()).unwrap();
        assert_eq!(own, [kept, OWN_START].concat());
        for other in [
            [kept, loads].concat(),
            [kept, export].concat(),
            [loads, export].concat(),
        ] {
            assert!(with_own_start(&other).is_err(), "{other}");
        }
    }

    #[test]
    fn glue_of_another_form_is_refused() {
        assert!(shorten(&format!("{GLUE}wasm['c']();\n")).is_err());
        assert!(shorten(&GLUE.replace("\"./desk_bg.js\"", "module")).is_err());
    }

    #[test]
    fn a_module_of_somebody_else_is_refused() {
        let printed = PRINTED.replacen("./desk_bg.js", "env", 1);
        assert!(Names::parse(&printed).is_err());
    }
}

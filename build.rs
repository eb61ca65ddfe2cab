//! Makes the names of the sentences out of `src/text/sentences.txt`, and sees to it that none lacks a
//! language.

use std::{env, fmt::Write as _, fs, path::Path};

const SENTENCES: &str = "src/text/sentences.txt";

fn main() -> Result<(), String> {
    println!("cargo::rerun-if-changed={SENTENCES}");
    let text = fs::read_to_string(SENTENCES).map_err(|error| format!("{SENTENCES}: {error}"))?;
    let out = env::var("OUT_DIR").map_err(|error| error.to_string())?;
    let path = Path::new(&out).join("text.rs");
    fs::write(path, code(&text)?).map_err(|error| error.to_string())
}

/// The names, and what each says for those who have no page to ask.
fn code(text: &str) -> Result<String, String> {
    let (mut names, mut sentences) = (String::new(), String::new());
    let mut lines = text
        .lines()
        .enumerate()
        .filter(|(_, line)| !line.is_empty() && !line.starts_with('#'));
    while let Some((at, name)) = lines.next() {
        let mut says = |language: &str| {
            let line = lines.next().map(|(_, line)| line);
            let said = line.and_then(|line| line.strip_prefix(language));
            let said = said.filter(|said| !said.trim().is_empty());
            said.ok_or_else(|| format!("{SENTENCES}:{}: {name} lacks{language}", at + 1))
        };
        let (ja, en) = (says("  ja ")?, says("  en ")?);
        writeln!(names, "    {name},").map_err(|error| error.to_string())?;
        writeln!(sentences, "    (Text::{name}, {ja:?}, {en:?}),")
            .map_err(|error| error.to_string())?;
    }
    Ok(format!(
        "/// A sentence or a word, in whichever language it is said.\n\
         #[expect(missing_docs, reason = \"each is documented by what it says\")]\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq)]\n\
         pub enum Text {{\n{names}}}\n\n\
         /// What each says.\n\
         #[cfg(any(test, not(target_arch = \"wasm32\")))]\n\
         const SENTENCES: &[(Text, &str, &str)] = &[\n{sentences}];\n"
    ))
}

//! Prints the wire as an OpenAPI document: `cargo run -p proxy --example openapi > docs/openapi.json`.

use std::io::Write as _;

fn main() -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{:#}", contract::document())
}

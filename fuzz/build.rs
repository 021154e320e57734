//! A macro crate cannot be linked to, so its modules are included by path. This finds in its `lib.rs`
//! which modules there are, which attributes, and that there is no entry point that nobody calls here.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

fn main() {
    let macros = Path::new(env!("CARGO_MANIFEST_DIR")).join("../resilient-macros");
    let entry = macros.join("src/lib.rs");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={}", entry.display());
    println!("cargo::rerun-if-changed={}", macros.join("docs").display());
    let entry = fs::read_to_string(&entry).expect("the macros' lib.rs");

    let modules: Vec<&str> =
        entry.lines().filter_map(|line| line.strip_prefix("mod ")?.strip_suffix(';')).collect();
    // An inline module with the folder's path: the modules inside of those find their files, too.
    let source = macros.join("src");
    let mut code = format!("#[path = {source:?}]\nmod macros {{\n");
    for module in &modules {
        let _ = writeln!(code, "    pub(crate) mod {module};");
    }
    let _ = writeln!(code, "}}\nuse macros::{{{}}};", modules.join(", "));

    let attributes: Vec<&str> = entry
        .lines()
        .filter_map(|line| line.trim().strip_prefix("stack::expand(\"")?.split('"').next())
        .collect();
    let _ =
        writeln!(code, "/// The attributes on functions.\npub const ATTRIBUTES: &[&str] = &{attributes:?};");

    let pages = fs::read_dir(macros.join("docs")).expect("the attributes' pages");
    let mut pages: Vec<_> = pages.flatten().map(|page| page.path()).collect();
    pages.sort();
    let pages: String = pages.iter().map(|page| format!("include_str!({page:?}), ")).collect();
    let _ = writeln!(
        code,
        "/// Their pages: where the words of the settings are found.\nconst PAGES: &[&str] = &[{pages}];"
    );

    // The derives, `describe!` and `#[decorator]` are the entry points beside the attributes on functions.
    let entries = entry.lines().filter(|line| line.starts_with("#[proc_macro")).count();
    assert_eq!(entries, attributes.len() + 4, "a new entry point: call it in `fuzz/src/lib.rs`");

    let out = env::var_os("OUT_DIR").expect("cargo sets it");
    fs::write(Path::new(&out).join("macros.rs"), code).expect("the folder for what is built");
}

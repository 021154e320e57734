//! Asks rust-analyzer what it proposes at each `$0` of `cases.txt`, and says where that is not what the
//! case expects. See `Cargo.toml` for how to run it.

use std::path::Path;
use std::process::{Command, ExitCode};

use ra_ap_ide::{
    Analysis, AnalysisHost, CompletionConfig, CompletionFieldsToResolve, FilePosition, RaFixtureConfig,
};
use ra_ap_ide_db::imports::insert_use::{ImportGranularity, InsertUseConfig, PrefixKind};
use ra_ap_ide_db::{ChangeWithProcMacros, SnippetCap};
use ra_ap_load_cargo::{LoadCargoConfig, ProcMacroServerChoice, load_workspace_at};
use ra_ap_paths::{AbsPathBuf, Utf8PathBuf};
use ra_ap_project_model::CargoConfig;
use ra_ap_vfs::{FileId, VfsPath};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// A text with `$0`, and the proposals that must be among those for it.
struct Case<'c> {
    text: &'c str,
    expected: Vec<&'c str>,
}

fn main() -> Result<ExitCode> {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let cases = std::fs::read_to_string(here.join("cases.txt"))?;
    let cases: Vec<Case<'_>> = cases.split("----\n").filter_map(read).collect();
    let (mut host, file) = load(&here.join("sample"))?;
    let mut failures = 0;
    for case in &cases {
        let (before, after) = case.text.split_once("$0").ok_or("a case without `$0`")?;
        let mut change = ChangeWithProcMacros::default();
        change.change_file(file, Some(format!("{before}{after}")));
        host.apply_change(change);
        let offset = u32::try_from(before.len())?.into();
        let proposed = proposals(&host.analysis(), FilePosition { file_id: file, offset })?;
        let missing: Vec<&&str> =
            case.expected.iter().filter(|name| !proposed.contains(&name.to_string())).collect();
        let line = case.text.lines().find(|line| line.contains("$0")).unwrap_or_default();
        if missing.is_empty() {
            println!("ok   {line}");
        } else {
            failures += 1;
            println!("FAIL {line}\n     missing {missing:?}\n     among {proposed:?}");
        }
    }
    println!("{} passed, {failures} failed", cases.len() - failures);
    Ok(if failures == 0 && !cases.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The last line of a case is `=> name name …`.
fn read(case: &str) -> Option<Case<'_>> {
    let (text, expected) = case.rsplit_once("=> ")?;
    Some(Case { text, expected: expected.split_whitespace().collect() })
}

fn load(project: &Path) -> Result<(AnalysisHost, FileId)> {
    let sysroot = Command::new("rustc").args(["--print", "sysroot"]).current_dir(project).output()?.stdout;
    let server = format!("{}/libexec/rust-analyzer-proc-macro-srv", String::from_utf8(sysroot)?.trim());
    // Without a sysroot of its own: to look for one may install components of the toolchain.
    let cargo = CargoConfig { sysroot: None, ..CargoConfig::default() };
    let load = LoadCargoConfig {
        load_out_dirs_from_check: true,
        with_proc_macro_server: ProcMacroServerChoice::Explicit(AbsPathBuf::assert(Utf8PathBuf::from(
            server,
        ))),
        prefill_caches: false,
        num_worker_threads: 1,
        proc_macro_processes: 1,
    };
    let (database, files, _server) = load_workspace_at(project, &cargo, &load, &|_| ())?;
    let path = VfsPath::from(AbsPathBuf::assert_utf8(project.join("src/main.rs").canonicalize()?));
    let (file, _) = files.file_id(&path).ok_or("the sample's file")?;
    Ok((AnalysisHost::with_database(database), file))
}

fn proposals(analysis: &Analysis, at: FilePosition) -> Result<Vec<String>> {
    let config = CompletionConfig {
        enable_postfix_completions: false,
        enable_imports_on_the_fly: false,
        enable_self_on_the_fly: false,
        enable_auto_iter: false,
        enable_auto_await: false,
        enable_private_editable: false,
        enable_term_search: false,
        term_search_fuel: 0,
        full_function_signatures: false,
        callable: None,
        add_colons_to_module: true,
        add_semicolon_to_unit: true,
        snippet_cap: SnippetCap::new(true),
        insert_use: InsertUseConfig {
            granularity: ImportGranularity::Crate,
            enforce_granularity: true,
            prefix_kind: PrefixKind::Plain,
            group: true,
            skip_glob_imports: true,
        },
        prefer_no_std: false,
        prefer_prelude: true,
        prefer_absolute: false,
        snippets: Vec::new(),
        limit: None,
        fields_to_resolve: CompletionFieldsToResolve::empty(),
        exclude_flyimport: Vec::new(),
        exclude_traits: &[],
        ra_fixture: RaFixtureConfig::default(),
    };
    let items = analysis.completions(&config, at, None)?.unwrap_or_default();
    Ok(items.iter().map(|item| item.label.primary.to_string()).collect())
}

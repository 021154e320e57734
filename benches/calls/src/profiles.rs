//! What the profile of the program changes: this package built anew under each, and the instructions of
//! ours counted in all of them.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::callgrind;
use crate::subjects::{ALL, Scene};
use crate::table::PROFILES;

/// As `Cargo.toml` names them.
const THIN: &str = "thin";
const FAT: &str = "fat";

/// Gives what does not hold. Without cargo or valgrind there is nothing to see.
pub fn print() -> Vec<String> {
    let (Ok(release), Some(thin), Some(fat)) = (std::env::current_exe(), built(THIN), built(FAT)) else {
        println!("\n(Other profiles: cargo did not build them.)");
        return Vec::new();
    };
    let mut broken = Vec::new();
    println!("\n| instructions | default | thin LTO | fat LTO | default / fat |\n|---|---:|---:|---:|---:|");
    for (number, subject) in ALL.iter().enumerate() {
        // Retries also of others, who are known to depend on it.
        if !subject.is_ours && subject.scene != Scene::FirstAttempt {
            continue;
        }
        let count = |program: &Path| callgrind::count(program, number).map(|counted| counted.instructions);
        let (Some(release), Some(thin), Some(fat)) = (count(&release), count(&thin), count(&fat)) else {
            continue;
        };
        let (name, heading, ratio) = (subject.name, subject.scene.heading(), release / fat);
        println!("| {name} ({heading}) | {release:.0} | {thin:.0} | {fat:.0} | {ratio:.2} |");
        if subject.is_ours && ratio > PROFILES {
            broken.push(format!("{name} ({heading}): {ratio:.2} times the instructions of fat LTO"));
        }
    }
    broken
}

/// The program under that profile, beside this one.
fn built(profile: &str) -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let built = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--quiet", "--profile", profile])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdout(Stdio::null())
        .status()
        .ok()?;
    let path = program.parent()?.parent()?.join(profile).join(program.file_name()?);
    (built.success() && path.exists()).then_some(path)
}

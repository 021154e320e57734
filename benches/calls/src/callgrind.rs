//! Instructions and clock reads of a call: this very program under valgrind's callgrind, once with few
//! calls and once with many; the difference is the calls'. All threads of the program are counted.

use std::collections::HashMap;
use std::path::Path;
use std::process::{Command, Stdio};

const FEW: u64 = 1_000;
const MANY: u64 = 3_000;

/// What one call takes.
pub struct Counted {
    pub instructions: f64,
    pub clock_reads: f64,
}

struct Run {
    instructions: u64,
    clock_reads: u64,
}

/// Of the subject with this number, by `program`, which is this one as it was built; `None` without valgrind.
pub fn count(program: &Path, number: usize) -> Option<Counted> {
    let (few, many) = (run(program, number, FEW)?, run(program, number, MANY)?);
    let calls = (MANY - FEW) as f64;
    let per_call = |few: u64, many: u64| many.saturating_sub(few) as f64 / calls;
    Some(Counted {
        instructions: per_call(few.instructions, many.instructions),
        clock_reads: per_call(few.clock_reads, many.clock_reads),
    })
}

fn run(program: &Path, number: usize, calls: u64) -> Option<Run> {
    let out = std::env::temp_dir().join(format!("resilient-bench-{}.callgrind", std::process::id()));
    let ran = Command::new("valgrind")
        .arg("--tool=callgrind")
        .arg(format!("--callgrind-out-file={}", out.display()))
        .arg(program)
        .args(["run", &number.to_string(), &calls.to_string()])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .ok()?;
    let read = if ran.success() { read(&out) } else { None };
    // Whether it is there to be removed or not.
    let _ = std::fs::remove_file(&out);
    read
}

/// The format is described in valgrind's manual: names are written once, as `cfn=(7) name`, and then
/// `cfn=(7)`; `calls=` after one says how often it was called from there.
fn read(out: &Path) -> Option<Run> {
    let text = std::fs::read_to_string(out).ok()?;
    let mut names = HashMap::<&str, &str>::new();
    let mut run = Run { instructions: 0, clock_reads: 0 };
    let mut called = "";
    for line in text.lines() {
        if let Some(total) = line.strip_prefix("totals: ").or_else(|| line.strip_prefix("summary: ")) {
            run.instructions = total.trim().parse().ok()?;
        } else if let Some(name) = line.strip_prefix("cfn=").or_else(|| line.strip_prefix("fn=")) {
            let (number, name) = name.split_once(' ').unwrap_or((name, ""));
            if !name.is_empty() {
                names.insert(number, name);
            }
            if line.starts_with("cfn=") {
                called = names.get(number).copied().unwrap_or_default();
            }
        } else if let Some(calls) = line.strip_prefix("calls=")
            && called.contains("clock_gettime")
            && !called.contains("clock_gettime_")
        {
            run.clock_reads += calls.split(' ').next()?.parse::<u64>().ok()?;
        }
    }
    Some(run)
}

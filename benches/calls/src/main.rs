//! What a circuit breaker costs a call: ours through the attribute, those of others, and two floors, all
//! around the same function that is not inlined, in one run.
//!
//! `cargo run --release` prints one table, and fails where ours is above its bounds. Instructions and clock
//! reads are counted by valgrind's callgrind, where that is installed; everything else is measured here.

mod callgrind;
mod measure;
mod subjects;
mod table;

use std::process::ExitCode;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => table::print(),
        // What callgrind is given to run.
        ["run", subject, calls] => run(subject, calls),
        _ => {
            eprintln!("usage: resilient-bench-calls [run <subject> <calls>]");
            ExitCode::FAILURE
        }
    }
}

fn run(subject: &str, calls: &str) -> ExitCode {
    let (Some(subject), Ok(calls)) = (subjects::find(subject), calls.parse()) else {
        eprintln!("no subject `{subject}`, or `{calls}` is no number");
        return ExitCode::FAILURE;
    };
    (subject.prepare)(subject);
    (subject.calls)(calls);
    ExitCode::SUCCESS
}

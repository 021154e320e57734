//! What a guarded call costs: ours through the attributes, others' policies, what one writes by hand, and
//! floors, all around the same function that is not inlined, in one run.
//!
//! `cargo run --release` prints tables, and fails where ours is above its bounds. It is built as a program
//! is whose author set nothing, and builds itself again under other profiles to see what those change.
//! Instructions and clock reads are counted by valgrind's callgrind, where that is installed; everything
//! else is measured here, and wants a machine that has nothing else to do.

mod allocations;
mod callgrind;
mod measure;
mod no_delay;
mod profiles;
mod sizes;
mod subjects;
mod table;

use std::process::ExitCode;

fn main() -> ExitCode {
    let _timers = subjects::timers();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => all(),
        // What callgrind is given to run.
        ["run", subject, calls] => run(subject, calls),
        _ => {
            eprintln!("usage: resilient-bench-calls [run <subject> <calls>]");
            ExitCode::FAILURE
        }
    }
}

fn all() -> ExitCode {
    let broken = [table::print(), sizes::print(), no_delay::print(), profiles::print()].concat();
    for bound in &broken {
        eprintln!("{bound}");
    }
    if broken.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
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

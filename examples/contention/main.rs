//! Many clients contend for one row of a database, and what they wait before they try again decides how much
//! work that is and how long it takes: the experiment of Marc Brooker's
//! [Exponential Backoff And Jitter](https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/)
//! on a virtual clock, with the delays of this crate.
//!
//! `cargo run --release --example contention` prints the table and draws `contention.svg` beside this file;
//! `-- PATH` draws it there instead.

// `pub(crate)`, because the test suite includes this file as a module and looks inside.
pub(crate) mod picture;
pub(crate) mod simulation;
pub(crate) mod strategy;
pub(crate) mod table;

use std::path::PathBuf;

/// From a few, who hardly meet, to a crowd.
pub(crate) const CLIENTS: [u32; 13] = [2, 5, 10, 20, 40, 60, 80, 100, 120, 140, 160, 180, 200];
/// Each number of the table is the mean of so many runs.
pub(crate) const RUNS: u32 = 20;
pub(crate) const SEED: u64 = 1;

fn main() -> std::io::Result<()> {
    let path = std::env::args_os().nth(1).map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/contention/contention.svg")),
        PathBuf::from,
    );
    let rows = table::measure(&CLIENTS, RUNS, SEED);
    print!("{}", table::markdown(&rows));
    std::fs::write(&path, picture::svg(&rows))?;
    println!("\nThe picture: {}", path.display());
    Ok(())
}

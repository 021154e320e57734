//! The numbers: the mean of several runs for each strategy and each number of clients, and how they look
//! as text. How they look drawn is the business of `picture.rs`.

use std::fmt::Write as _;
use std::time::Duration;

use super::simulation::{self, Outcome};
use super::strategy::Strategy;

/// The means for one number of clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) clients: u32,
    /// In the order of [`Strategy::ALL`].
    pub(crate) outcomes: [Outcome; Strategy::ALL.len()],
}

/// The same seeds give the same rows.
pub(crate) fn measure(clients: &[u32], runs: u32, seed: u64) -> Vec<Row> {
    let row = |&clients: &u32| Row {
        clients,
        outcomes: Strategy::ALL.map(|strategy| mean(strategy, clients, runs, seed)),
    };
    clients.iter().map(row).collect()
}

fn mean(strategy: Strategy, clients: u32, runs: u32, seed: u64) -> Outcome {
    let (mut calls, mut time) = (0, Duration::ZERO);
    for run in 0..runs {
        let outcome = simulation::run(strategy, clients, seed.wrapping_add(run.into()));
        calls += outcome.calls;
        time += outcome.time;
    }
    let runs = runs.max(1);
    Outcome { calls: (calls + runs / 2) / runs, time: time / runs }
}

/// One table for the calls and one for the time.
pub(crate) fn markdown(rows: &[Row]) -> String {
    let calls = one("calls", rows, |outcome| outcome.calls.to_string());
    let time = one("seconds", rows, |outcome| format!("{:.2}", outcome.time.as_secs_f64()));
    format!("{calls}\n{time}")
}

fn one(what: &str, rows: &[Row], cell: impl Fn(&Outcome) -> String) -> String {
    let mut table = format!("| clients | {what}: ");
    table.push_str(&Strategy::ALL.map(Strategy::name).join(" | "));
    table.push_str(" |\n|---:");
    table.push_str(&"|---:".repeat(Strategy::ALL.len()));
    table.push_str("|\n");
    for Row { clients, outcomes } in rows {
        // Writing into a string cannot fail.
        let _ = writeln!(table, "| {clients} | {} |", outcomes.each_ref().map(&cell).join(" | "));
    }
    table
}

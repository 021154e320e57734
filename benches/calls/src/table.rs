//! The table, and what of it must hold.

use std::process::ExitCode;

use crate::callgrind::{self, Counted};
use crate::measure;
use crate::subjects::{self, Scene, Subject};

/// Bounds of ours: instructions of a call in all, the function's own and those of the loop included.
const SYNC_SUCCESS: f64 = 40.0;
const ASYNC_SUCCESS: f64 = 60.0;
/// Of two threads over one, where nothing is written.
const SCALING: f64 = 1.7;

struct Row {
    subject: &'static Subject,
    nanoseconds: f64,
    scaling: f64,
    allocations: u64,
    counted: Option<Counted>,
}

pub fn print() -> ExitCode {
    let all = &subjects::ALL[..];
    let mut failures = Vec::new();
    println!("| | instructions | clock reads | allocations | ns | two threads make |");
    println!("|---|---:|---:|---:|---:|---:|");
    for scene in [Scene::Success, Scene::Refusal, Scene::Failure] {
        println!("| **{}** | | | | | |", heading(scene));
        for row in &rows(all, scene) {
            let dash = || "–".to_owned();
            let (instructions, clock_reads) = match &row.counted {
                Some(counted) => {
                    (format!("{:.0}", counted.instructions), format!("{:.2}", counted.clock_reads))
                }
                None => (dash(), dash()),
            };
            let allocations = row.allocations as f64 / 100.0;
            println!(
                "| {} | {instructions} | {clock_reads} | {allocations} | {:.1} | {:.2} × |",
                row.subject.name, row.nanoseconds, row.scaling
            );
            failures.extend(broken(row));
        }
    }
    if failures.is_empty() {
        return ExitCode::SUCCESS;
    }
    for failure in failures {
        eprintln!("{failure}");
    }
    ExitCode::FAILURE
}

fn heading(scene: Scene) -> &'static str {
    match scene {
        Scene::Success => "Closed, and the call succeeds",
        Scene::Refusal => "Open: the call is refused",
        Scene::Failure => "Closed, and the call fails",
    }
}

/// Scenes change what a breaker is, so each is measured to its end before the next is prepared.
fn rows(all: &'static [Subject], scene: Scene) -> Vec<Row> {
    let numbered = || all.iter().enumerate().filter(|(_, subject)| subject.scene == scene);
    numbered().for_each(|(_, subject)| (subject.prepare)(subject));
    let first = numbered().next().map_or(0, |(number, _)| number);
    let subjects = &all[first..first + numbered().count()];
    let (nanoseconds, scaling) = (measure::nanoseconds(subjects), measure::scaling(subjects));
    let figures = nanoseconds.into_iter().zip(scaling);
    numbered()
        .zip(figures)
        .map(|((number, subject), (nanoseconds, scaling))| Row {
            subject,
            nanoseconds,
            scaling,
            allocations: measure::allocations(subject),
            counted: callgrind::count(number),
        })
        .collect()
}

/// What does not hold of a row of ours.
fn broken(row: &Row) -> Vec<String> {
    let Subject { name, scene, is_ours: true, .. } = row.subject else { return Vec::new() };
    let is_async = name.starts_with("async");
    let most = if is_async { ASYNC_SUCCESS } else { SYNC_SUCCESS };
    let time = f64::from(u8::from(name.contains("of time")));
    let mut broken = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            broken.push(format!("{name} ({}): {what}", heading(*scene)));
        }
    };
    demand(row.allocations == 0, format!("{} allocations in a hundred calls", row.allocations));
    if let Some(counted) = &row.counted {
        let (instructions, reads) = (counted.instructions, counted.clock_reads);
        match scene {
            Scene::Success => {
                demand(reads <= time, format!("{reads} clock reads"));
                demand(
                    time > 0.0 || instructions <= most,
                    format!("{instructions} instructions, above {most}"),
                );
            }
            Scene::Refusal => demand(reads <= 1.0, format!("{reads} clock reads")),
            Scene::Failure => {}
        }
    }
    if *scene != Scene::Failure {
        demand(row.scaling >= SCALING, format!("two threads make {:.2} times the calls", row.scaling));
    }
    broken
}

//! The table of calls, and all bounds that anything here has to keep.

use crate::callgrind::{self, Counted};
use crate::measure::{self, on_one_processor};
use crate::subjects::{self, Scene, Subject};

// Where the bar is not reached yet, what is measured stands as the bound, so that it gets no worse, and the
// bar beside it.

/// Of the calls that two threads make of the function alone, what they make where nothing is written.
const SCALING: f64 = 0.85;
/// The future of `#[retry]`, over that of a loop by hand.
pub const FUTURE: f64 = 1.1;
/// Milliseconds of a hundred retries without a delay.
pub const NO_DELAY: f64 = 3.0;
/// Instructions in the default release profile, over those under fat LTO.
pub const PROFILES: f64 = 1.3;
/// A stack over the same by hand, in instructions.
const OVER_BY_HAND: f64 = 1.1;
/// A sync timeout over two channels, in time.
const OVER_CHANNELS: f64 = 1.5;
/// A thread for each call over a sync timeout, in instructions.
const UNDER_THREADS: f64 = 6.0;

/// A fallback that is not needed over none, in instructions.
const BESIDE_NO_FALLBACK: f64 = 5.0;

/// What a call of ours may take. Instructions are the call's in all, the function's own and those of the loop
/// included, in the default release profile.
struct Most {
    instructions: f64,
    clock_reads: f64,
    /// In a hundred calls.
    allocations: u64,
}

impl Most {
    const UNBOUNDED: Self = Self { instructions: f64::INFINITY, clock_reads: f64::INFINITY, allocations: 0 };

    const fn of(instructions: f64) -> Self {
        Self { instructions, clock_reads: 0.0, allocations: 0 }
    }
}

fn most(subject: &Subject) -> Most {
    let is_async = subject.name.starts_with("async");
    match subject.scene {
        Scene::Success if subject.name.contains("of time") => Most { clock_reads: 1.0, ..Most::UNBOUNDED },
        Scene::Success if is_async => Most::of(60.0),
        Scene::Success => Most::of(40.0),
        Scene::Refusal => Most { clock_reads: 1.0, ..Most::UNBOUNDED },
        Scene::Failure => Most::UNBOUNDED,
        Scene::FirstAttempt if is_async => Most::of(52.0),
        Scene::FirstAttempt => Most::of(28.0),
        Scene::InTime => Most::of(60.0),
        Scene::Stack => Most::of(145.0), // bar 130, or what `OVER_BY_HAND` says
        Scene::Fallback => Most::of(f64::INFINITY),
        Scene::HandOff => Most::UNBOUNDED,
    }
}

impl Scene {
    const ALL: [Self; 8] = [
        Self::Success,
        Self::Refusal,
        Self::Failure,
        Self::FirstAttempt,
        Self::InTime,
        Self::Stack,
        Self::Fallback,
        Self::HandOff,
    ];

    pub fn heading(self) -> &'static str {
        match self {
            Self::Success => "Closed, and the call succeeds",
            Self::Refusal => "Open: the call is refused",
            Self::Failure => "Closed, and the call fails",
            Self::FirstAttempt => "Retried, and the first attempt succeeds",
            Self::InTime => "Bounded, and ready at its first poll",
            Self::Stack => "Breaker, retry and timeout, and the call succeeds",
            Self::Fallback => "Under a fallback, and the call succeeds",
            Self::HandOff => "Run by another thread, on the same processor",
        }
    }

    /// Whether calls of two threads are to be no slower than those of one. A call that takes two threads has
    /// both processors already.
    fn scales(self) -> bool {
        !matches!(self, Self::Failure | Self::HandOff)
    }
}

struct Row {
    subject: &'static Subject,
    nanoseconds: f64,
    scaling: Option<f64>,
    /// What two threads made of the function alone meanwhile.
    alone: f64,
    allocations: u64,
    counted: Option<Counted>,
}

/// Gives what does not hold.
pub fn print() -> Vec<String> {
    let mut broken = Vec::new();
    println!("| | instructions | clock reads | allocations | ns | two threads make |");
    println!("|---|---:|---:|---:|---:|---:|");
    for scene in Scene::ALL {
        println!("| **{}** | | | | | |", scene.heading());
        let rows = if scene == Scene::HandOff { on_one_processor(|| rows(scene)) } else { rows(scene) };
        for row in &rows {
            print_row(row);
            broken.extend(broken_by(row));
        }
        broken.extend(broken_beside(scene, &rows));
    }
    broken
}

fn print_row(row: &Row) {
    let dash = || "–".to_owned();
    let (instructions, clock_reads) = match &row.counted {
        Some(counted) => (format!("{:.0}", counted.instructions), format!("{:.2}", counted.clock_reads)),
        None => (dash(), dash()),
    };
    let allocations = row.allocations as f64 / 100.0;
    let scaling = row.scaling.map_or_else(dash, |scaling| format!("{scaling:.2} ×"));
    let Row { subject, nanoseconds, .. } = row;
    let name = subject.name;
    println!("| {name} | {instructions} | {clock_reads} | {allocations} | {nanoseconds:.1} | {scaling} |");
}

/// Scenes change what a breaker is, so each is measured to its end before the next is prepared.
fn rows(scene: Scene) -> Vec<Row> {
    let numbered = subjects::ALL.iter().enumerate().filter(|(_, subject)| subject.scene == scene);
    let (numbers, subjects): (Vec<usize>, Vec<&'static Subject>) = numbered.unzip();
    subjects.iter().for_each(|subject| (subject.prepare)(subject));
    let nanoseconds = measure::nanoseconds(&subjects);
    let scaling = (scene != Scene::HandOff).then(|| measure::scaling(&subjects, &subjects::ALL[0]));
    let program = std::env::current_exe().ok();
    let row = |(place, subject): (usize, &&'static Subject)| Row {
        subject,
        nanoseconds: nanoseconds[place],
        scaling: scaling.as_ref().map(|scaling| scaling.subjects[place]),
        alone: scaling.as_ref().map_or(f64::NAN, |scaling| scaling.alone),
        allocations: measure::allocations(subject),
        counted: program.as_ref().and_then(|program| callgrind::count(program, numbers[place])),
    };
    subjects.iter().enumerate().map(row).collect()
}

/// What does not hold of a row of ours.
fn broken_by(row: &Row) -> Vec<String> {
    let Subject { name, scene, is_ours: true, .. } = row.subject else { return Vec::new() };
    let most = most(row.subject);
    let mut broken = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            broken.push(format!("{name} ({}): {what}", scene.heading()));
        }
    };
    let allocations = row.allocations;
    demand(allocations <= most.allocations, format!("{allocations} allocations in a hundred calls"));
    if let Some(Counted { instructions, clock_reads }) = row.counted {
        demand(clock_reads <= most.clock_reads, format!("{clock_reads} clock reads"));
        let bound = most.instructions;
        // A call now and then, out of thousands, does a little more.
        demand(instructions.floor() <= bound, format!("{instructions} instructions, above {bound}"));
    }
    if let Some(scaling) = row.scaling.filter(|_| scene.scales()) {
        let alone = row.alone;
        let made = format!("two threads make {scaling:.2} times the calls, {alone:.2} of the function alone");
        demand(scaling >= SCALING * alone, made);
    }
    broken
}

/// What does not hold of ours, beside others in the same run.
fn broken_beside(scene: Scene, rows: &[Row]) -> Vec<String> {
    let mut broken = Vec::new();
    let mut demand = |holds: bool, what: String| {
        if !holds {
            broken.push(format!("{}: {what}", scene.heading()));
        }
    };
    match (scene, rows) {
        (Scene::Stack, [by_hand, ours]) => {
            let times = ratio(ours, by_hand);
            demand(times <= OVER_BY_HAND, format!("ours takes {times:.2} times the instructions of by hand"));
        }
        (Scene::HandOff, [channels, threads, ours]) => {
            let times = ours.nanoseconds / channels.nanoseconds;
            demand(times <= OVER_CHANNELS, format!("ours takes {times:.2} times as long as two channels"));
            let share = ratio(ours, threads);
            let broken = format!("ours takes {share:.2} of the instructions of a thread for each call");
            demand(share * UNDER_THREADS <= 1.0, broken);
        }
        (Scene::Fallback, [sync_alone, sync_ours, alone, ours]) => {
            for (alone, ours) in [(sync_alone, sync_ours), (alone, ours)] {
                let more = difference(ours, alone);
                demand(
                    more <= BESIDE_NO_FALLBACK,
                    format!("ours takes {more:.0} instructions more than none"),
                );
            }
        }
        (Scene::Stack | Scene::Fallback | Scene::HandOff, _) => {
            demand(false, "a subject is missing".to_owned())
        }
        _ => {}
    }
    broken
}

/// In instructions; likewise.
fn difference(one: &Row, other: &Row) -> f64 {
    match (&one.counted, &other.counted) {
        (Some(one), Some(other)) => one.instructions - other.instructions,
        _ => 0.0,
    }
}

/// Of instructions. Nothing where they were not counted: then nothing is known to be broken.
fn ratio(one: &Row, other: &Row) -> f64 {
    match (&one.counted, &other.counted) {
        (Some(one), Some(other)) => one.instructions / other.instructions,
        _ => 0.0,
    }
}

//! Time, allocations, and what a second thread adds.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::allocations;
use crate::subjects::{self, Scene, Subject};

/// Calls between two looks at the clock.
const BATCH: u64 = 20_000;
/// So that what the machine does meanwhile befalls all subjects alike.
const ROUNDS: usize = 15;
/// The same for what wakes another thread: it takes a thousand times as long, and suffers more from what else
/// runs.
const HAND_OFFS: u64 = 50;
const HAND_OFF_ROUNDS: usize = 201;
const THREADS_RUN_FOR: Duration = Duration::from_millis(40);

/// Nanoseconds a call, of each subject: medians of rounds in which they take turns.
pub fn nanoseconds(subjects: &[&Subject]) -> Vec<f64> {
    let hands_off = subjects.iter().any(|subject| subject.scene == Scene::HandOff);
    let (batch, rounds) = if hands_off { (HAND_OFFS, HAND_OFF_ROUNDS) } else { (BATCH, ROUNDS) };
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..rounds {
        for (subject, times) in subjects.iter().zip(&mut times) {
            let began = Instant::now();
            (subject.calls)(batch);
            times.push(began.elapsed().as_secs_f64() * 1e9 / batch as f64);
        }
    }
    times.into_iter().map(median).collect()
}

/// Runs `run` and all threads that it starts on one processor: where the system puts a thread that it wakes
/// decides otherwise, between one run and the next, whether a hand-off takes 7 µs or 70.
pub fn on_one_processor<R: Send>(run: impl FnOnce() -> R + Send) -> R {
    let processor = core_affinity::get_core_ids().and_then(|ids| ids.last().copied());
    let run = move || {
        processor.map(core_affinity::set_for_current);
        run()
    };
    std::thread::scope(|scope| scope.spawn(run).join())
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

/// How many calls two threads, each on a processor of its own, make in the time in which one makes one.
pub struct Scaling {
    pub subjects: Vec<f64>,
    /// The same of `alone`, between the subjects: as much as the machine had to give.
    pub alone: f64,
}

/// Medians of rounds in which the subjects take turns.
pub fn scaling(subjects: &[&Subject], alone: &Subject) -> Scaling {
    let ratio = |subject| throughput(subject, 2) / throughput(subject, 1);
    let (mut ratios, mut of_alone) = (vec![Vec::new(); subjects.len()], Vec::new());
    for _ in 0..ROUNDS {
        of_alone.push(ratio(alone));
        for (subject, ratios) in subjects.iter().zip(&mut ratios) {
            ratios.push(ratio(subject));
        }
    }
    Scaling { subjects: ratios.into_iter().map(median).collect(), alone: median(of_alone) }
}

fn throughput(subject: &Subject, threads: usize) -> f64 {
    let processors = core_affinity::get_core_ids().unwrap_or_default();
    let (calls, stops, start) = (AtomicU64::new(0), AtomicBool::new(false), Barrier::new(threads + 1));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (calls, stops, start, processor) = (&calls, &stops, &start, processors.get(thread).copied());
            scope.spawn(move || {
                processor.map(core_affinity::set_for_current);
                let _timers = subjects::timers();
                (subject.calls)(1000);
                start.wait();
                let mut own = 0;
                while !stops.load(Ordering::Relaxed) {
                    (subject.calls)(1000);
                    own += 1000;
                }
                calls.fetch_add(own, Ordering::Relaxed);
            });
        }
        start.wait();
        let began = Instant::now();
        std::thread::sleep(THREADS_RUN_FOR);
        stops.store(true, Ordering::Relaxed);
        began.elapsed()
    });
    calls.into_inner() as f64
}

/// Allocations in a hundred calls, by whatever thread.
pub fn allocations(subject: &Subject) -> u64 {
    allocations::during(|| (subject.calls)(100))
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

//! Time, allocations, and what a second thread adds.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::subjects::Subject;

/// Calls between two looks at the clock.
const BATCH: u64 = 20_000;
/// So that what the machine does meanwhile befalls all subjects alike.
const ROUNDS: usize = 15;
const THREADS_RUN_FOR: Duration = Duration::from_millis(120);

/// Nanoseconds a call, of each subject: medians of rounds in which they take turns.
pub fn nanoseconds(subjects: &[Subject]) -> Vec<f64> {
    let mut times = vec![Vec::new(); subjects.len()];
    for _ in 0..ROUNDS {
        for (subject, times) in subjects.iter().zip(&mut times) {
            let began = Instant::now();
            (subject.calls)(BATCH);
            times.push(began.elapsed().as_secs_f64() * 1e9 / BATCH as f64);
        }
    }
    times.into_iter().map(median).collect()
}

/// How many calls two threads, each on a processor of its own, make in the time in which one makes one:
/// medians of rounds in which the subjects take turns.
pub fn scaling(subjects: &[Subject]) -> Vec<f64> {
    let mut ratios = vec![Vec::new(); subjects.len()];
    for _ in 0..5 {
        for (subject, ratios) in subjects.iter().zip(&mut ratios) {
            ratios.push(throughput(subject, 2) / throughput(subject, 1));
        }
    }
    ratios.into_iter().map(median).collect()
}

fn throughput(subject: &Subject, threads: usize) -> f64 {
    let processors = core_affinity::get_core_ids().unwrap_or_default();
    let (calls, stops, start) = (AtomicU64::new(0), AtomicBool::new(false), Barrier::new(threads + 1));
    std::thread::scope(|scope| {
        for thread in 0..threads {
            let (calls, stops, start, processor) = (&calls, &stops, &start, processors.get(thread).copied());
            scope.spawn(move || {
                processor.map(core_affinity::set_for_current);
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

/// Allocations in a hundred calls.
pub fn allocations(subject: &Subject) -> u64 {
    allocation_counter::measure(|| (subject.calls)(100)).count_total
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

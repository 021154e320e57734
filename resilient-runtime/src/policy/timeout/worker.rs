//! Threads that run one job after another, so that a sync timeout does not pay for a thread each
//! time. They go by the name of the thread that they work for. They know nothing of limits; an idle one goes
//! after a while.

use std::io;
use std::sync::Arc;
use std::thread::{self, Thread};
use std::time::Duration;

use crate::sync::{Condvar, Mutex, lock};

pub(super) type Job = Box<dyn FnOnce() + Send>;

/// Workers that wait for a job, the last to become idle on top: it is the warmest.
static IDLE: Mutex<Vec<Arc<Desk>>> = Mutex::new(Vec::new());

/// An idle worker waits so long for its next job.
const IDLE_FOR: Duration = Duration::from_secs(10);

/// Where a worker gets its jobs.
struct Desk {
    /// Whoever reads a log or a panic's message knows a thread by its name.
    worker: Thread,
    job: Mutex<Option<Job>>,
    arrived: Condvar,
}

/// Gives `job` to an idle worker of this thread's name, or to a new one.
///
/// # Errors
/// The system gives no further thread; the job was not run.
pub(super) fn run(job: Job) -> io::Result<()> {
    let caller = thread::current();
    if let Some(desk) = idle_worker(caller.name()) {
        *lock(&desk.job) = Some(job);
        desk.arrived.notify_one();
        return Ok(());
    }
    let new = match caller.name() {
        Some(name) => thread::Builder::new().name(name.to_owned()),
        None => thread::Builder::new(),
    };
    new.spawn(move || work(job)).map(drop)
}

fn idle_worker(name: Option<&str>) -> Option<Arc<Desk>> {
    let mut idle = lock(&IDLE);
    let place = idle.iter().rposition(|desk| desk.worker.name() == name)?;
    Some(idle.remove(place))
}

fn work(first: Job) {
    let desk = Arc::new(Desk { worker: thread::current(), job: Mutex::new(None), arrived: Condvar::new() });
    let mut job = first;
    loop {
        // The job catches its own panics.
        job();
        lock(&IDLE).push(Arc::clone(&desk));
        match next_job(&desk) {
            Some(next) => job = next,
            None => return,
        }
    }
}

fn next_job(desk: &Arc<Desk>) -> Option<Job> {
    loop {
        let (mut job, _) = desk
            .arrived
            .wait_timeout_while(lock(&desk.job), IDLE_FOR, |job| job.is_none())
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(job) = job.take() {
            return Some(job);
        }
        drop(job);
        // Whoever took the desk off the list is about to put a job on it: then it must be waited for.
        let mut idle = lock(&IDLE);
        let listed = idle.iter().position(|other| Arc::ptr_eq(other, desk));
        if let Some(place) = listed {
            idle.remove(place);
            return None;
        }
    }
}

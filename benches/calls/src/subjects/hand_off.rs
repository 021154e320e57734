//! A timeout around what blocks, so another thread runs it: the least that a hand-off to a waiting thread
//! costs, the least that a thread of its own costs, and ours. Neither of the first two bounds anything.

use std::cell::OnceCell;
use std::sync::mpsc::{Receiver, Sender, channel};

use resilient::timeout;

use super::{Error, SUCCEEDS, work};

struct Channels {
    there: Sender<u64>,
    back: Receiver<Result<u64, Error>>,
}

fn waiting_thread() -> Channels {
    let (there, numbers) = channel();
    let (outcomes, back) = channel();
    std::thread::spawn(move || numbers.into_iter().try_for_each(|n| outcomes.send(work(n))));
    Channels { there, back }
}

thread_local! {
    static CHANNELS: OnceCell<Channels> = const { OnceCell::new() };
}

fn two_channels(n: u64) -> Option<Result<u64, Error>> {
    CHANNELS.with(|channels| {
        let Channels { there, back } = channels.get_or_init(waiting_thread);
        there.send(n).ok()?;
        back.recv().ok()
    })
}

fn thread_a_call(n: u64) -> Option<Result<u64, Error>> {
    std::thread::spawn(move || work(n)).join().ok()
}

#[timeout(secs = 2)]
fn ours(n: u64) -> Result<u64, Error> {
    work(n)
}

subjects! {
    "two channels, and a thread that waits", HandOff, false, |own| (own.calls)(1), SUCCEEDS, two_channels;
    "a thread for each call", HandOff, false, |_| {}, SUCCEEDS, thread_a_call;
    "`#[timeout]`", HandOff, true, |own| (own.calls)(1), SUCCEEDS, ours;
}

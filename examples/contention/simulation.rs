//! The experiment itself: discrete events on a virtual clock. One row with a version; each client reads the
//! version and writes with it, which fails if another write came in between. Nothing is drawn or averaged here.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::time::Duration;

use fastrand::Rng;

use super::strategy::Strategy;

/// Of one way through the network, in milliseconds.
const MEAN: f64 = 10.0;
const STANDARD_DEVIATION: f64 = 2.0;

/// What it took until every client had written once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Outcome {
    /// Writes that reached the server, the failed ones included.
    pub(crate) calls: u32,
    /// Until the last client knew of its success.
    pub(crate) time: Duration,
}

/// A request that arrives at the server. The first that arrives is served first; of two at one time, the one
/// that was sent first.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Arrival {
    at: Duration,
    number: u64,
    request: Request,
    client: Client,
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Request {
    Read,
    Write { version: u32 },
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Client {
    failures: u32,
    delay: Duration,
}

/// Both ways between clients and server.
struct Network {
    dice: Rng,
    under_way: BinaryHeap<Reverse<Arrival>>,
    sent: u64,
}

impl Network {
    /// How long one way takes, normally distributed: twelve dice less six have a mean of 0 and a standard
    /// deviation of 1, and need no logarithm, whose last bit differs from platform to platform.
    fn way(&mut self) -> Duration {
        let normal = (0..12).map(|_| self.dice.f64()).sum::<f64>() - 6.0;
        Duration::from_secs_f64((MEAN + STANDARD_DEVIATION * normal).max(0.0) / 1000.0)
    }

    fn send(&mut self, at: Duration, request: Request, client: Client) {
        let at = at + self.way();
        self.under_way.push(Reverse(Arrival { at, number: self.sent, request, client }));
        self.sent += 1;
    }
}

/// All clients start at once.
pub(crate) fn run(strategy: Strategy, clients: u32, seed: u64) -> Outcome {
    let mut network = Network { dice: Rng::with_seed(seed), under_way: BinaryHeap::new(), sent: 0 };
    for _ in 0..clients {
        network.send(Duration::ZERO, Request::Read, Client { failures: 0, delay: Duration::ZERO });
    }
    let mut row = 0;
    let mut outcome = Outcome { calls: 0, time: Duration::ZERO };
    while let Some(Reverse(Arrival { at, request, client, .. })) = network.under_way.pop() {
        let answered = at + network.way();
        match request {
            Request::Read => network.send(answered, Request::Write { version: row }, client),
            Request::Write { version } if version == row => {
                row += 1;
                outcome.calls += 1;
                outcome.time = outcome.time.max(answered);
            }
            Request::Write { .. } => {
                outcome.calls += 1;
                let failures = client.failures + 1;
                let delay = strategy.delay(failures, client.delay, network.dice.f64());
                network.send(answered + delay, Request::Read, Client { failures, delay });
            }
        }
    }
    outcome
}

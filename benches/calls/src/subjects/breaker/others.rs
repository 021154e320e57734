//! Breakers of others, set up as alike as their settings allow.

use std::sync::LazyLock;

use failsafe::CircuitBreaker as _;
use failsafe::backoff::{Constant, constant};
use failsafe::failure_policy::{
    ConsecutiveFailures, SuccessRateOverTimeWindow, consecutive_failures, success_rate_over_time_window,
};
use failsafe::{Config, StateMachine};

use crate::subjects::{Error, LONG, work};

static NOBREAK: LazyLock<nobreak::CircuitBreaker> =
    LazyLock::new(|| nobreak::builder().with_failure_threshold(5).with_open_duration(LONG).build());

pub fn nobreak(n: u64) -> Result<u64, nobreak::CircuitError<Error>> {
    NOBREAK.call(|| work(n))
}

static RECLOSER: LazyLock<recloser::Recloser> =
    LazyLock::new(|| recloser::Recloser::custom().error_rate(0.5).closed_len(100).open_wait(LONG).build());

pub fn recloser(n: u64) -> Result<u64, recloser::Error<Error>> {
    RECLOSER.call(|| work(n))
}

static ROW: LazyLock<StateMachine<ConsecutiveFailures<Constant>, ()>> =
    LazyLock::new(|| Config::new().failure_policy(consecutive_failures(5, constant(LONG))).build());

pub fn failsafe_row(n: u64) -> Result<u64, failsafe::Error<Error>> {
    ROW.call(|| work(n))
}

static RATE: LazyLock<StateMachine<SuccessRateOverTimeWindow<Constant>, ()>> = LazyLock::new(|| {
    let window = std::time::Duration::from_secs(10);
    Config::new().failure_policy(success_rate_over_time_window(0.5, 10, window, constant(LONG))).build()
});

pub fn failsafe_rate(n: u64) -> Result<u64, failsafe::Error<Error>> {
    RATE.call(|| work(n))
}

//! What holds between the policies of one stack: their order, how long all of it may take, and which of
//! them is written around which.

use std::time::Duration;

use super::{Listed, Place, Policy};
use crate::policy::deadline::Below;
use crate::report::Report;
use crate::wording;

pub(super) fn check_order(stack: &[Listed], report: &mut Report) {
    let mut seen: Vec<&Listed> = Vec::new();
    let mut in_order = true;
    for listed in stack {
        let name = listed.policy.as_written();
        let same =
            |other: &&Listed| std::mem::discriminant(&other.policy) == std::mem::discriminant(&listed.policy);
        if seen.iter().any(same) {
            let why = match &listed.policy {
                Policy::Retry(_) => wording::attempts_multiply(),
                _ => String::new(),
            };
            report.error(listed.span, wording::stands_twice(name, why));
        } else if seen.last().is_some_and(|above| above.policy.place() > listed.policy.place()) && in_order {
            in_order = false;
            let lines: Vec<&str> =
                in_this_order(stack, &Place::ORDER).map(|listed| listed.policy.as_written()).collect();
            let lines = lines.join("\n    ");
            let hint = match listed.policy {
                Policy::CircuitBreaker(_) => wording::or_per_attempt(),
                _ => String::new(),
            };
            report.error(listed.span, wording::wrong_order(name, lines, hint));
        }
        seen.push(listed);
    }
}

/// The policies from the inside out. A breaker waits for nothing, so a deadline around it and one inside
/// it end at the same time; inside, the breaker is told of the failure instead of being dropped.
pub(super) fn outwards(stack: &[Listed]) -> impl Iterator<Item = &Listed> {
    const OUTWARDS: [Place; 6] = [
        Place::Timeout,
        Place::PerAttempt,
        Place::Retry,
        Place::Deadline,
        Place::CircuitBreaker,
        Place::Fallback,
    ];
    in_this_order(stack, &OUTWARDS)
}

/// In the order in which what is polled is handed from one to the next, the body's first. A retry hands on more
/// than the outcome, and a deadline could not.
pub(super) fn polled(stack: &[Listed]) -> impl Iterator<Item = &Listed> {
    const POLLED: [Place; 5] =
        [Place::Timeout, Place::PerAttempt, Place::Deadline, Place::Retry, Place::CircuitBreaker];
    in_this_order(stack, &POLLED).filter(|listed| match &listed.policy {
        Policy::Timeout(timeout) => timeout.bounds_attempt(),
        _ => true,
    })
}

/// One for each place that is taken.
fn in_this_order<'s>(stack: &'s [Listed], order: &'static [Place]) -> impl Iterator<Item = &'s Listed> {
    order.iter().filter_map(|place| stack.iter().find(|listed| listed.policy.place() == *place))
}

/// Holds a deadline against what stands below it.
pub(super) fn check_deadline(stack: &[Listed], report: &mut Report) {
    let deadline = stack.iter().find_map(|listed| match &listed.policy {
        Policy::Deadline(deadline) => Some(deadline),
        _ => None,
    });
    let mut below = Below { timeout: None, attempts: Some((1, Vec::new())) };
    for listed in stack {
        match &listed.policy {
            Policy::Timeout(timeout) => below.timeout = Some(&timeout.limit),
            Policy::Retry(retry) => {
                below.attempts =
                    retry.schedule().map(|schedule| (schedule.attempts, schedule.longest_delays().collect()));
            }
            _ => {}
        }
    }
    if let Some(deadline) = deadline {
        deadline.check_stack(&below, report);
    }
}

/// How long one call through these policies may take, if they say.
pub(super) fn longest_call(below: &[Listed]) -> Option<Duration> {
    let attempt = below.iter().find_map(|listed| match &listed.policy {
        Policy::Timeout(timeout) => timeout.limit.known(),
        _ => None,
    })?;
    let retry = below.iter().find_map(|listed| match &listed.policy {
        Policy::Retry(retry) => Some(retry),
        _ => None,
    });
    match retry {
        Some(retry) => Some(retry.schedule()?.longest(attempt)),
        None => Some(attempt),
    }
}

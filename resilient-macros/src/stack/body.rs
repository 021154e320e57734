//! One run of the body inside those policies that have a part in it: what is polled, or called, in each
//! attempt. What stands around the attempts is written by the policies themselves.

use super::rules::polled;
use super::{Listed, Policy};
use crate::attempt::{Attempt, Runs};
use crate::call::Call;
use crate::item::Function;
use crate::names::emit;
use crate::policy::deadline::Deadline;

/// One run of the body.
pub(super) fn run(stack: &[Listed], attempt: &Attempt<'_>, runs: Runs, function: &Function) -> Call {
    if function.is_async() {
        return awaited(stack, attempt, runs, function);
    }
    let timeout = stack.iter().find_map(|listed| match &listed.policy {
        Policy::Timeout(timeout) => Some(timeout),
        _ => None,
    });
    let has_deadline = stack.iter().any(|listed| matches!(listed.policy, Policy::Deadline(_)));
    Call::new(match timeout {
        Some(timeout) => timeout.run(attempt, runs, function),
        None if has_deadline => Deadline::run(attempt, runs, function),
        None => {
            let body = attempt.here(runs);
            emit!((#body)())
        }
    })
}

/// The policies hold the pinned body by reference: each layer that holds a future counts against the
/// compiler's recursion limit, and is a place that the body is moved through. It is gone once it has been
/// awaited, before anybody looks at what it came to. One policy alone holds the body itself, which is less code
/// and less to do; but not a deadline, whose own future is large enough to be felt on the stack of an
/// unoptimized program.
///
/// ```text
/// let limit = || const { limit("name", LIMIT) };
/// let body = async { body };
/// permit.during(run.attempt(due.bounds(timeout(limit, pin!(body))))).await
/// ```
fn awaited(stack: &[Listed], attempt: &Attempt<'_>, runs: Runs, function: &Function) -> Call {
    let body = attempt.here(runs);
    let watching: Vec<&Policy> = polled(stack).map(|listed| &listed.policy).collect();
    let is_pinned = match watching[..] {
        [] => return Call::new(emit!(#body.await)),
        [Policy::Timeout(timeout)] if runs == Runs::Once => return timeout.around(&body, function),
        [Policy::CircuitBreaker(_) | Policy::Retry(_)] => false,
        _ => true,
    };
    let mut limit = None;
    let mut watched = if is_pinned { emit!(__res::pin!(body)) } else { body.clone() };
    for policy in watching {
        if let Policy::Timeout(timeout) = policy {
            limit = Some(timeout.hold(function));
        }
        watched = policy.watch(watched, stack);
    }
    // Not within the macro that pins it: editors do not look into one for what is being typed.
    let pinned = is_pinned.then(|| emit!(let body = #body;));
    Call::statement(emit!(#watched.await)).after(&emit!(#limit #pinned))
}

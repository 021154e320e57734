//! One run of the body inside those policies that have a part in it: what is polled, or called, in each
//! attempt. What stands around the attempts is written by the policies themselves.

use proc_macro2::TokenStream;

use super::rules::polled;
use super::{Listed, Policy};
use crate::attempt::{Attempt, Runs};
use crate::call::Call;
use crate::item::Function;
use crate::names::emit;
use crate::policy::deadline::Deadline;
use crate::stream;

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
///
/// Where a part of the run is done to the stream that it gives, that is done in a body around it:
///
/// ```text
/// let body = async move { opened(body.await).idle(idle).first_item(from_item).await.handed_on() };
/// ```
fn awaited(stack: &[Listed], attempt: &Attempt<'_>, runs: Runs, function: &Function) -> Call {
    let body = attempt.here(runs);
    let layers = layers(stack, function);
    let watching: Vec<&Policy> = polled(stack).map(|listed| &listed.policy).collect();
    let is_pinned = match watching[..] {
        [] if layers.is_empty() => return Call::new(emit!(#body.await)),
        [Policy::Timeout(timeout)] if runs == Runs::Once && layers.is_empty() => {
            return timeout.around(&body, function);
        }
        [] | [Policy::CircuitBreaker(_) | Policy::Retry(_)] => false,
        _ => true,
    };
    let is_named = is_pinned || !layers.is_empty();
    let mut watched = match (is_pinned, is_named) {
        (true, _) => emit!(__res::pin!(body)),
        (false, true) => emit!(body),
        (false, false) => body.clone(),
    };
    for policy in watching {
        watched = policy.watch(watched, stack);
    }
    let limit = stack.iter().find_map(|listed| match &listed.policy {
        Policy::Timeout(timeout) => Some(timeout.hold(function)),
        _ => None,
    });
    // Not within the macro that pins it: editors do not look into one for what is being typed.
    let named = is_named.then(|| emit!(let body = #body;));
    let layered = (!layers.is_empty()).then(|| {
        let body = stream::layered(&emit!(body.await), &layers, function);
        emit!(let body = async move { #body };)
    });
    Call::statement(emit!(#watched.await)).after(&emit!(#limit #named #layered))
}

/// What is put around the stream of one run, from the inside out.
fn layers(stack: &[Listed], function: &Function) -> TokenStream {
    let idle = stack.iter().find_map(|listed| match &listed.policy {
        Policy::Timeout(timeout) => timeout.layer(function),
        _ => None,
    });
    let first_item = stack.iter().find_map(|listed| match &listed.policy {
        Policy::Retry(retry) => retry.layer(function),
        _ => None,
    });
    emit!(#idle #first_item)
}

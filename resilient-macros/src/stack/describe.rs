//! The stack in words, for the documentation of the function (`docs = true`): a line for each policy, in
//! the order of a call, and the worst case where it is known.

use std::fmt::Write as _;

use super::rules::longest_call;
use super::{Listed, Policy};
use crate::duration::in_words;
use crate::item::Function;

/// Markdown, with a heading of its own.
pub(super) fn describe(stack: &[Listed], function: &Function) -> String {
    format!("\n# When it fails\n\n{}", list(stack, function))
}

/// For a terminal.
pub(super) fn plain(stack: &[Listed], function: &Function) -> String {
    list(stack, function).replace("**", "")
}

fn list(stack: &[Listed], function: &Function) -> String {
    let mut text = String::new();
    for (number, listed) in stack.iter().enumerate() {
        let (name, what) = match &listed.policy {
            Policy::Fallback(policy) => ("fallback", policy.describe()),
            Policy::Deadline(policy) => ("deadline", policy.describe()),
            Policy::CircuitBreaker(policy) => ("circuit breaker", policy.describe()),
            Policy::Retry(policy) => ("retry", policy.describe()),
            Policy::Timeout(policy) => ("timeout", policy.describe()),
        };
        // Writing to a `String` cannot fail.
        let _ = writeln!(text, "{}. **{name}**: {what}", number + 1);
    }
    let deadline = stack.iter().find_map(|listed| match &listed.policy {
        Policy::Deadline(deadline) => deadline.known(),
        _ => None,
    });
    let longest = match (longest_call(stack), deadline) {
        (Some(longest), Some(deadline)) => Some(longest.min(deadline)),
        (longest, deadline) => longest.or(deadline),
    };
    match longest {
        Some(longest) if function.is_async() => {
            let _ = writeln!(text, "\nIn the worst case a call takes {}.", in_words(longest));
        }
        Some(longest) => {
            let _ = writeln!(text, "\nIn the worst case a caller waits {}.", in_words(longest));
        }
        None => {}
    }
    text
}

//! `#[deadline]`: bounds the whole call, and is held against the stack below it while compiling.

use std::time::Duration;

use proc_macro2::TokenStream;
use syn::Path;

use crate::args::{Args, Vocabulary};
use crate::attempt::{Attempt, Runs, Takes};
use crate::duration::in_words;
use crate::item::Function;
use crate::limit::{self, Limit};
use crate::names::{block, emit};
use crate::report::Report;

const VOCABULARY: Vocabulary =
    Vocabulary { attribute: "deadline", names: limit::NAMES, not_yet: &[], positional: Some("the limit") };

const MISSING: &str = "how long may the whole call take? write `#[deadline(secs = 30)]`, `#[deadline(ms = 500)]` or `#[deadline(\"1m 30s\")]`";

pub(crate) struct Deadline {
    limit: Limit,
}

/// What is known of the stack below a deadline.
pub(crate) struct Below<'s> {
    /// The limit of one attempt.
    pub(crate) timeout: Option<&'s Limit>,
    /// How many attempts, and the longest delays between them, where all of that is known.
    pub(crate) attempts: Option<(u32, Vec<Duration>)>,
}

impl Deadline {
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> (Self, Option<Path>) {
        let args = Args::parse(&VOCABULARY, tokens, report);
        let path = args.crate_path.clone();
        (Self { limit: Limit::parse(args, MISSING, report) }, path)
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        limit::check("deadline", function, report);
    }

    /// Whether what stands below fits into the deadline; without a timeout that shows while running.
    pub(crate) fn check_stack(&self, below: &Below<'_>, report: &mut Report) {
        let Some(deadline) = self.limit.known() else { return };
        let Some((timeout, attempt)) = below.timeout.and_then(|limit| Some((limit, limit.known()?))) else {
            return;
        };
        if attempt >= deadline {
            timeout.place.error(
                format!(
                    "this timeout can never fire: the deadline ends the call after {}\n\
                     lower it below the deadline, or leave it out",
                    in_words(deadline)
                ),
                report,
            );
            return;
        }
        let Some((attempts, delays)) = &below.attempts else { return };
        let waits = delays.iter().fold(Duration::ZERO, |sum, delay| sum.saturating_add(*delay));
        let longest = attempt.saturating_mul(*attempts).saturating_add(waits);
        if longest <= deadline {
            return;
        }
        let mut terms = vec![format!("{attempts} × {}", in_words(attempt))];
        terms.extend(shortened(delays));
        self.limit.place.error(
            format!(
                "what stands below may take longer than this deadline: {} = {}\n\
                 raise the deadline to that, or lower `max_attempts`, the delays or the timeout",
                terms.join(" + "),
                in_words(longest)
            ),
            report,
        );
    }

    /// A sync body is bounded by running elsewhere; where no timeout sees to that, the deadline does.
    pub(crate) fn run(attempt: &Attempt<'_>, runs: Runs, function: &Function) -> TokenStream {
        let operation = function.name().to_string();
        let body = attempt.callable(runs, Takes::All);
        function
            .or_timed_out(&emit!(__resilient::timeout_sync(::core::time::Duration::MAX, #operation, #body)))
    }

    /// ```text
    /// deadline(LIMIT, &"name", async { inner }).await.unwrap_or_else(timed_out)
    /// ```
    pub(crate) fn wrap(&self, inner: &TokenStream, function: &Function) -> TokenStream {
        let limit = self.limit.value();
        let operation = self.limit.operation(function);
        if function.is_async() {
            let inner = block(inner);
            let bounded = emit!(__resilient::deadline(#limit, &#operation, async #inner).await);
            return function.or_timed_out(&bounded);
        }
        emit! {{
            let _bounded = __resilient::deadline_sync(#limit, #operation);
            #inner
        }}
    }
}

/// The first few delays, and the rest as one sum.
fn shortened(delays: &[Duration]) -> Vec<String> {
    const SHOWN: usize = 4;
    if delays.len() <= SHOWN {
        return delays.iter().copied().map(in_words).collect();
    }
    let (first, rest) = delays.split_at(SHOWN - 1);
    let mut terms: Vec<String> = first.iter().copied().map(in_words).collect();
    let sum = rest.iter().fold(Duration::ZERO, |sum, delay| sum.saturating_add(*delay));
    terms.push(format!("{} in {} more delays", in_words(sum), rest.len()));
    terms
}

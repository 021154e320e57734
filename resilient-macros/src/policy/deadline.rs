//! `#[deadline]`: bounds the whole call, and is held against the stack below it while compiling.

use std::time::Duration;

use proc_macro2::TokenStream;

use crate::args::{Args, Common, Vocabulary};
use crate::attempt::{Attempt, Runs};
use crate::call::Call;
use crate::duration::in_words;
use crate::item::Function;
use crate::limit::{self, Limit};
use crate::names::emit;
use crate::report::Report;
use crate::wording;

const VOCABULARY: Vocabulary =
    Vocabulary { attribute: "deadline", names: limit::NAMES, positional: Some("the limit") };

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
    pub(crate) fn parse(tokens: TokenStream, common: &mut Common, report: &mut Report) -> Self {
        let mut args = Args::parse(&VOCABULARY, tokens, common, report);
        Self { limit: Limit::parse(&mut args, &wording::no_deadline_limit(), report) }
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        limit::check("deadline", function, report);
    }

    /// See `Description`.
    pub(crate) fn described(&self, function: &Function) -> TokenStream {
        let limit = self.limit.described(function);
        emit!(deadline(#limit))
    }

    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        format!("the whole call ends after {}", self.limit.in_words())
    }

    /// The limit, if it is known while compiling.
    pub(crate) fn known(&self) -> Option<Duration> {
        self.limit.known()
    }

    /// Whether what stands below fits into the deadline; without a timeout that shows while running.
    pub(crate) fn check_stack(&self, below: &Below<'_>, report: &mut Report) {
        let Some(deadline) = self.limit.known() else { return };
        let Some((timeout, attempt)) = below.timeout.and_then(|limit| Some((limit, limit.known()?))) else {
            return;
        };
        if attempt >= deadline {
            timeout.place.error(wording::timeout_never_fires(in_words(deadline)), report);
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
        let sum = terms.join(" + ");
        self.limit.place.error(wording::deadline_too_short(sum, in_words(longest)), report);
    }

    /// Before everything else: what the compiler says of the limit, and of the arguments of a sync function.
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        let (limit, arguments) = (self.limit.item(), limit::look_at_arguments(function));
        emit!(#limit #arguments)
    }

    /// A sync body is bounded by running elsewhere; where no timeout sees to that, the deadline does, and
    /// is then the only limit.
    pub(crate) fn run(attempt: &Attempt<'_>, runs: Runs, function: &Function) -> TokenStream {
        let operation = function.operation();
        let limit = emit!(#operation, ::core::time::Duration::MAX);
        let limit = function.returns.error.call("limit", limit, None);
        limit::run_elsewhere(&limit, &attempt.elsewhere(runs), function)
    }

    /// When the time is up, for what waits by itself.
    ///
    /// ```text
    /// due.ends()
    /// ```
    pub(crate) fn ends() -> TokenStream {
        emit!(due.ends())
    }

    /// ```text
    /// due.bounds(body)
    /// ```
    pub(crate) fn watch(body: &TokenStream) -> TokenStream {
        emit!(due.bounds(#body))
    }

    /// ```text
    /// let due = due(|| const { limit("name", LIMIT) });
    /// ```
    ///
    /// What blocks is bounded as a whole: `let _bounded = deadline_sync("name", LIMIT);`
    pub(crate) fn wrap(&self, inner: Call, function: &Function) -> Call {
        if !function.is_async() {
            let (operation, limit) = (self.limit.operation(function), self.limit.duration());
            return inner.after(&emit!(let _bounded = __res::deadline_sync(#operation, #limit);));
        }
        let limit = self.limit.held(function);
        inner.after(&if self.limit.is_dynamic() {
            emit!(let limit = #limit; let due = __res::due(limit);)
        } else {
            emit!(let due = __res::due(#limit);)
        })
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

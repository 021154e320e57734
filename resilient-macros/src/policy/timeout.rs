//! `#[timeout]`: bounds one run of the body. The innermost policy, so it takes the body itself.

use proc_macro2::{Span, TokenStream};

use crate::args::{Args, Common, Vocabulary};
use crate::attempt::{Attempt, Runs};
use crate::call::Call;
use crate::item::Function;
use crate::limit::{self, Limit};
use crate::names::{Place, emit};
use crate::report::Report;
use crate::stream;
use crate::wording;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "timeout",
    names: &["secs", "ms", "idle", "operation"],
    positional: Some("the limit"),
};

pub(crate) struct Timeout {
    /// Of one attempt; there may be none but on each item.
    pub(crate) limit: Limit,
    idle: Option<Idle>,
}

/// How long an item of the stream may be waited for.
struct Idle {
    /// The setting's name.
    span: Span,
    limit: Limit,
}

impl Timeout {
    pub(crate) fn parse(tokens: TokenStream, common: &mut Common, report: &mut Report) -> Self {
        let mut args = Args::parse(&VOCABULARY, tokens, common, report);
        let limit = Limit::parse(&mut args, &wording::no_timeout_limit(), report);
        let place = args.peek("idle").map(Place::of);
        let value = args.duration("idle", report);
        let idle = match (args.span_of("idle"), place, value) {
            (Some(span), Some(place), Some(value)) => Some(Idle { span, limit: limit.another(value, place) }),
            _ => None,
        };
        Self { limit, idle }
    }

    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        if let Some(idle) = &self.idle {
            stream::check("idle", idle.span, function, report);
        }
        // A sync function that is not for `idle` has heard so.
        if self.idle.is_none() || self.limit.is_there() || function.is_async() {
            limit::check("timeout", function, report);
        }
    }

    /// Whether it bounds an attempt, and not its items alone.
    pub(crate) fn bounds_attempt(&self) -> bool {
        self.limit.is_there()
    }

    /// Whether something of it is evaluated for each attempt, before the body.
    pub(crate) fn begins(&self) -> bool {
        self.limit.is_dynamic() || self.idle.as_ref().is_some_and(|idle| idle.limit.is_dynamic())
    }

    /// See `Description`.
    pub(crate) fn described(&self, function: &Function) -> TokenStream {
        let limit = self.limit.is_there().then(|| self.limit.described(function));
        let idle = self.idle.as_ref().map(|idle| idle.limit.described(function));
        match (limit, idle) {
            (Some(limit), Some(idle)) => emit!(timeout(#limit).idle(#idle)),
            (None, Some(idle)) => emit!(idle(#idle)),
            (limit, None) => emit!(timeout(#limit)),
        }
    }

    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        let limit = self.limit.is_there().then(|| format!("an attempt ends after {}", self.limit.in_words()));
        let idle = self.idle.as_ref().map(|idle| format!("an item is waited for {}", idle.limit.in_words()));
        limit.into_iter().chain(idle).collect::<Vec<_>>().join("; ")
    }

    /// Before everything else: what the compiler says of the limit, and of the arguments of a sync function.
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        let (limit, arguments) = (self.limit.item(), limit::look_at_arguments(function));
        let idle = self.idle.as_ref().and_then(|idle| idle.limit.item());
        emit!(#limit #idle #arguments)
    }

    /// ```text
    /// timeout(limit, body)
    /// ```
    pub(crate) fn watch(body: &TokenStream) -> TokenStream {
        emit!(__res::timeout(limit, #body))
    }

    /// Alone around a body that is run once. The body is made where it stays: an unoptimized program would
    /// move it through its stack.
    ///
    /// ```text
    /// let limit = || const { limit("name", LIMIT) };
    /// timeout_around(limit, move || async move { body }).await
    /// ```
    pub(crate) fn around(&self, body: &TokenStream, function: &Function) -> Call {
        Call::statement(emit!(__res::timeout_around(limit, move || #body).await)).after(&self.hold(function))
    }

    /// Before the body, which takes away what a limit of the call's own is made of.
    ///
    /// ```text
    /// let limit = || const { limit("name", LIMIT) };
    /// let idle = const { limit("name", LIMIT) };
    /// ```
    pub(crate) fn hold(&self, function: &Function) -> TokenStream {
        let limit = self.limit.is_there().then(|| {
            let limit = self.limit.held(function);
            emit!(let limit = #limit;)
        });
        let idle = self.idle.as_ref().map(|idle| {
            let idle = idle.limit.owned(function);
            emit!(let idle = #idle;)
        });
        emit!(#limit #idle)
    }

    /// What is around the stream of an attempt.
    ///
    /// ```text
    /// .idle(idle)
    /// ```
    pub(crate) fn layer(&self, function: &Function) -> Option<TokenStream> {
        let idle = function.returns.value.name("idle");
        self.idle.as_ref().map(|_| emit!(.#idle(idle)))
    }

    /// ```text
    /// const { limit("name", LIMIT) }.timeout_sync(move || body)
    /// ```
    pub(crate) fn run(&self, attempt: &Attempt<'_>, runs: Runs, function: &Function) -> TokenStream {
        limit::run_elsewhere(&self.limit.value(function), &attempt.elsewhere(runs), function)
    }
}

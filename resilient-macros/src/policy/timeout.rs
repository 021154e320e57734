//! `#[timeout]`: bounds one run of the body. The innermost policy, so it takes the body itself.

use proc_macro2::TokenStream;

use crate::args::{Args, Common, Vocabulary};
use crate::attempt::{Attempt, Runs};
use crate::call::Call;
use crate::item::Function;
use crate::limit::{self, Limit};
use crate::names::emit;
use crate::report::Report;
use crate::wording;

const VOCABULARY: Vocabulary =
    Vocabulary { attribute: "timeout", names: limit::NAMES, positional: Some("the limit") };

pub(crate) struct Timeout {
    pub(crate) limit: Limit,
}

impl Timeout {
    pub(crate) fn parse(tokens: TokenStream, common: &mut Common, report: &mut Report) -> Self {
        let args = Args::parse(&VOCABULARY, tokens, common, report);
        Self { limit: Limit::parse(args, &wording::no_timeout_limit(), report) }
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        limit::check("timeout", function, report);
    }

    /// See `Description`.
    pub(crate) fn described(&self, function: &Function) -> TokenStream {
        let limit = self.limit.described(function);
        emit!(timeout(#limit))
    }

    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        format!("an attempt ends after {}", self.limit.in_words())
    }

    /// Before everything else: what the compiler says of the limit, and of the arguments of a sync function.
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        let (limit, arguments) = (self.limit.item(), limit::look_at_arguments(function));
        emit!(#limit #arguments)
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
    /// ```
    pub(crate) fn hold(&self, function: &Function) -> TokenStream {
        let limit = self.limit.held(function);
        emit!(let limit = #limit;)
    }

    /// ```text
    /// const { limit("name", LIMIT) }.timeout_sync(move || body)
    /// ```
    pub(crate) fn run(&self, attempt: &Attempt<'_>, runs: Runs, function: &Function) -> TokenStream {
        limit::run_elsewhere(&self.limit.value(function), &attempt.elsewhere(runs), function)
    }
}

//! `#[retry]`: repeats what is inside it. Reads the settings, refuses those that contradict one another,
//! and writes the loop; when to go on is the runtime's decision.

use proc_macro2::TokenStream;

use crate::attempt::Renewals;
use crate::call::Call;
use crate::duration::in_words;
use crate::item::Function;
use crate::matcher::selection;
use crate::names::{Place, emit};
use crate::report::Report;
use crate::wording;

mod schedule;
mod settings;
pub(crate) use settings::Retry;
#[cfg(test)]
pub(crate) use settings::VOCABULARY;

/// Where its settings are kept.
const STATIC: &str = "__RETRY";

/// What stands above a retry and has a part in the waits between its attempts.
pub(crate) struct Above {
    /// When the time of the whole call is up, where that is kept in a variable.
    pub(crate) ends: Option<TokenStream>,
    /// What is awaited for a `pause`.
    pub(crate) pause: TokenStream,
}

impl Retry {
    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        let Some(schedule) = self.schedule() else {
            return "attempts and delays are decided at each call".into();
        };
        let attempts = schedule.attempts;
        if attempts < 2 || schedule.backoff == "none" {
            return format!("up to {attempts} attempts, without a delay");
        }
        let mut delays = schedule.delays().map(in_words);
        let first: Vec<String> = delays.by_ref().take(4).collect();
        let more = if delays.next().is_some() { " …" } else { "" };
        let apart = first.join(", ");
        format!("up to {attempts} attempts, {apart}{more} apart ({})", schedule.spread())
    }

    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        if !function.returns.is_written && self.until.is_none() {
            report.error(function.name().span(), wording::nothing_can_fail());
        } else if function.returns.is_never() {
            function.returns.whole.error(wording::nothing_can_fail(), report);
        }
        function.check_borrows(report);
        if function.is_async() && !cfg!(feature = "tokio") {
            report.error(function.async_span(), wording::waiting_needs_tokio());
        }
    }

    /// ```text
    /// static __RETRY: Retry = retry("price").max_attempts(3);
    /// ```
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        if self.config.is_some() {
            return TokenStream::new();
        }
        let (kept, name) = (function.free_name(STATIC), function.operation());
        let constants = &self.constants;
        emit! {
            static #kept: __res::Retry = __res::retry(#name) #constants;
        }
    }

    /// ```text
    /// let mut run = __RETRY.start();
    /// let mut kept = sku;
    /// loop {
    ///     let (sku, rest) = renew(kept, run.is_last());
    ///     let pause = {
    ///         let out = inner;
    ///         let Err(error) = seen(&out) else { break out };
    ///         let wait = run.failed(classify(error), Told(error).text());
    ///         let (Some(wait), Some(rest)) = (wait, rest) else { break out };
    ///         kept = rest;
    ///         pause_async(wait, out)
    ///     };
    ///     pause.await;
    /// }
    /// ```
    ///
    /// A breaker above looks on while the call waits, too; what waits within a deadline keeps to it.
    pub(crate) fn wrap(&self, inner: &Call, above: &Above, function: &Function) -> Call {
        let Renewals { keep, renew, rests, kept } = Renewals::of(function);
        let is_async = function.is_async();
        let within = above.ends.as_ref().map(|ends| emit!(.within(#ends)));
        let start = self.start(within.as_ref(), function);
        let judge = self.judge(function);
        let (attempt, pause) = if is_async {
            (inner.named("out"), emit!(__res::pause_async(wait, out)))
        } else {
            let inner = inner.statements();
            let attempt = emit!(let out = { let _repeated = run.enter(); #inner };);
            (attempt, emit!(__res::pause_sync(wait, out);))
        };
        let proceed = if rests.is_empty() {
            emit!(let __res::Some(wait) = wait else { break out };)
        } else {
            emit!(let (__res::Some(wait), #(__res::Some(#rests)),*) = (wait, #(#rests),*) else { break out };)
        };
        let turn = emit! {
            #attempt
            #judge
            #proceed
            #(#kept = #rests;)*
            #pause
        };
        // What was borrowed stays in a future until its scope ends, even where it was moved away, and an
        // outcome need not be `Send`.
        let waits = &above.pause;
        let turn = if is_async { emit!(let pause = { #turn }; #waits.await;) } else { turn };
        Call::new(emit!(loop { #renew #turn })).after(&emit!(#start #keep))
    }

    /// One run as the attempt that is due.
    ///
    /// ```text
    /// run.attempt(body)
    /// ```
    pub(crate) fn watch(body: &TokenStream) -> TokenStream {
        emit!(run.attempt(#body))
    }

    fn start(&self, within: Option<&TokenStream>, function: &Function) -> TokenStream {
        let name = function.operation();
        if let Some(config) = &self.config {
            let configured = Place::of(config).call("configured", emit!(#name), Some(config));
            return emit! {
                let retry = #configured;
                let mut run = retry.start() #within;
            };
        }
        let kept = function.free_name(STATIC);
        if self.dynamic.is_empty() {
            return emit!(let mut run = #kept.start() #within;);
        }
        let (names, values): (Vec<_>, Vec<_>) = self.dynamic.iter().cloned().unzip();
        emit! {
            let retry = __res::Retry::from(__res::RetryConfig { #(#names: #values,)* ..*#kept.config() }).operation(#name);
            let mut run = retry.start() #within;
        }
    }

    /// Statements that leave the loop with a success, and say how long to `wait` after a failure.
    fn judge(&self, function: &Function) -> TokenStream {
        let class = match selection(self.on.as_ref(), self.when.as_ref()) {
            Some(selected) => emit!(__res::selected(#selected, __res::Told(error).hint())),
            None => function.returns.error.call("classify", emit!(error), None),
        };
        let Some(until) = &self.until else {
            let outcome = function.returns.whole.call("seen", emit!(&out), None);
            return emit! {
                let __res::Err(error) = #outcome else { break out };
                let wait = run.failed(#class, __res::Told(error).text());
            };
        };
        let accepts = Place::of(until).call("holds", emit!(value), Some(until));
        emit! {
            let wait = match __res::Seen(&out).seen() {
                __res::Ok(value) if #accepts => break out,
                __res::Ok(_) => run.unsatisfied(),
                __res::Err(error) => run.failed(#class, __res::Told(error).text()),
            };
        }
    }
}

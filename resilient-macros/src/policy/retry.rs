//! `#[retry]`: repeats what is inside it. Reads the settings, refuses those that contradict one another,
//! and writes the loop; when to go on is the runtime's decision.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;

use crate::argument::Passed;
use crate::attempt::Renewals;
use crate::call::Call;
use crate::duration::in_words;
use crate::item::Function;
use crate::matcher::selection;
use crate::names::{Place, emit};
use crate::report::Report;
use crate::stream;
use crate::wording;

mod schedule;
mod settings;
use settings::Budget;
pub(crate) use settings::Retry;
#[cfg(test)]
pub(crate) use settings::VOCABULARY;

/// Where its settings are kept.
const STATIC: &str = "__RETRY";
/// Where a budget of its own is kept.
const BUDGET: &str = "__BUDGET";

/// What stands above a retry and has a part in the waits between its attempts.
pub(crate) struct Above {
    /// When the time of the whole call is up, where that is kept in a variable.
    pub(crate) ends: Option<TokenStream>,
    /// Whether what is awaited takes the run along, and gives it back beside the outcome.
    pub(crate) takes_run: bool,
    /// The wait before another attempt, where an attempt does not wait by itself.
    pub(crate) pause: Option<TokenStream>,
}

impl Retry {
    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        let first_item =
            if self.until_first_item.is_some() { "; an attempt lasts until the first item" } else { "" };
        let budget = match &self.budget {
            None => String::new(),
            Some(Budget::Ratio(ratio)) => format!("; of all calls together, {ratio} retries for each"),
            Some(Budget::At(path)) => format!("; within the budget `{}`", quote::quote!(#path)),
        };
        let Some(schedule) = self.schedule() else {
            return format!("attempts and delays are decided at each call{budget}{first_item}");
        };
        let attempts = schedule.attempts;
        if attempts < 2 || schedule.backoff == "none" {
            return format!("up to {attempts} attempts, without a delay{budget}{first_item}");
        }
        let mut delays = schedule.delays().map(in_words);
        let first: Vec<String> = delays.by_ref().take(4).collect();
        let more = if delays.next().is_some() { " …" } else { "" };
        let apart = first.join(", ");
        let spread = schedule.spread();
        format!("up to {attempts} attempts, {apart}{more} apart ({spread}){budget}{first_item}")
    }

    /// See `Description`.
    pub(crate) fn described(&self, function: &Function) -> TokenStream {
        let (name, constants, nested) = (function.operation(), &self.constants, &self.beside_config);
        let mut at_each_call: Vec<String> = self.dynamic.iter().map(|(name, _)| name.to_string()).collect();
        at_each_call.extend(self.config.as_ref().map(|_| "config".to_owned()));
        let budget = match &self.budget {
            None => emit!(__res::None),
            Some(Budget::Ratio(_)) => emit!(__res::Some(#name)),
            Some(Budget::At(path)) => emit!(__res::Some(#path.name())),
        };
        let first_item = self.until_first_item.map(|_| emit!(.until_first_item()));
        emit! {
            retry(__res::retry(#name) #constants #nested.settings().but(&[#(#at_each_call),*], #budget))
            #first_item
        }
    }

    /// What it asks of an error type.
    pub(crate) fn demands(&self) -> Vec<&'static str> {
        match (&self.on, &self.when) {
            (Some(on), _) if on.names_types() => vec!["ErrorChain"],
            (None, None) => vec!["SaysWhatToRetry"],
            _ => Vec::new(),
        }
    }

    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        if !function.returns.is_written && self.until.is_none() {
            report.error(function.name().span(), wording::nothing_can_fail());
        } else if function.returns.is_never() {
            function.returns.whole.error(wording::nothing_can_fail(), report);
        }
        if let Some(span) = self.until_first_item {
            stream::check("until_first_item", span, function, report);
            if function.returns.is_written {
                function.check_result(&wording::first_item_of_no_result(), report);
            }
        }
        function.check_borrows(report);
        if function.is_async() && !cfg!(feature = "tokio") {
            report.error(function.async_span(), wording::waiting_needs_tokio());
        }
    }

    /// ```text
    /// static __BUDGET: RetryBudget = budget("price", 0.1);
    /// static __RETRY: Retry = retry("price").max_attempts(3).budget(&__BUDGET);
    /// ```
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        let (kept, name) = (function.free_name(STATIC), function.operation());
        let budget = if let Some(Budget::Ratio(ratio)) = &self.budget {
            let kept = function.free_name(BUDGET);
            emit!(static #kept: __res::RetryBudget = __res::budget(#name, #ratio);)
        } else {
            TokenStream::new()
        };
        if self.config.is_some() {
            return budget;
        }
        let (constants, shared) = (&self.constants, self.shared(function));
        emit! {
            #budget
            static #kept: __res::Retry = __res::retry(#name) #constants #shared;
        }
    }

    /// Builder calls for what is no number, and so no part of a `RetryConfig`.
    fn shared(&self, function: &Function) -> TokenStream {
        let nested = &self.beside_config;
        let budget = match &self.budget {
            None => return nested.clone(),
            Some(Budget::Ratio(_)) => {
                let kept = function.free_name(BUDGET);
                emit!(&#kept)
            }
            Some(Budget::At(path)) => Place::of(path).call("budget_at", emit!(&#path), None),
        };
        emit!(.budget(#budget) #nested)
    }

    /// ```text
    /// let mut run = __RETRY.start();
    /// let mut kept = sku;
    /// loop {
    ///     let (sku, rest) = renew(kept, __RETRY.is_last(&run));
    ///     let (out, tried) = inner;
    ///     let Err(error) = seen(&out) else { break out };
    ///     let shown = Told(error).shown();
    ///     run = __RETRY.failed(tried, error, judge, shown);
    ///     let (true, Some(rest)) = (run.goes_on(), rest) else { break out };
    ///     kept = rest;
    /// }
    /// ```
    ///
    /// What an attempt came to is gone before the wait: it may hold something that others wait for, and need
    /// not be `Send`.
    pub(crate) fn wrap(&self, inner: &Call, above: &Above, function: &Function) -> Call {
        let retry = self.held(function);
        let Renewals { keep, renew, rests, kept } = Renewals::of(function, &retry);
        let start = self.start(function);
        let (attempt, tried) = if above.takes_run {
            (inner.bound(&emit!((out, tried))), emit!(tried))
        } else {
            (inner.named("out"), emit!(run))
        };
        let judge = self.judge(&retry, &tried, above.ends.as_ref(), function);
        let kept: TokenStream = kept.iter().zip(&rests).map(|(kept, rest)| emit!(#kept = #rest;)).collect();
        let proceed = if rests.is_empty() {
            emit!(let true = run.goes_on() else { break out };)
        } else {
            emit!(let (true, #(__res::Some(#rests)),*) = (run.goes_on(), #(#rests),*) else { break out };)
        };
        let mut turn = emit!(#attempt #judge #proceed #kept);
        if let Some(pause) = &above.pause {
            turn = emit!({ #turn } #pause;);
        }
        Call::new(emit!(loop { #renew #turn })).after(&emit!(#start #keep))
    }

    /// One run as the attempt that is due, and the wait before it. `takes_run`: see [`Above`].
    ///
    /// ```text
    /// run.attempt(body)
    /// ```
    pub(crate) fn watch(body: &TokenStream, takes_run: bool) -> TokenStream {
        if takes_run { emit!(run.attempt(#body)) } else { emit!(run.attempt_by_ref(#body)) }
    }

    /// What is done to the stream of an attempt.
    ///
    /// ```text
    /// .first_item(from_item).await
    /// ```
    pub(crate) fn layer(&self, function: &Function) -> Option<TokenStream> {
        let first_item = function.returns.value.name("first_item");
        let from_item = function.returns.error.path("from_item");
        self.until_first_item.map(|_| emit!(.#first_item(#from_item).await))
    }

    /// Whether the settings are those of one call, from its beginning.
    fn is_of_a_call(&self, function: &Function) -> bool {
        let gives_self_away = function.receiver.as_ref().is_some_and(|own| own.passed == Passed::Value);
        self.config.is_some() || !self.dynamic.is_empty() || (self.overruled_by.is_some() && gives_self_away)
    }

    /// What the settings are held in while a call runs. What overrules them is looked up where they are used:
    /// a call that succeeds at once need not carry them along.
    fn held(&self, function: &Function) -> TokenStream {
        let kept = function.free_name(STATIC);
        if self.is_of_a_call(function) {
            emit!(retry)
        } else if let Some(config) = &self.overruled_by {
            emit!(#kept.overruled_by(&#config))
        } else {
            kept.into_token_stream()
        }
    }

    fn start(&self, function: &Function) -> TokenStream {
        let (name, held, shared) = (function.operation(), self.held(function), self.shared(function));
        let kept = function.free_name(STATIC);
        if !self.is_of_a_call(function) {
            return emit!(let mut run = #kept.start(););
        }
        let made = if let Some(config) = &self.config {
            let configured = Place::of(config).call("configured", emit!(#name), Some(config));
            emit!(#configured #shared)
        } else if self.dynamic.is_empty() {
            kept.into_token_stream()
        } else {
            let (names, values): (Vec<_>, Vec<_>) = self.dynamic.iter().cloned().unzip();
            emit! {
                __res::Retry::from(__res::RetryConfig { #(#names: #values,)* ..*#kept.config() })
                    .operation(#name) #shared
            }
        };
        let overruled = self.overruled_by.as_ref().map(|config| emit!(.overruled_by(&#config)));
        emit!(let #held = #made #overruled; let mut run = #held.start();)
    }

    /// Statements that leave the loop with a success, and say after a failure whether to go on.
    fn judge(
        &self,
        retry: &TokenStream,
        tried: &TokenStream,
        ends: Option<&TokenStream>,
        function: &Function,
    ) -> TokenStream {
        // Only a budget wants to know.
        let done = if self.budget.is_some() {
            emit!({
                #retry.succeeded(&#tried);
                break out;
            })
        } else {
            emit!({ break out })
        };
        let within = if ends.is_some() { "_within" } else { "" };
        let method = |name: &str| Ident::new(&format!("{name}{within}"), Span::mixed_site());
        let ends = ends.map(|ends| emit!(#ends,));
        let failed = match selection(self.on.as_ref(), self.when.as_ref()) {
            Some(selected) => {
                let failed = method("failed_as");
                emit! {
                    let judged = __res::selected(#selected, __res::Told(error).judged());
                    run = #retry.#failed(#ends #tried, judged, __res::Told(error).text());
                }
            }
            None => {
                let (failed, judge) = (method("failed"), function.returns.error.path("judge"));
                emit! {
                    let shown = __res::Told(error).shown();
                    run = #retry.#failed(#ends #tried, error, #judge, shown);
                }
            }
        };
        let Some(until) = &self.until else {
            let outcome = function.returns.whole.call("seen", emit!(&out), None);
            return emit! {
                let __res::Err(error) = #outcome else #done;
                #failed
            };
        };
        let unsatisfied = method("unsatisfied");
        let accepts = Place::of(until).call("holds", emit!(value), Some(until));
        emit! {
            match __res::Seen(&out).seen() {
                __res::Ok(value) if #accepts => #done,
                __res::Ok(_) => run = #retry.#unsatisfied(#ends #tried),
                __res::Err(error) => { #failed }
            }
        }
    }
}

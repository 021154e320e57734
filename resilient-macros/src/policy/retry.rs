//! `#[retry]`: repeats what is inside it. Reads the settings, refuses those that contradict one another,
//! and writes the loop; when to go on is the runtime's decision.

use proc_macro2::TokenStream;
use quote::quote;

use crate::attempt::Renewals;
use crate::item::Function;
use crate::matcher::selection;
use crate::names::{Place, emit};
use crate::report::Report;

mod schedule;
mod settings;
pub(crate) use settings::Retry;

impl Retry {
    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        if !function.returns.is_written && self.until.is_none() {
            report.error(
                function.name().span(),
                "nothing says that this function failed: return a `Result` or an `Option` (or judge its value: `until = |value| …`)",
            );
        }
        if function.is_async() && !cfg!(feature = "tokio") {
            report.error(
                function.async_span(),
                "waiting between the attempts of async code needs the feature `tokio` of `resilient-attributes`",
            );
        }
    }

    /// ```text
    /// static __RETRY: Retry = Retry::new().operation("price").max_attempts(3);
    /// ```
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        if self.config.is_some() {
            return TokenStream::new();
        }
        let name = function.name().to_string();
        let constants = &self.constants;
        emit! {
            static __RETRY: __resilient::Retry = __resilient::Retry::new().operation(#name) #constants;
        }
    }

    /// ```text
    /// let mut run = __RETRY.start();
    /// let mut kept = sku;
    /// loop {
    ///     let (sku, rest) = renew(kept, run.is_last());
    ///     let out = inner;
    ///     let wait = run.after(outcome(&out), |_| true, |error| (classify(error), text!(error)));
    ///     let (Some(wait), Some(rest)) = (wait, rest) else { break out };
    ///     drop(out);
    ///     kept = rest;
    ///     sleep(wait).await;
    /// }
    /// ```
    pub(crate) fn wrap(&self, inner: &TokenStream, function: &Function) -> TokenStream {
        let Renewals { keep, renew, rests, kept } = Renewals::of(function);
        let start = self.start(function);
        let (outcome, until) = self.outcome(function);
        let classification = self.classification(function);
        let sleep = if function.is_async() {
            emit!(__resilient::sleep_async(wait).await;)
        } else {
            emit!(__resilient::sleep_sync(wait);)
        };
        let some = quote!(::core::option::Option::Some);
        let wait = emit!(run.after(#outcome, #until, |error| (#classification, __resilient::text!(error))));
        let proceed = if rests.is_empty() {
            emit!(let #some(wait) = #wait else { break out };)
        } else {
            emit! {
                let wait = #wait;
                let (#some(wait), #(#some(#rests)),*) = (wait, #(#rests),*) else { break out };
            }
        };
        emit! {{
            #start
            #keep
            loop {
                #renew
                let out = #inner;
                #proceed
                ::core::mem::drop(out);
                #(#kept = #rests;)*
                #sleep
            }
        }}
    }

    fn start(&self, function: &Function) -> TokenStream {
        let name = function.name().to_string();
        if let Some(config) = &self.config {
            let configured = Place::of(config).call("configured", emit!(#name), Some(config));
            return emit! {
                let retry = #configured;
                let mut run = retry.start();
            };
        }
        if self.dynamic.is_empty() {
            return emit!(let mut run = __RETRY.start(););
        }
        let (names, values): (Vec<_>, Vec<_>) = self.dynamic.iter().cloned().unzip();
        emit! {
            let retry = __resilient::Retry::from(__resilient::RetryConfig { #(#names: #values,)* ..*__RETRY.config() }).operation(#name);
            let mut run = retry.start();
        }
    }

    /// What is judged, and whether an `Ok` value is taken.
    fn outcome(&self, function: &Function) -> (TokenStream, TokenStream) {
        match &self.until {
            Some(until) => {
                let until = Place::of(until).call("holds", emit!(value), Some(until));
                (emit!(__resilient::seen!(&out)), emit!(|value| #until))
            }
            None => {
                let outcome = function.returns.whole.call("outcome", emit!(&out), None);
                (outcome, emit!(|_| true))
            }
        }
    }

    fn classification(&self, function: &Function) -> TokenStream {
        match selection(self.on.as_ref(), self.when.as_ref()) {
            Some(selected) => emit!(__resilient::selected(#selected, __resilient::hint!(error))),
            None => function.returns.error.call("classify", emit!(error), None),
        }
    }
}

//! `#[circuit_breaker]`: refuses the call while the service is down. Writes the breaker and its guard
//! around the call; the settings are read in `settings`, and what they mean is the runtime's decision.

use std::time::Duration;

use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::Expr;

use crate::args::Constant;
use crate::call::Call;
use crate::duration::{DurationValue, is_of_an_instance};
use crate::item::Function;
use crate::matcher::{Matchers, selection};
use crate::names::{Place, emit};
use crate::report::Report;
use crate::stream;
use crate::wording;

mod settings;
use settings::Breaker;
pub(crate) use settings::CircuitBreaker;
#[cfg(test)]
pub(crate) use settings::VOCABULARY;

/// Where the breaker is kept. The runtime looks for it in the path of a breaker without a name.
const STATIC: &str = "__BREAKER";

impl CircuitBreaker {
    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        function.check_result(&wording::no_room_for_a_refusal(), report);
        if let Some(span) = self.until_end {
            stream::check("until_end", span, function, report);
        }
        // One breaker serves all calls, so no single call's values can set it up.
        if let Breaker::Written { expressions, .. } = &self.breaker {
            let is_of_a_call = |expr: &&Expr| function.names_any(&quote!(#expr)) || is_of_an_instance(expr);
            for expr in expressions.iter().filter(is_of_a_call) {
                report.error_at(expr, wording::shared_by_all_calls());
            }
        }
    }

    /// What it asks of an error type.
    pub(crate) fn demands(&self) -> Vec<&'static str> {
        let asks = self.on.as_ref().is_some_and(Matchers::names_types);
        std::iter::once("CarriesCircuitOpen").chain(asks.then_some("ErrorChain")).collect()
    }

    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        let rule = match &self.breaker {
            Breaker::Static(expr) => format!("`{}` refuses calls while it is open", quote!(#expr)),
            Breaker::Written { rule, .. } => rule.clone(),
        };
        let each = self.key.as_ref().map(|key| {
            let key = quote!(#key).to_string().replace(" :: ", "::").replace(" . ", ".");
            format!(", for each `{key}` by itself")
        });
        let lasts = if self.until_end.is_some() { "; a call lasts until its stream ends" } else { "" };
        rule + &each.unwrap_or_default() + lasts
    }

    /// See `Description`.
    pub(crate) fn described(&self) -> TokenStream {
        let (is_keyed, per_attempt) = (self.key.is_some(), self.per_attempt);
        let settings = match &self.breaker {
            Breaker::Static(expr) => emit!(#expr.settings()),
            Breaker::Written { name, builders, .. } => {
                let new = Self::named(name.as_ref());
                // As the function keeps its own: a path is another one in an instance of something generic.
                emit!({
                    static __BREAKER: __res::CircuitBreaker = __res::#new #builders;
                    __BREAKER.settings()
                })
            }
        };
        let until_end = self.until_end.map(|_| emit!(.until_end()));
        emit!(circuit_breaker(#settings, #is_keyed, #per_attempt) #until_end)
    }

    /// ```text
    /// static __BREAKER: CircuitBreaker = breaker("llm").failure_threshold(3);
    /// ```
    ///
    /// or, where it has a `key`,
    ///
    /// ```text
    /// static __BREAKER: KeyedCircuitBreaker = breaker("llm").failure_threshold(3).keyed();
    /// let circuit = circuit_of(&__BREAKER, key);
    /// ```
    ///
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        let kept = function.free_name(STATIC);
        let breaker = self.breaker(&kept);
        let circuit = self.key.as_ref().map(|key| self.circuit(key, &kept));
        emit!(#breaker #circuit)
    }

    fn breaker(&self, kept: &Ident) -> TokenStream {
        let Breaker::Written { name, builders, .. } = &self.breaker else {
            return TokenStream::new();
        };
        let new = Self::named(name.as_ref());
        let ty = if self.key.is_some() { emit!(KeyedCircuitBreaker) } else { emit!(CircuitBreaker) };
        emit!(static #kept: __res::#ty = __res::#new #builders;)
    }

    fn named(name: Option<&Constant<String>>) -> TokenStream {
        match name {
            Some(name) => emit!(breaker(#name)),
            None => emit!(breaker_of(|| ::core::any::type_name_of_val(&|| ()))),
        }
    }

    /// Looks up the circuit of the call, before the body takes away what the key is made of.
    fn circuit(&self, key: &Expr, kept: &Ident) -> TokenStream {
        let (named, breaker) = match &self.breaker {
            Breaker::Static(expr) => {
                let breaker = Place::of(expr).call("keyed_breaker_at", emit!(&#expr), None);
                (emit!(let breaker = #breaker;), emit!(breaker))
            }
            Breaker::Written { .. } => (TokenStream::new(), emit!(&#kept)),
        };
        let value = match key {
            Expr::Tuple(tuple) => {
                let parts = tuple.elems.iter().map(|part| emit!((#part).to_owned()));
                emit!((#(#parts,)*))
            }
            key => emit!((#key)),
        };
        let circuit = Place::of(key).call("circuit_of", emit!(#breaker, #value.as_circuit_key()), None);
        emit!(#named let circuit = #circuit;)
    }

    /// ```text
    /// permit.during(body)
    /// ```
    pub(crate) fn watch(body: &TokenStream) -> TokenStream {
        emit!(permit.during(#body))
    }

    /// ```text
    /// let mut permit = __BREAKER.permit_at_door();
    /// 'call: {
    ///     if let Some(refused) = permit.refused(longest) {
    ///         break 'call circuit_open(refused);
    ///     }
    ///     let out = inner;
    ///     permit.count(&out, |error| matches!(error, …));
    ///     out
    /// }
    /// ```
    ///
    /// With `until_end` the permit goes with the stream:
    ///
    /// ```text
    ///     opened(out).until_end(permit.entrance(), permit, |error| …, move |error| …).handed_on()
    /// ```
    ///
    /// `longest` is how long one admitted call may take. A probe is such a call: it must not lose its
    /// place while it still runs as it is meant to.
    pub(crate) fn wrap(&self, inner: &Call, longest: Option<Duration>, function: &Function) -> Call {
        let breaker = match (&self.key, &self.breaker) {
            (Some(_), _) => emit!(circuit),
            (None, Breaker::Static(expr)) => Place::of(expr).call("breaker_at", emit!(&#expr), None),
            (None, Breaker::Written { .. }) => function.free_name(STATIC).into_token_stream(),
        };
        let selected = selection(self.on.as_ref(), self.when.as_ref())
            .filter(|_| !self.on.as_ref().is_some_and(Matchers::is_any));
        let judge = match selected {
            Some(selected) if self.is_neutral_otherwise => emit!(__res::neutral_unless(#selected)),
            Some(selected) => selected,
            None => emit!(true),
        };
        let error = function.returns.error;
        let (refuse, count) = (error.call("circuit_open", emit!(refused), None), error.name("count"));
        let end = if self.until_end.is_some() {
            let until_end = function.returns.value.name("until_end");
            let keeper = if self.key.is_some() { emit!(circuit.keeper()) } else { emit!(permit.entrance()) };
            // The judge of items goes with the stream; their error may be of another type.
            let layer = emit!(.#until_end(#keeper, permit, |error| #judge, move |error| #judge));
            stream::layered(&emit!(out), &layer, function)
        } else {
            emit!(permit.#count(&out, |error| #judge); out)
        };
        let inner = inner.named("out");
        let longest = longest.unwrap_or_default();
        // A quarter on top: timers fire late, and a busy machine runs what they wake later still.
        let longest = DurationValue::Known(longest.saturating_add(longest / 4));
        let call = emit! {
            'call: {
                if let __res::Some(refused) = permit.refused(#longest) {
                    break 'call #refuse;
                }
                #inner
                #end
            }
        };
        // Circuits of keys come and go: there is no door that leads to one.
        let permit = if self.key.is_some() { emit!(permit) } else { emit!(permit_at_door) };
        Call::new(call).after(&emit!(let mut permit = #breaker.#permit();))
    }
}

//! `#[circuit_breaker]`: refuses the call while the service is down. Writes the breaker and its guard
//! around the call; the settings are read in `settings`, and what they mean is the runtime's decision.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;

use crate::call::Call;
use crate::duration::DurationValue;
use crate::item::Function;
use crate::matcher::{Matchers, selection};
use crate::names::{Place, emit};
use crate::report::Report;
use crate::wording;

mod settings;
use settings::Breaker;
pub(crate) use settings::CircuitBreaker;
#[cfg(test)]
pub(crate) use settings::VOCABULARY;

impl CircuitBreaker {
    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        function.check_result(&wording::no_room_for_a_refusal(), report);
        // One breaker serves all calls, so no single call's values can set it up.
        if let Breaker::Written { expressions, .. } = &self.breaker {
            for expr in expressions.iter().filter(|expr| function.names_any(&quote!(#expr))) {
                report.error_at(&expr, wording::shared_by_all_calls());
            }
        }
    }

    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        match &self.breaker {
            Breaker::Static(expr) => format!("`{}` refuses calls while it is open", quote!(#expr)),
            Breaker::Written { rule, .. } => rule.clone(),
        }
    }

    /// ```text
    /// static __BREAKER: CircuitBreaker = breaker("llm").failure_threshold(3);
    /// ```
    ///
    /// `longest` is how long one admitted call may take. A probe is such a call: it must not lose its
    /// place while it still runs as it is meant to.
    pub(crate) fn items(&self, longest: Option<Duration>) -> TokenStream {
        let Breaker::Written { name, builders, .. } = &self.breaker else {
            return TokenStream::new();
        };
        let new = match name {
            Some(name) => emit!(breaker(#name)),
            None => emit!(breaker_of(|| ::core::any::type_name_of_val(&|| ()))),
        };
        let longest = longest.map(|longest| {
            // A quarter on top: timers fire late, and a busy machine runs what they wake later still.
            let longest = DurationValue::Known(longest.saturating_add(longest / 4));
            emit!(.longest_call(#longest))
        });
        emit! {
            static __BREAKER: __res::CircuitBreaker = __res::#new #builders #longest;
        }
    }

    /// ```text
    /// __BREAKER.guard(inner)
    /// __BREAKER.guard_judged(inner, |error| matches!(error, …))
    /// ```
    pub(crate) fn wrap(&self, inner: &Call, function: &Function) -> Call {
        let breaker = match &self.breaker {
            Breaker::Static(expr) => Place::of(expr).call("breaker_at", emit!(&#expr), None),
            Breaker::Written { .. } => emit!(__BREAKER),
        };
        let judge = selection(self.on.as_ref(), self.when.as_ref())
            .filter(|_| !self.on.as_ref().is_some_and(Matchers::is_any));
        let method = match (function.is_async(), &judge) {
            (true, None) => "guard",
            (true, Some(_)) => "guard_judged",
            (false, None) => "guard_sync",
            (false, Some(_)) => "guard_sync_judged",
        };
        let judge = judge.map(|selected| {
            let verdict =
                if self.is_neutral_otherwise { emit!(__res::neutral_unless(#selected)) } else { selected };
            emit!(, |error| #verdict)
        });
        let method = function.returns.error.name(method);
        let inner = inner.as_callable();
        let guarded = emit!(#breaker.#method(#inner #judge));
        if function.is_async() { Call::callable(true, guarded) } else { Call::inline(false, guarded) }
    }
}

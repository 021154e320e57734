//! `#[circuit_breaker]`: refuses the call while the service is down. Reads the settings of the
//! consecutive rule and asks the runtime for admission.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Path};

use crate::args::{Args, Constant, Vocabulary};
use crate::duration::DurationValue;
use crate::item::Function;
use crate::matcher::{Matchers, selection};
use crate::names::{Place, block, emit};
use crate::report::Report;

const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "circuit_breaker",
    names: &[
        "name",
        "failure_threshold",
        "recovery_timeout",
        "half_open_max_calls",
        "success_threshold",
        "probe_timeout",
        "on",
        "when",
        "per_attempt",
    ],
    not_yet: &[
        "failure_rate",
        "window",
        "minimum_calls",
        "slow_call",
        "slow_call_rate",
        "max_recovery_timeout",
        "otherwise",
        "key",
        "max_keys",
    ],
    positional: Some("the `static` breaker"),
};

/// Settings that belong to the breaker itself, and so to its `static` where there is one.
const OF_THE_BREAKER: &[&str] = &[
    "name",
    "failure_threshold",
    "recovery_timeout",
    "half_open_max_calls",
    "success_threshold",
    "probe_timeout",
];

pub(crate) struct CircuitBreaker {
    pub(crate) per_attempt: bool,
    breaker: Breaker,
    on: Option<Matchers>,
    when: Option<Expr>,
}

enum Breaker {
    /// `#[circuit_breaker(LLM)]`.
    Static(Expr),
    /// Written here: its name, and the builder calls of its settings.
    Written { name: Option<Constant<String>>, builders: TokenStream, constants: Vec<Expr> },
}

impl CircuitBreaker {
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> (Self, Option<Path>) {
        let mut args = Args::parse(&VOCABULARY, tokens, report);
        let breaker = match args.positional() {
            Some(expr) => positional(expr, &args, report),
            None => written(&mut args, report),
        };
        let policy = Self {
            per_attempt: args.flag("per_attempt", report),
            breaker,
            on: args.matchers(report),
            when: args.function(
                "when",
                "a predicate on the error: `|error| …` or the path of a function",
                report,
            ),
        };
        (policy, args.crate_path)
    }

    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        function.check_result(
            "an open circuit ends the call with an error: return a `Result` whose error type is `From<resilient::CircuitOpenError>`",
            report,
        );
        // One breaker serves all calls, so no single call's values can set it up.
        if let Breaker::Written { constants, .. } = &self.breaker {
            for expr in constants.iter().filter(|expr| function.names_any(&quote!(#expr))) {
                report.error_at(&expr,
                    "a breaker is shared by all calls, so its settings cannot come from one call's arguments\nwrite a constant: `\"30s\"`, or the path of a `const Duration`",
                );
            }
        }
    }

    /// ```text
    /// static __BREAKER: CircuitBreaker = CircuitBreaker::new("llm").failure_threshold(3);
    /// ```
    ///
    /// `longest` is how long one admitted call may take. A probe is such a call: it must not lose its
    /// place while it still runs as it is meant to.
    pub(crate) fn items(&self, longest: Option<Duration>) -> TokenStream {
        let Breaker::Written { name, builders, .. } = &self.breaker else {
            return TokenStream::new();
        };
        let new = match name {
            Some(name) => emit!(new(#name)),
            None => emit!(of_function(|| ::core::any::type_name_of_val(&|| ()))),
        };
        let longest = longest.map(|longest| {
            // A quarter on top: timers fire late, and a busy machine runs what they wake later still.
            let longest = DurationValue::Known(longest.saturating_add(longest / 4));
            emit!(.longest_call(#longest))
        });
        emit! {
            static __BREAKER: __resilient::CircuitBreaker = __resilient::CircuitBreaker::#new #builders #longest;
        }
    }

    /// ```text
    /// match __BREAKER.admit() {
    ///     Ok(permit) => { let out = permit.during(async { inner }).await; permit.settle(out, |_| true) }
    ///     Err(refused) => circuit_open(refused),
    /// }
    /// ```
    pub(crate) fn wrap(&self, inner: &TokenStream, function: &Function) -> TokenStream {
        let breaker = match &self.breaker {
            Breaker::Static(expr) => Place::of(expr).call("breaker", emit!(&#expr), None),
            Breaker::Written { .. } => emit!(__BREAKER),
        };
        let circuit_open = function.returns.error.call("circuit_open", emit!(refused), None);
        let inner = if function.is_async() {
            let inner = block(inner);
            emit!(permit.during(async #inner).await)
        } else {
            inner.clone()
        };
        let judge = match selection(self.on.as_ref(), self.when.as_ref()) {
            Some(selected) if !self.on.as_ref().is_some_and(Matchers::is_any) => emit!(|error| #selected),
            _ => emit!(|_| true),
        };
        emit! {
            match #breaker.admit() {
                ::core::result::Result::Ok(permit) => {
                    let out = #inner;
                    permit.settle(out, #judge)
                }
                ::core::result::Result::Err(refused) => #circuit_open,
            }
        }
    }
}

/// A static breaker brings its settings with it.
fn positional(expr: Expr, args: &Args, report: &mut Report) -> Breaker {
    if !matches!(expr, Expr::Path(_)) {
        report.error_at(&expr,
            "without a name this must be the path of a `static` breaker: `#[circuit_breaker(LLM)]`; to name a breaker write `name = \"llm\"`",
        );
    }
    for name in OF_THE_BREAKER {
        if let Some(span) = args.span_of(name) {
            report.error(span, format!("`{name}` is set at the `static` breaker; here only `on`, `when` and `per_attempt` go with it"));
        }
    }
    Breaker::Static(expr)
}

fn written(args: &mut Args, report: &mut Report) -> Breaker {
    let mut builders = TokenStream::new();
    let mut constants = Vec::new();
    let name = args.string("name", "the breaker's name", report);
    for (setting, builder) in [
        ("failure_threshold", emit!(.failure_threshold)),
        ("half_open_max_calls", emit!(.half_open_max_calls)),
        ("success_threshold", emit!(.success_threshold)),
    ] {
        if let Some(number) = args.integer(setting, &(1..=u32::MAX), report) {
            builders.extend(emit!(#builder(#number)));
        }
    }
    for (setting, builder) in
        [("recovery_timeout", emit!(.recovery_timeout)), ("probe_timeout", emit!(.probe_timeout))]
    {
        let Some(duration) = args.duration(setting, report) else { continue };
        builders.extend(emit!(#builder(#duration)));
        if let DurationValue::Const(expr) | DurationValue::Dynamic(expr) = duration {
            constants.push(expr);
        }
    }
    Breaker::Written { name, builders, constants }
}

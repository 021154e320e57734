//! The settings of `#[retry]`: read, and held against one another. The loop that they govern is
//! written one file up.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens as _;
use syn::Expr;

use crate::args::{Args, Common, Constant, Vocabulary, not_a_word, number, one_of_words};
use crate::duration::{DurationValue, in_words, is_of_an_instance};
use crate::matcher::Matchers;
use crate::names::emit;
use crate::report::Report;
use crate::wording;

use super::schedule::Schedule;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "retry",
    names: &[
        "max_attempts",
        "max_retries",
        "on",
        "when",
        "until",
        "until_first_item",
        "backoff",
        "base_delay",
        "multiplier",
        "max_delay",
        "max_retry_after",
        "jitter",
        "budget",
        "nested",
        "config",
    ],
    positional: None,
};

/// The settings that a `RetryConfig` holds.
const NUMBERS: &[&str] = &[
    "max_attempts",
    "max_retries",
    "backoff",
    "base_delay",
    "multiplier",
    "max_delay",
    "max_retry_after",
    "jitter",
];

const BACKOFFS: &[&str] = &["exponential", "linear", "constant", "fibonacci", "decorrelated", "none"];
const NESTED: &[&str] = &["report", "collapse"];
const JITTERS: &[&str] = &["full", "equal", "none"];

pub(crate) struct Retry {
    /// Builder calls for what is known while compiling.
    pub(super) constants: TokenStream,
    /// Fields of `RetryConfig` that are evaluated at each call.
    pub(super) dynamic: Vec<(Ident, TokenStream)>,
    pub(super) config: Option<Expr>,
    /// Where there may be a `RetryConfig` that takes the place of all numbers.
    pub(super) overruled_by: Option<Expr>,
    /// Builder calls that a `config` is given, too.
    pub(super) beside_config: TokenStream,
    pub(super) budget: Option<Budget>,
    pub(super) on: Option<Matchers>,
    pub(super) when: Option<Expr>,
    pub(super) until: Option<Expr>,
    /// Where it says that an attempt lasts until the first item of its stream.
    pub(super) until_first_item: Option<Span>,
    schedule: Schedule,
    /// Whether every number of the schedule is known while compiling.
    is_known: bool,
}

/// What bounds the retries of all calls together.
pub(super) enum Budget {
    /// Of this function alone.
    Ratio(f64),
    At(Expr),
}

impl Retry {
    pub(crate) fn parse(tokens: TokenStream, common: &mut Common, report: &mut Report) -> Self {
        let mut args = Args::parse(&VOCABULARY, tokens, common, report);
        let mut retry = Self {
            schedule: Schedule::DEFAULT,
            is_known: true,
            constants: TokenStream::new(),
            dynamic: Vec::new(),
            config: args.expr("config", "an expression that gives a `RetryConfig`", report),
            overruled_by: common.overruled_by.take(),
            beside_config: TokenStream::new(),
            budget: budget(&mut args, report),
            on: args.matchers(report),
            when: args.function("when", wording::PREDICATE_ON_ERROR, report),
            until: args.function("until", wording::PREDICATE_ON_VALUE, report),
            until_first_item: args.span_of("until_first_item"),
        };
        if !args.flag("until_first_item", report) {
            retry.until_first_item = None;
        }
        if retry.config.is_some() {
            retry.is_known = false;
            for name in NUMBERS {
                if let Some(span) = args.span_of(name) {
                    report.error(span, wording::beside_config(name));
                }
            }
        }
        retry.attempts(&mut args, report);
        retry.backoff(&mut args, report);
        retry.delays(&mut args, report);
        retry.jitter(&mut args, report);
        if args.word("nested", NESTED, report) == Some("collapse") {
            retry.beside_config = emit!(.nested(__res::NestedRetry::Collapse));
        }
        retry
    }

    /// When and how often it tries again, if all of that is known while compiling.
    pub(crate) fn schedule(&self) -> Option<&Schedule> {
        Some(&self.schedule).filter(|_| self.is_known)
    }

    fn attempts(&mut self, args: &mut Args, report: &mut Report) {
        if let (Some(_), Some(span)) = (args.span_of("max_attempts"), args.span_of("max_retries")) {
            report.error(span, wording::attempts_twice());
        }
        if let Some(attempts) = args.integer("max_attempts", &(1..=100), report) {
            self.attempts_are(attempts.known());
            self.number("max_attempts", &attempts);
        }
        if let Some(retries) = args.integer("max_retries", &(0..=99), report) {
            self.attempts_are(retries.known().map(|retries| retries + 1));
            self.number("max_retries", &retries);
        }
    }

    /// A constant of an instance cannot be kept in a `static`.
    fn number(&mut self, name: &'static str, number: &Constant<u32>) {
        let ident = Ident::new(name, Span::mixed_site());
        match number {
            Constant::Path(expr) if is_of_an_instance(expr) => {
                let attempts = if name == "max_retries" {
                    emit!(::core::primitive::u32::saturating_add(#expr, 1))
                } else {
                    expr.to_token_stream()
                };
                self.dynamic.push((Ident::new("max_attempts", Span::mixed_site()), attempts));
            }
            _ => {
                let number = number.checked_by(&format!("check_retry::{name}"));
                self.constants.extend(emit!(.#ident(#number)));
            }
        }
    }

    fn attempts_are(&mut self, attempts: Option<u32>) {
        self.is_known &= attempts.is_some();
        self.schedule.attempts = attempts.unwrap_or(self.schedule.attempts);
    }

    fn backoff(&mut self, args: &mut Args, report: &mut Report) {
        let Some(backoff) = args.word("backoff", BACKOFFS, report) else { return };
        self.schedule.backoff = backoff;
        if matches!(backoff, "none" | "decorrelated") {
            self.schedule.jitter = 0.0;
        }
        let shape = match backoff {
            "linear" => emit!(Linear),
            "constant" => emit!(Constant),
            "fibonacci" => emit!(Fibonacci),
            "decorrelated" => emit!(Decorrelated),
            "none" => emit!(None),
            _ => emit!(Exponential),
        };
        self.constants.extend(emit!(.backoff(__res::BackoffShape::#shape)));
    }

    fn delays(&mut self, args: &mut Args, report: &mut Report) {
        let backoff = self.schedule.backoff;
        let without_meaning = match backoff {
            "none" => &["base_delay", "max_delay", "multiplier"][..],
            "exponential" => &[],
            _ => &["multiplier"],
        };
        for name in without_meaning {
            if let Some(span) = args.span_of(name) {
                report.error(span, wording::useless(name, "backoff"));
            }
        }
        if let Some((factor, span)) = args.number("multiplier", "a number of at least 1", report) {
            if factor >= 1.0 && factor.is_finite() {
                self.schedule.multiplier = factor;
                self.constants.extend(emit!(.multiplier(#factor)));
            } else {
                report.error(span, wording::shrinking_delays());
            }
        }
        let base = self.duration("base_delay", args, report);
        let max = self.duration("max_delay", args, report);
        self.duration("max_retry_after", args, report);
        let is_known =
            |value: &Option<DurationValue>| value.as_ref().is_none_or(|value| value.known().is_some());
        let known =
            |value: Option<DurationValue>, default| value.and_then(|value| value.known()).unwrap_or(default);
        let are_known = is_known(&base) && is_known(&max);
        self.is_known &= are_known;
        self.schedule.base_delay = known(base, self.schedule.base_delay);
        self.schedule.max_delay = known(max, self.schedule.max_delay);
        let Schedule { base_delay, max_delay, .. } = self.schedule;
        if !are_known || base_delay <= max_delay || backoff == "none" {
            return;
        }
        if let Some(span) = args.span_of("max_delay") {
            report.error(span, wording::cap_below_base(in_words(base_delay)));
        } else if let Some(span) = args.span_of("base_delay") {
            let enough = base_delay.as_secs_f64();
            report.error(span, wording::base_above_default_cap(enough));
        }
    }

    fn duration(
        &mut self,
        name: &'static str,
        args: &mut Args,
        report: &mut Report,
    ) -> Option<DurationValue> {
        if is_zero_delay(name, args, report) {
            return None;
        }
        let value = args.duration(name, report)?;
        let ident = Ident::new(name, Span::mixed_site());
        match &value {
            DurationValue::Dynamic(expr) => self.dynamic.push((ident, expr.to_token_stream())),
            DurationValue::Known(_) | DurationValue::Const(_) => {
                let value = value.checked_by(&format!("check_retry::{name}"));
                self.constants.extend(emit!(.#ident(#value)));
            }
        }
        Some(value)
    }

    fn jitter(&mut self, args: &mut Args, report: &mut Report) {
        const WHAT: &str = "a ratio from 0 to 1, `full`, `equal` or `none`";
        let Some(span) = args.span_of("jitter") else { return };
        let Some(expr) = args.expr("jitter", WHAT, report) else { return };
        let backoff = self.schedule.backoff;
        if backoff == "none" || backoff == "decorrelated" {
            report.error(span, wording::useless("jitter", "backoff"));
            return;
        }
        let jitter = match (one_of_words(&expr, JITTERS), number(&expr)) {
            (Some("full"), _) => emit!(Full),
            (Some("equal"), _) => emit!(Equal),
            (Some(_), _) => emit!(None),
            (None, Some(ratio)) if (0.0..=1.0).contains(&ratio) => emit!(Ratio(#ratio)),
            (None, Some(_)) => {
                report.error_at(&expr, wording::takes("jitter", WHAT));
                return;
            }
            (None, None) => {
                report.error_at(&expr, not_a_word("jitter", WHAT, &expr, JITTERS));
                return;
            }
        };
        // Full and equal jitter only ever shorten a delay.
        self.schedule.jitter = number(&expr).unwrap_or(0.0);
        self.constants.extend(emit!(.jitter(__res::Jitter::#jitter)));
    }
}

fn budget(args: &mut Args, report: &mut Report) -> Option<Budget> {
    const WHAT: &str = "a ratio above 0 and up to 10 (`0.1` is a retry for ten calls), or the path of a `static` `RetryBudget`";
    let expr = args.expr("budget", WHAT, report)?;
    match number(&expr) {
        Some(ratio) if ratio > 0.0 && ratio <= 10.0 => Some(Budget::Ratio(ratio)),
        None if matches!(expr, Expr::Path(_)) => Some(Budget::At(expr)),
        _ => {
            report.error_at(&expr, wording::takes("budget", WHAT));
            None
        }
    }
}

/// `base_delay = 0` has its own sentence: what is probably meant must be written out.
fn is_zero_delay(name: &'static str, args: &mut Args, report: &mut Report) -> bool {
    let Some(expr) = args.peek(name) else { return false };
    if name != "base_delay" || number(expr) != Some(0.0) {
        return false;
    }
    report.error_at(&expr, wording::no_delay());
    true
}

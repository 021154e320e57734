//! The settings of `#[circuit_breaker]`: read, and held against one another. What is written from them
//! is one file up.

use std::time::Duration;

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use syn::{Expr, ExprLit, Lit};

use crate::args::{Args, Common, Constant, Vocabulary};
use crate::duration::{DurationValue, in_words};
use crate::matcher::Matchers;
use crate::names::emit;
use crate::report::{Report, all_of, nearest};
use crate::wording;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "circuit_breaker",
    names: &[
        "name",
        "failure_threshold",
        "failure_rate",
        "window",
        "minimum_calls",
        "slow_call",
        "slow_call_rate",
        "recovery_timeout",
        "max_recovery_timeout",
        "half_open_max_calls",
        "success_threshold",
        "probe_timeout",
        "key",
        "max_keys",
        "on",
        "when",
        "otherwise",
        "per_attempt",
        "until_end",
    ],
    positional: Some("the `static` breaker"),
};

/// What a call that is being guarded brings with it; everything else belongs to the breaker itself, and so
/// to its `static` where there is one.
const OF_THE_CALL: &[&str] = &["key", "on", "when", "otherwise", "per_attempt", "until_end"];

/// The runtime's defaults, as far as settings are held against them.
const FAILURE_THRESHOLD: u32 = 5;
const WINDOW: u32 = 100;
const MOST_CALLS: u32 = 1_000_000;
const RECOVERY_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct CircuitBreaker {
    pub(crate) per_attempt: bool,
    /// Where it says that a call lasts until its stream ends.
    pub(super) until_end: Option<Span>,
    pub(super) breaker: Breaker,
    /// What the call's circuit is found by; nothing: all calls have one circuit.
    pub(super) key: Option<Expr>,
    pub(super) on: Option<Matchers>,
    pub(super) when: Option<Expr>,
    /// `otherwise = neutral`: what `on` and `when` do not match counts neither way.
    pub(super) is_neutral_otherwise: bool,
}

pub(super) enum Breaker {
    /// `#[circuit_breaker(LLM)]`.
    Static(Expr),
    /// Written here: its name, the builder calls of its settings, those of them that are expressions, and
    /// what they come to in words.
    Written { name: Option<Constant<String>>, builders: TokenStream, expressions: Vec<Expr>, rule: String },
}

impl CircuitBreaker {
    pub(crate) fn parse(tokens: TokenStream, common: &mut Common, report: &mut Report) -> Self {
        let mut args = Args::parse(&VOCABULARY, tokens, common, report);
        let breaker = match args.positional().filter(|expr| !is_misspelt(expr, report)) {
            Some(expr) => positional(expr, &args, report),
            None => Written::default().read(&mut args, report),
        };
        let otherwise = args.word("otherwise", &["success", "neutral"], report);
        let policy = Self {
            per_attempt: args.flag("per_attempt", report),
            until_end: args.span_of("until_end").filter(|_| args.flag("until_end", report)),
            breaker,
            key: args.expr("key", "what tells services apart: an argument, or a tuple of them", report),
            on: args.matchers(report),
            when: args.function("when", wording::PREDICATE_ON_ERROR, report),
            is_neutral_otherwise: otherwise == Some("neutral"),
        };
        let judges_all = policy.on.as_ref().map_or(policy.when.is_none(), Matchers::is_any);
        if let (true, Some(span)) = (judges_all, args.span_of("otherwise")) {
            report.error(
                span,
                wording::useless_without("otherwise", "`on` or `when`: every error counts as a failure"),
            );
        }
        policy
    }
}

/// Whether that is a setting rather than the path of a `static`, whose name would be in capitals; reported.
fn is_misspelt(expr: &Expr, report: &mut Report) -> bool {
    let Expr::Path(path) = expr else { return false };
    let Some(name) = path.path.get_ident().map(ToString::to_string) else { return false };
    if !name.contains(char::is_lowercase) {
        return false;
    }
    let names = all_of(VOCABULARY.names.iter().copied());
    let near = nearest(&name, VOCABULARY.names.iter().copied());
    let hint = near.map(wording::did_you_mean).unwrap_or_default();
    report.error_at(expr, wording::unknown_setting(VOCABULARY.attribute, name, hint, names));
    true
}

/// A static breaker brings its settings with it.
fn positional(expr: Expr, args: &Args, report: &mut Report) -> Breaker {
    if !matches!(expr, Expr::Path(_)) {
        report.error_at(&expr, wording::no_static());
    }
    for name in VOCABULARY.names.iter().filter(|name| !OF_THE_CALL.contains(name)) {
        if let Some(span) = args.span_of(name) {
            report.error(
                span,
                wording::set_at_the_static(
                    name,
                    "`key`, `on`, `when`, `otherwise`, `per_attempt` and `until_end`",
                ),
            );
        }
    }
    Breaker::Static(expr)
}

/// What has been read of a breaker that is written at the function.
#[derive(Default)]
struct Written {
    builders: TokenStream,
    expressions: Vec<Expr>,
}

impl Written {
    fn read(mut self, args: &mut Args, report: &mut Report) -> Breaker {
        let name = args.string("name", "the breaker's name", report);
        check_beside(args, report);
        let threshold = self.integer("failure_threshold", args, report);
        let failing = self.rate("failure_rate", args, report);
        let window = self.window(args, report);
        let slow_call = self.duration("slow_call", args, report);
        let slow = self.rate("slow_call_rate", args, report);
        let open = self.recovery(args, report);
        self.integer("half_open_max_calls", args, report);
        self.integer("success_threshold", args, report);
        self.duration("probe_timeout", args, report);
        // What follows belongs to all circuits together.
        if args.span_of("key").is_some() {
            self.builders.extend(emit!(.keyed()));
        }
        self.integer("max_keys", args, report);
        let mut rules = vec![match (failing, threshold) {
            (Some(rate), _) => format!("{rate} % of {window} fail"),
            (None, Some(Constant::Path(path))) => format!("`{}` calls in a row fail", quote!(#path)),
            (None, Some(Constant::Known(calls))) => format!("{calls} calls in a row fail"),
            (None, None) => format!("{FAILURE_THRESHOLD} calls in a row fail"),
        }];
        if let (Some(rate), Some(slow)) = (slow, slow_call) {
            rules.push(format!("{rate} % of {window} take longer than {}", slow.in_words()));
        }
        let of = match &name {
            Some(Constant::Known(name)) => format!(" (`{name}`)"),
            _ => String::new(),
        };
        let rule = format!("refuses calls for {open} when {}{of}", rules.join(" or "));
        Breaker::Written { name, builders: self.builders, expressions: self.expressions, rule }
    }

    fn set(&mut self, name: &'static str, value: &TokenStream) {
        let name = Ident::new(name, Span::mixed_site());
        self.builders.extend(emit!(.#name(#value)));
    }

    fn integer(&mut self, name: &'static str, args: &mut Args, report: &mut Report) -> Option<Constant<u32>> {
        let number = args.integer(name, &(1..=u32::MAX), report)?;
        self.set(name, &number.checked_by(&format!("check_breaker::{name}")));
        if let Constant::Path(expr) = &number {
            self.expressions.push(expr.clone());
        }
        Some(number)
    }

    /// In per cent.
    fn rate(&mut self, name: &'static str, args: &mut Args, report: &mut Report) -> Option<f64> {
        const WHAT: &str = "a share above 0 and up to 1: `0.5` is half of the calls";
        let (rate, span) = args.number(name, WHAT, report)?;
        if rate > 0.0 && rate <= 1.0 {
            self.set(name, &quote!(#rate));
        } else {
            report.error(span, wording::takes(name, WHAT));
        }
        Some((rate * 1000.0).round() / 10.0)
    }

    fn duration(
        &mut self,
        name: &'static str,
        args: &mut Args,
        report: &mut Report,
    ) -> Option<DurationValue> {
        let duration = args.duration(name, report)?;
        self.set(name, &duration.checked_by(&format!("check_breaker::{name}")));
        if let DurationValue::Const(expr) | DurationValue::Dynamic(expr) = &duration {
            self.expressions.push(expr.clone());
        }
        Some(duration)
    }

    /// `window = 100` calls or `window = "10s"`, and how many calls it takes to judge one. In words.
    fn window(&mut self, args: &mut Args, report: &mut Report) -> String {
        const WHAT: &str = "a number of calls (`100`) or a time (`\"10s\"`)";
        let mut words = format!("the last {WINDOW} calls");
        let calls = match args.peek("window") {
            None => Some(WINDOW),
            Some(Expr::Lit(ExprLit { lit: Lit::Int(_), .. })) => {
                let calls = args.integer("window", &(1..=MOST_CALLS), report);
                self.set("window", &emit!(__res::Window::Calls(#calls)));
                let calls = calls.and_then(|calls| calls.known());
                words = format!("the last {} calls", calls.unwrap_or(WINDOW));
                calls
            }
            Some(expr @ (Expr::Lit(ExprLit { lit: Lit::Str(_), .. }) | Expr::Call(_))) => {
                let place = crate::names::Place::of(expr);
                match args.duration("window", report) {
                    Some(time @ (DurationValue::Known(_) | DurationValue::Const(_))) => {
                        words = format!("the calls of the last {}", time.in_words());
                        self.set("window", &emit!(__res::Window::Time(#time)));
                    }
                    Some(DurationValue::Dynamic(_)) => place.error(wording::takes("window", WHAT), report),
                    None => {}
                }
                None
            }
            Some(other) => {
                report.error_at(other, wording::takes("window", WHAT));
                None
            }
        };
        let minimum = self.integer("minimum_calls", args, report).and_then(|minimum| minimum.known());
        if let (Some(calls), Some(minimum), Some(span)) = (calls, minimum, args.span_of("minimum_calls")) {
            if minimum > calls {
                report.error(span, wording::never_judged(calls));
            }
        }
        words
    }

    /// How long it stays open, in words.
    fn recovery(&mut self, args: &mut Args, report: &mut Report) -> String {
        let least = self.duration("recovery_timeout", args, report);
        let most = self.duration("max_recovery_timeout", args, report);
        let least = least.unwrap_or(DurationValue::Known(RECOVERY_TIMEOUT));
        let words = match &most {
            Some(most) => {
                format!("{}, then for longer and longer up to {}", least.in_words(), most.in_words())
            }
            None => least.in_words(),
        };
        let least = least.known();
        if let (Some(least), Some(most), Some(span)) =
            (least, most.and_then(|most| most.known()), args.span_of("max_recovery_timeout"))
        {
            if most < least {
                report.error(span, wording::longest_below_first(in_words(least)));
            }
        }
        words
    }
}

/// Settings that go together, and settings that do not.
fn check_beside(args: &Args, report: &mut Report) {
    if let (Some(_), Some(span)) = (args.span_of("failure_rate"), args.span_of("failure_threshold")) {
        report.error(span, wording::threshold_beside_rate());
    }
    for (name, needed, what) in [
        ("slow_call", &["slow_call_rate"][..], "`slow_call_rate`"),
        ("slow_call_rate", &["slow_call"], "`slow_call`: it says from when on a call is slow"),
        ("window", &["failure_rate", "slow_call_rate"], "`failure_rate` or `slow_call_rate`"),
        ("minimum_calls", &["failure_rate", "slow_call_rate"], "`failure_rate` or `slow_call_rate`"),
        ("max_keys", &["key"], "`key`: it says which circuit a call goes through"),
    ] {
        if let (Some(span), None) = (args.span_of(name), args.first_of(needed)) {
            report.error(span, wording::useless_without(name, what));
        }
    }
}

//! A limit on time, as `timeout` and `deadline` write it: `secs`, `ms` or a value, and what the bounded
//! operation is called. Also what a bound around sync code demands of its arguments.

use std::time::Duration;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::Type;
use syn::spanned::Spanned as _;

use crate::args::{Args, Constant};
use crate::duration::{self, DurationValue};
use crate::item::{Argument, Function, Passed};
use crate::names::Place;
use crate::report::Report;

/// The names that a limit is written by.
pub(crate) const NAMES: &[&str] = &["secs", "ms", "operation"];

pub(crate) struct Limit {
    /// `None` only where an error was reported.
    value: Option<DurationValue>,
    /// The user's value, for messages about it.
    pub(crate) place: Place,
    operation: Option<Constant<String>>,
}

impl Limit {
    /// `missing` says what to write where there is no limit at all.
    pub(crate) fn parse(mut args: Args, missing: &str, report: &mut Report) -> Self {
        let mut place = Place::of(&TokenStream::new());
        let mut values = Vec::new();
        let positional = args.positional();
        let is_written = positional.is_some() || args.first_of(&["secs", "ms"]).is_some();
        if let Some(expr) = positional {
            place = Place::of(&expr);
            values.push(duration::parse("the limit", &expr, report));
        }
        for name in ["secs", "ms"] {
            if args.span_of(name).is_none() {
                continue;
            }
            if let Some(expr) = args.peek(name) {
                place = Place::of(expr);
            }
            let value = args.duration(name, report);
            values.push(if name == "ms" {
                value.and_then(|ms| thousandth(ms, &args, report))
            } else {
                value
            });
        }
        if values.len() > 1 {
            let again = args.first_of(&["ms", "secs"]).map_or_else(Span::call_site, |(_, span)| span);
            report
                .error(again, "the limit is given twice: keep one of `secs`, `ms` and the positional value");
        }
        if args.is_empty {
            report.error(Span::call_site(), missing);
        } else if let (false, Some(span)) = (is_written, args.span_of("operation")) {
            report
                .error(span, "the limit is missing: write `secs = 30`, `ms = 500` or `\"1m 30s\"` before it");
        }
        let operation = args.string("operation", "what the operation is called in errors and events", report);
        Self { value: values.into_iter().flatten().next(), place, operation }
    }

    /// The limit, if it is known while compiling.
    pub(crate) fn known(&self) -> Option<Duration> {
        self.value.as_ref()?.known()
    }

    /// The limit as an expression.
    pub(crate) fn value(&self) -> Option<&DurationValue> {
        self.value.as_ref()
    }

    /// What errors and events call the operation.
    pub(crate) fn operation(&self, function: &Function) -> Constant<String> {
        self.operation.clone().unwrap_or_else(|| Constant::Known(function.name().to_string()))
    }
}

/// `ms = 500` was read as seconds.
fn thousandth(seconds: DurationValue, args: &Args, report: &mut Report) -> Option<DurationValue> {
    match seconds {
        DurationValue::Known(seconds) => Some(DurationValue::Known(seconds / 1000)),
        DurationValue::Const(expr) | DurationValue::Dynamic(expr) => {
            let span = args.span_of("ms").unwrap_or_else(|| expr.span());
            report.error(
                span,
                "`ms` takes a number; a `Duration` is written without a name: `#[timeout(self.limit)]`",
            );
            None
        }
    }
}

/// What must hold of a function that is bounded by an `attribute` of ours.
pub(crate) fn check(what: &str, function: &Function, report: &mut Report) {
    function.check_result(&format!("a {what} ends the call with an error: return a `Result` whose error type is `From<resilient::TimeoutError>`"), report);
    if function.is_async() {
        if !cfg!(feature = "tokio") {
            report.error(
                function.async_span(),
                format!("a {what} around async code needs the feature `tokio` of `resilient-attributes`"),
            );
        }
        return;
    }
    // A body that is given up goes on running on its worker, so it cannot borrow from its caller.
    if let Some(receiver) = function.receiver.as_ref().filter(|receiver| receiver.passed != Passed::Value) {
        report.error(
            receiver.token.span(),
            format!(
                "a sync {what} runs the body on another thread, which may outlive this borrow of `self`\n\
                 take `self: Arc<Self>`, move the call into a function with owned arguments, or make the function `async`"
            ),
        );
    }
    for argument in &function.arguments {
        if is_borrowed(&argument.ty) {
            report.error_at(&argument.ty, self::borrowed(what, argument));
        }
    }
}

fn is_borrowed(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
        }
        Type::Paren(paren) => is_borrowed(&paren.elem),
        _ => false,
    }
}

fn borrowed(what: &str, argument: &Argument) -> String {
    let name = &argument.name;
    let owned = match &argument.ty {
        Type::Reference(reference) => match reference.elem.to_token_stream().to_string().as_str() {
            "str" => "String".to_owned(),
            "Path" => "PathBuf".to_owned(),
            other if other.starts_with('[') => "Vec<…>".to_owned(),
            other if reference.mutability.is_some() => other.to_owned(),
            other => format!("Arc<{other}>"),
        },
        _ => "an owned value".to_owned(),
    };
    let is_mutable = matches!(&argument.ty, Type::Reference(reference) if reference.mutability.is_some());
    let way_back = if is_mutable { " and return what becomes of it" } else { "" };
    format!(
        "a sync {what} runs the body on another thread, which may outlive this borrow\n\
         take `{name}: {owned}`{way_back}, or make the function `async`"
    )
}

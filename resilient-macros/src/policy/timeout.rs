//! `#[timeout]`: bounds one run of the body. The innermost policy, so it takes the body itself.

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::spanned::Spanned as _;
use syn::{Path, Type};

use crate::args::{Args, Vocabulary};
use crate::attempt::{Attempt, Runs, Takes};
use crate::duration::{self, DurationValue};
use crate::item::{Argument, Function, Passed};
use crate::names::emit;
use crate::report::Report;

const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "timeout",
    names: &["secs", "ms", "operation"],
    not_yet: &[],
    positional: Some("the limit"),
};

pub(crate) struct Timeout {
    /// `None` only where an error was reported.
    limit: Option<DurationValue>,
    operation: Option<String>,
}

impl Timeout {
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> (Self, Option<Path>) {
        let is_empty = tokens.is_empty();
        let mut args = Args::parse(&VOCABULARY, tokens, report);
        let limits: Vec<DurationValue> = [
            args.positional().and_then(|expr| duration::parse("the limit", &expr, report)),
            args.duration("secs", report),
            args.duration("ms", report).and_then(|ms| thousandth(ms, &args, report)),
        ]
        .into_iter()
        .flatten()
        .collect();
        match limits.len() {
            0 if is_empty => report.error(
                proc_macro2::Span::call_site(),
                "how long may one attempt take? write `#[timeout(secs = 30)]`, `#[timeout(ms = 500)]` or `#[timeout(\"1m 30s\")]`",
            ),
            0 | 1 => {}
            _ => {
                if let Some((_, span)) = args.first_of(&["ms", "secs"]) {
                    report.error(span, "the limit is given twice: keep one of `secs`, `ms` and the positional value");
                }
            }
        }
        let has_limit = !limits.is_empty() || args.first_of(&["ms", "secs"]).is_some();
        if let (false, Some(span)) = (has_limit, args.span_of("operation")) {
            report
                .error(span, "the limit is missing: write `secs = 30`, `ms = 500` or `\"1m 30s\"` before it");
        }
        let operation = args.string("operation", "what the operation is called in errors and events", report);
        let policy = Self {
            limit: limits.into_iter().next(),
            operation: operation.map(|operation| operation.value()),
        };
        (policy, args.crate_path)
    }

    /// The limit, if it is known while compiling.
    pub(crate) fn limit(&self) -> Option<std::time::Duration> {
        self.limit.as_ref()?.known()
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        if !function.returns.is_written {
            report.error(
                function.name().span(),
                "a timeout ends the call with an error: return a `Result` whose error type is `From<resilient::TimeoutError>`",
            );
        }
        if function.is_async() {
            if !cfg!(feature = "tokio") {
                report.error(
                    function.async_span(),
                    "a timeout around async code needs the feature `tokio` of `resilient-attributes`",
                );
            }
            return;
        }
        // A body that is given up goes on running on its worker, so it cannot borrow from its caller.
        if let Some(receiver) = function.receiver.as_ref().filter(|receiver| receiver.passed != Passed::Value)
        {
            report.error(
                receiver.token.span(),
                "a sync timeout runs the body on another thread, which may outlive this borrow of `self`\n\
                 take `self: Arc<Self>`, move the call into a function with owned arguments, or make the function `async`",
            );
        }
        for argument in &function.arguments {
            if is_borrowed(&argument.ty) {
                report.error_at(&argument.ty, borrowed(argument));
            }
        }
    }

    /// ```text
    /// match timeout(LIMIT, &"name", async { body }).await { Ok(out) => out, Err(elapsed) => timed_out(elapsed) }
    /// ```
    pub(crate) fn run(&self, attempt: &Attempt<'_>, runs: Runs, function: &Function) -> TokenStream {
        let limit = self.limit.as_ref();
        let name = function.name().to_string();
        let operation = self.operation.as_ref().unwrap_or(&name);
        let bounded = if function.is_async() {
            let body = attempt.callable(runs, Takes::AsRun);
            emit!(__resilient::timeout(#limit, &#operation, #body).await)
        } else {
            let body = attempt.callable(runs, Takes::All);
            emit!(__resilient::timeout_sync(#limit, #operation, #body))
        };
        let timed_out = function.returns.error.call("timed_out", emit!(elapsed), None);
        emit! {
            match #bounded {
                ::core::result::Result::Ok(out) => out,
                ::core::result::Result::Err(elapsed) => #timed_out,
            }
        }
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

fn is_borrowed(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => {
            reference.lifetime.as_ref().is_none_or(|lifetime| lifetime.ident != "static")
        }
        Type::Paren(paren) => is_borrowed(&paren.elem),
        _ => false,
    }
}

fn borrowed(argument: &Argument) -> String {
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
        "a sync timeout runs the body on another thread, which may outlive this borrow\n\
         take `{name}: {owned}`{way_back}, or make the function `async`"
    )
}

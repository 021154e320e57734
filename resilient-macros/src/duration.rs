//! Durations as people write them: `"1m 30s"`, `250` seconds, a path, an expression. The limits that a
//! single setting puts on its duration are checked by its policy.

use std::time::Duration;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Expr, ExprLit, Lit};

use crate::args::number;
use crate::names::{Place, emit};
use crate::report::Report;
use crate::wording;

/// For messages.
pub(crate) const FORMS: &str =
    "a duration: `\"1m 30s\"`, `\"250ms\"`, `2` or `0.5` (seconds), or an expression of type `Duration`";

/// A duration as far as it is known while compiling.
#[derive(Clone)]
pub(crate) enum DurationValue {
    Known(Duration),
    /// A `const`: its value is known to the compiler, not to the macro.
    Const(Expr),
    /// Evaluated at each call.
    Dynamic(Expr),
}

impl DurationValue {
    pub(crate) fn known(&self) -> Option<Duration> {
        match self {
            Self::Known(duration) => Some(*duration),
            Self::Const(_) | Self::Dynamic(_) => None,
        }
    }
}

impl DurationValue {
    /// As people say it, or as it was written.
    pub(crate) fn in_words(&self) -> String {
        match self {
            Self::Known(duration) => in_words(*duration),
            Self::Const(expr) | Self::Dynamic(expr) => {
                format!("`{}`", expr.to_token_stream().to_string().replace(" :: ", "::").replace(" . ", "."))
            }
        }
    }

    /// The value; a constant's is looked at by a `const` function of the runtime, so that a wrong one is
    /// reported where the user wrote it.
    pub(crate) fn checked_by(&self, check: &str) -> TokenStream {
        match self {
            Self::Const(expr) => Place::of(expr).call(check, TokenStream::new(), Some(expr)),
            value => value.to_token_stream(),
        }
    }
}

impl ToTokens for DurationValue {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known(duration) => tokens.extend(literal(*duration)),
            Self::Const(expr) | Self::Dynamic(expr) => expr.to_tokens(tokens),
        }
    }
}

fn literal(duration: Duration) -> TokenStream {
    let unsuffixed = proc_macro2::Literal::u64_unsuffixed;
    let (seconds, nanos) = (duration.as_secs(), duration.subsec_nanos());
    match u64::try_from(duration.as_millis()).map(unsuffixed) {
        _ if nanos == 0 => {
            let seconds = unsuffixed(seconds);
            emit!(__res::secs(#seconds))
        }
        Ok(millis) if nanos % 1_000_000 == 0 => emit!(__res::millis(#millis)),
        _ => {
            let (seconds, nanos) = (unsuffixed(seconds), unsuffixed(u64::from(nanos)));
            emit!(::core::time::Duration::new(#seconds, #nanos))
        }
    }
}

/// `6 min 6.6 s`, for messages.
pub(crate) fn in_words(duration: Duration) -> String {
    let seconds = |seconds: f64| {
        let rounded = format!("{seconds:.3}");
        let short = rounded.trim_end_matches('0').trim_end_matches('.');
        format!("{short} s")
    };
    let (minutes, rest) = (duration.as_secs() / 60, duration.as_secs_f64() % 60.0);
    match (minutes, rest) {
        (0, rest) if rest < 1.0 && duration.subsec_nanos() % 1_000_000 == 0 => {
            format!("{} ms", duration.as_millis())
        }
        (0, rest) => seconds(rest),
        (minutes, rest) if rest < 0.001 => format!("{minutes} min"),
        (minutes, rest) => format!("{minutes} min {}", seconds(rest)),
    }
}

/// Reads the value of what messages call `name`. Zero is never a duration of ours, and is reported.
pub(crate) fn parse(name: &str, expr: &Expr, report: &mut Report) -> Option<DurationValue> {
    let read = match expr {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => words(&text.value()),
        Expr::Lit(ExprLit { lit: Lit::Int(_) | Lit::Float(_), .. }) | Expr::Unary(_)
            if number(expr).is_some() =>
        {
            number(expr).map_or(Err(String::new()), seconds)
        }
        Expr::Lit(_) => Err(wording::takes(name, FORMS)),
        _ => return Some(classify(expr.clone())),
    };
    match read {
        Ok(Duration::ZERO) => {
            report.error_at(expr, wording::above_zero(name));
            None
        }
        Ok(duration) => Some(DurationValue::Known(duration)),
        Err(message) => {
            report.error_at(expr, message);
            None
        }
    }
}

/// Whether an expression is plainly a constant: `LIMIT`, `config::LIMIT`, `Duration::from_millis(5)`.
fn classify(expr: Expr) -> DurationValue {
    let is_const = match &expr {
        Expr::Path(_) => is_constant_path(&expr) && !is_of_an_instance(&expr),
        Expr::Call(call) => {
            is_duration_constructor(&call.func) && call.args.iter().all(|arg| number(arg).is_some())
        }
        _ => false,
    };
    if is_const { DurationValue::Const(expr) } else { DurationValue::Dynamic(expr) }
}

/// Whether an expression is a path in capitals: `LIMIT`, `config::LIMIT`.
pub(crate) fn is_constant_path(expr: &Expr) -> bool {
    let Expr::Path(path) = expr else { return false };
    path.path.segments.last().is_some_and(|last| {
        let name = last.ident.to_string();
        name.chars().any(|letter| letter.is_ascii_uppercase()) && !name.chars().any(char::is_lowercase)
    })
}

/// Whether a constant may be another one in each instance of a generic function, as `Self::LIMIT`,
/// `T::LIMIT` and `N` may: then no `static` can keep it.
pub(crate) fn is_of_an_instance(expr: &Expr) -> bool {
    let Expr::Path(path) = expr else { return false };
    let is_parameter =
        |name: &str| name == "Self" || (name.len() == 1 && name.starts_with(char::is_uppercase));
    path.qself.is_some()
        || path.path.segments.first().is_some_and(|first| is_parameter(&first.ident.to_string()))
}

fn is_duration_constructor(function: &Expr) -> bool {
    let Expr::Path(path) = function else { return false };
    let mut names = path.path.segments.iter().rev().map(|segment| segment.ident.to_string());
    let constructor = names.next().is_some_and(|name| name.starts_with("from_") || name == "new");
    constructor && names.next().is_some_and(|name| name == "Duration")
}

fn seconds(seconds: f64) -> Result<Duration, String> {
    if seconds < 0.0 {
        return Err(wording::negative_duration());
    }
    Duration::try_from_secs_f64(seconds).map_err(|_| wording::endless_duration())
}

/// `1h 30m`, `1.5s`, `250ms`.
fn words(text: &str) -> Result<Duration, String> {
    let mut total = Duration::ZERO;
    let mut rest = text.trim();
    if rest.is_empty() {
        return Err(wording::empty_duration());
    }
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at(digits);
        let after = after.trim_start();
        let letters = after.find(|c: char| !c.is_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(letters);
        let number: f64 = number.parse().map_err(|_| wording::no_duration(text))?;
        let seconds_each = match unit {
            "ns" => 1e-9,
            "us" | "µs" => 1e-6,
            "ms" => 1e-3,
            "s" | "sec" | "secs" => 1.0,
            "m" | "min" | "mins" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            "" => return Err(wording::no_unit(text, number)),
            other => return Err(wording::unknown_unit(other)),
        };
        total = total.checked_add(seconds(number * seconds_each)?).ok_or_else(wording::endless_duration)?;
        rest = after.trim_start();
    }
    Ok(total)
}

#[cfg(test)]
mod tests {
    use super::{in_words, words};
    use std::time::Duration;

    #[test]
    fn durations_are_written_as_people_say_them() {
        for (millis, text) in
            [(250, "250 ms"), (2_000, "2 s"), (1_500, "1.5 s"), (120_000, "2 min"), (366_600, "6 min 6.6 s")]
        {
            assert_eq!(in_words(Duration::from_millis(millis)), text);
        }
    }

    #[test]
    fn reads_what_people_write() {
        for (text, millis) in [
            ("1m 30s", 90_000),
            ("1m30s", 90_000),
            ("250ms", 250),
            ("1.5s", 1_500),
            (" 2 s ", 2_000),
            ("1h", 3_600_000),
            ("0s", 0),
            ("1d", 86_400_000),
        ] {
            assert_eq!(words(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        assert_eq!(words("1500us"), Ok(Duration::from_micros(1_500)));
        assert_eq!(words("7ns"), Ok(Duration::from_nanos(7)));
    }

    #[test]
    fn says_what_is_wrong() {
        for (text, part) in [
            ("", "empty"),
            ("30", "no unit"),
            ("5 parsecs", "`parsecs` is no unit"),
            ("s", "no duration"),
            ("-5s", "no duration"),
            ("1.2.3s", "no duration"),
            ("999999999999999999999999s", "longer than any"),
            ("1s;", "no duration"),
        ] {
            let message = words(text).err().unwrap_or_default();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}

//! Taking settings out, each as the kind of value that its name asks for. How they were read is one
//! file up.

use std::ops::RangeInclusive;

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use syn::spanned::Spanned as _;
use syn::{Expr, ExprLit, Lit};

use super::{Args, Value};
use crate::duration::{self, DurationValue, is_constant_path};
use crate::matcher::Matchers;
use crate::names::Place;
use crate::report::{Report, nearest, one_of};
use crate::wording;

/// A value that was written out, or a constant whose value only the compiler knows.
#[derive(Clone)]
pub(crate) enum Constant<T> {
    Known(T),
    Path(Expr),
}

impl<T: Copy> Constant<T> {
    pub(crate) fn known(&self) -> Option<T> {
        match self {
            Self::Known(value) => Some(*value),
            Self::Path(_) => None,
        }
    }
}

impl<T: ToTokens> Constant<T> {
    /// The value; a constant's is looked at by a `const` function of the runtime, so that a wrong one is
    /// reported where the user wrote it.
    pub(crate) fn checked_by(&self, check: &str) -> TokenStream {
        match self {
            Self::Known(value) => value.to_token_stream(),
            Self::Path(expr) => Place::of(expr).call(check, TokenStream::new(), Some(expr)),
        }
    }
}

impl<T: ToTokens> ToTokens for Constant<T> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Known(value) => value.to_tokens(tokens),
            Self::Path(expr) => expr.to_tokens(tokens),
        }
    }
}

impl Args {
    /// `name` alone: on.
    pub(crate) fn flag(&mut self, name: &str, report: &mut Report) -> bool {
        match self.take(name) {
            None => false,
            Some(Value::Flag) => true,
            Some(Value::Expr(value)) if matches!(&value, Expr::Lit(ExprLit { lit: Lit::Bool(_), .. })) => {
                matches!(&value, Expr::Lit(ExprLit { lit: Lit::Bool(lit), .. }) if lit.value)
            }
            Some(value) => {
                let span = value.span().or_else(|| self.span_of(name)).unwrap_or_else(Span::call_site);
                report.error(span, wording::flag_has_value(name));
                false
            }
        }
    }

    /// `on = …`.
    pub(crate) fn matchers(&mut self, report: &mut Report) -> Option<Matchers> {
        match self.take("on")? {
            Value::Matchers(matchers) => Some(matchers),
            _ => {
                self.expected("on", "an error type, a variant, a pattern, or a tuple of them", report);
                None
            }
        }
    }

    /// The settings of a setting: `name(…)`.
    pub(crate) fn list(
        &mut self,
        name: &'static str,
        what: &str,
        report: &mut Report,
    ) -> Option<TokenStream> {
        match self.take(name)? {
            Value::List(tokens) => Some(tokens),
            value => {
                let span = value.span().or_else(|| self.span_of(name)).unwrap_or_else(Span::call_site);
                report.error(span, wording::takes(name, what));
                None
            }
        }
    }

    /// Any expression.
    pub(crate) fn expr(&mut self, name: &'static str, what: &str, report: &mut Report) -> Option<Expr> {
        match self.take(name)? {
            Value::Expr(expr) => Some(expr),
            _ => {
                self.expected(name, what, report);
                None
            }
        }
    }

    /// A predicate or tier: a closure, or the path of a function. A literal is neither.
    pub(crate) fn function(&mut self, name: &'static str, what: &str, report: &mut Report) -> Option<Expr> {
        let expr = self.expr(name, what, report)?;
        is_function(name, &expr, what, report).then_some(expr)
    }

    /// Several of those: a tuple, or the setting written more than once.
    pub(crate) fn functions(&mut self, name: &'static str, what: &str, report: &mut Report) -> Vec<Expr> {
        let mut all = Vec::new();
        for value in self.take_all(name) {
            match value {
                Value::Expr(Expr::Tuple(tuple)) if !tuple.elems.is_empty() => all.extend(tuple.elems),
                Value::Expr(expr) => all.push(expr),
                _ => self.expected(name, what, report),
            }
        }
        all.retain(|expr| is_function(name, expr, what, report));
        all
    }

    fn expected(&self, name: &str, what: &str, report: &mut Report) {
        if let Some(span) = self.span_of(name) {
            report.error(span, wording::no_list(name, what));
        }
    }

    /// A whole number in a range; of a constant the compiler checks it.
    pub(crate) fn integer(
        &mut self,
        name: &'static str,
        range: &RangeInclusive<u32>,
        report: &mut Report,
    ) -> Option<Constant<u32>> {
        let what = if *range.end() == u32::MAX {
            format!("a whole number of at least {}", range.start())
        } else {
            format!("a whole number from {} to {}", range.start(), range.end())
        };
        let expr = self.expr(name, &what, report)?;
        if is_constant_path(&expr) {
            return Some(Constant::Path(expr));
        }
        let number = match &expr {
            Expr::Lit(ExprLit { lit: Lit::Int(lit), .. })
                if lit.suffix().is_empty() || lit.suffix() == "u32" =>
            {
                lit.base10_parse::<u32>().ok()
            }
            _ => None,
        };
        let number = number.filter(|number| range.contains(number));
        if number.is_none() {
            report.error_at(&expr, wording::takes(name, what));
        }
        number.map(Constant::Known)
    }

    /// A number, as written; the caller knows the range.
    pub(crate) fn number(
        &mut self,
        name: &'static str,
        what: &str,
        report: &mut Report,
    ) -> Option<(f64, Span)> {
        let expr = self.expr(name, what, report)?;
        let number = number(&expr);
        if number.is_none() {
            report.error_at(&expr, wording::takes(name, what));
        }
        Some((number?, expr.span()))
    }

    /// One of a few words.
    pub(crate) fn word(
        &mut self,
        name: &'static str,
        words: &'static [&'static str],
        report: &mut Report,
    ) -> Option<&'static str> {
        let expr = self.expr(name, &one_of(words.iter().copied()), report)?;
        let word = one_of_words(&expr, words);
        if word.is_none() {
            report.error_at(&expr, not_a_word(name, &one_of(words.iter().copied()), &expr, words));
        }
        word
    }

    /// A string, or the path of a constant one.
    pub(crate) fn string(
        &mut self,
        name: &'static str,
        what: &str,
        report: &mut Report,
    ) -> Option<Constant<String>> {
        match self.expr(name, what, report)? {
            Expr::Lit(ExprLit { lit: Lit::Str(lit), .. }) if !lit.value().is_empty() => {
                Some(Constant::Known(lit.value()))
            }
            Expr::Lit(ExprLit { lit: Lit::Str(lit), .. }) => {
                report.error_at(&lit, wording::empty_text(name));
                None
            }
            path if is_constant_path(&path) => Some(Constant::Path(path)),
            other => {
                report.error_at(&other, wording::takes_text(name, what));
                None
            }
        }
    }

    /// A duration above zero.
    pub(crate) fn duration(&mut self, name: &'static str, report: &mut Report) -> Option<DurationValue> {
        let expr = self.expr(name, duration::FORMS, report)?;
        duration::parse(&format!("`{name}`"), &expr, report)
    }
}

/// Whether it can be one; reported if not.
fn is_function(name: &str, expr: &Expr, what: &str, report: &mut Report) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Tuple(_) => report.error_at(expr, wording::takes(name, what)),
        Expr::Closure(closure) if closure.inputs.len() != 1 => {
            let (begin, end) = (&closure.inputs_begin, &closure.inputs_end);
            report.error_at(&quote::quote!(#begin #end), wording::one_parameter(name, what));
        }
        _ => return true,
    }
    false
}

/// A number literal, also a negative one.
pub(crate) fn number(expr: &Expr) -> Option<f64> {
    match expr {
        Expr::Lit(ExprLit { lit: Lit::Int(lit), .. }) => lit.base10_parse().ok(),
        Expr::Lit(ExprLit { lit: Lit::Float(lit), .. }) => lit.base10_parse().ok(),
        Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), expr, .. }) => Some(-number(expr)?),
        _ => None,
    }
}

/// The word that `expr` is, if it is one of `words`; in quotes it is one, too.
pub(crate) fn one_of_words(expr: &Expr, words: &'static [&'static str]) -> Option<&'static str> {
    let written = match expr {
        Expr::Path(path) => path.path.get_ident()?.to_string(),
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => text.value(),
        _ => return None,
    };
    words.iter().copied().find(|word| *word == written)
}

pub(crate) fn not_a_word(name: &str, what: &str, expr: &Expr, words: &'static [&'static str]) -> String {
    let written = quote::ToTokens::to_token_stream(expr).to_string();
    let hint = nearest(written.trim_matches('"'), words.iter().copied())
        .map(wording::did_you_mean)
        .unwrap_or_default();
    wording::takes_one_of(name, what, hint)
}

//! The settings of `#[fallback]`: read, and held against one another. What is written from them is one
//! file up.

use proc_macro2::{Span, TokenStream};
use syn::{Expr, ExprClosure};

use super::cached::Cached;
use crate::args::{Args, Common, Constant, Vocabulary};
use crate::item::Function;
use crate::matcher::Matchers;
use crate::report::Report;
use crate::wording;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "fallback",
    names: &["degraded", "cached", "default", "on", "when", "reason"],
    positional: None,
};

const TIERS: &[&str] = &["degraded", "cached", "default"];

pub(crate) struct Fallback {
    /// In the order in which they are tried.
    pub(super) degraded: Vec<Expr>,
    pub(super) cached: Option<Cached>,
    pub(super) default: Option<Expr>,
    pub(super) reason: Option<Constant<String>>,
    pub(super) on: Option<Matchers>,
    pub(super) when: Option<Expr>,
}

impl Fallback {
    pub(crate) fn parse(tokens: TokenStream, common: &mut Common, report: &mut Report) -> Self {
        let mut args = Args::parse(&VOCABULARY, tokens, common, report);
        match (args.first_of(TIERS), args.first_of(&["on", "when", "reason"])) {
            (None, Some((_, span))) => report.error(span, wording::no_tier()),
            (None, None) if args.is_empty => report.error(Span::call_site(), wording::no_tier()),
            _ => {}
        }
        Self {
            degraded: args.functions("degraded", wording::DEGRADED_TIER, report),
            cached: Cached::parse(&mut args, common, report),
            default: args.expr("default", "a value", report),
            reason: args.string("reason", "why the value is degraded, as people will read it", report),
            on: args.matchers(report),
            when: args.function("when", wording::PREDICATE_ON_ERROR, report),
        }
    }

    /// What it asks of an error type.
    pub(crate) fn demands(&self) -> Vec<&'static str> {
        match &self.on {
            Some(on) if on.names_types() => vec!["ErrorChain"],
            _ => Vec::new(),
        }
    }

    pub(crate) fn check(&self, function: &Function, report: &mut Report) {
        function.check_result(&wording::nothing_can_degrade(), report);
        if let Some(cached) = &self.cached {
            cached.check(function, report);
        }
        if function.is_async() {
            return;
        }
        for tier in &self.degraded {
            if let Expr::Closure(ExprClosure { asyncness: Some(token), .. }) = tier {
                report.error(token.span, wording::async_tier_of_sync());
            }
        }
    }
}

//! `#[fallback]`: what the caller gets instead of an error, tier after tier, and never silently.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::spanned::Spanned as _;
use syn::{Expr, Path};

use crate::args::{Args, Constant, Vocabulary};
use crate::attempt::rebind;
use crate::item::{Argument, Function, Passed};
use crate::matcher::{Matchers, selection};
use crate::names::{Place, emit, here};
use crate::report::Report;

const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "fallback",
    names: &["degraded", "default", "on", "when", "reason"],
    not_yet: &["cached"],
    positional: None,
};

pub(crate) struct Fallback {
    degraded: Option<Expr>,
    default: Option<Expr>,
    reason: Option<Constant<String>>,
    on: Option<Matchers>,
    when: Option<Expr>,
}

impl Fallback {
    pub(crate) fn parse(tokens: TokenStream, report: &mut Report) -> (Self, Option<Path>) {
        let mut args = Args::parse(&VOCABULARY, tokens, report);
        let tier = args.first_of(&["degraded", "default"]);
        let any = args.first_of(&["on", "when", "reason"]);
        match (tier, any) {
            (None, Some((_, span))) => report.error(span, NO_TIER),
            (None, None) if args.is_empty => report.error(proc_macro2::Span::call_site(), NO_TIER),
            _ => {}
        }
        let reason = args.string("reason", "why the value is degraded, as people will read it", report);
        let policy = Self {
            degraded: args.function(
                "degraded",
                "a closure that takes the error and gives a `Result`, as `or_else` does: `|error| …`, or the path of a function",
                report,
            ),
            default: args.expr("default", "a value", report),
            reason,
            on: args.matchers(report),
            when: args.function("when", "a predicate on the error: `|error| …` or the path of a function", report),
        };
        if let Some(Expr::Closure(closure)) = &policy.degraded {
            if let Some(token) = &closure.asyncness {
                report.error(
                    token.span,
                    "an `async` tier is not available yet: give a `Result` from a plain closure",
                );
            }
        }
        (policy, args.crate_path)
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        function.check_result("nothing here can fail or degrade: return a `Result<Served<…>, …>`", report);
    }

    /// The expressions that are evaluated when the call has failed.
    fn tiers(&self) -> TokenStream {
        let (degraded, default) = (&self.degraded, &self.default);
        quote!(#degraded #default)
    }

    /// Arguments passed by value that a tier names: the body would take them away.
    fn kept<'f>(&self, function: &'f Function) -> Vec<&'f Argument> {
        let tiers = self.tiers();
        let values = function.arguments.iter().filter(|argument| argument.passed == Passed::Value);
        values.filter(|argument| argument.is_named_in(&tiers)).collect()
    }

    /// Whether a tier names something that the body borrows mutably.
    pub(crate) fn names_borrowed(&self, function: &Function) -> bool {
        let tiers = self.tiers();
        let mut mutable = function.arguments.iter().filter(|argument| argument.passed == Passed::Mutable);
        mutable.any(|argument| argument.is_named_in(&tiers)) || function.names_self(&tiers)
    }

    /// ```text
    /// let kept = keep(&prompt);
    /// let out = inner;
    /// match out {
    ///     Err(error) if matches => {
    ///         let prompt = kept;
    ///         let fallback = Fallback::new("classify", reason, text!(&error));
    ///         match or_else(error, |error| degraded) {
    ///             Ok(value) => Ok(fallback.serve(Tier::Degraded, value)),
    ///             Err(_) => Ok(fallback.serve(Tier::Default, default)),
    ///         }
    ///     }
    ///     out => out,
    /// }
    /// ```
    pub(crate) fn wrap(&self, inner: &TokenStream, function: &Function) -> TokenStream {
        let (keep, restore) = self.keep(function);
        let name = function.name().to_string();
        let reason = match &self.reason {
            Some(reason) => emit!(::core::option::Option::Some(#reason)),
            None => emit!(::core::option::Option::None),
        };
        let selected = selection(self.on.as_ref(), self.when.as_ref())
            .map(|selected| emit!(if { let error = &error; #selected }));
        let tiers = self.serve(function);
        emit! {{
            #keep
            let out = #inner;
            match out {
                ::core::result::Result::Err(error) #selected => {
                    #restore
                    let fallback = __resilient::Fallback::new(#name, #reason, __resilient::text!(&error));
                    #tiers
                }
                out => out,
            }
        }}
    }

    fn keep(&self, function: &Function) -> (TokenStream, TokenStream) {
        let kept = self.kept(function);
        let name =
            |index: usize| syn::Ident::new(&format!("fallback_{index}"), proc_macro2::Span::mixed_site());
        let keep = kept.iter().enumerate().map(|(index, argument)| {
            let (kept, original) = (name(index), &argument.name);
            let clone = Place::of(&argument.ty).call("keep", emit!(&#original), None);
            emit!(let #kept = #clone;)
        });
        let patterns = kept.iter().map(|argument| &argument.pattern);
        let sources = (0..kept.len()).map(|index| name(index).into_token_stream());
        // A tier may name one of the names that a pattern binds, and need not change it.
        let restore = rebind(patterns, sources, Some(&emit!(#[allow(unused_mut, unused_variables)])));
        (keep.collect(), restore)
    }

    fn serve(&self, function: &Function) -> TokenStream {
        let serve = |tier: TokenStream| {
            let serve =
                function.returns.value.call("serve", emit!(fallback, __resilient::Tier::#tier, value), None);
            emit!(::core::result::Result::Ok(#serve))
        };
        let default = self.default.as_ref().map(|default| {
            let (value, serve) = (Self::default_value(default, function), serve(emit!(Default)));
            emit!(let value = #value; #serve)
        });
        let Some(degraded) = &self.degraded else {
            return default.into_token_stream();
        };
        let or_else = Place::of(degraded).call("or_else", emit!(error), Some(degraded));
        let served = serve(emit!(Degraded));
        let (error, failed) = match default {
            Some(default) => (emit!(_), default),
            None => (emit!(error), emit!(::core::result::Result::Err(error))),
        };
        emit! {
            match #or_else {
                ::core::result::Result::Ok(value) => #served,
                ::core::result::Result::Err(#error) => { #failed }
            }
        }
    }

    /// Where `Served<T>` can be seen the value is a plain `T`, with the inference that a `T` gives;
    /// elsewhere whatever becomes the function's value.
    fn default_value(default: &Expr, function: &Function) -> TokenStream {
        let ty = &function.returns.ty;
        let place = here(default.span());
        match &function.returns.served {
            Some(plain) => {
                quote_spanned!(place=> __resilient::served::<#plain>(#default))
            }
            None => quote_spanned!(place=> __resilient::value_for::<#ty>(#default)),
        }
    }
}

const NO_TIER: &str = "a fallback needs a tier to fall back to: `default = …` for a safe value, `degraded = |error| …` for a partial result";

//! `#[fallback]`: what the caller gets instead of an error, tier after tier, and never silently. Writes
//! the tiers behind the call; the settings are read in `settings`.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

use crate::args::Constant;
use crate::argument::{Argument, Passed};
use crate::call::Call;
use crate::item::Function;
use crate::matcher::selection;
use crate::names::{Place, emit, here};
use crate::report::Report;
use crate::wording;

mod cached;
mod settings;
use cached::Cached;
pub(crate) use settings::Fallback;
#[cfg(test)]
pub(crate) use settings::VOCABULARY;

impl Fallback {
    /// For the function's documentation.
    pub(crate) fn describe(&self) -> String {
        let tiers = [
            self.degraded.as_ref().map(|_| "a partial result".to_owned()),
            self.cached.as_ref().map(Cached::describe),
            self.default.as_ref().map(|_| "a safe value".to_owned()),
        ];
        let tiers = tiers.into_iter().flatten().collect::<Vec<String>>().join(", or else ");
        let why = match &self.reason {
            Some(Constant::Known(reason)) => format!(" ({reason})"),
            _ => String::new(),
        };
        let which = if self.on.is_some() || self.when.is_some() { "some errors" } else { "an error" };
        format!("instead of {which} {tiers}, marked as degraded{why}")
    }

    /// See `Description`.
    pub(crate) fn described(&self) -> TokenStream {
        let tiers = [
            self.degraded.as_ref().map(|_| emit!(__res::Tier::Degraded)),
            self.cached.as_ref().map(|_| emit!(__res::Tier::Cached)),
            self.default.as_ref().map(|_| emit!(__res::Tier::Default)),
        ];
        let tiers = tiers.into_iter().flatten();
        let reason = match &self.reason {
            Some(reason) => emit!(__res::Some(#reason)),
            None => emit!(__res::None),
        };
        emit!(fallback(&[#(#tiers),*], #reason))
    }

    pub(crate) fn check(function: &Function, report: &mut Report) {
        function.check_result(&wording::nothing_can_degrade(), report);
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
    /// static __CACHED: LastGood = last_good();
    /// ```
    pub(crate) fn items(&self, function: &Function) -> TokenStream {
        self.cached.as_ref().map(|cached| cached.items(function)).unwrap_or_default()
    }

    /// ```text
    /// let kept = keep(&prompt);
    /// let out = inner;
    /// let Err(error) = out else { return out };
    /// let prompt = kept;
    /// let fallback = fallback("classify", Told(&error).text());
    /// if let Ok(value) = or_else(error, |error| degraded) { return serve(fallback, Tier::Degraded, value) }
    /// serve_default(fallback, default)
    /// ```
    ///
    /// It is the outermost policy, so `return` leaves the function.
    pub(crate) fn wrap(&self, inner: &Call, function: &Function) -> Call {
        let (keep, restore) = self.keep(function);
        let name = function.operation();
        let reason = self.reason.as_ref().map(|reason| emit!(.reason(#reason)));
        let unselected = selection(self.on.as_ref(), self.when.as_ref())
            .map(|selected| emit!(if !{ let error = &error; #selected } { return __res::Err(error) }));
        let (key, keep_value) = match &self.cached {
            Some(cached) => (Some(cached.key(function)), Some(Cached::keep(function))),
            None => (None, None),
        };
        let (inner, tiers) = (inner.named("out"), self.serve(function));
        Call::new(tiers).after(&emit! {
            #keep
            #key
            #inner
            #keep_value
            let __res::Err(error) = out else { return out };
            #unselected
            #restore
            let text = __res::Told(&error).text();
            let fallback = __res::fallback(#name, text) #reason;
        })
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
        // A tier may name one of the names that a pattern binds, and need not change it.
        let allow = emit!(#[allow(unused_mut, unused_variables)]);
        let restore = kept
            .iter()
            .enumerate()
            .map(|(index, argument)| argument.rebind(name(index).into_token_stream(), Some(&allow)));
        (keep.collect(), restore.collect())
    }

    /// One tier after the other; the last gives the function's result.
    fn serve(&self, function: &Function) -> TokenStream {
        let serve = |tier: TokenStream| {
            let tier = emit!(fallback, __res::Tier::#tier, value);
            function.returns.value.call("serve", tier, None)
        };
        let cached = self.cached.as_ref().map(|cached| cached.serve(function));
        let end = match &self.default {
            Some(default) => Self::serve_default(default, function, &serve(emit!(Default))),
            None => emit!(__res::Err(error)),
        };
        let Some(degraded) = &self.degraded else {
            return emit!(#cached #end);
        };
        let or_else = Place::of(degraded).call("or_else", emit!(error), Some(degraded));
        let serve = serve(emit!(Degraded));
        match (&self.default, &cached) {
            (Some(_), _) => emit!(if let __res::Ok(value) = #or_else { return #serve; } #cached #end),
            (None, None) => emit! {
                match #or_else {
                    __res::Ok(value) => #serve,
                    __res::Err(error) => __res::Err(error),
                }
            },
            (None, Some(_)) => emit! {
                let error = match #or_else {
                    __res::Ok(value) => return #serve,
                    __res::Err(error) => error,
                };
                #cached
                #end
            },
        }
    }

    /// Where `Served<T>` can be seen the value is a plain `T`, with the inference that a `T` gives;
    /// elsewhere whatever becomes the function's value.
    fn serve_default(default: &Expr, function: &Function, serve: &TokenStream) -> TokenStream {
        let ty = &function.returns.ty;
        let place = here(default.span());
        match &function.returns.served {
            Some(plain) => {
                let fallback = emit!(fallback);
                quote_spanned!(place=> __res::serve_default::<#plain, _>(#fallback, #default))
            }
            None => {
                let value = quote_spanned!(place=> __res::value_for::<#ty>(#default));
                emit!(let value = #value; #serve)
            }
        }
    }
}

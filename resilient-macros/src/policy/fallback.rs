//! `#[fallback]`: what the caller gets instead of an error, tier after tier, and never silently. Writes
//! the tiers behind the call; the settings are read in `settings`.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned as _;

use crate::args::Constant;
use crate::argument::{Argument, Passed};
use crate::call::Call;
use crate::item::Function;
use crate::matcher::selection;
use crate::names::{Place, emit, here};

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
            self.cached.as_ref().map(Cached::describe),
            self.default.as_ref().map(|_| "a safe value".to_owned()),
        ];
        let degraded = self.degraded.iter().enumerate().map(|(number, _)| {
            if number == 0 { "a partial result".to_owned() } else { "another".to_owned() }
        });
        let tiers = degraded.chain(tiers.into_iter().flatten()).collect::<Vec<String>>().join(", or else ");
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
            self.cached.as_ref().map(|_| emit!(__res::Tier::Cached)),
            self.default.as_ref().map(|_| emit!(__res::Tier::Default)),
        ];
        let degraded = self.degraded.iter().map(|_| emit!(__res::Tier::Degraded));
        let tiers = degraded.chain(tiers.into_iter().flatten());
        let reason = match &self.reason {
            Some(reason) => emit!(__res::Some(#reason)),
            None => emit!(__res::None),
        };
        emit!(fallback(&[#(#tiers),*], #reason))
    }

    /// The expressions that are evaluated when the call has failed.
    fn tiers(&self) -> TokenStream {
        let (degraded, default) = (&self.degraded, &self.default);
        quote!(#(#degraded)* #default)
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
    /// let shown = Told(&error).shown();
    /// let fallback = fallback("classify", shown(&error));
    /// let out: Result<Served<Label>, Fault> = or_else(error, |error| degraded);
    /// let out = tried(&fallback, 1, out, shown);
    /// let Err(error) = out else { return out };
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
        let (key, out) = match &self.cached {
            Some(cached) => (Some(cached.key(function)), cached.call(inner, function)),
            None => (None, inner.named("out")),
        };
        let tiers = self.serve(function);
        Call::new(tiers).after(&emit! {
            #keep
            #key
            #out
            let __res::Err(error) = out else { return out };
            #unselected
            #restore
            let shown = __res::Told(&error).shown();
            let fallback = __res::fallback(#name, shown(&error)) #reason;
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
        let degraded = self.degraded.iter().enumerate().map(|(index, tier)| {
            let (out, number) = (Self::degraded(tier, function), Literal::usize_unsuffixed(index + 1));
            let tried = function.returns.value.call("tried", emit!(&fallback, #number, out, shown), None);
            emit! {
                #out
                let out = #tried;
                let __res::Err(error) = out else { return out };
            }
        });
        let cached = self.cached.as_ref().map(|cached| cached.serve(function));
        let end = match &self.default {
            Some(default) => Self::serve_default(default, function, &serve(emit!(Default))),
            None => emit!(fallback.exhausted(error, shown)),
        };
        emit!(#(#degraded)* #cached #end)
    }

    /// What a tier makes of `error`, as `out`. In an async function it may be awaited: what a closure or a
    /// path gives only the compiler knows.
    fn degraded(tier: &Expr, function: &Function) -> TokenStream {
        let place = Place::of(tier);
        // Written out, so that a value of another type is blamed on the tier.
        let ty = &function.returns.ty;
        if !function.is_async() {
            let out = place.call("or_else", emit!(error), Some(tier));
            return emit!(let out: #ty = #out;);
        }
        // All at one token: what is no tier is then told once.
        let given = match tier {
            Expr::Closure(closure) => Place::of(&closure.body),
            _ => place,
        };
        let (given, came) = (given.first(), place.call("came", emit!(error), Some(tier)));
        let awaited = given.awaited(&given.call("awaited", emit!(came.later()), None));
        emit! {
            let came = #came;
            let out: #ty = #awaited;
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

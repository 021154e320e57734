//! `cached(…)`: the tier that serves the last good value. Reads its settings and writes how values are
//! kept and found; what may be kept, and for how long, is the runtime's decision.

use proc_macro2::{Literal, Span, TokenStream};
use quote::ToTokens as _;
use syn::Expr;

use crate::args::{Args, Common, Constant, Vocabulary};
use crate::call::Call;
use crate::duration::DurationValue;
use crate::item::Function;
use crate::names::{Place, emit};
use crate::report::Report;
use crate::wording;

pub(crate) const VOCABULARY: Vocabulary = Vocabulary {
    attribute: "fallback(cached(…))",
    names: &["max_age", "key", "capacity", "single_flight"],
    positional: None,
};

/// Where the values are kept.
const STATIC: &str = "__CACHED";

pub(crate) struct Cached {
    max_age: Option<DurationValue>,
    /// What a value is kept under; nothing: one value for all calls.
    key: Option<Expr>,
    capacity: Option<Constant<u32>>,
    /// Calls with equal keys share one; where it is written.
    single_flight: Option<Span>,
}

impl Cached {
    pub(super) fn parse(args: &mut Args, common: &mut Common, report: &mut Report) -> Option<Self> {
        let span = args.span_of("cached")?;
        let tokens = args.list("cached", wording::CACHED_TIER, report)?;
        if !cfg!(feature = "cache") {
            report.error(span, wording::caching_needs_a_feature());
        }
        let before = report.len();
        let mut args = Args::parse(&VOCABULARY, tokens, common, report);
        // What could not be read may have been the age.
        if args.span_of("max_age").is_none() && report.len() == before {
            report.error(span, wording::no_max_age());
        }
        let is_single = args.flag("single_flight", report);
        Some(Self {
            single_flight: args.span_of("single_flight").filter(|_| is_single),
            max_age: args.duration("max_age", report),
            key: args.expr("key", "what a value is kept under: an argument, or a tuple of them", report),
            capacity: args.integer("capacity", &(1..=u32::MAX), report),
        })
    }

    /// For the function's documentation.
    pub(super) fn describe(&self) -> String {
        let age = self.max_age.as_ref().map(DurationValue::in_words).unwrap_or_default();
        format!("the last good value, at most {age} old")
    }

    /// ```text
    /// static __CACHED: LastGood = last_good().capacity(100);
    /// ```
    pub(super) fn items(&self, function: &Function) -> TokenStream {
        let capacity = self.capacity.as_ref().map(|capacity| {
            let capacity = match capacity {
                Constant::Known(number) => Literal::u32_unsuffixed(*number).into_token_stream(),
                path @ Constant::Path(_) => path.checked_by("check_fallback::capacity"),
            };
            emit!(.capacity(#capacity))
        });
        let kept = function.free_name(STATIC);
        emit!(static #kept: __res::LastGood = __res::last_good() #capacity;)
    }

    /// The key, as a value of its own: the body may take away what it is made of.
    pub(super) fn key(&self, function: &Function) -> TokenStream {
        let owned = |expr: &Expr| emit!((#expr).to_owned());
        let key = match &self.key {
            None => emit!(()),
            Some(Expr::Tuple(tuple)) => {
                let parts = tuple.elems.iter().map(owned);
                emit!((#(#parts,)*))
            }
            Some(expr) => owned(expr),
        };
        let kept = function.free_name(STATIC);
        let place = self.key.as_ref().map_or_else(|| Place::of(&TokenStream::new()), Place::of);
        let good = place.call("good_of", emit!(&#kept, || {}, #key), None);
        emit!(let good = #good;)
    }

    pub(super) fn check(&self, function: &Function, report: &mut Report) {
        if let Some(span) = self.single_flight.filter(|_| function.is_async() && !cfg!(feature = "tokio")) {
            report.error(span, wording::sharing_needs_tokio());
        }
    }

    /// The call, as `out`; a good value is kept.
    ///
    /// ```text
    /// let body = async { inner };
    /// let out = share_async(&good, pin!(body), |error| Told(error).shared()).await;
    /// ```
    pub(super) fn call(&self, inner: &Call, function: &Function) -> TokenStream {
        let value = function.returns.value;
        if self.single_flight.is_none() {
            let (inner, keep) = (inner.named("out"), value.call("keep_good", emit!(&good, value), None));
            return emit! {
                #inner
                if let __res::Ok(value) = &out {
                    #keep;
                    return out;
                }
            };
        }
        let (inner, shared) = (inner.statements(), emit!(|error| __res::Told(error).shared()));
        if function.is_async() {
            // All at one token: what cannot be kept is then told once.
            let value = value.first();
            let shared = value.call("share_async", emit!(&good, __res::pin!(body), #shared), None);
            let shared = value.awaited(&shared);
            emit!(let body = async { #inner }; let out = #shared;)
        } else {
            let shared = value.call("share", emit!(&good, || { #inner }, #shared), None);
            emit!(let out = #shared;)
        }
    }

    /// Serves one, if there is one that is young enough.
    pub(super) fn serve(&self, function: &Function) -> TokenStream {
        let max_age = self.max_age.as_ref().map(|max_age| max_age.checked_by("check_fallback::max_age"));
        let serve = emit!(fallback, __res::Tier::Cached, age, value);
        let serve = function.returns.value.call("serve_aged", serve, None);
        let find = function.returns.value.call(
            "find_good",
            emit!(&fallback, &good),
            Some(&max_age.into_token_stream()),
        );
        emit! {
            if let __res::Some((value, age)) = #find {
                return #serve;
            }
        }
    }
}

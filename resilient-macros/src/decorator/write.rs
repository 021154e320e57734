//! Writes the wrapper: the struct, what it can do by itself, and its implementation of the trait. Whether a
//! method can be handed on is decided in `forward`, what the implementation demands in `bounds`.

use proc_macro2::{Ident, Punct, Spacing, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{Attribute, MacroDelimiter, Meta, MetaList, Signature, TypeParamBound};

use super::bounds::Bounds;
use super::forward::{self, Forward, Inner, Refusal};
use super::read::{Kind, Member, Trait, conditional, under_condition};
use super::settings::Settings;
use super::{imports_of, own_type};
use crate::args::OVERRULED_BY;
use crate::names::emit;
use crate::report::Report;
use crate::stack::{self, last_name};
use crate::wording;

/// What is written beside the trait.
pub(super) fn wrapper(
    name: &Ident,
    decorated: &Trait,
    settings: &Settings,
    report: &mut Report,
) -> TokenStream {
    let writer = Writer { name, decorated, settings, runtime: settings.runtime() };
    let mut bounds = Bounds::of(name, decorated);
    let members: TokenStream =
        decorated.members.iter().filter_map(|member| writer.member(member, &mut bounds, report)).collect();
    let wrapper = writer.own(&bounds.inner);
    let implementation = if decorated.is_unsafe() {
        imports_of(decorated.members.iter().flat_map(|member| &member.policies))
    } else {
        writer.implementation(&bounds, &members)
    };
    emit!(#wrapper #implementation)
}

struct Writer<'t> {
    name: &'t Ident,
    decorated: &'t Trait,
    settings: &'t Settings,
    runtime: TokenStream,
}

impl Writer<'_> {
    /// Whether a method that has a `self` is retried: then the numbers can be given in another place.
    fn has_retry(&self) -> bool {
        self.decorated.members.iter().any(|member| match &member.kind {
            Kind::Method(signature, _) => {
                signature.receiver().is_some() && member.policies.iter().any(is_retrying)
            }
            _ => false,
        })
    }

    /// ```text
    /// #[derive(Clone, Debug)]
    /// pub struct RetryingModel<M> { inner: M, config: Option<RetryConfig> }
    ///
    /// impl<M> RetryingModel<M> {
    ///     pub const fn new(inner: M) -> Self { Self { inner, config: None } }
    ///     …
    /// }
    /// ```
    fn own(&self, parameter: &Ident) -> TokenStream {
        let Self { name, runtime, decorated: Trait { visibility, name: wrapped, .. }, .. } = self;
        let about = format!(
            " A [`{wrapped}`] with the policies that are written at its methods, around another one."
        );
        let has_retry = self.has_retry();
        let field = has_retry.then(|| emit!(config: ::core::option::Option<#runtime::RetryConfig>,));
        let none = has_retry.then(|| emit!(config: ::core::option::Option::None,));
        let with_config = has_retry.then(|| {
            emit! {
                /// Wraps `inner`; the numbers of every `#[retry]` are those of `config`.
                #[must_use]
                #visibility const fn with_config(inner: #parameter, config: #runtime::RetryConfig) -> Self {
                    Self { inner, config: ::core::option::Option::Some(config) }
                }
            }
        });
        let allowed: Vec<_> = self.decorated.allowed().collect();
        // A crate of its own need not use all of it.
        emit! {
            #[doc = #about]
            #(#allowed)*
            #[derive(::core::clone::Clone, ::core::fmt::Debug)]
            #visibility struct #name<#parameter> { inner: #parameter, #field }

            #[allow(dead_code)]
            #(#allowed)*
            impl<#parameter> #name<#parameter> {
                /// Wraps `inner`.
                #[must_use]
                #visibility const fn new(inner: #parameter) -> Self {
                    Self { inner, #none }
                }
                #with_config
                /// What is wrapped.
                #[must_use]
                #visibility const fn inner(&self) -> &#parameter {
                    &self.inner
                }
                /// What is wrapped; the policies are gone.
                #[must_use]
                #visibility fn into_inner(self) -> #parameter {
                    self.inner
                }
            }
        }
    }

    fn implementation(&self, bounds: &Bounds<'_>, members: &TokenStream) -> TokenStream {
        let (parameters, clause) = (bounds.parameters(), bounds.clause());
        let Bounds { trait_path, inner, .. } = bounds;
        let async_trait = self.decorated.async_trait();
        let wrapper = self.located(inner);
        let allowed = self.decorated.allowed();
        let deprecated = self.decorated.is_deprecated().then(|| emit!(#[allow(deprecated)]));
        emit! {
            #(#allowed)*
            #deprecated
            #async_trait
            impl #parameters #trait_path for #wrapper #clause {
                #members
            }
        }
    }

    /// `Wrapper<M>`, reported where the supertraits are written that only the user can implement for it.
    fn located(&self, inner: &Ident) -> TokenStream {
        let owed: TokenStream = self
            .decorated
            .supertraits
            .iter()
            .filter(|bound| is_owed(bound))
            .map(ToTokens::to_token_stream)
            .collect();
        let mut spans = owed.into_iter().map(|token| token.span());
        let (mut name, mut close) = (self.name.clone(), Punct::new('>', Spacing::Alone));
        close.set_span(name.span());
        if let Some(start) = spans.next() {
            // Both resolved alike: only then are they the ends of one piece.
            close.set_span(name.span().located_at(spans.last().unwrap_or(start)));
            name.set_span(name.span().located_at(start));
        }
        emit!(#name<#inner #close)
    }

    /// A member of the implementation; nothing, where the trait's own does.
    fn member(&self, member: &Member, bounds: &mut Bounds<'_>, report: &mut Report) -> Option<TokenStream> {
        let (conditions, asked) = (member.conditions(), &bounds.asked);
        let deprecated = member.is_deprecated().then(|| emit!(#[allow(deprecated)]));
        match &member.kind {
            Kind::Method(signature, body) => {
                let has_body = matches!(body, TokenTree::Group(_));
                self.method(member, signature, has_body, bounds, report)
            }
            Kind::Type(ty) => {
                let (name, generics) = (&ty.ident, &ty.generics);
                if let Some(span) = own_type::alone(ty.bounds.to_token_stream()) {
                    report.error(span, wording::own_type_in_a_member());
                }
                let clause = &generics.where_clause;
                let (parameters, arguments, _) = generics.split_for_impl();
                Some(
                    emit!(#(#conditions)* #deprecated type #name #parameters = #asked::#name #arguments #clause;),
                )
            }
            Kind::Const(value) => {
                let (name, ty) = (&value.ident, &value.ty);
                let value = match (own_type::alone(ty.to_token_stream()), &value.default) {
                    (None, _) => emit!(#asked::#name),
                    (Some(_), Some(_)) => return None,
                    (Some(span), None) => {
                        report.error(span, wording::own_type_in_a_member());
                        emit!(::core::unimplemented!())
                    }
                };
                Some(emit!(#(#conditions)* #deprecated const #name: #ty = #value;))
            }
            Kind::Macro(_) => None,
        }
    }

    /// ```text
    /// #[retry(__overruled_by = self.config, max_attempts = 5)]
    /// async fn ask(&self, question: String) -> Result<String, Self::Error> {
    ///     <M as Model>::ask(&self.inner, question).await
    /// }
    /// ```
    fn method(
        &self,
        member: &Member,
        signature: &Signature,
        has_body: bool,
        bounds: &mut Bounds<'_>,
        report: &mut Report,
    ) -> Option<TokenStream> {
        let mut policies = &*member.policies;
        let signature = &capturing(signature, &bounds.inner);
        let inner = Inner { asked: &bounds.asked, runtime: &self.runtime };
        let (signature, call) = match Forward::of(signature, &quote!(#(#policies)*), &inner) {
            Ok(Forward { signature, call }) => {
                let demands: Vec<_> =
                    policies.iter().map(|policy| (policy, stack::demands(&metas(policy)))).collect();
                bounds.take_method(&signature, &demands, &self.runtime);
                if policies.iter().any(is_retrying) {
                    bounds.take_copies(&signature);
                }
                (signature, call)
            }
            Err(_) if has_body && policies.is_empty() => return None,
            Err(Refusal(place, message)) => {
                place.error(message, report);
                // So that nobody is told besides that it is missing, that it does nothing, or what a policy
                // needs of it.
                let imports = stack::imports_of(policies);
                policies = &[];
                let Forward { signature, call } = forward::refused(signature, &inner);
                (signature, emit!(#![allow(unreachable_code, unused_variables)] #imports #call))
            }
        };
        let conditions = member.conditions();
        let deprecated = member.is_deprecated().then(|| emit!(#[allow(deprecated)]));
        // Whether it is depends on what is wrapped.
        let sent = signature.asyncness.map(|_| emit!(#[allow(clippy::future_not_send)]));
        let policies = policies.iter().filter_map(|policy| self.handed_on(policy, &signature));
        Some(emit!(#(#conditions)* #deprecated #sent #(#policies)* #signature { #call }))
    }

    /// A policy with what it has to know here.
    fn handed_on(&self, policy: &Attribute, signature: &Signature) -> Option<Attribute> {
        let Some((condition, metas)) = conditional(policy) else {
            return Some(Attribute { meta: self.told(policy.meta.clone(), signature), ..policy.clone() });
        };
        let metas: Vec<Meta> = metas.into_iter().map(|meta| self.told(meta, signature)).collect();
        under_condition(policy, &condition, &metas)
    }

    fn told(&self, meta: Meta, signature: &Signature) -> Meta {
        let crate_path = self.settings.crate_path.as_ref().map(|path| emit!(crate = #path,));
        let config = signature.receiver().filter(|_| stack::repeats(&meta)).map(|receiver| {
            let (own, name) = (receiver.self_token, Ident::new(OVERRULED_BY, Span::mixed_site()));
            emit!(#name = #own.config,)
        });
        let (path, delimiter, tokens) = match meta {
            Meta::Path(path) if crate_path.is_some() || config.is_some() => {
                (path, MacroDelimiter::Paren(syn::token::Paren::default()), TokenStream::new())
            }
            Meta::List(MetaList { path, delimiter, tokens }) => (path, delimiter, tokens),
            other => return other,
        };
        Meta::List(MetaList { path, delimiter, tokens: quote!(#crate_path #config #tokens) })
    }
}

/// The signature as an implementation has it.
fn capturing(signature: &Signature, inner: &Ident) -> Signature {
    let output = own_type::captured(signature.output.to_token_stream(), inner);
    let output = syn::parse2(output).unwrap_or_else(|_| signature.output.clone());
    Signature { output, ..signature.clone() }
}

/// The attribute itself, or those that it stands for under a condition.
fn metas(policy: &Attribute) -> Vec<Meta> {
    conditional(policy).map_or_else(|| vec![policy.meta.clone()], |(_, metas)| metas)
}

fn is_retrying(policy: &Attribute) -> bool {
    metas(policy).iter().any(stack::repeats)
}

/// Whether a supertrait has to be implemented by the user: neither one that every type has or has not by
/// itself, nor one that the wrapper derives.
fn is_owed(bound: &TypeParamBound) -> bool {
    const OWN: &[&str] = &["Clone", "Debug", "RefUnwindSafe", "Send", "Sized", "Sync", "Unpin", "UnwindSafe"];
    matches!(bound, TypeParamBound::Trait(bound) if !OWN.contains(&&*last_name(&bound.path)))
}

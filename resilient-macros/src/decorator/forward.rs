//! One method of the trait as the wrapper has it: its signature, and the call of the same method of what
//! is wrapped. Policies play no part here.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, format_ident};
use syn::{
    FnArg, GenericArgument, GenericParam, Pat, PathArguments, Receiver, ReceiverKind, Signature, Type,
    WherePredicate,
};

use super::own_type;
use crate::mentions::{mentions, says};
use crate::names::{Place, emit};
use crate::wording;

/// A method that hands its call on.
pub(super) struct Forward {
    pub(super) signature: Signature,
    pub(super) call: TokenStream,
}

/// What generated code says of what is wrapped.
pub(super) struct Inner<'t> {
    /// `<M as Trait>`
    pub(super) asked: &'t TokenStream,
    /// `::resilient::__private`
    pub(super) runtime: &'t TokenStream,
}

/// Why a method cannot be handed on, and where that shows.
pub(super) struct Refusal(pub(super) Place, pub(super) String);

impl Forward {
    /// Of the method with that signature; its policies name what they name.
    pub(super) fn of(
        signature: &Signature,
        policies: &TokenStream,
        inner: &Inner<'_>,
    ) -> Result<Self, Refusal> {
        if let syn::Safety::Unsafe(token) = &signature.safety {
            return Err(Refusal(Place::of(token), wording::unsafe_method()));
        }
        if let Some(span) = own_type_elsewhere(signature) {
            let place = Place::of(&Ident::new("Self", span));
            return Err(Refusal(place, wording::own_type_in_a_method()));
        }
        let mut signature = signature.clone();
        let mut arguments = Vec::new();
        for (index, input) in signature.inputs.iter_mut().enumerate() {
            arguments.push(match input {
                FnArg::Receiver(receiver) => {
                    receiver.mutability = None;
                    let receiver = receiver.clone();
                    received(&receiver, inner)
                        .ok_or_else(|| Refusal(Place::of(&receiver), wording::receiver_out_of_reach()))?
                }
                FnArg::Typed(typed) => {
                    let name = named(&typed.pat, index, policies);
                    *typed.pat = syn::parse_quote!(#name);
                    passed(&name, &typed.ty)
                }
            });
        }
        let call = call(&signature, &arguments, inner);
        Ok(Self { signature, call })
    }
}

/// A method that is refused: it does nothing. Where what is returned has no name, it is that of what is wrapped.
pub(super) fn refused(signature: &Signature, inner: &Inner<'_>) -> Forward {
    let nothing = emit!(::core::unimplemented!());
    let mut signature = signature.clone();
    let mut arguments = Vec::new();
    for (index, input) in signature.inputs.iter_mut().enumerate() {
        arguments.push(match input {
            FnArg::Typed(typed) => {
                let name = named(&typed.pat, index, &TokenStream::new());
                *typed.pat = syn::parse_quote!(#name);
                // The type of no other argument has to be found out.
                if says(typed.ty.to_token_stream(), "impl") {
                    name.to_token_stream()
                } else {
                    nothing.clone()
                }
            }
            FnArg::Receiver(_) => nothing.clone(),
        });
    }
    let is_safe = !matches!(signature.safety, syn::Safety::Unsafe(_));
    let is_nameless = says(signature.output.to_token_stream(), "impl");
    let call = if is_safe && is_nameless { call(&signature, &arguments, inner) } else { nothing };
    Forward { signature, call }
}

fn call(signature: &Signature, arguments: &[TokenStream], inner: &Inner<'_>) -> TokenStream {
    let (asked, name) = (inner.asked, &signature.ident);
    let generics: Vec<TokenStream> = signature.generics.params.iter().filter_map(named_argument).collect();
    let generics = (!generics.is_empty()).then(|| emit!(::<#(#generics),*>));
    let awaited = signature.asyncness.is_some().then(|| emit!(.await));
    emit!(#asked::#name #generics (#(#arguments),*) #awaited)
}

/// A `Self` that is neither an argument of its own nor asked for anything.
fn own_type_elsewhere(signature: &Signature) -> Option<Span> {
    let of_input = |input: &FnArg| match input {
        FnArg::Typed(typed) if !is_own(&typed.ty) => own_type::alone(typed.ty.to_token_stream()),
        _ => None,
    };
    let of_predicate = |predicate: &WherePredicate| match predicate {
        WherePredicate::Type(predicate) => own_type::alone(predicate.bounds.to_token_stream()),
        _ => None,
    };
    let mut clause = signature.generics.where_clause.iter().flat_map(|clause| &clause.predicates);
    own_type::alone(signature.generics.params.to_token_stream())
        .or_else(|| signature.inputs.iter().find_map(of_input))
        .or_else(|| own_type::alone(signature.output.to_token_stream()))
        .or_else(|| clause.find_map(of_predicate))
}

/// `Self`, `&Self` or `&mut Self`.
fn is_own(ty: &Type) -> bool {
    match ty {
        Type::Reference(reference) => is_own_value(&reference.elem),
        ty => is_own_value(ty),
    }
}

fn is_own_value(ty: &Type) -> bool {
    match ty {
        Type::Path(path) => path.path.is_ident("Self"),
        Type::Group(group) => is_own_value(&group.elem),
        _ => false,
    }
}

/// What is handed on of `self`: the same of what is wrapped. The user's `self`, because the name is hygienic.
fn received(receiver: &Receiver, inner: &Inner<'_>) -> Option<TokenStream> {
    let own = receiver.self_token;
    match &receiver.kind {
        ReceiverKind::Value => Some(emit!(#own.inner)),
        ReceiverKind::Reference(_, _, mutability) => Some(emit!(&#mutability #own.inner)),
        ReceiverKind::Typed(_, ty) if is_own(ty) => Some(passed(&own, ty)),
        ReceiverKind::Typed(_, ty) if is_own_box(ty) => {
            let runtime = inner.runtime;
            Some(emit!(#runtime::in_a_box(#own.inner)))
        }
        _ => None,
    }
}

/// `Box<Self>`
fn is_own_box(ty: &Type) -> bool {
    let Type::Path(path) = ty else { return false };
    let Some(last) = path.path.segments.last() else { return false };
    match &last.arguments {
        PathArguments::AngleBracketed(arguments) if last.ident == "Box" => {
            matches!(arguments.args.first(), Some(GenericArgument::Type(ty)) if is_own(ty))
                && arguments.args.len() == 1
        }
        _ => false,
    }
}

/// What is handed on of an argument: itself, or what is wrapped, where it is `Self`.
fn passed(name: &impl quote::ToTokens, ty: &Type) -> TokenStream {
    match ty {
        ty if !is_own(ty) => name.to_token_stream(),
        Type::Reference(reference) => {
            let mutability = &reference.mutability;
            emit!(&#mutability #name.inner)
        }
        _ => emit!(#name.inner),
    }
}

/// The name under which an argument is handed on: the user's, or one of ours where they wrote a pattern, or
/// one that says that it is not used.
fn named(pattern: &Pat, index: usize, policies: &TokenStream) -> Ident {
    if let Pat::Ident(pattern) = pattern {
        let (name, is_plain) = (&pattern.ident, pattern.by_ref.is_none() && pattern.subpat.is_none());
        if is_plain && (!name.to_string().starts_with('_') || mentions(policies, &name.to_string())) {
            return name.clone();
        }
    }
    format_ident!("argument_{index}", span = Span::mixed_site())
}

/// A parameter of the method as the call names it. Lifetimes are found by the compiler.
fn named_argument(parameter: &GenericParam) -> Option<TokenStream> {
    match parameter {
        GenericParam::Lifetime(_) => None,
        GenericParam::Type(parameter) => Some(parameter.ident.to_token_stream()),
        GenericParam::Const(parameter) => Some(parameter.ident.to_token_stream()),
    }
}

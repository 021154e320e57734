//! What an implementation must be for the wrapper to implement the trait around it: the `where` clause. It
//! demands what the trait does not promise and the wrapper needs, so that it is asked for where an
//! implementation is wrapped.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned as _;
use syn::{
    Attribute, FnArg, GenericParam, Generics, Receiver, ReceiverKind, Signature, Token, TypeParamBound,
    WherePredicate,
};

use super::own_type;
use super::read::Trait;
use crate::mentions::says;
use crate::names::{emit, here};
use crate::returns::{Returns, Shape};
use crate::stack::last_name;

/// The parameters of an implementation of the trait, and what is known of them.
pub(super) struct Bounds<'t> {
    decorated: &'t Trait,
    /// The parameter that stands for what is wrapped.
    pub(super) inner: Ident,
    /// `Trait<'a, T>`
    pub(super) trait_path: TokenStream,
    /// `<M as Trait<'a, T>>`
    pub(super) asked: TokenStream,
    auto_traits: Vec<&'static str>,
    /// A type, and what it must be.
    predicates: Vec<(TokenStream, Vec<TokenStream>)>,
}

impl<'t> Bounds<'t> {
    /// Of the wrapper of that name.
    pub(super) fn of(wrapper: &Ident, decorated: &'t Trait) -> Self {
        let inner = free_parameter(wrapper, decorated);
        let (name, arguments) = (&decorated.name, arguments(&decorated.generics));
        let trait_path = quote!(#name #arguments);
        let asked = emit!(<#inner as #trait_path>);
        let mut bounds =
            Self { decorated, inner, trait_path, asked, auto_traits: Vec::new(), predicates: Vec::new() };
        bounds.take_clauses();
        bounds
    }

    /// The parameters, in angle brackets; what they must be is said in the clause.
    pub(super) fn parameters(&self) -> TokenStream {
        let parameters = self.decorated.generics.params.iter().cloned().map(|mut parameter| {
            match &mut parameter {
                GenericParam::Type(parameter) => {
                    (parameter.colon_token, parameter.default) = (None, None);
                    parameter.bounds.clear();
                }
                GenericParam::Const(parameter) => parameter.default = None,
                GenericParam::Lifetime(_) => {}
            }
            parameter
        });
        let inner = &self.inner;
        emit!(<#(#parameters,)* #inner>)
    }

    /// `where M: Trait + Sync, …`
    pub(super) fn clause(&self) -> TokenStream {
        let Self { inner, trait_path, predicates, .. } = self;
        let auto_traits = self.auto_traits.iter().map(|name| Ident::new(name, Span::mixed_site()));
        let predicates = predicates.iter().map(|(ty, bounds)| emit!(#ty: #(#bounds)+*));
        emit!(where #inner: #trait_path #(+ ::core::marker::#auto_traits)*, #(#predicates),*)
    }

    /// What the trait says of its parameters and of `Self`: of what is wrapped it holds, too.
    fn take_clauses(&mut self) {
        let generics = &self.decorated.generics;
        for parameter in generics.type_params() {
            self.take_bounds(&parameter.ident.to_token_stream(), &parameter.bounds);
        }
        for predicate in generics.where_clause.iter().flat_map(|clause| &clause.predicates) {
            match predicate {
                WherePredicate::Type(predicate) => {
                    let (lifetimes, ty) = (&predicate.lifetimes, &predicate.bounded_ty);
                    self.take_bounds(&quote!(#lifetimes #ty), &predicate.bounds);
                }
                WherePredicate::Lifetime(predicate) => {
                    self.demand(predicate.lifetime.to_token_stream(), predicate.bounds.to_token_stream());
                }
                _ => {}
            }
        }
    }

    fn take_bounds(&mut self, ty: &TokenStream, bounds: &Punctuated<TypeParamBound, Token![+]>) {
        for bound in bounds.iter().map(ToTokens::to_token_stream) {
            // `T: Into<Self>`: into the wrapper, too. What `Self` is asked for is the same for both.
            if own_type::alone(bound.clone()).is_some() && !says(ty.clone(), "Self") {
                self.demand(ty.clone(), bound.clone());
            }
            let (ty, bound) = (self.of_inner(ty.clone()), self.of_inner(bound));
            self.demand(ty, bound);
        }
    }

    /// Adds what a method that is handed on needs: by itself, and for each policy what that demands of an
    /// error type.
    pub(super) fn take_method(
        &mut self,
        signature: &Signature,
        policies: &[(&Attribute, Vec<&'static str>)],
        runtime: &TokenStream,
    ) {
        self.take_own_bounds(signature);
        let returns = Returns::of(signature);
        self.take_auto_trait(signature, !policies.is_empty() && is_sent(signature, &returns));
        let Some(error) =
            error_of(&returns, runtime).filter(|error| self.is_for_all(error, &signature.generics))
        else {
            return;
        };
        let error = self.of_inner(error);
        for (attribute, demands) in policies {
            // The compiler shows which of the policies demands it.
            let place = attribute.path().span();
            for demand in demands {
                let name = Ident::new(demand, here(place));
                self.demand(error.clone(), quote!(#runtime::#name));
            }
        }
    }

    /// Adds what it takes to make another attempt with a `self`.
    pub(super) fn take_copies(&mut self, signature: &Signature) {
        let is_by_value = |receiver: &Receiver| match &receiver.kind {
            ReceiverKind::Value => true,
            ReceiverKind::Typed(_, ty) => !matches!(**ty, syn::Type::Reference(_)),
            _ => false,
        };
        if signature.receiver().is_some_and(is_by_value) {
            self.demand(self.inner.to_token_stream(), emit!(::core::clone::Clone));
        }
    }

    /// `where Self: Clone` at a method.
    fn take_own_bounds(&mut self, signature: &Signature) {
        let clause = signature.generics.where_clause.iter();
        for predicate in clause.flat_map(|clause| &clause.predicates) {
            let WherePredicate::Type(predicate) = predicate else { continue };
            if predicate.bounded_ty.to_token_stream().to_string() != "Self" {
                continue;
            }
            let traits = predicate.bounds.iter().filter(
                |bound| matches!(bound, TypeParamBound::Trait(bound) if last_name(&bound.path) != "Sized"),
            );
            for bound in traits {
                let inner = self.inner.to_token_stream();
                let bound = self.of_inner(bound.to_token_stream());
                self.demand(inner, bound);
            }
        }
    }

    /// A future that is `Send` and holds `self` needs what it holds to be so. One that is only handed on does
    /// not hold it.
    fn take_auto_trait(&mut self, signature: &Signature, has_sent_policies: bool) {
        let is_made_sent = signature.asyncness.is_some() && self.decorated.async_trait().is_some_and(sends);
        let Some(FnArg::Receiver(receiver)) = signature.inputs.first() else { return };
        if !has_sent_policies && !is_made_sent {
            return;
        }
        let is_shared = match &receiver.kind {
            ReceiverKind::Reference(_, _, mutability) => mutability.is_none(),
            ReceiverKind::Typed(_, ty) => {
                matches!(&**ty, syn::Type::Reference(reference) if reference.mutability.is_none())
            }
            _ => false,
        };
        let needed = if is_shared { "Sync" } else { "Send" };
        let is_promised =
            self.decorated.supertraits.iter().any(
                |bound| matches!(bound, TypeParamBound::Trait(bound) if last_name(&bound.path) == needed),
            );
        if !is_promised && !self.auto_traits.contains(&needed) {
            self.auto_traits.push(needed);
        }
    }

    /// Whether a type depends on what is wrapped or on the trait's parameters, and on nothing that only one call
    /// knows.
    fn is_for_all(&self, ty: &TokenStream, of_method: &Generics) -> bool {
        let of_trait = &self.decorated.generics.params;
        let depends = says(ty.clone(), "Self") || of_trait.iter().any(|one| says(ty.clone(), &name_of(one)));
        let of_a_call = of_method.params.iter().any(|one| says(ty.clone(), &name_of(one)));
        depends && !of_a_call && !leaves_out_lifetimes(ty.clone())
    }

    fn of_inner(&self, tokens: TokenStream) -> TokenStream {
        let types: Vec<&Ident> = self.decorated.types().collect();
        own_type::of_inner(tokens, &self.inner, &self.asked, &types)
    }

    fn demand(&mut self, ty: TokenStream, bound: TokenStream) {
        let same = |one: &TokenStream, other: &TokenStream| one.to_string() == other.to_string();
        match self.predicates.iter_mut().find(|(known, _)| same(known, &ty)) {
            Some((_, bounds)) if bounds.iter().any(|known| same(known, &bound)) => {}
            Some((_, bounds)) => bounds.push(bound),
            None => self.predicates.push((ty, vec![bound])),
        }
    }
}

/// The error type; of an alias, what it stands for is asked.
fn error_of(returns: &Returns, runtime: &TokenStream) -> Option<TokenStream> {
    if let Some(error) = returns.error_type() {
        return Some(error.to_token_stream());
    }
    let syn::Type::Path(path) = &returns.ty else { return None };
    let is_associated = path.qself.is_some() || path.path.segments.first()?.ident == "Self";
    let is_alias =
        last_name(&path.path).ends_with("Result") && !is_associated && !says(path.to_token_stream(), "_");
    is_alias.then(|| emit!(<#path as #runtime::Outcome>::Error))
}

/// A name for the wrapper's parameter that nothing in the trait is called by.
fn free_parameter(wrapper: &Ident, decorated: &Trait) -> Ident {
    let policies = decorated.members.iter().flat_map(|member| &member.policies);
    let said = quote!(#wrapper #decorated #(#policies)*);
    let is_free = |name: &String| !says(said.clone(), name);
    let mut names = std::iter::once("M".to_owned()).chain((2_u32..).map(|number| format!("M{number}")));
    let name = names.find(is_free).unwrap_or_default();
    Ident::new(&name, Span::mixed_site())
}

/// `<'a, T, N>`
fn arguments(generics: &Generics) -> TokenStream {
    let mut names: Punctuated<TokenStream, Token![,]> = Punctuated::new();
    for parameter in &generics.params {
        names.push(match parameter {
            GenericParam::Lifetime(parameter) => parameter.lifetime.to_token_stream(),
            GenericParam::Type(parameter) => parameter.ident.to_token_stream(),
            GenericParam::Const(parameter) => parameter.ident.to_token_stream(),
        });
    }
    if names.is_empty() { TokenStream::new() } else { quote!(<#names>) }
}

fn name_of(parameter: &GenericParam) -> String {
    match parameter {
        GenericParam::Lifetime(parameter) => parameter.lifetime.ident.to_string(),
        GenericParam::Type(parameter) => parameter.ident.to_string(),
        GenericParam::Const(parameter) => parameter.ident.to_string(),
    }
}

fn leaves_out_lifetimes(ty: TokenStream) -> bool {
    let mut tokens = ty.into_iter().peekable();
    let is = |token: Option<&TokenTree>, text: &str| token.is_some_and(|token| token.to_string() == text);
    while let Some(token) = tokens.next() {
        let found = match &token {
            TokenTree::Group(group) => leaves_out_lifetimes(group.stream()),
            TokenTree::Punct(mark) if mark.as_char() == '&' => !is(tokens.peek(), "'"),
            TokenTree::Punct(mark) if mark.as_char() == '\'' => is(tokens.peek(), "_"),
            _ => false,
        };
        if found {
            return true;
        }
    }
    false
}

/// Whether a future is returned that says that it can be sent.
fn is_sent(signature: &Signature, returns: &Returns) -> bool {
    let says_so = || {
        let around = around_output(signature.output.to_token_stream());
        says(around.clone(), "Send") || says(around, "BoxFuture")
    };
    matches!(returns.shape, Shape::ImplFuture | Shape::BoxedFuture) && says_so()
}

/// The type of a future without what it comes to: without what follows `Future` in angle brackets.
fn around_output(ty: TokenStream) -> TokenStream {
    let mut around = TokenStream::new();
    let (mut depth, mut is_inside, mut last) = (0_u32, false, String::new());
    for token in ty {
        let text = token.to_string();
        match &*text {
            "<" if is_inside || last == "Future" => (depth, is_inside) = (depth + 1, true),
            // Not that of an arrow.
            ">" if is_inside && last != "-" => depth = depth.saturating_sub(1),
            _ => {}
        }
        if !is_inside {
            around.extend([token]);
        }
        is_inside &= depth > 0;
        last = text;
    }
    around
}

/// Not `#[async_trait(?Send)]`.
fn sends(async_trait: &Attribute) -> bool {
    !says(async_trait.to_token_stream(), "Send")
}

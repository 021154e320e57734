//! What a function is passed: how each argument is bound, what another attempt needs of it, and whether
//! what is returned borrows from it. What is done with all that is decided elsewhere.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, format_ident, quote};
use syn::spanned::Spanned as _;
use syn::{Attribute, FnArg, Pat, ReceiverKind, Signature, Type};

use crate::mentions::{mentions, names_of};
use crate::names::{emit, here};
use crate::returns;

/// An argument other than `self`.
pub(crate) struct Argument {
    /// Its name in the signature that is written: the user's, or one of ours where they wrote a pattern.
    pub(crate) name: Ident,
    /// How the body binds it.
    pub(crate) pattern: Pat,
    pub(crate) ty: Type,
    pub(crate) passed: Passed,
    /// Its name while one attempt of several has it.
    pub(crate) again: Ident,
    /// Whether an attribute names it: then the body need not.
    pub(crate) is_used: bool,
    /// Attributes that belong to where it is bound: `#[cfg]`, and levels of lints.
    pub(crate) bound_by: Vec<Attribute>,
}

impl Argument {
    /// Whether it is bound by its name alone.
    pub(crate) fn is_plain(&self) -> bool {
        matches!(&self.pattern, Pat::Ident(pattern) if pattern.mutability.is_none() && pattern.ident == self.name)
    }

    /// Whether its name in the signature is the user's.
    pub(crate) fn has_own_name(&self) -> bool {
        matches!(&self.pattern, Pat::Ident(pattern) if pattern.ident == self.name)
    }

    /// Under what it is there: the `#[cfg]`s above it.
    pub(crate) fn cfg(&self) -> TokenStream {
        let cfgs = self.bound_by.iter().filter(|attribute| is_cfg(attribute));
        quote!(#(#cfgs)*)
    }

    /// What stands for it where it is not there, so that it can be handed on and renewed all the same.
    ///
    /// ```text
    /// #[cfg(not(all(unix)))]
    /// let argument = ();
    /// ```
    pub(crate) fn absent(&self) -> Option<TokenStream> {
        let conditions: Vec<TokenStream> = self
            .bound_by
            .iter()
            .filter(|attribute| is_cfg(attribute))
            .filter_map(|attribute| attribute.meta.require_list().ok().map(|list| list.tokens.clone()))
            .collect();
        let name = &self.name;
        (!conditions.is_empty()).then(|| emit!(#[cfg(not(all(#(#conditions),*)))] let #name = ();))
    }

    /// Whether `tokens` name it; also inside a string, where `format!` finds it.
    pub(crate) fn is_named_in(&self, tokens: &TokenStream) -> bool {
        names_of(&self.pattern).iter().any(|name| mentions(tokens, name))
    }
}

/// How `self` is passed.
pub(crate) struct Receiver {
    /// The user's `self`.
    pub(crate) token: Ident,
    /// Its type, as far as it was written out.
    pub(crate) ty: Type,
    pub(crate) passed: Passed,
    pub(crate) is_mut: bool,
}

/// What another attempt needs of an argument.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passed {
    /// Nothing: a shared reference is `Copy`, and so are numbers.
    Shared,
    /// A reborrow.
    Mutable,
    /// A clone.
    Value,
    /// A reborrow of `Pin<&mut Self>`.
    Pinned,
}

impl Passed {
    pub(crate) fn of(ty: &Type) -> Self {
        match ty {
            Type::Reference(reference) if reference.mutability.is_some() => Self::Mutable,
            Type::Reference(_) => Self::Shared,
            Type::Path(path) if returns::is_pinned_mut(path) => Self::Pinned,
            Type::Path(path) if path.path.get_ident().is_some_and(is_primitive) => Self::Shared,
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Group(group) => Self::of(&group.elem),
            _ => Self::Value,
        }
    }
}

/// Of the types that are `Copy`, those that are known by their names.
fn is_primitive(name: &Ident) -> bool {
    const PRIMITIVES: &[&str] = &[
        "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64", "i128", "isize", "u8", "u16", "u32", "u64",
        "u128", "usize",
    ];
    PRIMITIVES.iter().any(|primitive| name == primitive)
}

/// How the signature takes `self`.
pub(crate) fn receiver(receiver: &syn::Receiver) -> Receiver {
    let place = here(receiver.self_token.span);
    let own: Type = syn::parse_quote_spanned!(place=> Self);
    let (passed, ty) = match &receiver.kind {
        ReceiverKind::Reference(_, _, Some(_)) => (Passed::Mutable, own),
        ReceiverKind::Reference(..) => (Passed::Shared, own),
        ReceiverKind::Typed(_, ty) => (Passed::of(ty), (**ty).clone()),
        _ => (Passed::Value, own),
    };
    Receiver {
        token: Ident::new("self", receiver.self_token.span),
        ty,
        passed,
        is_mut: receiver.mutability.is_some(),
    }
}

/// Takes the patterns out of the signature and leaves plain names.
pub(crate) fn arguments(signature: &mut Signature) -> Vec<Argument> {
    let typed = signature.inputs.iter_mut().filter_map(|input| match input {
        FnArg::Typed(typed) => Some(typed),
        FnArg::Receiver(_) => None,
    });
    typed
        .enumerate()
        .map(|(index, typed)| {
            let passed = match Passed::of(&typed.ty) {
                // Only of `self` is it known that it can be borrowed anew.
                Passed::Pinned => Passed::Value,
                passed => passed,
            };
            let own_name = match &*typed.pat {
                Pat::Ident(pattern) if pattern.by_ref.is_none() && pattern.subpat.is_none() => Some(pattern),
                _ => None,
            };
            let is_plain = own_name.is_some_and(|pattern| pattern.mutability.is_none());
            let is_rebound = passed != Passed::Shared || !is_plain;
            let bound_by: Vec<Attribute> = if is_rebound { bound_by(&mut typed.attrs) } else { Vec::new() };
            let name = match own_name {
                // What is not there under its `#[cfg]` hides nothing of the same name.
                Some(pattern) if !bound_by.iter().any(is_cfg) => pattern.ident.clone(),
                _ => {
                    let place = typed.pat.span();
                    format_ident!("__argument_{index}", span = Span::mixed_site().located_at(place))
                }
            };
            let plain = Pat::Ident(syn::PatIdent {
                attrs: Vec::new(),
                by_ref: None,
                mutability: None,
                ident: name.clone(),
                subpat: None,
            });
            Argument {
                pattern: std::mem::replace(&mut *typed.pat, plain),
                passed,
                again: format_ident!("again_{index}", span = Span::mixed_site()),
                ty: (*typed.ty).clone(),
                is_used: false,
                bound_by,
                name,
            }
        })
        .collect()
}

fn is_cfg(attribute: &Attribute) -> bool {
    attribute.path().is_ident("cfg")
}

/// Of an argument's attributes those that belong to where it is bound; a level of a lint moves there.
fn bound_by(attributes: &mut Vec<Attribute>) -> Vec<Attribute> {
    const LEVELS: &[&str] = &["allow", "expect", "warn", "deny", "forbid"];
    let is_level = |attribute: &Attribute| LEVELS.iter().any(|level| attribute.path().is_ident(level));
    let bound_by = attributes.iter().filter(|attribute| is_cfg(attribute) || is_level(attribute)).cloned();
    let bound_by = bound_by.collect();
    attributes.retain(|attribute| !is_level(attribute));
    bound_by
}

/// Whether a pattern says `ref mut`: then what it is taken out of must be mutable.
pub(crate) fn borrows_mutably(pattern: TokenStream) -> bool {
    let mut is_after_ref = false;
    pattern.into_iter().any(|token| match token {
        TokenTree::Group(group) => borrows_mutably(group.stream()),
        TokenTree::Ident(word) => std::mem::replace(&mut is_after_ref, word == "ref") && word == "mut",
        _ => false,
    })
}

/// Whether what is returned may hold on to what was borrowed mutably: it says `&mut`, or has the lifetime
/// of something that was.
pub(crate) fn gives_back_mutable(signature: &Signature, returned: &Type) -> bool {
    let borrowed: Vec<Borrow> = signature.inputs.iter().filter_map(Borrow::of).collect();
    let takes_self = matches!(signature.inputs.first(), Some(FnArg::Receiver(_)));
    // Lifetimes that are left out in what is returned are those of `self`, or of the only borrow.
    let left_out = if takes_self { borrowed.first().filter(|first| first.is_self) } else { borrowed.first() };
    let mut mutable = borrowed.iter().filter(|borrow| borrow.is_mutable).peekable();
    if mutable.peek().is_none() {
        return false;
    }
    let returned = Lifetimes::of(returned.to_token_stream());
    returned.has_mutable
        || (returned.has_left_out && left_out.is_some_and(|borrow| borrow.is_mutable))
        || mutable.any(|borrow| borrow.lifetime.as_ref().is_some_and(|name| returned.named.contains(name)))
}

/// An argument that is a reference.
struct Borrow {
    is_self: bool,
    is_mutable: bool,
    lifetime: Option<String>,
}

impl Borrow {
    fn of(input: &FnArg) -> Option<Self> {
        let (is_self, is_mutable, lifetime) = match input {
            FnArg::Receiver(receiver) => match &receiver.kind {
                ReceiverKind::Reference(_, lifetime, mutability) => {
                    (true, mutability.is_some(), lifetime.as_ref())
                }
                ReceiverKind::Typed(_, ty) => match &**ty {
                    Type::Reference(ty) => (true, ty.mutability.is_some(), ty.lifetime.as_ref()),
                    _ => return None,
                },
                _ => return None,
            },
            FnArg::Typed(typed) => match &*typed.ty {
                Type::Reference(ty) => (false, ty.mutability.is_some(), ty.lifetime.as_ref()),
                _ => return None,
            },
        };
        let lifetime = lifetime.map(|lifetime| lifetime.ident.to_string()).filter(|name| name != "_");
        Some(Self { is_self, is_mutable, lifetime })
    }
}

/// The lifetimes that a type says or leaves out.
#[derive(Default)]
struct Lifetimes {
    named: Vec<String>,
    has_left_out: bool,
    has_mutable: bool,
}

impl Lifetimes {
    fn of(ty: TokenStream) -> Self {
        let mut found = Self::default();
        found.look(ty);
        found
    }

    fn look(&mut self, tokens: TokenStream) {
        let is = |token: Option<&TokenTree>, mark: char| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
        let mut tokens = tokens.into_iter().peekable();
        let mut after_reference = false;
        while let Some(token) = tokens.next() {
            let was_reference = std::mem::take(&mut after_reference);
            match &token {
                TokenTree::Group(group) => self.look(group.stream()),
                TokenTree::Punct(punct) if punct.as_char() == '&' => {
                    after_reference = true;
                    self.has_left_out |= !is(tokens.peek(), '\'');
                }
                TokenTree::Punct(punct) if punct.as_char() == '\'' => {
                    let Some(TokenTree::Ident(name)) = tokens.next() else { continue };
                    after_reference = was_reference;
                    self.has_left_out |= name == "_";
                    self.named.push(name.to_string());
                }
                TokenTree::Ident(word) => self.has_mutable |= was_reference && word == "mut",
                _ => {}
            }
        }
    }
}

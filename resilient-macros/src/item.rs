//! The function under the attributes, as the policies need it: its signature with plain names for
//! arguments, what each argument needs when the body runs again, what the function returns, and the
//! body token for token. No policy is named here.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{AttrStyle, Attribute, FnArg, Pat, ReceiverKind, Signature, Type, Visibility};

use crate::attempt::Attempt;
use crate::mentions::{mentions, names_of, says};
use crate::names::{DOOR, Place, emit, here, without_braces};
use crate::report::Report;
use crate::returns::{self, Returns, Shape};
use crate::wording;
use crate::written::other_keyword;

/// A function whose body is not looked into.
pub(crate) struct Function {
    pub(crate) attributes: Vec<Attribute>,
    visibility: Visibility,
    signature: Signature,
    body: Group,
    pub(crate) receiver: Option<Receiver>,
    pub(crate) arguments: Vec<Argument>,
    pub(crate) returns: Returns,
}

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
    fn absent(&self) -> Option<TokenStream> {
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
    /// Nothing: a shared reference is `Copy`.
    Shared,
    /// A reborrow.
    Mutable,
    /// A clone.
    Value,
    /// A reborrow of `Pin<&mut Self>`.
    Pinned,
}

impl Passed {
    fn of(ty: &Type) -> Self {
        match ty {
            Type::Reference(reference) if reference.mutability.is_some() => Self::Mutable,
            Type::Reference(_) => Self::Shared,
            Type::Path(path) if returns::is_pinned_mut(path) => Self::Pinned,
            Type::Paren(paren) => Self::of(&paren.elem),
            Type::Group(group) => Self::of(&group.elem),
            _ => Self::Value,
        }
    }
}

/// Why an item is no function that can be guarded.
pub(crate) enum NotAFunction {
    /// It begins with another keyword.
    OtherItem(Ident),
    /// It ends with a semicolon.
    NoBody(Span),
    /// It cannot be read: it is being typed.
    Unfinished,
}

impl Function {
    /// Reads an item.
    pub(crate) fn parse(item: TokenStream) -> Result<Self, NotAFunction> {
        Self::read.parse2(item.clone()).map_err(|_| {
            let last = item.clone().into_iter().last();
            match (other_keyword.parse2(item), last) {
                (Ok(keyword), _) => NotAFunction::OtherItem(keyword),
                (Err(_), Some(TokenTree::Punct(end))) if end.as_char() == ';' => {
                    NotAFunction::NoBody(end.span())
                }
                _ => NotAFunction::Unfinished,
            }
        })
    }

    fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut attributes = input.call(Attribute::parse_outer)?;
        let visibility: Visibility = input.parse()?;
        let mut signature: Signature = input.parse()?;
        let body = braces(input.parse()?)?;
        let (inner, rest) = inner_attributes.parse2(body.stream())?;
        attributes.extend(inner);
        let mut bare = Group::new(Delimiter::Brace, rest);
        bare.set_span(body.span());
        let returns = Returns::of(&signature);
        let receiver = signature.receiver().map(receiver);
        let arguments = arguments(&mut signature);
        Ok(Self { attributes, visibility, signature, body: bare, receiver, arguments, returns })
    }

    pub(crate) fn name(&self) -> &Ident {
        &self.signature.ident
    }

    /// What errors and events call it: its name as people say it, without `r#`.
    pub(crate) fn operation(&self) -> String {
        self.signature.ident.unraw().to_string()
    }

    /// A name for an item of ours that nothing in this function is called by: items are seen by the body
    /// too.
    pub(crate) fn free_name(&self, name: &str) -> Ident {
        let (signature, body) = (&self.signature, self.body.stream());
        let mut name = name.to_owned();
        while says(quote!(#signature #body), &name)
            || self.arguments.iter().any(|argument| names_of(&argument.pattern).contains(&name))
        {
            name.push('_');
        }
        Ident::new(&name, Span::mixed_site())
    }

    /// Where its arguments are written; its name where there are none.
    pub(crate) fn inputs(&self) -> Place {
        if self.signature.inputs.is_empty() {
            Place::of(&self.signature.ident)
        } else {
            Place::of(&self.signature.inputs)
        }
    }

    pub(crate) fn is_async(&self) -> bool {
        self.returns.shape != Shape::Sync
    }

    /// The token to blame for what only async functions cannot do.
    pub(crate) fn async_span(&self) -> Span {
        match &self.signature.asyncness {
            Some(token) => token.span,
            None => self.returns.ty.span(),
        }
    }

    /// Reports what no policy can be put around.
    pub(crate) fn check(&self, report: &mut Report) {
        let signature = &self.signature;
        if let Some(token) = &signature.constness {
            report.error(token.span, wording::const_fn());
        }
        if let Some(abi) = &signature.abi {
            report.error(abi.span(), wording::extern_fn());
        }
        // Above an `async fn` it does nothing, and the compiler says so.
        let track_caller = self.attributes.iter().find(|attribute| attribute.path().is_ident("track_caller"));
        if let (Some(attribute), None) = (track_caller, &signature.asyncness) {
            report.error(attribute.path().span(), wording::track_caller());
        }
        if let Some(variadic) = &signature.variadic {
            report.error(variadic.span(), wording::variadic_fn());
        }
    }

    /// Reports a function that plainly has no room for an error. An alias may hide a `Result`; what it
    /// hides instead is the compiler's to say.
    pub(crate) fn check_result(&self, why: &str, report: &mut Report) {
        if self.returns.is_no_result() {
            self.returns.whole.error(why, report);
        }
    }

    /// Whether this is the output of an expansion of ours.
    pub(crate) fn is_guarded(&self) -> bool {
        let first = self.body.stream().into_iter();
        let first =
            first.take_while(|token| !matches!(token, TokenTree::Punct(punct) if punct.as_char() == ';'));
        let words: Vec<String> = first
            .filter_map(|token| match token {
                TokenTree::Ident(ident) => Some(ident.to_string()),
                _ => None,
            })
            .collect();
        words.first().is_some_and(|word| word == "use") && words.last().is_some_and(|word| word == DOOR)
    }

    /// Notes which arguments an attribute names.
    pub(crate) fn note_uses(&mut self, attribute: &TokenStream) {
        for argument in &mut self.arguments {
            argument.is_used |= argument.is_named_in(attribute);
        }
    }

    pub(crate) fn names_self(&self, tokens: &TokenStream) -> bool {
        self.receiver.is_some() && mentions(tokens, "self")
    }

    /// Whether `tokens` name anything that only a call knows.
    pub(crate) fn names_any(&self, tokens: &TokenStream) -> bool {
        self.names_self(tokens) || self.arguments.iter().any(|argument| argument.is_named_in(tokens))
    }

    /// The body as something that can be run.
    pub(crate) fn attempt(&self) -> Attempt<'_> {
        Attempt::new(self, &self.body)
    }

    /// Adds to the function's documentation.
    pub(crate) fn document(&mut self, text: &str) {
        self.attributes.push(syn::parse_quote!(#[doc = #text]));
    }

    /// Makes the signature's `self` one that can be renewed: by value the body's own binding is the one
    /// that may be `mut`, while a pinned one is borrowed anew from the signature's.
    pub(crate) fn renew_receiver(&mut self) {
        if let (Some(receiver), Some(FnArg::Receiver(written))) =
            (&self.receiver, self.signature.inputs.first_mut())
        {
            match receiver.passed {
                Passed::Value => written.mutability = None,
                Passed::Pinned => written.mutability = Some(syn::Token![mut](receiver.token.span())),
                Passed::Shared | Passed::Mutable => {}
            }
        }
    }

    /// The function with another body; `statements` come first and `call` is what it returns.
    pub(crate) fn with_body(&self, statements: &TokenStream, call: TokenStream) -> TokenStream {
        let Self { attributes, visibility, signature, .. } = self;
        let call = without_braces(&self.returns.wrap(call));
        let absent = self.arguments.iter().filter_map(Argument::absent);
        let mut body = Group::new(Delimiter::Brace, quote!(#statements #(#absent)* #call));
        body.set_span(self.body.span());
        quote!(#(#attributes)* #visibility #signature #body)
    }
}

/// The block of a function; a `$body:block` of a `macro_rules!` comes wrapped in an invisible group.
fn braces(tree: TokenTree) -> syn::Result<Group> {
    match tree {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => Ok(group),
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            let mut inside = group.stream().into_iter();
            match (inside.next(), inside.next()) {
                (Some(block), None) => braces(block),
                _ => Err(syn::Error::new(group.span(), "expected a block")),
            }
        }
        other => Err(syn::Error::new(other.span(), "expected the body of a function")),
    }
}

/// `#![allow(…)]` at the head of a body belongs to the function.
fn inner_attributes(input: ParseStream<'_>) -> syn::Result<(Vec<Attribute>, TokenStream)> {
    let mut attributes = input.call(Attribute::parse_inner)?;
    for attribute in &mut attributes {
        attribute.style = AttrStyle::Outer;
    }
    Ok((attributes, input.parse()?))
}

fn receiver(receiver: &syn::Receiver) -> Receiver {
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
fn arguments(signature: &mut Signature) -> Vec<Argument> {
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

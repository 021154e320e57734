//! The function under the attributes, as the policies need it: its signature with plain names for
//! arguments, what each argument needs when the body runs again, what the function returns, and the
//! body token for token. No policy is named here.

use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::spanned::Spanned as _;
use syn::{AttrStyle, Attribute, FnArg, Signature, Visibility};

use crate::argument::{self, Argument, Passed, Receiver};
use crate::attempt::Attempt;
use crate::mentions::{mentions, names_of, says};
use crate::names::{DOOR, Place, without_braces};
use crate::report::Report;
use crate::returns::{Returns, Shape};
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
        let receiver = signature.receiver().map(argument::receiver);
        let arguments = argument::arguments(&mut signature);
        Ok(Self { attributes, visibility, signature, body: bare, receiver, arguments, returns })
    }

    pub(crate) const fn visibility(&self) -> &Visibility {
        &self.visibility
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

    /// Whether another attempt needs something borrowed anew.
    pub(crate) fn reborrows(&self) -> bool {
        let arguments = self.arguments.iter().map(|argument| argument.passed);
        let receiver = self.receiver.iter().map(|receiver| receiver.passed);
        arguments.chain(receiver).any(|passed| matches!(passed, Passed::Mutable | Passed::Pinned))
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

    /// Reports what is given back of a mutable borrow, which another attempt would need.
    pub(crate) fn check_borrows(&self, report: &mut Report) {
        if argument::gives_back_mutable(&self.signature, &self.returns.ty) {
            self.returns.value.error(wording::gives_back_a_borrow(), report);
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
    /// that may be `mut`, while a pinned one is borrowed anew from the signature's. `again`: for more than one
    /// run.
    pub(crate) fn renew_receiver(&mut self, again: bool) {
        if let (Some(receiver), Some(FnArg::Receiver(written))) =
            (&self.receiver, self.signature.inputs.first_mut())
        {
            match receiver.passed {
                Passed::Value if again => written.mutability = None,
                Passed::Pinned => written.mutability = Some(syn::Token![mut](receiver.token.span())),
                Passed::Value | Passed::Shared | Passed::Mutable => {}
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

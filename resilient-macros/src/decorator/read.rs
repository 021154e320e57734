//! The trait as the wrapper needs it: its signature, and each member with the policies above it. Bodies
//! are not looked into. What is not the policies' is written again as it was.

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt as _;
use syn::parse::{Parse as _, ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Generics, Meta, Path, Signature, Token, TraitItemConst, TraitItemMacro, TraitItemType,
    TypeParamBound, Visibility,
};

use super::{is_decorator, is_policy};
use crate::mentions::says;
use crate::names::Place;
use crate::report::Report;
use crate::stack::last_name;
use crate::wording;

pub(super) struct Trait {
    pub(super) attributes: Vec<Attribute>,
    pub(super) visibility: Visibility,
    unsafety: Option<Token![unsafe]>,
    keyword: Token![trait],
    pub(super) name: Ident,
    pub(super) generics: Generics,
    colon: Option<Token![:]>,
    pub(super) supertraits: Punctuated<TypeParamBound, Token![+]>,
    braces: Group,
    /// `#![…]`
    inner_attributes: Vec<Attribute>,
    pub(super) members: Vec<Member>,
}

/// What stands between the braces.
pub(super) struct Member {
    /// All that are not policies.
    pub(super) attributes: Vec<Attribute>,
    pub(super) policies: Vec<Attribute>,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    /// With its body, or the semicolon in place of one.
    Method(Box<Signature>, TokenTree),
    Type(Box<TraitItemType>),
    Const(Box<TraitItemConst>),
    Macro(TraitItemMacro),
}

/// Why an item is no trait that can be wrapped.
pub(super) enum NotATrait {
    /// It begins with another keyword.
    OtherItem(Span),
    /// It cannot be read: it is being typed.
    Unfinished,
}

impl Trait {
    pub(super) fn parse(item: TokenStream, crate_path: Option<&Path>) -> Result<Self, NotATrait> {
        let read = |input: ParseStream<'_>| Self::read(input, crate_path);
        read.parse2(item.clone()).map_err(|_| match other_item.parse2(item) {
            Ok(Some(span)) => NotATrait::OtherItem(span),
            _ => NotATrait::Unfinished,
        })
    }

    fn read(input: ParseStream<'_>, crate_path: Option<&Path>) -> syn::Result<Self> {
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        let unsafety = input.parse()?;
        let keyword = input.parse()?;
        let name = input.parse()?;
        let mut generics: Generics = input.parse()?;
        let colon: Option<Token![:]> = input.parse()?;
        let mut supertraits = Punctuated::new();
        while colon.is_some() && !input.peek(Token![where]) && !input.peek(syn::token::Brace) {
            supertraits.push_value(input.parse()?);
            if !input.peek(Token![+]) {
                break;
            }
            supertraits.push_punct(input.parse()?);
        }
        generics.where_clause = input.parse()?;
        let braces: Group = input.parse()?;
        let members = |input: ParseStream<'_>| {
            let inner_attributes = input.call(Attribute::parse_inner)?;
            let mut members = Vec::new();
            while !input.is_empty() {
                members.push(Member::read(input, crate_path)?);
            }
            Ok((inner_attributes, members))
        };
        if braces.delimiter() != proc_macro2::Delimiter::Brace {
            return Err(syn::Error::new(braces.span(), "expected the braces of a trait"));
        }
        let (inner_attributes, members) = members.parse2(braces.stream())?;
        Ok(Self {
            attributes,
            visibility,
            unsafety,
            keyword,
            name,
            generics,
            colon,
            supertraits,
            braces,
            inner_attributes,
            members,
        })
    }

    /// Takes away what belongs on methods, and a second `#[decorator]`: both are reported.
    pub(super) fn take_misplaced(&mut self, report: &mut Report) -> Vec<Attribute> {
        let is_misplaced =
            |attribute: &Attribute| is_decorator(attribute) || is_policy(attribute.path(), None);
        let (misplaced, others) = std::mem::take(&mut self.attributes).into_iter().partition(is_misplaced);
        self.attributes = others;
        let misplaced: Vec<Attribute> = misplaced;
        for attribute in &misplaced {
            let message = if is_decorator(attribute) {
                wording::one_wrapper()
            } else {
                wording::policy_of_a_method(last_name(attribute.path()))
            };
            Place::of(attribute.path()).error(message, report);
        }
        misplaced
    }

    /// Reports what makes no sense of the trait as a whole.
    pub(super) fn check(&self, report: &mut Report) {
        if let Some(token) = &self.unsafety {
            report.error(token.span, wording::unsafe_trait());
        }
        if self.members.iter().all(|member| member.policies.is_empty()) && report.is_empty() {
            report.error(Span::call_site(), wording::nothing_to_wrap(&self.name));
        }
        for member in &self.members {
            if let Kind::Macro(macro_call) = &member.kind {
                Place::of(&macro_call.mac.path).error(wording::macro_in_a_trait(), report);
            }
        }
    }

    pub(super) const fn is_unsafe(&self) -> bool {
        self.unsafety.is_some()
    }

    /// `#[async_trait]`, of whichever crate: its implementations bear it, too.
    pub(super) fn async_trait(&self) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| last_name(attribute.path()) == "async_trait")
    }

    /// What the user allows in it, the wrapper included.
    pub(super) fn allowed(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes.iter().filter(|attribute| attribute.path().is_ident("allow"))
    }

    /// Whether what is said of it outside its members says what is old.
    pub(super) fn is_deprecated(&self) -> bool {
        let mut types = self.members.iter().filter(|member| matches!(member.kind, Kind::Type(_)));
        is_deprecated(&self.attributes) || types.any(Member::is_deprecated)
    }

    /// The names of its associated types.
    pub(super) fn types(&self) -> impl Iterator<Item = &Ident> {
        self.members.iter().filter_map(|member| match &member.kind {
            Kind::Type(ty) => Some(&ty.ident),
            _ => None,
        })
    }
}

/// The trait without its policies.
impl ToTokens for Trait {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, visibility, unsafety, keyword, name, generics, .. } = self;
        let Self { colon, supertraits, inner_attributes, members, .. } = self;
        let clause = &generics.where_clause;
        let mut braces = Group::new(self.braces.delimiter(), quote!(#(#inner_attributes)* #(#members)*));
        braces.set_span(self.braces.span());
        tokens.extend(quote! {
            #(#attributes)* #visibility #unsafety #keyword #name #generics #colon #supertraits #clause #braces
        });
    }
}

impl Member {
    fn read(input: ParseStream<'_>, crate_path: Option<&Path>) -> syn::Result<Self> {
        let (mut attributes, mut policies) = (Vec::new(), Vec::new());
        for attribute in input.call(Attribute::parse_outer)? {
            if is_policy(attribute.path(), crate_path) {
                policies.push(attribute);
            } else if let Some((condition, metas)) = conditional(&attribute) {
                let (ours, others): (Vec<Meta>, Vec<Meta>) =
                    metas.into_iter().partition(|meta| is_policy(meta.path(), crate_path));
                if ours.is_empty() {
                    attributes.push(attribute);
                    continue;
                }
                policies.extend(under_condition(&attribute, &condition, &ours));
                attributes.extend(under_condition(&attribute, &condition, &others));
            } else {
                attributes.push(attribute);
            }
        }
        Ok(Self { attributes, policies, kind: Kind::read(input)? })
    }

    /// Under what it is there: the `#[cfg]`s above it. And what the user allows in it, the policies included.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &Attribute> {
        self.attributes
            .iter()
            .filter(|attribute| attribute.path().is_ident("cfg") || attribute.path().is_ident("allow"))
    }

    pub(super) fn is_deprecated(&self) -> bool {
        is_deprecated(&self.attributes)
    }
}

/// Perhaps under a condition.
fn is_deprecated(attributes: &[Attribute]) -> bool {
    let is_so = |attribute: &Attribute| {
        let path = attribute.path();
        path.is_ident("deprecated")
            || (path.is_ident("cfg_attr") && says(attribute.to_token_stream(), "deprecated"))
    };
    attributes.iter().any(is_so)
}

impl ToTokens for Member {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Self { attributes, kind, .. } = self;
        tokens.extend(match kind {
            Kind::Method(signature, body) => quote!(#(#attributes)* #signature #body),
            Kind::Type(ty) => quote!(#(#attributes)* #ty),
            Kind::Const(value) => quote!(#(#attributes)* #value),
            Kind::Macro(call) => quote!(#(#attributes)* #call),
        });
    }
}

impl Kind {
    fn read(input: ParseStream<'_>) -> syn::Result<Self> {
        let ahead = input.fork();
        let word = || ahead.call(Ident::parse_any).map(|word| word.to_string()).unwrap_or_default();
        let is_of_a_function =
            |word: &str| ["async", "const", "extern", "fn", "safe", "unsafe"].contains(&word);
        match &*word() {
            "type" => return Ok(Self::Type(Box::new(input.parse()?))),
            "const" if !is_of_a_function(&word()) => return Ok(Self::Const(Box::new(input.parse()?))),
            first if !is_of_a_function(first) => return Ok(Self::Macro(input.parse()?)),
            _ => {}
        }
        let signature = Box::new(input.parse()?);
        let body = input.parse()?;
        match &body {
            TokenTree::Punct(end) if end.as_char() == ';' => {}
            TokenTree::Group(_) => {}
            other => return Err(syn::Error::new(other.span(), "expected the body of a method")),
        }
        Ok(Self::Method(signature, body))
    }
}

/// The condition of a `#[cfg_attr(condition, …)]`, and what holds under it.
pub(super) fn conditional(attribute: &Attribute) -> Option<(TokenStream, Vec<Meta>)> {
    let read = |input: ParseStream<'_>| {
        let mut condition = TokenStream::new();
        while !input.peek(Token![,]) {
            condition.extend([input.parse::<TokenTree>()?]);
        }
        input.parse::<Token![,]>()?;
        let metas = input.parse_terminated(Meta::parse, Token![,])?;
        Ok((condition, metas.into_iter().collect()))
    };
    let list = attribute.meta.require_list().ok().filter(|list| list.path.is_ident("cfg_attr"))?;
    read.parse2(list.tokens.clone()).ok()
}

/// The same with other attributes under its condition; none, if there are none.
pub(super) fn under_condition(
    attribute: &Attribute,
    condition: &TokenStream,
    metas: &[Meta],
) -> Option<Attribute> {
    let mut attribute = attribute.clone();
    if let (Meta::List(list), false) = (&mut attribute.meta, metas.is_empty()) {
        list.tokens = quote!(#condition, #(#metas),*);
        return Some(attribute);
    }
    None
}

/// Where an item begins that is known to be no trait.
fn other_item(input: ParseStream<'_>) -> syn::Result<Option<Span>> {
    const WORDS: &[&str] = &[
        "async",
        "const",
        "enum",
        "extern",
        "fn",
        "impl",
        "let",
        "macro_rules",
        "mod",
        "static",
        "struct",
        "type",
        "union",
        "unsafe",
        "use",
    ];
    input.call(Attribute::parse_outer)?;
    let _: Visibility = input.parse()?;
    let first = input.call(Ident::parse_any)?;
    let is_trait = input.peek(Token![trait]) || input.peek(Token![auto]);
    let _: TokenStream = input.parse()?;
    Ok((WORDS.iter().any(|word| first == word) && !is_trait).then(|| first.span()))
}

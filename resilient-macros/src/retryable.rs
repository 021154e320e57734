//! `#[derive(Retryable)]`: which failures of an error type are worth another attempt, as written on
//! its variants.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens as _, quote};
use syn::parse::ParseStream;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Fields, Ident, Member, Path, Token, Type};

use crate::names::{Place, emit};
use crate::report::{Report, all_of, nearest, one_of};
use crate::wording;

const WORDS: &[&str] = &["transient", "permanent", "transparent"];

/// What a variant says of itself.
enum Kind {
    Permanent,
    /// With the field that holds the server's hint.
    Transient(Option<Member>),
    /// Its only field says it.
    Transparent,
}

/// The settings of one `#[retryable(…)]`.
#[derive(Default)]
struct Written {
    kind: Option<(Kind, Span)>,
    /// `default = …`: for variants that say nothing.
    default: Option<(Kind, Span)>,
    crate_path: Option<Path>,
}

pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let written = read(&input.attrs, &mut report);
    let arms = match &input.data {
        Data::Enum(data) => variants(&input, data, &written, &mut report),
        Data::Struct(data) => {
            let name = &input.ident;
            structure(name, &data.fields, &written, &mut report)
        }
        Data::Union(data) => {
            report.error(data.union_token.span, wording::no_enum());
            return report.finish();
        }
    };
    let errors = report.finish();
    let crate_path = match written.crate_path {
        Some(path) => path.into_token_stream(),
        None => emit!(::resilient),
    };
    let name = &input.ident;
    let (generics, arguments, clause) = input.generics.split_for_impl();
    let mut clause = clause.cloned();
    if !arms.bounds.is_empty() {
        let clause = clause.get_or_insert_with(|| syn::WhereClause {
            where_token: <Token![where]>::default(),
            predicates: syn::punctuated::Punctuated::new(),
        });
        for ty in &arms.bounds {
            clause.predicates.push(syn::parse_quote!(#ty: #crate_path::__private::Retryable));
        }
    }
    let Arms { classified, inner, .. } = arms;
    let body = if classified.is_empty() {
        // An enum without variants: nothing can be asked.
        emit!(match *self {})
    } else {
        emit!(match self { #(#classified)* })
    };
    let inner = (!inner.is_empty()).then(|| {
        emit! {
            fn __resilient_inner(&self) -> ::core::option::Option<&(dyn ::core::error::Error + 'static)> {
                use #crate_path::__private as __res;
                #[allow(unreachable_patterns)]
                match self { #(#inner)* _ => ::core::option::Option::None }
            }
        }
    });
    emit! {
        #errors
        #[automatically_derived]
        impl #generics #crate_path::__private::Retryable for #name #arguments #clause {
            fn retry_classification(&self) -> #crate_path::__private::RetryClassification {
                use #crate_path::__private as __res;
                #body
            }
            #inner
        }
    }
}

/// What the variants come to.
#[derive(Default)]
struct Arms {
    /// For the classification.
    classified: Vec<TokenStream>,
    /// For the errors that speak for this one.
    inner: Vec<TokenStream>,
    /// Generic types whose own classification is asked for.
    bounds: Vec<Type>,
}

fn variants(input: &DeriveInput, data: &syn::DataEnum, written: &Written, report: &mut Report) -> Arms {
    let mut arms = Arms::default();
    if let Some((_, span)) = &written.kind {
        report.error(*span, wording::variants_say_it());
    }
    for variant in &data.variants {
        let own = read(&variant.attrs, report);
        if let Some((_, span)) = &own.default {
            report.error(*span, wording::default_above_the_enum());
        }
        let is_told = !own.has_nothing();
        let kind = match (own.kind, &written.default) {
            (Some((kind, span)), _) => (kind, span),
            (None, Some((default, span))) => (default.plain(), *span),
            (None, None) => {
                if !is_told {
                    report.error(variant.ident.span(), wording::variant_says_nothing(&variant.ident));
                }
                (Kind::Permanent, variant.ident.span())
            }
        };
        let (enum_name, name) = (&input.ident, &variant.ident);
        let classified =
            arm(&quote!(#enum_name::#name), &variant.fields, kind, &input.generics, &mut arms, report);
        arms.classified.push(classified);
    }
    arms
}

fn structure(name: &Ident, fields: &Fields, written: &Written, report: &mut Report) -> Arms {
    if let Some((_, span)) = &written.default {
        report.error(*span, wording::struct_has_no_variants());
    }
    let mut arms = Arms::default();
    let kind = match &written.kind {
        Some((kind, span)) => (kind.copied(), *span),
        None => {
            if written.default.is_none() {
                report.error(name.span(), wording::struct_says_nothing(name));
            }
            (Kind::Permanent, name.span())
        }
    };
    let generics = syn::Generics::default();
    let classified = arm(&name.to_token_stream(), fields, kind, &generics, &mut arms, report);
    arms.classified.push(classified);
    arms
}

/// `Enum::Variant { 0: inner, .. } => …,` matches every shape of variant.
fn arm(
    path: &TokenStream,
    fields: &Fields,
    (kind, span): (Kind, Span),
    generics: &syn::Generics,
    arms: &mut Arms,
    report: &mut Report,
) -> TokenStream {
    let permanent = emit!(#path { .. } => __res::RetryClassification::Permanent,);
    match kind {
        Kind::Permanent => permanent,
        Kind::Transient(None) => {
            emit!(#path { .. } => __res::RetryClassification::Transient { retry_after: ::core::option::Option::None },)
        }
        Kind::Transient(Some(member)) => {
            let Some(field) = find(fields, &member) else {
                report.error(member.span(), no_such_field(fields, &member));
                return permanent;
            };
            let hint = Place::of(&field.ty).call("hint_in", emit!(hint), None);
            emit! {
                #path { #member: hint, .. } => __res::RetryClassification::Transient { retry_after: #hint },
            }
        }
        Kind::Transparent => {
            let mut all = fields.iter();
            let (Some(field), None) = (all.next(), all.next()) else {
                report.error(span, wording::one_inner_error());
                return permanent;
            };
            let member = field.ident.clone().map_or_else(|| Member::from(0), Member::from);
            if mentions_parameter(&field.ty, generics) {
                arms.bounds.push(field.ty.clone());
            }
            arms.inner.push(emit!(#path { #member: inner, .. } => __res::error!(inner),));
            let classify = Place::of(&field.ty).call("classify", emit!(inner), None);
            emit!(#path { #member: inner, .. } => #classify,)
        }
    }
}

fn find<'f>(fields: &'f Fields, member: &Member) -> Option<&'f syn::Field> {
    fields.members().zip(fields).find(|(name, _)| name == member).map(|(_, field)| field)
}

fn no_such_field(fields: &Fields, member: &Member) -> String {
    let written = member.to_token_stream().to_string();
    let names: Vec<String> = fields.members().map(|member| member.to_token_stream().to_string()).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    match nearest(&written, names.iter().copied()) {
        Some(near) => wording::no_such_field(written, wording::did_you_mean(near)),
        None if names.is_empty() => wording::no_such_field(written, wording::no_fields()),
        None => wording::no_such_field(written, wording::fields_are(all_of(names))),
    }
}

fn mentions_parameter(ty: &Type, generics: &syn::Generics) -> bool {
    fn mentions(tokens: TokenStream, generics: &syn::Generics) -> bool {
        tokens.into_iter().any(|token| match token {
            proc_macro2::TokenTree::Ident(ident) => {
                generics.type_params().any(|parameter| parameter.ident == ident)
            }
            proc_macro2::TokenTree::Group(group) => mentions(group.stream(), generics),
            _ => false,
        })
    }
    mentions(ty.to_token_stream(), generics)
}

impl Kind {
    fn copied(&self) -> Self {
        match self {
            Self::Permanent => Self::Permanent,
            Self::Transient(member) => Self::Transient(member.clone()),
            Self::Transparent => Self::Transparent,
        }
    }

    /// As a default: a field that one variant has, another may not.
    fn plain(&self) -> Self {
        match self {
            Self::Transient(_) => Self::Transient(None),
            other => other.copied(),
        }
    }
}

impl Written {
    fn has_nothing(&self) -> bool {
        self.kind.is_none() && self.default.is_none()
    }
}

/// Reads all `#[retryable(…)]` of one place.
fn read(attributes: &[Attribute], report: &mut Report) -> Written {
    let mut written = Written::default();
    for attribute in attributes.iter().filter(|attribute| attribute.path().is_ident("retryable")) {
        let before = written.kind.is_some() || written.default.is_some();
        let parsed = attribute.parse_args_with(|input: ParseStream<'_>| {
            while !input.is_empty() {
                read_one(input, &mut written)?;
                let _: Option<Token![,]> = input.parse()?;
            }
            Ok(())
        });
        if let Err(error) = parsed {
            // What was meant is unclear, but something was: no second message about its absence.
            written.kind.get_or_insert((Kind::Permanent, error.span()));
            report.push(error);
        } else if before && written.kind.is_some() && written.crate_path.is_none() {
            report.error_at(attribute, wording::retryable_twice());
        }
    }
    written
}

fn read_one(input: ParseStream<'_>, written: &mut Written) -> syn::Result<()> {
    if input.peek(Token![crate]) {
        input.parse::<Token![crate]>()?;
        input.parse::<Token![=]>()?;
        written.crate_path = Some(input.call(Path::parse_mod_style)?);
        return Ok(());
    }
    let word: Ident = input.parse()?;
    let again = |already: bool| {
        let error = || syn::Error::new(word.span(), wording::said_already());
        if already { Err(error()) } else { Ok(()) }
    };
    match word.to_string().as_str() {
        "default" => {
            input.parse::<Token![=]>()?;
            let value: Ident = input.parse()?;
            again(written.default.is_some())?;
            written.default = Some((kind(&value)?, value.span()));
        }
        "retry_after" => {
            input.parse::<Token![=]>()?;
            let member: Member = input.parse()?;
            match &mut written.kind {
                Some((Kind::Transient(field), _)) => *field = Some(member),
                _ => {
                    return Err(syn::Error::new(word.span(), wording::hint_of_a_transient()));
                }
            }
        }
        _ => {
            let read = kind(&word)?;
            again(written.kind.is_some())?;
            written.kind = Some((read, word.span()));
        }
    }
    Ok(())
}

fn kind(word: &Ident) -> syn::Result<Kind> {
    let written = word.to_string();
    match written.as_str() {
        "permanent" => Ok(Kind::Permanent),
        "transient" => Ok(Kind::Transient(None)),
        "transparent" => Ok(Kind::Transparent),
        _ => {
            let hint =
                nearest(&written, WORDS.iter().copied()).map(wording::did_you_mean).unwrap_or_default();
            let words = one_of(WORDS.iter().copied());
            Err(syn::Error::new(word.span(), wording::takes_one_of("retryable", words, hint)))
        }
    }
}

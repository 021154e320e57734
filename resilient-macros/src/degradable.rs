//! `#[derive(Degradable)]`: the fields of a struct in which it says that it is degraded.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::parse::ParseStream;
use syn::spanned::Spanned as _;
use syn::{Attribute, Data, DeriveInput, Fields, Index, Member, Meta, Path, Token, Type};

use crate::names::{Place, emit};
use crate::report::Report;
use crate::wording;

const NAME: &str = "degradable";

/// ```text
/// impl Degradable for CaseResult {
///     fn degraded(mut self, how: Degradation) -> Self {
///         (mark_of(&self.needs_review).set)(&mut self.needs_review, &how);
///         self
///     }
///
///     fn is_degraded(&self) -> bool {
///         (mark_of(&self.needs_review).is_set)(&self.needs_review)
///     }
/// }
/// ```
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let input: DeriveInput = match syn::parse2(item) {
        Ok(input) => input,
        Err(error) => return error.to_compile_error(),
    };
    let mut report = Report::default();
    let crate_path = crate_path(&input.attrs, &mut report);
    let marked = match &input.data {
        Data::Struct(data) => marked(&data.fields, &mut report),
        Data::Enum(syn::DataEnum { enum_token: syn::token::Enum { span }, .. })
        | Data::Union(syn::DataUnion { union_token: syn::token::Union { span }, .. }) => {
            report.error(*span, wording::no_struct());
            return report.finish();
        }
    };
    if marked.is_empty() && report.is_empty() {
        report.error(input.ident.span(), wording::no_mark(&input.ident));
    }
    let errors = report.finish();
    let crate_path = crate_path.map_or_else(|| emit!(::resilient), Path::into_token_stream);
    let marks = |(field, ty): &(Member, &Type)| Place::of(ty).call("mark_of", emit!(&self.#field), None);
    let set = marked.iter().map(|own| {
        let (marks, (field, _)) = (marks(own), own);
        emit!((#marks.set)(&mut self.#field, &how))
    });
    let asked = marked.iter().map(|own| {
        let (marks, (field, _)) = (marks(own), own);
        emit!((#marks.is_set)(&self.#field))
    });
    let asked: Vec<TokenStream> = asked.collect();
    let asked = if asked.is_empty() { emit!(false) } else { emit!(#(#asked)||*) };
    let name = &input.ident;
    let (generics, arguments, clause) = input.generics.split_for_impl();
    emit! {
        #errors
        #[automatically_derived]
        impl #generics #crate_path::__private::Degradable for #name #arguments #clause {
            fn degraded(mut self, how: #crate_path::__private::Degradation) -> Self {
                use #crate_path::__private as __res;
                #(#set;)*
                self
            }

            fn is_degraded(&self) -> bool {
                use #crate_path::__private as __res;
                #asked
            }
        }
    }
}

/// `#[degradable(crate = path)]`, above the struct.
fn crate_path(attributes: &[Attribute], report: &mut Report) -> Option<Path> {
    let mut path = None;
    for attribute in ours(attributes) {
        let parser = |input: ParseStream<'_>| {
            input.parse::<Token![crate]>()?;
            input.parse::<Token![=]>()?;
            Path::parse_mod_style(input)
        };
        match &attribute.meta {
            Meta::List(list) => match list.parse_args_with(parser) {
                Ok(read) => path = Some(read),
                Err(_) => report.error(inside(attribute), wording::only_the_crate()),
            },
            _ => report.error(attribute.path().span(), wording::mark_above_a_field()),
        }
    }
    path
}

/// The fields that say it, and their types.
fn marked<'f>(fields: &'f Fields, report: &mut Report) -> Vec<(Member, &'f Type)> {
    let mut marked = Vec::new();
    for (number, field) in fields.iter().enumerate() {
        let mut is_marked = false;
        for attribute in ours(&field.attrs) {
            if !matches!(attribute.meta, Meta::Path(_)) {
                report.error(inside(attribute), wording::mark_alone());
            }
            is_marked = true;
        }
        if is_marked {
            let member = match &field.ident {
                Some(name) => Member::Named(name.clone()),
                None => Member::Unnamed(Index::from(number)),
            };
            marked.push((member, &field.ty));
        }
    }
    marked
}

fn ours(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident(NAME))
}

/// The first token that an attribute holds.
fn inside(attribute: &Attribute) -> Span {
    match &attribute.meta {
        Meta::List(list) => list.tokens.clone().into_iter().next().map_or(list.span(), |token| token.span()),
        other => other.span(),
    }
}

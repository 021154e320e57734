//! The item as the user wrote it: kept whole where it cannot be guarded, and looked at where it is no
//! function. Nothing here is expanded.

use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Meta, Visibility};

use crate::wording;

/// The keyword of an item that is no function.
pub(crate) fn other_keyword(input: ParseStream<'_>) -> syn::Result<Ident> {
    input.call(Attribute::parse_outer)?;
    let _: Visibility = input.parse()?;
    let is_const_item = input.peek(syn::Token![const])
        && !input.peek2(syn::Token![fn])
        && !input.peek2(syn::Token![async])
        && !input.peek2(syn::Token![unsafe]);
    let is_extern_block = input.peek(syn::Token![extern]) && input.peek2(syn::token::Brace);
    let keyword = input.call(Ident::parse_any)?;
    let words =
        ["struct", "enum", "union", "trait", "impl", "mod", "use", "static", "type", "let", "macro_rules"];
    let is_other = is_const_item || is_extern_block || words.iter().any(|word| keyword == word);
    let _: TokenStream = input.parse()?;
    if is_other { Ok(keyword) } else { Err(syn::Error::new(keyword.span(), "a function")) }
}

/// The item as written, without the attributes of ours that were gathered; `statements` go first in
/// its body, if it has one.
pub(crate) fn as_written(
    item: TokenStream,
    is_ours: impl Fn(&Attribute) -> bool,
    statements: &TokenStream,
) -> TokenStream {
    let strip = |input: ParseStream<'_>| {
        let attributes = input.call(Attribute::parse_outer)?;
        let mut rest: Vec<TokenTree> = input.parse::<TokenStream>()?.into_iter().collect();
        if let Some(TokenTree::Group(body)) = rest.last_mut() {
            let starts_with_attribute =
                body.stream().into_iter().next().is_some_and(|first| first.to_string() == "#");
            if body.delimiter() == Delimiter::Brace && !starts_with_attribute {
                let (span, inside) = (body.span(), body.stream());
                *body = Group::new(Delimiter::Brace, quote!(#statements #inside));
                body.set_span(span);
            }
        }
        let others = attributes.iter().filter(|attribute| !is_ours(attribute));
        Ok(quote!(#(#others)* #(#rest)*))
    };
    strip.parse2(item.clone()).unwrap_or(item)
}

/// The arguments of `#[name(…)]`; nothing for `#[name]`.
pub(crate) fn attribute_tokens(attribute: &Attribute) -> syn::Result<TokenStream> {
    meta_tokens(&attribute.meta)
}

/// The same of what is within the brackets.
pub(crate) fn meta_tokens(meta: &Meta) -> syn::Result<TokenStream> {
    match meta {
        Meta::Path(_) => Ok(TokenStream::new()),
        Meta::List(list) => Ok(list.tokens.clone()),
        Meta::NameValue(pair) => {
            let path = pair.path.to_token_stream();
            Err(syn::Error::new(pair.eq_token.span, wording::settings_after_equals(path)))
        }
    }
}

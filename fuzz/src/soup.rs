//! Tokens without any sense, and the pieces of `pieces.txt` of which everything else is made.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use arbitrary::{Result, Unstructured};
use proc_macro2::{Delimiter, Group, Ident, Literal, Punct, Spacing, Span, TokenStream, TokenTree};

use crate::PAGES;
use crate::generate::sibling;

pub type Bytes<'b, 'a> = &'b mut Unstructured<'a>;

/// The lines under each heading of `pieces.txt`.
static PIECES: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
    let sections = include_str!("pieces.txt").split("## ").skip(1);
    sections
        .filter_map(|section| section.split_once('\n'))
        .map(|(name, all)| (name, all.lines().collect()))
        .collect()
});

/// The words of the attributes' pages: names of settings, their values, and English.
static WORDS_OF_PAGES: LazyLock<Vec<&str>> = LazyLock::new(|| {
    let words = PAGES.iter().flat_map(|page| page.split(|c: char| !c.is_alphanumeric() && c != '_'));
    let words: BTreeSet<_> = words.filter(|word| syn::parse_str::<Ident>(word).is_ok()).collect();
    words.into_iter().collect()
});

/// Some tokens in any order.
pub fn soup(bytes: Bytes<'_, '_>, depth: u8) -> Result<TokenStream> {
    let mut all = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=7_u8)? {
        all.extend(match bytes.int_in_range(0..=15_u8)? {
            0..=4 => word(bytes)?.into(),
            5..=7 => piece(bytes, "punctuation")?,
            8 | 9 => literal(bytes)?.into(),
            10 => lifetime(bytes)?,
            11 => {
                let any = bytes.choose(&["values", "arguments", "returns", "bodies", "variants"])?;
                piece(bytes, any)?
            }
            12 => sibling(bytes)?,
            _ if depth == 0 => TokenStream::new(),
            _ => {
                let inside = soup(bytes, depth - 1)?;
                group(any_delimiter(bytes)?, inside)
            }
        });
    }
    Ok(all)
}

/// One of the pieces under a heading.
pub fn piece(bytes: Bytes<'_, '_>, heading: &str) -> Result<TokenStream> {
    Ok(parsed(bytes.choose(&PIECES[heading])?))
}

pub fn word(bytes: Bytes<'_, '_>) -> Result<TokenTree> {
    Ok(match bytes.int_in_range(0..=9_u8)? {
        0..=5 => identifier(bytes.choose(&PIECES["words"])?),
        6..=8 => identifier(bytes.choose(&WORDS_OF_PAGES)?),
        _ => Ident::new_raw(bytes.choose(&PIECES["raw words"])?, Span::call_site()).into(),
    })
}

pub fn literal(bytes: Bytes<'_, '_>) -> Result<TokenTree> {
    Ok(match bytes.int_in_range(0..=15_u8)? {
        // Other macros write negative numbers as one token.
        0 => Literal::i32_unsuffixed(bytes.arbitrary()?).into(),
        1 => Literal::i64_suffixed(bytes.arbitrary()?).into(),
        2 => Literal::string(bytes.arbitrary()?).into(),
        3 => {
            let number: f64 = bytes.arbitrary()?;
            Literal::f64_unsuffixed(if number.is_finite() { number } else { f64::MIN }).into()
        }
        _ => piece(bytes, "literals")?.into_iter().next().unwrap_or_else(|| identifier("x")),
    })
}

fn lifetime(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    if bytes.ratio(1, 10)? {
        // Half of one.
        return Ok(TokenTree::from(Punct::new('\'', Spacing::Joint)).into());
    }
    piece(bytes, "lifetimes")
}

pub fn any_delimiter(bytes: Bytes<'_, '_>) -> Result<Delimiter> {
    bytes.choose(&[Delimiter::Parenthesis, Delimiter::Brace, Delimiter::Bracket, Delimiter::None]).copied()
}

pub fn group(delimiter: Delimiter, inside: TokenStream) -> TokenStream {
    TokenTree::from(Group::new(delimiter, inside)).into()
}

pub fn identifier(word: &str) -> TokenTree {
    Ident::new(word, Span::call_site()).into()
}

/// Text of ours as tokens.
pub fn parsed(text: &str) -> TokenStream {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

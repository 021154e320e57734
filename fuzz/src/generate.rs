//! Makes settings, functions and error types of bytes: mostly well formed, so that what is wrong with
//! them is met deep inside.

use arbitrary::Result;
use proc_macro2::{Delimiter, TokenStream};

use crate::soup::{Bytes, any_delimiter, group, identifier, literal, parsed, piece, soup, word};
use crate::{ATTRIBUTES, PAGES};

/// Functions as people write them.
const CORPUS: &str = include_str!("../../resilient-macros/src/stack/corpus.txt");

/// Traits, likewise.
const TRAITS: &str = include_str!("../../resilient-macros/src/decorator/corpus.txt");

/// What is written in the parentheses of the attribute `name`: as its page has it, or made up.
pub fn arguments(bytes: Bytes<'_, '_>, name: &str) -> Result<TokenStream> {
    let start = format!("#[{name}(");
    let right: Vec<&str> = PAGES
        .iter()
        .flat_map(|page| page.lines())
        .filter_map(|line| line.strip_prefix(&*start)?.strip_suffix(")]"))
        .collect();
    if right.is_empty() || bytes.ratio(1, 3)? {
        return settings(bytes, name);
    }
    Ok(parsed(bytes.choose(&right)?))
}

fn settings(bytes: Bytes<'_, '_>, name: &str) -> Result<TokenStream> {
    let mut all = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=5_u8)? {
        match bytes.int_in_range(0..=11_u8)? {
            0 => all.extend(value(bytes)?),
            1 => all.extend(soup(bytes, 2)?),
            2 => {
                all.extend([word(bytes)?]);
                let inside = if bytes.ratio(1, 2)? { soup(bytes, 2)? } else { settings(bytes, name)? };
                all.extend(group(Delimiter::Parenthesis, inside));
            }
            3 => all.extend([word(bytes)?]),
            4 => {
                all.extend(parsed("crate ="));
                all.extend(value(bytes)?);
            }
            _ => {
                let known = names(name);
                let is_known = !known.is_empty() && bytes.ratio(9, 10)?;
                all.extend([if is_known { identifier(bytes.choose(&known)?) } else { word(bytes)? }]);
                all.extend(parsed("="));
                all.extend(value(bytes)?);
            }
        }
        if bytes.ratio(14_u8, 15)? {
            all.extend(parsed(","));
        }
    }
    Ok(all)
}

/// The names of an attribute's settings, from the table of its page: `` | `name` | ``.
fn names(attribute: &str) -> Vec<&'static str> {
    let its = format!("#[{attribute}(");
    let pages = PAGES.iter().filter(|page| page.contains(&its));
    let words =
        pages.flat_map(|page| page.lines()).filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    words.filter(|word| syn::parse_str::<syn::Ident>(word).is_ok()).collect()
}

fn value(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    Ok(match bytes.int_in_range(0..=6_u8)? {
        0..=2 => piece(bytes, "values")?,
        3 | 4 => literal(bytes)?.into(),
        5 => {
            let inside = value(bytes)?;
            group(any_delimiter(bytes)?, inside)
        }
        _ => soup(bytes, 2)?,
    })
}

/// `#[retry(…)]`, or something near it.
pub fn sibling(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    let name = *bytes.choose(ATTRIBUTES)?;
    let mut inside = match bytes.int_in_range(0..=11_u8)? {
        0 => parsed("resilient::"),
        1 => parsed("::resilient::"),
        2 => parsed("other::"),
        _ => TokenStream::new(),
    };
    inside.extend([identifier(name)]);
    match bytes.int_in_range(0..=19_u8)? {
        0 => {}
        1 => inside.extend(parsed("=").into_iter().chain(value(bytes)?)),
        2 => inside.extend(soup(bytes, 2)?),
        _ => inside.extend(group(Delimiter::Parenthesis, arguments(bytes, name)?)),
    }
    Ok(parsed("#").into_iter().chain(group(Delimiter::Bracket, inside)).collect())
}

/// A function: one that a person has written, one that is put together here, or none at all.
pub fn function(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    let mut all = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=6_u8)?.saturating_sub(3) {
        all.extend(sibling(bytes)?);
    }
    all.extend(match bytes.int_in_range(0..=7_u8)? {
        0..=2 => {
            let lines: Vec<&str> = CORPUS.lines().collect();
            parsed(bytes.choose(&lines)?)
        }
        3..=6 => assembled(bytes)?,
        _ => soup(bytes, 3)?,
    });
    Ok(all)
}

/// A trait: one that a person has written, or one with methods that are put together here.
pub fn decorated(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    if bytes.ratio(2, 5)? {
        let lines: Vec<&str> = TRAITS.lines().collect();
        return Ok(parsed(bytes.choose(&lines)?));
    }
    let mut all = if bytes.ratio(1, 4)? { sibling(bytes)? } else { TokenStream::new() };
    all.extend(parsed("pub trait Model"));
    all.extend(piece(bytes, "generics")?);
    all.extend(piece(bytes, "clauses")?);
    let mut inside = parsed("type Error;");
    for _ in 0..bytes.int_in_range(1..=4_u8)? {
        if bytes.ratio(2, 3)? {
            inside.extend(sibling(bytes)?);
        }
        inside.extend(assembled(bytes)?);
    }
    all.extend(group(Delimiter::Brace, inside));
    Ok(all)
}

fn assembled(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    let mut all = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=2_u8)? {
        all.extend(piece(bytes, "qualifiers")?);
    }
    all.extend(parsed("fn"));
    all.extend([word(bytes)?]);
    all.extend(piece(bytes, "generics")?);
    let mut arguments = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=4_u8)? {
        arguments.extend(if bytes.ratio(1, 12)? { soup(bytes, 2)? } else { piece(bytes, "arguments")? });
        arguments.extend(parsed(","));
    }
    all.extend(group(Delimiter::Parenthesis, arguments));
    all.extend(piece(bytes, "returns")?);
    all.extend(piece(bytes, "clauses")?);
    let body = if bytes.ratio(1, 4)? { soup(bytes, 4)? } else { piece(bytes, "bodies")? };
    let body = group(Delimiter::Brace, body);
    all.extend(match bytes.int_in_range(0..=11_u8)? {
        0 => parsed(";"),
        // A `$body:block` of a `macro_rules!`.
        1 => group(Delimiter::None, body),
        _ => body,
    });
    Ok(all)
}

/// An enum or a struct as the derive wants it, mostly.
pub fn error_type(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    if bytes.ratio(1, 12)? {
        return soup(bytes, 3);
    }
    let is_enum = bytes.ratio(2, 3)?;
    let (keyword, right) = if is_enum {
        ("enum", "default = permanent")
    } else {
        (*bytes.choose(&["struct", "union"])?, "transient")
    };
    let mut all = retryable(bytes, &[right])?;
    all.extend(parsed(keyword));
    all.extend([if bytes.ratio(9, 10)? { identifier("Fault") } else { word(bytes)? }]);
    all.extend(piece(bytes, "generics of types")?);
    let mut inside = TokenStream::new();
    if is_enum {
        for _ in 0..bytes.int_in_range(0..=4_u8)? {
            inside.extend(retryable(bytes, &["transient", "permanent"])?);
            inside.extend(if bytes.ratio(1, 24)? { soup(bytes, 2)? } else { piece(bytes, "variants")? });
            inside.extend(parsed(","));
        }
    } else {
        inside = piece(bytes, "fields")?;
    }
    all.extend(match bytes.int_in_range(0..=9_u8)? {
        0 => parsed(";"),
        1 => parsed("(u32);"),
        2 => parsed("(T, io::Error);"),
        _ => group(Delimiter::Brace, inside),
    });
    Ok(all)
}

/// A struct that says in a field that it is degraded, mostly.
pub fn marked(bytes: Bytes<'_, '_>) -> Result<TokenStream> {
    const ABOVE: [&str; 3] =
        ["#[degradable(crate = facade::resilient)]", "#[degradable]", "#[degradable(crat = x)]"];
    const FIELDS: [&str; 5] = [
        "name: String",
        "#[degradable] needs_review: bool",
        "#[degradable] pub how: Option<Degradation>",
        "#[degradable] r#type: T",
        "#[serde(default)] more: &'a [T; N]",
    ];
    const WRONG: [&str; 2] = ["#[degradable(flag)] flag: bool", "#[degradable = 1] #[degradable] flag: T"];
    const OF_TUPLES: [&str; 2] = ["#[degradable] bool", "#[degradable] pub(crate) (u8, u8)"];
    let mut all = if bytes.ratio(1, 3)? { parsed(bytes.choose(&ABOVE)?) } else { TokenStream::new() };
    all.extend(parsed(if bytes.ratio(7, 8)? { "struct" } else { bytes.choose(&["enum", "union"])? }));
    all.extend([identifier("Label")]);
    all.extend(piece(bytes, "generics of types")?);
    let is_tuple = bytes.ratio(1, 4)?;
    let mut inside = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=4_u8)? {
        let fields = match (is_tuple, bytes.ratio(1, 16)?) {
            (true, _) => &OF_TUPLES[..],
            (false, true) => &WRONG,
            (false, false) => &FIELDS,
        };
        inside.extend(if bytes.ratio(1, 24)? { soup(bytes, 2)? } else { parsed(bytes.choose(fields)?) });
        inside.extend(parsed(","));
    }
    if is_tuple {
        all.extend(group(Delimiter::Parenthesis, inside));
        all.extend(parsed(";"));
    } else {
        all.extend(group(Delimiter::Brace, inside));
    }
    Ok(all)
}

/// What stands above a type or a variant, where `right` would be right.
fn retryable(bytes: Bytes<'_, '_>, right: &[&str]) -> Result<TokenStream> {
    let mut all = TokenStream::new();
    for _ in 0..bytes.int_in_range(0..=11_u8)?.div_ceil(10) {
        let said = match bytes.int_in_range(0..=15_u8)? {
            0 => soup(bytes, 2)?,
            1..=4 => piece(bytes, "retryable")?,
            _ => parsed(bytes.choose(right)?),
        };
        let mut inside = parsed("retryable");
        match bytes.int_in_range(0..=31_u8)? {
            0 => inside.extend(parsed("=").into_iter().chain(said)),
            1 => {}
            _ => inside.extend(group(Delimiter::Parenthesis, said)),
        }
        all.extend(parsed("#"));
        all.extend(group(Delimiter::Bracket, inside));
    }
    Ok(all)
}

//! Collects every mistake of one stack, each at its own token, and writes them beside the item as the
//! user wrote it. What is a mistake is decided elsewhere.

use proc_macro2::{Span, TokenStream};
use quote::ToTokens;
use std::fmt::Display;

/// All mistakes found so far. Dropping it without [`finish`](Self::finish) loses them, so it is handed
/// down by reference and finished in one place.
#[derive(Default)]
pub(crate) struct Report {
    errors: Vec<syn::Error>,
}

impl Report {
    /// What is wrong at `span`, and on the next lines what to write instead.
    pub(crate) fn error(&mut self, span: Span, message: impl Display) {
        self.errors.push(syn::Error::new(span, message));
    }

    /// What is wrong with `tokens`, all of them.
    pub(crate) fn error_at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        self.errors.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.errors.push(error);
    }

    pub(crate) fn len(&self) -> usize {
        self.errors.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.errors.is_empty()
    }

    /// The errors as the compiler takes them.
    pub(crate) fn finish(self) -> TokenStream {
        self.errors.iter().map(syn::Error::to_compile_error).collect()
    }
}

/// `` `a`, `b` or `c` ``.
pub(crate) fn one_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    listed(names, "or")
}

/// `` `a`, `b` and `c` ``.
pub(crate) fn all_of<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    listed(names, "and")
}

fn listed<'n>(names: impl IntoIterator<Item = &'n str>, word: &str) -> String {
    let mut names: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    let last = names.pop().unwrap_or_default();
    if names.is_empty() { last } else { format!("{} {word} {last}", names.join(", ")) }
}

/// The name that was probably meant, if one is near.
pub(crate) fn nearest<'n>(written: &str, names: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    names
        .into_iter()
        .map(|name| {
            // `attempts` for `max_attempts` is nearer than its letters say.
            let is_part = written.len() > 3 && (name.contains(written) || written.contains(name));
            let letters = distance(written, name);
            (if is_part { 1 } else { letters }, letters, name)
        })
        .filter(|(distance, _, name)| *distance <= (name.len() / 3).max(1))
        .min()
        .map(|(_, _, name)| name)
}

/// How many letters must change to make one word of the other (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut left = i + 1;
        for (cell, y) in row.iter_mut().skip(1).zip(b.chars()) {
            let substituted = diagonal + usize::from(x != y);
            diagonal = *cell;
            left = substituted.min(left + 1).min(*cell + 1);
            *cell = left;
        }
        if let Some(first) = row.first_mut() {
            *first = i + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{distance, nearest, one_of};

    #[test]
    fn distance_counts_letters() {
        for (a, b, letters) in
            [("", "abc", 3), ("retry", "retry", 0), ("retyr", "retry", 2), ("tiemout", "timeout", 2)]
        {
            assert_eq!(distance(a, b), letters, "{a} {b}");
        }
    }

    #[test]
    fn nearest_offers_only_what_is_near() {
        let names = ["max_attempts", "max_retries", "on"];
        assert_eq!(nearest("max_atempts", names), Some("max_attempts"));
        assert_eq!(nearest("maxattempts", names), Some("max_attempts"));
        assert_eq!(nearest("retries", names), Some("max_retries"));
        assert_eq!(nearest("until_first_itm", ["until", "until_first_item"]), Some("until_first_item"));
        assert_eq!(nearest("colour", names), None);
    }

    #[test]
    fn lists_read_as_english() {
        assert_eq!(one_of(["a"]), "`a`");
        assert_eq!(one_of(["a", "b", "c"]), "`a`, `b` or `c`");
    }
}

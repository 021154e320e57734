//! What an editor needs to propose the names of settings: imports of what is being typed, out of modules
//! of the runtime that hold all names. rust-analyzer completes them as it completes any import. Nobody
//! else ever sees them.

use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{format_ident, quote};

use crate::args::OVERRULED_BY;

/// Set by rust-analyzer for the process that expands macros. If it ever goes by another name, editors
/// propose nothing, and nothing else changes.
const IN_EDITOR: &str = "RUST_ANALYZER_INTERNALS_DO_NOT_USE";

/// The attributes of a stack, with their arguments, for an editor.
#[derive(Default)]
pub(crate) struct Hints(Vec<(String, TokenStream)>);

impl Hints {
    pub(crate) fn add(&mut self, attribute: &str, arguments: &TokenStream) {
        if std::env::var_os(IN_EDITOR).is_some() {
            self.0.push((attribute.to_owned(), arguments.clone()));
        }
    }

    /// The first statement of the body, whatever becomes of the function: the editor compares what is
    /// written with what might be, and finds its place by what stands before. Nothing outside of an editor.
    ///
    /// ```text
    /// const _: () = {
    ///     mod retry { use ::resilient::__private::ide::retry::*; use self::{max_att as _}; }
    ///     mod retry_backoff { use ::resilient::__private::ide::words::retry::backoff::*; use self::{lin as _}; }
    /// };
    /// ```
    pub(crate) fn finish(self, runtime: &TokenStream) -> TokenStream {
        if self.0.is_empty() {
            return TokenStream::new();
        }
        let lists = self.0.iter().flat_map(|(attribute, arguments)| modules(attribute, arguments, runtime));
        quote!(const _: () = { #(#lists)* };)
    }
}

fn modules(attribute: &str, arguments: &TokenStream, runtime: &TokenStream) -> Vec<TokenStream> {
    let pieces = pieces(arguments);
    let all = format_ident!("{attribute}");
    let names = pieces.iter().map(|piece| &piece.name);
    let mut modules = vec![quote! {
        mod #all { use #runtime::ide::#all::*; use self::{#(#names as _),*}; }
    }];
    for Piece { name, value } in pieces.iter().filter(|piece| has_words(attribute, &piece.name)) {
        let Some(value) = value else { continue };
        let module = format_ident!("{attribute}_{name}", span = Span::call_site());
        // The setting's name stands above once, with the user's span; a second time would confuse.
        let name = Ident::new(&name.to_string(), Span::call_site());
        modules.push(quote! {
            mod #module { use #runtime::ide::words::#all::#name::*; use self::{#(#value as _),*}; }
        });
    }
    modules
}

/// Settings whose value is one of a few words.
fn has_words(attribute: &str, name: &Ident) -> bool {
    let words: &[&str] = match attribute {
        "retry" => &["backoff", "jitter", "nested"],
        "circuit_breaker" => &["otherwise"],
        _ => &[],
    };
    words.iter().any(|word| name == word)
}

/// What stands between two commas, as far as it begins like a setting.
struct Piece {
    name: Ident,
    /// `None`: there is no `=`. A word that is being typed may not be there yet.
    value: Option<Vec<Ident>>,
}

fn pieces(arguments: &TokenStream) -> Vec<Piece> {
    let tokens: Vec<TokenTree> = arguments.clone().into_iter().collect();
    let is_comma = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == ',');
    let is_equals = |token: &TokenTree| matches!(token, TokenTree::Punct(punct) if punct.as_char() == '=');
    let piece = |piece: &[TokenTree]| match piece {
        [TokenTree::Ident(name)] => Some(Piece { name: name.clone(), value: None }),
        [TokenTree::Ident(name), equals, rest @ ..] if is_equals(equals) => {
            let value = match rest {
                [TokenTree::Ident(value)] => vec![value.clone()],
                _ => Vec::new(),
            };
            Some(Piece { name: name.clone(), value: Some(value) })
        }
        [TokenTree::Ident(name), TokenTree::Group(group)] if group.delimiter() == Delimiter::Parenthesis => {
            Some(Piece { name: name.clone(), value: None })
        }
        _ => None,
    };
    // What our own attributes write to one another is nobody's to complete.
    tokens.split(is_comma).filter_map(piece).filter(|piece| piece.name != OVERRULED_BY).collect()
}

#[cfg(test)]
mod tests {
    use proc_macro2::TokenStream;

    use super::{Hints, has_words};
    use crate::policy::{circuit_breaker, fallback, retry, timeout};

    fn hints(attribute: &str, arguments: &str) -> String {
        let tokens = |text: &str| text.parse::<TokenStream>().unwrap_or_default();
        same(&Hints(vec![(attribute.to_owned(), tokens(arguments))]).finish(&tokens("::r")).to_string())
    }

    /// Without the white space, which no token has.
    fn same(text: &str) -> String {
        text.replace(char::is_whitespace, "")
    }

    #[test]
    fn what_is_being_typed_is_imported_from_where_all_names_are() {
        for (arguments, modules) in [
            ("", "mod retry { use ::r::ide::retry::*; use self::{}; }"),
            ("max_att", "mod retry { use ::r::ide::retry::*; use self::{max_att as _}; }"),
            (
                "max_attempts = 3, backoff = , jit",
                "mod retry { use ::r::ide::retry::*; use self::{max_attempts as _, backoff as _, jit as _}; }
                 mod retry_backoff { use ::r::ide::words::retry::backoff::*; use self::{}; }",
            ),
            (
                "backoff = lin",
                "mod retry { use ::r::ide::retry::*; use self::{backoff as _}; }
                 mod retry_backoff { use ::r::ide::words::retry::backoff::*; use self::{lin as _}; }",
            ),
            (
                "__overruled_by = self.config, max_att",
                "mod retry { use ::r::ide::retry::*; use self::{max_att as _}; }",
            ),
            ("3 + x, (a, b), = 5", "mod retry { use ::r::ide::retry::*; use self::{}; }"),
        ] {
            assert_eq!(
                hints("retry", arguments),
                same(&format!("const _: () = {{ {modules} }};")),
                "{arguments}"
            );
        }
    }

    #[test]
    fn outside_of_an_editor_there_is_nothing() {
        let mut hints = Hints::default();
        hints.add("retry", &TokenStream::new());
        assert!(hints.finish(&TokenStream::new()).is_empty());
    }

    /// What editors propose is what the attributes take.
    #[test]
    fn the_names_are_those_of_the_attributes() {
        use resilient::__private::ide::names;
        for (proposed, taken) in [
            (names::retry, retry::VOCABULARY.names),
            (names::circuit_breaker, circuit_breaker::VOCABULARY.names),
            (names::timeout, timeout::VOCABULARY.names),
            (names::deadline, crate::limit::NAMES),
            (names::fallback, fallback::VOCABULARY.names),
        ] {
            let mut taken = taken.to_vec();
            taken.extend(["docs", "describe"]);
            let mut proposed = proposed.to_vec();
            taken.sort_unstable();
            proposed.sort_unstable();
            assert_eq!(proposed, taken);
        }
        let ident = |name: &str| quote::format_ident!("{name}");
        assert!(has_words("retry", &ident("backoff")) && !has_words("timeout", &ident("backoff")));
    }
}

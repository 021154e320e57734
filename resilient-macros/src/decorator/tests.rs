//! Traits that are still being typed: every token is kept, and nobody is told of what is merely unfinished.

#![allow(clippy::panic)]

use proc_macro2::TokenStream;

use crate::stack::tests::{contains, prefixes, tokens};

/// Traits as people write them, one a line.
const CORPUS: &str = include_str!("corpus.txt");

fn expanded(arguments: &str, item: TokenStream) -> TokenStream {
    super::expand(tokens(arguments), item)
}

#[test]
fn half_typed_traits_are_kept_whole() {
    for line in CORPUS.lines() {
        for cut in prefixes(&tokens(line)) {
            let out = expanded("Guarded", cut.clone());
            assert_eq!(contains(out.clone(), cut.clone()), Ok(()), "{cut}\nbecomes\n{out}");
            // A trait without a policy is told so, because it may be finished.
            let text = out.to_string();
            let errors = text.matches("compile_error").count();
            assert_eq!(errors, text.matches("has a policy").count(), "{cut}\nbecomes\n{out}");
        }
    }
}

#[test]
fn what_is_written_for_a_whole_trait_can_be_read() {
    for line in CORPUS.lines() {
        let out = expanded("Guarded, crate = other::path", tokens(line));
        if let Err(error) = syn::parse2::<syn::File>(out.clone()) {
            panic!("{error}: {line}\nbecomes\n{out}");
        }
    }
}

#[test]
fn half_typed_settings_keep_the_trait() {
    let item = CORPUS.lines().next().unwrap_or_default();
    for arguments in ["", "Guarded, crate = resilient::path, other = \"x\"", "Guarded<M>, 3 + 4", "crate"] {
        for cut in prefixes(&tokens(arguments)) {
            let out = super::expand(cut.clone(), tokens(item));
            // Without a name there is nowhere to hand a policy on to.
            let kept = item.replace("#[retry]", "");
            assert_eq!(contains(out.clone(), tokens(&kept)), Ok(()), "#[decorator({cut})]\nbecomes\n{out}");
        }
    }
}

#[test]
fn what_is_no_trait_is_left_as_it_is() {
    for item in
        ["struct Model;", "impl Model {}", "fn ask() {}", "macro_call! {}", "unsafe impl Send for M {}"]
    {
        let out = expanded("Guarded", tokens(item));
        assert_eq!(contains(out.clone(), tokens(item)), Ok(()), "{out}");
        assert_eq!(out.to_string().contains("compile_error"), !item.starts_with("macro"), "{out}");
    }
}

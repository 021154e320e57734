//! What the fuzzer found (`fuzz/` at the root of the repository), as small as it gets.

use proc_macro2::{Delimiter, Group, TokenTree};

use super::{contains, expanded, tokens};

#[test]
fn a_limit_without_a_value_is_refused() {
    let item = "fn ask() -> Result<u32, Fault> { Ok(1) }";
    for name in ["timeout", "deadline"] {
        for arguments in ["secs", "ms", "secs(3)", "ms, operation = \"x\"", "crate = other"] {
            let out = expanded(name, arguments, item);
            assert!(out.contains("compile_error"), "#[{name}({arguments})] becomes\n{out}");
        }
    }
}

#[test]
fn a_fallback_without_a_tier_is_refused() {
    let out = expanded("fallback", "crate = other", "fn ask() -> Result<u32, Fault> { Ok(1) }");
    assert!(out.contains("compile_error"), "{out}");
}

/// Only the future that `Box::pin` makes of a block may be written anew: nothing else that ends so.
#[test]
fn what_stands_before_a_boxed_block_is_kept() {
    for body in ["MyBox::pin(async move { Ok(a) })", "let x = Box::pin(async move {})"] {
        let item = format!("fn ask(a: u32) -> BoxFuture<'static, Result<u32, Fault>> {{ {body} }}");
        let out = super::super::expand("retry", tokens("on = any"), tokens(&item));
        assert_eq!(contains(out.clone(), tokens(&item)), Ok(()), "{item}\nbecomes\n{out}");
    }
}

/// A body in an invisible group is one block and nothing behind it.
#[test]
fn what_stands_behind_a_block_in_an_invisible_group_is_kept() {
    let mut item = tokens("fn ask() -> Result<u32, Fault>");
    item.extend([TokenTree::from(Group::new(Delimiter::None, tokens("{ Ok(1) } + rest")))]);
    let out = super::super::expand("retry", tokens("on = any"), item.clone());
    assert_eq!(contains(out.clone(), item), Ok(()), "{out}");
}

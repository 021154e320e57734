//! What no compile test can show: expansions of code that is still being typed.

use proc_macro2::TokenStream;

fn expanded(name: &'static str, arguments: &str, item: &str) -> String {
    let tokens = |text: &str| text.parse::<TokenStream>().unwrap_or_default();
    super::expand(name, tokens(arguments), tokens(item)).to_string()
}

#[test]
fn a_function_that_is_not_finished_stays_as_it_is() {
    for item in ["async fn", "fn ask(", "pub fn ask() -> ", "#[timeout(5)] fn ask() -> Result<u32"] {
        let kept = expanded("retry", "max_attempts = 3", item);
        assert!(!kept.contains("compile_error"), "{kept}");
    }
}

#[test]
fn a_mistake_does_not_swallow_the_function() {
    let kept =
        expanded("retry", "max_atempts = 3", "#[timeout(5)] fn ask() -> Option<u32> { some.unfinished. }");
    assert!(kept.contains("compile_error") && kept.contains("some . unfinished ."), "{kept}");
    assert!(kept.contains("use { timeout as _ }"), "its import is still used: {kept}");
}

//! Code that is still being typed, and code that nobody would type: the macro keeps every token of the
//! item, adds no error about what is merely unfinished, and never panics.

#![allow(clippy::indexing_slicing)]

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

mod found;

/// Functions as people write them, one a line.
const CORPUS: &str = include_str!("corpus.txt");

/// Settings that are right, so that every error would be about the function.
const ATTRIBUTES: &[(&str, &str)] = &[
    ("retry", "max_attempts = 4, on = any, base_delay = \"50ms\""),
    ("circuit_breaker", "name = \"search\""),
    ("fallback", "default = Default::default(), reason = \"away\""),
];

pub(crate) fn tokens(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

fn expanded(name: &'static str, arguments: &str, item: &str) -> String {
    super::expand(name, tokens(arguments), tokens(item)).to_string()
}

/// All prefixes of some tokens, brackets closed, as an editor hands them on while one types.
pub(crate) fn prefixes(whole: &TokenStream) -> Vec<TokenStream> {
    let mut all = Vec::new();
    let mut before = TokenStream::new();
    for token in whole.clone() {
        all.push(before.clone());
        if let TokenTree::Group(group) = &token {
            for inside in prefixes(&group.stream()) {
                let cut = TokenTree::Group(Group::new(group.delimiter(), inside));
                all.push(before.clone().into_iter().chain([cut]).collect());
            }
        }
        before.extend([token]);
    }
    all.push(before);
    all
}

/// The words of some tokens, in any order, to see that none was lost.
fn words(tokens: TokenStream) -> Vec<String> {
    let mut words: Vec<String> = tokens
        .into_iter()
        .flat_map(|token| match token {
            TokenTree::Group(group) if group.delimiter() != Delimiter::None => words(group.stream()),
            TokenTree::Group(group) => words(group.stream()),
            other => vec![other.to_string()],
        })
        .collect();
    words.sort();
    words
}

/// Whether every word of `part` is in `whole`, as often as it is in `part`. `self` may go by another name
/// there, `mut` need not stand where nothing changes, `#![…]` stands above the function as `#[…]`, and the
/// `Box::pin(async move …)` around a whole body is written anew.
pub(crate) fn contains(whole: TokenStream, part: TokenStream) -> Result<(), String> {
    let mut there = words(whole).into_iter().peekable();
    for word in words(part) {
        while there.peek().is_some_and(|other| *other < word) {
            there.next();
        }
        if there.peek() == Some(&word) {
            there.next();
        } else if !["self", "mut", "!", "Box", "pin", "async", "move"].contains(&word.as_str()) {
            return Err(word);
        }
    }
    Ok(())
}

#[test]
fn half_typed_functions_are_kept_whole_and_get_no_error_of_ours() {
    let functions: Vec<&str> = CORPUS.lines().collect();
    assert!(functions.len() >= 60, "{}", functions.len());
    for function in functions {
        let whole = tokens(function);
        assert!(!whole.is_empty(), "{function}");
        for cut in prefixes(&whole) {
            for (name, arguments) in ATTRIBUTES {
                let out = super::expand(name, tokens(arguments), cut.clone());
                assert!(!out.to_string().contains("compile_error"), "#[{name}] {cut}\nbecomes\n{out}");
                let kept = contains(out.clone(), cut.clone());
                assert_eq!(kept, Ok(()), "#[{name}] {cut}\nbecomes\n{out}");
            }
        }
    }
}

/// Limits on time, and a whole stack: on async functions, of which they refuse no arguments.
#[test]
fn half_typed_async_functions_under_a_stack_are_kept_whole_too() {
    const STACK: &str =
        "#[deadline(secs = 40)] #[circuit_breaker(name = \"x\")] #[retry(on = any)] #[timeout(secs = 8)]";
    let made_async = |function: &str| {
        if function.contains("async") || function.contains("Future") {
            function.to_owned()
        } else {
            function.replacen("fn ", "async fn ", 1)
        }
    };
    for function in CORPUS.lines().map(made_async) {
        for cut in prefixes(&tokens(&function)) {
            for (name, arguments) in [("timeout", "secs = 5"), ("deadline", "\"1m\"")] {
                let out = super::expand(name, tokens(arguments), cut.clone());
                assert!(!out.to_string().contains("compile_error"), "#[{name}] {cut}\nbecomes\n{out}");
                assert_eq!(contains(out.clone(), cut.clone()), Ok(()), "#[{name}] {cut}\nbecomes\n{out}");
            }
            let below: TokenStream = tokens(STACK).into_iter().chain(cut.clone()).collect();
            let out = super::expand("fallback", tokens("default = 1"), below);
            assert!(!out.to_string().contains("compile_error"), "stack above {cut}\nbecomes\n{out}");
            assert_eq!(contains(out.clone(), cut.clone()), Ok(()), "stack above {cut}\nbecomes\n{out}");
        }
    }
}

#[test]
fn half_typed_settings_keep_the_function() {
    let item = "pub async fn ask(client: &Client) -> Result<Reply, Fault> { client.ask().await }";
    for (name, arguments) in [
        (
            "retry",
            "max_attempts = 3, on = (io::Error, Fault::Status(500..=599)), when = |e| e.is_x(), jitter = full",
        ),
        ("circuit_breaker", "name = \"x\", failure_threshold = 3, recovery_timeout = \"30s\", per_attempt"),
        ("circuit_breaker", "LLM, on = Fault::Lost, until_end"),
        (
            "circuit_breaker",
            "failure_rate = 0.5, window = \"10s\", minimum_calls = 5, slow_call = 2, slow_call_rate = 1, otherwise = neutral",
        ),
        ("fallback", "cached(max_age = \"10m\", key = (client.id, 7), capacity = 10), docs = true"),
        ("timeout", "secs = 30, operation = \"lookup\""),
        ("timeout", "idle = self.patience"),
        ("retry", "until_first_item, max_attempts = 3"),
        ("deadline", "self.limit, operation = \"lookup\""),
        ("fallback", "degraded = |e| Ok(partial(e)), default = Reply::default(), reason = \"away\""),
    ] {
        for cut in prefixes(&tokens(arguments)) {
            let out = super::expand(name, cut.clone(), tokens(item));
            assert_eq!(contains(out, tokens(item)), Ok(()), "#[{name}({cut})]");
        }
    }
}

#[test]
fn a_mistake_does_not_swallow_the_function() {
    let kept =
        expanded("retry", "max_atempts = 3", "#[timeout(5)] fn ask() -> Option<u32> { some.unfinished. }");
    assert!(kept.contains("compile_error") && kept.contains("some . unfinished ."), "{kept}");
    assert!(kept.contains("use { timeout as _ }"), "its import is still used: {kept}");
}

/// Tokens at random, from a generator with a fixed seed: whatever they are, an answer comes back.
#[test]
fn arbitrary_tokens_are_answered() {
    const WORDS: &[&str] = &[
        "fn",
        "async",
        "pub",
        "retry",
        "timeout",
        "on",
        "when",
        "self",
        "mut",
        "x",
        "Result",
        "impl",
        "dyn",
        "=",
        "==",
        ",",
        "|",
        "&",
        "<",
        ">",
        "->",
        "::",
        "#",
        "!",
        ";",
        "..",
        "'a",
        "\"1m 30s\"",
        "\"\"",
        "3",
        "1.5",
        "-",
        "1e999",
        "99999999999999999999",
        "any",
        "crate",
        "r#type",
        "Error",
        "Fault",
        "per_attempt",
        "max_attempts",
        "backoff",
        "none",
        "default",
        "degraded",
        "transient",
        "retryable",
        "enum",
        "struct",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut roll = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let text = |roll: &mut dyn FnMut(u64) -> u64| {
        let mut text = String::new();
        let mut open = Vec::new();
        for _ in 0..roll(24) {
            match roll(8) {
                0 => {
                    let (left, right) =
                        [("(", ")"), ("{", "}"), ("[", "]")][usize::try_from(roll(3)).unwrap_or(0)];
                    text.push_str(left);
                    open.push(right);
                }
                1 => text.push_str(open.pop().unwrap_or(" ")),
                _ => {
                    let word = usize::try_from(roll(WORDS.len() as u64)).unwrap_or(0);
                    text.push_str(WORDS[word]);
                }
            }
            text.push(' ');
        }
        while let Some(right) = open.pop() {
            text.push_str(right);
        }
        text
    };
    for _ in 0..1_500 {
        let (arguments, item) = (text(&mut roll), text(&mut roll));
        for name in super::NAMES {
            let _ = expanded(name, &arguments, &item);
            let _ = expanded(
                name,
                &arguments,
                &format!("#[{name}({item})] fn f(a: A) -> Result<T, E> {{ {item} }}"),
            );
        }
        let _ = crate::retryable::expand(tokens(&format!(
            "#[retryable({arguments})] enum E {{ #[retryable({item})] A }}"
        )));
    }
}

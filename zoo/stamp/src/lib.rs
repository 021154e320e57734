//! Writes a module of the zoo once for every policy: `#[guarded]` in it becomes the attributes of that
//! policy, with the place and the hygiene of the word, as if they had been written there. What the
//! functions do is not looked at.

use proc_macro::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};

/// How a stamped module is called, what stands for `#[guarded]` in it, and what that does.
struct Stack {
    name: &'static str,
    attributes: &'static str,
    repeats: bool,
    degrades: bool,
    /// Bounds time, which sync functions that borrow cannot be held to.
    bounds: bool,
}

const RETRY: &str = "#[retry(max_attempts = 3)]";
const RETRY_ANY: &str = "#[retry(max_attempts = 3, on = any)]";
const BREAKER: &str = "#[circuit_breaker(failure_threshold = 1000)]";
const DEFAULT: &str = "#[fallback(default = ::core::default::Default::default())]";
/// For values that have no default: the only tier gives the error back.
const NO_DEFAULT: &str = "#[fallback(degraded = ::core::result::Result::Err)]";

const SINGLE: &[Stack] = &[
    Stack { name: "plain", attributes: "", repeats: false, degrades: false, bounds: false },
    Stack { name: "retry", attributes: RETRY, repeats: true, degrades: false, bounds: false },
    Stack { name: "circuit_breaker", attributes: BREAKER, repeats: false, degrades: false, bounds: false },
    Stack {
        name: "timeout",
        attributes: "#[timeout(secs = 100)]",
        repeats: false,
        degrades: false,
        bounds: true,
    },
    Stack {
        name: "deadline",
        attributes: "#[deadline(secs = 1000)]",
        repeats: false,
        degrades: false,
        bounds: true,
    },
    Stack { name: "fallback", attributes: DEFAULT, repeats: false, degrades: true, bounds: false },
];

/// All of them.
const FULL: Stack = Stack {
    name: "full",
    attributes: "#[fallback(default = ::core::default::Default::default())]
        #[deadline(secs = 1000)]
        #[circuit_breaker(failure_threshold = 1000)]
        #[retry(max_attempts = 3)]
        #[timeout(secs = 100)]",
    repeats: true,
    degrades: true,
    bounds: true,
};

/// All that do not bound time.
const FULL_UNBOUNDED: Stack = Stack {
    name: "full",
    attributes: "#[fallback(default = ::core::default::Default::default())]
        #[circuit_breaker(failure_threshold = 1000)]
        #[retry(max_attempts = 3)]",
    repeats: true,
    degrades: true,
    bounds: false,
};

/// Stamps a module: under each policy alone, under none and under all, with each function that is
/// `#[guarded]` as written and, in modules called `…_async`, as an `async fn`. A constant `POLICY` says
/// to the tests in it what is to be expected.
///
/// - `as_written`: no function is made `async`.
/// - `borrows`: the sync functions borrow, so nothing bounds their time.
/// - `no_default`: the values have no `Default`, so nothing degrades.
/// - `unclassified`: the error type does not say what is worth another attempt, so everything is.
/// - `only_retry`: what is returned has no room for a refusal.
#[proc_macro_attribute]
pub fn each_policy(options: TokenStream, module: TokenStream) -> TokenStream {
    let options = options.to_string();
    let has = |option: &str| options.split([',', ' ']).any(|word| word == option);
    let mut header: Vec<TokenTree> = module.into_iter().collect();
    let Some(TokenTree::Group(body)) = header.pop() else { return header.into_iter().collect() };
    let mut stamped = TokenStream::new();
    for is_async in [false, true] {
        if is_async && has("as_written") {
            continue;
        }
        let is_bounded = is_async || !has("borrows");
        let full = if is_bounded { &FULL } else { &FULL_UNBOUNDED };
        for stack in SINGLE.iter().chain([full]) {
            let is_left_out = (stack.bounds && !is_bounded)
                || (has("only_retry") && !matches!(stack.name, "plain" | "retry"));
            if !is_left_out {
                let mut attributes = stack.attributes.to_owned();
                if has("no_default") {
                    attributes = attributes.replace(DEFAULT, NO_DEFAULT);
                }
                if has("unclassified") {
                    attributes = attributes.replace(RETRY, RETRY_ANY);
                }
                let degrades = stack.degrades && !has("no_default");
                stamped.extend(stamp(stack, &attributes, degrades, is_async, body.stream()));
            }
        }
    }
    let mut header: TokenStream = header.into_iter().collect();
    header.extend([TokenTree::from(Group::new(Delimiter::Brace, stamped))]);
    header
}

/// Puts one of ours below the attributes that stand below this one: hidden until the ones above were
/// expanded.
#[proc_macro_attribute]
pub fn limited(_: TokenStream, item: TokenStream) -> TokenStream {
    let mut out = parsed("#[::resilient::timeout(secs = 1)]");
    out.extend(item);
    out
}

fn stamp(stack: &Stack, attributes: &str, degrades: bool, is_async: bool, body: TokenStream) -> TokenStream {
    let Stack { name, repeats, .. } = stack;
    let suffix = if is_async { "_async" } else { "" };
    let mut inside = replaced(body, attributes, is_async);
    inside.extend(parsed(&format!(
        "/// What its functions are guarded by.\n\
         #[allow(dead_code, reason = \"modules without tests\")]\n\
         const POLICY: ::resilient_zoo::witness::Policy = ::resilient_zoo::witness::Policy {{\
             repeats: {repeats}, degrades: {degrades} }};"
    )));
    let mut stamped = parsed(&format!("/// Under this.\npub mod {name}{suffix}"));
    stamped.extend([TokenTree::from(Group::new(Delimiter::Brace, inside))]);
    stamped
}

/// The tokens with `attributes` for each `#[guarded]`, and `async` before the function below it.
fn replaced(tokens: TokenStream, attributes: &str, is_async: bool) -> TokenStream {
    let mut out: Vec<TokenTree> = Vec::new();
    let mut becomes_async = false;
    let mut tokens = tokens.into_iter();
    while let Some(token) = tokens.next() {
        match &token {
            TokenTree::Group(group) if is_guarded(group) => {
                out.pop();
                out.extend(placed(parsed(attributes), group.span()));
                becomes_async = is_async;
            }
            TokenTree::Group(group) => {
                let mut inside =
                    Group::new(group.delimiter(), replaced(group.stream(), attributes, is_async));
                inside.set_span(group.span());
                out.push(inside.into());
            }
            TokenTree::Ident(ident) if becomes_async => {
                if matches!(ident.to_string().as_str(), "unsafe" | "fn") {
                    out.push(Ident::new("async", ident.span()).into());
                    becomes_async = false;
                }
                out.push(token);
            }
            // What a body says to its witness it waits for, so that it is suspended once.
            TokenTree::Ident(ident) if is_async && ident.to_string() == "attempt" && follows_a_dot(&out) => {
                out.push(Ident::new("attempt_later", ident.span()).into());
                out.extend(tokens.next());
                out.extend(placed(parsed(".await"), ident.span()));
            }
            _ => out.push(token),
        }
    }
    out.into_iter().collect()
}

fn follows_a_dot(tokens: &[TokenTree]) -> bool {
    matches!(tokens.last(), Some(TokenTree::Punct(punct)) if punct.as_char() == '.')
}

fn is_guarded(group: &Group) -> bool {
    group.delimiter() == Delimiter::Bracket && group.stream().to_string() == "guarded"
}

fn parsed(text: &str) -> TokenStream {
    text.parse().unwrap_or_default()
}

fn placed(tokens: TokenStream, place: Span) -> TokenStream {
    let place_one = |mut token: TokenTree| {
        if let TokenTree::Group(group) = &token {
            token = Group::new(group.delimiter(), placed(group.stream(), place)).into();
        }
        token.set_span(place);
        token
    };
    tokens.into_iter().map(place_one).collect()
}

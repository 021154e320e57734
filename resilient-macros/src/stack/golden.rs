//! What users see who look at an expansion: the principal stacks, printed and kept in `golden/`. After a
//! change that is meant, `UPDATE_GOLDEN=1 cargo test -p resilient-macros` writes them anew.

#![allow(clippy::panic)]

use proc_macro2::TokenStream;

/// The most lines that a stack may add to its function, printed without the attributes.
const MOST_LINES: usize = 40;

fn expanded(item: &str) -> String {
    let file = syn::parse_file(item).unwrap_or_else(|error| panic!("{error}: {item}"));
    let mut out = TokenStream::new();
    for item in file.items {
        let syn::Item::Fn(mut function) = item else { panic!("a function") };
        let name_of = |attribute: &syn::Attribute| {
            super::NAMES.iter().find(|name| attribute.path().is_ident(name)).copied()
        };
        let top = function.attrs.iter().position(|attribute| name_of(attribute).is_some());
        let top = function.attrs.remove(top.unwrap_or_default());
        let name = name_of(&top);
        let arguments = crate::written::attribute_tokens(&top).unwrap_or_default();
        let name = name.unwrap_or_else(|| panic!("an attribute of ours"));
        out.extend(super::expand(name, arguments, quote::quote!(#function)));
    }
    let file = syn::parse2(out).unwrap_or_else(|error| panic!("{error}: {item}"));
    prettyplease::unparse(&file)
}

/// The function without attributes of ours, printed likewise.
fn plain(item: &str) -> String {
    let mut file = syn::parse_file(item).unwrap_or_else(|error| panic!("{error}: {item}"));
    for item in &mut file.items {
        let syn::Item::Fn(function) = item else { panic!("a function") };
        function.attrs.retain(|attribute| super::NAMES.iter().all(|name| !attribute.path().is_ident(name)));
    }
    prettyplease::unparse(&file)
}

fn holds(name: &str, item: &str) {
    let text = format!("{}\n// becomes\n\n{}", item.trim_start(), expanded(item));
    let path = format!("{}/src/stack/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == kept, "{name} expands differently from {path}:\n{text}");
    let pins = |what: &str| text.matches(what).count();
    assert_eq!(pins("pin!("), pins("pin!(body)"), "{name}: editors propose nothing within a macro's tokens");
    // Documentation that was asked for is not part of what is expanded.
    let lines = |text: &str| {
        let (before, rest) = text.split_once("/**").unwrap_or((text, ""));
        before.lines().count() + rest.split_once("*/").map_or(0, |(_, after)| after.trim().lines().count())
    };
    let added = lines(&expanded(item)).saturating_sub(lines(&plain(item)));
    assert!(added <= MOST_LINES, "{name} adds {added} lines");
}

#[test]
fn retry_within_a_budget() {
    holds(
        "retry_within_a_budget",
        r#"
#[retry(budget = 0.1, nested = collapse, docs = true, until = |page| page.is_ready())]
async fn page(client: &Client) -> Result<Page, io::Error> {
    client.get("/").await
}
"#,
    );
}

#[test]
fn retry() {
    holds(
        "retry",
        r#"
#[retry(max_attempts = 4, base_delay = "50ms")]
async fn read(path: &str) -> Result<String, io::Error> {
    tokio::fs::read_to_string(path).await
}
"#,
    );
}

/// As `#[decorator]` writes it into a wrapper.
#[test]
fn retry_of_a_decorator() {
    holds(
        "retry_of_a_decorator",
        r"
#[retry(__overruled_by = self.config, max_attempts = 5)]
async fn chat(&self, request: Request) -> Result<Reply, Self::Error> {
    <M as Model>::chat(&self.inner, request).await
}
",
    );
}

#[test]
fn retry_with_moved_arguments() {
    holds(
        "retry_with_moved_arguments",
        r"
#[retry(on = (io::Error, HttpError::Status(500..=599)), when = |error| error.is_temporary(), until = Reply::is_done)]
fn send(client: &Client, mut request: Request) -> Result<Reply, HttpError> {
    request.sign();
    client.send(request)
}
",
    );
}

#[test]
fn circuit_breaker() {
    holds(
        "circuit_breaker",
        r#"
#[circuit_breaker(name = "search", failure_threshold = 3, on = SearchError::NoAnswer)]
fn search(query: &str) -> Result<Vec<String>, SearchError> {
    index().find(query)
}
"#,
    );
}

#[test]
fn circuit_breaker_with_a_key() {
    holds(
        "circuit_breaker_with_a_key",
        r#"
#[circuit_breaker(name = "crawler", failure_threshold = 3, key = request.host(), max_keys = 10_000)]
async fn fetch(request: Request) -> Result<Page, FetchError> {
    request.send().await?.text().await
}
"#,
    );
}

#[test]
fn fallback_with_a_single_flight() {
    holds(
        "fallback_with_a_single_flight",
        r#"
#[fallback(cached(max_age = "10m", key = query, single_flight), default = Page::empty())]
async fn page(query: &str) -> Result<Served<Page>, SearchError> {
    render(query).await
}
"#,
    );
}

#[test]
fn timeout() {
    holds(
        "timeout",
        r"
#[timeout(secs = 2)]
async fn lookup(name: &str) -> Result<Address, LookupError> {
    resolver().resolve(name).await
}
",
    );
}

#[test]
fn sync_timeout() {
    holds(
        "sync_timeout",
        r"
#[timeout(secs = 2)]
fn parse(document: String) -> Result<Document, ParseError> {
    document.parse()
}
",
    );
}

#[test]
fn fallback() {
    holds(
        "fallback",
        r#"
#[fallback(degraded = |error| from_cache(&query, error), default = Page::empty(), reason = "search is down")]
async fn page(query: String) -> Result<Served<Page>, SearchError> {
    render(query).await
}
"#,
    );
}

#[test]
fn full_stack() {
    holds(
        "full_stack",
        r#"
#[fallback(default = Label::unknown(), reason = "LLM unavailable")]
#[deadline(secs = 400)]
#[circuit_breaker(name = "llm", failure_threshold = 3, recovery_timeout = "60s")]
#[retry(max_attempts = 3, base_delay = "2s")]
#[timeout(secs = 120)]
async fn classify(client: &Client, prompt: &str) -> Result<Served<Label>, LlmError> {
    Ok(client.complete(prompt).await?.into())
}
"#,
    );
}

#[test]
fn documented() {
    holds(
        "documented",
        r#"
/// Looks one up.
#[fallback(degraded = from_cache, reason = "search is down", docs = true)]
#[circuit_breaker(name = "search", failure_rate = 0.5, window = "10s")]
#[retry(max_attempts = 7)]
#[timeout(self.limit)]
async fn find(&self, query: &str) -> Result<Served<Page>, SearchError> {
    self.index.find(query).await
}
"#,
    );
}

#[test]
fn boxed_future() {
    holds(
        "boxed_future",
        r"
#[retry]
fn chat<'a>(&'a mut self, request: Request) -> Pin<Box<dyn Future<Output = Result<Reply, LlmError>> + Send + 'a>> {
    Box::pin(async move {
        let __self = self;
        __self.send(request).await
    })
}
",
    );
}

#[test]
fn stream() {
    holds(
        "stream",
        r#"
#[circuit_breaker(name = "llm", until_end)]
#[retry(until_first_item)]
#[timeout(secs = 120, idle = "10s")]
async fn chat(client: &Client, prompt: &str) -> Result<BoxStream<'static, Result<Chunk, LlmError>>, LlmError> {
    client.stream(prompt).await
}
"#,
    );
}

#[test]
fn opaque_stream() {
    holds(
        "opaque_stream",
        r"
#[circuit_breaker(HOSTS, key = host, until_end, on = FetchError::BrokenOff)]
#[timeout(idle = self.patience)]
async fn lines(&self, host: String) -> Result<impl Stream<Item = Result<String, FetchError>> + use<>, FetchError> {
    self.client.lines(host).await
}
",
    );
}

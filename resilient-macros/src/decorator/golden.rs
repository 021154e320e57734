//! What users see who look at an expansion: the principal traits, printed and kept in `golden/`. After a
//! change that is meant, `UPDATE_GOLDEN=1 cargo test -p resilient-macros golden` writes them anew.

#![allow(clippy::panic)]

fn holds(name: &str, arguments: &str, item: &str) {
    let tokens = |text: &str| text.parse().unwrap_or_else(|error| panic!("{error}: {text}"));
    let out = super::expand(tokens(arguments), tokens(item));
    let file = syn::parse2(out).unwrap_or_else(|error| panic!("{error}: {item}"));
    let item = item.trim_start();
    let text = format!("#[decorator({arguments})]\n{item}\n// becomes\n\n{}", prettyplease::unparse(&file));
    let path = format!("{}/src/decorator/golden/{name}.txt", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, &text).unwrap_or_else(|error| panic!("{path}: {error}"));
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(text == kept, "{name} expands differently from {path}:\n{text}");
}

#[test]
fn wrapper() {
    holds(
        "wrapper",
        "RetryingModel",
        r"
/// Completes chats.
#[async_trait]
pub trait CompletionModel: Send + Sync {
    type Error: std::error::Error + Retryable;
    /// Its name.
    fn name(&self) -> &str;
    #[retry(max_attempts = 5)]
    async fn chat_stream(&self, request: ChatRequest) -> Result<ChunkStream<Self::Error>, Self::Error>;
}
",
    );
}

#[test]
fn wrapper_of_a_generic_trait() {
    holds(
        "wrapper_of_a_generic_trait",
        "GuardedStore, crate = facade::resilient",
        r#"
pub trait Store<'a, K: Ord, const N: usize = 8>: Named
where
    Self::Value: Clone,
{
    type Value;
    type Error;
    type Rows<'r>: Iterator where Self: 'r;
    const SIZE: usize = N;
    #[circuit_breaker(name = "store")]
    #[retry(on = std::io::Error)]
    #[timeout(secs = 5)]
    async fn get<Q: Hash, const L: usize>(&mut self, key: [Q; L]) -> Result<Self::Value, Self::Error>;
    #[cfg_attr(feature = "fast", retry(when = |error| true), must_use)]
    fn close(self: Box<Self>, _: u8, other: &Self) -> Result<(), Self::Error>;
    #[deprecated]
    fn rows(&self) -> Self::Rows<'_>;
    fn shared(self: Arc<Self>) -> usize { 0 }
}
"#,
    );
}

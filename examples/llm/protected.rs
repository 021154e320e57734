//! The calls of the example with their policies above them. Start reading here.
//! `unprotected.rs` has the same calls without them; nothing else in this folder differs between the two.

use std::time::Duration;

use resilient::{Degradable, Served, circuit_breaker, decorator, fallback, retry, timeout};

use super::cases::{Case, CaseResult, Label};
use super::client::Client;
use super::error::LlmError;
use super::stream::TokenStream;

/// The full stack, read from the top as the call goes: fallback around breaker around retry around timeout.
///
/// A probe of the half-open circuit is a whole call: three attempts and their delays, longer than the circuit
/// stays open. Were the limit a number, the breaker would know that; `patience()` it cannot know, hence
/// `probe_timeout`.
#[fallback(default = Label::unknown(), reason = "LLM unavailable")]
#[circuit_breaker(name = "llm", failure_threshold = 3, recovery_timeout = "1s", probe_timeout = "5s")]
#[retry(max_attempts = 3, base_delay = "100ms")]
#[timeout(client.patience(), operation = "LLM classification")]
pub(crate) async fn classify(client: &Client, document: &str) -> Result<Served<Label>, LlmError> {
    let answer = client.complete(Label::INSTRUCTIONS, document).await?;
    Ok(answer.parse::<Label>()?.into())
}

/// Anything that can answer a prompt token by token. `RetryingModel::new(model)` is the same model with these
/// policies, whichever it is.
#[decorator(RetryingModel)]
pub(crate) trait CompletionModel {
    /// How long a caller should wait for the stream, and then for each token.
    fn patience(&self) -> Duration;

    /// Opens the stream. As long as it has not spoken another attempt can be made; an error after that belongs
    /// to the reader, who has heard half of it.
    #[retry(max_attempts = 3, base_delay = "100ms", until_first_item)]
    #[timeout(self.patience(), idle = self.patience(), operation = "the stream")]
    async fn chat_stream(&self, prompt: &str) -> Result<TokenStream, LlmError>;
}

impl CompletionModel for Client {
    fn patience(&self) -> Duration {
        self.patience()
    }

    async fn chat_stream(&self, prompt: &str) -> Result<TokenStream, LlmError> {
        self.open_stream(prompt).await
    }
}

/// Step by step down: the large model; a smaller one; what the large one said before; the first words.
///
/// Whoever names a case wants an answer now, so nothing is repeated. The same document of the same server has
/// the same title, also if many ask at once: then one of them does.
#[fallback(
    degraded = async |_| Ok(client.smaller().complete(Case::TITLE, document).await?.into()),
    cached(max_age = "10m", key = (client.url(), document), single_flight),
    default = Case::first_words(document),
    reason = "the large model is unavailable"
)]
#[timeout(client.patience(), operation = "title")]
pub(crate) async fn title(client: &Client, document: &str) -> Result<Served<String>, LlmError> {
    Ok(client.complete(Case::TITLE, document).await?.into())
}

/// Classifies all that is known of a case, and marks the result if that was not everything.
pub(crate) async fn process_case(client: &Client, case: &Case) -> Result<CaseResult, LlmError> {
    let text = read_case(client, case).await?;
    let label = classify(client, &text).await?;
    let result = CaseResult::new(*label);
    match text.degradation().or(label.degradation()) {
        Some(how) => Ok(result.degraded(how.clone())),
        None => Ok(result),
    }
}

/// The OCR service is optional, so it gets a single short attempt: insisting would hold up the case.
#[fallback(degraded = |_| Ok(case.text.to_owned().into()), reason = "OCR unavailable, scan skipped")]
#[timeout(ms = 400, operation = "OCR")]
async fn read_case(client: &Client, case: &Case) -> Result<Served<String>, LlmError> {
    let scan = client.read_scan(case.scan).await?;
    Ok(format!("{}\n{scan}", case.text).into())
}

//! The calls of `protected.rs` as they are before anyone has thought about failure: no attributes, and nothing
//! that could be marked as degraded. They exist for the comparison only; streams are the client's own, without
//! the wrapper.

use super::cases::{Case, CaseResult, Label};
use super::client::Client;
use super::error::LlmError;

pub(crate) async fn classify(client: &Client, document: &str) -> Result<Label, LlmError> {
    let answer = client.complete(Label::INSTRUCTIONS, document).await?;
    answer.parse()
}

pub(crate) async fn title(client: &Client, document: &str) -> Result<String, LlmError> {
    client.complete(Case::TITLE, document).await
}

pub(crate) async fn process_case(client: &Client, case: &Case) -> Result<CaseResult, LlmError> {
    let text = read_case(client, case).await?;
    let label = classify(client, &text).await?;
    Ok(CaseResult::new(label))
}

async fn read_case(client: &Client, case: &Case) -> Result<String, LlmError> {
    let scan = client.read_scan(case.scan).await?;
    Ok(format!("{}\n{scan}", case.text))
}

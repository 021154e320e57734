//! The kinds of call, each through the protected or the bare functions, and what it came to.
//! Policies are not chosen here but written above the functions; this is only their caller.

use std::error::Error;

use futures_util::StreamExt;
use resilient::{Degradation, Served};

use super::cases::{Case, CaseResult, Label};
use super::client::Client;
use super::error::LlmError;
use super::protected::{self, CompletionModel, RetryingModel};
use super::unprotected;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Protected,
    Unprotected,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// A whole answer from the model.
    Classify,
    /// An answer token by token.
    Stream,
    /// A few words, from wherever they can be had.
    Title,
    /// A pipeline: the optional OCR service, then the model.
    Case,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Just what was asked for.
    Succeeded(String),
    /// Something less, marked as such: the tier it came from and what it is.
    Degraded {
        tier: String,
        result: String,
    },
    Failed(String),
}

impl Call {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Classify => "classify",
            Self::Stream => "stream",
            Self::Title => "title",
            Self::Case => "case",
        }
    }

    pub(crate) async fn perform(self, mode: Mode, client: &Client) -> Outcome {
        match (self, mode) {
            (Self::Classify, Mode::Protected) => {
                protected::classify(client, Case::SAMPLE.text).await.map(|label| {
                    let name = label.as_str();
                    Outcome::from_served(&label, name)
                })
            }
            (Self::Classify, Mode::Unprotected) => {
                unprotected::classify(client, Case::SAMPLE.text).await.map(Outcome::from_label)
            }
            (Self::Title, Mode::Protected) => protected::title(client, Case::SAMPLE.text)
                .await
                .map(|title| Outcome::from_served(&title, &title)),
            (Self::Title, Mode::Unprotected) => {
                unprotected::title(client, Case::SAMPLE.text).await.map(Outcome::Succeeded)
            }
            (Self::Stream, Mode::Protected) => return listen(&RetryingModel::new(client.clone())).await,
            (Self::Stream, Mode::Unprotected) => return listen(client).await,
            (Self::Case, Mode::Protected) => {
                protected::process_case(client, &Case::SAMPLE).await.map(|case| Outcome::from_case(&case))
            }
            (Self::Case, Mode::Unprotected) => {
                unprotected::process_case(client, &Case::SAMPLE).await.map(|case| Outcome::from_case(&case))
            }
        }
        .unwrap_or_else(|error| Outcome::Failed(explain(&error)))
    }
}

impl Outcome {
    fn from_label(label: Label) -> Self {
        Self::Succeeded(label.as_str().to_owned())
    }

    fn from_served<T>(served: &Served<T>, shown: &str) -> Self {
        match served.degradation() {
            Some(how) => Self::degraded(how, shown),
            None => Self::Succeeded(shown.to_owned()),
        }
    }

    fn from_case(case: &CaseResult) -> Self {
        let review = if case.needs_review { ", needs review" } else { "" };
        let result = format!("{}, confidence {:.2}{review}", case.label.as_str(), case.confidence);
        match &case.degradation {
            Some(how) => Self::degraded(how, &result),
            None => Self::Succeeded(result),
        }
    }

    fn degraded(how: &Degradation, result: &str) -> Self {
        let reason = how.reason.unwrap_or("degraded");
        Self::Degraded { tier: how.tier.to_string(), result: format!("{result} ({reason}: {})", how.error) }
    }
}

/// Reads a stream to its end. If it breaks, what was said before is still the reader's.
async fn listen(model: &impl CompletionModel) -> Outcome {
    let mut tokens = match model.chat_stream("In one sentence: how will the weather be?").await {
        Ok(tokens) => tokens,
        Err(error) => return Outcome::Failed(explain(&error)),
    };
    let (mut heard, mut count) = (String::new(), 0);
    while let Some(token) = tokens.next().await {
        match token {
            Ok(token) => heard.push_str(&token),
            Err(error) => {
                return Outcome::Failed(format!(
                    "broken off after \"{}\": {}",
                    heard.trim(),
                    explain(&error)
                ));
            }
        }
        count += 1;
    }
    Outcome::Succeeded(format!("{count} tokens: {}", heard.trim()))
}

/// The error with the innermost of its causes, which is the one that names the reason.
fn explain(error: &LlmError) -> String {
    let mut cause = error.source();
    while let Some(inner) = cause.and_then(Error::source) {
        cause = Some(inner);
    }
    cause.map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

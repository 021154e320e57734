//! The business of the example: documents, the label that a model gives them, and what becomes of a case.
//! Nothing here talks to a server or knows of retries; it only says what a weaker result looks like.

use std::str::FromStr;

use resilient::{Degradable, Degradation};

use super::error::LlmError;

/// What kind of document it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    Invoice,
    Contract,
    Letter,
    Unknown,
}

impl Label {
    /// What the model is told before it sees the document.
    pub(crate) const INSTRUCTIONS: &str =
        "Say what kind of document this is. Answer with one word: invoice, contract or letter.";

    /// The safe value: nobody acts upon it before a person has looked.
    pub(crate) fn unknown() -> Self {
        Self::Unknown
    }

    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Invoice => "invoice",
            Self::Contract => "contract",
            Self::Letter => "letter",
            Self::Unknown => "unknown",
        }
    }
}

impl FromStr for Label {
    type Err = LlmError;

    /// Takes the label that is named last: some models think aloud before they answer.
    fn from_str(answer: &str) -> Result<Self, LlmError> {
        let answer = answer.to_lowercase();
        [Self::Invoice, Self::Contract, Self::Letter]
            .into_iter()
            .filter_map(|label| Some((answer.rfind(label.as_str())?, label)))
            .max_by_key(|(position, _)| *position)
            .map(|(_, label)| label)
            .ok_or_else(|| LlmError::garbage(&answer))
    }
}

/// A document as it comes in: text, and a scan that only the optional OCR service can read.
#[derive(Debug, Clone)]
pub(crate) struct Case {
    pub(crate) text: &'static str,
    pub(crate) scan: &'static [u8],
}

impl Case {
    /// What the model is told if it is to name a case.
    pub(crate) const TITLE: &str = "Give this document a title of a few words.";

    /// What stands for a title where there is none.
    pub(crate) fn first_words(document: &str) -> String {
        document.split(',').next().unwrap_or_default().to_owned()
    }

    pub(crate) const SAMPLE: Self = Self {
        text: "Dear customer, thank you for your order. The total due is 120 EUR.",
        scan: b"(the pixels of a scanned delivery note)",
    };
}

/// A case that was processed, and how far it can be trusted.
#[derive(Debug, Clone)]
pub(crate) struct CaseResult {
    pub(crate) label: Label,
    pub(crate) confidence: f64,
    pub(crate) needs_review: bool,
    /// Why it needs a review; the first reason is the one that counts.
    pub(crate) degradation: Option<Degradation>,
}

impl CaseResult {
    pub(crate) fn new(label: Label) -> Self {
        Self { label, confidence: 0.9, needs_review: false, degradation: None }
    }
}

impl Degradable for CaseResult {
    fn degraded(mut self, how: Degradation) -> Self {
        self.confidence /= 2.0;
        self.needs_review = true;
        self.degradation.get_or_insert(how);
        self
    }
}

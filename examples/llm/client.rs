//! An HTTP client for any server with an OpenAI-style chat interface: one method, one request.
//! It turns every answer into a value or an `LlmError`; it never waits, repeats or gives a substitute.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use reqwest::Response;
use serde_json::{Value, json};

use super::error::LlmError;
use super::stream::{self, TokenStream};

#[derive(Debug, Clone)]
pub(crate) struct Client {
    http: reqwest::Client,
    base_url: String,
    model: String,
    patience: Duration,
    chats: Arc<AtomicUsize>,
}

impl Client {
    /// `patience` is how long a caller should wait for one answer; the client leaves it to the caller to stop
    /// waiting.
    pub(crate) fn new(base_url: &str, model: &str, patience: Duration) -> Result<Self, reqwest::Error> {
        // A connection of its own for each request: a pooled one that died with the server would be replaced
        // unseen, and the numbers on the screen would no longer be those of the policies.
        let http = reqwest::Client::builder().pool_max_idle_per_host(0).no_proxy().build()?;
        let base_url = base_url.trim_end_matches('/').trim_end_matches("/v1").to_owned();
        Ok(Self { http, base_url, model: model.to_owned(), patience, chats: Arc::default() })
    }

    pub(crate) fn url(&self) -> &str {
        &self.base_url
    }

    /// Asks a smaller model of the same server, which says less and fails less often.
    pub(crate) fn smaller(&self) -> Self {
        Self { model: format!("{}-small", self.model), ..self.clone() }
    }

    pub(crate) fn patience(&self) -> Duration {
        self.patience
    }

    /// How often the model was asked through this client, answered or not.
    pub(crate) fn chats(&self) -> usize {
        self.chats.load(Ordering::Relaxed)
    }

    /// Asks for a whole answer.
    pub(crate) async fn complete(&self, system: &str, user: &str) -> Result<String, LlmError> {
        let request = json!({
            "model": self.model,
            "messages": [{ "role": "system", "content": system }, { "role": "user", "content": user }],
        });
        let body = text(self.chat(&request).await?).await?;
        content(&body, "/choices/0/message/content")
    }

    /// Asks for an answer token by token; ready when the server has accepted the request.
    pub(crate) async fn open_stream(&self, prompt: &str) -> Result<TokenStream, LlmError> {
        let request = json!({
            "model": self.model,
            "messages": [{ "role": "user", "content": prompt }],
            "stream": true,
        });
        Ok(stream::tokens(self.chat(&request).await?))
    }

    /// Has the optional service read a scan.
    pub(crate) async fn read_scan(&self, scan: &[u8]) -> Result<String, LlmError> {
        let request = json!({ "image": scan });
        let body = text(self.post("/ocr", &request).await?).await?;
        content(&body, "/text")
    }

    async fn chat(&self, request: &Value) -> Result<Response, LlmError> {
        self.chats.fetch_add(1, Ordering::Relaxed);
        self.post("/v1/chat/completions", request).await
    }

    async fn post(&self, path: &str, request: &Value) -> Result<Response, LlmError> {
        let url = format!("{}{path}", self.base_url);
        let response = self.http.post(url).json(request).send().await.map_err(LlmError::Connect)?;
        if response.status().is_success() {
            return Ok(response);
        }
        let (status, headers) = (response.status(), response.headers().clone());
        // The status alone says enough; a body that breaks off must not hide it.
        let body = response.text().await.unwrap_or_default();
        Err(LlmError::from_response(status, &headers, &body))
    }
}

async fn text(response: Response) -> Result<String, LlmError> {
    response.text().await.map_err(LlmError::Broken)
}

/// The string at `pointer` in a JSON body.
fn content(body: &str, pointer: &str) -> Result<String, LlmError> {
    let value: Value = serde_json::from_str(body).map_err(|_| LlmError::garbage(body))?;
    match value.pointer(pointer).and_then(Value::as_str) {
        Some(content) => Ok(content.to_owned()),
        None => Err(LlmError::garbage(body)),
    }
}

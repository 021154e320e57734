//! A streamed answer: server-sent events in, tokens out. Whatever breaks on the way becomes the stream's last
//! item; asking again is the business of whoever reads it.

use futures_util::stream::{self, BoxStream, StreamExt};
use reqwest::Response;
use serde_json::Value;

use super::error::LlmError;

pub(crate) type TokenStream = BoxStream<'static, Result<String, LlmError>>;

/// A line longer than this is no event of a chat server.
const LONGEST_LINE: usize = 64 * 1024;

struct Events {
    response: Response,
    received: Vec<u8>,
}

enum Event {
    Token(String),
    Done,
    /// Comments, blank lines, other fields, and deltas without text (such as the first one, which names the
    /// role).
    Nothing,
}

/// The tokens of a response to a request with `"stream": true`. After an error there are no more.
pub(crate) fn tokens(response: Response) -> TokenStream {
    let events = Events { response, received: Vec::new() };
    stream::unfold(Some(events), |events| async {
        let mut events = events?;
        match events.next_token().await {
            Ok(Some(token)) => Some((Ok(token), Some(events))),
            Ok(None) => None,
            Err(error) => Some((Err(error), None)),
        }
    })
    .boxed()
}

impl Events {
    async fn next_token(&mut self) -> Result<Option<String>, LlmError> {
        loop {
            while let Some(line) = self.next_line() {
                match parse(&line)? {
                    Event::Token(token) => return Ok(Some(token)),
                    Event::Done => return Ok(None),
                    Event::Nothing => {}
                }
            }
            if self.received.len() > LONGEST_LINE {
                return Err(LlmError::garbage(&String::from_utf8_lossy(&self.received)));
            }
            // Only `[DONE]` ends an answer: a connection that closes before it has lost the rest.
            let chunk = self.response.chunk().await.map_err(LlmError::Broken)?.ok_or(LlmError::Truncated)?;
            self.received.extend_from_slice(&chunk);
        }
    }

    fn next_line(&mut self) -> Option<String> {
        let end = self.received.iter().position(|byte| *byte == b'\n')?;
        let line: Vec<u8> = self.received.drain(..=end).collect();
        Some(String::from_utf8_lossy(&line).trim_end().to_owned())
    }
}

fn parse(line: &str) -> Result<Event, LlmError> {
    let Some(data) = line.strip_prefix("data:").map(str::trim_start) else {
        return Ok(Event::Nothing);
    };
    if data == "[DONE]" {
        return Ok(Event::Done);
    }
    let value: Value = serde_json::from_str(data).map_err(|_| LlmError::garbage(data))?;
    if value.get("error").is_some() {
        return Err(LlmError::garbage(data));
    }
    match value.pointer("/choices/0/delta/content").and_then(Value::as_str) {
        Some(token) if !token.is_empty() => Ok(Event::Token(token.to_owned())),
        _ => Ok(Event::Nothing),
    }
}

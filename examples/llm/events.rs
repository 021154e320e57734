//! Listens to the crate's `tracing` events and keeps what they say about the call that is running.
//! All that the example knows of delays and the circuit it learns here, as any log or dashboard would.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

/// What happened during one call.
#[derive(Debug, Clone, Default)]
pub(crate) struct Trace {
    /// The delay before each retry.
    pub(crate) delays: Vec<Duration>,
    /// The states that the circuit went to.
    pub(crate) circuit: Vec<&'static str>,
}

/// A layer that fills a `Trace`; its clones fill the same one. Calls run one after the other, so one is
/// enough.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<watch::Sender<Trace>>);

impl Recorder {
    /// What was recorded since the last `take`.
    pub(crate) fn take(&self) -> Trace {
        self.0.send_replace(Trace::default())
    }

    /// Ready as soon as the running call has announced so many retries.
    pub(crate) async fn retries(&self, count: usize) {
        // Fails only without a sender, and `self` is one.
        let _ = self.0.subscribe().wait_for(|trace| trace.delays.len() >= count).await;
    }
}

impl<S: Subscriber> Layer<S> for Recorder {
    fn enabled(&self, metadata: &Metadata<'_>, _: Context<'_, S>) -> bool {
        metadata.target() == "resilient"
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let delay = Duration::try_from_secs_f64(fields.delay_s).unwrap_or(Duration::MAX);
        self.0.send_modify(|trace| match fields.event.as_str() {
            "retry" => trace.delays.push(delay),
            "circuit_open" => trace.circuit.push("open"),
            "circuit_half_open" => trace.circuit.push("half_open"),
            "circuit_closed" => trace.circuit.push("closed"),
            _ => {}
        });
    }
}

/// The fields that matter here; `delay_s` is zero where there is none.
#[derive(Default)]
struct Fields {
    event: String,
    delay_s: f64,
}

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "event" {
            value.clone_into(&mut self.event);
        }
    }

    fn record_f64(&mut self, field: &Field, value: f64) {
        if field.name() == "delay_s" {
            self.delay_s = value;
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "event" {
            self.event = format!("{value:?}");
        }
    }
}

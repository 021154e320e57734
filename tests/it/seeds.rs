//! The behaviour that Python programmers know from their decorators, and Rust programmers from a model
//! wrapper that retries: what they would test first.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::{self, BoxStream};
use resilient::{
    Backoff, CircuitBreaker, CircuitOpenError, CircuitState, Degradable, Degradation, Retry, RetryConfig,
    Retryable, Served, TimeoutError, circuit_breaker, fallback, retry, timeout, timeout_sync,
};

use crate::support::{Fault, Service, Step, paused, virtually};

/// `max_retries = 3` is the decorators' count: four calls in all.
#[retry(max_retries = 3, base_delay = 2.0)]
fn complete(service: &Service) -> Result<u32, Fault> {
    service.call()
}

#[test]
fn retry_succeeds_on_the_second_attempt() {
    virtually(|_| {
        let service = Service::new(&[Step::Fail, Step::Answer(42)], None);
        assert!(matches!(complete(&service), Ok(42)));
        assert_eq!(service.calls(), 2);
    });
}

#[test]
fn retry_gives_up_after_the_initial_call_and_three_retries() {
    virtually(|clock| {
        let service = Service::new(&[Step::Fail], None);
        assert!(matches!(complete(&service), Err(Fault::Connect(_))));
        assert_eq!(service.calls(), 4);
        assert_eq!(clock.sleeps().len(), 3, "no delay after the last attempt");
    });
}

#[test]
fn a_breaker_opens_after_its_threshold_and_then_fails_fast() {
    let breaker =
        CircuitBreaker::new("seeds::values").failure_threshold(3).recovery_timeout(Duration::from_secs(60));
    virtually(|clock| {
        let service = Service::new(&[Step::Fail], None);
        for _ in 0..3 {
            assert!(matches!(breaker.call(|| service.call()), Err(Fault::Connect(_))));
        }
        assert_eq!(breaker.state(), CircuitState::Open);
        let refused = breaker.call(|| service.call());
        let Err(Fault::CircuitOpen(refusal)) = refused else { panic!("{refused:?}") };
        assert_eq!(refusal, CircuitOpenError { name: "seeds::values", retry_after: Duration::from_secs(60) });
        assert_eq!(service.calls(), 3, "an open circuit does not call");

        clock.advance(Duration::from_secs(60));
        assert_eq!(breaker.state(), CircuitState::HalfOpen);
        assert!(breaker.call(|| service.call()).is_err());
        assert_eq!(breaker.state(), CircuitState::Open, "one failed probe reopens");

        clock.advance(Duration::from_secs(60));
        assert!(breaker.call(|| Ok::<_, Fault>(1)).is_ok());
        assert_eq!(breaker.state(), CircuitState::Closed);
    });
}

#[test]
fn the_states_are_spelled_as_dashboards_know_them() {
    let spelled =
        [CircuitState::Closed, CircuitState::Open, CircuitState::HalfOpen].map(|state| state.to_string());
    assert_eq!(spelled, ["closed", "open", "half_open"]);
}

/// A case is classified by its text; the text of its pictures is welcome but optional.
#[derive(Debug, PartialEq)]
struct CaseResult {
    text: String,
    needs_review: bool,
    reason: Option<&'static str>,
}

impl Degradable for CaseResult {
    fn degraded(self, how: Degradation) -> Self {
        Self { needs_review: true, reason: how.reason, ..self }
    }
}

#[fallback(
    degraded = |_| Ok(CaseResult { text: text.to_owned(), needs_review: false, reason: None }),
    on = Fault::Connect,
    reason = "OCR unavailable, image files skipped"
)]
fn process_case(text: &str, vision: &Service) -> Result<CaseResult, Fault> {
    let pictures = vision.call()?;
    Ok(CaseResult { text: format!("{text} and {pictures} pictures"), needs_review: false, reason: None })
}

#[test]
fn a_case_degrades_to_its_text_and_is_marked() {
    let marked = process_case("invoice", &Service::new(&[Step::Fail], None)).unwrap();
    assert_eq!(
        marked,
        CaseResult {
            text: "invoice".into(),
            needs_review: true,
            reason: Some("OCR unavailable, image files skipped")
        }
    );
    let full = process_case("invoice", &Service::new(&[Step::Answer(2)], None)).unwrap();
    assert_eq!((full.text.as_str(), full.needs_review), ("invoice and 2 pictures", false));
    let critical = process_case("invoice", &Service::new(&[Step::Refuse], None));
    assert!(matches!(critical, Err(Fault::Refused(_))), "only the named error degrades");
}

#[timeout(ms = 20, operation = "LLM classification")]
fn slow() -> Result<(), Fault> {
    // The one test here that is about real time: a thread that blocks.
    std::thread::sleep(Duration::from_millis(200));
    Ok(())
}

#[test]
fn a_sync_timeout_works_off_the_main_thread() {
    let outcome = std::thread::spawn(slow).join().unwrap();
    let Err(Fault::Timeout(error)) = outcome else { panic!("{outcome:?}") };
    assert_eq!(error.to_string(), "LLM classification timed out after 20ms");
    assert_eq!(timeout_sync(Duration::from_secs(5), "quick", || 1), Ok(1));
}

// The second seed: a model whose adapter classifies its own errors.

#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct ScriptedError(&'static str);

impl Retryable for ScriptedError {
    fn retry_classification(&self) -> resilient::RetryClassification {
        match self.0.strip_prefix("transient:").and_then(|millis| millis.parse().ok()) {
            Some(millis) => {
                resilient::RetryClassification::Transient { retry_after: Some(Duration::from_millis(millis)) }
            }
            None => resilient::RetryClassification::Permanent,
        }
    }
}

type Chunk = Result<&'static str, ScriptedError>;

#[async_trait]
trait CompletionModel {
    async fn chat_stream(&self, request: String) -> Result<BoxStream<'static, Chunk>, ScriptedError>;
}

/// One turn a call; a turn is the error of the set-up, or the chunks of a stream.
struct ScriptedModel {
    turns: Vec<Result<Vec<Result<&'static str, &'static str>>, &'static str>>,
    calls: AtomicUsize,
}

#[async_trait]
impl CompletionModel for ScriptedModel {
    #[retry(max_attempts = 3, base_delay = "1ms", max_delay = "5ms", jitter = none)]
    async fn chat_stream(&self, request: String) -> Result<BoxStream<'static, Chunk>, ScriptedError> {
        assert_eq!(request, "hello");
        let call = self.calls.fetch_add(1, Ordering::SeqCst);
        match &self.turns[call] {
            Ok(chunks) => {
                let chunks: Vec<Chunk> = chunks.iter().map(|chunk| chunk.map_err(ScriptedError)).collect();
                Ok(stream::iter(chunks).boxed())
            }
            Err(error) => Err(ScriptedError(error)),
        }
    }
}

impl ScriptedModel {
    fn new(turns: Vec<Result<Vec<Result<&'static str, &'static str>>, &'static str>>) -> Self {
        Self { turns, calls: AtomicUsize::new(0) }
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

#[test]
fn the_model_is_asked_until_it_answers() {
    paused(async {
        let model = ScriptedModel::new(vec![Err("transient:1"), Ok(vec![Ok("done")])]);
        let chunks: Vec<Chunk> = model.chat_stream("hello".into()).await.unwrap().collect().await;
        assert_eq!((chunks.len(), model.calls()), (1, 2));
    });
}

#[test]
fn attempts_are_counted_with_the_first_call() {
    paused(async {
        let model =
            ScriptedModel::new(vec![Err("transient:1"), Err("transient:1"), Err("transient:2"), Ok(vec![])]);
        let error = model.chat_stream("hello".into()).await.err().unwrap();
        assert_eq!((error.0, model.calls()), ("transient:2", 3), "the last error, after three calls");
    });
}

#[test]
fn a_hint_of_the_server_is_a_floor() {
    paused(async {
        let model = ScriptedModel::new(vec![Err("transient:50"), Ok(vec![Ok("done")])]);
        let started = tokio::time::Instant::now();
        assert!(model.chat_stream("hello".into()).await.is_ok());
        assert_eq!(
            started.elapsed(),
            Duration::from_millis(50),
            "longer than `max_delay`, and not a tick more"
        );
    });
}

#[test]
fn permanent_errors_are_not_repeated() {
    paused(async {
        let model = ScriptedModel::new(vec![Err("permanent: bad auth"), Ok(vec![])]);
        assert!(model.chat_stream("hello".into()).await.is_err());
        assert_eq!(model.calls(), 1);
    });
}

#[test]
fn a_stream_that_breaks_is_handed_on() {
    paused(async {
        let model = ScriptedModel::new(vec![Ok(vec![Ok("hel"), Err("transient:1")]), Ok(vec![])]);
        let chunks: Vec<Chunk> = model.chat_stream("hello".into()).await.unwrap().collect().await;
        assert!(matches!(chunks.as_slice(), [Ok("hel"), Err(ScriptedError("transient:1"))]));
        assert_eq!(model.calls(), 1, "items are the caller's");
    });
}

#[test]
fn the_exponential_schedule_grows_and_then_caps() {
    let backoff = Backoff::exponential(Duration::from_millis(10)).max_delay(Duration::from_millis(40));
    let delays = [1, 2, 3, 4].map(|attempt| backoff.delay(attempt).as_millis());
    assert_eq!(delays, [10, 20, 40, 40]);
}

#[test]
fn the_defaults_are_the_seeds() {
    let config = RetryConfig::default();
    assert_eq!(config.max_attempts, 3);
    assert_eq!(config.base_delay, Duration::from_secs(1));
    assert_eq!(config.max_delay, Duration::from_secs(30));
    virtually(|clock| {
        assert!(Retry::new().call(|| Err::<(), _>(Fault::connect())).is_err());
        let sleeps = clock.sleeps();
        for (sleep, base) in sleeps.iter().zip([1.0, 2.0]) {
            let seconds = sleep.as_secs_f64();
            assert!((base..=base * 1.1).contains(&seconds), "jitter adds 0-10 %: {seconds}");
        }
    });
}

// The pipeline of the first seed: breaker around retry, degradation around both.

#[fallback(default = "unknown", reason = "LLM unavailable", on = CircuitOpenError)]
#[circuit_breaker(name = "seeds::llm", failure_threshold = 3, recovery_timeout = 60)]
#[retry(max_retries = 2, base_delay = 2.0, on = Fault::Connect)]
fn run_case(calls: &AtomicU32) -> Result<Served<&'static str>, Fault> {
    calls.fetch_add(1, Ordering::SeqCst);
    Err(Fault::connect())
}

#[test]
fn the_pipeline_degrades_once_the_circuit_is_open() {
    virtually(|_| {
        let calls = AtomicU32::new(0);
        for _ in 0..3 {
            assert!(matches!(run_case(&calls), Err(Fault::Connect(_))), "the critical path fails openly");
        }
        let served = run_case(&calls).unwrap();
        assert_eq!(*served, "unknown");
        assert_eq!(served.degradation().unwrap().reason, Some("LLM unavailable"));
        assert_eq!(calls.load(Ordering::SeqCst), 9, "three calls of three attempts; the fourth was refused");
    });
}

#[test]
fn a_timeout_error_says_what_and_how_long() {
    let error = TimeoutError { operation: "LLM classification", limit: Duration::from_secs(120) };
    assert_eq!(error.to_string(), "LLM classification timed out after 120s");
}

//! The main job: both modes of the `llm` example run on its embedded server, and their numbers are asserted
//! here. What single policies do in detail is tested elsewhere, on paused time; here nothing is mocked and
//! time is real.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::sync::Mutex;

use llm::args::{self, Command, Options, Target};
use llm::calls::{Call, Mode, Outcome};
use llm::client::Client;
use llm::demo;
use llm::error::LlmError;
use llm::report::{SceneReport, Summary, Totals};
use llm::server::Server;
use llm::weather::{Reply, RetryAfter};

#[allow(dead_code, reason = "the example's own `main` is not called here")]
#[path = "../../examples/llm/main.rs"]
mod llm;

/// The circuit is the whole process's: protected runs take turns.
static CIRCUIT: Mutex<()> = Mutex::const_new(());

async fn run(mode: Mode, target: Target, colour: bool) -> (Summary, String) {
    crate::support::Events::keep_listening();
    let mut out = Vec::new();
    let summary = demo::run(&Options { mode, target, colour }, &mut out).await.expect("the example runs");
    (summary, String::from_utf8(out).expect("the example writes UTF-8"))
}

/// A scene in words: each call with its attempts, the tier of its result and the circuit's way, then the
/// requests.
fn told(scene: &SceneReport) -> String {
    let calls: Vec<String> = scene
        .calls
        .iter()
        .map(|call| {
            format!("{} {} {} {}", call.call.name(), call.attempts, call.tier(), call.circuit.join(">"))
        })
        .collect();
    let mut lines: Vec<String> = Vec::new();
    for calls in calls.chunk_by(PartialEq::eq) {
        lines.push(match calls.len() {
            1 => calls[0].trim_end().to_owned(),
            times => format!("{times} x {}", calls[0].trim_end()),
        });
    }
    format!("{} | {}", lines.join(", "), scene.requests.expect("the server is ours"))
}

fn outcome(summary: &Summary, scene: usize, call: usize) -> &Outcome {
    &summary.scenes[scene].calls[call].outcome
}

#[tokio::test]
async fn the_same_weather_with_and_without_attributes() {
    let _turn = CIRCUIT.lock().await;
    let ((protected, plain), (unprotected, coloured)) = tokio::join!(
        run(Mode::Protected, Target::Weather, false),
        run(Mode::Unprotected, Target::Weather, true)
    );

    assert_eq!(
        protected.scenes.iter().map(told).collect::<Vec<_>>(),
        [
            "2 x classify 1 full closed, stream 1 full closed, case 1 full closed | 4",
            // Two attempts met a closed port, which no server can count.
            "classify 3 full closed | 1",
            "classify 3 full closed, stream 2 full closed | 5",
            "2 x classify 2 full closed | 4",
            "classify 2 full closed | 2",
            "stream 1 error closed, stream 1 full closed, stream 2 full closed, stream 1 error closed | 5",
            "2 x classify 1 default closed, classify 1 full closed, classify 1 default closed | 4",
            "case 1 degraded closed | 1",
            "title 2 default closed, title 1 full closed, title 2 degraded closed, title 2 cached closed | 7",
            "2 x classify 3 default closed, classify 3 default open, 10 x classify 0 default open, \
             classify 3 default half_open>open, 10 x classify 0 default open | 12",
            "classify 1 full half_open>closed, stream 1 full closed, case 1 full closed | 3",
        ],
    );
    assert_eq!(
        unprotected.scenes.iter().map(told).collect::<Vec<_>>(),
        [
            "2 x classify 1 full, stream 1 full, case 1 full | 4",
            "classify 1 error | 0",
            "classify 1 error, stream 1 error | 2",
            "2 x classify 1 error | 2",
            "classify 1 full | 1",
            "stream 1 error, stream 1 full, 2 x stream 1 error | 4",
            "2 x classify 1 error, classify 1 full, classify 1 error | 4",
            // The optional service took the whole case with it: the model was not even asked.
            "case 0 error | 0",
            "title 1 error, title 1 full, 2 x title 1 error | 4",
            "24 x classify 1 error | 24",
            "classify 1 full, stream 1 full, case 1 full | 3",
        ],
    );

    // In one look: more calls succeed, all but streams that broke midway come to something, and a dead server is left
    // alone.
    let (with, without) = (protected.totals(), unprotected.totals());
    assert_eq!((with.calls, with.succeeded, with.degraded, with.failed), (50, 17, 31, 2));
    assert_eq!((without.calls, without.succeeded, without.degraded, without.failed), (50, 11, 0, 39));
    assert_eq!((protected.outage().requests, unprotected.outage().requests), (Some(12), Some(24)));
    assert!(
        protected.outage().time < unprotected.outage().time,
        "{:?} were spent on a dead server, {:?} without protection",
        protected.outage().time,
        unprotected.outage().time,
    );

    delays_follow_the_events(&protected);
    results_say_what_they_are(&protected, &unprotected);
    assert!(!plain.contains('\x1b') && coloured.contains("\x1b[31m"));
}

fn delays_follow_the_events(protected: &Summary) {
    for call in protected.scenes.iter().flat_map(|scene| &scene.calls) {
        // The second model that is asked for a title is no second attempt.
        let attempts = if call.call == Call::Title { 1 } else { call.attempts };
        assert_eq!(call.delays.len(), attempts.saturating_sub(1), "an event for each delay: {call:?}");
        assert!(call.delays.iter().sum::<Duration>() <= call.took, "announced delays are waited: {call:?}");
    }
    let delays = |scene: usize, call: usize| protected.scenes[scene].calls[call].delays.as_slice();
    let millis = Duration::from_millis;
    // Exponential from 100 ms, jitter adds at most a tenth.
    let [first, second] = delays(1, 0) else { panic!("two delays") };
    assert!((millis(100)..=millis(110)).contains(first) && (millis(200)..=millis(220)).contains(second));
    // `Retry-After: 1` is a floor; the date is one to two seconds ahead of the server's clock.
    assert!((millis(1_000)..=millis(1_100)).contains(&delays(3, 0)[0]));
    assert!((millis(500)..=millis(2_200)).contains(&delays(3, 1)[0]));
}

fn results_say_what_they_are(protected: &Summary, unprotected: &Summary) {
    let text = |summary, scene, call| match outcome(summary, scene, call) {
        Outcome::Succeeded(text) | Outcome::Degraded { result: text, .. } | Outcome::Failed(text) => {
            text.clone()
        }
    };
    assert_eq!(text(protected, 0, 0), "invoice");
    assert_eq!(text(protected, 0, 2), "6 tokens: It will clear up by noon.");
    assert_eq!(text(protected, 0, 3), "invoice, confidence 0.90");
    for summary in [protected, unprotected] {
        assert!(
            text(summary, 5, 0).starts_with("broken off after \"It will clear\": the connection broke"),
            "{}",
            text(summary, 5, 0)
        );
    }
    let silent = text(protected, 5, 3);
    assert_eq!(silent, "broken off after \"It will clear\": the stream timed out after 400ms");
    assert!(text(protected, 6, 0).contains("400 Bad Request"), "{}", text(protected, 6, 0));
    assert!(text(protected, 6, 1).contains("not understood"), "{}", text(protected, 6, 1));
    assert!(text(protected, 6, 3).contains("rate limited"), "{}", text(protected, 6, 3));
    let case = text(protected, 7, 0);
    assert!(case.starts_with("invoice, confidence 0.45, needs review (OCR unavailable"), "{case}");
    let titles = [0, 1, 2, 3].map(|call| text(protected, 8, call));
    let starts = [
        "Dear customer (the large model",
        "Invoice over 120 EUR",
        "Invoice (the",
        "Invoice over 120 EUR (the",
    ];
    assert!(titles.iter().zip(starts).all(|(title, start)| title.starts_with(start)), "{titles:?}");
    assert!(text(protected, 9, 0).contains("timed out after 400ms"), "{}", text(protected, 9, 0));
    assert!(text(protected, 9, 5).contains("circuit `llm` is open"), "{}", text(protected, 9, 5));
}

#[tokio::test]
async fn another_server_is_called_without_weather() {
    let _turn = CIRCUIT.lock().await;
    let mut server = Server::start().await.unwrap();
    let target = |url: String| Target::Server { url, model: "any".to_owned() };

    let (answered, _) = run(Mode::Protected, target(server.url()), false).await;
    let expected = Totals { calls: 2, succeeded: 2, time: answered.totals().time, ..Totals::default() };
    assert_eq!(answered.totals(), expected);
    let (answered, _) = run(Mode::Unprotected, target(format!("{}/v1/", server.url())), false).await;
    assert_eq!(answered.totals().succeeded, 2);

    server.close().await.unwrap();
    let (refused, _) = run(Mode::Protected, target(server.url()), false).await;
    assert_eq!((refused.totals().degraded, refused.totals().failed), (1, 1));
    assert!(refused.scenes[0].calls.iter().all(|call| call.attempts == 3), "{refused:?}");
}

#[tokio::test]
async fn a_server_that_talks_nonsense_is_an_error_and_no_panic() {
    let server = Server::start().await.unwrap();
    let client = Client::new(&server.url(), "any", Duration::from_secs(5)).unwrap();

    server.set_replies(&[Reply::Nonsense]);
    assert!(matches!(client.complete("", "").await, Err(LlmError::Garbage(_))));
    // HTML is no event stream: it ends before anything was said.
    let items: Vec<_> = client.open_stream("").await.unwrap().collect().await;
    assert!(matches!(items.as_slice(), [Err(LlmError::Truncated)]), "{items:?}");

    server.set_replies(&[Reply::RateLimited(RetryAfter::Seconds("-1"))]);
    assert!(matches!(client.complete("", "").await, Err(LlmError::RateLimited { retry_after: None })));
    assert!("I would rather not say.".parse::<llm::cases::Label>().is_err());
}

#[test]
fn arguments_are_read_or_refused() {
    let parse = |words: &str| args::parse(words.split_whitespace().map(str::to_owned));
    assert!(matches!(parse(""), Ok(Command::Run { mode: Mode::Protected, target: Target::Weather })));
    assert!(matches!(parse("--unprotected"), Ok(Command::Run { mode: Mode::Unprotected, .. })));
    assert!(matches!(parse("--unprotected -h"), Ok(Command::Help)));
    assert!(matches!(
        parse("--model m --url http://localhost:11434"),
        Ok(Command::Run { target: Target::Server { .. }, .. })
    ));
    for (words, complaint) in [
        ("--fast", "unknown argument `--fast`"),
        ("--url", "`--url` needs a value"),
        ("--url --model", "`--url` needs a value"),
        ("--url http://localhost", "`--url` needs `--model NAME` beside it"),
        ("--model m", "`--model` needs `--url URL` beside it"),
    ] {
        assert_eq!(parse(words).unwrap_err(), complaint);
    }
    for url in ["localhost:11434", "localhost", "https://localhost", "http://"] {
        let complaint = parse(&format!("--url {url} --model m")).unwrap_err();
        assert!(complaint.starts_with(&format!("`{url}` is no URL that begins with http://")), "{complaint}");
    }
}

//! `#[circuit_breaker(key = …)]`: a circuit for each key, whatever the key is made of and whatever function
//! it stands above. Which circuits are remembered is tested in the runtime.

use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use resilient::{
    CircuitBreaker, CircuitState, KeyedCircuitBreaker, Served, circuit, circuit_breaker, fallback, retry,
    timeout,
};

use crate::support::{Events, Fault, paused, virtually};

/// Down is whatever is called so.
fn ask(host: &str) -> Result<usize, Fault> {
    if host == "down" { Err(Fault::connect()) } else { Ok(host.len()) }
}

fn is_open<T>(outcome: &Result<T, Fault>) -> bool {
    matches!(outcome, Err(Fault::CircuitOpen(_)))
}

static HOSTS: KeyedCircuitBreaker =
    CircuitBreaker::new("keys::static").failure_threshold(2).recovery_timeout(Duration::from_secs(5)).keyed();

#[circuit_breaker(HOSTS, key = host)]
fn by_static(host: &str) -> Result<usize, Fault> {
    ask(host)
}

#[test]
fn a_service_that_is_down_takes_no_other_with_it() {
    virtually(|clock| {
        for _ in 0..2 {
            assert!(matches!(by_static("down"), Err(Fault::Connect(_))));
        }
        assert!(
            matches!(by_static("down"), Err(Fault::CircuitOpen(refusal)) if refusal.name == "keys::static")
        );
        assert!(matches!(by_static("up"), Ok(2)));
        assert_eq!(
            (HOSTS.of("down").state(), HOSTS.of("up").state()),
            (CircuitState::Open, CircuitState::Closed)
        );
        clock.advance(Duration::from_secs(5));
        assert!(matches!(by_static("down"), Err(Fault::Connect(_))));
        assert!(is_open(&by_static("down")));
        HOSTS.of("down").reset();
        assert!(matches!(by_static("down"), Err(Fault::Connect(_))));
        assert!(circuit("keys::static").is_none(), "none of them is the circuit without a key");
    });
}

#[circuit_breaker(name = "keys::async", failure_threshold = 1, key = host, max_keys = 3)]
async fn suspending(host: &str) -> Result<usize, Fault> {
    tokio::task::yield_now().await;
    ask(host)
}

#[test]
fn open_circuits_are_remembered_before_all_others() {
    paused(async {
        assert!(suspending("down").await.is_err());
        for number in 0..100 {
            assert!(suspending(&number.to_string()).await.is_ok());
        }
        assert!(is_open(&suspending("down").await));
        tokio::time::advance(Duration::from_secs(30)).await;
        assert!(matches!(suspending("down").await, Err(Fault::Connect(_))));
    });
}

#[derive(Clone)]
struct Client {
    host: String,
    calls: Arc<AtomicU32>,
}

impl Client {
    fn new(host: &str) -> Self {
        Self { host: host.to_owned(), calls: Arc::default() }
    }

    fn host(&self) -> &str {
        self.calls.fetch_add(1, Ordering::SeqCst);
        &self.host
    }

    #[circuit_breaker(failure_threshold = 1, key = self.host)]
    async fn by_field(&mut self, more: String) -> Result<usize, Fault> {
        self.host.push_str(&more);
        ask(self.host.trim_end_matches('!'))
    }

    #[circuit_breaker(failure_threshold = 1, key = self.host())]
    fn by_method(self) -> Result<usize, Fault> {
        ask(&self.host)
    }

    #[circuit_breaker(failure_threshold = 1, key = (self.host(), region, self.calls.load(Ordering::SeqCst) > 100))]
    fn by_tuple(&self, region: &str) -> Result<usize, Fault> {
        ask(region)
    }
}

#[test]
fn the_key_may_be_what_the_body_takes_away_or_changes() {
    paused(async {
        let mut client = Client::new("down");
        assert!(client.by_field("!".to_owned()).await.is_err());
        assert!(!is_open(&client.by_field(String::new()).await), "by another key now");
        assert!(is_open(&Client::new("down").by_field(String::new()).await));
    });
    assert!(Client::new("down").by_method().is_err());
    assert!(is_open(&Client::new("down").by_method()));
    assert!(Client::new("up").by_method().is_ok());
}

#[test]
fn all_parts_of_a_tuple_tell_keys_apart_and_it_is_made_once_a_call() {
    let client = Client::new("a");
    assert!(client.by_tuple("down").is_err());
    assert!(is_open(&client.by_tuple("down")));
    assert_eq!(client.calls.load(Ordering::SeqCst), 2);
    assert!(matches!(Client::new("b").by_tuple("down"), Err(Fault::Connect(_))));
    assert!(client.by_tuple("up").is_ok());
}

#[retry(max_attempts = 3, base_delay = "1ms")]
#[circuit_breaker(name = "keys::attempts", failure_threshold = 3, per_attempt, key = host)]
async fn attempts(host: String, seen: &AtomicU32) -> Result<usize, Fault> {
    seen.fetch_add(1, Ordering::SeqCst);
    ask(&host)
}

#[test]
fn every_attempt_goes_through_the_circuit_of_the_call() {
    paused(async {
        let seen = AtomicU32::new(0);
        assert!(matches!(attempts("down".into(), &seen).await, Err(Fault::Connect(_))));
        assert!(is_open(&attempts("down".into(), &seen).await));
        assert!(attempts("up".into(), &seen).await.is_ok());
        assert_eq!(seen.into_inner(), 4);
    });
}

#[fallback(default = 0, reason = "the host is down")]
#[circuit_breaker(failure_threshold = 1, key = tenant, on = Fault::Connect, otherwise = neutral)]
#[retry(max_attempts = 2, base_delay = "1ms")]
#[timeout(secs = 40)]
async fn stacked(tenant: u32, host: String) -> Result<Served<usize>, Fault> {
    Ok(ask(&host)?.into())
}

#[test]
fn it_stands_in_a_stack_as_without_a_key_and_tells_no_key() {
    let (events, _guard) = Events::collect();
    paused(async {
        assert!(stacked(4711, "down".to_owned()).await.unwrap().is_degraded());
        assert!(stacked(4711, "up".to_owned()).await.unwrap().is_degraded(), "refused");
        assert!(!stacked(4712, "up".to_owned()).await.unwrap().is_degraded());
    });
    assert_eq!(
        events.names(),
        ["retry", "retry_exhausted", "circuit_open", "degraded", "circuit_rejected", "degraded"]
    );
    assert_eq!(events.named("circuit_open")[0].field("circuit"), "it::keys::stacked");
    assert!(events.all().iter().all(|event| event.fields.values().all(|value| !value.contains("4711"))));
}

#[circuit_breaker(name = "keys::shared", failure_threshold = 2, key = host)]
fn reads(host: &str) -> Result<usize, Fault> {
    ask(host)
}

#[circuit_breaker(name = "keys::shared", failure_threshold = 2, key = hosts[0])]
fn writes(hosts: &[String]) -> Result<usize, Fault> {
    ask(&hosts[0])
}

#[test]
fn functions_that_share_a_name_share_the_circuits_of_equal_keys() {
    let (events, _guard) = Events::collect();
    let hosts = ["down".to_owned()];
    assert!(matches!((reads("down"), writes(&hosts)), (Err(Fault::Connect(_)), Err(Fault::Connect(_)))));
    assert!(is_open(&reads("down")) && is_open(&writes(&hosts)));
    assert!(reads("up").is_ok());
    assert!(events.named("circuit_conflict").is_empty());
}

trait Chat {
    async fn chat(&self, host: &str) -> Result<usize, Fault>;
}

impl Chat for Client {
    #[circuit_breaker(failure_threshold = 1, key = host)]
    async fn chat(&self, host: &str) -> Result<usize, Fault> {
        ask(host)
    }
}

#[circuit_breaker(failure_threshold = 1, key = host)]
fn boxed<'h>(host: &'h str) -> Pin<Box<dyn Future<Output = Result<usize, Fault>> + Send + 'h>> {
    Box::pin(async move { ask(host) })
}

#[circuit_breaker(failure_threshold = 1, key = host)]
fn future(host: &str) -> impl Future<Output = Result<usize, Fault>> + Send {
    async move { ask(host) }
}

#[circuit_breaker(failure_threshold = 1, key = (id, which), max_keys = 10)]
fn generic<I: AsRef<str> + Clone + Eq + std::hash::Hash + Send + Sync + 'static, const N: usize>(
    id: I,
    which: [u8; N],
) -> Result<usize, Fault> {
    let _ = which;
    ask(id.as_ref())
}

#[test]
fn the_future_takes_little_more_room_than_without_a_key() {
    async fn plain(host: &str) -> Result<usize, Fault> {
        tokio::task::yield_now().await;
        ask(host)
    }
    let (plain, keyed) = (size_of_val(&plain("a")), size_of_val(&suspending("a")));
    assert!(keyed <= plain + 128, "{keyed} over {plain}");
}

#[test]
fn functions_of_any_shape_can_have_a_key() {
    paused(async {
        for first in [true, false] {
            let client = Client::new("any");
            assert_eq!(is_open(&client.chat("down").await), !first);
            assert_eq!(is_open(&tokio::spawn(boxed("down")).await.unwrap()), !first);
            assert_eq!(is_open(&tokio::spawn(future("down")).await.unwrap()), !first);
            assert_eq!(is_open(&generic("down", [1])), !first);
            assert_eq!(is_open(&generic("down".to_owned(), [1, 2])), !first);
            assert!(
                client.chat("up").await.is_ok() && boxed("up").await.is_ok() && future("up").await.is_ok()
            );
        }
        assert!(tokio::spawn(suspending("any")).await.unwrap().is_ok(), "its future can be sent");
    });
}

static CONFIGURED: LazyLock<KeyedCircuitBreaker> =
    LazyLock::new(|| CircuitBreaker::new("keys::configured").failure_threshold(1).keyed());

#[circuit_breaker(CONFIGURED, key = host)]
fn configured(host: &str) -> Result<usize, Fault> {
    ask(host)
}

#[test]
fn a_static_may_be_made_at_its_first_use() {
    assert!(matches!(configured("down"), Err(Fault::Connect(_))));
    assert!(is_open(&configured("down")));
}

/// Waits for ever, unless it is dropped.
#[circuit_breaker(HOSTS_THAT_HANG, key = host)]
async fn hangs(host: &str) -> Result<usize, Fault> {
    let _ = host;
    std::future::pending().await
}

static HOSTS_THAT_HANG: KeyedCircuitBreaker = CircuitBreaker::new("keys::hangs").failure_threshold(1).keyed();

#[test]
fn a_cancelled_probe_gives_its_place_back() {
    paused(async {
        HOSTS_THAT_HANG.of("a").enter().unwrap().failure();
        tokio::time::advance(Duration::from_secs(30)).await;
        for _ in 0..3 {
            let second = Duration::from_secs(1);
            assert!(tokio::time::timeout(second, hangs("a")).await.is_err());
            let seen = HOSTS_THAT_HANG.of("a").snapshot();
            assert_eq!((seen.state, seen.probes_in_flight), (CircuitState::HalfOpen, 0));
        }
    });
}

//! `reqwest`, by whole requests and by parts of its answers.

use std::io;
use std::net::SocketAddr;
use std::time::{Duration, SystemTime};

use ::http::Method;
use http_body_util::BodyExt;
use reqwest::{Client, Response};
use resilient::http::{StatusError, check};
use resilient::{Idempotent, Retryable, retry};
use resilient_integrations::{Reply, Server, nobody};
use tokio::time::Instant;

use crate::http2;

/// How a client's errors and an answer's status go together in one type.
#[derive(Debug, thiserror::Error, Retryable)]
enum ApiError {
    #[error(transparent)]
    #[retryable(transparent)]
    Request(#[from] reqwest::Error),
    #[error(transparent)]
    #[retryable(transparent)]
    Read(Idempotent<reqwest::Error>),
    #[error(transparent)]
    #[retryable(transparent)]
    Status(#[from] StatusError),
    #[error(transparent)]
    #[retryable(transparent)]
    StatusOfRead(Idempotent<StatusError>),
}

fn client() -> Client {
    // A dead connection from a pool would be replaced unseen, and the counts would no longer be ours.
    Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap()
}

fn impatient(limit: Duration) -> Client {
    Client::builder().no_proxy().pool_max_idle_per_host(0).timeout(limit).build().unwrap()
}

fn url(address: SocketAddr) -> String {
    format!("http://{address}/")
}

/// Says nothing of itself: whatever it is, it may have been carried out.
#[retry]
async fn send(client: &Client, method: Method, address: SocketAddr) -> Result<String, reqwest::Error> {
    client.request(method, url(address)).body("order").send().await?.error_for_status()?.text().await
}

#[retry]
async fn read(client: &Client, address: SocketAddr) -> Result<String, Idempotent<reqwest::Error>> {
    Ok(client.get(url(address)).send().await?.error_for_status()?.text().await?)
}

#[retry]
async fn by_method(client: &Client, method: Method, address: SocketAddr) -> Result<Response, ApiError> {
    Ok(check(&method, client.request(method.clone(), url(address)).send().await?)?)
}

/// Carries an idempotency key.
#[retry]
async fn post_once(client: &Client, address: SocketAddr) -> Result<Response, ApiError> {
    let request = client.post(url(address)).header("idempotency-key", "7");
    let response = request.send().await.map_err(|error| ApiError::Read(Idempotent(error)))?;
    check(&Method::POST, response).map_err(|error| ApiError::StatusOfRead(Idempotent(error)))
}

fn ok() -> Reply {
    Reply::http("200 OK", "", "fine")
}

fn broken_off() -> Reply {
    Reply::Last(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfine so f".to_vec())
}

fn broken_off_in_chunks() -> Reply {
    Reply::Last(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n64\r\nfine so f".to_vec())
}

fn broken_off_in_head() -> Reply {
    Reply::Last(b"HTTP/1.1 200 OK\r\ncontent-le".to_vec())
}

#[tokio::test(start_paused = true)]
async fn a_refused_connection_is_tried_again_whatever_the_method() {
    let address = nobody().unwrap();
    for method in [Method::GET, Method::POST] {
        let start = Instant::now();
        let error = send(&client(), method, address).await.unwrap_err();
        assert!(error.is_connect(), "{error:?}");
        // One second and two, and up to a tenth more of each.
        assert!((3.0..3.3 + 0.01).contains(&start.elapsed().as_secs_f64()), "{:?}", start.elapsed());
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_carried_out_is_repeated_only_where_it_may_be() {
    for failure in
        [Reply::Reset, Reply::Last(Vec::new()), broken_off_in_head(), broken_off(), broken_off_in_chunks()]
    {
        let server = Server::http(vec![failure.clone(), ok()]).unwrap();
        let error = send(&client(), Method::POST, server.address()).await.unwrap_err();
        assert_eq!(server.requests(), 1, "{failure:?}: {error:?}");

        let server = Server::http(vec![failure.clone(), failure.clone(), ok()]).unwrap();
        assert_eq!(read(&client(), server.address()).await.unwrap(), "fine", "{failure:?}");
        assert_eq!(server.requests(), 3, "{failure:?}");

        let server = Server::http(vec![failure.clone()]).unwrap();
        read(&client(), server.address()).await.unwrap_err();
        assert_eq!(server.requests(), 3, "{failure:?}");
    }
    let server = Server::http(vec![Reply::Reset, ok()]).unwrap();
    post_once(&client(), server.address()).await.unwrap();
    assert_eq!(server.requests(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_is_broken_off_over_http2_may_have_been_carried_out() {
    let client = Client::builder().no_proxy().http2_prior_knowledge().build().unwrap();
    let replies = &[http2::Reply::BreaksOff, http2::Reply::Fine];
    let server = http2::Server::start(replies);
    let error = send(&client, Method::POST, server.address).await.unwrap_err();
    assert!(error.is_decode() && server.calls() == 1, "{error:?}");
    let server = http2::Server::start(replies);
    read(&client, server.address).await.unwrap();
    assert_eq!(server.calls(), 2);
}

#[tokio::test(start_paused = true)]
async fn who_reads_a_body_frame_by_frame_meets_the_same() {
    #[retry]
    async fn read(client: &Client, address: SocketAddr) -> Result<Vec<u8>, Idempotent<reqwest::Error>> {
        let response = ::http::Response::from(client.get(url(address)).send().await?);
        Ok(response.into_body().collect().await?.to_bytes().to_vec())
    }
    let server = Server::http(vec![broken_off(), ok()]).unwrap();
    assert_eq!((read(&client(), server.address()).await.unwrap(), server.requests()), (b"fine".to_vec(), 2));
}

#[tokio::test]
async fn an_answer_that_does_not_come_in_time_may_have_been_meant() {
    let limit = Duration::from_millis(90);
    #[retry(max_attempts = 2, base_delay = "1ms")]
    async fn read(client: &Client, address: SocketAddr) -> Result<String, Idempotent<reqwest::Error>> {
        Ok(client.get(url(address)).send().await?.text().await?)
    }
    // Silent from the beginning, and in the middle of the body.
    let halfway = Reply::bytes("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nfine");
    for slow in [Reply::Silence, halfway] {
        let server = Server::http(vec![slow.clone(), ok()]).unwrap();
        let error = send(&impatient(limit), Method::POST, server.address()).await.unwrap_err();
        assert!(error.is_timeout(), "{error:?}");
        assert_eq!(server.requests(), 1, "{slow:?}");

        let server = Server::http(vec![slow.clone(), ok()]).unwrap();
        assert_eq!(read(&impatient(limit), server.address()).await.unwrap(), "fine", "{slow:?}");
        assert_eq!(server.requests(), 2, "{slow:?}");
    }
}

#[tokio::test]
async fn tokios_own_limit_is_worth_another_attempt() {
    #[derive(Debug, thiserror::Error, Retryable)]
    enum Slow {
        #[error(transparent)]
        #[retryable(transparent)]
        Elapsed(#[from] tokio::time::error::Elapsed),
        #[error(transparent)]
        #[retryable(permanent)]
        Request(#[from] reqwest::Error),
    }
    #[retry(base_delay = "1ms")]
    async fn read(client: &Client, address: SocketAddr) -> Result<Response, Slow> {
        Ok(tokio::time::timeout(Duration::from_millis(90), client.get(url(address)).send()).await??)
    }
    let server = Server::http(vec![Reply::Silence]).unwrap();
    assert!(matches!(read(&client(), server.address()).await, Err(Slow::Elapsed(_))));
    assert_eq!(server.requests(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_the_server_asks_to_wait_is_waited_for() {
    let in_two_minutes = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(120));
    for (headers, at_least) in [
        ("retry-after: 7\r\n", 7.0),
        ("retry-after: Sun, 06 Nov 1994 08:50:07 GMT\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 30.0),
        ("retry-after: Sunday, 06-Nov-94 08:50:07 GMT\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 30.0),
        ("retry-after: Sun Nov  6 08:50:07 1994\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 30.0),
        (&format!("retry-after: {in_two_minutes}\r\n"), 115.0),
        ("retry-after-ms: 2500\r\n", 2.5),
        ("retry-after-ms: 2500\r\nretry-after: 60\r\n", 2.5),
        // Nothing that could be read, or a time that is over: the delay is that of the retry, one second.
        ("", 1.0),
        ("retry-after: -1\r\n", 1.0),
        ("retry-after: 1.5\r\n", 1.0),
        ("retry-after: soon\r\n", 1.0),
        ("retry-after: \r\n", 1.0),
        ("retry-after: Sun, 06 Nov 1994 08:49:37 GMT\r\n", 1.0),
    ] {
        for (status, method) in [
            ("429 Too Many Requests", Method::GET),
            ("429 Too Many Requests", Method::POST),
            ("503 Service Unavailable", Method::GET),
        ] {
            let server = Server::http(vec![Reply::http(status, headers, "later"), ok()]).unwrap();
            let start = Instant::now();
            let response = by_method(&client(), method, server.address()).await.unwrap();
            let waited = start.elapsed().as_secs_f64();
            assert_eq!((response.status().as_u16(), server.requests()), (200, 2), "{headers:?}");
            // The hint is a floor, and jitter adds up to a tenth.
            let most = if at_least == 115.0 { 133.0 } else { at_least * 1.1 + 0.01 };
            assert!((at_least..=most).contains(&waited), "{headers:?}: {waited}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn who_asks_for_too_long_a_wait_is_not_asked_again() {
    for hint in ["301", "86400", "18446744073709551615", &format!("1{}", "0".repeat(40))] {
        let reply = Reply::http("429 Too Many Requests", &format!("retry-after: {hint}\r\n"), "");
        let server = Server::http(vec![reply]).unwrap();
        let start = Instant::now();
        by_method(&client(), Method::GET, server.address()).await.unwrap_err();
        assert_eq!((server.requests(), start.elapsed().as_secs()), (1, 0), "{hint}");
    }
}

#[tokio::test(start_paused = true)]
async fn statuses_count_by_method() {
    for (status, get, post) in [
        ("400 Bad Request", 1, 1),
        ("401 Unauthorized", 1, 1),
        ("404 Not Found", 1, 1),
        ("408 Request Timeout", 3, 1),
        ("425 Too Early", 3, 3),
        ("429 Too Many Requests", 3, 3),
        ("500 Internal Server Error", 3, 1),
        ("501 Not Implemented", 1, 1),
        ("502 Bad Gateway", 3, 1),
        ("503 Service Unavailable", 3, 1),
        ("504 Gateway Timeout", 3, 1),
    ] {
        let count = |server: &Server| server.requests();
        let start = || Server::http(vec![Reply::http(status, "", "no")]).unwrap();
        let code = status.split_once(' ').unwrap().0;

        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let server = start();
            let error = by_method(&client(), method, server.address()).await.unwrap_err();
            assert!(matches!(error, ApiError::Status(error) if error.status.as_str() == code));
            assert_eq!(count(&server), get, "{status}");
        }
        for method in [Method::POST, Method::PATCH] {
            let server = start();
            by_method(&client(), method, server.address()).await.unwrap_err();
            assert_eq!(count(&server), post, "{status}");
        }
        let server = start();
        post_once(&client(), server.address()).await.unwrap_err();
        assert_eq!(count(&server), get, "{status}: a POST that may be repeated");

        // `error_for_status`, which forgets the method and the headers.
        let server = start();
        let error = send(&client(), Method::GET, server.address()).await.unwrap_err();
        assert_eq!((count(&server), error.status().map(|status| status.as_u16())), (post, code.parse().ok()));
        let server = start();
        read(&client(), server.address()).await.unwrap_err();
        assert_eq!(count(&server), get, "{status}");
    }
}

#[tokio::test(start_paused = true)]
async fn mistakes_are_made_once() {
    #[retry]
    async fn number(client: &Client, address: SocketAddr) -> Result<u32, Idempotent<reqwest::Error>> {
        Ok(client.get(url(address)).send().await?.json().await?)
    }
    let server = Server::http(vec![ok()]).unwrap();
    let error = number(&client(), server.address()).await.unwrap_err().into_inner();
    assert!(error.is_decode() && server.requests() == 1, "a whole answer that is nonsense: {error:?}");
    let server = Server::http(vec![broken_off(), Reply::http("200 OK", "", "7")]).unwrap();
    assert_eq!(number(&client(), server.address()).await.unwrap(), 7, "half an answer is no nonsense");

    let server = Server::http(vec![Reply::http("302 Found", "location: /\r\n", "")]).unwrap();
    let error = read(&client(), server.address()).await.unwrap_err().into_inner();
    assert!(error.is_redirect() && server.requests() == 11, "followed ten times, once: {error:?}");

    #[retry]
    async fn nowhere(client: &Client, attempts: &mut u32) -> Result<Response, Idempotent<reqwest::Error>> {
        *attempts += 1;
        Ok(client.get("nowhere").send().await?)
    }
    let mut attempts = 0;
    let error = nowhere(&client(), &mut attempts).await.unwrap_err().into_inner();
    assert!(error.is_builder() && attempts == 1, "{error:?}");
}

#[test]
fn io_errors_of_real_connections() {
    use std::io::{Read, Write};
    use std::net::TcpStream;

    #[retry(base_delay = "1h", max_delay = "1h")]
    fn ask(address: SocketAddr, attempts: &mut u32) -> io::Result<u8> {
        *attempts += 1;
        let mut stream = TcpStream::connect(address)?;
        stream.write_all(b"GET / HTTP/1.1\r\n\r\n")?;
        let mut one = [0];
        stream.read_exact(&mut one)?;
        Ok(one[0])
    }
    let clock = resilient::testing::VirtualClock::install();
    let mut attempts = 0;
    let refused = ask(nobody().unwrap(), &mut attempts).unwrap_err();
    assert_eq!((refused.kind(), attempts), (io::ErrorKind::ConnectionRefused, 3));

    for (reply, kind) in [
        (Reply::Reset, io::ErrorKind::ConnectionReset),
        (Reply::Last(Vec::new()), io::ErrorKind::UnexpectedEof),
    ] {
        let server = Server::http(vec![reply]).unwrap();
        assert_eq!(ask(server.address(), &mut attempts).unwrap_err().kind(), kind);
        assert_eq!(server.requests(), 3);
    }
    assert_eq!(clock.sleeps().len(), 6);
}

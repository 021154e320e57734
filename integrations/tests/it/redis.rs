//! `redis`, over a server that answers with what it is told.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use redis::{Client, RedisError, cmd, pipe};
use resilient::testing::VirtualClock;
use resilient::{Idempotent, retry};
use resilient_integrations::{Reply, Server, byte, exactly, nobody};

/// Reads a command: an array of strings. What the client says of itself is no request.
fn command(stream: &mut TcpStream) -> io::Result<Option<()>> {
    let count = number(stream)?;
    let mut words = Vec::new();
    for _ in 0..count {
        let length = number(stream)?;
        words.push(exactly(stream, length)?);
        exactly(stream, 2)?;
    }
    if words.first().is_some_and(|word| word == b"CLIENT") {
        stream.write_all(b"+OK\r\n")?;
        return Ok(None);
    }
    Ok(Some(()))
}

/// The number in a line such as `*2` or `$4`.
fn number(stream: &mut TcpStream) -> io::Result<usize> {
    let mut line = Vec::new();
    while !line.ends_with(b"\r\n") {
        line.push(byte(stream)?);
    }
    let digits = String::from_utf8_lossy(&line[1..]).trim().parse();
    digits.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

fn server(replies: &[&str]) -> Server {
    let replies = replies.iter().map(|reply| match *reply {
        "reset" => Reply::Reset,
        "close" => Reply::Last(Vec::new()),
        "silence" => Reply::Silence,
        bytes => Reply::bytes(format!("{bytes}\r\n")),
    });
    Server::start(command, replies.collect()).unwrap()
}

fn client(address: SocketAddr) -> Client {
    Client::open(format!("redis://{address}/")).unwrap()
}

#[retry]
fn increment(client: &Client) -> Result<i64, RedisError> {
    cmd("INCR").arg("n").query(&mut client.get_connection()?)
}

#[retry]
fn get(client: &Client) -> Result<i64, Idempotent<RedisError>> {
    Ok(cmd("GET").arg("n").query(&mut client.get_connection()?)?)
}

#[test]
fn nobody_there_is_worth_another_attempt() {
    #[retry]
    fn increment(client: &Client, attempts: &mut u32) -> Result<i64, RedisError> {
        *attempts += 1;
        cmd("INCR").arg("n").query(&mut client.get_connection()?)
    }
    let clock = VirtualClock::install();
    let mut attempts = 0;
    let error = increment(&client(nobody().unwrap()), &mut attempts).unwrap_err();
    assert!(error.is_connection_refusal(), "{error:?}");
    assert_eq!((attempts, clock.sleeps().len()), (3, 2));
}

#[test]
fn a_command_that_the_server_turned_away_is_sent_again() {
    let _clock = VirtualClock::install();
    for refusal in [
        "-LOADING Redis is loading the dataset in memory",
        "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN NOSAVE.",
        "-TRYAGAIN Multiple keys request during rehashing of slot",
        "-CLUSTERDOWN The cluster is down",
        "-MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.",
        "-READONLY You can't write against a read only replica.",
        "-NOREPLICAS Not enough good replicas to write.",
    ] {
        let server = server(&[refusal, refusal, ":8"]);
        assert_eq!(increment(&client(server.address())).unwrap(), 8, "{refusal}");
        assert_eq!(server.requests(), 3, "{refusal}");
    }
}

#[test]
fn a_mistake_is_made_once() {
    let _clock = VirtualClock::install();
    for refusal in [
        "-ERR value is not an integer or out of range",
        "-WRONGTYPE Operation against a key holding the wrong kind of value",
        "-NOPERM this user has no permissions to run the 'incr' command",
        "-NOAUTH Authentication required.",
        "-OOM command not allowed when used memory > 'maxmemory'.",
        "-MOVED 3999 127.0.0.1:6381",
        "+nonsense",
    ] {
        let server = server(&[refusal, ":8"]);
        get(&client(server.address())).unwrap_err();
        assert_eq!(server.requests(), 1, "{refusal}");
    }
}

#[test]
fn a_command_that_may_have_been_carried_out_is_sent_again_only_where_it_may_be() {
    let _clock = VirtualClock::install();
    for failure in ["reset", "close"] {
        let asked = server(&[failure, ":8"]);
        let error = increment(&client(asked.address())).unwrap_err();
        assert_eq!(asked.requests(), 1, "{failure}: {error:?}");

        let asked = server(&[failure, failure, ":8"]);
        assert_eq!(get(&client(asked.address())).unwrap(), 8, "{failure}");
        assert_eq!(asked.requests(), 3, "{failure}");
    }
}

#[test]
fn a_server_that_is_silent_may_have_carried_it_out() {
    const LIMIT: Option<Duration> = Some(Duration::from_millis(90));
    #[retry]
    fn get(client: &Client) -> Result<i64, Idempotent<RedisError>> {
        let mut connection = client.get_connection()?;
        connection.set_read_timeout(LIMIT)?;
        Ok(cmd("GET").arg("n").query(&mut connection)?)
    }
    #[retry]
    fn increment(client: &Client) -> Result<i64, RedisError> {
        let mut connection = client.get_connection()?;
        connection.set_read_timeout(LIMIT)?;
        cmd("INCR").arg("n").query(&mut connection)
    }
    let _clock = VirtualClock::install();
    let asked = server(&["silence", ":8"]);
    let error = increment(&client(asked.address())).unwrap_err();
    assert!(error.is_timeout() && asked.requests() == 1, "{error:?}");
    let asked = server(&["silence", ":8"]);
    assert_eq!((get(&client(asked.address())).unwrap(), asked.requests()), (8, 2));
}

#[test]
fn part_of_a_pipeline_may_have_been_carried_out() {
    #[retry]
    fn both(client: &Client) -> Result<(i64, i64), RedisError> {
        pipe().cmd("INCR").arg("a").cmd("INCR").arg("b").query(&mut client.get_connection()?)
    }
    #[retry]
    fn read_both(client: &Client) -> Result<(i64, i64), Idempotent<RedisError>> {
        Ok(pipe().cmd("GET").arg("a").cmd("GET").arg("b").query(&mut client.get_connection()?)?)
    }
    let _clock = VirtualClock::install();
    let replies = [":1", "-BUSY Redis is busy running a script.", ":1", ":2"];
    let loading = [":1", "-LOADING Redis is loading the dataset in memory", ":1", ":2"];
    for replies in [replies, loading] {
        let asked = server(&replies);
        let error = both(&client(asked.address())).unwrap_err();
        assert_eq!(asked.requests(), 2, "{error:?}");
    }
    let asked = server(&loading);
    assert_eq!((read_both(&client(asked.address())).unwrap(), asked.requests()), ((1, 2), 4));
}

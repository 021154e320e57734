//! `sqlx`, over a server that greets as `PostgreSQL` does and then fails.

use std::io::{self, Write};
use std::net::{SocketAddr, TcpStream};

use resilient::{Idempotent, retry};
use resilient_integrations::{Reply, Server, byte, exactly, nobody};
use sqlx::postgres::{PgConnectOptions, PgSslMode};
use sqlx::{ConnectOptions, Connection};

/// A message: its kind, its length, and what it says.
fn message(kind: u8, says: &[u8]) -> Vec<u8> {
    let length = u32::try_from(says.len() + 4).unwrap().to_be_bytes();
    [&[kind], length.as_slice(), says].concat()
}

/// "Something went wrong", with this code.
fn error(severity: &str, code: &str) -> Vec<u8> {
    message(b'E', format!("S{severity}\0V{severity}\0C{code}\0Mno\0\0").as_bytes())
}

/// "I am ready, and in no transaction."
fn ready() -> Vec<u8> {
    message(b'Z', b"I")
}

fn done() -> Reply {
    Reply::Bytes([message(b'C', b"COMMIT\0"), ready()].concat())
}

/// Reads the greeting, which has no kind.
fn greeting(stream: &mut TcpStream) -> io::Result<()> {
    let length = exactly(stream, 4)?;
    let length = u32::from_be_bytes(length.try_into().unwrap());
    exactly(stream, length as usize - 4).map(drop)
}

/// Greetings are the requests: all are turned away.
fn closed(replies: Vec<Reply>) -> Server {
    Server::start(|stream| greeting(stream).map(Some), replies).unwrap()
}

/// Queries are the requests: who comes is let in.
fn open(replies: Vec<Reply>) -> Server {
    let mut greeted = None;
    Server::start(
        move |stream| {
            let peer = stream.peer_addr()?;
            if greeted != Some(peer) {
                greeting(stream)?;
                greeted = Some(peer);
                stream.write_all(&[message(b'R', &[0; 4]), message(b'K', &[0; 8]), ready()].concat())?;
                return Ok(None);
            }
            let kind = byte(stream)?;
            let length = exactly(stream, 4)?;
            let length = u32::from_be_bytes(length.try_into().unwrap());
            exactly(stream, length as usize - 4)?;
            Ok((kind == b'Q').then_some(()))
        },
        replies,
    )
    .unwrap()
}

fn options(address: SocketAddr) -> PgConnectOptions {
    PgConnectOptions::new_without_pgpass()
        .host("127.0.0.1")
        .port(address.port())
        .username("me")
        .ssl_mode(PgSslMode::Disable)
}

async fn commit(address: SocketAddr) -> Result<(), sqlx::Error> {
    let mut connection = options(address).connect().await?;
    sqlx::raw_sql("COMMIT").execute(&mut connection).await?;
    connection.close().await
}

#[retry]
async fn once(address: SocketAddr) -> Result<(), sqlx::Error> {
    commit(address).await
}

#[retry]
async fn repeatable(address: SocketAddr) -> Result<(), Idempotent<sqlx::Error>> {
    Ok(commit(address).await?)
}

#[tokio::test(start_paused = true)]
async fn who_is_not_let_in_tries_again() {
    #[retry]
    async fn once(address: SocketAddr, attempts: &mut u32) -> Result<(), sqlx::Error> {
        *attempts += 1;
        commit(address).await
    }
    let mut attempts = 0;
    once(nobody().unwrap(), &mut attempts).await.unwrap_err();
    assert_eq!(attempts, 3);

    for code in ["57P03", "53300"] {
        let server = closed(vec![Reply::Last(error("FATAL", code))]);
        let refused = self::once(server.address()).await.unwrap_err();
        let told = refused.as_database_error().and_then(|error| error.code());
        assert_eq!((told.as_deref(), server.requests()), (Some(code), 3), "{refused:?}");
    }
    // No such user, no such database.
    for code in ["28P01", "3D000"] {
        let server = closed(vec![Reply::Last(error("FATAL", code))]);
        repeatable(server.address()).await.unwrap_err();
        assert_eq!(server.requests(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_rolled_back_is_made_again() {
    for code in ["40001", "40P01", "55P03"] {
        let server = open(vec![Reply::Bytes([error("ERROR", code), ready()].concat()), done()]);
        once(server.address()).await.unwrap();
        assert_eq!(server.requests(), 2, "{code}");
    }
    for code in ["23505", "42601", "57014", "53100"] {
        let server = open(vec![Reply::Bytes([error("ERROR", code), ready()].concat()), done()]);
        repeatable(server.address()).await.unwrap_err();
        assert_eq!(server.requests(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_committed_is_committed_again_only_where_it_may_be() {
    let shut_down = Reply::Last(error("FATAL", "57P01"));
    for failure in [Reply::Reset, Reply::Last(Vec::new()), shut_down] {
        let server = open(vec![failure.clone(), done()]);
        let error = once(server.address()).await.unwrap_err();
        assert_eq!(server.requests(), 1, "{failure:?}: {error:?}");
        let server = open(vec![failure.clone(), done()]);
        repeatable(server.address()).await.unwrap();
        assert_eq!(server.requests(), 2, "{failure:?}");
    }
}

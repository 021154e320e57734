//! Servers on loopback that fail in the ways that real ones do. Each runs on a thread of its own, so that the
//! paused clock of a test does not stop it, and counts what it was asked. What a client makes of the failures is
//! the tests' business.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// These bytes; the connection stays open.
    Bytes(Vec<u8>),
    /// These bytes, and the connection is closed.
    Last(Vec<u8>),
    /// The connection is reset.
    Reset,
    /// Nothing, ever.
    Silence,
}

impl Reply {
    /// These bytes; the connection stays open.
    pub fn bytes(bytes: impl AsRef<[u8]>) -> Self {
        Self::Bytes(bytes.as_ref().to_vec())
    }

    /// An answer over HTTP/1 with this status line, these headers and this body.
    pub fn http(status: &str, headers: &str, body: &str) -> Self {
        let length = body.len();
        let head = format!("HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}");
        Self::Last(format!("{head}\r\n{body}").into_bytes())
    }
}

/// A server on loopback.
#[derive(Debug)]
pub struct Server {
    address: SocketAddr,
    requests: Arc<AtomicUsize>,
}

impl Server {
    /// Reads a request from each connection after the other by `read`, and does to it what is next in
    /// `replies`; the last of them is for all further requests. `read` says `Some` for what counts as a
    /// request, or answers by itself and says `None`.
    pub fn start(
        mut read: impl FnMut(&mut TcpStream) -> io::Result<Option<()>> + Send + 'static,
        replies: Vec<Reply>,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let server = Self { address: listener.local_addr()?, requests: Arc::default() };
        let requests = Arc::clone(&server.requests);
        thread::spawn(move || {
            // Silent connections stay open as long as the server.
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                // A failed read is a client that went away.
                while let Ok(counts) = read(&mut stream) {
                    if counts.is_none() {
                        continue;
                    }
                    let number = requests.fetch_add(1, Ordering::SeqCst);
                    match replies.get(number).or(replies.last()) {
                        Some(Reply::Bytes(bytes)) => {
                            if stream.write_all(bytes).is_ok() {
                                continue;
                            }
                        }
                        Some(Reply::Last(bytes)) => {
                            let _ = stream.write_all(bytes);
                            let _ = stream.shutdown(Shutdown::Write);
                        }
                        Some(Reply::Reset) => {
                            let _ = SockRef::from(&stream).set_linger(Some(Duration::ZERO));
                        }
                        Some(Reply::Silence) | None => match stream.try_clone() {
                            Ok(stream) => silent.push(stream),
                            Err(_) => return,
                        },
                    }
                    break;
                }
            }
        });
        Ok(server)
    }

    /// Speaks HTTP/1.
    pub fn http(replies: Vec<Reply>) -> io::Result<Self> {
        Self::start(|stream| http_request(stream).map(Some), replies)
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many requests it has read.
    pub fn requests(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// An address where nobody listens.
pub fn nobody() -> io::Result<SocketAddr> {
    TcpListener::bind("127.0.0.1:0")?.local_addr()
}

/// Reads head and body.
fn http_request(stream: &mut TcpStream) -> io::Result<()> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(byte(stream)?);
    }
    let head = String::from_utf8_lossy(&head).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
    exactly(stream, length).map(drop)
}

/// The next byte.
pub fn byte(stream: &mut TcpStream) -> io::Result<u8> {
    let mut one = [0];
    stream.read_exact(&mut one)?;
    Ok(one[0])
}

/// The next `length` bytes.
pub fn exactly(stream: &mut TcpStream, length: usize) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; length];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

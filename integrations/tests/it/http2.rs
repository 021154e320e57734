//! A bare HTTP/2 server, which can do what a well-made one never would. What the clients make of it is the
//! others' business.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use socket2::SockRef;
use tokio::net::{TcpListener, TcpStream};
use tonic::Code;

/// What becomes of a call.
#[derive(Clone, Copy, Debug)]
pub enum Reply {
    /// Carried out.
    Fine,
    /// This code, and this `grpc-retry-pushback-ms`.
    Fails(Code, Option<&'static str>),
    /// The call is broken off amid the answer; the connection stays.
    BreaksOff,
    /// The connection is reset.
    Reset,
    /// The connection is closed.
    Close,
    /// Nothing, ever.
    Silence,
}

/// A server on loopback.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    calls: Arc<AtomicUsize>,
}

impl Server {
    /// The last of `replies` is for all further calls.
    pub fn start(replies: &'static [Reply]) -> Self {
        let calls = Arc::<AtomicUsize>::default();
        let counted = Arc::clone(&calls);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        listener.set_nonblocking(true).unwrap();
        // A clock of its own: that of the tests is paused.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    tokio::spawn(serve(stream, replies, Arc::clone(&counted)));
                }
            });
        });
        Self { address, calls }
    }

    /// How many calls it has read.
    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

async fn serve(stream: TcpStream, replies: &[Reply], calls: Arc<AtomicUsize>) {
    // The same socket once more, to be told how it is to be closed.
    let stream = stream.into_std().unwrap();
    let socket = stream.try_clone().unwrap();
    let Ok(mut connection) = h2::server::handshake(TcpStream::from_std(stream).unwrap()).await else {
        return;
    };
    let mut silent = Vec::new();
    while let Some(Ok((_request, mut respond))) = connection.accept().await {
        let number = calls.fetch_add(1, Ordering::SeqCst);
        let head = http::Response::builder().header("content-type", "application/grpc");
        match replies.get(number).or(replies.last()).unwrap() {
            Reply::Fine => {
                let mut body = respond.send_response(head.body(()).unwrap(), false).unwrap();
                body.send_data(vec![0; 5].into(), false).unwrap();
                body.send_trailers([("grpc-status".parse().unwrap(), 0.into())].into_iter().collect())
                    .unwrap();
            }
            Reply::Fails(code, pushback) => {
                let mut head = head.header("grpc-status", i32::from(*code));
                if let Some(pushback) = pushback {
                    head = head.header("grpc-retry-pushback-ms", *pushback);
                }
                respond.send_response(head.body(()).unwrap(), true).unwrap();
            }
            Reply::BreaksOff => {
                let mut body = respond.send_response(http::Response::new(()), false).unwrap();
                body.send_data("fine so f".into(), false).unwrap();
                // Dropped unfinished, it is reset behind what was sent.
            }
            Reply::Reset => {
                SockRef::from(&socket).set_linger(Some(Duration::ZERO)).unwrap();
                return;
            }
            Reply::Close => return,
            Reply::Silence => silent.push(respond),
        }
    }
}

//! `tonic`, over a server that can do what a gRPC server never would.

use std::net::SocketAddr;
use std::time::Duration;

use resilient::{Idempotent, retry};
use resilient_integrations::nobody;
use tokio::time::Instant;
use tonic::client::Grpc;
use tonic::codec::{Codec, DecodeBuf, Decoder, EncodeBuf, Encoder};
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

use crate::http2::{Reply, Server};

/// Empty messages both ways: what they say is not the subject.
#[derive(Clone, Copy, Default)]
struct Empty;

impl Codec for Empty {
    type Encode = ();
    type Decode = ();
    type Encoder = Self;
    type Decoder = Self;

    fn encoder(&mut self) -> Self {
        Self
    }

    fn decoder(&mut self) -> Self {
        Self
    }
}

impl Encoder for Empty {
    type Item = ();
    type Error = Status;

    fn encode(&mut self, (): (), _: &mut EncodeBuf<'_>) -> Result<(), Status> {
        Ok(())
    }
}

impl Decoder for Empty {
    type Item = ();
    type Error = Status;

    fn decode(&mut self, _: &mut DecodeBuf<'_>) -> Result<Option<()>, Status> {
        Ok(Some(()))
    }
}

fn channel(address: SocketAddr) -> Channel {
    Endpoint::from_shared(format!("http://{address}")).unwrap().connect_lazy()
}

async fn call(channel: &Channel, limit: Option<Duration>) -> Result<(), Status> {
    let mut client = Grpc::new(channel.clone());
    client.ready().await.map_err(|error| Status::from_error(error.into()))?;
    let mut request = Request::new(());
    if let Some(limit) = limit {
        request.set_timeout(limit);
    }
    client.unary(request, "/test.Test/Call".parse().unwrap(), Empty).await.map(drop)
}

#[retry]
async fn once(channel: &Channel, limit: Option<Duration>) -> Result<(), Status> {
    call(channel, limit).await
}

#[retry]
async fn repeatable(channel: &Channel, limit: Option<Duration>) -> Result<(), Idempotent<Status>> {
    Ok(call(channel, limit).await?)
}

#[tokio::test(start_paused = true)]
async fn nobody_there_is_worth_another_attempt() {
    #[retry]
    async fn once(channel: &Channel, attempts: &mut u32) -> Result<(), Status> {
        *attempts += 1;
        call(channel, None).await
    }
    let mut attempts = 0;
    let status = once(&channel(nobody().unwrap()), &mut attempts).await.unwrap_err();
    assert_eq!((status.code(), attempts), (Code::Unavailable, 3), "{status:?}");
}

#[tokio::test(start_paused = true)]
async fn codes_that_may_stand_for_a_call_carried_out() {
    for (replies, code) in [
        (&[Reply::Fails(Code::Unavailable, None), Reply::Fine], Code::Unavailable),
        (&[Reply::Fails(Code::DeadlineExceeded, None), Reply::Fine], Code::DeadlineExceeded),
    ] {
        let server = Server::start(replies);
        let status = once(&channel(server.address), None).await.unwrap_err();
        assert_eq!((status.code(), server.calls()), (code, 1));
        let server = Server::start(replies);
        repeatable(&channel(server.address), None).await.unwrap();
        assert_eq!(server.calls(), 2, "{code:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_may_not_be_called_again_or_not_alone() {
    for replies in [
        &[Reply::Fails(Code::InvalidArgument, None)],
        &[Reply::Fails(Code::InvalidArgument, Some("10"))],
        &[Reply::Fails(Code::NotFound, None)],
        &[Reply::Fails(Code::PermissionDenied, None)],
        &[Reply::Fails(Code::Unauthenticated, None)],
        &[Reply::Fails(Code::FailedPrecondition, None)],
        &[Reply::Fails(Code::Aborted, None)],
        &[Reply::Fails(Code::Unimplemented, None)],
        &[Reply::Fails(Code::Internal, None)],
        &[Reply::Fails(Code::DataLoss, None)],
        // These two are also made by the client, of what went wrong on its side.
        &[Reply::Fails(Code::Unknown, None)],
        &[Reply::Fails(Code::Cancelled, None)],
        &[Reply::Fails(Code::ResourceExhausted, None)],
        // The server asks not to be called again.
        &[Reply::Fails(Code::Unavailable, Some("-1"))],
        &[Reply::Fails(Code::Unavailable, Some("soon"))],
        &[Reply::Fails(Code::ResourceExhausted, Some("4294967296"))],
    ] {
        let server = Server::start(replies);
        repeatable(&channel(server.address), None).await.unwrap_err();
        assert_eq!(server.calls(), 1, "{replies:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_the_server_asks_to_wait_is_waited_for() {
    for replies in [
        &[Reply::Fails(Code::ResourceExhausted, Some("7000")), Reply::Fine],
        &[Reply::Fails(Code::Unavailable, Some("7000")), Reply::Fine],
    ] {
        let server = Server::start(replies);
        let start = Instant::now();
        once(&channel(server.address), None).await.unwrap();
        let waited = start.elapsed().as_secs_f64();
        assert_eq!(server.calls(), 2, "{replies:?}");
        assert!((7.0..=7.71).contains(&waited), "{replies:?}: {waited}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_breaks_may_have_brought_the_call() {
    for replies in [&[Reply::Reset, Reply::Fine], &[Reply::Close, Reply::Fine]] {
        let server = Server::start(replies);
        let status = once(&channel(server.address), None).await.unwrap_err();
        assert_eq!(server.calls(), 1, "{replies:?}: {status:?}");
        let server = Server::start(replies);
        repeatable(&channel(server.address), None)
            .await
            .unwrap_or_else(|error| panic!("{replies:?}: {error:?}"));
        assert_eq!(server.calls(), 2, "{replies:?}");
    }
}

#[tokio::test]
async fn a_call_that_took_too_long_may_have_been_carried_out() {
    #[retry(base_delay = "1ms")]
    async fn repeatable(channel: &Channel, limit: Option<Duration>) -> Result<(), Idempotent<Status>> {
        Ok(call(channel, limit).await?)
    }
    let limit = Some(Duration::from_millis(90));
    let replies = &[Reply::Silence, Reply::Fine];
    let server = Server::start(replies);
    let status = once(&channel(server.address), limit).await.unwrap_err();
    assert_eq!(server.calls(), 1, "{status:?}");
    let server = Server::start(replies);
    repeatable(&channel(server.address), limit).await.unwrap();
    assert_eq!(server.calls(), 2);
}

//! Guarded functions whose calls go through real clients to servers that really fail. The clock is paused: a wait
//! costs no time and is known exactly. Only where a limit of the client's is the subject it is real.

mod grpc;
mod http;
mod http2;
mod postgres;
mod redis;
mod sse;

//! Single HTTP/2 requests, byte for byte as a test wants them: what no generated client sends.

use bytes::{BufMut as _, Bytes, BytesMut};
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tonic::Status;

/// An answer, read whole.
#[derive(Debug)]
pub(crate) struct Raw {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    trailers: HeaderMap,
}

impl Raw {
    /// Sends one request on a connection of its own.
    pub(crate) async fn send(
        edge: &str,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: Bytes,
    ) -> Self {
        let address = edge.trim_start_matches("http://");
        let stream = TcpStream::connect(address).await.expect("a connection");
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .expect("HTTP/2");
        #[expect(clippy::disallowed_methods, reason = "it ends with the test's runtime")]
        tokio::spawn(connection);
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{edge}{path}"));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(body)).expect("a request");
        let answer = sender.send_request(request).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = body.collect().await.expect("a whole answer");
        Self {
            status: head.status,
            headers: head.headers,
            trailers: body.trailers().cloned().unwrap_or_default(),
            body: body.to_bytes(),
        }
    }

    /// Calls an RPC with one message.
    pub(crate) async fn call(
        edge: &str,
        path: &str,
        headers: &[(&'static str, &str)],
        message: &[u8],
    ) -> Self {
        let grpc = [("content-type", "application/grpc"), ("te", "trailers")];
        let headers = [&grpc[..], headers].concat();
        Self::send(edge, Method::POST, path, &headers, frame(message)).await
    }

    /// Returns how the call ended.
    pub(crate) fn end(&self) -> Status {
        Status::from_header_map(&self.headers)
            .or_else(|| Status::from_header_map(&self.trailers))
            .unwrap_or_else(|| panic!("no gRPC status: {self:?}"))
    }
}

/// Puts a message into gRPC's frame: five bytes before it.
pub(crate) fn frame(message: &[u8]) -> Bytes {
    let mut framed = BytesMut::with_capacity(message.len() + 5);
    framed.put_u8(0);
    framed.put_u32(u32::try_from(message.len()).expect("a message of less than 4 GiB"));
    framed.put_slice(message);
    framed.freeze()
}

//! A port on loopback, and frames of HTTP/2 written by hand.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use http::{Request, Response};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    time::timeout,
};
use tokio_util::sync::CancellationToken;
use tonic::body::Body;

use crate::{ConnectionOptions, Ending, Peer, Port, Secure, serve, service};

pub(super) const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
pub(super) const DATA: u8 = 0;
pub(super) const HEADERS: u8 = 1;
pub(super) const RST_STREAM: u8 = 3;
pub(super) const SETTINGS: u8 = 4;
pub(super) const PING: u8 = 6;
pub(super) const GOAWAY: u8 = 7;
pub(super) const CONTINUATION: u8 = 9;
/// The error code `ENHANCE_YOUR_CALM`.
pub(super) const CALM: u8 = 11;

/// Longer than anything here takes.
const TIMEOUT: Duration = Duration::from_secs(20);

/// A running port.
pub(super) struct Site {
    pub(super) address: SocketAddr,
    pub(super) announced: CancellationToken,
    pub(super) draining: CancellationToken,
    pub(super) done: tokio::task::JoinHandle<()>,
}

impl Site {
    pub(super) async fn start<F, Fut>(options: ConnectionOptions, handler: F) -> Self
    where
        F: Fn(Peer, Request<Body>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::serve(options, None, handler).await
    }

    /// The same behind TLS.
    pub(super) async fn secure<F, Fut>(
        options: ConnectionOptions,
        secure: Secure,
        handler: F,
    ) -> Self
    where
        F: Fn(Peer, Request<Body>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Response<Body>> + Send + 'static,
    {
        Self::serve(options, Some(secure), handler).await
    }

    async fn serve<F, Fut>(options: ConnectionOptions, secure: Option<Secure>, handler: F) -> Self
    where
        F: Fn(Peer, Request<Body>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Response<Body>> + Send + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (announced, draining) = (CancellationToken::new(), CancellationToken::new());
        let ending = Ending {
            announced: announced.clone(),
            draining: draining.clone(),
        };
        let port = Port {
            name: "test",
            options,
            behind_proxy: false,
            secure,
        };
        #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
        let done = tokio::spawn(async move {
            serve(listener, Arc::new(service(handler)), &port, ending).await;
        });
        Self {
            address,
            announced,
            draining,
            done,
        }
    }

    pub(super) async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Sends bytes as they are and returns everything that comes back until the end.
    pub(super) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let read = timeout(TIMEOUT, stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the port keeps the connection");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// Begins HTTP/2 with a window of so many bytes for each answer.
    pub(super) async fn http2(&self, window: u32) -> Http2 {
        let mut stream = self.connect().await;
        let mut setting = vec![0, 4];
        setting.extend(window.to_be_bytes());
        stream.write_all(PREFACE).await.unwrap();
        stream
            .write_all(&frame(SETTINGS, 0, 0, &setting))
            .await
            .unwrap();
        Http2 { stream }
    }
}

/// A client of HTTP/2 that does what it is told and nothing else.
pub(super) struct Http2 {
    pub(super) stream: TcpStream,
}

/// What a frame says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Frame {
    pub(super) kind: u8,
    pub(super) flags: u8,
    pub(super) stream: u32,
    pub(super) payload: Vec<u8>,
}

impl Http2 {
    pub(super) async fn write(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).await.unwrap();
    }

    /// Asks for a path on a stream.
    pub(super) async fn get(&mut self, stream: u32, path: &str) {
        self.write(&request(stream, path, &[])).await;
    }

    /// Returns the next frame, or nothing at the end of the connection.
    pub(super) async fn next(&mut self) -> Option<Frame> {
        let read = async {
            let mut head = [0; 9];
            self.stream.read_exact(&mut head).await.ok()?;
            let [a, b, c, kind, flags, stream @ ..] = head;
            let length = u32::from_be_bytes([0, a, b, c]) as usize;
            let mut payload = vec![0; length];
            self.stream.read_exact(&mut payload).await.ok()?;
            Some(Frame {
                kind,
                flags,
                stream: u32::from_be_bytes(stream),
                payload,
            })
        };
        timeout(TIMEOUT, read).await.expect("the port says nothing")
    }

    /// Returns the next frame of a kind, or nothing at the end of the connection.
    pub(super) async fn until(&mut self, kind: u8) -> Option<Frame> {
        loop {
            let next = self.next().await?;
            if next.kind == kind {
                return Some(next);
            }
        }
    }
}

/// Writes a frame.
pub(super) fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// Writes a request without a body.
pub(super) fn request(stream: u32, path: &str, fields: &[(&str, &str)]) -> Vec<u8> {
    let mut block = vec![0x82, 0x86];
    let text = |block: &mut Vec<u8>, text: &str| {
        block.push(u8::try_from(text.len()).unwrap());
        block.extend(text.as_bytes());
    };
    block.push(0x04);
    text(&mut block, path);
    block.push(0x01);
    text(&mut block, "a");
    for (name, value) in fields {
        block.push(0x00);
        text(&mut block, name);
        text(&mut block, value);
    }
    frame(HEADERS, 0x5, stream, &block)
}

/// Waits until something is so.
pub(super) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begin = Instant::now();
    while !is_so() {
        assert!(begin.elapsed() < TIMEOUT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Answers everything with a word, and faults by their status.
pub(super) async fn plain(peer: Peer, _request: Request<Body>) -> Response<Body> {
    let mut response = Response::new(Body::new(http_body_util::Full::from("hello")));
    if peer.fault.is_some() {
        *response.status_mut() = http::StatusCode::BAD_REQUEST;
    }
    response
}

/// Bounds in which a test does not wait for long.
pub(super) fn hasty() -> ConnectionOptions {
    ConnectionOptions {
        first_byte_seconds: 1,
        handshake_seconds: 1,
        head_seconds: 1,
        body_seconds: 1,
        idle_seconds: 1,
        write_seconds: 1,
        ..ConnectionOptions::default()
    }
}

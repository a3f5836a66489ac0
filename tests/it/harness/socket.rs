//! A client of a WebSocket, as a page would be one.

use std::{net::TcpStream, time::Instant};

use serde_json::Value;
use tokio_tungstenite::tungstenite::{
    HandshakeError, Message, WebSocket, client::IntoClientRequest as _,
};

use super::TIMEOUT;

/// An open WebSocket.
pub(crate) struct Socket(WebSocket<TcpStream>);

impl Socket {
    /// Opens one below an address, with a token among the protocols where there is one; or returns the status of
    /// the refusal.
    pub(crate) fn open(base: &str, path: &str, token: Option<&str>) -> Result<Self, u16> {
        let host = base.trim_start_matches("http://");
        let stream = TcpStream::connect(host).expect("the port is open");
        stream
            .set_read_timeout(Some(TIMEOUT))
            .expect("a time is set");
        let mut request = format!("ws://{host}{path}")
            .into_client_request()
            .expect("an address");
        if let Some(token) = token {
            let offer = format!("bearer, {token}").parse().expect("a header");
            request
                .headers_mut()
                .insert("sec-websocket-protocol", offer);
        }
        match tokio_tungstenite::tungstenite::client(request, stream) {
            Ok((socket, _)) => Ok(Self(socket)),
            Err(HandshakeError::Failure(tokio_tungstenite::tungstenite::Error::Http(answer))) => {
                Err(answer.status().as_u16())
            }
            Err(other) => panic!("{other}"),
        }
    }

    /// Returns the next frame, or the code of the close frame.
    pub(crate) fn next(&mut self) -> Result<Value, u16> {
        let begin = Instant::now();
        loop {
            assert!(begin.elapsed() < TIMEOUT, "it says nothing but pings");
            match self.0.read().expect("the other end says something") {
                Message::Text(text) => return Ok(serde_json::from_str(&text).expect("JSON")),
                Message::Close(Some(close)) => return Err(close.code.into()),
                Message::Ping(_) | Message::Pong(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    /// Reads to the error frame; returns what stands in it, and the code of the close frame.
    pub(crate) fn end(&mut self) -> (Value, u16) {
        loop {
            let frame = self.next().expect("an error comes before the end");
            if !frame["error"].is_null() {
                let code = self.next().expect_err("nothing comes behind an error");
                return (frame["error"].clone(), code);
            }
        }
    }
}

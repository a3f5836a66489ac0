//! One HTTP/1.1 request as a test wants it, on a connection of its own: bodies where none belong, heads that are too
//! large, lengths that are only declared.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    time::Duration,
};

use ureq::http::{HeaderMap, HeaderName, HeaderValue};

use crate::harness::Answer;

/// A request.
#[derive(Clone, Debug, Default)]
pub(super) struct Request {
    pub(super) method: String,
    /// Path and query, as they are sent.
    pub(super) target: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Vec<u8>>,
    /// The length that the head declares, where it is not the body's.
    pub(super) declares: Option<u64>,
}

impl Request {
    /// Adds a header.
    pub(super) fn with(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Sends it, and reads the answer whole.
    pub(super) fn send(&self, edge: &str) -> Answer {
        let address = edge.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).expect("a connection");
        let timeout = Some(Duration::from_secs(30));
        stream.set_read_timeout(timeout).expect("a time limit");
        let mut head = format!(
            "{} {} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n",
            self.method, self.target
        );
        for (name, value) in &self.headers {
            head = format!("{head}{name}: {value}\r\n");
        }
        let body = self.body.as_deref().unwrap_or_default();
        let length = self.declares.unwrap_or(body.len() as u64);
        if length > 0 || self.body.is_some() {
            head = format!("{head}content-length: {length}\r\n");
        }
        let bytes = [head.as_bytes(), b"\r\n", body].concat();
        // Who refuses a head may not read on: what counts is the answer.
        let _ = stream.write_all(&bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        read(&answer).unwrap_or_else(|| {
            let seen = String::from_utf8_lossy(&answer);
            panic!("{} {}: {seen:?}", self.method, self.target)
        })
    }
}

/// Reads an answer.
fn read(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = HeaderMap::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
        headers.append(name, HeaderValue::from_str(value.trim()).ok()?);
    }
    let body = &bytes[end + 4..];
    let chunked = headers
        .get("transfer-encoding")
        .is_some_and(|v| v == "chunked");
    Some(Answer {
        status,
        headers,
        bytes: if chunked {
            joined(body)?
        } else {
            body.to_vec()
        },
    })
}

/// Joins the chunks of a body.
fn joined(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = body.windows(2).position(|two| two == b"\r\n")?;
        let size = std::str::from_utf8(&body[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?, 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(body.get(end + 2..end + 2 + size)?);
        body = body.get(end + 4 + size..)?;
    }
}

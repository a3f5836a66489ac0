//! The load: kept connections that ask one thing again and again, at a fixed pace. A contestant
//! that answers sooner is not asked more often: it would be spared the waking up of its clients.

use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

/// How many connections ask.
const CONNECTIONS: usize = 8;
/// How often each of them asks.
const PACE: Duration = Duration::from_millis(1);

/// What to ask, and where.
pub(crate) struct Target {
    host: String,
    request: Vec<u8>,
}

impl Target {
    /// Asks for a path of the server at `address`, `http://…`.
    pub(crate) fn new(address: &str, path: &str, token: Option<&str>) -> Self {
        let host = address.trim_start_matches("http://").to_owned();
        let authorization = token.map_or_else(String::new, |token| {
            format!("authorization: Bearer {token}\r\n")
        });
        let request =
            format!("GET {path} HTTP/1.1\r\nhost: {host}\r\naccept: */*\r\n{authorization}\r\n");
        Self {
            host,
            request: request.into_bytes(),
        }
    }

    /// Asks once and returns the body.
    pub(crate) fn answer(&self) -> Vec<u8> {
        let mut connection = Connection::open(self);
        let body = connection.ask(&self.request);
        connection.buffer[body].to_vec()
    }

    /// Asks so many times over all connections; returns how long each answer took.
    pub(crate) fn load(&self, calls: usize) -> Vec<Duration> {
        thread::scope(|scope| {
            let connections: Vec<_> = (0..CONNECTIONS)
                .map(|_| scope.spawn(|| self.ask_at_pace(calls / CONNECTIONS)))
                .collect();
            let each = connections.into_iter().map(|thread| thread.join().unwrap());
            each.flatten().collect()
        })
    }

    fn ask_at_pace(&self, calls: usize) -> Vec<Duration> {
        let mut connection = Connection::open(self);
        let mut due = Instant::now();
        let ask = |_| {
            thread::sleep(due.saturating_duration_since(Instant::now()));
            due += PACE;
            let asked = Instant::now();
            connection.ask(&self.request);
            asked.elapsed()
        };
        (0..calls).map(ask).collect()
    }
}

struct Connection {
    stream: TcpStream,
    buffer: Vec<u8>,
}

impl Connection {
    fn open(target: &Target) -> Self {
        let stream = TcpStream::connect(&target.host).expect("the server takes connections");
        stream.set_nodelay(true).expect("a socket option");
        Self {
            stream,
            buffer: vec![0; 128 * 1024],
        }
    }

    /// Asks and reads the whole answer; returns where its body lies.
    fn ask(&mut self, request: &[u8]) -> std::ops::Range<usize> {
        self.stream.write_all(request).expect("the request is sent");
        let mut filled = 0;
        let mut body = None;
        loop {
            let read = self.stream.read(&mut self.buffer[filled..]);
            let read = read.expect("the answer arrives");
            assert!(read > 0, "the server ended the connection");
            filled += read;
            if body.is_none() {
                body = head(&self.buffer[..filled]);
            }
            if let Some(body) = body.clone()
                && filled >= body.end
            {
                assert_eq!(filled, body.end, "more than an answer came");
                return body;
            }
        }
    }
}

/// Reads the head of an answer, once it is whole; returns where the body will lie.
fn head(bytes: &[u8]) -> Option<std::ops::Range<usize>> {
    let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = std::str::from_utf8(&bytes[..end]).expect("a head in ASCII");
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    let length = head
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse::<usize>().ok());
    Some(end..end + length.expect("an answer of known length"))
}

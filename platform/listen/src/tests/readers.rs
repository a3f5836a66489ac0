//! Clients that do not read: what is held for them is bounded and ends.

use std::{
    fs::File,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use http::{Request, Response};
use tokio::io::AsyncReadExt as _;
use tonic::{Status, body::Body};

use super::raw::{DATA, Http2, RST_STREAM, Site, frame, hasty, until};
use crate::{ConnectionOptions, Peer, account::PIECE};

const SIZE: usize = 1024 * 1024;

/// The files that a test's port opens.
#[derive(Debug, Default)]
struct Count {
    now: AtomicUsize,
    most: AtomicUsize,
    /// Answers that were given up before their end.
    given_up: AtomicUsize,
}

type Open = Arc<Count>;

/// A file that is opened when it is first asked for.
struct Lazy {
    file: Option<File>,
    left: usize,
    open: Open,
}

impl Drop for Lazy {
    fn drop(&mut self) {
        if self.file.is_some() {
            self.open.now.fetch_sub(1, Ordering::SeqCst);
        }
        if self.left > 0 {
            self.open.given_up.fetch_add(1, Ordering::SeqCst);
        }
    }
}

impl http_body::Body for Lazy {
    type Data = Bytes;
    type Error = Status;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Status>>> {
        if self.file.is_none() {
            self.file = Some(File::open("/proc/self/exe").unwrap());
            let now = self.open.now.fetch_add(1, Ordering::SeqCst) + 1;
            self.open.most.fetch_max(now, Ordering::SeqCst);
        }
        let piece = self.left.min(PIECE);
        self.left -= piece;
        Poll::Ready((piece > 0).then(|| Ok(http_body::Frame::data(vec![7; piece].into()))))
    }
}

/// Answers with a file of so many bytes.
async fn files(options: ConnectionOptions, open: Open, size: usize) -> Site {
    Site::start(options, move |_: Peer, _: Request<Body>| {
        let lazy = Lazy {
            file: None,
            left: size,
            open: open.clone(),
        };
        async move {
            let mut response = Response::new(Body::new(lazy));
            let length = size.to_string().parse().unwrap();
            response.headers_mut().insert("content-length", length);
            response
        }
    })
    .await
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status
        .lines()
        .find(|line| line.starts_with("VmRSS"))
        .unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn windows_of_nothing_hold_neither_files_nor_memory_and_end() {
    // 20 connections of 200 streams held 610 MB and 4,000 files.
    let open = Open::default();
    let site = files(hasty(), open.clone(), SIZE).await;
    let (files_before, kib_before) = (open_descriptors(), resident_kib());
    let mut clients = Vec::new();
    for _ in 0..20 {
        let mut client = site.http2(0).await;
        for stream in (1..400).step_by(2) {
            client.get(stream, "/film.mp4").await;
        }
        clients.push(client);
    }
    // Per connection as many as its bytes allow.
    until("files are opened", || {
        open.most.load(Ordering::SeqCst) >= 20
    })
    .await;
    let (files, kib) = (open_descriptors(), resident_kib());
    assert!(open.most.load(Ordering::SeqCst) <= 20 * 16, "{open:?}");
    assert!(files - files_before < 500, "{files_before} became {files}");
    assert!(
        kib.saturating_sub(kib_before) < 100_000,
        "{kib_before} became {kib}"
    );
    // Nothing of them is taken in time: streams end, and with them what they held.
    until("files are closed", || open.now.load(Ordering::SeqCst) == 0).await;
    for client in &mut clients {
        let ended = client.until(RST_STREAM).await;
        assert!(ended.is_none_or(|frame| frame.stream % 2 == 1));
    }
}

#[tokio::test]
async fn a_stream_that_stands_still_does_not_end_its_neighbours() {
    let open = Open::default();
    let site = files(hasty(), open.clone(), SIZE).await;
    let mut client = site.http2(0).await;
    client.get(1, "/stuck.mp4").await;
    client.get(3, "/read.mp4").await;
    let (mut taken, mut ended) = (0, false);
    while taken < SIZE {
        // Room for the second stream only, and for the connection; a reader of 800 KiB a second.
        let room = 16_384_u32.to_be_bytes();
        client.write(&frame(8, 0, 3, &room)).await;
        client.write(&frame(8, 0, 0, &room)).await;
        let goal = taken + 16 * 1024;
        while taken < goal {
            let next = client.next().await.expect("the connection stays");
            match (next.kind, next.stream) {
                (DATA, 3) => taken += next.payload.len(),
                (RST_STREAM, stream) => {
                    assert_eq!(stream, 1, "only the one that stands still");
                    ended = true;
                }
                _ => {}
            }
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(ended);
}

#[tokio::test]
async fn a_socket_that_nobody_reads_is_closed() {
    let patient = ConnectionOptions {
        idle_seconds: 60,
        ..hasty()
    };
    let (open_1, open_2) = (Open::default(), Open::default());
    let one = files(patient.clone(), open_1.clone(), 64 * SIZE).await;
    let two = files(patient, open_2.clone(), SIZE).await;
    // More than the buffers of the system take.
    let mut client_1 = Http2 {
        stream: one.connect().await,
    };
    let request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    client_1.write(request).await;
    let mut client_2 = two.http2(0x7fff_ffff).await;
    client_2.write(&widen()).await;
    for stream in (1..400).step_by(2) {
        client_2.get(stream, "/film.mp4").await;
    }
    for (mut client, open) in [(client_1, open_1), (client_2, open_2)] {
        let given_up = || open.given_up.load(Ordering::SeqCst) > 0;
        until(&format!("an answer is given up: {open:?}"), given_up).await;
        until("files are closed", || open.now.load(Ordering::SeqCst) == 0).await;
        // Whoever begins to read before the end would be served on.
        let unknown = frame(0xcc, 0, 0, b"");
        until("the connection is closed", || {
            let sent = client.stream.try_write(&unknown);
            sent.is_err_and(|failure| failure.kind() != std::io::ErrorKind::WouldBlock)
        })
        .await;
        let mut rest = Vec::new();
        let _ = client.stream.read_to_end(&mut rest).await;
        assert!(rest.len() < 60 * SIZE, "everything came all the same");
    }
}

/// Opens the connection's window as far as it goes.
fn widen() -> Vec<u8> {
    frame(8, 0, 0, &0x7fff_0000_u32.to_be_bytes())
}

#[tokio::test]
async fn a_large_answer_arrives_whole_over_both_versions() {
    let open = Open::default();
    let site = files(ConnectionOptions::default(), open.clone(), SIZE).await;
    let answer = site
        .raw(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        .await;
    let body = answer.split_once("\r\n\r\n").unwrap().1;
    assert_eq!(body.len(), SIZE);
    let mut client = site.http2(0x7fff_ffff).await;
    client.write(&widen()).await;
    client.get(1, "/").await;
    let mut taken = 0;
    loop {
        let next = client.until(DATA).await.unwrap();
        taken += next.payload.len();
        if next.flags & 1 != 0 {
            break;
        }
    }
    assert_eq!(taken, SIZE);
    assert_eq!(open.now.load(Ordering::SeqCst), 0);
}

//! Heads and chunks as they should be, and as attackers send them.

use proptest::prelude::*;

use super::*;

/// Feeds the bytes in pieces; returns what goes on.
fn feed(bytes: &[u8], piece: usize) -> (Vec<u8>, Result<(), Refused>) {
    let mut framing = Framing::new(100);
    let mut out = Vec::new();
    for piece in bytes.chunks(piece.max(1)) {
        if let Err(refused) = framing.feed(piece, || 0, &mut out) {
            return (out, Err(refused));
        }
    }
    (out, Ok(()))
}

fn request(headers: &str) -> String {
    format!("GET / HTTP/1.1\r\n{headers}\r\n")
}

#[test]
fn plain_requests_go_on_unchanged_however_they_are_cut() {
    let good = [
        request("Host: a\r\n"),
        "POST /a?b=c HTTP/1.1\r\nHost: a:80\r\nContent-Length: 5\r\n\r\nhello".into(),
        "POST / HTTP/1.1\r\nhost:[::1]:80\r\ntransfer-encoding: Chunked\r\n\r\n\
         3;x=y\r\nabc\r\n0A\r\n0123456789\r\n0\r\nX-Sum: 1\r\n\r\n"
            .into(),
        "GET / HTTP/1.0\r\n\r\n".into(),
        "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        // RFC 9112 3.2.2: whole addresses are taken, if the header says the same.
        "GET http://a:80/b?c HTTP/1.1\r\nHost: A:80\r\n\r\n".into(),
        "GET HTTPS://a HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        // Letters of UTF-8 in a query as many clients leave them.
        "GET /search/global?q=amélie HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET http://a/b?q=東京 HTTP/1.1\r\nHost: a\r\n\r\n".into(),
    ];
    for one in &good {
        // Twice, as on a connection that is kept alive.
        let bytes = [one.as_bytes(), one.as_bytes()].concat();
        for piece in [1, 2, 3, 7, 1000] {
            assert_eq!(feed(&bytes, piece), (bytes.clone(), Ok(())), "{one}");
        }
    }
}

#[test]
fn http2_goes_on_after_its_preface() {
    let bytes = [PREFACE, &[0, 0, 2, 4, 0, 0, 0, 0, 0, b'\n', b'\n']].concat();
    for piece in [1, 5, 100] {
        assert_eq!(feed(&bytes, piece), (bytes.clone(), Ok(())));
    }
    let (_, refused) = feed(b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n", 100);
    assert!(refused.is_err());
    // Only at the start: later it would switch the guard off.
    let late = [request("Host: a\r\n").as_bytes(), PREFACE, b"GET /"].concat();
    assert!(matches!(feed(&late, 100).1, Err(Refused::Head(_))));
}

#[test]
fn what_is_no_http_is_not_answered() {
    for foreign in [
        "INVALID CONNECTION PREFACE\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / \r\nHost: a\r\n\r\n",
        "EHLO a.example\r\n",
    ] {
        for piece in [1, 100] {
            let (out, result) = feed(foreign.as_bytes(), piece);
            assert_eq!(
                (&*out, result),
                (&b""[..], Err(Refused::Silently)),
                "{foreign}"
            );
        }
    }
}

#[test]
fn a_head_has_begun_with_the_first_byte_even_of_an_empty_line() {
    let mut framing = Framing::new(100);
    for piece in [&b"\r"[..], b"\n", b"GET"] {
        framing.feed(piece, || 0, &mut Vec::new()).unwrap();
        assert!(framing.in_head());
    }
    let rest = b" / HTTP/1.1\r\nHost: a\r\n\r\n";
    framing.feed(rest, || 0, &mut Vec::new()).unwrap();
    assert!(!framing.in_head());
}

#[test]
fn one_empty_line_before_a_request_is_forgiven() {
    let plain = request("Host: a\r\n");
    let (out, result) = feed(format!("\r\n{plain}").as_bytes(), 3);
    assert_eq!((out, result), (plain.clone().into_bytes(), Ok(())));
    assert!(feed(format!("\r\n\r\n{plain}").as_bytes(), 3).1.is_err());
}

#[test]
fn ambiguous_heads_are_replaced() {
    // E1 and measured: hyper alone takes several of these.
    for bad in [
        request(""),
        request("Host: a\r\nHost: a\r\n"),
        request("Host: a\r\nhost: b\r\n"),
        request("Host: \r\n"),
        request("Host: a/b\r\n"),
        request("Host: a, b\r\n"),
        request("Host: a@b\r\n"),
        request("Host : a\r\n"),
        request("Host: a\r\n X: folded\r\n"),
        request("Host: a\r\n: empty\r\n"),
        request("Host: a\r\nNoColon\r\n"),
        request("Host: a\r\nX: a\u{1}b\r\n"),
        request("Host: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n"),
        request("Host: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n"),
        request("Host: a\r\nContent-Length: 5, 5\r\n"),
        request("Host: a\r\nContent-Length: +5\r\n"),
        request("Host: a\r\nContent-Length: -1\r\n"),
        request("Host: a\r\nContent-Length: 0x5\r\n"),
        request("Host: a\r\nContent-Length: 99999999999999999999\r\n"),
        request("Host: a\r\nContent-Length:\r\n"),
        request("Host: a\r\nTransfer-Encoding: xchunked\r\n"),
        request("Host: a\r\nTransfer-Encoding: gzip, chunked\r\n"),
        request("Host: a\r\nTransfer-Encoding: chunked, identity\r\n"),
        request("Host: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
        request("Host: a\r\nTransfer-Encoding:\u{b}chunked\r\n"),
        "GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET http://a:81/ HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET http://a@b/ HTTP/1.1\r\nHost: b\r\n\r\n".into(),
        "GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET a HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /\"<>` HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /?a=\"b\" HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /\u{7f} HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET * HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET / HTTP/2.0\r\nHost: a\r\n\r\n".into(),
        "GET / HTTP/1.1\nHost: a\n\n".into(),
        "GET / HTTP/1.1\r\nHost: a\n\r\n".into(),
        "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n".into(),
        "GET  / HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /# HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /é HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "G(T / HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "GET /\0 HTTP/1.1\r\nHost: a\r\n\r\n".into(),
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n".into(),
    ] {
        for piece in [1, 4096, 1 << 20] {
            let (out, result) = feed(bad.as_bytes(), piece);
            let malformed = matches!(result, Err(Refused::Head(Fault::Malformed(_))));
            assert!(malformed, "{bad:.80}: {result:?}");
            assert_eq!(out, REFUSED, "{bad:.80}");
        }
    }
}

#[test]
fn heads_beyond_their_size_are_told_apart() {
    let long = "y".repeat(MAX_HEAD);
    for (bad, fault) in [
        (
            request(&format!("Host: a\r\n{}", "X: y\r\n".repeat(100))),
            Fault::LargeFields,
        ),
        (
            request(&format!("Host: a\r\nX: {long}\r\n")),
            Fault::LargeFields,
        ),
        (
            format!("GET /{long} HTTP/1.1\r\nHost: a\r\n\r\n"),
            Fault::LongTarget,
        ),
    ] {
        for piece in [1000, 4096, 1 << 20] {
            let (out, result) = feed(bad.as_bytes(), piece);
            assert_eq!(result, Err(Refused::Head(fault)), "{bad:.80}");
            assert_eq!(out, REFUSED, "{bad:.80}");
        }
    }
}

#[test]
fn a_smuggled_request_is_judged_as_the_next_one() {
    let bytes = b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabcGET /admin\r\n\r\n";
    let (out, result) = feed(bytes, 5);
    assert!(matches!(result, Err(Refused::Head(_))));
    assert!(out.ends_with(REFUSED) && out.starts_with(&bytes[..50]));
}

#[test]
fn broken_chunks_end_the_connection() {
    let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    for bad in [
        "\r\n",
        "x\r\n",
        "-1\r\n",
        "+1\r\n",
        "1 \r\na\r\n",
        "1\na\r\n",
        "1;\n\r\na\r\n",
        "ffffffffffffffff\r\n",
        "1\r\nab\r\n",
        "0\r\nBad Header\r\n\r\n",
        "1;\u{1}\r\na\r\n",
        "0\n\n",
        &"0".repeat(300),
        &format!("0\r\n{}", "X: y\r\n".repeat(3000)),
    ] {
        let (_, result) = feed(format!("{head}{bad}").as_bytes(), 4);
        assert!(matches!(result, Err(Refused::Body(_))), "{bad:.40}");
    }
}

proptest! {
    /// Cutting never matters, and what goes on is never longer than what came in but for our
    /// own request.
    #[test]
    fn random_bytes_are_judged_alike_however_they_are_cut(
        parts in prop::collection::vec(prop_oneof![
            prop::collection::vec(any::<u8>(), 0..30),
            Just(b"GET / HTTP/1.1\r\nHost: a\r\n".to_vec()),
            Just(b"Content-Length: 4\r\n".to_vec()),
            Just(b"Transfer-Encoding: chunked\r\n".to_vec()),
            Just(b"\r\n".to_vec()),
            Just(b"4\r\nabcd\r\n0\r\n\r\n".to_vec()),
            Just(PREFACE.to_vec()),
        ], 0..8),
        piece in 1_usize..40,
    ) {
        let bytes = parts.concat();
        let whole = feed(&bytes, usize::MAX);
        let cut = feed(&bytes, piece);
        prop_assert_eq!(&whole, &cut);
        prop_assert!(whole.0.len() <= bytes.len() + REFUSED.len());
    }
}

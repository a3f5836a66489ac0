//! A gateway in front of the service that answers with what it was sent.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    time::Duration,
};

use bytes::Bytes;
use http::{HeaderMap, Method, Request};
use http_body_util::{BodyExt as _, Full};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::TokioExecutor,
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::echo;
use crate::{Gateway, GuardOptions, Jwks, Options};

pub(super) const LIBRARY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/testdata/library.bin");

/// Another caller on this machine.
pub(super) const OTHER: IpAddr = IpAddr::V4(Ipv4Addr::new(127, 0, 0, 2));

/// A gateway in front of the service.
pub(super) struct Site {
    pub(super) gateway: Gateway,
    pub(super) address: SocketAddr,
    client: Client<HttpConnector, Full<Bytes>>,
    stop: CancellationToken,
}

impl Drop for Site {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The whole answer to a call, read to its trailers.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) trailers: HeaderMap,
    pub(super) body: Bytes,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self:?}"))
    }

    pub(super) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }
}

impl Site {
    pub(super) async fn start() -> Self {
        Self::with(|_| {}).await
    }

    pub(super) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let stop = CancellationToken::new();
        let service = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let upstream = service.local_addr().unwrap();
        tokio::spawn(echo::run(service, stop.clone()));
        let mut options = Options {
            descriptor_sets: vec![PathBuf::from(LIBRARY)],
            upstreams: vec![format!("http://{upstream}").parse().unwrap()],
            ..Options::default()
        };
        change(&mut options);
        let gateway = Gateway::new(options).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (served, draining) = (gateway.clone(), stop.clone());
        tokio::spawn(async move { served.serve(listener, draining).await });
        Self {
            gateway,
            address,
            client: Client::builder(TokioExecutor::new()).build_http(),
            stop,
        }
    }

    /// Sends `GET /path` with headers and a body.
    pub(super) async fn send(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.send_by(&self.client, line, headers, body).await
    }

    async fn send_by(
        &self,
        client: &Client<HttpConnector, Full<Bytes>>,
        line: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let (method, target) = line.split_once(' ').unwrap();
        let mut request = Request::builder()
            .method(Method::from_bytes(method.as_bytes()).unwrap())
            .uri(format!("http://{}{target}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request
            .body(Full::new(Bytes::copy_from_slice(body.as_bytes())))
            .unwrap();
        let response = client.request(request).await.unwrap();
        let (head, body) = response.into_parts();
        let collected = body.collect().await.unwrap();
        Answer {
            status: head.status.as_u16(),
            headers: head.headers,
            trailers: collected.trailers().cloned().unwrap_or_default(),
            body: collected.to_bytes(),
        }
    }

    /// Begins the end.
    pub(super) fn drain(&self) {
        self.stop.cancel();
    }

    pub(super) async fn get(&self, target: &str) -> Answer {
        self.send(&format!("GET {target}"), &[], "").await
    }

    /// Calls from another address of this machine, as another caller.
    pub(super) async fn get_from(&self, from: IpAddr, target: &str) -> Answer {
        let mut connector = HttpConnector::new();
        connector.set_local_address(Some(from));
        let client = Client::builder(TokioExecutor::new()).build(connector);
        self.send_by(&client, &format!("GET {target}"), &[], "")
            .await
    }

    /// Returns what the service was sent, as JSON.
    pub(super) async fn sent(&self, line: &str, body: &str) -> Value {
        let kind: &[_] = if body.is_empty() {
            &[]
        } else {
            &[("content-type", "application/json")]
        };
        let answer = self.send(line, kind, body).await;
        assert_eq!(answer.status, 200, "{line}: {answer:?}");
        answer.json()
    }
}

/// A file with the key of somebody, and a token that it has signed.
pub(super) struct Signed {
    folder: tempfile::TempDir,
    pub(super) token: String,
}

impl Signed {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = EncodingKey::from_ed_der(ED25519);
        let claims = json!({"exp": 4_000_000_000_u64});
        let token = encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap();
        let signed = Self { folder, token };
        signed.write(ED25519);
        signed
    }

    pub(super) fn guard(&self) -> GuardOptions {
        GuardOptions {
            jwks: Jwks::File(self.file()),
            issuer: None,
            audience: None,
            every: Duration::from_mins(5),
            authorities: None,
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("jwks.json")
    }

    /// Puts another key in its place.
    pub(super) fn revoke(&self) {
        let mut other = ED25519.to_vec();
        other[20] ^= 1;
        self.write(&other);
    }

    fn write(&self, key: &[u8]) {
        let key = EncodingKey::from_ed_der(key);
        let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
        let keys = json!({"keys": [jwk]}).to_string();
        std::fs::write(self.file(), keys).unwrap();
    }
}

/// A key for tests only (PKCS #8).
pub(super) const ED25519: &[u8] = &[
    0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04, 0x20,
    1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26,
    27, 28, 29, 30, 31, 32,
];

//! A receiver of webhooks, as a backend developer would write one.

use std::{
    collections::VecDeque,
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpListener, time::sleep};

use super::PATIENCE;

/// How a request is answered.
#[derive(Clone, Debug)]
pub(super) struct Reply {
    status: u16,
    headers: Vec<(&'static str, String)>,
    text: String,
    after: Duration,
}

impl Reply {
    pub(super) fn of(status: u16) -> Self {
        Self {
            status,
            headers: Vec::new(),
            text: format!("that is {status}"),
            after: Duration::ZERO,
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.push((name, value.to_owned()));
        self
    }

    pub(super) fn saying(mut self, text: String) -> Self {
        self.text = text;
        self
    }

    pub(super) fn after(mut self, pause: Duration) -> Self {
        self.after = pause;
        self
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub(super) struct Got {
    pub(super) path: String,
    headers: HeaderMap,
    pub(super) body: String,
}

impl Got {
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers[name].to_str().unwrap()
    }

    pub(super) fn id(&self) -> &str {
        self.header("webhook-id")
    }

    /// Says which of some secrets have signed it, as Standard Webhooks says.
    pub(super) fn signed_by(&self, secrets: &[&str]) -> Vec<bool> {
        let signed = format!(
            "{}.{}.{}",
            self.id(),
            self.header("webhook-timestamp"),
            self.body
        );
        let shown: Vec<&str> = self.header("webhook-signature").split(' ').collect();
        let made = |secret: &&str| {
            let key = secret.strip_prefix("whsec_").unwrap();
            let key = BASE64_STANDARD.decode(key).unwrap();
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &key), signed.as_bytes());
            shown.contains(&&*format!("v1,{}", BASE64_STANDARD.encode(tag)))
        };
        secrets.iter().map(made).collect()
    }

    /// How many signatures it has.
    pub(super) fn signatures(&self) -> usize {
        self.header("webhook-signature").split(' ').count()
    }

    pub(super) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// Listens on this machine. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Receiver {
    pub(super) url: String,
    got: Arc<Mutex<Vec<Got>>>,
    replies: Arc<Mutex<VecDeque<Reply>>>,
    pub(super) connections: Arc<AtomicUsize>,
}

impl Receiver {
    /// Starts one that answers as it is told, and 204 otherwise.
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    pub(super) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let receiver = Self {
            url: format!("http://{}/hooks?of=us", listener.local_addr().unwrap()),
            got: Arc::default(),
            replies: Arc::default(),
            connections: Arc::default(),
        };
        let serving = receiver.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                serving.connections.fetch_add(1, Ordering::SeqCst);
                let one = serving.clone();
                let service = service_fn(move |request| {
                    let one = one.clone();
                    async move { Ok::<_, Infallible>(one.take(request).await) }
                });
                let http = hyper::server::conn::http1::Builder::new();
                tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
            }
        });
        receiver
    }

    /// The same, called by another address.
    pub(super) fn known_as(&self, url: String) -> Self {
        Self {
            url,
            ..self.clone()
        }
    }

    /// Says what it answers next.
    pub(super) fn will(&self, replies: impl IntoIterator<Item = Reply>) {
        self.replies.lock().unwrap().extend(replies);
    }

    pub(super) fn got(&self) -> Vec<Got> {
        self.got.lock().unwrap().clone()
    }

    /// Waits until so many requests have come, and returns them.
    pub(super) async fn until(&self, count: usize) -> Vec<Got> {
        let begin = std::time::Instant::now();
        loop {
            let got = self.got();
            if got.len() >= count {
                return got;
            }
            assert!(begin.elapsed() < PATIENCE, "{} came", got.len());
            sleep(Duration::from_millis(10)).await;
        }
    }

    async fn take(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        self.got.lock().unwrap().push(Got {
            path: head.uri.to_string(),
            headers: head.headers,
            body: String::from_utf8(body.to_vec()).unwrap(),
        });
        let reply = self.replies.lock().unwrap().pop_front();
        let reply = reply.unwrap_or_else(|| Reply::of(204).saying(String::new()));
        sleep(reply.after).await;
        let mut response = Response::builder().status(reply.status);
        for (name, value) in reply.headers {
            response = response.header(name, value);
        }
        response.body(Full::from(reply.text)).unwrap()
    }
}

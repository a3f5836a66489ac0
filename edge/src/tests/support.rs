//! An edge on a free port, services whose answers the test chooses, and a plain client.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    net::SocketAddr,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use ::bytes::{BufMut as _, Bytes, BytesMut};
use futures::{
    Stream, StreamExt as _,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode};
use http_body::Frame;
use http_body_util::{BodyExt as _, Full, StreamBody};
use hyper_util::rt::{TokioExecutor, TokioIo};
use prost::Message;
use serde_json::Value;
use sv_kernel::{Ctx, Error};
use sv_proto::options::Role;
use sv_rpc::{
    HttpMount,
    testing::{Harness, MemoryAudit},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;
use tonic::{body::Body, server::NamedService};

use crate::{Edge, EdgeOptions, EdgeParts, Probes};

/// A call as a service saw it.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    pub(super) method: String,
    pub(super) message: Bytes,
    pub(super) headers: HeaderMap,
    pub(super) ctx: Ctx,
}

impl Heard {
    pub(super) fn message<M: Message + Default>(&self) -> M {
        M::decode(self.message.clone()).unwrap()
    }
}

/// What a service of the test answers.
#[derive(Debug, Default)]
pub(super) struct Reply {
    pub(super) metadata: HeaderMap,
    pub(super) messages: Vec<Vec<u8>>,
    /// Messages that come one by one after these.
    pub(super) flow: Flow,
}

/// Messages that come one by one, and perhaps a failure.
#[derive(Default)]
pub(super) struct Flow(Option<BoxStream<'static, Result<Vec<u8>, Error>>>);

impl std::fmt::Debug for Flow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Flow")
    }
}

impl Flow {
    pub(super) fn of(
        messages: impl Stream<Item = Result<Vec<u8>, Error>> + Send + 'static,
    ) -> Self {
        Self(Some(messages.boxed()))
    }
}

impl Reply {
    pub(super) fn of(message: &impl Message) -> Self {
        Self {
            messages: vec![message.encode_to_vec()],
            ..Self::default()
        }
    }

    /// Answers with messages one by one.
    pub(super) fn flowing(
        messages: impl Stream<Item = Result<Vec<u8>, Error>> + Send + 'static,
    ) -> Self {
        Self {
            flow: Flow::of(messages),
            ..Self::default()
        }
    }

    pub(super) fn with(mut self, name: &'static str, value: &str) -> Self {
        self.metadata.insert(name, value.parse().unwrap());
        self
    }
}

type Script = Arc<dyn Fn(Heard) -> BoxFuture<'static, Result<Reply, Error>> + Send + Sync>;

/// All services in one.
#[derive(Clone)]
struct Fake {
    script: Script,
    heard: Arc<Mutex<Vec<Heard>>>,
}

impl NamedService for Fake {
    const NAME: &'static str = "all";
}

impl tower::Service<Request<Body>> for Fake {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response<Body>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let this = self.clone();
        Box::pin(async move {
            let (head, body) = request.into_parts();
            let framed = body.collect().await.unwrap().to_bytes();
            let heard = Heard {
                method: head.uri.path().rsplit('/').next().unwrap().to_owned(),
                message: framed.slice(5..),
                ctx: head.extensions.get::<Ctx>().unwrap().clone(),
                headers: head.headers,
            };
            this.heard.lock().unwrap().push(heard.clone());
            Ok(match (this.script)(heard).await {
                Ok(reply) => respond(reply),
                Err(error) => sv_rpc::status(error).into_http(),
            })
        })
    }
}

fn respond(reply: Reply) -> Response<Body> {
    let frame = |message: Vec<u8>| {
        let mut framed = BytesMut::new();
        framed.put_u8(0);
        framed.put_u32(u32::try_from(message.len()).unwrap());
        framed.extend_from_slice(&message);
        Frame::data(framed.freeze())
    };
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", HeaderValue::from_static("0"));
    let messages = stream::iter(reply.messages.into_iter().map(Ok));
    let flow = reply.flow.0.unwrap_or_else(|| stream::empty().boxed());
    let messages = messages.chain(flow);
    let messages = messages.map(move |message| message.map(frame).map_err(sv_rpc::status));
    let frames = messages.chain(stream::iter([Ok(Frame::trailers(trailers))]));
    let mut response = Response::new(Body::new(StreamBody::new(frames)));
    *response.headers_mut() = reply.metadata;
    let kind = HeaderValue::from_static("application/grpc");
    response.headers_mut().insert("content-type", kind);
    response
}

/// A running edge.
pub(super) struct Site {
    pub(super) harness: Harness,
    pub(super) address: SocketAddr,
    pub(super) draining: CancellationToken,
    pub(super) done: tokio::task::JoinHandle<()>,
    heard: Arc<Mutex<Vec<Heard>>>,
    /// What the services' stacks recorded.
    pub(super) audit: MemoryAudit,
}

impl Site {
    /// Starts an edge whose services answer by the script.
    pub(super) async fn start<F, Fut>(options: EdgeOptions, script: F) -> Self
    where
        F: Fn(Heard) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Error>> + Send + 'static,
    {
        Self::with_mount(options, None, script).await
    }

    pub(super) async fn with_mount<F, Fut>(
        options: EdgeOptions,
        mount: Option<HttpMount>,
        script: F,
    ) -> Self
    where
        F: Fn(Heard) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<Reply, Error>> + Send + 'static,
    {
        let harness = Harness::of_all();
        let heard = Arc::<Mutex<Vec<Heard>>>::default();
        let fake = Fake {
            script: Arc::new(move |heard| Box::pin(script(heard))),
            heard: heard.clone(),
        };
        let mut builder = harness.builder();
        let audit = harness.all_by(&mut builder, &fake);
        harness.serve(builder);
        let parts = EdgeParts {
            options,
            env: harness.env.clone(),
            mesh: harness.mesh.calling_as("edge"),
            policies: sv_rpc::PolicyTable::ours().unwrap(),
            authenticator: harness.authenticator.clone(),
            mounts: mount
                .map(|mount| ["streaming", "payments"].map(|name| (name.to_owned(), mount.clone())))
                .into_iter()
                .flatten()
                .collect::<BTreeMap<_, _>>(),
            probes: Probes::new(
                || Box::pin(async { (false, serde_json::json!({"failing": ["tables"]})) }),
                || "up 1\n".to_owned(),
            ),
            counters: None,
            secure: None,
        };
        let edge = Edge::new(parts).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let draining = CancellationToken::new();
        let (serving, drain) = (edge, draining.clone());
        let done = tokio::spawn(async move { serving.serve(listener, drain).await });
        Self {
            harness,
            address,
            draining,
            done,
            heard,
            audit,
        }
    }

    /// Lists the calls that reached services.
    pub(super) fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap().clone()
    }

    /// Returns an `Authorization` value of a person with roles.
    pub(super) fn token(&self, roles: &[Role]) -> String {
        let user = self.harness.env.ids.next();
        let ctx = self.harness.viewer(user, roles.to_vec());
        format!("Bearer {}", ctx.bearer.unwrap().reveal())
    }

    /// Sends one request over HTTP/1.
    pub(super) async fn send(&self, request: Request<Full<Bytes>>) -> Got {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .unwrap();
        tokio::spawn(connection);
        Got::of(sender.send_request(request).await.unwrap()).await
    }

    /// Sends one request over HTTP/2.
    pub(super) async fn send_h2(&self, request: Request<Full<Bytes>>) -> Got {
        let stream = TcpStream::connect(self.address).await.unwrap();
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .unwrap();
        tokio::spawn(connection);
        Got::of(sender.send_request(request).await.unwrap()).await
    }

    pub(super) async fn get(&self, path: &str) -> Got {
        self.send(request("GET", path, &[], "")).await
    }

    /// Sends bytes as they are and returns everything that comes back until the end.
    pub(super) async fn raw(&self, bytes: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(bytes).await.unwrap();
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        String::from_utf8_lossy(&answer).into_owned()
    }
}

/// Builds a request to `localhost`.
pub(super) fn request(
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: impl Into<Bytes>,
) -> Request<Full<Bytes>> {
    let mut builder = Request::builder()
        .method(method)
        .uri(path)
        .header("host", "localhost");
    for (name, value) in headers {
        builder = builder.header(*name, *value);
    }
    builder.body(Full::new(body.into())).unwrap()
}

/// An answer, read whole.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
    pub(super) trailers: HeaderMap,
}

impl Got {
    async fn of(response: Response<hyper::body::Incoming>) -> Self {
        let (head, body) = response.into_parts();
        let collected = body.collect().await.unwrap();
        Self {
            status: head.status,
            headers: head.headers,
            trailers: collected.trailers().cloned().unwrap_or_default(),
            body: collected.to_bytes(),
        }
    }

    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{:?} is no JSON", self.body))
    }

    /// Returns the status and the reason of a refusal.
    pub(super) fn refusal(&self) -> (u16, String) {
        let json = self.json();
        assert_eq!(json["success"], false, "{json}");
        assert!(json["error"]["message"].is_string() && json["error"]["details"].is_object());
        assert!(json["timestamp"].is_string());
        (
            self.status.as_u16(),
            json["error"]["code"].as_str().unwrap().to_owned(),
        )
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

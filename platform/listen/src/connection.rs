//! The accept loop: connections are bounded, guarded, watched and drained.

use std::{convert::Infallible, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use futures::future::BoxFuture;
use http::{HeaderValue, Request, Response, Version, header};
use http_body::Body as _;
use hyper::{body::Incoming, service::service_fn, upgrade::OnUpgrade};
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::conn::auto::Builder,
};
use metrics::{Counter, Gauge, counter, gauge};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Instant, sleep, sleep_until, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tonic::body::Body;

use crate::{
    ConnectionOptions, Handler, Peer,
    account::{self, Account, Pool},
    arriving::{Arriving, Silence},
    bell::Seldom,
    date, fields,
    framing::{MAX_FIELDS, MAX_HEAD, REFUSED_PATH},
    guard::{Guard, Pace, Verdict},
    limiter::{ConnectionLimiter, ConnectionPermit},
    oversee::{Overseer, progress},
    secure::{Handshakes, Places, Secure},
    sending::{InCrowd, Sending},
    spare::Spare,
    upgrade::Upgrade,
};

/// The largest list of fields that is read at all; a little less is refused with words.
const LARGEST_LIST: usize = MAX_HEAD + MAX_FIELDS * 64;

/// How much of one request may arrive before it is read, in bytes.
const STREAM_WINDOW: u32 = 256 * 1024;
/// The same of all requests of a connection. Half of it is how much hyper lets small frames cost that are not read yet,
/// at 256 bytes each less what they hold, before it ends the connection: a stream of messages of 20 bytes fills its
/// window at twelve times of that.
const CONNECTION_WINDOW: u32 = 32 * STREAM_WINDOW;

/// The share of the bytes of a port that requests may hold that wait for their clients to take answers.
const WAITING_SHARE: usize = 4;
/// What a request in waiting holds besides its text, and each of its fields.
const HEAD: usize = 2048;
const FIELD: usize = 64;

/// How a connection of HTTP/2 begins (RFC 9113 3.4).
const HTTP2: &[u8] = b"PRI * HTTP/2";

/// How long an idle connection that gives way to a newcomer has to hear of it.
const GIVES_WAY: Duration = Duration::from_millis(200);

/// A port: its name in metrics and its bounds.
#[derive(Clone, Debug)]
pub struct Port {
    /// The name, such as `public`.
    pub name: &'static str,
    /// Its bounds.
    pub options: ConnectionOptions,
    /// Whether all connections come from proxies of ours, so that addresses are not counted.
    pub behind_proxy: bool,
    /// TLS; none is plain HTTP.
    pub secure: Option<Secure>,
}

/// The end of a port, which comes in two steps.
#[derive(Clone, Debug)]
pub struct Ending {
    /// The process is about to go. All is served as before, and who has a connection hears of it: GOAWAY
    /// in HTTP/2, `Connection: close` with the next answer in HTTP/1.
    pub announced: CancellationToken,
    /// Nothing new is accepted, idle connections are closed, and requests under way are finished; after
    /// the drain time what is left is cut off.
    pub draining: CancellationToken,
}

/// An end that is not announced.
impl From<CancellationToken> for Ending {
    fn from(draining: CancellationToken) -> Self {
        Self {
            announced: draining.clone(),
            draining,
        }
    }
}

/// A handler whose answers lie in boxes. Connections are made of it once, and not for each handler; and one that is at
/// rest keeps no room for an answer.
trait AnyHandler: Send + Sync {
    fn answer(
        self: Arc<Self>,
        peer: Peer,
        request: Request<Body>,
    ) -> BoxFuture<'static, Response<Body>>;
}

impl<H: Handler> AnyHandler for H {
    fn answer(
        self: Arc<Self>,
        peer: Peer,
        request: Request<Body>,
    ) -> BoxFuture<'static, Response<Body>> {
        Box::pin(self.handle(peer, request))
    }
}

/// Serves a listener until the drain is over.
pub fn serve<H: Handler>(
    listener: TcpListener,
    handler: Arc<H>,
    port: &Port,
    ending: impl Into<Ending>,
) -> BoxFuture<'_, ()> {
    boxed(listener, handler, port, ending.into())
}

fn boxed(
    listener: TcpListener,
    handler: Arc<dyn AnyHandler>,
    port: &Port,
    ending: Ending,
) -> BoxFuture<'_, ()> {
    Box::pin(serve_any(listener, handler, port, ending))
}

async fn serve_any(
    listener: TcpListener,
    handler: Arc<dyn AnyHandler>,
    port: &Port,
    ending: Ending,
) {
    let options = &port.options;
    let limiter = ConnectionLimiter::new(options, port.behind_proxy);
    let figures = Figures::of(port);
    let server = Arc::new(Server {
        handler,
        port: port.clone(),
        pool: Pool::new(options.bytes_in_all),
        crowd: Arc::new(Semaphore::new(options.requests)),
        waiting: Arc::new(Semaphore::new(options.bytes_in_all / WAITING_SHARE)),
        shaking: Arc::new(Semaphore::new(options.handshakes)),
        tracker: TaskTracker::new(),
        ending: ending.clone(),
        cut: CancellationToken::new(),
        figures: figures.clone(),
        handshakes: port.secure.as_ref().map(|_| Handshakes::of(port.name)),
    });
    let mut spare = Spare::default();
    spare.take_back();
    loop {
        let accepted = tokio::select! {
            biased;
            () = ending.draining.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                spare.take_back();
                let account = Account::new(options, server.pool.clone());
                if let Some(permit) = limiter.take(address.ip(), &account) {
                    let work = server.clone().connection(stream, address, permit, account);
                    server.tracker.spawn(work);
                } else {
                    figures.refused.increment(1);
                }
            }
            Err(cause) => {
                spare.tell(port.name, &cause);
                if spare.give_up() {
                    continue;
                }
                // Out of file descriptors, for the most part: a pause lets some come back.
                sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    let Server { tracker, cut, .. } = &*server;
    tracker.close();
    if timeout(options.drain(), tracker.wait()).await.is_err() {
        tracing::warn!(
            connections = tracker.len(),
            "connections cut off after the drain time"
        );
        cut.cancel();
        tracker.wait().await;
    }
}

struct Server {
    handler: Arc<dyn AnyHandler>,
    port: Port,
    pool: Arc<Pool>,
    /// A place for every request under way.
    crowd: Arc<Semaphore>,
    /// Bytes of requests that may wait until their clients have taken the answers before.
    waiting: Arc<Semaphore>,
    /// A place for every TLS handshake.
    shaking: Arc<Semaphore>,
    tracker: TaskTracker,
    ending: Ending,
    cut: CancellationToken,
    figures: Figures,
    handshakes: Option<Handshakes>,
}

/// What metrics tell of a port.
#[derive(Clone)]
struct Figures {
    open: Gauge,
    in_flight: Gauge,
    refused: Counter,
    gave_way: Counter,
    cut: Counter,
    crowded: Counter,
}

impl Figures {
    /// Names all of them at once, so that none is missing where nothing has happened yet.
    #[expect(clippy::cast_precision_loss, reason = "bounds need no last digit")]
    fn of(port: &Port) -> Self {
        let (name, bounds) = (port.name, &port.options);
        gauge!("streamverse_connections_limit", "port" => name).set(bounds.in_all as f64);
        gauge!("streamverse_requests_limit", "port" => name).set(bounds.requests as f64);
        counter!("streamverse_connections_calmed_total").increment(0);
        counter!("streamverse_streams_cut_total").increment(0);
        let figures = Self {
            open: gauge!("streamverse_connections_open", "port" => name),
            in_flight: gauge!("streamverse_requests_in_flight", "port" => name),
            refused: counter!("streamverse_connections_refused_total", "port" => name),
            gave_way: counter!("streamverse_connections_gave_way_total", "port" => name),
            cut: counter!("streamverse_connections_cut_total", "port" => name),
            crowded: counter!("streamverse_requests_crowded_total", "port" => name),
        };
        let counters = [
            &figures.refused,
            &figures.gave_way,
            &figures.cut,
            &figures.crowded,
        ];
        for counter in counters {
            counter.increment(0);
        }
        figures
    }
}

/// A connection's place, until nothing of it is left.
struct Held {
    permit: ConnectionPermit,
    open: Gauge,
}

impl Held {
    fn new(permit: ConnectionPermit, open: Gauge) -> Arc<Self> {
        open.increment(1.0);
        Arc::new(Self { permit, open })
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.open.decrement(1.0);
    }
}

impl Server {
    async fn connection(
        self: Arc<Self>,
        stream: TcpStream,
        address: SocketAddr,
        permit: ConnectionPermit,
        account: Arc<Account>,
    ) {
        let give_way = permit.give_way();
        let _ = stream.set_nodelay(true);
        let held = Held::new(permit, self.figures.open.clone());
        let cut = self.cut.clone();
        let work = async {
            let place = (&account, &held);
            let (Some(secure), Some(handshakes)) = (&self.port.secure, &self.handshakes) else {
                return Box::pin(self.begin(stream, address, place, &give_way)).await;
            };
            let places = Places {
                of_address: held.permit.handshakes(),
                in_all: self.shaking.clone(),
            };
            let opening = secure.open(stream, &self.port.options, &places, handshakes);
            let opening = give_way.run_until_cancelled(opening);
            let opening = self.ending.draining.run_until_cancelled(opening);
            if let Some(Some(Some(stream))) = Box::pin(opening).await {
                Box::pin(self.begin(stream, address, place, &give_way)).await;
            }
        };
        let cut = Seldom::new(Box::pin(cut.cancelled()));
        tokio::select! {
            biased;
            () = cut => {}
            () = work => {}
        }
        drop(held);
        if give_way.is_cancelled() {
            self.figures.gave_way.increment(1);
        }
    }

    /// Waits for the first bytes of HTTP: silent connections are dropped here; hyper would keep them.
    async fn begin<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
        self: &Arc<Self>,
        mut stream: S,
        address: SocketAddr,
        place: (&Arc<Account>, &Arc<Held>),
        give_way: &CancellationToken,
    ) {
        let mut first = [0; 1024];
        let read = timeout(self.port.options.first_byte(), stream.read(&mut first));
        let read = give_way.run_until_cancelled(read);
        let read = self.ending.draining.run_until_cancelled(read);
        if let Some(Some(Ok(Ok(length @ 1..)))) = read.await {
            let first = &first[..length];
            self.speak(stream, first, address, place, give_way).await;
        }
    }

    async fn speak<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(
        self: &Arc<Self>,
        stream: S,
        first: &[u8],
        address: SocketAddr,
        (account, held): (&Arc<Account>, &Arc<Held>),
        give_way: &CancellationToken,
    ) {
        let options = &self.port.options;
        let pace = Pace {
            head: options.head(),
            write: options.write(),
            control_frames: options.http2_control_frames,
        };
        let verdict = Verdict::default();
        let guard = Guard::new(stream, first, pace, verdict.clone(), account.clone());
        // From here on HTTP/1 is told that the connection ends.
        let leaving = CancellationToken::new();
        let caller = Caller {
            server: self.clone(),
            account: account.clone(),
            held: held.clone(),
            verdict,
            leaving: leaving.clone(),
            address,
        };
        let service = service_fn(move |request| {
            let caller = caller.clone();
            async move { Ok::<_, Infallible>(caller.answer(request).await) }
        });
        let builder = self.builder(account);
        let mut connection =
            pin!(builder.serve_connection_with_upgrades(TokioIo::new(guard), service));
        let mut watch = Watch {
            server: self,
            account,
            give_way,
            leaving: &leaving,
            age: spread(options.max_age(), address),
            // One that comes during the announcement is served until the drain.
            hears: first.starts_with(HTTP2) && !self.ending.announced.is_cancelled(),
            look: Instant::now(),
            gone: None,
        };
        loop {
            let order = {
                let order = Seldom::new(Box::pin(watch.next()));
                tokio::select! {
                    biased;
                    ended = connection.as_mut() => return log_end(ended),
                    order = order => order,
                }
            };
            match order {
                Order::End => return,
                Order::Farewell => {
                    // What is under way is finished; a drain cuts off what takes too long.
                    leaving.cancel();
                    account.farewell();
                    connection.as_mut().graceful_shutdown();
                    watch.look = Instant::now();
                }
            }
        }
    }

    fn builder(&self, account: &Arc<Account>) -> Builder<Overseer> {
        let options = &self.port.options;
        let mut builder = Builder::new(Overseer {
            tracker: self.tracker.clone(),
            cut: self.cut.clone(),
            account: account.clone(),
            timeout: options.write(),
        });
        builder
            .http1()
            .timer(TokioTimer::new())
            // The account and the guard see to idle connections and heads; this is the last resort.
            .header_read_timeout(options.idle() + options.head())
            .max_headers(MAX_FIELDS)
            .auto_date_header(false);
        builder
            .http2()
            .timer(TokioTimer::new())
            .auto_date_header(false)
            .max_concurrent_streams(options.http2_streams)
            .enable_connect_protocol()
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10))
            .max_header_list_size(u32::try_from(LARGEST_LIST).unwrap_or(u32::MAX))
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW);
        builder
    }
}

/// What is to become of a connection.
#[derive(Clone, Copy, Debug)]
enum Order {
    /// It is asked to end.
    Farewell,
    /// It ends.
    End,
}

/// Watches one connection while it speaks HTTP.
struct Watch<'a> {
    server: &'a Server,
    account: &'a Account,
    give_way: &'a CancellationToken,
    leaving: &'a CancellationToken,
    age: Duration,
    /// Whether it hears of an end that is announced.
    hears: bool,
    /// When it is looked at next.
    look: Instant,
    /// When a connection that gives way has to be gone.
    gone: Option<Instant>,
}

impl Watch<'_> {
    /// Waits until something is to become of it.
    async fn next(&mut self) -> Order {
        let ending = &self.server.ending;
        loop {
            let left = self.leaving.is_cancelled();
            tokio::select! {
                () = self.give_way.cancelled(), if self.gone.is_none() => {
                    self.gone = Some(Instant::now() + GIVES_WAY);
                    return Order::Farewell;
                }
                () = ending.announced.cancelled(), if self.hears && !left => return Order::Farewell,
                () = ending.draining.cancelled(), if !left => return Order::Farewell,
                () = sleep_until(self.look) => {}
            }
            if let Some(order) = self.judge(left) {
                return order;
            }
        }
    }

    fn judge(&mut self, left: bool) -> Option<Order> {
        let now = Instant::now();
        if self.gone.is_some_and(|by| now >= by) && self.account.idle_since().is_some() {
            return Some(Order::End);
        }
        let options = &self.server.port.options;
        match self.account.judge(options, self.age, left, now) {
            account::Verdict::LookAgain(at) => {
                self.look = self.gone.map_or(at, |by| at.min(by.max(now + GIVES_WAY)));
                None
            }
            account::Verdict::Farewell => Some(Order::Farewell),
            account::Verdict::Cut(why) => {
                tracing::debug!(why, "a connection was cut off");
                self.server.figures.cut.increment(1);
                Some(Order::End)
            }
        }
    }
}

/// What the requests of one connection share.
#[derive(Clone)]
struct Caller {
    server: Arc<Server>,
    account: Arc<Account>,
    held: Arc<Held>,
    verdict: Verdict,
    leaving: CancellationToken,
    address: SocketAddr,
}

impl Caller {
    /// Takes a place among the requests of the address and among all; `None` where there is none. Nothing more is made for a
    /// client that does not take what there is: it waits, and what it has sent lies in memory until then, so only so much
    /// may wait in all.
    async fn place(&self, request: &Request<Incoming>) -> Option<InCrowd> {
        let Server {
            crowd,
            waiting,
            figures,
            ..
        } = &*self.server;
        if !self.account.has_room_for_an_answer() {
            let bytes = u32::try_from(weight(request)).unwrap_or(u32::MAX);
            let _waits = waiting.try_acquire_many(bytes).ok()?;
            self.account.room_for_an_answer().await;
        }
        let of_address = self.held.permit.requests().try_acquire_owned().ok()?;
        let among_all = crowd.clone().try_acquire_owned().ok()?;
        let places = [of_address, among_all];
        Some(InCrowd::new(places, figures.in_flight.clone()))
    }

    async fn answer(self, request: Request<Incoming>) -> Response<Sending> {
        let under_way = self.account.begin();
        let progress = progress();
        let mut crowd = self.place(&request).await;
        if crowd.is_none() {
            self.server.figures.crowded.increment(1);
        }
        let (mut head, body) = request.into_parts();
        let upgraded = head.extensions.remove::<OnUpgrade>();
        let version = head.version;
        let fault = match version {
            Version::HTTP_2 => fields::judge(&head).err(),
            // The request that stands for one that the guard refused.
            _ if head.uri.path() == REFUSED_PATH => self.verdict.fault(),
            _ => None,
        };
        let peer = Peer {
            address: self.address,
            fault,
            crowded: crowd.is_none(),
        };
        let waits = head.headers.contains_key(header::EXPECT);
        let silence = Silence::new(self.server.port.options.body());
        head.extensions.insert(silence.clone());
        let (body, rest) = Arriving::new(body, silence);
        let request = Request::from_parts(head, Body::new(body));
        let secure = self.server.port.secure.as_ref();
        let hsts = secure.and_then(|secure| secure.hsts(&request));
        let mut response = self.server.handler.clone().answer(peer, request).await;
        if let Some(hsts) = hsts {
            let name = header::STRICT_TRANSPORT_SECURITY;
            response.headers_mut().insert(name, hsts);
        }
        if let Some(date) = date::now() {
            response.headers_mut().insert(header::DATE, date);
        }
        let ending = &self.server.ending;
        let mut told = [&self.leaving, &ending.announced, &ending.draining].into_iter();
        let leaving = told.any(CancellationToken::is_cancelled);
        if let (Some(work), Some(upgraded)) = (Upgrade::of(&mut response), upgraded) {
            if version != Version::HTTP_2 {
                self.verdict.upgrade();
            }
            let place = (self.held.clone(), self.account.begin(), crowd.take());
            let goes_on = async move {
                let _place = place;
                if let Ok(tunnel) = upgraded.await {
                    work(TokioIo::new(tunnel)).await;
                }
            };
            let cut = self.server.cut.clone();
            let goes_on = cut.run_until_cancelled_owned(goes_on);
            self.server.tracker.spawn(goes_on);
        } else if version != Version::HTTP_2 && (leaving || !rest.is_read(waits).await) {
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(header::CONNECTION, close);
        }
        let sized = response.headers().contains_key(header::CONTENT_LENGTH);
        response.map(|body| Sending::new(body, sized, progress, crowd, under_way))
    }
}

/// Returns how many bytes a request may hold while it waits: its head, and what may arrive of its body.
fn weight(request: &Request<Incoming>) -> usize {
    let fields = request.headers().iter();
    let fields: usize = fields
        .map(|(name, value)| name.as_str().len() + value.len() + FIELD)
        .sum();
    let path = request.uri().path_and_query();
    let body = if request.body().is_end_stream() {
        0
    } else {
        STREAM_WINDOW as usize
    };
    HEAD + path.map_or(0, |path| path.as_str().len()) + fields + body
}

/// Spreads ages by a tenth up and down, so that clients that came together do not go together.
fn spread(age: Duration, address: SocketAddr) -> Duration {
    age * (90 + u32::from(address.port() % 21)) / 100
}

/// Clients that go away are no news.
fn log_end<E: std::fmt::Debug>(ended: Result<(), E>) {
    if let Err(cause) = ended {
        tracing::debug!(?cause, "a connection ended early");
    }
}

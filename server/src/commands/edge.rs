//! `edge`: any annotated gRPC services behind one port, by their descriptor set alone.

use std::{
    net::SocketAddr,
    path::PathBuf,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::Router;
use clap::{Args, ValueEnum};
use sv_boot::{
    Lifecycle, Need, Readiness, Stage,
    telemetry::{self, TelemetryOptions},
};
use sv_edge::{ConnectionOptions, Ending, Secure};
use sv_gateway::{Gateway, GuardOptions, Jwks, Loaded, Names, Options, Problems, Upstream};
use sv_kernel::{BoxError, SystemClock};
use sv_tls::{Files, Tls};
use tokio::signal::unix::Signal;
use tracing::{info, warn};

use super::line;
use crate::{
    config::listen_address,
    listener::{bind, reachable},
    ops, ports, tls,
};

/// How often it is looked whether the files have changed.
const LOOK: Duration = Duration::from_secs(1);

/// Options of `edge`.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  \
    protoc --include_imports --descriptor_set_out=library.binpb library.proto\n  \
    streamverse edge --descriptor-set library.binpb --upstream http://127.0.0.1:50051\n\n\
    docs/edge-for-any-service.md has the rules of routes, JSON, headers, errors and streams.")]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(crate) struct EdgeArgs {
    /// A file with a `FileDescriptorSet`, as protoc or buf writes it; may be given several times.
    /// Read again when it changes, and at SIGHUP
    #[arg(long, value_name = "FILE", required = true)]
    pub descriptor_set: Vec<PathBuf>,
    /// Where the services are: `http://HOST:PORT`. With `package.Service=` or `package=` before it, those
    /// only; may be given several times
    #[arg(long, value_name = "[SERVICE=]URL", required = true)]
    pub upstream: Vec<Upstream>,
    /// Certificates (PEM) of those who vouch for services behind `https://` [default: the authorities that
    /// browsers trust]
    #[arg(long, value_name = "FILE")]
    pub upstream_ca: Option<PathBuf>,
    /// Address of the port
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:3000", value_parser = listen_address)]
    pub listen: SocketAddr,
    /// Address of the operators' port: `/health`, `/ready` and `/metrics` [default: none]
    #[arg(long, value_name = "ADDR", value_parser = listen_address)]
    pub ops_listen: Option<SocketAddr>,
    /// The port's certificate (PEM), and after it those between it and its authority: the port speaks TLS. Read
    /// again when it changes, and at SIGHUP
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub tls_cert: Option<PathBuf>,
    /// The key of that certificate (PEM, without a passphrase)
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub tls_key: Option<PathBuf>,
    /// Seconds for which browsers that came by TLS and a host's name come by TLS only; 0 does not say it
    #[arg(long, value_name = "SECONDS", default_value_t = 31_536_000)]
    pub hsts: u64,
    /// Takes only calls with a bearer token that a key of this file or address (JWKS) has signed. The file is read
    /// again when it changes, the address asked again and again, and when a token names a key that is not known
    #[arg(long, value_name = "FILE|URL")]
    pub jwks: Option<Jwks>,
    /// Seconds between questions for the keys of an address
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(10..=86_400))]
    pub jwks_every: u64,
    /// Certificates (PEM) of those who vouch for the address of the keys [default: the authorities that browsers trust]
    #[arg(long, value_name = "FILE", requires = "jwks")]
    pub jwks_ca: Option<PathBuf>,
    /// What `iss` of a token has to be
    #[arg(long, value_name = "URL", requires = "jwks")]
    pub issuer: Option<String>,
    /// What `aud` of a token has to name
    #[arg(long, value_name = "NAME", requires = "jwks")]
    pub audience: Option<String>,
    /// Lets everybody call who can reach the port; needed without `--jwks` where that is more than this
    /// machine
    #[arg(long, conflicts_with = "jwks")]
    pub allow_unauthenticated: bool,
    /// The most streams that a caller has open: whom its token names, or without tokens its address
    #[arg(long, value_name = "N", default_value_t = Options::default().streams_per_caller, value_parser = at_least_one)]
    pub streams_per_caller: usize,
    /// The most calls of a caller under way at one upstream, unary ones, streams and answers among them that the caller
    /// does not take: all callers share its connection. Raise it where many come from one address without tokens
    #[arg(long, value_name = "N", default_value_t = Options::default().streams_per_upstream, value_parser = at_least_one)]
    pub streams_per_upstream: usize,
    /// Origin of pages that may call and read answers, e.g. `https://app.example.com`; `*`: any. May be given
    /// several times
    #[arg(long, value_name = "ORIGIN")]
    pub cors_origin: Vec<String>,
    /// How fields are named in JSON answers: `camel` (`displayName`) or `original` (`display_name`);
    /// requests may use either
    #[arg(
        long,
        value_name = "NAMES",
        value_enum,
        default_value = "camel",
        hide_possible_values = true
    )]
    pub json_names: JsonNames,
    /// Writes fields that hold their default, too
    #[arg(long)]
    pub emit_defaults: bool,
    /// Skips unknown fields, enum names and query parameters instead of refusing them
    #[arg(long)]
    pub ignore_unknown: bool,
    /// Gives RPCs without a rule the route `POST /package.Service/Method`
    #[arg(long)]
    pub unbound_methods: bool,
    /// The largest body of a REST request, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = Options::default().max_request_bytes)]
    pub max_request_bytes: usize,
    /// The largest message that REST takes from a service, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = Options::default().max_response_bytes)]
    pub max_response_bytes: usize,
    /// Seconds that a call may take which says nothing else by `Grpc-Timeout`; 0: any time. Streams of
    /// answers may go on
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub timeout: u64,
    /// Seconds that a stream of requests or a WebSocket may last which says nothing else by `Grpc-Timeout`
    #[arg(long, value_name = "SECONDS", default_value_t = Options::default().stream.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    pub stream_timeout: u64,
    /// Seconds that such a stream may say nothing
    #[arg(long, value_name = "SECONDS", default_value_t = Options::default().idle.as_secs(), value_parser = clap::value_parser!(u64).range(1..))]
    pub stream_idle: u64,
    /// Seconds between pings on a connection to a service that is in use; many servers take fewer than
    /// 300 for an attack
    #[arg(long, value_name = "SECONDS", default_value_t = 300, value_parser = clap::value_parser!(u64).range(1..))]
    pub upstream_keepalive: u64,
    /// Prints the routes, and ends
    #[arg(long)]
    pub print_routes: bool,
}

/// How fields are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum JsonNames {
    // As protobuf's JSON has them.
    Camel,
    // As the proto file has them.
    Original,
}

fn at_least_one(text: &str) -> Result<usize, String> {
    let read = text.parse::<usize>().ok().filter(|number| *number > 0);
    read.ok_or_else(|| "expected a number of 1 or more".to_owned())
}

/// Serves until SIGTERM or SIGINT.
pub(crate) async fn edge(args: EdgeArgs) -> Result<(), BoxError> {
    let options = options(&args)?;
    let drain = Duration::from_secs(options.connections.drain_seconds);
    if args.print_routes {
        print_routes(&Gateway::new(options)?.loaded());
        return Ok(());
    }
    // Before anything that takes its time: until they are listened for, they end the process wherever it is.
    let mut signalled = pin!(Lifecycle::signalled());
    let hangups = tls::hangups()?;
    let telemetry = telemetry::start(&TelemetryOptions::default(), "streamverse-edge")?;
    let secure = secure(&args)?;
    let tls = secure.as_ref().map(|secure| secure.tls.clone());
    let reading = tokio::task::spawn_blocking(move || Gateway::new(Options { secure, ..options }));
    let gateway = tokio::select! {
        read = reading => read??,
        () = &mut signalled => return Ok(()),
    };
    tell(&gateway.loaded());
    let listener = bind(args.listen, "--listen").await?;
    let address = reachable(listener.local_addr()?);
    let lifecycle = Lifecycle::new();
    let trouble = Trouble::default();
    if let Some(address) = args.ops_listen {
        watch(&lifecycle.readiness(), &args.upstream, &trouble, &gateway);
        let listener = bind(address, "--ops-listen").await?;
        info!(address = %listener.local_addr()?, "operators' port open");
        let routes = ops::with_probes(Router::new(), lifecycle.readiness(), &telemetry);
        lifecycle.listen_to_the_end("operators' port", |stop| {
            ports::serve_operators(listener, routes, stop)
        });
        let metrics = telemetry.metrics();
        lifecycle.supervise(Stage::Support, "process.metrics", move |task| {
            telemetry::upkeep(metrics.clone(), task.stop())
        });
        lifecycle.watch();
    }
    let (served, announced) = (gateway.clone(), lifecycle.leaving());
    lifecycle.listen("gateway port", |draining| async move {
        let ending = Ending {
            announced,
            draining,
        };
        served.serve(listener, ending).await;
    });
    let scheme = if tls.is_some() { "https" } else { "http" };
    info!("ready: {scheme}://{address}");
    tokio::select! {
        () = keep_current(&gateway, tls.as_ref(), &trouble, hangups) => {}
        () = &mut signalled => {}
    }
    let ended = tokio::select! {
        ended = lifecycle.end(drain) => ended,
        () = Lifecycle::signalled() => false,
    };
    info!(ended, "stopped");
    telemetry.shutdown();
    if ended {
        Ok(())
    } else {
        Err("some calls did not end in time".into())
    }
}

/// Opens TLS of the port, where it is asked for.
fn secure(args: &EdgeArgs) -> Result<Option<Secure>, BoxError> {
    let (Some(certificate), Some(key)) = (&args.tls_cert, &args.tls_key) else {
        return Ok(None);
    };
    let files = Files {
        certificate: certificate.clone(),
        key: key.clone(),
        authorities: None,
    };
    Ok(Some(Secure {
        tls: Tls::open("edge", files, Arc::new(SystemClock))?,
        hsts: Duration::from_secs(args.hsts),
    }))
}

/// Returns what the command line asks for.
fn options(args: &EdgeArgs) -> Result<Options, BoxError> {
    if args.jwks.is_none() && !args.allow_unauthenticated && !args.listen.ip().is_loopback() {
        return Err(format!(
            "{} can be reached from other machines, and everybody there could call: give --jwks FILE or --jwks URL, or say \
             --allow-unauthenticated",
            args.listen
        )
        .into());
    }
    Ok(Options {
        descriptor_sets: args.descriptor_set.clone(),
        upstreams: args.upstream.clone(),
        names: match args.json_names {
            JsonNames::Camel => Names::Camel,
            JsonNames::Original => Names::Original,
        },
        defaults: args.emit_defaults,
        ignore_unknown: args.ignore_unknown,
        unbound: args.unbound_methods,
        max_request_bytes: args.max_request_bytes,
        max_response_bytes: args.max_response_bytes,
        timeout: (args.timeout > 0).then(|| Duration::from_secs(args.timeout)),
        stream: Duration::from_secs(args.stream_timeout),
        idle: Duration::from_secs(args.stream_idle),
        keepalive: Duration::from_secs(args.upstream_keepalive),
        authorities: args.upstream_ca.clone(),
        guard: args.jwks.clone().map(|jwks| GuardOptions {
            jwks,
            issuer: args.issuer.clone(),
            audience: args.audience.clone(),
            every: Duration::from_secs(args.jwks_every),
            authorities: args.jwks_ca.clone(),
        }),
        streams_per_caller: args.streams_per_caller,
        streams_per_upstream: args.streams_per_upstream,
        origins: args.cors_origin.clone(),
        connections: ConnectionOptions::default(),
        ..Options::default()
    })
}

/// Prints the routes, one a line, or why there are none.
fn print_routes(loaded: &Loaded) {
    if loaded.routes.is_empty() {
        line(
            "# no routes: no RPC that is served has a google.api.http rule; --unbound-methods gives each the route \
             POST /package.Service/Method, and gRPC and grpc-web pass without any",
        );
    }
    for route in &loaded.routes {
        line(route);
    }
}

/// Reads the files again when they change or SIGHUP comes, without end.
async fn keep_current(
    gateway: &Gateway,
    tls: Option<&Tls>,
    trouble: &Trouble,
    mut hangups: Signal,
) {
    let mut look = tokio::time::interval(LOOK);
    // A file that has just changed may be half written: it has a second to become whole.
    let mut was_stale = false;
    let mut told = None;
    loop {
        tokio::select! {
            _ = hangups.recv() => {
                told = reload(gateway, None);
                tls.map(Tls::reload);
            }
            _ = look.tick() => {
                tls.map(Tls::look);
                let is_stale = gateway.is_stale();
                if is_stale && was_stale {
                    told = reload(gateway, told.as_ref());
                }
                was_stale = is_stale;
            }
        }
        let said = told.as_ref().map(Problems::to_string);
        *trouble.0.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }
}

/// What is wrong with the files as they lie there now.
#[derive(Clone, Default)]
struct Trouble(Arc<Mutex<Option<String>>>);

/// Tells in `/ready` whether the services can be reached, and whether the files are as they should be. What can be served
/// is served nevertheless.
fn watch(readiness: &Readiness, upstreams: &[Upstream], trouble: &Trouble, gateway: &Gateway) {
    let gateway = gateway.clone();
    readiness.add("keys", Need::Soft, move || {
        std::future::ready(gateway.keys_problem().map_or(Ok(()), Err))
    });
    let trouble = trouble.clone();
    readiness.add("files", Need::Soft, move || {
        let said = trouble.0.lock().unwrap_or_else(PoisonError::into_inner);
        std::future::ready(said.clone().map_or(Ok(()), Err))
    });
    for upstream in upstreams {
        let name = match &*upstream.of {
            "" => "upstream".to_owned(),
            of => format!("upstream.{of}"),
        };
        let address = upstream.address.clone();
        readiness.add(name, Need::Soft, move || reaches(address.clone()));
    }
}

async fn reaches(address: http::Uri) -> Result<(), String> {
    let host = address.host().unwrap_or_default();
    let host = host.trim_matches(['[', ']']);
    let https = address.scheme_str() == Some("https");
    let port = address.port_u16().unwrap_or(if https { 443 } else { 80 });
    let reached = tokio::net::TcpStream::connect((host, port)).await;
    reached
        .map(drop)
        .map_err(|cause| format!("{address}: {cause}"))
}

/// Reads the files again; returns what is wrong with them, which is said once.
fn reload(gateway: &Gateway, told: Option<&Problems>) -> Option<Problems> {
    match gateway.reload() {
        Ok(loaded) => {
            tell(&loaded);
            None
        }
        Err(problems) => {
            if told != Some(&problems) {
                warn!(%problems, "the files are not as they should be; what was read before stays");
            }
            Some(problems)
        }
    }
}

fn tell(loaded: &Loaded) {
    for note in &loaded.notes {
        warn!("{note}");
    }
    info!(
        routes = loaded.routes.len(),
        "serving {}",
        loaded.services.join(", ")
    );
}

//! `run`: services and listeners, from the first line of the log to the orderly end.

use std::{
    net::{Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use sv_boot::{
    Lifecycle, Stage,
    config::{Environment, Layers, Origin, SettingPath},
    telemetry::{self, Telemetry},
};
use sv_edge::{Edge, EdgeParts, Ending, Secure};
use sv_kernel::BoxError;
use tokio::signal::unix::Signal;
use tracing::{info, warn};

use crate::{
    cli::RunArgs,
    clock,
    config::{self, Behind, Config, Profile, Purpose, ServerConfig},
    data_dir::{Announced, DataDir},
    demo::Demo,
    files::Files,
    internal::Internal,
    listener::{bind, reachable},
    mounts,
    node::Node,
    ops, peers, ports, presence,
    selection::{EDGE, Selection},
    services, tls,
};

/// How often edges tell each other how often callers have called.
const SHARE_RATES: Duration = Duration::from_millis(250);
/// How long they wait where that failed, so that an outage is not told in the log four times a second.
const SHARE_AGAIN: Duration = Duration::from_secs(2);

/// How often it is looked whether there is room for the reserve.
const RESERVE: Duration = Duration::from_secs(10);
/// How often it is looked whether the announcements are there.
const ANNOUNCEMENTS: Duration = Duration::from_secs(2);

/// A process that is ready to be known: nothing listens yet.
struct Prepared {
    args: RunArgs,
    config: Config,
    selection: Selection,
    telemetry: Telemetry,
    /// TLS of the public port.
    secure: Option<Secure>,
    files: Files,
    demo: Demo,
    node: Node,
}

/// Runs until SIGTERM or SIGINT.
pub(crate) async fn run(args: RunArgs) -> Result<(), BoxError> {
    let begin = Instant::now();
    // Before anything that takes its time: until they are listened for, they end the process wherever it is.
    let mut signalled = std::pin::pin!(Lifecycle::signalled());
    let hangups = tls::hangups()?;
    let prepared = tokio::select! {
        prepared = Box::pin(prepare(args, hangups)) => prepared?,
        // What was begun is given up as by a crash, which every start has to bear: nobody was promised anything yet.
        () = given_up(signalled.as_mut()) => return Ok(()),
    };
    let Prepared {
        args,
        config,
        selection,
        telemetry,
        secure,
        files,
        demo,
        node,
    } = prepared;
    let (mut announced, mut page) = (Vec::new(), None);
    if !selection.services.is_empty() {
        announced.extend(listen_for_calls(&config, &args, &selection, &node, files).await?);
    }
    let ops_listener = bind(ops_address(&config, &args, &selection), "--ops-listen").await?;
    if selection.edge {
        let (port, url) =
            listen_for_clients(&config, &selection, &node, &telemetry, files, secure).await?;
        announced.push(port);
        info!(ready_ms = elapsed_ms(begin), "ready: {url}");
        page = Some(url);
    }
    // Only now: it says that the process is ready, and then clients come to the public port.
    info!(address = %ops_listener.local_addr()?, "operators' port open");
    let routes = ops::routes(&node, &telemetry);
    node.lifecycle.listen_to_the_end("operators' port", |stop| {
        ports::serve_operators(ops_listener, routes, stop)
    });
    keep_reserve(&node);
    let announced = keep_announced(announced, &node);
    tokio::select! {
        () = &mut signalled => {}
        () = Box::pin(demo.load(&node, page.as_deref())) => signalled.await,
    }
    drop(announced);
    let ended = tokio::select! {
        ended = end(&node, &config.server) => ended,
        () = Lifecycle::signalled() => Err("a second signal ended what was under way".into()),
    };
    info!(ended = ended.is_ok(), "stopped");
    telemetry.shutdown();
    ended
}

/// Waits for the signal to end, and says so while there is a log.
async fn given_up(signalled: impl Future<Output = ()>) {
    signalled.await;
    info!("stopped before it was ready");
}

/// Reads the settings, and starts the services.
async fn prepare(args: RunArgs, hangups: Signal) -> Result<Prepared, BoxError> {
    let given = args.clone();
    // Files may be pipes, and Vault may be away: signals are heard meanwhile.
    let layers = tokio::task::spawn_blocking(move || layers(&given)).await??;
    let config = Config::read(&layers)?;
    config.check(&layers, Purpose::Run)?;
    let selection = Selection::parse(&args.services)?;
    must_be_secure(&config, &selection)?;
    let telemetry = telemetry::start(&config.telemetry, "streamverse")?;
    for note in config::unused(&Environment::of_process(), layers.values()) {
        warn!("{note}");
    }
    // Before anything is begun.
    let secure = tls::secure(&config, &selection)?;

    let data = DataDir::open(&config.server.data_dir)?;
    // Before tables are brought up to date: a start that cannot listen changes nothing.
    drop(bind(ops_address(&config, &args, &selection), "--ops-listen").await?);
    if selection.edge {
        drop(bind(config.server.listen, "--listen").await?);
    }
    clock::recall(data.path());
    let files = Files::raise();
    let demo = Demo::plan(config.server.demo, &data, &selection);
    let presence = presence::announce(&config, &selection, &data).await?;
    let node = Node::start(&config, &selection, &config.server.data_dir).await?;
    let shown = secure.iter().map(|secure| &secure.tls).chain(&node.tls);
    tls::reload_on_hangup(hangups, shown.cloned().collect(), &node.lifecycle);
    files.tell();
    presence::keep(presence, &node.lifecycle);
    clock::remember(data.path(), &node.lifecycle);
    let metrics = telemetry.metrics();
    node.lifecycle
        .supervise(Stage::Support, "process.metrics", move |task| {
            telemetry::upkeep(metrics.clone(), task.stop())
        });
    peers::watch(&node, &selection);
    Ok(Prepared {
        args,
        config,
        selection,
        telemetry,
        secure,
        files,
        demo,
        node,
    })
}

/// Refuses a production start whose port has no TLS: a certificate of the public port is none of the services', and none
/// of theirs is the public port's.
fn must_be_secure(config: &Config, selection: &Selection) -> Result<(), BoxError> {
    let server = &config.server;
    let (what, setting, secure) = if selection.edge {
        ("the public port", "edge.tls", config.edge.tls.is_on())
    } else {
        ("a port of services", "mesh.tls", config.mesh.tls.is_on())
    };
    let bare = server.profile == Profile::Production && server.behind == Behind::Nothing;
    if bare && !secure && !server.listen.ip().is_loopback() {
        return Err(format!(
            "server.listen: production refuses {what} beyond this machine without TLS; give it a certificate ({setting}), \
             or say what encrypts before it (server.behind)"
        )
        .into());
    }
    Ok(())
}

/// Keeps room for the next start: nothing more is written for this one.
fn keep_reserve(node: &Node) {
    node.reserve.take_back();
    if let Err(cause) = node.reserve.look_after() {
        warn!(%cause, "no room is kept for the next start");
    }
    let reserve = node.reserve.clone();
    node.lifecycle.every("process.reserve", RESERVE, move || {
        let reserve = reserve.clone();
        async move { Ok(reserve.look_after()?) }
    });
}

/// Makes announcements again that somebody has deleted, until the last of them is taken back.
fn keep_announced(announced: Vec<Announced>, node: &Node) -> Arc<Vec<Announced>> {
    let announced = Arc::new(announced);
    let kept = Arc::downgrade(&announced);
    node.lifecycle
        .every("process.announcements", ANNOUNCEMENTS, move || {
            let kept = kept.upgrade();
            async move {
                let mut entries = kept.iter().flat_map(|kept| kept.iter());
                Ok(entries.try_for_each(Announced::keep)?)
            }
        });
    announced
}

/// Announces the end, then ends in order.
async fn end(node: &Node, settings: &ServerConfig) -> Result<(), BoxError> {
    node.announce_end(settings.announce()).await;
    if node.end(Duration::from_secs(settings.drain_seconds)).await {
        Ok(())
    } else {
        Err("some work did not end in time".into())
    }
}

/// Puts the public port together.
fn edge(
    config: &Config,
    node: &Node,
    telemetry: &Telemetry,
    files: Files,
    secure: Option<Secure>,
) -> Result<Edge, BoxError> {
    let mut options = config.edge.clone();
    options.connections = files.of_clients(options.connections);
    let parts = EdgeParts {
        options,
        env: node.env.clone(),
        mesh: node.mesh.calling_as(EDGE),
        policies: node.policies.clone(),
        authenticator: node.authenticator.clone(),
        mounts: mounts::find(config, node)?.into_iter().collect(),
        probes: ops::probes(&node.readiness, telemetry),
        counters: node.counters.clone(),
        secure,
    };
    let edge = Edge::new(parts).map_err(|problems| problems.join("\n"))?;
    if node.counters.is_some() {
        let shares = edge.clone();
        node.lifecycle.every("edge.rates", SHARE_RATES, move || {
            let shares = shares.clone();
            async move {
                let shared = shares.share_rates().await;
                if shared.is_err() {
                    tokio::time::sleep(SHARE_AGAIN).await;
                }
                Ok(shared?)
            }
        });
    }
    Ok(edge)
}

fn elapsed_ms(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// Reads the configuration with the options of the command line laid over it.
fn layers(args: &RunArgs) -> Result<Layers, BoxError> {
    let mut layers = Config::at(&args.place)?;
    let mut flag = |setting, name: &str, value: Option<serde_json::Value>| match value {
        Some(value) => layers.set(
            &SettingPath::from(setting),
            value,
            Origin::Flag(name.to_owned()),
        ),
        None => Ok(()),
    };
    flag(
        "server.listen",
        "--listen",
        args.listen.map(|a| a.to_string().into()),
    )?;
    flag(
        "server.ops_listen",
        "--ops-listen",
        args.ops_listen.map(|a| a.to_string().into()),
    )?;
    flag("server.demo", "--demo", args.demo.then(|| true.into()))?;
    Ok(layers)
}

/// Opens the public port and announces it; returns its address, too.
async fn listen_for_clients(
    config: &Config,
    selection: &Selection,
    node: &Node,
    telemetry: &Telemetry,
    files: Files,
    secure: Option<Secure>,
) -> Result<(Announced, String), BoxError> {
    let scheme = if secure.is_some() { "https" } else { "http" };
    if let Some(secure) = &secure {
        tls::keep("edge", &secure.tls, &node.lifecycle);
    }
    let edge = edge(config, node, telemetry, files, secure)?;
    peers::watch(node, selection);
    let listener = bind(config.server.listen, "--listen").await?;
    let url = format!("{scheme}://{}", reachable(listener.local_addr()?));
    let announced = node.lifecycle.leaving();
    node.lifecycle.listen("public port", |draining| async move {
        let ending = Ending {
            announced,
            draining,
        };
        edge.serve(listener, ending).await;
    });
    Ok((node.data.announce(EDGE, &url)?, url))
}

/// Opens the gRPC port of this process's services and announces them.
async fn listen_for_calls(
    config: &Config,
    args: &RunArgs,
    selection: &Selection,
    node: &Node,
    files: Files,
) -> Result<Vec<Announced>, BoxError> {
    let address = grpc_address(config, args, selection);
    let listener = bind(address, "--listen").await?;
    let address = reachable(listener.local_addr()?);
    let routes = mounts::offer(node.server.routes().into_axum_router(), node);
    let authenticator = node.authenticator.clone();
    let internal = Internal::new().map_err(|problems| problems.join("; "))?;
    let (announced, tls) = (node.lifecycle.leaving(), node.tls.clone());
    let scheme = if tls.is_some() { "https" } else { "http" };
    node.lifecycle.listen("grpc port", |draining| {
        let ending = Ending {
            announced,
            draining,
        };
        ports::serve_services(
            listener,
            routes,
            authenticator,
            internal,
            files,
            tls,
            ending,
        )
    });
    info!(%address, "gRPC port open");
    let url = format!("{scheme}://{address}");
    let services = selection.services.iter();
    Ok(services
        .map(|name| node.data.announce(name, &url))
        .collect::<Result<_, _>>()?)
}

/// Beside the edge the gRPC port is for this machine only; alone it is the process's public address.
fn grpc_address(config: &Config, args: &RunArgs, selection: &Selection) -> SocketAddr {
    if selection.edge {
        return (Ipv4Addr::LOCALHOST, 0).into();
    }
    if let Some(listen) = args.listen {
        return listen;
    }
    let first = services::TABLE
        .iter()
        .find(|entry| selection.has(entry.name));
    (
        config.server.listen.ip(),
        first.map_or(0, |entry| entry.grpc_port),
    )
        .into()
}

/// A part of the services takes any free port for its operators, unless one is named.
fn ops_address(config: &Config, args: &RunArgs, selection: &Selection) -> SocketAddr {
    if selection.edge || args.ops_listen.is_some() {
        config.server.ops_listen
    } else {
        (config.server.ops_listen.ip(), 0).into()
    }
}

//! A process: its adapters, its services, and the mesh through which they are called.

use std::{
    path::Path,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures::{StreamExt as _, TryStreamExt as _, stream};
use sv_boot::{Lifecycle, Need, Readiness, Service, ServiceContext, Stage, Starting};
use sv_handlers::jobs::JobServiceServer;
use sv_kernel::{BoxError, Ctx, PageSigner, TestClocks, causes};
use sv_ports::{Bus, Counters, Topic};
use sv_proto::admin::AuditRecord;
use sv_rpc::{
    AuthService, Authenticator, Env, Limits, Mesh, MeshSettings, PolicyTable, Server,
    ServerBuilder, ServerSettings, identity::ServiceIdentities,
};
use sv_store::{
    Db, DbConfig, StoreError, audit::AuditRecords, idempotency::IdempotencyKeys, jobs::free_all,
};
use sv_tls::Tls;
use tracing::info;

use crate::{
    adapters::{self, AdapterError, Adapters},
    config::{Config, Profile},
    data_dir::{DataDir, DataDirError, ServiceLock},
    figures,
    files::{Files, TooFewFiles},
    host::OurHost,
    installation::{Installation, InstallationError},
    jobs::{self, Jobs},
    reserve::Reserve,
    secrets,
    selection::Selection,
    services,
    shared::{Shared, SharedError},
    test_clocks::StoredClocks,
    tls,
};

/// How often it is looked whether the locks are still where others look for them.
const KEEP_LOCKS: Duration = Duration::from_secs(1);

/// A process with its services started; nothing listens yet.
#[derive(Debug)]
pub(crate) struct Node {
    /// The data folder.
    pub data: DataDir,
    /// Calls any service.
    pub mesh: Mesh,
    /// The policies of all RPCs.
    pub policies: Arc<PolicyTable>,
    /// Verifies tokens.
    pub authenticator: Arc<Authenticator>,
    /// The services of this process behind their stack.
    pub server: Server,
    /// The adapters behind the ports.
    pub adapters: Adapters,
    /// Counters that all edges share, if this process is one and they share anything.
    pub counters: Option<Arc<dyn Counters>>,
    /// Time, randomness, ids.
    pub env: Env,
    /// What has to be up.
    pub readiness: Readiness,
    /// Background tasks.
    pub lifecycle: Lifecycle,
    /// TLS between processes, if they speak it.
    pub tls: Option<Tls>,
    /// Room for the next start.
    pub reserve: Reserve,
    _locks: Arc<Mutex<Vec<ServiceLock>>>,
}

/// A process cannot be put together.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NodeError {
    /// The data folder.
    #[error(transparent)]
    Data(#[from] DataDirError),
    /// Files could not be opened.
    #[error(transparent)]
    Files(#[from] TooFewFiles),
    /// Something is not the installation's, or is lost.
    #[error(transparent)]
    Installation(#[from] InstallationError),
    /// An adapter.
    #[error(transparent)]
    Adapter(#[from] AdapterError),
    /// What all processes share.
    #[error(transparent)]
    Shared(#[from] SharedError),
    /// The clocks of tenants.
    #[error("the test clocks cannot be read: {0}")]
    TestClocks(BoxError),
    /// The protos or the registrations contradict themselves.
    #[error("the program is inconsistent: {}", .0.join("; "))]
    Inconsistent(Vec<String>),
    /// Tables of a service.
    #[error("the tables of {service} ({place}) cannot be opened: {source}")]
    Tables {
        /// The service.
        service: &'static str,
        /// Where they are.
        place: String,
        /// Why.
        source: sv_store::StoreError,
    },
    /// A service.
    #[error("{service} does not start: {source}")]
    Service {
        /// The service.
        service: &'static str,
        /// Why.
        source: BoxError,
    },
    /// Topics could not be made, or are other ones.
    #[error("the topics of the event bus cannot be made: {0}")]
    Topics(sv_ports::PortError),
    /// Certificates between processes.
    #[error(transparent)]
    Tls(#[from] tls::Unusable),
    /// Another service cannot be found.
    #[error(transparent)]
    Peer(#[from] sv_rpc::mesh::MissingPeer),
}

impl Node {
    /// Locks, opens and starts the selected services.
    pub(crate) async fn start(
        config: &Config,
        selection: &Selection,
        folder: &Path,
    ) -> Result<Self, NodeError> {
        let data = DataDir::open(folder)?;
        let tables = adapters::tables(config, data.path())?;
        Files::raise().suffice_for(databases(config, selection, &tables))?;
        let edge = selection.edge.then_some(&crate::selection::EDGE);
        let names = selection.services.iter().chain(edge);
        let locks = names.map(|service| data.lock(service, (&tables).into()));
        let locks = locks.collect::<Result<_, _>>()?;
        // Only now: a start that is refused must not use up what the running server keeps.
        let reserve = Reserve::lend(data.path());
        let started = Self::locked(config, selection, data, reserve.clone(), locks).await;
        if started.is_err() {
            reserve.take_back();
        }
        started
    }

    async fn locked(
        config: &Config,
        selection: &Selection,
        data: DataDir,
        reserve: Reserve,
        locks: Vec<ServiceLock>,
    ) -> Result<Self, NodeError> {
        let (env, clocks) = surroundings(config);
        let tls = tls::mutual(config, env.clock.clone())?;
        let installation = Installation::open(&data, config, selection, &env).await?;
        let adapters = Adapters::open(config, data.path(), &installation).await?;
        let policies = PolicyTable::ours().map_err(NodeError::Inconsistent)?;
        let shared = Shared::open(&adapters.tables, &data, &env).await?;
        let identities = shared.identities(config, selection.speakers()).await?;
        let lifecycle = Lifecycle::with(config.health.clone(), env.clock.clone());
        let readiness = lifecycle.readiness();
        let test_clocks = stored(clocks, &shared, &lifecycle).await?;
        let mesh = Mesh::new(MeshSettings {
            local: selection.names(),
            urls: config.peers.clone(),
            announcements: Some(data.announcements()),
            identities: Some(identities.clone()),
            policies: policies.clone(),
            env: env.clone(),
            tracker: lifecycle.tracker(),
            tls: tls::kept(tls.as_ref(), &lifecycle),
        });
        let authenticator = authenticator(config, &env, &mesh, identities.clone())?;

        let mut building = Building {
            builder: ServerBuilder::new(ServerSettings {
                env: env.clone(),
                policies: policies.clone(),
                authenticator: authenticator.clone(),
                limits: Limits::default(),
            }),
            pages: PageSigner::new(&shared.secret("page-tokens").await?),
            tables: Vec::new(),
        };
        let common = Common {
            config,
            shared: &shared,
            test_clocks: test_clocks.as_ref(),
            adapters: &adapters,
            env: &env,
            mesh: &mesh,
            lifecycle: &lifecycle,
            readiness: &readiness,
        };
        let entries = services::TABLE.iter().copied();
        let entries: Vec<_> = entries.filter(|entry| selection.has(entry.name)).collect();
        let tables = open_all(&common, &entries).await?;
        ensure_topics(&common, &entries).await?;
        for (entry, tables) in entries.into_iter().zip(tables) {
            building.add(&common, entry, tables).await?;
        }
        let jobs = Jobs::of(&building.tables, env.clock.clone(), test_clocks.clone());
        building
            .builder
            .add(jobs::NAME, JobServiceServer::new(jobs));
        let media = adapters::media(config, data.path());
        figures::keep(&lifecycle, building.tables.clone(), data.path(), media);
        watch_tables(&readiness, building.tables, adapters.bus.clone());
        Files::watch(&readiness);
        fan_out(config, &adapters, &readiness, &lifecycle);
        let counters = counters(config, selection, &adapters, &shared, &readiness)?;
        let server = building.builder.build().map_err(NodeError::Inconsistent)?;
        mesh.serve(&server);
        let locks = keep_locks(&lifecycle, locks);
        // From here on auth answers, if it is in this process.
        look_after(&lifecycle, authenticator.clone(), identities, &adapters);
        server.set_serving(true).await;
        Ok(Self {
            data,
            mesh,
            policies,
            authenticator,
            server,
            adapters,
            counters,
            env,
            readiness,
            lifecycle,
            tls,
            reserve,
            _locks: locks,
        })
    }

    /// Says to everyone who asks that the process is about to go, and serves on for a while.
    pub(crate) async fn announce_end(&self, timeout: Duration) {
        self.server.set_serving(false).await;
        self.lifecycle.announce(timeout).await;
    }

    /// Ends in the order of [`Stage`]: calls in flight finish, what they wrote is published.
    pub(crate) async fn end(&self, timeout: Duration) -> bool {
        self.server.set_serving(false).await;
        self.server.end_streams();
        self.lifecycle.end(timeout).await
    }

    /// Makes the context of work that an operator does through this process.
    pub(crate) fn operator(&self) -> Ctx {
        Ctx {
            ids: self.env.ids.clone(),
            ..Ctx::background(
                "operator",
                self.env.business_clock.clone(),
                self.env.entropy.clone(),
            )
        }
    }
}

/// Returns time, randomness and ids of the process, and the clocks of tenants that can be put on in the development
/// profile.
fn surroundings(config: &Config) -> (Env, Option<TestClocks>) {
    let env = Env::system();
    match config.server.profile {
        Profile::Production => (env, None),
        Profile::Development => {
            let clocks = TestClocks::on(env.clock.clone());
            let business_clock = Arc::new(clocks.clone());
            let env = Env {
                business_clock,
                ..env
            };
            (env, Some(clocks))
        }
    }
}

/// Sets the clocks of tenants as they are written down, and follows what other processes write.
async fn stored(
    clocks: Option<TestClocks>,
    shared: &Shared,
    lifecycle: &Lifecycle,
) -> Result<Option<Arc<StoredClocks>>, NodeError> {
    let Some(clocks) = clocks else {
        return Ok(None);
    };
    let stored = StoredClocks::open(clocks, shared).await;
    let stored = Arc::new(stored.map_err(NodeError::TestClocks)?);
    stored.follow(lifecycle);
    Ok(Some(stored))
}

/// Counts the SQLite files that a process has open.
fn databases(config: &Config, selection: &Selection, tables: &DbConfig) -> usize {
    let services = match tables {
        DbConfig::Sqlite { .. } => selection.services.len(),
        DbConfig::Postgres(_) => 0,
    };
    services + usize::from(config.bus.kafka_brokers.is_empty())
}

/// Makes the locks again where somebody has deleted them, so that no other process takes them.
fn keep_locks(lifecycle: &Lifecycle, locks: Vec<ServiceLock>) -> Arc<Mutex<Vec<ServiceLock>>> {
    let locks = Arc::new(Mutex::new(locks));
    let kept = locks.clone();
    lifecycle.every("process.locks", KEEP_LOCKS, move || {
        let kept = kept.clone();
        async move {
            let mut locks = kept.lock().unwrap_or_else(PoisonError::into_inner);
            Ok(locks.iter_mut().try_for_each(ServiceLock::keep)?)
        }
    });
    locks
}

/// Starts what every process does in the background, whatever services it runs.
fn look_after(
    lifecycle: &Lifecycle,
    authenticator: Arc<Authenticator>,
    identities: Arc<ServiceIdentities>,
    adapters: &Adapters,
) {
    lifecycle.supervise(Stage::Support, "process.token_authority", move |task| {
        authenticator.clone().follow(task.stop())
    });
    lifecycle.supervise(Stage::Support, "process.identities", move |task| {
        identities.clone().keep(task.stop())
    });
    lifecycle.watch();
    let bus = adapters.bus.clone();
    lifecycle.at(Stage::Stores, "process.bus", async move {
        if let Err(error) = bus.close().await {
            tracing::warn!(%error, "the event bus was not closed");
        }
    });
}

fn authenticator(
    config: &Config,
    env: &Env,
    mesh: &Mesh,
    identities: Arc<ServiceIdentities>,
) -> Result<Arc<Authenticator>, NodeError> {
    let auth: sv_auth::Options = config.of(&sv_auth::SERVICE);
    let settings = auth.tokens();
    let authority = Arc::new(AuthService::of(mesh)?);
    let authenticator = if auth.jwt_secret.is_empty() {
        Authenticator::new(env.clone(), settings, authority, Some(identities))
    } else {
        let keys = sv_rpc::identity::KeySet::new(settings, env.clock.clone())
            .with_secret(sv_auth::SHARED_SECRET_KID, auth.jwt_secret.as_bytes());
        Authenticator::with_keys(env.clone(), keys, authority, Some(identities))
    };
    Ok(Arc::new(authenticator))
}

/// What all services of a process share.
struct Common<'a> {
    config: &'a Config,
    shared: &'a Shared,
    test_clocks: Option<&'a Arc<StoredClocks>>,
    adapters: &'a Adapters,
    env: &'a Env,
    mesh: &'a Mesh,
    lifecycle: &'a Lifecycle,
    readiness: &'a Readiness,
}

/// A process while its services are added.
struct Building {
    builder: ServerBuilder,
    pages: PageSigner,
    tables: Vec<Db>,
}

/// Has a process that cannot write say so, instead of being sent work.
fn watch_tables(readiness: &Readiness, tables: Vec<Db>, bus: Arc<dyn Bus>) {
    let tables: Arc<[Db]> = tables.into();
    let (all, log) = (tables.clone(), bus.clone());
    readiness.add("storage_full", Need::Hard, move || {
        let (tables, bus) = (all.clone(), log.clone());
        async move {
            for db in &*tables {
                let room = db.check_room().await;
                room.map_err(|failure| format!("{}: {failure}", db.service()))?;
            }
            bus.check_room()
                .await
                .map_err(|failure| failure.to_string())
        }
    });
    readiness.add("storage_lost", Need::Hard, move || {
        let (tables, bus) = (tables.clone(), bus.clone());
        async move {
            for db in &*tables {
                db.check_place().await.map_err(|lost| causes(&lost))?;
            }
            bus.check_place().await.map_err(|lost| causes(&lost))
        }
    });
}

/// Returns what counts the calls of an edge, where one is here: Redis, or tables that all edges share.
fn counters(
    config: &Config,
    selection: &Selection,
    adapters: &Adapters,
    shared: &Shared,
    readiness: &Readiness,
) -> Result<Option<Arc<dyn Counters>>, NodeError> {
    Ok(match adapters.counters(config)? {
        _ if !selection.edge => None,
        Some(counters) => Some(watched(readiness, counters)),
        None => shared.counters(),
    })
}

/// Tells where edges cannot count together; each counts by itself meanwhile.
fn watched(readiness: &Readiness, counters: Arc<dyn Counters>) -> Arc<dyn Counters> {
    let asked = counters.clone();
    readiness.add("edge.counters", Need::Soft, move || {
        let asked = asked.clone();
        async move {
            let looked = asked.add("looked at", 0, Duration::from_secs(1)).await;
            looked.map(drop).map_err(|failure| causes(&failure))
        }
    });
    counters
}

/// Carries what processes tell each other, and tells where they cannot: each looks by itself meanwhile.
fn fan_out(config: &Config, adapters: &Adapters, readiness: &Readiness, lifecycle: &Lifecycle) {
    let fanout = adapters.fanout.clone();
    lifecycle.supervise(Stage::Support, "fanout", move |task| {
        let fanout = fanout.clone();
        async move { fanout.run(task.stop()).await }
    });
    if config.fanout.nats_url.is_empty() {
        return;
    }
    let asked = adapters.fanout.clone();
    readiness.add("fanout", Need::Soft, move || {
        let reaches = asked.reaches();
        async move {
            reaches
                .then_some(())
                .ok_or_else(|| "NATS is away".to_owned())
        }
    });
}

/// Takes tables for this process, where they are a file, and with them what the last one held.
async fn take(db: &Db, ctx: &Ctx) -> Result<(), StoreError> {
    match db.claim(ctx).await {
        // Nobody writes then; what can be read is served.
        Err(StoreError::Full(_)) => Ok(()),
        claimed => {
            claimed?;
            free_all(db, ctx).await
        }
    }
}

/// Wakes the service's other processes after this one's commits, and the other way round.
fn share_news(common: &Common<'_>, context: &ServiceContext) {
    let (db, fanout) = (context.db.clone(), common.adapters.fanout.clone());
    let me = common.env.ids.next::<Node>().uuid();
    context.supervise("news", move |task| {
        let (db, fanout) = (db.clone(), fanout.clone());
        async move {
            if let Err(error) = db.share_news(fanout, me, task.stop()).await {
                task.pulse().failed(causes(&error));
            }
        }
    });
}

/// How often it is looked whether the files of secrets are there.
const LOOK_FOR_SECRETS: Duration = Duration::from_secs(10);

/// Writes a secret again whose file is lost while the process runs, since the next start could not do without it;
/// one that was replaced shows in `/ready`.
fn keep_secret(common: &Common<'_>, service: &str, name: &'static str, secret: Vec<u8>) {
    let Some(folder) = common.shared.folder_of_secrets() else {
        return;
    };
    let (folder, secret) = (Arc::new(folder), Arc::new(secret));
    let job = format!("{service}.{name}");
    common.lifecycle.every(&job, LOOK_FOR_SECRETS, move || {
        let (folder, secret) = (folder.clone(), secret.clone());
        async move {
            if secrets::keep(&folder, name, &secret)? {
                tracing::warn!(
                    secret = name,
                    "the file of a secret was lost, and is written again"
                );
            }
            Ok(())
        }
    });
}

/// Opens the tables of services and takes them: files beside each other, because each waits for its disk; a shared
/// database one service after the other.
async fn open_all(common: &Common<'_>, entries: &[&'static Service]) -> Result<Vec<Db>, NodeError> {
    let at_once = match &common.adapters.tables {
        DbConfig::Sqlite { .. } => entries.len().max(1),
        DbConfig::Postgres(_) => 1,
    };
    let tables = entries.iter().map(|&entry| open_tables(common, entry));
    stream::iter(tables).buffered(at_once).try_collect().await
}

/// Opens the tables of a service, and takes them for this process where they are the installation's.
async fn open_tables(common: &Common<'_>, entry: &'static Service) -> Result<Db, NodeError> {
    let refused = |source| not_usable(common, entry, source);
    let db = Db::open(&common.adapters.tables, entry.name, entry.migrations).await;
    let db = db.map_err(refused)?;
    let installation = &common.adapters.installation;
    let mark = db.mark(installation.id()).await.map_err(refused)?;
    installation.join(entry.name, &mark)?;
    take(&db, &background(common, entry))
        .await
        .map_err(refused)?;
    Ok(db)
}

/// Makes the context of what the process does for a service before that has one of its own.
fn background(common: &Common<'_>, entry: &'static Service) -> Ctx {
    let env = common.env;
    Ctx::background(entry.name, env.clock.clone(), env.entropy.clone())
}

/// Makes the topics that services write or listen to, all at once.
async fn ensure_topics(common: &Common<'_>, entries: &[&'static Service]) -> Result<(), NodeError> {
    let mut topics: Vec<Topic> = entries.iter().flat_map(|entry| (entry.topics)()).collect();
    topics.push(Topic::of::<AuditRecord>());
    topics.sort_by(|a, b| a.name.cmp(&b.name));
    topics.dedup();
    let made = common.adapters.bus.ensure_topics(&topics).await;
    made.map_err(NodeError::Topics)
}

fn not_usable(common: &Common<'_>, entry: &'static Service, source: StoreError) -> NodeError {
    NodeError::Tables {
        service: entry.name,
        place: common.adapters.place_of(entry.name),
        source,
    }
}

impl Building {
    async fn add(
        &mut self,
        common: &Common<'_>,
        entry: &'static Service,
        db: Db,
    ) -> Result<(), NodeError> {
        let service = entry.name;
        self.tables.push(db.clone());
        let tables = db.clone();
        common.readiness.add(service, Need::Hard, move || {
            let tables = tables.clone();
            async move { tables.ping().await.map_err(|failure| causes(&failure)) }
        });
        self.builder
            .idempotency(service, Arc::new(IdempotencyKeys::new(db.clone())));
        let records = AuditRecords::new(db.clone());
        self.builder.audit(service, Arc::new(records.clone()));
        let context = ServiceContext {
            db: db.clone(),
            bus: common.adapters.bus.clone(),
            mesh: common.mesh.calling_as(service),
            env: common.env.clone(),
            pages: self.pages.clone(),
            lifecycle: common.lifecycle.clone(),
            readiness: common.readiness.clone(),
        };
        let failed = |source| NodeError::Service { service, source };
        let host = OurHost {
            config: common.config,
            adapters: common.adapters,
            shared: common.shared,
            test_clocks: common.test_clocks,
            db: &db,
            taken: Mutex::default(),
        };
        let starting = Starting {
            server: &mut self.builder,
            context: &context,
            host: &host,
        };
        (entry.start)(starting).await.map_err(failed)?;
        share_news(common, &context);
        for (seal, secret) in host.close().await? {
            keep_secret(common, service, seal.secret, secret);
        }
        let admin: sv_admin::Options = common.config.of(&sv_admin::SERVICE);
        let keep = admin.audit_retention();
        let ctx = context.background();
        context.supervise("audit_records", move |task| {
            records.clone().run(ctx.clone(), keep, task.stop())
        });
        context.relay();
        context.look_after_work();
        let closing = format!("{service}.tables");
        common.lifecycle.at(Stage::Stores, &closing, async move {
            if let Err(error) = db.close().await {
                tracing::warn!(service, %error, "tables were not closed");
            }
        });
        info!(service, "service started");
        Ok(())
    }
}

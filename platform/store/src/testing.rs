//! A database of its own for each test.

#![expect(clippy::expect_used, reason = "a test without its database fails")]

use std::{ops::Deref, sync::Arc};

use prost::Message as _;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _};
use sv_kernel::{Clock, Ctx, Event as _, SystemClock, SystemEntropy};
use sv_proto::admin::AuditRecord;

use crate::{Db, DbConfig, Migration, outbox};

/// A database that lasts as long as the value.
#[derive(Debug)]
pub struct TestDb {
    db: Db,
    config: DbConfig,
    _home: Home,
}

#[derive(Debug)]
enum Home {
    Folder(#[expect(dead_code, reason = "deletes the folder when dropped")] tempfile::TempDir),
    #[cfg(feature = "test-postgres")]
    Schema {
        url: String,
        prefix: String,
    },
}

impl Deref for TestDb {
    type Target = Db;

    fn deref(&self) -> &Db {
        &self.db
    }
}

impl TestDb {
    /// Makes a fresh SQLite database with these tables.
    pub async fn sqlite(migrations: &[Migration]) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let config = DbConfig::sqlite(folder.path());
        Self::open(config, migrations, Home::Folder(folder)).await
    }

    /// Makes a fresh database of each kind under test: SQLite always, and PostgreSQL with the
    /// feature `test-postgres`.
    ///
    /// ```
    /// # use sv_store::testing::TestDb;
    /// # tokio::runtime::Runtime::new().unwrap().block_on(async {
    /// for db in TestDb::all(&[]).await {
    ///     db.ping().await.unwrap();
    /// }
    /// # });
    /// ```
    pub async fn all(migrations: &[Migration]) -> Vec<Self> {
        vec![
            Self::sqlite(migrations).await,
            #[cfg(feature = "test-postgres")]
            Self::postgres(migrations).await,
        ]
    }

    /// Makes a fresh schema on the server that `TEST_DATABASE_URL` names.
    #[cfg(feature = "test-postgres")]
    pub async fn postgres(migrations: &[Migration]) -> Self {
        #[expect(clippy::disallowed_methods, reason = "tests have no configuration")]
        let url = std::env::var("TEST_DATABASE_URL")
            .expect("TEST_DATABASE_URL names a PostgreSQL server for the feature test-postgres");
        let id =
            sv_kernel::IdGen::new(Arc::new(SystemClock), Arc::new(SystemEntropy)).next::<Self>();
        let prefix = format!("test_{}_", id.uuid().simple());
        let DbConfig::Postgres(mut postgres) = DbConfig::postgres(&url) else {
            unreachable!()
        };
        postgres.schema_prefix.clone_from(&prefix);
        let home = Home::Schema { url, prefix };
        Self::open(DbConfig::Postgres(postgres), migrations, home).await
    }

    /// Opens every connection that the pool may have, so that what runs at once does not queue for
    /// the first one: for tests of races.
    pub async fn warm(&self) {
        if let DbConfig::Postgres(postgres) = &self.config {
            let ctx = self.ctx();
            let mut held = Vec::new();
            for _ in 0..postgres.max_connections {
                held.push(self.db.begin(&ctx).await.expect("a connection"));
            }
            for tx in held {
                tx.rollback().await.expect("the connection back");
            }
        }
    }

    /// Begins a transaction that the test ends itself, e.g. to hold locks meanwhile.
    pub async fn begin(&self, ctx: &Ctx) -> Result<crate::Tx, crate::StoreError> {
        self.db.begin(ctx).await
    }

    /// Leaves no room for more on SQLite, as a full disk does, or makes room again. PostgreSQL has
    /// its own answers to a full disk.
    pub async fn fill(&self, full: bool) {
        if let Some(writer) = self.db.sqlite_writer() {
            // SQLite never goes below what is there.
            let bound = writer.bound(full.then_some(1)).await;
            bound.expect("the database takes a bound");
        }
    }

    /// Returns the audit records in the order in which they were written.
    pub async fn audit_records(&self) -> Vec<AuditRecord> {
        let rows = outbox::Entity::find()
            .filter(outbox::Column::Topic.eq(AuditRecord::TOPIC))
            .order_by_asc(outbox::Column::Id)
            .all(self.db.read());
        let rows = rows.await.expect("the outbox").into_iter();
        rows.map(|row| {
            let payload = row.payload.expect("a record");
            AuditRecord::decode(payload.as_slice()).expect("an audit record")
        })
        .collect()
    }

    /// Returns how to open the same database again, as another process would.
    pub fn config(&self) -> &DbConfig {
        &self.config
    }

    /// Makes a context of background work that goes by `clock`.
    pub fn ctx_at(&self, clock: Arc<dyn Clock>) -> Ctx {
        Ctx::background(SERVICE, clock, Arc::new(SystemEntropy))
    }

    /// Makes a context of background work in real time.
    pub fn ctx(&self) -> Ctx {
        self.ctx_at(Arc::new(SystemClock))
    }

    /// Opens the same database again, as another process would.
    pub async fn reopen(&self, migrations: &[Migration]) -> Result<Db, crate::StoreError> {
        Db::open(&self.elsewhere(), SERVICE, migrations).await
    }

    /// Returns how another process opens the same database: with connections of its own.
    pub fn elsewhere(&self) -> DbConfig {
        let mut config = self.config.clone();
        if let DbConfig::Postgres(postgres) = &mut config {
            postgres.connections = crate::Connections::default();
        }
        config
    }

    async fn open(config: DbConfig, migrations: &[Migration], home: Home) -> Self {
        for migration in migrations {
            if let Some(words) = migration.unsaid() {
                panic!(
                    "migration {} takes away ({words}): say by Step::Contract which programs may still run",
                    migration.id
                );
            }
        }
        let db = Db::open(&config, SERVICE, migrations)
            .await
            .expect("a fresh database opens");
        Self {
            db,
            config,
            _home: home,
        }
    }
}

/// Shows that tables survive a full disk: what was acknowledged before it and after it is there when
/// they are opened again, and nothing else.
pub async fn survives_a_full_disk(migrations: &[Migration]) {
    let db = TestDb::sqlite(migrations).await;
    let ctx = db.ctx();
    let write = async |key: String, bytes: usize| {
        let tx = db.begin(&ctx).await?;
        let event = crate::outbox::Entry {
            topic: "test.changed",
            key,
            version: 1,
            payload: Some(vec![0; bytes]),
        };
        crate::outbox::put(&tx, &ctx, event).await?;
        Ok::<_, crate::StoreError>(tx)
    };
    let mut acknowledged = Vec::new();
    for round in 0..3 {
        for n in 0..4 {
            let key = format!("room-{round}-{n}");
            let tx = write(key.clone(), 1000).await.expect("there is room");
            // Some are given up, as calls that are refused do.
            if n == 1 {
                tx.rollback().await.expect("a transaction can be given up");
            } else {
                tx.commit().await.expect("there is room");
                acknowledged.push(key);
            }
        }
        db.fill(true).await;
        for n in 0..4 {
            let key = format!("full-{round}-{n}");
            match write(key.clone(), 100_000).await {
                Err(refused) => assert!(
                    matches!(refused, crate::StoreError::Full(_)),
                    "{refused:?} instead of a full disk"
                ),
                Ok(tx) => match tx.commit().await {
                    Ok(()) => acknowledged.push(key),
                    Err(refused) => assert!(matches!(refused, crate::StoreError::Full(_))),
                },
            }
        }
        db.fill(false).await;
    }
    db.close().await.expect("the tables close");
    let db = db.reopen(migrations).await.expect("the tables open again");
    let rows = crate::outbox::unpublished(db.read(), 1000, []).await;
    let stored: Vec<String> = rows.expect("rows").into_iter().map(|row| row.key).collect();
    assert_eq!(stored, acknowledged, "acknowledged is stored");
    db.close().await.expect("the tables close");
}

/// The service whose tables these are.
const SERVICE: &str = "test";

#[cfg(feature = "test-postgres")]
impl Drop for Home {
    fn drop(&mut self) {
        use sea_orm::ConnectionTrait as _;
        let Self::Schema { url, prefix } = self else {
            return;
        };
        let sessions = prefix.trim_end_matches('_');
        // A transaction that was given up and not yet rolled back would hold its locks until this
        // thread, which waits here, goes on: its connection is ended first.
        let (url, sql) = (
            url.clone(),
            format!(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                 WHERE application_name LIKE 'streamverse-{sessions}%';
                 DO $$ DECLARE name text; BEGIN
                   FOR name IN SELECT nspname FROM pg_namespace WHERE nspname LIKE '{prefix}%' LOOP
                     EXECUTE format('DROP SCHEMA %I CASCADE', name);
                   END LOOP;
                 END $$"
            ),
        );
        // A runtime of its own: dropping happens inside the test's.
        let dropped = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.expect("a runtime").block_on(async {
                let db = sea_orm::Database::connect(url).await?;
                db.execute_unprepared(&sql).await?;
                db.close().await
            })
        });
        let dropped = matches!(dropped.join(), Ok(Ok(())));
        assert!(
            dropped || std::thread::panicking(),
            "the test's schema could not be dropped"
        );
    }
}

//! Tables on SQLite and PostgreSQL, the same code for both.
//!
//! A service describes its tables once, opens its [`Db`] with them, reads through [`Db::read`] and
//! writes in transactions: [`Db::respond`] for a call, [`Db::write`] for everything else. Every query starts from the caller's tenant
//! ([`TenantTable`]). What others should hear goes into the [outbox] in the same transaction; the
//! [`Relay`] takes it to the bus. A [`Subscription`] puts the events of others into force, each once.
//!
//! ```
//! use sea_orm::{ActiveValue::Set, entity::prelude::*};
//! use sv_kernel::{Ctx, Tenant};
//! use sv_proto::content::ContentChanged;
//! use sv_store::{Db, Migration, Step, StoreError, TenantTable, Tx, outbox, sort_key, work};
//!
//! /// The tables of the service, in `store/migration.rs`.
//! const MIGRATIONS: &[Migration] = &[Migration {
//!     id: "0001_shows",
//!     steps: &[
//!         Step::Sql(
//!             "CREATE TABLE shows (
//!                 id {uuid} PRIMARY KEY, tenant TEXT NOT NULL, title TEXT NOT NULL,
//!                 sort_key {sort_key} NOT NULL, version BIGINT NOT NULL);
//!              CREATE INDEX shows_order ON shows (tenant, sort_key, id);",
//!         ),
//!         Step::Postgres("CREATE INDEX shows_title ON shows USING gin (title gin_trgm_ops);"),
//!     ],
//! }];
//!
//! /// One table, in `store/entity/show.rs`.
//! mod show {
//!     use sea_orm::entity::prelude::*;
//!
//!     #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
//!     #[sea_orm(table_name = "shows")]
//!     pub struct Model {
//!         #[sea_orm(primary_key, auto_increment = false)]
//!         pub id: Uuid,
//!         pub tenant: String,
//!         pub title: String,
//!         pub sort_key: String,
//!         pub version: i64,
//!     }
//!     #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
//!     pub enum Relation {}
//!     impl ActiveModelBehavior for ActiveModel {}
//!     impl sv_store::TenantTable for Entity {
//!         fn tenant() -> Column {
//!             Column::Tenant
//!         }
//!     }
//! }
//!
//! /// A repository function takes any connection; one that writes takes the transaction.
//! async fn insert(tx: &Tx, ctx: &Ctx, id: Uuid, title: &str) -> Result<(), StoreError> {
//!     let row = show::ActiveModel {
//!         id: Set(id),
//!         tenant: Set(ctx.tenant.to_string()),
//!         title: Set(title.to_owned()),
//!         sort_key: Set(sort_key(title)),
//!         version: Set(1),
//!     };
//!     row.insert(tx).await?;
//!     Ok(())
//! }
//!
//! async fn add(db: &Db, ctx: &Ctx, title: &str) -> Result<Uuid, StoreError> {
//!     let id = ctx.new_id::<show::Model>().uuid();
//!     let added = db.write(ctx, |tx| {
//!         work(async move {
//!             insert(tx, ctx, id, title).await?;
//!             let event = ContentChanged {
//!                 content_id: id.to_string(),
//!                 version: 1,
//!                 content: None,
//!             };
//!             outbox::append(tx, ctx, &event).await?;
//!             Ok(id)
//!         })
//!     });
//!     added.await
//! }
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! for db in sv_store::testing::TestDb::all(MIGRATIONS).await {
//!     let ctx = db.ctx();
//!     let id = add(&db, &ctx, "The Wire").await?;
//!     let mine = show::Entity::of(&ctx.tenant).filter(show::Column::Id.eq(id));
//!     assert_eq!(mine.one(db.read()).await?.unwrap().sort_key, "the wire");
//!     let theirs = show::Entity::of(&Tenant::parse("acme")?);
//!     assert!(theirs.one(db.read()).await?.is_none());
//! }
//! # Ok(())
//! # }
//! # tokio::runtime::Runtime::new().unwrap().block_on(run()).unwrap();
//! ```

pub mod audit;
mod common;
mod config;
mod consumer;
mod counters;
mod db;
mod error;
pub mod feed;
pub mod idempotency;
pub mod inbox;
pub mod jobs;
pub mod lease;
mod migrate;
mod migration;
pub mod outbox;
pub mod platform;
mod pool;
mod position;
pub mod presence;
mod read;
mod relay;
mod scope;
mod sort_key;
mod targets;
#[cfg(feature = "testing")]
pub mod testing;
#[cfg(test)]
#[expect(
    clippy::disallowed_methods,
    reason = "tests end and await what they spawn themselves"
)]
mod tests;
mod transaction;

pub use config::{DbConfig, DbConfigError};
pub use consumer::{Subscription, Told};
pub use counters::Counters;
pub use db::{Db, Tx, Work, seal_of, work};
pub use error::StoreError;
pub use migration::{Migration, MigrationError, Step};
pub use pool::{Connections, PostgresConfig, Usage};
pub use position::Position;
pub use read::Reader;
pub use relay::{Relay, RelayOptions};
pub use scope::TenantTable;
pub use sort_key::sort_key;
pub use sv_sqlite::{Mark, files_used_up, free_space};
pub use targets::{TargetLimits, Targets};

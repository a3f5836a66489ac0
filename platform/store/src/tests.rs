//! Every case runs on SQLite, and on PostgreSQL with the feature `test-postgres`.

mod audit;
mod consumer;
mod counters;
mod feed;
mod full;
mod idempotency;
mod jobs;
mod mark;
mod migration;
mod order;
mod platform;
#[cfg(feature = "test-postgres")]
mod pool;
#[cfg(feature = "test-postgres")]
mod presence;
mod refused;
mod relay;
mod targets;
#[cfg(feature = "test-postgres")]
mod tls;
mod transaction;
mod wakes;
mod work;

use crate::{Migration, Step, StoreError, Tx};

/// A table for tests.
const NOTES: &[Migration] = &[Migration {
    id: "0001_notes",
    steps: &[Step::Sql(
        "CREATE TABLE notes (id BIGINT PRIMARY KEY, tenant TEXT NOT NULL, body TEXT NOT NULL)",
    )],
}];

mod note {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "notes")]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub id: i64,
        pub tenant: String,
        pub body: String,
    }

    #[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    impl crate::TenantTable for Entity {
        fn tenant() -> Column {
            Column::Tenant
        }
    }
}

impl note::Entity {
    /// Lists the ids of all notes.
    async fn find_ids(db: &crate::Db) -> Vec<i64> {
        use sea_orm::{EntityTrait as _, QueryOrder as _, QuerySelect as _};
        let ids = Self::find().select_only().column(note::Column::Id);
        let ids = ids.order_by_asc(note::Column::Id).into_tuple();
        ids.all(db.read()).await.unwrap()
    }
}

async fn insert(tx: &Tx, id: i64, tenant: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO notes (id, tenant, body) VALUES ($1, $2, 'x')";
    tx.run(sql, [id.into(), tenant.into()]).await.map(drop)
}

//! The tables, for both databases.

use sv_store::{Migration, Step};

/// The tables, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    id: "0001_webhooks",
    steps: &[Step::Sql(
        "CREATE TABLE webhooks (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            url TEXT NOT NULL,
            description TEXT NOT NULL,
            event_types TEXT NOT NULL,
            status INTEGER NOT NULL,
            disabled_reason INTEGER NOT NULL,
            failing_since BIGINT,
            previous_secret_until BIGINT,
            version INTEGER NOT NULL,
            created_at BIGINT NOT NULL,
            updated_at BIGINT NOT NULL
        );
        CREATE INDEX webhooks_order ON webhooks (tenant, id);
        CREATE TABLE secrets (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            webhook_id {uuid} NOT NULL,
            sealed {bytes} NOT NULL,
            ends_at BIGINT
        );
        CREATE INDEX secrets_of ON secrets (tenant, webhook_id, id);
        CREATE TABLE deliveries (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            webhook_id {uuid} NOT NULL,
            event_type TEXT NOT NULL,
            body TEXT NOT NULL,
            status INTEGER NOT NULL,
            attempts INTEGER NOT NULL,
            due_at BIGINT NOT NULL,
            replay_of {uuid},
            replayed_by {uuid},
            created_at BIGINT NOT NULL,
            ended_at BIGINT
        );
        CREATE INDEX deliveries_order ON deliveries (tenant, webhook_id, id);
        CREATE INDEX deliveries_by_status ON deliveries (tenant, webhook_id, status, id);
        CREATE INDEX deliveries_next ON deliveries (tenant, webhook_id, status, due_at);
        CREATE INDEX deliveries_due ON deliveries (due_at) WHERE status = 1;
        CREATE INDEX deliveries_age ON deliveries (created_at);
        CREATE TABLE attempts (
            delivery_id {uuid} NOT NULL,
            number INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            at BIGINT NOT NULL,
            duration_millis INTEGER NOT NULL,
            response_status INTEGER NOT NULL,
            response_text TEXT NOT NULL,
            problem TEXT NOT NULL,
            PRIMARY KEY (delivery_id, number)
        );",
    )],
}];

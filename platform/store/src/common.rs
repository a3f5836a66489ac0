//! The tables that every service has besides its own.

use crate::{Migration, Step};

/// Outbox and its dead letters, inbox, leases, idempotency keys, the installation's mark, audit records,
/// budgets, the feed, jobs and work that waits; [`Db::open`](crate::Db::open) adds them.
pub(crate) const MIGRATIONS: &[Migration] = &[
    FIRST,
    Migration {
        id: "common_0002_outbox_dead_letters",
        steps: &[Step::Sql(
            "CREATE TABLE outbox_dead (
                event_id {uuid} PRIMARY KEY,
                topic TEXT NOT NULL,
                key TEXT NOT NULL,
                version BIGINT NOT NULL,
                tenant TEXT NOT NULL,
                traceparent TEXT,
                payload {bytes},
                created_at BIGINT NOT NULL,
                buried_at BIGINT NOT NULL,
                cause TEXT NOT NULL
            );",
        )],
    },
    // Which installation the tables belong to, which part of it they are, and what seals their
    // secrets; `sv_sqlite::Mark` reads it on SQLite.
    Migration {
        id: "common_0003_installation",
        steps: &[Step::Sql(
            "CREATE TABLE installation (part TEXT PRIMARY KEY, id TEXT NOT NULL);",
        )],
    },
    Migration {
        id: "common_0004_audit_records",
        steps: &[Step::Sql(
            "CREATE TABLE audit_records (
                id {uuid} PRIMARY KEY,
                at BIGINT NOT NULL,
                tenant TEXT NOT NULL,
                action TEXT NOT NULL,
                actor_kind TEXT NOT NULL,
                actor_id TEXT NOT NULL,
                session_id TEXT NOT NULL,
                subject_kind TEXT NOT NULL,
                subject_id TEXT NOT NULL,
                address TEXT NOT NULL,
                request_id TEXT NOT NULL,
                outcome TEXT NOT NULL,
                reason TEXT NOT NULL,
                times BIGINT NOT NULL,
                old_values TEXT NOT NULL,
                new_values TEXT NOT NULL
            );
            CREATE INDEX audit_records_at ON audit_records (at);",
        )],
    },
    Migration {
        id: "common_0005_counters_known_places",
        steps: &[
            Step::Sql(
                "CREATE TABLE counters (
                    key TEXT PRIMARY KEY,
                    value BIGINT NOT NULL,
                    ends_at BIGINT NOT NULL
                );
                CREATE INDEX counters_end ON counters (ends_at);",
            ),
            Step::Sql(
                "CREATE TABLE known_places (
                    target {bytes} NOT NULL,
                    place TEXT NOT NULL,
                    seen_at BIGINT NOT NULL,
                    PRIMARY KEY (target, place)
                );",
            ),
        ],
    },
    Migration {
        id: "common_0006_feed",
        steps: &[
            Step::Sql(
                "CREATE TABLE feed (
                    id {auto_id},
                    topic TEXT NOT NULL,
                    tenant TEXT NOT NULL,
                    key TEXT NOT NULL,
                    version BIGINT NOT NULL,
                    payload {bytes},
                    created_at BIGINT NOT NULL,
                    position BIGINT UNIQUE
                );
                CREATE INDEX feed_waiting ON feed (id) WHERE position IS NULL;
                CREATE INDEX feed_places ON feed (topic, tenant, position);
                CREATE INDEX feed_age ON feed (created_at);",
            ),
            Step::Sql(
                "CREATE TABLE feed_reach (
                    name TEXT PRIMARY KEY,
                    head BIGINT NOT NULL,
                    floor BIGINT NOT NULL
                );
                INSERT INTO feed_reach (name, head, floor) VALUES ('all', 0, 0);",
            ),
        ],
    },
    Migration {
        id: "common_0007_jobs_work",
        steps: &[
            Step::Sql(
                "CREATE TABLE clock_jobs (
                    name TEXT PRIMARY KEY,
                    period BIGINT NOT NULL,
                    token BIGINT NOT NULL,
                    holder TEXT NOT NULL,
                    leased_until BIGINT NOT NULL,
                    started_at BIGINT,
                    ended_at BIGINT,
                    succeeded_at BIGINT,
                    failed_at BIGINT,
                    error TEXT NOT NULL,
                    next_at BIGINT NOT NULL,
                    asked_at BIGINT,
                    runs BIGINT NOT NULL,
                    failures BIGINT NOT NULL,
                    interrupted BIGINT NOT NULL
                );",
            ),
            Step::Sql(
                "CREATE TABLE work_items (
                    id {uuid} PRIMARY KEY,
                    tenant TEXT NOT NULL,
                    kind TEXT NOT NULL,
                    key TEXT NOT NULL,
                    asked BIGINT NOT NULL,
                    priority BIGINT NOT NULL,
                    payload {bytes} NOT NULL,
                    attempts BIGINT NOT NULL,
                    due_at BIGINT NOT NULL,
                    token BIGINT NOT NULL,
                    holder TEXT NOT NULL,
                    leased_until BIGINT NOT NULL,
                    created_at BIGINT NOT NULL,
                    dead_at BIGINT,
                    cause TEXT NOT NULL,
                    UNIQUE (tenant, kind, key)
                );
                CREATE INDEX work_items_open ON work_items (kind, tenant, priority DESC, due_at, id)
                    WHERE dead_at IS NULL;
                CREATE INDEX work_items_due ON work_items (due_at) WHERE dead_at IS NULL;
                CREATE INDEX work_items_dead ON work_items (dead_at) WHERE dead_at IS NOT NULL;
                CREATE INDEX work_items_of ON work_items (tenant, id);
                CREATE TABLE work_turns (
                    kind TEXT NOT NULL,
                    tenant TEXT NOT NULL,
                    served BIGINT NOT NULL,
                    PRIMARY KEY (kind, tenant)
                );",
            ),
        ],
    },
];

const FIRST: Migration = Migration {
    id: "common_0001_outbox_inbox_lease_idempotency",
    steps: &[
        Step::Sql(
            "CREATE TABLE outbox (
                id {auto_id},
                event_id {uuid} NOT NULL UNIQUE,
                topic TEXT NOT NULL,
                key TEXT NOT NULL,
                version BIGINT NOT NULL,
                tenant TEXT NOT NULL,
                traceparent TEXT,
                payload {bytes},
                created_at BIGINT NOT NULL,
                published_at BIGINT
            );
            CREATE INDEX outbox_unpublished ON outbox (id) WHERE published_at IS NULL;
            CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;",
        ),
        Step::Sql(
            "CREATE TABLE inbox (
                consumer TEXT NOT NULL,
                event_id {uuid} NOT NULL,
                seen_at BIGINT NOT NULL,
                PRIMARY KEY (consumer, event_id)
            );
            CREATE INDEX inbox_seen ON inbox (seen_at);",
        ),
        Step::Sql(
            "CREATE TABLE lease (
                name TEXT PRIMARY KEY,
                token BIGINT NOT NULL,
                expires_at BIGINT NOT NULL
            );",
        ),
        Step::Sql(
            "CREATE TABLE idempotency (
                scope {bytes} PRIMARY KEY,
                tenant TEXT NOT NULL,
                request {bytes} NOT NULL,
                claim {uuid} NOT NULL,
                claimed_until BIGINT NOT NULL,
                response {bytes},
                expires_at BIGINT NOT NULL
            );
            CREATE INDEX idempotency_expires ON idempotency (expires_at);",
        ),
    ],
};

//! The tables of streaming: media of titles, playback sessions, keys of playback tokens.

mod entity;
pub(crate) mod keys;
pub(crate) mod media;
pub(crate) mod sessions;

use sv_store::{Migration, Step};

/// The tables, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_media_sessions_keys",
        steps: &[Step::Sql(
            "CREATE TABLE media (
            tenant TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            generation TEXT NOT NULL,
            is_current BOOLEAN NOT NULL,
            body {bytes} NOT NULL,
            progressive_size BIGINT NOT NULL,
            progressive_hash TEXT NOT NULL,
            poster_size BIGINT NOT NULL,
            poster_hash TEXT NOT NULL,
            published_at BIGINT NOT NULL,
            PRIMARY KEY (tenant, content_id, generation)
        );
        CREATE UNIQUE INDEX media_current ON media (tenant, content_id) WHERE is_current;
        CREATE TABLE play_sessions (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            user_id {uuid} NOT NULL,
            profile_id {uuid} NOT NULL,
            device TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            generation TEXT NOT NULL,
            started_at BIGINT NOT NULL,
            expires_at BIGINT NOT NULL,
            ended_at BIGINT
        );
        CREATE UNIQUE INDEX play_sessions_open
            ON play_sessions (tenant, profile_id, device, content_id) WHERE ended_at IS NULL;
        CREATE TABLE play_keys (
            kid TEXT PRIMARY KEY,
            secret {bytes} NOT NULL,
            created_at BIGINT NOT NULL
        );",
        )],
    },
    Migration {
        id: "0002_old_sessions",
        steps: &[Step::Sql(
            "CREATE INDEX play_sessions_end ON play_sessions (expires_at);",
        )],
    },
];

//! The tables of streaming: media of titles, playback sessions, keys of playback tokens.

pub(crate) mod accounts;
pub(crate) mod artwork;
pub(crate) mod captions;
mod entity;
pub(crate) mod imports;
pub(crate) mod keys;
pub(crate) mod media;
pub(crate) mod packagings;
pub(crate) mod progress;
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
    Migration {
        id: "0003_streams",
        steps: &[Step::Sql(
            "ALTER TABLE play_sessions ADD COLUMN title TEXT NOT NULL DEFAULT '';
            ALTER TABLE play_sessions ADD COLUMN profile_name TEXT NOT NULL DEFAULT '';
            ALTER TABLE play_sessions ADD COLUMN device_name TEXT NOT NULL DEFAULT '';
            ALTER TABLE play_sessions ADD COLUMN length_ms BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN beat_at BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN slot_until BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN position_ms BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN quality TEXT NOT NULL DEFAULT '';
            ALTER TABLE play_sessions ADD COLUMN buffer_ms BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN rate_milli INTEGER NOT NULL DEFAULT 1000;
            ALTER TABLE play_sessions ADD COLUMN end_reason INTEGER NOT NULL DEFAULT 0;
            UPDATE play_sessions SET beat_at = started_at, slot_until = started_at;
            CREATE INDEX play_sessions_running ON play_sessions (tenant, user_id)
                WHERE ended_at IS NULL;
            CREATE TABLE play_accounts (
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                max_streams INTEGER NOT NULL,
                PRIMARY KEY (tenant, user_id)
            );",
        )],
    },
    Migration {
        id: "0004_watch_progress",
        steps: &[Step::Sql(
            "ALTER TABLE play_sessions ADD COLUMN series_id {uuid};
            ALTER TABLE play_sessions ADD COLUMN season INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN episode INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN is_live BOOLEAN NOT NULL DEFAULT FALSE;
            ALTER TABLE play_sessions ADD COLUMN told_at BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE play_sessions ADD COLUMN told_ms BIGINT NOT NULL DEFAULT 0;
            CREATE TABLE watch_progress (
                tenant TEXT NOT NULL,
                profile_id {uuid} NOT NULL,
                content_id {uuid} NOT NULL,
                user_id {uuid} NOT NULL,
                series_id {uuid},
                season INTEGER NOT NULL,
                episode INTEGER NOT NULL,
                position_ms BIGINT NOT NULL,
                length_ms BIGINT NOT NULL,
                watched BOOLEAN NOT NULL,
                watched_at BIGINT NOT NULL,
                hidden_at BIGINT,
                PRIMARY KEY (tenant, profile_id, content_id)
            );
            CREATE INDEX watch_progress_latest
                ON watch_progress (tenant, profile_id, watched_at, content_id);",
        )],
    },
    Migration {
        id: "0005_logins",
        steps: &[Step::Sql(
            "ALTER TABLE play_sessions ADD COLUMN login_id {uuid};",
        )],
    },
    Migration {
        id: "0006_country",
        steps: &[Step::Sql(
            "ALTER TABLE play_sessions ADD COLUMN country TEXT NOT NULL DEFAULT '';",
        )],
    },
    Migration {
        id: "0007_credits",
        steps: &[Step::Sql(
            "ALTER TABLE play_sessions ADD COLUMN credits_ms BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE watch_progress ADD COLUMN credits_ms BIGINT NOT NULL DEFAULT 0;",
        )],
    },
    Migration {
        id: "0008_captions",
        steps: &[Step::Sql(
            "CREATE TABLE captions (
                tenant TEXT NOT NULL,
                content_id {uuid} NOT NULL,
                language TEXT NOT NULL,
                kind INTEGER NOT NULL,
                name TEXT NOT NULL,
                is_default BOOLEAN NOT NULL,
                hash TEXT NOT NULL,
                cues INTEGER NOT NULL,
                body TEXT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (tenant, content_id, language, kind)
            );",
        )],
    },
    Migration {
        id: "0009_artwork",
        steps: &[Step::Sql(
            "CREATE TABLE artwork (
                tenant TEXT NOT NULL,
                content_id {uuid} NOT NULL,
                role INTEGER NOT NULL,
                language TEXT NOT NULL,
                width INTEGER NOT NULL,
                height INTEGER NOT NULL,
                kind TEXT NOT NULL,
                size INTEGER NOT NULL,
                hash TEXT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (tenant, content_id, role, language, width)
            );",
        )],
    },
    Migration {
        id: "0010_imports",
        steps: &[Step::Sql(
            "CREATE TABLE imports (
                tenant TEXT NOT NULL,
                id {uuid} NOT NULL,
                content_id {uuid} NOT NULL,
                user_id {uuid} NOT NULL,
                file_name TEXT NOT NULL,
                metadata TEXT NOT NULL,
                size BIGINT NOT NULL,
                arrived BIGINT NOT NULL,
                stage INTEGER NOT NULL,
                milli INTEGER NOT NULL,
                quality TEXT NOT NULL,
                attempts INTEGER NOT NULL,
                problem TEXT NOT NULL,
                notes TEXT NOT NULL,
                held BOOLEAN NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                PRIMARY KEY (tenant, id)
            );
            CREATE INDEX imports_of_title ON imports (tenant, content_id, id);
            CREATE INDEX imports_held ON imports (expires_at) WHERE held;
            CREATE TABLE upload_parts (
                tenant TEXT NOT NULL,
                import_id {uuid} NOT NULL,
                start BIGINT NOT NULL,
                size BIGINT NOT NULL,
                blob TEXT NOT NULL,
                PRIMARY KEY (tenant, import_id, start)
            );
            CREATE TABLE upload_tenants (
                tenant TEXT PRIMARY KEY,
                begun BIGINT NOT NULL
            );",
        )],
    },
    Migration {
        id: "0011_platform",
        steps: &[Step::Sql(
            "ALTER TABLE play_sessions ADD COLUMN platform TEXT NOT NULL DEFAULT '';",
        )],
    },
    Migration {
        id: "0012_import_report",
        steps: &[Step::Sql(
            "ALTER TABLE imports ADD COLUMN report TEXT NOT NULL DEFAULT '';",
        )],
    },
    Migration {
        id: "0013_packagings",
        steps: &[Step::Sql(
            "CREATE TABLE packagings (
                prefix TEXT PRIMARY KEY,
                tenant TEXT NOT NULL,
                content_id {uuid} NOT NULL,
                generation TEXT NOT NULL,
                touched_at BIGINT NOT NULL,
                removing BOOLEAN NOT NULL
            );
            CREATE INDEX packagings_touched ON packagings (touched_at);",
        )],
    },
];

//! The shape of the tables.

use sv_store::{Migration, Step};

/// `by_…` are unique: the sort key, a separator below any letter, and the id, so that a page
/// starts behind a single value.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_content",
        steps: &[Step::Sql(
            "CREATE TABLE content (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            type INTEGER NOT NULL,
            status INTEGER NOT NULL,
            monetization INTEGER NOT NULL,
            maturity_rating TEXT NOT NULL,
            release_year INTEGER,
            by_title {sort_key} NOT NULL,
            by_release_date {sort_key} NOT NULL,
            by_score {sort_key} NOT NULL,
            by_create_time {sort_key} NOT NULL,
            version INTEGER NOT NULL,
            document {bytes}
        );
        CREATE INDEX content_by_title ON content (tenant, type, by_title);
        CREATE INDEX content_by_release_date ON content (tenant, type, by_release_date);
        CREATE INDEX content_by_score ON content (tenant, type, by_score);
        CREATE INDEX content_by_create_time ON content (tenant, type, by_create_time);
        CREATE TABLE content_genres (
            tenant TEXT NOT NULL,
            genre TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            PRIMARY KEY (tenant, genre, content_id)
        );
        CREATE INDEX content_genres_of ON content_genres (content_id);
        CREATE TABLE natural_keys (
            tenant TEXT NOT NULL,
            source TEXT NOT NULL,
            key TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            fingerprint {bytes} NOT NULL,
            PRIMARY KEY (tenant, source, key)
        );",
        )],
    },
    Migration {
        id: "0002_series",
        steps: &[Step::Sql(
            "ALTER TABLE content ADD COLUMN by_number {sort_key} NOT NULL DEFAULT '';
        ALTER TABLE content ADD COLUMN series_id {uuid};
        ALTER TABLE content ADD COLUMN season_number INTEGER;
        ALTER TABLE content ADD COLUMN episode_number INTEGER;
        CREATE INDEX content_by_number ON content (tenant, type, by_number);
        CREATE UNIQUE INDEX content_episode
            ON content (tenant, series_id, season_number, episode_number);",
        )],
    },
    Migration {
        id: "0003_videos",
        steps: &[Step::Sql(
            "ALTER TABLE content ADD COLUMN category TEXT NOT NULL DEFAULT '';
        ALTER TABLE content ADD COLUMN owner_id {uuid};
        CREATE INDEX content_by_category ON content (tenant, type, category);
        CREATE INDEX content_of_owner ON content (tenant, owner_id);
        CREATE TABLE content_tags (
            tenant TEXT NOT NULL,
            tag TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            PRIMARY KEY (tenant, tag, content_id)
        );
        CREATE INDEX content_tags_of ON content_tags (content_id);
        CREATE VIEW videos AS
            SELECT id, tenant, status, monetization, maturity_rating, release_year, category,
                owner_id, version
            FROM content WHERE type = 6;",
        )],
    },
    Migration {
        id: "0004_playlists",
        steps: &[Step::Sql(
            "CREATE TABLE playlists (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            status INTEGER NOT NULL,
            by_title {sort_key} NOT NULL,
            by_create_time {sort_key} NOT NULL,
            version INTEGER NOT NULL,
            document {bytes} NOT NULL
        );
        CREATE INDEX playlists_by_title ON playlists (tenant, by_title);
        CREATE INDEX playlists_by_create_time ON playlists (tenant, by_create_time);
        CREATE TABLE playlist_items (
            playlist_id {uuid} NOT NULL,
            position INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            PRIMARY KEY (playlist_id, position)
        );
        CREATE INDEX playlist_items_of ON playlist_items (content_id);",
        )],
    },
    Migration {
        id: "0005_availability",
        steps: &[Step::Sql(
            "ALTER TABLE content ADD COLUMN windowed BOOLEAN NOT NULL DEFAULT FALSE;
        ALTER TABLE content ADD COLUMN publish_at BIGINT;
        CREATE INDEX content_publish_at ON content (publish_at) WHERE publish_at IS NOT NULL;
        CREATE TABLE content_windows (
            content_id {uuid} NOT NULL,
            window_number INTEGER NOT NULL,
            country TEXT NOT NULL,
            tenant TEXT NOT NULL,
            starts_at BIGINT NOT NULL,
            ends_at BIGINT NOT NULL,
            PRIMARY KEY (content_id, window_number, country)
        );
        CREATE INDEX content_windows_open ON content_windows (tenant, country, ends_at);
        CREATE TABLE content_blocks (
            content_id {uuid} NOT NULL,
            country TEXT NOT NULL,
            tenant TEXT NOT NULL,
            PRIMARY KEY (content_id, country)
        );
        CREATE INDEX content_blocks_of ON content_blocks (tenant, country);",
        )],
    },
    Migration {
        id: "0006_people",
        steps: &[Step::Sql(
            "CREATE TABLE people (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            by_name {sort_key} NOT NULL,
            version INTEGER NOT NULL,
            document {bytes} NOT NULL
        );
        CREATE INDEX people_by_name ON people (tenant, by_name);
        CREATE TABLE content_people (
            person_id {uuid} NOT NULL,
            content_id {uuid} NOT NULL,
            role INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            PRIMARY KEY (person_id, content_id, role)
        );
        CREATE INDEX content_people_of ON content_people (content_id);",
        )],
    },
    Migration {
        id: "0007_genres",
        steps: &[Step::Sql(
            "ALTER TABLE content_genres ADD COLUMN name TEXT NOT NULL DEFAULT '';",
        )],
    },
    Migration {
        id: "0008_collections",
        steps: &[Step::Sql(
            "CREATE TABLE collections (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            status INTEGER NOT NULL,
            by_title {sort_key} NOT NULL,
            by_create_time {sort_key} NOT NULL,
            version INTEGER NOT NULL,
            document {bytes} NOT NULL
        );
        CREATE INDEX collections_by_title ON collections (tenant, by_title);
        CREATE TABLE collection_items (
            collection_id {uuid} NOT NULL,
            position INTEGER NOT NULL,
            tenant TEXT NOT NULL,
            content_id {uuid} NOT NULL,
            PRIMARY KEY (collection_id, position)
        );
        CREATE INDEX collection_items_of ON collection_items (content_id);",
        )],
    },
    Migration {
        id: "0009_plays",
        steps: &[
            Step::Sql(
                "CREATE TABLE play_marks (
                    content_id {uuid} NOT NULL,
                    user_id {uuid} NOT NULL,
                    day BIGINT NOT NULL,
                    tenant TEXT NOT NULL,
                    completed BOOLEAN NOT NULL,
                    PRIMARY KEY (content_id, user_id, day)
                );
                CREATE INDEX play_marks_day ON play_marks (day);
                CREATE TABLE play_hours (
                    content_id {uuid} NOT NULL,
                    hour BIGINT NOT NULL,
                    tenant TEXT NOT NULL,
                    plays BIGINT NOT NULL,
                    completions BIGINT NOT NULL,
                    PRIMARY KEY (content_id, hour)
                );
                CREATE INDEX play_hours_hour ON play_hours (hour);
                CREATE TABLE popularity (
                    content_id {uuid} PRIMARY KEY,
                    tenant TEXT NOT NULL,
                    plays_day BIGINT NOT NULL DEFAULT 0,
                    plays_week BIGINT NOT NULL DEFAULT 0,
                    plays_month BIGINT NOT NULL DEFAULT 0,
                    completed BIGINT NOT NULL DEFAULT 0,
                    trending BIGINT NOT NULL DEFAULT 0,
                    popularity BIGINT NOT NULL DEFAULT 0,
                    rating_version BIGINT NOT NULL DEFAULT 0,
                    rating_count BIGINT NOT NULL DEFAULT 0,
                    rating_average DOUBLE PRECISION NOT NULL DEFAULT 0
                );
                ALTER TABLE content ADD COLUMN by_trending {sort_key} NOT NULL DEFAULT '';
                ALTER TABLE content ADD COLUMN by_popularity {sort_key} NOT NULL DEFAULT '';",
            ),
            // As `store::plays::sort_number` writes it of 0.
            Step::Sqlite(
                "UPDATE content SET by_trending = '0000000000000000000' || char(1) || lower(hex(id));",
            ),
            Step::Postgres(
                "UPDATE content SET by_trending = '0000000000000000000' || chr(1) || replace(id::text, '-', '');",
            ),
            Step::Sql(
                "UPDATE content SET by_popularity = by_trending;
                CREATE INDEX content_by_trending ON content (tenant, type, by_trending);
                CREATE INDEX content_by_popularity ON content (tenant, type, by_popularity);",
            ),
        ],
    },
    Migration {
        id: "0010_external_ids",
        steps: &[Step::Sql(
            "CREATE TABLE external_ids (
                tenant TEXT NOT NULL,
                source TEXT NOT NULL,
                value TEXT NOT NULL,
                content_id {uuid} NOT NULL,
                PRIMARY KEY (tenant, source, value)
            );
            CREATE INDEX external_ids_of ON external_ids (content_id);",
        )],
    },
    // All bits: on every platform, as windows were before they named any.
    Migration {
        id: "0011_platforms",
        steps: &[Step::Sql(
            "ALTER TABLE content_windows ADD COLUMN platforms INTEGER NOT NULL DEFAULT -1;",
        )],
    },
];

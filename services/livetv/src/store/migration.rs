//! The shape of the tables.

use sv_store::{Migration, Step};

/// The service's tables, for [`Db::open`](sv_store::Db::open).
///
/// `by_…` are unique: the sort key, a separator below any letter, and the id, so that a page starts
/// behind a single value.
pub(crate) const MIGRATIONS: &[Migration] = &[CHANNELS, GUIDE, AIRING];

const CHANNELS: Migration = Migration {
    id: "0001_channels",
    steps: &[Step::Sql(
        "CREATE TABLE channels (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            status INTEGER NOT NULL,
            country TEXT NOT NULL,
            language {sort_key} NOT NULL,
            is_live BOOLEAN NOT NULL,
            maturity_rating TEXT NOT NULL,
            guide_id TEXT,
            by_number {sort_key} NOT NULL,
            by_name {sort_key} NOT NULL,
            version INTEGER NOT NULL,
            document {bytes} NOT NULL
        );
        CREATE INDEX channels_by_number ON channels (tenant, by_number);
        CREATE INDEX channels_by_name ON channels (tenant, by_name);
        CREATE UNIQUE INDEX channels_guide_id ON channels (tenant, guide_id);
        CREATE TABLE channel_genres (
            tenant TEXT NOT NULL,
            genre TEXT NOT NULL,
            channel_id {uuid} NOT NULL,
            PRIMARY KEY (tenant, genre, channel_id)
        );
        CREATE INDEX channel_genres_of ON channel_genres (channel_id);",
    )],
};

/// What runs at a moment is found by channel and beginning: no programme is longer than a day.
const GUIDE: Migration = Migration {
    id: "0002_guide",
    steps: &[Step::Sql(
        "ALTER TABLE channels ADD COLUMN guide_version BIGINT NOT NULL DEFAULT 0;
        CREATE TABLE programmes (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            channel_id {uuid} NOT NULL,
            start_at BIGINT NOT NULL,
            stop_at BIGINT NOT NULL,
            document {bytes} NOT NULL
        );
        CREATE UNIQUE INDEX programmes_start ON programmes (tenant, channel_id, start_at);",
    )],
};

/// `airing_due` says when what runs now and next is to be looked at again, 0 means at once; `airing` is what was
/// told of it last. `channels_gone` remembers the versions of channels that were deleted.
const AIRING: Migration = Migration {
    id: "0003_airing",
    steps: &[Step::Sql(
        "ALTER TABLE channels ADD COLUMN airing_version BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE channels ADD COLUMN airing_due BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE channels ADD COLUMN airing {bytes};
        CREATE INDEX channels_airing_due ON channels (airing_due);
        CREATE TABLE channels_gone (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            version INTEGER NOT NULL,
            airing_version BIGINT NOT NULL
        );",
    )],
};

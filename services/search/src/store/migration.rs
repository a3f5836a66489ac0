//! The tables, oldest migration first.

use sv_store::{Migration, Step};

/// The tables of search.
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    id: "0001_titles_terms_grams_progress",
    steps: &[
        Step::Sql(
            "CREATE TABLE titles (
                tenant TEXT NOT NULL,
                id {sort_key} NOT NULL,
                version BIGINT NOT NULL,
                live BOOLEAN NOT NULL,
                rank DOUBLE PRECISION NOT NULL,
                year BIGINT NOT NULL,
                payload {bytes} NOT NULL,
                PRIMARY KEY (tenant, id)
            );",
        ),
        Step::Sql(
            "CREATE TABLE terms (
                tenant TEXT NOT NULL,
                field TEXT NOT NULL,
                term {sort_key} NOT NULL,
                id {sort_key} NOT NULL,
                PRIMARY KEY (tenant, field, term, id)
            );
            CREATE INDEX terms_of_title ON terms (tenant, id);",
        ),
        Step::Sql(
            "CREATE TABLE grams (
                tenant TEXT NOT NULL,
                gram {sort_key} NOT NULL,
                term {sort_key} NOT NULL,
                PRIMARY KEY (tenant, gram, term)
            );",
        ),
        Step::Sql("CREATE TABLE progress (name TEXT PRIMARY KEY, indexed_at BIGINT NOT NULL);"),
    ],
}];

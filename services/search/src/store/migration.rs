//! The tables, oldest migration first.

use sv_store::{Migration, Step};

/// The tables of search.
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
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
    },
    // Words are made otherwise: the index of the new layout is built anew, and with it these tables.
    Migration {
        id: "0002_words_anew",
        steps: &[
            Step::Contract("0002_words_anew"),
            Step::Sql(
                "DELETE FROM titles;
            DELETE FROM terms;
            DELETE FROM grams;",
            ),
        ],
    },
    Migration {
        id: "0003_tuning_searched",
        steps: &[Step::Sql(
            "CREATE TABLE tuning (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                kind TEXT NOT NULL,
                line TEXT NOT NULL,
                document {bytes} NOT NULL
            );
            CREATE UNIQUE INDEX tuning_line ON tuning (tenant, kind, line);
            CREATE INDEX tuning_made ON tuning (tenant, kind, id);
            CREATE TABLE tuning_versions (tenant TEXT PRIMARY KEY, version BIGINT NOT NULL);
            CREATE TABLE searched (
                tenant TEXT NOT NULL,
                day BIGINT NOT NULL,
                query {sort_key} NOT NULL,
                searches BIGINT NOT NULL,
                misses BIGINT NOT NULL,
                last_at BIGINT NOT NULL,
                PRIMARY KEY (tenant, day, query)
            );
            CREATE INDEX searched_day ON searched (day);",
        )],
    },
];

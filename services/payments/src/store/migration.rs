use sv_store::{Migration, Step};

/// The tables of payments, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_payments_and_books",
        steps: &[
            Step::Sql(
                "CREATE TABLE payments (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                account_id {uuid} NOT NULL,
                amount_minor BIGINT NOT NULL,
                currency TEXT NOT NULL,
                method TEXT NOT NULL,
                reference TEXT NOT NULL,
                description TEXT NOT NULL,
                provider TEXT NOT NULL,
                provider_id TEXT NOT NULL,
                charge TEXT NOT NULL,
                cancel_asked_at BIGINT NOT NULL,
                status TEXT NOT NULL,
                version BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                tries INTEGER NOT NULL,
                look_at BIGINT
            );
            CREATE INDEX payments_newest ON payments (tenant, created_at, id);
            CREATE INDEX payments_account ON payments (tenant, account_id, created_at, id);
            CREATE INDEX payments_status ON payments (tenant, status, created_at, id);
            CREATE INDEX payments_due ON payments (look_at, id) WHERE look_at IS NOT NULL;
            CREATE TABLE transactions (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                payment_id {uuid} NOT NULL REFERENCES payments (id),
                number INTEGER NOT NULL,
                kind TEXT NOT NULL,
                key TEXT NOT NULL,
                amount_minor BIGINT NOT NULL,
                provider_id TEXT NOT NULL,
                status TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX transactions_payment ON transactions (payment_id, kind, key);",
            ),
            Step::Sql(
                "CREATE TABLE journal_entries (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                payment_id {uuid} NOT NULL REFERENCES payments (id),
                transaction_id {uuid} NOT NULL REFERENCES transactions (id),
                event TEXT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE INDEX journal_entries_payment ON journal_entries (payment_id, id);
            CREATE TABLE journal_lines (
                entry_id {uuid} NOT NULL REFERENCES journal_entries (id),
                tenant TEXT NOT NULL,
                number INTEGER NOT NULL,
                account TEXT NOT NULL,
                currency TEXT NOT NULL,
                amount_minor BIGINT NOT NULL,
                PRIMARY KEY (entry_id, number)
            );
            CREATE INDEX journal_lines_account ON journal_lines (tenant, currency, account);
            CREATE TABLE provider_events (
                provider TEXT NOT NULL,
                event_id TEXT NOT NULL,
                tenant TEXT NOT NULL,
                seen_at BIGINT NOT NULL,
                PRIMARY KEY (provider, event_id)
            );",
            ),
            // The books are appended to and never changed, whoever tries.
            Step::Sqlite(
                "CREATE TRIGGER journal_entries_kept BEFORE UPDATE ON journal_entries
            BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END;
            CREATE TRIGGER journal_entries_stay BEFORE DELETE ON journal_entries
            BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END;
            CREATE TRIGGER journal_lines_kept BEFORE UPDATE ON journal_lines
            BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END;
            CREATE TRIGGER journal_lines_stay BEFORE DELETE ON journal_lines
            BEGIN SELECT RAISE(ABORT, 'the books are never changed'); END;",
            ),
            Step::Postgres(
                "CREATE FUNCTION books_are_kept() RETURNS trigger LANGUAGE plpgsql AS
            'BEGIN RAISE EXCEPTION ''the books are never changed''; END';
            CREATE TRIGGER journal_entries_kept BEFORE UPDATE OR DELETE ON journal_entries
            FOR EACH ROW EXECUTE FUNCTION books_are_kept();
            CREATE TRIGGER journal_lines_kept BEFORE UPDATE OR DELETE ON journal_lines
            FOR EACH ROW EXECUTE FUNCTION books_are_kept();",
            ),
        ],
    },
    Migration {
        id: "0002_payers_and_balances",
        steps: &[Step::Sql(
            "ALTER TABLE payments ADD COLUMN off_session BOOLEAN NOT NULL DEFAULT FALSE;
        ALTER TABLE payments ADD COLUMN payer TEXT NOT NULL DEFAULT '';
        CREATE INDEX payments_named ON payments (provider, provider_id) WHERE provider_id <> '';
        CREATE TABLE payers (
            tenant TEXT NOT NULL,
            provider TEXT NOT NULL,
            account_id {uuid} NOT NULL,
            name TEXT NOT NULL,
            PRIMARY KEY (tenant, provider, account_id)
        );
        CREATE INDEX provider_events_age ON provider_events (seen_at);
        CREATE TABLE balances (
            tenant TEXT NOT NULL,
            currency TEXT NOT NULL,
            account TEXT NOT NULL,
            part INTEGER NOT NULL,
            amount_minor BIGINT NOT NULL,
            PRIMARY KEY (tenant, currency, account, part)
        );
        INSERT INTO balances (tenant, currency, account, part, amount_minor)
        SELECT tenant, currency, account, 0, CAST(SUM(amount_minor) AS BIGINT)
        FROM journal_lines GROUP BY tenant, currency, account;",
        )],
    },
];

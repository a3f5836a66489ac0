use sv_store::{Migration, Step};

/// The tables of auth, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_credentials_sessions_keys",
        steps: &[
            Step::Sql(
                "CREATE TABLE registrations (
                tenant TEXT NOT NULL,
                email_key TEXT NOT NULL,
                email TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                password_hash TEXT NOT NULL,
                roles TEXT NOT NULL,
                name TEXT NOT NULL,
                username TEXT NOT NULL,
                attempt {uuid} NOT NULL,
                attempt_until BIGINT NOT NULL,
                PRIMARY KEY (tenant, email_key)
            );
            CREATE TABLE credentials (
                user_id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                email TEXT NOT NULL,
                email_key TEXT NOT NULL,
                password_hash TEXT NOT NULL,
                roles TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX credentials_email ON credentials (tenant, email_key);",
            ),
            Step::Sql(
                "CREATE TABLE sessions (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL REFERENCES credentials (user_id),
                device_id TEXT,
                created_at BIGINT NOT NULL,
                refreshed_at BIGINT NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT
            );
            CREATE INDEX sessions_user ON sessions (user_id);
            CREATE INDEX sessions_expiry ON sessions (expires_at);
            CREATE TABLE refresh_tokens (
                sha256 {bytes} PRIMARY KEY,
                tenant TEXT NOT NULL,
                session_id {uuid} NOT NULL REFERENCES sessions (id) ON DELETE CASCADE,
                seq BIGINT NOT NULL,
                used_at BIGINT,
                idem_hash {bytes}
            );
            CREATE UNIQUE INDEX refresh_tokens_seq ON refresh_tokens (session_id, seq);",
            ),
            Step::Sql(
                "CREATE TABLE revocation_clock (id INTEGER PRIMARY KEY, version BIGINT NOT NULL);
            INSERT INTO revocation_clock (id, version) VALUES (1, 0);
            CREATE TABLE revocations (
                version BIGINT PRIMARY KEY,
                session_id {uuid} NOT NULL,
                expires_at BIGINT NOT NULL
            );
            CREATE INDEX revocations_expiry ON revocations (expires_at);",
            ),
            Step::Sql(
                "CREATE TABLE signing_keys (
                seq BIGINT PRIMARY KEY,
                kid TEXT NOT NULL,
                private_pem TEXT NOT NULL,
                signs_from BIGINT NOT NULL
            );
            CREATE TABLE secrets (name TEXT PRIMARY KEY, value {bytes} NOT NULL);",
            ),
        ],
    },
    Migration {
        id: "0002_tokens_until",
        steps: &[Step::Sql(
            "ALTER TABLE sessions ADD COLUMN tokens_until BIGINT;
            CREATE INDEX revocations_session ON revocations (session_id);",
        )],
    },
    Migration {
        id: "0003_password_schemes",
        steps: &[Step::Sql(
            "ALTER TABLE credentials ADD COLUMN password_scheme INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE registrations ADD COLUMN password_scheme INTEGER NOT NULL DEFAULT 1;",
        )],
    },
    Migration {
        id: "0004_bound_sessions",
        steps: &[Step::Sql(
            "ALTER TABLE sessions ADD COLUMN profile_id {uuid};
            ALTER TABLE sessions ADD COLUMN for_child BOOLEAN NOT NULL DEFAULT FALSE;",
        )],
    },
    Migration {
        id: "0005_tickets",
        steps: &[Step::Sql(
            "CREATE TABLE tickets (
                sha256 {bytes} PRIMARY KEY,
                path TEXT NOT NULL,
                sealed {bytes} NOT NULL,
                expires_at BIGINT NOT NULL
            );
            CREATE INDEX tickets_expiry ON tickets (expires_at);",
        )],
    },
    Migration {
        id: "0006_agents",
        steps: &[Step::Sql("ALTER TABLE sessions ADD COLUMN agent TEXT;")],
    },
    Migration {
        id: "0007_password_links",
        steps: &[Step::Sql(
            "CREATE TABLE password_links (
                sha256 {bytes} PRIMARY KEY,
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL REFERENCES credentials (user_id) ON DELETE CASCADE,
                expires_at BIGINT NOT NULL
            );
            CREATE INDEX password_links_user ON password_links (user_id);
            CREATE INDEX password_links_expiry ON password_links (expires_at);",
        )],
    },
];

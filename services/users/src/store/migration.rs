use sv_store::{Migration, Step};

/// The tables of users, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_users_and_profiles",
        steps: &[
            Step::Sql(
                "CREATE TABLE users (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                email TEXT NOT NULL,
                name TEXT NOT NULL,
                username TEXT,
                username_key TEXT,
                default_profile {uuid} NOT NULL,
                version BIGINT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX users_username ON users (tenant, username_key);
            CREATE INDEX users_email ON users (tenant, email);",
            ),
            Step::Sql(
                "CREATE TABLE profiles (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL REFERENCES users (id),
                name TEXT NOT NULL,
                name_key TEXT NOT NULL,
                avatar_url TEXT NOT NULL,
                is_kids BOOLEAN NOT NULL,
                language TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX profiles_name ON profiles (user_id, name_key);
            CREATE INDEX profiles_order ON profiles (user_id, created_at, id);",
            ),
        ],
    },
    Migration {
        id: "0002_pins",
        steps: &[Step::Sql(
            "ALTER TABLE profiles ADD COLUMN pin_tag {bytes};
            ALTER TABLE profiles ADD COLUMN pin_failures INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE profiles ADD COLUMN pin_locked_until BIGINT NOT NULL DEFAULT 0;
            UPDATE users SET default_profile = (
                SELECT p.id FROM profiles p WHERE p.user_id = users.id AND NOT p.is_kids
                ORDER BY p.created_at, p.id LIMIT 1)
            WHERE EXISTS (SELECT 1 FROM profiles p WHERE p.id = users.default_profile AND p.is_kids)
            AND EXISTS (SELECT 1 FROM profiles p WHERE p.user_id = users.id AND NOT p.is_kids);",
        )],
    },
    Migration {
        id: "0003_library_and_management",
        steps: &[
            Step::Sql(
                "ALTER TABLE users ADD COLUMN status INTEGER NOT NULL DEFAULT 1;
                ALTER TABLE users ADD COLUMN email_key {sort_key} NOT NULL DEFAULT '';
                ALTER TABLE users ADD COLUMN name_key {sort_key} NOT NULL DEFAULT '';
                UPDATE users SET email_key = lower(email), name_key = lower(name);
                CREATE INDEX users_by_email ON users (tenant, email_key, id);
                CREATE INDEX users_by_name ON users (tenant, name_key, id);
                CREATE INDEX users_by_time ON users (tenant, created_at, id);",
            ),
            Step::Sql(
                "CREATE TABLE watchlist (
                profile_id {uuid} NOT NULL,
                content_id {uuid} NOT NULL,
                tenant TEXT NOT NULL,
                added_at BIGINT NOT NULL,
                PRIMARY KEY (profile_id, content_id)
            );
            CREATE INDEX watchlist_order ON watchlist (profile_id, added_at, content_id);
            CREATE TABLE ratings (
                profile_id {uuid} NOT NULL,
                content_id {uuid} NOT NULL,
                tenant TEXT NOT NULL,
                stars INTEGER NOT NULL,
                review TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL,
                PRIMARY KEY (profile_id, content_id)
            );
            CREATE INDEX ratings_order ON ratings (profile_id, created_at, content_id);
            CREATE TABLE title_ratings (
                tenant TEXT NOT NULL,
                content_id {uuid} NOT NULL,
                ratings BIGINT NOT NULL,
                stars BIGINT NOT NULL,
                version BIGINT NOT NULL,
                PRIMARY KEY (tenant, content_id)
            );
            CREATE TABLE leavers (
                profile_id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL
            );",
            ),
        ],
    },
];

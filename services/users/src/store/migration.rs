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
];

use sv_store::{Migration, Step};

/// The tables of rights, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[
    Migration {
        id: "0001_plans_and_subscriptions",
        steps: &[
            Step::Sql(
                "CREATE TABLE plans (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                code TEXT NOT NULL,
                name TEXT NOT NULL,
                price_minor BIGINT NOT NULL,
                currency TEXT NOT NULL,
                max_streams INTEGER NOT NULL,
                features TEXT NOT NULL,
                on_sale BOOLEAN NOT NULL
            );
            CREATE UNIQUE INDEX plans_code ON plans (tenant, code);",
            ),
            Step::Sql(
                "CREATE TABLE subscriptions (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                plan_id {uuid} NOT NULL REFERENCES plans (id),
                status TEXT NOT NULL,
                start_at BIGINT NOT NULL,
                paid_periods INTEGER NOT NULL,
                period_end BIGINT NOT NULL,
                cancel_at_period_end BOOLEAN NOT NULL,
                version BIGINT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE INDEX subscriptions_user ON subscriptions (tenant, user_id, created_at, id);
            CREATE INDEX subscriptions_due ON subscriptions (period_end) WHERE status = 'active';
            CREATE UNIQUE INDEX subscriptions_open ON subscriptions (tenant, user_id)
                WHERE status IN ('pending', 'active');",
            ),
            Step::Sql(
                "CREATE TABLE payments (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                subscription_id {uuid} NOT NULL REFERENCES subscriptions (id),
                period INTEGER NOT NULL,
                amount_minor BIGINT NOT NULL,
                currency TEXT NOT NULL,
                method TEXT NOT NULL,
                status TEXT NOT NULL,
                provider_id TEXT NOT NULL,
                created_at BIGINT NOT NULL,
                updated_at BIGINT NOT NULL
            );
            CREATE INDEX payments_unsettled ON payments (updated_at)
                WHERE status IN ('intended', 'waiting');
            CREATE UNIQUE INDEX payments_period ON payments (subscription_id, period)
                WHERE status <> 'declined';",
            ),
            // What is on sale from the first start (PAY-2).
            Step::Postgres(PLANS_POSTGRES),
            Step::Sqlite(PLANS_SQLITE),
        ],
    },
    Migration {
        id: "0002_payments_are_voided_and_refunded",
        steps: &[
            // What the job could not do now waits until then, and keeps nobody else back.
            Step::Sql(
                "ALTER TABLE payments ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE payments ADD COLUMN look_at BIGINT NOT NULL DEFAULT 0;
            DROP INDEX payments_unsettled;
            CREATE INDEX payments_unsettled ON payments (look_at, id)
                WHERE status IN ('intended', 'waiting', 'voiding', 'refunding');
            DROP INDEX payments_period;
            CREATE UNIQUE INDEX payments_period ON payments (subscription_id, period)
                WHERE status IN ('intended', 'waiting', 'confirmed');",
            ),
            // A cancelled subscription that still runs bars no other.
            Step::Sql(
                "ALTER TABLE subscriptions ADD COLUMN method TEXT NOT NULL DEFAULT '';
            ALTER TABLE subscriptions ADD COLUMN look_at BIGINT NOT NULL DEFAULT 0;
            UPDATE subscriptions SET method = COALESCE(
                (SELECT p.method FROM payments p WHERE p.subscription_id = subscriptions.id
                    ORDER BY p.created_at DESC, p.id DESC LIMIT 1), '');
            DROP INDEX subscriptions_open;
            CREATE UNIQUE INDEX subscriptions_open ON subscriptions (tenant, user_id)
                WHERE status IN ('pending', 'active') AND NOT cancel_at_period_end;
            CREATE INDEX subscriptions_running ON subscriptions (tenant, user_id)
                WHERE status IN ('pending', 'active');",
            ),
        ],
    },
    Migration {
        id: "0003_plans_are_edited_and_rules",
        steps: &[Step::Sql(
            "ALTER TABLE plans ADD COLUMN max_quality INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE plans ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
            ALTER TABLE plans ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE plans ADD COLUMN updated_at BIGINT NOT NULL DEFAULT 0;
            CREATE INDEX subscriptions_plan ON subscriptions (plan_id);
            CREATE TABLE rules (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                scope TEXT NOT NULL,
                document {bytes} NOT NULL
            );
            CREATE UNIQUE INDEX rules_scope ON rules (tenant, scope);
            CREATE TABLE rule_plans (
                tenant TEXT NOT NULL,
                rule_id {uuid} NOT NULL,
                plan_id {uuid} NOT NULL,
                PRIMARY KEY (rule_id, plan_id)
            );
            CREATE INDEX rule_plans_plan ON rule_plans (plan_id);",
        )],
    },
    Migration {
        id: "0004_orders",
        steps: &[
            Step::Sql(
                "CREATE TABLE orders (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                content_id {uuid} NOT NULL,
                title TEXT NOT NULL,
                kind TEXT NOT NULL,
                hours INTEGER NOT NULL,
                price_minor BIGINT NOT NULL,
                currency TEXT NOT NULL,
                method TEXT NOT NULL,
                status TEXT NOT NULL,
                paid_at BIGINT NOT NULL,
                ends_at BIGINT NOT NULL,
                version BIGINT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE INDEX orders_user ON orders (tenant, user_id, id);
            CREATE UNIQUE INDEX orders_open ON orders (tenant, user_id, content_id, kind)
                WHERE status IN ('pending', 'paid');",
            ),
            // A payment is for a subscription or for an order: earlier programs cannot read one
            // that is for no subscription.
            Step::Contract("0004_orders"),
            Step::Postgres(
                "ALTER TABLE payments ALTER COLUMN subscription_id DROP NOT NULL;
            ALTER TABLE payments ADD COLUMN order_id UUID REFERENCES orders (id);",
            ),
            Step::Sqlite(PAYMENTS_REBUILT),
            Step::Sql(
                "CREATE UNIQUE INDEX payments_order ON payments (order_id)
                WHERE status IN ('intended', 'waiting', 'confirmed');",
            ),
        ],
    },
    Migration {
        id: "0005_gifts",
        steps: &[Step::Sql(
            "CREATE TABLE gifts (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                digest {bytes} NOT NULL,
                hint TEXT NOT NULL,
                note TEXT NOT NULL,
                plan_id {uuid} NOT NULL REFERENCES plans (id),
                months INTEGER NOT NULL,
                max_uses INTEGER NOT NULL,
                used INTEGER NOT NULL,
                expires_at BIGINT NOT NULL,
                revoked_at BIGINT NOT NULL,
                created_at BIGINT NOT NULL
            );
            CREATE UNIQUE INDEX gifts_digest ON gifts (tenant, digest);
            CREATE INDEX gifts_plan ON gifts (plan_id);
            CREATE TABLE gift_redemptions (
                gift_id {uuid} NOT NULL REFERENCES gifts (id),
                user_id {uuid} NOT NULL,
                tenant TEXT NOT NULL,
                subscription_id {uuid} NOT NULL,
                redeemed_at BIGINT NOT NULL,
                PRIMARY KEY (gift_id, user_id)
            );",
        )],
    },
    Migration {
        id: "0006_trials",
        steps: &[Step::Sql(
            "ALTER TABLE plans ADD COLUMN trial_days INTEGER NOT NULL DEFAULT 0;
            CREATE TABLE trials (
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                subscription_id {uuid} NOT NULL,
                begun_at BIGINT NOT NULL,
                PRIMARY KEY (tenant, user_id)
            );",
        )],
    },
    Migration {
        id: "0007_coupons_invoices_and_changes_of_plan",
        steps: &[
            Step::Sql(
                "CREATE TABLE coupons (
                id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                code TEXT NOT NULL,
                used INTEGER NOT NULL,
                document {bytes} NOT NULL
            );
            CREATE UNIQUE INDEX coupons_code ON coupons (tenant, code);
            CREATE TABLE coupon_plans (
                tenant TEXT NOT NULL,
                coupon_id {uuid} NOT NULL REFERENCES coupons (id),
                plan_id {uuid} NOT NULL,
                PRIMARY KEY (coupon_id, plan_id)
            );
            CREATE INDEX coupon_plans_plan ON coupon_plans (plan_id);
            CREATE TABLE coupon_redemptions (
                subscription_id {uuid} PRIMARY KEY,
                tenant TEXT NOT NULL,
                coupon_id {uuid} NOT NULL REFERENCES coupons (id),
                user_id {uuid} NOT NULL,
                redeemed_at BIGINT NOT NULL
            );
            CREATE INDEX coupon_redemptions_user ON coupon_redemptions (coupon_id, user_id);
            ALTER TABLE subscriptions ADD COLUMN periods_before INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE subscriptions ADD COLUMN next_plan_id {uuid};
            ALTER TABLE subscriptions ADD COLUMN next_plan_from INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE subscriptions ADD COLUMN coupon_id {uuid};
            ALTER TABLE subscriptions ADD COLUMN coupon_left INTEGER NOT NULL DEFAULT 0;
            CREATE INDEX subscriptions_next_plan ON subscriptions (next_plan_id) WHERE next_plan_id IS NOT NULL;
            CREATE INDEX subscriptions_coupon ON subscriptions (coupon_id) WHERE coupon_id IS NOT NULL;
            ALTER TABLE payments ADD COLUMN worth_minor BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE payments ADD COLUMN credit_change BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE payments ADD COLUMN by_coupon BOOLEAN NOT NULL DEFAULT FALSE;
            ALTER TABLE payments ADD COLUMN change_to {uuid};
            UPDATE payments SET worth_minor = amount_minor;",
            ),
            // What was asked for before has its invoice, too: one line, the price as it was charged.
            Step::Sql(
                "CREATE TABLE invoices (
                id {uuid} PRIMARY KEY REFERENCES payments (id),
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                lines TEXT NOT NULL
            );
            CREATE INDEX invoices_user ON invoices (tenant, user_id, id);
            INSERT INTO invoices (id, tenant, user_id, lines)
            SELECT p.id, p.tenant, s.user_id,
                '[[\"plan\",\"\",' || CAST(p.amount_minor AS TEXT) || ']]'
            FROM payments p JOIN subscriptions s ON s.id = p.subscription_id;
            INSERT INTO invoices (id, tenant, user_id, lines)
            SELECT p.id, p.tenant, o.user_id,
                '[[\"title\",\"\",' || CAST(p.amount_minor AS TEXT) || ']]'
            FROM payments p JOIN orders o ON o.id = p.order_id;
            CREATE TABLE credits (
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                currency TEXT NOT NULL,
                minor BIGINT NOT NULL CHECK (minor >= 0),
                PRIMARY KEY (tenant, user_id, currency)
            );",
            ),
        ],
    },
    Migration {
        id: "0008_renewals_are_tried_again",
        steps: &[Step::Sql(
            "ALTER TABLE subscriptions ADD COLUMN overdue_tries INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE subscriptions ADD COLUMN overdue_retry_at BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE subscriptions ADD COLUMN overdue_grace_end BIGINT NOT NULL DEFAULT 0;
            ALTER TABLE payments ADD COLUMN payer_present BOOLEAN NOT NULL DEFAULT FALSE;",
        )],
    },
    Migration {
        id: "0009_orders_know_the_series_of_their_title",
        steps: &[Step::Sql(
            "ALTER TABLE orders ADD COLUMN series_id {uuid};",
        )],
    },
    Migration {
        id: "0010_credit_may_be_owed",
        steps: &[
            Step::Postgres("ALTER TABLE credits DROP CONSTRAINT credits_minor_check;"),
            // SQLite does not take a check back.
            Step::Sqlite(
                "CREATE TABLE credits_anew (
                tenant TEXT NOT NULL,
                user_id BLOB NOT NULL,
                currency TEXT NOT NULL,
                minor BIGINT NOT NULL,
                PRIMARY KEY (tenant, user_id, currency)
            );
            INSERT INTO credits_anew (tenant, user_id, currency, minor)
            SELECT tenant, user_id, currency, minor FROM credits;
            DROP TABLE credits;
            ALTER TABLE credits_anew RENAME TO credits;",
            ),
            Step::Sql(
                "CREATE INDEX payments_change_to ON payments (change_to) WHERE change_to IS NOT NULL;",
            ),
        ],
    },
    Migration {
        id: "0011_accounts_buy_in_turns",
        steps: &[Step::Sql(
            "CREATE TABLE buyers (
                tenant TEXT NOT NULL,
                user_id {uuid} NOT NULL,
                turns BIGINT NOT NULL,
                PRIMARY KEY (tenant, user_id)
            );",
        )],
    },
];

/// SQLite does not take a `NOT NULL` back: the table is made anew.
const PAYMENTS_REBUILT: &str = "
CREATE TABLE payments_anew (
    id BLOB PRIMARY KEY,
    tenant TEXT NOT NULL,
    subscription_id BLOB REFERENCES subscriptions (id),
    period INTEGER NOT NULL,
    amount_minor BIGINT NOT NULL,
    currency TEXT NOT NULL,
    method TEXT NOT NULL,
    status TEXT NOT NULL,
    provider_id TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    look_at BIGINT NOT NULL DEFAULT 0,
    order_id BLOB REFERENCES orders (id)
);
INSERT INTO payments_anew (id, tenant, subscription_id, period, amount_minor, currency, method, status,
    provider_id, created_at, updated_at, tries, look_at)
SELECT id, tenant, subscription_id, period, amount_minor, currency, method, status,
    provider_id, created_at, updated_at, tries, look_at FROM payments;
DROP TABLE payments;
ALTER TABLE payments_anew RENAME TO payments;
CREATE INDEX payments_unsettled ON payments (look_at, id)
    WHERE status IN ('intended', 'waiting', 'voiding', 'refunding');
CREATE UNIQUE INDEX payments_period ON payments (subscription_id, period)
    WHERE status IN ('intended', 'waiting', 'confirmed');";

const PLANS_POSTGRES: &str = r#"
INSERT INTO plans (id, tenant, code, name, price_minor, currency, max_streams, features, on_sale) VALUES
('0192f000-0000-7000-8000-000000000001', 'default', 'basic', 'Basic', 799, 'EUR', 1, '["One stream at a time"]', TRUE),
('0192f000-0000-7000-8000-000000000002', 'default', 'standard', 'Standard', 1199, 'EUR', 2, '["Two streams at a time"]', TRUE),
('0192f000-0000-7000-8000-000000000003', 'default', 'premium', 'Premium', 1599, 'EUR', 4, '["Four streams at a time"]', TRUE);"#;

const PLANS_SQLITE: &str = r#"
INSERT INTO plans (id, tenant, code, name, price_minor, currency, max_streams, features, on_sale) VALUES
(x'0192f000000070008000000000000001', 'default', 'basic', 'Basic', 799, 'EUR', 1, '["One stream at a time"]', TRUE),
(x'0192f000000070008000000000000002', 'default', 'standard', 'Standard', 1199, 'EUR', 2, '["Two streams at a time"]', TRUE),
(x'0192f000000070008000000000000003', 'default', 'premium', 'Premium', 1599, 'EUR', 4, '["Four streams at a time"]', TRUE);"#;

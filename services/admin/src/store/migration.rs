use sv_store::{Migration, Step};

/// The tables of admin, for [`sv_store::Db::open`].
pub(crate) const MIGRATIONS: &[Migration] = &[Migration {
    id: "0001_audit",
    steps: &[Step::Sql(
        "CREATE TABLE audit (
            id {uuid} PRIMARY KEY,
            tenant TEXT NOT NULL,
            at BIGINT NOT NULL,
            action TEXT NOT NULL,
            actor_id TEXT NOT NULL,
            subject_kind TEXT NOT NULL,
            subject_id TEXT NOT NULL,
            outcome INTEGER NOT NULL,
            record {bytes} NOT NULL
        );
        CREATE INDEX audit_order ON audit (tenant, at, id);
        CREATE INDEX audit_actor ON audit (tenant, actor_id, at, id);
        CREATE INDEX audit_subject ON audit (tenant, subject_id, at, id);
        CREATE INDEX audit_action ON audit (tenant, action, at, id);
        CREATE INDEX audit_at ON audit (at);",
    )],
}];

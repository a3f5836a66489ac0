use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "registrations")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub email_key: String,
    pub email: String,
    pub user_id: Uuid,
    pub password_hash: String,
    /// How the hash is made.
    pub password_scheme: i32,
    pub roles: String,
    pub name: String,
    pub username: String,
    /// Who may finish it.
    pub attempt: Uuid,
    /// Until when others with another password keep away.
    pub attempt_until: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

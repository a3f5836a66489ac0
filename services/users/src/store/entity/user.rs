use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "users")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub email: String,
    pub name: String,
    pub username: Option<String>,
    /// The folded username, by which it is unique.
    pub username_key: Option<String>,
    pub default_profile: Uuid,
    pub status: i32,
    /// The folded address and name, by which accounts are found and ordered; empty where an older release
    /// has made the account while this one came.
    pub email_key: String,
    pub name_key: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

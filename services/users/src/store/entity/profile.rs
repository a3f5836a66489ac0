use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "profiles")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub user_id: Uuid,
    pub name: String,
    /// The folded name, by which it is unique within the account.
    pub name_key: String,
    pub avatar_url: String,
    pub is_kids: bool,
    pub language: String,
    /// The sealed PIN, where there is one.
    pub pin_tag: Option<Vec<u8>>,
    pub pin_failures: i32,
    pub pin_locked_until: i64,
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

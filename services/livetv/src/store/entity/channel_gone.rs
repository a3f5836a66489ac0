use sea_orm::entity::prelude::*;

/// A channel that was deleted.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channels_gone")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    /// The version of its deletion.
    pub version: i32,
    /// The version of the end of what it showed.
    pub airing_version: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

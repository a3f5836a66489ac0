use sea_orm::entity::prelude::*;

/// A window of a title in one country.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content_windows")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_id: Uuid,
    /// Counts the windows of the title.
    #[sea_orm(primary_key, auto_increment = false)]
    pub window_number: i32,
    /// Empty is everywhere.
    #[sea_orm(primary_key, auto_increment = false)]
    pub country: String,
    pub tenant: String,
    /// In microseconds, like the end.
    pub starts_at: i64,
    pub ends_at: i64,
    /// Bits of its platforms; all of them where it is on every one.
    pub platforms: i32,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

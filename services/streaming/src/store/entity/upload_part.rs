use sea_orm::entity::prelude::*;

/// Some bytes of an upload that have arrived, one after another: a blob.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "upload_parts")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    /// The first byte's place in the file.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start: i64,
    pub size: i64,
    pub blob: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

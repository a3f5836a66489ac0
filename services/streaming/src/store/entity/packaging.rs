use sea_orm::entity::prelude::*;

/// A folder of the blob store into which an import packages.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "packagings")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub prefix: String,
    /// Whose import was the last one that wanted it.
    pub tenant: String,
    pub content_id: Uuid,
    pub generation: String,
    /// When an import, or its publication, last wanted it.
    pub touched_at: i64,
    /// Whether it is being deleted: then nobody writes into it.
    pub removing: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

use sea_orm::entity::prelude::*;

/// Captions of a title in one language, of one kind.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "captions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub language: String,
    /// The number of the kind.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i32,
    pub name: String,
    pub is_default: bool,
    pub hash: String,
    pub cues: i32,
    /// The cues as a WebVTT file has them, without its head.
    pub body: String,
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

//! One packaging of a title.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "media")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub generation: String,
    pub is_current: bool,
    pub body: Vec<u8>,
    pub progressive_size: i64,
    pub progressive_hash: String,
    pub poster_size: i64,
    pub poster_hash: String,
    pub published_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

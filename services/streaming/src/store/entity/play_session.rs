//! One playback session.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "play_sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub user_id: Uuid,
    pub profile_id: Uuid,
    pub device: String,
    pub content_id: Uuid,
    pub generation: String,
    pub started_at: i64,
    pub expires_at: i64,
    pub ended_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

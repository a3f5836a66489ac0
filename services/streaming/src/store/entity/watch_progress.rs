//! How far one profile has come with one title.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "watch_progress")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub profile_id: Uuid,
    #[sea_orm(primary_key, auto_increment = false)]
    pub content_id: Uuid,
    pub user_id: Uuid,
    pub series_id: Option<Uuid>,
    pub season: i32,
    pub episode: i32,
    pub position_ms: i64,
    pub length_ms: i64,
    /// 0 where it is not known.
    pub credits_ms: i64,
    pub watched: bool,
    pub watched_at: i64,
    pub hidden_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

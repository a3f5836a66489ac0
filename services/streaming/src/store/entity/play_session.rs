//! One playback session.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
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
    pub title: String,
    pub profile_name: String,
    pub device_name: String,
    pub length_ms: i64,
    /// 0 where it is not known.
    pub credits_ms: i64,
    pub beat_at: i64,
    pub slot_until: i64,
    pub position_ms: i64,
    pub quality: String,
    pub buffer_ms: i64,
    pub rate_milli: i32,
    pub end_reason: i32,
    pub series_id: Option<Uuid>,
    pub season: i32,
    pub episode: i32,
    pub is_live: bool,
    pub told_at: i64,
    pub told_ms: i64,
    pub login_id: Option<Uuid>,
    /// Empty where it is not known.
    pub country: String,
    pub platform: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

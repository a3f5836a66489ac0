use sea_orm::entity::prelude::*;

/// A title. One that was deleted keeps its id and version, without a document and of no type.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "content")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    #[sea_orm(column_name = "type")]
    pub kind: i32,
    pub status: i32,
    pub monetization: i32,
    pub maturity_rating: String,
    pub release_year: Option<i32>,
    pub by_title: String,
    pub by_release_date: String,
    pub by_score: String,
    pub by_create_time: String,
    /// By what is watched now, which is counted beside the titles (`store/plays.rs`).
    pub by_trending: String,
    /// By what is liked, like that.
    pub by_popularity: String,
    pub by_number: String,
    /// Of an episode, like the two numbers.
    pub series_id: Option<Uuid>,
    pub season_number: Option<i32>,
    pub episode_number: Option<i32>,
    /// Of a video, like its owner; folded.
    pub category: String,
    pub owner_id: Option<Uuid>,
    /// Whether it is open in windows only.
    pub windowed: bool,
    /// When it becomes published by itself, in microseconds.
    pub publish_at: Option<i64>,
    pub version: i32,
    pub document: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

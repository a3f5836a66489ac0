use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "orders")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub user_id: Uuid,
    pub content_id: Uuid,
    /// The series of which the title is an episode.
    pub series_id: Option<Uuid>,
    /// The title's name when it was ordered.
    pub title: String,
    pub kind: String,
    /// How long a rental runs; 0 for a purchase.
    pub hours: i32,
    pub price_minor: i64,
    pub currency: String,
    /// The payer's means as the provider names it.
    pub method: String,
    pub status: String,
    /// 0 while it is not paid.
    pub paid_at: i64,
    /// Follows from the payment and the hours; kept for lists. 0 where there is no end.
    pub ends_at: i64,
    pub version: i64,
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

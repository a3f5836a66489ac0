use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "subscriptions")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub user_id: Uuid,
    pub plan_id: Uuid,
    pub status: String,
    pub start_at: i64,
    pub paid_periods: i32,
    /// Follows from start and paid periods; kept for the index.
    pub period_end: i64,
    pub cancel_at_period_end: bool,
    pub version: i64,
    pub created_at: i64,
    /// The payer's means for the next charge, as the provider names it.
    pub method: String,
    /// When the job looks at it next at the earliest.
    pub look_at: i64,
    pub periods_before: i32,
    pub next_plan_id: Option<Uuid>,
    /// The first period of the next plan; 0 where there is none.
    pub next_plan_from: i32,
    pub coupon_id: Option<Uuid>,
    /// How many charges the coupon still makes cheaper; negative is all.
    pub coupon_left: i32,
    /// How often a renewal was declined.
    pub overdue_tries: i32,
    /// When it is tried again; 0 where nothing is overdue.
    pub overdue_retry_at: i64,
    pub overdue_grace_end: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

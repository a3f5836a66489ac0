use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    /// What it pays for: either this…
    pub subscription_id: Option<Uuid>,
    /// …or this.
    pub order_id: Option<Uuid>,
    /// Which period it pays; 1 is the first.
    pub period: i32,
    pub amount_minor: i64,
    pub currency: String,
    /// The payer's means as the provider names it.
    pub method: String,
    pub status: String,
    /// The provider's name of it; empty until the provider has answered.
    pub provider_id: String,
    pub created_at: i64,
    pub updated_at: i64,
    /// How often the job has tried in vain.
    pub tries: i32,
    /// When the job looks at it next at the earliest.
    pub look_at: i64,
    pub worth_minor: i64,
    pub credit_change: i64,
    pub by_coupon: bool,
    /// The plan that begins with it, where it is for a change of plan at once.
    pub change_to: Option<Uuid>,
    /// Whether its payer has asked for it.
    pub payer_present: bool,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

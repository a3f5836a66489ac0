use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "payments")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub account_id: Uuid,
    pub amount_minor: i64,
    pub currency: String,
    /// The payer's means as the provider names it.
    pub method: String,
    pub reference: String,
    pub description: String,
    pub provider: String,
    pub provider_id: String,
    pub charge: String,
    /// 0 while it is wanted.
    pub cancel_asked_at: i64,
    /// Follows from the charge and the transactions; kept for lists.
    pub status: String,
    pub version: i64,
    pub created_at: i64,
    pub updated_at: i64,
    pub tries: i32,
    /// When the job looks at it next; none where nothing is to be done.
    pub look_at: Option<i64>,
    /// Whether it is charged without its payer.
    pub off_session: bool,
    /// The provider's name of the account; empty where it has none.
    pub payer: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

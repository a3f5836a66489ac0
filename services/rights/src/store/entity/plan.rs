use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "plans")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub code: String,
    pub name: String,
    pub price_minor: i64,
    pub currency: String,
    pub max_streams: i32,
    /// A JSON array of lines.
    pub features: String,
    pub on_sale: bool,
    /// The number in the protos.
    pub max_quality: i32,
    pub trial_days: i32,
    pub version: i32,
    /// 0 for plans of the first start.
    pub created_at: i64,
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

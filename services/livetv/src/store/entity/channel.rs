use sea_orm::entity::prelude::*;

/// A channel.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channels")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub status: i32,
    pub country: String,
    pub language: String,
    pub is_live: bool,
    pub maturity_rating: String,
    pub guide_id: Option<String>,
    pub by_number: String,
    pub by_name: String,
    pub version: i32,
    pub document: Vec<u8>,
    /// Grows with every change of its guide.
    pub guide_version: i64,
    /// Grows with every change of what it shows now and next.
    pub airing_version: i64,
    /// When that is to be looked at again, in microseconds since the epoch; 0 means at once.
    pub airing_due: i64,
    /// What was told of it last, an `AiringChanged` without version.
    pub airing: Option<Vec<u8>>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

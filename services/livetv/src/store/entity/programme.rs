use sea_orm::entity::prelude::*;

/// A programme of a channel. The document has neither id nor times.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "programmes")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub tenant: String,
    pub channel_id: Uuid,
    pub start_at: i64,
    pub stop_at: i64,
    pub document: Vec<u8>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

use sea_orm::entity::prelude::*;

/// A genre of a channel, folded.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "channel_genres")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub genre: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub channel_id: Uuid,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

use sea_orm::entity::prelude::*;

/// One file from its first byte until its title plays it.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "imports")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub tenant: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub content_id: Uuid,
    pub user_id: Uuid,
    pub file_name: String,
    pub metadata: String,
    pub size: i64,
    /// Bytes that have arrived.
    pub arrived: i64,
    /// The number of the stage.
    pub stage: i32,
    pub milli: i32,
    pub quality: String,
    pub attempts: i32,
    pub problem: String,
    /// By lines.
    pub notes: String,
    /// Whether its bytes are there, or may be.
    pub held: bool,
    /// What `problem` and `notes` say as codes with values, as JSON.
    pub report: String,
    pub created_at: i64,
    pub updated_at: i64,
    pub expires_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl sv_store::TenantTable for Entity {
    fn tenant() -> Column {
        Column::Tenant
    }
}

//! Accounts.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, ExprTrait as _, QueryFilter as _, Set,
    TryInsertResult,
    sea_query::{Expr, OnConflict},
};
use sv_kernel::{Ctx, Id, Tenant, Timestamp, User};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::user::{ActiveModel, Column, Entity, Model};
use crate::domain::{Account, Profile, fold};

/// Inserts an account; `false` if its id or its username is there already.
pub(crate) async fn insert(tx: &Tx, account: &Account) -> Result<bool, StoreError> {
    let row = ActiveModel {
        id: Set(account.id.uuid()),
        tenant: Set(account.tenant.to_string()),
        email: Set(account.email.clone()),
        name: Set(account.name.clone()),
        username: Set(account.username.clone()),
        username_key: Set(account.username.as_deref().map(fold)),
        default_profile: Set(account.default_profile.uuid()),
        version: Set(account.version),
        created_at: Set(account.created_at.micros()),
        updated_at: Set(account.created_at.micros()),
    };
    // A refused row would end the whole transaction on PostgreSQL; one that is left out does not.
    let result = Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    Ok(matches!(result, TryInsertResult::Inserted(1..)))
}

/// Finds an account.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    id: Id<User>,
) -> Result<Option<Account>, StoreError> {
    let row = Entity::of(&ctx.tenant)
        .filter(Column::Id.eq(id.uuid()))
        .one(db)
        .await?;
    row.map(Account::try_from).transpose()
}

/// Raises an account's version and returns it; until the transaction ends nobody else changes the
/// account or its profiles.
pub(crate) async fn lock(tx: &Tx, ctx: &Ctx, id: Id<User>) -> Result<Option<Account>, StoreError> {
    Entity::update_of(&ctx.tenant)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::val(ctx.now().micros()))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    find(tx, ctx, id).await
}

/// Makes a profile the default of its account.
pub(crate) async fn set_default(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<User>,
    profile: Id<Profile>,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .col_expr(Column::DefaultProfile, Expr::val(profile.uuid()))
        .filter(Column::Id.eq(id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

impl TryFrom<Model> for Account {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        let tenant = Tenant::parse(&row.tenant)
            .map_err(|_| StoreError::inconsistent("users", "tenant", row.id))?;
        Ok(Self {
            id: Id::from_uuid(row.id),
            tenant,
            email: row.email,
            name: row.name,
            username: row.username,
            default_profile: Id::from_uuid(row.default_profile),
            created_at: Timestamp::from_micros(row.created_at),
            version: row.version,
        })
    }
}

//! Addresses, password hashes and roles of accounts.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QuerySelect as _, Set,
    TryInsertResult,
    sea_query::{Expr, OnConflict},
};
use sv_kernel::{Ctx, Email, Id, Timestamp, User};
use sv_proto::options::Role;
use sv_store::{StoreError, TenantTable as _, Tx};

use super::{
    entity::credential::{ActiveModel, Column, Entity, Model},
    read_hash, read_roles, write_roles,
};
use crate::domain::{Credential, PasswordHash};

/// Inserts a credential; `false` if its address has one already.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    credential: &Credential,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let row = ActiveModel {
        user_id: Set(credential.user.uuid()),
        tenant: Set(ctx.tenant.to_string()),
        email: Set(credential.email.shown().to_owned()),
        email_key: Set(credential.email.key().to_owned()),
        password_hash: Set(credential.password_hash.text.clone()),
        password_scheme: Set(credential.password_hash.scheme as i32),
        roles: Set(write_roles(&credential.roles)),
        created_at: Set(now.micros()),
        updated_at: Set(now.micros()),
    };
    let result = Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    Ok(matches!(result, TryInsertResult::Inserted(1..)))
}

/// Finds the credential of an address.
pub(crate) async fn of_email(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    email: &Email,
) -> Result<Option<Credential>, StoreError> {
    let dns = email.dns_key();
    let query = Entity::of(&ctx.tenant).filter(Column::EmailKey.is_in([email.key(), &*dns]));
    let mut rows = query.all(db).await?;
    // Of two from before both spellings were one, the one that is written as today.
    rows.sort_by_key(|row| row.email_key != email.key());
    let row = rows.into_iter().next();
    row.map(Credential::try_from).transpose()
}

/// Finds the credential of an account.
pub(crate) async fn of_user(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Option<Credential>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::UserId.eq(user.uuid()));
    query.one(db).await?.map(Credential::try_from).transpose()
}

/// Finds the credential of an account, and keeps others from changing it until the transaction ends.
pub(crate) async fn lock(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
) -> Result<Option<Credential>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::UserId.eq(user.uuid()));
    let row = query.lock_exclusive().one(tx).await?;
    row.map(Credential::try_from).transpose()
}

/// Replaces a hash by another, unless it was replaced meanwhile; says whether it did.
pub(crate) async fn replace_hash(
    tx: &Tx,
    ctx: &Ctx,
    credential: &Credential,
    new: &PasswordHash,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let replaced = Entity::update_of(&ctx.tenant)
        .col_expr(Column::PasswordHash, Expr::val(&*new.text))
        .col_expr(Column::PasswordScheme, Expr::val(new.scheme as i32))
        .col_expr(Column::UpdatedAt, Expr::val(now.micros()))
        .filter(Column::UserId.eq(credential.user.uuid()))
        .filter(Column::PasswordHash.eq(&*credential.password_hash.text))
        .exec(tx)
        .await?;
    Ok(replaced.rows_affected == 1)
}

/// Sets the hash of an account that is locked.
pub(crate) async fn set_hash(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    new: &PasswordHash,
    now: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .col_expr(Column::PasswordHash, Expr::val(&*new.text))
        .col_expr(Column::PasswordScheme, Expr::val(new.scheme as i32))
        .col_expr(Column::UpdatedAt, Expr::val(now.micros()))
        .filter(Column::UserId.eq(user.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes the credential of an account; says whether there was one.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<bool, StoreError> {
    let row = Entity::delete_of(&ctx.tenant).filter(Column::UserId.eq(user.uuid()));
    Ok(row.exec(tx).await?.rows_affected > 0)
}

/// Sets the roles of an account.
pub(crate) async fn set_roles(
    tx: &Tx,
    ctx: &Ctx,
    user: Id<User>,
    roles: &[Role],
    now: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .col_expr(Column::Roles, Expr::val(write_roles(roles)))
        .col_expr(Column::UpdatedAt, Expr::val(now.micros()))
        .filter(Column::UserId.eq(user.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

impl TryFrom<Model> for Credential {
    type Error = StoreError;

    fn try_from(row: Model) -> Result<Self, StoreError> {
        Ok(Self {
            user: Id::from_uuid(row.user_id),
            roles: read_roles(&row.roles, "credentials", row.user_id.to_string())?,
            email: Email::stored(row.email, row.email_key),
            password_hash: read_hash(
                row.password_hash,
                row.password_scheme,
                "credentials",
                row.user_id,
            )?,
        })
    }
}

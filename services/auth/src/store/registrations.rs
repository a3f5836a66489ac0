//! What shall become accounts.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, Set, TryInsertResult,
    sea_query::{Expr, OnConflict},
};
use sv_kernel::{Ctx, Email, Id, Tenant, Timestamp, User};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::{
    entity::registration::{ActiveModel, Column, Entity, Model},
    read_hash, read_roles, write_roles,
};
use crate::domain::{Credential, Registration};

/// A registration, and until when its attempt keeps others away.
pub(crate) type Pending = (Registration, Timestamp);

/// Inserts a registration; `false` if its address has one already.
pub(crate) async fn insert(
    tx: &Tx,
    registration: &Registration,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let credential = &registration.credential;
    let row = ActiveModel {
        tenant: Set(registration.tenant.to_string()),
        email_key: Set(credential.email.key().to_owned()),
        email: Set(credential.email.shown().to_owned()),
        user_id: Set(credential.user.uuid()),
        password_hash: Set(credential.password_hash.text.clone()),
        password_scheme: Set(credential.password_hash.scheme as i32),
        roles: Set(write_roles(&credential.roles)),
        name: Set(registration.name.clone()),
        username: Set(registration.username.clone()),
        attempt: Set(registration.attempt),
        attempt_until: Set(until.micros()),
    };
    let result = Entity::insert(row)
        .on_conflict(OnConflict::new().do_nothing().to_owned())
        .try_insert()
        .exec_without_returning(tx)
        .await?;
    Ok(matches!(result, TryInsertResult::Inserted(1..)))
}

/// Finds the registration of an address.
pub(crate) async fn of_email(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    email: &Email,
) -> Result<Option<Pending>, StoreError> {
    let query = Entity::of(&ctx.tenant).filter(Column::EmailKey.eq(email.key()));
    query.one(db).await?.map(read).transpose()
}

/// Takes a registration over from the attempt `before`; `false` if somebody else was faster.
pub(crate) async fn take_over(
    tx: &Tx,
    before: Uuid,
    registration: &Registration,
    until: Timestamp,
) -> Result<bool, StoreError> {
    let credential = &registration.credential;
    let result = Entity::update_of(&registration.tenant)
        .col_expr(Column::Email, Expr::val(credential.email.shown()))
        .col_expr(
            Column::PasswordHash,
            Expr::val(&*credential.password_hash.text),
        )
        .col_expr(
            Column::PasswordScheme,
            Expr::val(credential.password_hash.scheme as i32),
        )
        .col_expr(Column::Roles, Expr::val(write_roles(&credential.roles)))
        .col_expr(Column::Name, Expr::val(&*registration.name))
        .col_expr(Column::Username, Expr::val(&*registration.username))
        .col_expr(Column::Attempt, Expr::val(registration.attempt))
        .col_expr(Column::AttemptUntil, Expr::val(until.micros()))
        .filter(Column::EmailKey.eq(credential.email.key()))
        .filter(Column::Attempt.eq(before))
        .exec(tx)
        .await?;
    Ok(result.rows_affected > 0)
}

/// Deletes a registration, unless another attempt has taken it over; says whether it did.
pub(crate) async fn delete(tx: &Tx, registration: &Registration) -> Result<bool, StoreError> {
    let result = Entity::delete_of(&registration.tenant)
        .filter(Column::EmailKey.eq(registration.credential.email.key()))
        .filter(Column::Attempt.eq(registration.attempt))
        .exec(tx)
        .await?;
    Ok(result.rows_affected > 0)
}

/// Deletes the registration of an account, whoever attempts it; says whether there was one.
pub(crate) async fn delete_of(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<bool, StoreError> {
    let row = Entity::delete_of(&ctx.tenant).filter(Column::UserId.eq(user.uuid()));
    Ok(row.exec(tx).await?.rows_affected > 0)
}

fn read(row: Model) -> Result<Pending, StoreError> {
    let tenant = Tenant::parse(&row.tenant).map_err(|_| {
        StoreError::inconsistent("registrations", "tenant", row.user_id.to_string())
    })?;
    let registration = Registration {
        tenant,
        credential: Credential {
            user: Id::from_uuid(row.user_id),
            roles: read_roles(&row.roles, "registrations", row.user_id.to_string())?,
            email: Email::stored(row.email, row.email_key),
            password_hash: read_hash(
                row.password_hash,
                row.password_scheme,
                "registrations",
                row.user_id,
            )?,
        },
        name: row.name,
        username: row.username,
        attempt: row.attempt,
    };
    Ok((registration, Timestamp::from_micros(row.attempt_until)))
}

//! Accounts.

use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, ExprTrait as _,
    PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    Select, Set, TryInsertResult, Value,
    sea_query::{Expr, LikeExpr, OnConflict},
};
use sv_kernel::{Ctx, Id, Page, PageRequest, Tenant, Timestamp, User};
use sv_proto::users::UserStatus;
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::user::{ActiveModel, Column, Entity, Model};
use crate::domain::{Account, Filter, Order, Profile, fold};

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
        status: Set(account.status.into()),
        email_key: Set(fold(&account.email)),
        name_key: Set(fold(&account.name)),
        version: Set(account.version),
        created_at: Set(account.created_at.micros()),
        updated_at: Set(account.updated_at.micros()),
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

/// Writes what can be changed about an account that was locked. A username that somebody else has is a
/// duplicate.
pub(crate) async fn update(tx: &Tx, ctx: &Ctx, account: &Account) -> Result<(), StoreError> {
    let username = account.username.as_deref();
    Entity::update_of(&ctx.tenant)
        .col_expr(Column::Name, Expr::val(&*account.name))
        .col_expr(Column::NameKey, Expr::val(fold(&account.name)))
        .col_expr(Column::EmailKey, Expr::val(fold(&account.email)))
        .col_expr(Column::Username, Expr::val(username))
        .col_expr(Column::UsernameKey, Expr::val(username.map(fold)))
        .col_expr(Column::Status, Expr::val(i32::from(account.status)))
        .filter(Column::Id.eq(account.id.uuid()))
        .exec(tx)
        .await?;
    Ok(())
}

/// Deletes an account that was locked and has no profiles any more.
pub(crate) async fn delete(tx: &Tx, ctx: &Ctx, id: Id<User>) -> Result<(), StoreError> {
    let row = Entity::delete_of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    row.exec(tx).await?;
    Ok(())
}

/// Lists a part of the accounts.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    filter: &Filter,
    order: Order,
    page: &PageRequest,
) -> Result<Page<Account>, StoreError> {
    let (by, direction) = match order {
        Order::Newest => (Column::CreatedAt, sea_orm::Order::Desc),
        Order::Oldest => (Column::CreatedAt, sea_orm::Order::Asc),
        Order::Email => (Column::EmailKey, sea_orm::Order::Asc),
        Order::Name => (Column::NameKey, sea_orm::Order::Asc),
    };
    let after = page.after.as_deref().map(|key| behind(order, by, key));
    let rows = filtered(ctx, filter)
        .apply_if(after.transpose()?, sea_orm::QueryFilter::filter)
        .order_by(by, direction.clone())
        .order_by(Column::Id, direction)
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1)
        .all(db)
        .await?;
    let page = Page::cut(rows, page.size, |row| key(order, row));
    let items: Result<_, _> = page.items.into_iter().map(Account::try_from).collect();
    Ok(Page {
        items: items?,
        next: page.next,
    })
}

/// Counts the accounts that a filter lets through.
pub(crate) async fn count(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    filter: &Filter,
) -> Result<u64, StoreError> {
    Ok(filtered(ctx, filter).count(db).await?)
}

fn filtered(ctx: &Ctx, filter: &Filter) -> Select<Entity> {
    let mut rows = Entity::of(&ctx.tenant);
    if !filter.statuses.is_empty() {
        rows = rows.filter(Column::Status.is_in(filter.statuses.iter().copied()));
    }
    if !filter.letters.is_empty() {
        let holds = || LikeExpr::new(pattern(&filter.letters)).escape('\\');
        let any = Condition::any()
            .add(Column::EmailKey.like(holds()))
            .add(Column::NameKey.like(holds()))
            .add(Column::UsernameKey.like(holds()));
        rows = rows.filter(any);
    }
    rows
}

/// Makes the pattern of texts that have these letters somewhere, whichever they are.
fn pattern(letters: &str) -> String {
    let mut pattern = String::from("%");
    for c in letters.chars() {
        if matches!(c, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(c);
    }
    pattern.push('%');
    pattern
}

/// Says where a page ends: the value that the list goes by, and the id.
fn key(order: Order, row: &Model) -> String {
    let by = match order {
        Order::Newest | Order::Oldest => row.created_at.to_string(),
        Order::Email => row.email_key.clone(),
        Order::Name => row.name_key.clone(),
    };
    format!("{} {by}", row.id)
}

/// Lets through what stands behind the end of a page.
fn behind(order: Order, by: Column, key: &str) -> Result<Condition, StoreError> {
    // Tokens are signed, so this is what we have written.
    let broken = || StoreError::inconsistent("users", "page", key.to_owned());
    let (id, value) = key.split_once(' ').ok_or_else(broken)?;
    let id: Uuid = id.parse().map_err(|_| broken())?;
    let value: Value = match order {
        Order::Newest | Order::Oldest => value.parse::<i64>().map_err(|_| broken())?.into(),
        Order::Email | Order::Name => value.into(),
    };
    let same = Condition::all().add(by.eq(value.clone()));
    Ok(match order {
        Order::Newest => Condition::any()
            .add(by.lt(value))
            .add(same.add(Column::Id.lt(id))),
        _ => Condition::any()
            .add(by.gt(value))
            .add(same.add(Column::Id.gt(id))),
    })
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
            status: UserStatus::try_from(row.status)
                .map_err(|_| StoreError::inconsistent("users", "status", row.id))?,
            created_at: Timestamp::from_micros(row.created_at),
            updated_at: Timestamp::from_micros(row.updated_at),
            version: row.version,
        })
    }
}

//! Where and when titles are open, in rows that lists are filtered by (X-CAT-5): the rule of
//! `sv_proto::titles::opening_of`.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait as _, Condition, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
    sea_query::{BinOper, ExprTrait as _, Query, SelectStatement},
};
use sv_kernel::{Ctx, Platform, Tenant, Timestamp, Whereabouts};
use sv_proto::{
    content::{Content, ContentStatus},
    convert::instant,
};
use sv_store::{StoreError, TenantTable as _, Tx};
use uuid::Uuid;

use super::entity::{
    content::{Column, Entity},
    content_block as block, content_window as window,
};

/// How many rows are written by one statement.
const PART: usize = 500;
/// The country of a window that is everywhere.
const EVERYWHERE: &str = "";
/// The platforms of a window that is on all of them, also on those that nobody knows.
const EACH_PLATFORM: i32 = -1;

/// Says whether a title is open in windows only.
pub(super) fn is_windowed(content: &Content) -> bool {
    let availability = content.availability.as_ref();
    availability.is_some_and(|availability| !availability.windows.is_empty())
}

/// Returns when a draft becomes published by itself, in microseconds.
pub(super) fn publish_at(content: &Content) -> Option<i64> {
    let at = content.publish_time.map(instant)?;
    (content.status() == ContentStatus::Draft).then(|| at.micros())
}

/// Writes the windows of a title.
pub(super) async fn add(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    content: &Content,
) -> Result<(), StoreError> {
    let Some(availability) = &content.availability else {
        return Ok(());
    };
    let mut rows = Vec::new();
    for (number, of) in (0_i32..).zip(&availability.windows) {
        let starts = of.start_time.map_or(Timestamp::MIN, instant).micros();
        let ends = of.end_time.map_or(Timestamp::MAX, instant).micros();
        let everywhere = of.countries.is_empty().then_some(EVERYWHERE);
        let countries = of.countries.iter().map(String::as_str).chain(everywhere);
        rows.extend(countries.map(|country| window::ActiveModel {
            content_id: Set(id),
            window_number: Set(number),
            country: Set(country.to_owned()),
            tenant: Set(tenant.as_str().to_owned()),
            starts_at: Set(starts),
            ends_at: Set(ends),
            platforms: Set(bits(&of.platforms)),
        }));
    }
    for part in rows.chunks(PART) {
        window::Entity::insert_many(part.to_vec()).exec(tx).await?;
    }
    let blocked = availability.blocked_countries.iter();
    let blocked: Vec<_> = blocked
        .map(|country| block::ActiveModel {
            content_id: Set(id),
            country: Set(country.clone()),
            tenant: Set(tenant.as_str().to_owned()),
        })
        .collect();
    if !blocked.is_empty() {
        block::Entity::insert_many(blocked).exec(tx).await?;
    }
    Ok(())
}

fn bits(platforms: &[i32]) -> i32 {
    if platforms.is_empty() {
        return EACH_PLATFORM;
    }
    let known = Platform::ALL.map(Platform::number);
    let named = known.into_iter().filter(|one| platforms.contains(one));
    named.fold(0, |bits, number| bits | bit(number))
}

/// The bit of a platform, by its number in messages.
const fn bit(platform: i32) -> i32 {
    1 << platform
}

/// Takes the windows of a title away.
pub(super) async fn drop(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    window::Entity::delete_of(tenant)
        .filter(window::Column::ContentId.eq(id))
        .exec(tx)
        .await?;
    block::Entity::delete_of(tenant)
        .filter(block::Column::ContentId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets through what is open somewhere at an instant, by its own windows; an episode's series has others.
pub(super) fn open_in(tenant: &Tenant, (of_caller, now): (Whereabouts, Timestamp)) -> Condition {
    let country = of_caller.country;
    let platforms = window::Column::Platforms;
    let on = match of_caller.platform {
        Some(platform) => platforms
            .into_expr()
            .binary(BinOper::BitAnd, bit(platform.number()))
            .ne(0),
        None => platforms.eq(EACH_PLATFORM),
    };
    let there: Vec<String> = std::iter::once(EVERYWHERE.to_owned())
        .chain(country.map(|country| country.to_string()))
        .collect();
    let open = of(
        tenant,
        window::Entity,
        window::Column::ContentId,
        window::Column::Tenant,
    )
    .and_where(window::Column::Country.is_in(there))
    .and_where(window::Column::StartsAt.lte(now.micros()))
    .and_where(window::Column::EndsAt.gt(now.micros()))
    .and_where(on)
    .take();
    let mut blocked = of(
        tenant,
        block::Entity,
        block::Column::ContentId,
        block::Column::Tenant,
    );
    if let Some(country) = country {
        blocked.and_where(block::Column::Country.eq(country.as_str()));
    }
    let in_window = Condition::any()
        .add(Column::Windowed.eq(false))
        .add(Column::Id.in_subquery(open));
    Condition::all()
        .add(in_window)
        .add(Column::Id.not_in_subquery(blocked))
}

/// Selects the titles of one tenant that have rows in a table.
fn of<E: sea_orm::EntityTrait>(
    tenant: &Tenant,
    table: E,
    content: E::Column,
    of: E::Column,
) -> SelectStatement {
    let mut rows = Query::select();
    rows.column(content)
        .from(table)
        .and_where(of.eq(tenant.as_str()));
    rows
}

/// Lists drafts of all tenants whose time to be published has come, the longest due first.
pub(crate) async fn due(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    limit: u64,
) -> Result<Vec<(Tenant, Uuid)>, StoreError> {
    let rows: Vec<(String, Uuid)> = Entity::find()
        .filter(Entity::due(ctx, |now| Column::PublishAt.lte(now.micros())))
        .order_by_asc(Column::PublishAt)
        .limit(limit)
        .select_only()
        .columns([Column::Tenant, Column::Id])
        .into_tuple()
        .all(db)
        .await?;
    let tenant = |(tenant, id): (String, Uuid)| {
        let known = Tenant::parse(&tenant);
        let known = known.map_err(|_| StoreError::inconsistent("content", "tenant", id))?;
        Ok((known, id))
    };
    rows.into_iter().map(tenant).collect()
}

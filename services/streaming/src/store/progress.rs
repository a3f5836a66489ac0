//! What profiles have watched, and where they left it.

use sea_orm::{ExprTrait as _, QueryOrder as _, QuerySelect as _, Select, entity::prelude::*};
use sv_kernel::{Ctx, Page, PageRequest, Tenant, Timestamp};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::{
    entity::watch_progress::{Column, Entity, Model},
    sessions::{millis, span},
};
use crate::domain::{Session, progress::Progress, stage::Place};

/// Takes over what follows from a session, unless something later is known. What was watched once stays
/// so; what was hidden shows again if the session began after that.
pub(crate) async fn fold(tx: &Tx, ctx: &Ctx, session: &Session) -> Result<(), StoreError> {
    let Some(progress) = Progress::of(session) else {
        return Ok(());
    };
    let sql =
        "INSERT INTO watch_progress (tenant, profile_id, content_id, user_id, series_id, season,
                   episode, position_ms, length_ms, watched, watched_at, credits_ms, hidden_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $13, NULL)
               ON CONFLICT (tenant, profile_id, content_id) DO UPDATE
               SET series_id = excluded.series_id, season = excluded.season,
                   episode = excluded.episode, position_ms = excluded.position_ms,
                   length_ms = excluded.length_ms, credits_ms = excluded.credits_ms,
                   watched = (watch_progress.watched OR excluded.watched),
                   watched_at = excluded.watched_at,
                   hidden_at = CASE WHEN watch_progress.hidden_at > $12
                       THEN watch_progress.hidden_at ELSE NULL END
               WHERE watch_progress.watched_at <= excluded.watched_at";
    let place = progress.place;
    let values = [
        ctx.tenant.as_str().into(),
        session.key.profile.into(),
        progress.content.into(),
        session.key.user.into(),
        place.map(|place| place.series).into(),
        place.map_or(0, |place| place.season).into(),
        place.map_or(0, |place| place.episode).into(),
        millis(progress.position).into(),
        millis(progress.length).into(),
        progress.watched.into(),
        progress.watched_at.micros().into(),
        session.started_at.micros().into(),
        millis(progress.credits.unwrap_or_default()).into(),
    ];
    tx.run(sql, values).await?;
    Ok(())
}

/// Returns how far a profile has come with some titles, in no order.
pub(crate) async fn of_titles(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    profile: Uuid,
    titles: &[Uuid],
) -> Result<Vec<Progress>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::ProfileId.eq(profile))
        .filter(Column::ContentId.is_in(titles.iter().copied()));
    Ok(rows.all(db).await?.iter().map(progress).collect())
}

/// Returns what a profile has played last, latest first.
pub(crate) async fn latest(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    profile: Uuid,
    most: u64,
) -> Result<Vec<Progress>, StoreError> {
    let rows = of_profile(tenant, profile).limit(most);
    Ok(rows.all(db).await?.iter().map(progress).collect())
}

/// Lists a part of what a profile has played, latest first.
pub(crate) async fn list(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    profile: Uuid,
    page: &PageRequest,
) -> Result<Page<Progress>, StoreError> {
    let mut rows = of_profile(tenant, profile);
    if let Some((at, content)) = page.after.as_deref().and_then(read_key) {
        let earlier = Column::WatchedAt.lt(at.micros());
        let behind = Column::WatchedAt
            .eq(at.micros())
            .and(Column::ContentId.gt(content));
        rows = rows.filter(earlier.or(behind));
    }
    let rows = rows
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1);
    let items = rows.all(db).await?.iter().map(progress).collect();
    Ok(Page::cut(items, page.size, |progress: &Progress| {
        key(progress.watched_at, progress.content)
    }))
}

/// Makes the key by which these lists are ordered.
pub(crate) fn key(at: Timestamp, content: Uuid) -> String {
    format!("{}:{content}", at.micros())
}

/// Reads such a key.
pub(crate) fn read_key(key: &str) -> Option<(Timestamp, Uuid)> {
    let (at, content) = key.split_once(':')?;
    Some((
        Timestamp::from_micros(at.parse().ok()?),
        content.parse().ok()?,
    ))
}

/// Deletes all that a profile has watched.
pub(crate) async fn delete_all(tx: &Tx, ctx: &Ctx, profile: Uuid) -> Result<(), StoreError> {
    let sql = "DELETE FROM watch_progress WHERE tenant = $1 AND profile_id = $2";
    tx.run(sql, [ctx.tenant.as_str().into(), profile.into()])
        .await
        .map(drop)
}

/// Hides a title, or the episodes of a series, from what a profile goes on with; says how many of them it
/// has played.
pub(crate) async fn hide(
    tx: &Tx,
    ctx: &Ctx,
    profile: Uuid,
    content: Uuid,
    series: Uuid,
) -> Result<u64, StoreError> {
    let title = Column::ContentId.eq(content);
    let hidden = Entity::update_of(&ctx.tenant)
        .filter(Column::ProfileId.eq(profile))
        .filter(title.or(Column::SeriesId.eq(series)))
        .col_expr(Column::HiddenAt, ctx.now().micros().into())
        .exec(tx)
        .await?;
    Ok(hidden.rows_affected)
}

/// Forgets a title, or everything.
pub(crate) async fn delete(
    tx: &Tx,
    ctx: &Ctx,
    profile: Uuid,
    content: Option<Uuid>,
) -> Result<(), StoreError> {
    let mut rows = Entity::delete_of(&ctx.tenant).filter(Column::ProfileId.eq(profile));
    if let Some(content) = content {
        rows = rows.filter(Column::ContentId.eq(content));
    }
    rows.exec(tx).await?;
    Ok(())
}

fn of_profile(tenant: &Tenant, profile: Uuid) -> Select<Entity> {
    Entity::of(tenant)
        .filter(Column::ProfileId.eq(profile))
        .order_by_desc(Column::WatchedAt)
        .order_by_asc(Column::ContentId)
}

fn progress(row: &Model) -> Progress {
    Progress {
        content: row.content_id,
        place: row.series_id.map(|series| Place {
            series,
            season: row.season,
            episode: row.episode,
        }),
        position: span(row.position_ms),
        length: span(row.length_ms),
        credits: Some(span(row.credits_ms)).filter(|credits| !credits.is_zero()),
        watched: row.watched,
        watched_at: Timestamp::from_micros(row.watched_at),
        hidden_at: row.hidden_at.map(Timestamp::from_micros),
    }
}

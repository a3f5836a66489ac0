//! Playback sessions: at most one open per profile, device and title (C8).

use std::time::Duration;

use sea_orm::{
    ActiveValue::Set, EntityTrait as _, ExprTrait as _, QueryOrder as _, QuerySelect as _, Select,
    UpdateMany, entity::prelude::*,
};
use sv_kernel::{Country, Ctx, Id, Page, PageRequest, Platform, Tenant, Timestamp, Whereabouts};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::entity::play_session::{ActiveModel, Column, Entity, Model};
use crate::domain::{
    End, PlaySession, Report, Session, SessionKey,
    session::{SILENCE, SLOT_AT_MOST},
    stage::Place,
};

/// The most open sessions of one account that are shown, or ended at once: far more than any plan has streams.
const MOST_OPEN: u64 = 200;
/// How many sessions are ended or forgotten in one transaction.
const PIECE: u64 = 500;

/// Returns the latest open sessions of an account's profile, whether they hold a stream or not, newest first.
pub(crate) async fn open_of(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    user: Uuid,
    profile: Uuid,
) -> Result<Vec<Session>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::UserId.eq(user))
        .filter(Column::ProfileId.eq(profile))
        .filter(Column::EndedAt.is_null())
        .order_by_desc(Column::Id)
        .limit(MOST_OPEN);
    Ok(rows.all(db).await?.into_iter().map(session).collect())
}

/// Returns the latest open sessions in which a profile has got somewhere in a title, on any device.
pub(crate) async fn begun_at(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    key: &SessionKey,
) -> Result<Vec<Session>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::UserId.eq(key.user))
        .filter(Column::ProfileId.eq(key.profile))
        .filter(Column::ContentId.eq(key.content))
        .filter(Column::EndedAt.is_null())
        .filter(Column::PositionMs.gt(0))
        .order_by_desc(Column::Id)
        .limit(MOST_OPEN);
    Ok(rows.all(db).await?.into_iter().map(session).collect())
}

/// Returns the open session of a key.
pub(crate) async fn open_at(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    key: &SessionKey,
) -> Result<Option<Session>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::ProfileId.eq(key.profile))
        .filter(Column::Device.eq(key.device.as_str()))
        .filter(Column::ContentId.eq(key.content))
        .filter(Column::UserId.eq(key.user))
        .filter(Column::EndedAt.is_null());
    Ok(row.one(db).await?.map(session))
}

/// Returns the sessions of an account that hold streams: no more than it may have.
pub(crate) async fn holding_of(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Uuid,
) -> Result<Vec<Session>, StoreError> {
    let rows = holding(ctx, user).order_by_desc(Column::Id);
    Ok(rows.all(db).await?.into_iter().map(session).collect())
}

/// Counts the sessions of an account that hold streams.
pub(crate) async fn count_holding(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Uuid,
) -> Result<u64, StoreError> {
    let row = holding(ctx, user)
        .select_only()
        .column_as(Column::Id.count(), "count")
        .into_tuple::<i64>();
    let count = row.one(db).await?.unwrap_or_default();
    Ok(u64::try_from(count).unwrap_or_default())
}

fn holding(ctx: &Ctx, user: Uuid) -> Select<Entity> {
    let now = ctx.now();
    Entity::of(&ctx.tenant)
        .filter(Column::UserId.eq(user))
        .filter(Column::EndedAt.is_null())
        .filter(Column::SlotUntil.gt(now.micros()))
        .filter(Column::SlotUntil.lte((now + SLOT_AT_MOST).micros()))
        .filter(Column::ExpiresAt.gt(now.micros()))
}

/// Lists a part of the sessions that hold streams, newest first; those of one profile where `profile`
/// says so.
pub(crate) async fn running_of(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
    user: Uuid,
    profile: Option<Uuid>,
    page: &PageRequest,
) -> Result<Page<Session>, StoreError> {
    let mut rows = holding(ctx, user);
    if let Some(profile) = profile {
        rows = rows.filter(Column::ProfileId.eq(profile));
    }
    if let Some(after) = page.after.as_deref().and_then(|id| id.parse().ok()) {
        rows = rows.filter(Column::Id.lt::<Uuid>(after));
    }
    let rows = rows
        .order_by_desc(Column::Id)
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1);
    let sessions = rows.all(db).await?.into_iter().map(session).collect();
    Ok(Page::cut(sessions, page.size, |session: &Session| {
        session.id.to_string()
    }))
}

/// Adds a session.
pub(crate) async fn insert(
    tx: &Tx,
    ctx: &Ctx,
    new: &Session,
    generation: &str,
) -> Result<(), StoreError> {
    let row = ActiveModel {
        id: Set(new.id.uuid()),
        tenant: Set(ctx.tenant.to_string()),
        user_id: Set(new.key.user),
        profile_id: Set(new.key.profile),
        device: Set(new.key.device.clone()),
        content_id: Set(new.key.content),
        generation: Set(generation.to_owned()),
        started_at: Set(new.started_at.micros()),
        expires_at: Set(new.expires_at.micros()),
        ended_at: Set(None),
        title: Set(new.title.clone()),
        profile_name: Set(new.profile_name.clone()),
        device_name: Set(new.device_name.clone()),
        length_ms: Set(millis(new.length)),
        credits_ms: Set(millis(new.credits.unwrap_or_default())),
        series_id: Set(new.place.map(|place| place.series)),
        season: Set(new.place.map_or(0, |place| place.season)),
        episode: Set(new.place.map_or(0, |place| place.episode)),
        is_live: Set(new.is_live),
        told_at: Set(new.told.0.micros()),
        told_ms: Set(millis(new.told.1)),
        beat_at: Set(new.beat_at.micros()),
        slot_until: Set(new.slot_until.micros()),
        position_ms: Set(millis(new.position)),
        quality: Set(new.quality.clone()),
        buffer_ms: Set(0),
        rate_milli: Set(1000),
        end_reason: Set(0),
        login_id: Set(new.login.map(Id::uuid)),
        country: Set(written(new.whereabouts.country)),
        platform: Set(written(new.whereabouts.platform)),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Sets what an open session plays, for which login and until when, and lets it hold a stream until
/// `slot_until`.
pub(crate) async fn extend(
    tx: &Tx,
    ctx: &Ctx,
    session: Id<PlaySession>,
    login: Id<sv_kernel::Session>,
    (generation, until): (&str, Timestamp),
    slot_until: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(session.uuid()))
        .col_expr(Column::LoginId, login.uuid().into())
        .col_expr(Column::Generation, generation.into())
        .col_expr(Column::ExpiresAt, until.micros().into())
        .col_expr(Column::BeatAt, ctx.now().micros().into())
        .col_expr(Column::SlotUntil, slot_until.micros().into())
        .col_expr(Column::Country, written(ctx.whereabouts.country).into())
        .col_expr(Column::Platform, written(ctx.whereabouts.platform).into())
        .exec(tx)
        .await?;
    Ok(())
}

fn written(known: Option<impl ToString>) -> String {
    known.map(|known| known.to_string()).unwrap_or_default()
}

/// Whose session it has to be: of the account and, where the login is bound to one, of the profile.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Owner {
    pub(crate) user: Uuid,
    pub(crate) profile: Option<Uuid>,
}

/// Takes a player's report of a session that holds a stream, and returns the session; `None` where there
/// is no such session, or it holds none. One write by the primary key: this is what ten thousand players
/// do every half minute.
pub(crate) async fn beat(
    tx: &Tx,
    ctx: &Ctx,
    owner: Owner,
    id: Id<PlaySession>,
    report: &Report,
    slot_until: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let now = ctx.now().micros();
    let beaten = reported(owned(ctx, owner, id), report, ctx.now(), slot_until)
        .filter(Column::EndedAt.is_null())
        .filter(Column::SlotUntil.gt(now))
        .filter(Column::SlotUntil.lte((ctx.now() + SLOT_AT_MOST).micros()))
        .filter(Column::ExpiresAt.gt(now));
    one(beaten, tx).await
}

/// Takes a report whatever stream the session holds, and lets it hold one.
pub(crate) async fn beat_again(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<PlaySession>,
    report: &Report,
    slot_until: Timestamp,
) -> Result<Option<Session>, StoreError> {
    let of = Entity::update_of(&ctx.tenant).filter(Column::Id.eq(id.uuid()));
    one(reported(of, report, ctx.now(), slot_until), tx).await
}

/// Notes that others have been told where a session stands.
pub(crate) async fn told(tx: &Tx, ctx: &Ctx, session: &Session) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(session.id.uuid()))
        .col_expr(Column::ToldAt, ctx.now().micros().into())
        .col_expr(Column::ToldMs, millis(session.position).into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Forgets where a profile's running playback of a title stands, or of everything; the next report says it
/// again.
pub(crate) async fn rewind(
    tx: &Tx,
    ctx: &Ctx,
    user: Uuid,
    profile: Uuid,
    content: Option<Uuid>,
) -> Result<(), StoreError> {
    let mut rows = Entity::update_of(&ctx.tenant)
        .filter(Column::UserId.eq(user))
        .filter(Column::EndedAt.is_null())
        .filter(Column::ProfileId.eq(profile));
    if let Some(content) = content {
        rows = rows.filter(Column::ContentId.eq(content));
    }
    rows.col_expr(Column::PositionMs, 0_i64.into())
        .col_expr(Column::ToldMs, 0_i64.into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Lets a session hold its stream for longer.
pub(crate) async fn hold(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<PlaySession>,
    slot_until: Timestamp,
) -> Result<(), StoreError> {
    Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::EndedAt.is_null())
        .filter(Column::SlotUntil.ne(slot_until.micros()))
        .col_expr(Column::SlotUntil, slot_until.micros().into())
        .exec(tx)
        .await?;
    Ok(())
}

/// Returns somebody's session.
pub(crate) async fn find(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    owner: Owner,
    id: Id<PlaySession>,
) -> Result<Option<Session>, StoreError> {
    let mut row = Entity::of(tenant)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::UserId.eq(owner.user));
    if let Some(profile) = owner.profile {
        row = row.filter(Column::ProfileId.eq(profile));
    }
    Ok(row.one(db).await?.map(session))
}

/// Returns an open session, whoever's it is; `None` where it has ended or is not known.
pub(crate) async fn running(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Id<PlaySession>,
) -> Result<Option<Session>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::EndedAt.is_null());
    Ok(row.one(db).await?.map(session))
}

/// Ends an open session and returns it as it is then; `None` where it had ended already.
pub(crate) async fn end(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<PlaySession>,
    why: End,
    position: Option<Duration>,
) -> Result<Option<Session>, StoreError> {
    let mut ending = Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::EndedAt.is_null())
        .col_expr(Column::EndedAt, ctx.now().micros().into())
        .col_expr(Column::EndReason, (why as i32).into());
    if let Some(position) = position {
        ending = ending
            .col_expr(Column::PositionMs, millis(position).into())
            .col_expr(Column::BeatAt, ctx.now().micros().into());
    }
    one(ending, tx).await
}

/// Finds some open sessions of any tenant that count as over.
pub(crate) async fn over(
    db: &impl ConnectionTrait,
    ctx: &Ctx,
) -> Result<Vec<(Tenant, Id<PlaySession>)>, StoreError> {
    let is_over = |now: Timestamp| {
        let silent = Column::SlotUntil.lte((now - SILENCE).micros());
        silent.or(Column::ExpiresAt.lte(now.micros()))
    };
    // Of all tenants: a job of ours asks, on behalf of nobody.
    let rows = Entity::find()
        .filter(Column::EndedAt.is_null())
        .filter(Entity::due(ctx, is_over))
        .limit(PIECE)
        .all(db)
        .await?;
    let place = |row: Model| {
        let tenant = Tenant::parse(&row.tenant)
            .map_err(|_| StoreError::inconsistent("play_sessions", "tenant", row.id.to_string()))?;
        Ok((tenant, Id::from_uuid(row.id)))
    };
    rows.into_iter().map(place).collect()
}

/// Deletes ended sessions of any tenant whose addresses ended before an instant, some at a time, and counts
/// them.
pub(crate) async fn forget(tx: &Tx, before: Timestamp) -> Result<u64, StoreError> {
    let sql = "DELETE FROM play_sessions WHERE id IN
               (SELECT id FROM play_sessions WHERE expires_at < $1 AND ended_at IS NOT NULL
                ORDER BY expires_at LIMIT 500)";
    tx.run(sql, [before.micros().into()]).await
}

fn owned(ctx: &Ctx, owner: Owner, id: Id<PlaySession>) -> UpdateMany<Entity> {
    let rows = Entity::update_of(&ctx.tenant)
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::UserId.eq(owner.user));
    match owner.profile {
        Some(profile) => rows.filter(Column::ProfileId.eq(profile)),
        None => rows,
    }
}

fn reported(
    rows: UpdateMany<Entity>,
    report: &Report,
    now: Timestamp,
    slot_until: Timestamp,
) -> UpdateMany<Entity> {
    let rows = rows
        .col_expr(Column::BeatAt, now.micros().into())
        .col_expr(Column::SlotUntil, slot_until.micros().into())
        .col_expr(Column::Quality, report.quality.as_str().into())
        .col_expr(Column::BufferMs, millis(report.buffer).into())
        .col_expr(Column::RateMilli, report.rate_milli.into());
    match report.position {
        Some(position) => rows.col_expr(Column::PositionMs, millis(position).into()),
        None => rows,
    }
}

async fn one(rows: UpdateMany<Entity>, tx: &Tx) -> Result<Option<Session>, StoreError> {
    let rows = rows.exec_with_returning(tx).await?;
    Ok(rows.into_iter().next().map(session))
}

fn session(row: Model) -> Session {
    let at = Timestamp::from_micros;
    Session {
        id: Id::from_uuid(row.id),
        key: SessionKey {
            user: row.user_id,
            profile: row.profile_id,
            device: row.device,
            content: row.content_id,
        },
        title: row.title,
        profile_name: row.profile_name,
        device_name: row.device_name,
        place: row.series_id.map(|series| Place {
            series,
            season: row.season,
            episode: row.episode,
        }),
        is_live: row.is_live,
        length: span(row.length_ms),
        credits: Some(span(row.credits_ms)).filter(|credits| !credits.is_zero()),
        started_at: at(row.started_at),
        expires_at: at(row.expires_at),
        ended: row
            .ended_at
            .map(|ended| (at(ended), End::stored(row.end_reason))),
        beat_at: at(row.beat_at),
        slot_until: at(row.slot_until),
        position: span(row.position_ms),
        quality: row.quality,
        buffer: span(row.buffer_ms),
        rate_milli: row.rate_milli,
        told: (at(row.told_at), span(row.told_ms)),
        login: row.login_id.map(Id::from_uuid),
        whereabouts: Whereabouts {
            country: Country::parse(&row.country).ok(),
            platform: Platform::parse(&row.platform).ok(),
        },
    }
}

/// Writes a span of time.
pub(crate) fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Reads a span of time.
pub(crate) fn span(millis: i64) -> Duration {
    Duration::from_millis(u64::try_from(millis).unwrap_or_default())
}

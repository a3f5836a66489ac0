//! Running playback: reports of players, its end, and what an account sees of it (PLAY-3, PLAY-5, X-ID-2).

use std::time::Duration;

use sv_kernel::{Ctx, Error, Id, PageAsk, Result, Timestamp, Viewer};
use sv_proto::{
    common::CommonReason,
    convert::page_error,
    streaming::{PlaybackEventType, StreamingReason},
};
use sv_store::{Tx, audit, work};

use super::{App, announce, device};
use crate::{
    domain::{End, PlaySession, Report, Session, session::SLOT},
    store::{
        accounts, progress,
        sessions::{self, Owner},
    },
};

/// What a player is told that has reported.
#[derive(Debug)]
pub(crate) enum Heard {
    /// Playback goes on, and its addresses last until then.
    GoOn(Timestamp),
    /// The player ends playback.
    Stop(End),
}

/// A part of the running streams.
#[derive(Debug)]
pub(crate) struct Running {
    pub(crate) items: Vec<Session>,
    pub(crate) next_page_token: String,
    /// What the device that asks is called in sessions.
    pub(crate) device: String,
}

impl App {
    /// Takes a player's report, and says what it does next.
    ///
    /// Fails with `PLAY_SESSION_NOT_FOUND`.
    pub(crate) async fn heartbeat(
        &self,
        ctx: &Ctx,
        id: Id<PlaySession>,
        report: &Report,
    ) -> Result<Heard> {
        let owner = owner(viewer(ctx)?);
        let taken = self.db.write(ctx, |tx| {
            work(async move { report_on(tx, ctx, owner, id, report).await })
        });
        let session = match taken.await? {
            Ok(session) => session,
            Err(why) => {
                self.watch.ended(id);
                return Ok(Heard::Stop(why));
            }
        };
        // C35: so a stop reaches the picture even where a cache hands out the stream.
        if self.watch.may_go_on(&ctx.tenant, &session).await {
            Ok(Heard::GoOn(session.expires_at))
        } else {
            Ok(Heard::Stop(End::AccessEnded))
        }
    }

    /// Ends playback because its player says so.
    ///
    /// Fails with `PLAY_SESSION_NOT_FOUND`.
    pub(crate) async fn complete(
        &self,
        ctx: &Ctx,
        id: Id<PlaySession>,
        position: Option<Duration>,
    ) -> Result<()> {
        let owner = owner(viewer(ctx)?);
        let ended = self.db.write(ctx, |tx| {
            work(async move {
                let found = sessions::find(tx, &ctx.tenant, owner, id).await?;
                found.ok_or(StreamingReason::PlaySessionNotFound)?;
                end(tx, ctx, id, End::Completed, position).await
            })
        });
        ended.await?;
        self.watch.ended(id);
        Ok(())
    }

    /// Stops playback on any device of the account.
    ///
    /// Fails with `PLAY_SESSION_NOT_FOUND`.
    pub(crate) async fn stop(&self, ctx: &Ctx, id: Id<PlaySession>) -> Result<()> {
        let owner = owner(viewer(ctx)?);
        let stopped = self.db.write(ctx, |tx| {
            work(async move {
                let found = sessions::find(tx, &ctx.tenant, owner, id).await?;
                let session = found.ok_or(StreamingReason::PlaySessionNotFound)?;
                if end(tx, ctx, id, End::Stopped, None).await?.is_some() {
                    audit::record(tx, ctx, stopped(&session)).await?;
                } else {
                    ctx.changes_nothing();
                }
                Ok::<_, Error>(())
            })
        });
        stopped.await?;
        self.watch.ended(id);
        Ok(())
    }

    /// Lists the account's running streams; a child sees those of its own profile.
    ///
    /// Fails as users does about profiles.
    pub(crate) async fn running(&self, ctx: &Ctx, ask: PageAsk<'_>) -> Result<Running> {
        let viewer = viewer(ctx)?;
        let for_child = self.audience.is_child(ctx).await?;
        let profile = ctx.profile.filter(|_| for_child);
        let user = viewer.user.uuid();
        let list = format!("{} streams {user} {profile:?}", ctx.tenant);
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let db = self.db.read();
        let page = sessions::running_of(db, ctx, user, profile, &page).await?;
        Ok(Running {
            next_page_token: self.pages.write(&list, page.next.as_deref()),
            items: page.items,
            device: device(ctx, viewer),
        })
    }

    /// Ends the sessions of all tenants that count as over, and counts them (PLAY-8).
    pub(crate) async fn end_over(&self, ctx: &Ctx) -> Result<u64> {
        let mut count = 0;
        loop {
            let over = sessions::over(self.db.read(), ctx).await?;
            if over.is_empty() {
                return Ok(count);
            }
            for (tenant, id) in over {
                let ctx = &ctx.for_tenant(tenant);
                let ended = self.db.write(ctx, |tx| {
                    work(async move { end(tx, ctx, id, End::Expired, None).await })
                });
                ended.await?;
                self.watch.ended(id);
                count += 1;
            }
        }
    }
}

/// Takes a report, and gives the session back, or why it is to stop.
async fn report_on(
    tx: &Tx,
    ctx: &Ctx,
    owner: Owner,
    id: Id<PlaySession>,
    report: &Report,
) -> Result<Result<Session, End>> {
    let beaten = sessions::beat(tx, ctx, owner, id, report, ctx.now() + SLOT).await?;
    let session = match beaten {
        Some(session) => session,
        None => match beat_again(tx, ctx, owner, id, report).await? {
            Ok(session) => session,
            Err(why) => return Ok(Err(why)),
        },
    };
    tell(tx, ctx, &session).await?;
    Ok(Ok(session))
}

/// Takes a report of a session that holds no stream: it gets one again if one is free, and ends
/// otherwise.
async fn beat_again(
    tx: &Tx,
    ctx: &Ctx,
    owner: Owner,
    id: Id<PlaySession>,
    report: &Report,
) -> Result<Result<Session, End>> {
    let limit = accounts::lock(tx, ctx, owner.user).await?;
    let found = sessions::find(tx, &ctx.tenant, owner, id).await?;
    let session = found.ok_or(StreamingReason::PlaySessionNotFound)?;
    if let Some((_, why)) = session.ended {
        return Ok(Err(why));
    }
    let why = if session.is_over(ctx.now()) {
        End::Expired
    } else if is_free(tx, ctx, &session, limit).await? {
        let beaten = sessions::beat_again(tx, ctx, id, report, ctx.now() + SLOT).await?;
        return Ok(Ok(beaten.unwrap_or(session)));
    } else {
        End::StreamLimit
    };
    end(tx, ctx, id, why, report.position).await?;
    Ok(Err(why))
}

/// Describes a stream that was stopped, for its audit record.
fn stopped(session: &Session) -> audit::Act {
    let values = serde_json::json!({
        "content": session.key.content,
        "profile": session.key.profile,
        "device": session.device_name,
    });
    audit::Act::on("play_session", session.id).changed(values, serde_json::Value::Null)
}

/// Returns who calls; the stack lets nobody else through.
pub(super) fn viewer(ctx: &Ctx) -> Result<&Viewer> {
    let viewer = ctx.actor.viewer().ok_or(CommonReason::Unauthenticated)?;
    Ok(viewer)
}

/// Says whose sessions a caller may touch: those of the account, and of a profile only where the login is
/// bound to it.
fn owner(viewer: &Viewer) -> Owner {
    Owner {
        user: viewer.user.uuid(),
        profile: viewer.profile.map(Id::uuid),
    }
}

/// Says whether an account that was locked has a stream for a session that holds none.
pub(super) async fn is_free(tx: &Tx, ctx: &Ctx, session: &Session, limit: u32) -> Result<bool> {
    let holding = sessions::holding_of(tx, ctx, session.key.user).await?;
    let taken = holding
        .iter()
        .filter(|other| other.id != session.id)
        .count();
    Ok(u32::try_from(taken).is_ok_and(|taken| taken < limit))
}

/// Ends an open session, with all that follows from its end; `None` where it had ended already.
pub(super) async fn end(
    tx: &Tx,
    ctx: &Ctx,
    id: Id<PlaySession>,
    why: End,
    position: Option<Duration>,
) -> Result<Option<Session>> {
    let ended = sessions::end(tx, ctx, id, why, position).await?;
    if let Some(session) = &ended {
        progress::fold(tx, ctx, session).await?;
        let happened = match why {
            End::Completed => PlaybackEventType::Completed,
            _ => PlaybackEventType::Stopped,
        };
        announce::playback(tx, ctx, session, happened).await?;
    }
    Ok(ended)
}

/// Takes over where a session stands into what its profile has watched, and tells others, now and then.
async fn tell(tx: &Tx, ctx: &Ctx, session: &Session) -> Result<()> {
    if session.is_to_be_told(ctx.now()) {
        progress::fold(tx, ctx, session).await?;
        announce::playback(tx, ctx, session, PlaybackEventType::Progress).await?;
        sessions::told(tx, ctx, session).await?;
    }
    Ok(())
}

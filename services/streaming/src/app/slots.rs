//! Who may start a stream: as many run at once as the account's plan allows (X-ID-2, PLAY-7).
//!
//! A start locks its account's row first, so that of any number at the same moment, in whatever process,
//! only as many succeed as there are streams.

use std::time::Duration;

use sv_kernel::{Ctx, Error, Id, Result, Timestamp};
use sv_proto::{
    convert::{detailed, timestamp},
    streaming::{self as pb, PlaybackEventType, StreamingReason},
};
use sv_store::{Tx, audit, work};
use uuid::Uuid;

use super::{App, announce, sessions::end};
use crate::{
    domain::{
        End, PlaySession, Session, SessionKey,
        session::{SLOT, make_room},
        stage::Place,
    },
    store,
};

/// The most running streams that a refusal lists: it travels in a header.
const LISTED: usize = 10;
/// The most characters of a title in it.
const TITLE: usize = 80;

/// What is to be played, by whom, and on how many screens at most.
#[derive(Debug)]
pub(crate) struct Wish<'w> {
    pub(crate) key: &'w SessionKey,
    pub(crate) login: Id<sv_kernel::Session>,
    /// Whether the device has a name of its own.
    pub(crate) named: bool,
    pub(crate) device_name: &'w str,
    pub(crate) profile_name: &'w str,
    /// Whether the profile is for children, who are not told what others watch.
    pub(crate) for_child: bool,
    pub(crate) title: &'w str,
    pub(crate) place: Option<Place>,
    pub(crate) is_live: bool,
    pub(crate) length: Duration,
    /// Where its credits begin, where that is known.
    pub(crate) credits: Option<Duration>,
    /// Where the profile left it.
    pub(crate) resume: Duration,
    pub(crate) generation: &'w str,
    pub(crate) until: Timestamp,
    pub(crate) max_streams: u32,
}

impl App {
    /// Returns the open session of a wish, or starts one, with a stream in either case.
    ///
    /// Fails with `STREAM_LIMIT`.
    pub(super) async fn take_stream(&self, ctx: &Ctx, wish: &Wish<'_>) -> Result<Id<PlaySession>> {
        let (session, replaced) = match self.try_to_take(ctx, wish).await {
            Err(full)
                if full.is(&StreamingReason::StreamLimit)
                    && self.end_signed_out(ctx, wish.key.user).await? =>
            {
                self.try_to_take(ctx, wish).await?
            }
            taken => taken?,
        };
        for session in replaced {
            self.watch.ended(session);
        }
        self.watch.allowed(session);
        Ok(session)
    }

    async fn try_to_take(&self, ctx: &Ctx, wish: &Wish<'_>) -> Result<Taken> {
        let taken = self
            .db
            .write(ctx, |tx| work(async move { take(tx, ctx, wish).await }));
        taken.await
    }

    /// Ends an account's sessions of logins that have ended, and says whether there were any. Asked only where
    /// no stream is left.
    async fn end_signed_out(&self, ctx: &Ctx, user: Uuid) -> Result<bool> {
        let mut any = false;
        for session in store::sessions::holding_of(self.db.read(), ctx, user).await? {
            let Some(login) = session.login else {
                continue;
            };
            if self.watch.has_signed_out(login).await {
                let ended = self.db.write(ctx, |tx| {
                    work(async move { end(tx, ctx, session.id, End::AccessEnded, None).await })
                });
                ended.await?;
                self.watch.ended(session.id);
                any = true;
            }
        }
        Ok(any)
    }
}

/// The session that has a stream, and those that were ended for it.
type Taken = (Id<PlaySession>, Vec<Id<PlaySession>>);

async fn take(tx: &Tx, ctx: &Ctx, wish: &Wish<'_>) -> Result<Taken> {
    let now = ctx.now();
    store::accounts::lock_with(tx, ctx, wish.key.user, wish.max_streams).await?;
    let mut mine = store::sessions::open_at(tx, &ctx.tenant, wish.key).await?;
    if let Some(over) = mine.take_if(|mine| mine.is_over(now)) {
        end(tx, ctx, over.id, End::Expired, None).await?;
    }
    let mut replaced = Vec::new();
    // The same screen, signed in anew, or another one that gives itself its name: only one of them goes on.
    let is_others = |mine: &mut Session| mine.login.is_some_and(|login| login != wish.login);
    if let Some(others) = mine.take_if(is_others) {
        end(tx, ctx, others.id, End::Replaced, None).await?;
        replaced.push(others.id);
    }
    if !mine.as_ref().is_some_and(|mine| mine.holds_stream(now)) {
        replaced.extend(clear(tx, ctx, wish).await?);
    }
    let session = if let Some(mine) = mine {
        let plays = (wish.generation, wish.until);
        store::sessions::extend(tx, ctx, mine.id, wish.login, plays, now + SLOT).await?;
        ctx.changes_nothing();
        mine.id
    } else {
        let new = session(ctx, wish);
        store::sessions::insert(tx, ctx, &new, wish.generation).await?;
        announce::playback(tx, ctx, &new, PlaybackEventType::Started).await?;
        audit::record(tx, ctx, started(&new)).await?;
        new.id
    };
    Ok((session, replaced))
}

/// Ends what has to end so that one more stream can start, and says what that was. Who they are is asked only where
/// there are too many.
async fn clear(tx: &Tx, ctx: &Ctx, wish: &Wish<'_>) -> Result<Vec<Id<PlaySession>>> {
    let user = wish.key.user;
    if store::sessions::count_holding(tx, ctx, user).await? < u64::from(wish.max_streams) {
        return Ok(Vec::new());
    }
    let open = store::sessions::holding_of(tx, ctx, user).await?;
    let limit = usize::try_from(wish.max_streams).unwrap_or(usize::MAX);
    let room = make_room(&open, limit, &wish.key.device, wish.named);
    let mut ended = Vec::new();
    for session in room.ok_or_else(|| refused(wish, &open))? {
        end(tx, ctx, session.id, End::Replaced, None).await?;
        ended.push(session.id);
    }
    Ok(ended)
}

fn session(ctx: &Ctx, wish: &Wish<'_>) -> Session {
    let now = ctx.now();
    Session {
        id: ctx.new_id(),
        key: wish.key.clone(),
        title: wish.title.to_owned(),
        profile_name: wish.profile_name.to_owned(),
        device_name: wish.device_name.to_owned(),
        place: wish.place,
        is_live: wish.is_live,
        length: wish.length,
        credits: wish.credits,
        started_at: now,
        expires_at: wish.until,
        ended: None,
        beat_at: now,
        slot_until: now + SLOT,
        position: wish.resume,
        quality: String::new(),
        buffer: Duration::ZERO,
        rate_milli: 1_000,
        told: (now, wish.resume),
        login: Some(wish.login),
        whereabouts: ctx.whereabouts,
    }
}

fn started(new: &Session) -> audit::Act {
    let values = serde_json::json!({
        "session": new.id.to_string(),
        "profile": new.key.profile,
        "device": new.key.device,
    });
    audit::Act::on("playback", new.key.content).changed(serde_json::Value::Null, values)
}

/// Refuses a start, with the streams that keep it from one.
fn refused(wish: &Wish<'_>, running: &[Session]) -> Error {
    let shown = |of: Uuid| !wish.for_child || of == wish.key.profile;
    let stream = |session: &Session| pb::ActiveStream {
        session_id: session.id.to_string(),
        device: session.device_name.clone(),
        title: if shown(session.key.profile) {
            session.title.chars().take(TITLE).collect()
        } else {
            String::new()
        },
        profile_name: session.profile_name.clone(),
        since: Some(timestamp(session.started_at)),
    };
    let mut newest: Vec<_> = running.iter().collect();
    newest.sort_by_key(|session| std::cmp::Reverse(session.id));
    let streams = pb::ActiveStreams {
        active_streams: newest.into_iter().take(LISTED).map(stream).collect(),
    };
    let refusal = Error::from(StreamingReason::StreamLimit).with("limit", wish.max_streams);
    detailed(refusal, &streams)
}

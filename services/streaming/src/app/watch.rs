//! Whether playback that was started may go on: its login has not ended, and rights would still allow
//! it. A request for bytes costs a look into memory; rights is asked again every 20 s while somebody
//! plays, once for all requests of a playback session.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;
use sv_kernel::{Clock, Ctx, Error, Id, Result, Tenant, Timestamp};
use sv_proto::{
    common::CommonReason,
    rights::{CheckAccessRequest, rights_service_client::RightsServiceClient},
    streaming::StreamingReason,
};
use sv_rpc::{Authenticator, Transport, call, error};
use sv_store::{Db, work};
use tonic::Code;

use super::sessions::{end, is_free};
use crate::{
    domain::{End, PlaySession, Session, session::SLOT},
    store,
    token::Grant,
};

/// How long an answer of rights holds. With the question itself an address ends within 30 s, and so does playback
/// whose player only reports.
const ANSWER_HOLDS: Duration = Duration::from_secs(20);
/// A session whose stream is held for less than this is held for longer when its bytes are asked for.
const HOLD_AGAIN: Duration = Duration::from_mins(1);
/// After how long rights is asked again that did not answer.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How long playback goes on that rights allowed and cannot be asked about now: viewers shall not sit
/// before a dark screen because a service restarts.
const GOES_ON: Duration = Duration::from_mins(5);
/// How long rights may take: well below what a heartbeat has, and what a player waits for a segment.
const TIMEOUT: Duration = Duration::from_secs(2);
/// The most playback sessions whose standing is remembered; of others rights is asked again.
const REMEMBERED: u64 = 100_000;

/// Watches over running playback. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Watch(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    rights: RightsServiceClient<Transport>,
    authenticator: Arc<Authenticator>,
    /// Real time.
    clock: Arc<dyn Clock>,
    /// The context of calls that no request makes.
    background: Ctx,
    known: Cache<Id<PlaySession>, Arc<Standing>>,
}

/// A playback session.
#[derive(Clone, Copy, Debug)]
struct Place<'p> {
    session: Id<PlaySession>,
    tenant: &'p Tenant,
}

/// What is known of a playback session.
#[derive(Debug, Default)]
struct Standing {
    state: Mutex<State>,
    /// Lets one question out at a time.
    gate: tokio::sync::Mutex<()>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    ended: bool,
    allowed_at: Option<Timestamp>,
    asked_at: Option<Timestamp>,
}

impl Watch {
    pub(crate) fn new(
        db: Db,
        rights: RightsServiceClient<Transport>,
        authenticator: Arc<Authenticator>,
        clock: Arc<dyn Clock>,
        background: Ctx,
    ) -> Self {
        Self(Arc::new(Inner {
            db,
            rights,
            authenticator,
            clock,
            background,
            known: Cache::new(REMEMBERED),
        }))
    }

    /// Notes that rights has just allowed a playback session.
    pub(crate) fn allowed(&self, session: Id<PlaySession>) {
        let now = self.0.clock.now();
        self.standing(session).set(State {
            ended: false,
            allowed_at: Some(now),
            asked_at: Some(now),
        });
    }

    /// Notes that a playback session has ended. Other processes learn it when they ask again.
    pub(crate) fn ended(&self, session: Id<PlaySession>) {
        let standing = self.standing(session);
        let before = standing.get();
        standing.set(State {
            ended: true,
            ..before
        });
    }

    /// Says whether a session whose player has just reported may go on. While rights cannot be asked, playback goes
    /// on.
    pub(crate) async fn may_go_on(&self, tenant: &Tenant, session: &Session) -> bool {
        let place = Place {
            session: session.id,
            tenant,
        };
        match self.verdict(place).await {
            Ok(()) => true,
            Err(refused) => !refused.is(&StreamingReason::PlayTokenExpired),
        }
    }

    /// Says whether a login has certainly ended.
    pub(crate) async fn has_signed_out(&self, login: Id<sv_kernel::Session>) -> bool {
        let live = self.0.authenticator.check_session(login).await;
        live.is_err_and(|refused| refused.is(&CommonReason::TokenRevoked))
    }

    /// Refuses with `PLAY_TOKEN_EXPIRED` where the login or the entitlement of a grant has ended, and
    /// with UNAVAILABLE while that cannot be known.
    pub(crate) async fn check(&self, grant: &Grant) -> Result<()> {
        let login = self.0.authenticator.check_session(grant.login).await;
        login.map_err(|refused| {
            if refused.is(&CommonReason::TokenRevoked) {
                StreamingReason::PlayTokenExpired.into()
            } else {
                refused
            }
        })?;
        let place = Place {
            session: grant.session,
            tenant: &grant.tenant,
        };
        self.verdict(place).await
    }

    /// Says whether playback may go on, by an answer that is at most [`ANSWER_HOLDS`] old.
    async fn verdict(&self, place: Place<'_>) -> Result<()> {
        let standing = self.standing(place.session);
        if let Some(verdict) = standing.get().verdict(self.0.clock.now()) {
            return verdict;
        }
        let _one_at_a_time = standing.gate.lock().await;
        if let Some(verdict) = standing.get().verdict(self.0.clock.now()) {
            return verdict;
        }
        let state = self.ask(place, standing.get()).await;
        // It may have been ended meanwhile.
        let state = State {
            ended: state.ended || standing.get().ended,
            ..state
        };
        standing.set(state);
        state
            .verdict(self.0.clock.now())
            .unwrap_or_else(|| Err(CommonReason::Unavailable.into()))
    }

    fn standing(&self, session: Id<PlaySession>) -> Arc<Standing> {
        self.0.known.get_with(session, Arc::default)
    }

    /// Asks whether playback may go on; a session that may not is ended for all processes.
    async fn ask(&self, place: Place<'_>, before: State) -> State {
        let now = self.0.clock.now();
        match self.ask_all(place).await {
            Ok(true) => State {
                ended: false,
                allowed_at: Some(now),
                asked_at: Some(now),
            },
            Ok(false) => State {
                ended: true,
                ..before
            },
            Err(cause) => {
                tracing::warn!(%cause, "running playback cannot be checked");
                State {
                    asked_at: Some(now),
                    ..before
                }
            }
        }
    }

    /// Asks the tables whether the session runs, rights whether it may, and keeps its stream for it.
    async fn ask_all(&self, place: Place<'_>) -> Result<bool> {
        let ctx = self.0.background.for_tenant(place.tenant.clone());
        let read = self.0.db.read();
        let running = store::sessions::running(read, place.tenant, place.session).await?;
        let Some(session) = running else {
            return Ok(false);
        };
        let ctx = Ctx {
            whereabouts: session.whereabouts,
            ..ctx
        };
        let Some(most_streams) = self.entitled(&ctx, &session).await? else {
            self.end(&ctx, &session, End::AccessEnded).await;
            return Ok(false);
        };
        if self.is_beyond(&ctx, &session, most_streams).await? {
            self.end(&ctx, &session, End::StreamLimit).await;
            return Ok(false);
        }
        self.hold(&ctx, &session).await
    }

    /// Says whether sessions that began before hold all streams that the account has by now: its plan may have been
    /// changed for one with fewer.
    async fn is_beyond(&self, ctx: &Ctx, session: &Session, most_streams: usize) -> Result<bool> {
        if most_streams == 0 || !session.holds_stream(ctx.now()) {
            return Ok(false);
        }
        let holding = store::sessions::holding_of(self.0.db.read(), ctx, session.key.user).await?;
        let before = holding.iter().filter(|other| other.id < session.id);
        Ok(before.count() >= most_streams)
    }

    /// Asks rights whether a session may go on, and how many streams its account has; 0 where no plan says so.
    async fn entitled(&self, ctx: &Ctx, session: &Session) -> Result<Option<usize>> {
        let request = CheckAccessRequest {
            user_id: session.key.user.to_string(),
            profile_id: session.key.profile.to_string(),
            content_ids: vec![session.key.content.to_string()],
        };
        let mut request = call(ctx, request);
        request.set_timeout(TIMEOUT);
        match self.0.rights.clone().check_access(request).await {
            Ok(answer) => {
                let decisions = answer.into_inner().decisions;
                let allowed = decisions.first().filter(|decision| decision.allowed);
                Ok(allowed.map(|allowed| usize::try_from(allowed.max_streams).unwrap_or(0)))
            }
            // The account or the profile is gone.
            Err(refused) if refused.code() == Code::NotFound => Ok(None),
            Err(failed) => Err(error(failed)),
        }
    }

    /// Lets a session whose bytes are asked for hold its stream; one that had lost it gets one if one is
    /// free, and ends otherwise: who plays without reporting shall not play beyond the limit.
    async fn hold(&self, ctx: &Ctx, session: &Session) -> Result<bool> {
        let now = ctx.now();
        if session.slot_until > now + HOLD_AGAIN && session.holds_stream(now) {
            return Ok(true);
        }
        let held = self.0.db.write(ctx, |tx| {
            work(async move {
                let free = session.holds_stream(now) || {
                    let limit = store::accounts::lock(tx, ctx, session.key.user).await?;
                    is_free(tx, ctx, session, limit).await?
                };
                if free {
                    store::sessions::hold(tx, ctx, session.id, now + SLOT).await?;
                } else {
                    end(tx, ctx, session.id, End::StreamLimit, None).await?;
                }
                Ok::<_, Error>(free)
            })
        });
        held.await
    }

    /// Ends a session for all processes.
    async fn end(&self, ctx: &Ctx, session: &Session, why: End) {
        let ended = self.0.db.write(ctx, |tx| {
            work(async move { end(tx, ctx, session.id, why, None).await })
        });
        match ended.await {
            Ok(_) => tracing::info!(session.id = %session.id, ?why, "playback ended"),
            Err(cause) => {
                tracing::warn!(%cause, session.id = %session.id, "the end of a playback session is not stored");
            }
        }
    }
}

impl Standing {
    fn get(&self) -> State {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.state.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

impl State {
    /// Says whether playback may go on, or `None` where rights is to be asked.
    fn verdict(self, now: Timestamp) -> Option<Result<(), Error>> {
        if self.ended {
            return Some(Err(StreamingReason::PlayTokenExpired.into()));
        }
        // What was noted by a clock that was ahead says nothing by one that is right again.
        let within =
            |at: Option<Timestamp>, span| at.is_some_and(|at| at <= now && now.since(at) < span);
        if within(self.allowed_at, ANSWER_HOLDS) {
            return Some(Ok(()));
        }
        let just_asked = within(self.asked_at, ASK_AGAIN);
        (just_asked && within(self.allowed_at, GOES_ON)).then_some(Ok(()))
    }
}

//! Whether playback that was started may go on: its login has not ended, and rights would still allow
//! it. A request for bytes costs a look into memory; rights is asked again every 20 s while somebody
//! plays, once for all requests of a playback session.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use moka::sync::Cache;
use sv_kernel::{Clock, Ctx, Error, Id, Result, Timestamp};
use sv_proto::{
    common::CommonReason,
    rights::{CheckAccessRequest, rights_service_client::RightsServiceClient},
    streaming::StreamingReason,
};
use sv_rpc::{Authenticator, Transport, call, error};
use sv_store::{Db, work};
use tonic::Code;

use crate::{domain::PlaySession, store, token::Grant};

/// How long an answer of rights holds. With the question itself an address ends within 30 s.
const ANSWER_HOLDS: Duration = Duration::from_secs(20);
/// After how long rights is asked again that did not answer.
const ASK_AGAIN: Duration = Duration::from_secs(5);
/// How long playback goes on that rights allowed and cannot be asked about now: viewers shall not sit
/// before a dark screen because a service restarts.
const GOES_ON: Duration = Duration::from_mins(5);
/// How long rights may take.
const PATIENCE: Duration = Duration::from_secs(5);
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
        let standing = self.standing(grant.session);
        if let Some(verdict) = standing.get().verdict(self.0.clock.now()) {
            return verdict;
        }
        let _one_at_a_time = standing.gate.lock().await;
        if let Some(verdict) = standing.get().verdict(self.0.clock.now()) {
            return verdict;
        }
        let state = self.ask(grant, standing.get()).await;
        standing.set(state);
        state
            .verdict(self.0.clock.now())
            .unwrap_or_else(|| Err(CommonReason::Unavailable.into()))
    }

    fn standing(&self, session: Id<PlaySession>) -> Arc<Standing> {
        self.0.known.get_with(session, Arc::default)
    }

    /// Asks whether playback may go on; a session that may not is ended for all processes.
    async fn ask(&self, grant: &Grant, before: State) -> State {
        let now = self.0.clock.now();
        match self.may_go_on(grant).await {
            Ok(true) => State {
                ended: false,
                allowed_at: Some(now),
                asked_at: Some(now),
            },
            Ok(false) => {
                if let Err(cause) = self.end(grant).await {
                    tracing::warn!(%cause, session.id = %grant.session, "the end of a playback session is not stored");
                }
                State {
                    ended: true,
                    ..before
                }
            }
            Err(cause) => {
                tracing::warn!(%cause, "rights cannot be asked about running playback");
                State {
                    asked_at: Some(now),
                    ..before
                }
            }
        }
    }

    async fn may_go_on(&self, grant: &Grant) -> Result<bool> {
        let Inner { db, rights, .. } = &*self.0;
        let running = store::sessions::running(db.read(), &grant.tenant, grant.session).await?;
        let Some(key) = running else {
            return Ok(false);
        };
        let request = CheckAccessRequest {
            user_id: key.user.to_string(),
            profile_id: key.profile.to_string(),
            content_ids: vec![key.content.to_string()],
        };
        let mut request = call(&self.ctx(grant), request);
        request.set_timeout(PATIENCE);
        match rights.clone().check_access(request).await {
            Ok(answer) => {
                let decisions = answer.into_inner().decisions;
                Ok(decisions.first().is_some_and(|decision| decision.allowed))
            }
            // The account or the profile is gone.
            Err(refused) if refused.code() == Code::NotFound => Ok(false),
            Err(failed) => Err(error(failed)),
        }
    }

    async fn end(&self, grant: &Grant) -> Result<()> {
        let ctx = self.ctx(grant);
        self.0
            .db
            .write(&ctx, |tx| {
                work(store::sessions::end(tx, &ctx, grant.session))
            })
            .await?;
        tracing::info!(session.id = %grant.session, "playback ended with its entitlement");
        Ok(())
    }

    fn ctx(&self, grant: &Grant) -> Ctx {
        self.0.background.for_tenant(grant.tenant.clone())
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
        let within = |at: Option<Timestamp>, span| at.is_some_and(|at| now.since(at) < span);
        if within(self.allowed_at, ANSWER_HOLDS) {
            return Some(Ok(()));
        }
        let just_asked = within(self.asked_at, ASK_AGAIN);
        (just_asked && within(self.allowed_at, GOES_ON)).then_some(Ok(()))
    }
}

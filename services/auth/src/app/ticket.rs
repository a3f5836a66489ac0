//! Tickets for streams (C19).

use std::time::Duration;

use sv_kernel::{Ctx, Error, Result, Timestamp};
use sv_proto::{auth::AuthReason, common::CommonReason};
use sv_store::{StoreError, work};

use super::Auth;
use crate::{
    domain::{Ticket, covers},
    store::tickets::{self, Stored},
};

/// How long a ticket waits to be shown.
const LIFETIME: Duration = Duration::from_secs(30);

impl Auth {
    /// Makes a ticket that stands for the caller's access token at a path.
    pub(crate) async fn ticket(&self, ctx: &Ctx, path: &str) -> Result<(Ticket, Timestamp)> {
        let token = ctx.bearer.as_ref().ok_or(CommonReason::Unauthenticated)?;
        let ticket = Ticket::random(self.env.entropy.as_ref());
        let sealed = ticket.seal(token.reveal());
        let sealed = &sealed.ok_or_else(|| {
            Error::from(CommonReason::Internal).because("a ticket cannot be sealed")
        })?;
        let (digest, now) = (ticket.digest(), self.now());
        let until = now + LIFETIME;
        let stored = self.db.write(ctx, |tx| {
            work(async move {
                let stored = Stored {
                    path: path.to_owned(),
                    sealed: sealed.clone(),
                };
                tickets::insert(tx, digest, stored, (now, until)).await
            })
        });
        stored.await?;
        Ok((ticket, until))
    }

    /// Takes a ticket for the access token that asked for it. It is used up by being shown, also where it
    /// is shown at another path.
    pub(crate) async fn redeem(&self, ctx: &Ctx, ticket: &Ticket, path: &str) -> Result<String> {
        let (digest, now) = (ticket.digest(), self.now());
        let taken = self.db.write(ctx, |tx| {
            work(async move { tickets::take(tx, digest, now).await })
        });
        let taken: Result<_, StoreError> = taken.await;
        let token = taken?
            .filter(|stored| covers(&stored.path, path))
            .and_then(|stored| ticket.open(stored.sealed));
        token.ok_or_else(|| AuthReason::TicketInvalid.into())
    }
}

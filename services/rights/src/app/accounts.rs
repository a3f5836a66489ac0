//! What becomes of what an account pays for when the account is blocked or deleted (USER-8, USER-9): nobody is
//! charged who cannot sign in to watch, or to stop it.

use sv_kernel::{Ctx, Id, Result, User};
use sv_proto::users::{GetUserRequest, UserReason, UserStatus};
use sv_rpc::{call, error};
use sv_store::{StoreError, Tx, audit};

use super::{App, act, ending, orders::give_up};
use crate::{
    domain::PaidFor,
    store::{orders, payments, subscriptions},
};

/// How an account stands, as users knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Usable,
    Blocked,
    Gone,
}

impl App {
    /// Asks users how an account stands.
    pub(super) async fn standing(&self, ctx: &Ctx, user: Id<User>) -> Result<Standing> {
        let request = GetUserRequest {
            id: user.to_string(),
        };
        let answer = self.users.clone().get_user(call(ctx, request)).await;
        match answer.map_err(error) {
            Ok(answer) if answer.get_ref().status() == UserStatus::Blocked => Ok(Standing::Blocked),
            Ok(_) => Ok(Standing::Usable),
            Err(refused) if refused.is(&UserReason::UserNotFound) => Ok(Standing::Gone),
            Err(failure) => Err(failure),
        }
    }
}

/// Ends at once what an account that is gone has begun: its subscriptions, and orders that wait for their
/// payment. Payments under way are cancelled or given back by the job. What was paid stays in the books.
pub(crate) async fn close(tx: &Tx, ctx: &Ctx, user: Id<User>) -> Result<(), StoreError> {
    for open in subscriptions::lock_open(tx, ctx, user).await? {
        let ended = open.clone().ended();
        if subscriptions::update(tx, ctx, &ended).await? {
            payments::void_open(tx, ctx, PaidFor::Subscription(open.id)).await?;
            let act = act(Some(&open), &ended, None).named("subscription.ended");
            audit::record(tx, ctx, act).await?;
            ending::tell(tx, ctx, &open, &ended).await?;
        }
    }
    for waits in orders::waiting(tx, ctx, user).await? {
        give_up(tx, ctx, waits).await?;
    }
    orders::forget_turns(tx, ctx, user).await?;
    Ok(())
}

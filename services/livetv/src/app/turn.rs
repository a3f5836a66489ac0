//! One upload of a tenant at a time, over all processes: two that go on side by side would leave some days
//! of the one and some of the other.

use std::{fmt, time::Duration};

use sv_kernel::{Ctx, Result};
use sv_proto::livetv::LiveTvReason;
use sv_store::{
    Tx,
    lease::{Lease, Leases},
};
use tokio::time::Instant;

/// How long an upload that was cut off keeps others waiting.
pub(crate) const LEASE: Duration = Duration::from_secs(15);
/// How often those that wait look.
const PAUSE: Duration = Duration::from_millis(200);
/// What is left of a call's time for saying how it went.
const RESERVE: Duration = Duration::from_millis(500);

/// The right to write guides of a tenant.
pub(super) struct Turn<'l> {
    leases: &'l Leases,
    lease: Lease,
    renewed: Instant,
}

impl fmt::Debug for Turn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Turn").field(&self.lease).finish()
    }
}

impl<'l> Turn<'l> {
    /// Waits until no other upload of the tenant goes on.
    ///
    /// Fails with `GUIDE_BUSY` where that takes longer than the call has time.
    pub(super) async fn wait(leases: &'l Leases, ctx: &Ctx) -> Result<Self> {
        let name = format!("guide-upload.{}", ctx.tenant);
        loop {
            let renewed = Instant::now();
            if let Some(lease) = leases.take(ctx, &name).await? {
                return Ok(Self {
                    leases,
                    lease,
                    renewed,
                });
            }
            if is_short(ctx, PAUSE) {
                return Err(busy());
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Makes sure that there is time for another step: of the call, and before others may take over.
    ///
    /// Fails with `GUIDE_BUSY` where there is none.
    pub(super) async fn go_on(&mut self, ctx: &Ctx) -> Result<()> {
        if is_short(ctx, Duration::ZERO) {
            return Err(busy());
        }
        let now = Instant::now();
        if now - self.renewed > LEASE / 3 {
            if !self.leases.renew(ctx, &self.lease).await? {
                return Err(busy());
            }
            self.renewed = now;
        }
        Ok(())
    }

    /// Keeps others from taking over until the transaction ends.
    ///
    /// Fails with `GUIDE_BUSY` where one has.
    pub(super) async fn hold(&self, tx: &Tx) -> Result<()> {
        if self.lease.fence(tx).await? {
            Ok(())
        } else {
            Err(busy())
        }
    }

    /// Lets the next one begin. Where that fails it begins when the lease ends.
    pub(super) async fn end(self, ctx: &Ctx) {
        if let Err(error) = self.leases.give_back(ctx, &self.lease).await {
            tracing::warn!(%error, "livetv.guide.turn_kept");
        }
    }
}

/// Says whether too little is left of a call's time for something that takes so long.
fn is_short(ctx: &Ctx, takes: Duration) -> bool {
    ctx.remaining().is_some_and(|left| left < takes + RESERVE)
}

fn busy() -> sv_kernel::Error {
    sv_kernel::Error::from(LiveTvReason::GuideBusy).retry_after(LEASE)
}

//! Idempotency keys: the first answer to a request, given again when the request is repeated.

use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest;
use prost::Message;
use sv_kernel::{
    Actor, Ctx, HeldKey, Result, Timestamp,
    idempotency::{Begun, Claim, IdempotencyStore, StoredAnswer},
};
use sv_proto::common::CommonReason;

use crate::{Db, StoreError, Tx, Work, work};

/// How long answers are kept.
const KEPT: Duration = Duration::from_hours(24);

/// An answer as its row holds it.
#[derive(Clone, PartialEq, Message)]
struct Encoded {
    #[prost(int32, tag = "1")]
    code: i32,
    #[prost(string, tag = "2")]
    message: String,
    #[prost(bytes = "vec", tag = "3")]
    details: Vec<u8>,
    #[prost(bytes = "vec", tag = "4")]
    body: Vec<u8>,
    /// Names and values in turn.
    #[prost(string, repeated, tag = "5")]
    metadata: Vec<String>,
}

impl From<StoredAnswer> for Encoded {
    fn from(answer: StoredAnswer) -> Self {
        let pairs = answer.metadata.into_iter();
        Self {
            code: answer.code,
            message: answer.message,
            details: answer.details,
            body: answer.body,
            metadata: pairs.flat_map(|(name, value)| [name, value]).collect(),
        }
    }
}

impl From<Encoded> for StoredAnswer {
    fn from(row: Encoded) -> Self {
        let pairs = row.metadata.chunks_exact(2);
        Self {
            metadata: pairs
                .map(|pair| (pair[0].clone(), pair[1].clone()))
                .collect(),
            code: row.code,
            message: row.message,
            details: row.details,
            body: row.body,
        }
    }
}

/// The stored answers of one service, for `ServerBuilder::idempotency`.
#[derive(Clone, Debug)]
pub struct IdempotencyKeys {
    db: Db,
}

impl IdempotencyKeys {
    /// Keeps answers in a service's database.
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

impl Db {
    /// Runs the work of a call in a transaction, stores its answer where the call came with an
    /// `Idempotency-Key`, and returns the answer once all of it is durable.
    ///
    /// Whatever ends the process, a repetition with the key finds effect and answer or neither. A call
    /// whose key another try has taken over meanwhile is refused, and leaves nothing. For the rest, like
    /// [`Self::write`].
    pub async fn respond<'a, A, W>(&self, ctx: &Ctx, make: W) -> sv_kernel::Result<A>
    where
        A: Message,
        W: for<'t> Fn(&'t Tx) -> Work<'t, 'a, sv_kernel::Result<A>>,
    {
        self.write(ctx, |tx| {
            let making = make(tx);
            work(async move {
                let answered = making.await?;
                answer(tx, ctx, &answered).await?;
                Ok(answered)
            })
        })
        .await
    }
}

/// Stores the answer to a call that came with an `Idempotency-Key`. Refuses a call whose key another try
/// has taken over meanwhile: the effect is then that one's.
async fn answer(tx: &Tx, ctx: &Ctx, answer: &impl Message) -> Result<()> {
    let Some(held) = &ctx.held_key else {
        return Ok(());
    };
    if store_answer(tx, held, StoredAnswer::success(answer.encode_to_vec())).await? {
        Ok(())
    } else {
        Err(CommonReason::IdempotencyInProgress.into())
    }
}

/// Stores an answer if the key is still held, and says whether it was.
async fn store_answer(tx: &Tx, held: &HeldKey, answer: StoredAnswer) -> Result<bool, StoreError> {
    let answer = Encoded::from(answer).encode_to_vec();
    let sql = "UPDATE idempotency SET response = $1
               WHERE scope = $2 AND claim = $3 AND response IS NULL";
    let values = [answer.into(), held.scope.to_vec().into(), held.claim.into()];
    Ok(tx.run(sql, values).await? > 0)
}

#[async_trait]
impl IdempotencyStore for IdempotencyKeys {
    async fn begin(
        &self,
        ctx: &Ctx,
        method: &str,
        key: &str,
        request: &[u8],
        runs_for: Duration,
    ) -> Result<Begun> {
        let scope = scope(ctx, method, key);
        let request = digest::digest(&digest::SHA256, request).as_ref().to_vec();
        let claim = ctx.new_id::<Held>().uuid();
        let now = ctx.now();
        let tx = self.db.begin(ctx).await?;
        forget_expired(&tx, now.micros()).await?;
        let values = [
            scope.clone().into(),
            ctx.tenant.as_str().into(),
            request.clone().into(),
            claim.into(),
            (now + runs_for).micros().into(),
            (now + KEPT).micros().into(),
            now.micros().into(),
        ];
        let begun = if tx.run(CLAIM, values).await? > 0 {
            let key = HeldKey {
                scope: scope.into(),
                claim,
            };
            let keys = self.clone();
            Begun::Fresh(Box::new(Held { keys, key }))
        } else {
            stored(&tx, &scope, &request, now).await?
        };
        tx.commit().await?;
        Ok(begun)
    }
}

/// The right to store the answer for a key. One that another call took over stores nothing.
struct Held {
    keys: IdempotencyKeys,
    key: HeldKey,
}

#[async_trait]
impl Claim for Held {
    fn held_key(&self) -> Option<HeldKey> {
        Some(self.key.clone())
    }

    async fn finish(self: Box<Self>, ctx: &Ctx, answer: StoredAnswer) -> Result<()> {
        let tx = self.keys.db.begin(ctx).await?;
        store_answer(&tx, &self.key, answer).await?;
        Ok(tx.commit().await?)
    }

    async fn abandon(self: Box<Self>, ctx: &Ctx) -> Result<()> {
        let tx = self.keys.db.begin(ctx).await?;
        let sql = "DELETE FROM idempotency WHERE scope = $1 AND claim = $2 AND response IS NULL";
        let values = [self.key.scope.to_vec().into(), self.key.claim.into()];
        tx.run(sql, values).await?;
        Ok(tx.commit().await?)
    }
}

/// Takes a key that is new, that expired, or whose holder died during the same request.
const CLAIM: &str = "
    INSERT INTO idempotency (scope, tenant, request, claim, claimed_until, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (scope) DO UPDATE
    SET request = excluded.request, claim = excluded.claim, response = NULL,
        claimed_until = excluded.claimed_until, expires_at = excluded.expires_at
    WHERE idempotency.expires_at <= $7
       OR (idempotency.response IS NULL AND idempotency.claimed_until <= $7
           AND idempotency.request = excluded.request)";

/// A few at a time, so that keys leave as fast as they come and no call pays for many.
async fn forget_expired(tx: &Tx, now: i64) -> Result<(), StoreError> {
    let sql = "DELETE FROM idempotency WHERE scope IN
               (SELECT scope FROM idempotency WHERE expires_at <= $1 ORDER BY expires_at LIMIT 8)";
    tx.run(sql, [now.into()]).await.map(drop)
}

async fn stored(
    tx: &Tx,
    scope: &[u8],
    request: &[u8],
    now: Timestamp,
) -> Result<Begun, StoreError> {
    let sql = "SELECT request, response, claimed_until FROM idempotency WHERE scope = $1";
    let row = tx.row(sql, [scope.into()]).await?;
    // The holder may have given the key free just now: then its repetition is early, not wrong.
    let Some(row) = row else {
        return Ok(Begun::Running(Duration::ZERO));
    };
    if row.try_get::<Vec<u8>>("", "request")? != request {
        return Ok(Begun::OtherRequest);
    }
    let response: Option<Vec<u8>> = row.try_get("", "response")?;
    let until = Timestamp::from_micros(row.try_get("", "claimed_until")?);
    let Some(response) = response else {
        return Ok(Begun::Running(until.since(now)));
    };
    let answer = Encoded::decode(response.as_slice()).map_err(|_| StoreError::Inconsistent {
        table: "idempotency",
        column: "response",
        row: hex::encode(scope),
    })?;
    Ok(Begun::Answered(answer.into()))
}

/// Names one key of one caller, without storing what the caller chose.
fn scope(ctx: &Ctx, method: &str, key: &str) -> Vec<u8> {
    let (kind, actor) = match &ctx.actor {
        Actor::Anonymous => ("anonymous", String::new()),
        Actor::Viewer(viewer) => ("viewer", viewer.user.to_string()),
        Actor::Service(name) => ("service", name.to_string()),
    };
    let mut context = digest::Context::new(&digest::SHA256);
    for part in [ctx.tenant.as_str(), kind, &actor, method, key] {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().to_vec()
}

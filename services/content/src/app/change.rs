//! Single changes: create, update, delete. Each writes row, version and event in one transaction.

use prost::Message;
use serde_json::Value;
use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    content::{Content, ContentChanged},
    convert::{refuse, timestamp},
};
use sv_rpc::mask;
use sv_store::{StoreError, Tx, audit, idempotency, outbox};
use uuid::Uuid;

use super::{App, read::parse, series};
use crate::{
    CHANGED,
    domain::{Kind, prepare},
    store::{self, Found},
};

/// The name of a title in the protos.
const MESSAGE: &str = "streamverse.content.v1.Content";

impl App {
    /// Creates a title of a kind, and returns what `answer` makes of it.
    pub(crate) async fn create<A>(
        &self,
        ctx: &Ctx,
        kind: Kind,
        content: Content,
        answer: fn(Content) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let prepared = prepare(content, kind, None)?;
        let id = ctx.new_id::<Content>().uuid();
        let task = ctx.clone();
        self.write(ctx, move |tx| {
            let (ctx, prepared) = (task.clone(), prepared.clone());
            async move {
                let prepared = series::settle(&tx, &ctx, kind, id, None, prepared).await?;
                let created = save(&tx, &ctx, id, None, prepared).await?;
                let act = act(id, None, Some(&created));
                let answer = answer(created);
                idempotency::answer(&tx, &ctx, &answer).await?;
                audit::record(&tx, &ctx, act).await?;
                Ok(answer)
            }
        })
        .await
    }

    /// Replaces a title of a kind, or changes the fields that a mask names.
    pub(crate) async fn update(
        &self,
        ctx: &Ctx,
        kind: Kind,
        id: &str,
        content: Content,
        paths: Vec<String>,
    ) -> Result<Content> {
        let id = parse(id).ok_or(kind.not_found())?;
        let task = ctx.clone();
        self.write(ctx, move |tx| {
            let (ctx, content) = (task.clone(), content.clone());
            let paths = paths.clone();
            async move {
                let (found, before) = series::locked(&tx, &ctx, kind, id).await?;
                expect(&ctx, content.version, found.version)?;
                let wanted = if paths.is_empty() {
                    content
                } else {
                    mask::merge(MESSAGE, &before, &content, &paths)?
                };
                let prepared = prepare(wanted, kind, Some(&before))?;
                let prepared = series::settle(&tx, &ctx, kind, id, Some(&before), prepared).await?;
                let saved = save(&tx, &ctx, id, Some(found), prepared).await?;
                series::pass_on(&tx, &ctx, &before, &saved).await?;
                audit::record(&tx, &ctx, act(id, Some(&before), Some(&saved))).await?;
                Ok(saved)
            }
        })
        .await
    }

    /// Deletes a title of a kind.
    pub(crate) async fn delete(&self, ctx: &Ctx, kind: Kind, id: &str) -> Result<()> {
        let id = parse(id).ok_or(kind.not_found())?;
        let task = ctx.clone();
        self.write(ctx, move |tx| {
            let ctx = task.clone();
            async move {
                let (found, before) = series::locked(&tx, &ctx, kind, id).await?;
                expect(&ctx, 0, found.version)?;
                series::may_go(&tx, &ctx, kind, id).await?;
                let version = found.version.saturating_add(1);
                store::delete(&tx, &ctx.tenant, id, version).await?;
                tell(&tx, &ctx, id, version, None).await?;
                Ok(audit::record(&tx, &ctx, act(id, Some(&before), None)).await?)
            }
        })
        .await
    }
}

/// Refuses a change that finds another version than the caller has seen, as `If-Match` or the message
/// says; 0 is any.
fn expect(ctx: &Ctx, seen: i32, found: i32) -> Result<()> {
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok(())
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}

/// Describes what was done to a title, for its audit record.
pub(super) fn act(id: Uuid, old: Option<&Content>, new: Option<&Content>) -> audit::Act {
    let values = |content: Option<&Content>| match content {
        Some(content) => sv_rpc::audit::values(MESSAGE, content),
        None => Value::Null,
    };
    audit::Act::on("content", id).changed(values(old), values(new))
}

/// Writes a prepared title: a new one, or over what was found under its id and locked. The
/// version goes on even where the title was deleted before.
pub(super) async fn save(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    found: Option<Found>,
    prepared: Content,
) -> Result<Content> {
    let now = timestamp(ctx.now());
    let before = found.as_ref().and_then(|found| found.content.as_ref());
    let created = before.and_then(|before| before.create_time).unwrap_or(now);
    let version = found.as_ref().map_or(0, |found| found.version);
    let content = Content {
        id: id.to_string(),
        version: version.saturating_add(1),
        create_time: Some(created),
        update_time: Some(now),
        ..prepared
    };
    match found {
        Some(_) => store::update(tx, &ctx.tenant, &content).await?,
        None => store::insert(tx, &ctx.tenant, &content)
            .await
            .map_err(taken)?,
    }
    tell(tx, ctx, id, content.version, Some(content.clone())).await?;
    Ok(content)
}

/// Says that an id that was asked for is not free; ids of our own making always are.
fn taken(error: StoreError) -> Error {
    if error.is_duplicate() {
        refuse("content.id", "TAKEN", "is the id of another title").because(error)
    } else {
        error.into()
    }
}

/// Tells others of a change: the whole title, or a tombstone (C20).
async fn tell(tx: &Tx, ctx: &Ctx, id: Uuid, version: i32, content: Option<Content>) -> Result<()> {
    let payload = content.map(|content| {
        let changed = ContentChanged {
            content_id: id.to_string(),
            version,
            content: Some(content),
        };
        changed.encode_to_vec()
    });
    let event = outbox::Event {
        topic: CHANGED,
        key: id.to_string(),
        version: version.into(),
        payload,
    };
    outbox::append(tx, ctx, event).await?;
    Ok(())
}

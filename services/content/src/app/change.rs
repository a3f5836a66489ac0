//! Single changes: create, update, delete. Each writes row, version and event in one transaction.

use prost::Message;
use serde_json::Value;
use sv_kernel::{Ctx, Result};
use sv_proto::content::{Content, ContentChanged};
use sv_rpc::mask;
use sv_store::{audit, feed, work};
use uuid::Uuid;

use super::{
    App,
    read::parse,
    rewrite,
    save::{expect, save},
    series,
};
use crate::{
    documents::{give_to, prepare},
    domain::Kind,
    store,
};

/// The name of a title in the protos.
const MESSAGE: &str = "streamverse.content.v1.Content";

/// What shall become of a title.
pub(crate) struct Change {
    pub(crate) id: String,
    pub(crate) content: Content,
    /// The fields that change; all where there are none.
    pub(crate) paths: Vec<String>,
}

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
        let mut prepared = prepare(content, kind, None)?;
        let id = ctx.new_id::<Content>().uuid();
        if let Some(viewer) = ctx.actor.viewer() {
            give_to(&mut prepared, viewer.user);
        }
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let create = async move {
            let (ctx, prepared) = (&ctx, &prepared);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let prepared = prepared.clone();
                    let prepared = series::settle(tx, ctx, kind, id, None, prepared).await?;
                    let created = save(tx, ctx, id, None, prepared).await?;
                    audit::record(tx, ctx, act(id, None, Some(&created))).await?;
                    Ok(answer(created))
                })
            });
            done.await
        };
        self.change(create).await
    }

    /// Replaces a title of a kind, or changes the fields that a mask names, and returns what `answer` makes
    /// of it.
    pub(crate) async fn update<A>(
        &self,
        ctx: &Ctx,
        kind: Kind,
        change: Change,
        answer: fn(Content) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let id = parse(&change.id).ok_or(kind.not_found())?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let update = async move {
            let (ctx, Change { content, paths, .. }) = (&ctx, &change);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let (found, before) = series::locked(tx, ctx, kind, id).await?;
                    expect(ctx, content.version, found.version)?;
                    let wanted = if paths.is_empty() {
                        content.clone()
                    } else {
                        mask::merge(MESSAGE, &before, content, paths)?
                    };
                    let wanted = prepare(wanted, kind, Some(&before))?;
                    let wanted = series::settle(tx, ctx, kind, id, Some(&before), wanted).await?;
                    let saved = save(tx, ctx, id, Some(found), wanted).await?;
                    rewrite::pass_on(tx, ctx, &before, &saved).await?;
                    audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                    Ok(answer(saved))
                })
            });
            done.await
        };
        self.change(update).await
    }

    /// Deletes a title of a kind.
    pub(crate) async fn delete<A>(&self, ctx: &Ctx, kind: Kind, id: &str) -> Result<A>
    where
        A: Message + Default + 'static,
    {
        let id = parse(id).ok_or(kind.not_found())?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let delete = async move {
            let ctx = &ctx;
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let (found, before) = series::locked(tx, ctx, kind, id).await?;
                    expect(ctx, 0, found.version)?;
                    series::may_go(tx, ctx, kind, id).await?;
                    let version = found.version.saturating_add(1);
                    store::delete(tx, &ctx.tenant, id, version).await?;
                    feed::tombstone::<ContentChanged>(tx, ctx, id, version).await?;
                    audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                    Ok(A::default())
                })
            });
            done.await
        };
        self.change(delete).await
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

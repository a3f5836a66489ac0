//! How a title is written, whatever it is that changes it: row, version and event.

use std::collections::BTreeSet;

use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    common::CommonReason,
    content::{Content, ContentChanged, ContentReason},
    convert::{refuse, timestamp},
};
use sv_store::{StoreError, Tx, feed};
use uuid::Uuid;

use crate::{
    documents::credited,
    store::{self, Found},
};

/// Refuses a change that finds another version than the caller has seen, as `If-Match` or the message
/// says; 0 is any.
pub(super) fn expect(ctx: &Ctx, seen: i32, found: i32) -> Result<()> {
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok(())
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}

/// Writes a prepared title: a new one, or over what was found under its id and locked. The
/// version goes on even where the title was deleted before.
pub(super) async fn save(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    found: Option<Found>,
    mut prepared: Content,
) -> Result<Content> {
    name(tx, ctx, &mut prepared).await?;
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
    if let Some(theirs) = store::name_elsewhere(tx, &ctx.tenant, id, &content).await? {
        return Err(Error::from(ContentReason::ExternalIdTaken)
            .with("source", theirs.source)
            .with("value", theirs.value));
    }
    let changed = ContentChanged {
        content_id: content.id.clone(),
        version: content.version,
        content: Some(content.clone()),
    };
    feed::append(tx, ctx, &changed).await?;
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

/// Gives credits that name a person the person's name.
///
/// Fails with `PERSON_NOT_FOUND` where there is none.
pub(super) async fn name(tx: &Tx, ctx: &Ctx, content: &mut Content) -> Result<()> {
    let ids: BTreeSet<Uuid> = credited(content).into_iter().map(|(id, _)| id).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let names = store::names(tx, &ctx.tenant, &ids).await?;
    for credit in &mut content.credits {
        let Ok(id) = Uuid::try_parse(&credit.person_id) else {
            continue;
        };
        credit.person_id = id.to_string();
        let name = names.get(&id).ok_or(ContentReason::PersonNotFound)?;
        credit.name.clone_from(name);
    }
    Ok(())
}

//! Changes that many titles take from one: episodes from their series, credits from their person. Each rewritten
//! title is a changed title, with a version and an event of its own.
//!
//! The first are rewritten in the transaction of the change, so that what is of a usual size is changed as one. The
//! rest is left as work that waits, in parts: a call is bounded, and so is the time for which rows are locked. Each
//! part goes by what the series or person is then, so that of several changes the last one stays.

use sv_kernel::{Ctx, Error, Result};
use sv_proto::content::Content;
use sv_store::{
    Tx,
    jobs::queue::{self, Item, Step, Work},
    work,
};
use uuid::Uuid;

use super::{
    App,
    read::parse,
    save::{name, save},
};
use crate::{
    documents::{given, join},
    domain::{Kind, Place},
    store::{self, Found},
};

/// The work of bringing to episodes what their series gives them; its key is the series.
pub(crate) const EPISODES: &str = "episodes";
/// The work of bringing to credits what their person is called; its key is the person.
pub(crate) const CREDITS: &str = "credits";
/// How many titles are rewritten in one transaction.
const PART: u64 = 100;

impl App {
    /// Rewrites a part of a series' episodes that the change itself left.
    pub(crate) async fn rewrite_episodes(&self, ctx: Ctx, item: Item) -> Result<Step> {
        let db = self.db.clone();
        let rewrite = async move {
            let (ctx, item) = (&ctx, &item);
            let done = db.write(ctx, |tx| {
                work(async move {
                    let after = Uuid::from_slice(&item.payload).ok();
                    let found = match parse(&item.key) {
                        Some(id) => store::lock(tx, &ctx.tenant, id).await?,
                        None => None,
                    };
                    let series = found.and_then(|found| found.content);
                    let rest = match series.filter(|series| Kind::Series.is(series)) {
                        Some(series) => episodes(tx, ctx, &series, after).await?,
                        None => None,
                    };
                    settled(tx, ctx, item, rest).await
                })
            });
            done.await
        };
        self.change(rewrite).await
    }

    /// Rewrites a part of a person's credits that the change itself left.
    pub(crate) async fn rewrite_credits(&self, ctx: Ctx, item: Item) -> Result<Step> {
        let db = self.db.clone();
        let rewrite = async move {
            let (ctx, item) = (&ctx, &item);
            let done = db.write(ctx, |tx| {
                work(async move {
                    let after = Uuid::from_slice(&item.payload).ok();
                    let rest = match parse(&item.key) {
                        Some(person) => credits(tx, ctx, person, after).await?,
                        None => None,
                    };
                    settled(tx, ctx, item, rest).await
                })
            });
            done.await
        };
        self.change(rewrite).await
    }
}

impl App {
    /// Gives episodes what their series say now, where that waits to be brought to them: what holds for a series
    /// holds for all of it at once, however many episodes it has. The work that waits is the flag for it.
    pub(super) async fn up_to_date(&self, ctx: &Ctx, titles: &mut [Content]) -> Result<()> {
        let mut keys: Vec<String> = titles
            .iter()
            .filter_map(Place::of)
            .map(|place| place.series.to_string())
            .collect();
        keys.sort_unstable();
        keys.dedup();
        let behind = queue::undone(&self.db, &ctx.tenant, EPISODES, &keys).await?;
        let behind: Vec<Uuid> = behind.iter().filter_map(|key| parse(key)).collect();
        if behind.is_empty() {
            return Ok(());
        }
        let series = store::many(self.db.read(), &ctx.tenant, &behind).await?;
        for title in titles {
            let place = Place::of(title).map(|place| place.series.to_string());
            if let Some(of) = series.iter().find(|of| Some(&of.id) == place.as_ref()) {
                join(title, of)?;
            }
        }
        Ok(())
    }
}

/// Brings what episodes take from their series to them, where it has changed.
pub(super) async fn pass_on(tx: &Tx, ctx: &Ctx, before: &Content, series: &Content) -> Result<()> {
    if !Kind::Series.is(series) || given(before) == given(series) {
        return Ok(());
    }
    let rest = episodes(tx, ctx, series, None).await?;
    leave(tx, ctx, EPISODES, &series.id, rest).await
}

/// Brings a person's new name into the titles that credit the person.
pub(super) async fn rename(tx: &Tx, ctx: &Ctx, person: Uuid) -> Result<()> {
    let rest = credits(tx, ctx, person, None).await?;
    leave(tx, ctx, CREDITS, &person.to_string(), rest).await
}

/// Leaves the titles behind one as work that waits.
async fn leave(
    tx: &Tx,
    ctx: &Ctx,
    kind: &'static str,
    key: &str,
    rest: Option<Uuid>,
) -> Result<()> {
    if let Some(after) = rest {
        let left = Work {
            kind,
            key: key.to_owned(),
            priority: 0,
            payload: after.as_bytes().to_vec(),
        };
        queue::enqueue(tx, ctx, left).await?;
    }
    Ok(())
}

async fn settled(tx: &Tx, ctx: &Ctx, item: &Item, rest: Option<Uuid>) -> Result<Step> {
    let step = rest.map_or(Step::Done, |after| Step::More(after.as_bytes().to_vec()));
    item.settle(tx, ctx, &step).await?;
    Ok(step)
}

/// Rewrites a part of the episodes of a series that is locked, and says behind which one others follow.
async fn episodes(
    tx: &Tx,
    ctx: &Ctx,
    series: &Content,
    after: Option<Uuid>,
) -> Result<Option<Uuid>> {
    let Some(id) = parse(&series.id) else {
        return Ok(None);
    };
    let ids = store::episode_ids(tx, &ctx.tenant, id, after, PART + 1).await?;
    let (part, rest) = cut(&ids);
    for episode in store::many(tx, &ctx.tenant, part).await? {
        let Some(id) = parse(&episode.id) else {
            continue;
        };
        let mut changed = episode.clone();
        join(&mut changed, series)?;
        if changed == episode {
            continue;
        }
        let found = Found {
            version: episode.version,
            content: Some(episode),
        };
        save(tx, ctx, id, Some(found), changed).await?;
    }
    Ok(rest)
}

/// Rewrites a part of the titles that credit a person, and says behind which one others follow.
async fn credits(tx: &Tx, ctx: &Ctx, person: Uuid, after: Option<Uuid>) -> Result<Option<Uuid>> {
    let ids = store::credits_of(tx, &ctx.tenant, person, after, PART + 1).await?;
    let (part, rest) = cut(&ids);
    for id in part {
        let content = store::get(tx, &ctx.tenant, *id).await?;
        // Its series first, as everywhere.
        if let Some(place) = content.as_ref().and_then(Place::of) {
            store::lock(tx, &ctx.tenant, place.series).await?;
        }
        let Some(found) = store::lock(tx, &ctx.tenant, *id).await? else {
            continue;
        };
        let Some(before) = found.content.clone() else {
            continue;
        };
        let mut named = before.clone();
        name(tx, ctx, &mut named).await?;
        if named != before {
            save(tx, ctx, *id, Some(found), named).await?;
        }
    }
    Ok::<_, Error>(rest)
}

/// Takes a part of ids of which one more was read, and says behind which one others follow.
fn cut(ids: &[Uuid]) -> (&[Uuid], Option<Uuid>) {
    let most = usize::try_from(PART).unwrap_or(usize::MAX);
    match ids.get(..most) {
        Some(part) if ids.len() > most => (part, part.last().copied()),
        _ => (ids, None),
    }
}

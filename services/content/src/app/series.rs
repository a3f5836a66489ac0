//! What a change of a title means for the titles that belong to it: an episode keeps its place in its
//! series, and says what it takes from it.
//!
//! Whoever changes an episode locks its series first, so that changes of both wait for each other.

use std::collections::BTreeMap;

use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    content::{Content, ContentReason, Monetization},
    options::Permission,
};
use sv_store::Tx;
use uuid::Uuid;

use super::owners;
use crate::{
    documents::{join, seasons},
    domain::{Kind, Place, Seer},
    store::{self, Found},
};

/// Finds a title that is to be changed, and locks it.
pub(super) async fn locked(tx: &Tx, ctx: &Ctx, kind: Kind, id: Uuid) -> Result<(Found, Content)> {
    if kind == Kind::Episode {
        let episode = store::get(tx, &ctx.tenant, id).await?;
        if let Some(place) = episode.as_ref().and_then(Place::of) {
            store::lock(tx, &ctx.tenant, place.series).await?;
        }
    }
    let found = store::lock(tx, &ctx.tenant, id).await?;
    let of_kind = |found: Found| {
        let may = |content: &Content| owners::may(ctx, Permission::CatalogWrite, content);
        let content = found.content.clone();
        let content = content.filter(|content| kind.is(content) && may(content))?;
        Some((found, content))
    };
    found
        .and_then(of_kind)
        .ok_or_else(|| kind.not_found().into())
}

/// Holds a prepared title against the titles that it belongs to, and takes from them what is theirs to
/// say.
pub(super) async fn settle(
    tx: &Tx,
    ctx: &Ctx,
    kind: Kind,
    id: Uuid,
    before: Option<&Content>,
    mut prepared: Content,
) -> Result<Content> {
    match (kind, Place::of(&prepared)) {
        (Kind::Episode, Some(place)) => {
            let series = series_of(tx, ctx, place).await?;
            join(&mut prepared, &series)?;
            if prepared.monetization() == Monetization::Unspecified {
                prepared.set_monetization(series.monetization());
            }
            let other = store::episode_at(tx, &ctx.tenant, place).await?;
            if other.is_some_and(|other| other != id) {
                return Err(Error::from(ContentReason::EpisodeNumberTaken)
                    .with("season", place.season)
                    .with("episode", place.episode));
            }
        }
        (Kind::Series, _) => {
            if let Some(before) = before {
                keeps_seasons(tx, ctx, id, before, &prepared).await?;
            }
        }
        _ => {}
    }
    Ok(prepared)
}

/// Finds and locks the series of a place.
async fn series_of(tx: &Tx, ctx: &Ctx, place: Place) -> Result<Content> {
    let found = store::lock(tx, &ctx.tenant, place.series).await?;
    let series = found.and_then(|found| found.content);
    series
        .filter(|series| Kind::Series.is(series))
        .ok_or_else(|| ContentReason::SeriesNotFound.into())
}

/// Refuses a change that takes a season from under its episodes.
async fn keeps_seasons(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    before: &Content,
    after: &Content,
) -> Result<()> {
    let stays = |number: i32| seasons(after).iter().any(|season| season.number == number);
    if seasons(before).iter().all(|season| stays(season.number)) {
        return Ok(());
    }
    let counts = store::count_episodes(tx, &ctx.tenant, &[id], (Seer::Editor, ctx.now())).await?;
    let counts: BTreeMap<i32, i64> = counts.into_iter().map(|((_, n), of)| (n, of)).collect();
    match counts.into_iter().find(|(number, _)| !stays(*number)) {
        Some((season, episodes)) => Err(Error::from(ContentReason::SeasonNotEmpty)
            .with("season", season)
            .with("episodes", episodes)),
        None => Ok(()),
    }
}

/// Refuses to delete a series that has episodes: nobody asked to delete those.
pub(super) async fn may_go(tx: &Tx, ctx: &Ctx, kind: Kind, id: Uuid) -> Result<()> {
    if kind != Kind::Series {
        return Ok(());
    }
    let counts = store::count_episodes(tx, &ctx.tenant, &[id], (Seer::Editor, ctx.now())).await?;
    match counts.values().sum::<i64>() {
        0 => Ok(()),
        episodes => Err(Error::from(ContentReason::SeriesNotEmpty).with("episodes", episodes)),
    }
}

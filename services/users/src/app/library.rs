//! What a profile keeps for itself (USER-6, X-CAT-8): for whom a call acts, and which titles it sees.

use std::collections::HashMap;

use sv_kernel::{Ctx, Error, Id, Page, PageAsk, PageRequest, Result};
use sv_proto::{
    common::CommonReason,
    content::{BatchGetContentsRequest, Content, content_service_client::ContentServiceClient},
    convert::{me, page_error},
    titles,
    users::UserReason,
};
use sv_rpc::{call, error};
use sv_rules::maturity;
use sv_store::{Position, Tx, work};
use uuid::Uuid;

use super::Profiles;
use crate::{
    domain::{Listed, Profile},
    store::{profiles, watchlist},
};

/// Watchlists and ratings.
#[derive(Clone, Debug)]
pub(crate) struct Library {
    pub(crate) profiles: Profiles,
}

/// A title on a watchlist, as its profile sees it.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    pub(crate) listed: Listed,
    pub(crate) content: Content,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Part<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next_page_token: String,
}

impl Library {
    /// Lists the watchlist, what was added last first, without what the profile does not see.
    pub(crate) async fn watchlist(&self, ctx: &Ctx, ask: PageAsk<'_>) -> Result<Part<Shown>> {
        let profile = self.acting(ctx).await?;
        let list = format!("watchlist of {}", profile.id);
        let (PageRequest { size, skip, .. }, after) = self.page(&list, ask)?;
        let db = self.profiles.db.read();
        let rows = watchlist::list(db, ctx, profile.id, after, skip, size + 1).await?;
        let key = |last: &Listed| {
            let (at, id) = (last.added_at, last.content);
            Position { at, id }.key()
        };
        let page = Page::cut(rows, size, key);
        let ids = page.items.iter().map(|listed| listed.content).collect();
        let mut seen = self.seen(ctx, &profile, ids).await?;
        let show = |listed: Listed| {
            let content = seen.remove(&listed.content)?;
            Some(Shown { listed, content })
        };
        Ok(Part {
            next_page_token: self.token(&list, page.next.as_deref()),
            items: page.items.into_iter().filter_map(show).collect(),
        })
    }

    /// Puts a title on the watchlist; one that is there stays where it is.
    pub(crate) async fn add(&self, ctx: &Ctx, content: Uuid) -> Result<Shown> {
        let profile = self.acting(ctx).await?;
        let title = self.title(ctx, &profile, content).await?;
        let (profile, limit) = (&profile, self.profiles.options.max_watchlist);
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move {
                lock(tx, ctx, profile).await?;
                if let Some(known) = watchlist::find(tx, ctx, profile.id, content).await? {
                    return Ok::<_, Error>(known);
                }
                if watchlist::count(tx, ctx, profile.id).await? >= u64::from(limit) {
                    return Err(Error::from(UserReason::WatchlistFull).with("limit", limit));
                }
                let added_at = ctx.now();
                let listed = Listed { content, added_at };
                watchlist::insert(tx, ctx, profile.id, listed).await?;
                Ok(listed)
            })
        });
        Ok(Shown {
            listed: done.await?,
            content: title,
        })
    }

    /// Takes a title off the watchlist.
    pub(crate) async fn remove(&self, ctx: &Ctx, content: Uuid) -> Result<()> {
        let profile = self.acting(ctx).await?.id;
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move { Ok(watchlist::delete(tx, ctx, profile, content).await?) })
        });
        done.await
    }

    /// Returns the profile that a call acts for (C44).
    pub(super) async fn acting(&self, ctx: &Ctx) -> Result<Profile> {
        let named = ctx.profile.map(Id::from_uuid);
        let (profile, _) = self.profiles.acting(ctx, me(ctx)?, named).await?;
        Ok(profile)
    }

    /// Returns a title that a profile sees.
    ///
    /// Fails with `CONTENT_NOT_FOUND`.
    pub(super) async fn title(&self, ctx: &Ctx, profile: &Profile, id: Uuid) -> Result<Content> {
        let mut seen = self.seen(ctx, profile, vec![id]).await?;
        seen.remove(&id)
            .ok_or_else(|| UserReason::ContentNotFound.into())
    }

    /// Returns those of the titles that a profile sees (X-ID-6), by their ids.
    async fn seen(
        &self,
        ctx: &Ctx,
        profile: &Profile,
        ids: Vec<Uuid>,
    ) -> Result<HashMap<Uuid, Content>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let content = self.profiles.mesh.client_transport("content");
        let unavailable = |cause| Error::from(CommonReason::Unavailable).because(cause);
        let content = content.map_err(unavailable)?;
        let request = BatchGetContentsRequest {
            ids: ids.iter().map(Uuid::to_string).collect(),
        };
        let answer = ContentServiceClient::new(content)
            .batch_get_contents(call(ctx, request))
            .await;
        let found = answer.map_err(error)?.into_inner().contents;
        let now = ctx.now();
        let sees = |title: &Content| {
            titles::is_shown_in(title, ctx.whereabouts, now)
                && (!profile.is_kids || titles::ratings(title).all(maturity::open_to_kids))
        };
        let by_id = |mut title: Content| {
            titles::for_viewers(&mut title, ctx.whereabouts, now);
            Some((title.id.parse().ok()?, title))
        };
        Ok(found.into_iter().filter(sees).filter_map(by_id).collect())
    }

    /// Reads which part of a list is asked for.
    pub(super) fn page(
        &self,
        list: &str,
        ask: PageAsk<'_>,
    ) -> Result<(PageRequest, Option<Position>)> {
        let page = self.profiles.pages.read(list, ask).map_err(page_error)?;
        let after = Position::of(&page)?;
        Ok((page, after))
    }

    /// Writes the token of the next part of a list.
    pub(super) fn token(&self, list: &str, next: Option<&str>) -> String {
        self.profiles.pages.write(list, next)
    }
}

/// Keeps others from changing what a profile keeps, and the profile from going, until the transaction ends.
pub(super) async fn lock(tx: &Tx, ctx: &Ctx, profile: &Profile) -> Result<()> {
    let locked = profiles::lock(tx, ctx, profile.user, profile.id).await?;
    locked
        .map(drop)
        .ok_or_else(|| UserReason::ProfileNotFound.into())
}

//! Ratings (USER-6): each profile has one per title, and what they come to is told to others.

use sv_kernel::{Ctx, Error, Page, PageAsk, PageRequest, Result};
use sv_proto::users::{TitleRated, UserReason};
use sv_store::{Position, Tx, outbox, work};
use uuid::Uuid;

use super::library::{Library, Part, lock};
use crate::{
    domain::{Rating, Shift},
    store::{leavers, leavers::Leaver, ratings},
};

/// How many ratings of a profile that is gone are taken back in one transaction.
const BATCH: u64 = 100;

impl Library {
    /// Lists the profile's ratings, what was rated first last.
    pub(crate) async fn ratings(&self, ctx: &Ctx, ask: PageAsk<'_>) -> Result<Part<Rating>> {
        let profile = self.acting(ctx).await?;
        let list = format!("ratings of {}", profile.id);
        let (PageRequest { size, skip, .. }, after) = self.page(&list, ask)?;
        let db = self.profiles.db.read();
        let rows = ratings::list(db, ctx, profile.id, after, skip, size + 1).await?;
        let key = |last: &Rating| {
            let (at, id) = (last.created_at, last.content);
            Position { at, id }.key()
        };
        let page = Page::cut(rows, size, key);
        Ok(Part {
            next_page_token: self.token(&list, page.next.as_deref()),
            items: page.items,
        })
    }

    /// Returns the profile's rating of a title.
    pub(crate) async fn rating(&self, ctx: &Ctx, content: Uuid) -> Result<Rating> {
        let profile = self.acting(ctx).await?;
        let found = ratings::find(self.profiles.db.read(), ctx, profile.id, content).await?;
        found.ok_or_else(|| UserReason::RatingNotFound.into())
    }

    /// Rates a title that the profile sees.
    pub(crate) async fn rate(
        &self,
        ctx: &Ctx,
        content: Uuid,
        stars: i32,
        review: String,
    ) -> Result<Rating> {
        let profile = self.acting(ctx).await?;
        self.title(ctx, &profile, content).await?;
        let (profile, review) = (&profile, &review);
        let limit = self.profiles.options.max_ratings;
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move {
                lock(tx, ctx, profile).await?;
                let before = ratings::find(tx, ctx, profile.id, content).await?;
                let full = async || {
                    let count = ratings::count(tx, ctx, profile.id).await?;
                    Ok::<_, Error>(count >= u64::from(limit))
                };
                if before.is_none() && full().await? {
                    return Err(Error::from(UserReason::RatingLimit).with("limit", limit));
                }
                let rating = Rating::anew(content, stars, review, before.as_ref(), ctx.now());
                if Some(&rating) != before.as_ref() {
                    ratings::put(tx, ctx, profile.id, &rating).await?;
                    count(tx, ctx, before.as_ref(), Some(&rating)).await?;
                }
                Ok(rating)
            })
        });
        done.await
    }

    /// Takes a rating back.
    pub(crate) async fn unrate(&self, ctx: &Ctx, content: Uuid) -> Result<()> {
        let profile = &self.acting(ctx).await?;
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move {
                lock(tx, ctx, profile).await?;
                let before = ratings::find(tx, ctx, profile.id, content).await?;
                let before = before.ok_or(UserReason::RatingNotFound)?;
                ratings::delete(tx, ctx, profile.id, content).await?;
                count(tx, ctx, Some(&before), None).await
            })
        });
        done.await
    }

    /// Takes back the ratings of profiles that are gone, a few at a time; returns how many.
    pub(crate) async fn retract(&self, ctx: &Ctx) -> Result<u64> {
        let mut retracted = 0;
        for leaver in leavers::some(self.profiles.db.read()).await? {
            let ctx = ctx.for_tenant(leaver.tenant.clone());
            retracted += self.retract_of(&ctx, &leaver).await?;
        }
        Ok(retracted)
    }

    async fn retract_of(&self, ctx: &Ctx, leaver: &Leaver) -> Result<u64> {
        let profile = leaver.profile;
        let done = self.profiles.db.write(ctx, |tx| {
            work(async move {
                // By title, so that two processes lock the titles' sums in one order.
                let some = ratings::by_title(tx, ctx, profile, BATCH).await?;
                let mut retracted = 0;
                for rating in &some {
                    // Another process may be at it, too.
                    if ratings::delete(tx, ctx, profile, rating.content).await? {
                        count(tx, ctx, Some(rating), None).await?;
                        retracted += 1;
                    }
                }
                if some.is_empty() {
                    leavers::delete(tx, profile).await?;
                }
                Ok::<_, Error>(retracted)
            })
        });
        done.await
    }
}

/// Counts a change of a rating, and tells what the title's ratings come to.
async fn count(tx: &Tx, ctx: &Ctx, before: Option<&Rating>, after: Option<&Rating>) -> Result<()> {
    let title = before.or(after).map(|rating| rating.content);
    if let (Some(content), Some(shift)) = (title, Shift::between(before, after)) {
        let opinion = ratings::shift(tx, ctx, content, shift).await?;
        let told = TitleRated {
            content_id: content.to_string(),
            version: opinion.version,
            count: opinion.count,
            average: opinion.average(),
        };
        outbox::append(tx, ctx, &told).await?;
    }
    Ok(())
}

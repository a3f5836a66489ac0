//! What to watch after a title (CAT-14, REC-4), without a model: by what titles share, and by what is liked.

use bytes::Bytes;
use sv_kernel::{Ctx, Result, fold};
use sv_proto::content::{
    Content, ListRecommendationsRequest, ListRecommendationsResponse, content::Details,
};
use uuid::Uuid;

use super::{App, read::parse};
use crate::{
    domain::{Filter, Kind, Order, Seer},
    store,
};

/// Titles of a list when the caller does not say how many.
const USUAL: u32 = 20;

impl App {
    /// Lists what to watch after a title, as the bytes of a `ListRecommendationsResponse`.
    pub(crate) async fn recommend(
        &self,
        ctx: &Ctx,
        request: &ListRecommendationsRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let limit = match u32::try_from(request.limit) {
                Ok(0) | Err(_) => USUAL,
                Ok(limit) => limit,
            };
            let title = self.seen_any(ctx, &request.content_id, seer).await?;
            let mut items = self.like(ctx, &title, seer, limit).await?;
            self.complete(ctx, &mut items, seer).await?;
            Ok(ListRecommendationsResponse { items })
        };
        self.remembered(ctx, "ListRecommendations", seer, request, answer)
            .await
    }

    async fn like(
        &self,
        ctx: &Ctx,
        title: &Content,
        seer: Seer,
        limit: u32,
    ) -> Result<Vec<Content>> {
        let series = match &title.details {
            Some(Details::Episode(episode)) => parse(&episode.series_id),
            _ => None,
        };
        let (db, now) = (self.db.read(), ctx.now());
        // An episode has people of its own; what it is like, its series says.
        let whole = match series {
            Some(series) => store::get(db, &ctx.tenant, series).await?,
            None => None,
        };
        let whole = whole.as_ref().unwrap_or(title);
        let genres: Vec<String> = whole.genres.iter().map(|genre| fold(genre)).collect();
        let credits = whole.credits.iter().chain(&title.credits);
        let people: Vec<Uuid> = credits.filter_map(|c| parse(&c.person_id)).collect();
        let mut but: Vec<Uuid> = parse(&title.id).into_iter().chain(series).collect();
        let kinds = Kind::BROWSED.map(Kind::content_type).into_iter();
        let video = Kind::Video.is(title).then(|| Kind::Video.content_type());
        let types: Vec<i32> = kinds.chain(video).map(Into::into).collect();
        let wanted = store::Likeness {
            but: &but,
            genres: &genres,
            people: &people,
            types: &types,
        };
        let shown = (seer, now);
        let mut found = store::like(db, &ctx.tenant, &wanted, shown, u64::from(limit)).await?;
        let rest = limit.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
        if rest > 0 {
            but.extend(found.iter().filter_map(|title| parse(&title.id)));
            let filter = Filter {
                types,
                but,
                shown: Some(shown),
                ..Filter::default()
            };
            let page = sv_kernel::PageRequest {
                size: rest,
                after: None,
                skip: 0,
            };
            let liked = store::list(db, &ctx.tenant, &filter, Order::Popularity, &page);
            found.append(&mut liked.await?.0);
        }
        Ok(found)
    }
}

use sv_handlers::users::LibraryService;
use sv_kernel::{Ctx, Id, Paged as _, Result};
use sv_proto::{
    convert::{id, timestamp},
    users as pb,
};
use uuid::Uuid;

use crate::{
    app::{Library, Shown},
    convert,
};

/// What a profile keeps.
#[derive(Debug)]
pub(crate) struct Shelf(pub(crate) Library);

impl LibraryService for Shelf {
    async fn list_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::ListWatchlistRequest,
    ) -> Result<pb::ListWatchlistResponse> {
        let part = self.0.watchlist(ctx, request.page()).await?;
        Ok(pb::ListWatchlistResponse {
            items: part.items.into_iter().map(item).collect(),
            next_page_token: part.next_page_token,
        })
    }

    async fn add_to_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::AddToWatchlistRequest,
    ) -> Result<pb::AddToWatchlistResponse> {
        let shown = self.0.add(ctx, title(&request.content_id)?).await?;
        let item = Some(item(shown));
        Ok(pb::AddToWatchlistResponse { item })
    }

    async fn remove_from_watchlist(
        &self,
        ctx: &Ctx,
        request: pb::RemoveFromWatchlistRequest,
    ) -> Result<pb::RemoveFromWatchlistResponse> {
        self.0.remove(ctx, title(&request.content_id)?).await?;
        Ok(pb::RemoveFromWatchlistResponse {})
    }

    async fn list_ratings(
        &self,
        ctx: &Ctx,
        request: pb::ListRatingsRequest,
    ) -> Result<pb::ListRatingsResponse> {
        let part = self.0.ratings(ctx, request.page()).await?;
        Ok(pb::ListRatingsResponse {
            items: part.items.into_iter().map(convert::rating).collect(),
            next_page_token: part.next_page_token,
        })
    }

    async fn get_rating(
        &self,
        ctx: &Ctx,
        request: pb::GetRatingRequest,
    ) -> Result<pb::GetRatingResponse> {
        let rating = self.0.rating(ctx, title(&request.content_id)?).await?;
        let rating = Some(convert::rating(rating));
        Ok(pb::GetRatingResponse { rating })
    }

    async fn set_rating(
        &self,
        ctx: &Ctx,
        request: pb::SetRatingRequest,
    ) -> Result<pb::SetRatingResponse> {
        let title = title(&request.content_id)?;
        let rated = self.0.rate(ctx, title, request.stars, request.review);
        let rating = Some(convert::rating(rated.await?));
        Ok(pb::SetRatingResponse { rating })
    }

    async fn delete_rating(
        &self,
        ctx: &Ctx,
        request: pb::DeleteRatingRequest,
    ) -> Result<pb::DeleteRatingResponse> {
        self.0.unrate(ctx, title(&request.content_id)?).await?;
        Ok(pb::DeleteRatingResponse {})
    }
}

fn title(text: &str) -> Result<Uuid> {
    id::<Id<()>>(text).map(Id::uuid)
}

fn item(shown: Shown) -> pb::WatchlistItem {
    pb::WatchlistItem {
        content: Some(shown.content),
        add_time: Some(timestamp(shown.listed.added_at)),
    }
}

//! What a profile has watched.

use sv_handlers::streaming::WatchHistoryService;
use sv_kernel::{Ctx, Paged as _, Result};
use sv_proto::{
    content::content::Details,
    convert::{id, timestamp},
    streaming as pb, titles,
};

use super::Streaming;
use crate::app::Seen;

impl WatchHistoryService for Streaming {
    async fn list_continue_watching(
        &self,
        ctx: &Ctx,
        request: pb::ListContinueWatchingRequest,
    ) -> Result<pb::ListContinueWatchingResponse> {
        let part = self.app.continue_watching(ctx, request.page()).await?;
        let item = |watched: Seen| pb::ContinueItem {
            next_episode: watched.follows,
            title: Some(watched.into()),
        };
        Ok(pb::ListContinueWatchingResponse {
            items: part.items.into_iter().map(item).collect(),
            next_page_token: part.next_page_token,
        })
    }

    async fn hide_continue_watching(
        &self,
        ctx: &Ctx,
        request: pb::HideContinueWatchingRequest,
    ) -> Result<pb::HideContinueWatchingResponse> {
        self.app.hide(ctx, id(&request.content_id)?).await?;
        Ok(pb::HideContinueWatchingResponse {})
    }

    async fn list_watch_history(
        &self,
        ctx: &Ctx,
        request: pb::ListWatchHistoryRequest,
    ) -> Result<pb::ListWatchHistoryResponse> {
        let part = self.app.history(ctx, request.page()).await?;
        Ok(pb::ListWatchHistoryResponse {
            items: part.items.into_iter().map(Into::into).collect(),
            next_page_token: part.next_page_token,
        })
    }

    async fn delete_watched(
        &self,
        ctx: &Ctx,
        request: pb::DeleteWatchedRequest,
    ) -> Result<pb::DeleteWatchedResponse> {
        self.app.forget(ctx, Some(id(&request.content_id)?)).await?;
        Ok(pb::DeleteWatchedResponse {})
    }

    async fn clear_watch_history(
        &self,
        ctx: &Ctx,
        _: pb::ClearWatchHistoryRequest,
    ) -> Result<pb::ClearWatchHistoryResponse> {
        self.app.forget(ctx, None).await?;
        Ok(pb::ClearWatchHistoryResponse {})
    }
}

impl From<Seen> for pb::WatchedTitle {
    fn from(watched: Seen) -> Self {
        let Seen { content, .. } = &watched;
        let series = titles::series(content);
        let episode = match &content.details {
            Some(Details::Episode(episode)) => Some(episode),
            _ => None,
        };
        Self {
            content_id: content.id.clone(),
            r#type: content.r#type,
            title: content.title.clone(),
            poster_url: content.poster_url.clone(),
            maturity_rating: titles::own_rating(content).to_owned(),
            series_id: episode.map_or_else(String::new, |episode| episode.series_id.clone()),
            series_title: series.map_or_else(String::new, |series| series.title.clone()),
            season_number: episode.map_or(0, |episode| episode.season_number),
            episode_number: episode.map_or(0, |episode| episode.episode_number),
            position_seconds: watched.position.as_secs_f64(),
            duration_seconds: watched.length.as_secs_f64(),
            watch_time: Some(timestamp(watched.watched_at)),
            watched: watched.watched,
        }
    }
}

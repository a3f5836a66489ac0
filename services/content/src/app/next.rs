//! What follows an episode (X-CAT-1).

use sv_kernel::{Ctx, PageRequest, Result};
use sv_proto::content::{EpisodePlace, NextEpisode, NextEpisodesRequest, NextEpisodesResponse};
use uuid::Uuid;

use super::App;
use crate::{
    domain::{Filter, Kind, Order, Place},
    store,
};

impl App {
    /// Finds for places in series the published episodes that follow them, whether there is an episode at
    /// the places or not.
    pub(crate) async fn next_episodes(
        &self,
        ctx: &Ctx,
        request: &NextEpisodesRequest,
    ) -> Result<NextEpisodesResponse> {
        let mut items = Vec::with_capacity(request.places.len());
        for place in &request.places {
            let place = place_of(place);
            let filter = Filter {
                series: Some(place.series),
                for_child: request.for_children,
                open: Some((ctx.whereabouts, ctx.now())),
                ..Filter::published(Kind::Episode)
            };
            let behind = PageRequest {
                size: 1,
                after: Some(store::behind_all_of(&place.key())),
                skip: 0,
            };
            let db = self.db.read();
            let (mut next, _) =
                store::list(db, &ctx.tenant, &filter, Order::Number, &behind).await?;
            self.up_to_date(ctx, &mut next).await?;
            items.push(NextEpisode {
                content: next.into_iter().next(),
            });
        }
        Ok(NextEpisodesResponse { items })
    }
}

fn place_of(place: &EpisodePlace) -> Place {
    Place {
        // What is no id names no series.
        series: Uuid::try_parse(&place.series_id).unwrap_or_default(),
        season: place.season_number,
        episode: place.episode_number,
    }
}

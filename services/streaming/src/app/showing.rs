//! Whether everybody may see that there is a title: what its poster asks.

use std::time::Duration;

use moka::future::Cache;
use sv_kernel::{Ctx, Result, Tenant};
use sv_proto::{
    content::{BatchGetContentsRequest, content_service_client::ContentServiceClient},
    titles,
};
use sv_rpc::{Transport, call, error};
use uuid::Uuid;

/// How long a title that was published is taken to be so.
const KEPT: Duration = Duration::from_secs(5);
/// How many titles are remembered.
const REMEMBERED: u64 = 10_000;

/// Asks content which titles are published. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct Showing {
    content: ContentServiceClient<Transport>,
    ctx: Ctx,
    published: Cache<(Tenant, Uuid), ()>,
}

impl Showing {
    pub(crate) fn new(content: ContentServiceClient<Transport>, ctx: Ctx) -> Self {
        Self {
            content,
            ctx,
            published: Cache::builder()
                .max_capacity(REMEMBERED)
                .time_to_live(KEPT)
                .build(),
        }
    }

    /// Says whether a title is published. Only that it is is remembered, so that a new title shows at
    /// once.
    pub(crate) async fn is_published(&self, tenant: &Tenant, title: Uuid) -> Result<bool> {
        let place = (tenant.clone(), title);
        if self.published.contains_key(&place) {
            return Ok(true);
        }
        let ctx = Ctx {
            tenant: tenant.clone(),
            ..self.ctx.clone()
        };
        let request = BatchGetContentsRequest {
            ids: vec![title.to_string()],
        };
        let answer = self
            .content
            .clone()
            .batch_get_contents(call(&ctx, request))
            .await;
        let contents = answer.map_err(error)?.into_inner().contents;
        let published = contents.first().is_some_and(titles::is_shown);
        if published {
            self.published.insert(place, ()).await;
        }
        Ok(published)
    }
}

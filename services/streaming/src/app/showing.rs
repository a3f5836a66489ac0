//! Whether everybody may see that there is a title: what its poster asks, and a channel that plays it.

use std::time::Duration;

use moka::future::Cache;
use sv_kernel::{Ctx, Result, Tenant, Whereabouts, clock_of};
use sv_proto::{
    content::{BatchGetContentsRequest, Content, content_service_client::ContentServiceClient},
    titles::{self, Opening},
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
    looped: Cache<(Tenant, Uuid), bool>,
}

impl Showing {
    pub(crate) fn new(content: ContentServiceClient<Transport>, ctx: Ctx) -> Self {
        Self {
            content,
            ctx,
            published: remembering(),
            looped: remembering(),
        }
    }

    /// Says whether a title is published. Only that it is is remembered, so that a new title shows at
    /// once.
    pub(crate) async fn is_published(&self, tenant: &Tenant, title: Uuid) -> Result<bool> {
        let place = (tenant.clone(), title);
        if self.published.contains_key(&place) {
            return Ok(true);
        }
        let published = self.title(tenant, title).await?;
        let published = published.as_ref().is_some_and(titles::is_shown);
        if published {
            self.published.insert(place, ()).await;
        }
        Ok(published)
    }

    /// Says whether a channel may go on with a title: it is published, and open somewhere. What is known is
    /// remembered for as long as a title is taken to be published.
    pub(crate) async fn may_be_looped(&self, tenant: &Tenant, title: Uuid) -> Result<bool> {
        let place = (tenant.clone(), title);
        if let Some(known) = self.looped.get(&place).await {
            return Ok(known);
        }
        let found = self.title(tenant, title).await?;
        let now = clock_of(&self.ctx.clock, tenant).now();
        let may = found.is_some_and(|title| {
            let closed = matches!(
                titles::opening(&title, Whereabouts::default(), now),
                Opening::NotYet(_) | Opening::Over
            );
            titles::is_shown(&title) && !closed
        });
        self.looped.insert(place, may).await;
        Ok(may)
    }

    async fn title(&self, tenant: &Tenant, title: Uuid) -> Result<Option<Content>> {
        let ctx = self.ctx.for_tenant(tenant.clone());
        let request = BatchGetContentsRequest {
            ids: vec![title.to_string()],
        };
        let answer = self
            .content
            .clone()
            .batch_get_contents(call(&ctx, request))
            .await;
        let contents = answer.map_err(error)?.into_inner().contents;
        Ok(contents.into_iter().next())
    }
}

fn remembering<T: Clone + Send + Sync + 'static>() -> Cache<(Tenant, Uuid), T> {
    Cache::builder()
        .max_capacity(REMEMBERED)
        .time_to_live(KEPT)
        .build()
}

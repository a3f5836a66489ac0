//! Lists that are read page by page.

use futures::{Stream, StreamExt as _, TryStreamExt as _, stream};
use tonic::{Response, Status};

use crate::{Client, Error, Result};

/// A request that asks for a part of a list. Implemented by all of them.
pub trait List: Clone + Send + Sized + 'static {
    /// The part.
    type Page: Send;
    /// What it is a list of.
    type Item: Send;

    /// Makes the call.
    fn page(
        self,
        client: &Client,
    ) -> impl Future<Output = Result<Response<Self::Page>, Status>> + Send;

    /// Asks for what comes behind a page.
    fn after(&mut self, token: String);

    /// Takes a page apart: its items, and the token of the next one, which is empty at the end.
    fn split(page: Self::Page) -> (Vec<Self::Item>, String);
}

impl Client {
    /// Goes through a list, page by page as it is read; the request's `page_size` says how many items
    /// a page has.
    pub fn pages<L: List>(
        &self,
        request: L,
    ) -> impl Stream<Item = Result<L::Item>> + Send + use<L> {
        let client = self.clone();
        stream::try_unfold(Some(request), move |ask| {
            let client = client.clone();
            async move {
                let Some(mut ask) = ask else {
                    return Ok::<_, Error>(None);
                };
                let page = ask.clone().page(&client).await?.into_inner();
                let (items, token) = L::split(page);
                let next = (!token.is_empty()).then(|| {
                    ask.after(token);
                    ask
                });
                Ok(Some((stream::iter(items).map(Ok::<_, Error>), next)))
            }
        })
        .try_flatten()
    }
}

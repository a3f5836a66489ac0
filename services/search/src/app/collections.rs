//! Which collections a viewer sees: content alone knows, because that depends on the titles they have (X-CAT-10).

use std::collections::HashMap;

use sv_kernel::Ctx;
use sv_proto::content::ListCollectionsRequest;
use sv_rpc::{call, error};

use super::App;

/// Collections of one question: the most that a list gives.
const PART: i32 = 100;
/// The most questions: a tenant has 200 collections.
const PARTS: usize = 2;

impl App {
    /// Returns the collections that the caller sees, with their titles in the caller's language; none where content does
    /// not answer, since what a child may not see must not be guessed.
    pub(super) async fn seen_collections(&self, ctx: &Ctx) -> HashMap<String, String> {
        let (mut seen, mut page_token) = (HashMap::new(), String::new());
        for _ in 0..PARTS {
            let request = ListCollectionsRequest {
                page_size: PART,
                page_token,
                ..ListCollectionsRequest::default()
            };
            let mut content = self.0.collections.clone();
            let part = match content.list_collections(call(ctx, request)).await {
                Ok(part) => part.into_inner(),
                Err(status) => {
                    let error = error(status);
                    tracing::warn!(%error, "search.collections.unknown");
                    return seen;
                }
            };
            let titles = part.items.into_iter();
            seen.extend(titles.map(|collection| (collection.id, collection.title)));
            if part.next_page_token.is_empty() {
                break;
            }
            page_token = part.next_page_token;
        }
        seen
    }
}

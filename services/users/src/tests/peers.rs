//! Fakes of the services that users calls.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use sv_handlers::{auth::FakeAuthService, content::FakeContentService};
use sv_proto::{
    auth::{CloseAccountRequest, CloseAccountResponse},
    content::{BatchGetContentsResponse, Content},
};

/// The catalogue.
#[derive(Clone, Debug, Default)]
pub(super) struct Titles(Arc<Mutex<BTreeMap<String, Content>>>);

impl Titles {
    pub(super) fn put(&self, content: Content) {
        let mut titles = self.0.lock().unwrap();
        titles.insert(content.id.clone(), content);
    }

    pub(super) fn get(&self, id: &str) -> Content {
        self.0.lock().unwrap()[id].clone()
    }

    /// The service that knows them.
    pub(super) fn service(&self) -> FakeContentService {
        let titles = self.clone();
        FakeContentService::new().on_batch_get_contents(move |_, request| {
            let known = titles.0.lock().unwrap();
            let found = request.ids.iter().filter_map(|id| known.get(id).cloned());
            let contents = found.collect();
            async move { Ok(BatchGetContentsResponse { contents }) }
        })
    }
}

/// The accounts that auth was asked to close.
#[derive(Clone, Debug, Default)]
pub(super) struct Closed(Arc<Mutex<Vec<CloseAccountRequest>>>);

impl Closed {
    pub(super) fn all(&self) -> Vec<CloseAccountRequest> {
        self.0.lock().unwrap().clone()
    }

    /// The service that is asked.
    pub(super) fn service(&self) -> FakeAuthService {
        let closed = self.clone();
        FakeAuthService::new().on_close_account(move |_, request| {
            closed.0.lock().unwrap().push(request);
            async move { Ok(CloseAccountResponse { ended: 1 }) }
        })
    }
}

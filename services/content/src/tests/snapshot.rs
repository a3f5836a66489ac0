//! The snapshot: all that content holds, for services that build what follows from it anew.

use std::collections::BTreeSet;

use sv_proto::{
    common::CommonReason,
    content::{
        ContentState, DeleteMovieRequest, SnapshotContentsRequest,
        content_service_client::ContentServiceClient,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, film, row};

async fn snapshot(test: &TestApp) -> Vec<ContentState> {
    let mesh = test.harness.mesh.calling_as("search");
    let mut content = ContentServiceClient::new(mesh.client_transport("content").unwrap());
    let (mut all, mut after_id) = (Vec::new(), String::new());
    loop {
        let request = call(&test.background(), SnapshotContentsRequest { after_id });
        let part = content.snapshot_contents(request).await;
        let part = part.unwrap().into_inner();
        all.extend(part.states);
        if part.next_after_id.is_empty() {
            return all;
        }
        after_id = part.next_after_id;
    }
}

/// X-SR-2, C20.
#[tokio::test]
async fn it_has_every_title_once_with_its_version_and_remembers_the_deleted() {
    for test in TestApp::all().await {
        // More than one part, and one that ends with a part.
        let rows = (0..400).map(|n| row(&format!("k{n}"), film(&format!("Film {n}"))));
        test.import(rows.collect(), false).await.unwrap();
        let parted = snapshot(&test).await;
        assert_eq!(parted.len(), 400);

        let gone = test.publish("Gone").await;
        let request = DeleteMovieRequest {
            id: gone.id.clone(),
        };
        let mut editors = test.editors.clone();
        let deleted = editors.delete_movie(call(&test.editor, request));
        deleted.await.unwrap();
        let any = &parted[0].content_id;
        let renamed = test.update(any, film("Renamed"), &["title"]).await.unwrap();
        let all = snapshot(&test).await;
        let ids: BTreeSet<&str> = all.iter().map(|state| &*state.content_id).collect();
        assert_eq!((all.len(), ids.len()), (401, 401));
        let of = |id: &str| all.iter().find(|state| state.content_id == id).unwrap();
        assert_eq!((of(&gone.id).version, &of(&gone.id).content), (2, &None));
        let state = of(&renamed.id);
        assert_eq!((state.version, state.content.as_ref()), (2, Some(&renamed)));
        assert_eq!(state.tenant, "default");
    }
}

#[tokio::test]
async fn it_is_for_services_only() {
    for test in TestApp::all().await {
        let request = call(&test.editor, SnapshotContentsRequest::default());
        let refused = test.viewers.clone().snapshot_contents(request).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::RouteNotFound));

        let mesh = test.harness.mesh.calling_as("streaming");
        let mut other = ContentServiceClient::new(mesh.client_transport("content").unwrap());
        let request = call(&test.background(), SnapshotContentsRequest::default());
        let refused = other.snapshot_contents(request).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::PermissionDenied));
    }
}

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

use super::world::{World, film, row};

async fn snapshot(world: &World) -> Vec<ContentState> {
    let mesh = world.harness.mesh.calling_as("search");
    let mut content = ContentServiceClient::new(mesh.client_transport("content").unwrap());
    let (mut all, mut after_id) = (Vec::new(), String::new());
    loop {
        let request = call(&world.background(), SnapshotContentsRequest { after_id });
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
    for world in World::all().await {
        // More than one part, and one that ends with a part.
        let rows = (0..400).map(|n| row(&format!("k{n}"), film(&format!("Film {n}"))));
        world.import(rows.collect(), false).await.unwrap();
        let parted = snapshot(&world).await;
        assert_eq!(parted.len(), 400);

        let gone = world.publish("Gone").await;
        let request = DeleteMovieRequest {
            id: gone.id.clone(),
        };
        let mut editors = world.editors.clone();
        let deleted = editors.delete_movie(call(&world.editor, request));
        deleted.await.unwrap();
        let any = &parted[0].content_id;
        let renamed = world
            .update(any, film("Renamed"), &["title"])
            .await
            .unwrap();
        let all = snapshot(&world).await;
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
    for world in World::all().await {
        let request = call(&world.editor, SnapshotContentsRequest::default());
        let refused = world.viewers.clone().snapshot_contents(request).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::RouteNotFound));

        let mesh = world.harness.mesh.calling_as("streaming");
        let mut other = ContentServiceClient::new(mesh.client_transport("content").unwrap());
        let request = call(&world.background(), SnapshotContentsRequest::default());
        let refused = other.snapshot_contents(request).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::PermissionDenied));
    }
}

//! Lists and details (CAT-1): who sees what.

use sv_kernel::Tenant;
use sv_proto::{
    common::CommonReason,
    content::{
        AdminListMoviesRequest, BatchGetContentsRequest, Content, ContentReason, ContentStatus,
        CreateMovieRequest, GetMovieRequest, content_service_client::ContentServiceClient,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, by, film};

#[tokio::test]
async fn viewers_see_published_films_and_nothing_else() {
    for test in TestApp::all().await {
        let shown = test.publish("Shown").await;
        let draft = Content {
            title: "Draft".into(),
            ..Content::default()
        };
        let draft = test.create(draft).await.unwrap();
        let mut archived = film("Archived");
        archived.set_status(ContentStatus::Archived);
        let archived = test.create(archived).await.unwrap();

        assert_eq!(test.titles(by("", 0)).await, ["Shown"]);
        let get = |id: &str| {
            let request = call(&test.viewer, GetMovieRequest { id: id.into() });
            let mut viewers = test.viewers.clone();
            async move { viewers.get_movie(request).await.map_err(error) }
        };
        let got = get(&shown.id).await.unwrap().into_inner().content;
        assert_eq!(got, Some(shown));
        let unknown = "01936f00-ffff-7000-8000-000000000001";
        for hidden in [draft.id.as_str(), &archived.id, unknown] {
            assert!(
                get(hidden)
                    .await
                    .unwrap_err()
                    .is(&ContentReason::MovieNotFound)
            );
        }
        assert_eq!(test.count().await, 3);
    }
}

#[tokio::test]
async fn strangers_and_viewers_do_not_edit() {
    for test in TestApp::all().await {
        let stranger = test.harness.anonymous();
        // Whether strangers browse is decided at the edge; whom it passes on is let in here.
        let shown = test.publish("Shown").await;
        let list = test
            .viewers
            .clone()
            .list_movies(call(&stranger, by("", 0)))
            .await;
        assert_eq!(list.unwrap().into_inner().items, [shown]);
        let mesh = test.harness.mesh.calling_as("streaming");
        let mut service = ContentServiceClient::new(mesh.client_transport("content").unwrap());
        let refused = service.list_movies(call(&stranger, by("", 0))).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::Unauthenticated));

        for (who, reason) in [
            (&stranger, CommonReason::Unauthenticated),
            (&test.viewer, CommonReason::PermissionDenied),
        ] {
            let mut editors = test.editors.clone();
            let all = AdminListMoviesRequest::default();
            let refused = editors.admin_list_movies(call(who, all)).await;
            assert!(error(refused.unwrap_err()).is(&reason));
            let new = CreateMovieRequest {
                content: Some(film("Forged")),
            };
            let refused = editors.create_movie(call(who, new)).await;
            assert!(error(refused.unwrap_err()).is(&reason));
        }
        assert_eq!(test.count().await, 1);
    }
}

#[tokio::test]
async fn tenants_do_not_see_each_other() {
    for test in TestApp::all().await {
        let ours = test.publish("Ours").await;
        let theirs = test.editor_of("acme");
        assert_eq!(theirs.tenant, Tenant::parse("acme").unwrap());

        let list = test
            .viewers
            .clone()
            .list_movies(call(&theirs, by("", 0)))
            .await;
        assert_eq!(list.unwrap().into_inner().items, []);
        let get = call(
            &theirs,
            GetMovieRequest {
                id: ours.id.clone(),
            },
        );
        let refused = test.viewers.clone().get_movie(get).await.unwrap_err();
        assert!(error(refused).is(&ContentReason::MovieNotFound));
        let request = sv_proto::content::DeleteMovieRequest { id: ours.id };
        let refused = test
            .editors
            .clone()
            .delete_movie(call(&theirs, request))
            .await;
        assert!(error(refused.unwrap_err()).is(&ContentReason::MovieNotFound));
        assert_eq!(test.titles(by("", 0)).await, ["Ours"]);
    }
}

#[tokio::test]
async fn services_get_titles_in_the_order_of_the_ids() {
    for test in TestApp::all().await {
        let a = test.publish("A").await;
        let draft = Content {
            title: "Draft".into(),
            ..Content::default()
        };
        let b = test.create(draft).await.unwrap();
        let unknown = "01936f00-ffff-7000-8000-000000000001".to_owned();
        let ids = vec![b.id.clone(), unknown, a.id.to_uppercase(), b.id.clone()];
        let transport = test
            .harness
            .mesh
            .calling_as("streaming")
            .client_transport("content");
        let mut service = ContentServiceClient::new(transport.unwrap());
        let request = BatchGetContentsRequest { ids };
        let answer = service.batch_get_contents(call(&test.background(), request.clone()));
        assert_eq!(answer.await.unwrap().into_inner().contents, [b, a]);
        let refused = test
            .viewers
            .clone()
            .batch_get_contents(call(&test.viewer, request))
            .await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::RouteNotFound));
    }
}

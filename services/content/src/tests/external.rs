//! Names of titles elsewhere (X-CAT-10), and what to watch after a title (CAT-14).

use sv_kernel::Error;
use sv_proto::content::{
    AdminListMoviesRequest, Content, ContentReason, ContentStatus, Credit, ExternalId,
    ListMoviesRequest, ListRecommendationsRequest, UpdateMovieRequest,
    browse_service_client::BrowseServiceClient,
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, film, row};

fn named(title: &str, ids: &[(&str, &str)]) -> Content {
    let id = |(source, value): &(&str, &str)| ExternalId {
        source: (*source).into(),
        value: (*value).into(),
    };
    Content {
        external_ids: ids.iter().map(id).collect(),
        ..film(title)
    }
}

async fn found(test: &TestApp, external_id: &str) -> Vec<String> {
    test.forget();
    let request = ListMoviesRequest {
        external_id: external_id.into(),
        ..ListMoviesRequest::default()
    };
    test.titles(request).await
}

#[tokio::test]
async fn a_name_elsewhere_is_one_titles_and_finds_it() {
    for test in TestApp::all().await {
        let ids = [
            ("imdb", "TT0078748"),
            ("house", "film 7"),
            ("house", "film 7"),
        ];
        let alien = test.create(named("Alien", &ids)).await.unwrap();
        assert_eq!(alien.external_ids.len(), 2);
        assert_eq!(found(&test, "imdb:tt0078748").await, ["Alien"]);
        assert_eq!(found(&test, "IMDB:tt0078748").await, ["Alien"]);
        assert_eq!(found(&test, "house:film 7").await, ["Alien"]);
        assert_eq!(found(&test, "tmdb:348").await, [""; 0]);
        assert_eq!(found(&test, "nonsense").await, [""; 0]);

        let taken: Error = test
            .create(named("Aliens", &[("imdb", "tt0078748")]))
            .await
            .unwrap_err();
        assert!(taken.is(&ContentReason::ExternalIdTaken), "{taken}");
        assert_eq!(taken.metadata()["value"], "tt0078748");
        let wrong = test.create(named("Aliens", &[("imdb", "78748")])).await;
        assert_eq!(wrong.unwrap_err().reason(), "VALIDATION_FAILED");
        let rows = vec![row("1", named("Aliens", &[("house", "film 7")]))];
        let refused = test.import(rows, false).await.unwrap_err();
        assert!(refused.is(&ContentReason::ExternalIdTaken), "{refused}");
        let other = test.create(named("Aliens", &[("house", "film 8")]));
        let other = other.await.unwrap();

        // What is taken from one is another's to have; a deleted title has none.
        let request = UpdateMovieRequest {
            id: alien.id.clone(),
            content: Some(named("Alien", &[("imdb", "tt0078748")])),
            ..UpdateMovieRequest::default()
        };
        let mut editors = test.editors.clone();
        editors
            .update_movie(call(&test.editor, request))
            .await
            .unwrap();
        assert_eq!(found(&test, "house:film 7").await, [""; 0]);
        let request = sv_proto::content::DeleteMovieRequest { id: other.id };
        editors
            .delete_movie(call(&test.editor, request))
            .await
            .unwrap();
        let anew = named("Aliens", &[("house", "film 7"), ("house", "film 8")]);
        test.create(anew).await.unwrap();
        let request = AdminListMoviesRequest {
            external_id: "house:film 8".into(),
            ..AdminListMoviesRequest::default()
        };
        let listed = editors.admin_list_movies(call(&test.editor, request)).await;
        assert_eq!(listed.unwrap().into_inner().items.len(), 1);

        // Each tenant has its own.
        let elsewhere = test.editor_of("acme");
        let request = sv_proto::content::CreateMovieRequest {
            content: Some(named("Alien", &[("imdb", "tt0078748")])),
        };
        editors
            .create_movie(call(&elsewhere, request))
            .await
            .unwrap();
    }
}

async fn after(test: &TestApp, id: &str) -> Result<Vec<String>, Error> {
    let mesh = test.harness.mesh.calling_as("edge");
    let mut browse = BrowseServiceClient::new(mesh.client_transport("content").unwrap());
    let request = ListRecommendationsRequest {
        content_id: id.into(),
        limit: 4,
    };
    let answer = browse.list_recommendations(call(&test.viewer, request));
    let items = answer.await.map_err(error)?.into_inner().items;
    Ok(items.into_iter().map(|title| title.title).collect())
}

#[tokio::test]
async fn what_shares_people_and_genres_comes_first_and_what_is_liked_fills_up() {
    for test in TestApp::all().await {
        let mut people =
            sv_proto::content::person_admin_service_client::PersonAdminServiceClient::new(
                test.harness
                    .mesh
                    .calling_as("edge")
                    .client_transport("content")
                    .unwrap(),
            );
        let person = sv_proto::content::CreatePersonRequest {
            person: Some(sv_proto::content::Person {
                name: "Sigourney".into(),
                ..Default::default()
            }),
        };
        let person = people.create_person(call(&test.editor, person)).await;
        let person = person.unwrap().into_inner().person.unwrap().id;
        let like = |title: &str, genres: &[&str], with_her: bool| {
            let mut content = film(title);
            content.genres = genres.iter().map(|genre| (*genre).to_owned()).collect();
            if with_her {
                content.credits = vec![Credit {
                    name: "Sigourney".into(),
                    person_id: person.clone(),
                    role: 1,
                    ..Credit::default()
                }];
            }
            content
        };
        let alien = like("Alien", &["Horror", "Space"], true);
        let alien = test.create(alien).await.unwrap();
        for (title, genres, with_her) in [
            ("Far", &["Romance"][..], false),
            ("Ghosts", &["Comedy"], true),
            ("Gravity", &["Space"], false),
            ("Aliens", &["horror", "Space"], true),
        ] {
            test.create(like(title, genres, with_her)).await.unwrap();
        }
        let mut draft = like("Draft", &["Horror", "Space"], true);
        draft.set_status(ContentStatus::Draft);
        let draft = test.create(draft).await.unwrap();
        assert_eq!(
            after(&test, &alien.id).await.unwrap(),
            ["Aliens", "Ghosts", "Gravity", "Far"]
        );
        let hidden = after(&test, &draft.id).await.unwrap_err();
        assert!(hidden.is(&ContentReason::ContentNotFound), "{hidden}");
    }
}

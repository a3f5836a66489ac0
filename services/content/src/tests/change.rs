//! Create, replace, change, delete (CAT-5): versions, masks and the events they leave (C20).

use std::time::Duration;

use sv_kernel::Error;
use sv_proto::{
    common::CommonReason,
    content::{
        AdminGetMovieRequest, Content, ContentReason, ContentStatus, ContentType,
        CreateMovieRequest, DeleteMovieRequest, Monetization, MovieDetails, UpdateMovieRequest,
        content::Details,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, film, row};

async fn delete(test: &TestApp, id: &str) -> Result<(), Error> {
    let request = call(&test.editor, DeleteMovieRequest { id: id.into() });
    let answer = test.editors.clone().delete_movie(request).await;
    answer.map(drop).map_err(error)
}

#[tokio::test]
async fn a_new_film_gets_what_the_service_gives() {
    for test in TestApp::all().await {
        let mut wanted = film(" Alien ");
        wanted.id = "01936f00-ffff-7000-8000-000000000001".into();
        wanted.version = 7;
        wanted.create_time = Some(prost_types::Timestamp::default());
        let made = test.create(wanted.clone()).await.unwrap();
        assert_ne!(made.id, wanted.id);
        assert_eq!((made.title.as_str(), made.version), ("Alien", 1));
        assert_eq!(made.r#type(), ContentType::Movie);
        assert_eq!(made.monetization(), Monetization::Svod);
        assert_eq!(
            made.create_time.unwrap().seconds,
            test.harness.env.clock.now().secs()
        );
        assert_eq!(made.create_time, made.update_time);
        assert_eq!(test.told().await, [(made.id.clone(), 1, Some(made))]);
    }
}

#[tokio::test]
async fn a_key_creates_one_film_however_often_it_is_sent() {
    for test in TestApp::all().await {
        let create = |title: &str| {
            let mut request = call(
                &test.editor,
                CreateMovieRequest {
                    content: Some(film(title)),
                },
            );
            request
                .metadata_mut()
                .insert("idempotency-key", "k1".parse().unwrap());
            let mut editors = test.editors.clone();
            async move { editors.create_movie(request).await.map_err(error) }
        };
        let first = create("Alien").await.unwrap().into_inner();
        let again = create("Alien").await.unwrap().into_inner();
        assert_eq!(first, again);
        assert_eq!(test.count().await, 1);
        let other = create("Aliens").await.unwrap_err();
        assert!(other.is(&CommonReason::IdempotencyKeyReused));
    }
}

#[tokio::test]
async fn putting_replaces_everything_but_id_and_creation() {
    for test in TestApp::all().await {
        let mut first = film("Alien");
        first.genres = vec!["Horror".into()];
        first.synopsis = "In space.".into();
        first.set_monetization(Monetization::Tvod);
        let made = test.create(first).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(1));

        let bare = Content {
            title: "Aliens".into(),
            ..Content::default()
        };
        let put = test.update(&made.id, bare, &[]).await.unwrap();
        assert_eq!((&put.id, put.create_time), (&made.id, made.create_time));
        assert_eq!(
            put.update_time.unwrap().seconds,
            made.update_time.unwrap().seconds + 60
        );
        assert_eq!((put.title.as_str(), put.version), ("Aliens", 2));
        assert_eq!((put.genres.len(), put.synopsis.as_str()), (0, ""));
        // What is not said of these two is no wish to unpublish or to give away.
        assert_eq!(put.status(), ContentStatus::Published);
        assert_eq!(put.monetization(), Monetization::Tvod);
        // Genres are gone from the lists, too.
        let request = sv_proto::content::ListMoviesRequest {
            genre: vec!["horror".into()],
            ..Default::default()
        };
        assert_eq!(test.titles(request).await, [""; 0]);
    }
}

#[tokio::test]
async fn patching_changes_what_the_mask_names() {
    for test in TestApp::all().await {
        let mut first = film("Alien");
        first.synopsis = "In space.".into();
        first.details = Some(Details::Movie(MovieDetails {
            distributor: "Fox".into(),
            us_gross_usd: 1.0,
            ..MovieDetails::default()
        }));
        let made = test.create(first).await.unwrap();
        let mut change = film("Ignored");
        change.details = Some(Details::Movie(MovieDetails {
            us_gross_usd: 7.0,
            ..MovieDetails::default()
        }));
        let paths = ["synopsis", "movie.us_gross_usd"];
        let changed = test.update(&made.id, change, &paths).await.unwrap();
        assert_eq!(
            (changed.title.as_str(), changed.synopsis.as_str()),
            ("Alien", "")
        );
        let Some(Details::Movie(movie)) = changed.details else {
            panic!("no film");
        };
        assert_eq!(
            (movie.distributor.as_str(), movie.us_gross_usd),
            ("Fox", 7.0)
        );

        let unknown = test
            .update(&made.id, film("x"), &["titel"])
            .await
            .unwrap_err();
        assert!(unknown.is(&CommonReason::ValidationFailed), "{unknown}");
        let cleared = Content::default();
        let no_title = test
            .update(&made.id, cleared, &["title"])
            .await
            .unwrap_err();
        assert!(no_title.is(&CommonReason::ValidationFailed), "{no_title}");
        // The server's own fields do not change, whatever the mask says.
        let mut forged = film("x");
        forged.create_time = Some(prost_types::Timestamp::default());
        let paths = ["create_time", "synopsis"];
        let kept = test.update(&made.id, forged, &paths).await.unwrap();
        assert_eq!(kept.create_time, made.create_time);
        assert_eq!(kept.version, 3);
    }
}

#[tokio::test]
async fn a_change_of_another_version_is_refused() {
    for test in TestApp::all().await {
        let made = test.publish("Alien").await;
        let versioned = |version| Content {
            version,
            ..film("Aliens")
        };
        let second = test.update(&made.id, versioned(1), &[]).await.unwrap();
        assert_eq!(second.version, 2);
        let stale = test.update(&made.id, versioned(1), &[]).await.unwrap_err();
        assert!(stale.is(&CommonReason::VersionMismatch));

        let with_tag = |tag: &'static str, version| {
            let update = UpdateMovieRequest {
                id: made.id.clone(),
                content: Some(versioned(version)),
                update_mask: None,
            };
            let mut request = call(&test.editor, update);
            request
                .metadata_mut()
                .insert("if-match", tag.parse().unwrap());
            let mut editors = test.editors.clone();
            async move { editors.update_movie(request).await.map_err(error) }
        };
        for (tag, version) in [("\"1\"", 0), ("\"x\"", 0), ("\"2\"", 1), ("\"1\"", 2)] {
            let refused = with_tag(tag, version).await.unwrap_err();
            assert!(
                refused.is(&CommonReason::VersionMismatch),
                "{tag} {version}"
            );
        }
        assert_eq!(
            with_tag("\"2\"", 0)
                .await
                .unwrap()
                .into_inner()
                .content
                .unwrap()
                .version,
            3
        );
        assert_eq!(
            with_tag("*", 0)
                .await
                .unwrap()
                .into_inner()
                .content
                .unwrap()
                .version,
            4
        );

        let mut stale = call(
            &test.editor,
            DeleteMovieRequest {
                id: made.id.clone(),
            },
        );
        stale
            .metadata_mut()
            .insert("if-match", "\"3\"".parse().unwrap());
        let refused = test.editors.clone().delete_movie(stale).await.unwrap_err();
        assert!(error(refused).is(&CommonReason::VersionMismatch));
        assert_eq!(test.count().await, 1);
    }
}

#[tokio::test]
async fn the_tag_that_an_editor_reads_is_the_one_to_match() {
    for test in TestApp::all().await {
        let made = test.publish("Alien").await;
        let get = AdminGetMovieRequest {
            id: made.id.clone(),
        };
        let mut editors = test.editors.clone();
        let read = editors
            .admin_get_movie(call(&test.editor, get))
            .await
            .unwrap();
        let tag = read.metadata().get("etag").unwrap().clone();
        assert_eq!(tag, "\"1\"");
        let delete = |tag| {
            let mut request = call(
                &test.editor,
                DeleteMovieRequest {
                    id: made.id.clone(),
                },
            );
            request.metadata_mut().insert("if-match", tag);
            request
        };
        test.update(&made.id, film("Aliens"), &["title"])
            .await
            .unwrap();
        let stale = editors.delete_movie(delete(tag)).await.unwrap_err();
        assert!(error(stale).is(&CommonReason::VersionMismatch));
        editors
            .delete_movie(delete("\"2\"".parse().unwrap()))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn of_many_changes_of_one_version_one_wins() {
    for test in TestApp::all().await {
        let made = test.publish("Alien").await;
        let tasks = (0..8).map(|n| {
            let update = UpdateMovieRequest {
                id: made.id.clone(),
                content: Some(Content {
                    version: 1,
                    ..film(&format!("Alien {n}"))
                }),
                update_mask: None,
            };
            let request = call(&test.editor, update);
            let mut editors = test.editors.clone();
            tokio::spawn(async move { editors.update_movie(request).await.map_err(error) })
        });
        let mut won = 0;
        for task in tasks.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(_) => won += 1,
                Err(lost) => assert!(lost.is(&CommonReason::VersionMismatch), "{lost}"),
            }
        }
        assert_eq!(won, 1);
        assert_eq!(test.told().await.len(), 2);
    }
}

#[tokio::test]
async fn changes_without_a_version_all_happen_and_count() {
    for test in TestApp::all().await {
        let made = test.publish("Alien").await;
        let tasks = (0..8).map(|n| {
            let update = UpdateMovieRequest {
                id: made.id.clone(),
                content: Some(film(&format!("Alien {n}"))),
                update_mask: None,
            };
            let request = call(&test.editor, update);
            let mut editors = test.editors.clone();
            tokio::spawn(async move { editors.update_movie(request).await.unwrap() })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap();
        }
        let versions: Vec<i64> = test.told().await.iter().map(|told| told.1).collect();
        assert_eq!(versions, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
}

#[tokio::test]
async fn a_deleted_film_leaves_a_tombstone_and_is_gone() {
    for test in TestApp::all().await {
        let made = test.publish("Alien").await;
        delete(&test, &made.id).await.unwrap();
        let gone = delete(&test, &made.id).await.unwrap_err();
        assert!(gone.is(&ContentReason::MovieNotFound));
        let gone = test.update(&made.id, film("x"), &[]).await.unwrap_err();
        assert!(gone.is(&ContentReason::MovieNotFound));
        assert_eq!(test.count().await, 0);
        let told = test.told().await;
        assert_eq!(told.len(), 2);
        assert_eq!(told[1], (made.id, 2, None));
    }
}

#[tokio::test]
async fn what_breaks_a_rule_changes_nothing() {
    for test in TestApp::all().await {
        let made = test.publish("Alien").await;
        let mut channel = film("x");
        channel.set_type(ContentType::Channel);
        let mut dated = film("x");
        dated.release_date = "1999-02-30".into();
        let mut large = film("x");
        large.metadata = Some(prost_types::Struct {
            fields: [(
                "k".to_owned(),
                prost_types::Value {
                    kind: Some(prost_types::value::Kind::StringValue("x".repeat(70_000))),
                },
            )]
            .into(),
        });
        for bad in [channel, dated, large, film(""), film("  "), film("a\u{0}b")] {
            test.create(bad.clone()).await.unwrap_err();
            test.update(&made.id, bad, &[]).await.unwrap_err();
        }
        assert_eq!((test.count().await, test.told().await.len()), (1, 1));
    }
}

#[tokio::test]
async fn a_change_is_finished_though_its_caller_goes_away() {
    for test in TestApp::all().await {
        let made = test.publish("Before").await;
        let list = sv_proto::content::ListMoviesRequest::default();
        test.titles(list.clone()).await;
        // Someone else writes meanwhile, so the change has to wait, and its caller does not.
        let ctx = test.db.ctx();
        let held = test.db.begin(&ctx).await.unwrap();
        held.run("UPDATE content SET version = version", [])
            .await
            .unwrap();
        let update = test.update(&made.id, film("After"), &["title"]);
        tokio::time::timeout(Duration::from_millis(50), update)
            .await
            .unwrap_err();
        held.commit().await.unwrap();
        // The change comes through, and no remembered list outlives it.
        let mut titles = test.titles(list.clone()).await;
        for _ in 0..200 {
            if titles == ["After"] {
                break;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
            titles = test.titles(list.clone()).await;
        }
        assert_eq!(titles, ["After"]);
    }
}

#[tokio::test]
async fn a_poster_lies_at_an_address_that_pages_may_show() {
    for test in TestApp::all().await {
        let with = |address: &str| Content {
            poster_url: address.into(),
            ..film("Alien")
        };
        for good in ["", "/stream/poster/7?v=a", "https://example.com/a.jpg"] {
            assert!(test.create(with(good)).await.is_ok(), "{good}");
        }
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.example/a",
            "/\\evil.example",
            "a.jpg",
            "https://x/\"><script>",
        ] {
            let created = test.create(with(bad)).await;
            let imported = test.import(vec![row("k", with(bad))], false).await;
            for refused in [created.unwrap_err(), imported.unwrap_err()] {
                assert!(refused.is(&CommonReason::ValidationFailed), "{bad}");
                let field = &refused.violations()[0].field;
                assert!(field.ends_with("posterUrl"), "{field}");
            }
        }
        assert_eq!(test.count().await, 3);
    }
}

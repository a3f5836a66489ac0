//! Imports by natural keys (CAT-5): what is new, changed, the same; all of a batch or none.

use futures::StreamExt as _;
use sv_proto::{
    common::CommonReason,
    content::{
        Content, ContentStatus, Credit, DeleteMovieRequest, ImportTitlesRequest, RefusedRow,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, film, row};

const FIXED: &str = "01936f00-0001-7000-8000-000000000001";

fn with_id(id: &str, title: &str) -> Content {
    Content {
        id: id.into(),
        ..film(title)
    }
}

async fn actions(test: &TestApp, rows: Vec<sv_proto::content::ImportRow>) -> Vec<&'static str> {
    let outcomes = test.import(rows, false).await.unwrap();
    outcomes.into_iter().map(|(action, _)| action).collect()
}

#[tokio::test]
async fn repeating_an_import_changes_nothing() {
    for test in TestApp::all().await {
        let rows = || vec![row("a", film("Alien")), row("b", film("Brazil"))];
        assert_eq!(actions(&test, rows()).await, ["CREATED", "CREATED"]);
        assert_eq!(actions(&test, rows()).await, ["UNCHANGED", "UNCHANGED"]);
        let changed = vec![row("a", film("Aliens")), row("b", film("Brazil"))];
        assert_eq!(actions(&test, changed).await, ["UPDATED", "UNCHANGED"]);
        assert_eq!(test.count().await, 2);
        let told = test.told().await;
        let versions: Vec<i64> = told.iter().map(|told| told.1).collect();
        assert_eq!(versions, [1, 1, 2]);
        assert_eq!(told[2].2.as_ref().unwrap().title, "Aliens");
    }
}

#[tokio::test]
async fn a_dry_run_tells_the_same_and_writes_nothing() {
    for test in TestApp::all().await {
        test.import(vec![row("a", film("Alien"))], false)
            .await
            .unwrap();
        let rows = || {
            vec![
                row("a", film("Aliens")),
                row("b", film("Brazil")),
                row("b", film("Brazil")),
            ]
        };
        let dry = test.import(rows(), true).await.unwrap();
        let names: Vec<_> = dry.iter().map(|(action, _)| *action).collect();
        assert_eq!(names, ["UPDATED", "CREATED", "UNCHANGED"]);
        assert!(!dry[0].1.is_empty() && dry[1].1.is_empty() && dry[2].1.is_empty());
        assert_eq!((test.count().await, test.told().await.len()), (1, 1));
        assert_eq!(
            actions(&test, rows()).await,
            ["UPDATED", "CREATED", "UNCHANGED"]
        );
    }
}

#[tokio::test]
async fn what_editors_changed_stays_while_the_source_says_the_same() {
    for test in TestApp::all().await {
        let outcomes = test
            .import(vec![row("a", film("Alien"))], false)
            .await
            .unwrap();
        let mut archived = film("Alien, edited");
        archived.set_status(ContentStatus::Archived);
        test.update(&outcomes[0].1, archived, &["title", "status"])
            .await
            .unwrap();
        assert_eq!(
            actions(&test, vec![row("a", film("Alien"))]).await,
            ["UNCHANGED"]
        );
        assert_eq!(test.told().await.len(), 2);
        assert_eq!(
            actions(&test, vec![row("a", film("Aliens"))]).await,
            ["UPDATED"]
        );
        // An editor who has brought the title to what the source says next has done its work.
        test.update(&outcomes[0].1, film("Alien 3"), &["title"])
            .await
            .unwrap();
        assert_eq!(
            actions(&test, vec![row("a", film("Alien 3"))]).await,
            ["UNCHANGED"]
        );
    }
}

#[tokio::test]
async fn a_deleted_film_comes_back_under_its_id_and_its_version_goes_on() {
    for test in TestApp::all().await {
        let first = test
            .import(vec![row("a", film("Alien"))], false)
            .await
            .unwrap();
        let id = first[0].1.clone();
        let request = call(&test.editor, DeleteMovieRequest { id: id.clone() });
        test.editors.clone().delete_movie(request).await.unwrap();
        let again = test
            .import(vec![row("a", film("Alien"))], false)
            .await
            .unwrap();
        assert_eq!(again, [("CREATED", id.clone())]);
        let versions: Vec<i64> = test.told().await.iter().map(|told| told.1).collect();
        assert_eq!(versions, [1, 2, 3]);
        let list = sv_proto::content::ListMoviesRequest::default();
        assert_eq!(test.titles(list).await, ["Alien"]);
    }
}

#[tokio::test]
async fn a_new_film_takes_the_id_of_its_row_and_a_known_one_keeps_its_own() {
    for test in TestApp::all().await {
        let made = test
            .import(vec![row("a", with_id(FIXED, "Bars"))], false)
            .await
            .unwrap();
        assert_eq!(made, [("CREATED", FIXED.to_owned())]);
        let other = "01936f00-0002-7000-8000-000000000002";
        let again = test
            .import(vec![row("a", with_id(other, "Bars"))], false)
            .await
            .unwrap();
        assert_eq!(again, [("UNCHANGED", FIXED.to_owned())]);
        // Another source's name for the same id means the same film.
        let alias = test
            .import(vec![row("b", with_id(FIXED, "Tone"))], false)
            .await
            .unwrap();
        assert_eq!(alias, [("UPDATED", FIXED.to_owned())]);
        assert_eq!(test.count().await, 1);

        let bad = test
            .import(vec![row("c", with_id("7", "x"))], false)
            .await
            .unwrap_err();
        assert_eq!(bad.violations()[0].field, "rows[0].content.id");
    }
}

#[tokio::test]
async fn an_id_of_another_tenant_is_not_free_and_stays_theirs() {
    for test in TestApp::all().await {
        test.import(vec![row("a", with_id(FIXED, "Ours"))], false)
            .await
            .unwrap();
        let theirs = test.editor_of("acme");
        let request = sv_proto::content::ImportMoviesRequest {
            source: "test".into(),
            rows: vec![row("a", with_id(FIXED, "Theirs"))],
            dry_run: false,
        };
        let refused = test
            .editors
            .clone()
            .import_movies(call(&theirs, request))
            .await;
        let refused = error(refused.unwrap_err());
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused:?}");
        assert_eq!(refused.violations()[0].rule, "TAKEN");
        let list = sv_proto::content::ListMoviesRequest::default();
        assert_eq!(test.titles(list).await, ["Ours"]);
    }
}

#[tokio::test]
async fn a_batch_with_one_bad_row_is_refused_as_a_whole() {
    for test in TestApp::all().await {
        let rows = vec![row("a", film("Alien")), row("b", film("  "))];
        let refused = test.import(rows, false).await.unwrap_err();
        assert_eq!(refused.violations()[0].field, "rows[1].content.title");
        let mut dated = film("x");
        dated.release_date = "soon".into();
        let rows = vec![row("a", film("Alien")), row("b", dated)];
        let refused = test.import(rows, false).await.unwrap_err();
        assert_eq!(refused.violations()[0].field, "rows[1].content.releaseDate");
        assert_eq!((test.count().await, test.told().await.len()), (0, 0));
        let fine = vec![row("a", film("Alien"))];
        assert_eq!(
            actions(&test, fine).await,
            ["CREATED"],
            "no key was left behind"
        );
    }
}

#[tokio::test]
async fn imports_at_the_same_time_make_each_film_once() {
    for test in TestApp::all().await {
        let tasks = (0..4).map(|n| {
            // In different orders, so that they would lock each other.
            let mut rows: Vec<_> = (0..20)
                .map(|key| row(&format!("k{key}"), film(&format!("Film {key}"))))
                .collect();
            if n % 2 == 1 {
                rows.reverse();
            }
            let request = sv_proto::content::ImportMoviesRequest {
                source: "test".into(),
                rows,
                dry_run: false,
            };
            let (mut operator, ctx) = (test.operator.clone(), test.background());
            tokio::spawn(async move {
                operator
                    .import_movies(call(&ctx, request))
                    .await
                    .map_err(error)
            })
        });
        for task in tasks.collect::<Vec<_>>() {
            task.await.unwrap().unwrap();
        }
        assert_eq!((test.count().await, test.told().await.len()), (20, 20));
    }
}

#[tokio::test]
async fn only_editors_and_our_services_import() {
    for test in TestApp::all().await {
        let request = sv_proto::content::ImportMoviesRequest {
            source: "test".into(),
            rows: vec![row("a", film("Alien"))],
            dry_run: false,
        };
        let refused = test
            .editors
            .clone()
            .import_movies(call(&test.viewer, request.clone()))
            .await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::PermissionDenied));
        test.editors
            .clone()
            .import_movies(call(&test.editor, request))
            .await
            .unwrap();
    }
}

fn flowing(
    rows: Vec<sv_proto::content::ImportRow>,
    dry_run: bool,
) -> impl futures::Stream<Item = ImportTitlesRequest> + Send + 'static {
    futures::stream::iter(rows).map(move |row| ImportTitlesRequest {
        source: "test".into(),
        row: Some(row),
        dry_run,
    })
}

/// Rows come one after the other, are written in batches, and one that is refused holds up no other.
#[tokio::test]
async fn a_catalogue_of_any_size_goes_in_row_by_row() {
    for test in TestApp::all().await {
        let import = async |rows, dry_run| {
            let (ctx, mut operator) = (test.background(), test.operator.clone());
            let answer = operator.import_titles(call(&ctx, flowing(rows, dry_run)));
            match answer.await {
                Ok(answer) => Ok(answer.into_inner()),
                Err(status) => Err(error(status)),
            }
        };
        let rows = || {
            let mut rows: Vec<_> = (1..=1_203)
                .map(|n| row(&format!("{n}"), film(&format!("Film {n}"))))
                .collect();
            for (at, title) in [(700, "Who?"), (701, "Who else?")] {
                let content = rows[at - 1].content.as_mut().unwrap();
                content.title = title.into();
                content.credits = vec![Credit {
                    name: "Somebody".into(),
                    person_id: FIXED.into(),
                    ..Default::default()
                }];
            }
            rows
        };
        let dry = import(rows(), true).await.unwrap();
        assert_eq!((dry.created, dry.refused), (1_201, 2));
        assert_eq!(test.count().await, 0);
        let done = import(rows(), false).await.unwrap();
        assert_eq!((done.rows, done.created, done.refused), (1_203, 1_201, 2));
        let refused = |problem: &RefusedRow| (problem.row, problem.reason.clone());
        let problems: Vec<_> = done.problems.iter().map(refused).collect();
        let reason = "PERSON_NOT_FOUND".to_owned();
        assert_eq!(problems, [(700, reason.clone()), (701, reason)]);
        assert_eq!(test.count().await, 1_201);
        let again = import(rows(), false).await.unwrap();
        assert_eq!(
            (again.unchanged, again.created, again.updated),
            (1_201, 0, 0)
        );

        // What is no row ends the import there, and says which it was; what came before is in.
        let broken = vec![
            row("new", film("New")),
            row("", film("No key")),
            row("z", film("Z")),
        ];
        let refused = import(broken, false).await.unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        assert_eq!(refused.metadata()["message"], "2");
        assert_eq!(test.count().await, 1_202);
    }
}

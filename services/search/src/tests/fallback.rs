//! When the index does not answer (SRCH-6, RES-4).

use sv_proto::search::SearchGlobalRequest;

use super::test_app::{Fault, TestApp, asked, changed, deleted, film, votes};

#[tokio::test]
async fn the_fallback_gives_the_same_answer_and_says_so() {
    for test in TestApp::all().await {
        let titles = [
            "Alien",
            "Aliens",
            "Alien³",
            "Amélie",
            "WALL·E",
            "The Matrix",
            "千と千尋の神隠し",
        ];
        for (n, title) in titles.into_iter().enumerate() {
            let n = i32::try_from(n).unwrap();
            test.tell([changed(votes(film(&format!("f{n}"), title), 100 * n), 1)])
                .await;
        }
        test.settle().await;
        for typed in [
            "alien", "al", "a", "alein", "amelie", "wall e", "walle", "matrix", "the m", "千尋",
            "drama", "1999", "xyzzy",
        ] {
            test.index.set(Fault::None);
            let by_index = test.find(typed).await;
            assert!(!by_index.degraded);
            test.index.set(Fault::Fails);
            let by_fallback = test.find(typed).await;
            assert!(by_fallback.degraded);
            assert_eq!(by_fallback.items, by_index.items, "{typed}");
            assert_eq!(
                (by_fallback.total, by_fallback.facets),
                (by_index.total, by_index.facets)
            );
        }
    }
}

#[tokio::test]
async fn an_index_that_hangs_is_not_waited_for() {
    for test in TestApp::all().await {
        test.tell([changed(film("a", "Solaris"), 1)]).await;
        test.settle().await;
        test.index.set(Fault::Hangs);
        let found = test.find("solaris").await;
        assert!(found.degraded);
        assert_eq!(found.items[0].title, "Solaris");
        test.index.set(Fault::None);
        assert!(!test.find("solaris").await.degraded, "it is asked again");
    }
}

#[tokio::test]
async fn changes_reach_the_fallback_while_the_index_is_down_and_the_index_afterwards() {
    for test in TestApp::all().await {
        test.tell([
            changed(film("a", "Solaris"), 1),
            changed(film("b", "Stalker"), 1),
        ])
        .await;
        test.settle().await;
        test.index.set(Fault::Fails);
        test.tell([changed(film("c", "Mirror"), 1), deleted("b", 2)])
            .await;
        let seen = async {
            while test.titles("mirror").await.is_empty() || !test.titles("stalker").await.is_empty()
            {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(20), seen)
            .await
            .unwrap();
        assert!(
            test.status().await.unwrap().lag_events > 0,
            "the index has not got them"
        );

        test.index.set(Fault::None);
        test.settle().await;
        let found = test.find("mirror").await;
        assert_eq!((found.degraded, found.total), (false, 1));
        assert!(test.titles("stalker").await.is_empty());
    }
}

#[tokio::test]
async fn filters_hold_in_the_fallback_too() {
    for test in TestApp::all().await {
        let year = |id: &str, year: i32| {
            let mut film = film(id, "Twin");
            film.release_date = format!("{year}-01-01");
            film.genres = vec![format!("Genre {year}")];
            changed(film, 1)
        };
        test.tell([year("old", 1950), year("new", 2000)]).await;
        test.settle().await;
        test.index.set(Fault::Fails);
        for (request, id) in [
            (
                SearchGlobalRequest {
                    year_from: 1990,
                    ..asked("twin")
                },
                "new",
            ),
            (
                SearchGlobalRequest {
                    year_to: 1990,
                    ..asked("twin")
                },
                "old",
            ),
            (
                SearchGlobalRequest {
                    genre: vec!["Genre 1950".into()],
                    ..asked("twin")
                },
                "old",
            ),
        ] {
            let found = test.ask(request).await.unwrap();
            assert_eq!((found.total, found.items[0].id.as_str()), (1, id));
        }
    }
}

//! What a viewer gets (SRCH-1, SRCH-2, SRCH-5, C49).

use sv_proto::{
    content::{Content, ContentStatus, ContentType, Score},
    search::{FacetValue, MatchKind, SearchGlobalRequest},
};

use super::test_app::{TestApp, asked, changed, credit, film, lose, votes};

/// Films that exist, with their real facts.
fn films() -> Vec<Content> {
    let mut films = Vec::new();
    let facts = [
        ("Alien", 1979, "Ridley Scott", "Horror", 180_000),
        ("Aliens", 1986, "James Cameron", "Action", 170_000),
        (
            "Amélie",
            2001,
            "Jean-Pierre Jeunet",
            "Romantic Comedy",
            180_000,
        ),
        ("Blade Runner", 1982, "Ridley Scott", "Action", 185_000),
        ("King Kong", 1933, "Merian C. Cooper", "Adventure", 60_000),
        ("King Kong", 2005, "Peter Jackson", "Adventure", 130_000),
        ("Léon", 1994, "Luc Besson", "Thriller", 199_000),
        ("The Matrix", 1999, "Lana Wachowski", "Action", 380_000),
        ("Se7en", 1995, "David Fincher", "Thriller", 278_000),
        ("WALL·E", 2008, "Andrew Stanton", "Adventure", 182_000),
    ];
    for (n, (title, year, director, genre, voted)) in facts.into_iter().enumerate() {
        let film = credit(votes(film(&format!("film-{n}"), title), voted), director);
        films.push(Content {
            release_date: format!("{year}-05-01"),
            genres: vec![genre.into()],
            poster_url: format!("https://posters.example/{n}.jpg"),
            ..film
        });
    }
    films
}

async fn apps() -> Vec<TestApp> {
    let apps = TestApp::all().await;
    for test in &apps {
        test.tell(films().into_iter().map(|film| changed(film, 1)))
            .await;
        test.settle().await;
    }
    apps
}

#[tokio::test]
async fn a_hit_says_what_it_is_and_why_c49() {
    for test in apps().await {
        let found = test.find("amel").await;
        let hit = &found.items[0];
        assert_eq!((hit.id.as_str(), hit.title.as_str()), ("film-2", "Amélie"));
        assert_eq!(hit.highlight, "<em>Amél</em>ie");
        assert_eq!(
            (hit.matched.as_str(), hit.r#match()),
            ("title", MatchKind::Prefix)
        );
        assert_eq!((hit.r#type(), hit.year), (ContentType::Movie, 2001));
        assert_eq!(hit.poster_url, "https://posters.example/2.jpg");
        assert_eq!(hit.genres, ["Romantic Comedy"]);
        assert!(hit.score > 0.0 && hit.score <= 1.0);
        assert!(!found.degraded);

        let hit = test.find("ridley").await.items.remove(0);
        assert_eq!(
            (hit.title.as_str(), hit.matched.as_str()),
            ("Blade Runner", "person")
        );
        assert_eq!(hit.highlight, "<em>Ridley</em> Scott");
    }
}

#[tokio::test]
async fn every_part_of_a_title_is_searched_srch_2() {
    for test in apps().await {
        let more = Content {
            original_title: "Das Boot".into(),
            synopsis: "A submarine crew fears depth charges.".into(),
            tags: vec!["claustrophobic".into()],
            ..credit(film("boat", "The Boat"), "Jürgen Prochnow")
        };
        test.tell([changed(more, 1)]).await;
        test.settle().await;
        for (typed, matched) in [
            ("boat", "title"),
            ("das boot", "original_title"),
            ("jurgen prochnow", "person"),
            ("submarine", "synopsis"),
            ("claustro", "tag"),
        ] {
            let hit = test.find(typed).await.items.remove(0);
            assert_eq!(
                (hit.id.as_str(), hit.matched.as_str()),
                ("boat", matched),
                "{typed}"
            );
        }
    }
}

#[tokio::test]
async fn facets_and_total_count_what_was_found_whatever_the_page_srch_5() {
    for test in apps().await {
        let ask = |limit, offset| SearchGlobalRequest {
            limit,
            offset,
            ..asked("a")
        };
        let all = test.ask(ask(100, 0)).await.unwrap();
        assert_eq!(all.total, i32::try_from(all.items.len()).unwrap());
        assert!(all.total > 3);
        let mut paged = Vec::new();
        for offset in 0..all.total {
            let page = test.ask(ask(1, offset)).await.unwrap();
            assert_eq!((page.total, &page.facets), (all.total, &all.facets));
            paged.extend(page.items);
        }
        assert_eq!(paged, all.items);
        assert!(test.ask(ask(10, all.total)).await.unwrap().items.is_empty());

        let facet = |name: &str| {
            let facet = all.facets.iter().find(|facet| facet.name == name);
            facet.unwrap().values.clone()
        };
        let movies = FacetValue {
            value: "movie".into(),
            count: all.total,
        };
        assert_eq!(facet("type"), [movies]);
        for values in [facet("genre"), facet("decade")] {
            assert_eq!(
                values.iter().map(|value| value.count).sum::<i32>(),
                all.total
            );
            assert!(values.is_sorted_by(|a, b| a.count >= b.count));
        }
    }
}

#[tokio::test]
async fn filters_narrow_hits_and_counts() {
    for test in apps().await {
        let request = |f: fn(&mut SearchGlobalRequest)| {
            let mut request = asked("king kong");
            f(&mut request);
            request
        };
        for (request, years) in [
            (request(|_| {}), vec![2005, 1933]),
            (request(|r| r.year_from = 1950), vec![2005]),
            (request(|r| r.year_to = 1950), vec![1933]),
            (request(|r| (r.year_from, r.year_to) = (1934, 2004)), vec![]),
            (
                request(|r| r.genre = vec!["Adventure".into(), "War".into()]),
                vec![2005, 1933],
            ),
            (request(|r| r.genre = vec!["War".into()]), vec![]),
            // Items that say nothing.
            (request(|r| r.genre = vec![String::new()]), vec![2005, 1933]),
            (
                request(|r| r.r#type = vec![ContentType::Unspecified.into()]),
                vec![2005, 1933],
            ),
            (
                request(|r| r.r#type = vec![ContentType::Movie.into()]),
                vec![2005, 1933],
            ),
            (
                request(|r| r.r#type = vec![ContentType::Series.into()]),
                vec![],
            ),
        ] {
            let found = test.ask(request.clone()).await.unwrap();
            let found_years: Vec<i32> = found.items.iter().map(|hit| hit.year).collect();
            assert_eq!(found_years, years, "{request:?}");
            assert_eq!(found.total, i32::try_from(years.len()).unwrap());
        }
    }
}

#[tokio::test]
async fn a_window_beyond_200_is_refused() {
    for test in apps().await {
        let window = |limit, offset| SearchGlobalRequest {
            limit,
            offset,
            ..asked("alien")
        };
        for (limit, offset) in [(1, 200), (100, 101), (0, 181), (1, i32::MAX)] {
            let refused = test.ask(window(limit, offset)).await.unwrap_err();
            assert_eq!(refused.reason(), "WINDOW_TOO_LARGE", "{limit} {offset}");
            assert_eq!(refused.metadata()["max"], "200");
        }
        for (limit, offset) in [(0, 180), (100, 100), (1000, 100), (1, 199)] {
            assert!(
                test.ask(window(limit, offset)).await.is_ok(),
                "{limit} {offset}"
            );
        }
        for (limit, offset) in [(-1, 0), (1, -1)] {
            let refused = test.ask(window(limit, offset)).await.unwrap_err();
            assert_eq!(refused.reason(), "VALIDATION_FAILED");
        }
        assert_eq!(
            test.ask(asked("")).await.unwrap_err().reason(),
            "VALIDATION_FAILED"
        );
        assert_eq!(
            test.find(" ?! ").await.total,
            0,
            "punctuation means nothing"
        );
    }
}

#[tokio::test]
async fn popularity_is_the_score_times_the_votes_of_the_most_voted_source() {
    for test in TestApp::all().await {
        let scores = |id: &str, scores: &[(f64, f64, i32)]| {
            let score = |(value, scale, votes): &(f64, f64, i32)| Score {
                source: "s".into(),
                value: *value,
                scale: *scale,
                votes: *votes,
            };
            let scores = scores.iter().map(score).collect();
            changed(
                Content {
                    scores,
                    ..film(id, "Twin")
                },
                1,
            )
        };
        test.tell([
            scores("none", &[]),
            scores("odd", &[(f64::NAN, 10.0, 9), (99.0, 10.0, -5)]),
            scores("ten", &[(7.0, 10.0, 1000)]),
            scores("hundred", &[(80.0, 100.0, 1000), (10.0, 10.0, 1)]),
        ])
        .await;
        test.settle().await;
        let found = test.find("twin").await.items;
        let ids: Vec<_> = found.iter().map(|hit| hit.id.as_str()).collect();
        assert_eq!(ids, ["hundred", "ten", "none", "odd"]);
    }
}

#[tokio::test]
async fn an_unreasonably_large_title_is_still_found() {
    for test in TestApp::all().await {
        let mut huge = film("huge", "Gigantic");
        huge.synopsis = "word ".repeat(800);
        for n in 0..200 {
            huge = credit(huge, &format!("Person {n} {}", "ж".repeat(180)));
        }
        huge.status = ContentStatus::Published.into();
        test.tell([changed(huge, 1)]).await;
        test.settle().await;
        assert_eq!(test.titles("gigantic").await, ["Gigantic"]);
        assert_eq!(test.titles("person 7").await, ["Gigantic"]);
    }
}

#[tokio::test]
async fn what_is_watched_here_comes_first_among_equals_cat_18() {
    for test in TestApp::all().await {
        let twins = [("a", "Twin Alpha"), ("b", "Twin Beta"), ("c", "Twin")];
        let twins = twins.map(|(id, title)| changed(film(id, title), 1));
        test.tell(twins).await;
        test.settle().await;
        assert_eq!(
            test.titles("twin").await,
            ["Twin", "Twin Alpha", "Twin Beta"]
        );
        let watched = (sv_kernel::Tenant::default().to_string(), "b".to_owned());
        let plays = 5_000_000;
        test.catalogue
            .popularity
            .lock()
            .unwrap()
            .insert(watched, plays);
        // A process asks once its index is whole.
        let test = test.restart(lose).await;
        let known = async {
            while test.titles("twin").await != ["Twin", "Twin Beta", "Twin Alpha"] {
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(std::time::Duration::from_secs(30), known)
            .await
            .unwrap();
    }
}

//! Orders, pages and filters of lists (CAT-1, C49).

use std::time::Duration;

use sv_proto::{
    common::CommonReason,
    content::{AdminListMoviesRequest, ListMoviesRequest, Monetization, Score},
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, by, film};

/// Films that differ in everything lists are ordered by, in the order they are made.
async fn make_films(test: &TestApp) {
    for (title, date, score) in [
        ("Éclair", "1990-05-01", 70.0),
        ("eclair", "1980-01-01", 90.0),
        ("Alien", "1979-05-25", 85.0),
        ("Zorro", "", 0.0),
        ("七人の侍", "1954-04-26", 86.0),
        ("\"Quoted\"", "2001-01-01", 10.0),
    ] {
        let mut content = film(title);
        content.release_date = date.into();
        content.scores.push(Score {
            source: "test".into(),
            value: score,
            scale: 100.0,
            votes: 1,
        });
        test.create(content).await.unwrap();
        test.harness.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test]
async fn lists_are_ordered_as_asked_and_page_without_gaps() {
    // By title without regard to accents and case, equal ones by age; without a date first.
    let orders = [
        ("title", "Alien|Éclair|eclair|\"Quoted\"|Zorro|七人の侍"),
        ("-title", "七人の侍|Zorro|\"Quoted\"|eclair|Éclair|Alien"),
        (
            "release_date",
            "Zorro|七人の侍|Alien|eclair|Éclair|\"Quoted\"",
        ),
        (
            "-releaseDate",
            "\"Quoted\"|Éclair|eclair|Alien|七人の侍|Zorro",
        ),
        ("-score", "eclair|七人の侍|Alien|Éclair|\"Quoted\"|Zorro"),
        (
            "-create_time",
            "\"Quoted\"|七人の侍|Zorro|Alien|eclair|Éclair",
        ),
    ];
    for test in TestApp::all().await {
        make_films(&test).await;
        for size in [1, 2, 5, 6, 100] {
            for (order, titles) in orders {
                assert_eq!(
                    test.titles(by(order, size)).await.join("|"),
                    titles,
                    "{order}"
                );
            }
        }
        let unknown = test.list(by("budget", 0)).await.unwrap_err();
        let refused = &unknown.violations()[0];
        assert_eq!((refused.field.as_str(), refused.rule), ("orderBy", "WORD"));
        assert!(refused.description.contains("-score"), "{refused:?}");
    }
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_films_come_and_go() {
    for test in TestApp::all().await {
        let mut made = Vec::new();
        for n in 0..30 {
            made.push(test.publish(&format!("Film {n:02}")).await);
        }
        let (mut seen, mut token, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let request = ListMoviesRequest {
                page_token: token,
                ..by("title", 4)
            };
            let page = test.list(request).await.unwrap();
            seen.extend(page.items.into_iter().map(|item| item.title));
            token = page.next_page_token;
            if token.is_empty() {
                break;
            }
            // One before and one behind where we are, and the last seen one goes.
            test.publish(&format!("Film 00 {pages}")).await;
            test.publish(&format!("Film 99 {pages}")).await;
            let last = seen.last().unwrap();
            if let Some(gone) = made.iter().find(|made| made.title == *last) {
                let id = gone.id.clone();
                let request = call(&test.editor, sv_proto::content::DeleteMovieRequest { id });
                test.editors.clone().delete_movie(request).await.unwrap();
            }
            pages += 1;
            assert!(pages < 50, "the list does not end");
        }
        let mut unique = seen.clone();
        unique.dedup();
        assert_eq!(unique, seen, "no film twice");
        for film in &made {
            assert!(seen.contains(&film.title), "{} was skipped", film.title);
        }
    }
}

#[tokio::test]
async fn filters_narrow_and_the_total_counts_what_they_let_through() {
    fn with(change: impl FnOnce(&mut ListMoviesRequest)) -> ListMoviesRequest {
        let mut request = ListMoviesRequest {
            with_total: true,
            page_size: 1,
            ..ListMoviesRequest::default()
        };
        change(&mut request);
        request
    }
    let lists = [
        (with(|_| ()), "A|B|C|D"),
        (with(|r| r.genre = vec![" DRAMA".into()]), "A|C"),
        (
            with(|r| r.genre = vec!["war".into(), "comedy".into(), "none".into()]),
            "A|B",
        ),
        (with(|r| r.year_from = 2000), "B|C"),
        (with(|r| r.year_to = 1999), "A"),
        (with(|r| (r.year_from, r.year_to) = (2000, 2000)), "B|C"),
        (with(|r| r.maturity_rating = vec!["PG-13".into()]), "B|C"),
        (
            with(|r| r.monetization = vec![Monetization::Svod.into(), Monetization::Tvod.into()]),
            "A|C|D",
        ),
        (
            with(|r| {
                r.maturity_rating = vec!["PG-13".into(), "R".into()];
                r.genre = vec!["drama".into()];
                r.year_from = 2000;
            }),
            "C",
        ),
        (with(|r| r.year_from = 2001), ""),
    ];
    for test in TestApp::all().await {
        for (title, genres, date, rating, money) in [
            ("A", "Drama|War", "1999-12-31", "R", Monetization::Svod),
            ("B", "Comedy", "2000-01-01", "PG-13", Monetization::Avod),
            ("C", "drama", "2000-06-01", "PG-13", Monetization::Svod),
            ("D", "", "", "", Monetization::Tvod),
        ] {
            let mut content = film(title);
            content.genres = genres.split('|').map(String::from).collect();
            content.release_date = date.into();
            content.maturity_rating = rating.into();
            content.set_monetization(money);
            test.create(content).await.unwrap();
        }
        for (request, titles) in &lists {
            let found = test.titles(request.clone()).await;
            assert_eq!(found.join("|"), *titles, "{request:?}");
            let page = test.list(request.clone()).await.unwrap();
            assert_eq!(page.total, Some(i32::try_from(found.len()).unwrap()));
        }
        assert_eq!(test.list(by("", 0)).await.unwrap().total, None);
    }
}

#[tokio::test]
async fn a_page_token_belongs_to_its_list_filters_and_tenant() {
    for test in TestApp::all().await {
        for n in 0..3 {
            test.publish(&format!("Film {n}")).await;
        }
        let page = test.list(by("title", 1)).await.unwrap();
        let token = page.next_page_token;
        assert!(!token.is_empty());
        let with = |request: ListMoviesRequest| ListMoviesRequest {
            page_token: token.clone(),
            ..request
        };
        let other_size = test.list(with(by("title", 2))).await.unwrap();
        assert_eq!(other_size.items.len(), 2);
        let mut filtered = with(by("title", 1));
        filtered.year_from = 1900;
        let mut forged = with(by("title", 1));
        forged.page_token.replace_range(0..1, "_");
        for wrong in [with(by("-title", 1)), filtered, forged] {
            let refused = test.list(wrong).await.unwrap_err();
            assert!(refused.is(&CommonReason::PageInvalid), "{refused}");
        }
        let theirs = test.editor_of("acme");
        let refused = test
            .viewers
            .clone()
            .list_movies(call(&theirs, with(by("title", 1))))
            .await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::PageInvalid));
        let negative = test.list(by("title", -1)).await.unwrap_err();
        assert_eq!(negative.violations()[0].field, "pageSize");
    }
}

#[tokio::test]
async fn editors_find_titles_by_how_they_begin() {
    for test in TestApp::all().await {
        for title in [
            "Élan",
            "Elan vital",
            "elbow",
            "The Elan",
            "100%",
            "100 days",
            "% of Us",
        ] {
            test.publish(title).await;
        }
        for (prefix, titles) in [
            ("ELAN", vec!["Élan", "Elan vital"]),
            ("el", vec!["Élan", "Elan vital", "elbow"]),
            // Signs are no wildcards and are not passed over.
            ("%", vec!["% of Us"]),
            ("100", vec!["100%", "100 days"]),
            ("100%", vec!["100%"]),
            ("_", vec![]),
            ("zz", vec![]),
        ] {
            let request = AdminListMoviesRequest {
                title_prefix: prefix.into(),
                ..AdminListMoviesRequest::default()
            };
            let answer = test
                .editors
                .clone()
                .admin_list_movies(call(&test.editor, request))
                .await;
            let items = answer.unwrap().into_inner().items;
            let found: Vec<String> = items.into_iter().map(|item| item.title).collect();
            assert_eq!(found, titles, "{prefix}");
        }
    }
}

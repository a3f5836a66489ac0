//! The home page, films and series together, and the genres (CAT-17).

use sv_kernel::{Country, Ctx, Whereabouts};
use sv_proto::{
    content::{
        Availability, Content, ContentStatus, ContentType, GetHomeRequest, GetHomeResponse,
        HomeRow, HomeRowKind, ListGenresRequest, ListTitlesRequest, Score,
        browse_service_client::BrowseServiceClient,
    },
    streaming::{ContinueItem, WatchedTitle},
};
use sv_rpc::{Transport, call, error};

use super::{
    series::{episode, series},
    test_app::{TestApp, film},
};

fn scored(title: &str, value: f64, genres: &[&str]) -> Content {
    Content {
        genres: genres.iter().map(|genre| (*genre).to_owned()).collect(),
        scores: vec![Score {
            source: "imdb".into(),
            value,
            scale: 10.0,
            votes: 7,
        }],
        ..film(title)
    }
}

fn browse(test: &TestApp) -> BrowseServiceClient<Transport> {
    let mesh = test.harness.mesh.calling_as("edge");
    BrowseServiceClient::new(mesh.client_transport(crate::NAME).unwrap())
}

async fn page(test: &TestApp, by: &Ctx, row_size: i32) -> GetHomeResponse {
    let request = call(by, GetHomeRequest { row_size });
    let answer = browse(test).get_home(request).await;
    answer.map_err(error).unwrap().into_inner()
}

async fn home(test: &TestApp, by: &Ctx, row_size: i32) -> Vec<HomeRow> {
    page(test, by, row_size).await.rows
}

/// What stands in a row: kind, genre and titles.
type Shown<'a> = (HomeRowKind, &'a str, Vec<&'a str>);

fn shown(rows: &[HomeRow]) -> Vec<Shown<'_>> {
    let mut all = Vec::new();
    for row in rows {
        let titles = row.items.iter().map(|item| item.title.as_str()).collect();
        all.push((row.kind(), row.genre.as_str(), titles));
    }
    all
}

/// Makes three films, a second apart, and a draft.
async fn films(test: &TestApp) {
    for (title, score, genres) in [
        ("Low", 1.0, &["Drama"][..]),
        ("High", 9.0, &["drama", "Crime"]),
        ("Late", 2.0, &["Drama"]),
    ] {
        test.create(scored(title, score, genres)).await.unwrap();
        let second = std::time::Duration::from_secs(1);
        test.harness.clock.advance(second);
    }
    let mut draft = scored("Draft", 9.9, &["Drama", "Secret"]);
    draft.set_status(ContentStatus::Draft);
    test.create(draft).await.unwrap();
}

#[tokio::test]
async fn rows_begin_lists_and_are_left_out_where_they_have_no_titles() {
    for test in TestApp::all().await {
        let viewer = &test.viewer;
        assert_eq!(home(&test, viewer, 0).await, []);
        test.create(film("Without a score")).await.unwrap();
        let new = (HomeRowKind::New, "", vec!["Without a score"]);
        assert_eq!(shown(&home(&test, viewer, 0).await)[0], new);
        assert!(
            home(&test, viewer, 0)
                .await
                .iter()
                .all(|row| row.kind() != HomeRowKind::Top)
        );
        films(&test).await;
        let rows = home(&test, viewer, 2).await;
        assert_eq!(
            shown(&rows),
            [
                (HomeRowKind::New, "", vec!["Late", "High"]),
                (HomeRowKind::Top, "", vec!["High", "Late"]),
                (HomeRowKind::Genre, "drama", vec!["High", "Late"]),
                (HomeRowKind::Genre, "Crime", vec!["High"]),
            ]
        );
        assert_eq!(rows[2].more, "/ondemand/titles?orderBy=-score&genre=drama");
        // The list that a row names goes on behind it.
        let request = ListTitlesRequest {
            order_by: "-score".into(),
            genre: vec!["drama".into()],
            page_token: rows[2].next_page_token.clone(),
            ..ListTitlesRequest::default()
        };
        let rest = browse(&test).list_titles(call(viewer, request)).await;
        let rest = rest.map_err(error).unwrap().into_inner();
        let titles: Vec<_> = rest.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!((titles, rest.next_page_token.as_str()), (vec!["Low"], ""));
        assert_eq!(rows[3].next_page_token, "");
        let stranger = test.harness.anonymous();
        assert_eq!(home(&test, &stranger, 2).await, rows);
    }
}

#[tokio::test]
async fn films_and_series_are_listed_together_and_episodes_with_their_series_only() {
    for test in TestApp::all().await {
        test.create(film("Film")).await.unwrap();
        let made = test.create_series(series("Series", &[1])).await.unwrap();
        let first = episode(&made.id, 1, 1, "Episode");
        test.create_episode(first).await.unwrap();
        let request = ListTitlesRequest {
            with_total: true,
            ..ListTitlesRequest::default()
        };
        let list = browse(&test).list_titles(call(&test.viewer, request)).await;
        let list = list.map_err(error).unwrap().into_inner();
        let titles: Vec<_> = list.items.iter().map(|item| item.title.as_str()).collect();
        assert_eq!((titles, list.total), (vec!["Film", "Series"], Some(2)));
        assert_eq!(list.items[1].r#type(), ContentType::Series);
    }
}

#[tokio::test]
async fn genres_are_counted_by_what_is_seen_and_listed_in_parts() {
    for test in TestApp::all().await {
        films(&test).await;
        let mut token = String::new();
        let mut all = Vec::new();
        loop {
            let request = ListGenresRequest {
                page_size: 1,
                page_token: token,
                ..ListGenresRequest::default()
            };
            let part = browse(&test).list_genres(call(&test.viewer, request)).await;
            let part = part.map_err(error).unwrap().into_inner();
            all.extend(part.items.into_iter().map(|of| (of.name, of.title_count)));
            token = part.next_page_token;
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(all, [("drama".to_owned(), 3), ("Crime".to_owned(), 1)]);
    }
}

fn begun(title: &Content) -> ContinueItem {
    ContinueItem {
        title: Some(WatchedTitle {
            content_id: title.id.clone(),
            title: title.title.clone(),
            position_seconds: 7.5,
            ..WatchedTitle::default()
        }),
        next_episode: false,
    }
}

#[tokio::test]
async fn what_a_profile_has_chosen_stands_first_and_is_left_out_where_nobody_can_say() {
    for test in TestApp::all().await {
        let film = test.create(scored("Begun", 9.0, &[])).await.unwrap();
        let chosen = || test.chosen.lock().unwrap();
        chosen().begun = Some(vec![begun(&film)]);
        chosen().watchlist = vec![film.clone()];
        let told = page(&test, &test.viewer, 0).await;
        let kinds: Vec<_> = told.rows.iter().map(HomeRow::kind).collect();
        let shared = [HomeRowKind::New, HomeRowKind::Top];
        let own = [HomeRowKind::Continue, HomeRowKind::Watchlist];
        assert_eq!((kinds, told.degraded), ([own, shared].concat(), false));
        let going_on = &told.rows[0].items[0];
        let position = going_on.progress.as_ref().unwrap().position_seconds;
        assert_eq!((going_on.title.as_str(), position), ("Begun", 7.5));
        // Who is nobody has chosen nothing.
        let stranger = test.harness.anonymous();
        let told = page(&test, &stranger, 0).await;
        assert_eq!(told.rows[0].kind(), HomeRowKind::New);
        assert!(!told.degraded);
        chosen().begun = None;
        let told = page(&test, &test.viewer, 0).await;
        let kinds: Vec<_> = told.rows.iter().map(HomeRow::kind).collect();
        let left = [&[HomeRowKind::Watchlist][..], &shared].concat();
        assert_eq!((kinds, told.degraded), (left, true));
    }
}

#[tokio::test]
async fn children_and_countries_have_pages_of_their_own() {
    for test in TestApp::all().await {
        let rated = |title: &str, rating: &str| Content {
            maturity_rating: rating.into(),
            ..scored(title, 5.0, &["Drama"])
        };
        test.create(rated("Gentle", "G")).await.unwrap();
        let blocked = Content {
            availability: Some(Availability {
                blocked_countries: vec!["NO".into()],
                ..Availability::default()
            }),
            ..rated("Grim", "R")
        };
        test.create(blocked).await.unwrap();
        let titles = |rows: &[HomeRow]| {
            let titles = rows.iter().map(|row| row.items.len());
            titles.collect::<Vec<_>>()
        };
        let child = uuid::Uuid::from_u128(7);
        test.chosen.lock().unwrap().child = Some(child);
        for (profile, country, seen) in [
            (None, None, 1),
            (None, Some("NO"), 1),
            (None, Some("SE"), 2),
            (Some(child), Some("SE"), 1),
            (Some(uuid::Uuid::from_u128(8)), Some("SE"), 2),
        ] {
            let by = Ctx {
                profile,
                whereabouts: Whereabouts::country(
                    country.map(|country| Country::parse(country).unwrap()),
                ),
                ..test.viewer.clone()
            };
            let rows = home(&test, &by, 0).await;
            assert_eq!(titles(&rows), [seen; 3], "{profile:?} {country:?}");
        }
    }
}

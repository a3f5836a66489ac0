//! Where and when titles are open, and drafts that are published at their time (X-CAT-5, SCHD-2).

use std::time::Duration;

use sv_kernel::{Ctx, Error, Timestamp};
use sv_proto::{
    content::{
        Availability, AvailabilityWindow, Content, ContentStatus, CreateEpisodeRequest,
        CreateSeriesRequest, EpisodeDetails, GetMovieRequest, ListEpisodesRequest,
        ListMoviesRequest, Monetization, Season, SeriesDetails, content::Details,
    },
    convert::timestamp,
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, film};

impl TestApp {
    fn after(&self, seconds: u64) -> Timestamp {
        self.harness.env.business_clock.now() + Duration::from_secs(seconds)
    }

    async fn listed(&self, by: &Ctx) -> Vec<String> {
        let request = ListMoviesRequest {
            with_total: true,
            ..ListMoviesRequest::default()
        };
        let answer = self.viewers.clone().list_movies(call(by, request)).await;
        let answer = answer.unwrap().into_inner();
        let titles: Vec<_> = answer.items.iter().map(|item| item.title.clone()).collect();
        assert_eq!(answer.total, Some(i32::try_from(titles.len()).unwrap()));
        titles
    }

    async fn got(&self, by: &Ctx, id: &str) -> Result<Content, Error> {
        let request = call(by, GetMovieRequest { id: id.into() });
        let answer = self.viewers.clone().get_movie(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }
}

fn window(
    countries: &[&str],
    start: Option<Timestamp>,
    end: Option<Timestamp>,
) -> AvailabilityWindow {
    AvailabilityWindow {
        countries: countries.iter().map(|code| (*code).to_owned()).collect(),
        start_time: start.map(timestamp),
        end_time: end.map(timestamp),
        ..AvailabilityWindow::default()
    }
}

fn open(title: &str, windows: Vec<AvailabilityWindow>, blocked: &[&str]) -> Content {
    Content {
        availability: Some(Availability {
            windows,
            blocked_countries: blocked.iter().map(|code| (*code).to_owned()).collect(),
        }),
        ..film(title)
    }
}

#[tokio::test]
async fn a_title_is_listed_and_found_where_and_while_it_is_open() {
    for test in TestApp::all().await {
        let (soon, later) = (test.after(60), test.after(120));
        let mut rented = window(&["NO", "SE"], None, None);
        rented.set_monetization(Monetization::Avod);
        for (title, windows, blocked) in [
            (
                "Embargoed",
                vec![window(&[], Some(soon), Some(later))],
                &[][..],
            ),
            ("Nordic", vec![rented], &[]),
            ("Not there", vec![], &["DE"]),
            (
                "Northern start",
                vec![window(&["NO"], Some(soon), None)],
                &[],
            ),
        ] {
            test.create(open(title, windows, blocked)).await.unwrap();
        }
        test.publish("Plain").await;
        let no = test.viewer_in("NO");
        let de = test.viewer_in("DE");
        let nowhere = &test.viewer;
        assert_eq!(test.listed(&no).await, ["Nordic", "Not there", "Plain"]);
        assert_eq!(test.listed(&de).await, ["Plain"]);
        assert_eq!(test.listed(nowhere).await, ["Plain"]);
        // To the second.
        test.harness.clock.advance(Duration::from_secs(59));
        test.forget();
        assert_eq!(test.listed(&no).await.len(), 3);
        test.harness.clock.advance(Duration::from_secs(1));
        test.forget();
        assert_eq!(
            test.listed(&no).await,
            [
                "Embargoed",
                "Nordic",
                "Northern start",
                "Not there",
                "Plain"
            ]
        );
        assert_eq!(test.listed(nowhere).await, ["Embargoed", "Plain"]);
        test.harness.clock.advance(Duration::from_mins(1));
        test.forget();
        assert_eq!(test.listed(&de).await, ["Plain"]);
    }
}

#[tokio::test]
async fn viewers_get_what_is_open_and_are_not_told_where_else_it_is() {
    for test in TestApp::all().await {
        let mut here = window(&["NO"], None, None);
        here.set_monetization(Monetization::Avod);
        let made = test
            .create(open("Nordic", vec![here], &["DE"]))
            .await
            .unwrap();
        assert_eq!(made.availability.as_ref().unwrap().windows.len(), 1);
        let seen = test.got(&test.viewer_in("NO"), &made.id).await.unwrap();
        assert_eq!(seen.availability, None);
        assert_eq!(seen.monetization(), Monetization::Avod);
        for elsewhere in ["SE", "DE", ""] {
            let refused = test.got(&test.viewer_in(elsewhere), &made.id).await;
            assert_eq!(
                refused.unwrap_err().reason(),
                "MOVIE_NOT_FOUND",
                "{elsewhere}"
            );
        }
        // Without windows it is open again.
        let everywhere = test
            .update(&made.id, film("Nordic"), &["availability"])
            .await;
        assert_eq!(everywhere.unwrap().availability, None);
        assert!(test.got(&test.viewer_in("DE"), &made.id).await.is_ok());
        let wrong = open(
            "x",
            vec![window(&[], Some(test.after(9)), Some(test.after(9)))],
            &[],
        );
        let refused = test.create(wrong).await.unwrap_err();
        assert_eq!(
            refused.violations()[0].field,
            "content.availability.windows[0].endTime"
        );
    }
}

#[tokio::test]
async fn an_episode_is_open_with_its_series() {
    for test in TestApp::all().await {
        let series = Content {
            details: Some(Details::Series(SeriesDetails {
                seasons: vec![Season {
                    number: 1,
                    ..Season::default()
                }],
            })),
            ..open("Tides", vec![window(&["NO"], None, None)], &[])
        };
        let request = CreateSeriesRequest {
            content: Some(series),
        };
        let request = call(&test.editor, request);
        let series = test.editors.clone().create_series(request).await.unwrap();
        let series = series.into_inner().content.unwrap();
        for (number, windows) in [
            (1, vec![]),
            (2, vec![window(&[], Some(test.after(60)), None)]),
        ] {
            let episode = Content {
                details: Some(Details::Episode(EpisodeDetails {
                    series_id: series.id.clone(),
                    season_number: 1,
                    episode_number: number,
                    series: None,
                })),
                ..open("Ebb", windows, &[])
            };
            let request = CreateEpisodeRequest {
                content: Some(episode),
            };
            let request = call(&test.editor, request);
            test.editors.clone().create_episode(request).await.unwrap();
        }
        let list = async |by: &Ctx| {
            let request = ListEpisodesRequest {
                series_id: series.id.clone(),
                with_total: true,
                ..ListEpisodesRequest::default()
            };
            let answer = test.viewers.clone().list_episodes(call(by, request)).await;
            Ok::<_, Error>(answer.map_err(error)?.into_inner())
        };
        let shown = list(&test.viewer_in("NO")).await.unwrap();
        assert_eq!((shown.items.len(), shown.total), (1, Some(1)));
        let Some(Details::Episode(episode)) = &shown.items[0].details else {
            panic!("no episode");
        };
        // What it takes from its series is told without the windows.
        assert_eq!(episode.series.as_ref().unwrap().availability, None);
        assert!(list(&test.viewer_in("SE")).await.is_err());
    }
}

#[tokio::test]
async fn a_draft_is_published_at_its_time_and_told_of() {
    for test in TestApp::all().await {
        let mut draft = film("Tonight");
        draft.set_status(ContentStatus::Draft);
        draft.publish_time = Some(timestamp(test.after(60)));
        let made = test.create(draft.clone()).await.unwrap();
        let mut archived = draft;
        archived.set_status(ContentStatus::Archived);
        test.create(archived).await.unwrap();
        assert_eq!(test.publish_due().await, 0);
        test.harness.clock.advance(Duration::from_mins(1));
        assert_eq!(test.publish_due().await, 1);
        assert_eq!(test.publish_due().await, 0);
        let told = test.told().await;
        let (id, version, content) = told.last().unwrap();
        assert_eq!((id, *version), (&made.id, 2));
        assert_eq!(content.as_ref().unwrap().status(), ContentStatus::Published);
        let shown = test.got(&test.viewer, &made.id).await.unwrap();
        // When it was planned to appear is nothing for viewers.
        assert_eq!((shown.version, shown.publish_time), (2, None));
        let records = test.db.audit_records().await;
        let by_clock = records.last().unwrap();
        assert_eq!(by_clock.action, "content.published");
        assert_eq!(by_clock.subject.as_ref().unwrap().id, made.id);

        // An editor who takes it back is believed.
        let mut back = Content::default();
        back.set_status(ContentStatus::Draft);
        let back = test.update(&made.id, back, &["status"]).await.unwrap();
        assert_eq!(back.publish_time, None);
        test.harness.clock.advance(Duration::from_mins(1));
        assert_eq!(test.publish_due().await, 0);
    }
}

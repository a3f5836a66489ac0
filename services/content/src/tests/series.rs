//! Series, seasons and episodes (CAT-2, CAT-3, CAT-4, CAT-6, CAT-7, CAT-8).

use sv_kernel::{Ctx, Error};
use sv_proto::{
    common::CommonReason,
    content::{
        AdminGetEpisodeRequest, AdminGetSeriesRequest, AdminListEpisodesRequest,
        AdminListSeriesRequest, BatchGetContentsRequest, Content, ContentReason, ContentStatus,
        ContentType, CreateEpisodeRequest, CreateSeriesRequest, DeleteEpisodeRequest,
        DeleteSeriesRequest, EpisodeDetails, EpisodePlace, GetEpisodeRequest, GetMovieRequest,
        GetSeriesRequest, ListEpisodesRequest, ListEpisodesResponse, ListSeriesRequest,
        Monetization, NextEpisodesRequest, Season, SeriesDetails, UpdateEpisodeRequest,
        UpdateSeriesRequest, content::Details, content_service_client::ContentServiceClient,
    },
    titles,
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, film};

/// A published series with seasons of these numbers.
pub(super) fn series(title: &str, seasons: &[i32]) -> Content {
    let season = |number: &i32| Season {
        number: *number,
        ..Season::default()
    };
    Content {
        details: Some(Details::Series(SeriesDetails {
            seasons: seasons.iter().map(season).collect(),
        })),
        ..film(title)
    }
}

/// A published episode.
pub(super) fn episode(
    series: &str,
    season_number: i32,
    episode_number: i32,
    title: &str,
) -> Content {
    Content {
        details: Some(Details::Episode(EpisodeDetails {
            series_id: series.into(),
            season_number,
            episode_number,
            series: None,
        })),
        ..film(title)
    }
}

fn drafted(mut content: Content) -> Content {
    content.set_status(ContentStatus::Draft);
    content
}

fn mask(paths: &[&str]) -> prost_types::FieldMask {
    let paths = paths.iter().map(|path| (*path).to_owned()).collect();
    prost_types::FieldMask { paths }
}

impl TestApp {
    pub(super) async fn create_series(&self, content: Content) -> Result<Content, Error> {
        let content = Some(content);
        let request = call(&self.editor, CreateSeriesRequest { content });
        let answer = self.editors.clone().create_series(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    pub(super) async fn create_episode(&self, content: Content) -> Result<Content, Error> {
        let content = Some(content);
        let request = call(&self.editor, CreateEpisodeRequest { content });
        let answer = self.editors.clone().create_episode(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn update_series(
        &self,
        id: &str,
        content: Content,
        paths: &[&str],
    ) -> Result<Content, Error> {
        let request = UpdateSeriesRequest {
            id: id.into(),
            content: Some(content),
            update_mask: Some(mask(paths)),
        };
        let request = call(&self.editor, request);
        let answer = self.editors.clone().update_series(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn update_episode(
        &self,
        id: &str,
        content: Content,
        paths: &[&str],
    ) -> Result<Content, Error> {
        let request = UpdateEpisodeRequest {
            id: id.into(),
            content: Some(content),
            update_mask: Some(mask(paths)),
        };
        let request = call(&self.editor, request);
        let answer = self.editors.clone().update_episode(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn delete_series(&self, id: &str) -> Result<(), Error> {
        let request = call(&self.editor, DeleteSeriesRequest { id: id.into() });
        let answer = self.editors.clone().delete_series(request).await;
        answer.map(drop).map_err(error)
    }

    async fn delete_episode(&self, id: &str) -> Result<(), Error> {
        let request = call(&self.editor, DeleteEpisodeRequest { id: id.into() });
        let answer = self.editors.clone().delete_episode(request).await;
        answer.map(drop).map_err(error)
    }

    async fn get_series(&self, id: &str) -> Result<Content, Error> {
        let request = call(&self.viewer, GetSeriesRequest { id: id.into() });
        let answer = self.viewers.clone().get_series(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn get_episode(&self, id: &str) -> Result<Content, Error> {
        let request = call(&self.viewer, GetEpisodeRequest { id: id.into() });
        let answer = self.viewers.clone().get_episode(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }

    async fn episodes(&self, request: ListEpisodesRequest) -> Result<ListEpisodesResponse, Error> {
        let request = call(&self.viewer, request);
        let answer = self.viewers.clone().list_episodes(request).await;
        Ok(answer.map_err(error)?.into_inner())
    }

    /// Lists the episodes' titles that viewers see, page by page.
    async fn episode_titles(&self, series_id: &str, season: Option<i32>, size: i32) -> Vec<String> {
        let (mut all, mut page_token) = (Vec::new(), String::new());
        loop {
            let request = ListEpisodesRequest {
                series_id: series_id.into(),
                season,
                page_size: size,
                page_token,
                ..ListEpisodesRequest::default()
            };
            let page = self.episodes(request).await.unwrap();
            all.extend(page.items.into_iter().map(|item| item.title));
            page_token = page.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }

    async fn series_titles(&self, request: ListSeriesRequest) -> Vec<String> {
        let request = call(&self.viewer, request);
        let list = self.viewers.clone().list_series(request).await.unwrap();
        let items = list.into_inner().items.into_iter();
        items.map(|item| item.title).collect()
    }

    async fn series_of(&self, tenant: &Ctx, id: &str) -> Result<Content, Error> {
        let request = call(tenant, AdminGetSeriesRequest { id: id.into() });
        let answer = self.editors.clone().admin_get_series(request).await;
        Ok(answer.map_err(error)?.into_inner().content.unwrap())
    }
}

fn counts(series: &Content) -> Vec<(i32, i32)> {
    let Some(Details::Series(series)) = &series.details else {
        panic!("no series");
    };
    let of = |season: &Season| (season.number, season.episode_count);
    series.seasons.iter().map(of).collect()
}

#[tokio::test]
async fn a_viewer_walks_from_a_series_by_its_seasons_to_an_episode() {
    for test in TestApp::all().await {
        let made = test.create_series(series("Tides", &[2, 1, 0])).await;
        let made = made.unwrap();
        assert_eq!((made.r#type(), made.version), (ContentType::Series, 1));
        assert_eq!(counts(&made), [(0, 0), (1, 0), (2, 0)]);
        for (season, number, title) in [
            (1, 10, "Ten"),
            (1, 2, "Two"),
            (2, 1, "Again"),
            (1, 1, "One"),
            (0, 1, "Special"),
        ] {
            let content = episode(&made.id, season, number, title);
            test.create_episode(content).await.unwrap();
        }
        let hidden = drafted(episode(&made.id, 2, 2, "Draft"));
        test.create_episode(hidden).await.unwrap();

        let list = test.series_titles(ListSeriesRequest::default()).await;
        assert_eq!(list, ["Tides"]);
        let details = test.get_series(&made.id).await.unwrap();
        assert_eq!(counts(&details), [(0, 1), (1, 3), (2, 1)]);
        for size in [1, 2, 3, 100] {
            let all = test.episode_titles(&made.id, None, size).await;
            assert_eq!(all, ["Special", "One", "Two", "Ten", "Again"], "{size}");
            let first = test.episode_titles(&made.id, Some(1), size).await;
            assert_eq!(first, ["One", "Two", "Ten"], "{size}");
        }
        let request = ListEpisodesRequest {
            series_id: made.id.clone(),
            limit: 1,
            offset: 1,
            with_total: true,
            ..ListEpisodesRequest::default()
        };
        let part = test.episodes(request).await.unwrap();
        assert_eq!((part.items[0].title.as_str(), part.total), ("One", Some(5)));
        let got = test.get_episode(&part.items[0].id).await.unwrap();
        assert_eq!(got, part.items[0]);
        assert_eq!(titles::series(&got).unwrap().title, "Tides");
        // What editors see has the draft, too.
        let kept = test.series_of(&test.editor, &made.id).await.unwrap();
        assert_eq!(counts(&kept), [(0, 1), (1, 3), (2, 2)]);
        // Films are films only.
        assert!(test.titles(super::test_app::by("", 0)).await.is_empty());
    }
}

#[tokio::test]
async fn an_episode_shows_with_its_series_only_and_each_change_is_told() {
    for test in TestApp::all().await {
        let made = test.create_series(drafted(series("Tides", &[1]))).await;
        let made = made.unwrap();
        let ebb = test
            .create_episode(episode(&made.id, 1, 1, "Ebb"))
            .await
            .unwrap();
        let nothing = test.get_episode(&ebb.id).await.unwrap_err();
        assert!(nothing.is(&ContentReason::EpisodeNotFound));
        let request = ListEpisodesRequest {
            series_id: made.id.clone(),
            ..ListEpisodesRequest::default()
        };
        let nothing = test.episodes(request.clone()).await.unwrap_err();
        assert!(nothing.is(&ContentReason::SeriesNotFound));
        assert!(!titles::is_shown(&ebb));

        let published = film("Tides and Times");
        let paths = ["status", "title"];
        test.update_series(&made.id, published, &paths)
            .await
            .unwrap();
        let shown = test.get_episode(&ebb.id).await.unwrap();
        assert!(titles::is_shown(&shown));
        assert_eq!(titles::series(&shown).unwrap().title, "Tides and Times");
        assert_eq!((shown.version, &shown.create_time), (2, &ebb.create_time));
        let told = test.told().await;
        let last: Vec<_> = told[2..].iter().map(|(id, v, _)| (id, *v)).collect();
        assert_eq!(last, [(&made.id, 2), (&ebb.id, 2)]);
        assert_eq!(told[3].2.as_ref(), Some(&shown));

        // What episodes do not take from their series leaves them alone.
        let described = Content {
            synopsis: "It comes and goes.".into(),
            ..film("x")
        };
        test.update_series(&made.id, described, &["synopsis"])
            .await
            .unwrap();
        assert_eq!(test.told().await.len(), 5);

        let mut archived = film("x");
        archived.set_status(ContentStatus::Archived);
        test.update_series(&made.id, archived, &["status"])
            .await
            .unwrap();
        let gone = test.get_episode(&ebb.id).await.unwrap_err();
        assert!(gone.is(&ContentReason::EpisodeNotFound));
        // Services hear so, too.
        let mesh = test.harness.mesh.calling_as("rights");
        let mut service = ContentServiceClient::new(mesh.client_transport("content").unwrap());
        let request = BatchGetContentsRequest {
            ids: vec![made.id.clone(), ebb.id.clone()],
        };
        let answer = service.batch_get_contents(call(&test.background(), request));
        let both = answer.await.unwrap().into_inner().contents;
        assert_eq!(both.len(), 2);
        assert!(!both.iter().any(titles::is_shown));
    }
}

/// What a rating is raised to holds for every episode before it is written into the last one (X-ID-6).
#[tokio::test]
async fn what_a_large_series_says_holds_for_all_its_episodes_at_once() {
    for test in TestApp::all().await {
        let made = test.create_series(series("Long", &[1])).await.unwrap();
        let mut last = String::new();
        for number in 1..=105 {
            let episode = episode(&made.id, 1, number, "Part");
            last = last.max(test.create_episode(episode).await.unwrap().id);
        }
        let mut grim = series("Long", &[1]);
        grim.maturity_rating = "R".into();
        let raised = test.update_series(&made.id, grim, &["maturity_rating"]);
        raised.await.unwrap();
        assert_eq!(test.waiting().await, 1, "the last ones are not written");
        let mesh = test.harness.mesh.calling_as("rights");
        let mut service = ContentServiceClient::new(mesh.client_transport("content").unwrap());
        let request = BatchGetContentsRequest {
            ids: vec![last.clone()],
        };
        let answer = service.batch_get_contents(call(&test.background(), request));
        let told = answer.await.unwrap().into_inner().contents;
        assert!(
            titles::ratings(&told[0]).any(|rating| rating == "R"),
            "{told:?}"
        );
        let seen = test.get_episode(&last).await.unwrap();
        assert!(
            titles::ratings(&seen).any(|rating| rating == "R"),
            "{seen:?}"
        );
        test.start_jobs();
        test.all_done().await;
    }
}

/// More episodes than one transaction takes.
#[tokio::test]
async fn episodes_of_a_large_series_follow_it_in_parts_and_end_as_it_is_last() {
    for test in TestApp::all().await {
        let made = test.create_series(series("Long", &[1])).await.unwrap();
        for number in 1..=230 {
            let episode = episode(&made.id, 1, number, "Part");
            test.create_episode(episode).await.unwrap();
        }
        let mut renamed = series("Longer", &[1]);
        test.update_series(&made.id, renamed.clone(), &["title"])
            .await
            .unwrap();
        assert_eq!(test.waiting().await, 1, "the rest is left");
        let called = async |title: &str| {
            let told = test.told().await.into_iter();
            let series = told.filter_map(|(_, _, content)| match content?.details? {
                Details::Episode(episode) => Some(episode.series?.title),
                _ => None,
            });
            series.filter(|found| found == title).count()
        };
        assert_eq!(called("Longer").await, 100);
        // The last change is what stays, and the rest of the first is not written at all.
        renamed.title = "Longest".into();
        test.update_series(&made.id, renamed, &["title"])
            .await
            .unwrap();
        assert_eq!(test.waiting().await, 1);
        test.start_jobs();
        test.all_done().await;
        assert_eq!(
            (called("Longer").await, called("Longest").await),
            (100, 230)
        );
        let request = ListEpisodesRequest {
            series_id: made.id.clone(),
            page_size: 100,
            limit: 0,
            offset: 130,
            ..ListEpisodesRequest::default()
        };
        let last = test.episodes(request).await.unwrap().items;
        let titles = last.iter().map(|episode| match &episode.details {
            Some(Details::Episode(episode)) => episode.series.as_ref().unwrap().title.as_str(),
            _ => "",
        });
        assert_eq!(titles.collect::<Vec<_>>(), ["Longest"; 100]);
    }
}

#[tokio::test]
async fn a_number_is_given_once_in_a_season_and_free_again_after_a_deletion() {
    for test in TestApp::all().await {
        let tides = test.create_series(series("Tides", &[1, 2])).await.unwrap();
        let other = test.create_series(series("Other", &[1])).await.unwrap();
        let one = episode(&tides.id, 1, 1, "One");
        let made = test.create_episode(one.clone()).await.unwrap();
        let taken = test.create_episode(one.clone()).await.unwrap_err();
        assert!(taken.is(&ContentReason::EpisodeNumberTaken), "{taken}");
        assert!(taken.message().contains('1'), "{}", taken.message());
        // The same number in another season, and in another series.
        let second = test.create_episode(episode(&tides.id, 2, 1, "Second"));
        let second = second.await.unwrap();
        let elsewhere = episode(&other.id, 1, 1, "Elsewhere");
        test.create_episode(elsewhere).await.unwrap();
        // Nor by a change; but an episode keeps its own.
        let moved = episode("", 1, 1, "x");
        let paths = ["episode.season_number"];
        let taken = test.update_episode(&second.id, moved, &paths).await;
        assert!(taken.unwrap_err().is(&ContentReason::EpisodeNumberTaken));
        let same = test.update_episode(&made.id, one.clone(), &[]).await;
        assert_eq!(same.unwrap().version, 2);
        test.delete_episode(&made.id).await.unwrap();
        test.create_episode(one).await.unwrap();
    }
}

#[tokio::test]
async fn of_many_episodes_with_one_number_one_is_made() {
    for test in TestApp::all().await {
        let tides = test.create_series(series("Tides", &[1])).await.unwrap();
        let tasks = (0..8).map(|n| {
            let content = Some(episode(&tides.id, 1, 1, &format!("Try {n}")));
            let request = call(&test.editor, CreateEpisodeRequest { content });
            let mut editors = test.editors.clone();
            tokio::spawn(async move { editors.create_episode(request).await.map_err(error) })
        });
        let mut made = 0;
        for task in tasks.collect::<Vec<_>>() {
            match task.await.unwrap() {
                Ok(_) => made += 1,
                Err(lost) => assert!(lost.is(&ContentReason::EpisodeNumberTaken), "{lost}"),
            }
        }
        assert_eq!(made, 1);
        assert_eq!(test.episode_titles(&tides.id, None, 0).await.len(), 1);
    }
}

#[tokio::test]
async fn an_episode_needs_a_series_that_has_its_season() {
    for test in TestApp::all().await {
        let tides = test.create_series(series("Tides", &[1])).await.unwrap();
        let film = test.publish("Alien").await;
        let unknown = "01936f00-ffff-7000-8000-000000000001";
        for (of, season, reason) in [
            (unknown, 1, ContentReason::SeriesNotFound),
            (film.id.as_str(), 1, ContentReason::SeriesNotFound),
            (tides.id.as_str(), 2, ContentReason::SeasonNotFound),
            // Who forgets the season makes no special.
            (tides.id.as_str(), 0, ContentReason::SeasonNotFound),
        ] {
            let refused = test.create_episode(episode(of, season, 1, "x")).await;
            let refused = refused.unwrap_err();
            assert!(refused.is(&reason), "{refused}");
        }
        for wrong in [
            film.clone(),
            episode("", 1, 1, "x"),
            episode("no id", 1, 1, "x"),
            episode(&tides.id, 1, 0, "x"),
            episode(&tides.id, -1, 1, "x"),
            episode(&tides.id, 10_000, 1, "x"),
            series("x", &[1]),
        ] {
            let refused = test.create_episode(wrong).await.unwrap_err();
            assert!(refused.is(&CommonReason::ValidationFailed), "{refused}");
        }
        let made = test
            .create_episode(episode(&tides.id, 1, 1, "Ebb"))
            .await
            .unwrap();
        let other = test.create_series(series("Other", &[1])).await.unwrap();
        let moved = episode(&other.id, 1, 1, "Ebb");
        let refused = test.update_episode(&made.id, moved, &[]).await;
        assert!(refused.unwrap_err().is(&CommonReason::ValidationFailed));
        let nowhere = episode("", 3, 1, "x");
        let paths = ["episode.season_number"];
        let refused = test.update_episode(&made.id, nowhere, &paths).await;
        assert!(refused.unwrap_err().is(&ContentReason::SeasonNotFound));
        assert_eq!(test.told().await.len(), 4);
    }
}

#[tokio::test]
async fn a_series_or_season_that_has_episodes_stays() {
    for test in TestApp::all().await {
        let tides = test.create_series(series("Tides", &[1, 2])).await.unwrap();
        let draft = drafted(episode(&tides.id, 1, 1, "Ebb"));
        let ebb = test.create_episode(draft).await.unwrap();
        let refused = test.delete_series(&tides.id).await.unwrap_err();
        assert!(refused.is(&ContentReason::SeriesNotEmpty), "{refused}");
        assert!(refused.message().contains('1'), "{}", refused.message());
        let without = series("Tides", &[2]);
        let refused = test.update_series(&tides.id, without.clone(), &[]).await;
        let refused = refused.unwrap_err();
        assert!(refused.is(&ContentReason::SeasonNotEmpty), "{refused}");
        // A season without episodes goes.
        let first_only = series("Tides", &[1]);
        let changed = test
            .update_series(&tides.id, first_only, &["series.seasons"])
            .await;
        assert_eq!(counts(&changed.unwrap()), [(1, 0)]);
        test.delete_episode(&ebb.id).await.unwrap();
        test.update_series(&tides.id, without, &[]).await.unwrap();
        test.delete_series(&tides.id).await.unwrap();
        let gone = test.get_series(&tides.id).await.unwrap_err();
        assert!(gone.is(&ContentReason::SeriesNotFound));
        let told = test.told().await;
        let gone: Vec<_> = told.iter().filter(|told| told.2.is_none()).collect();
        assert_eq!(gone.len(), 2);
    }
}

#[tokio::test]
async fn an_episode_that_says_nothing_of_its_price_costs_what_its_series_does() {
    for test in TestApp::all().await {
        let mut free = series("Tides", &[1]);
        free.set_monetization(Monetization::Avod);
        let free = test.create_series(free).await.unwrap();
        let made = test.create_episode(episode(&free.id, 1, 1, "Ebb")).await;
        assert_eq!(made.unwrap().monetization(), Monetization::Avod);
        let mut sold = episode(&free.id, 1, 2, "Flow");
        sold.set_monetization(Monetization::Tvod);
        let sold = test.create_episode(sold).await.unwrap();
        assert_eq!(sold.monetization(), Monetization::Tvod);
    }
}

#[tokio::test]
async fn kinds_are_not_mistaken_for_each_other() {
    for test in TestApp::all().await {
        let tides = test.create_series(series("Tides", &[1])).await.unwrap();
        let ebb = test
            .create_episode(episode(&tides.id, 1, 1, "Ebb"))
            .await
            .unwrap();
        let film_of = |id: &str| {
            let request = call(&test.viewer, GetMovieRequest { id: id.into() });
            let mut viewers = test.viewers.clone();
            async move { viewers.get_movie(request).await.map_err(error) }
        };
        for id in [&tides.id, &ebb.id] {
            let refused = film_of(id).await.unwrap_err();
            assert!(refused.is(&ContentReason::MovieNotFound));
            let refused = test.update(id, film("x"), &["title"]).await.unwrap_err();
            assert!(refused.is(&ContentReason::MovieNotFound));
        }
        let refused = test.get_series(&ebb.id).await.unwrap_err();
        assert!(refused.is(&ContentReason::SeriesNotFound));
        let refused = test.delete_episode(&tides.id).await.unwrap_err();
        assert!(refused.is(&ContentReason::EpisodeNotFound));
        let mut typed = series("x", &[]);
        typed.set_type(ContentType::Movie);
        let refused = test.create_series(typed).await.unwrap_err();
        assert!(refused.is(&CommonReason::ValidationFailed));
    }
}

#[tokio::test]
async fn editors_list_episodes_of_a_series_or_of_all_in_the_order_of_their_numbers() {
    for test in TestApp::all().await {
        let (mut ids, mut expected) = (Vec::new(), Vec::new());
        for name in ["A", "B"] {
            let made = test.create_series(series(name, &[1, 2])).await.unwrap();
            for (season, number) in [(2, 1), (1, 10), (1, 9)] {
                let title = format!("{name} {season} {number}");
                let content = drafted(episode(&made.id, season, number, &title));
                test.create_episode(content).await.unwrap();
            }
            expected.extend(["1 9", "1 10", "2 1"].map(|place| format!("{name} {place}")));
            ids.push(made.id);
        }
        let list = |request: AdminListEpisodesRequest| {
            let request = call(&test.editor, request);
            let mut editors = test.editors.clone();
            async move {
                let list = editors.admin_list_episodes(request).await.map_err(error)?;
                let items = list.into_inner().items.into_iter();
                Ok::<_, Error>(items.map(|item| item.title).collect::<Vec<_>>())
            }
        };
        let all = AdminListEpisodesRequest::default();
        assert_eq!(list(all.clone()).await.unwrap(), expected);
        let of_b = AdminListEpisodesRequest {
            series_id: ids[1].clone(),
            season: Some(1),
            ..all.clone()
        };
        assert_eq!(list(of_b).await.unwrap(), ["B 1 9", "B 1 10"]);
        let by_title = AdminListEpisodesRequest {
            order_by: "-title".into(),
            limit: 1,
            ..all.clone()
        };
        assert_eq!(list(by_title).await.unwrap(), ["B 2 1"]);
        let unknown = AdminListEpisodesRequest {
            order_by: "budget".into(),
            ..all
        };
        assert!(
            list(unknown)
                .await
                .unwrap_err()
                .is(&CommonReason::ValidationFailed)
        );
        let request = AdminListSeriesRequest {
            title_prefix: "b".into(),
            with_total: true,
            ..AdminListSeriesRequest::default()
        };
        let list = test
            .editors
            .clone()
            .admin_list_series(call(&test.editor, request))
            .await
            .unwrap()
            .into_inner();
        assert_eq!((list.items[0].title.as_str(), list.total), ("B", Some(1)));
        assert_eq!(counts(&list.items[0]), [(1, 2), (2, 1)]);
    }
}

#[tokio::test]
async fn series_are_filtered_as_films_are() {
    for test in TestApp::all().await {
        let mut drama = series("Drama", &[]);
        drama.genres = vec!["Drama".into()];
        drama.release_date = "1999-01-01".into();
        test.create_series(drama).await.unwrap();
        test.create_series(series("Other", &[])).await.unwrap();
        test.create_series(drafted(series("Draft", &[])))
            .await
            .unwrap();
        let all = ListSeriesRequest::default();
        assert_eq!(test.series_titles(all.clone()).await, ["Drama", "Other"]);
        let by_genre = ListSeriesRequest {
            genre: vec!["drama".into()],
            year_from: 1999,
            ..all.clone()
        };
        assert_eq!(test.series_titles(by_genre).await, ["Drama"]);
        let descending = ListSeriesRequest {
            order_by: "-title".into(),
            ..all
        };
        assert_eq!(test.series_titles(descending).await, ["Other", "Drama"]);
    }
}

#[tokio::test]
async fn versions_keys_and_tenants_hold_for_episodes_as_for_films() {
    for test in TestApp::all().await {
        let tides = test.create_series(series("Tides", &[1])).await.unwrap();
        let create = || {
            let content = Some(episode(&tides.id, 1, 1, "Ebb"));
            let mut request = call(&test.editor, CreateEpisodeRequest { content });
            let key = "k1".parse().unwrap();
            request.metadata_mut().insert("idempotency-key", key);
            let mut editors = test.editors.clone();
            async move { editors.create_episode(request).await.map_err(error) }
        };
        let first = create().await.unwrap().into_inner();
        assert_eq!(create().await.unwrap().into_inner(), first);
        let ebb = first.content.unwrap();
        let get = call(&test.editor, AdminGetEpisodeRequest { id: ebb.id.clone() });
        let read = test.editors.clone().admin_get_episode(get).await.unwrap();
        assert_eq!(read.metadata().get("etag").unwrap(), "\"1\"");
        let versioned = |version| Content {
            version,
            ..episode(&tides.id, 1, 1, "Low")
        };
        let low = test
            .update_episode(&ebb.id, versioned(1), &[])
            .await
            .unwrap();
        assert_eq!(low.version, 2);
        let stale = test.update_episode(&ebb.id, versioned(1), &[]).await;
        assert!(stale.unwrap_err().is(&CommonReason::VersionMismatch));
        let theirs = test.editor_of("acme");
        let hidden = test.series_of(&theirs, &tides.id).await.unwrap_err();
        assert!(hidden.is(&ContentReason::SeriesNotFound));
        let content = Some(episode(&tides.id, 1, 2, "Theirs"));
        let request = call(&theirs, CreateEpisodeRequest { content });
        let refused = test.editors.clone().create_episode(request).await;
        assert!(error(refused.unwrap_err()).is(&ContentReason::SeriesNotFound));
    }
}

/// X-CAT-1: across seasons, whether there is an episode at the place or not, and nothing behind the last.
#[tokio::test]
async fn the_episode_that_follows_a_place_is_the_next_one_of_the_series() {
    for test in TestApp::all().await {
        let series = |title| test.create_series(series(title, &[1, 2]));
        let (first, other) = (
            series("Coast").await.unwrap(),
            series("Isle").await.unwrap(),
        );
        for (of, season, number, title) in [
            (&first.id, 1, 1, "A"),
            (&first.id, 1, 2, "B"),
            (&first.id, 2, 1, "C"),
            (&other.id, 2, 2, "D"),
        ] {
            let made = test.create_episode(episode(of, season, number, title));
            made.await.unwrap();
        }
        let draft = drafted(episode(&first.id, 2, 2, "E"));
        test.create_episode(draft).await.unwrap();
        let place = |(season_number, episode_number)| EpisodePlace {
            series_id: first.id.clone(),
            season_number,
            episode_number,
        };
        let places = [(1, 1), (1, 2), (1, 7), (2, 1), (2, 2), (0, 0)];
        let request = NextEpisodesRequest {
            places: places.map(place).into(),
            for_children: false,
        };
        let service = test.harness.mesh.calling_as("streaming");
        let service = service.client_transport("content").unwrap();
        let mut service = ContentServiceClient::new(service);
        let answer = service.next_episodes(call(&test.background(), request));
        let items = answer.await.unwrap().into_inner().items.into_iter();
        let titles = items.map(|next| next.content.map_or(String::new(), |next| next.title));
        let titles: Vec<_> = titles.collect();
        assert_eq!(titles, ["B", "C", "C", "", "", "A"]);
    }
}

#[tokio::test]
async fn viewers_do_not_edit_series() {
    for test in TestApp::all().await {
        let content = Some(series("Forged", &[]));
        let request = call(&test.viewer, CreateSeriesRequest { content });
        let refused = test.editors.clone().create_series(request).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::PermissionDenied));
        let request = call(&test.viewer, AdminListEpisodesRequest::default());
        let refused = test.editors.clone().admin_list_episodes(request).await;
        assert!(error(refused.unwrap_err()).is(&CommonReason::PermissionDenied));
    }
}

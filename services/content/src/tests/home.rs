//! The home page and the genres (CAT-17).

use sv_kernel::Ctx;
use sv_proto::{
    content::{
        Content, ContentStatus, GetHomeRequest, GetHomeResponse, HomeRow, HomeRowKind,
        ListGenresRequest, Score, browse_service_client::BrowseServiceClient,
    },
    streaming::{ContinueItem, WatchedTitle},
};
use sv_rpc::{Transport, call};

use super::world::{World, film};

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

fn browse(world: &World) -> BrowseServiceClient<Transport> {
    let mesh = world.harness.mesh.calling_as("edge");
    BrowseServiceClient::new(mesh.client_transport(crate::NAME).unwrap())
}

async fn home(world: &World, by: &Ctx, row_size: i32) -> Vec<HomeRow> {
    let request = call(by, GetHomeRequest { row_size });
    let answer: GetHomeResponse = browse(world).get_home(request).await.unwrap().into_inner();
    answer.rows
}

fn shown(rows: &[HomeRow]) -> Vec<(HomeRowKind, &str, Vec<&str>)> {
    let mut all = Vec::new();
    for row in rows {
        let titles = row.items.iter().map(|item| item.title.as_str()).collect();
        all.push((row.kind(), row.genre.as_str(), titles));
    }
    all
}

#[tokio::test]
async fn a_title_stands_in_one_row_and_empty_rows_are_left_out() {
    for world in World::all().await {
        let viewer = &world.viewer;
        assert_eq!(home(&world, viewer, 0).await, []);
        for (title, score, genres) in [
            ("Low", 1.0, &["Drama"][..]),
            ("High", 9.0, &["drama", "Crime"]),
            ("Middle", 5.0, &["Drama"]),
            ("Late", 2.0, &["Crime"]),
        ] {
            world.create(scored(title, score, genres)).await.unwrap();
            world
                .harness
                .clock
                .advance(std::time::Duration::from_secs(1));
        }
        let mut draft = scored("Draft", 9.9, &["Drama", "Secret"]);
        draft.set_status(ContentStatus::Draft);
        world.create(draft).await.unwrap();
        let rows = home(&world, viewer, 1).await;
        assert_eq!(
            shown(&rows),
            [
                (HomeRowKind::New, "", vec!["Late"]),
                (HomeRowKind::Top, "", vec!["High"]),
                (HomeRowKind::Genre, "drama", vec!["Middle"]),
            ]
        );
        let request = call(viewer, ListGenresRequest {});
        let genres = browse(&world)
            .list_genres(request)
            .await
            .unwrap()
            .into_inner();
        let genres: Vec<_> = genres
            .items
            .iter()
            .map(|genre| (genre.name.as_str(), genre.title_count))
            .collect();
        assert_eq!(genres, [("drama", 3), ("Crime", 2)]);
        let stranger = world.harness.anonymous();
        let request = call(&stranger, GetHomeRequest { row_size: 1 });
        assert!(browse(&world).get_home(request).await.is_ok());
    }
}

#[tokio::test]
async fn what_a_profile_goes_on_with_stands_first_and_nowhere_else() {
    for world in World::all().await {
        let begun = world
            .create(scored("Begun", 9.0, &["Drama"]))
            .await
            .unwrap();
        world
            .create(scored("Other", 5.0, &["Drama"]))
            .await
            .unwrap();
        let item = |title: &Content| ContinueItem {
            title: Some(WatchedTitle {
                content_id: title.id.clone(),
                title: title.title.clone(),
                position_seconds: 7.5,
                ..WatchedTitle::default()
            }),
            next_episode: false,
        };
        world.going_on.lock().unwrap().push(item(&begun));
        let rows = home(&world, &world.viewer, 0).await;
        assert_eq!(rows[0].kind(), HomeRowKind::Continue);
        let going_on = &rows[0].items[0];
        let position = going_on.progress.as_ref().unwrap().position_seconds;
        assert_eq!((going_on.title.as_str(), position), ("Begun", 7.5));
        assert_eq!(shown(&rows[1..]), [(HomeRowKind::New, "", vec!["Other"])]);
        // Who is nobody goes on with nothing.
        let stranger = world.harness.anonymous();
        assert_eq!(home(&world, &stranger, 0).await[0].kind(), HomeRowKind::New);
    }
}

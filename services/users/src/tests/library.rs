//! Watchlists and ratings (USER-6, X-CAT-8).

use prost::Message as _;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use sv_kernel::{Ctx, Error};
use sv_proto::{
    content::{Content, ContentStatus},
    users::{self as pb, UserReason},
};

use super::{World, unknown_id};

/// A title of the catalogue that the fake of content has.
fn title(n: u8) -> String {
    format!("01890000-0000-7000-8000-0000000000{n:02}")
}

/// A catalogue: 1 is for everybody, 2 for grown-ups, 3 a draft.
fn catalogue(world: &World) {
    for (n, rating, status) in [
        (1, "G", ContentStatus::Published),
        (2, "R", ContentStatus::Published),
        (3, "G", ContentStatus::Draft),
    ] {
        let mut content = Content {
            id: title(n),
            title: format!("Title {n}"),
            maturity_rating: rating.into(),
            ..Content::default()
        };
        content.set_status(status);
        world.titles.put(content);
    }
}

async fn add(world: &World, ctx: &Ctx, id: &str) -> Result<pb::WatchlistItem, Error> {
    let request = pb::AddToWatchlistRequest {
        content_id: id.into(),
    };
    let mut client = world.library.clone();
    let answer = client.add_to_watchlist(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .item
        .unwrap())
}

async fn remove(world: &World, ctx: &Ctx, id: &str) -> Result<(), Error> {
    let request = pb::RemoveFromWatchlistRequest {
        content_id: id.into(),
    };
    let mut client = world.library.clone();
    let answer = client.remove_from_watchlist(sv_rpc::call(ctx, request));
    answer.await.map(drop).map_err(sv_rpc::error)
}

async fn list(world: &World, ctx: &Ctx, size: i32, token: &str) -> pb::ListWatchlistResponse {
    let request = pb::ListWatchlistRequest {
        page_size: size,
        page_token: token.into(),
        ..pb::ListWatchlistRequest::default()
    };
    let mut client = world.library.clone();
    let answer = client.list_watchlist(sv_rpc::call(ctx, request));
    answer.await.unwrap().into_inner()
}

async fn listed(world: &World, ctx: &Ctx) -> Vec<String> {
    let items = list(world, ctx, 0, "").await.items.into_iter();
    items.map(|item| item.content.unwrap().id).collect()
}

async fn rate(world: &World, ctx: &Ctx, id: &str, stars: i32) -> Result<pb::Rating, Error> {
    let request = pb::SetRatingRequest {
        content_id: id.into(),
        stars,
        review: String::new(),
    };
    let mut client = world.library.clone();
    let answer = client.set_rating(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .rating
        .unwrap())
}

/// Returns what the outbox tells of a title: how many ratings, and their mean.
async fn told(world: &World, id: &str) -> Vec<(i64, f64)> {
    let sql = "SELECT payload FROM outbox WHERE topic = 'title.rated' ORDER BY id";
    let rows = Statement::from_string(world.db.backend(), sql);
    let rows = world.db.read().query_all_raw(rows).await.unwrap();
    let read = |row: &QueryResult| {
        let payload: Vec<u8> = row.try_get("", "payload").unwrap();
        pb::TitleRated::decode(payload.as_slice()).unwrap()
    };
    let all = rows.iter().map(read).filter(|told| told.content_id == id);
    all.enumerate()
        .map(|(at, told)| {
            assert_eq!(told.version, i64::try_from(at).unwrap() + 1);
            (told.count, told.average)
        })
        .collect()
}

async fn kid(world: &World, ctx: &Ctx) -> (pb::Profile, Ctx) {
    let request = pb::CreateProfileRequest {
        profile: Some(pb::Profile {
            name: "Kim".into(),
            is_kids: true,
            ..pb::Profile::default()
        }),
    };
    let mut client = world.viewer.clone();
    let made = client.create_profile(sv_rpc::call(ctx, request));
    let profile = made.await.unwrap().into_inner().profile.unwrap();
    let ctx = Ctx {
        profile: Some(profile.id.parse().unwrap()),
        ..ctx.clone()
    };
    (profile, ctx)
}

#[tokio::test]
async fn a_title_is_on_the_list_once_and_what_came_last_is_first() {
    for world in World::all().await {
        catalogue(&world);
        let (_, ana) = world.ana().await;
        let first = add(&world, &ana, &title(1)).await.unwrap();
        world.later();
        add(&world, &ana, &title(2)).await.unwrap();
        world.later();
        let again = add(&world, &ana, &title(1)).await.unwrap();
        assert_eq!(again, first);
        assert_eq!(listed(&world, &ana).await, [title(2), title(1)]);
        let page = list(&world, &ana, 1, "").await;
        let rest = list(&world, &ana, 1, &page.next_page_token).await;
        assert_eq!(rest.items, [first]);
        assert_eq!(rest.next_page_token, "");

        remove(&world, &ana, &title(2)).await.unwrap();
        remove(&world, &ana, &title(2)).await.unwrap();
        assert_eq!(listed(&world, &ana).await, [title(1)]);
        assert_eq!(listed(&world, &world.ana().await.1).await, [""; 0]);
    }
}

/// X-ID-6, C44.
#[tokio::test]
async fn a_list_shows_what_its_profile_sees_and_forgets_nothing() {
    for world in World::all().await {
        catalogue(&world);
        let (_, ana) = world.ana().await;
        let (_, kim) = kid(&world, &ana).await;
        add(&world, &kim, &title(1)).await.unwrap();
        for unseen in [title(2), title(3), unknown_id()] {
            let refused = add(&world, &kim, &unseen).await.unwrap_err();
            assert!(refused.is(&UserReason::ContentNotFound), "{refused}");
        }
        assert_eq!(listed(&world, &kim).await, [title(1)]);
        assert_eq!(listed(&world, &ana).await, [""; 0]);

        let mut content = world.titles.get(&title(1));
        content.maturity_rating = "R".into();
        world.titles.put(content.clone());
        assert_eq!(listed(&world, &kim).await, [""; 0]);
        content.maturity_rating = "G".into();
        world.titles.put(content);
        assert_eq!(listed(&world, &kim).await, [title(1)]);
    }
}

#[tokio::test]
async fn lists_have_a_bound() {
    for world in World::with(|options| {
        options.max_watchlist = 1;
        options.max_ratings = 1;
    })
    .await
    {
        catalogue(&world);
        let (_, ana) = world.ana().await;
        add(&world, &ana, &title(1)).await.unwrap();
        add(&world, &ana, &title(1)).await.unwrap();
        let refused = add(&world, &ana, &title(2)).await.unwrap_err();
        assert!(refused.is(&UserReason::WatchlistFull), "{refused}");
        rate(&world, &ana, &title(1), 1).await.unwrap();
        rate(&world, &ana, &title(1), 2).await.unwrap();
        let refused = rate(&world, &ana, &title(2), 1).await.unwrap_err();
        assert!(refused.is(&UserReason::RatingLimit), "{refused}");
    }
}

#[tokio::test]
async fn strangers_have_lists_of_their_own() {
    for world in World::all().await {
        catalogue(&world);
        let (user, ana) = world.ana().await;
        add(&world, &ana, &title(1)).await.unwrap();
        let (_, ben) = world.ana().await;
        let as_ana = Ctx {
            profile: Some(user.default_profile_id.parse().unwrap()),
            ..ben
        };
        let refused = add(&world, &as_ana, &title(2)).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileNotFound), "{refused}");
        let refused = rate(&world, &as_ana, &title(2), 1).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileNotFound), "{refused}");
    }
}

#[tokio::test]
async fn what_all_ratings_of_a_title_come_to_is_told_with_each_change() {
    for world in World::all().await {
        catalogue(&world);
        let (_, ana) = world.ana().await;
        let (_, kim) = kid(&world, &ana).await;
        rate(&world, &ana, &title(1), 4).await.unwrap();
        rate(&world, &kim, &title(1), 5).await.unwrap();
        rate(&world, &ana, &title(1), 2).await.unwrap();
        // Nothing is different, so there is nothing to tell.
        rate(&world, &ana, &title(1), 2).await.unwrap();
        let request = pb::DeleteRatingRequest {
            content_id: title(1),
        };
        let mut library = world.library.clone();
        let gone = library
            .delete_rating(sv_rpc::call(&ana, request.clone()))
            .await;
        gone.unwrap();
        let again = library.delete_rating(sv_rpc::call(&ana, request)).await;
        let again = sv_rpc::error(again.unwrap_err());
        assert!(again.is(&UserReason::RatingNotFound), "{again}");
        assert_eq!(
            told(&world, &title(1)).await,
            [(1, 4.0), (2, 4.5), (2, 3.5), (1, 5.0)]
        );
    }
}

#[tokio::test]
async fn many_profiles_rate_a_title_at_once_and_all_are_counted() {
    for world in World::all().await {
        catalogue(&world);
        world.db.warm().await;
        let mut people = Vec::new();
        for _ in 0..8 {
            people.push(world.ana().await.1);
        }
        let world = super::shared(world);
        let calls = people.into_iter().map(|ctx| {
            let world = world.clone();
            tokio::spawn(async move { rate(&world, &ctx, &title(1), 3).await.unwrap() })
        });
        futures::future::join_all(calls.collect::<Vec<_>>()).await;
        let told = told(&world, &title(1)).await;
        assert_eq!(told.last(), Some(&(8, 3.0)));
        assert_eq!(told.len(), 8);
    }
}

#[tokio::test]
async fn ratings_of_a_profile_that_is_gone_count_no_more() {
    for world in World::all().await {
        catalogue(&world);
        let (_, ana) = world.ana().await;
        let (profile, kim) = kid(&world, &ana).await;
        rate(&world, &ana, &title(1), 2).await.unwrap();
        rate(&world, &kim, &title(1), 4).await.unwrap();
        let request = pb::DeleteProfileRequest {
            profile_id: profile.id,
        };
        let mut client = world.viewer.clone();
        let deleted = client.delete_profile(sv_rpc::call(&ana, request));
        deleted.await.unwrap();
        let background = world.harness.anonymous();
        // The service does so by the clock, too, perhaps before us.
        while world.retracting.retract(&background).await.unwrap() > 0 {}
        let told = told(&world, &title(1)).await;
        assert_eq!(told.last(), Some(&(1, 2.0)), "{told:?}");
    }
}

//! Watchlists and ratings (USER-6, X-CAT-8).

use prost::Message as _;
use sea_orm::{ConnectionTrait as _, QueryResult, Statement};
use sv_kernel::{Ctx, Error};
use sv_proto::{
    content::{Content, ContentStatus},
    users::{self as pb, UserReason},
};

use super::{TestApp, unknown_id};

/// A title of the catalogue that the fake of content has.
fn title(n: u8) -> String {
    format!("01890000-0000-7000-8000-0000000000{n:02}")
}

/// A catalogue: 1 is for everybody, 2 for grown-ups, 3 a draft.
fn catalogue(test: &TestApp) {
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
        test.titles.put(content);
    }
}

async fn add(test: &TestApp, ctx: &Ctx, id: &str) -> Result<pb::WatchlistItem, Error> {
    let request = pb::AddToWatchlistRequest {
        content_id: id.into(),
    };
    let mut client = test.library.clone();
    let answer = client.add_to_watchlist(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .item
        .unwrap())
}

async fn remove(test: &TestApp, ctx: &Ctx, id: &str) -> Result<(), Error> {
    let request = pb::RemoveFromWatchlistRequest {
        content_id: id.into(),
    };
    let mut client = test.library.clone();
    let answer = client.remove_from_watchlist(sv_rpc::call(ctx, request));
    answer.await.map(drop).map_err(sv_rpc::error)
}

async fn list(test: &TestApp, ctx: &Ctx, size: i32, token: &str) -> pb::ListWatchlistResponse {
    let request = pb::ListWatchlistRequest {
        page_size: size,
        page_token: token.into(),
        ..pb::ListWatchlistRequest::default()
    };
    let mut client = test.library.clone();
    let answer = client.list_watchlist(sv_rpc::call(ctx, request));
    answer.await.unwrap().into_inner()
}

async fn listed(test: &TestApp, ctx: &Ctx) -> Vec<String> {
    let items = list(test, ctx, 0, "").await.items.into_iter();
    items.map(|item| item.content.unwrap().id).collect()
}

async fn rate(test: &TestApp, ctx: &Ctx, id: &str, stars: i32) -> Result<pb::Rating, Error> {
    let request = pb::SetRatingRequest {
        content_id: id.into(),
        stars,
        review: String::new(),
    };
    let mut client = test.library.clone();
    let answer = client.set_rating(sv_rpc::call(ctx, request));
    Ok(answer
        .await
        .map_err(sv_rpc::error)?
        .into_inner()
        .rating
        .unwrap())
}

/// Returns what the outbox tells of a title: how many ratings, and their mean.
async fn told(test: &TestApp, id: &str) -> Vec<(i64, f64)> {
    let sql = "SELECT payload FROM outbox WHERE topic = 'title.rated' ORDER BY id";
    let rows = Statement::from_string(test.db.backend(), sql);
    let rows = test.db.read().query_all_raw(rows).await.unwrap();
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

async fn kid(test: &TestApp, ctx: &Ctx) -> (pb::Profile, Ctx) {
    let request = pb::CreateProfileRequest {
        profile: Some(pb::Profile {
            name: "Kim".into(),
            is_kids: true,
            ..pb::Profile::default()
        }),
    };
    let mut client = test.viewer.clone();
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
    for test in TestApp::all().await {
        catalogue(&test);
        let (_, ana) = test.ana().await;
        let first = add(&test, &ana, &title(1)).await.unwrap();
        test.later();
        add(&test, &ana, &title(2)).await.unwrap();
        test.later();
        let again = add(&test, &ana, &title(1)).await.unwrap();
        assert_eq!(again, first);
        assert_eq!(listed(&test, &ana).await, [title(2), title(1)]);
        let page = list(&test, &ana, 1, "").await;
        let rest = list(&test, &ana, 1, &page.next_page_token).await;
        assert_eq!(rest.items, [first]);
        assert_eq!(rest.next_page_token, "");

        remove(&test, &ana, &title(2)).await.unwrap();
        remove(&test, &ana, &title(2)).await.unwrap();
        assert_eq!(listed(&test, &ana).await, [title(1)]);
        assert_eq!(listed(&test, &test.ana().await.1).await, [""; 0]);
    }
}

/// X-ID-6, C44.
#[tokio::test]
async fn a_list_shows_what_its_profile_sees_and_forgets_nothing() {
    for test in TestApp::all().await {
        catalogue(&test);
        let (_, ana) = test.ana().await;
        let (_, kim) = kid(&test, &ana).await;
        add(&test, &kim, &title(1)).await.unwrap();
        for unseen in [title(2), title(3), unknown_id()] {
            let refused = add(&test, &kim, &unseen).await.unwrap_err();
            assert!(refused.is(&UserReason::ContentNotFound), "{refused}");
        }
        assert_eq!(listed(&test, &kim).await, [title(1)]);
        assert_eq!(listed(&test, &ana).await, [""; 0]);

        let mut content = test.titles.get(&title(1));
        content.maturity_rating = "R".into();
        test.titles.put(content.clone());
        assert_eq!(listed(&test, &kim).await, [""; 0]);
        content.maturity_rating = "G".into();
        test.titles.put(content);
        assert_eq!(listed(&test, &kim).await, [title(1)]);
    }
}

#[tokio::test]
async fn lists_have_a_bound() {
    for test in TestApp::with(|options| {
        options.max_watchlist = 1;
        options.max_ratings = 1;
    })
    .await
    {
        catalogue(&test);
        let (_, ana) = test.ana().await;
        add(&test, &ana, &title(1)).await.unwrap();
        add(&test, &ana, &title(1)).await.unwrap();
        let refused = add(&test, &ana, &title(2)).await.unwrap_err();
        assert!(refused.is(&UserReason::WatchlistFull), "{refused}");
        rate(&test, &ana, &title(1), 1).await.unwrap();
        rate(&test, &ana, &title(1), 2).await.unwrap();
        let refused = rate(&test, &ana, &title(2), 1).await.unwrap_err();
        assert!(refused.is(&UserReason::RatingLimit), "{refused}");
    }
}

#[tokio::test]
async fn strangers_have_lists_of_their_own() {
    for test in TestApp::all().await {
        catalogue(&test);
        let (user, ana) = test.ana().await;
        add(&test, &ana, &title(1)).await.unwrap();
        let (_, ben) = test.ana().await;
        let as_ana = Ctx {
            profile: Some(user.default_profile_id.parse().unwrap()),
            ..ben
        };
        let refused = add(&test, &as_ana, &title(2)).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileNotFound), "{refused}");
        let refused = rate(&test, &as_ana, &title(2), 1).await.unwrap_err();
        assert!(refused.is(&UserReason::ProfileNotFound), "{refused}");
    }
}

#[tokio::test]
async fn what_all_ratings_of_a_title_come_to_is_told_with_each_change() {
    for test in TestApp::all().await {
        catalogue(&test);
        let (_, ana) = test.ana().await;
        let (_, kim) = kid(&test, &ana).await;
        rate(&test, &ana, &title(1), 4).await.unwrap();
        rate(&test, &kim, &title(1), 5).await.unwrap();
        rate(&test, &ana, &title(1), 2).await.unwrap();
        // Nothing is different, so there is nothing to tell.
        rate(&test, &ana, &title(1), 2).await.unwrap();
        let request = pb::DeleteRatingRequest {
            content_id: title(1),
        };
        let mut library = test.library.clone();
        let gone = library
            .delete_rating(sv_rpc::call(&ana, request.clone()))
            .await;
        gone.unwrap();
        let again = library.delete_rating(sv_rpc::call(&ana, request)).await;
        let again = sv_rpc::error(again.unwrap_err());
        assert!(again.is(&UserReason::RatingNotFound), "{again}");
        assert_eq!(
            told(&test, &title(1)).await,
            [(1, 4.0), (2, 4.5), (2, 3.5), (1, 5.0)]
        );
    }
}

#[tokio::test]
async fn many_profiles_rate_a_title_at_once_and_all_are_counted() {
    for test in TestApp::all().await {
        catalogue(&test);
        test.db.warm().await;
        let mut people = Vec::new();
        for _ in 0..8 {
            people.push(test.ana().await.1);
        }
        let test = super::shared(test);
        let calls = people.into_iter().map(|ctx| {
            let test = test.clone();
            tokio::spawn(async move { rate(&test, &ctx, &title(1), 3).await.unwrap() })
        });
        futures::future::join_all(calls.collect::<Vec<_>>()).await;
        let told = told(&test, &title(1)).await;
        assert_eq!(told.last(), Some(&(8, 3.0)));
        assert_eq!(told.len(), 8);
    }
}

#[tokio::test]
async fn ratings_of_a_profile_that_is_gone_count_no_more() {
    for test in TestApp::all().await {
        catalogue(&test);
        let (_, ana) = test.ana().await;
        let (profile, kim) = kid(&test, &ana).await;
        rate(&test, &ana, &title(1), 2).await.unwrap();
        rate(&test, &kim, &title(1), 4).await.unwrap();
        let request = pb::DeleteProfileRequest {
            profile_id: profile.id,
        };
        let mut client = test.viewer.clone();
        let deleted = client.delete_profile(sv_rpc::call(&ana, request));
        deleted.await.unwrap();
        let background = test.harness.anonymous();
        // The service does so by the clock, too, perhaps before us.
        while test.retracting.retract(&background).await.unwrap() > 0 {}
        let told = told(&test, &title(1)).await;
        assert_eq!(told.last(), Some(&(1, 2.0)), "{told:?}");
    }
}

//! Changes as a stream.

use std::time::Duration;

use futures::{StreamExt as _, stream::BoxStream};
use sv_kernel::{Ctx, Error};
use sv_proto::{
    common::CommonReason,
    content::{
        Content, ContentReason, DeleteMovieRequest, WatchContentRequest, WatchContentResponse,
    },
};
use sv_rpc::{call, error};

use super::world::World;

type Changes = BoxStream<'static, Result<WatchContentResponse, Error>>;

async fn watch(world: &World, ctx: &Ctx, after: &str) -> Result<Changes, Error> {
    let request = WatchContentRequest {
        after: after.into(),
    };
    let mut editors = world.editors.clone();
    let opened = editors.watch_content(call(ctx, request));
    let changes = opened.await.map_err(error)?.into_inner();
    Ok(changes.map(|change| change.map_err(error)).boxed())
}

async fn next(stream: &mut Changes) -> WatchContentResponse {
    let next = tokio::time::timeout(Duration::from_secs(10), stream.next());
    let next = next.await.expect("news").expect("a message");
    next.unwrap()
}

#[tokio::test]
async fn editors_hear_of_every_change_and_go_on_where_they_were() {
    for world in World::all().await {
        world.publish("Before").await;
        let mut open = watch(&world, &world.editor, "").await.unwrap();
        let begin = next(&mut open).await;
        assert!(begin.id.is_empty() && begin.content.is_none());

        let made = world.publish("Heat").await;
        let heard = next(&mut open).await;
        assert_eq!((&heard.id, heard.version), (&made.id, 1));
        assert_eq!(heard.content.as_ref(), Some(&made));
        assert!(heard.change_time.is_some());
        drop(open);

        let change = Content {
            synopsis: "Los Angeles.".into(),
            ..Content::default()
        };
        let changed = world.update(&made.id, change, &["synopsis"]).await.unwrap();
        let request = DeleteMovieRequest {
            id: made.id.clone(),
        };
        let mut editors = world.editors.clone();
        let deleted = editors.delete_movie(call(&world.editor, request));
        deleted.await.unwrap();
        let mut again = watch(&world, &world.editor, &heard.position).await.unwrap();
        let (second, third) = (next(&mut again).await, next(&mut again).await);
        assert_eq!(second.content, Some(changed));
        assert_eq!(
            (&third.id, third.version, &third.content),
            (&made.id, 3, &None)
        );

        let mut all = watch(&world, &world.editor, &begin.position).await.unwrap();
        let positions = [
            next(&mut all).await,
            next(&mut all).await,
            next(&mut all).await,
        ];
        let positions = positions.map(|message| message.position);
        let expected = [heard.position, second.position, third.position];
        assert_eq!(positions, expected, "everybody hears the same");
    }
}

#[tokio::test]
async fn changes_are_for_editors_of_the_tenant_and_from_known_positions() {
    for world in World::all().await {
        world.publish("Heat").await;
        let mut theirs = watch(&world, &world.editor_of("acme"), "0").await.unwrap();
        assert!(next(&mut theirs).await.id.is_empty());

        let refused = watch(&world, &world.viewer, "").await.err().unwrap();
        assert!(refused.is(&CommonReason::PermissionDenied));
        for unknown in ["99", "next", "9999999999999999999"] {
            let refused = watch(&world, &world.editor, unknown).await.err().unwrap();
            assert!(refused.is(&ContentReason::PositionUnknown), "{unknown}");
        }
        let refused = watch(&world, &world.editor, "-1 OR").await.err().unwrap();
        assert!(refused.is(&CommonReason::ValidationFailed));
    }
}

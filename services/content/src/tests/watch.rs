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

use super::test_app::TestApp;

type Changes = BoxStream<'static, Result<WatchContentResponse, Error>>;

async fn watch(test: &TestApp, ctx: &Ctx, after: &str) -> Result<Changes, Error> {
    let request = WatchContentRequest {
        after: after.into(),
    };
    let mut editors = test.editors.clone();
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
    for test in TestApp::all().await {
        test.publish("Before").await;
        let mut open = watch(&test, &test.editor, "").await.unwrap();
        let begin = next(&mut open).await;
        assert!(begin.id.is_empty() && begin.content.is_none());

        let made = test.publish("Heat").await;
        let heard = next(&mut open).await;
        assert_eq!((&heard.id, heard.version), (&made.id, 1));
        assert_eq!(heard.content.as_ref(), Some(&made));
        assert!(heard.change_time.is_some());
        drop(open);

        let change = Content {
            synopsis: "Los Angeles.".into(),
            ..Content::default()
        };
        let changed = test.update(&made.id, change, &["synopsis"]).await.unwrap();
        let request = DeleteMovieRequest {
            id: made.id.clone(),
        };
        let mut editors = test.editors.clone();
        let deleted = editors.delete_movie(call(&test.editor, request));
        deleted.await.unwrap();
        let mut again = watch(&test, &test.editor, &heard.position).await.unwrap();
        let (second, third) = (next(&mut again).await, next(&mut again).await);
        assert_eq!(second.content, Some(changed));
        assert_eq!(
            (&third.id, third.version, &third.content),
            (&made.id, 3, &None)
        );

        let mut all = watch(&test, &test.editor, &begin.position).await.unwrap();
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
    for test in TestApp::all().await {
        test.publish("Heat").await;
        let mut theirs = watch(&test, &test.editor_of("acme"), "0").await.unwrap();
        assert!(next(&mut theirs).await.id.is_empty());

        let refused = watch(&test, &test.viewer, "").await.err().unwrap();
        assert!(refused.is(&CommonReason::PermissionDenied));
        for unknown in ["99", "next", "9999999999999999999"] {
            let refused = watch(&test, &test.editor, unknown).await.err().unwrap();
            assert!(refused.is(&ContentReason::PositionUnknown), "{unknown}");
        }
        let refused = watch(&test, &test.editor, "-1 OR").await.err().unwrap();
        assert!(refused.is(&CommonReason::ValidationFailed));
    }
}

//! What imports leave behind that came to nothing: it goes, and nothing else does.

use std::time::Duration;

use sv_kernel::{Ctx, User};
use sv_ports::Blob as _;
use sv_proto::streaming::{ImportStage, PublishMediaRequest};
use sv_rpc::{call, error};
use sv_store::work;
use uuid::Uuid;

use super::{TestApp, test_app::TITLE};
use crate::{
    domain::{
        Import,
        import::{Progress, Said},
    },
    store::{imports, packagings},
};

const PREFIX: &str = "media/0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67/g1";
const HOUR: Duration = Duration::from_mins(61);

fn title() -> Uuid {
    TITLE.parse().unwrap()
}

async fn keys(test: &TestApp) -> Vec<String> {
    let page = test.blobs.list("media/", None, 1_000).await.unwrap();
    page.blobs.into_iter().map(|blob| blob.key).collect()
}

/// Writes what an import has stored of a title when it ends.
async fn half(test: &TestApp, ctx: &Ctx) {
    test.app.claim(ctx, title(), PREFIX).await.unwrap();
    for name in ["480p/segment-0.ts", "480p/segment-1.ts"] {
        let key = format!("{PREFIX}/{name}");
        test.blobs.put_bytes(&key, "ts".into()).await.unwrap();
    }
}

/// Adds an import of the title, at a stage.
async fn import(test: &TestApp, ctx: &Ctx, stage: ImportStage) {
    let new = &Import {
        id: ctx.new_id::<User>().uuid(),
        content: title(),
        user: ctx.new_id::<User>().uuid(),
        file_name: String::new(),
        metadata: String::new(),
        size: 1,
        arrived: 1,
        progress: Progress::at(stage),
        attempts: 1,
        said: Said::default(),
        created_at: ctx.now(),
        updated_at: ctx.now(),
        expires_at: ctx.now() + Duration::from_hours(48),
        is_held: true,
    };
    let added = test
        .db
        .write(ctx, |tx| work(imports::insert(tx, ctx, new)))
        .await;
    added.unwrap();
}

/// Moves every import to a stage, as if its process had been killed there, or its editor had ended it.
async fn all_are(test: &TestApp, ctx: &Ctx, stage: ImportStage) {
    let stage = i32::from(stage);
    let moved = test.db.write(ctx, |tx| {
        work(async move {
            tx.run("UPDATE imports SET stage = $1", [stage.into()])
                .await
        })
    });
    moved.await.unwrap();
}

#[tokio::test]
async fn what_an_import_stored_that_came_to_nothing_goes_after_a_while_and_nothing_else_does() {
    for test in TestApp::all().await {
        let ctx = &test.harness.anonymous();
        half(&test, ctx).await;
        let other = format!("{PREFIX}2/480p/segment-0.ts");
        test.blobs.put_bytes(&other, "ts".into()).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(59));
        test.app.clear_packagings(ctx).await.unwrap();
        assert_eq!(keys(&test).await.len(), 3, "its process may still write");
        test.harness.clock.advance(Duration::from_mins(2));
        test.app.clear_packagings(ctx).await.unwrap();
        assert_eq!(keys(&test).await, [other]);
        test.harness.clock.advance(HOUR);
        test.app.clear_packagings(ctx).await.unwrap();
        test.app.claim(ctx, title(), PREFIX).await.unwrap();
    }
}

/// A killed process leaves its import to another one, which takes up what is stored.
#[tokio::test]
async fn nothing_goes_while_an_import_of_the_title_is_under_way() {
    for test in TestApp::all().await {
        let ctx = &test.harness.anonymous();
        import(&test, ctx, ImportStage::Packaging).await;
        half(&test, ctx).await;
        for stage in [
            ImportStage::Packaging,
            ImportStage::Waiting,
            ImportStage::Publishing,
        ] {
            all_are(&test, ctx, stage).await;
            test.harness.clock.advance(HOUR);
            test.app.clear_packagings(ctx).await.unwrap();
            assert_eq!(keys(&test).await.len(), 2);
        }
        for ended in [ImportStage::Cancelled, ImportStage::Failed] {
            half(&test, ctx).await;
            all_are(&test, ctx, ended).await;
            test.harness.clock.advance(HOUR);
            test.app.clear_packagings(ctx).await.unwrap();
            assert!(keys(&test).await.is_empty());
        }
    }
}

#[tokio::test]
async fn what_is_published_stays_and_so_does_what_is_replaced_by_it() {
    for test in TestApp::all().await {
        let ctx = &test.harness.anonymous();
        let (mut published, clock) = (Vec::new(), &test.harness.clock);
        for generation in ["g1", "g2"] {
            let media = test.store_media(TITLE, generation).await;
            test.app.claim(ctx, title(), &media.prefix).await.unwrap();
            test.publish(&media).await.unwrap();
            published = keys(&test).await;
        }
        for _ in 0..2 {
            clock.advance(HOUR);
            test.app.clear_packagings(ctx).await.unwrap();
            assert_eq!(keys(&test).await, published);
        }
        let claimed = packagings::left(test.db.read(), ctx, Duration::ZERO, 10).await;
        assert!(
            claimed.unwrap().is_empty(),
            "what is published is forgotten"
        );
    }
}

/// A deletion that broke off is begun anew; until it is done nobody packages into the folder, or publishes it.
#[tokio::test]
async fn a_folder_that_is_being_deleted_is_neither_written_nor_published() {
    for test in TestApp::all().await {
        let ctx = &test.harness.anonymous();
        let media = test.store_media(TITLE, "g1").await;
        test.app.claim(ctx, title(), PREFIX).await.unwrap();
        let begun = test.db.write(ctx, |tx| {
            work(async move { tx.run("UPDATE packagings SET removing = TRUE", []).await })
        });
        assert_eq!(begun.await.unwrap(), 1);
        let refused = test.app.claim(ctx, title(), PREFIX).await.unwrap_err();
        assert_eq!(refused.reason(), "CONTENDED");
        let request = PublishMediaRequest {
            content_id: TITLE.to_owned(),
            media: Some((&media).into()),
        };
        let request = call(&test.admin(), request);
        let refused = test.media_admin().publish_media(request).await;
        assert_eq!(refused.map_err(error).unwrap_err().reason(), "CONTENDED");
        test.app.clear_packagings(ctx).await.unwrap();
        assert!(keys(&test).await.is_empty());
        let media = test.store_media(TITLE, "g1").await;
        test.app.claim(ctx, title(), PREFIX).await.unwrap();
        test.publish(&media).await.unwrap();
    }
}

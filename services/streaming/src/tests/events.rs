//! What others hear of playback (EVT-3, ANA-8).

use std::time::Duration;

use prost::Message as _;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::Event as _;
use sv_proto::streaming::{PlaybackEvent, PlaybackEventType};

use super::TestApp;

/// Reads the events of an app, oldest first.
async fn told(test: &TestApp) -> Vec<PlaybackEvent> {
    let sql = "SELECT payload FROM outbox WHERE topic = $1 ORDER BY id";
    let topic = [PlaybackEvent::TOPIC.into()];
    let statement = Statement::from_sql_and_values(test.db.backend(), sql, topic);
    let rows = test.db.read().query_all_raw(statement).await.unwrap();
    let event = |row: &sea_orm::QueryResult| {
        let payload: Vec<u8> = row.try_get("", "payload").unwrap();
        PlaybackEvent::decode(payload.as_slice()).unwrap()
    };
    rows.iter().map(event).collect()
}

#[tokio::test]
async fn playback_is_told_from_its_start_to_its_end_and_not_too_often() {
    use PlaybackEventType::{Completed, Progress, Started};
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let ana = test.viewer();
        let play = test.play(&ana).await.unwrap();
        test.play(&ana).await.unwrap();
        // Twenty-one heartbeats in five minutes: 2 % is passed at once, then it is paused.
        for _ in 0..=20 {
            test.beat(&ana, &play.session_id, 10.0).await;
            test.harness.clock.advance(Duration::from_secs(15));
        }
        test.beat(&ana, &play.session_id, 28.0).await;
        test.complete(&ana, &play.session_id).await.unwrap();
        test.complete(&ana, &play.session_id).await.unwrap();

        let events = told(&test).await;
        let types: Vec<_> = events.iter().map(PlaybackEvent::r#type).collect();
        assert_eq!(
            types,
            [Started, Progress, Progress, Progress, Progress, Completed]
        );
        let last = &events[5];
        assert_eq!(last.session_id, play.session_id);
        assert_eq!(last.user_id, ana.actor.viewer().unwrap().user.to_string());
        assert_eq!(last.stop_reason().as_str_name(), "STOP_REASON_COMPLETED");
        assert!((last.position_seconds - 28.0).abs() < 1e-9);
        assert!((last.duration_seconds - 30.0).abs() < 1e-9);
        assert_eq!(last.quality, "480p");
        assert!((last.buffer_seconds - 12.5).abs() < 1e-9);
        assert!((last.rate - 1.0).abs() < 1e-9);
    }
}

#[tokio::test]
async fn who_ends_it_is_told_too() {
    let test = TestApp::open().await.with_media().await;
    let ana = test.viewer();
    test.play(&ana).await.unwrap();
    test.harness.clock.advance(Duration::from_hours(5));
    assert_eq!(test.app.end_over(&ana).await.unwrap(), 1);
    let events = told(&test).await;
    assert_eq!(events[1].r#type(), PlaybackEventType::Stopped);
    assert_eq!(events[1].stop_reason().as_str_name(), "STOP_REASON_EXPIRED");
}

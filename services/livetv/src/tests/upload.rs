//! Uploads of large and of strange guides, and what viewers read of them (LIVE-2, LIVE-4).

use std::{collections::HashSet, fmt::Write as _, sync::Arc, time::Duration};

use sea_orm::ConnectionTrait as _;
use sv_kernel::{Ctx, Event as _, SystemClock, Timestamp};
use sv_proto::{
    convert::timestamp,
    livetv::{GetGuideRequest, GuideChanged, GuideFinding, GuideProblem, LiveTvReason},
};
use sv_store::{lease::Leases, testing::TestDb};

use super::{
    guide::{called, counts, file, guide, read_as, titles, upload, upload_as},
    test_app::TestApp,
};
use crate::MIGRATIONS;

const MINUTE: i64 = 60;

/// Writes a file of so many programmes that follow each other, each so many seconds long, from the beginning
/// of the day on.
fn many(test: &TestApp, channel: &str, title: &str, count: i64, seconds: i64) -> String {
    let from = today(test).secs();
    let mut file = String::from("<tv>");
    for at in (0..count).map(|n| from + n * seconds) {
        let (start, stop) = (digits(at), digits(at + seconds));
        let _ = write!(
            file,
            "<programme channel=\"{channel}\" start=\"{start}\" stop=\"{stop}\"><title>{title}</title></programme>"
        );
    }
    file + "</tv>"
}

fn digits(secs: i64) -> String {
    let at = Timestamp::from_secs(secs).to_string();
    at.chars().filter(char::is_ascii_digit).take(14).collect()
}

fn today(test: &TestApp) -> Timestamp {
    let now = test.harness.env.clock.now().secs();
    Timestamp::from_secs(now - now.rem_euclid(86_400))
}

/// Asks for a number of days from the beginning of this one on.
fn window(test: &TestApp, days: u64) -> GetGuideRequest {
    let from = today(test);
    GetGuideRequest {
        from: Some(timestamp(from)),
        to: Some(timestamp(from + Duration::from_hours(24 * days))),
        ..GetGuideRequest::default()
    }
}

#[tokio::test]
async fn a_channel_that_fills_more_than_an_answer_takes_the_guide_from_nobody() {
    for test in TestApp::all().await {
        let dense = called(&test, 1, "dense").await;
        called(&test, 2, "other").await;
        // Every three seconds, a day long; and the other channel every hour.
        upload(&test, &many(&test, "dense", "d", 28_800, 3)).await;
        upload(&test, &many(&test, "other", "o", 24, 3600)).await;
        let day = window(&test, 1);
        let first = read_as(&test, &test.viewer, day.clone()).await.unwrap();
        let [item] = &first.items[..] else {
            panic!("{}", first.items.len());
        };
        assert!(item.too_full && item.programmes.is_empty());
        assert_eq!(item.channel.as_ref().unwrap().id, dense.id);
        let next = GetGuideRequest {
            page_token: first.next_page_token,
            ..day.clone()
        };
        let next = read_as(&test, &test.viewer, next).await.unwrap();
        assert_eq!(next.items.len(), 1);
        assert_eq!(next.items[0].programmes.len(), 24);
        assert!(next.next_page_token.is_empty() && !next.items[0].too_full);

        // By itself it is refused, and a shorter span has it.
        let alone = GetGuideRequest {
            channel_id: vec![dense.id.clone()],
            ..day.clone()
        };
        let refused = read_as(&test, &test.viewer, alone).await.unwrap_err();
        assert!(refused.is(&LiveTvReason::WindowTooFull));
        let to = today(&test) + Duration::from_hours(1);
        let hour = GetGuideRequest {
            to: Some(timestamp(to)),
            ..day
        };
        let hour = read_as(&test, &test.viewer, hour).await.unwrap();
        assert_eq!(hour.items[0].programmes.len(), 1200);
        assert_eq!(hour.items[1].programmes.len(), 1);

        // What runs now and next is read without the rest.
        let long_ago = GetGuideRequest {
            from: Some(timestamp(Timestamp::EPOCH)),
            to: Some(timestamp(Timestamp::from_secs(60))),
            ..GetGuideRequest::default()
        };
        let seen = read_as(&test, &test.viewer, long_ago).await.unwrap().items;
        for item in &seen {
            let (now, next) = (item.now.as_ref().unwrap(), item.next.as_ref().unwrap());
            assert_eq!(now.stop_time, next.start_time);
            assert!(item.programmes.is_empty() && !item.too_full);
        }
        assert_eq!(seen.len(), 2);
    }
}

#[tokio::test]
async fn a_large_guide_is_written_in_parts_of_whole_days_and_again_not_at_all() {
    for test in TestApp::all().await {
        called(&test, 1, "one").await;
        // Four days, two and two.
        let days = many(&test, "one", "a", 4 * 1440, MINUTE);
        let tried = upload_as(&test, &test.editor, &days, true).await.unwrap();
        assert_eq!(counts(&tried), [5760, 0, 0, 0, 0]);
        assert!(test.outbox(GuideChanged::TOPIC).await.is_empty());
        let done = upload(&test, &days).await;
        assert_eq!(counts(&done), [5760, 0, 0, 0, 0]);
        assert_eq!(done.channels, tried.channels);
        assert_eq!(test.outbox(GuideChanged::TOPIC).await.len(), 2);
        let again = upload(&test, &days).await;
        assert_eq!(counts(&again), [0, 0, 5760, 0, 0]);
        assert_eq!(test.outbox(GuideChanged::TOPIC).await.len(), 2);
        let other = many(&test, "one", "b", 2 * 1440, 2 * MINUTE);
        let tried = upload_as(&test, &test.editor, &other, true).await.unwrap();
        assert_eq!(counts(&tried), [0, 2880, 0, 2880, 0]);
        assert_eq!(counts(&upload(&test, &other).await), counts(&tried));
        let seen = read_as(&test, &test.viewer, window(&test, 4)).await;
        let seen = seen.unwrap().items.remove(0);
        assert_eq!(seen.programmes.len(), 2880);
        assert!(
            seen.programmes
                .iter()
                .all(|programme| programme.title == "b")
        );
    }
}

#[tokio::test]
async fn uploads_at_the_same_time_end_in_one_of_them() {
    for test in TestApp::all().await {
        called(&test, 1, "one").await;
        let files: Vec<_> = ["a", "b", "c"]
            .map(|title| many(&test, "one", title, 4 * 1440, MINUTE))
            .into();
        let (a, b, c) = tokio::join!(
            upload(&test, &files[0]),
            upload(&test, &files[1]),
            upload(&test, &files[2]),
        );
        for answer in [a, b, c] {
            assert_eq!(answer.created + answer.updated, 5760);
        }
        let seen = read_as(&test, &test.viewer, window(&test, 4)).await;
        let seen = seen.unwrap().items.remove(0).programmes;
        let told: HashSet<_> = titles(&seen).into_iter().collect();
        assert_eq!((seen.len(), told.len()), (5760, 1), "{told:?}");
    }
}

#[tokio::test]
async fn an_upload_waits_for_another_one_as_long_as_it_has_time() {
    let test = TestApp::on(TestDb::sqlite(MIGRATIONS).await).await;
    called(&test, 1, "one").await;
    let leases = Leases::new(
        (*test.db).clone(),
        Arc::new(SystemClock),
        Duration::from_mins(1),
    );
    let ctx = test.db.ctx();
    let name = format!("guide-upload.{}", ctx.tenant);
    let lease = leases.take(&ctx, &name).await.unwrap().unwrap();
    let file = file(&test, &[("one", "a", 0, 1)]);
    let hurried = Ctx {
        deadline: Some(std::time::Instant::now() + Duration::from_secs(1)),
        ..test.editor.clone()
    };
    let refused = upload_as(&test, &hurried, &file, false).await.unwrap_err();
    assert!(refused.is(&LiveTvReason::GuideBusy), "{refused:?}");
    assert!(refused.retry_delay().is_some());
    // Saying what would happen waits for nobody.
    upload_as(&test, &test.editor, &file, true).await.unwrap();
    let late = async {
        leases.give_back(&ctx, &lease).await.unwrap();
    };
    let (answer, ()) = tokio::join!(upload(&test, &file), late);
    assert_eq!(answer.created, 1);
}

#[tokio::test]
async fn an_upload_that_fails_on_its_way_says_what_was_taken() {
    let test = TestApp::on(TestDb::sqlite(MIGRATIONS).await).await;
    called(&test, 1, "one").await;
    let days = many(&test, "one", "a", 4 * 1440, MINUTE);
    let third = today(&test) + Duration::from_hours(2 * 24);
    let fail = format!(
        "CREATE TRIGGER fail BEFORE INSERT ON programmes WHEN NEW.start_at >= {}
         BEGIN SELECT RAISE(ABORT, 'no'); END",
        third.micros()
    );
    let sql = async |sql: &str| {
        let tx = test.db.begin(&test.db.ctx()).await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    };
    sql(&fail).await;
    let refused = upload_as(&test, &test.editor, &days, false)
        .await
        .unwrap_err();
    assert!(refused.is(&LiveTvReason::GuideUnfinished), "{refused:?}");
    assert_eq!(refused.metadata()["created"], "2880");
    assert_eq!(refused.metadata()["channels"], "1");
    sql("DROP TRIGGER fail").await;
    let rest = upload(&test, &days).await;
    assert_eq!(counts(&rest), [2880, 0, 2880, 0, 0]);
}

#[tokio::test]
async fn a_mistyped_year_takes_nothing_of_what_is_stored() {
    for test in TestApp::all().await {
        called(&test, 1, "one").await;
        let stored = [("one", "kept", 24, 25), ("one", "also", 200, 201)];
        upload(&test, &file(&test, &stored)).await;
        let year = 366 * 24;
        let typo = [("one", "today", 0, 1), ("one", "typo", year, year + 1)];
        let answer = upload(&test, &file(&test, &typo)).await;
        assert_eq!(counts(&answer), [2, 0, 0, 0, 0]);
        let [finding] = &answer.findings[..] else {
            panic!("{:?}", answer.findings);
        };
        assert_eq!(finding.problem(), GuideProblem::FarGap);
        assert_eq!(finding.title, "today");
        let far = test.harness.env.clock.now().secs() + year * 3600;
        assert_eq!(finding.value, Timestamp::from_secs(far).to_string());
        let weeks = GetGuideRequest {
            to: Some(timestamp(
                test.harness.env.clock.now() + Duration::from_hours(14 * 24),
            )),
            ..GetGuideRequest::default()
        };
        let seen = read_as(&test, &test.viewer, weeks).await.unwrap().items;
        assert_eq!(titles(&seen[0].programmes), ["today", "kept", "also"]);
    }
}

#[tokio::test]
async fn times_at_the_end_of_all_years_are_read_and_none_beyond_is_stored() {
    for test in TestApp::all().await {
        called(&test, 1, "one").await;
        let programme = |start: &str, stop: &str, title: &str| {
            format!(
                "<programme channel=\"one\" start=\"{start}\" stop=\"{stop}\"><title>{title}</title></programme>"
            )
        };
        let file = format!(
            "<tv>{}{}{}</tv>",
            programme("99991231220000", "99991231230000", "last"),
            programme("99991231233000", "99991231235959 -0100", "no end"),
            programme("99991231233000 -0100", "99991231235959 -0100", "beyond"),
        );
        let answer = upload(&test, &file).await;
        assert_eq!(counts(&answer), [1, 0, 0, 0, 2]);
        let problems: Vec<_> = answer.findings.iter().map(GuideFinding::problem).collect();
        let (stop, missing) = (GuideProblem::StopInvalid, GuideProblem::StopMissing);
        assert_eq!(problems, [stop, missing, GuideProblem::StartInvalid]);
        for (from, shown) in [("9999-12-31T22:30:00Z", 1), ("9999-12-31T23:59:59Z", 0)] {
            let from = Timestamp::parse_rfc3339(from).unwrap();
            let open = GetGuideRequest {
                from: Some(timestamp(from)),
                ..GetGuideRequest::default()
            };
            let seen = read_as(&test, &test.viewer, open).await.unwrap().items;
            assert_eq!(seen[0].programmes.len(), shown, "{from}");
        }
        assert!(guide(&test).await[0].programmes.is_empty());
    }
}

//! Uploads of guides, and what viewers read of them (LIVE-2, LIVE-4, X-LIVE-1).

use std::time::Duration;

use prost::Message as _;
use sv_kernel::{Ctx, Error, Event as _, Timestamp};
use sv_proto::{
    common::CommonReason,
    convert::{instant, timestamp},
    google::api::HttpBody,
    livetv::{
        Channel, ChannelGuide, DeleteChannelRequest, GetGuideRequest, GetGuideResponse,
        GuideChanged, GuideProblem, LiveTvReason, Programme, UploadGuideRequest,
        UploadGuideResponse, guide_admin_service_client::GuideAdminServiceClient,
        guide_service_client::GuideServiceClient,
    },
};
use sv_rpc::{call, error};

use super::test_app::{TestApp, channel};
use crate::NAME;

/// Uploads a file.
pub(super) async fn upload_as(
    test: &TestApp,
    ctx: &Ctx,
    file: &str,
    dry_run: bool,
) -> Result<UploadGuideResponse, Error> {
    let mesh = test.harness.mesh.calling_as("edge");
    let mut editors = GuideAdminServiceClient::new(mesh.client_transport(NAME).unwrap());
    let file = HttpBody {
        content_type: "application/xml".into(),
        data: file.to_owned().into(),
        extensions: Vec::new(),
    };
    let request = UploadGuideRequest {
        file: Some(file),
        dry_run,
        ..UploadGuideRequest::default()
    };
    let answer = editors.upload_guide(call(ctx, request)).await;
    Ok(answer.map_err(error)?.into_inner())
}

pub(super) async fn upload(test: &TestApp, file: &str) -> UploadGuideResponse {
    upload_as(test, &test.editor, file, false).await.unwrap()
}

pub(super) async fn read_as(
    test: &TestApp,
    ctx: &Ctx,
    request: GetGuideRequest,
) -> Result<GetGuideResponse, Error> {
    let mesh = test.harness.mesh.calling_as("edge");
    let mut viewers = GuideServiceClient::new(mesh.client_transport(NAME).unwrap());
    let answer = viewers.get_guide(call(ctx, request)).await;
    Ok(answer.map_err(error)?.into_inner())
}

pub(super) async fn guide(test: &TestApp) -> Vec<ChannelGuide> {
    let whole = GetGuideRequest::default();
    read_as(test, &test.viewer, whole).await.unwrap().items
}

/// Writes a file: programmes by channel, title, and beginning and end in hours from now.
pub(super) fn file(test: &TestApp, programmes: &[(&str, &str, i64, i64)]) -> String {
    let now = test.harness.env.clock.now();
    let at = |hours: i64| {
        let at = Timestamp::from_secs(now.secs() + hours * 3600).to_string();
        let digits: String = at.chars().filter(char::is_ascii_digit).take(14).collect();
        format!("{digits} +0000")
    };
    let programme = |(channel, title, start, stop): &(&str, &str, i64, i64)| {
        format!(
            "<programme channel=\"{channel}\" start=\"{}\" stop=\"{}\"><title>{title}</title></programme>",
            at(*start),
            at(*stop)
        )
    };
    let programmes: String = programmes.iter().map(programme).collect();
    format!("<tv>{programmes}</tv>")
}

/// Makes a channel that guides call `guide`.
pub(super) async fn called(test: &TestApp, number: i32, guide: &str) -> Channel {
    let wanted = Channel {
        guide_id: guide.into(),
        ..channel(number, guide)
    };
    test.create(wanted).await.unwrap()
}

pub(super) fn titles(programmes: &[Programme]) -> Vec<&str> {
    programmes
        .iter()
        .map(|programme| &*programme.title)
        .collect()
}

pub(super) fn counts(answer: &UploadGuideResponse) -> [i32; 5] {
    [
        answer.created,
        answer.updated,
        answer.unchanged,
        answer.deleted,
        answer.refused,
    ]
}

const DAY: [(&str, &str, i64, i64); 5] = [
    ("one", "before", -3, -1),
    ("one", "now", -1, 1),
    ("one", "next", 1, 2),
    ("one", "tomorrow", 30, 31),
    ("two", "alone", 2, 3),
];

#[tokio::test]
async fn viewers_read_a_day_of_the_guide_and_what_runs_now_and_next() {
    for test in TestApp::all().await {
        let one = called(&test, 1, "one").await;
        called(&test, 2, "two").await;
        let answer = upload(&test, &file(&test, &DAY)).await;
        assert_eq!(counts(&answer), [5, 0, 0, 0, 0]);

        let seen = guide(&test).await;
        assert_eq!(seen[0].channel, Some(one.clone()));
        assert_eq!(titles(&seen[0].programmes), ["now", "next"]);
        let title = |programme: &Option<Programme>| programme.clone().unwrap_or_default().title;
        assert_eq!(
            (title(&seen[0].now), title(&seen[0].next)),
            ("now".into(), "next".into())
        );
        assert_eq!(
            (seen[1].now.clone(), title(&seen[1].next)),
            (None, "alone".into())
        );

        let now = test.harness.env.clock.now();
        let hour = |hours: u64| Some(timestamp(now + Duration::from_hours(hours)));
        let later = GetGuideRequest {
            channel_id: vec![one.id.clone()],
            from: hour(24),
            to: hour(48),
            ..GetGuideRequest::default()
        };
        let later = read_as(&test, &test.viewer, later).await.unwrap().items;
        assert_eq!(later.len(), 1);
        assert_eq!(titles(&later[0].programmes), ["tomorrow"]);
        // Now is now, whatever is asked for.
        assert_eq!(title(&later[0].now), "now");

        let pages = GetGuideRequest {
            limit: 1,
            ..GetGuideRequest::default()
        };
        let first = read_as(&test, &test.viewer, pages.clone()).await.unwrap();
        let second = GetGuideRequest {
            page_token: first.next_page_token,
            ..pages
        };
        let second = read_as(&test, &test.viewer, second).await.unwrap();
        assert_eq!(titles(&second.items[0].programmes), ["alone"]);
        assert_eq!(second.next_page_token, "");
    }
}

#[tokio::test]
async fn a_span_of_time_ends_after_it_begins_and_is_at_most_two_weeks_long() {
    for test in TestApp::all().await {
        let now = test.harness.env.clock.now();
        let ask = |from: u64, to: u64| GetGuideRequest {
            from: Some(timestamp(now + Duration::from_hours(from))),
            to: Some(timestamp(now + Duration::from_hours(to))),
            ..GetGuideRequest::default()
        };
        for (from, to) in [(1, 1), (2, 1), (0, 14 * 24 + 1)] {
            let refused = read_as(&test, &test.viewer, ask(from, to))
                .await
                .unwrap_err();
            assert!(refused.is(&LiveTvReason::WindowInvalid), "{from} {to}");
        }
        read_as(&test, &test.viewer, ask(0, 14 * 24)).await.unwrap();
    }
}

#[tokio::test]
async fn uploading_a_guide_again_writes_nothing() {
    for test in TestApp::all().await {
        called(&test, 1, "one").await;
        called(&test, 2, "two").await;
        let file = file(&test, &DAY);
        let tried = upload_as(&test, &test.editor, &file, true).await.unwrap();
        assert_eq!(counts(&tried), [5, 0, 0, 0, 0]);
        assert!(test.outbox(GuideChanged::TOPIC).await.is_empty());
        assert!(guide(&test).await[0].programmes.is_empty());

        upload(&test, &file).await;
        let before = (guide(&test).await, test.outbox(GuideChanged::TOPIC).await);
        assert_eq!(before.1.len(), 2);
        let again = upload(&test, &file).await;
        assert_eq!(counts(&again), [0, 0, 5, 0, 0]);
        assert_eq!(again.channels[0].unchanged, 4);
        assert_eq!(
            (guide(&test).await, test.outbox(GuideChanged::TOPIC).await),
            before
        );
    }
}

#[tokio::test]
async fn an_upload_replaces_a_channel_from_its_first_to_its_last_programme() {
    for test in TestApp::all().await {
        let one = called(&test, 1, "one").await;
        called(&test, 2, "two").await;
        upload(&test, &file(&test, &DAY)).await;
        let change = [
            ("one", "short", 0, 1),
            ("one", "NEXT", 1, 2),
            ("one", "more", 2, 3),
        ];
        let answer = upload(&test, &file(&test, &change)).await;
        // What ran is cut, what began with another title is written over, what is beyond stays.
        assert_eq!(counts(&answer), [2, 2, 0, 0, 0]);
        let seen = guide(&test).await;
        assert_eq!(titles(&seen[0].programmes), ["short", "NEXT", "more"]);
        assert_eq!(titles(&seen[1].programmes), ["alone"]);
        let now = test.harness.env.clock.now();
        let told = test.outbox(GuideChanged::TOPIC).await;
        let (key, version, payload) = told.last().unwrap();
        let changed = GuideChanged::decode(payload.as_deref().unwrap()).unwrap();
        assert_eq!((key, *version), (&one.id, 2));
        assert_eq!((changed.channel_id, changed.version), (one.id, 2));
        assert_eq!(changed.from.map(instant), Some(now));
        assert_eq!(changed.to.map(instant), Some(now + Duration::from_hours(3)));

        let shorter = [("one", "short", 0, 1), ("one", "more", 2, 3)];
        let answer = upload(&test, &file(&test, &shorter)).await;
        assert_eq!(counts(&answer), [0, 0, 2, 1, 0]);
        assert_eq!(answer.findings[0].problem(), GuideProblem::Gap);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_file_is_told_and_the_rest_is_taken() {
    for test in TestApp::all().await {
        called(&test, 1, "one").await;
        let dirty = [
            ("one", "a", 0, 2),
            ("one", "a", 0, 2),
            ("one", "b", 1, 3),
            ("one", "back", 5, 4),
            ("nobody", "c", 0, 1),
        ];
        let answer = upload(&test, &file(&test, &dirty)).await;
        assert_eq!(counts(&answer), [2, 0, 0, 0, 3]);
        let told: Vec<_> = answer
            .findings
            .iter()
            .map(|found| (found.programme, found.problem(), &*found.guide_id))
            .collect();
        assert_eq!(
            told,
            [
                (1, GuideProblem::Overlap, "one"),
                (2, GuideProblem::Duplicate, "one"),
                (4, GuideProblem::Empty, "one"),
                (5, GuideProblem::ChannelUnknown, "nobody"),
            ]
        );
        // A file that cannot be read to its end changes nothing.
        let cut = file(&test, &[("one", "z", 6, 7)]).replace("</tv>", "");
        let refused = upload_as(&test, &test.editor, &cut, false).await;
        assert!(refused.unwrap_err().is(&LiveTvReason::GuideInvalid));
        assert_eq!(titles(&guide(&test).await[0].programmes), ["a", "b"]);
        let refused = upload_as(&test, &test.viewer, &cut, false).await;
        assert!(refused.unwrap_err().is(&CommonReason::PermissionDenied));
    }
}

#[tokio::test]
async fn a_child_reads_what_is_rated_for_children_by_itself_or_by_its_channel() {
    for test in TestApp::all().await {
        called(&test, 1, "grown").await;
        let kids = Channel {
            guide_id: "kids".into(),
            maturity_rating: "TV-Y".into(),
            ..channel(2, "Kids")
        };
        test.create(kids).await.unwrap();
        let file = file(
            &test,
            &[
                ("kids", "late", -1, 1),
                ("kids", "puppets", 1, 2),
                ("kids", "two boards", 2, 3),
                ("kids", "elsewhere", 3, 4),
                ("kids", "fit", 4, 5),
                ("grown", "x", -1, 1),
            ],
        );
        let rated = |file: String, title: &str, ratings: &[(&str, &str)]| {
            let ratings = ratings.iter().map(|(board, value)| {
                format!("<rating system=\"{board}\"><value>{value}</value></rating>")
            });
            let title = format!("<title>{title}</title>");
            file.replace(&title, &format!("{title}{}", ratings.collect::<String>()))
        };
        let file = rated(file, "late", &[("VCHIP", "TV-MA")]);
        // All ratings have to allow it, and what an unknown board means by its letters nobody knows.
        let file = rated(file, "two boards", &[("MPAA", "G"), ("FSK", "18")]);
        let file = rated(file, "elsewhere", &[("Kijkwijzer", "G")]);
        let file = rated(file, "fit", &[("MPAA", "G"), ("FSK", "6")]);
        upload(&test, &file).await;
        let seen = read_as(&test, &test.child, GetGuideRequest::default()).await;
        let seen = seen.unwrap().items;
        assert_eq!(seen.len(), 1);
        assert_eq!(titles(&seen[0].programmes), ["puppets", "fit"]);
        assert_eq!(seen[0].now, None);
        assert_eq!(guide(&test).await[1].programmes.len(), 5);
    }
}

#[tokio::test]
async fn the_guide_of_another_tenant_is_another_one_and_goes_with_its_channel() {
    for test in TestApp::all().await {
        let one = called(&test, 1, "one").await;
        let elsewhere = test.editor_of("acme");
        let file = file(&test, &DAY);
        let theirs = upload_as(&test, &elsewhere, &file, false).await.unwrap();
        assert_eq!(counts(&theirs), [0, 0, 0, 0, 5]);
        upload(&test, &file).await;
        let delete = DeleteChannelRequest { id: one.id.clone() };
        let delete = call(&test.editor, delete);
        test.editors.clone().delete_channel(delete).await.unwrap();
        assert!(guide(&test).await.is_empty());
        let left = "SELECT id FROM programmes";
        let left = sea_orm::Statement::from_string(test.db.backend(), left);
        let left = sea_orm::ConnectionTrait::query_all_raw(test.db.read(), left).await;
        assert!(left.unwrap().is_empty());
    }
}

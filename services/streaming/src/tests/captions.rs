//! Captions: uploaded, played, replaced, deleted (CAT-15, X-CAT-4).

use sv_kernel::Error;
use sv_proto::{
    google::api::HttpBody,
    streaming::{
        CaptionKind, CaptionTrack, DeleteCaptionsRequest, ListCaptionsRequest,
        UploadCaptionsRequest,
    },
};
use sv_rpc::{call, error};

use super::{TestApp, test_app::TITLE};

const FILM: &[u8] = b"1\n00:00:01,000 --> 00:00:02,500\nAt the left\n";

fn wanted(language: &str, kind: CaptionKind, file: &[u8]) -> UploadCaptionsRequest {
    UploadCaptionsRequest {
        content_id: TITLE.into(),
        language: language.into(),
        kind: kind.into(),
        file: Some(HttpBody {
            data: file.to_vec().into(),
            ..HttpBody::default()
        }),
        ..UploadCaptionsRequest::default()
    }
}

async fn upload(test: &TestApp, request: UploadCaptionsRequest) -> Result<CaptionTrack, Error> {
    let request = call(&test.admin(), request);
    let answer = test.captions_admin().upload_captions(request).await;
    Ok(answer.map_err(error)?.into_inner().track.unwrap())
}

async fn listed(test: &TestApp) -> Vec<String> {
    let content_id = TITLE.to_owned();
    let request = call(&test.admin(), ListCaptionsRequest { content_id });
    let answer = test.captions_admin().list_captions(request).await;
    let items = answer.unwrap().into_inner().items;
    items.into_iter().map(|track| track.name).collect()
}

async fn delete(test: &TestApp, language: &str) -> Result<(), Error> {
    let request = DeleteCaptionsRequest {
        content_id: TITLE.into(),
        language: language.into(),
        kind: 0,
    };
    let request = call(&test.admin(), request);
    let answer = test.captions_admin().delete_captions(request).await;
    answer.map(drop).map_err(error)
}

#[tokio::test]
async fn captions_are_tracks_of_the_title_until_they_are_deleted() {
    for test in TestApp::all().await {
        let test = test.with_media().await;
        let track = upload(&test, wanted("en", CaptionKind::Unspecified, FILM));
        let track = track.await.unwrap();
        assert_eq!((track.kind(), track.cues), (CaptionKind::Subtitles, 1));
        let mut sdh = wanted("pt-br", CaptionKind::Sdh, FILM);
        sdh.name = "Português \"SDH\"".into();
        sdh.is_default = true;
        assert_eq!(upload(&test, sdh).await.unwrap().language, "pt-BR");
        assert_eq!(listed(&test).await, ["en", "Português \"SDH\""]);

        let play = test.play(&test.viewer()).await.unwrap();
        assert_eq!(play.captions.len(), 2);
        let master = test.get(&play.playback_url).await;
        let master = String::from_utf8(master.body().to_vec()).unwrap();
        assert_eq!(master.matches("TYPE=SUBTITLES").count(), 2, "{master}");
        assert!(master.contains("NAME=\"Português 'SDH'\",LANGUAGE=\"pt-BR\",DEFAULT=YES"));
        assert!(master.contains(",SUBTITLES=\"captions\"\n"));
        let (_, list) = master.split_once("URI=\"").unwrap();
        let (list, _) = list.split_once('"').unwrap();
        let base = format!("/stream/hls/{TITLE}/");
        let list = test.get(&format!("{base}{list}")).await;
        let list = String::from_utf8(list.body().to_vec()).unwrap();
        let file = list.lines().find(|line| line.contains(".vtt")).unwrap();
        let file = test
            .get(&format!("{base}captions-en-subtitles/{file}"))
            .await;
        assert_eq!(file.headers()["content-type"], "text/vtt; charset=utf-8");
        let text = String::from_utf8(file.body().to_vec()).unwrap();
        assert!(text.starts_with("WEBVTT\n"), "{text}");
        assert!(text.ends_with("\n00:00:01.000 --> 00:00:02.500\nAt the left\n"));
        let told = test.get(&play.captions[0].url).await;
        assert_eq!(told.body(), file.body());
        let bare = play.captions[0].url.split('?').next().unwrap();
        assert_eq!(test.get(bare).await.status(), 403, "a token is asked for");

        // Another file stands in its place, under another address.
        let other = b"WEBVTT\n\n00:03.000 --> 00:04.000\nAt the right\n";
        let track = upload(&test, wanted("en", CaptionKind::Subtitles, other));
        track.await.unwrap();
        assert_eq!(listed(&test).await.len(), 2);
        assert_eq!(test.get(&play.captions[0].url).await.status(), 404);
        delete(&test, "en").await.unwrap();
        let gone = delete(&test, "en").await.unwrap_err();
        assert_eq!(gone.reason(), "CAPTIONS_NOT_FOUND");
        assert_eq!(listed(&test).await.len(), 1);
        let play = test.play(&test.viewer()).await.unwrap();
        assert_eq!(play.captions.len(), 1);
    }
}

#[tokio::test]
async fn what_cannot_be_read_and_what_is_too_much_changes_nothing() {
    let test = TestApp::open().await;
    let bad = upload(&test, wanted("en", CaptionKind::Sdh, b"GIF89a")).await;
    let bad = bad.unwrap_err();
    assert_eq!(bad.reason(), "CAPTIONS_INVALID");
    assert!(bad.metadata()["problem"].contains("line 1"), "{bad}");
    let mut elsewhere = wanted("en", CaptionKind::Sdh, FILM);
    elsewhere.content_id = TITLE.replace("67", "99");
    let refused = upload(&test, elsewhere).await.unwrap_err();
    assert_eq!(refused.reason(), "CONTENT_NOT_FOUND");
    let languages = (b'a'..=b'z').flat_map(|a| [b'a', b'b'].map(|b| [a, b]));
    let mut stored = 0;
    for language in languages {
        let language = String::from_utf8(language.to_vec()).unwrap();
        match upload(&test, wanted(&language, CaptionKind::Subtitles, FILM)).await {
            Ok(_) => stored += 1,
            Err(full) => assert_eq!(full.reason(), "CAPTIONS_LIMIT"),
        }
    }
    assert_eq!(stored, 50);
    assert_eq!(listed(&test).await.len(), 50);
}

//! The sample clip, from the file to a browser's screen: imported, published, played by hls.js in
//! Chromium and read by a strict parser. `tests/player` holds the judges; `npm ci` there installs them.
#![cfg(feature = "test-media")]

use std::{net::SocketAddr, path::Path, process::Stdio, time::Duration};

use http::{Request, Response};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use serde_json::Value;
use sv_proto::streaming::media_admin_service_client::MediaAdminServiceClient;
use tonic::{Status, body::Body};
use tower::ServiceExt as _;

use super::{TestApp, test_app::TITLE};
use crate::import::{self, Job, Tools, tests::sample};

/// Serves the HTTP mount on a port of this machine, as the edge would.
async fn serve(test: &TestApp) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let mount = test.mount.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let mount = mount.clone();
            let service = hyper::service::service_fn(move |request: Request<_>| {
                let mount = mount.clone();
                async move {
                    let request = request.map(|_: hyper::body::Incoming| Body::empty());
                    let mut response: Response<Body> = mount.oneshot(request).await?;
                    if let Some(refused) = Status::from_header_map(response.headers()) {
                        let http = sv_rpc::error(refused).info().http;
                        *response.status_mut() = http.try_into().unwrap();
                    }
                    Ok::<_, std::convert::Infallible>(response)
                }
            });
            tokio::spawn(async move {
                let connection = auto::Builder::new(TokioExecutor::new());
                let _ = connection
                    .serve_connection(TokioIo::new(stream), service)
                    .await;
            });
        }
    });
    address
}

/// Runs one of the judges and reads its verdict.
async fn judge(arguments: &[&str]) -> Value {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/player");
    assert!(
        folder.join("node_modules").is_dir(),
        "run `npm --prefix tests/player ci` first"
    );
    let output = tokio::process::Command::new("node")
        .args(arguments)
        .current_dir(folder)
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_mins(3), output).await;
    let output = output
        .expect("the judge comes to an end")
        .expect("node runs");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_plays_the_sample_to_its_end_and_a_strict_parser_finds_nothing() {
    let test = TestApp::open().await;
    let (scratch, file, tools) = (tempfile::tempdir().unwrap(), sample(), Tools::default());
    let job = Job {
        content_id: TITLE,
        file: &file,
        scratch: scratch.path(),
        tools: &tools,
    };
    let imported = import::import(&job, &*test.blobs, &mut |_| {})
        .await
        .unwrap();
    let operator = test.harness.mesh.calling_as("operator");
    let client = MediaAdminServiceClient::new(operator.client_transport("streaming").unwrap());
    let ctx = test.harness.anonymous();
    let published = import::publish(&ctx, &client, &imported.media)
        .await
        .unwrap();
    assert_eq!(published.renditions.len(), 1);

    let play = test.play(&test.viewer()).await.unwrap();
    let origin = format!("http://{}", serve(&test).await);
    let master = format!("{origin}{}", play.playback_url);

    let verdict = judge(&["lint.mjs", &master]).await;
    assert_eq!(verdict["ok"], true, "{verdict}");
    assert_eq!(verdict["variants"][0]["targetDuration"], 10);
    assert_eq!(verdict["variants"][0]["segments"], 4);

    let seen = judge(&["play.mjs", &master, "60"]).await;
    assert_eq!(
        (&seen["played"], &seen["ended"]),
        (&true.into(), &true.into()),
        "{seen}"
    );
    // A missing joint shows only in the length.
    assert!(
        (seen["duration"].as_f64().unwrap() - 30.0).abs() < 0.1,
        "{seen}"
    );
    assert!(
        (seen["currentTime"].as_f64().unwrap() - 30.0).abs() < 0.5,
        "{seen}"
    );
    let shown = seen["frames"].as_f64().unwrap() + seen["dropped"].as_f64().unwrap();
    assert!(shown > 700.0, "of 720 frames: {seen}");
    assert_eq!(
        (&seen["width"], &seen["height"]),
        (&854.into(), &480.into())
    );
    // Pictures are shown later than they are decoded, so hls.js, whose zero is the first decoding
    // time, may report that it skips a tenth of a second at the start. Nothing else may happen.
    let errors = seen["errors"].as_array().unwrap();
    let start = |error: &Value| error["details"] == "bufferSeekOverHole" && error["fatal"] == false;
    assert!(errors.len() <= 1 && errors.iter().all(start), "{seen}");

    let film = format!("{origin}{}", play.progressive_url);
    let seen = judge(&["play.mjs", &film, "3"]).await;
    assert_eq!(seen["played"], true, "{seen}");

    // The same judge sees nothing where the token is wrong.
    let refused = judge(&["play.mjs", &format!("{master}x"), "3"]).await;
    assert_eq!(
        (&refused["played"], &refused["frames"]),
        (&false.into(), &0.into()),
        "{refused}"
    );
    assert_eq!(refused["errors"][0]["status"], 403, "{refused}");
    assert_eq!(
        judge(&["lint.mjs", &format!("{master}x")]).await["ok"],
        false
    );
}

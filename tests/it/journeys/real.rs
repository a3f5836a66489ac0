//! The thread with the real catalogue and the real video, in every deployment; needs ffmpeg, Chromium
//! and `npm ci` in tests/player (feature `test-media`), and for the last one PostgreSQL, Kafka and
//! OpenSearch (feature `test-stack`).

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use super::{
    grpc,
    thread::{Title, walk},
};
use crate::harness::{Answer, Client, Deployment};

const CATALOGUE: &str = "catalog/movies.json";
const VIDEO: &str = "video/big-buck-bunny-480p-30s.mp4";

#[test]
fn one_process_plays_the_real_video_of_a_real_film() {
    play(&Deployment::start(&["all"], &[]));
}

#[test]
fn three_processes_play_the_real_video_of_a_real_film() {
    play(&Deployment::start(
        &["auth,users,admin", "others", "edge"],
        &[],
    ));
}

#[cfg(feature = "test-stack")]
#[test]
fn postgresql_kafka_and_opensearch_play_the_real_video_of_a_real_film() {
    play(&Deployment::start(&["all"], &crate::harness::servers()));
}

/// Imports both inputs into the running installation, walks the thread and plays the video.
fn play(deployment: &Deployment) {
    let catalogue = input(CATALOGUE);
    let catalogue = catalogue.to_str().unwrap();
    let report = import(
        deployment,
        &["import", "catalog", catalogue, "--output", "json"],
    );
    assert_eq!(
        (&report["created"], &report["refused"]),
        (&json!(3200), &json!(1)),
        "{report}"
    );
    let again = import(
        deployment,
        &["import", "catalog", catalogue, "--output", "json"],
    );
    assert_eq!(
        (&again["created"], &again["unchanged"]),
        (&json!(0), &json!(3200)),
        "{again}"
    );

    let film = find(deployment, "the matrx", "The Matrix");
    let video = input(VIDEO);
    let media = [
        "import",
        "media",
        video.to_str().unwrap(),
        "--content",
        &film.id,
    ];
    let args = [&media[..], &["--output", "json"]].concat();
    let report = import(deployment, &args);
    assert_eq!(report["reused"], false, "{report}");
    assert_eq!(
        import(deployment, &args)["reused"],
        true,
        "the same file is not packaged twice"
    );

    let viewer = walk(deployment, &film);
    grpc::walk(deployment, &film);
    let address = viewer.get(&format!("/play/ondemand/{}", film.id)).data(200);
    let address = deployment.edge.clone() + address["playback_url"].as_str().unwrap();
    // Answers 1: cut at the first keyframe at or after every sixth second.
    let seconds = output(
        "ffprobe",
        &[
            "-v",
            "error",
            "-show_entries",
            "format=duration",
            "-of",
            "csv=p=0",
            &address,
        ],
    );
    assert!(
        (seconds.trim().parse::<f64>().unwrap() - 30.0).abs() < 0.5,
        "{seconds}"
    );
    let decoded = output(
        "ffmpeg",
        &["-v", "error", "-xerror", "-i", &address, "-f", "null", "-"],
    );
    assert_eq!(
        decoded, "",
        "ffmpeg reads it to its end without a complaint"
    );
    let lint = player("lint.mjs", &[&address]);
    assert_eq!(lint["problems"].as_array().map_or(0, Vec::len), 0, "{lint}");
    let played = player("play.mjs", &[&address, "10"]);
    assert!(
        played["currentTime"].as_f64().is_some_and(|t| t >= 10.0),
        "{played}"
    );
    assert!(
        played["frames"].as_i64().is_some_and(|frames| frames > 200),
        "{played}"
    );
}

/// Finds a film as a viewer who mistypes it.
fn find(deployment: &Deployment, query: &str, title: &str) -> Title {
    let mut scout = Client::new(&deployment.edge);
    scout.register("scout@example.org");
    let path = format!("/search/global?q={}", query.replace(' ', "%20"));
    let is_it = |answer: &Answer| {
        answer.status == 200 && answer.json()["data"]["items"][0]["title"] == title
    };
    let answer = scout.until(&path, is_it).data(200);
    Title {
        id: answer["items"][0]["id"].as_str().unwrap().to_owned(),
        title: title.to_owned(),
    }
}

fn import(deployment: &Deployment, args: &[&str]) -> Value {
    serde_json::from_str(&deployment.command(args)).unwrap()
}

/// Returns a real input, or says how to get it.
pub(crate) fn input(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let folder = std::env::var_os("STREAMVERSE_TEST_DATA")
        .map_or_else(|| root.join("../shared/data"), PathBuf::from);
    let file = folder.join(name);
    assert!(
        file.exists(),
        "{} is missing; set STREAMVERSE_TEST_DATA",
        file.display()
    );
    file
}

fn output(program: &str, args: &[&str]) -> String {
    let output = Command::new(program)
        .args(args)
        .output()
        .unwrap_or_else(|cause| panic!("{program}: {cause}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success(),
        "{program} {args:?}: {text}{errors}"
    );
    text + &errors
}

/// Runs a script of tests/player and reads the JSON that it prints.
pub(super) fn player(script: &str, args: &[&str]) -> Value {
    let script = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("player")
        .join(script);
    let all = [&[script.to_str().unwrap()], args].concat();
    let text = output("node", &all);
    serde_json::from_str(&text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}

//! grpc-web from a page of another origin, in headless Chromium (EDGE-7, EDGE-9).

use std::{
    io::{BufRead as _, BufReader, Write as _},
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::{repository, with_films};
use crate::harness::Client;

#[test]
fn a_page_of_a_listed_origin_calls_by_both_forms_of_grpc_web() {
    // The page says where it comes from before the server starts that is to know it.
    let mut page = Command::new("node")
        .arg(repository("tests/player/grpc-web.mjs"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("node runs");
    let mut lines = BufReader::new(page.stdout.take().unwrap()).lines();
    let mut next = || -> Value {
        let line = lines.next().expect("the page ended early").unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("not JSON: {line}"))
    };
    let origin = next()["origin"].as_str().unwrap().to_owned();
    let deployment = with_films(&[("STREAMVERSE_EDGE__CORS__ORIGINS", format!("[\"{origin}\"]"))]);
    Client::new(&deployment.edge).register("page@example.org");
    let account = json!({
        "edge": deployment.edge,
        "email": "page@example.org",
        "password": "a long enough password",
    });
    writeln!(page.stdin.take().unwrap(), "{account}").unwrap();
    let seen = next();
    assert!(page.wait().unwrap().success());

    let (binary, text) = (&seen["listed"]["binary"], &seen["listed"]["text"]);
    assert_eq!(binary["name"], "Ana", "{seen}");
    assert_eq!(binary["titles"].as_array().map(Vec::len), Some(3), "{seen}");
    for (refusal, code, reason) in [
        ("stranger", 16, "UNAUTHENTICATED"),
        ("wrong", 3, "VALIDATION_FAILED"),
    ] {
        let told = json!({"code": code, "reason": reason, "domain": "common.streamverse"});
        assert_eq!(binary[refusal], told, "{seen}");
    }
    assert_eq!(binary, text, "both forms tell the same");
    // Without a listed origin the browser lets nothing through.
    let failure = seen["unlisted"]["failure"].as_str().unwrap_or_default();
    assert!(failure.contains("Failed to fetch"), "{seen}");
}

//! What is read at start and anew, and who may call.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use prost::Message as _;
use prost_types::FileDescriptorSet;
use serde_json::json;

use super::support::{ED25519, LIBRARY, Site};
use crate::{Gateway, GuardOptions, Jwks, Options};

fn compile(proto: &str) -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.proto"), proto).unwrap();
    let ours = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto"));
    let mut compiler = protox::Compiler::new([folder.path(), ours]).unwrap();
    // Without imports, as many a set comes.
    compiler.open_file("t.proto").unwrap();
    compiler.encode_file_descriptor_set()
}

fn with_route(path: &str) -> Vec<u8> {
    compile(&format!(
        r#"syntax = "proto3"; package t; import "google/api/annotations.proto";
        message M {{ string a = 1; }}
        service S {{ rpc Do(M) returns (M) {{ option (google.api.http) = {{get: "{path}"}}; }} }}"#
    ))
}

/// A set in another syntax than protoc wrote.
fn with_syntax(syntax: &str) -> Vec<u8> {
    let mut set = FileDescriptorSet::decode(&*with_route("/one")).unwrap();
    set.file.last_mut().unwrap().syntax = Some(syntax.to_owned());
    set.encode_to_vec()
}

/// A set whose messages have what no set has.
fn torn() -> Vec<u8> {
    let mut set = FileDescriptorSet::decode(&*with_route("/one")).unwrap();
    let file = set.file.last_mut().unwrap();
    file.message_type[0].field[0].number = Some(0);
    file.syntax = Some("proto1".to_owned());
    set.encode_to_vec()
}

fn problems(set: &[u8], upstream: &str) -> String {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("set.bin");
    fs::write(&file, set).unwrap();
    let options = Options {
        descriptor_sets: vec![file],
        upstreams: vec![upstream.parse().unwrap()],
        ..Options::default()
    };
    Gateway::new(options).unwrap_err().to_string()
}

#[tokio::test]
async fn what_is_wrong_with_a_set_is_said() {
    assert!(problems(b"syntax = \"proto3\";", "h:1").contains("is no FileDescriptorSet"));
    assert!(problems(b"", "h:1").contains("is no FileDescriptorSet"));
    assert!(problems(&with_route("/x/{b}"), "h:1").contains("there is no such field"));
    assert!(problems(&with_route("/x/{a"), "h:1").contains("t.S.Do"));
    assert!(problems(&with_route("/x"), "other.S=h:1").contains("no service"));
    let torn = compile(
        r#"syntax = "proto3"; import "google/rpc/status.proto"; message M { google.rpc.Status s = 1; }"#,
    );
    assert!(problems(&torn, "h:1").contains("no service"));
}

#[tokio::test]
async fn a_set_is_read_anew_and_a_broken_one_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file: PathBuf = folder.path().join("set.bin");
    fs::write(&file, with_route("/one")).unwrap();
    let named = file.clone();
    let site = Site::with(|options| options.descriptor_sets = vec![named, LIBRARY.into()]).await;
    assert_eq!(site.sent("GET /one?a=x", "").await, json!({"a": "x"}));
    assert_eq!(
        site.get("/v1/echo").await.status,
        200,
        "several sets are one"
    );
    assert!(!site.gateway.is_stale());
    fs::write(&file, with_route("/twenty/two")).unwrap();
    assert!(site.gateway.is_stale());
    let loaded = site.gateway.reload().unwrap();
    assert!(
        loaded
            .routes
            .iter()
            .any(|route| route.contains("/twenty/two")),
        "{loaded:?}"
    );
    assert_eq!(site.get("/one").await.status, 404);
    assert_eq!(
        site.sent("GET /twenty/two?a=x", "").await,
        json!({"a": "x"})
    );
    for broken in [b"nonsense".to_vec(), with_syntax("editions"), torn()] {
        fs::write(&file, broken).unwrap();
        assert!(site.gateway.reload().is_err());
    }
    assert_eq!(
        site.sent("GET /twenty/two?a=x", "").await,
        json!({"a": "x"})
    );
}

#[tokio::test]
async fn two_upstreams_share_the_services() {
    let site = Site::start().await;
    let loaded = site.gateway.loaded();
    assert_eq!(loaded.services, ["library.v1.Library", "library.v1.Loans"]);
    let part = Site::with(|options| options.upstreams[0].of = "library.v1.Loans".to_owned()).await;
    assert_eq!(part.gateway.loaded().services, ["library.v1.Loans"]);
    assert_eq!(part.gateway.loaded().notes.len(), 1);
    assert_eq!(part.get("/v1/echo").await.status, 404);
    assert_eq!(part.get("/v1/loans/1").await.status, 200);
}

#[tokio::test]
async fn who_has_no_good_token_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("jwks.json");
    let key = EncodingKey::from_ed_der(ED25519);
    let jwk = Jwk::from_encoding_key(&key, Algorithm::EdDSA).unwrap();
    fs::write(&file, json!({"keys": [jwk]}).to_string()).unwrap();
    let guard = GuardOptions {
        jwks: Jwks::File(file),
        issuer: Some("https://id.example".to_owned()),
        audience: Some("library".to_owned()),
        every: Duration::from_mins(5),
        authorities: None,
    };
    let site = Site::with(|options| options.guard = Some(guard)).await;
    let bearer = |claims: serde_json::Value| {
        let token = encode(&Header::new(Algorithm::EdDSA), &claims, &key).unwrap();
        format!("Bearer {token}")
    };
    let good = json!({"iss": "https://id.example", "aud": ["library"], "exp": 4_000_000_000_u64});
    let status = async |authorization: &str| {
        let headers = [("authorization", authorization)];
        let headers = if authorization.is_empty() {
            &[][..]
        } else {
            &headers
        };
        site.send("GET /v1/echo", headers, "").await
    };
    assert_eq!(status(&bearer(good.clone())).await.status, 200);
    let none = status("").await;
    assert_eq!((none.status, none.json()["code"].as_i64()), (401, Some(16)));
    assert_eq!(none.headers["www-authenticate"], "Bearer");
    for (name, value) in [
        ("iss", json!("https://other.example")),
        ("aud", json!("other")),
        ("exp", json!(1)),
        ("nbf", json!(3_900_000_000_u64)),
    ] {
        let mut bad = good.clone();
        bad[name] = value;
        assert_eq!(status(&bearer(bad)).await.status, 401, "{name}");
    }
    let mut head = Header::new(Algorithm::EdDSA);
    head.crit = Some(vec!["unheard-of".to_owned()]);
    let critical = encode(&head, &good, &key).unwrap();
    assert_eq!(status(&format!("Bearer {critical}")).await.status, 401);
    let unsigned = "Bearer eyJhbGciOiJub25lIn0.eyJleHAiOjQwMDAwMDAwMDB9.";
    assert_eq!(status(unsigned).await.status, 401);
    let grpc = site
        .send(
            "POST /library.v1.Library/Echo",
            &[("content-type", "application/grpc-web")],
            "",
        )
        .await;
    assert_eq!(grpc.headers["grpc-status"], "16");
}

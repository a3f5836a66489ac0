//! gRPC by grpcurl and buf: reflection on the operators' port, descriptors from files on the public one.

use serde_json::{Value, json};

use super::{Ran, repository, with_films};
use crate::harness::{Deployment, services};

const DESCRIPTORS: &str = "gen/descriptors.bin";
const REGISTER: &str = "streamverse.auth.v1.AuthService/Register";
const LIST: &str = "streamverse.content.v1.ContentService/ListMovies";
const GET_ME: &str = "streamverse.users.v1.UserService/GetMe";

fn grpcurl(args: &[&str]) -> Ran {
    let args = [&["-plaintext"], args].concat();
    Ran::of(repository("scripts/grpcurl"), "", &args)
}

const README: &str = include_str!("../../../README.md");

fn address(url: &str) -> &str {
    url.trim_start_matches("http://")
}

fn parse(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|_| panic!("not JSON: {text}"))
}

#[test]
fn the_operators_port_describes_itself() {
    let deployment = Deployment::start(&["all"], &[]);
    let port = deployment.servers[0].operators_port();
    let listed = grpcurl(&[&port, "list"]).ok();
    let (_, shown) = README
        .split_once("localhost:9464 list | head -3\n")
        .unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    assert!(
        listed.starts_with(shown),
        "README shows how it begins: {listed}"
    );
    for name in services() {
        assert!(
            listed.contains(&format!("streamverse.{name}.v1.")),
            "{name}: {listed}"
        );
    }
    for service in listed.lines() {
        let described = grpcurl(&[&port, "describe", service]).ok();
        assert!(described.contains("rpc "), "{described}");
    }
    let health = grpcurl(&[&port, "grpc.health.v1.Health/Check"]).ok();
    assert_eq!(parse(&health), json!({"status": "SERVING"}));
    // It tells of all, and carries none of them.
    let called = grpcurl(&[&port, GET_ME]);
    assert!(!called.success);
    assert!(called.errors.contains("Unimplemented"), "{called:?}");
}

#[test]
fn the_public_port_is_called_by_descriptors_and_protos() {
    let deployment = with_films(&[]);
    let port = address(&deployment.edge);
    let hidden = grpcurl(&[port, "list"]);
    assert!(
        !hidden.success
            && hidden
                .errors
                .contains("does not support the reflection API"),
        "C39: {hidden:?}"
    );

    let account =
        r#"{"email":"curl@example.org","password":"a long enough password","name":"Curl"}"#;
    let by_set = ["-protoset", DESCRIPTORS];
    let made = grpcurl(&[&by_set[..], &["-d", account, port, REGISTER]].concat()).ok();
    let made = parse(&made);
    assert_eq!(made["user"]["name"], "Curl");
    let token = format!(
        "authorization: Bearer {}",
        made["accessToken"].as_str().unwrap()
    );
    let token = ["-H", token.as_str()];

    let by_proto = [
        "-import-path",
        "proto",
        "-proto",
        "streamverse/content/v1/catalogue.proto",
    ];
    let list = ["-d", r#"{"page_size":3}"#, port, LIST];
    let listed = grpcurl(&[&by_proto[..], &token, &list].concat()).ok();
    assert_eq!(parse(&listed)["items"].as_array().map(Vec::len), Some(3));

    let again = grpcurl(&[&by_set[..], &["-d", account, port, REGISTER]].concat());
    assert!(!again.success);
    assert!(
        ["Code: AlreadyExists", "google.rpc.ErrorInfo", "EMAIL_TAKEN"]
            .iter()
            .all(|part| again.errors.contains(part)),
        "{again:?}"
    );
}

#[test]
fn buf_calls_by_grpc_and_by_grpc_web() {
    let deployment = Deployment::start(&["all"], &[]);
    for protocol in ["grpc", "grpcweb"] {
        let account = json!({
            "email": format!("{protocol}@example.org"),
            "password": "a long enough password",
            "name": protocol,
        });
        let call = |path: &str, data: &str, header: &str| {
            let url = format!("{}/{path}", deployment.edge);
            let how = ["--schema", "proto", "--protocol", protocol];
            let what = [
                "--http2-prior-knowledge",
                "--header",
                header,
                "--data",
                data,
                &url,
            ];
            Ran::of(
                repository("scripts/buf"),
                "",
                &[&["curl"], &how[..], &what].concat(),
            )
        };
        let made = parse(&call(REGISTER, &account.to_string(), "accept-language: en").ok());
        let token = made["accessToken"].as_str().unwrap();
        let me = call(GET_ME, "{}", &format!("authorization: Bearer {token}")).ok();
        assert_eq!(parse(&me)["user"]["name"], protocol);
        let stranger = call(GET_ME, "{}", "accept-language: en");
        let refusal = parse(&stranger.errors);
        assert_eq!(refusal["code"], "unauthenticated", "{refusal}");
        assert_eq!(
            refusal["details"][0]["type"], "google.rpc.ErrorInfo",
            "{refusal}"
        );
    }
}

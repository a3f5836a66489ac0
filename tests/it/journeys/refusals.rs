//! What gRPC callers are told when a call is not served: `google.rpc` details by the documented
//! reasons, whatever the caller sends.

use std::fmt::Debug;

use bytes::Bytes;
use http::Method;
use prost::Message as _;
use sv_proto::{
    auth::LoginRequest,
    content::{CreateMovieRequest, GetMovieRequest, ListMoviesRequest},
    search::SearchGlobalRequest,
    users::{GetMeRequest, GetMeResponse},
};
use tonic::{Code, Response, Status, codec::CompressionEncoding};

use crate::harness::{Caller, Deployment, Raw, Refusal, refused};

/// Every reason, as the documentation lists them.
const DOCUMENTED: &str = include_str!("../../../docs/errors.md");
const GET_ME: &str = "/streamverse.users.v1.UserService/GetMe";
const LIST_PLANS: &str = "/streamverse.rights.v1.RightsService/ListPlans";
const LOGIN: &str = "/streamverse.auth.v1.AuthService/Login";

/// Starts the program without data, and signs a viewer up.
async fn viewer() -> (Deployment, Caller) {
    let deployment = Deployment::start(&["all"], &[]);
    let mut viewer = Caller::connect(&deployment.edge).await;
    viewer.register("gro@example.org").await;
    (deployment, viewer)
}

#[tokio::test]
async fn refusals_carry_their_documented_reason() {
    let (deployment, viewer) = viewer().await;
    let stranger = viewer.signed_out();
    let me = stranger.users().get_me(GetMeRequest {}).await;
    documented(me, Code::Unauthenticated, "common", "UNAUTHENTICATED");
    let mut forger = viewer.clone();
    forger.token = Some("forged".to_owned());
    let me = forger.users().get_me(GetMeRequest {}).await;
    documented(me, Code::Unauthenticated, "common", "TOKEN_INVALID");

    let film = CreateMovieRequest::default();
    let film = viewer.editing().create_movie(film).await;
    documented(film, Code::PermissionDenied, "common", "PERMISSION_DENIED");

    // Fields are named one by one, each with its rule.
    let search = SearchGlobalRequest {
        limit: -1,
        ..SearchGlobalRequest::default()
    };
    let search = viewer.search().search_global(search).await;
    let search = documented(search, Code::InvalidArgument, "common", "VALIDATION_FAILED");
    let fields = search
        .details
        .bad_request()
        .unwrap()
        .field_violations
        .iter();
    let mut fields: Vec<_> = fields
        .map(|f| (f.field.as_str(), f.reason.as_str()))
        .collect();
    fields.sort_unstable();
    assert_eq!(fields, [("limit", "MIN"), ("q", "REQUIRED")]);

    let id = "01900000-0000-7000-8000-000000000000".to_owned();
    let film = viewer.content().get_movie(GetMovieRequest { id }).await;
    documented(film, Code::NotFound, "content", "MOVIE_NOT_FOUND");
    let order = ListMoviesRequest {
        order_by: "colour".to_owned(),
        ..ListMoviesRequest::default()
    };
    let order = viewer.content().list_movies(order).await;
    let order = documented(order, Code::InvalidArgument, "common", "VALIDATION_FAILED");
    let order = &order.details.bad_request().unwrap().field_violations[0];
    assert_eq!(
        (order.field.as_str(), order.reason.as_str()),
        ("orderBy", "WORD")
    );
    let page = ListMoviesRequest {
        page_token: "forged".to_owned(),
        ..ListMoviesRequest::default()
    };
    let page = viewer.content().list_movies(page).await;
    documented(page, Code::InvalidArgument, "common", "PAGE_INVALID");

    // What is for services, for operators or not there at all is not told apart (C10, C39).
    for hidden in [
        "/streamverse.rights.v1.RightsService/CheckAccess",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/grpc.health.v1.Health/Check",
        "/streamverse.users.v1.UserService/Missing",
    ] {
        let got = Raw::call(&deployment.edge, hidden, &[], &[]).await;
        let end: Result<Response<()>, Status> = Err(got.end());
        documented(end, Code::Unimplemented, "common", "UNIMPLEMENTED");
    }
    let poster = "/streamverse.streaming.v1.MediaService/GetPoster";
    let poster = Raw::call(&deployment.edge, poster, &[], &[]).await;
    let end: Result<Response<()>, Status> = Err(poster.end());
    documented(end, Code::Unimplemented, "common", "SERVED_OVER_HTTP");
}

#[tokio::test]
async fn the_callers_deadline_is_kept() {
    let (deployment, viewer) = viewer().await;
    let token = format!("Bearer {}", viewer.token.unwrap());
    let call = async |timeout: &str| {
        let headers = [("authorization", token.as_str()), ("grpc-timeout", timeout)];
        Raw::call(&deployment.edge, GET_ME, &headers, &[])
            .await
            .end()
    };
    assert_eq!(call("5S").await.code(), Code::Ok);
    let late: Result<Response<()>, _> = Err(call("1n").await);
    documented(late, Code::DeadlineExceeded, "common", "DEADLINE_EXCEEDED");
    let garbage: Result<Response<()>, _> = Err(call("soon").await);
    let garbage = documented(garbage, Code::InvalidArgument, "common", "HEADER_INVALID");
    assert_eq!(garbage.metadata["header"], "grpc-timeout");
}

#[tokio::test]
async fn a_request_id_comes_back_with_every_end() {
    let (deployment, viewer) = viewer().await;
    let token = format!("Bearer {}", viewer.token.unwrap());
    let call = async |id: &str, token: &str| {
        let headers = [("authorization", token), ("x-request-id", id)];
        let got = Raw::call(&deployment.edge, GET_ME, &headers, &[]).await;
        let id = got.headers["x-request-id"].to_str().unwrap().to_owned();
        (got.end().code(), id)
    };
    assert_eq!(call("walk-7", &token).await, (Code::Ok, "walk-7".into()));
    let refused = call("walk-8", "Bearer forged").await;
    assert_eq!(refused, (Code::Unauthenticated, "walk-8".into()));
    let (_, ours) = call("not a plain id", &token).await;
    assert!(!ours.is_empty() && ours != "not a plain id", "{ours}");
}

#[tokio::test]
async fn what_is_too_large_or_no_grpc_is_refused() {
    let (deployment, viewer) = viewer().await;
    let edge = &deployment.edge;
    let large = LoginRequest {
        email: "gro@example.org".to_owned(),
        password: "x".repeat(2 << 20),
    };
    let large = viewer.auth().login(large).await;
    let large = documented(large, Code::ResourceExhausted, "common", "TOO_LARGE");
    assert_eq!(large.metadata["limit"], (1 << 20).to_string());

    let post = async |kind: &str| {
        let headers = [("content-type", kind)];
        Raw::send(edge, Method::POST, LIST_PLANS, &headers, Bytes::new()).await
    };
    // A path of gRPC is no path of REST.
    let json = post("application/json").await;
    assert_eq!(json.status, 404);
    assert!(json.body.windows(15).any(|text| text == b"ROUTE_NOT_FOUND"));
    assert_eq!(post("application/grpcology").await.status, 415);
    let headers = [("content-type", "application/grpc")];
    let get = Raw::send(edge, Method::GET, GET_ME, &headers, Bytes::new()).await;
    assert_eq!(
        (get.status.as_u16(), &get.headers["allow"]),
        (405, &"POST".parse().unwrap())
    );
    // A unary call is exactly one message.
    let kind = [("content-type", "application/grpc"), ("te", "trailers")];
    let nothing = Raw::send(edge, Method::POST, LOGIN, &kind, Bytes::new());
    let end: Result<Response<()>, _> = Err(nothing.await.end());
    documented(end, Code::Unimplemented, "common", "UNIMPLEMENTED");
    let garbage = Raw::call(edge, LOGIN, &[], b"\xff\xff").await;
    let end: Result<Response<()>, _> = Err(garbage.end());
    documented(end, Code::InvalidArgument, "common", "VALIDATION_FAILED");
}

#[tokio::test]
async fn compressed_messages_and_plain_bytes_are_the_same_calls() {
    let (deployment, viewer) = viewer().await;
    let mut users = viewer.users().send_compressed(CompressionEncoding::Gzip);
    users = users.accept_compressed(CompressionEncoding::Gzip);
    let packed = users.get_me(GetMeRequest {}).await.unwrap().into_inner();
    let token = format!("Bearer {}", viewer.token.unwrap());
    let plain = Raw::call(&deployment.edge, GET_ME, &[("authorization", &token)], &[]).await;
    assert_eq!(plain.headers["content-type"], "application/grpc");
    assert_eq!(GetMeResponse::decode(&plain.body[5..]).unwrap(), packed);
}

/// Checks a refusal, and that the documentation lists its reason with this code.
fn documented<T: Debug>(
    answer: Result<Response<T>, Status>,
    code: Code,
    service: &str,
    reason: &str,
) -> Refusal {
    let refusal = refused(answer, code, reason);
    assert_eq!(refusal.domain, format!("{service}.streamverse"));
    let spoken = refusal.details.localized_message();
    assert_eq!(spoken.map(|spoken| spoken.locale.as_str()), Some("en"));
    let section = format!("\n## {service}.streamverse\n");
    let (_, section) = DOCUMENTED.split_once(&section).expect("a section");
    let row = section
        .lines()
        .find(|line| line.starts_with(&format!("| `{reason}` |")));
    let row = row.unwrap_or_else(|| panic!("docs/errors.md does not list {reason}"));
    let listed = row.split('|').nth(3).unwrap().trim().replace('_', "");
    assert!(listed.eq_ignore_ascii_case(&format!("{code:?}")), "{row}");
    refusal
}

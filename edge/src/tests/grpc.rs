//! gRPC and grpc-web through the port.

use ::bytes::Bytes;
use prost::Message as _;
use sv_proto::{
    common::CommonReason,
    options::Role,
    rights::CheckAccessRequest,
    users::{GetMeRequest, GetMeResponse, User},
};
use tonic_types::StatusExt as _;

use super::support::{Got, Reply, Site, request};
use crate::EdgeOptions;

async fn site() -> Site {
    Site::start(EdgeOptions::default(), |_| async {
        Ok(Reply::of(&GetMeResponse {
            user: Some(User {
                name: "Ana".into(),
                ..User::default()
            }),
        }))
    })
    .await
}

fn frame(message: &[u8]) -> Bytes {
    let mut framed = vec![0];
    framed.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    framed.extend(message);
    framed.into()
}

const GET_ME: &str = "/streamverse.users.v1.UserService/GetMe";

async fn call(site: &Site, path: &str, headers: &[(&str, &str)], message: &[u8]) -> Got {
    let mut headers = headers.to_vec();
    headers.extend([("content-type", "application/grpc"), ("te", "trailers")]);
    let uri = format!("http://localhost{path}");
    let mut request = request("POST", &uri, &headers, frame(message));
    request.headers_mut().remove("host");
    site.send_h2(request).await
}

fn code(got: &Got) -> &str {
    let status = got
        .headers
        .get("grpc-status")
        .or_else(|| got.trailers.get("grpc-status"));
    status.unwrap().to_str().unwrap()
}

#[tokio::test]
async fn grpc_passes_through_with_the_same_checks() {
    // EDGE-7, E2.
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let message = GetMeRequest::default().encode_to_vec();
    let headers = [
        ("authorization", token.as_str()),
        ("x-user-id", "evil"),
        ("x-tenant-id", "evil"),
        ("x-sv-service", "auth"),
        ("grpc-timeout", "5S"),
    ];
    let got = call(&site, GET_ME, &headers, &message).await;
    assert_eq!((got.status.as_u16(), code(&got)), (200, "0"));
    let answer = GetMeResponse::decode(&got.body[5..]).unwrap();
    assert_eq!(answer.user.unwrap().name, "Ana");
    assert_eq!(got.header("x-ratelimit-remaining"), "999");
    assert!(!got.header("x-request-id").is_empty());
    let heard = &site.heard()[0];
    assert_eq!(heard.ctx.tenant.as_str(), "default");
    assert!(!heard.headers.contains_key("x-user-id"));

    let stranger = call(&site, GET_ME, &[], &message).await;
    assert_eq!(code(&stranger), "16");
    assert!(stranger.headers.contains_key("grpc-status-details-bin"));
}

#[tokio::test]
async fn what_is_for_services_does_not_exist_here() {
    // C10, E3.
    let site = site().await;
    let token = site.token(&[Role::Admin]);
    let headers = [("authorization", token.as_str())];
    let message = CheckAccessRequest::default().encode_to_vec();
    for path in [
        "/streamverse.rights.v1.RightsService/CheckAccess",
        "/streamverse.auth.v1.AuthService/CreateAdmin",
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
        "/nobody.v1.Nothing/Do",
        "/",
    ] {
        let got = call(&site, path, &headers, &message).await;
        assert_eq!(code(&got), "12", "{path}");
    }
    assert!(site.heard().is_empty());
}

#[tokio::test]
async fn bytes_are_said_to_be_served_over_http() {
    let site = site().await;
    for method in ["GetPoster", "GetMasterPlaylist"] {
        let path = format!("/streamverse.streaming.v1.MediaService/{method}");
        let got = call(&site, &path, &[], &[]).await;
        let status = tonic::Status::from_header_map(&got.headers).unwrap();
        assert_eq!(status.code(), tonic::Code::Unimplemented);
        assert!(
            sv_rpc::error(status).is(&CommonReason::ServedOverHttp),
            "{method}"
        );
    }
    assert!(site.heard().is_empty());
}

#[tokio::test]
async fn refusals_speak_the_callers_language_beside_the_status() {
    // I18N-1.
    let site = site().await;
    let told = async |language: &str| {
        let got = call(&site, GET_ME, &[("accept-language", language)], &[]).await;
        let status = tonic::Status::from_header_map(&got.headers).unwrap();
        let details = status.get_error_details();
        assert_eq!(details.error_info().unwrap().reason, "UNAUTHENTICATED");
        let spoken = details.localized_message().unwrap().clone();
        (status.message().to_owned(), spoken.locale, spoken.message)
    };
    let (english, locale, same) = told("en").await;
    assert_eq!((locale.as_str(), &same), ("en", &english));
    let (message, locale, norwegian) = told("nb-NO").await;
    assert_eq!((message, locale.as_str()), (english, "nb"));
    assert!(norwegian.starts_with("Logg inn"), "{norwegian}");
}

#[tokio::test]
async fn browsers_call_over_http1() {
    // EDGE-7: grpc-web carries its trailers in the body.
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/grpc-web+proto"),
        ("x-grpc-web", "1"),
    ];
    let got = site
        .send(request("POST", GET_ME, &headers, frame(&[])))
        .await;
    assert_eq!(
        (got.status.as_u16(), got.header("content-type")),
        (200, "application/grpc-web+proto")
    );
    let text = String::from_utf8_lossy(&got.body);
    assert!(
        text.contains("Ana") && text.contains("grpc-status:0"),
        "{text}"
    );

    let refused = [
        ("content-type", "application/grpc-web-text"),
        ("x-grpc-web", "1"),
    ];
    let got = site
        .send(request("POST", GET_ME, &refused, "AAAAAAA="))
        .await;
    assert_eq!(got.status, 200);
    assert_eq!(
        site.send(request("GET", GET_ME, &refused, "")).await.status,
        405
    );
}

#[tokio::test]
async fn grpc_needs_http2_and_post() {
    let site = site().await;
    let kind = [("content-type", "application/grpc")];
    let got = site.send(request("POST", GET_ME, &kind, frame(&[]))).await;
    assert_eq!(got.refusal(), (400, "HTTP_INVALID".into()));
    let uri = format!("http://localhost{GET_ME}");
    let mut get = request("GET", &uri, &kind, "");
    get.headers_mut().remove("host");
    assert_eq!(site.send_h2(get).await.status, 405);
}

/// Calls as a browser, over HTTP/1, and returns the code that the body's trailers carry.
async fn browse(site: &Site, kind: &str, body: impl Into<Bytes>) -> (String, Got) {
    let token = site.token(&[Role::Viewer]);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", kind),
        ("x-grpc-web", "1"),
    ];
    let got = site
        .send(request("POST", GET_ME, &headers, body.into()))
        .await;
    assert_eq!(got.status, 200, "{kind}");
    let named = got.headers.get("grpc-status");
    let code = if let Some(code) = named {
        code.to_str().unwrap().to_owned()
    } else {
        let text = String::from_utf8_lossy(&got.body).into_owned();
        let at = text.find("grpc-status:").unwrap() + "grpc-status:".len();
        let rest = text[at..].chars();
        rest.take_while(char::is_ascii_digit).collect()
    };
    (code, got)
}

#[tokio::test]
async fn a_browsers_message_is_read_whole_and_what_is_wrong_with_it_has_its_code() {
    // EDGE-7.
    let site = site().await;
    let binary = "application/grpc-web+proto";
    for good in [
        binary,
        "application/grpc-web+proto; charset=utf-8",
        "Application/gRPC-Web",
    ] {
        let (code, got) = browse(&site, good, frame(&[])).await;
        assert_eq!(
            (code.as_str(), got.header("content-type")),
            ("0", binary),
            "{good}"
        );
    }
    let text = "application/grpc-web-text; charset=utf-8";
    let (code, got) = browse(&site, binary, frame(&[])).await;
    assert_eq!(code, "0", "{:?}", got.body);
    let heard = site.heard().len();
    for (kind, body, code) in [
        (binary, &[1_u8, 0, 0, 0, 0][..], "3"),
        (binary, &[0, 0, 0, 0, 9, 8, 1], "3"),
        (binary, &[0, 0], "3"),
        (binary, &[], "3"),
        (binary, &[0, 0, 0, 0, 0, 0, 0, 0, 0, 0], "3"),
        (text, b"AAAA*AA=", "3"),
        (text, b"AAAAAAA", "3"),
        ("application/grpc-web+json", &[0, 0, 0, 0, 0], "3"),
    ] {
        let (told, _) = browse(&site, kind, Bytes::copy_from_slice(body)).await;
        assert_eq!(told, code, "{kind} {body:?}");
    }
    assert_eq!(site.heard().len(), heard, "nothing of it reached a service");
}

#[tokio::test]
async fn a_browser_that_writes_base64_is_answered_in_base64() {
    let site = site().await;
    let token = site.token(&[Role::Viewer]);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "application/grpc-web-text; charset=utf-8"),
    ];
    let got = site
        .send(request("POST", GET_ME, &headers, "AAAAAAA="))
        .await;
    assert_eq!(
        got.header("content-type"),
        "application/grpc-web-text+proto"
    );
    assert!(got.body.iter().all(u8::is_ascii_graphic), "{:?}", got.body);
}

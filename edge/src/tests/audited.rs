//! What the edge refuses by itself is in the audit records of the service (ADM-2).

use sv_kernel::audit::Outcome;
use sv_proto::options::Role;

use super::support::{Reply, Site, request};
use crate::EdgeOptions;

async fn site() -> Site {
    Site::start(EdgeOptions::default(), |_| async { Ok(Reply::default()) }).await
}

#[tokio::test]
async fn calls_that_the_edge_refuses_are_recorded_and_reach_no_method() {
    let site = site().await;
    let viewer = site.token(&[Role::Viewer]);
    let film = r#"{"title": "Dune"}"#;
    for (token, status, reason) in [
        (Some(&*viewer), 403, "PERMISSION_DENIED"),
        (Some("Bearer forged"), 401, "TOKEN_INVALID"),
        (None, 401, "UNAUTHENTICATED"),
    ] {
        let headers: Vec<_> = token.map(|t| ("authorization", t)).into_iter().collect();
        let got = site
            .send(request("POST", "/admin/ondemand/movies", &headers, film))
            .await;
        assert_eq!(got.refusal(), (status, reason.to_owned()));
        let records = site.audit.take();
        assert_eq!(records.len(), 1, "{reason}: {records:?}");
        let record = &records[0];
        assert_eq!(
            (&*record.action, record.outcome),
            ("content.created", Outcome::Denied)
        );
        assert_eq!(record.reason, reason);
        assert_eq!(record.client, "127.0.0.1".parse().ok());
    }
    let headers = [
        ("authorization", &*viewer),
        ("content-type", "application/grpc"),
    ];
    let path = "http://localhost/streamverse.content.v1.ContentAdminService/CreateMovie";
    let mut call = request("POST", path, &headers, &b"\0\0\0\0\0"[..]);
    call.headers_mut().remove("host");
    site.send_h2(call).await;
    assert_eq!(site.audit.take().len(), 1, "by gRPC, too");
    assert!(site.heard().is_empty());
}

#[tokio::test]
async fn what_leaves_no_record_is_refused_by_the_edge_alone() {
    let site = site().await;
    let got = site.send(request("GET", "/users/me", &[], "")).await;
    assert_eq!(got.refusal().0, 401);
    assert!(site.audit.take().is_empty() && site.heard().is_empty());
}

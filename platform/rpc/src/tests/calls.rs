//! The same cases over both transports: in this process and over a socket.

use std::time::{Duration, Instant};

use sv_kernel::{Actor, Ctx, Error, FieldViolation, Tenant};
use sv_proto::{
    common::CommonReason,
    users::{self as pb, UserReason, user_service_client::UserServiceClient},
};
use uuid::Uuid;

use super::{
    services::{Act, Users},
    site::{Site, create_profile, register},
};
use crate::{call, error, names, testing::Harness, transport::local};

#[tokio::test]
async fn the_context_travels_along() {
    for site in Site::both().await {
        let profile = Uuid::from_u128(9);
        let ctx = Ctx {
            profile: Some(profile),
            device: Some("tv".into()),
            locale: sv_kernel::Locale::parse("pt-BR").unwrap(),
            request_id: "r-1".into(),
            traceparent: Some("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01".into()),
            ..site.viewer()
        };
        site.client()
            .get_me(call(&ctx, pb::GetMeRequest {}))
            .await
            .unwrap();
        let heard = site.users.last_ctx();
        assert_eq!(heard.actor, ctx.actor, "{}", site.kind);
        assert_eq!(
            (heard.profile, heard.device, heard.locale),
            (ctx.profile, ctx.device, ctx.locale)
        );
        assert_eq!(
            (heard.request_id, heard.traceparent),
            (ctx.request_id, ctx.traceparent)
        );
        let left = heard
            .deadline
            .unwrap()
            .saturating_duration_since(Instant::now());
        // As long as tests let every call take, and by no means without an end.
        assert!(left <= Duration::from_mins(1), "{left:?}");
    }
}

#[tokio::test]
async fn a_service_acts_for_a_tenant_when_no_person_does() {
    for site in Site::both().await {
        let ctx = site
            .harness
            .anonymous()
            .for_tenant(Tenant::parse("acme").unwrap());
        let id = Uuid::from_u128(1).to_string();
        site.client_of("auth")
            .get_user(call(&ctx, pb::GetUserRequest { id }))
            .await
            .unwrap();
        let heard = site.users.last_ctx();
        assert_eq!(heard.actor, Actor::Service("auth".into()), "{}", site.kind);
        assert_eq!(heard.tenant.as_str(), "acme");
    }
}

#[tokio::test]
async fn the_edge_vouches_for_a_tenant_but_for_nobody_else() {
    for site in Site::both().await {
        let ctx = site
            .harness
            .anonymous()
            .for_tenant(Tenant::parse("acme").unwrap());
        let id = Uuid::from_u128(1).to_string();
        let refused = site
            .client_of("edge")
            .get_user(call(&ctx, pb::GetUserRequest { id }))
            .await;
        assert!(
            error(refused.unwrap_err()).is(&CommonReason::RouteNotFound),
            "{}",
            site.kind
        );
        assert_eq!(site.users.runs(), 0);
    }
}

/// C26, E2: what a stranger writes into headers counts for nothing.
#[tokio::test]
async fn a_strangers_headers_make_neither_a_tenant_nor_a_service() {
    for site in Site::both().await {
        let mut client = UserServiceClient::new(site.bare.clone());
        let other_tenant = site.viewer().for_tenant(Tenant::parse("acme").unwrap());
        client
            .get_me(call(&other_tenant, pb::GetMeRequest {}))
            .await
            .unwrap();
        assert_eq!(
            site.users.last_ctx().tenant,
            Tenant::default(),
            "{}",
            site.kind
        );

        let mut forged = call(
            &site.harness.anonymous(),
            pb::GetUserRequest {
                id: Uuid::nil().to_string(),
            },
        );
        let refused = client.get_user(forged).await.unwrap_err();
        assert!(
            error(refused).is(&CommonReason::RouteNotFound),
            "{}",
            site.kind
        );
        forged = call(
            &site.harness.anonymous(),
            pb::GetUserRequest {
                id: Uuid::nil().to_string(),
            },
        );
        forged
            .metadata_mut()
            .insert(names::SERVICE, "auth".parse().unwrap());
        let refused = client.get_user(forged).await.unwrap_err();
        assert!(
            error(refused).is(&CommonReason::TokenInvalid),
            "{}",
            site.kind
        );
    }
}

/// The edge forwards what clients send; an identity among it must not survive.
#[tokio::test]
async fn the_client_stack_replaces_an_identity_that_came_in() {
    for site in Site::both().await {
        let stolen = site
            .harness
            .identities
            .token(&"auth".into(), "streamverse.users.v1.UserService")
            .unwrap();
        let mut forged = call(
            &site.harness.anonymous(),
            pb::GetUserRequest {
                id: Uuid::nil().to_string(),
            },
        );
        forged
            .metadata_mut()
            .insert(names::SERVICE, stolen.parse().unwrap());
        let refused = site.client_of("edge").get_user(forged).await.unwrap_err();
        assert!(
            error(refused).is(&CommonReason::RouteNotFound),
            "{}",
            site.kind
        );
    }
}

#[tokio::test]
async fn errors_arrive_with_all_their_details() {
    for site in Site::both().await {
        let sent = Error::from(UserReason::ProfileLimit)
            .with("limit", 5)
            .with_violation(FieldViolation {
                field: "a.b".into(),
                rule: "MAX",
                description: "ü".into(),
            })
            .retry_after(Duration::from_secs(3))
            .because("secret cause");
        site.users.then(Act::Fail(sent));
        let status = site
            .client()
            .get_me(call(&site.viewer(), pb::GetMeRequest {}))
            .await
            .unwrap_err();
        assert!(!format!("{status:?}").contains("secret cause"));
        let heard = error(status);
        assert!(heard.is(&UserReason::ProfileLimit), "{}", site.kind);
        assert_eq!(heard.metadata()["limit"], "5");
        assert_eq!(heard.violations()[0].description, "ü");
        assert_eq!(heard.retry_delay(), Some(Duration::from_secs(3)));
    }
}

#[tokio::test]
async fn invalid_requests_never_reach_the_method() {
    for site in Site::both().await {
        let refused = site
            .client()
            .create_profile(call(&site.viewer(), create_profile("")))
            .await
            .unwrap_err();
        let heard = error(refused);
        assert!(heard.is(&CommonReason::ValidationFailed));
        assert_eq!(
            (
                heard.violations()[0].field.as_str(),
                heard.violations()[0].rule
            ),
            ("profile.name", "REQUIRED")
        );
        assert_eq!(site.users.runs(), 0, "{}", site.kind);
    }
}

#[tokio::test]
async fn the_callers_deadline_ends_the_work_on_both_sides() {
    for site in Site::both().await {
        site.users.then(Act::Hang);
        let ctx = Ctx {
            deadline: Some(Instant::now() + Duration::from_millis(40)),
            ..site.viewer()
        };
        let late = site
            .client()
            .get_me(call(&ctx, pb::GetMeRequest {}))
            .await
            .unwrap_err();
        assert!(
            error(late).is(&CommonReason::DeadlineExceeded),
            "{}",
            site.kind
        );
        site.users.until_dropped(1).await;
    }
}

#[tokio::test]
async fn a_call_whose_time_is_over_is_not_made() {
    for site in Site::both().await {
        let ctx = Ctx {
            deadline: Some(Instant::now()),
            ..site.viewer()
        };
        let late = site
            .client()
            .get_me(call(&ctx, pb::GetMeRequest {}))
            .await
            .unwrap_err();
        assert!(
            error(late).is(&CommonReason::DeadlineExceeded),
            "{}",
            site.kind
        );
        assert_eq!(site.users.runs(), 0);
    }
}

#[tokio::test]
async fn giving_a_call_up_ends_the_work() {
    for site in Site::both().await {
        site.users.then(Act::Hang);
        let (mut client, ctx) = (site.client(), site.viewer());
        let running =
            tokio::spawn(async move { client.get_me(call(&ctx, pb::GetMeRequest {})).await });
        site.users.until_run(1).await;
        running.abort();
        site.users.until_dropped(1).await;
    }
}

#[tokio::test]
async fn a_panic_is_an_answer_and_the_next_call_works() {
    for site in Site::both().await {
        site.users.then(Act::Panic);
        let mut client = site.client();
        let broken = client
            .get_me(call(&site.viewer(), pb::GetMeRequest {}))
            .await
            .unwrap_err();
        assert!(error(broken).is(&CommonReason::Internal), "{}", site.kind);
        client
            .get_me(call(&site.viewer(), pb::GetMeRequest {}))
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn big_messages_pass_up_to_their_bound() {
    for site in Site::both().await {
        let mut client = site.client();
        let list = |page_size| {
            call(
                &site.viewer(),
                pb::ListProfilesRequest {
                    page_size,
                    ..Default::default()
                },
            )
        };
        let answer = client
            .list_profiles(list(4_000))
            .await
            .unwrap()
            .into_inner();
        assert_eq!(answer.items.len(), 4_000, "{}", site.kind);
        let too_big = client.list_profiles(list(4_300)).await.unwrap_err();
        assert!(error(too_big).is(&CommonReason::TooLarge), "{}", site.kind);

        let flood = create_profile(&"n".repeat(1 << 20));
        let too_large = client
            .create_profile(call(&site.viewer(), flood))
            .await
            .unwrap_err();
        assert!(
            error(too_large).is(&CommonReason::TooLarge),
            "{}",
            site.kind
        );
    }
}

#[tokio::test]
async fn calls_run_at_the_same_time_and_keep_their_answers_apart() {
    for site in Site::both().await {
        let calls = (0..200).map(|n| {
            let (mut client, ctx) = (site.client(), site.viewer());
            async move {
                let answer = client
                    .create_profile(call(&ctx, create_profile(&n.to_string())))
                    .await;
                answer.unwrap().into_inner().profile.unwrap().name == n.to_string()
            }
        });
        assert!(
            futures::future::join_all(calls)
                .await
                .into_iter()
                .all(|own| own),
            "{}",
            site.kind
        );
        assert_eq!(site.users.runs(), 200);
    }
}

#[tokio::test]
async fn a_drain_can_wait_for_local_calls() {
    let site = Site::here();
    site.users.then(Act::Hang);
    let (mut client, ctx) = (site.client(), site.viewer());
    let running = tokio::spawn(async move { client.get_me(call(&ctx, pb::GetMeRequest {})).await });
    site.users.until_run(1).await;
    assert_eq!(site.harness.tracker.len(), 1);
    running.abort();
    site.harness.tracker.close();
    tokio::time::timeout(Duration::from_secs(5), site.harness.tracker.wait())
        .await
        .unwrap();
}

#[tokio::test]
async fn health_tells_whether_the_services_take_calls() {
    use tonic_health::pb::{
        HealthCheckRequest, health_check_response::ServingStatus, health_client::HealthClient,
    };
    let harness = Harness::new(&["users"]);
    let server = register(&harness, &Users::default());
    let mut health = HealthClient::new(local(server.clone(), harness.tracker.clone()));
    let mut ask = async || {
        let service = "streamverse.users.v1.UserService".to_owned();
        health
            .check(HealthCheckRequest { service })
            .await
            .unwrap()
            .into_inner()
            .status()
    };
    server.set_serving(true).await;
    assert_eq!(ask().await, ServingStatus::Serving);
    server.set_serving(false).await;
    assert_eq!(ask().await, ServingStatus::NotServing);
}

#[tokio::test]
async fn reflection_knows_every_service_and_is_open_to_operators_tools() {
    use tonic_reflection::pb::v1::{
        ServerReflectionRequest, server_reflection_client::ServerReflectionClient,
        server_reflection_request::MessageRequest, server_reflection_response::MessageResponse,
    };
    let site = Site::there().await;
    let mut client = ServerReflectionClient::new(site.bare.clone());
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let asked = futures::stream::once(async { question });
    let mut answers = client
        .server_reflection_info(asked)
        .await
        .unwrap()
        .into_inner();
    let answer = answers.message().await.unwrap().unwrap().message_response;
    let Some(MessageResponse::ListServicesResponse(list)) = answer else {
        panic!("{answer:?}");
    };
    let names: Vec<_> = list.service.into_iter().map(|s| s.name).collect();
    assert!(
        names.contains(&"streamverse.users.v1.UserService".to_owned()),
        "{names:?}"
    );
}

/// C26: what a caller within the process has verified is taken from it, and from nobody else.
#[tokio::test]
async fn only_who_calls_within_the_process_vouches_for_a_token() {
    for site in Site::both().await {
        let ctx = site.viewer();
        let good = ctx.bearer.as_ref().unwrap().reveal();
        let verified = site.harness.authenticator.verify(good).await.unwrap();
        let mut bare = UserServiceClient::new(site.bare.clone());
        let mut meshed = site.client();
        let request = || {
            let mut request = tonic::Request::new(pb::GetMeRequest {});
            let bad = "Bearer no.good.token".parse().unwrap();
            request.metadata_mut().insert(names::AUTHORIZATION, bad);
            request.extensions_mut().insert(verified.clone());
            request
        };
        let refused = bare.get_me(request()).await.unwrap_err();
        assert!(
            error(refused).is(&CommonReason::TokenInvalid),
            "{}",
            site.kind
        );
        let answered = meshed.get_me(request()).await;
        match site.kind {
            "local" => {
                answered.unwrap();
                assert_eq!(site.users.last_ctx().actor, ctx.actor);
            }
            _ => assert!(error(answered.unwrap_err()).is(&CommonReason::TokenInvalid)),
        }
    }
}

/// The person for whom a service calls is not in doubt where the service's own key is not known: the call is
/// made again once it is, and nobody is signed out.
#[tokio::test]
async fn a_caller_whose_key_was_lost_publishes_it_and_calls_again() {
    let site = Site::there().await;
    let (viewer, mut client) = (site.viewer(), site.client());
    for _ in 0..2 {
        site.harness.identities.lose_published().await;
        let made = client
            .create_profile(call(&viewer, create_profile("Ben")))
            .await;
        made.unwrap();
    }
    assert_eq!(site.users.runs(), 2);
}

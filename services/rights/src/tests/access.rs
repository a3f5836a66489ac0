//! Who may watch what (RGT-1, C10, C11).

use std::time::Duration;

use sv_proto::rights::{self as pb, AccessBasis};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{CARTOON, CHANNEL, DRAFT, FILM, KID},
};

#[tokio::test]
async fn a_refusal_is_an_answer_with_offers() {
    for test in TestApp::all().await {
        let user = test.user();
        let decision = test.decide(user, "", FILM).await;
        assert_eq!(decision.basis(), AccessBasis::SubscriptionRequired);
        assert_eq!(decision.offers.len(), 3);
        assert!(!decision.allowed);
    }
}

/// RGT-1, C28: a channel is judged like a title.
#[tokio::test]
async fn a_channel_needs_a_subscription_and_may_be_for_children() {
    for test in TestApp::all().await {
        let user = test.user();
        let basis = async |profile: &str| test.decide(user, profile, CHANNEL).await.basis();
        assert_eq!(basis("").await, AccessBasis::SubscriptionRequired);
        test.subscribe(user, "basic", "").await.unwrap();
        assert_eq!(basis("").await, AccessBasis::Subscription);
        assert_eq!(basis(KID).await, AccessBasis::Subscription);
        let nothing = CHANNEL.replace("cc", "dd");
        let unknown = test.decide(user, "", &nothing).await.basis();
        assert_eq!(unknown, AccessBasis::NotAvailable);
    }
}

#[tokio::test]
async fn access_ends_with_the_paid_period_to_the_second() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "standard", "").await.unwrap();
        let decision = test.decide(user, "", FILM).await;
        assert_eq!(
            (decision.basis(), decision.max_streams),
            (AccessBasis::Subscription, 2)
        );
        let end = decision.expire_time.unwrap().seconds;
        let left = u64::try_from(end - test.background.now().secs()).unwrap();
        test.harness.clock.advance(Duration::from_secs(left - 1));
        assert!(test.decide(user, "", FILM).await.allowed);
        test.harness.clock.advance(Duration::from_secs(1));
        assert!(!test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn children_drafts_and_unknown_titles_are_refused_whatever_is_paid() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        assert_eq!(
            test.decide(user, KID, FILM).await.basis(),
            AccessBasis::Maturity
        );
        assert!(test.decide(user, KID, CARTOON).await.allowed);
        assert_eq!(
            test.decide(user, "", DRAFT).await.basis(),
            AccessBasis::NotAvailable
        );
        let unknown = "01900000-0000-7000-8000-00000000dead";
        assert_eq!(
            test.decide(user, "", unknown).await.basis(),
            AccessBasis::NotAvailable
        );
    }
}

#[tokio::test]
async fn only_services_ask() {
    for test in TestApp::all().await {
        let request = pb::CheckAccessRequest {
            user_id: test.user().to_string(),
            profile_id: String::new(),
            content_ids: vec![FILM.to_owned()],
        };
        let edge = test
            .harness
            .mesh
            .calling_as("edge")
            .client_transport("rights")
            .unwrap();
        let mut client = pb::rights_service_client::RightsServiceClient::new(edge);
        let ctx = test.viewer(test.user());
        let refused = client
            .check_access(call(&ctx, request))
            .await
            .map_err(error)
            .unwrap_err();
        assert_eq!(refused.reason(), "ROUTE_NOT_FOUND", "C10");
    }
}

//! Subscribing, being charged, cancelling (RGT-4..6, C12, C13, C40).

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::join_all;
use sv_proto::rights::{self as pb, SubscriptionStatus};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{Entry, FILM},
};

#[tokio::test]
async fn fifty_calls_at_once_make_one_subscription_and_one_event() {
    for test in TestApp::all().await {
        let user = test.user();
        let calls = (0..50).map(|_| test.subscribe(user, "basic", ""));
        let answers = join_all(calls).await;
        let made: Vec<_> = answers.into_iter().flatten().collect();
        assert!(!made.is_empty());
        let ids: std::collections::BTreeSet<_> = made
            .into_iter()
            .map(|answer| answer.subscription.unwrap().id)
            .collect();
        assert_eq!(ids.len(), 1, "C40");
        assert_eq!(test.mine(user).await.len(), 1);
        assert_eq!(test.events().await, 1, "EVT-4");
    }
}

#[tokio::test]
async fn of_two_plans_at_once_one_is_had_and_the_other_is_refused() {
    for test in TestApp::all().await {
        let user = test.user();
        let plans = ["basic", "premium"].into_iter().cycle().take(20);
        let answers = join_all(plans.map(|plan| test.subscribe(user, plan, ""))).await;
        let mine = test.mine(user).await;
        let active: Vec<_> = mine
            .iter()
            .filter(|one| one.status() == SubscriptionStatus::Active)
            .collect();
        assert_eq!(active.len(), 1);
        assert_eq!(mine.len(), 1, "losers of a race are no history");
        for answer in answers {
            match answer {
                Ok(answer) => {
                    assert_eq!(&answer.subscription.unwrap(), active[0], "C40");
                }
                // Whoever lost too many races is told to come back.
                Err(refused) => assert!(
                    ["ALREADY_SUBSCRIBED", "CONTENDED"].contains(&refused.reason()),
                    "{refused}"
                ),
            }
        }
        assert_eq!(test.events().await, 1, "EVT-4");
        assert_eq!(test.faults.count(Entry::Charged), 1, "one after the other");
    }
}

#[tokio::test]
async fn calls_with_other_means_at_the_same_moment_do_not_charge_in_turn() {
    for test in TestApp::all().await {
        let user = test.user();
        let means = ["", "test_ok"];
        join_all(means.map(|means| test.subscribe(user, "basic", means))).await;
        test.settle().await;
        let (charged, refunded) = (
            test.faults.count(Entry::Charged),
            test.faults.count(Entry::Refunded),
        );
        assert!(charged == 1 && refunded <= 1, "{charged} and {refunded}");
        assert_eq!(test.mine(user).await.len(), 1);
    }
}

#[tokio::test]
async fn a_declined_payment_gives_nothing_and_another_may_follow() {
    for test in TestApp::all().await {
        let user = test.user();
        let refused = test
            .subscribe(user, "basic", "test_declined")
            .await
            .unwrap_err();
        assert_eq!(refused.reason(), "PAYMENT_DECLINED");
        assert!(!test.decide(user, "", FILM).await.allowed);
        assert_eq!(
            test.mine(user).await[0].status(),
            SubscriptionStatus::Declined
        );
        test.subscribe(user, "basic", "test_ok").await.unwrap();
        assert!(test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn where_nobody_takes_payments_nothing_is_sold_and_the_reason_says_so() {
    for test in TestApp::selling_nothing().await {
        let user = test.user();
        let refused = test.subscribe(user, "basic", "test_ok").await.unwrap_err();
        assert_eq!(refused.reason(), "PAYMENTS_OFF");
        assert!(test.mine(user).await.is_empty());
        assert!(!test.decide(user, "", FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_payer_who_has_to_act_waits_with_a_secret_and_202() {
    for test in TestApp::all().await {
        let user = test.user();
        let request = pb::SubscribeRequest {
            plan_id: "basic".into(),
            payment_method: "test_action".into(),
            coupon: String::new(),
        };
        let answer = test
            .client
            .clone()
            .subscribe(call(&test.viewer(user), request))
            .await
            .unwrap();
        assert_eq!(
            answer.metadata().get("x-http-status").unwrap(),
            "202",
            "C13"
        );
        let answer = answer.into_inner();
        assert!(!answer.client_secret.is_empty());
        assert_eq!(
            answer.subscription.unwrap().status(),
            SubscriptionStatus::Pending
        );
        assert!(
            !test.decide(user, "", FILM).await.allowed,
            "only what is confirmed counts"
        );
    }
}

#[tokio::test]
async fn a_202_completes_when_the_payer_has_acted() {
    for test in TestApp::all().await {
        let (user, other) = (test.user(), test.user());
        let asked = test.subscribe(user, "basic", "test_action").await.unwrap();
        let waits = test.confirm(user, &asked, "").await.unwrap();
        assert_eq!(waits.client_secret, asked.client_secret);
        let foreign = test.confirm(other, &asked, &asked.client_secret).await;
        assert_eq!(foreign.unwrap_err().reason(), "SUBSCRIPTION_NOT_FOUND");

        for _ in 0..2 {
            let done = test
                .confirm(user, &asked, &asked.client_secret)
                .await
                .unwrap();
            assert!(done.client_secret.is_empty(), "C13");
            assert_eq!(
                done.subscription.unwrap().status(),
                SubscriptionStatus::Active
            );
        }
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.events().await, 1);
    }
}

#[tokio::test]
async fn an_unknown_means_of_payment_is_refused_before_anything_is_written() {
    for test in TestApp::all().await {
        let user = test.user();
        let refused = test.subscribe(user, "basic", "pm_gold").await.unwrap_err();
        assert_eq!(refused.reason(), "PAYMENT_METHOD_UNKNOWN");
        assert!(test.mine(user).await.is_empty());
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_provider_is_resolved_by_the_job_once() {
    for test in TestApp::all().await {
        let user = test.user();
        test.faults.lose.store(1, Ordering::SeqCst);
        let lost = test.subscribe(user, "basic", "").await.unwrap();
        let status = lost.subscription.unwrap().status();
        assert_eq!(status, SubscriptionStatus::Pending);
        assert_eq!(
            test.mine(user).await[0].status(),
            SubscriptionStatus::Pending
        );

        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.app.settle_open(&test.background).await.unwrap(), 1);
        assert_eq!(test.app.settle_open(&test.background).await.unwrap(), 0);
        assert!(test.decide(user, "", FILM).await.allowed);
        assert_eq!(test.events().await, 1);
    }
}

#[tokio::test]
async fn a_second_plan_is_refused_and_a_repetition_is_not() {
    for test in TestApp::all().await {
        let user = test.user();
        let first = test
            .subscribe(user, "basic", "")
            .await
            .unwrap()
            .subscription
            .unwrap();
        let plan = first.plan.as_ref().unwrap().id.clone();
        let again = test
            .subscribe(user, &plan, "")
            .await
            .unwrap()
            .subscription
            .unwrap();
        assert_eq!(first, again, "by code or by id, it is the same plan");
        let refused = test.subscribe(user, "premium", "").await.unwrap_err();
        assert_eq!(
            refused.message(),
            "You are subscribed to Basic already. Change its plan, or cancel it first."
        );
        let unknown = test.subscribe(user, "gold", "").await.unwrap_err();
        assert_eq!(unknown.reason(), "PLAN_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_due_subscription_is_charged_once_more_and_a_cancelled_one_ends() {
    for test in TestApp::all().await {
        let (stays, goes) = (test.user(), test.user());
        test.subscribe(stays, "basic", "").await.unwrap();
        test.subscribe(goes, "basic", "").await.unwrap();
        let cancel = pb::CancelSubscriptionRequest::default();
        let answer = test
            .client
            .clone()
            .cancel_subscription(call(&test.viewer(goes), cancel))
            .await;
        assert!(
            answer
                .unwrap()
                .into_inner()
                .subscription
                .unwrap()
                .cancel_at_period_end
        );
        assert!(
            test.decide(goes, "", FILM).await.allowed,
            "what is paid stays (C12)"
        );

        let end = test.mine(stays).await[0].period_end.unwrap().seconds;
        let left = u64::try_from(end - test.background.now().secs()).unwrap();
        test.harness.clock.advance(Duration::from_secs(left - 60));
        test.app.renew_due(&test.background).await.unwrap();
        test.app.renew_due(&test.background).await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        test.app.renew_due(&test.background).await.unwrap();
        assert!(test.decide(stays, "", FILM).await.allowed);
        assert!(!test.decide(goes, "", FILM).await.allowed);
        assert_eq!(test.mine(goes).await[0].status(), SubscriptionStatus::Ended);
        assert_eq!(
            test.faults.asked.load(Ordering::SeqCst),
            3,
            "two first payments, one renewal"
        );
        assert_eq!(test.events().await, 3);
    }
}

#[tokio::test]
async fn a_stranger_reads_the_plans_and_nothing_else() {
    for test in TestApp::all().await {
        let stranger = test.harness.anonymous();
        let mut client = test.client.clone();
        let request = call(&stranger, pb::ListPlansRequest::default());
        let plans = client.list_plans(request).await.unwrap().into_inner().items;
        let prices: Vec<_> = plans.iter().map(|plan| plan.price_minor).collect();
        assert_eq!(prices, [799, 1199, 1599], "RGT-3");
        let edge = test
            .harness
            .mesh
            .calling_as("edge")
            .client_transport("rights")
            .unwrap();
        let mut client = pb::rights_service_client::RightsServiceClient::new(edge);
        let mine =
            client.list_subscriptions(call(&stranger, pb::ListSubscriptionsRequest::default()));
        assert_eq!(
            mine.await.map_err(error).unwrap_err().reason(),
            "UNAUTHENTICATED"
        );
    }
}

#[tokio::test]
async fn plans_come_in_pages() {
    for test in TestApp::all().await {
        let stranger = test.harness.anonymous();
        let page = |token: String| {
            let request = pb::ListPlansRequest {
                page_size: 2,
                page_token: token,
                ..pb::ListPlansRequest::default()
            };
            let (mut client, stranger) = (test.client.clone(), stranger.clone());
            async move {
                client
                    .list_plans(call(&stranger, request))
                    .await
                    .unwrap()
                    .into_inner()
            }
        };
        let first = page(String::new()).await;
        let second = page(first.next_page_token.clone()).await;
        assert_eq!((first.items.len(), second.items.len()), (2, 1));
        assert_eq!(second.items[0].code, "premium");
        assert!(second.next_page_token.is_empty());
    }
}

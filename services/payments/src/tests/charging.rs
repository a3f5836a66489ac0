//! Charging and cancelling: once, whatever fails (PAY-1, C40).

use std::{sync::atomic::Ordering, time::Duration};

use futures::future::join;
use sv_proto::payments::{self as pb, PaymentReason, PaymentStatus};
use sv_rpc::{call, error};

use super::{By, TestApp};

#[tokio::test]
async fn a_payment_is_charged_once_however_often_it_is_asked_for() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        let (one, other) = join(test.charged(&bill), test.charged(&bill)).await;
        assert_eq!(
            (one, other),
            (PaymentStatus::Confirmed, PaymentStatus::Confirmed)
        );
        assert_eq!(test.charged(&bill).await, PaymentStatus::Confirmed);
        assert_eq!(test.books.moved(), (1, 0));
        let balances = test.balances().await;
        assert_eq!(balances, [("PROVIDER", 799), ("REVENUE", -799)].into());
        let got = test.get(&bill).await;
        assert_eq!(got.transactions.len(), 1);
        assert_eq!(got.transactions[0].r#type(), pb::TransactionType::Charge);
        assert_eq!(
            got.transactions[0].status(),
            pb::TransactionStatus::Succeeded
        );
        assert_eq!(
            got.transactions[0].provider_id,
            format!("book_{}", bill.payment_id)
        );
        assert_eq!(got.entries[0].event, "charge.succeeded");
    }
}

#[tokio::test]
async fn an_answer_that_is_lost_is_asked_for_again_and_nothing_is_taken_twice() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.books.lose.store(2, Ordering::SeqCst);
        assert_eq!(test.charged(&bill).await, PaymentStatus::Intended);
        // Not at once: the call might still run.
        assert_eq!(test.job().await, 0);
        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.job().await, 0, "lost again");
        assert_eq!(test.job().await, 0, "put off");
        test.harness.clock.advance(Duration::from_mins(5));
        assert_eq!(test.job().await, 1);
        assert_eq!(test.status(&bill).await, PaymentStatus::Confirmed);
        assert_eq!(test.books.moved(), (1, 0));
    }
}

/// What a process leaves behind that is killed before the provider has heard of anything.
#[tokio::test]
async fn an_intent_of_which_nobody_heard_is_charged_by_the_job() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.books.down.store(true, Ordering::SeqCst);
        assert_eq!(test.charged(&bill).await, PaymentStatus::Intended);
        test.books.down.store(false, Ordering::SeqCst);
        assert_eq!(test.books.moved(), (0, 0));
        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.job().await, 1);
        assert_eq!(test.books.moved(), (1, 0));
        test.harness.clock.advance(Duration::from_hours(48));
        assert_eq!(test.job().await, 0, "it is at its end");
    }
}

#[tokio::test]
async fn who_has_to_act_does_and_is_charged_once() {
    for test in TestApp::all().await {
        let bill = test.bill("action");
        let asked = test.charge(&bill).await.unwrap();
        assert_eq!(asked.client_secret, "secret");
        assert_eq!(asked.payment.unwrap().status(), PaymentStatus::ActionNeeded);
        let wrong = test.confirm(&bill, "another").await.unwrap();
        assert_eq!(wrong.status(), PaymentStatus::ActionNeeded);
        for _ in 0..2 {
            let confirmed = test.confirm(&bill, "secret").await.unwrap();
            assert_eq!(confirmed.status(), PaymentStatus::Confirmed);
        }
        assert_eq!(test.books.moved(), (1, 0));
        assert_eq!(test.charge(&bill).await.unwrap().client_secret, "");
    }
}

#[tokio::test]
async fn what_is_declined_moves_nothing() {
    for test in TestApp::all().await {
        let bill = test.bill("declined");
        assert_eq!(test.charged(&bill).await, PaymentStatus::Declined);
        assert_eq!(test.balances().await, [].into());
        let refused = test.refund(&bill, "").await.unwrap_err();
        assert!(refused.is(&PaymentReason::NotCharged));
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Declined);
    }
}

#[tokio::test]
async fn a_payment_that_waits_is_cancelled_and_never_charged_again() {
    for test in TestApp::all().await {
        let bill = test.bill("action");
        test.charged(&bill).await;
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Cancelled);
        assert_eq!(test.charged(&bill).await, PaymentStatus::Cancelled);
        let late = test.confirm(&bill, "secret").await.unwrap();
        assert_eq!(late.status(), PaymentStatus::Cancelled);
        assert_eq!(test.books.moved(), (0, 0));
    }
}

#[tokio::test]
async fn a_payment_that_was_taken_before_is_not_cancelled_but_given_back() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.books.lose.store(1, Ordering::SeqCst);
        assert_eq!(test.charged(&bill).await, PaymentStatus::Intended);
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Confirmed);
        assert_eq!(
            test.refund(&bill, "").await.unwrap(),
            PaymentStatus::Refunded
        );
        assert_eq!(test.books.moved(), (1, 1));
    }
}

#[tokio::test]
async fn a_charge_on_its_way_that_is_cancelled_is_known_when_it_arrives() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.books.hold.send_replace(true);
        let cancelled = async {
            while test.books.asked.load(Ordering::SeqCst) == 0 {
                tokio::task::yield_now().await;
            }
            // The provider has not heard of it.
            let said = test.cancel(&bill).await.unwrap();
            test.books.hold.send_replace(false);
            said
        };
        let (charged, said) = join(test.charged(&bill), cancelled).await;
        assert_eq!(said, PaymentStatus::Cancelling);
        assert_eq!(
            charged,
            PaymentStatus::Confirmed,
            "it was taken all the same"
        );
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Confirmed);
    }
}

#[tokio::test]
async fn what_nobody_has_heard_of_is_cancelled_when_no_charge_can_come_any_more() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        let refused = test.cancel(&bill).await.unwrap_err();
        assert!(refused.is(&PaymentReason::PaymentNotFound));
        test.books.down.store(true, Ordering::SeqCst);
        test.charged(&bill).await;
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Cancelling);
        test.books.down.store(false, Ordering::SeqCst);
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Cancelling);
        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.job().await, 1);
        assert_eq!(test.status(&bill).await, PaymentStatus::Cancelled);
        assert_eq!(test.books.moved(), (0, 0));
    }
}

#[tokio::test]
async fn an_id_is_one_payment() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.charged(&bill).await;
        let strangers = pb::Bill {
            account_id: test.bill("").account_id,
            ..bill.clone()
        };
        let dearer = pb::Bill {
            amount_minor: 800,
            ..bill.clone()
        };
        for other in [strangers, dearer] {
            let refused = test.charge(&other).await.unwrap_err();
            assert!(refused.is(&PaymentReason::PaymentMismatch));
            let refused = test.refund(&other, "x").await.unwrap_err();
            assert!(refused.is(&PaymentReason::PaymentMismatch));
        }
        assert_eq!(test.books.moved(), (1, 0));
    }
}

#[tokio::test]
async fn where_nobody_takes_payments_none_is_taken() {
    for test in TestApp::each(By::Nobody).await {
        let bill = test.bill("");
        let refused = test.charge(&bill).await.unwrap_err();
        assert!(refused.is(&PaymentReason::PaymentsOff));
        let refused = test.refund(&bill, "test_1").await.unwrap_err();
        assert!(refused.is(&PaymentReason::PaymentsOff));
        assert_eq!(test.number("SELECT COUNT(*) AS n FROM payments").await, 0);
        let request = pb::CheckMethodRequest::default();
        let mut client = test.client.clone();
        let answer = client.check_method(call(&test.background, request)).await;
        assert_eq!(
            answer.unwrap().into_inner(),
            pb::CheckMethodResponse::default()
        );
    }
}

#[tokio::test]
async fn only_rights_asks_for_money() {
    for test in TestApp::all().await {
        for caller in ["edge", "streaming", "operator"] {
            let transport = test.harness.mesh.calling_as(caller);
            let transport = transport.client_transport(super::NAME).unwrap();
            let mut client = pb::payment_service_client::PaymentServiceClient::new(transport);
            let request = pb::ChargeRequest {
                bill: Some(test.bill("")),
            };
            let refused = client.charge(call(&test.background, request)).await;
            assert!(refused.map_err(error).is_err(), "{caller}");
        }
        assert_eq!(test.books.moved(), (0, 0));
    }
}

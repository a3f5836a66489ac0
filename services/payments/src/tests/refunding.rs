//! Giving back: once, whatever fails (X-PAY-2).

use std::{sync::atomic::Ordering, time::Duration};

use sv_proto::payments::{self as pb, PaymentReason, PaymentStatus};

use super::TestApp;

#[tokio::test]
async fn a_payment_is_given_back_once_however_often_it_is_asked_for() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.charged(&bill).await;
        for _ in 0..2 {
            assert_eq!(
                test.refund(&bill, "").await.unwrap(),
                PaymentStatus::Refunded
            );
        }
        assert_eq!(test.books.moved(), (1, 1));
        let balances = test.balances().await;
        assert_eq!(balances, [("REFUNDS", 799), ("REVENUE", -799)].into());
        let got = test.get(&bill).await;
        assert_eq!(got.payment.unwrap().refunded_minor, 799);
        let events: Vec<_> = got.entries.iter().map(|entry| &*entry.event).collect();
        assert_eq!(
            events,
            ["charge.succeeded", "refund.pending", "refund.succeeded"]
        );
    }
}

#[tokio::test]
async fn a_refund_whose_answer_is_lost_is_asked_for_again() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.charged(&bill).await;
        test.books.lose.store(1, Ordering::SeqCst);
        assert_eq!(
            test.refund(&bill, "").await.unwrap(),
            PaymentStatus::Refunding
        );
        let owed = test.balances().await;
        assert_eq!(owed["PAYER"], -799, "until it is known to have arrived");
        test.harness.clock.advance(Duration::from_mins(2));
        assert_eq!(test.job().await, 1);
        assert_eq!(test.status(&bill).await, PaymentStatus::Refunded);
        assert_eq!(test.books.moved(), (1, 1));
    }
}

#[tokio::test]
async fn what_the_provider_cannot_give_back_stays_paid_and_in_the_books() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        test.charged(&bill).await;
        test.books.refuses_refunds.store(true, Ordering::SeqCst);
        for _ in 0..2 {
            assert_eq!(
                test.refund(&bill, "").await.unwrap(),
                PaymentStatus::Confirmed
            );
        }
        let balances = test.balances().await;
        assert_eq!(balances, [("PROVIDER", 799), ("REVENUE", -799)].into());
        let failed = &test.get(&bill).await.transactions[1];
        assert_eq!(failed.status(), pb::TransactionStatus::Failed);
    }
}

/// One that an older program has charged, of which only rights knows.
#[tokio::test]
async fn a_payment_from_before_is_taken_over_when_it_is_given_back() {
    for test in TestApp::all().await {
        let bill = test.bill("");
        let refused = test.refund(&bill, "").await.unwrap_err();
        assert!(refused.is(&PaymentReason::NotCharged));
        let id = bill.payment_id.parse().unwrap();
        test.books.entries().insert(
            id,
            super::books::Entry {
                taken: 1,
                ..Default::default()
            },
        );
        assert_eq!(
            test.refund(&bill, "book_7").await.unwrap(),
            PaymentStatus::Refunded
        );
        assert_eq!(test.books.moved(), (1, 1));
        assert_eq!(test.get(&bill).await.payment.unwrap().provider_id, "book_7");
        test.balances().await;
    }
}

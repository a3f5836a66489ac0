//! The built-in provider plays what the means of payment says.

use std::time::Duration;

use sv_proto::payments::PaymentStatus::{
    self, ActionNeeded, ChargedBack, Confirmed, Declined, Intended, Processing, Refunded, Refunding,
};

use super::{By, TestApp};

#[tokio::test]
async fn each_means_does_what_the_docs_say() {
    for test in TestApp::each(By::BuiltIn).await {
        // At once, after three seconds, after six.
        let scripts: [(&str, [PaymentStatus; 3]); 11] = [
            ("", [Confirmed; 3]),
            ("test_ok", [Confirmed; 3]),
            ("test_declined", [Declined; 3]),
            ("test_action", [ActionNeeded; 3]),
            ("test_late", [Processing, Confirmed, Confirmed]),
            ("test_late_declined", [Processing, Declined, Declined]),
            ("test_lost", [Intended, Intended, Intended]),
            ("test_refunded", [Confirmed, Refunded, Refunded]),
            ("test_chargeback", [Confirmed, ChargedBack, ChargedBack]),
            ("test_chargeback_won", [Confirmed, ChargedBack, Confirmed]),
            ("test_unruly", [Processing, Confirmed, Confirmed]),
        ];
        let bills = scripts.map(|(method, _)| test.bill(method));
        for (bill, (method, becomes)) in bills.iter().zip(&scripts) {
            assert_eq!(test.charged(bill).await, becomes[0], "{method}");
        }
        for step in 1..3 {
            test.harness.clock.advance(Duration::from_secs(3));
            test.job().await;
            for (bill, (method, becomes)) in bills.iter().zip(&scripts) {
                let status = test.status(bill).await;
                assert_eq!(status, becomes[step], "{method} in step {step}");
            }
        }
        // Whose answer was lost is asked for again after a minute.
        test.harness.clock.advance(Duration::from_mins(2));
        test.job().await;
        assert_eq!(test.status(&bills[6]).await, Confirmed);
        test.balances().await;
    }
}

#[tokio::test]
async fn a_refund_may_take_its_time() {
    for test in TestApp::each(By::BuiltIn).await {
        let bill = test.bill("test_refund_late");
        test.charged(&bill).await;
        assert_eq!(test.refund(&bill, "").await.unwrap(), Refunding);
        test.harness.clock.advance(Duration::from_secs(3));
        test.job().await;
        assert_eq!(test.status(&bill).await, Refunded);
    }
}

#[tokio::test]
async fn whoever_cancels_in_time_is_not_charged_later() {
    for test in TestApp::each(By::BuiltIn).await {
        let bill = test.bill("test_late");
        test.charged(&bill).await;
        assert_eq!(test.cancel(&bill).await.unwrap(), PaymentStatus::Cancelled);
        test.harness.clock.advance(Duration::from_secs(10));
        test.job().await;
        assert_eq!(test.status(&bill).await, PaymentStatus::Cancelled);
    }
}

#[tokio::test]
async fn an_unheard_of_means_is_not_known() {
    for test in TestApp::each(By::BuiltIn).await {
        for (method, known) in [("", true), ("test_late", true), ("test_gold", false)] {
            assert_eq!(test.app.knows(method).await.unwrap(), (true, known));
        }
    }
}

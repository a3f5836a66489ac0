//! The built-in provider plays what the means of payment says.

use std::time::Duration;

use sv_proto::payments::PaymentStatus::{
    self, ActionNeeded, ChargedBack, Confirmed, Declined, Intended, Processing, Refunded, Refunding,
};

use super::{By, World};

#[tokio::test]
async fn each_means_does_what_the_docs_say() {
    for world in World::each(By::BuiltIn).await {
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
        let bills = scripts.map(|(method, _)| world.bill(method));
        for (bill, (method, becomes)) in bills.iter().zip(&scripts) {
            assert_eq!(world.charged(bill).await, becomes[0], "{method}");
        }
        for step in 1..3 {
            world.harness.clock.advance(Duration::from_secs(3));
            world.job().await;
            for (bill, (method, becomes)) in bills.iter().zip(&scripts) {
                let status = world.status(bill).await;
                assert_eq!(status, becomes[step], "{method} in step {step}");
            }
        }
        // Whose answer was lost is asked for again after a minute.
        world.harness.clock.advance(Duration::from_mins(2));
        world.job().await;
        assert_eq!(world.status(&bills[6]).await, Confirmed);
        world.balances().await;
    }
}

#[tokio::test]
async fn a_refund_may_take_its_time() {
    for world in World::each(By::BuiltIn).await {
        let bill = world.bill("test_refund_late");
        world.charged(&bill).await;
        assert_eq!(world.refund(&bill, "").await.unwrap(), Refunding);
        world.harness.clock.advance(Duration::from_secs(3));
        world.job().await;
        assert_eq!(world.status(&bill).await, Refunded);
    }
}

#[tokio::test]
async fn whoever_cancels_in_time_is_not_charged_later() {
    for world in World::each(By::BuiltIn).await {
        let bill = world.bill("test_late");
        world.charged(&bill).await;
        assert_eq!(world.cancel(&bill).await.unwrap(), PaymentStatus::Cancelled);
        world.harness.clock.advance(Duration::from_secs(10));
        world.job().await;
        assert_eq!(world.status(&bill).await, PaymentStatus::Cancelled);
    }
}

#[tokio::test]
async fn an_unheard_of_means_is_not_known() {
    for world in World::each(By::BuiltIn).await {
        for (method, known) in [("", true), ("test_late", true), ("test_gold", false)] {
            assert_eq!(world.app.knows(method).await.unwrap(), (true, known));
        }
    }
}

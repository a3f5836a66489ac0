//! What support sees and does about what an account has bought.

use std::time::Duration;

use sv_kernel::{Error, Id, User};
use sv_proto::{
    options::Role,
    rights::{self as pb, RightsReason, SubscriptionStatus},
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    ordering::for_sale,
    peers::{Entry, FILM, PAID_FILM},
};

impl TestApp {
    pub(super) async fn end(&self, id: &str, refund: bool) -> Result<pb::Subscription, Error> {
        let request = pb::EndSubscriptionRequest {
            id: id.to_owned(),
            refund,
        };
        let admin = self.harness.viewer(self.user(), [Role::Admin]);
        let mut helpers = self.helpers.clone();
        let answer = helpers.end_subscription(call(&admin, request)).await;
        let answer = answer.map_err(error)?.into_inner();
        Ok(answer.subscription.unwrap())
    }

    async fn orders_of(&self, account: Id<User>, role: Role) -> Result<Vec<pb::Order>, Error> {
        let request = pb::AdminListOrdersRequest {
            account_id: account.to_string(),
            ..pb::AdminListOrdersRequest::default()
        };
        let who = self.harness.viewer(self.user(), [role]);
        let mut helpers = self.helpers.clone();
        let answer = helpers.admin_list_orders(call(&who, request)).await;
        Ok(answer.map_err(error)?.into_inner().items)
    }
}

#[tokio::test]
async fn support_lists_what_an_account_has_and_nothing_of_others() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let (user, other) = (test.user(), test.user());
        test.subscribe(user, "basic", "").await.unwrap();
        test.rent(user, PAID_FILM, 48, "").await.unwrap();
        test.harness.clock.advance(Duration::from_secs(1));
        test.buy(user, PAID_FILM, "").await.unwrap();
        test.buy(other, PAID_FILM, "").await.unwrap();
        let orders = test.orders_of(user, Role::Support).await.unwrap();
        assert_eq!(orders.len(), 2);
        assert!(orders[0].purchase.is_some() && orders[1].rental.is_some());
        let refused = test.orders_of(user, Role::Viewer).await.unwrap_err();
        assert_eq!(refused.reason(), "PERMISSION_DENIED");
        let request = pb::AdminListSubscriptionsRequest {
            account_id: user.to_string(),
            ..pb::AdminListSubscriptionsRequest::default()
        };
        let who = test.harness.viewer(test.user(), [Role::Support]);
        let mut helpers = test.helpers.clone();
        let listed = helpers.admin_list_subscriptions(call(&who, request)).await;
        assert_eq!(listed.unwrap().into_inner().items, test.mine(user).await);
        assert_eq!(test.orders_of(test.user(), Role::Admin).await.unwrap(), []);
    }
}

#[tokio::test]
async fn a_subscription_is_ended_at_once_and_its_last_month_given_back_where_that_is_wished() {
    for test in TestApp::all().await {
        let (kind, strict) = (test.user(), test.user());
        for (user, refund) in [(kind, true), (strict, false)] {
            test.subscribe(user, "basic", "").await.unwrap();
            let id = &test.mine(user).await[0].id;
            for _ in 0..2 {
                let ended = test.end(id, refund).await.unwrap();
                assert_eq!(ended.status(), SubscriptionStatus::Ended);
            }
            assert!(!test.decide(user, "", FILM).await.allowed);
        }
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Refunded), 1);
        assert_eq!(test.faults.count(Entry::Charged), 1);
        let acts = test.db.audit_records().await;
        let ended = acts.iter().filter(|act| act.action == "subscription.ended");
        assert_eq!(ended.count(), 2, "repetitions are no acts");
        // Nothing keeps them from beginning anew.
        test.subscribe(kind, "premium", "").await.unwrap();
    }
}

#[tokio::test]
async fn what_was_given_since_does_not_keep_the_last_payment_from_going_back() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        let code = test.give("basic", 1).await;
        test.take(user, &code).await;
        let id = &test.mine(user).await[0].id;
        test.end(id, true).await.unwrap();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Refunded), 1);
    }
}

#[tokio::test]
async fn a_request_that_waits_is_ended_and_what_nobody_has_is_not_found() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "test_action").await.unwrap();
        let id = &test.mine(user).await[0].id;
        test.end(id, true).await.unwrap();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Cancelled), 1);
        let refused = test.end(&user.to_string(), false).await.unwrap_err();
        assert!(refused.is(&RightsReason::SubscriptionNotFound));
    }
}

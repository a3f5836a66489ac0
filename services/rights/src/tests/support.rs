//! What support sees and does about what an account has bought.

use std::time::Duration;

use sv_kernel::{Error, Id, User};
use sv_proto::{
    options::Role,
    rights::{self as pb, RightsReason, SubscriptionStatus},
};
use sv_rpc::{call, error};

use super::{
    World,
    ordering::for_sale,
    peers::{Entry, FILM, PAID_FILM},
};

impl World {
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
    for world in World::all().await {
        world.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let (user, other) = (world.user(), world.user());
        world.subscribe(user, "basic", "").await.unwrap();
        world.rent(user, PAID_FILM, 48, "").await.unwrap();
        world.harness.clock.advance(Duration::from_secs(1));
        world.buy(user, PAID_FILM, "").await.unwrap();
        world.buy(other, PAID_FILM, "").await.unwrap();
        let orders = world.orders_of(user, Role::Support).await.unwrap();
        assert_eq!(orders.len(), 2);
        assert!(orders[0].purchase.is_some() && orders[1].rental.is_some());
        let refused = world.orders_of(user, Role::Viewer).await.unwrap_err();
        assert_eq!(refused.reason(), "PERMISSION_DENIED");
        let request = pb::AdminListSubscriptionsRequest {
            account_id: user.to_string(),
            ..pb::AdminListSubscriptionsRequest::default()
        };
        let who = world.harness.viewer(world.user(), [Role::Support]);
        let mut helpers = world.helpers.clone();
        let listed = helpers.admin_list_subscriptions(call(&who, request)).await;
        assert_eq!(listed.unwrap().into_inner().items, world.mine(user).await);
        assert_eq!(
            world.orders_of(world.user(), Role::Admin).await.unwrap(),
            []
        );
    }
}

#[tokio::test]
async fn a_subscription_is_ended_at_once_and_its_last_month_given_back_where_that_is_wished() {
    for world in World::all().await {
        let (kind, strict) = (world.user(), world.user());
        for (user, refund) in [(kind, true), (strict, false)] {
            world.subscribe(user, "basic", "").await.unwrap();
            let id = &world.mine(user).await[0].id;
            for _ in 0..2 {
                let ended = world.end(id, refund).await.unwrap();
                assert_eq!(ended.status(), SubscriptionStatus::Ended);
            }
            assert!(!world.decide(user, "", FILM).await.allowed);
        }
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Refunded), 1);
        assert_eq!(world.faults.count(Entry::Charged), 1);
        let acts = world.db.audit_records().await;
        let ended = acts.iter().filter(|act| act.action == "subscription.ended");
        assert_eq!(ended.count(), 2, "repetitions are no acts");
        // Nothing keeps them from beginning anew.
        world.subscribe(kind, "premium", "").await.unwrap();
    }
}

#[tokio::test]
async fn what_was_given_since_does_not_keep_the_last_payment_from_going_back() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "").await.unwrap();
        let code = world.give("basic", 1).await;
        world.take(user, &code).await;
        let id = &world.mine(user).await[0].id;
        world.end(id, true).await.unwrap();
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Refunded), 1);
    }
}

#[tokio::test]
async fn a_request_that_waits_is_ended_and_what_nobody_has_is_not_found() {
    for world in World::all().await {
        let user = world.user();
        world.subscribe(user, "basic", "test_action").await.unwrap();
        let id = &world.mine(user).await[0].id;
        world.end(id, true).await.unwrap();
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Cancelled), 1);
        let refused = world.end(&user.to_string(), false).await.unwrap_err();
        assert!(refused.is(&RightsReason::SubscriptionNotFound));
    }
}

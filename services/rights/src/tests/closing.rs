//! Accounts that are blocked or deleted, and payments that buy nothing any more (USER-8, USER-9, X-PAY-2).

use std::{collections::BTreeMap, time::Duration};

use prost::Message as _;
use sea_orm::{ConnectionTrait as _, Statement};
use sv_kernel::{Event as _, Id, Tenant, User};
use sv_ports::Record;
use sv_proto::{
    rights::{self as pb, OrderStatus, RightsReason, SubscriptionStatus},
    users::{UserChanged, UserReason, UserStatus},
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    ordering::for_sale,
    peers::{Entry, FILM, KID, PAID_FILM, STRANGER},
};

impl TestApp {
    /// Tells what users tells of a deleted account.
    async fn tell_deleted(&self, user: Id<User>) {
        let changed = UserChanged {
            user_id: user.to_string(),
            version: 2,
            deleted: true,
            ..UserChanged::default()
        };
        let event = Record {
            topic: UserChanged::TOPIC.into(),
            key: user.to_string(),
            payload: Some(changed.encode_to_vec().into()),
            event_id: self.harness.env.ids.next::<UserChanged>().uuid(),
            version: 2,
            tenant: Tenant::parse("default").unwrap(),
            traceparent: None,
            headers: BTreeMap::default(),
        };
        self.hosted.bus.publish(vec![event]).await.unwrap();
    }

    fn stands(&self, user: Id<User>, status: Option<UserStatus>) {
        let mut accounts = self.accounts.lock().unwrap();
        accounts.insert(user.to_string(), status);
    }

    async fn number(&self, sql: &str) -> i64 {
        let query = Statement::from_string(self.db.read().get_database_backend(), sql);
        let row = self.db.read().query_one_raw(query).await.unwrap().unwrap();
        row.try_get::<i64>("", "n").unwrap()
    }

    async fn renew_at_the_end(&self, user: Id<User>, seconds: i64) {
        self.move_before_end(user, seconds).await;
        self.app.renew_due(&self.background).await.unwrap();
    }
}

#[tokio::test]
async fn what_a_deleted_account_has_begun_ends_and_nothing_more_is_charged() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let (user, other) = (test.user(), test.user());
        test.subscribe(user, "basic", "").await.unwrap();
        test.subscribe(other, "basic", "").await.unwrap();
        test.buy(user, PAID_FILM, "test_action").await.unwrap();
        test.stands(user, None);
        test.tell_deleted(user).await;
        let ended = async {
            while test.mine(user).await[0].status() != SubscriptionStatus::Ended {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), ended)
            .await
            .unwrap();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Waiting), 0, "it is cancelled");
        assert_eq!(
            test.mine(other).await[0].status(),
            SubscriptionStatus::Active
        );
        let charged = test.faults.count(Entry::Charged);
        test.renew_at_the_end(other, 60).await;
        assert_eq!(
            test.faults.count(Entry::Charged),
            charged + 1,
            "the other's"
        );
    }
}

/// Whatever became of the event.
#[tokio::test]
async fn a_renewal_asks_whether_the_account_is_there_and_may_sign_in() {
    for test in TestApp::all().await {
        let (gone, blocked, back) = (test.user(), test.user(), test.user());
        for user in [gone, blocked, back] {
            test.subscribe(user, "basic", "").await.unwrap();
        }
        test.stands(gone, None);
        test.stands(blocked, Some(UserStatus::Blocked));
        test.stands(back, Some(UserStatus::Blocked));
        test.renew_at_the_end(back, 3_600).await;
        assert_eq!(test.faults.count(Entry::Charged), 3, "the first periods");
        assert_eq!(test.mine(gone).await[0].status(), SubscriptionStatus::Ended);
        assert!(test.decide(blocked, "", FILM).await.allowed, "it is paid");
        // Unblocked before its time is over.
        test.stands(back, Some(UserStatus::Active));
        test.harness.clock.advance(Duration::from_mins(30));
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(test.faults.count(Entry::Charged), 4);
        test.harness.clock.advance(Duration::from_mins(40));
        test.app.renew_due(&test.background).await.unwrap();
        assert_eq!(
            test.mine(blocked).await[0].status(),
            SubscriptionStatus::Ended
        );
        assert_eq!(test.faults.count(Entry::Charged), 4);
        assert!(test.decide(back, "", FILM).await.allowed);
    }
}

/// One rule for all that is paid, whether the session is bound to the child's profile or names it.
#[tokio::test]
async fn who_acts_for_a_child_or_for_nobody_of_the_account_neither_subscribes_nor_cancels() {
    for test in TestApp::all().await {
        let user = test.user();
        test.subscribe(user, "basic", "").await.unwrap();
        let id = test.mine(user).await[0].id.clone();
        for (profile, reason) in [
            (KID, UserReason::ProfileLocked),
            (STRANGER, UserReason::ProfileNotFound),
        ] {
            let mut ctx = test.viewer(user);
            ctx.profile = Some(profile.parse().unwrap());
            let mut client = test.client.clone();
            let request = pb::SubscribeRequest {
                plan_id: "premium".into(),
                ..pb::SubscribeRequest::default()
            };
            let refused = client.subscribe(call(&ctx, request)).await.map_err(error);
            assert!(refused.unwrap_err().is(&reason));
            let request = pb::CancelSubscriptionRequest { id: id.clone() };
            let refused = client.cancel_subscription(call(&ctx, request)).await;
            assert!(refused.map_err(error).unwrap_err().is(&reason));
            let request = pb::ConfirmPaymentRequest {
                id: id.clone(),
                client_secret: String::new(),
            };
            let refused = client.confirm_payment(call(&ctx, request)).await;
            assert!(refused.map_err(error).unwrap_err().is(&reason));
            let listed = client
                .list_subscriptions(call(&ctx, pb::ListSubscriptionsRequest::default()))
                .await;
            assert_eq!(listed.is_ok(), profile == KID, "a child may look");
        }
        assert_eq!(test.faults.count(Entry::Charged), 1);
    }
}

#[tokio::test]
async fn a_payment_for_a_title_that_is_gone_is_given_up_when_the_payer_acts() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let (user, late) = (test.user(), test.user());
        let asked = test.buy(user, PAID_FILM, "test_action").await.unwrap();
        test.buy(late, PAID_FILM, "test_action").await.unwrap();
        let owner = test.user();
        test.buy(owner, PAID_FILM, "").await.unwrap();
        assert_eq!(test.entitlements(owner).await.len(), 1);
        test.withdrawn.lock().unwrap().push(PAID_FILM.into());
        assert_eq!(
            test.entitlements(owner).await.len(),
            0,
            "nobody may watch it"
        );
        assert_eq!(test.purchases(owner).await[0].status(), OrderStatus::Active);
        let refused = test.confirm_purchase(user, &asked).await.unwrap_err();
        assert!(refused.is(&RightsReason::ContentNotFound), "{refused:?}");
        let refused = test.confirm_purchase(user, &asked).await.unwrap_err();
        assert!(refused.is(&RightsReason::OrderNotFound), "{refused:?}");
        // The other has acted without saying so: what was taken is given back.
        test.faults.payers_act();
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Waiting), 0);
        let refunded = test.faults.count(Entry::Refunded);
        assert!(
            refunded >= 1,
            "at the least what was taken after the title had gone"
        );
        assert_eq!(test.faults.count(Entry::Charged), 1, "the owner's");
        test.withdrawn.lock().unwrap().clear();
        assert_eq!(test.entitlements(owner).await.len(), 1, "it came back");
        assert!(!test.decide(late, "", PAID_FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_rental_that_waits_is_given_up_when_the_title_is_bought() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let user = test.user();
        let asked = test.rent(user, PAID_FILM, 48, "test_action").await.unwrap();
        test.buy(user, PAID_FILM, "").await.unwrap();
        let request = pb::ConfirmRentalRequest {
            id: asked.rental.unwrap().id,
            client_secret: asked.client_secret,
        };
        let confirmed = test
            .orders
            .clone()
            .confirm_rental(call(&test.viewer(user), request))
            .await;
        let refused = confirmed.map_err(error).unwrap_err();
        assert!(refused.is(&RightsReason::OrderNotFound), "{refused:?}");
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 1, "the purchase");
        assert_eq!(test.faults.count(Entry::Waiting), 0);
    }
}

/// The payer of the rental acts at the provider, and the job hears of it after the purchase.
#[tokio::test]
async fn what_is_paid_for_a_title_that_is_owned_by_then_is_given_back() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let user = test.user();
        test.rent(user, PAID_FILM, 48, "test_action").await.unwrap();
        test.faults.payers_act();
        test.buy(user, PAID_FILM, "").await.unwrap();
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 1, "the purchase");
        assert_eq!(test.faults.count(Entry::Refunded), 1, "the rental");
        assert_eq!(test.rentals(user).await, []);
    }
}

/// Either the subscription is charged what the plan costs, or the plan keeps its price.
#[tokio::test]
async fn a_plan_whose_price_changes_while_somebody_subscribes_charges_no_other_price() {
    for test in TestApp::all().await {
        for round in 0..12 {
            let plan = pb::Plan {
                code: format!("race-{round}"),
                name: "Race".into(),
                price_minor: 500,
                currency: "EUR".into(),
                max_streams: 1,
                ..pb::Plan::default()
            };
            let plan = test.make_plan(plan).await.unwrap();
            let dearer = pb::Plan {
                price_minor: 9_000,
                ..plan.clone()
            };
            let user = test.user();
            // Each round they begin at another distance.
            let later = async {
                for _ in 0..round * 3 {
                    tokio::task::yield_now().await;
                }
                test.change_plan(dearer).await
            };
            let (subscribed, _) = tokio::join!(test.subscribe(user, &plan.id, ""), later);
            subscribed.unwrap();
            let sql = "SELECT COUNT(*) AS n FROM payments p JOIN subscriptions s ON s.id = p.subscription_id
                       JOIN plans ON plans.id = s.plan_id WHERE p.amount_minor <> plans.price_minor";
            assert_eq!(test.number(sql).await, 0, "round {round}");
        }
    }
}

#[tokio::test]
async fn a_plan_that_is_deleted_while_somebody_subscribes_is_not_found() {
    for test in TestApp::all().await {
        for round in 0..12 {
            let plan = pb::Plan {
                code: format!("gone-{round}"),
                name: "Gone".into(),
                price_minor: 500,
                currency: "EUR".into(),
                max_streams: 1,
                ..pb::Plan::default()
            };
            let plan = test.make_plan(plan).await.unwrap();
            let user = test.user();
            let later = async {
                for _ in 0..round * 3 {
                    tokio::task::yield_now().await;
                }
                test.delete_plan(&plan.id).await
            };
            let (subscribed, _) = tokio::join!(test.subscribe(user, &plan.id, ""), later);
            if let Err(refused) = subscribed {
                assert!(refused.is(&RightsReason::PlanNotFound), "{refused:?}");
            }
        }
    }
}

#[tokio::test]
async fn a_code_is_no_id_and_an_id_names_its_own_plan() {
    for test in TestApp::all().await {
        let premium = "0192f000-0000-7000-8000-000000000003";
        for code in [premium, &premium.replace('-', "")] {
            let trap = pb::Plan {
                code: code.into(),
                name: "Trap".into(),
                price_minor: 1,
                currency: "EUR".into(),
                max_streams: 100,
                ..pb::Plan::default()
            };
            let refused = test.make_plan(trap).await.unwrap_err();
            assert_eq!(refused.violations()[0].field, "plan.code");
        }
        // One of an older program.
        test.tamper(&format!(
            "UPDATE plans SET code = '{premium}' WHERE code = 'basic'"
        ))
        .await;
        let user = test.user();
        let subscribed = test.subscribe(user, premium, "").await.unwrap();
        let plan = subscribed.subscription.unwrap().plan.unwrap();
        assert_eq!(plan.code, "premium");
        let rule = pb::Rule {
            content_id: FILM.into(),
            plan_ids: vec![premium.into()],
            ..pb::Rule::default()
        };
        let rule = test.make_rule(rule).await.unwrap();
        assert_eq!(rule.plan_ids, [premium]);
    }
}

#[tokio::test]
async fn where_nobody_gives_back_nothing_is_refunded() {
    for test in TestApp::selling_nothing().await {
        let nothing = "01900000-0000-7000-8000-000000000000";
        let refused = test.refund(nothing).await.unwrap_err();
        assert!(refused.is(&RightsReason::PaymentsOff), "{refused:?}");
    }
}

/// Nobody has what was declined, given up or is over.
#[tokio::test]
async fn a_plan_that_nobody_has_takes_another_price() {
    for test in TestApp::all().await {
        let plan = pb::Plan {
            code: "gold".into(),
            name: "Gold".into(),
            price_minor: 500,
            currency: "EUR".into(),
            max_streams: 1,
            features: vec!["Two screens".into(), "\u{200d}".into()],
            ..pb::Plan::default()
        };
        let plan = test.make_plan(plan).await.unwrap();
        assert_eq!(plan.features, ["Two screens"]);
        let user = test.user();
        test.subscribe(user, "gold", "test_declined")
            .await
            .unwrap_err();
        let dearer = |plan: &pb::Plan| pb::Plan {
            price_minor: plan.price_minor + 100,
            ..plan.clone()
        };
        let plan = test.change_plan(dearer(&plan)).await.unwrap();
        test.subscribe(user, "gold", "test_action").await.unwrap();
        let refused = test.change_plan(dearer(&plan)).await.unwrap_err();
        assert!(refused.is(&RightsReason::PlanInUse), "somebody is about to");
        test.cancel(user, "").await.unwrap();
        let plan = test.change_plan(dearer(&plan)).await.unwrap();
        test.subscribe(user, "gold", "").await.unwrap();
        let refused = test.change_plan(dearer(&plan)).await.unwrap_err();
        assert!(refused.is(&RightsReason::PlanInUse));
        for unseen in ["\u{202e}\u{200b}", "\u{200d}"] {
            let hidden = pb::Plan {
                name: unseen.into(),
                ..plan.clone()
            };
            let refused = test.change_plan(hidden).await.unwrap_err();
            assert_eq!(refused.violations()[0].field, "plan.name");
        }
    }
}

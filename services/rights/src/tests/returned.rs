//! What becomes of changes of plan whose plan or money goes away (X-PAY-3).

use sv_proto::rights::{self as pb, RightsReason};

use super::{World, changing::NOT_SAID, editing::gold, peers::Entry};

fn dear() -> pb::Plan {
    pb::Plan {
        code: "dear".into(),
        price_minor: 2_000,
        ..gold()
    }
}

#[tokio::test]
async fn a_plan_that_somebody_is_about_to_pay_for_stays_as_it_was_offered() {
    for world in World::all().await {
        let made = world.make_plan(dear()).await.unwrap();
        let user = world.user();
        world.subscribe(user, "basic", "test_ok").await.unwrap();
        world
            .change(user, "dear", NOT_SAID, "test_late")
            .await
            .unwrap();
        let cheaper = pb::Plan {
            price_minor: 100,
            ..made.clone()
        };
        let refused = world.change_plan(cheaper).await.unwrap_err();
        assert!(refused.is(&RightsReason::PlanInUse), "{refused:?}");
        let retired = world.delete_plan(&made.id).await.unwrap();
        assert!(retired.is_some(), "it is retired, not deleted");
        let told = world.faults.become_of(Entry::Processing, Entry::Charged);
        world.hears_all(&told).await;
        assert_eq!(world.plan_code(user).await, "dear");
        assert_eq!(world.faults.sum(Entry::Charged), 2_000);
    }
}

#[tokio::test]
async fn a_change_to_a_plan_that_is_gone_is_given_up_and_its_payment_given_back() {
    for world in World::all().await {
        world.make_plan(dear()).await.unwrap();
        let [late, acting] = [world.user(), world.user()];
        for (user, method) in [(late, "test_late"), (acting, "test_action")] {
            world.subscribe(user, "basic", "test_ok").await.unwrap();
            let change = world.change(user, "dear", NOT_SAID, method).await.unwrap();
            if user == acting {
                world.tamper("DELETE FROM plans WHERE code = 'dear'").await;
                let asked = pb::SubscribeResponse {
                    subscription: change.subscription,
                    client_secret: String::new(),
                };
                let secret = &change.client_secret;
                let left = world.confirm(user, &asked, secret).await.unwrap();
                assert_eq!(left.subscription.unwrap().plan.unwrap().code, "basic");
            }
        }
        let told = world.faults.become_of(Entry::Processing, Entry::Charged);
        world.hears_all(&told).await;
        world.settle().await;
        assert_eq!(world.faults.count(Entry::Refunded), 2);
        for user in [late, acting] {
            assert_eq!(world.plan_code(user).await, "basic");
        }
    }
}

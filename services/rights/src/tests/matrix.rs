//! Every mixture of plan, purchase, rental, time, profile and rule against a plain account of what each
//! gives (RGT-13).

use std::time::Duration;

use sv_kernel::{Id, User};
use sv_proto::rights::{self as pb, AccessBasis};
use sv_rpc::call;

use super::{
    TestApp,
    ordering::for_sale,
    peers::{KID, matrix_title},
};

/// What an account did about plans.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Plan {
    Nothing,
    Basic,
    Premium,
    CancelledPremium,
}

/// How far a purchase or rental of every title came.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Nothing,
    Waiting,
    Paid,
    Refunded,
}

/// What opens a title in the end; all were for sale when the orders were made.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Rule {
    BySvod,
    ByAvod,
    ByTvod,
    Free,
    AnyPlan,
    PremiumOnly,
    PurchaseOnly,
    RentalOnly,
    PremiumOrPaid,
}

const PLANS: [Plan; 4] = [
    Plan::Nothing,
    Plan::Basic,
    Plan::Premium,
    Plan::CancelledPremium,
];
const PURCHASES: [Order; 4] = [Order::Nothing, Order::Waiting, Order::Paid, Order::Refunded];
const RENTALS: [Order; 3] = [Order::Nothing, Order::Waiting, Order::Paid];
const RULES: [Rule; 9] = [
    Rule::BySvod,
    Rule::ByAvod,
    Rule::ByTvod,
    Rule::Free,
    Rule::AnyPlan,
    Rule::PremiumOnly,
    Rule::PurchaseOnly,
    Rule::RentalOnly,
    Rule::PremiumOrPaid,
];
/// Seconds after the orders; the last is in the month after that of the plans.
const TIMES: [u64; 4] = [0, 48 * 3_600 - 1, 48 * 3_600, 32 * 24 * 3_600];

/// A title of the matrix.
#[derive(Clone, Copy, Debug)]
struct Title {
    rule: Rule,
    for_children: bool,
}

impl Title {
    fn all() -> Vec<Self> {
        let with_rating = |rule| [true, false].map(|for_children| Self { rule, for_children });
        RULES.into_iter().flat_map(with_rating).collect()
    }

    fn id(self) -> String {
        let monetization = match self.rule {
            Rule::ByAvod => 1,
            Rule::ByTvod => 2,
            _ => 0,
        };
        matrix_title(self.rule as u32, monetization, self.for_children)
    }
}

/// What is told about one title at one moment.
#[derive(Debug, PartialEq)]
struct Told {
    basis: AccessBasis,
    /// Hours from the orders to the end of access, where that is known to the hour.
    ends_after: Option<i64>,
    offers: Vec<&'static str>,
}

/// The plain account.
fn expected(plan: Plan, purchase: Order, rental: Order, at: u64, kid: bool, title: Title) -> Told {
    let told = |basis, ends_after, offers: &[&'static str]| Told {
        basis,
        ends_after,
        offers: offers.to_vec(),
    };
    if kid && !title.for_children {
        return told(AccessBasis::Maturity, None, &[]);
    }
    if matches!(title.rule, Rule::ByAvod | Rule::Free) {
        return told(AccessBasis::Free, None, &[]);
    }
    if purchase == Order::Paid {
        return told(AccessBasis::Purchase, None, &[]);
    }
    let first_month = at < TIMES[3];
    let has_premium = plan == Plan::Premium || (plan == Plan::CancelledPremium && first_month);
    let opened_by_plan = match title.rule {
        Rule::BySvod | Rule::AnyPlan => has_premium || plan == Plan::Basic,
        Rule::PremiumOnly | Rule::PremiumOrPaid => has_premium,
        _ => false,
    };
    if opened_by_plan {
        return told(AccessBasis::Subscription, None, &[]);
    }
    if rental == Order::Paid && at < TIMES[2] {
        return told(AccessBasis::Rental, Some(48), &[]);
    }
    let (required, bought) = (
        AccessBasis::SubscriptionRequired,
        AccessBasis::PurchaseRequired,
    );
    match title.rule {
        Rule::BySvod | Rule::AnyPlan => told(required, None, &["basic", "standard", "premium"]),
        Rule::PremiumOnly => told(required, None, &["premium"]),
        Rule::PremiumOrPaid => told(required, None, &["premium", "purchase", "rent"]),
        Rule::PurchaseOnly => told(bought, None, &["purchase"]),
        Rule::RentalOnly => told(bought, None, &["rent"]),
        Rule::ByTvod | Rule::ByAvod | Rule::Free => told(bought, None, &[]),
    }
}

impl TestApp {
    async fn put_on_sale(&self) -> Vec<pb::Rule> {
        let mut rules = Vec::new();
        for title in Title::all() {
            rules.push(self.make_rule(for_sale(&title.id())).await.unwrap());
        }
        rules
    }

    /// Gives each title the rule that it is about.
    async fn put_rules(&self, rules: Vec<pb::Rule>) {
        for (title, old) in Title::all().into_iter().zip(rules) {
            let sold = for_sale(&title.id());
            let bare = pb::Rule {
                id: old.id.clone(),
                content_id: old.content_id.clone(),
                ..pb::Rule::default()
            };
            let (purchase, rentals) = (sold.purchase, vec![sold.rentals[0].clone()]);
            let premium = vec!["premium".to_owned()];
            let rule = match title.rule {
                Rule::BySvod | Rule::ByAvod | Rule::ByTvod => {
                    self.delete_rule(&old.id).await.unwrap();
                    continue;
                }
                Rule::Free => pb::Rule { free: true, ..bare },
                Rule::AnyPlan => pb::Rule {
                    any_plan: true,
                    ..bare
                },
                Rule::PremiumOnly => pb::Rule {
                    plan_ids: premium,
                    ..bare
                },
                Rule::PurchaseOnly => pb::Rule { purchase, ..bare },
                Rule::RentalOnly => pb::Rule { rentals, ..bare },
                Rule::PremiumOrPaid => pb::Rule {
                    plan_ids: premium,
                    purchase,
                    rentals,
                    ..bare
                },
            };
            self.change_rule(rule).await.unwrap();
        }
    }

    async fn household(&self, plan: Plan, purchase: Order, rental: Order) -> Id<User> {
        let user = self.user();
        let code = if plan == Plan::Basic {
            "basic"
        } else {
            "premium"
        };
        if plan != Plan::Nothing {
            self.subscribe(user, code, "").await.unwrap();
        }
        if plan == Plan::CancelledPremium {
            self.cancel(user, "").await.unwrap();
        }
        let method = |order| {
            if order == Order::Waiting {
                "test_action"
            } else {
                ""
            }
        };
        for title in Title::all() {
            if rental != Order::Nothing {
                self.rent(user, &title.id(), 48, method(rental))
                    .await
                    .unwrap();
            }
            if purchase != Order::Nothing {
                let bought = self.buy(user, &title.id(), method(purchase)).await.unwrap();
                if purchase == Order::Refunded {
                    self.refund(&bought.purchase.unwrap().id).await.unwrap();
                }
            }
        }
        user
    }

    /// Asks about all titles at once.
    async fn told(&self, user: Id<User>, kid: bool, begin: i64) -> Vec<Told> {
        let request = pb::CheckAccessRequest {
            user_id: user.to_string(),
            profile_id: if kid { KID.to_owned() } else { String::new() },
            content_ids: Title::all().into_iter().map(Title::id).collect(),
        };
        let answer = self
            .client
            .clone()
            .check_access(call(&self.viewer(user), request))
            .await;
        let decisions = answer.unwrap().into_inner().decisions.into_iter();
        decisions
            .map(|decision| Told {
                basis: decision.basis(),
                ends_after: decision
                    .expire_time
                    .filter(|_| decision.basis() == AccessBasis::Rental)
                    .map(|end| (end.seconds - begin) / 3_600),
                offers: decision.offers.iter().map(named).collect(),
            })
            .collect()
    }
}

fn named(offer: &pb::Offer) -> &'static str {
    match (offer.kind.as_str(), offer.plan.as_ref()) {
        ("subscribe", Some(plan)) => ["basic", "standard", "premium"]
            .into_iter()
            .find(|code| *code == plan.code)
            .unwrap_or("another plan"),
        ("purchase", None) => "purchase",
        ("rent", None) => "rent",
        _ => "something else",
    }
}

#[tokio::test]
async fn every_mixture_is_decided_as_a_plain_account_says() {
    for test in TestApp::all().await {
        let rules = test.put_on_sale().await;
        let mut households = Vec::new();
        for plan in PLANS {
            for purchase in PURCHASES {
                for rental in RENTALS {
                    let user = test.household(plan, purchase, rental).await;
                    households.push((user, plan, purchase, rental));
                }
            }
        }
        test.put_rules(rules).await;
        let begin = test.background.now().secs();
        let mut passed = 0;
        let mut scenarios = 0;
        for at in TIMES {
            test.harness.clock.advance(Duration::from_secs(at - passed));
            passed = at;
            test.app.renew_due(&test.background).await.unwrap();
            for (user, plan, purchase, rental) in households.iter().copied() {
                for kid in [false, true] {
                    let told = test.told(user, kid, begin).await;
                    for (title, told) in Title::all().into_iter().zip(told) {
                        let plain = expected(plan, purchase, rental, at, kid, title);
                        assert_eq!(
                            told, plain,
                            "{plan:?} {purchase:?} {rental:?} at {at} kid={kid} {title:?}"
                        );
                        scenarios += 1;
                    }
                }
            }
        }
        assert_eq!(scenarios, 48 * 4 * 2 * 18);
    }
}

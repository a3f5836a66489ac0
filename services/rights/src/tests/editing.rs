//! Plans and rules as editors make them (RGT-11, RGT-12).

use sv_kernel::Error;
use sv_proto::{
    content::{ContentType, Monetization},
    rights::{self as pb, AccessBasis, PlanStatus, Quality},
};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{CARTOON, FILM, PAID_FILM, PILOT, SHOW},
};

pub(super) fn gold() -> pb::Plan {
    pb::Plan {
        code: "gold".into(),
        name: " Gold ".into(),
        price_minor: 1_999,
        currency: "EUR".into(),
        max_streams: 6,
        max_quality: Quality::Uhd.into(),
        ..pb::Plan::default()
    }
}

fn price(price_minor: i32) -> pb::Price {
    pb::Price {
        price_minor,
        currency: "EUR".into(),
    }
}

fn days(days: i32, price_minor: i32) -> pb::RentalOffer {
    pb::RentalOffer {
        duration_hours: days * 24,
        price_minor,
        currency: "EUR".into(),
    }
}

impl TestApp {
    pub(super) async fn make_plan(&self, plan: pb::Plan) -> Result<pb::Plan, Error> {
        let request = pb::CreatePlanRequest { plan: Some(plan) };
        let answer = self
            .editors
            .clone()
            .create_plan(call(&self.editor, request))
            .await;
        answer
            .map(|answer| answer.into_inner().plan.unwrap())
            .map_err(error)
    }

    pub(super) async fn change_plan(&self, plan: pb::Plan) -> Result<pb::Plan, Error> {
        let request = pb::UpdatePlanRequest {
            id: plan.id.clone(),
            plan: Some(plan),
            update_mask: None,
        };
        let answer = self
            .editors
            .clone()
            .update_plan(call(&self.editor, request))
            .await;
        answer
            .map(|answer| answer.into_inner().plan.unwrap())
            .map_err(error)
    }

    pub(super) async fn delete_plan(&self, id: &str) -> Result<Option<pb::Plan>, Error> {
        let request = pb::DeletePlanRequest { id: id.to_owned() };
        let answer = self
            .editors
            .clone()
            .delete_plan(call(&self.editor, request))
            .await;
        answer.map(|answer| answer.into_inner().plan).map_err(error)
    }

    pub(super) async fn make_rule(&self, rule: pb::Rule) -> Result<pb::Rule, Error> {
        let request = pb::CreateRuleRequest { rule: Some(rule) };
        let answer = self
            .editors
            .clone()
            .create_rule(call(&self.editor, request))
            .await;
        answer
            .map(|answer| answer.into_inner().rule.unwrap())
            .map_err(error)
    }

    pub(super) async fn change_rule(&self, rule: pb::Rule) -> Result<pb::Rule, Error> {
        let request = pb::UpdateRuleRequest {
            id: rule.id.clone(),
            rule: Some(rule),
            update_mask: None,
        };
        let answer = self
            .editors
            .clone()
            .update_rule(call(&self.editor, request))
            .await;
        answer
            .map(|answer| answer.into_inner().rule.unwrap())
            .map_err(error)
    }

    pub(super) async fn delete_rule(&self, id: &str) -> Result<(), Error> {
        let request = pb::DeleteRuleRequest { id: id.to_owned() };
        let answer = self
            .editors
            .clone()
            .delete_rule(call(&self.editor, request))
            .await;
        answer.map(|_| ()).map_err(error)
    }

    /// Lists plans on sale as strangers see them.
    async fn shop_window(&self) -> Vec<String> {
        let request = pb::ListPlansRequest::default();
        let answer = self
            .client
            .clone()
            .list_plans(call(&self.editor, request))
            .await;
        let plans = answer.unwrap().into_inner().items.into_iter();
        plans.map(|plan| plan.code).collect()
    }

    /// Lists ids and codes of all plans, by pages of two.
    async fn all_plans(&self) -> Vec<(String, PlanStatus)> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = pb::AdminListPlansRequest {
                page_size: 2,
                page_token,
                ..pb::AdminListPlansRequest::default()
            };
            let answer = self
                .editors
                .clone()
                .admin_list_plans(call(&self.editor, request))
                .await;
            let answer = answer.unwrap().into_inner();
            all.extend(answer.items.into_iter().map(|plan| {
                let status = plan.status();
                (plan.code, status)
            }));
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }
}

#[tokio::test]
async fn a_plan_is_made_sold_changed_and_deleted() {
    for test in TestApp::all().await {
        let made = test.make_plan(gold()).await.unwrap();
        assert_eq!((made.name.as_str(), made.version), ("Gold", 1));
        assert_eq!(made.status(), PlanStatus::OnSale);
        assert_eq!(
            test.shop_window().await,
            ["basic", "standard", "premium", "gold"]
        );
        let again = test.make_plan(gold()).await.unwrap_err();
        assert_eq!(again.reason(), "PLAN_CODE_TAKEN");

        let cheaper = pb::Plan {
            price_minor: 999,
            ..made.clone()
        };
        let cheaper = test.change_plan(cheaper).await.unwrap();
        assert_eq!((cheaper.price_minor, cheaper.version), (999, 2));
        let stale = test.change_plan(made.clone()).await.unwrap_err();
        assert_eq!(stale.reason(), "VERSION_MISMATCH");

        assert_eq!(
            test.delete_plan(&made.id).await.unwrap(),
            None,
            "nobody has it"
        );
        let gone = test.delete_plan(&made.id).await.unwrap_err();
        assert_eq!(gone.reason(), "PLAN_NOT_FOUND");
    }
}

#[tokio::test]
async fn a_plan_in_use_is_retired_and_whoever_has_it_keeps_it_at_its_price() {
    for test in TestApp::all().await {
        let user = test.user();
        let made = test.make_plan(gold()).await.unwrap();
        test.subscribe(user, "gold", "").await.unwrap();
        let dearer = pb::Plan {
            price_minor: 2_999,
            ..made.clone()
        };
        let refused = test.change_plan(dearer).await.unwrap_err();
        assert_eq!(refused.reason(), "PLAN_IN_USE");

        let retired = test.delete_plan(&made.id).await.unwrap().unwrap();
        assert_eq!(retired.status(), PlanStatus::Retired);
        assert_eq!(test.delete_plan(&made.id).await.unwrap().unwrap(), retired);
        assert_eq!(test.shop_window().await, ["basic", "standard", "premium"]);
        let all = test.all_plans().await;
        assert!(all.contains(&("gold".to_owned(), PlanStatus::Retired)));
        assert_eq!(all.len(), 4);
        let late = test.subscribe(test.user(), "gold", "").await.unwrap_err();
        assert_eq!(late.reason(), "PLAN_NOT_FOUND");

        let decision = test.decide(user, "", FILM).await;
        assert_eq!(
            (
                decision.basis(),
                decision.max_streams,
                decision.max_quality()
            ),
            (AccessBasis::Subscription, 6, Quality::Uhd)
        );
        test.move_before_end(user, 60).await;
        test.app.renew_due(&test.background).await.unwrap();
        test.harness
            .clock
            .advance(std::time::Duration::from_mins(2));
        assert!(
            test.decide(user, "", FILM).await.allowed,
            "it is charged again"
        );
    }
}

#[tokio::test]
async fn money_and_names_are_checked() {
    for test in TestApp::all().await {
        for (wrong, field) in [
            (
                pb::Plan {
                    currency: "XXX".into(),
                    ..gold()
                },
                "plan.currency",
            ),
            (
                pb::Plan {
                    currency: "eur".into(),
                    ..gold()
                },
                "plan.currency",
            ),
            (
                pb::Plan {
                    price_minor: 0,
                    ..gold()
                },
                "plan.priceMinor",
            ),
            (
                pb::Plan {
                    price_minor: -1,
                    ..gold()
                },
                "plan.priceMinor",
            ),
            (
                pb::Plan {
                    name: "  ".into(),
                    ..gold()
                },
                "plan.name",
            ),
            (
                pb::Plan {
                    max_streams: 0,
                    ..gold()
                },
                "plan.maxStreams",
            ),
            (
                pb::Plan {
                    code: "Gold!".into(),
                    ..gold()
                },
                "plan.code",
            ),
        ] {
            let refused = test.make_plan(wrong).await.unwrap_err();
            assert_eq!(refused.violations()[0].field, field, "{refused:?}");
        }
        let viewer = test.viewer(test.user());
        let request = pb::CreatePlanRequest { plan: Some(gold()) };
        let refused = test
            .editors
            .clone()
            .create_plan(call(&viewer, request))
            .await;
        assert_eq!(
            refused.map_err(error).unwrap_err().reason(),
            "PERMISSION_DENIED"
        );
    }
}

#[tokio::test]
async fn a_rule_says_what_opens_a_title_and_what_is_offered() {
    for test in TestApp::all().await {
        let user = test.user();
        let bare = test.decide(user, "", PAID_FILM).await;
        assert_eq!(bare.basis(), AccessBasis::PurchaseRequired);
        assert!(bare.offers.is_empty() && bare.rule_id.is_empty());

        let rule = test
            .make_rule(pb::Rule {
                content_id: PAID_FILM.into(),
                plan_ids: vec!["premium".into(), "premium".into()],
                purchase: Some(price(999)),
                rentals: vec![days(7, 599), days(2, 399)],
                ..pb::Rule::default()
            })
            .await
            .unwrap();
        assert_eq!(rule.plan_ids.len(), 1, "codes become ids, each once");
        let decision = test.decide(user, "", PAID_FILM).await;
        assert_eq!(decision.basis(), AccessBasis::SubscriptionRequired);
        assert_eq!(decision.rule_id, rule.id);
        let offers: Vec<_> = decision
            .offers
            .iter()
            .map(|offer| (offer.kind.as_str(), offer.price_minor, offer.duration_hours))
            .collect();
        assert_eq!(
            offers,
            [
                ("subscribe", 1_599, 0),
                ("purchase", 999, 0),
                ("rent", 399, 48),
                ("rent", 599, 168)
            ]
        );
        test.subscribe(user, "basic", "").await.unwrap();
        let basic = test.decide(user, "", PAID_FILM).await;
        assert_eq!(
            (basic.allowed, basic.max_streams),
            (false, 1),
            "only premium opens it"
        );

        let free = pb::Rule {
            content_id: PAID_FILM.into(),
            id: rule.id.clone(),
            free: true,
            ..pb::Rule::default()
        };
        test.change_rule(free).await.unwrap();
        assert_eq!(
            test.decide(user, "", PAID_FILM).await.basis(),
            AccessBasis::Free
        );
        test.delete_rule(&rule.id).await.unwrap();
        let bare = test.decide(user, "", PAID_FILM).await;
        assert_eq!(
            bare.basis(),
            AccessBasis::PurchaseRequired,
            "as its monetization says"
        );
        assert_eq!(
            test.delete_rule(&rule.id).await.unwrap_err().reason(),
            "RULE_NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn the_nearest_rule_counts() {
    for test in TestApp::all().await {
        let user = test.user();
        let of_type = |kind: ContentType, monetization: Monetization, sum| pb::Rule {
            content_type: kind.into(),
            monetization: monetization.into(),
            purchase: Some(price(sum)),
            ..pb::Rule::default()
        };
        let of_title = |id: &str, sum| pb::Rule {
            content_id: id.into(),
            purchase: Some(price(sum)),
            ..pb::Rule::default()
        };
        let sum = async |title: &str| {
            let decision = test.decide(user, "", title).await;
            decision
                .offers
                .iter()
                .find(|offer| offer.kind == "purchase")
                .map(|offer| offer.price_minor)
        };
        assert_eq!(sum(FILM).await, None);
        test.make_rule(of_type(ContentType::Movie, Monetization::Unspecified, 1))
            .await
            .unwrap();
        assert_eq!((sum(FILM).await, sum(PAID_FILM).await), (Some(1), Some(1)));
        test.make_rule(of_type(ContentType::Movie, Monetization::Tvod, 2))
            .await
            .unwrap();
        assert_eq!((sum(FILM).await, sum(PAID_FILM).await), (Some(1), Some(2)));
        test.make_rule(of_title(PAID_FILM, 3)).await.unwrap();
        assert_eq!((sum(FILM).await, sum(PAID_FILM).await), (Some(1), Some(3)));

        test.make_rule(of_title(SHOW, 4)).await.unwrap();
        assert_eq!(
            (sum(SHOW).await, sum(PILOT).await),
            (Some(4), Some(4)),
            "an episode goes by its series"
        );
        test.make_rule(of_title(PILOT, 5)).await.unwrap();
        assert_eq!(sum(PILOT).await, Some(5));
        let twice = test.make_rule(of_title(PILOT, 6)).await.unwrap_err();
        assert_eq!(twice.reason(), "RULE_EXISTS");
    }
}

/// Rules that say nothing, or two things, each with the field that is wrong.
fn wrong_rules() -> Vec<(pb::Rule, &'static str)> {
    let any = pb::Rule {
        any_plan: true,
        ..pb::Rule::default()
    };
    let nobody = "01900000-0000-7000-8000-00000000dead";
    vec![
        (any.clone(), "rule.contentId"),
        (
            pb::Rule {
                content_type: ContentType::Movie.into(),
                ..of(any.clone())
            },
            "rule.contentId",
        ),
        (
            pb::Rule {
                monetization: Monetization::Svod.into(),
                ..of(any.clone())
            },
            "rule.monetization",
        ),
        (
            pb::Rule {
                content_id: nobody.into(),
                ..any.clone()
            },
            "rule.contentId",
        ),
        (of(pb::Rule::default()), "rule.free"),
        (
            of(pb::Rule {
                free: true,
                ..any.clone()
            }),
            "rule.free",
        ),
        (
            of(pb::Rule {
                plan_ids: vec!["basic".into()],
                ..any.clone()
            }),
            "rule.planIds",
        ),
        (
            of(pb::Rule {
                plan_ids: vec!["tin".into()],
                ..pb::Rule::default()
            }),
            "rule.planIds",
        ),
    ]
}

/// Rules whose offers contradict each other, or are in a currency that there is not.
fn wrong_offers() -> Vec<(pb::Rule, &'static str)> {
    vec![
        (
            of(pb::Rule {
                rentals: vec![days(2, 1), days(2, 2)],
                ..pb::Rule::default()
            }),
            "rule.rentals",
        ),
        (
            of(pb::Rule {
                purchase: Some(pb::Price {
                    price_minor: 1,
                    currency: "ABC".into(),
                }),
                ..pb::Rule::default()
            }),
            "rule.purchase.currency",
        ),
        (
            of(pb::Rule {
                rentals: vec![
                    days(1, 1),
                    pb::RentalOffer {
                        currency: "ABC".into(),
                        ..days(2, 1)
                    },
                ],
                ..pb::Rule::default()
            }),
            "rule.rentals[1].currency",
        ),
    ]
}

/// A rule of a title.
fn of(rule: pb::Rule) -> pb::Rule {
    pb::Rule {
        content_id: CARTOON.into(),
        ..rule
    }
}

#[tokio::test]
async fn a_rule_that_says_nothing_or_two_things_is_refused() {
    for test in TestApp::all().await {
        for (wrong, field) in [wrong_rules(), wrong_offers()].concat() {
            let refused = test.make_rule(wrong).await.unwrap_err();
            assert_eq!(refused.violations()[0].field, field, "{refused:?}");
        }
    }
}

#[tokio::test]
async fn a_plan_that_a_rule_names_is_retired() {
    for test in TestApp::all().await {
        let made = test.make_plan(gold()).await.unwrap();
        let rule = pb::Rule {
            content_id: CARTOON.into(),
            plan_ids: vec!["gold".into()],
            ..pb::Rule::default()
        };
        let rule = test.make_rule(rule).await.unwrap();
        assert_eq!(rule.plan_ids, std::slice::from_ref(&made.id));
        let left = test.delete_plan(&made.id).await.unwrap();
        assert_eq!(left.unwrap().status(), PlanStatus::Retired);
        let decision = test.decide(test.user(), "", CARTOON).await;
        assert!(
            !decision.allowed && decision.offers.is_empty(),
            "it is not sold"
        );
        test.delete_rule(&rule.id).await.unwrap();
        assert_eq!(test.delete_plan(&made.id).await.unwrap(), None);
    }
}

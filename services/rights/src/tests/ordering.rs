//! Buying and renting titles (RGT-7..10, C13, C40).

use std::{collections::BTreeSet, sync::atomic::Ordering, time::Duration};

use futures::future::join_all;
use prost::Message as _;
use sv_kernel::{Ctx, Error, Id, User};
use sv_proto::rights::{self as pb, AccessBasis, EntitlementKind, OrderStatus};
use sv_rpc::{call, error};

use super::{
    TestApp,
    peers::{DRAFT, Entry, FILM, FREE_FILM, KID, PAID_FILM, PILOT, SHOW},
};

fn price(price_minor: i32) -> pb::Price {
    pb::Price {
        price_minor,
        currency: "EUR".into(),
    }
}

/// A rule by which a title is bought for 9.99, and rented for two days or for seven.
pub(super) fn for_sale(title: &str) -> pb::Rule {
    let rental = |duration_hours, price_minor| pb::RentalOffer {
        duration_hours,
        price_minor,
        currency: "EUR".into(),
    };
    pb::Rule {
        content_id: title.into(),
        purchase: Some(price(999)),
        rentals: vec![rental(48, 399), rental(168, 599)],
        ..pb::Rule::default()
    }
}

/// Lists what a refusal offers instead.
fn offered(refusal: &Error) -> Vec<(String, i32, i32)> {
    let offers = pb::Offers::decode(refusal.detail().unwrap().bytes.as_slice()).unwrap();
    let offers = offers.offers.into_iter();
    offers
        .map(|offer| (offer.kind, offer.price_minor, offer.duration_hours))
        .collect()
}

impl TestApp {
    pub(super) async fn buy(
        &self,
        user: Id<User>,
        title: &str,
        method: &str,
    ) -> Result<pb::PurchaseTitleResponse, Error> {
        self.buy_as(&self.viewer(user), title, method).await
    }

    async fn buy_as(
        &self,
        ctx: &Ctx,
        title: &str,
        method: &str,
    ) -> Result<pb::PurchaseTitleResponse, Error> {
        let request = pb::PurchaseTitleRequest {
            content_id: title.to_owned(),
            payment_method: method.to_owned(),
        };
        let answer = self.orders.clone().purchase_title(call(ctx, request)).await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn rent(
        &self,
        user: Id<User>,
        title: &str,
        hours: i32,
        method: &str,
    ) -> Result<pb::RentTitleResponse, Error> {
        let request = pb::RentTitleRequest {
            content_id: title.to_owned(),
            duration_hours: hours,
            payment_method: method.to_owned(),
        };
        let ctx = self.viewer(user);
        let answer = self.orders.clone().rent_title(call(&ctx, request)).await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn confirm_purchase(
        &self,
        user: Id<User>,
        asked: &pb::PurchaseTitleResponse,
    ) -> Result<pb::ConfirmPurchaseResponse, Error> {
        let request = pb::ConfirmPurchaseRequest {
            id: asked.purchase.as_ref().unwrap().id.clone(),
            client_secret: asked.client_secret.clone(),
        };
        let ctx = self.viewer(user);
        let answer = self
            .orders
            .clone()
            .confirm_purchase(call(&ctx, request))
            .await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }

    pub(super) async fn purchases(&self, user: Id<User>) -> Vec<pb::Purchase> {
        let request = call(&self.viewer(user), pb::ListPurchasesRequest::default());
        let answer = self.orders.clone().list_purchases(request).await;
        answer.unwrap().into_inner().items
    }

    pub(super) async fn rentals(&self, user: Id<User>) -> Vec<pb::Rental> {
        let request = call(&self.viewer(user), pb::ListRentalsRequest::default());
        let answer = self.orders.clone().list_rentals(request).await;
        answer.unwrap().into_inner().items
    }

    /// Lists what an account may watch by, in pages of one.
    pub(super) async fn entitlements(&self, user: Id<User>) -> Vec<pb::Entitlement> {
        let mut all = Vec::new();
        let mut page_token = String::new();
        loop {
            let request = pb::ListEntitlementsRequest {
                page_size: 1,
                page_token,
                ..pb::ListEntitlementsRequest::default()
            };
            let request = call(&self.viewer(user), request);
            let answer = self.orders.clone().list_entitlements(request).await;
            let answer = answer.unwrap().into_inner();
            all.extend(answer.items);
            page_token = answer.next_page_token;
            if page_token.is_empty() {
                return all;
            }
        }
    }

    pub(super) async fn refund(&self, id: &str) -> Result<pb::RefundOrderResponse, Error> {
        let request = pb::RefundOrderRequest { id: id.to_owned() };
        let answer = self
            .support
            .clone()
            .refund_order(call(&self.editor, request))
            .await;
        answer.map(tonic::Response::into_inner).map_err(error)
    }
}

#[tokio::test]
async fn a_purchase_opens_the_title_for_good() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let bought = test.buy(user, PAID_FILM, "test_ok").await.unwrap();
        let bought = bought.purchase.unwrap();
        assert_eq!(bought.status(), OrderStatus::Active);
        assert_eq!((bought.price_minor, bought.currency.as_str()), (999, "EUR"));
        assert_eq!(bought.title, "Title 4");
        assert!(bought.purchase_time.is_some());
        assert_eq!(test.purchases(user).await, std::slice::from_ref(&bought));
        assert!(test.rentals(user).await.is_empty());

        test.harness
            .clock
            .advance(Duration::from_hours(20 * 365 * 24));
        let decision = test.decide(user, "", PAID_FILM).await;
        assert_eq!(decision.basis(), AccessBasis::Purchase);
        assert_eq!(decision.expire_time, None);
        let again = test.buy(user, PAID_FILM, "").await.unwrap_err();
        assert_eq!(again.reason(), "ALREADY_OWNED");
        let rented = test.rent(user, PAID_FILM, 48, "").await.unwrap_err();
        assert_eq!(rented.reason(), "ALREADY_OWNED");
        assert!(!test.decide(test.user(), "", PAID_FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_rental_runs_from_its_confirmation_and_ends_to_the_second() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let asked = test.rent(user, PAID_FILM, 0, "test_action").await.unwrap();
        assert!(!asked.client_secret.is_empty());
        let asked = asked.rental.unwrap();
        assert_eq!(
            (asked.status(), asked.duration_hours),
            (OrderStatus::Pending, 48)
        );
        assert_eq!(asked.expire_time, None);
        assert!(
            !test.decide(user, "", PAID_FILM).await.allowed,
            "only what is confirmed counts"
        );

        test.harness.clock.advance(Duration::from_hours(3));
        test.faults.payers_act();
        test.settle().await;
        let rental = test.rentals(user).await.remove(0);
        assert_eq!(rental.status(), OrderStatus::Active);
        let end = rental.expire_time.unwrap().seconds;
        let now = test.background.now().secs();
        assert_eq!(
            end - now,
            48 * 3_600,
            "its time did not run while it waited"
        );
        let decision = test.decide(user, "", PAID_FILM).await;
        assert_eq!(decision.basis(), AccessBasis::Rental);
        assert_eq!(decision.expire_time, rental.expire_time);
        let again = test.rent(user, PAID_FILM, 168, "").await.unwrap_err();
        assert_eq!(again.reason(), "ALREADY_RENTED");

        test.harness
            .clock
            .advance(Duration::from_secs(48 * 3_600 - 1));
        assert!(test.decide(user, "", PAID_FILM).await.allowed);
        test.harness.clock.advance(Duration::from_secs(1));
        let over = test.decide(user, "", PAID_FILM).await;
        assert_eq!(over.basis(), AccessBasis::PurchaseRequired);
        assert_eq!(over.offers.len(), 3);
        assert_eq!(test.rentals(user).await[0].status(), OrderStatus::Expired);

        let second = test
            .rent(user, PAID_FILM, 168, "")
            .await
            .unwrap()
            .rental
            .unwrap();
        assert_ne!(second.id, rental.id);
        let statuses: Vec<_> = test
            .rentals(user)
            .await
            .iter()
            .map(pb::Rental::status)
            .collect();
        assert_eq!(statuses, [OrderStatus::Active, OrderStatus::Expired]);
        test.buy(user, PAID_FILM, "").await.unwrap();
        assert_eq!(
            test.decide(user, "", PAID_FILM).await.basis(),
            AccessBasis::Purchase
        );
    }
}

#[tokio::test]
async fn fifty_clicks_at_once_charge_once() {
    for test in TestApp::all().await {
        let (buyer, renter) = (test.user(), test.user());
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let buys = join_all((0..50).map(|_| test.buy(buyer, PAID_FILM, ""))).await;
        let bought: Vec<_> = buys.into_iter().flatten().collect();
        let ids: BTreeSet<_> = bought
            .into_iter()
            .map(|one| one.purchase.unwrap().id)
            .collect();
        assert_eq!(ids.len(), 1, "C40");
        let rents = join_all((0..50).map(|_| test.rent(renter, PAID_FILM, 48, ""))).await;
        let rented: Vec<_> = rents.into_iter().flatten().collect();
        let ids: BTreeSet<_> = rented
            .into_iter()
            .map(|one| one.rental.unwrap().id)
            .collect();
        assert_eq!(ids.len(), 1, "C40");
        assert_eq!(test.faults.count(Entry::Charged), 2);
        let again = test.buy(buyer, PAID_FILM, "").await.unwrap();
        assert_eq!(
            again.purchase.unwrap().id,
            test.purchases(buyer).await[0].id,
            "a double click"
        );
        test.harness.clock.advance(Duration::from_mins(2));
        let later = test.buy(buyer, PAID_FILM, "").await.unwrap_err();
        assert_eq!(later.reason(), "ALREADY_OWNED");
    }
}

#[tokio::test]
async fn a_202_completes_when_the_payer_has_acted() {
    for test in TestApp::all().await {
        let (user, other) = (test.user(), test.user());
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let asked = test.buy(user, PAID_FILM, "test_action").await.unwrap();
        let again = test.buy(user, PAID_FILM, "test_action").await.unwrap();
        assert_eq!(asked, again, "C40: what waits is found again");
        let foreign = test.confirm_purchase(other, &asked).await.unwrap_err();
        assert_eq!(foreign.reason(), "ORDER_NOT_FOUND");
        for _ in 0..2 {
            let done = test.confirm_purchase(user, &asked).await.unwrap();
            assert!(done.client_secret.is_empty());
            assert_eq!(done.purchase.unwrap().status(), OrderStatus::Active);
        }
        assert!(test.decide(user, "", PAID_FILM).await.allowed);
        assert_eq!(test.faults.count(Entry::Charged), 1);
        let not_a_rental = pb::ConfirmRentalRequest {
            id: asked.purchase.unwrap().id,
            ..pb::ConfirmRentalRequest::default()
        };
        let request = call(&test.viewer(user), not_a_rental);
        let refused = test.orders.clone().confirm_rental(request).await;
        assert_eq!(
            refused.map_err(error).unwrap_err().reason(),
            "ORDER_NOT_FOUND"
        );
    }
}

#[tokio::test]
async fn a_declined_payment_gives_nothing_and_another_means_replaces_one_that_waits() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let declined = test
            .buy(user, PAID_FILM, "test_declined")
            .await
            .unwrap_err();
        assert_eq!(declined.reason(), "PAYMENT_DECLINED");
        assert!(!test.decide(user, "", PAID_FILM).await.allowed);
        assert_eq!(
            test.purchases(user).await[0].status(),
            OrderStatus::Declined
        );

        test.buy(user, PAID_FILM, "test_action").await.unwrap();
        test.buy(user, PAID_FILM, "test_ok").await.unwrap();
        test.settle().await;
        test.faults.payers_act();
        test.settle().await;
        assert_eq!(
            (
                test.faults.count(Entry::Charged),
                test.faults.count(Entry::Cancelled)
            ),
            (1, 1)
        );
        let statuses: Vec<_> = test
            .purchases(user)
            .await
            .iter()
            .map(pb::Purchase::status)
            .collect();
        assert_eq!(statuses, [OrderStatus::Active, OrderStatus::Declined]);
        let unknown = test
            .buy(test.user(), PAID_FILM, "pm_gold")
            .await
            .unwrap_err();
        assert_eq!(unknown.reason(), "PAYMENT_METHOD_UNKNOWN");
    }
}

#[tokio::test]
async fn a_payer_who_does_not_act_in_time_is_not_charged() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        test.rent(user, PAID_FILM, 48, "test_action").await.unwrap();
        test.harness.clock.advance(Duration::from_hours(25));
        test.settle().await;
        test.faults.payers_act();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Cancelled), 1);
        assert_eq!(test.rentals(user).await[0].status(), OrderStatus::Declined);
        assert!(!test.decide(user, "", PAID_FILM).await.allowed);
    }
}

#[tokio::test]
async fn a_lost_answer_of_the_provider_is_resolved_by_the_job_once() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        test.faults.lose.store(1, Ordering::SeqCst);
        let lost = test.buy(user, PAID_FILM, "").await.unwrap();
        assert_eq!(lost.purchase.unwrap().status(), OrderStatus::Pending);
        assert_eq!(test.purchases(user).await[0].status(), OrderStatus::Pending);
        test.harness.clock.advance(Duration::from_mins(2));
        test.settle().await;
        assert!(test.decide(user, "", PAID_FILM).await.allowed);
        assert_eq!(test.faults.count(Entry::Charged), 1);
    }
}

#[tokio::test]
async fn what_is_not_offered_is_refused_with_what_is() {
    for test in TestApp::all().await {
        let user = test.user();
        let bare = test.buy(user, PAID_FILM, "").await.unwrap_err();
        assert_eq!(bare.reason(), "NOT_FOR_SALE");
        assert!(offered(&bare).is_empty());
        let by_plan = test.rent(user, FILM, 48, "").await.unwrap_err();
        assert_eq!(by_plan.reason(), "NOT_FOR_RENT");
        assert_eq!(offered(&by_plan)[0], ("subscribe".to_owned(), 799, 0));
        let free = test.buy(user, FREE_FILM, "").await.unwrap_err();
        assert_eq!(free.reason(), "NOT_FOR_SALE");

        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let hours = test.rent(user, PAID_FILM, 24, "").await.unwrap_err();
        assert_eq!(
            (hours.reason(), hours.info().http),
            ("DURATION_NOT_OFFERED", 422)
        );
        assert_eq!(
            offered(&hours),
            [
                ("purchase".to_owned(), 999, 0),
                ("rent".to_owned(), 399, 48),
                ("rent".to_owned(), 599, 168)
            ],
            "C13"
        );
        for unknown in [DRAFT, "01900000-0000-7000-8000-00000000dead"] {
            let refused = test.buy(user, unknown, "").await.unwrap_err();
            assert_eq!(refused.reason(), "CONTENT_NOT_FOUND");
        }
        let mut child = test.viewer(user);
        child.profile = Some(KID.parse().unwrap());
        let refused = test.buy_as(&child, PAID_FILM, "").await.unwrap_err();
        assert_eq!(refused.reason(), "PROFILE_LOCKED", "a child does not pay");
        assert!(test.purchases(user).await.is_empty());
    }
}

#[tokio::test]
async fn where_nobody_takes_payments_no_title_is_sold() {
    for test in TestApp::selling_nothing().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let refused = test.buy(test.user(), PAID_FILM, "").await.unwrap_err();
        assert_eq!(refused.reason(), "PAYMENTS_OFF");
    }
}

#[tokio::test]
async fn a_series_that_is_owned_opens_its_episodes() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(SHOW)).await.unwrap();
        test.buy(user, SHOW, "").await.unwrap();
        assert_eq!(
            test.decide(user, "", PILOT).await.basis(),
            AccessBasis::Purchase
        );
        test.harness.clock.advance(Duration::from_mins(2));
        let twice = test.buy(user, PILOT, "").await.unwrap_err();
        assert_eq!(twice.reason(), "ALREADY_OWNED");
        // The price is the series', and so is what it buys, whichever episode was asked for.
        let one = test.user();
        let bought = test.buy(one, PILOT, "").await.unwrap().purchase.unwrap();
        assert_eq!((&*bought.content_id, bought.price_minor), (SHOW, 999));
        assert!(test.decide(one, "", PILOT).await.allowed);
        assert!(test.decide(one, "", SHOW).await.allowed);
        let twice = test.buy(one, SHOW, "").await.unwrap();
        assert_eq!(twice.purchase.unwrap().id, bought.id, "a double click");
        assert_eq!(test.faults.count(Entry::Charged), 2);

        // With a rule of its own it is sold by itself.
        test.make_rule(for_sale(PILOT)).await.unwrap();
        let other = test.user();
        let bought = test.buy(other, PILOT, "").await.unwrap().purchase.unwrap();
        assert_eq!(bought.content_id, PILOT);
        assert!(test.decide(other, "", PILOT).await.allowed);
        assert!(
            !test.decide(other, "", SHOW).await.allowed,
            "an episode is not its series"
        );
    }
}

#[tokio::test]
async fn an_episode_that_waits_for_its_payment_is_given_up_for_its_series() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(SHOW)).await.unwrap();
        test.make_rule(for_sale(PILOT)).await.unwrap();
        let user = test.user();
        test.buy(user, PILOT, "test_late").await.unwrap();
        test.rent(user, PILOT, 48, "test_action").await.unwrap();
        test.buy(user, SHOW, "test_ok").await.unwrap();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Cancelled), 2);
        let mine = test.purchases(user).await;
        assert_eq!(mine.len(), 1, "what is given up is no history");
        assert_eq!(mine[0].content_id, SHOW);

        // A series that waits stays where an episode is bought; so does another account's episode.
        let (user, other) = (test.user(), test.user());
        test.buy(other, PILOT, "test_late").await.unwrap();
        test.buy(user, SHOW, "test_late").await.unwrap();
        test.buy(user, PILOT, "test_ok").await.unwrap();
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Processing), 2);
        assert_eq!(test.purchases(user).await.len(), 2);
    }
}

/// Of a series that is bought and one of its episodes at the same moment the episode waits, and is owned by then.
#[tokio::test]
async fn an_episode_is_not_charged_for_beside_its_series_that_is_being_paid() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(SHOW)).await.unwrap();
        test.make_rule(for_sale(PILOT)).await.unwrap();
        let user = test.user();
        test.faults.hold.send_replace(true);
        let episodes = async {
            while test.faults.asked.load(Ordering::SeqCst) < 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let release = async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                test.faults.hold.send_replace(false);
            };
            let bought = test.buy(user, PILOT, "test_ok");
            let rented = test.rent(user, PILOT, 48, "test_ok");
            tokio::join!(bought, rented, release)
        };
        let (series, (bought, rented, ())) =
            tokio::join!(test.buy(user, SHOW, "test_ok"), episodes);
        let series = series.unwrap().purchase.unwrap();
        assert_eq!(series.status(), OrderStatus::Active);
        assert_eq!(bought.unwrap_err().reason(), "ALREADY_OWNED");
        assert_eq!(rented.unwrap_err().reason(), "ALREADY_OWNED");
        test.settle().await;
        assert_eq!(test.faults.count(Entry::Charged), 1);
        assert_eq!(test.faults.books_len(), 1, "nobody was charged in vain");

        // A series that is only rented keeps nobody from owning an episode.
        let user = test.user();
        test.faults.hold.send_replace(true);
        let episode = async {
            while test.faults.asked.load(Ordering::SeqCst) < 2 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let release = async {
                while test.faults.asked.load(Ordering::SeqCst) < 3 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                test.faults.hold.send_replace(false);
            };
            tokio::join!(test.buy(user, PILOT, "test_ok"), release).0
        };
        let (series, episode) = tokio::join!(test.rent(user, SHOW, 48, "test_ok"), episode);
        series.unwrap();
        episode.unwrap();
    }
}

/// Of an episode that is bought and its series at the same moment the account has both, as one after the other, or the
/// money for the episode goes back.
#[tokio::test]
async fn a_series_is_sold_beside_an_episode_that_is_being_paid_or_in_its_place() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(SHOW)).await.unwrap();
        test.make_rule(for_sale(PILOT)).await.unwrap();
        let user = test.user();
        test.faults.hold.send_replace(true);
        let series = async {
            while test.faults.asked.load(Ordering::SeqCst) < 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let release = async {
                while test.faults.asked.load(Ordering::SeqCst) < 2 {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
                test.faults.hold.send_replace(false);
            };
            tokio::join!(test.buy(user, SHOW, "test_ok"), release).0
        };
        let (_, series) = tokio::join!(test.buy(user, PILOT, "test_ok"), series);
        series.unwrap();
        test.settle().await;
        let mine = test.purchases(user).await;
        let active = mine
            .iter()
            .filter(|one| one.status() == OrderStatus::Active);
        let active: Vec<_> = active.map(|one| one.content_id.as_str()).collect();
        assert!(active.contains(&SHOW));
        // Money is held for what is had, and for nothing else.
        assert_eq!(test.faults.count(Entry::Charged), active.len());
    }
}

#[tokio::test]
async fn what_was_bought_outlasts_the_rule_and_its_price_is_that_of_the_day() {
    for test in TestApp::all().await {
        let (early, late) = (test.user(), test.user());
        let rule = test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        test.buy(early, PAID_FILM, "").await.unwrap();
        let dearer = pb::Rule {
            purchase: Some(price(1_999)),
            ..rule.clone()
        };
        test.change_rule(dearer).await.unwrap();
        let bought = test
            .buy(late, PAID_FILM, "")
            .await
            .unwrap()
            .purchase
            .unwrap();
        assert_eq!(bought.price_minor, 1_999);
        test.delete_rule(&rule.id).await.unwrap();
        assert!(test.decide(early, "", PAID_FILM).await.allowed);
        assert_eq!(test.purchases(early).await[0].price_minor, 999);
    }
}

#[tokio::test]
async fn a_refund_closes_the_title_at_once_and_the_money_goes_back_once() {
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let bought = test
            .buy(user, PAID_FILM, "")
            .await
            .unwrap()
            .purchase
            .unwrap();
        let request = pb::RefundOrderRequest {
            id: bought.id.clone(),
        };
        let viewer = test.viewer(user);
        let own = test
            .support
            .clone()
            .refund_order(call(&viewer, request))
            .await;
        assert_eq!(
            own.map_err(error).unwrap_err().reason(),
            "PERMISSION_DENIED"
        );

        let refunded = test.refund(&bought.id).await.unwrap().purchase.unwrap();
        assert_eq!(refunded.status(), OrderStatus::Refunded);
        assert!(!test.decide(user, "", PAID_FILM).await.allowed, "X-PAY-2");
        test.refund(&bought.id).await.unwrap();
        test.settle().await;
        assert_eq!(
            (
                test.faults.count(Entry::Charged),
                test.faults.count(Entry::Refunded)
            ),
            (0, 1)
        );
        assert_eq!(
            test.purchases(user).await[0].status(),
            OrderStatus::Refunded
        );
        test.buy(user, PAID_FILM, "").await.unwrap();
        assert!(test.decide(user, "", PAID_FILM).await.allowed);

        let waits = test
            .rent(test.user(), PAID_FILM, 48, "test_action")
            .await
            .unwrap();
        let unpaid = test.refund(&waits.rental.unwrap().id).await.unwrap_err();
        assert_eq!(unpaid.reason(), "NOT_REFUNDABLE");
        let unknown = test
            .refund("01900000-0000-7000-8000-00000000dead")
            .await
            .unwrap_err();
        assert_eq!(unknown.reason(), "ORDER_NOT_FOUND");
    }
}

#[tokio::test]
async fn entitlements_are_plans_then_titles_and_only_what_runs() {
    use EntitlementKind::{Plan, Purchase, Rental};
    for test in TestApp::all().await {
        let user = test.user();
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        test.make_rule(for_sale(SHOW)).await.unwrap();
        assert!(test.entitlements(user).await.is_empty());
        test.buy(user, SHOW, "").await.unwrap();
        test.rent(user, PAID_FILM, 48, "").await.unwrap();
        test.subscribe(user, "basic", "").await.unwrap();
        let all = test.entitlements(user).await;
        let kinds: Vec<_> = all.iter().map(pb::Entitlement::kind).collect();
        assert_eq!(kinds, [Plan, Rental, Purchase]);
        assert_eq!(all[0].plan.as_ref().unwrap().code, "basic");
        assert!(all[0].renews && all[0].expire_time.is_some());
        assert_eq!(all[1].content_id, PAID_FILM);
        assert_eq!(
            (all[2].title.as_str(), all[2].expire_time),
            ("Title 5", None)
        );

        test.cancel(user, "").await.unwrap();
        assert!(!test.entitlements(user).await[0].renews);
        test.harness.clock.advance(Duration::from_hours(49));
        let kinds: Vec<_> = test
            .entitlements(user)
            .await
            .iter()
            .map(pb::Entitlement::kind)
            .collect();
        assert_eq!(kinds, [Plan, Purchase]);
        test.harness.clock.advance(Duration::from_hours(31 * 24));
        let kinds: Vec<_> = test
            .entitlements(user)
            .await
            .iter()
            .map(pb::Entitlement::kind)
            .collect();
        assert_eq!(kinds, [Purchase]);
    }
}

/// Of calls that want one title in ways that exclude each other one is charged, and none is given back: not by two cards,
/// and not to own what is rented at this moment.
#[tokio::test]
async fn a_title_that_is_being_paid_is_not_charged_for_otherwise_meanwhile() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        let user = test.user();
        test.faults.hold.send_replace(true);
        let first = test.buy(user, PAID_FILM, "test_ok");
        let others = async {
            while test.faults.asked.load(Ordering::SeqCst) < 1 {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            let by_other_means = test.buy(user, PAID_FILM, "test_late");
            let rented = test.rent(user, PAID_FILM, 48, "test_ok");
            let refused = (by_other_means.await.err(), rented.await.err());
            test.faults.hold.send_replace(false);
            refused
        };
        let (first, (by_other_means, rented)) = tokio::join!(first, others);
        let bought = first.unwrap().purchase.unwrap();
        assert_eq!(bought.status(), OrderStatus::Active);
        for refused in [by_other_means, rented] {
            assert_eq!(refused.unwrap().reason(), "CONTENDED");
        }
        test.settle().await;
        let (charged, refunded) = (Entry::Charged, Entry::Refunded);
        assert_eq!(
            (test.faults.count(charged), test.faults.count(refunded)),
            (1, 0)
        );
        assert_eq!(test.faults.books_len(), 1, "nobody was charged in vain");

        // What a call has left behind is given up for the next one.
        let user = test.user();
        test.faults.down.store(true, Ordering::SeqCst);
        test.buy(user, PAID_FILM, "test_ok").await.unwrap();
        test.faults.down.store(false, Ordering::SeqCst);
        let at_once = test.buy(user, PAID_FILM, "test_late").await.unwrap_err();
        assert_eq!(at_once.reason(), "CONTENDED");
        test.harness.clock.advance(Duration::from_secs(11));
        test.buy(user, PAID_FILM, "test_late").await.unwrap();
    }
}

/// All of them begin at once: whoever writes first decides, and what is charged is what the account has.
#[tokio::test]
async fn whatever_races_for_a_title_is_charged_as_it_is_had() {
    for test in TestApp::all().await {
        test.make_rule(for_sale(PAID_FILM)).await.unwrap();
        for _ in 0..10 {
            let (user, before) = (test.user(), test.faults.books_len());
            let charged = test.faults.count(Entry::Charged);
            let buys = ["test_ok", ""].map(|means| test.buy(user, PAID_FILM, means));
            let rents = ["test_ok", ""].map(|means| test.rent(user, PAID_FILM, 48, means));
            let (bought, rented) = futures::future::join(join_all(buys), join_all(rents)).await;
            let refused = bought.into_iter().filter_map(Result::err);
            for refused in refused.chain(rented.into_iter().filter_map(Result::err)) {
                let reasons = ["CONTENDED", "ALREADY_OWNED", "ALREADY_RENTED"];
                assert!(reasons.contains(&refused.reason()), "{refused}");
            }
            test.settle().await;
            let now = test.faults.books_len() - before;
            assert_eq!(
                test.faults.count(Entry::Charged) - charged,
                now,
                "all was kept"
            );
            assert!((1..=2).contains(&now), "rented and then bought at most");
            assert!(test.decide(user, "", PAID_FILM).await.allowed);
        }
    }
}

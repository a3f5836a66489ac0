//! Buying and renting single titles: an intent, the provider, the outcome, as subscribing does.

use std::{slice, time::Duration};

use sv_kernel::{Ctx, Error, Id, Result, User};
use sv_proto::{
    common::CommonReason,
    content::BatchGetContentsRequest,
    convert::{detailed, me},
    rights::{self as pb, RightsReason},
    titles::Opening,
    users::UserReason,
};
use sv_rpc::{call, error};
use sv_store::{StoreError, Tx, audit, outbox, work};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use super::{App, parse};
use crate::{
    convert,
    domain::{
        Invoice, Order, OrderKind, OrderStatus, PaidFor, PaymentMethod, Terms, Title, scope_of,
    },
    payments::{Payment, PaymentStatus},
    store::{invoices, orders, payments, plans, rules},
};

/// How often a call that lost a race against another of the same account tries again.
const RACES: u32 = 5;
/// How long a call waits for another that pays for the series of the title, and how often it looks.
const LONGEST_WAIT: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(200);
/// For so long after its payment a repeated order is the same one: a double click, a lost answer.
const REPETITION: Duration = Duration::from_mins(1);
/// How long a rental runs where the caller does not say it (C13).
const USUAL_HOURS: u32 = 48;

/// What ordering came to.
#[derive(Debug)]
pub(crate) struct Ordered {
    pub(crate) order: Order,
    /// Empty where the payer need not act.
    pub(crate) client_secret: String,
    /// Whether its payment is not decided yet.
    pub(crate) waits: bool,
}

/// What is wanted of a title.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Wish {
    Own,
    /// For so many hours; 0 is the usual.
    Rent(u32),
}

/// What is to be done after the intent was written.
enum Next {
    /// Ask the provider.
    Pay(Payment),
    /// Nothing: this is a repetition of an order that is paid.
    Have(Order),
}

/// A title that is for sale, by what it can be had for.
struct Offered {
    title: Title,
    name: String,
    terms: Terms,
}

impl App {
    /// Orders a title for the caller's account. Without an `Idempotency-Key`, too, a repeated call finds
    /// the order of the first (C40).
    pub(crate) async fn order(
        &self,
        ctx: &Ctx,
        content: &str,
        wish: Wish,
        method: &str,
    ) -> Result<Ordered> {
        let user = self.grown_up(ctx).await?;
        let method = PaymentMethod::new(method);
        self.cashier.check(ctx, &method).await?;
        let offered = self.offered(ctx, content).await?;
        let Some((kind, price)) = chosen(&offered.terms, wish) else {
            return Err(self.not_offered(ctx, &offered.terms, wish).await?);
        };
        let wanted = Order {
            id: ctx.new_id(),
            user,
            content: offered.title.id,
            series: offered.title.series,
            title: offered.name,
            kind,
            price,
            method,
            status: OrderStatus::Pending,
            paid_at: None,
            version: 1,
            created_at: ctx.now(),
        };
        match self.intend_in_turn(ctx, &wanted).await? {
            Next::Have(order) => {
                ctx.changes_nothing();
                Ok(Ordered {
                    order,
                    client_secret: String::new(),
                    waits: false,
                })
            }
            Next::Pay(payment) => {
                let ordered = self.pay_now(ctx, payment).await?.ordered()?;
                match ordered.order.status {
                    OrderStatus::Pending | OrderStatus::Paid => Ok(ordered),
                    // Given up while the provider was asked: another call of the account pays otherwise.
                    _ => Err(CommonReason::Contended.into()),
                }
            }
        }
    }

    /// Writes what is wanted before the provider hears of it, after other calls of the account that were first. One that
    /// pays for the series of an episode, in whichever process, decides whether the episode is wanted at all.
    ///
    /// Fails with `CONTENDED` where that takes too long.
    async fn intend_in_turn(&self, ctx: &Ctx, wanted: &Order) -> Result<Next> {
        let until = Instant::now() + LONGEST_WAIT;
        let mut races = 0;
        while races < RACES {
            match self.intend_order(ctx, wanted).await {
                Ok(next) => return Ok(next),
                // What the other call wrote is found now.
                Err(IntendError::Store(failure)) if failure.is_duplicate() => races += 1,
                Err(IntendError::Store(failure)) => return Err(failure.into()),
                Err(IntendError::SeriesIsAsked) if Instant::now() < until => {
                    sleep(LOOK_AGAIN).await;
                }
                Err(IntendError::SeriesIsAsked) => break,
                Err(IntendError::Refused(refusal)) => return Err(refusal),
            }
        }
        Err(CommonReason::Contended.into())
    }

    /// Takes over what a payer has done about an order of a kind. Where nothing waits the order is
    /// answered as it is.
    pub(crate) async fn confirm_order(
        &self,
        ctx: &Ctx,
        id: Id<Order>,
        is_wanted: fn(OrderKind) -> bool,
        client_secret: &str,
    ) -> Result<Ordered> {
        let user = self.grown_up(ctx).await?;
        let order = orders::find(self.db.read(), ctx, id)
            .await?
            .filter(|found| found.user == user && is_wanted(found.kind))
            .ok_or(RightsReason::OrderNotFound)?;
        if order.status == OrderStatus::Pending {
            self.still_sold(ctx, &order).await?;
        }
        if let Some(paid) = self
            .ask_again(ctx, PaidFor::Order(id), client_secret)
            .await?
        {
            let ordered = paid.ordered()?;
            return match ordered.order.status {
                OrderStatus::Pending | OrderStatus::Paid => Ok(ordered),
                OrderStatus::Declined => Err(RightsReason::PaymentDeclined.into()),
                // Another call of the account was faster, or it has the title otherwise: what was taken is given
                // back.
                OrderStatus::Superseded | OrderStatus::Ended | OrderStatus::Refunded => {
                    Err(RightsReason::OrderNotFound.into())
                }
            };
        }
        match order.status {
            OrderStatus::Declined => Err(RightsReason::PaymentDeclined.into()),
            OrderStatus::Superseded => Err(RightsReason::OrderNotFound.into()),
            _ => {
                ctx.changes_nothing();
                Ok(Ordered {
                    order,
                    client_secret: String::new(),
                    waits: false,
                })
            }
        }
    }

    /// Sees to it that an order which waits for its payer still buys something: the title is there and open where
    /// the payer is, and the account has it by no other order. By the clock nobody knows where the payer is; then
    /// the title is not over for everybody. An order that buys nothing is given up, and its payment with it.
    ///
    /// Fails with `CONTENT_NOT_FOUND`, and with the reason for which it could not be ordered either.
    pub(super) async fn still_sold(&self, ctx: &Ctx, order: &Order) -> Result<()> {
        let title = self.title(ctx, &order.content.to_string()).await?;
        let is_open = |title: &Title| match title.opening {
            Opening::Over => false,
            Opening::NotThere | Opening::NotYet(_) => ctx.whereabouts.country.is_none(),
            // The payer may look at it elsewhere.
            Opening::NotOn | Opening::Blackout(_) | Opening::Open { .. } => true,
        };
        let there = title.map(|(title, _)| title).filter(is_open);
        let series = there.as_ref().and_then(|title| title.series);
        let titles = [Some(order.content), series].into_iter().flatten();
        let open = orders::open(self.db.read(), ctx, order.user, titles).await?;
        let others: Vec<Order> = open.into_iter().filter(|it| it.id != order.id).collect();
        let refusal = match there {
            None => RightsReason::ContentNotFound.into(),
            Some(_) => match refused_by(ctx, &others, order.kind) {
                Some(refusal) => refusal,
                None => return Ok(()),
            },
        };
        let written = self
            .db
            .write(ctx, |tx| work(give_up(tx, ctx, order.clone())));
        if written.await? {
            self.unwanted.notify_one();
        }
        Err(refusal)
    }

    /// Returns the account that calls, if it acts for no child.
    pub(super) async fn grown_up(&self, ctx: &Ctx) -> Result<Id<User>> {
        let user = me(ctx)?;
        if self.audience.is_child(ctx).await? {
            return Err(UserReason::ProfileLocked.into());
        }
        Ok(user)
    }

    /// Finds a title that is shown, and its name.
    async fn title(&self, ctx: &Ctx, content: &str) -> Result<Option<(Title, String)>> {
        let request = BatchGetContentsRequest {
            ids: vec![content.to_owned()],
        };
        let answer = self
            .content
            .clone()
            .batch_get_contents(call(ctx, request))
            .await;
        let contents = answer.map_err(error)?.into_inner().contents;
        let now = ctx.now();
        let found = contents
            .into_iter()
            .find_map(|content| Some((Title::of(&content, ctx.whereabouts, now)?, content.title)));
        Ok(found.filter(|(title, _)| title.shown))
    }

    /// Finds a title and what it can be had for.
    async fn offered(&self, ctx: &Ctx, content: &str) -> Result<Offered> {
        let found = self.title(ctx, content).await?;
        let found = found.filter(|(title, _)| title.opening.is_open());
        let (title, name) = found.ok_or(RightsReason::ContentNotFound)?;
        let mut terms = self.terms(ctx, [&title].into_iter()).await?;
        let terms = terms.remove(&title.id).ok_or(CommonReason::Internal)?;
        // The price of a series buys the series, whichever of its episodes was asked for.
        if let Some(series) = title.series
            && self.is_rule_of(ctx, &terms, series).await?
        {
            let found = self.title(ctx, &series.to_string()).await?;
            let (title, name) = found.ok_or(RightsReason::ContentNotFound)?;
            return Ok(Offered { title, name, terms });
        }
        Ok(Offered { title, name, terms })
    }

    /// Says whether terms are those of the rule about a title itself.
    async fn is_rule_of(&self, ctx: &Ctx, terms: &Terms, title: Uuid) -> Result<bool> {
        let of_title = scope_of(title);
        let rules = rules::about(self.db.read(), ctx, [of_title.clone()]).await?;
        let rule = rules.get(&of_title).and_then(|rule| parse(&rule.id));
        Ok(rule.is_some() && rule == terms.rule.map(Id::uuid))
    }

    /// Says what is offered instead.
    async fn not_offered(&self, ctx: &Ctx, terms: &Terms, wish: Wish) -> Result<Error> {
        let on_sale = plans::on_sale(self.db.read(), ctx).await?;
        let refusal = match wish {
            Wish::Own => Error::from(RightsReason::NotForSale),
            Wish::Rent(_) if terms.rentals.is_empty() => Error::from(RightsReason::NotForRent),
            Wish::Rent(hours) => {
                Error::from(RightsReason::DurationNotOffered).with("hours", usual(hours))
            }
        };
        let offers = pb::Offers {
            offers: convert::offers(terms, &on_sale),
        };
        Ok(detailed(refusal, &offers))
    }

    /// Writes what is wanted before the provider hears of it.
    async fn intend_order(&self, ctx: &Ctx, wanted: &Order) -> Result<Next, IntendError> {
        let written = self.db.write(ctx, |tx| work(put_intent(tx, ctx, wanted)));
        let (next, given_up) = written.await?;
        if given_up {
            self.unwanted.notify_one();
        }
        Ok(next)
    }
}

/// Writes an intent; says, too, whether the job has to speak to the provider because of it.
async fn put_intent(tx: &Tx, ctx: &Ctx, wanted: &Order) -> Result<(Next, bool), IntendError> {
    orders::take_turn(tx, ctx, wanted.user).await?;
    let mut open = orders::lock_open(tx, ctx, wanted).await?;
    // Without what it has of its episodes.
    open.retain(|had| had.is_about(wanted));
    if let Some(repeated) = had(ctx, &open, wanted).map_err(IntendError::Refused)? {
        return Ok((Next::Have(repeated), false));
    }
    if is_series_asked(tx, ctx, &open, wanted).await? {
        return Err(IntendError::SeriesIsAsked);
    }
    let is_purchase = |kind: OrderKind| kind == OrderKind::Purchase;
    let mut given_up = false;
    let mut waits = None;
    for order in open
        .into_iter()
        .filter(|order| order.content == wanted.content)
    {
        let same_kind = is_purchase(order.kind) == is_purchase(wanted.kind);
        if order.status == OrderStatus::Paid && !same_kind {
            continue;
        }
        if order.status == OrderStatus::Paid {
            // A rental that is over: what runs was refused above.
            orders::update(tx, ctx, &order.into(OrderStatus::Ended)).await?;
            continue;
        }
        let payment = payments::newest(tx, ctx, PaidFor::Order(order.id)).await?;
        let payment = payment.filter(|payment| payment.status.is_open());
        let is_same = (order.kind, order.price) == (wanted.kind, wanted.price)
            && order.method == wanted.method;
        if let (true, Some(payment)) = (is_same, &payment) {
            waits = Some(payment.clone());
        } else if payment.is_some_and(|payment| payment.is_being_asked(ctx.now())) {
            // Given up for this one it would be charged, and given back; beside it one of the two might be.
            return Err(IntendError::Refused(CommonReason::Contended.into()));
        } else if same_kind {
            // Another offer or means.
            given_up |= give_up(tx, ctx, order).await?;
        }
    }
    let payment = match waits {
        Some(payment) => payment,
        None => request(tx, ctx, wanted).await?,
    };
    Ok((Next::Pay(payment), given_up))
}

/// Says whether a call is paying at this moment for the series of a wanted title, beside which that would not be sold.
async fn is_series_asked(
    tx: &Tx,
    ctx: &Ctx,
    open: &[Order],
    wanted: &Order,
) -> Result<bool, StoreError> {
    let of_series = open
        .iter()
        .filter(|order| order.status == OrderStatus::Pending && order.content != wanted.content);
    for order in of_series {
        let paid = order.clone().paid(ctx.now());
        if refused_by(ctx, slice::from_ref(&paid), wanted.kind).is_none() {
            continue;
        }
        let payment = payments::newest(tx, ctx, PaidFor::Order(order.id)).await?;
        if payment.is_some_and(|payment| payment.is_being_asked(ctx.now())) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Gives up an order that waits for its payment, which is cancelled at the provider. Returns whether the job
/// has to speak to the provider because of it.
pub(super) async fn give_up(tx: &Tx, ctx: &Ctx, order: Order) -> Result<bool, StoreError> {
    let superseded = order.clone().into(OrderStatus::Superseded);
    // Where another call was first, its payment is that call's affair.
    if !orders::update(tx, ctx, &superseded).await? {
        return Ok(false);
    }
    let given_up = payments::void_open(tx, ctx, PaidFor::Order(order.id)).await?;
    let act = act(Some(&order), &superseded).named("order.given_up");
    audit::record(tx, ctx, act).await?;
    Ok(given_up)
}

/// Says why an account that has these orders does not order the title in this way, too.
pub(super) fn refused_by(ctx: &Ctx, had: &[Order], kind: OrderKind) -> Option<Error> {
    let mut running = had.iter().filter(|order| order.gives_access(ctx.now()));
    if running
        .clone()
        .any(|order| order.kind == OrderKind::Purchase)
    {
        return Some(RightsReason::AlreadyOwned.into());
    }
    match (kind, running.find_map(Order::ends_at)) {
        (OrderKind::Rental(_), Some(end)) => {
            Some(Error::from(RightsReason::AlreadyRented).with("until", end))
        }
        _ => None,
    }
}

/// Finds an order that wants the same and was paid just now. Refuses where the title is had otherwise.
fn had(ctx: &Ctx, open: &[Order], wanted: &Order) -> Result<Option<Order>> {
    let running = open.iter().filter(|order| order.gives_access(ctx.now()));
    let same = |order: &&Order| order.content == wanted.content && order.kind == wanted.kind;
    let just_paid = |order: &&Order| order.paid_at.is_some_and(|at| at + REPETITION > ctx.now());
    if let Some(repeated) = running.filter(same).find(just_paid) {
        return Ok(Some(repeated.clone()));
    }
    refused_by(ctx, open, wanted.kind).map_or(Ok(None), Err)
}

/// Writes an order and its payment.
async fn request(tx: &Tx, ctx: &Ctx, wanted: &Order) -> Result<Payment, StoreError> {
    // Given up before and wanted again by the same call, it is another order.
    let new = Order {
        id: ctx.new_id(),
        ..wanted.clone()
    };
    orders::insert(tx, ctx, &new).await?;
    audit::record(tx, ctx, act(None, &new)).await?;
    let payment = Payment {
        id: ctx.new_id(),
        pays_for: PaidFor::Order(new.id),
        period: 1,
        amount: new.price.money(),
        worth: new.price.minor().into(),
        credit_change: 0,
        by_coupon: false,
        change_to: None,
        payer_present: true,
        method: new.method.clone(),
        status: PaymentStatus::Intended,
        provider_id: String::new(),
        created_at: ctx.now(),
        updated_at: ctx.now(),
    };
    payments::insert(tx, ctx, &payment).await?;
    let invoice = Invoice::of_title(&new.title, payment.amount.minor);
    invoices::insert(tx, ctx, &payment, new.user, &invoice.lines).await?;
    Ok(payment)
}

fn usual(hours: u32) -> u32 {
    if hours == 0 { USUAL_HOURS } else { hours }
}

/// Picks what is wanted of what is offered.
fn chosen(terms: &Terms, wish: Wish) -> Option<(OrderKind, crate::domain::Price)> {
    match wish {
        Wish::Own => Some((OrderKind::Purchase, terms.purchase?)),
        Wish::Rent(hours) => {
            let mut rentals = terms.rentals.iter();
            let rental = rentals.find(|rental| rental.hours == usual(hours))?;
            Some((OrderKind::Rental(rental.hours), rental.price))
        }
    }
}

/// Tells that an order was paid, or that its money goes back; nothing of what came to nothing (X-WH-1).
pub(super) async fn tell(tx: &Tx, ctx: &Ctx, after: &Order) -> Result<(), StoreError> {
    if !matches!(after.status, OrderStatus::Paid | OrderStatus::Refunded) {
        return Ok(());
    }
    let told = convert::order_changed(after, ctx.now());
    outbox::append_as(tx, ctx, after.id.to_string(), after.version, &told).await
}

/// Describes what was done to an order, for its audit record.
pub(super) fn act(old: Option<&Order>, new: &Order) -> audit::Act {
    let values = |order: &Order| {
        let (kind, hours) = match order.kind {
            OrderKind::Purchase => ("purchase", None),
            OrderKind::Rental(hours) => ("rental", Some(hours)),
        };
        serde_json::json!({
            "account": order.user.to_string(),
            "content": order.content.to_string(),
            "kind": kind,
            "hours": hours,
            "priceMinor": order.price.minor(),
            "currency": order.price.currency().to_string(),
            "status": order.status.name(),
            "paidAt": order.paid_at.map(|at| at.to_string()),
        })
    };
    let old = old.map_or(serde_json::Value::Null, values);
    audit::Act::on("order", new.id).changed(old, values(new))
}

/// Why no intent was written.
enum IntendError {
    Store(StoreError),
    /// The series of the title is being paid for.
    SeriesIsAsked,
    Refused(Error),
}

impl From<StoreError> for IntendError {
    fn from(failure: StoreError) -> Self {
        Self::Store(failure)
    }
}

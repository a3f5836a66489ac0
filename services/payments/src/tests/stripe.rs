//! Stripe, played by a server that looks at every request as Stripe does, and by stripe-mock where it is there.

use std::{
    collections::BTreeMap,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    time::Duration,
};

use aws_lc_rs::hmac;
use http::{Request, StatusCode};
use http_body_util::{BodyExt as _, Full};
use serde_json::{Value, json};
use sv_proto::payments::{self as pb, PaymentStatus};
use tonic::body::Body;
use tower::ServiceExt as _;

use super::{By, TestApp};
use crate::{Options, provider::StripeProvider, webhook::Webhook};

const SECRET_KEY: &str = "sk_test_123";
const ENDPOINT: &str = "whsec_test";

/// What the server has.
#[derive(Default)]
struct State {
    /// Requests with the same key are answered the same.
    answered: BTreeMap<String, (String, u16, Value)>,
    intents: BTreeMap<String, Value>,
    refunds: BTreeMap<String, Value>,
    customers: u32,
    /// Every POST, by its path.
    posts: Vec<String>,
    /// How many of the next requests fail with this status before anything is done.
    fail: (u32, u16),
    /// How many of the next answers to POSTs are lost after everything is done.
    lose: u32,
}

/// A Stripe of our own.
#[derive(Clone)]
pub(super) struct Played {
    pub(super) url: String,
    state: Arc<Mutex<State>>,
}

impl Played {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::<Mutex<State>>::default();
        let of = state.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let (connection, of) = (connection.unwrap(), of.clone());
                std::thread::spawn(move || serve(&connection, &of));
            }
        });
        Self { url, state }
    }

    fn with<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        work(&mut self.state.lock().unwrap())
    }

    /// Has no payments any more: the next app makes the same ids.
    fn forget(&self) {
        self.with(|state| *state = State::default());
    }

    fn intent_of(&self, payment: &str) -> Value {
        let of = |intent: &&Value| intent["metadata"]["payment_id"] == payment;
        self.with(|state| state.intents.values().find(of).cloned().unwrap_or_default())
    }

    fn posts_to(&self, path: &str) -> usize {
        self.with(|state| state.posts.iter().filter(|post| *post == path).count())
    }

    /// The payer acts.
    fn succeed(&self, intent: &str) {
        self.with(|state| state.intents.get_mut(intent).unwrap()["status"] = json!("succeeded"));
    }
}

/// Answers the requests of one connection.
fn serve(connection: &TcpStream, state: &Mutex<State>) {
    let mut reader = BufReader::new(connection);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 {
            return;
        }
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        let mut headers = BTreeMap::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).unwrap();
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                break;
            };
            headers.insert(name.to_ascii_lowercase(), value.to_owned());
        }
        let length = headers
            .get("content-length")
            .map_or(0, |n| n.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        let body = String::from_utf8(body).unwrap();
        let Some((status, replayed, answer)) =
            answer(&words, &headers, &body, &mut state.lock().unwrap())
        else {
            return;
        };
        let text = answer.to_string();
        let replayed = if replayed {
            "idempotent-replayed: true\r\n"
        } else {
            ""
        };
        let head = format!(
            "HTTP/1.1 {status} X\r\ncontent-type: application/json\r\n{replayed}content-length: {}\r\n\r\n",
            text.len()
        );
        let mut writer = connection;
        writer.write_all(head.as_bytes()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
}

/// Looks at a request and does what it asks for; `None` where the answer is lost.
fn answer(
    words: &[String],
    headers: &BTreeMap<String, String>,
    body: &str,
    state: &mut State,
) -> Option<(u16, bool, Value)> {
    assert_eq!(headers["authorization"], "Basic c2tfdGVzdF8xMjM6");
    let version = &headers["stripe-version"];
    assert!(
        version.len() >= 10 && version.as_bytes()[4] == b'-',
        "{version}"
    );
    let (method, target) = (words[0].as_str(), words[1].as_str());
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    if state.fail.0 > 0 {
        state.fail.0 -= 1;
        return Some((state.fail.1, false, json!({"error": {"type": "api_error"}})));
    }
    if method == "GET" {
        let (status, body) = read(path, &fields(query), state);
        return Some((status, false, body));
    }
    assert_eq!(method, "POST");
    assert_eq!(headers["content-type"], "application/x-www-form-urlencoded");
    state.posts.push(path.to_owned());
    let asked = format!("{path}?{body}");
    let key = headers.get("idempotency-key");
    if path.ends_with("/cancel") {
        assert_eq!(key, None);
    } else {
        assert!(key.is_some_and(|key| !key.is_empty() && key.len() <= 255));
    }
    if let Some((before, status, answer)) = key.and_then(|key| state.answered.get(key)) {
        assert_eq!(*before, asked, "a key is for one request");
        let again = (*status, true, answer.clone());
        if state.lose > 0 {
            state.lose -= 1;
            return None;
        }
        return Some(again);
    }
    let (status, answer) = write(path, &fields(body), state);
    if let Some(key) = key {
        let kept = (asked, status, answer.clone());
        state.answered.insert(key.clone(), kept);
    }
    if state.lose > 0 {
        state.lose -= 1;
        return None;
    }
    Some((status, false, answer))
}

fn fields(form: &str) -> BTreeMap<String, String> {
    let decode = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            bytes.push(match byte {
                b'+' => b' ',
                b'%' => {
                    let hex: String = rest.by_ref().take(2).map(char::from).collect();
                    u8::from_str_radix(&hex, 16).unwrap()
                }
                byte => byte,
            });
        }
        String::from_utf8(bytes).unwrap()
    };
    let pairs = form.split('&').filter_map(|pair| pair.split_once('='));
    pairs
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

fn missing(param: &str) -> (u16, Value) {
    let error =
        json!({"type": "invalid_request_error", "code": "resource_missing", "param": param});
    (404, json!({"error": error}))
}

fn read(path: &str, query: &BTreeMap<String, String>, state: &State) -> (u16, Value) {
    let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match parts[..] {
        ["payment_methods", "pm_none"] => missing("payment_method"),
        ["payment_methods", id] => (200, json!({"id": id})),
        ["payment_intents"] => {
            let customer = &query["customer"];
            let mine = state
                .intents
                .values()
                .filter(|one| one["customer"] == customer.as_str());
            (200, json!({"data": mine.collect::<Vec<_>>()}))
        }
        ["payment_intents", id] => (200, state.intents[id].clone()),
        ["refunds", id] => (200, state.refunds[id].clone()),
        _ => panic!("nobody asks for {path}"),
    }
}

fn write(path: &str, form: &BTreeMap<String, String>, state: &mut State) -> (u16, Value) {
    let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
    match parts[..] {
        ["customers"] => {
            assert!(form.contains_key("metadata[account_id]"));
            state.customers += 1;
            (200, json!({"id": format!("cus_{}", state.customers)}))
        }
        ["payment_intents"] => pay(form, state),
        ["payment_intents", id, "cancel"] => {
            let intent = state.intents.get_mut(id).unwrap();
            if intent["status"] == "succeeded" || intent["status"] == "canceled" {
                let error = json!({"type": "invalid_request_error", "code": "payment_intent_unexpected_state"});
                return (400, json!({"error": error}));
            }
            intent["status"] = json!("canceled");
            (200, intent.clone())
        }
        ["refunds"] => {
            let amount: i64 = form["amount"].parse().unwrap();
            let intent = &state.intents[&form["payment_intent"]];
            assert!(amount > 0 && amount <= intent["amount"].as_i64().unwrap());
            let id = format!("re_{}", state.refunds.len() + 1);
            let refund = json!({"id": id, "status": "pending", "amount": amount, "currency": "eur",
                "payment_intent": form["payment_intent"], "metadata": {"key": form["metadata[key]"]}});
            state.refunds.insert(id, refund.clone());
            (200, refund)
        }
        _ => panic!("nobody writes {path}"),
    }
}

fn pay(form: &BTreeMap<String, String>, state: &mut State) -> (u16, Value) {
    let amount: i64 = form["amount"].parse().unwrap();
    assert!(amount > 0);
    assert_eq!(
        (form["currency"].as_str(), form["confirm"].as_str()),
        ("eur", "true")
    );
    assert!(form["customer"].starts_with("cus_"));
    let off_session = form.get("off_session").map(String::as_str);
    let later = form.get("setup_future_usage").map(String::as_str);
    assert!(matches!(
        (off_session, later),
        (Some("true"), None) | (None, Some("off_session"))
    ));
    let status = match form["payment_method"].as_str() {
        "pm_none" => return missing("payment_method"),
        "pm_declined" => "requires_payment_method",
        "pm_action" => "requires_action",
        "pm_slow" => "processing",
        _ => "succeeded",
    };
    let id = format!("pi_{}", state.intents.len() + 1);
    let intent = json!({"id": id, "status": status, "amount": amount, "customer": form["customer"],
        "client_secret": format!("{id}_secret"), "metadata": {"payment_id": form["metadata[payment_id]"]}});
    state.intents.insert(id, intent.clone());
    if status == "requires_payment_method" {
        let error =
            json!({"type": "card_error", "code": "card_declined", "payment_intent": intent});
        return (402, json!({"error": error}));
    }
    (200, intent)
}

impl TestApp {
    async fn by_stripe(played: &Played) -> Vec<Self> {
        let options = Options {
            stripe_url: played.url.clone(),
            stripe_secret_key: SECRET_KEY.into(),
            ..Options::default()
        };
        let mut apps = Self::each(By::Nobody).await;
        for test in &mut apps {
            let env = &test.harness.env;
            let (clock, entropy) = (env.business_clock.clone(), env.entropy.clone());
            let provider = StripeProvider::new(&options, clock, entropy).unwrap();
            test.app = crate::app::App::new(&test.hosted, Arc::new(provider));
        }
        apps
    }

    /// Charges past the stack: the service in it has no provider.
    async fn pay(&self, bill: &pb::Bill) -> (crate::domain::Payment, String) {
        let bill = crate::convert::bill(Some(bill.clone())).unwrap();
        self.app
            .charge(&self.background, &bill, None)
            .await
            .unwrap()
    }

    async fn standing(&self, id: &str) -> PaymentStatus {
        let id = id.parse().unwrap();
        let (payment, _) = self.app.get(&self.background, id).await.unwrap();
        crate::convert::payment(&payment).status()
    }

    /// Sends an event as Stripe does.
    async fn event(&self, id: &str, kind: &str, object: &Value, secret: &str) -> StatusCode {
        let body = json!({"id": id, "type": kind, "data": {"object": object}}).to_string();
        let at = self.harness.env.clock.now().secs();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        let tag = hmac::sign(&key, format!("{at}.{body}").as_bytes());
        let tag = hex::encode(tag);
        let request = Request::post("/payments/stripe/webhook")
            .header("stripe-signature", format!("t={at},v1={tag}"))
            .body(Body::new(Full::from(body)))
            .unwrap();
        self.deliver(request).await
    }

    async fn deliver(&self, request: Request<Body>) -> StatusCode {
        let (ctx, clock) = (self.background.clone(), self.harness.env.clock.clone());
        let webhook = Webhook::new(
            self.app.clone(),
            ctx,
            clock,
            &format!("whsec_old, {ENDPOINT}"),
        );
        let answer = webhook.service().oneshot(request).await.unwrap();
        let refused = answer
            .headers()
            .get("grpc-status")
            .is_some_and(|code| code != "0");
        let status = if refused {
            StatusCode::BAD_REQUEST
        } else {
            answer.status()
        };
        drop(answer.into_body().collect().await);
        status
    }
}

#[tokio::test]
async fn a_payment_is_made_confirmed_and_known_by_its_customer() {
    let played = Played::start();
    for test in TestApp::by_stripe(&played).await {
        played.forget();
        let bill = test.bill("pm_ok");
        let (paid, secret) = test.pay(&bill).await;
        assert_eq!(
            (crate::convert::payment(&paid).status(), secret.as_str()),
            (PaymentStatus::Confirmed, "")
        );
        assert_eq!(
            played.intent_of(&bill.payment_id)["id"],
            paid.provider_id.as_str()
        );
        // The account is the same customer the next time, and is not asked where it is not there.
        let next = pb::Bill {
            account_id: bill.account_id.clone(),
            off_session: true,
            ..test.bill("pm_ok")
        };
        let customers = played.posts_to("/v1/customers");
        test.pay(&next).await;
        assert_eq!(played.posts_to("/v1/customers"), customers);
        let [one, other] = [&bill, &next].map(|bill| played.intent_of(&bill.payment_id));
        assert_eq!(one["customer"], other["customer"]);

        let declined = test.bill("pm_declined");
        let (payment, _) = test.pay(&declined).await;
        assert_eq!(
            crate::convert::payment(&payment).status(),
            PaymentStatus::Declined
        );
        let (payment, _) = test.pay(&test.bill("pm_none")).await;
        assert_eq!(
            crate::convert::payment(&payment).status(),
            PaymentStatus::Declined
        );
        for (method, known) in [
            ("pm_ok", true),
            ("pm_none", false),
            ("", false),
            ("../x", false),
        ] {
            assert_eq!(
                test.app.knows(method).await.unwrap(),
                (true, known),
                "{method}"
            );
        }
    }
}

#[tokio::test]
async fn what_is_busy_broken_or_lost_is_asked_again_and_charged_once() {
    let played = Played::start();
    for test in TestApp::by_stripe(&played).await {
        played.forget();
        for status in [429, 500, 503] {
            let bill = test.bill("pm_ok");
            played.with(|state| state.fail = (3, status));
            let (paid, _) = test.pay(&bill).await;
            assert_eq!(
                crate::convert::payment(&paid).status(),
                PaymentStatus::Confirmed,
                "{status}"
            );
        }
        // The answer is lost after the charge: the same key is answered the same.
        let bill = test.bill("pm_ok");
        let before = played.with(|state| state.intents.len());
        test.pay(&pb::Bill {
            account_id: bill.account_id.clone(),
            ..test.bill("pm_ok")
        })
        .await;
        played.with(|state| state.lose = 2);
        let (paid, _) = test.pay(&bill).await;
        assert_eq!(
            crate::convert::payment(&paid).status(),
            PaymentStatus::Confirmed
        );
        assert_eq!(played.with(|state| state.intents.len()), before + 2);
        // Down for longer, it stays intended, and is found by its customer when keys are forgotten.
        let bill = pb::Bill {
            account_id: bill.account_id.clone(),
            ..test.bill("pm_ok")
        };
        played.with(|state| state.lose = 4);
        let (open, _) = test.pay(&bill).await;
        assert_eq!(
            crate::convert::payment(&open).status(),
            PaymentStatus::Intended
        );
        played.with(|state| state.answered.clear());
        test.harness.clock.advance(Duration::from_hours(25));
        let made = played.with(|state| state.intents.len());
        test.app.settle_due(&test.background).await.unwrap();
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::Confirmed
        );
        assert_eq!(
            played.with(|state| state.intents.len()),
            made,
            "not a second time"
        );
    }
}

#[tokio::test]
async fn a_payer_acts_and_what_nobody_wants_is_cancelled_or_given_back() {
    let played = Played::start();
    for test in TestApp::by_stripe(&played).await {
        played.forget();
        let bill = test.bill("pm_action");
        let (waits, secret) = test.pay(&bill).await;
        assert_eq!(
            crate::convert::payment(&waits).status(),
            PaymentStatus::ActionNeeded
        );
        assert_eq!(secret, format!("{}_secret", waits.provider_id));
        played.succeed(&waits.provider_id);
        let asked = crate::convert::bill(Some(bill.clone())).unwrap();
        let (paid, _) = test
            .app
            .charge(&test.background, &asked, Some(""))
            .await
            .unwrap();
        assert_eq!(
            crate::convert::payment(&paid).status(),
            PaymentStatus::Confirmed
        );

        let unwanted = test.bill("pm_action");
        let (unwanted, _) = test.pay(&unwanted).await;
        let cancelled = test
            .app
            .cancel(&test.background, unwanted.id)
            .await
            .unwrap();
        assert_eq!(
            crate::convert::payment(&cancelled).status(),
            PaymentStatus::Cancelled
        );
        // One that was paid meanwhile is told as paid.
        let (late, _) = test.pay(&test.bill("pm_action")).await;
        played.succeed(&late.provider_id);
        let late = test.app.cancel(&test.background, late.id).await.unwrap();
        assert_eq!(
            crate::convert::payment(&late).status(),
            PaymentStatus::Confirmed
        );

        let back = test.app.refund(&test.background, &asked, "").await.unwrap();
        assert_eq!(
            crate::convert::payment(&back).status(),
            PaymentStatus::Refunding
        );
        let refund = played.with(|state| {
            let refund = state.refunds.values_mut().next_back().unwrap();
            refund["status"] = json!("succeeded");
            refund.clone()
        });
        // It is told by the event, and asked for by the job: both are the same refund.
        let told = test
            .event("evt_back", "refund.updated", &refund, ENDPOINT)
            .await;
        assert_eq!(told, StatusCode::OK);
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::Refunded
        );
        test.app.settle_due(&test.background).await.unwrap();
        let (payment, _) = test.app.get(&test.background, paid.id).await.unwrap();
        assert_eq!((payment.refunded(), payment.transactions.len()), (799, 2));
    }
}

#[tokio::test]
async fn events_have_their_effect_once_in_any_order_and_only_when_signed() {
    let played = Played::start();
    for test in TestApp::by_stripe(&played).await {
        played.forget();
        let bill = test.bill("pm_slow");
        let (slow, _) = test.pay(&bill).await;
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::Processing
        );
        let intent = played.intent_of(&bill.payment_id);
        let forged = test
            .event("evt_1", "payment_intent.succeeded", &intent, "whsec_other")
            .await;
        assert_eq!(forged, StatusCode::BAD_REQUEST);
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::Processing
        );
        let id = |n: u32| format!("evt_{}_{n}", bill.payment_id);
        for _ in 0..2 {
            let told = test
                .event(&id(1), "payment_intent.succeeded", &intent, ENDPOINT)
                .await;
            assert_eq!(told, StatusCode::OK);
            assert_eq!(
                test.standing(&bill.payment_id).await,
                PaymentStatus::Confirmed
            );
        }
        // What comes late is outlasted; a bank that takes money back is not.
        test.event(&id(2), "payment_intent.payment_failed", &intent, ENDPOINT)
            .await;
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::Confirmed
        );
        let dispute = json!({"id": format!("dp_{}", bill.payment_id), "payment_intent": slow.provider_id, "amount": 799,
            "currency": "eur", "status": "needs_response"});
        test.event(&id(3), "charge.dispute.created", &dispute, ENDPOINT)
            .await;
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::ChargedBack
        );
        // Of others' payments nothing is known, and that is no fault.
        let foreign = json!({"id": "pi_foreign", "metadata": {}});
        let told = test
            .event(&id(4), "payment_intent.succeeded", &foreign, ENDPOINT)
            .await;
        assert_eq!(told, StatusCode::OK);
        let told = test
            .event(&id(5), "customer.created", &json!({}), "whsec_old")
            .await;
        assert_eq!(told, StatusCode::OK);
        for (body, header) in [(&b"{}"[..], ""), (b"{}", "t=1,v1=00"), (b"\xff", "v1=x")] {
            let request = Request::post("/payments/stripe/webhook")
                .header("stripe-signature", header)
                .body(Body::new(Full::from(body)))
                .unwrap();
            assert_eq!(test.deliver(request).await, StatusCode::BAD_REQUEST);
        }
        // They are remembered for a while, and then forgotten.
        let at = |days: u64| test.background.now() + Duration::from_hours(24 * days);
        assert_eq!(
            test.app
                .forget_events(&test.background, test.background.now())
                .await
                .unwrap(),
            0
        );
        assert_eq!(
            test.app
                .forget_events(&test.background, at(1))
                .await
                .unwrap(),
            3
        );
    }
}

/// Stripe's own stand-in takes what is sent: forms, names, types. `scripts/test-stack` starts it.
#[cfg(feature = "test-stripe")]
#[tokio::test]
async fn stripe_mock_takes_every_request() {
    #[expect(
        clippy::disallowed_methods,
        reason = "where the stand-in is, the script says"
    )]
    let url = std::env::var("STRIPE_API_BASE").expect("STRIPE_API_BASE: where stripe-mock is");
    let played = Played {
        url,
        state: Arc::default(),
    };
    for test in TestApp::by_stripe(&played).await {
        played.forget();
        assert_eq!(test.app.knows("pm_card_visa").await.unwrap(), (true, true));
        for off_session in [false, true] {
            let bill = pb::Bill {
                off_session,
                ..test.bill("pm_card_visa")
            };
            let (payment, _) = test.pay(&bill).await;
            // It answers with examples, and keeps nothing: that an intent came back is what there is to see.
            assert!(payment.provider_id.starts_with("pi_"), "{payment:?}");
            assert!(payment.payer.starts_with("cus_"));
            drop(test.app.cancel(&test.background, payment.id).await.unwrap());
        }
        let refunded = test.refund_at_stripe().await;
        assert!(refunded.starts_with("re_"), "{refunded}");
    }
}

#[cfg(feature = "test-stripe")]
impl TestApp {
    /// Gives a payment back that Stripe is said to have charged; returns Stripe's name of the refund.
    async fn refund_at_stripe(&self) -> String {
        let bill = crate::convert::bill(Some(self.bill("pm_card_visa"))).unwrap();
        let back = self
            .app
            .refund(&self.background, &bill, "pi_1")
            .await
            .unwrap();
        back.our_refund().unwrap().provider_id.clone()
    }
}

#[tokio::test]
async fn no_event_moves_more_than_was_paid_or_another_currency() {
    let played = Played::start();
    for test in TestApp::by_stripe(&played).await {
        played.forget();
        let bill = test.bill("pm_card");
        let (paid, _) = test.pay(&bill).await;
        let refund = |id: &str, amount: i64, currency: &str| {
            json!({"id": id, "payment_intent": paid.provider_id, "amount": amount, "currency": currency,
                "status": "succeeded"})
        };
        for (n, (amount, currency)) in [
            (i64::MAX, "eur"),
            (800, "eur"),
            (0, "eur"),
            (-799, "eur"),
            (799, "usd"),
        ]
        .into_iter()
        .enumerate()
        {
            let object = refund(&format!("re_{n}"), amount, currency);
            let told = test
                .event(&format!("evt_{n}"), "refund.updated", &object, ENDPOINT)
                .await;
            assert_eq!(
                told,
                StatusCode::OK,
                "nothing is mended by telling it again"
            );
            assert_eq!(
                test.standing(&bill.payment_id).await,
                PaymentStatus::Confirmed
            );
        }
        let (payment, _) = test.app.get(&test.background, paid.id).await.unwrap();
        assert_eq!((payment.refunded(), payment.transactions.len()), (0, 1));
        // A bank that takes more, or in its own currency, has taken this payment back.
        let dispute = json!({"id": "dp_1", "payment_intent": paid.provider_id, "amount": 900, "currency": "usd",
            "status": "needs_response"});
        test.event("evt_dp", "charge.dispute.created", &dispute, ENDPOINT)
            .await;
        assert_eq!(
            test.standing(&bill.payment_id).await,
            PaymentStatus::ChargedBack
        );
        let (payment, _) = test.app.get(&test.background, paid.id).await.unwrap();
        assert_eq!(payment.transactions[1].minor, 799);
    }
}

//! Fakes of what rights calls.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sv_handlers::{
    content::FakeContentService, livetv::FakeLiveTvService, payments::FakePaymentService,
    users::FakeUserService,
};
use sv_kernel::Error;
use sv_proto::{
    content::{
        BatchGetContentsResponse, Content, ContentStatus, ContentType, EpisodeDetails,
        EpisodeSeries, Monetization, content::Details,
    },
    livetv::{BatchGetChannelsResponse, Channel},
    payments::{
        Bill, CancelResponse, ChargeResponse, CheckMethodResponse, ConfirmResponse, Payment,
        PaymentReason, PaymentStatus, RefundResponse,
    },
    users::{GetUserResponse, Profile, ResolveProfileResponse, UserReason, UserStatus},
};
use tokio::sync::watch;

/// Published, by subscription, rated R.
pub(super) const FILM: &str = "01900000-0000-7000-8000-000000000001";
/// Published, by subscription, rated G.
pub(super) const CARTOON: &str = "01900000-0000-7000-8000-000000000002";
/// Not published.
pub(super) const DRAFT: &str = "01900000-0000-7000-8000-000000000003";
/// Published, to be bought, rated R.
pub(super) const PAID_FILM: &str = "01900000-0000-7000-8000-000000000004";
/// A published series, to be bought, rated G.
pub(super) const SHOW: &str = "01900000-0000-7000-8000-000000000005";
/// An episode of it.
pub(super) const PILOT: &str = "01900000-0000-7000-8000-000000000006";
/// Published, free, rated R.
pub(super) const FREE_FILM: &str = "01900000-0000-7000-8000-000000000007";
/// A published channel, by subscription, for children.
pub(super) const CHANNEL: &str = "01900000-0000-7000-8000-0000000000cc";
/// A profile for children.
pub(super) const KID: &str = "01900000-0000-7000-8000-0000000000ff";

/// A profile of another account.
pub(super) const STRANGER: &str = "01900000-0000-7000-8000-0000000000fe";

/// What the ids of published titles begin with that say themselves what they are.
const MATRIX: &str = "01900000-0000-7000-9000-";

/// Names a published film: its monetization is 0 for subscriptions, 1 for free, 2 for sale.
pub(super) fn matrix_title(number: u32, monetization: u32, for_children: bool) -> String {
    format!(
        "{MATRIX}{number:010}{monetization}{}",
        u8::from(for_children)
    )
}

fn title(id: &str) -> Option<Content> {
    use ContentStatus::{Draft, Published};
    use ContentType::{Episode, Movie, Series};
    use Monetization::{Avod, Svod, Tvod};
    let (kind, rating, status, monetization) = match id {
        FILM => (Movie, "R", Published, Svod),
        CARTOON => (Movie, "G", Published, Svod),
        DRAFT => (Movie, "G", Draft, Svod),
        PAID_FILM => (Movie, "R", Published, Tvod),
        SHOW => (Series, "G", Published, Tvod),
        PILOT => (Episode, "G", Published, Tvod),
        FREE_FILM => (Movie, "R", Published, Avod),
        id => {
            let digits: Vec<char> = id.strip_prefix(MATRIX)?.chars().collect();
            let rating = if digits[11] == '1' { "G" } else { "R" };
            let monetization = match digits[10] {
                '1' => Avod,
                '2' => Tvod,
                _ => Svod,
            };
            (Movie, rating, Published, monetization)
        }
    };
    let details = (id == PILOT).then(|| {
        Details::Episode(EpisodeDetails {
            series_id: SHOW.to_owned(),
            series: Some(EpisodeSeries {
                status: Published.into(),
                maturity_rating: "G".to_owned(),
                ..EpisodeSeries::default()
            }),
            ..EpisodeDetails::default()
        })
    });
    Some(Content {
        id: id.to_owned(),
        r#type: kind.into(),
        title: format!("Title {}", &id[id.len() - 1..]),
        maturity_rating: rating.to_owned(),
        status: status.into(),
        monetization: monetization.into(),
        details,
        ..Content::default()
    })
}

/// Titles that were deleted.
pub(super) type Withdrawn = Arc<Mutex<Vec<String>>>;

/// Knows these titles.
pub(super) fn catalogue(withdrawn: Withdrawn) -> FakeContentService {
    FakeContentService::new().on_batch_get_contents(move |_, request| {
        let gone = withdrawn.lock().unwrap().clone();
        async move {
            let ids = request.ids.iter().filter(|id| !gone.contains(id));
            let contents = ids.filter_map(|id| title(id)).collect();
            Ok(BatchGetContentsResponse { contents })
        }
    })
}

/// Knows one channel, for subscribers and children.
pub(super) fn channels() -> FakeLiveTvService {
    FakeLiveTvService::new().on_batch_get_channels(|_, request| async move {
        let known = |id: &String| {
            let mut channel = Channel {
                id: id.clone(),
                maturity_rating: "TV-Y".into(),
                ..Channel::default()
            };
            channel.set_status(ContentStatus::Published);
            (id == CHANNEL).then_some(channel)
        };
        let channels = request.ids.iter().filter_map(known).collect();
        Ok(BatchGetChannelsResponse { channels })
    })
}

/// Accounts that are not as usual, by their ids: blocked, or gone (`None`).
pub(super) type Accounts = Arc<Mutex<BTreeMap<String, Option<UserStatus>>>>;

/// Knows that one profile is a child's, and one of nobody here.
pub(super) fn households(accounts: Accounts) -> FakeUserService {
    let users = FakeUserService::new().on_resolve_profile(|_, request| async move {
        if request.profile_id == STRANGER {
            return Err(UserReason::ProfileNotFound.into());
        }
        let profile = Some(Profile {
            is_kids: request.profile_id == KID,
            ..Profile::default()
        });
        Ok(ResolveProfileResponse { profile })
    });
    users.on_get_user(move |_, request| {
        let known = accounts.lock().unwrap().get(&request.id).copied();
        async move {
            let status = known.unwrap_or(Some(UserStatus::Active));
            Ok(GetUserResponse {
                user: None,
                status: status.ok_or(UserReason::UserNotFound)?.into(),
            })
        }
    })
}

/// Payments with books, which can be made to lose answers and to hold charges.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    /// How many of the next charges lose their answer.
    pub(super) lose: Arc<AtomicUsize>,
    /// How many charges were asked for.
    pub(super) asked: Arc<AtomicUsize>,
    /// While set, charges wait before the provider hears of them.
    pub(super) hold: Arc<watch::Sender<bool>>,
    /// While set, every charge fails before the provider hears of it.
    pub(super) down: Arc<AtomicBool>,
    /// Set where nobody takes payments.
    pub(super) off: Arc<AtomicBool>,
    books: Arc<Mutex<BTreeMap<String, Entry>>>,
    /// What each payment asks for, in minor units.
    amounts: Arc<Mutex<BTreeMap<String, i64>>>,
}

/// What is known of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Waiting,
    /// Nobody has to act, and nothing is decided.
    Processing,
    Charged,
    Declined,
    Cancelled,
    Refunded,
}

impl Faults {
    /// Counts payments by what became of them.
    pub(super) fn count(&self, of: Entry) -> usize {
        self.books().values().filter(|entry| **entry == of).count()
    }

    /// Counts the payments that the provider has heard of.
    pub(super) fn books_len(&self) -> usize {
        self.books().len()
    }

    /// Adds up what was asked for by payments of which this became.
    pub(super) fn sum(&self, of: Entry) -> i64 {
        let amounts = self.amounts.lock().unwrap();
        let books = self.books();
        let those = books.iter().filter(|(_, entry)| **entry == of);
        those.map(|(id, _)| amounts[id]).sum()
    }

    /// The payer acts on everything that waits for them, and the provider charges.
    pub(super) fn payers_act(&self) {
        for entry in self.books().values_mut() {
            if *entry == Entry::Waiting {
                *entry = Entry::Charged;
            }
        }
    }

    /// Writes what has become of every payment of a kind, and returns them as payments tells of them.
    pub(super) fn become_of(&self, was: Entry, is: Entry) -> Vec<Payment> {
        let mut books = self.books();
        let changed = books.iter_mut().filter(|(_, entry)| **entry == was);
        let told = changed.map(|(id, entry)| {
            *entry = is;
            stands(id, Some(is))
        });
        told.collect()
    }

    fn books(&self) -> MutexGuard<'_, BTreeMap<String, Entry>> {
        self.books.lock().unwrap()
    }

    async fn charge(&self, bill: Bill) -> ChargeResponse {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut held = self.hold.subscribe();
        held.wait_for(|held| !held).await.unwrap();
        let id = bill.payment_id;
        let asked = bill.amount_minor.into();
        assert!(asked > 0, "nothing is asked for where nothing is to pay");
        let before = self.amounts.lock().unwrap().insert(id.clone(), asked);
        assert!(
            before.is_none_or(|before| before == asked),
            "once asked, it stays"
        );
        if self.down.load(Ordering::SeqCst) {
            return answer(&id, None);
        }
        let first = match &*bill.payment_method {
            "test_declined" => Entry::Declined,
            "test_action" => Entry::Waiting,
            "test_late" => Entry::Processing,
            _ => Entry::Charged,
        };
        let entry = *self.books().entry(id.clone()).or_insert(first);
        let lost = self
            .lose
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        answer(&id, lost.is_err().then_some(entry))
    }

    fn confirm(&self, id: &str, client_secret: &str) -> ChargeResponse {
        let mut books = self.books();
        let entry = books.get_mut(id).unwrap();
        if *entry == Entry::Waiting && client_secret == secret(id) {
            *entry = Entry::Charged;
        }
        answer(id, Some(*entry))
    }

    fn cancel(&self, id: &str) -> Result<Payment, Error> {
        let mut books = self.books();
        let entry = books.get_mut(id).ok_or(PaymentReason::PaymentNotFound)?;
        if *entry != Entry::Charged {
            *entry = Entry::Cancelled;
        }
        Ok(stands(id, Some(*entry)))
    }

    fn refund(&self, id: &str) -> Result<Payment, Error> {
        match self.books().get_mut(id) {
            Some(entry @ (Entry::Charged | Entry::Refunded)) => *entry = Entry::Refunded,
            _ => return Err(PaymentReason::NotCharged.into()),
        }
        Ok(stands(id, Some(Entry::Refunded)))
    }

    /// Takes payments as the service does that others call.
    pub(super) fn payments(&self) -> FakePaymentService {
        let [checks, charges, confirms, cancels, refunds] = [(); 5].map(|()| self.clone());
        FakePaymentService::new()
            .on_check_method(move |_, request| {
                let takes_payments = !checks.off.load(Ordering::SeqCst);
                let known = ["", "test_ok", "test_declined", "test_action", "test_late"]
                    .contains(&&*request.payment_method);
                async move {
                    Ok(CheckMethodResponse {
                        takes_payments,
                        known: takes_payments && known,
                    })
                }
            })
            .on_charge(move |_, request| {
                let charges = charges.clone();
                async move { Ok(charges.charge(request.bill.unwrap()).await) }
            })
            .on_confirm(move |_, request| {
                let id = request.bill.unwrap().payment_id;
                let ChargeResponse {
                    payment,
                    client_secret,
                } = confirms.confirm(&id, &request.client_secret);
                async move {
                    Ok(ConfirmResponse {
                        payment,
                        client_secret,
                    })
                }
            })
            .on_cancel(move |_, request| {
                let cancelled = cancels.cancel(&request.payment_id);
                async move {
                    Ok(CancelResponse {
                        payment: Some(cancelled?),
                    })
                }
            })
            .on_refund(move |_, request| {
                let refunded = refunds.refund(&request.bill.unwrap().payment_id);
                async move {
                    Ok(RefundResponse {
                        payment: Some(refunded?),
                    })
                }
            })
    }
}

fn secret(id: &str) -> String {
    format!("secret_{id}")
}

/// Says how a payment stands; `None` is not known.
fn stands(id: &str, entry: Option<Entry>) -> Payment {
    let status = match entry {
        None => PaymentStatus::Intended,
        Some(Entry::Waiting) => PaymentStatus::ActionNeeded,
        Some(Entry::Processing) => PaymentStatus::Processing,
        Some(Entry::Charged) => PaymentStatus::Confirmed,
        Some(Entry::Declined) => PaymentStatus::Declined,
        Some(Entry::Cancelled) => PaymentStatus::Cancelled,
        Some(Entry::Refunded) => PaymentStatus::Refunded,
    };
    Payment {
        id: id.to_owned(),
        status: status.into(),
        provider_id: format!("book_{id}"),
        ..Payment::default()
    }
}

fn answer(id: &str, entry: Option<Entry>) -> ChargeResponse {
    ChargeResponse {
        payment: Some(stands(id, entry)),
        client_secret: if entry == Some(Entry::Waiting) {
            secret(id)
        } else {
            String::new()
        },
    }
}

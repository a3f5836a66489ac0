//! Fakes of what rights calls.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sv_handlers::{content::FakeContentService, livetv::FakeLiveTvService, users::FakeUserService};
use sv_kernel::{BoxError, Id};
use sv_proto::{
    content::{
        BatchGetContentsResponse, Content, ContentStatus, ContentType, EpisodeDetails,
        EpisodeSeries, Monetization, content::Details,
    },
    livetv::{BatchGetChannelsResponse, Channel},
    users::{GetUserResponse, Profile, ResolveProfileResponse, UserReason, UserStatus},
};
use tokio::sync::watch;
use tonic::async_trait;

use crate::payments::{
    Cancellation, Charge, ChargeOutcome, Payment, PaymentMethod, PaymentProvider, TestProvider,
};

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

/// A provider with books, which can be made to lose answers and to hold charges.
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
    books: Arc<Mutex<BTreeMap<Id<Payment>, Entry>>>,
}

/// What the provider knows of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Waiting,
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

    /// The payer acts on everything that waits for them, and the provider charges.
    pub(super) fn payers_act(&self) {
        for entry in self.books().values_mut() {
            if *entry == Entry::Waiting {
                *entry = Entry::Charged;
            }
        }
    }

    fn books(&self) -> MutexGuard<'_, BTreeMap<Id<Payment>, Entry>> {
        self.books.lock().unwrap()
    }

    fn charge_of(payment: &Payment, entry: Entry) -> Charge {
        Charge {
            provider_id: format!("book_{}", payment.id),
            outcome: match entry {
                Entry::Charged => ChargeOutcome::Confirmed,
                Entry::Waiting => ChargeOutcome::ActionNeeded {
                    client_secret: format!("secret_{}", payment.id),
                },
                Entry::Declined | Entry::Cancelled | Entry::Refunded => ChargeOutcome::Declined,
            },
        }
    }
}

#[async_trait]
impl PaymentProvider for Faults {
    async fn knows(&self, method: &PaymentMethod) -> Result<bool, BoxError> {
        TestProvider.knows(method).await
    }

    async fn charge(&self, payment: &Payment) -> Result<Charge, BoxError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut held = self.hold.subscribe();
        held.wait_for(|held| !held).await?;
        if self.down.load(Ordering::SeqCst) {
            return Err("no connection to the provider".into());
        }
        let first = match payment.method.as_str() {
            "test_declined" => Entry::Declined,
            "test_action" => Entry::Waiting,
            _ => Entry::Charged,
        };
        let entry = *self.books().entry(payment.id).or_insert(first);
        let lost = self
            .lose
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
        if lost.is_ok() {
            return Err("the connection broke after the charge".into());
        }
        Ok(Self::charge_of(payment, entry))
    }

    async fn confirm(&self, payment: &Payment, client_secret: &str) -> Result<Charge, BoxError> {
        let mut books = self.books();
        let entry = books.get_mut(&payment.id).ok_or("never heard of it")?;
        if *entry == Entry::Waiting && client_secret == format!("secret_{}", payment.id) {
            *entry = Entry::Charged;
        }
        Ok(Self::charge_of(payment, *entry))
    }

    async fn cancel(&self, payment: &Payment) -> Result<Cancellation, BoxError> {
        let mut books = self.books();
        let Some(entry) = books.get_mut(&payment.id) else {
            return Ok(Cancellation::Unknown);
        };
        if *entry == Entry::Charged {
            return Ok(Cancellation::Charged);
        }
        *entry = Entry::Cancelled;
        Ok(Cancellation::Cancelled)
    }

    async fn refund(&self, payment: &Payment) -> Result<(), BoxError> {
        match self.books().get_mut(&payment.id) {
            Some(entry @ (Entry::Charged | Entry::Refunded)) => *entry = Entry::Refunded,
            other => return Err(format!("nothing to refund: {other:?}").into()),
        }
        Ok(())
    }
}

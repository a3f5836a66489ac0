//! Taking up what content and live television tell (SRCH-4, C20).

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use sv_boot::{ServiceContext, Task};
use sv_kernel::{BoxError, Event as _, Tenant, causes};
use sv_ports::{
    ConsumerOptions, Delivery, HandleError, Handler, PortError, Position, Record, Topic,
    index::{Change, Document},
};
use sv_proto::{
    content::{Collection, CollectionChanged, Content, ContentChanged, ContentStatus},
    livetv::{AiringChanged, Channel, ChannelChanged},
    titles,
};
use sv_store::{StoreError, Told};

use crate::{
    app::App,
    convert::{self, entry, kind_name},
    domain::Entry,
};

/// The group of consumers that keeps the index.
pub(crate) const GROUP: &str = "search";

/// What search listens to.
pub(crate) fn topics() -> Vec<Topic> {
    vec![
        Topic::of::<ContentChanged>(),
        Topic::of::<CollectionChanged>(),
        Topic::of::<ChannelChanged>(),
        Topic::of::<AiringChanged>(),
    ]
}

/// Reads what an event changes.
pub(crate) fn changes(record: &Record) -> Result<Vec<Change>, HandleError> {
    let tenant = &record.tenant;
    let changes = match &*record.topic {
        ContentChanged::TOPIC => {
            let told = Told::<ContentChanged>::read(record)?;
            let content = told.event.and_then(|event| event.content);
            change_to(tenant, &told.key, told.version, content).map(|change| vec![change])
        }
        CollectionChanged::TOPIC => {
            let told = Told::<CollectionChanged>::read(record)?;
            let collection = told.event.and_then(|event| event.collection);
            collection_change(tenant, &told.key, told.version, collection)
                .map(|change| vec![change])
        }
        ChannelChanged::TOPIC => {
            let told = Told::<ChannelChanged>::read(record)?;
            let channel = told.event.and_then(|event| event.channel);
            channel_change(tenant, &told.key, told.version, channel).map(|change| vec![change])
        }
        AiringChanged::TOPIC => {
            let told = Told::<AiringChanged>::read(record)?;
            airing_changes(tenant, &told.key, told.version, told.event)
        }
        other => Err(format!("nothing is known of the topic {other}").into()),
    };
    changes.map_err(HandleError::poison)
}

/// Says what a title's state means for the index: only what viewers see can be found.
pub(crate) fn change_to(
    tenant: &Tenant,
    id: &str,
    version: i64,
    content: Option<Content>,
) -> Result<Change, BoxError> {
    let content = content.filter(titles::is_shown);
    if let Some(content) = &content
        && content.id != id
    {
        return Err(format!("the state of {id} carries {}", content.id).into());
    }
    change(tenant, id, version, content.map(entry))
}

/// Says the same of a collection's state. Whether a viewer sees it is asked when it is found.
pub(crate) fn collection_change(
    tenant: &Tenant,
    id: &str,
    version: i64,
    collection: Option<Collection>,
) -> Result<Change, BoxError> {
    let shown = collection.filter(|collection| collection.status() == ContentStatus::Published);
    if let Some(collection) = &shown
        && collection.id != id
    {
        return Err(format!("the state of {id} carries {}", collection.id).into());
    }
    change(tenant, id, version, shown.map(convert::collection))
}

/// Says the same of a channel's state.
pub(crate) fn channel_change(
    tenant: &Tenant,
    id: &str,
    version: i64,
    channel: Option<Channel>,
) -> Result<Change, BoxError> {
    let shown = channel.filter(|channel| channel.status() == ContentStatus::Published);
    if let Some(channel) = &shown
        && channel.id != id
    {
        return Err(format!("the state of {id} carries {}", channel.id).into());
    }
    change(tenant, id, version, shown.map(convert::channel))
}

/// Says what it means that a channel shows something else: it has two places in the index, one for what runs and
/// one for what comes next.
pub(crate) fn airing_changes(
    tenant: &Tenant,
    id: &str,
    version: i64,
    airing: Option<AiringChanged>,
) -> Result<Vec<Change>, BoxError> {
    let AiringChanged {
        channel, now, next, ..
    } = airing.unwrap_or_default();
    let places = [("now", now), ("next", next)];
    let changes = places.into_iter().map(|(place, programme)| {
        let shown = channel.as_ref().zip(programme);
        let entry = shown.and_then(|(channel, shown)| convert::programme(channel, shown));
        change(tenant, &format!("{id}.{place}"), version, entry)
    });
    changes.collect()
}

/// Says what the state of something that has a place in the index means; `None` is what cannot be found.
fn change(
    tenant: &Tenant,
    place: &str,
    version: i64,
    entry: Option<Entry>,
) -> Result<Change, BoxError> {
    let change = match entry {
        None => Change::Delete {
            tenant: tenant.clone(),
            id: place.to_owned(),
            version,
        },
        Some(entry) => {
            let kind = kind_name(entry.kind);
            let document = entry.document(tenant, version, &kind)?;
            Change::Put(Document {
                id: place.to_owned(),
                ..document
            })
        }
    };
    change.validate()?;
    Ok(change)
}

/// Why changes could not be taken up.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TakeUpError {
    /// The fallback's tables failed.
    #[error("the tables of search failed")]
    Store(#[from] StoreError),
    /// The index failed.
    #[error("the search index failed")]
    Index(#[from] PortError),
}

/// Gathers changes and takes them up together.
#[derive(Debug)]
pub(crate) struct Indexer {
    app: App,
    gathered: Mutex<Vec<(Vec<Change>, Position)>>,
}

impl Indexer {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            gathered: Mutex::default(),
        }
    }

    fn gathered(&self) -> MutexGuard<'_, Vec<(Vec<Change>, Position)>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Handler for Indexer {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        let changes = changes(&delivery.record)?;
        self.gathered().push((changes, delivery.position.clone()));
        Ok(())
    }

    async fn flush(&self) -> Result<(), HandleError> {
        // What was gathered is given up if this fails: it is handled again.
        let (changes, done): (Vec<Vec<Change>>, Vec<Position>) =
            std::mem::take(&mut *self.gathered()).into_iter().unzip();
        if done.is_empty() {
            return Ok(());
        }
        let changes = changes.into_iter().flatten().collect();
        let taken_up = self.app.take_up(changes, &done).await;
        taken_up.map_err(|error| match error {
            TakeUpError::Index(error) => error.into(),
            TakeUpError::Store(error) => HandleError::transient(error),
        })
    }
}

/// Keeps the index until its end: fills it where it is new, then takes up every event.
pub(crate) async fn keep(app: App, context: ServiceContext, task: Task) {
    const FIRST_WAIT: Duration = Duration::from_millis(200);
    // Another process may have built it by then.
    const LONGEST_WAIT: Duration = Duration::from_secs(5);
    let (mut wait, stop) = (FIRST_WAIT, task.stop());
    loop {
        let ready = async {
            context.bus.ensure_topics(&topics()).await?;
            app.fill_unless_whole().await?;
            Ok::<_, BoxError>(())
        };
        let failure = tokio::select! {
            () = stop.cancelled() => return,
            ready = ready => match ready {
                Ok(()) => break,
                Err(failure) => failure,
            },
        };
        tracing::warn!(cause = failure, ?wait, "search.index.not_filled");
        task.pulse().failed(causes(&*failure));
        tokio::select! {
            () = stop.cancelled() => return,
            () = tokio::time::sleep(wait) => wait = (wait * 2).min(LONGEST_WAIT),
        }
    }
    // At the start; from then on by the clock.
    app.ask_what_is_watched().await;
    let options = ConsumerOptions {
        batch: 200,
        ..ConsumerOptions::new(GROUP, topics())
    };
    let indexer = Arc::new(Indexer::new(app));
    context.consumer(task, options, indexer).await;
}

//! Taking up what content tells (SRCH-4, C20).

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use sv_boot::{Parts, Task};
use sv_kernel::{BoxError, Tenant, causes};
use sv_ports::{
    ConsumerOptions, Delivery, HandleError, Handler, PortError, Position, Record, Topic,
    index::Change,
};
use sv_proto::{
    content::{Content, ContentChanged},
    titles,
};
use sv_store::{StoreError, Told};

use crate::{
    app::App,
    convert::{entry, kind_name},
};

/// The group of consumers that keeps the index.
pub(crate) const GROUP: &str = "search";

/// Reads what an event changes.
pub(crate) fn change(record: &Record) -> Result<Change, HandleError> {
    let told = Told::<ContentChanged>::read(record)?;
    let content = told.event.and_then(|event| event.content);
    let change = change_to(&record.tenant, &told.key, told.version, content);
    change.map_err(HandleError::poison)
}

/// Says what a title's state means for the index: only what viewers see can be found.
pub(crate) fn change_to(
    tenant: &Tenant,
    id: &str,
    version: i64,
    content: Option<Content>,
) -> Result<Change, BoxError> {
    let Some(content) = content.filter(titles::is_shown) else {
        return Ok(Change::Delete {
            tenant: tenant.clone(),
            id: id.to_owned(),
            version,
        });
    };
    if content.id != id {
        return Err(format!("the state of {id} carries {}", content.id).into());
    }
    let kind = kind_name(content.r#type);
    let document = entry(content).document(tenant, version, &kind)?;
    let change = Change::Put(document);
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
    gathered: Mutex<Vec<(Change, Position)>>,
}

impl Indexer {
    pub(crate) fn new(app: App) -> Self {
        Self {
            app,
            gathered: Mutex::default(),
        }
    }

    fn gathered(&self) -> MutexGuard<'_, Vec<(Change, Position)>> {
        self.gathered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Handler for Indexer {
    async fn handle(&self, delivery: &Delivery) -> Result<(), HandleError> {
        let change = change(&delivery.record)?;
        self.gathered().push((change, delivery.position.clone()));
        Ok(())
    }

    async fn flush(&self) -> Result<(), HandleError> {
        // What was gathered is given up if this fails: it is handled again.
        let (changes, done): (Vec<Change>, Vec<Position>) =
            std::mem::take(&mut *self.gathered()).into_iter().unzip();
        if changes.is_empty() {
            return Ok(());
        }
        let taken_up = self.app.take_up(changes, &done).await;
        taken_up.map_err(|error| match error {
            TakeUpError::Index(error) => error.into(),
            TakeUpError::Store(error) => HandleError::transient(error),
        })
    }
}

/// Keeps the index until its end: fills it where it is new, then takes up every event.
pub(crate) async fn keep(app: App, parts: Parts, task: Task) {
    const FIRST_WAIT: Duration = Duration::from_millis(200);
    // Another process may have built it by then.
    const LONGEST_WAIT: Duration = Duration::from_secs(5);
    let (mut wait, stop) = (FIRST_WAIT, task.stop());
    loop {
        let ready = async {
            parts
                .bus
                .ensure_topics(&[Topic::of::<ContentChanged>()])
                .await?;
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
    let options = ConsumerOptions {
        batch: 200,
        ..ConsumerOptions::new(GROUP, vec![Topic::of::<ContentChanged>()])
    };
    let indexer = Arc::new(Indexer::new(app));
    parts.consumer(task, options, indexer).await;
}

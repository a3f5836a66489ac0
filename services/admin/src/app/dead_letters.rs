//! Dead letters, wherever they lie: services tell of those in their outboxes, the bus of those beside its topics.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures::future::{join, join_all};
use prost::Message;
use serde_json::{Value, json};
use sv_boot::{
    ServiceContext,
    dead_letters::{self, DeadLetterId},
};
use sv_kernel::{Ctx, Error, Page, PageAsk, PageRequest, PageSigner, Result};
use sv_ports::{Bus, PortResult, dead_letter, dead_letters, drop_dead_letters, retry_dead_letters};
use sv_proto::{
    admin::AdminReason,
    common::CommonReason,
    convert::{count, instant, page_error},
    jobs::{
        DeadLetter, DeadLetterSource, DropDeadEventsRequest, ListDeadEventsRequest,
        ReplayDeadEventsRequest, job_service_client::JobServiceClient,
    },
};
use sv_rpc::{Mesh, Transport, call, error};
use sv_store::{Db, audit, work};

use super::jobs::Part;

/// How long an outbox or a topic may take to tell of its letters, with all others.
const TIMEOUT: Duration = Duration::from_secs(4);
/// The most letters that one of them tells of.
const MOST: i32 = 1_000;
/// The most letters that are tried again at once.
const MOST_REPLAYED: usize = 500;

/// Which letters are meant; what is empty asks for nothing.
#[derive(Clone, Debug, Default)]
pub(crate) struct Choice {
    pub(crate) source: DeadLetterSource,
    pub(crate) service: String,
    pub(crate) topic: String,
    pub(crate) group: String,
}

/// What came of trying many again.
#[derive(Debug)]
pub(crate) struct Replayed {
    pub(crate) count: usize,
    pub(crate) more: bool,
    pub(crate) unreachable: Vec<String>,
}

/// The dead letters of all. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct DeadLetters {
    db: Db,
    bus: Arc<dyn Bus>,
    pages: PageSigner,
    mesh: Mesh,
    services: Arc<[&'static str]>,
}

impl DeadLetters {
    /// Asks these services, and the bus.
    pub(crate) fn new(context: &ServiceContext, services: Vec<&'static str>) -> Self {
        Self {
            db: context.db.clone(),
            bus: context.bus.clone(),
            pages: context.pages.clone(),
            mesh: context.mesh.clone(),
            services: services.into(),
        }
    }

    /// Lists letters, oldest first.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        choice: &Choice,
        ask: PageAsk<'_>,
    ) -> Result<Part<DeadLetter>> {
        let list = format!("dead letters {choice:?} of {}", ctx.tenant);
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let PageRequest { size, after, skip } = page;
        let (found, unreachable) = self.all(ctx, choice).await;
        let later = |letter: &DeadLetter| after.as_ref().is_none_or(|after| place(letter) > *after);
        let index = |number: u32| usize::try_from(number).unwrap_or(usize::MAX);
        let rest = found.into_iter().filter(later).skip(index(skip));
        let page = Page::cut(rest.take(index(size) + 1).collect(), size, place);
        Ok(Part {
            items: page.items,
            next_page_token: self.pages.write(&list, page.next.as_deref()),
            unreachable,
        })
    }

    /// Returns a letter with what it says, and remembers who read it.
    pub(crate) async fn get(&self, ctx: &Ctx, id: &str) -> Result<DeadLetter> {
        let letter = self.find(ctx, &named(id)?).await?;
        audit::record_alone(&self.db, ctx, audit::Act::on("dead_letter", id)).await?;
        Ok(letter)
    }

    /// Has a letter tried again, and returns what `answer` makes of it as it was.
    pub(crate) async fn replay<A>(
        &self,
        ctx: &Ctx,
        id: &str,
        answer: fn(DeadLetter) -> A,
    ) -> Result<A>
    where
        A: Message + Clone,
    {
        let named = named(id)?;
        let letter = self.plain(ctx, &named).await?;
        if self.try_again(ctx, vec![named]).await? == 0 {
            return Err(AdminReason::DeadLetterNotFound.into());
        }
        let act = audit::Act::on("dead_letter", id).changed(values(&letter), Value::Null);
        self.recorded(ctx, act, answer(letter)).await
    }

    /// Has the oldest letters of a choice tried again, and returns what `answer` makes of it.
    pub(crate) async fn replay_all<A>(
        &self,
        ctx: &Ctx,
        choice: &Choice,
        answer: fn(Replayed) -> A,
    ) -> Result<A>
    where
        A: Message + Clone,
    {
        let (mut found, unreachable) = self.all(ctx, choice).await;
        let more = found.len() > MOST_REPLAYED;
        found.truncate(MOST_REPLAYED);
        let ids = found.iter().filter_map(|letter| letter.id.parse().ok());
        let count = self.try_again(ctx, ids.collect()).await?;
        let act = audit::Act::on("dead_letter", "").changed(
            Value::Null,
            json!({
                "replayed": count, "service": choice.service, "topic": choice.topic, "group": choice.group,
            }),
        );
        let done = Replayed {
            count,
            more,
            unreachable,
        };
        self.recorded(ctx, act, answer(done)).await
    }

    /// Drops a letter for good.
    pub(crate) async fn drop<A>(&self, ctx: &Ctx, id: &str) -> Result<A>
    where
        A: Message + Clone + Default,
    {
        let named = named(id)?;
        let letter = self.plain(ctx, &named).await?;
        let dropped = match named {
            DeadLetterId::Outbox { service, event } => {
                let request = DropDeadEventsRequest {
                    service: service.clone(),
                    ids: vec![event.to_string()],
                };
                let mut client = self.client(&service)?;
                let answer = client.drop_dead_events(call(ctx, request)).await;
                usize::try_from(answer.map_err(error)?.into_inner().found).unwrap_or(0)
            }
            DeadLetterId::Topic { topic, letter } => {
                let done = drop_dead_letters(&*self.bus, &topic, &[letter]).await;
                done.map_err(unavailable)?
            }
        };
        if dropped == 0 {
            return Err(AdminReason::DeadLetterNotFound.into());
        }
        let act = audit::Act::on("dead_letter", id).changed(values(&letter), Value::Null);
        self.recorded(ctx, act, A::default()).await
    }

    /// Finds a letter of the caller's tenant, with what it says.
    async fn find(&self, ctx: &Ctx, id: &DeadLetterId) -> Result<DeadLetter> {
        let found = match id {
            DeadLetterId::Outbox { service, event } => {
                let request = ListDeadEventsRequest {
                    service: service.clone(),
                    id: event.to_string(),
                    most: 1,
                    ..ListDeadEventsRequest::default()
                };
                let mut client = self.client(service)?;
                let answer = client.list_dead_events(call(ctx, request)).await;
                answer.map_err(error)?.into_inner().items.pop()
            }
            DeadLetterId::Topic { topic, .. } if !sv_rpc::events::topics().contains(topic) => None,
            DeadLetterId::Topic { topic, letter } => {
                let found = dead_letter(&*self.bus, topic, letter).await;
                let found = found.map_err(unavailable)?;
                let ours = found.filter(|(dead, _)| dead.tenant == ctx.tenant);
                ours.map(|(dead, payload)| {
                    dead_letters::with_payload(
                        dead_letters::of_topic(topic, dead),
                        payload.as_deref(),
                    )
                })
            }
        };
        found.ok_or_else(|| AdminReason::DeadLetterNotFound.into())
    }

    /// Finds a letter without what it says.
    async fn plain(&self, ctx: &Ctx, id: &DeadLetterId) -> Result<DeadLetter> {
        let mut letter = self.find(ctx, id).await?;
        (letter.payload, letter.message) = (None, String::new());
        Ok(letter)
    }

    /// Tries letters again, each where it lies, in their order there; counts those that were there.
    async fn try_again(&self, ctx: &Ctx, ids: Vec<DeadLetterId>) -> Result<usize> {
        let (mut outboxes, mut topics) = (BTreeMap::new(), BTreeMap::new());
        for id in ids {
            match id {
                DeadLetterId::Outbox { service, event } => {
                    let of = outboxes.entry(service).or_insert_with(Vec::new);
                    of.push(event.to_string());
                }
                DeadLetterId::Topic { topic, letter } => {
                    let of = topics.entry(topic).or_insert_with(Vec::new);
                    of.push(letter);
                }
            }
        }
        let mut done = 0;
        for (service, ids) in outboxes {
            let mut client = self.client(&service)?;
            let request = ReplayDeadEventsRequest { service, ids };
            let answer = client.replay_dead_events(call(ctx, request)).await;
            let found = answer.map_err(error)?.into_inner().found;
            done += usize::try_from(found).unwrap_or(0);
        }
        for (topic, letters) in topics {
            let found = retry_dead_letters(&*self.bus, &topic, &letters).await;
            done += found.map_err(unavailable)?;
        }
        Ok(done)
    }

    /// Collects the letters of a choice, oldest first, and names what does not answer.
    async fn all(&self, ctx: &Ctx, choice: &Choice) -> (Vec<DeadLetter>, Vec<String>) {
        let of_outboxes = choice.source != DeadLetterSource::Consumer && choice.group.is_empty();
        let of_topics = choice.source != DeadLetterSource::Outbox && choice.service.is_empty();
        let services = self
            .services
            .iter()
            .filter(|name| of_outboxes && (choice.service.is_empty() || **name == choice.service));
        let topics = sv_rpc::events::topics()
            .into_iter()
            .filter(|name| of_topics && (choice.topic.is_empty() || *name == choice.topic));
        let outboxes = join_all(services.map(|name| async move {
            let told = tokio::time::timeout(TIMEOUT, self.of_outbox(ctx, name, &choice.topic));
            ((*name).to_owned(), told.await)
        }));
        let beside = join_all(topics.map(|name| async move {
            let told = tokio::time::timeout(TIMEOUT, self.of_topic(ctx, &name, &choice.group));
            let told = told.await.map(|told| told.map_err(unavailable));
            (name, told)
        }));
        let (outboxes, beside) = join(outboxes, beside).await;
        let (mut found, mut unreachable) = (Vec::new(), Vec::new());
        for (name, told) in outboxes.into_iter().chain(beside) {
            match told {
                Ok(Ok(some)) => found.extend(some),
                Ok(Err(cause)) => {
                    tracing::warn!(of = name, %cause, "dead letters are not told");
                    unreachable.push(name);
                }
                Err(_) => unreachable.push(name),
            }
        }
        found.sort_by_cached_key(place);
        (found, unreachable)
    }

    async fn of_outbox(&self, ctx: &Ctx, service: &str, topic: &str) -> Result<Vec<DeadLetter>> {
        let request = ListDeadEventsRequest {
            service: service.to_owned(),
            topic: topic.to_owned(),
            most: MOST,
            ..ListDeadEventsRequest::default()
        };
        let mut client = self.client(service)?;
        let answer = client.list_dead_events(call(ctx, request)).await;
        Ok(answer.map_err(error)?.into_inner().items)
    }

    async fn of_topic(&self, ctx: &Ctx, topic: &str, group: &str) -> PortResult<Vec<DeadLetter>> {
        let most = usize::try_from(MOST).unwrap_or_default();
        let found = dead_letters(&*self.bus, topic, most).await?.into_iter();
        let ours = found
            .filter(|dead| dead.tenant == ctx.tenant && (group.is_empty() || dead.group == group));
        Ok(ours
            .map(|dead| dead_letters::of_topic(topic, dead))
            .collect())
    }

    /// Writes the record of an act that was carried out elsewhere, with the answer to it.
    async fn recorded<A>(&self, ctx: &Ctx, act: audit::Act, answer: A) -> Result<A>
    where
        A: Message + Clone,
    {
        let (act, answer) = (&act, &answer);
        let done = self.db.respond(ctx, |tx| {
            work(async move {
                audit::record(tx, ctx, act.clone()).await?;
                Ok(answer.clone())
            })
        });
        done.await
    }

    fn client(&self, service: &str) -> Result<JobServiceClient<Transport>> {
        if !self.services.contains(&service) {
            return Err(AdminReason::DeadLetterNotFound.into());
        }
        let transport = self.mesh.client_transport(service);
        let missing = |cause| Error::from(CommonReason::Unavailable).because(cause);
        Ok(JobServiceClient::new(transport.map_err(missing)?))
    }
}

impl Replayed {
    /// Returns how many as the contract counts.
    pub(crate) fn replayed(&self) -> i32 {
        count(self.count)
    }
}

/// Says where a letter stands among all: by the time when it was given up.
fn place(letter: &DeadLetter) -> String {
    let at = letter.dead_time.map_or(0, |at| instant(at).micros());
    format!("{at:020} {}", letter.id)
}

fn named(id: &str) -> Result<DeadLetterId> {
    id.parse()
        .map_err(|_| AdminReason::DeadLetterNotFound.into())
}

fn unavailable(cause: sv_ports::PortError) -> Error {
    Error::from(CommonReason::Unavailable).because(cause)
}

fn values(letter: &DeadLetter) -> Value {
    sv_rpc::audit::values("streamverse.jobs.v1.DeadLetter", letter)
}

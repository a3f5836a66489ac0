//! `dead-letters`: events that the bus refused for good, and records that a consumer gave up, listed, shown, replayed or
//! dropped.
//!
//! It works on the tables and the bus themselves, so that it needs no running server; one that runs takes up what is
//! replayed within a second.

use std::{collections::BTreeMap, sync::Arc};

use sv_boot::{
    Service,
    dead_letters::{self, DeadLetterId},
};
use sv_kernel::{BoxError, Ctx};
use sv_ports::{Bus, dead_letter, dead_letters, drop_dead_letters, retry_dead_letters};
use sv_proto::{convert::instant, jobs::DeadLetter};
use sv_rpc::Env;
use sv_store::{Db, DbConfig};

use crate::{
    adapters,
    cli::{Chosen, DeadLettersCommand, Filter},
    config::Place,
    operator::{must_be_begun, settings},
    services,
};

/// The most dead letters that are read of one service or topic.
const MOST: usize = 1_000;

/// What is done about letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Replay,
    Drop,
}

/// Where letters lie.
struct Desk {
    tables: DbConfig,
    bus: Option<Arc<dyn Bus>>,
    ctx: Ctx,
}

/// Lists, shows, replays or drops dead letters.
pub(crate) async fn run(command: DeadLettersCommand) -> Result<(), BoxError> {
    match command {
        DeadLettersCommand::List { filter, place } => {
            let desk = Desk::open(&place).await?;
            let found = desk.list(&filter).await?;
            for letter in &found {
                tell(letter);
            }
            super::line(&format!("{} dead letters", found.len()));
            Ok(())
        }
        DeadLettersCommand::Show { id, place } => {
            let desk = Desk::open(&place).await?;
            let letter = desk.show(&id).await?;
            let letter = letter.ok_or("there is no such dead letter; `streamverse dead-letters list` names those that there are")?;
            tell(&letter.0);
            super::line(&letter.1);
            Ok(())
        }
        DeadLettersCommand::Replay(chosen) => act(&chosen, Deed::Replay, "replayed").await,
        DeadLettersCommand::Drop(chosen) => act(&chosen, Deed::Drop, "dropped").await,
    }
}

async fn act(chosen: &Chosen, deed: Deed, done: &str) -> Result<(), BoxError> {
    let desk = Desk::open(&chosen.place).await?;
    let ids: Vec<DeadLetterId> = if chosen.ids.is_empty() {
        let found = desk.list(&chosen.filter).await?;
        let ids = found.iter().filter_map(|letter| letter.id.parse().ok());
        ids.collect()
    } else {
        chosen.ids.clone()
    };
    let count = desk.settle(&ids, deed).await?;
    super::line(&format!("{count} events {done}"));
    if count == ids.len() {
        return Ok(());
    }
    Err(
        "not all of these are dead letters; `streamverse dead-letters list` names those that are"
            .into(),
    )
}

fn tell(letter: &DeadLetter) {
    let at = letter.dead_time.map(instant);
    let at = at.map_or_else(String::new, |at| at.to_string());
    let of = match letter.group.as_str() {
        "" => letter.service.clone(),
        group => format!("{group} (tried {} times)", letter.attempts),
    };
    super::line(&format!(
        "{}  {of}  {} {} version {}, given up {at}\n  {}",
        letter.id, letter.topic, letter.key, letter.version, letter.cause
    ));
}

impl Desk {
    async fn open(place: &Place) -> Result<Self, BoxError> {
        let (config, folder) = settings(place)?;
        must_be_begun(&config, &folder)?;
        let tables = adapters::tables(&config, &folder)?;
        let bus = adapters::bus_that_is_there(&config, &folder).await?;
        let env = Env::system();
        let ctx = Ctx::background("operator", env.business_clock, env.entropy);
        Ok(Self { tables, bus, ctx })
    }

    /// Lists what a filter leaves, oldest first.
    async fn list(&self, filter: &Filter) -> Result<Vec<DeadLetter>, BoxError> {
        let is = |wanted: &Option<String>, found: &str| {
            wanted.as_ref().is_none_or(|wanted| wanted == found)
        };
        let mut all = Vec::new();
        for entry in services::TABLE.iter().copied() {
            if filter.group.is_some() || !is(&filter.service, entry.name) {
                continue;
            }
            let Some(db) = open(&self.tables, entry).await? else {
                continue;
            };
            let found = db.dead_events(MOST as u64).await?.into_iter();
            all.extend(found.map(|dead| dead_letters::of_outbox(entry.name, dead)));
            db.close().await?;
        }
        if let (Some(bus), None) = (&self.bus, &filter.service) {
            for topic in sv_rpc::events::topics() {
                if is(&filter.topic, &topic) {
                    let found = dead_letters(&**bus, &topic, MOST).await?.into_iter();
                    all.extend(found.map(|dead| dead_letters::of_topic(&topic, dead)));
                }
            }
        }
        all.retain(|letter| is(&filter.topic, &letter.topic) && is(&filter.group, &letter.group));
        all.sort_by_key(|letter| letter.dead_time.map(instant));
        Ok(all)
    }

    /// Finds a letter, and what it says as JSON.
    async fn show(&self, id: &DeadLetterId) -> Result<Option<(DeadLetter, String)>, BoxError> {
        let found = match id {
            DeadLetterId::Outbox { service, event } => {
                let Some(db) = self.outbox(service).await? else {
                    return Ok(None);
                };
                let mut all = db.dead_events(MOST as u64).await?.into_iter();
                let dead = all.find(|dead| dead.event_id == *event);
                let payload = db.dead_payload(*event).await?;
                db.close().await?;
                dead.map(|dead| (dead_letters::of_outbox(service, dead), payload))
            }
            DeadLetterId::Topic { topic, letter } => match &self.bus {
                None => None,
                Some(bus) => {
                    let found = dead_letter(&**bus, topic, letter).await?;
                    let payload = |payload: bytes::Bytes| payload.to_vec();
                    found.map(|(dead, says)| {
                        (dead_letters::of_topic(topic, dead), says.map(payload))
                    })
                }
            },
        };
        Ok(found.map(|(letter, payload)| {
            let says = match payload {
                None => "(it says that the thing is gone)".to_owned(),
                Some(payload) => match sv_rpc::events::payload(&letter.topic, &payload) {
                    Some((message, json)) => format!("{message} {json:#}"),
                    None => format!("({} bytes that are no event of this topic)", payload.len()),
                },
            };
            (letter, says)
        }))
    }

    /// Replays or drops letters, and counts those that were there.
    async fn settle(&self, ids: &[DeadLetterId], deed: Deed) -> Result<usize, BoxError> {
        let (mut outboxes, mut topics) = (BTreeMap::new(), BTreeMap::new());
        for id in ids {
            match id {
                DeadLetterId::Outbox { service, event } => {
                    outboxes
                        .entry(service)
                        .or_insert_with(Vec::new)
                        .push(*event);
                }
                DeadLetterId::Topic { topic, letter } => {
                    let of = topics.entry(topic).or_insert_with(Vec::new);
                    of.push(letter.clone());
                }
            }
        }
        let mut count = 0;
        for (service, events) in outboxes {
            let Some(db) = self.outbox(service).await? else {
                continue;
            };
            count += match deed {
                Deed::Replay => db.replay_dead_events(&self.ctx, Some(&events)).await?,
                Deed::Drop => db.drop_dead_events(&self.ctx, Some(&events)).await?,
            };
            db.close().await?;
        }
        for (topic, letters) in topics {
            let Some(bus) = &self.bus else { continue };
            count += match deed {
                Deed::Replay => retry_dead_letters(&**bus, topic, &letters).await?,
                Deed::Drop => drop_dead_letters(&**bus, topic, &letters).await?,
            };
        }
        Ok(count)
    }

    async fn outbox(&self, service: &str) -> Result<Option<Db>, BoxError> {
        match services::find(service) {
            Some(entry) => open(&self.tables, entry).await,
            None => Ok(None),
        }
    }
}

/// Opens the tables of a service; `None` where there are none yet.
async fn open(tables: &DbConfig, entry: &Service) -> Result<Option<Db>, BoxError> {
    let waiting = Db::pending(tables, entry.name, entry.migrations).await?;
    if waiting.is_empty() {
        return Ok(Some(Db::open(tables, entry.name, entry.migrations).await?));
    }
    let first = entry.migrations.first().map(|migration| migration.id);
    if first.is_some_and(|first| waiting.contains(&first)) {
        return Ok(None);
    }
    let name = entry.name;
    Err(format!("the tables of {name} are older than this program; run `streamverse migrate` or start the server").into())
}

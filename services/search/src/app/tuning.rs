//! What editors say about searches (X-SR-1): one shape for words that mean the same and for pins.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use prost::Message;
use sv_kernel::{Ctx, Error, FieldViolation, Page, PageAsk, Result, Tenant, Timestamp};
use sv_proto::{
    common::CommonReason,
    convert::{instant, page_error, timestamp},
    search::{Pin, SearchReason, Synonym},
};
use sv_store::{StoreError, Tx, audit, work};
use tokio::time::Instant;
use uuid::Uuid;

use super::App;
use crate::{
    domain::tuning::{Tuning, phrase},
    store::tuning::{self as store, Row},
};

/// The most of each kind for a tenant: they are read together.
pub(crate) const LIMIT: u64 = 1_000;
/// The most words of a phrase.
const MAX_PHRASE: usize = 8;
/// How old what is known may be before it is asked whether it has changed.
const CHECK_EVERY: Duration = Duration::from_secs(1);
/// The most tenants of whom something is remembered.
const MAX_TENANTS: usize = 1_000;

/// What editors can say.
pub(crate) trait Said: Message + Default + Clone + 'static {
    /// Names the kind in tables and audit records.
    const KIND: &'static str;
    /// Its name in the protos.
    const MESSAGE: &'static str;
    /// Says that there is none.
    const MISSING: SearchReason;

    fn id(&self) -> &str;
    fn version(&self) -> i32;
    /// Returns what is there once for each tenant.
    fn line(&self) -> String;
    fn create_time(&self) -> Option<Timestamp>;
    /// Gives it what the server gives.
    fn stamp(&mut self, id: Uuid, version: i32, created: Timestamp, updated: Timestamp);
    /// Makes it fit to be stored, or says why it cannot be.
    fn prepared(self) -> Result<Self>;
}

impl Said for Synonym {
    const KIND: &'static str = "synonym";
    const MESSAGE: &'static str = "streamverse.search.v1.Synonym";
    const MISSING: SearchReason = SearchReason::SynonymNotFound;

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn line(&self) -> String {
        self.id.clone()
    }

    fn create_time(&self) -> Option<Timestamp> {
        self.create_time.map(instant)
    }

    fn stamp(&mut self, id: Uuid, version: i32, created: Timestamp, updated: Timestamp) {
        self.id = id.to_string();
        self.version = version;
        self.create_time = Some(timestamp(created));
        self.update_time = Some(timestamp(updated));
    }

    fn prepared(self) -> Result<Self> {
        let mut known = Vec::new();
        for (at, words) in self.words.iter().enumerate() {
            let field = format!("synonym.words[{at}]");
            let phrase = phrase(words);
            if phrase.is_empty() {
                return Err(unfit(
                    &field,
                    "WORDLESS",
                    "has a letter, a digit or a symbol",
                ));
            }
            if phrase.split(' ').count() > MAX_PHRASE {
                return Err(unfit(&field, "TOO_LONG", "has at most eight words"));
            }
            if known.contains(&phrase) {
                return Err(unfit(&field, "REPEATED", "differs from the others"));
            }
            known.push(phrase);
        }
        Ok(self)
    }
}

impl Said for Pin {
    const KIND: &'static str = "pin";
    const MESSAGE: &'static str = "streamverse.search.v1.Pin";
    const MISSING: SearchReason = SearchReason::PinNotFound;

    fn id(&self) -> &str {
        &self.id
    }

    fn version(&self) -> i32 {
        self.version
    }

    fn line(&self) -> String {
        phrase(&self.q)
    }

    fn create_time(&self) -> Option<Timestamp> {
        self.create_time.map(instant)
    }

    fn stamp(&mut self, id: Uuid, version: i32, created: Timestamp, updated: Timestamp) {
        self.id = id.to_string();
        self.version = version;
        self.create_time = Some(timestamp(created));
        self.update_time = Some(timestamp(updated));
    }

    fn prepared(mut self) -> Result<Self> {
        if self.line().is_empty() {
            return Err(unfit(
                "pin.q",
                "WORDLESS",
                "has a letter, a digit or a symbol",
            ));
        }
        if let (Some(start), Some(end)) = (self.start_time, self.end_time)
            && instant(end) <= instant(start)
        {
            return Err(unfit("pin.endTime", "TOO_EARLY", "is later than the start"));
        }
        let mut known = Vec::new();
        for (at, id) in self.content_ids.iter_mut().enumerate() {
            // As the index has them.
            id.make_ascii_lowercase();
            if known.contains(id) {
                let field = format!("pin.contentIds[{at}]");
                return Err(unfit(&field, "REPEATED", "differs from the others"));
            }
            known.push(id.clone());
        }
        Ok(self)
    }
}

/// Refuses what editors say, and names the field.
fn unfit(field: &str, rule: &'static str, description: &str) -> Error {
    Error::from(SearchReason::TuningInvalid).with_violation(FieldViolation {
        field: field.into(),
        rule,
        description: description.into(),
    })
}

/// What is known of each tenant's editors.
#[derive(Debug, Default)]
pub(crate) struct Tunings(Mutex<HashMap<Tenant, Known>>);

#[derive(Clone, Debug)]
struct Known {
    version: i64,
    checked: Instant,
    tuning: Arc<Tuning>,
}

impl Tunings {
    fn known(&self) -> MutexGuard<'_, HashMap<Tenant, Known>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, tenant: &Tenant, known: Known) {
        let mut all = self.known();
        if all.len() >= MAX_TENANTS && !all.contains_key(tenant) {
            all.clear();
        }
        all.insert(tenant.clone(), known);
    }
}

impl App {
    /// Returns what the tenant's editors say, at most a second old; what was known last where the tables do not answer:
    /// searches do without rather than fail.
    pub(super) async fn tuning(&self, ctx: &Ctx) -> Arc<Tuning> {
        let known = self.0.tunings.known().get(&ctx.tenant).cloned();
        let fresh = |known: &&Known| known.checked.elapsed() < CHECK_EVERY;
        if let Some(known) = known.as_ref().filter(fresh) {
            return known.tuning.clone();
        }
        match self.read_tuning(&ctx.tenant, known.as_ref()).await {
            Ok(read) => {
                let tuning = read.tuning.clone();
                self.0.tunings.keep(&ctx.tenant, read);
                tuning
            }
            Err(error) => {
                tracing::warn!(%error, "search.tuning.unread");
                known.map_or_else(Arc::default, |known| known.tuning)
            }
        }
    }

    async fn read_tuning(
        &self,
        tenant: &Tenant,
        known: Option<&Known>,
    ) -> std::result::Result<Known, StoreError> {
        let (db, checked) = (self.0.db.read(), Instant::now());
        // Before the rows are: what changes meanwhile is seen at the next look.
        let version = store::version(db, tenant).await?;
        if let Some(known) = known.filter(|known| known.version == version) {
            let known = known.clone();
            return Ok(Known { checked, ..known });
        }
        let synonyms: Vec<Synonym> = store::all(db, tenant, Synonym::KIND).await?;
        let pins: Vec<Pin> = store::all(db, tenant, Pin::KIND).await?;
        let synonyms = synonyms.iter().map(Into::into).collect();
        let pins = pins.into_iter().map(Into::into).collect();
        Ok(Known {
            version,
            checked,
            tuning: Arc::new(Tuning::new(synonyms, pins)),
        })
    }

    /// Lists what editors say, in the order in which they said it.
    pub(crate) async fn said<T: Said>(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<T>, String)> {
        let pages = &self.0.pages;
        let page = pages.read(T::KIND, ask).map_err(page_error)?;
        let rows = store::list::<T>(self.0.db.read(), &ctx.tenant, T::KIND, &page).await?;
        let cut = Page::cut(rows, page.size, |said| said.id().to_owned());
        let next = pages.write(T::KIND, cut.next.as_deref());
        Ok((cut.items, next))
    }

    /// Returns one thing that editors say.
    pub(crate) async fn said_one<T: Said>(&self, ctx: &Ctx, id: &str) -> Result<T> {
        let id = parse::<T>(id)?;
        let found = store::find(self.0.db.read(), &ctx.tenant, T::KIND, id).await?;
        found.ok_or_else(|| T::MISSING.into())
    }

    /// Takes down what an editor says, and returns what `answer` makes of it.
    pub(crate) async fn say<T: Said, A: Message + 'static>(
        &self,
        ctx: &Ctx,
        said: T,
        answer: fn(T) -> A,
    ) -> Result<A> {
        let prepared = &said.prepared()?;
        let id = ctx.new_id::<T>().uuid();
        let done = self.0.db.respond(ctx, |tx| {
            work(async move {
                if store::count(tx, &ctx.tenant, T::KIND).await? >= LIMIT {
                    return Err(Error::from(SearchReason::TuningLimit).with("limit", LIMIT));
                }
                let mut created = prepared.clone();
                created.stamp(id, 1, ctx.now(), ctx.now());
                stands_alone(tx, ctx, id, &created).await?;
                let inserted = store::insert(tx, &ctx.tenant, row(id, &created)).await;
                inserted.map_err(raced)?;
                audit::record(tx, ctx, act(id, None, Some(&created))).await?;
                Ok(answer(created))
            })
        });
        let answer = done.await?;
        self.heed(ctx);
        Ok(answer)
    }

    /// Replaces what an editor said.
    pub(crate) async fn say_again<T: Said, A: Message + 'static>(
        &self,
        ctx: &Ctx,
        id: &str,
        said: T,
        answer: fn(T) -> A,
    ) -> Result<A> {
        let id = parse::<T>(id)?;
        let seen = said.version();
        let prepared = &said.prepared()?;
        let done = self.0.db.respond(ctx, |tx| {
            work(async move {
                let before: T = locked(tx, ctx, id).await?;
                expect(ctx, seen, before.version())?;
                let mut saved = prepared.clone();
                let created = before.create_time().unwrap_or_else(|| ctx.now());
                saved.stamp(id, before.version().saturating_add(1), created, ctx.now());
                stands_alone(tx, ctx, id, &saved).await?;
                let updated = store::update(tx, &ctx.tenant, row(id, &saved)).await;
                updated.map_err(raced)?;
                audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                Ok(answer(saved))
            })
        });
        let answer = done.await?;
        self.heed(ctx);
        Ok(answer)
    }

    /// Forgets what an editor said.
    pub(crate) async fn unsay<T: Said, A: Message + Default + 'static>(
        &self,
        ctx: &Ctx,
        id: &str,
    ) -> Result<A> {
        let id = parse::<T>(id)?;
        let done = self.0.db.respond(ctx, |tx| {
            work(async move {
                let before: T = locked(tx, ctx, id).await?;
                expect(ctx, 0, before.version())?;
                store::delete(tx, &ctx.tenant, id).await?;
                audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                Ok(A::default())
            })
        });
        let answer = done.await?;
        self.heed(ctx);
        Ok(answer)
    }

    /// Lets the next search of this process look at what has changed.
    fn heed(&self, ctx: &Ctx) {
        self.0.tunings.known().remove(&ctx.tenant);
    }
}

fn parse<T: Said>(id: &str) -> Result<Uuid> {
    Uuid::try_parse(id).map_err(|_| T::MISSING.into())
}

fn row<T: Said>(id: Uuid, message: &T) -> Row<'_, T> {
    Row {
        id,
        kind: T::KIND,
        line: message.line(),
        message,
    }
}

/// Finds what is to be changed, and locks it.
async fn locked<T: Said>(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<T> {
    let found = store::lock(tx, &ctx.tenant, T::KIND, id).await?;
    found.ok_or_else(|| T::MISSING.into())
}

/// Refuses another version than the caller has seen, as `If-Match` or the message says; 0 is any.
fn expect(ctx: &Ctx, seen: i32, found: i32) -> Result<()> {
    if ctx.may_find(found) && (seen == 0 || seen == found) {
        Ok(())
    } else {
        Err(CommonReason::VersionMismatch.into())
    }
}

/// Refuses a second one about the same, and names the first.
async fn stands_alone<T: Said>(tx: &Tx, ctx: &Ctx, id: Uuid, said: &T) -> Result<()> {
    let there = store::with_line(tx, &ctx.tenant, T::KIND, &said.line()).await?;
    match there.filter(|other| *other != id) {
        Some(other) => Err(Error::from(SearchReason::PinExists).with("pin", other)),
        None => Ok(()),
    }
}

/// Says that another one about the same was made at the same moment.
fn raced(failure: StoreError) -> Error {
    if failure.is_duplicate() {
        Error::from(CommonReason::Contended).because(failure)
    } else {
        failure.into()
    }
}

/// Describes what was said, for its audit record.
fn act<T: Said>(id: Uuid, old: Option<&T>, new: Option<&T>) -> audit::Act {
    let values = |said: Option<&T>| match said {
        Some(said) => sv_rpc::audit::values(T::MESSAGE, said),
        None => serde_json::Value::Null,
    };
    audit::Act::on(&format!("search_{}", T::KIND), id).changed(values(old), values(new))
}

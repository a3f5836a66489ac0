//! Imports by natural keys: a whole batch or nothing of it, and repeating it changes nothing.

use std::collections::{HashMap, HashSet};

use sv_kernel::{Ctx, Error, Result};
use sv_proto::{
    content::{
        Content, ImportAction, ImportMoviesRequest, ImportMoviesResponse, ImportOutcome, ImportRow,
    },
    convert::refuse,
};
use sv_store::{StoreError, Tx, audit, work};
use uuid::Uuid;

use super::{App, change::act, read::parse, save::save};
use crate::{
    documents::{fingerprint, prepare},
    domain::Kind,
    store::{self, NaturalKey},
};

/// Why a transaction of an import is undone.
enum Undone {
    /// Nothing was to be written.
    DryRun(Vec<ImportOutcome>),
    Failed(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for Undone {
    fn from(error: StoreError) -> Self {
        Self::Failed(error.into())
    }
}

impl App {
    /// Creates or updates films by their natural keys.
    pub(crate) async fn import_movies(
        &self,
        ctx: &Ctx,
        request: ImportMoviesRequest,
    ) -> Result<ImportMoviesResponse> {
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let import = async move {
            let (ctx, request) = (&ctx, &request);
            let done = db.write(ctx, |tx| {
                work(async move {
                    let batch = Batch::begin(tx, ctx, request).await?;
                    let outcomes = batch.run(&request.rows).await?;
                    if request.dry_run {
                        ctx.changes_nothing();
                        return Err(Undone::DryRun(outcomes));
                    }
                    record(tx, ctx, &request.source, &outcomes).await?;
                    Ok(outcomes)
                })
            });
            done.await
        };
        let done = self.change(import).await;
        match done {
            Ok(outcomes) | Err(Undone::DryRun(outcomes)) => Ok(ImportMoviesResponse { outcomes }),
            Err(Undone::Failed(error)) => Err(error),
        }
    }
}

/// One batch within its transaction.
struct Batch<'a> {
    tx: &'a Tx,
    ctx: &'a Ctx,
    source: &'a str,
    dry_run: bool,
    /// Films that this batch makes.
    made: HashSet<Uuid>,
    known: HashMap<String, NaturalKey>,
}

impl<'a> Batch<'a> {
    async fn begin(tx: &'a Tx, ctx: &'a Ctx, request: &'a ImportMoviesRequest) -> Result<Self> {
        let keys = request.rows.iter().map(|row| row.key.as_str());
        Ok(Self {
            tx,
            ctx,
            source: &request.source,
            dry_run: request.dry_run,
            made: HashSet::new(),
            known: store::resolve(tx, &ctx.tenant, &request.source, keys).await?,
        })
    }

    async fn run(mut self, rows: &[ImportRow]) -> Result<Vec<ImportOutcome>> {
        // Always in the order of the keys, so that imports at the same time wait for each other
        // instead of locking each other. Rows of one key stay in their order.
        let mut order: Vec<usize> = (0..rows.len()).collect();
        order.sort_by_key(|index| &rows[*index].key);
        let mut outcomes = vec![ImportOutcome::default(); rows.len()];
        for index in order {
            let row = &rows[index];
            let (id, action) = self.row(row).await.map_err(|e| of_row(e, index))?;
            // A dry run has no ids to tell for what it did not make.
            let unknown = self.dry_run && self.made.contains(&id);
            outcomes[index] = ImportOutcome {
                key: row.key.clone(),
                content_id: if unknown {
                    String::new()
                } else {
                    id.to_string()
                },
                action: action.into(),
            };
        }
        Ok(outcomes)
    }

    async fn row(&mut self, row: &ImportRow) -> Result<(Uuid, ImportAction)> {
        let content = row.content.clone().unwrap_or_default();
        let wanted_id = wanted_id(&content)?;
        let prepared = prepare(content.clone(), Kind::Movie, None)?;
        let said = fingerprint(&prepared);
        let key = match self.known.get(&row.key) {
            Some(key) => key.clone(),
            None => self.key_of_new(&row.key, wanted_id, &said).await?,
        };
        let id = key.content;
        let found = store::lock(self.tx, &self.ctx.tenant, id).await?;
        let Some(before) = found.as_ref().and_then(|found| found.content.clone()) else {
            self.remember(&row.key, &key, said).await?;
            if found.is_none() {
                self.made.insert(id);
            }
            save(self.tx, self.ctx, id, found, prepared).await?;
            return Ok((id, ImportAction::Created));
        };
        // What an editor has changed since stays, as long as the source says the same as before.
        if self.known.contains_key(&row.key) && key.fingerprint == said {
            return Ok((id, ImportAction::Unchanged));
        }
        self.remember(&row.key, &key, said).await?;
        let prepared = prepare(content, Kind::Movie, Some(&before))?;
        // What was stored under older rules may break those of today.
        let stored = prepare(before.clone(), Kind::Movie, None).map(|stored| fingerprint(&stored));
        if stored.is_ok_and(|stored| stored == fingerprint(&prepared)) {
            return Ok((id, ImportAction::Unchanged));
        }
        let saved = save(self.tx, self.ctx, id, found, prepared).await?;
        audit::record(self.tx, self.ctx, act(id, Some(&before), Some(&saved))).await?;
        Ok((id, ImportAction::Updated))
    }

    /// Takes a key that the source has not used before, or finds that another import just did.
    async fn key_of_new(
        &mut self,
        key: &str,
        wanted: Option<Uuid>,
        said: &[u8],
    ) -> Result<NaturalKey> {
        let new = NaturalKey {
            content: wanted.unwrap_or_else(|| self.ctx.new_id::<Content>().uuid()),
            fingerprint: said.to_vec(),
        };
        let (tx, tenant) = (self.tx, &self.ctx.tenant);
        if store::claim(tx, tenant, self.source, key, &new).await? {
            return Ok(new);
        }
        let theirs = store::resolve(tx, tenant, self.source, [key]).await?;
        self.known.extend(theirs);
        Ok(self.known.get(key).cloned().unwrap_or(new))
    }

    /// Remembers what the source says now, in the tables and for later rows of the batch.
    async fn remember(&mut self, key: &str, of: &NaturalKey, said: Vec<u8>) -> Result<()> {
        if of.fingerprint != said {
            store::remember(self.tx, &self.ctx.tenant, self.source, key, &said).await?;
        }
        let now = NaturalKey {
            content: of.content,
            fingerprint: said,
        };
        self.known.insert(key.to_owned(), now);
        Ok(())
    }
}

/// Leaves the audit record of a batch: which titles it made. Those that it changed have their own.
async fn record(tx: &Tx, ctx: &Ctx, source: &str, outcomes: &[ImportOutcome]) -> Result<()> {
    let of = |action: ImportAction| -> Vec<&str> {
        let found = outcomes.iter().filter(|outcome| outcome.action() == action);
        found.map(|outcome| &*outcome.content_id).collect()
    };
    let (created, updated) = (of(ImportAction::Created), of(ImportAction::Updated));
    if created.is_empty() && updated.is_empty() {
        ctx.changes_nothing();
        return Ok(());
    }
    let values = serde_json::json!({
        "created": created,
        "updated": updated,
        "unchanged": of(ImportAction::Unchanged).len(),
    });
    let act = audit::Act::on("import", source).changed(serde_json::Value::Null, values);
    Ok(audit::record(tx, ctx, act).await?)
}

/// Returns the id that a new film of the row shall have, if the row asks for one.
fn wanted_id(content: &Content) -> Result<Option<Uuid>> {
    if content.id.is_empty() {
        return Ok(None);
    }
    match parse(&content.id) {
        Some(id) => Ok(Some(id)),
        None => Err(refuse(
            "content.id",
            "UUID",
            "is a UUID in its hyphenated form",
        )),
    }
}

/// Says which row of the batch broke a rule.
fn of_row(error: Error, index: usize) -> Error {
    if error.violations().is_empty() {
        return error.with("row", index);
    }
    error.rename_fields(|field| format!("rows[{index}].{field}"))
}

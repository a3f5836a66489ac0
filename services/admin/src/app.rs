//! The use cases: take up, read, forget.

mod dead_letters;
mod jobs;
mod test_clock;

use serde_json::json;
use sv_boot::ServiceContext;
use sv_kernel::{Ctx, Page, PageAsk, PageRequest, PageSigner, Result, Timestamp};
use sv_proto::{
    admin::{AdminReason, AuditRecord},
    convert::page_error,
};
use sv_store::{
    Db, Position, StoreError,
    audit::{self, Readings},
    work,
};
use uuid::Uuid;

use crate::{convert, domain::Filter, store::records};

pub(crate) use dead_letters::{Choice, DeadLetters, Replayed};
pub(crate) use jobs::Jobs;
pub(crate) use test_clock::TestClock;

/// Records that are deleted in one transaction.
const BATCH: u32 = 500;

/// The audit records of all services. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct App {
    db: Db,
    readings: Readings,
    pages: PageSigner,
}

impl App {
    pub(crate) fn new(context: &ServiceContext) -> Self {
        Self {
            db: context.db.clone(),
            readings: Readings::new(context.db.clone()),
            pages: context.pages.clone(),
        }
    }

    /// Lists records, newest first.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        filter: &Filter,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<AuditRecord>, String)> {
        // A page token goes on with the question that it was made for.
        let list = format!("audit records of {}: {filter:?}", ctx.tenant);
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let after = Position::of(&page)?;
        let PageRequest { size, skip, .. } = page;
        let rows = records::list(self.db.read(), ctx, filter, after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |record| convert::position(record).key());
        let asked_for = json!({"filter": format!("{filter:?}"), "found": page.items.len()});
        let act = audit::Act::on("audit", "").changed(serde_json::Value::Null, asked_for);
        self.readings.record(ctx, act).await?;
        let next = self.pages.write(&list, page.next.as_deref());
        Ok((page.items, next))
    }

    /// Returns one record.
    pub(crate) async fn get(&self, ctx: &Ctx, id: Uuid) -> Result<AuditRecord> {
        let found = records::find(self.db.read(), ctx, id).await?;
        let record = found.ok_or(AdminReason::AuditRecordNotFound)?;
        let act = audit::Act::on("audit", id);
        self.readings.record(ctx, act).await?;
        Ok(record)
    }

    /// Writes the records of readings that could not be written when they happened.
    pub(crate) async fn write_waiting(&self) -> Result<(), StoreError> {
        self.readings.write_waiting().await
    }

    /// Deletes records of all tenants from before an instant, and returns how many.
    pub(crate) async fn forget(&self, ctx: &Ctx, before: Timestamp) -> Result<u64> {
        let mut all = 0;
        loop {
            let part = self
                .db
                .write(ctx, |tx| work(records::forget(tx, before, BATCH)));
            let deleted = part.await?;
            all += deleted;
            if deleted < u64::from(BATCH) {
                return Ok(all);
            }
        }
    }
}

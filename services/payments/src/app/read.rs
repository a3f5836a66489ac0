//! What administrators read.

use sv_kernel::{Ctx, Id, Page, PageAsk, PageRequest, Result};
use sv_proto::{convert::page_error, payments::PaymentReason};
use sv_store::Position;

use super::App;
use crate::{
    domain::{Balance, Entry, Filter, Payment},
    store::{ledger, payments},
};

impl App {
    /// Lists payments, newest first.
    pub(crate) async fn list(
        &self,
        ctx: &Ctx,
        filter: &Filter,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Payment>, String)> {
        let list = format!("payments of {}: {filter:?}", ctx.tenant);
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let after = Position::of(&page)?;
        let PageRequest { size, skip, .. } = page;
        let rows = payments::list(self.db.read(), ctx, filter, after, skip, size + 1).await?;
        let key = |last: &Payment| {
            let (at, id) = (last.created_at, last.id.uuid());
            Position { at, id }.key()
        };
        let page = Page::cut(rows, size, key);
        let next = self.pages.write(&list, page.next.as_deref());
        Ok((page.items, next))
    }

    /// Returns a payment with its entries in the books.
    pub(crate) async fn get(&self, ctx: &Ctx, id: Id<Payment>) -> Result<(Payment, Vec<Entry>)> {
        let found = payments::find(self.db.read(), ctx, id).await?;
        let payment = found.ok_or(PaymentReason::PaymentNotFound)?;
        let entries = ledger::of_payment(self.db.read(), ctx, id).await?;
        Ok((payment, entries))
    }

    /// Returns what each account of the books holds.
    pub(crate) async fn balances(&self, ctx: &Ctx) -> Result<Vec<Balance>> {
        Ok(ledger::balances(self.db.read(), ctx).await?)
    }
}

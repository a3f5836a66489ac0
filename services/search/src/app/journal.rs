//! Counting what is looked for, and telling editors.

use std::sync::PoisonError;

use sv_kernel::{Ctx, Page, PageAsk, Result};
use sv_proto::{
    convert::{page_error, timestamp},
    search::SearchedQuery,
};
use sv_store::{StoreError, work};

use super::App;
use crate::{
    domain::journal::{Journal, countable, day},
    store::journal as store,
};

/// Days that are told of where the caller does not say how many.
const WEEK: i32 = 7;

impl App {
    fn journal(&self) -> std::sync::MutexGuard<'_, Journal> {
        let journal = self.0.journal.lock();
        journal.unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what was typed, and whether nothing was found.
    pub(super) fn note(&self, ctx: &Ctx, typed: &str, missed: bool) {
        let Some(text) = countable(typed) else {
            return;
        };
        let caller = ctx.actor.viewer().map(|viewer| viewer.user.uuid());
        self.journal()
            .note(&ctx.tenant, caller, text, missed, ctx.now());
    }

    /// Writes what was counted, and forgets what is old.
    pub(crate) async fn write_journal(&self) -> std::result::Result<(), StoreError> {
        let ctx = &self.0.background;
        let now = ctx.now();
        let counted = self.journal().take(now);
        if !counted.is_empty() {
            let all = &counted;
            let added = self.0.db.write(ctx, |tx| work(store::add(tx, all)));
            if let Err(error) = added.await {
                self.journal().put_back(counted);
                return Err(error);
            }
        }
        let today = day(now);
        while self
            .0
            .db
            .write(ctx, |tx| work(store::forget(tx, today)))
            .await?
            > 0
        {}
        Ok(())
    }

    /// Lists what was looked for: in vain, or at all.
    pub(crate) async fn searched(
        &self,
        ctx: &Ctx,
        in_vain: bool,
        days: i32,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<SearchedQuery>, String)> {
        let days = i64::from(if days == 0 { WEEK } else { days });
        let list = format!("searched {in_vain} {days}");
        let page = self.0.pages.read(&list, ask).map_err(page_error)?;
        let since = day(ctx.now()) - days + 1;
        let rows = store::searched(self.0.db.read(), &ctx.tenant, since, in_vain, &page).await?;
        let cut = Page::cut(rows, page.size, |last| last.place(in_vain));
        let next = self.0.pages.write(&list, cut.next.as_deref());
        let told = |row: store::Searched| SearchedQuery {
            q: row.text,
            searches: row.searches,
            zero_results: row.misses,
            last_time: Some(timestamp(row.last_at)),
        };
        Ok((cut.items.into_iter().map(told).collect(), next))
    }
}

//! What an account has: its purchases, its rentals, and all that it may watch by.

use std::collections::HashSet;

use sv_kernel::{Ctx, Id, Page, PageAsk, PageRequest, Result, User};
use sv_proto::{content::BatchGetContentsRequest, convert::page_error};
use sv_rpc::{call, error};
use uuid::Uuid;

use super::{App, parse};
use crate::{
    domain::{Order, Plan, Subscription, Title},
    store::{
        orders::{self, Part},
        subscriptions,
    },
};

/// Something that an account may watch by.
#[derive(Debug)]
pub(crate) enum Entitlement {
    Plan(Subscription, Plan),
    Title(Order),
}

impl Entitlement {
    /// Where a page that ends with it is gone on from: plans come first and all together.
    fn key(&self) -> String {
        match self {
            Self::Plan(subscription, _) => format!("plan {}", subscription.id),
            Self::Title(order) => format!("title {}", order.id),
        }
    }
}

impl App {
    /// Lists a part of the account's orders, newest first.
    pub(crate) async fn my_orders(
        &self,
        ctx: &Ctx,
        part: Part,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Order>, String)> {
        let user = self.grown_up(ctx).await?;
        self.orders_of(ctx, (user, part), ask).await
    }

    /// Lists a part of an account's orders, newest first.
    pub(super) async fn orders_of(
        &self,
        ctx: &Ctx,
        (user, part): (Id<User>, Part),
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Order>, String)> {
        let list = format!("{part:?} of {user}");
        let PageRequest { size, after, skip } = self.pages.read(&list, ask).map_err(page_error)?;
        let after = after.as_deref().and_then(parse);
        let db = self.db.read();
        let rows = orders::list(db, ctx, (user, part), after, skip, size + 1).await?;
        let page = Page::cut(rows, size, |order| order.id.to_string());
        let next = self.pages.write(&list, page.next.as_deref());
        Ok((page.items, next))
    }

    /// Lists what the account may watch by now: its running plans, which are few, then titles, newest
    /// first.
    pub(crate) async fn entitlements(
        &self,
        ctx: &Ctx,
        ask: PageAsk<'_>,
    ) -> Result<(Vec<Entitlement>, String)> {
        let user = self.grown_up(ctx).await?;
        let list = format!("entitlements of {user}");
        let PageRequest { size, after, skip } = self.pages.read(&list, ask).map_err(page_error)?;
        let (db, now) = (self.db.read(), ctx.now());
        let mut found = Vec::new();
        let mut last_title = None;
        let mut to_skip = skip;
        let place = after.as_deref().and_then(|after| after.split_once(' '));
        if let Some(("title", id)) = place {
            last_title = parse(id);
        } else {
            let mut running = subscriptions::open(db, ctx, user).await?;
            running.retain(|subscription| subscription.gives_access(now));
            if let Some((_, id)) = place {
                let passed = running.iter().position(|one| one.id.to_string() == id);
                running.drain(..passed.map_or(0, |at| at + 1));
            }
            let passed = usize::try_from(skip)
                .unwrap_or(usize::MAX)
                .min(running.len());
            running.drain(..passed);
            to_skip = skip.saturating_sub(u32::try_from(passed).unwrap_or(u32::MAX));
            for subscription in running {
                let plan = self.plan_of(ctx, &subscription).await?;
                found.push(Entitlement::Plan(subscription, plan));
            }
        }
        let part = (user, Part::Running(now));
        let titles = orders::list(db, ctx, part, last_title, to_skip, size + 1).await?;
        found.extend(titles.into_iter().map(Entitlement::Title));
        let mut page = Page::cut(found, size, Entitlement::key);
        let next = self.pages.write(&list, page.next.as_deref());
        self.retain_shown(ctx, &mut page.items).await?;
        Ok((page.items, next))
    }

    /// Leaves out titles that were withdrawn or are not open here: nobody may watch them, whatever they have paid. The order stays,
    /// and opens the title again where that comes back.
    async fn retain_shown(&self, ctx: &Ctx, found: &mut Vec<Entitlement>) -> Result<()> {
        let ids: HashSet<String> = found
            .iter()
            .filter_map(|one| match one {
                Entitlement::Title(order) => Some(order.content.to_string()),
                Entitlement::Plan(..) => None,
            })
            .collect();
        if ids.is_empty() {
            return Ok(());
        }
        let request = BatchGetContentsRequest {
            ids: ids.into_iter().collect(),
        };
        let mut content = self.content.clone();
        let answer = content.batch_get_contents(call(ctx, request)).await;
        let contents = answer.map_err(error)?.into_inner().contents;
        let now = ctx.now();
        let of = |content| Title::of(content, ctx.whereabouts, now);
        let titles = contents.iter().filter_map(of);
        let shown: HashSet<Uuid> = titles
            .filter(|title| title.shown && title.opening.is_open())
            .map(|title| title.id)
            .collect();
        found.retain(|one| match one {
            Entitlement::Title(order) => shown.contains(&order.content),
            Entitlement::Plan(..) => true,
        });
        Ok(())
    }
}

//! What webhooks does beside its calls.

use std::time::Duration;

use sv_boot::ServiceContext;

use crate::app::{self, App};

/// How often it is looked for what is to be forgotten.
const FORGET: Duration = Duration::from_hours(1);
/// How often it is looked for what nobody sends.
const LOOK: Duration = Duration::from_mins(5);
/// Webhooks that a process sends to at a time, for each that a tenant may have: a tenant has half of them, so that those
/// of one cannot hold up all others when none of them answers.
const HANDS: usize = 2;
/// The most of them, however many webhooks a tenant may have: each has up to eight requests under way.
const MOST_HANDS: usize = 128;

/// Sends what waits, and forgets what was sent.
pub(crate) fn start(app: &App, context: &ServiceContext) {
    app::begin_to_count();
    let (sending, leaving) = (app.clone(), context.lifecycle.leaving());
    let hands = app.most_webhooks().saturating_mul(HANDS).min(MOST_HANDS);
    context.work_off_with(app::DELIVERIES, hands, move |ctx, item| {
        let (app, leaving) = (sending.clone(), leaving.clone());
        async move { app.deliver(&ctx, &item, &leaving).await }
    });
    let clearing = app.clone();
    context.work_off(app::DELETED, move |ctx, item| {
        let app = clearing.clone();
        async move { app.clear(&ctx, &item).await }
    });
    let (forgetting, ctx) = (app.clone(), context.background());
    context.every("old deliveries", FORGET, move || {
        let (app, ctx) = (forgetting.clone(), ctx.clone());
        async move { Ok(app.forget(&ctx).await.map(drop)?) }
    });
    let (looking, ctx) = (app.clone(), context.background());
    context.every("lost deliveries", LOOK, move || {
        let (app, ctx) = (looking.clone(), ctx.clone());
        async move { Ok(app.look_for_lost(&ctx).await.map(drop)?) }
    });
}

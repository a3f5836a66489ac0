//! Which titles may be watched.

use std::collections::{HashMap, HashSet};

use sv_kernel::{Ctx, Id, Result, User};
use sv_proto::{
    content::{BatchGetContentsRequest, Content},
    livetv::{BatchGetChannelsRequest, Channel},
    rights as pb,
    users::ResolveProfileRequest,
};
use sv_rpc::{call, error};
use uuid::Uuid;

use super::App;
use crate::{
    convert,
    domain::{Terms, Title, decide, scopes},
    store::{orders, plans, rules, subscriptions},
};

impl App {
    /// Decides about each title, in the order of the ids.
    pub(crate) async fn check_access(
        &self,
        ctx: &Ctx,
        user: Id<User>,
        profile_id: &str,
        content_ids: Vec<String>,
    ) -> Result<Vec<pb::AccessDecision>> {
        let who = ResolveProfileRequest {
            user_id: user.to_string(),
            profile_id: profile_id.to_owned(),
        };
        let what = BatchGetContentsRequest {
            ids: content_ids.clone(),
        };
        let (mut users, mut content) = (self.users.clone(), self.content.clone());
        let (profile, titles, paid) = tokio::join!(
            users.resolve_profile(call(ctx, who)),
            content.batch_get_contents(call(ctx, what)),
            subscriptions::open(self.db.read(), ctx, user),
        );
        let is_kids = profile
            .map_err(error)?
            .into_inner()
            .profile
            .is_some_and(|p| p.is_kids);
        let titles = titles.map_err(error)?.into_inner().contents;
        let now = ctx.now();
        let channels = self.channels(ctx, &content_ids, &titles).await?;
        let titles = titles
            .iter()
            .filter_map(|title| Some((title.id.as_str(), Title::of(title, ctx.whereabouts, now)?)));
        let channels = channels.iter().filter_map(|channel| {
            Some((
                channel.id.as_str(),
                Title::of_channel(channel, ctx.whereabouts, now)?,
            ))
        });
        let titles: HashMap<&str, Title> = titles.chain(channels).collect();
        let terms = self.terms(ctx, titles.values()).await?;
        let mut with_plans = Vec::new();
        for subscription in paid? {
            let plan = self.plan_of(ctx, &subscription).await?;
            with_plans.push((subscription, plan));
        }
        let named = titles
            .values()
            .flat_map(|title| [Some(title.id), title.series]);
        let named: HashSet<Uuid> = named.flatten().collect();
        let had = orders::open(self.db.read(), ctx, user, named).await?;
        let decided: Vec<_> = content_ids
            .iter()
            .map(|id| {
                let title = titles.get(id.as_str());
                let terms = title.and_then(|title| terms.get(&title.id));
                (
                    id,
                    decide(title.zip(terms), is_kids, (&with_plans, &had), now),
                    terms,
                )
            })
            .collect();
        let on_sale = if decided
            .iter()
            .any(|(_, decision, _)| decision.wants_money())
        {
            plans::on_sale(self.db.read(), ctx).await?
        } else {
            Vec::new()
        };
        Ok(decided
            .into_iter()
            .map(|(id, decision, terms)| convert::decision(id, &decision, terms, &on_sale))
            .collect())
    }

    /// Finds what opens each title: a rule, else its monetization.
    pub(super) async fn terms(
        &self,
        ctx: &Ctx,
        titles: impl Iterator<Item = &Title> + Clone,
    ) -> Result<HashMap<Uuid, Terms>> {
        let wanted: HashSet<String> = titles.clone().flat_map(scopes).collect();
        let rules = rules::about(self.db.read(), ctx, wanted).await?;
        let terms = titles.map(|title| {
            let rule = scopes(title)
                .into_iter()
                .find_map(|scope| rules.get(&scope));
            let terms = rule.and_then(Terms::of_rule);
            (
                title.id,
                terms.unwrap_or_else(|| Terms::of_monetization(title.monetization)),
            )
        });
        Ok(terms.collect())
    }

    /// Returns the channels among ids that name no title: they share one space (C28).
    async fn channels(
        &self,
        ctx: &Ctx,
        ids: &[String],
        titles: &[Content],
    ) -> Result<Vec<Channel>> {
        let is_title = |id: &String| titles.iter().any(|title| title.id == *id);
        let ids: Vec<_> = ids.iter().filter(|id| !is_title(id)).cloned().collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let request = BatchGetChannelsRequest { ids };
        let mut livetv = self.livetv.clone();
        let answer = livetv.batch_get_channels(call(ctx, request));
        Ok(answer.await.map_err(error)?.into_inner().channels)
    }
}

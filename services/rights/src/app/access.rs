//! Which titles may be watched.

use std::collections::HashMap;

use sv_kernel::{Ctx, Id, Result, User};
use sv_proto::{content::BatchGetContentsRequest, rights as pb, users::ResolveProfileRequest};
use sv_rpc::{call, error};

use super::App;
use crate::{
    convert,
    domain::{Title, decide},
    store::{plans, subscriptions},
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
        let titles: HashMap<&str, Title> = titles
            .iter()
            .map(|title| (title.id.as_str(), title.into()))
            .collect();
        let mut with_plans = Vec::new();
        for subscription in paid? {
            let plan = self.plan_of(ctx, &subscription).await?;
            with_plans.push((subscription, plan));
        }
        let now = ctx.now();
        let decide = |id: &String| decide(titles.get(id.as_str()), is_kids, &with_plans, now);
        let decisions: Vec<_> = content_ids.iter().map(decide).collect();
        let offers = if decisions.iter().all(|decision| decision.allowed()) {
            Vec::new()
        } else {
            plans::on_sale(self.db.read(), ctx).await?
        };
        let answers = content_ids.iter().zip(decisions);
        Ok(answers
            .map(|(id, decision)| convert::decision(id, decision, &offers))
            .collect())
    }
}

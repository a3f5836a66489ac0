//! Fakes of the services that streaming calls.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use sv_handlers::{
    content::FakeContentService, livetv::FakeLiveTvService, rights::FakeRightsService,
    users::FakeUserService,
};
use sv_kernel::{Error, Result, Timestamp};
use sv_proto::{
    common::CommonReason,
    content::{
        BatchGetContentsResponse, Content, ContentStatus, EpisodePlace, NextEpisode,
        NextEpisodesResponse, content::Details,
    },
    convert::timestamp,
    livetv::{BatchGetChannelsResponse, Channel},
    rights::{AccessBasis, AccessDecision, CheckAccessResponse, Offer, Plan},
    users::{Profile, ResolveProfileRequest, ResolveProfileResponse, UserReason},
};

/// What the peers say; tests change it.
#[derive(Clone, Default)]
pub(crate) struct FakePeers {
    /// Titles by id.
    pub(crate) titles: Arc<Mutex<HashMap<String, ContentStatus>>>,
    /// What content says of a title beyond that.
    pub(crate) details: Arc<Mutex<HashMap<String, Content>>>,
    /// Channels by id.
    pub(crate) channels: Arc<Mutex<HashMap<String, Channel>>>,
    /// The decision of rights, for every title.
    pub(crate) decision: Arc<Mutex<AccessDecision>>,
    /// How often rights was asked.
    pub(crate) asked: Arc<AtomicUsize>,
    /// Whether rights cannot be reached.
    pub(crate) rights_down: Arc<AtomicBool>,
}

impl FakePeers {
    /// Users as streaming calls it.
    pub(crate) fn users() -> FakeUserService {
        FakeUserService::new().on_resolve_profile(|_, request| async move {
            let profile = Some(Self::profile(request)?);
            Ok(ResolveProfileResponse { profile })
        })
    }

    /// Content as streaming calls it.
    pub(crate) fn content(&self) -> FakeContentService {
        let this = self.clone();
        let next = self.clone();
        FakeContentService::new()
            .on_batch_get_contents(move |_, request| {
                let contents = this.contents(request.ids);
                async move { Ok(BatchGetContentsResponse { contents }) }
            })
            .on_next_episodes(move |_, request| {
                let item = |place| NextEpisode {
                    content: next.follows(&place, request.for_children),
                };
                let items = request.places.into_iter().map(item).collect();
                async move { Ok(NextEpisodesResponse { items }) }
            })
    }

    /// Finds the published episode behind a place.
    fn follows(&self, behind: &EpisodePlace, for_children: bool) -> Option<Content> {
        let details = self.details.lock().unwrap();
        let place = |content: &Content| match &content.details {
            Some(Details::Episode(of)) if of.series_id == behind.series_id => {
                Some((of.season_number, of.episode_number))
            }
            _ => None,
        };
        let published = |content: &&Content| {
            self.titles.lock().unwrap().contains_key(&content.id)
                && (!for_children || content.maturity_rating == "G")
        };
        let behind = (behind.season_number, behind.episode_number);
        let later = details.values().filter(|of| place(of) > Some(behind));
        later.filter(published).min_by_key(|of| place(of)).cloned()
    }

    /// Live television as streaming calls it.
    pub(crate) fn livetv(&self) -> FakeLiveTvService {
        let this = self.clone();
        FakeLiveTvService::new().on_batch_get_channels(move |_, request| {
            let channels = this.channels.lock().unwrap();
            let known = request
                .ids
                .iter()
                .filter_map(|id| channels.get(id).cloned());
            let channels = known.collect();
            async move { Ok(BatchGetChannelsResponse { channels }) }
        })
    }

    /// Rights as streaming calls it.
    pub(crate) fn rights(&self) -> FakeRightsService {
        let this = self.clone();
        FakeRightsService::new().on_check_access(move |_, request| {
            let down = this.rights_down.load(Ordering::SeqCst);
            let decisions = (!down).then(|| this.decisions(request.content_ids));
            let decisions = decisions.ok_or(Error::from(CommonReason::Unavailable));
            async move { decisions.map(|decisions| CheckAccessResponse { decisions }) }
        })
    }

    /// Sets what rights decides.
    pub(crate) fn decide(&self, decision: AccessDecision) {
        *self.decision.lock().unwrap() = decision;
    }

    /// Lets rights refuse.
    pub(crate) fn refuse(&self, basis: AccessBasis) {
        let offer = |code: &str| Offer {
            kind: "subscribe".into(),
            plan: Some(Plan {
                code: code.into(),
                ..Plan::default()
            }),
            ..Offer::default()
        };
        self.decide(AccessDecision {
            basis: basis.into(),
            offers: vec![offer("basic"), offer("premium")],
            ..AccessDecision::default()
        });
    }

    /// Lets rights allow this many streams.
    pub(crate) fn allow_streams(&self, max_streams: i32) {
        self.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Subscription.into(),
            max_streams,
            ..AccessDecision::default()
        });
    }

    /// Lets rights allow until an instant.
    pub(crate) fn allow_until(&self, end: Timestamp) {
        self.decide(AccessDecision {
            allowed: true,
            basis: AccessBasis::Subscription.into(),
            expire_time: Some(timestamp(end)),
            ..AccessDecision::default()
        });
    }

    fn profile(request: ResolveProfileRequest) -> Result<Profile> {
        // A profile of somebody else begins with `f`; the default one has the account's id.
        let id = match request.profile_id {
            id if id.starts_with('f') => return Err(UserReason::ProfileNotFound.into()),
            id if id.is_empty() => request.user_id,
            id => id,
        };
        // A child's begins with `c`.
        Ok(Profile {
            is_kids: id.starts_with('c'),
            name: format!("Profile {}", &id[..2]),
            id,
            ..Profile::default()
        })
    }

    fn contents(&self, ids: Vec<String>) -> Vec<Content> {
        let titles = self.titles.lock().unwrap();
        let known = |id: String| {
            let status = *titles.get(&id)?;
            let known = self.details.lock().unwrap().get(&id).cloned();
            let mut content = known.unwrap_or_else(|| Content {
                id,
                title: "Big Buck Bunny".into(),
                ..Content::default()
            });
            content.set_status(status);
            Some(content)
        };
        ids.into_iter().filter_map(known).collect()
    }

    fn decisions(&self, ids: Vec<String>) -> Vec<AccessDecision> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let decision = self.decision.lock().unwrap().clone();
        let decide = |content_id| AccessDecision {
            content_id,
            ..decision.clone()
        };
        ids.into_iter().map(decide).collect()
    }
}

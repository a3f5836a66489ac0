//! Fakes of content and live television: they hold what they have told.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use prost::Message as _;
use sv_handlers::{
    content::{FakeCollectionService, FakeContentService, FakePopularityService},
    livetv::FakeLiveTvService,
};
use sv_kernel::Event as _;
use sv_ports::Record;
use sv_proto::{
    content::{
        Collection, CollectionChanged, CollectionState, ContentChanged, ContentState,
        ListCollectionsResponse, PopularityState, SnapshotCollectionsResponse,
        SnapshotContentsResponse, SnapshotPopularityResponse,
    },
    livetv::{AiringChanged, ChannelChanged, ChannelState, SnapshotChannelsResponse},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The titles by tenant and id. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Catalogue {
    titles: Arc<Mutex<BTreeMap<(String, String), ContentState>>>,
    /// The channels by id.
    channels: Arc<Mutex<BTreeMap<String, ChannelState>>>,
    /// The collections by tenant and id.
    collections: Arc<Mutex<BTreeMap<(String, String), Collection>>>,
    /// The ids of collections that children see none of.
    pub(super) hidden: Arc<Mutex<Vec<String>>>,
    /// How much titles are watched, by tenant and id.
    pub(super) popularity: Arc<Mutex<BTreeMap<(String, String), i64>>>,
    /// Lets snapshots go that were taken.
    gate: Arc<Semaphore>,
    /// Counts the snapshots that were taken.
    pub(super) taken: Arc<watch::Sender<usize>>,
}

impl Default for Catalogue {
    fn default() -> Self {
        Self {
            titles: Arc::default(),
            channels: Arc::default(),
            collections: Arc::default(),
            hidden: Arc::default(),
            popularity: Arc::default(),
            gate: Arc::new(Semaphore::new(1)),
            taken: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Catalogue {
    /// Holds back snapshots, after they were taken, until what is returned goes out of scope.
    pub(super) async fn hold_back(&self) -> OwnedSemaphorePermit {
        self.gate.clone().acquire_owned().await.unwrap()
    }

    /// Holds what these events tell, each title in its highest version.
    pub(super) fn hold(&self, records: &[Record]) {
        let mut titles = self.titles.lock().unwrap();
        for record in records {
            if &*record.topic == CollectionChanged::TOPIC {
                self.hold_collection(record);
                continue;
            }
            if &*record.topic != ContentChanged::TOPIC {
                self.hold_channel(record);
                continue;
            }
            let content = record.payload.clone().and_then(|payload| {
                // What a test made unreadable is not in the catalogue.
                ContentChanged::decode(payload).ok()?.content
            });
            let state = ContentState {
                tenant: record.tenant.to_string(),
                content_id: record.key.clone(),
                version: record.version.try_into().unwrap(),
                content,
            };
            let key = (state.tenant.clone(), state.content_id.clone());
            let held = titles.entry(key).or_insert_with(|| state.clone());
            if held.version < state.version {
                *held = state;
            }
        }
    }

    fn hold_channel(&self, record: &Record) {
        let mut channels = self.channels.lock().unwrap();
        let held = channels.entry(record.key.clone()).or_default();
        held.tenant = record.tenant.to_string();
        held.channel_id.clone_from(&record.key);
        let payload = record.payload.clone();
        if &*record.topic == ChannelChanged::TOPIC {
            held.version = record.version.try_into().unwrap();
            held.channel = payload.and_then(|bytes| ChannelChanged::decode(bytes).unwrap().channel);
        } else {
            let told = payload.map(|bytes| AiringChanged::decode(bytes).unwrap());
            held.airing = Some(AiringChanged {
                version: record.version,
                ..told.unwrap_or_default()
            });
        }
    }

    fn hold_collection(&self, record: &Record) {
        let mut collections = self.collections.lock().unwrap();
        let key = (record.tenant.to_string(), record.key.clone());
        let told = record.payload.clone();
        match told.and_then(|bytes| CollectionChanged::decode(bytes).unwrap().collection) {
            Some(collection) => collections.insert(key, collection),
            None => collections.remove(&key),
        };
    }

    /// Collections as search asks for them: everybody sees all of them, in their language, but for what is hidden
    /// from children, who alone have a profile in these tests.
    pub(super) fn collections(&self) -> FakeCollectionService {
        let (listed, hidden) = (self.collections.clone(), self.hidden.clone());
        let stored = self.collections.clone();
        FakeCollectionService::new()
            .on_list_collections(move |ctx, _| {
                let hidden = hidden.lock().unwrap().clone();
                let listed = listed.lock().unwrap().clone();
                async move {
                    let of_tenant = |key: &(String, String)| key.0 == ctx.tenant.as_str();
                    let seen = listed.into_iter().filter(|(key, _)| {
                        of_tenant(key) && !(ctx.profile.is_some() && hidden.contains(&key.1))
                    });
                    let told = |(_, mut collection): (_, Collection)| {
                        let language = ctx.locale.language().to_owned();
                        let translations = std::mem::take(&mut collection.translations);
                        let mine = translations.into_iter().find(|t| t.language == language);
                        collection.title = mine.map_or(collection.title, |mine| mine.title);
                        collection
                    };
                    Ok(ListCollectionsResponse {
                        items: seen.map(told).collect(),
                        ..ListCollectionsResponse::default()
                    })
                }
            })
            .on_snapshot_collections(move |_, _| {
                let stored = stored.lock().unwrap().clone();
                async move {
                    let states =
                        stored
                            .into_iter()
                            .map(|((tenant, _), collection)| CollectionState {
                                tenant,
                                collection: Some(collection),
                            });
                    Ok(SnapshotCollectionsResponse {
                        states: states.collect(),
                        next_after_id: String::new(),
                    })
                }
            })
    }

    /// What is watched, as search asks for it.
    pub(super) fn popularity(&self) -> FakePopularityService {
        let popularity = self.popularity.clone();
        FakePopularityService::new().on_snapshot_popularity(move |_, _| {
            let popularity = popularity.lock().unwrap().clone();
            async move {
                let items = popularity
                    .into_iter()
                    .map(|((tenant, content_id), popularity)| PopularityState {
                        tenant,
                        content_id,
                        popularity,
                    });
                Ok(SnapshotPopularityResponse {
                    items: items.collect(),
                    next_after_id: String::new(),
                })
            }
        })
    }

    /// Live television as search calls it.
    pub(super) fn livetv(&self) -> FakeLiveTvService {
        let channels = self.channels.clone();
        FakeLiveTvService::new().on_snapshot_channels(move |_, request| {
            let channels = channels.clone();
            async move {
                let channels = channels.lock().unwrap();
                let behind = channels
                    .values()
                    .filter(|state| state.channel_id > request.after_id);
                // As of the titles, the ids of these channels do not pass as a place to go on.
                Ok(SnapshotChannelsResponse {
                    states: behind.cloned().collect(),
                    next_after_id: String::new(),
                })
            }
        })
    }

    /// The service that search calls.
    pub(super) fn service(&self) -> FakeContentService {
        let this = self.clone();
        FakeContentService::new().on_snapshot_contents(move |_, request| {
            let catalogue = this.clone();
            async move { Ok(catalogue.snapshot(&request.after_id).await) }
        })
    }

    async fn snapshot(&self, after: &str) -> SnapshotContentsResponse {
        let mut states: Vec<_> = {
            let titles = self.titles.lock().unwrap();
            let behind = titles.values().filter(|state| *state.content_id > *after);
            behind.cloned().collect()
        };
        self.taken.send_modify(|taken| *taken += 1);
        drop(self.gate.acquire().await.unwrap());
        states.sort_by(|one, other| one.content_id.cmp(&other.content_id));
        // The ids of these tests are no ids of content: they do not pass as a place to go on.
        SnapshotContentsResponse {
            states,
            next_after_id: String::new(),
        }
    }
}

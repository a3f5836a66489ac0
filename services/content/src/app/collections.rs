//! Collections: what viewers see of them, and what editors do with them (X-CAT-10).

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;
use serde_json::Value;
use sv_kernel::{Ctx, Error, PageRequest, Paged as _, Result};
use sv_proto::{
    content::{
        AdminListCollectionsResponse, Collection, CollectionChanged, CollectionName,
        CollectionRule, CollectionState, Content, ContentReason, ContentStatus,
        GetCollectionRequest, GetCollectionResponse, ListCollectionItemsRequest,
        ListCollectionItemsResponse, ListCollectionsRequest, ListCollectionsResponse,
        SnapshotCollectionsRequest, SnapshotCollectionsResponse,
    },
    convert::{count, page_error, timestamp},
    titles,
};
use sv_rpc::mask;
use sv_store::{Tx, audit, outbox, work};
use uuid::Uuid;

use super::{
    App,
    read::{list_name, parse},
    save::expect,
};
use crate::{
    convert::CollectionList,
    documents::{collection_items, fits, for_viewers, prepare_collection, ruled},
    domain::{Filter, Order, Seer},
    store,
};

/// The name of a collection in the protos.
const MESSAGE: &str = "streamverse.content.v1.Collection";
/// How many titles come with a collection itself.
const FIRST: u32 = 20;
/// The most collections in one part of a snapshot.
const SNAPSHOT_PART: usize = 100;
/// The most collections of a tenant: they are read together.
const LIMIT: u64 = 200;
/// The most collections that a title names.
const NAMED: usize = 20;

/// A part of the collections, as all lists answer it.
pub(crate) struct Collections {
    items: Vec<Collection>,
    next_page_token: String,
}

/// What shall become of a collection.
pub(crate) struct CollectionChange {
    pub(crate) id: String,
    pub(crate) collection: Collection,
    /// The fields that change; all where there are none.
    pub(crate) paths: Vec<String>,
}

/// The titles of a collection that somebody sees.
enum Held {
    Listed(Vec<Uuid>),
    Ruled(Box<Filter>, Order, u64),
}

impl Held {
    fn count(&self) -> i32 {
        match self {
            Self::Listed(ids) => count(ids.len()),
            Self::Ruled(_, _, titles) => count(*titles),
        }
    }
}

impl From<Collections> for ListCollectionsResponse {
    fn from(part: Collections) -> Self {
        let Collections {
            items,
            next_page_token,
        } = part;
        Self {
            items,
            next_page_token,
        }
    }
}

impl From<Collections> for AdminListCollectionsResponse {
    fn from(part: Collections) -> Self {
        let Collections {
            items,
            next_page_token,
        } = part;
        Self {
            items,
            next_page_token,
        }
    }
}

impl App {
    /// Lists what viewers see, as the bytes of a `ListCollectionsResponse`.
    pub(crate) async fn shown_collections(
        &self,
        ctx: &Ctx,
        request: &ListCollectionsRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let part = self.collections(ctx, request, seer).await?;
            Ok(ListCollectionsResponse::from(part))
        };
        self.remembered(ctx, "ListCollections", seer, request, answer)
            .await
    }

    /// Returns a collection that viewers see, as the bytes of a `GetCollectionResponse`.
    pub(crate) async fn shown_collection(
        &self,
        ctx: &Ctx,
        request: &GetCollectionRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let collection = Some(self.collection(ctx, &request.id, seer).await?);
            Ok(GetCollectionResponse { collection })
        };
        self.remembered(ctx, "GetCollection", seer, request, answer)
            .await
    }

    /// Lists the titles of a collection that viewers see, as the bytes of a `ListCollectionItemsResponse`.
    pub(crate) async fn collection_items(
        &self,
        ctx: &Ctx,
        request: &ListCollectionItemsRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = self.held_items(ctx, request, seer);
        self.remembered(ctx, "ListCollectionItems", seer, request, answer)
            .await
    }

    /// Lists a part of the titles of a collection that somebody sees.
    pub(super) async fn held_items(
        &self,
        ctx: &Ctx,
        request: &ListCollectionItemsRequest,
        seer: Seer,
    ) -> Result<ListCollectionItemsResponse> {
        let list = list_name(&ctx.tenant, &(request.without_page(), seer));
        let page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let found = self.seen_collection(ctx, &request.collection_id, seer);
        let (_, held) = found.await?;
        let (items, next) = self.titles_held(ctx, &held, seer, &page).await?;
        Ok(ListCollectionItemsResponse {
            items,
            next_page_token: self.pages.write(&list, next.as_deref()),
            total: held.count(),
        })
    }

    /// Lists collections without their titles.
    pub(crate) async fn collections<Q: CollectionList>(
        &self,
        ctx: &Ctx,
        request: &Q,
        seer: Seer,
    ) -> Result<Collections> {
        let list = list_name(&ctx.tenant, &(request.without_page(), seer));
        let page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let order = request.order();
        let db = self.db.read();
        let known = store::collections(db, &ctx.tenant, &request.statuses(), order).await?;
        let listed = store::count_collected(db, &ctx.tenant, (seer, ctx.now())).await?;
        let behind = |key: &str| match page.after.as_deref() {
            None => true,
            Some(after) if order.descends() => key < after,
            Some(after) => key > after,
        };
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let (mut items, mut last, mut more) = (Vec::new(), None, false);
        let mut skip = page.skip;
        for (key, mut collection) in known.into_iter().filter(|(key, _)| behind(key)) {
            collection.item_count = self.count_held(ctx, &collection, &listed, seer).await?;
            let is_seen = collection.item_count > 0 && is_open(ctx, &collection, seer);
            if !seer.is_editor() && !is_seen {
                continue;
            }
            if skip > 0 {
                skip -= 1;
                continue;
            }
            if items.len() == size {
                more = true;
                break;
            }
            tell(ctx, &mut collection, seer);
            items.push(collection);
            last = Some(key);
        }
        Ok(Collections {
            items,
            next_page_token: self.pages.write(&list, last.filter(|_| more).as_deref()),
        })
    }

    /// Returns a collection that somebody sees, with its first titles.
    pub(crate) async fn collection(&self, ctx: &Ctx, id: &str, seer: Seer) -> Result<Collection> {
        let (mut collection, held) = self.seen_collection(ctx, id, seer).await?;
        let first = PageRequest {
            size: FIRST,
            after: None,
            skip: 0,
        };
        (collection.items, _) = self.titles_held(ctx, &held, seer, &first).await?;
        collection.item_count = held.count();
        tell(ctx, &mut collection, seer);
        Ok(collection)
    }

    /// Returns a part of the collections of all tenants.
    pub(crate) async fn snapshot_collections(
        &self,
        request: &SnapshotCollectionsRequest,
    ) -> Result<SnapshotCollectionsResponse> {
        let after = parse(&request.after_id);
        let rows = store::snapshot_collections(self.db.read(), after, SNAPSHOT_PART).await?;
        let last = rows.last().filter(|_| rows.len() == SNAPSHOT_PART);
        let next_after_id = last.map(|(_, last)| last.id.clone()).unwrap_or_default();
        let state = |(tenant, collection)| CollectionState {
            tenant,
            collection: Some(collection),
        };
        Ok(SnapshotCollectionsResponse {
            states: rows.into_iter().map(state).collect(),
            next_after_id,
        })
    }

    /// Lists the collections that the home page shows, in their order; some may have no titles for the viewer.
    pub(super) async fn featured(
        &self,
        ctx: &Ctx,
        seer: Seer,
        most: usize,
    ) -> Result<Vec<Collection>> {
        let mut featured = self.open_collections(ctx, seer).await?;
        featured.retain(|collection| collection.featured_rank > 0);
        featured.sort_by_key(|collection| collection.featured_rank);
        featured.truncate(most);
        for collection in &mut featured {
            tell(ctx, collection, seer);
        }
        Ok(featured)
    }

    /// Names in a title the collections that have it and that somebody sees.
    pub(super) async fn name_collections(
        &self,
        ctx: &Ctx,
        content: &mut Content,
        seer: Seer,
    ) -> Result<()> {
        let open = self.open_collections(ctx, seer).await?;
        let Some(id) = parse(&content.id).filter(|_| !open.is_empty()) else {
            return Ok(());
        };
        let listing = store::collecting(self.db.read(), &ctx.tenant, id).await?;
        let has = |collection: &Collection| match &collection.rule {
            Some(rule) => fits(rule, content),
            None => parse(&collection.id).is_some_and(|id| listing.contains(&id)),
        };
        let named = |mut collection: Collection| {
            tell(ctx, &mut collection, seer);
            CollectionName {
                id: collection.id,
                title: collection.title,
            }
        };
        let having = open.into_iter().filter(has).map(named).take(NAMED);
        content.collections = having.collect();
        Ok(())
    }

    /// Lists the published collections that are open to somebody, as they are stored.
    async fn open_collections(&self, ctx: &Ctx, seer: Seer) -> Result<Vec<Collection>> {
        let published = [ContentStatus::Published.into()];
        let db = self.db.read();
        let known = store::collections(db, &ctx.tenant, &published, Order::Title).await?;
        let collections = known.into_iter().map(|(_, collection)| collection);
        Ok(collections
            .filter(|collection| is_open(ctx, collection, seer))
            .collect())
    }

    /// Creates a collection, and returns what `answer` makes of it.
    pub(crate) async fn create_collection<A>(
        &self,
        ctx: &Ctx,
        collection: Collection,
        answer: fn(Collection) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let prepared = prepare_collection(collection, None)?;
        let id = ctx.new_id::<Collection>().uuid();
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let create = async move {
            let (ctx, prepared) = (&ctx, &prepared);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let others = store::count_collections(tx, &ctx.tenant).await?;
                    if others >= LIMIT {
                        let refused = Error::from(ContentReason::CollectionLimit);
                        return Err(refused.with("limit", LIMIT));
                    }
                    know(tx, ctx, prepared, None).await?;
                    let created = save(tx, ctx, id, None, prepared.clone()).await?;
                    audit::record(tx, ctx, act(id, None, Some(&created))).await?;
                    Ok(answer(created))
                })
            });
            done.await
        };
        self.change(create).await
    }

    /// Replaces a collection, or changes the fields that a mask names, and returns what `answer` makes of it.
    pub(crate) async fn update_collection<A>(
        &self,
        ctx: &Ctx,
        change: CollectionChange,
        answer: fn(Collection) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let id = parse(&change.id).ok_or(ContentReason::CollectionNotFound)?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let update = async move {
            let (ctx, change) = (&ctx, &change);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let before = locked(tx, ctx, id).await?;
                    expect(ctx, change.collection.version, before.version)?;
                    let wanted = if change.paths.is_empty() {
                        change.collection.clone()
                    } else {
                        mask::merge(MESSAGE, &before, &change.collection, &change.paths)?
                    };
                    let wanted = prepare_collection(wanted, Some(&before))?;
                    know(tx, ctx, &wanted, Some(&before)).await?;
                    let saved = save(tx, ctx, id, Some(&before), wanted).await?;
                    audit::record(tx, ctx, act(id, Some(&before), Some(&saved))).await?;
                    Ok(answer(saved))
                })
            });
            done.await
        };
        self.change(update).await
    }

    /// Deletes a collection.
    pub(crate) async fn delete_collection<A>(&self, ctx: &Ctx, id: &str) -> Result<A>
    where
        A: Message + Default + 'static,
    {
        let id = parse(id).ok_or(ContentReason::CollectionNotFound)?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let delete = async move {
            let ctx = &ctx;
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let before = locked(tx, ctx, id).await?;
                    expect(ctx, 0, before.version)?;
                    let version = before.version.saturating_add(1);
                    store::delete_collection(tx, &ctx.tenant, id).await?;
                    outbox::tombstone::<CollectionChanged>(tx, ctx, id, version).await?;
                    audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                    Ok(A::default())
                })
            });
            done.await
        };
        self.change(delete).await
    }

    /// Finds a collection that somebody sees, and which of its titles are seen, too.
    async fn seen_collection(&self, ctx: &Ctx, id: &str, seer: Seer) -> Result<(Collection, Held)> {
        let id = parse(id).ok_or(ContentReason::CollectionNotFound)?;
        let (db, of_editors) = (self.db.read(), seer.is_editor());
        let found = store::collection(db, &ctx.tenant, id).await?;
        let is_shown = |found: &Collection| {
            found.status() == ContentStatus::Published && is_open(ctx, found, seer)
        };
        let collection = found
            .filter(|found| of_editors || is_shown(found))
            .ok_or(ContentReason::CollectionNotFound)?;
        let held = if let Some(rule) = &collection.rule {
            self.ruled_titles(ctx, rule, seer).await?
        } else {
            let mut ids = collection_items(&collection);
            let shown = store::shown_among(db, &ctx.tenant, &ids, (seer, ctx.now())).await?;
            ids.retain(|id| shown.contains(id));
            Held::Listed(ids)
        };
        if held.count() == 0 && !of_editors {
            return Err(ContentReason::CollectionNotFound.into());
        }
        Ok((collection, held))
    }

    async fn ruled_titles(&self, ctx: &Ctx, rule: &CollectionRule, seer: Seer) -> Result<Held> {
        let (filter, order) = ruled(rule);
        let filter = Filter {
            shown: Some((seer, ctx.now())),
            ..filter
        };
        let titles = store::count(self.db.read(), &ctx.tenant, &filter).await?;
        Ok(Held::Ruled(
            Box::new(filter),
            order,
            titles.unwrap_or_default(),
        ))
    }

    /// Counts the titles of a collection that somebody sees; `listed` counts those that editors list.
    async fn count_held(
        &self,
        ctx: &Ctx,
        collection: &Collection,
        listed: &HashMap<Uuid, i64>,
        seer: Seer,
    ) -> Result<i32> {
        if let Some(rule) = &collection.rule {
            return Ok(self.ruled_titles(ctx, rule, seer).await?.count());
        }
        let of = parse(&collection.id).and_then(|id| listed.get(&id));
        Ok(of.copied().map_or(0, count))
    }

    /// Returns a part of a collection's titles, and where the next part starts.
    async fn titles_held(
        &self,
        ctx: &Ctx,
        held: &Held,
        seer: Seer,
        page: &PageRequest,
    ) -> Result<(Vec<Content>, Option<String>)> {
        match held {
            Held::Listed(ids) => self.items(ctx, ids, seer, page).await,
            Held::Ruled(filter, order, _) => {
                let db = self.db.read();
                let listed = store::list(db, &ctx.tenant, filter, *order, page);
                let (mut items, next) = listed.await?;
                self.complete(ctx, &mut items, seer).await?;
                Ok((items, next))
            }
        }
    }
}

/// Says whether a collection is open to somebody, by its own windows.
fn is_open(ctx: &Ctx, collection: &Collection, seer: Seer) -> bool {
    let (Some((country, now)), Some(windows)) = (seer.looks(ctx.now()), &collection.availability)
    else {
        return true;
    };
    titles::opening_of(windows, country, now).is_open()
}

/// Makes of a stored collection what somebody is told.
fn tell(ctx: &Ctx, collection: &mut Collection, seer: Seer) {
    if !seer.is_editor() {
        for_viewers(collection, &ctx.locale);
    }
}

/// Finds a collection that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<Collection> {
    let found = store::lock_collection(tx, &ctx.tenant, id).await?;
    found.ok_or_else(|| ContentReason::CollectionNotFound.into())
}

/// Refuses titles that nobody knows. Those that were in the collection need no question: they leave it when
/// they are deleted.
async fn know(tx: &Tx, ctx: &Ctx, wanted: &Collection, before: Option<&Collection>) -> Result<()> {
    let mut ids = collection_items(wanted);
    let were = before.map(collection_items).unwrap_or_default();
    ids.retain(|id| !were.contains(id));
    let known = store::shown_among(tx, &ctx.tenant, &ids, (Seer::Editor, ctx.now())).await?;
    if ids.iter().all(|id| known.contains(id)) {
        Ok(())
    } else {
        Err(ContentReason::ContentNotFound.into())
    }
}

/// Writes a prepared collection: a new one, or over one that was found and locked.
async fn save(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    before: Option<&Collection>,
    prepared: Collection,
) -> Result<Collection> {
    let now = timestamp(ctx.now());
    let created = before.and_then(|before| before.create_time);
    let version = before.map_or(0, |before| before.version);
    let collection = Collection {
        id: id.to_string(),
        version: version.saturating_add(1),
        create_time: Some(created.unwrap_or(now)),
        update_time: Some(now),
        ..prepared
    };
    match before {
        Some(_) => store::update_collection(tx, &ctx.tenant, &collection).await?,
        None => store::insert_collection(tx, &ctx.tenant, &collection).await?,
    }
    let changed = CollectionChanged {
        collection_id: collection.id.clone(),
        version: collection.version,
        collection: Some(collection.clone()),
    };
    outbox::append(tx, ctx, &changed).await?;
    Ok(collection)
}

/// Describes what was done to a collection, for its audit record.
fn act(id: Uuid, old: Option<&Collection>, new: Option<&Collection>) -> audit::Act {
    let values = |collection: Option<&Collection>| match collection {
        Some(collection) => sv_rpc::audit::values(MESSAGE, collection),
        None => Value::Null,
    };
    audit::Act::on("collection", id).changed(values(old), values(new))
}

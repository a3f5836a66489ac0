//! Playlists: what viewers see of them, and what editors do with them.

use std::collections::HashMap;

use bytes::Bytes;
use prost::Message;
use serde_json::Value;
use sv_kernel::{Ctx, PageRequest, Paged as _, Result};
use sv_proto::{
    content::{
        AdminListPlaylistsResponse, Content, ContentReason, ContentStatus, GetPlaylistRequest,
        GetPlaylistResponse, ListPlaylistItemsRequest, ListPlaylistItemsResponse,
        ListPlaylistsRequest, ListPlaylistsResponse, Playlist, PlaylistChanged,
    },
    convert::{count, page_error, timestamp},
};
use sv_rpc::mask;
use sv_store::{Tx, audit, outbox, work};
use uuid::Uuid;

use super::{
    App,
    read::{MAX_BATCH_BYTES, list_name, parse},
    save::expect,
};
use crate::{
    convert::PlaylistList,
    documents::{item_ids, prepare_playlist},
    domain::Seer,
    store,
};

/// The name of a playlist in the protos.
const MESSAGE: &str = "streamverse.content.v1.Playlist";
/// How many titles come with a playlist itself.
const FIRST: u32 = 20;

/// A part of the playlists, as all lists answer it.
pub(crate) struct Playlists {
    items: Vec<Playlist>,
    next_page_token: String,
    total: Option<i32>,
}

/// What shall become of a playlist.
pub(crate) struct PlaylistChange {
    pub(crate) id: String,
    pub(crate) playlist: Playlist,
    /// The fields that change; all where there are none.
    pub(crate) paths: Vec<String>,
}

impl From<Playlists> for ListPlaylistsResponse {
    fn from(part: Playlists) -> Self {
        let Playlists {
            items,
            next_page_token,
            total,
        } = part;
        Self {
            items,
            next_page_token,
            total,
        }
    }
}

impl From<Playlists> for AdminListPlaylistsResponse {
    fn from(part: Playlists) -> Self {
        let Playlists {
            items,
            next_page_token,
            total,
        } = part;
        Self {
            items,
            next_page_token,
            total,
        }
    }
}

impl App {
    /// Lists what viewers see, as the bytes of a `ListPlaylistsResponse`.
    pub(crate) async fn shown_playlists(
        &self,
        ctx: &Ctx,
        request: &ListPlaylistsRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let part = self.playlists(ctx, request, seer).await?;
            Ok(ListPlaylistsResponse::from(part))
        };
        self.remembered(ctx, "ListPlaylists", seer, request, answer)
            .await
    }

    /// Returns a playlist that viewers see, as the bytes of a `GetPlaylistResponse`.
    pub(crate) async fn shown_playlist(
        &self,
        ctx: &Ctx,
        request: &GetPlaylistRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let playlist = Some(self.playlist(ctx, &request.id, seer).await?);
            Ok(GetPlaylistResponse { playlist })
        };
        self.remembered(ctx, "GetPlaylist", seer, request, answer)
            .await
    }

    /// Lists the titles of a playlist that viewers see, as the bytes of a `ListPlaylistItemsResponse`.
    pub(crate) async fn playlist_items(
        &self,
        ctx: &Ctx,
        request: &ListPlaylistItemsRequest,
    ) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let list = list_name(&ctx.tenant, &(request.without_page(), seer));
            let page = self.pages.read(&list, request.page()).map_err(page_error)?;
            let (_, shown) = self.seen_playlist(ctx, &request.playlist_id, seer).await?;
            let (items, next) = self.items(ctx, &shown, seer, &page).await?;
            Ok(ListPlaylistItemsResponse {
                items,
                next_page_token: self.pages.write(&list, next.as_deref()),
                total: count(shown.len()),
            })
        };
        self.remembered(ctx, "ListPlaylistItems", seer, request, answer)
            .await
    }

    /// Lists playlists without their titles.
    pub(crate) async fn playlists<Q: PlaylistList>(
        &self,
        ctx: &Ctx,
        request: &Q,
        seer: Seer,
    ) -> Result<Playlists> {
        let list = list_name(&ctx.tenant, &(request.itself(), seer));
        let page = self.pages.read(&list, request.page()).map_err(page_error)?;
        let (db, statuses) = (self.db.read(), request.statuses());
        let which = (statuses.as_slice(), (seer, ctx.now()));
        let order = request.order();
        let (mut items, next) = store::list_playlists(db, &ctx.tenant, which, order, &page).await?;
        let ids: Vec<Uuid> = items.iter().filter_map(|item| parse(&item.id)).collect();
        let counts = store::count_items(db, &ctx.tenant, &ids, (seer, ctx.now())).await?;
        for item in &mut items {
            let of = parse(&item.id).and_then(|id| counts.get(&id));
            item.item_count = of.copied().map_or(0, count);
        }
        let total = if request.with_total() {
            let total = store::count_playlists(db, &ctx.tenant, which).await?;
            Some(count(total))
        } else {
            None
        };
        Ok(Playlists {
            items,
            next_page_token: self.pages.write(&list, next.as_deref()),
            total,
        })
    }

    /// Returns a playlist that somebody sees, with its first titles.
    pub(crate) async fn playlist(&self, ctx: &Ctx, id: &str, seer: Seer) -> Result<Playlist> {
        let (mut playlist, shown) = self.seen_playlist(ctx, id, seer).await?;
        let first = PageRequest {
            size: FIRST,
            after: None,
            skip: 0,
        };
        (playlist.items, _) = self.items(ctx, &shown, seer, &first).await?;
        playlist.item_count = count(shown.len());
        if !seer.is_editor() {
            playlist.item_ids.clear();
        }
        Ok(playlist)
    }

    /// Creates a playlist, and returns what `answer` makes of it.
    pub(crate) async fn create_playlist<A>(
        &self,
        ctx: &Ctx,
        playlist: Playlist,
        answer: fn(Playlist) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let prepared = prepare_playlist(playlist, None)?;
        let id = ctx.new_id::<Playlist>().uuid();
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let create = async move {
            let (ctx, prepared) = (&ctx, &prepared);
            let done = db.respond(ctx, |tx| {
                work(async move {
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

    /// Replaces a playlist, or changes the fields that a mask names, and returns what `answer` makes of it.
    pub(crate) async fn update_playlist<A>(
        &self,
        ctx: &Ctx,
        change: PlaylistChange,
        answer: fn(Playlist) -> A,
    ) -> Result<A>
    where
        A: Message + 'static,
    {
        let id = parse(&change.id).ok_or(ContentReason::PlaylistNotFound)?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let update = async move {
            let (ctx, change) = (&ctx, &change);
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let before = locked(tx, ctx, id).await?;
                    expect(ctx, change.playlist.version, before.version)?;
                    let wanted = if change.paths.is_empty() {
                        change.playlist.clone()
                    } else {
                        mask::merge(MESSAGE, &before, &change.playlist, &change.paths)?
                    };
                    let wanted = prepare_playlist(wanted, Some(&before))?;
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

    /// Deletes a playlist.
    pub(crate) async fn delete_playlist<A>(&self, ctx: &Ctx, id: &str) -> Result<A>
    where
        A: Message + Default + 'static,
    {
        let id = parse(id).ok_or(ContentReason::PlaylistNotFound)?;
        let (db, ctx) = (self.db.clone(), ctx.clone());
        let delete = async move {
            let ctx = &ctx;
            let done = db.respond(ctx, |tx| {
                work(async move {
                    let before = locked(tx, ctx, id).await?;
                    expect(ctx, 0, before.version)?;
                    let version = before.version.saturating_add(1);
                    store::delete_playlist(tx, &ctx.tenant, id).await?;
                    outbox::tombstone::<PlaylistChanged>(tx, ctx, id, version).await?;
                    audit::record(tx, ctx, act(id, Some(&before), None)).await?;
                    Ok(A::default())
                })
            });
            done.await
        };
        self.change(delete).await
    }

    /// Finds a playlist that somebody sees, and the ids of those of its titles that are seen, too.
    async fn seen_playlist(
        &self,
        ctx: &Ctx,
        id: &str,
        seer: Seer,
    ) -> Result<(Playlist, Vec<Uuid>)> {
        let id = parse(id).ok_or(ContentReason::PlaylistNotFound)?;
        let (db, of_editors) = (self.db.read(), seer.is_editor());
        let found = store::playlist(db, &ctx.tenant, id).await?;
        let playlist = found
            .filter(|found| of_editors || found.status() == ContentStatus::Published)
            .ok_or(ContentReason::PlaylistNotFound)?;
        let mut ids = item_ids(&playlist);
        let shown = store::shown_among(db, &ctx.tenant, &ids, (seer, ctx.now())).await?;
        ids.retain(|id| shown.contains(id));
        if ids.is_empty() && !of_editors {
            return Err(ContentReason::PlaylistNotFound.into());
        }
        Ok((playlist, ids))
    }

    /// Returns a part of a playlist's titles, and where the next part starts.
    pub(super) async fn items(
        &self,
        ctx: &Ctx,
        shown: &[Uuid],
        seer: Seer,
        page: &PageRequest,
    ) -> Result<(Vec<Content>, Option<String>)> {
        let number = |n: u32| usize::try_from(n).unwrap_or(usize::MAX);
        // Behind the title that was the last; where it is gone, from the start: better twice than never.
        let last = page.after.as_deref().and_then(parse);
        let at = last.and_then(|last| shown.iter().position(|id| *id == last));
        let start = at.map_or(0, |at| at + 1).saturating_add(number(page.skip));
        let rest = shown.get(start..).unwrap_or_default();
        let ids = &rest[..rest.len().min(number(page.size))];
        let found = store::many(self.db.read(), &ctx.tenant, ids).await?;
        let mut by_id: HashMap<Uuid, Content> = found
            .into_iter()
            .filter_map(|content| Some((parse(&content.id)?, content)))
            .collect();
        let (mut items, mut bytes, mut taken) = (Vec::with_capacity(ids.len()), 0, 0);
        for content in ids.iter().map(|id| by_id.remove(id)) {
            bytes += content.as_ref().map_or(0, Message::encoded_len);
            if bytes > MAX_BATCH_BYTES && !items.is_empty() {
                break;
            }
            taken += 1;
            items.extend(content);
        }
        self.complete(ctx, &mut items, seer).await?;
        let next = rest[..taken].last().filter(|_| taken < rest.len());
        Ok((items, next.map(Uuid::to_string)))
    }
}

/// Finds a playlist that is to be changed, and locks it.
async fn locked(tx: &Tx, ctx: &Ctx, id: Uuid) -> Result<Playlist> {
    let found = store::lock_playlist(tx, &ctx.tenant, id).await?;
    found.ok_or_else(|| ContentReason::PlaylistNotFound.into())
}

/// Refuses titles that nobody knows. Those that were in the playlist need no question: they leave it when
/// they are deleted.
async fn know(tx: &Tx, ctx: &Ctx, wanted: &Playlist, before: Option<&Playlist>) -> Result<()> {
    let mut ids = item_ids(wanted);
    let were = before.map(item_ids).unwrap_or_default();
    ids.retain(|id| !were.contains(id));
    let known = store::shown_among(tx, &ctx.tenant, &ids, (Seer::Editor, ctx.now())).await?;
    if ids.iter().all(|id| known.contains(id)) {
        Ok(())
    } else {
        Err(ContentReason::ContentNotFound.into())
    }
}

/// Writes a prepared playlist: a new one, or over one that was found and locked.
async fn save(
    tx: &Tx,
    ctx: &Ctx,
    id: Uuid,
    before: Option<&Playlist>,
    prepared: Playlist,
) -> Result<Playlist> {
    let now = timestamp(ctx.now());
    let created = before.and_then(|before| before.create_time);
    let version = before.map_or(0, |before| before.version);
    let playlist = Playlist {
        id: id.to_string(),
        version: version.saturating_add(1),
        create_time: Some(created.unwrap_or(now)),
        update_time: Some(now),
        ..prepared
    };
    match before {
        Some(_) => store::update_playlist(tx, &ctx.tenant, &playlist).await?,
        None => store::insert_playlist(tx, &ctx.tenant, &playlist).await?,
    }
    let changed = PlaylistChanged {
        playlist_id: playlist.id.clone(),
        version: playlist.version,
        playlist: Some(playlist.clone()),
    };
    outbox::append(tx, ctx, &changed).await?;
    Ok(Playlist {
        item_count: count(playlist.item_ids.len()),
        ..playlist
    })
}

/// Describes what was done to a playlist, for its audit record.
fn act(id: Uuid, old: Option<&Playlist>, new: Option<&Playlist>) -> audit::Act {
    let values = |playlist: Option<&Playlist>| match playlist {
        Some(playlist) => sv_rpc::audit::values(MESSAGE, playlist),
        None => Value::Null,
    };
    audit::Act::on("playlist", id).changed(values(old), values(new))
}

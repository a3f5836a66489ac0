//! What a profile has watched and goes on with (USER-6, X-CAT-1).

use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    time::Duration,
};

use sv_kernel::{Ctx, Error, PageAsk, Result, Timestamp, Whereabouts};
use sv_proto::{
    content::{BatchGetContentsRequest, Content, EpisodePlace, NextEpisodesRequest},
    convert::page_error,
    streaming::StreamingReason,
    titles,
};
use sv_rpc::{call, error};
use sv_rules::maturity;
use sv_store::{audit, work};
use uuid::Uuid;

use super::{
    App,
    play::{id_of, place_of},
    sessions::viewer,
};
use crate::{
    domain::{
        Session, SessionKey,
        progress::{GoingOn, Progress, going_on, with_running},
        stage::Place,
    },
    store::{progress, sessions},
};

/// Among how many of the titles that were played last those are chosen that go on.
const LOOKED_AT: u64 = 200;
/// How many titles are asked for at once: an answer holds so many, however long their texts are.
const TITLES: usize = 50;

/// A title in a history, with what content says of it.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) content: Content,
    /// Where it goes on, and how long it is.
    pub(crate) position: Duration,
    pub(crate) length: Duration,
    pub(crate) watched: bool,
    pub(crate) watched_at: Timestamp,
    /// Whether it follows an episode that was finished.
    pub(crate) follows: bool,
}

/// A part of a list.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) items: Vec<Seen>,
    pub(crate) next_page_token: String,
}

/// Whose history it is.
#[derive(Clone, Copy)]
struct Whose {
    user: Uuid,
    profile: Uuid,
    for_child: bool,
    /// Where and when what is listed has to be open.
    place: (Whereabouts, Timestamp),
}

impl App {
    /// Returns where a profile left a title, on whatever device.
    pub(super) async fn resume(&self, ctx: &Ctx, key: &SessionKey) -> Result<Duration> {
        let (db, titles) = (self.db.read(), [key.content]);
        let stored = progress::of_titles(db, &ctx.tenant, key.profile, &titles).await?;
        let running = sessions::begun_at(db, &ctx.tenant, key).await?;
        let all = with_running(stored, &running);
        let this = all.iter().find(|progress| progress.content == key.content);
        Ok(this.map(Progress::resume).unwrap_or_default())
    }

    /// Lists what the profile goes on with, latest first.
    pub(crate) async fn continue_watching(&self, ctx: &Ctx, ask: PageAsk<'_>) -> Result<Part> {
        let whose = self.whose(ctx).await?;
        let list = format!("{} continue {}", ctx.tenant, whose.profile);
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let read = self.db.read();
        let stored = progress::latest(read, &ctx.tenant, whose.profile, LOOKED_AT).await?;
        let played = with_running(stored, &self.open_sessions(ctx, &whose).await?);
        let mut items = self.going_on(ctx, &whose, &played).await?;
        items.sort_by_key(|item| (Reverse(item.watched_at), item.content.id.clone()));
        if let Some((at, id)) = page.after.as_deref().and_then(progress::read_key) {
            let behind = (Reverse(at), id.to_string());
            items.retain(|item| (Reverse(item.watched_at), item.content.id.clone()) > behind);
        }
        let size = usize::try_from(page.size).unwrap_or(usize::MAX);
        let skip = usize::try_from(page.skip).unwrap_or(usize::MAX);
        items.drain(..skip.min(items.len()));
        let more = items.len() > size;
        items.truncate(size);
        let last = items.last().filter(|_| more);
        let next = last.map(|item| format!("{}:{}", item.watched_at.micros(), item.content.id));
        Ok(Part {
            next_page_token: self.pages.write(&list, next.as_deref()),
            items,
        })
    }

    /// Lists what the profile has played, latest first.
    pub(crate) async fn history(&self, ctx: &Ctx, ask: PageAsk<'_>) -> Result<Part> {
        let whose = self.whose(ctx).await?;
        let list = format!("{} history {}", ctx.tenant, whose.profile);
        let page = self.pages.read(&list, ask).map_err(page_error)?;
        let stored = progress::list(self.db.read(), &ctx.tenant, whose.profile, &page).await?;
        let on_page: HashSet<Uuid> = stored.items.iter().map(|played| played.content).collect();
        let mut running = self.open_sessions(ctx, &whose).await?;
        running.retain(|session| on_page.contains(&session.key.content));
        let played = with_running(stored.items, &running);
        let titles = self.titles(ctx, &whose, on_page).await?;
        let item = |played: Progress| {
            let content = titles.get(&played.content)?.clone();
            Some(watched(content, &played, false))
        };
        Ok(Part {
            items: played.into_iter().filter_map(item).collect(),
            next_page_token: self.pages.write(&list, stored.next.as_deref()),
        })
    }

    /// Takes a title, or the series that it belongs to, off the list of what goes on until it is played
    /// again.
    ///
    /// Fails with `NOT_WATCHED`.
    pub(crate) async fn hide(&self, ctx: &Ctx, content: Uuid) -> Result<()> {
        let whose = self.whose(ctx).await?;
        let title = self.batch(ctx, &[content]).await?.into_iter().next();
        let place = title.as_ref().and_then(place_of);
        let series = place.map_or(content, |place| place.series);
        let running = &self.open_sessions(ctx, &whose).await?;
        let hidden = self.db.write(ctx, |tx| {
            work(async move {
                for session in running {
                    progress::fold(tx, ctx, session).await?;
                }
                match progress::hide(tx, ctx, whose.profile, content, series).await? {
                    0 => Err(StreamingReason::NotWatched.into()),
                    _ => Ok(()),
                }
            })
        });
        hidden.await
    }

    /// Forgets a title, or everything, and where running playback of it stands.
    pub(crate) async fn forget(&self, ctx: &Ctx, content: Option<Uuid>) -> Result<()> {
        let whose = self.whose(ctx).await?;
        let Whose { user, profile, .. } = whose;
        let forgotten = self.db.write(ctx, |tx| {
            work(async move {
                progress::delete(tx, ctx, profile, content).await?;
                sessions::rewind(tx, ctx, user, profile, content).await?;
                if content.is_none() {
                    let act = audit::Act::on("watch_history", profile);
                    audit::record(tx, ctx, act).await?;
                }
                Ok::<_, Error>(())
            })
        });
        forgotten.await
    }

    /// Finds the titles of what goes on.
    async fn going_on(&self, ctx: &Ctx, whose: &Whose, played: &[Progress]) -> Result<Vec<Seen>> {
        let chosen = going_on(played);
        let here = chosen.iter().filter_map(|going| match going {
            GoingOn::Here(progress) => Some(progress.content),
            GoingOn::After(..) => None,
        });
        let known = self.all_titles(ctx, here).await?;
        let mut items = Vec::new();
        let mut after = Vec::new();
        for going in chosen {
            match going {
                GoingOn::After(place, at) => after.push((place, at)),
                GoingOn::Here(progress) => match known.get(&progress.content) {
                    Some(content) if may_see(content, whose) => {
                        items.push(watched(content.clone(), &progress, false));
                    }
                    // It is open to others only.
                    Some(content) if titles::is_shown(content) => {}
                    // It was taken away: the next one stands for it.
                    _ => after.extend(progress.place.map(|place| (place, progress.watched_at))),
                },
            }
        }
        let begun: HashMap<Uuid, &Progress> = played
            .iter()
            .map(|progress| (progress.content, progress))
            .collect();
        for part in after.chunks(100) {
            items.extend(self.next_episodes(ctx, whose, part, &begun).await?);
        }
        Ok(items)
    }

    /// Finds the episodes that follow some others.
    async fn next_episodes(
        &self,
        ctx: &Ctx,
        whose: &Whose,
        after: &[(Place, Timestamp)],
        begun: &HashMap<Uuid, &Progress>,
    ) -> Result<Vec<Seen>> {
        let place = |(place, _): &(Place, Timestamp)| EpisodePlace {
            series_id: place.series.to_string(),
            season_number: place.season,
            episode_number: place.episode,
        };
        let request = NextEpisodesRequest {
            places: after.iter().map(place).collect(),
            for_children: whose.for_child,
        };
        let answer = self.content.clone().next_episodes(call(ctx, request)).await;
        let next = answer.map_err(error)?.into_inner().items;
        let item = |((place, at), next): (&(Place, Timestamp), Option<Content>)| {
            let content = next.filter(|content| may_see(content, whose))?;
            let follows = place_of(&content)?;
            // After the last special the series is not begun again.
            if place.season == 0 && follows.season != 0 {
                return None;
            }
            let played = content.id.parse().ok().and_then(|id: Uuid| begun.get(&id));
            let length = u64::try_from(content.duration_seconds).unwrap_or_default();
            Some(Seen {
                position: played.map(|played| played.resume()).unwrap_or_default(),
                length: played.map_or(Duration::from_secs(length), |played| played.length),
                watched: played.is_some_and(|played| played.watched),
                watched_at: *at,
                follows: true,
                content,
            })
        };
        let next = next.into_iter().map(|next| next.content);
        Ok(after.iter().zip(next).filter_map(item).collect())
    }

    /// Returns the titles that the profile may see.
    async fn titles(
        &self,
        ctx: &Ctx,
        whose: &Whose,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Content>> {
        let mut titles = self.all_titles(ctx, ids).await?;
        titles.retain(|_, content| may_see(content, whose));
        Ok(titles)
    }

    async fn all_titles(
        &self,
        ctx: &Ctx,
        ids: impl IntoIterator<Item = Uuid>,
    ) -> Result<HashMap<Uuid, Content>> {
        let ids: Vec<Uuid> = ids.into_iter().collect();
        let mut titles = HashMap::new();
        for part in ids.chunks(TITLES) {
            let found = self.batch(ctx, part).await?;
            let keyed = |content: Content| Some((content.id.parse().ok()?, content));
            titles.extend(found.into_iter().filter_map(keyed));
        }
        Ok(titles)
    }

    async fn batch(&self, ctx: &Ctx, ids: &[Uuid]) -> Result<Vec<Content>> {
        let request = BatchGetContentsRequest {
            ids: ids.iter().map(Uuid::to_string).collect(),
        };
        let mut content = self.content.clone();
        let answer = content.batch_get_contents(call(ctx, request));
        Ok(answer.await.map_err(error)?.into_inner().contents)
    }

    async fn whose(&self, ctx: &Ctx) -> Result<Whose> {
        let viewer = viewer(ctx)?;
        let profile = self.profile(ctx, viewer).await?;
        Ok(Whose {
            user: viewer.user.uuid(),
            profile: id_of(&profile)?,
            for_child: profile.is_kids,
            place: (ctx.whereabouts, ctx.now()),
        })
    }

    async fn open_sessions(&self, ctx: &Ctx, whose: &Whose) -> Result<Vec<Session>> {
        let open = sessions::open_of(self.db.read(), &ctx.tenant, whose.user, whose.profile);
        Ok(open.await?)
    }
}

fn may_see(content: &Content, whose: &Whose) -> bool {
    let (whereabouts, now) = whose.place;
    titles::is_shown_in(content, whereabouts, now)
        && (!whose.for_child || titles::ratings(content).all(maturity::open_to_kids))
}

fn watched(content: Content, played: &Progress, follows: bool) -> Seen {
    Seen {
        content,
        position: played.resume(),
        length: played.length,
        watched: played.watched,
        watched_at: played.watched_at,
        follows,
    }
}

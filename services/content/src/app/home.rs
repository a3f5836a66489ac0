//! The home page and the genres (CAT-17).
//!
//! What all see alike comes from the tables and is remembered ([`App::shared_rows`] says which rows, and in which
//! order); what a profile has chosen itself is asked of its owners, and the page does without where they are away.

mod card;
mod own;

use std::fmt::Write as _;

use bytes::Bytes;
use prost::Message as _;
use sv_kernel::{Ctx, Error, Paged as _, Result};
use sv_proto::{
    common::CommonReason,
    content::{
        Content, ContentReason, Genre, GetHomeRequest, GetHomeResponse, HomeRow, HomeRowKind,
        ListCollectionItemsRequest, ListGenresRequest, ListGenresResponse, ListTitlesRequest,
    },
    convert::{count, page_error},
};

use super::{
    App,
    read::{Part, list_name},
};
use crate::{
    domain::{Kind, Seer},
    store,
};

/// Titles of a row when the caller does not say how many.
const USUAL: i32 = 20;
/// How many genres have rows of their own.
const GENRE_ROWS: u32 = 5;
/// How many collections have rows of their own.
const FEATURED_ROWS: usize = 10;

impl App {
    /// Returns the home page.
    pub(crate) async fn home(
        &self,
        ctx: &Ctx,
        request: &GetHomeRequest,
    ) -> Result<GetHomeResponse> {
        let size = match request.row_size {
            0 => USUAL,
            size => size,
        };
        let seer = self.seer(ctx).await?;
        let shared = async {
            let rows = self.shared_rows(ctx, seer, size).await?;
            let degraded = false;
            Ok(GetHomeResponse { rows, degraded })
        };
        let shared = self.remembered(ctx, "GetHome", seer, request, shared);
        let (shared, begun, chosen) = tokio::join!(
            shared,
            self.begun_row(ctx, size),
            self.watchlist_row(ctx, size)
        );
        let unreadable = |cause| Error::from(CommonReason::Internal).because(cause);
        let mut home = GetHomeResponse::decode(shared?).map_err(unreadable)?;
        let mut rows = Vec::with_capacity(home.rows.len() + 2);
        for own in [begun, chosen] {
            match own {
                Ok(row) => rows.extend(row),
                Err(own::Away) => home.degraded = true,
            }
        }
        rows.append(&mut home.rows);
        // Without titles a row is nothing to look at.
        rows.retain(|row| !row.items.is_empty());
        home.rows = rows;
        Ok(home)
    }

    /// Makes the rows that are the same for all who see the same, from top to bottom.
    async fn shared_rows(&self, ctx: &Ctx, seer: Seer, size: i32) -> Result<Vec<HomeRow>> {
        // A row of another order or filter of titles is a line here and a kind in the proto.
        let mut wanted = vec![
            (HomeRowKind::Trending, "-trending", String::new()),
            (HomeRowKind::New, "-create_time", String::new()),
            (HomeRowKind::Popular, "-popularity", String::new()),
            (HomeRowKind::Top, "-score", String::new()),
        ];
        let highest = wanted.len();
        let genres = self.genres_of(ctx, seer, (0, GENRE_ROWS)).await?;
        let of_genre = |(genre, _)| (HomeRowKind::Genre, "-score", genre);
        wanted.extend(genres.into_iter().map(of_genre));
        let mut rows = Vec::with_capacity(wanted.len());
        for (kind, order_by, genre) in wanted {
            let list = ListTitlesRequest {
                page_size: size,
                order_by: order_by.to_owned(),
                genre: Some(genre.clone())
                    .filter(|genre| !genre.is_empty())
                    .into_iter()
                    .collect(),
                ..ListTitlesRequest::default()
            };
            let mut part = self.list(ctx, &list, seer).await?;
            match kind {
                HomeRowKind::Top => only(&mut part, |title| !title.scores.is_empty()),
                HomeRowKind::Trending | HomeRowKind::Popular => {
                    let played = self.played(ctx, &part.items).await?;
                    only(&mut part, |title| played.contains(&title.id));
                }
                _ => {}
            }
            rows.push(HomeRow {
                kind: kind.into(),
                genre,
                items: part.items.into_iter().map(card::of).collect(),
                more: address(&list),
                next_page_token: part.next_page_token,
                ..HomeRow::default()
            });
        }
        let featured = self.featured_rows(ctx, seer, size).await?;
        rows.splice(highest..highest, featured);
        Ok(rows)
    }

    /// Makes the rows of the collections that editors feature.
    async fn featured_rows(&self, ctx: &Ctx, seer: Seer, size: i32) -> Result<Vec<HomeRow>> {
        let mut rows = Vec::new();
        for collection in self.featured(ctx, seer, FEATURED_ROWS).await? {
            let list = ListCollectionItemsRequest {
                collection_id: collection.id.clone(),
                page_size: size,
                ..ListCollectionItemsRequest::default()
            };
            let part = match self.held_items(ctx, &list, seer).await {
                Ok(part) => part,
                // Nothing in it is for the viewer.
                Err(none) if none.is(&ContentReason::CollectionNotFound) => continue,
                Err(failure) => return Err(failure),
            };
            rows.push(HomeRow {
                kind: HomeRowKind::Collection.into(),
                items: part.items.into_iter().map(card::of).collect(),
                more: format!("/ondemand/collections/{}/items", collection.id),
                next_page_token: part.next_page_token,
                title: collection.title,
                collection_id: collection.id,
                ..HomeRow::default()
            });
        }
        Ok(rows)
    }

    /// Lists the genres that viewers see, as the bytes of a `ListGenresResponse`.
    pub(crate) async fn genres(&self, ctx: &Ctx, request: &ListGenresRequest) -> Result<Bytes> {
        let seer = self.seer(ctx).await?;
        let answer = async {
            let list = list_name(&ctx.tenant, &(request.without_page(), seer));
            let page = self.pages.read(&list, request.page()).map_err(page_error)?;
            // Counts change: no key would stay where it is, so a part starts behind so many others.
            let before = page.after.as_deref().and_then(|after| after.parse().ok());
            let skip = page.skip.max(before.unwrap_or(0));
            let mut genres = self.genres_of(ctx, seer, (skip, page.size + 1)).await?;
            let size = usize::try_from(page.size).unwrap_or(usize::MAX);
            let next = (genres.len() > size).then(|| skip.saturating_add(page.size).to_string());
            genres.truncate(size);
            let genre = |(name, titles)| Genre {
                name,
                title_count: count(titles),
            };
            Ok(ListGenresResponse {
                items: genres.into_iter().map(genre).collect(),
                next_page_token: self.pages.write(&list, next.as_deref()),
            })
        };
        self.remembered(ctx, "ListGenres", seer, request, answer)
            .await
    }

    async fn genres_of(
        &self,
        ctx: &Ctx,
        seer: Seer,
        part: (u32, u32),
    ) -> Result<Vec<(String, i64)>> {
        let types = Kind::BROWSED.map(|kind| i32::from(kind.content_type()));
        let at = (seer, ctx.now());
        let genres = store::genres(self.db.read(), &ctx.tenant, &types, at, part);
        Ok(genres.await?)
    }
}

/// Ends a list that begins with the highest where the titles begin that have nothing to be compared by.
fn only(part: &mut Part, has: impl Fn(&Content) -> bool) {
    let before = part.items.len();
    part.items.retain(has);
    if part.items.len() < before {
        part.next_page_token.clear();
    }
}

/// Returns the REST call of a list of titles.
fn address(list: &ListTitlesRequest) -> String {
    let mut address = format!("/ondemand/titles?orderBy={}", list.order_by);
    for genre in &list.genre {
        address.push_str("&genre=");
        for byte in genre.bytes() {
            if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
                address.push(char::from(byte));
            } else {
                // Writing to a string does not fail.
                let _ = write!(address, "%{byte:02X}");
            }
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_genre_is_written_so_that_an_address_holds_it() {
        let list = ListTitlesRequest {
            order_by: "-score".into(),
            genre: vec!["Sci-Fi & Fantasé".into()],
            ..ListTitlesRequest::default()
        };
        assert_eq!(
            address(&list),
            "/ondemand/titles?orderBy=-score&genre=Sci-Fi%20%26%20Fantas%C3%A9"
        );
    }
}

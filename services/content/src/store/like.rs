//! Titles that are like another one: they share people and genres with it (CAT-14).

use sea_orm::{
    ColumnTrait as _, ConnectionTrait, JoinType, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
    sea_query::{Alias, Expr, ExprTrait, Func, Order, Query, SelectStatement, UnionType},
};
use sv_kernel::{Tenant, Timestamp};
use sv_proto::content::Content;
use sv_store::{StoreError, TenantTable as _};
use uuid::Uuid;

use super::{
    content::decode,
    entity::{
        content::{Column, Entity},
        content_genre, content_person,
    },
    shown::shown_to,
};
use crate::domain::Seer;

/// What a shared person counts; a genre counts one.
const PERSON: i64 = 3;

/// What is like a title.
pub(crate) struct Likeness<'a> {
    /// The titles that are not to be among them.
    pub(crate) but: &'a [Uuid],
    /// Folded.
    pub(crate) genres: &'a [String],
    pub(crate) people: &'a [Uuid],
    /// Of which types.
    pub(crate) types: &'a [i32],
}

/// Lists the titles that somebody sees and that share most with a title; of those that share as much, what is
/// liked most comes first.
pub(crate) async fn like(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    wanted: &Likeness<'_>,
    seer: (Seer, Timestamp),
    limit: u64,
) -> Result<Vec<Content>, StoreError> {
    let (shared, content, weight) = (
        Alias::new("shared"),
        Alias::new("content_id"),
        Alias::new("weight"),
    );
    let mut sums = Query::select();
    sums.column(content.clone())
        .expr_as(Func::sum(Expr::col(weight.clone())), weight.clone())
        .from_subquery(signs(tenant, wanted), Alias::new("signs"))
        .group_by_col(content.clone());
    let mut rows = Entity::of(tenant)
        .filter(Column::Kind.is_in(wanted.types.iter().copied()))
        .filter(Column::Id.is_not_in(wanted.but.iter().copied()))
        .filter(shown_to(tenant, seer))
        .select_only()
        .columns([Column::Id, Column::Document]);
    let of_title = Expr::col((shared.clone(), content)).equals((Entity, Column::Id));
    sea_orm::QueryTrait::query(&mut rows)
        .join_subquery(JoinType::InnerJoin, sums, shared.clone(), of_title)
        .order_by((shared, weight), Order::Desc);
    let rows: Vec<(Uuid, Option<Vec<u8>>)> = rows
        .order_by_desc(Column::ByPopularity)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let read = |(id, document): (Uuid, Option<Vec<u8>>)| decode(id, &document.unwrap_or_default());
    rows.into_iter().map(read).collect()
}

/// Selects what titles share, a row for each sign and title.
fn signs(tenant: &Tenant, wanted: &Likeness<'_>) -> SelectStatement {
    let weight = Alias::new("weight");
    let mut genres = Query::select();
    genres
        .column(content_genre::Column::ContentId)
        .expr_as(Expr::val(1_i64), weight.clone())
        .from(content_genre::Entity)
        .and_where(content_genre::Column::Tenant.eq(tenant.as_str()))
        .and_where(content_genre::Column::Genre.is_in(wanted.genres.iter().cloned()));
    let mut people = Query::select();
    people
        .column(content_person::Column::ContentId)
        .expr_as(Expr::val(PERSON), weight)
        .from(content_person::Entity)
        .and_where(content_person::Column::Tenant.eq(tenant.as_str()))
        .and_where(content_person::Column::PersonId.is_in(wanted.people.iter().copied()));
    genres.union(UnionType::All, people);
    genres
}

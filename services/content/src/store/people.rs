//! People: a document each, and a row for each role that one has in a title.

use std::collections::{BTreeSet, HashMap};

use prost::Message as _;
use sea_orm::{
    ActiveModelTrait as _,
    ActiveValue::Set,
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, QueryTrait as _, Select,
    sea_query::{Query, SelectStatement},
};
use sv_kernel::{PageRequest, Tenant, Timestamp};
use sv_proto::content::{Content, Person};
use sv_store::{StoreError, TenantTable as _, Tx, sort_key};
use uuid::Uuid;

use super::{
    SEPARATOR,
    entity::{
        content_person as credit,
        person::{ActiveModel, Column, Entity},
    },
    playlists::titles,
};
use crate::{documents::credited, domain::Seer};

/// Finds a person.
pub(crate) async fn person(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Person>, StoreError> {
    let row = Entity::of(tenant).filter(Column::Id.eq(id)).one(db).await?;
    row.map(|row| decode(id, &row.document)).transpose()
}

/// Finds a person and keeps others from changing or crediting it until the transaction ends.
pub(crate) async fn lock_person(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
) -> Result<Option<Person>, StoreError> {
    let row = Entity::of(tenant)
        .filter(Column::Id.eq(id))
        .lock_exclusive()
        .one(tx)
        .await?;
    row.map(|row| decode(id, &row.document)).transpose()
}

/// Finds the names of people who are to be credited, and keeps others from renaming and deleting them
/// meanwhile.
pub(crate) async fn names(
    tx: &Tx,
    tenant: &Tenant,
    ids: &BTreeSet<Uuid>,
) -> Result<HashMap<Uuid, String>, StoreError> {
    let rows = Entity::of(tenant)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::Id)
        .lock_shared()
        .all(tx)
        .await?;
    let name = |row: super::entity::person::Model| {
        let person = decode(row.id, &row.document)?;
        Ok((row.id, person.name))
    };
    rows.into_iter().map(name).collect()
}

/// Adds a person who has an id.
pub(crate) async fn insert_person(
    tx: &Tx,
    tenant: &Tenant,
    person: &Person,
) -> Result<(), StoreError> {
    row(tenant, person)?.insert(tx).await?;
    Ok(())
}

/// Writes a person over a row that was locked.
pub(crate) async fn update_person(
    tx: &Tx,
    tenant: &Tenant,
    person: &Person,
) -> Result<(), StoreError> {
    row(tenant, person)?.update(tx).await?;
    Ok(())
}

/// Deletes a person who was locked.
pub(crate) async fn delete_person(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    Entity::delete_of(tenant)
        .filter(Column::Id.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

/// Which people a list shows.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Which<'w> {
    /// How names begin; empty means any.
    pub(crate) prefix: &'w str,
    /// Viewers get those whom a title credits that they see.
    pub(crate) seer: (Seer, Timestamp),
}

/// Lists a part of the people by name, and says where the next part starts.
pub(crate) async fn list_people(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    which: Which<'_>,
    page: &PageRequest,
) -> Result<(Vec<Person>, Option<String>), StoreError> {
    let mut rows: Vec<(Uuid, String, Vec<u8>)> = filtered(tenant, which)
        .apply_if(page.after.as_deref(), |rows, after| {
            rows.filter(Column::ByName.gt(after))
        })
        .order_by_asc(Column::ByName)
        .select_only()
        .columns([Column::Id, Column::ByName, Column::Document])
        .offset(u64::from(page.skip))
        .limit(u64::from(page.size) + 1)
        .into_tuple()
        .all(db)
        .await?;
    let size = usize::try_from(page.size).unwrap_or(usize::MAX);
    let more = rows.len() > size;
    rows.truncate(size);
    let next = rows.last().map(|(_, key, _)| key.clone());
    let people = rows
        .iter()
        .map(|(id, _, document)| decode(*id, document))
        .collect::<Result<_, _>>()?;
    Ok((people, next.filter(|_| more)))
}

/// Counts the people of a list.
pub(crate) async fn count_people(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    which: Which<'_>,
) -> Result<u64, StoreError> {
    Ok(filtered(tenant, which).count(db).await?)
}

/// Returns of people how many titles somebody sees that credit them.
pub(crate) async fn count_titles(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    people: &[Uuid],
    seer: (Seer, Timestamp),
) -> Result<HashMap<Uuid, i64>, StoreError> {
    let counts: Vec<(Uuid, i64)> = credit::Entity::of(tenant)
        .filter(credit::Column::PersonId.is_in(people.iter().copied()))
        .filter(credit::Column::ContentId.in_subquery(titles(tenant, seer)))
        .select_only()
        .column(credit::Column::PersonId)
        .expr_as(
            sea_orm::sea_query::Func::count_distinct(sea_orm::sea_query::Expr::col((
                credit::Entity,
                credit::Column::ContentId,
            ))),
            "titles",
        )
        .group_by(credit::Column::PersonId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}

/// Lists what a person did for titles that somebody sees.
pub(crate) async fn roles(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    person: Uuid,
    seer: (Seer, Timestamp),
) -> Result<Vec<i32>, StoreError> {
    let roles = credit::Entity::of(tenant)
        .filter(credit::Column::PersonId.eq(person))
        .filter(credit::Column::ContentId.in_subquery(titles(tenant, seer)))
        .select_only()
        .column(credit::Column::Role)
        .distinct()
        .order_by_asc(credit::Column::Role)
        .into_tuple()
        .all(db)
        .await?;
    Ok(roles)
}

/// Lists the ids of all titles that credit a person.
pub(crate) async fn credits_of(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    person: Uuid,
    after: Option<Uuid>,
    limit: u64,
) -> Result<Vec<Uuid>, StoreError> {
    let ids = credit::Entity::of(tenant)
        .filter(credit::Column::PersonId.eq(person))
        .apply_if(after, |rows, after| {
            rows.filter(credit::Column::ContentId.gt(after))
        })
        .select_only()
        .column(credit::Column::ContentId)
        .distinct()
        .order_by_asc(credit::Column::ContentId)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    Ok(ids)
}

/// Counts the titles that credit a person.
pub(crate) async fn count_credits(
    db: &impl ConnectionTrait,
    tenant: &Tenant,
    person: Uuid,
) -> Result<u64, StoreError> {
    let titles = credit::Entity::of(tenant)
        .filter(credit::Column::PersonId.eq(person))
        .select_only()
        .column(credit::Column::ContentId)
        .distinct();
    Ok(titles.count(db).await?)
}

/// Selects the titles that credit a person.
pub(super) fn crediting(tenant: &Tenant, person: Uuid) -> SelectStatement {
    let mut rows = Query::select();
    rows.column(credit::Column::ContentId)
        .from(credit::Entity)
        .and_where(credit::Column::Tenant.eq(tenant.as_str()))
        .and_where(credit::Column::PersonId.eq(person));
    rows
}

/// Writes whom a title credits.
pub(super) async fn add(
    tx: &Tx,
    tenant: &Tenant,
    id: Uuid,
    content: &Content,
) -> Result<(), StoreError> {
    let rows: Vec<_> = credited(content)
        .into_iter()
        .map(|(person, role)| credit::ActiveModel {
            person_id: Set(person),
            content_id: Set(id),
            role: Set(role),
            tenant: Set(tenant.as_str().to_owned()),
        })
        .collect();
    if !rows.is_empty() {
        credit::Entity::insert_many(rows).exec(tx).await?;
    }
    Ok(())
}

/// Takes away whom a title credits.
pub(super) async fn drop(tx: &Tx, tenant: &Tenant, id: Uuid) -> Result<(), StoreError> {
    credit::Entity::delete_of(tenant)
        .filter(credit::Column::ContentId.eq(id))
        .exec(tx)
        .await?;
    Ok(())
}

fn filtered(tenant: &Tenant, which: Which<'_>) -> Select<Entity> {
    let (prefix, seer) = (sort_key(which.prefix), which.seer);
    let mut credited = Query::select();
    credited
        .column(credit::Column::PersonId)
        .from(credit::Entity)
        .and_where(credit::Column::Tenant.eq(tenant.as_str()))
        .and_where(credit::Column::ContentId.in_subquery(titles(tenant, seer)));
    Entity::of(tenant)
        .apply_if(
            (!seer.0.is_editor()).then_some(credited),
            |rows, credited| rows.filter(Column::Id.in_subquery(credited)),
        )
        .apply_if((!prefix.is_empty()).then_some(prefix), |rows, prefix| {
            // All keys that start so, up to the last code point there is.
            rows.filter(Column::ByName.gte(prefix.as_str()))
                .filter(Column::ByName.lt(format!("{prefix}\u{10ffff}")))
        })
}

fn row(tenant: &Tenant, person: &Person) -> Result<ActiveModel, StoreError> {
    let id = Uuid::try_parse(&person.id)
        .map_err(|_| StoreError::inconsistent("people", "id", &person.id))?;
    let by_name = format!("{}{SEPARATOR}{}", sort_key(&person.name), id.simple());
    Ok(ActiveModel {
        id: Set(id),
        tenant: Set(tenant.as_str().to_owned()),
        by_name: Set(by_name),
        version: Set(person.version),
        document: Set(person.encode_to_vec()),
    })
}

fn decode(id: Uuid, document: &[u8]) -> Result<Person, StoreError> {
    Person::decode(document).map_err(|_| StoreError::inconsistent("people", "document", id))
}

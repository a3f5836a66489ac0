//! Changes of titles.

use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, EntityTrait as _, QueryFilter as _, sea_query::OnConflict,
};
use sv_kernel::Tenant;
use sv_ports::index::{Change, Document, Weight};
use sv_store::{StoreError, TenantTable as _, Tx};

use super::{
    FACETS, STARTS,
    entity::{gram, term, title},
    grams,
};
use crate::domain::facet_names;

/// Rows of one insert.
const ROWS: usize = 500;

/// Takes a change over if its version is higher than the known one, and says whether it was.
pub(crate) async fn apply(tx: &Tx, change: &Change) -> Result<bool, StoreError> {
    let (tenant, id) = match change {
        Change::Put(Document { tenant, id, .. }) | Change::Delete { tenant, id, .. } => {
            (tenant, id)
        }
    };
    if !put_row(tx, tenant, id, change).await? {
        return Ok(false);
    }
    let old = term::Entity::delete_of(tenant).filter(term::Column::Id.eq(id));
    old.exec(tx).await?;
    if let Change::Put(document) = change {
        put_terms(tx, document).await?;
    }
    Ok(true)
}

/// Writes the row if its version is higher, which also keeps other transactions from the title.
async fn put_row(tx: &Tx, tenant: &Tenant, id: &str, change: &Change) -> Result<bool, StoreError> {
    let document = match change {
        Change::Put(document) => Some(document),
        Change::Delete { .. } => None,
    };
    let year = document
        .and_then(|d| d.numbers.get(facet_names::YEAR))
        .copied();
    let row = title::ActiveModel {
        tenant: Set(tenant.to_string()),
        id: Set(id.to_owned()),
        version: Set(change.version()),
        live: Set(document.is_some()),
        rank: Set(document.map_or(0.0, |d| d.rank)),
        year: Set(year.unwrap_or(0)),
        payload: Set(document.map_or_else(Vec::new, |d| d.payload.to_vec())),
    };
    let replace = OnConflict::columns([title::Column::Tenant, title::Column::Id])
        .update_columns([
            title::Column::Version,
            title::Column::Live,
            title::Column::Rank,
            title::Column::Year,
            title::Column::Payload,
        ])
        .action_and_where(title::Column::Version.lt(change.version()))
        .to_owned();
    let insert = title::Entity::insert(row).on_conflict(replace);
    Ok(insert.exec_without_returning(tx).await? > 0)
}

async fn put_terms(tx: &Tx, document: &Document) -> Result<(), StoreError> {
    let tenant = document.tenant.to_string();
    let words: Vec<(&str, Vec<String>)> = Weight::ALL
        .map(|weight| (weight.as_str(), document.terms(weight)))
        .into();
    let mut vocabulary: Vec<&String> = words.iter().flat_map(|(_, terms)| terms).collect();
    vocabulary.sort_unstable();
    vocabulary.dedup();
    let grams: Vec<gram::ActiveModel> = vocabulary
        .into_iter()
        .flat_map(|term| grams(term).into_iter().map(move |gram| (gram, term)))
        .map(|(gram, term)| gram::ActiveModel {
            tenant: Set(tenant.clone()),
            gram: Set(gram),
            term: Set(term.clone()),
        })
        .collect();
    for rows in grams.chunks(ROWS) {
        let known = OnConflict::new().do_nothing().to_owned();
        let insert = gram::Entity::insert_many(rows.to_vec()).on_conflict(known);
        insert.exec_without_returning(tx).await?;
    }

    let mut starts = document.starts();
    starts.sort_unstable();
    starts.dedup();
    let mut facets = document.facet_terms();
    facets.sort_unstable();
    facets.dedup();
    let rows: Vec<term::ActiveModel> = words
        .into_iter()
        .chain([(STARTS, starts), (FACETS, facets)])
        .flat_map(|(field, terms)| terms.into_iter().map(move |term| (field, term)))
        .map(|(field, term)| term::ActiveModel {
            tenant: Set(tenant.clone()),
            field: Set(field.to_owned()),
            term: Set(term),
            id: Set(document.id.clone()),
        })
        .collect();
    for rows in rows.chunks(ROWS) {
        let insert = term::Entity::insert_many(rows.to_vec());
        insert.exec_without_returning(tx).await?;
    }
    Ok(())
}

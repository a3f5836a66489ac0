//! When events were taken up.

use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait as _, sea_query::OnConflict};
use sv_kernel::Timestamp;
use sv_store::{StoreError, Tx};

use super::entity::progress;

/// The row of the index.
const INDEX: &str = "index";

/// Returns when the newest event was taken up.
pub(crate) async fn indexed_at(db: &impl ConnectionTrait) -> Result<Option<Timestamp>, StoreError> {
    let row = progress::Entity::find_by_id(INDEX).one(db).await?;
    Ok(row.map(|row| Timestamp::from_micros(row.indexed_at)))
}

/// Notes when the newest event was taken up.
pub(crate) async fn set_indexed_at(tx: &Tx, at: Timestamp) -> Result<(), StoreError> {
    let row = progress::ActiveModel {
        name: Set(INDEX.to_owned()),
        indexed_at: Set(at.micros()),
    };
    let replace = OnConflict::column(progress::Column::Name)
        .update_column(progress::Column::IndexedAt)
        .to_owned();
    let insert = progress::Entity::insert(row).on_conflict(replace);
    insert.exec_without_returning(tx).await?;
    Ok(())
}

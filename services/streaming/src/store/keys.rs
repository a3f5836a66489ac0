//! Keys of playback tokens. They belong to the installation, not to a tenant.

use sea_orm::{ActiveValue::Set, QueryOrder as _, entity::prelude::*};
use sv_kernel::Timestamp;
use sv_store::{StoreError, Tx};

use super::entity::play_key::{ActiveModel, Column, Entity};
use crate::token::Key;

/// Lists the keys, newest first, with the instants of their making.
pub(crate) async fn list(db: &impl ConnectionTrait) -> Result<Vec<(Key, Timestamp)>, StoreError> {
    let rows = Entity::find()
        .order_by_desc(Column::CreatedAt)
        .order_by_desc(Column::Kid);
    let key = |row: super::entity::play_key::Model| {
        let key = Key {
            kid: row.kid,
            secret: row.secret,
        };
        (key, Timestamp::from_micros(row.created_at))
    };
    Ok(rows.all(db).await?.into_iter().map(key).collect())
}

/// Adds a key.
pub(crate) async fn insert(tx: &Tx, key: Key, made: Timestamp) -> Result<(), StoreError> {
    let row = ActiveModel {
        kid: Set(key.kid),
        secret: Set(key.secret),
        created_at: Set(made.micros()),
    };
    row.insert(tx).await?;
    Ok(())
}

/// Removes keys that were made before `before`.
pub(crate) async fn remove(tx: &Tx, before: Timestamp) -> Result<(), StoreError> {
    Entity::delete_many()
        .filter(Column::CreatedAt.lt(before.micros()))
        .exec(tx)
        .await?;
    Ok(())
}

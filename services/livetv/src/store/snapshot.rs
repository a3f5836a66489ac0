//! All channels of all tenants, the deleted ones included.

use prost::Message as _;
use sea_orm::{
    ColumnTrait as _, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _,
};
use sv_proto::livetv::{AiringChanged, ChannelState};
use sv_store::{Reader, StoreError};
use uuid::Uuid;

use super::{
    channels::decode,
    entity::{
        channel::{Column, Entity, Model},
        channel_gone,
    },
};

/// Returns the states of up to `limit` channels behind an id, and whether more follow.
pub(crate) async fn part(
    db: &Reader,
    after: Option<Uuid>,
    limit: u64,
) -> Result<(Vec<ChannelState>, bool), StoreError> {
    let rows = Entity::find()
        .apply_if(after, |rows, after| rows.filter(Column::Id.gt(after)))
        .order_by_asc(Column::Id)
        .limit(limit + 1)
        .all(db)
        .await?;
    let gone = channel_gone::Entity::find()
        .apply_if(after, |rows, after| {
            rows.filter(channel_gone::Column::Id.gt(after))
        })
        .order_by_asc(channel_gone::Column::Id)
        .limit(limit + 1)
        .all(db)
        .await?;
    let mut states: Vec<(Uuid, ChannelState)> = Vec::with_capacity(rows.len() + gone.len());
    for row in rows {
        states.push((row.id, state(row)?));
    }
    states.extend(gone.into_iter().map(|gone| (gone.id, end(gone))));
    states.sort_by_key(|(id, _)| *id);
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = states.len() > limit;
    states.truncate(limit);
    Ok((states.into_iter().map(|(_, state)| state).collect(), more))
}

fn state(row: Model) -> Result<ChannelState, StoreError> {
    let channel = decode(&row)?;
    let told = row.airing.map(|told| AiringChanged::decode(&*told));
    let told = told.transpose();
    let told = told.map_err(|_| StoreError::inconsistent("channels", "airing", row.id))?;
    Ok(ChannelState {
        tenant: row.tenant,
        channel_id: row.id.to_string(),
        version: row.version,
        channel: Some(channel),
        airing: told.map(|told| AiringChanged {
            version: row.airing_version,
            ..told
        }),
    })
}

fn end(gone: channel_gone::Model) -> ChannelState {
    let channel_id = gone.id.to_string();
    ChannelState {
        tenant: gone.tenant,
        version: gone.version,
        channel: None,
        airing: Some(AiringChanged {
            channel_id: channel_id.clone(),
            version: gone.airing_version,
            ..AiringChanged::default()
        }),
        channel_id,
    }
}

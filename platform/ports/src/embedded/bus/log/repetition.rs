//! Records that are published again, because a process ended before it could note the first time.

use std::collections::{BTreeMap, BTreeSet};

use sea_orm::{ConnectionTrait as _, Value};
use sv_sqlite::Transaction;

use super::{failed, sql_all, topic_partition, unsigned};
use crate::{PortResult, Position, Record};

/// Says for each record where it stands already, if it does.
///
/// A dead letter bears the id of its event and moves to and fro: it is never a repetition.
pub(super) async fn known(
    change: &Transaction,
    records: &[Record],
) -> PortResult<Vec<Option<Position>>> {
    let mut known = BTreeMap::new();
    let topics: BTreeSet<&str> = records.iter().map(|record| &*record.topic).collect();
    for topic in topics {
        let events: Vec<Value> = records
            .iter()
            .filter(|record| &*record.topic == topic && !record.is_dead_letter())
            .map(|record| record.event_id.to_string().into())
            .collect();
        if events.is_empty() {
            continue;
        }
        // The expression is that of the index, to the letter.
        let select = format!(
            r#"SELECT topic, partition, "offset", headers ->> 'event-id' FROM records
               WHERE topic = ? AND headers ->> 'event-id' IN ({})"#,
            vec!["?"; events.len()].join(", ")
        );
        let values = std::iter::once(topic.into()).chain(events).collect();
        let rows = change.query_all_raw(sql_all(&select, values)).await;
        for row in rows.map_err(failed)? {
            let event: String = row.try_get_by(3).map_err(failed)?;
            let at = Position {
                partition: topic_partition(&row)?,
                offset: unsigned(&row, 2)?,
            };
            known.insert((topic, event), at);
        }
    }
    let place = |record: &Record| {
        if record.is_dead_letter() {
            return None;
        }
        let event = record.event_id.to_string();
        known.get(&(&*record.topic, event)).cloned()
    };
    Ok(records.iter().map(place).collect())
}

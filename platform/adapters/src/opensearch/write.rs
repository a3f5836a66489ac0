//! Bulk writes under external versions.

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};
use sv_ports::{
    PortError, PortResult, Position, TopicPartition,
    index::{Change, Written},
};

use super::{Shared, layout, unavailable};

/// The most bytes of one request, but for a single larger document.
const LARGEST_REQUEST: usize = 4 * 1024 * 1024;

/// A document to be written.
pub(super) struct Item {
    id: String,
    version: i64,
    source: String,
}

/// Makes the items of changes.
pub(super) fn changes(changes: &[Change]) -> PortResult<Vec<Item>> {
    let item = |change: &Change| {
        if change.version() < 0 {
            return Err(PortError::invalid("a version is not negative"));
        }
        Ok(Item {
            id: change.key(),
            version: change.version(),
            source: layout::source(change).to_string(),
        })
    };
    changes.iter().map(item).collect()
}

/// Makes the items that tell where records stand. Offsets are versions, so that they only grow.
pub(super) fn positions(done: &[Position]) -> Vec<Item> {
    let item = |position: &Position| {
        let Position { partition, offset } = position;
        let done = json!([*partition.topic, partition.partition, offset]);
        Item {
            // No tenant is called so.
            id: format!("~done {partition}"),
            version: i64::try_from(*offset).unwrap_or(i64::MAX),
            source: json!({"state": layout::DONE, "done": {"at": done}}).to_string(),
        }
    };
    done.iter().map(item).collect()
}

/// Makes the item that tells that the index was built to its end.
pub(super) fn whole() -> Item {
    Item {
        id: "~whole".to_owned(),
        version: 1,
        source: json!({"state": layout::DONE, "done": {"whole": true}}).to_string(),
    }
}

/// Says whether a document tells that the index was built to its end.
pub(super) fn tells_whole(done: &Value) -> bool {
    done["whole"] == true
}

/// Reads where the records of a partition stand.
pub(super) fn read_position(done: &Value) -> Option<Position> {
    let (topic, partition, offset): (String, u32, u64) =
        serde_json::from_value(done["at"].clone()).ok()?;
    let topic = topic.into();
    Some(Position {
        partition: TopicPartition { topic, partition },
        offset,
    })
}

impl Shared {
    /// Writes items into the index behind an alias, and into the one that is being built.
    pub(super) async fn bulk(
        &self,
        items: &[Item],
        alias: &str,
        building: bool,
    ) -> PortResult<Written> {
        let mut written = Written::default();
        let mut rest = items;
        while !rest.is_empty() {
            let mut lines = BytesMut::new();
            let mut taken = 0;
            for item in rest {
                if taken > 0 && lines.len() + item.source.len() > LARGEST_REQUEST {
                    break;
                }
                item.write(alias, &mut lines);
                if building {
                    item.write(&self.names.building, &mut lines);
                }
                taken += 1;
            }
            let stride = if building { 2 } else { 1 };
            self.send(lines.freeze(), stride, &mut written).await?;
            rest = &rest[taken..];
        }
        Ok(written)
    }

    /// Sends a request whose items come `stride` by `stride`; only the first of each counts.
    async fn send(&self, lines: Bytes, stride: usize, written: &mut Written) -> PortResult<()> {
        let answer = self.http.post_lines("/_bulk", lines).await?;
        let items = answer["items"].as_array().map_or(&[][..], Vec::as_slice);
        for (at, item) in items.iter().enumerate() {
            let result = &item["index"];
            let first = at % stride == 0;
            match result["status"].as_u64() {
                Some(200 | 201) => written.accepted += usize::from(first),
                // The index has this version, or a higher one.
                Some(409) => written.outdated += usize::from(first),
                // The rebuild ended meanwhile.
                Some(404) if !first => {}
                Some(400) => return Err(PortError::invalid(result["error"].to_string())),
                _ => return Err(unavailable(result.to_string())),
            }
        }
        Ok(())
    }
}

impl Item {
    fn write(&self, alias: &str, lines: &mut BytesMut) {
        // An index that is not there must not be made by writing into it.
        let action = json!({"index": {
            "_index": alias,
            "require_alias": true,
            "_id": self.id,
            "version": self.version,
            "version_type": "external",
        }});
        lines.put_slice(action.to_string().as_bytes());
        lines.put_u8(b'\n');
        lines.put_slice(self.source.as_bytes());
        lines.put_u8(b'\n');
    }
}

//! Topics and what becomes of their old records.

use std::time::Duration;

use sv_kernel::{Cleanup, Event};

use crate::{PortError, PortResult};

/// A topic's settings. Producers and consumers state the same ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Topic {
    /// The name: 1 to 200 of `a-z`, `0-9`, `.`, `_` and `-`.
    pub name: String,
    /// The number of partitions; order holds within one, and a key always goes to the same one.
    pub partitions: u32,
    /// What becomes of old records.
    pub cleanup: Cleanup,
}

impl Topic {
    /// The usual number of partitions.
    pub const PARTITIONS: u32 = 3;

    /// Describes the topic of an event.
    pub fn of<E: Event>() -> Self {
        Self {
            name: E::TOPIC.to_owned(),
            partitions: Self::PARTITIONS,
            cleanup: E::CLEANUP,
        }
    }

    /// Describes a topic that keeps the newest record of each key.
    pub fn compacted(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            partitions: Self::PARTITIONS,
            cleanup: Cleanup::Compact,
        }
    }

    /// Describes a topic that keeps records for a while.
    pub fn retained(name: impl Into<String>, keep: Duration) -> Self {
        Self {
            name: name.into(),
            partitions: Self::PARTITIONS,
            cleanup: Cleanup::Retain(keep),
        }
    }

    /// Returns the same topic with another number of partitions.
    #[must_use]
    pub fn with_partitions(mut self, partitions: u32) -> Self {
        self.partitions = partitions;
        self
    }

    /// Describes the topic that takes what this one's consumers could not handle.
    #[must_use]
    pub fn dead_letters(&self) -> Self {
        Self::compacted(dead_letter_topic(&self.name)).with_partitions(1)
    }

    /// Refuses settings that no bus takes.
    pub fn validate(&self) -> PortResult<()> {
        validate_name("topic", &self.name)?;
        if self.partitions == 0 || self.partitions > 1024 {
            return Err(PortError::invalid("a topic has 1 to 1024 partitions"));
        }
        if self.cleanup == Cleanup::Retain(Duration::ZERO) {
            return Err(PortError::invalid("a topic keeps records for some time"));
        }
        Ok(())
    }
}

/// Names the topic that takes the records of `topic` that a consumer gave up on (EVT-9).
pub(crate) fn dead_letter_topic(topic: &str) -> String {
    format!("{topic}.dlq")
}

/// Refuses names of topics and groups that not every bus takes.
pub(crate) fn validate_name(what: &str, name: &str) -> PortResult<()> {
    let fits = (1..=200).contains(&name.len())
        && !name.starts_with('.')
        && name
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b".-_".contains(&b));
    if fits {
        Ok(())
    } else {
        Err(PortError::invalid(format!(
            "a {what} name has 1 to 200 of a-z, 0-9, '.', '_' and '-', not {name:?}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_every_bus_takes() {
        assert!(Topic::compacted("content.changed").validate().is_ok());
        for bad in ["", ".", "..", "Content", "a b", "a/b", &"a".repeat(201)] {
            assert!(Topic::compacted(bad).validate().is_err(), "{bad:?}");
        }
        assert!(Topic::compacted("a").with_partitions(0).validate().is_err());
        assert!(Topic::retained("a", Duration::ZERO).validate().is_err());
    }
}

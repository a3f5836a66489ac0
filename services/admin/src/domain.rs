//! What is asked of the audit records.

use sv_kernel::Timestamp;
use sv_proto::admin::AuditOutcome;
use uuid::Uuid;

/// Conditions of which every one that is set must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) actor: Option<String>,
    pub(crate) subject_kind: Option<String>,
    pub(crate) subject: Option<String>,
    pub(crate) action: Option<String>,
    pub(crate) outcome: Option<AuditOutcome>,
    /// Not before.
    pub(crate) from: Option<Timestamp>,
    /// Before.
    pub(crate) to: Option<Timestamp>,
}

/// Where a page ends: instant and id of its last record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) at: Timestamp,
    pub(crate) id: Uuid,
}

impl Position {
    pub(crate) fn write(self) -> String {
        format!("{} {}", self.at.micros(), self.id)
    }

    pub(crate) fn read(text: &str) -> Option<Self> {
        let (micros, id) = text.split_once(' ')?;
        Some(Self {
            at: Timestamp::from_micros(micros.parse().ok()?),
            id: id.parse().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back() {
        let position = Position {
            at: Timestamp::from_secs(5),
            id: Uuid::from_u128(7),
        };
        assert_eq!(Position::read(&position.write()), Some(position));
        assert_eq!(Position::read("x"), None);
    }
}

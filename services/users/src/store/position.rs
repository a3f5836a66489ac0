//! Where a page of a list that shows the newest first ends.

use sea_orm::{ColumnTrait, Condition};
use sv_kernel::Timestamp;
use uuid::Uuid;

/// The last row of a page: its instant, and its id among those of the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) at: Timestamp,
    pub(crate) id: Uuid,
}

impl Position {
    /// Reads what [`Self::key`] has written.
    pub(crate) fn read(key: &str) -> Option<Self> {
        let (at, id) = key.split_once(' ')?;
        Some(Self {
            at: Timestamp::from_micros(at.parse().ok()?),
            id: id.parse().ok()?,
        })
    }

    /// Writes it for a page token.
    pub(crate) fn key(self) -> String {
        format!("{} {}", self.at.micros(), self.id)
    }

    /// Lets through what stands behind it in a descending order of these columns.
    pub(super) fn before(self, at: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
        let same_instant = Condition::all()
            .add(at.eq(self.at.micros()))
            .add(id.lt(self.id));
        Condition::any()
            .add(at.lt(self.at.micros()))
            .add(same_instant)
    }
}

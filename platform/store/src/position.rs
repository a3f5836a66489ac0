//! Where a page of a list that goes by time ends, and what stands behind it.

use sea_orm::{ColumnTrait, Condition};
use sv_kernel::{PageError, PageRequest, Result, Timestamp};
use sv_proto::convert::page_error;
use uuid::Uuid;

/// The last row of a page: its instant, and its id among those of the same instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// By what the list goes, to the microsecond.
    pub at: Timestamp,
    /// Of the row.
    pub id: Uuid,
}

impl Position {
    /// Reads where the page before ended; `None` at the start. Fails with `PAGE_INVALID`.
    pub fn of(page: &PageRequest) -> Result<Option<Self>> {
        let read = |key| Self::read(key).ok_or_else(|| page_error(PageError::Token));
        page.after.as_deref().map(read).transpose()
    }

    fn read(key: &str) -> Option<Self> {
        let (at, id) = key.split_once(' ')?;
        Some(Self {
            at: Timestamp::from_micros(at.parse().ok()?),
            id: id.parse().ok()?,
        })
    }

    /// Writes it for a page token.
    pub fn key(self) -> String {
        format!("{} {}", self.at.micros(), self.id)
    }

    /// Lets through what stands behind it where these columns descend.
    pub fn before(self, at: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
        let same_instant = Condition::all()
            .add(at.eq(self.at.micros()))
            .add(id.lt(self.id));
        Condition::any()
            .add(at.lt(self.at.micros()))
            .add(same_instant)
    }

    /// Lets through what stands behind it where these columns ascend.
    pub fn after(self, at: impl ColumnTrait, id: impl ColumnTrait) -> Condition {
        let same_instant = Condition::all()
            .add(at.eq(self.at.micros()))
            .add(id.gt(self.id));
        Condition::any()
            .add(at.gt(self.at.micros()))
            .add(same_instant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_position_reads_back_and_nothing_else_is_one() {
        let position = Position {
            at: Timestamp::from_secs(5),
            id: Uuid::from_u128(7),
        };
        let asked = |after: Option<String>| PageRequest {
            size: 20,
            after,
            skip: 0,
        };
        let read = Position::of(&asked(Some(position.key())));
        assert_eq!(read.unwrap(), Some(position));
        assert_eq!(Position::of(&asked(None)).unwrap(), None);
        for other in ["x", "5", "5 x", "x 00000000-0000-0000-0000-000000000007"] {
            let refused = Position::of(&asked(Some(other.into()))).unwrap_err();
            assert_eq!(refused.reason(), "PAGE_INVALID", "{other}");
        }
    }
}

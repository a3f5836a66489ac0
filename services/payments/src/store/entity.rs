//! The tables' rows.

pub(crate) mod journal_entry;
pub(crate) mod journal_line;
pub(crate) mod payment;
pub(crate) mod transaction;

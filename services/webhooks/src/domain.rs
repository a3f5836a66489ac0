//! Types and rules; no I/O.

mod delivery;
mod reach;
mod signature;
mod webhook;

pub(crate) use delivery::{Answer, Attempt, Delivery, Outcome};
pub(crate) use reach::{Reach, without_values};
pub(crate) use signature::{Secret, sign};
pub(crate) use webhook::{BESIDE, MOST_SECRETS, StoredSecret, Webhook};

//! Types and rules; no I/O.

mod fact;
mod ledger;
mod method;
mod payment;
mod transaction;

pub(crate) use fact::{Fact, OURS};
pub(crate) use ledger::{Account, Balance, Entry, Line};
pub(crate) use method::PaymentMethod;
pub(crate) use payment::{Bill, ChargeState, Payment, Status};
pub(crate) use transaction::{Kind, Movement, Transaction};

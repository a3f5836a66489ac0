//! Types and rules; no I/O.

mod fact;
mod filter;
mod ledger;
mod method;
mod payment;
mod transaction;

pub(crate) use fact::{ChargeState, Fact, OURS};
pub(crate) use filter::Filter;
pub(crate) use ledger::{Account, Balance, Entry, Line};
pub(crate) use method::PaymentMethod;
pub(crate) use payment::{Bill, Payment, Status};
pub(crate) use transaction::{Kind, Movement, Transaction};

//! Types and rules; no I/O.

mod access;
mod backing;
pub(crate) mod coupon;
mod currency;
mod gift;
mod invoice;
mod order;
mod paid_for;
mod payment_method;
mod period;
mod plan;
mod rule;
mod sale;
mod schedule;
mod subscription;

use sv_kernel::{Error, FieldViolation};
use sv_proto::rights::RightsReason;

pub(crate) use access::{Basis, Decision, Title, decide, scopes};
pub(crate) use backing::{Undone, reversal, undone};
pub(crate) use coupon::{Coupon, Held};
pub(crate) use currency::is_currency;
pub(crate) use gift::{Code, Gift};
pub(crate) use invoice::{Invoice, InvoiceLine, LineKind, Month, unused};
pub(crate) use order::{Order, OrderKind, OrderStatus};
pub(crate) use paid_for::PaidFor;
pub(crate) use payment_method::PaymentMethod;
pub(crate) use period::Anchor;
pub(crate) use plan::{Plan, Price};
pub(crate) use rule::{Plans, RentalTerms, Terms, of_type, scope_of};
pub(crate) use sale::Sale;
pub(crate) use schedule::Schedule;
pub(crate) use subscription::{NextPlan, Overdue, Status, Subscription};

/// Refuses terms that cannot be kept, though each of their fields is well formed; names the field to correct.
pub(crate) fn unfit(field: &str, rule: &'static str, description: &str) -> Error {
    Error::from(RightsReason::TermsInvalid).with_violation(FieldViolation {
        field: field.into(),
        rule,
        description: description.into(),
    })
}

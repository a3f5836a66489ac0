//! The tables' rows.

pub(crate) mod coupon;
pub(crate) mod order;
pub(crate) mod payment;
pub(crate) mod plan;
pub(crate) mod rule;
pub(crate) mod rule_plan;
pub(crate) mod subscription;

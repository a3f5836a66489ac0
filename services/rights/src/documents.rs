//! The rules of what is stored as editors send it: messages in, messages out.
//!
//! A rule and a coupon are the messages [`Rule`](sv_proto::rights::Rule) and [`Coupon`](sv_proto::rights::Coupon):
//! second types with the same fields would say nothing more. What a decision needs of them is of the domain's types.

pub(crate) mod coupon;
mod rule;

pub(crate) use rule::{prepare as prepare_rule, scope};

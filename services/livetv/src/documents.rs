//! The rules of what is stored as it is sent: messages in, messages out.
//!
//! A channel is the message [`Channel`](sv_proto::livetv::Channel), and what is said of a programme is the message
//! [`Programme`](sv_proto::livetv::Programme): second types with the same fields would say nothing more.

mod blackout;
mod channel;
mod programme;

pub(crate) use channel::{for_viewers, merge, prepare};

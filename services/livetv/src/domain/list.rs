//! Which channels a list shows, and in which order.

use sv_proto::content::ContentStatus;
use uuid::Uuid;

/// What lists can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Number,
    Name,
}

/// The names of the orders, as callers write them.
const ORDERS: [(&str, Order); 2] = [("number", Order::Number), ("name", Order::Name)];

impl Order {
    /// Reads `order_by`, which is one of the words that the proto lists; empty means by number.
    pub(crate) fn read(order_by: &str) -> Self {
        let known = ORDERS.iter().find(|(name, _)| *name == order_by);
        known.map_or(Self::Number, |(_, order)| *order)
    }
}

/// Which channels a list shows; an empty list of values means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) ids: Vec<Uuid>,
    pub(crate) statuses: Vec<i32>,
    /// Folded.
    pub(crate) genres: Vec<String>,
    /// Upper case.
    pub(crate) countries: Vec<String>,
    /// Lower case.
    pub(crate) languages: Vec<String>,
    pub(crate) is_live: Option<bool>,
    /// Only what a child may see.
    pub(crate) for_child: bool,
}

impl Filter {
    /// What viewers see: published channels.
    pub(crate) fn published() -> Self {
        Self {
            statuses: vec![ContentStatus::Published.into()],
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_have_names() {
        assert_eq!(Order::read(""), Order::Number);
        assert_eq!(Order::read("name"), Order::Name);
        for message in ["ListChannelsRequest", "AdminListChannelsRequest"] {
            let message = format!("streamverse.livetv.v1.{message}");
            let offered = sv_rpc::testing::words(&message, "order_by");
            assert_eq!(offered, ORDERS.map(|(name, _)| name));
        }
    }
}

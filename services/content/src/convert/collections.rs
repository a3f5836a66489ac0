//! Lists of collections.

use std::fmt::Debug;

use sv_kernel::Paged;
use sv_proto::content::{AdminListCollectionsRequest, ContentStatus, ListCollectionsRequest};

use crate::domain::{Order, said};

/// A request for a part of the collections.
pub(crate) trait CollectionList: Paged + Clone + Debug {
    /// Returns of which statuses; none means any.
    fn statuses(&self) -> Vec<i32>;
    /// Returns the order that is asked for.
    fn order(&self) -> Order;
}

impl CollectionList for ListCollectionsRequest {
    fn statuses(&self) -> Vec<i32> {
        vec![ContentStatus::Published.into()]
    }

    fn order(&self) -> Order {
        Order::read(&self.order_by)
    }
}

impl CollectionList for AdminListCollectionsRequest {
    fn statuses(&self) -> Vec<i32> {
        said(&self.status)
    }

    fn order(&self) -> Order {
        Order::read(&self.order_by)
    }
}

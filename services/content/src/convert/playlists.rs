//! Lists of playlists.

use std::fmt::Debug;

use sv_kernel::Paged;
use sv_proto::content::{AdminListPlaylistsRequest, ContentStatus, ListPlaylistsRequest};

use crate::domain::{Order, said};

/// A request for a part of the playlists.
pub(crate) trait PlaylistList: Paged + Clone + Debug {
    /// Returns of which statuses; none means any.
    fn statuses(&self) -> Vec<i32>;
    /// Returns the order that is asked for.
    fn order(&self) -> Order;
    /// Says whether all that fit shall be counted, too.
    fn with_total(&self) -> bool;
    /// Returns the list itself, whatever part is asked for: what a page token belongs to.
    fn itself(&self) -> Self;
}

/// Lists that are asked for in the same way; `$statuses` tells of which statuses.
macro_rules! lists {
    ($($request:ty: $statuses:expr;)*) => {$(
        impl PlaylistList for $request {
            fn statuses(&self) -> Vec<i32> {
                let statuses: fn(&Self) -> Vec<i32> = $statuses;
                statuses(self)
            }

            fn order(&self) -> Order {
                Order::read(&self.order_by)
            }

            fn with_total(&self) -> bool {
                self.with_total
            }

            fn itself(&self) -> Self {
                Self { with_total: false, ..self.without_page() }
            }
        }
    )*};
}

lists! {
    ListPlaylistsRequest: |_| vec![ContentStatus::Published.into()];
    AdminListPlaylistsRequest: |request| said(&request.status);
}

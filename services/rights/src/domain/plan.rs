//! Plans: what is on sale.

use sv_kernel::{Id, Money};

/// A plan that can be bought by the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) id: Id<Plan>,
    /// Unique within the tenant, e.g. `basic`.
    pub(crate) code: String,
    pub(crate) name: String,
    /// Per month.
    pub(crate) price: Money,
    /// Streams that may run at once.
    pub(crate) max_streams: i32,
    pub(crate) features: Vec<String>,
    /// Whether it can be bought now.
    pub(crate) on_sale: bool,
}

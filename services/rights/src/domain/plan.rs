//! Plans: what is on sale.

use sv_kernel::{Currency, Id, Money, Timestamp};
use sv_proto::rights::Quality;

/// What a plan costs: the wire has 32 bits for it (C36), so larger or negative sums are refused
/// where they come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    minor: u32,
    currency: Currency,
}

impl Price {
    /// Takes a sum in minor units; `None` where the wire has no room for it.
    pub(crate) fn new(minor: i64, currency: Currency) -> Option<Self> {
        let minor = i32::try_from(minor)
            .ok()
            .and_then(|minor| u32::try_from(minor).ok())?;
        Some(Self { minor, currency })
    }

    /// Returns the sum as it is charged.
    pub(crate) fn money(self) -> Money {
        Money::new(self.minor.into(), self.currency)
    }

    /// Returns the minor units as the wire has them.
    pub(crate) fn minor(self) -> i32 {
        // `new` let nothing larger in.
        self.minor.cast_signed()
    }

    /// Returns the currency.
    pub(crate) fn currency(self) -> Currency {
        self.currency
    }
}

/// A plan that can be bought by the month.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) id: Id<Plan>,
    /// Unique within the tenant, e.g. `basic`.
    pub(crate) code: String,
    pub(crate) name: String,
    /// Per month.
    pub(crate) price: Price,
    /// Streams that may run at once.
    pub(crate) max_streams: i32,
    pub(crate) features: Vec<String>,
    /// The best quality that it gives; unspecified is no limit.
    pub(crate) max_quality: Quality,
    /// For how long an account has it without a payment that never had a trial.
    pub(crate) trial_days: u16,
    /// Whether it can be bought now.
    pub(crate) on_sale: bool,
    /// Grows by one with each change.
    pub(crate) version: i32,
    /// None for the plans of the first start.
    pub(crate) created_at: Option<Timestamp>,
    pub(crate) updated_at: Option<Timestamp>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_the_wire_cannot_carry_is_refused() {
        let euro = Currency::parse("EUR").unwrap();
        let minor = |sum| Price::new(sum, euro).map(Price::minor);
        assert_eq!(minor(i32::MAX.into()), Some(i32::MAX));
        assert_eq!(
            [minor(i64::from(i32::MAX) + 1), minor(-1), minor(i64::MAX)],
            [None; 3]
        );
    }
}

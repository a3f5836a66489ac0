//! Coupons: codes that make plans cheaper (X-PAY-5).

use sv_kernel::Id;

/// The longest code, in characters.
const LONGEST: usize = 40;
/// How many charges a coupon lasts that has no end.
pub(crate) const FOR_EVER: i32 = -1;

/// Marks ids of coupons.
#[derive(Debug)]
pub(crate) enum Coupon {}

/// What a subscription has of a coupon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Held {
    pub(crate) coupon: Id<Coupon>,
    /// How many charges it still makes cheaper; [`FOR_EVER`] is all.
    pub(crate) left: i32,
}

impl Held {
    /// Says whether the next charge is made cheaper.
    pub(crate) fn lasts(self) -> bool {
        self.left != 0
    }

    /// Counts a charge that was made cheaper.
    #[must_use]
    pub(crate) fn used_once(self) -> Self {
        let left = if self.left > 0 {
            self.left - 1
        } else {
            self.left
        };
        Self { left, ..self }
    }
}

/// Reads a code as it is kept: in capitals; `None` where it is none.
pub(crate) fn read_code(typed: &str) -> Option<String> {
    let code = typed.trim().to_ascii_uppercase();
    let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
    let whole = !code.is_empty() && code.len() <= LONGEST;
    (whole && code.bytes().all(fits)).then_some(code)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_coupon_lasts_as_many_charges_as_it_says() {
        let held = |left| Held {
            coupon: Id::from_uuid(Uuid::nil()),
            left,
        };
        assert!(!held(1).used_once().lasts());
        assert!(held(2).used_once().lasts());
        assert!(held(FOR_EVER).used_once().lasts());
        assert!(!held(0).used_once().lasts());
    }
}

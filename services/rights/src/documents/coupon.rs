//! Coupons as editors say them (X-PAY-5).

use sv_kernel::{Currency, Id, Result, Timestamp, trim};
use sv_proto::{
    convert::{instant, refuse},
    rights::{self as pb, CouponDuration, CouponStatus, RightsReason},
};
use uuid::Uuid;

use crate::domain::{
    Plan, Price,
    coupon::{FOR_EVER, read_code},
    is_currency, unfit,
};

/// Reads what an editor wants of a coupon; `before` is the stored one, if there is one. Id, plans, count, version and
/// times of changes are the caller's to give.
///
/// Fails with `VALIDATION_FAILED` and `TERMS_INVALID`.
pub(crate) fn prepare(mut coupon: pb::Coupon, before: Option<&pb::Coupon>) -> Result<pb::Coupon> {
    trim(&mut coupon.note);
    coupon.code = read_code(&coupon.code).ok_or_else(|| {
        let wish = "is of letters from A to Z, digits and hyphens, e.g. SUMMER25";
        refuse("coupon.code", "FORMAT_CODE", wish)
    })?;
    let one_of_two = "says a part or a sum that it takes off, one of the two";
    match (coupon.percent_off > 0, coupon.amount_off_minor > 0) {
        (true, false) if coupon.currency.is_empty() => {}
        (true, false) => {
            let wish = "is only said of a sum";
            return Err(unfit("coupon.currency", "CURRENCY", wish));
        }
        (false, true) if is_currency(&coupon.currency) => {}
        (false, true) => {
            let wish = "is a currency of ISO 4217, e.g. EUR";
            return Err(unfit("coupon.currency", "CURRENCY", wish));
        }
        _ => return Err(unfit("coupon.percentOff", "ONE_OF", one_of_two)),
    }
    if coupon.duration() == CouponDuration::Unspecified {
        coupon.set_duration(CouponDuration::Once);
    }
    let repeats = coupon.duration() == CouponDuration::Repeating;
    if repeats != (coupon.periods > 0) || coupon.periods == 1 {
        let wish = "is 2 or more where it is for some charges, else 0";
        return Err(unfit("coupon.periods", "PERIODS", wish));
    }
    if let (Some(begin), Some(end)) = (coupon.start_time, coupon.end_time)
        && instant(end) <= instant(begin)
    {
        let wish = "is later than the beginning";
        return Err(unfit("coupon.endTime", "AFTER", wish));
    }
    coupon.max_uses_per_account = coupon.max_uses_per_account.max(1);
    if coupon.status() == CouponStatus::Unspecified {
        let was = before.map_or(CouponStatus::Active, pb::Coupon::status);
        coupon.set_status(was);
    }
    Ok(coupon)
}

/// Says whether two are the same to those who have used them.
pub(crate) fn gives_the_same(one: &pb::Coupon, other: &pb::Coupon) -> bool {
    let terms = |coupon: &pb::Coupon| {
        (
            coupon.code.clone(),
            (coupon.percent_off, coupon.amount_off_minor),
            coupon.currency.clone(),
            coupon.plan_ids.clone(),
            (coupon.duration, coupon.periods),
        )
    };
    terms(one) == terms(other)
}

/// Returns how many charges it lasts.
pub(crate) fn charges(coupon: &pb::Coupon) -> i32 {
    match coupon.duration() {
        CouponDuration::Unspecified | CouponDuration::Once => 1,
        CouponDuration::Repeating => coupon.periods,
        CouponDuration::Forever => FOR_EVER,
    }
}

/// Returns what it takes off the price of a plan; `None` where it is not for the plan.
pub(crate) fn discount(coupon: &pb::Coupon, plan: Id<Plan>, price: Price) -> Option<i64> {
    let named = |id: &String| id.parse::<Uuid>().is_ok_and(|id| id == plan.uuid());
    if !coupon.plan_ids.is_empty() && !coupon.plan_ids.iter().any(named) {
        return None;
    }
    let minor = price.money().minor;
    if coupon.percent_off > 0 {
        // Halves in favour of the payer; a price has 32 bits.
        return Some((minor * i64::from(coupon.percent_off) + 50) / 100);
    }
    let same = Currency::parse(&coupon.currency).is_ok_and(|of| of == price.currency());
    same.then(|| minor.min(coupon.amount_off_minor.into()))
}

/// Says why a coupon cannot be used now, if it cannot be.
pub(crate) fn refused_at(coupon: &pb::Coupon, now: Timestamp) -> Option<RightsReason> {
    if coupon.start_time.is_some_and(|begin| now < instant(begin)) {
        return Some(RightsReason::CouponNotFound);
    }
    let over = coupon.end_time.is_some_and(|end| instant(end) <= now);
    (over || coupon.status() == CouponStatus::Paused).then_some(RightsReason::CouponEnded)
}

/// Says whether it was used as often as it may be in all.
pub(crate) fn is_used_up(coupon: &pb::Coupon) -> bool {
    coupon.max_uses > 0 && coupon.used >= coupon.max_uses
}

#[cfg(test)]
mod tests {
    use super::*;

    fn off(percent: i32, amount: i32) -> pb::Coupon {
        pb::Coupon {
            code: "summer-25".into(),
            percent_off: percent,
            amount_off_minor: amount,
            currency: if amount > 0 {
                "EUR".into()
            } else {
                String::new()
            },
            ..pb::Coupon::default()
        }
    }

    fn of(coupon: &pb::Coupon, minor: i64, currency: &str) -> Option<i64> {
        let price = Price::new(minor, Currency::parse(currency).unwrap()).unwrap();
        discount(coupon, Id::from_uuid(Uuid::nil()), price)
    }

    #[test]
    fn a_discount_is_never_more_than_the_price_and_halves_are_the_payers() {
        assert_eq!(of(&off(25, 0), 799, "EUR"), Some(200));
        assert_eq!(of(&off(50, 0), 1, "EUR"), Some(1));
        assert_eq!(
            of(&off(100, 0), i32::MAX.into(), "EUR"),
            Some(i32::MAX.into())
        );
        assert_eq!(of(&off(0, 500), 799, "EUR"), Some(500));
        assert_eq!(of(&off(0, 900), 799, "EUR"), Some(799));
        assert_eq!(of(&off(0, 900), 799, "NOK"), None, "another currency");
    }

    #[test]
    fn terms_that_cannot_be_kept_are_refused() {
        let kept = prepare(off(25, 0), None).unwrap();
        assert_eq!(
            (kept.code.as_str(), kept.max_uses_per_account),
            ("SUMMER-25", 1)
        );
        assert_eq!(kept.duration(), CouponDuration::Once);
        assert_eq!(kept.status(), CouponStatus::Active);
        let reason = |coupon| prepare(coupon, None).unwrap_err().reason().to_owned();
        for wrong in [
            off(0, 0),
            off(25, 100),
            pb::Coupon {
                currency: "EUR".into(),
                ..off(25, 0)
            },
            pb::Coupon {
                currency: "XXX".into(),
                ..off(0, 100)
            },
            pb::Coupon {
                periods: 3,
                ..off(25, 0)
            },
            pb::Coupon {
                duration: CouponDuration::Repeating.into(),
                periods: 1,
                ..off(25, 0)
            },
        ] {
            assert_eq!(reason(wrong.clone()), "TERMS_INVALID", "{wrong:?}");
        }
        let unreadable = pb::Coupon {
            code: "summer 25".into(),
            ..off(25, 0)
        };
        assert_eq!(reason(unreadable), "VALIDATION_FAILED");
    }
}

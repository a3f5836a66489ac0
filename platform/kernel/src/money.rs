//! Money: integer minor units with a currency, never a float.

use std::fmt;

/// An ISO 4217 code, e.g. `EUR`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Currency([u8; 3]);

/// An amount in minor units (cents) of one currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units; negative for a refund.
    pub minor: i64,
    /// The currency that the units belong to.
    pub currency: Currency,
}

/// The amounts or codes do not make money.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum MoneyError {
    /// Not three upper-case letters.
    #[error("a currency is three upper-case letters such as EUR")]
    Currency,
    /// Two currencies were mixed.
    #[error("cannot add {0} to {1}")]
    Mixed(Currency, Currency),
    /// The sum leaves the 64-bit range.
    #[error("the amount is too large")]
    Overflow,
}

impl Currency {
    /// Reads a currency code.
    pub fn parse(code: &str) -> Result<Self, MoneyError> {
        match code.as_bytes() {
            &[a, b, c] if [a, b, c].iter().all(u8::is_ascii_uppercase) => Ok(Self([a, b, c])),
            _ => Err(MoneyError::Currency),
        }
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Money {
    /// Makes an amount.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Adds two amounts of the same currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::Mixed(other.currency, self.currency));
        }
        let minor = self
            .minor
            .checked_add(other.minor)
            .ok_or(MoneyError::Overflow)?;
        Ok(Self { minor, ..self })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn currencies_do_not_mix() {
        let eur = Money::new(799, Currency::parse("EUR").unwrap());
        let nok = Money::new(1, Currency::parse("NOK").unwrap());
        assert_eq!(eur.plus(eur).unwrap().minor, 1598);
        assert_eq!(
            eur.plus(nok),
            Err(MoneyError::Mixed(nok.currency, eur.currency))
        );
        assert_eq!(Currency::parse("eur"), Err(MoneyError::Currency));
    }
}

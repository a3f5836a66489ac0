//! Typed UUIDv7 ids, made by the application (C28), sortable by time.

use std::{
    cmp::Ordering,
    fmt,
    hash::{Hash, Hasher},
    marker::PhantomData,
    str::FromStr,
    sync::{Arc, Mutex, PoisonError},
};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use uuid::Uuid;

use crate::{Clock, Entropy};

/// The id of a `T`. The type keeps a user's id from being passed as a film's.
pub struct Id<T>(Uuid, PhantomData<fn() -> T>);

/// The text is not a UUID in its usual hyphenated form.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("not a UUID such as 0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67")]
pub struct ParseIdError;

impl<T> Id<T> {
    /// Gives a type to a UUID.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid, PhantomData)
    }

    /// Returns the bare UUID, for tables and messages.
    pub const fn uuid(self) -> Uuid {
        self.0
    }

    /// Says that this id names another kind of thing, e.g. an account in a second service.
    pub const fn cast<U>(self) -> Id<U> {
        Id::from_uuid(self.0)
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Id<T> {}
impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Id<T> {}
impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.0.cmp(&other.0)
    }
}
impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}
impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}
impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl<T> FromStr for Id<T> {
    type Err = ParseIdError;

    fn from_str(text: &str) -> Result<Self, ParseIdError> {
        // Uuid also reads the braced, URN and bare forms; one spelling keeps ids comparable as text.
        if text.len() != 36 {
            return Err(ParseIdError);
        }
        Uuid::try_parse(text)
            .map(Self::from_uuid)
            .map_err(|_| ParseIdError)
    }
}

impl<T> Serialize for Id<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de, T> Deserialize<'de> for Id<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

/// Makes ids: UUIDv7 from the platform's clock, strictly increasing within one generator.
#[derive(Clone, Debug)]
pub struct IdGen {
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
    last: Arc<Mutex<(u64, u16)>>,
}

impl IdGen {
    /// Makes a generator on a clock and a source of randomness.
    pub fn new(clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self {
            clock,
            entropy,
            last: Arc::default(),
        }
    }

    /// Makes the next id.
    pub fn next<T>(&self) -> Id<T> {
        let mut random = [0; 10];
        self.entropy.fill(&mut random);
        let (millis, counter) = self.tick(u16::from_be_bytes([random[0], random[1]]) & 0x07FF);
        // RFC 9562 section 5.7: 48 bits of milliseconds, 12 bits of counter, the rest random.
        random[..2].copy_from_slice(&counter.to_be_bytes());
        Id::from_uuid(uuid::Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
    }

    /// Advances (millisecond, counter) so that no pair repeats, even when the clock goes back.
    fn tick(&self, fresh_counter: u16) -> (u64, u16) {
        let now = u64::try_from(self.clock.now().millis()).unwrap_or(0);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = match *last {
            (millis, _) if now > millis => (now, fresh_counter),
            (millis, counter) if counter < 0x0FFF => (millis, counter + 1),
            (millis, _) => (millis + 1, fresh_counter),
        };
        *last
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MovableClock, SeededEntropy, Timestamp};

    #[test]
    fn ids_are_version_7_and_increase_while_the_clock_stands_or_goes_back() {
        let clock = Arc::new(MovableClock::at(Timestamp::from_secs(1_700_000_000)));
        let ids = IdGen::new(clock.clone(), Arc::new(SeededEntropy::new(1)));
        let mut last = ids.next::<()>();
        assert_eq!(last.uuid().get_version_num(), 7);
        for round in 0..10_000 {
            if round == 5_000 {
                clock.set(Timestamp::from_secs(1_600_000_000));
            }
            let next = ids.next::<()>();
            assert!(next > last, "{next} after {last}");
            last = next;
        }
    }

    #[test]
    fn only_the_hyphenated_form_is_read() {
        let id: Id<()> = "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67".parse().unwrap();
        assert_eq!(id.to_string(), "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67");
        for bad in [
            "",
            "42",
            "0190b8e17c3a7d2f8a445f0c2b9d1e67",
            "{0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67}",
        ] {
            assert_eq!(bad.parse::<Id<()>>(), Err(ParseIdError), "{bad:?}");
        }
    }
}

//! What every part of StreamVerse shares and that needs no I/O: ids, time, randomness, money,
//! pages, locales, the context of a call, and errors with stable reasons. Beside them, as traits, what the stack
//! of every call asks of its service's tables: [`audit`], [`idempotency`], [`targets`], [`service_keys`].

mod actor;
mod anchor;
pub mod audit;
mod clock;
mod country;
mod ctx;
mod email;
mod entropy;
mod error;
mod event;
mod id;
pub mod idempotency;
mod locale;
mod money;
mod network;
mod page;
mod pulse;
mod seal;
pub mod service_keys;
pub mod targets;
mod tenant;
mod test_clocks;
mod text;
mod trail;
mod whereabouts;

pub use actor::{Actor, Profile, RoleSet, Session, User, Viewer};
pub use anchor::SystemClock;
pub use clock::{Clock, Doubt, MovableClock, Timestamp, clock_of};
pub use country::{Country, CountryError};
pub use ctx::{Bearer, Ctx, HeldKey};
pub use email::{Email, NotAnEmail};
pub use entropy::{Entropy, SeededEntropy, SystemEntropy};
pub use error::{
    BoxError, Code, Detail, Error, FieldViolation, ReasonInfo, Reasoned, Result, causes,
};
pub use event::{Cleanup, Event, Versioned};
pub use id::{Id, IdGen, ParseIdError};
pub use locale::{Locale, UnknownLocale};
pub use money::{Currency, Money, MoneyError};
pub use network::network;
pub use page::{Page, PageAsk, PageError, PageRequest, PageSigner, Paged};
pub use pulse::Pulse;
pub use seal::Seal;
pub use tenant::{Tenant, TenantError};
pub use test_clocks::TestClocks;
pub use text::{distinct, fold, is_blank, is_hidden, is_joiner, is_unseen, trim};
pub use trail::Trail;
pub use whereabouts::{Platform, PlatformError, Whereabouts};

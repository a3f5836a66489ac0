//! What search knows of a title, and how it decides which title is meant. Values in, values out.

mod entry;
mod facet;
mod highlight;
pub(crate) mod journal;
mod matching;
mod pin;
mod question;
mod rank;
mod spelling;
pub(crate) mod tuning;

pub use entry::{Airing, Entry, EntryText, Field, Open, OpenWindow, facet_names};
pub use facet::{Facet, facets};
pub use highlight::highlight;
pub use matching::{Line, Place, Quality};
pub use pin::pinned_first;
pub(crate) use question::{Found, Question};
pub use rank::{Asked, Kind, MEND_BELOW, Ranked, rank, rank_all};
pub use spelling::respelled;

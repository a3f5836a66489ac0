//! What search knows of a title, and how it decides which title is meant. Values in, values out.

mod entry;
mod facet;
mod highlight;
mod matching;
mod rank;

pub use entry::{Airing, Entry, EntryText, Field, Open, OpenWindow, facet_names};
pub use facet::{Facet, facets};
pub use highlight::highlight;
pub use matching::{Line, Place, Quality};
pub use rank::{Kind, MEND_BELOW, Ranked, rank};

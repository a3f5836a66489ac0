//! Which titles a list shows, and in which order.

use sv_kernel::{Timestamp, Whereabouts, fold};
use sv_proto::content::ContentStatus;
use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};
use uuid::Uuid;

use super::{Kind, Seer};

/// What lists can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Title,
    TitleDescending,
    ReleaseDate,
    ReleaseDateDescending,
    Score,
    CreateTime,
    /// What is watched most now first.
    Trending,
    /// What is liked most first.
    Popularity,
    /// Of episodes: by series, season and number.
    Number,
}

/// The names of the orders, as callers write them.
const ORDERS: [(&str, Order); 8] = [
    ("title", Order::Title),
    ("-title", Order::TitleDescending),
    ("release_date", Order::ReleaseDate),
    ("-release_date", Order::ReleaseDateDescending),
    ("-score", Order::Score),
    ("-create_time", Order::CreateTime),
    ("-trending", Order::Trending),
    ("-popularity", Order::Popularity),
];

/// The order that only episodes have.
const NUMBER: &str = "number";

impl Order {
    /// Reads `order_by`, which is one of the words that the proto lists, in either spelling; empty means
    /// by title.
    pub(crate) fn read(order_by: &str) -> Self {
        let camel = |name: &str| name.replace("_d", "D").replace("_t", "T");
        let mut known = ORDERS.iter();
        known
            .find(|(name, _)| *name == order_by || camel(name) == order_by)
            .map_or(Self::Title, |(_, order)| *order)
    }

    /// Reads the order of a list of episodes, which has one more; empty means by number.
    pub(crate) fn of_episodes(order_by: &str) -> Self {
        match order_by {
            "" | NUMBER => Self::Number,
            other => Self::read(other),
        }
    }

    /// Says whether the largest comes first.
    pub(crate) fn descends(self) -> bool {
        !matches!(self, Self::Title | Self::ReleaseDate | Self::Number)
    }
}

/// Which titles a list shows; an empty list of values means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) types: Vec<i32>,
    pub(crate) statuses: Vec<i32>,
    /// Folded.
    pub(crate) genres: Vec<String>,
    /// First and last year; titles without a date fit no year.
    pub(crate) years: (Option<i32>, Option<i32>),
    pub(crate) maturity_ratings: Vec<String>,
    pub(crate) monetizations: Vec<i32>,
    /// How titles begin; empty means any.
    pub(crate) title_prefix: TitlePrefix,
    /// Only what a child may see.
    pub(crate) for_child: bool,
    /// Only what is open there, as far as it is known, at this instant.
    pub(crate) open: Option<(Whereabouts, Timestamp)>,
    /// Only episodes of this series.
    pub(crate) series: Option<Uuid>,
    /// Only episodes of the seasons with this number.
    pub(crate) season: Option<i32>,
    /// Of videos; folded.
    pub(crate) categories: Vec<String>,
    /// Of videos; folded.
    pub(crate) tags: Vec<String>,
    /// Only videos that this account added.
    pub(crate) owner: Option<Uuid>,
    /// Only titles that credit this person.
    pub(crate) person: Option<Uuid>,
    /// Only the title with this name elsewhere: its source, and its name there. An empty name is no title's.
    pub(crate) external: Option<(String, String)>,
    /// Not these titles.
    pub(crate) but: Vec<Uuid>,
    /// Only what somebody sees at an instant, of titles of any type.
    pub(crate) shown: Option<(Seer, Timestamp)>,
}

/// How a title begins: letters without regard to case, accents and what stands between words, and
/// signs, where there are any, as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TitlePrefix {
    /// In the form that titles are sorted by: all titles that begin so have such a key.
    pub(crate) key: String,
    /// With its signs, where the key has lost some.
    pub(crate) literal: Option<String>,
}

impl TitlePrefix {
    /// Reads what the caller typed.
    pub(crate) fn of(text: &str) -> Self {
        let text = text.trim_start();
        let has_signs = text
            .chars()
            .any(|c| !c.is_alphanumeric() && !c.is_whitespace());
        Self {
            key: sv_store::sort_key(text),
            literal: has_signs.then(|| plain(text)),
        }
    }

    /// Says whether a title begins so.
    pub(crate) fn fits(&self, title: &str) -> bool {
        let begins = |literal: &String| plain(title).starts_with(literal.as_str());
        self.literal.as_ref().is_none_or(begins)
    }
}

/// Leaves the signs of a text, but not its case, accents and doubled blanks.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let letters = text.nfkd().filter(|c| !is_combining_mark(*c));
    for c in letters.flat_map(char::to_lowercase) {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c != ' ' || (!out.is_empty() && !out.ends_with(' ')) {
            out.push(c);
        }
    }
    out
}

/// Leaves out the values that say nothing: `genre=` asks for no genre.
pub(crate) fn said<T: Clone + PartialEq + Default>(values: &[T]) -> Vec<T> {
    values
        .iter()
        .filter(|value| **value != T::default())
        .cloned()
        .collect()
}

/// The same for words that are compared without regard to case.
pub(crate) fn words(values: &[String]) -> Vec<String> {
    said(&values.iter().map(|value| fold(value)).collect::<Vec<_>>())
}

impl Filter {
    /// Lets through what is published of a kind.
    pub(crate) fn published(kind: Kind) -> Self {
        Self {
            types: vec![kind.content_type().into()],
            statuses: vec![ContentStatus::Published.into()],
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_of_a_prefix_are_taken_as_they_are() {
        let fits = |prefix: &str, title: &str| {
            let prefix = TitlePrefix::of(prefix);
            sv_store::sort_key(title).starts_with(&prefix.key) && prefix.fits(title)
        };
        for (prefix, title) in [
            ("", "Alien"),
            ("ALI", "Alien"),
            ("elan vi", "Élan  Vital!"),
            ("spider man", "Spider-Man"),
            ("spider-m", "Spider-Man"),
            ("%", "%"),
            ("100%", "100% Wolf"),
            ("_", "_blank"),
            ("l'e", "L'Été"),
            ("m*a", "M*A*S*H"),
        ] {
            assert!(fits(prefix, title), "{prefix} {title}");
        }
        for (prefix, title) in [
            ("%", "Alien"),
            ("_", "Alien"),
            ("%lien", "Alien"),
            ("A%", "Alien"),
            ("100%", "1000 Nights"),
            ("spider-m", "Spider Man"),
        ] {
            assert!(!fits(prefix, title), "{prefix} {title}");
        }
    }

    #[test]
    fn orders_have_names_in_both_spellings() {
        assert_eq!(Order::read(""), Order::Title);
        for (name, order) in ORDERS {
            assert_eq!(Order::read(name), order);
        }
        assert_eq!(Order::read("-releaseDate"), Order::ReleaseDateDescending);
        assert_eq!(Order::read("-createTime"), Order::CreateTime);
        assert_eq!(Order::of_episodes(""), Order::Number);
        assert_eq!(Order::of_episodes("-title"), Order::TitleDescending);
    }

    #[test]
    fn the_protos_offer_what_there_is() {
        let names = ORDERS.map(|(name, _)| name);
        let of_episodes = [&[NUMBER][..], &names].concat();
        for (message, offered) in [
            ("ListMoviesRequest", &names[..]),
            ("ListSeriesRequest", &names),
            ("ListTitlesRequest", &names),
            ("AdminListMoviesRequest", &names),
            ("AdminListSeriesRequest", &names),
            ("ListVideosRequest", &names),
            ("AdminListVideosRequest", &names),
            ("AdminListEpisodesRequest", &of_episodes),
        ] {
            let message = format!("streamverse.content.v1.{message}");
            assert_eq!(sv_rpc::testing::words(&message, "order_by"), offered);
        }
    }
}

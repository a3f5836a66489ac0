//! Which titles a list shows, and in which order.

use sv_kernel::{Error, Result};
use sv_proto::content::{
    AdminListMoviesRequest, ContentReason, ContentStatus, ContentType, ListMoviesRequest,
};

use unicode_normalization::{UnicodeNormalization as _, char::is_combining_mark};

use super::fold;

/// What lists can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Title,
    TitleDescending,
    ReleaseDate,
    ReleaseDateDescending,
    Score,
    CreateTime,
}

/// The names of the orders, as callers write them.
const ORDERS: [(&str, Order); 6] = [
    ("title", Order::Title),
    ("-title", Order::TitleDescending),
    ("release_date", Order::ReleaseDate),
    ("-release_date", Order::ReleaseDateDescending),
    ("-score", Order::Score),
    ("-create_time", Order::CreateTime),
];

impl Order {
    /// Reads `order_by`; empty means by title. JSON's spelling `releaseDate` counts, too.
    ///
    /// Fails with `ORDER_UNKNOWN`.
    pub(crate) fn read(order_by: &str) -> Result<Self> {
        if order_by.is_empty() {
            return Ok(Self::Title);
        }
        let camel = |name: &str| name.replace("_d", "D").replace("_t", "T");
        let mut known = ORDERS.iter();
        match known.find(|(name, _)| *name == order_by || camel(name) == order_by) {
            Some((_, order)) => Ok(*order),
            None => Err(Error::from(ContentReason::OrderUnknown)
                .with("order", order_by)
                .with("offered", ORDERS.map(|(name, _)| name).join(", "))),
        }
    }

    /// Says whether the largest comes first.
    pub(crate) fn descends(self) -> bool {
        !matches!(self, Self::Title | Self::ReleaseDate)
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
fn said<T: Clone + PartialEq + Default>(values: &[T]) -> Vec<T> {
    values
        .iter()
        .filter(|value| **value != T::default())
        .cloned()
        .collect()
}

impl From<&ListMoviesRequest> for Filter {
    /// What viewers see: published films.
    fn from(request: &ListMoviesRequest) -> Self {
        let year = |year| (year > 0).then_some(year);
        Self {
            types: vec![ContentType::Movie.into()],
            statuses: vec![ContentStatus::Published.into()],
            genres: said(
                &request
                    .genre
                    .iter()
                    .map(|genre| fold(genre))
                    .collect::<Vec<_>>(),
            ),
            years: (year(request.year_from), year(request.year_to)),
            maturity_ratings: said(&request.maturity_rating),
            monetizations: said(&request.monetization),
            title_prefix: TitlePrefix::default(),
            for_child: false,
        }
    }
}

impl From<&AdminListMoviesRequest> for Filter {
    /// What editors see: films of every status.
    fn from(request: &AdminListMoviesRequest) -> Self {
        Self {
            types: vec![ContentType::Movie.into()],
            statuses: said(&request.status),
            title_prefix: TitlePrefix::of(&request.title_prefix),
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
    fn a_value_that_says_nothing_is_no_filter() {
        let request = ListMoviesRequest {
            genre: vec![String::new(), " ".into(), "Drama".into()],
            maturity_rating: vec![String::new()],
            monetization: vec![0],
            ..ListMoviesRequest::default()
        };
        let filter = Filter::from(&request);
        assert_eq!(filter.genres, ["drama"]);
        assert!(filter.maturity_ratings.is_empty() && filter.monetizations.is_empty());
    }

    #[test]
    fn orders_have_names_in_both_spellings() {
        assert_eq!(Order::read("").unwrap(), Order::Title);
        for (name, order) in ORDERS {
            assert_eq!(Order::read(name).unwrap(), order);
        }
        assert_eq!(
            Order::read("-releaseDate").unwrap(),
            Order::ReleaseDateDescending
        );
        assert_eq!(Order::read("-createTime").unwrap(), Order::CreateTime);
        let error = Order::read("budget").unwrap_err();
        assert!(error.is(&ContentReason::OrderUnknown));
        assert!(
            error.message().contains("-release_date"),
            "{}",
            error.message()
        );
    }
}

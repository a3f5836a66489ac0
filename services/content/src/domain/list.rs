//! Which titles a list shows, and in which order.

use sv_kernel::{Error, Result};
use sv_proto::content::{
    AdminListMoviesRequest, ContentReason, ContentStatus, ContentType, ListMoviesRequest,
};

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
    /// In the form that titles are sorted by.
    pub(crate) title_prefix: String,
    /// Only what a child may see.
    pub(crate) for_child: bool,
}

impl From<&ListMoviesRequest> for Filter {
    /// What viewers see: published films.
    fn from(request: &ListMoviesRequest) -> Self {
        let year = |year| (year > 0).then_some(year);
        Self {
            types: vec![ContentType::Movie.into()],
            statuses: vec![ContentStatus::Published.into()],
            genres: request.genre.iter().map(|genre| fold(genre)).collect(),
            years: (year(request.year_from), year(request.year_to)),
            maturity_ratings: request.maturity_rating.clone(),
            monetizations: request.monetization.clone(),
            title_prefix: String::new(),
            for_child: false,
        }
    }
}

impl From<&AdminListMoviesRequest> for Filter {
    /// What editors see: films of every status.
    fn from(request: &AdminListMoviesRequest) -> Self {
        Self {
            types: vec![ContentType::Movie.into()],
            statuses: request.status.clone(),
            title_prefix: sv_store::sort_key(&request.title_prefix),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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

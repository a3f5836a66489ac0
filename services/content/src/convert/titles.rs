//! Lists of titles.

use std::fmt::Debug;

use sv_kernel::Paged;
use sv_proto::content::{
    AdminListEpisodesRequest, AdminListMoviesRequest, AdminListSeriesRequest,
    AdminListVideosRequest, ListEpisodesRequest, ListMoviesRequest, ListSeriesRequest,
    ListTitlesRequest, ListVideosRequest,
};
use uuid::Uuid;

use crate::{
    documents::read_external,
    domain::{Filter, Kind, Order, TitlePrefix, said, words},
};

/// Reads a name elsewhere; empty asks for none, and what cannot be one for the name that nothing has.
fn named(external_id: &str) -> Option<(String, String)> {
    let asked = external_id.trim();
    (!asked.is_empty()).then(|| read_external(asked).unwrap_or_default())
}

/// A request for a part of a list of titles, of whichever kind.
pub(crate) trait TitleList: Paged + Clone + Debug {
    /// Returns which titles are asked for.
    fn filter(&self) -> Filter;
    /// Returns the order that is asked for.
    fn order(&self) -> Order;
    /// Says whether all that fit shall be counted, too.
    fn with_total(&self) -> bool;
    /// Returns the list itself, whatever part is asked for: what a page token belongs to.
    fn itself(&self) -> Self;
}

/// Lists that are asked for in the same way: `$read` reads the order, `$filter` which titles.
macro_rules! lists {
    ($($request:ty: $read:path, $filter:expr;)*) => {$(
        impl TitleList for $request {
            fn filter(&self) -> Filter {
                let filter: fn(&Self) -> Filter = $filter;
                filter(self)
            }

            fn order(&self) -> Order {
                $read(&self.order_by)
            }

            fn with_total(&self) -> bool {
                self.with_total
            }

            fn itself(&self) -> Self {
                Self { with_total: false, ..self.without_page() }
            }
        }
    )*};
}

/// What viewers see of one kind, by the filters that their request has.
macro_rules! shown {
    ($kind:expr) => {
        |request| {
            let year = |year| (year > 0).then_some(year);
            Filter {
                genres: words(&request.genre),
                years: (year(request.year_from), year(request.year_to)),
                maturity_ratings: said(&request.maturity_rating),
                monetizations: said(&request.monetization),
                external: named(&request.external_id),
                ..Filter::published($kind)
            }
        }
    };
}

/// What editors see of one kind.
macro_rules! kept {
    ($kind:expr) => {
        |request| Filter {
            types: vec![$kind.content_type().into()],
            statuses: said(&request.status),
            title_prefix: TitlePrefix::of(&request.title_prefix),
            external: named(&request.external_id),
            ..Filter::default()
        }
    };
}

lists! {
    ListMoviesRequest: Order::read, shown!(Kind::Movie);
    ListSeriesRequest: Order::read, shown!(Kind::Series);
    ListTitlesRequest: Order::read, |request| {
        let of_kind: fn(&Self) -> Filter = shown!(Kind::Movie);
        Filter {
            types: Kind::BROWSED.map(|kind| kind.content_type().into()).to_vec(),
            ..of_kind(request)
        }
    };
    AdminListMoviesRequest: Order::read, kept!(Kind::Movie);
    AdminListSeriesRequest: Order::read, kept!(Kind::Series);
    AdminListEpisodesRequest: Order::of_episodes, |request| {
        let of_kind: fn(&Self) -> Filter = kept!(Kind::Episode);
        Filter {
            series: Uuid::try_parse(&request.series_id).ok(),
            season: request.season,
            ..of_kind(request)
        }
    };
    ListVideosRequest: Order::read, |request| Filter {
        genres: words(&request.genre),
        categories: words(&request.category),
        tags: words(&request.tag),
        maturity_ratings: said(&request.maturity_rating),
        monetizations: said(&request.monetization),
        external: named(&request.external_id),
        ..Filter::published(Kind::Video)
    };
    AdminListVideosRequest: Order::read, |request| {
        let of_kind: fn(&Self) -> Filter = kept!(Kind::Video);
        Filter {
            categories: words(&request.category),
            tags: words(&request.tag),
            ..of_kind(request)
        }
    };
}

impl TitleList for ListEpisodesRequest {
    fn filter(&self) -> Filter {
        Filter {
            // A series that has no id has no episodes.
            series: Some(Uuid::try_parse(&self.series_id).unwrap_or_default()),
            season: self.season,
            ..Filter::published(Kind::Episode)
        }
    }

    fn order(&self) -> Order {
        Order::Number
    }

    fn with_total(&self) -> bool {
        self.with_total
    }

    fn itself(&self) -> Self {
        Self {
            with_total: false,
            ..self.without_page()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_says_nothing_is_no_filter() {
        let request = ListMoviesRequest {
            genre: vec![String::new(), " ".into(), "Drama".into()],
            maturity_rating: vec![String::new()],
            monetization: vec![0],
            ..ListMoviesRequest::default()
        };
        let filter = request.filter();
        assert_eq!(filter.genres, ["drama"]);
        assert!(filter.maturity_ratings.is_empty() && filter.monetizations.is_empty());
    }
}

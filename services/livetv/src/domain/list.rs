//! Which channels a list shows, and in which order.

use sv_kernel::fold;
use sv_proto::{
    content::ContentStatus,
    livetv::{AdminListChannelsRequest, ListChannelsRequest},
};
use uuid::Uuid;

/// What lists can be ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Order {
    Number,
    Name,
}

/// The names of the orders, as callers write them.
const ORDERS: [(&str, Order); 2] = [("number", Order::Number), ("name", Order::Name)];

impl Order {
    /// Reads `order_by`, which is one of the words that the proto lists; empty means by number.
    pub(crate) fn read(order_by: &str) -> Self {
        let known = ORDERS.iter().find(|(name, _)| *name == order_by);
        known.map_or(Self::Number, |(_, order)| *order)
    }
}

/// Which channels a list shows; an empty list of values means any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Filter {
    pub(crate) ids: Vec<Uuid>,
    pub(crate) statuses: Vec<i32>,
    /// Folded.
    pub(crate) genres: Vec<String>,
    /// Upper case.
    pub(crate) countries: Vec<String>,
    /// Lower case.
    pub(crate) languages: Vec<String>,
    pub(crate) is_live: Option<bool>,
    /// Only what a child may see.
    pub(crate) for_child: bool,
}

impl Filter {
    /// What viewers see: published channels.
    pub(crate) fn published() -> Self {
        Self {
            statuses: vec![ContentStatus::Published.into()],
            ..Self::default()
        }
    }
}

/// Brings words into the form in which they are compared, and leaves out those that say nothing:
/// `genre=` asks for no genre.
fn said(words: &[String], form: impl Fn(&str) -> String) -> Vec<String> {
    let words = words.iter().map(|word| form(word.trim()));
    words.filter(|word| !word.is_empty()).collect()
}

impl From<&ListChannelsRequest> for Filter {
    fn from(request: &ListChannelsRequest) -> Self {
        Self {
            genres: said(&request.genre, fold),
            countries: said(&request.country, str::to_uppercase),
            languages: said(&request.language, str::to_lowercase),
            is_live: request.is_live,
            ..Self::published()
        }
    }
}

impl From<&AdminListChannelsRequest> for Filter {
    /// What editors see: channels of every status.
    fn from(request: &AdminListChannelsRequest) -> Self {
        let statuses = request.status.iter().copied();
        Self {
            statuses: statuses.filter(|status| *status != 0).collect(),
            ..Self::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_says_nothing_is_no_filter() {
        let request = ListChannelsRequest {
            genre: vec![String::new(), " ".into(), "News".into()],
            country: vec![String::new(), "no".into()],
            language: vec![String::new(), "pt-BR".into()],
            ..ListChannelsRequest::default()
        };
        let filter = Filter::from(&request);
        assert_eq!(filter.genres, ["news"]);
        assert_eq!(filter.countries, ["NO"]);
        assert_eq!(filter.languages, ["pt-br"]);
    }

    #[test]
    fn orders_have_names() {
        assert_eq!(Order::read(""), Order::Number);
        assert_eq!(Order::read("name"), Order::Name);
        for message in ["ListChannelsRequest", "AdminListChannelsRequest"] {
            let message = format!("streamverse.livetv.v1.{message}");
            let offered = sv_rpc::testing::words(&message, "order_by");
            assert_eq!(offered, ORDERS.map(|(name, _)| name));
        }
    }
}

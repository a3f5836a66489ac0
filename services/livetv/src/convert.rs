//! Messages and what they mean here.

use sv_kernel::fold;
use sv_proto::livetv::{AdminListChannelsRequest, ListChannelsRequest};

use crate::domain::Filter;

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
}

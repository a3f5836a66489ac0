//! Who may see a title, by the rating that its country's board gave it (X-ID-6).

/// The oldest minimum age, in years, that a kids profile sees.
pub const KIDS_AGE: u8 = 8;

/// Ratings and the age in years from which they fit. Boards that only advise are read as age
/// limits, on the careful side.
const RATINGS: &[(&str, u8)] = &[
    // Motion Picture Association, United States.
    ("G", 0),
    ("PG", 8),
    ("PG-13", 13),
    ("R", 17),
    ("NC-17", 18),
    // TV Parental Guidelines, United States.
    ("TV-Y", 0),
    ("TV-G", 0),
    ("TV-Y7", 7),
    ("TV-Y7-FV", 7),
    ("TV-PG", 10),
    ("TV-14", 14),
    ("TV-MA", 18),
    // BBFC, United Kingdom.
    ("U", 0),
    ("12", 12),
    ("12A", 12),
    ("15", 15),
    ("18", 18),
    // FSK, Germany.
    ("FSK-0", 0),
    ("FSK-6", 6),
    ("FSK-12", 12),
    ("FSK-16", 16),
    ("FSK-18", 18),
];

/// Returns the age in years from which a rating fits, or `None` for one that nobody gave or knows.
pub fn minimum_age(rating: &str) -> Option<u8> {
    let rating = rating.trim();
    RATINGS
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(rating))
        .map(|(_, age)| *age)
}

/// Says whether a kids profile may see a title with this rating. An unrated title is not shown.
pub fn open_to_kids(rating: &str) -> bool {
    minimum_age(rating).is_some_and(|age| age <= KIDS_AGE)
}

/// Lists the ratings that a kids profile sees, in upper case, for filters of queries.
pub fn kids_ratings() -> impl Iterator<Item = &'static str> {
    RATINGS
        .iter()
        .filter(|(_, age)| *age <= KIDS_AGE)
        .map(|(name, _)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kids_see_only_titles_that_a_board_found_fit_for_them() {
        for fit in ["G", "pg", " TV-Y ", "tv-g", "TV-Y7", "U", "FSK-6"] {
            assert!(open_to_kids(fit), "{fit:?}");
        }
        for unfit in [
            "PG-13",
            "R",
            "NC-17",
            "TV-PG",
            "TV-14",
            "TV-MA",
            "15",
            "FSK-12",
            "",
            "Not Rated",
            "Open",
            "P G",
            "G\0",
            "PG-",
            "GG",
        ] {
            assert!(!open_to_kids(unfit), "{unfit:?}");
        }
    }

    #[test]
    fn the_list_for_queries_is_the_rule_itself() {
        assert!(kids_ratings().all(open_to_kids));
        assert_eq!(
            kids_ratings().count(),
            RATINGS
                .iter()
                .filter(|(name, _)| open_to_kids(name))
                .count()
        );
    }
}

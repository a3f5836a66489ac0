//! Who may see a title, by the rating that its country's board gave it (X-ID-6).

/// The oldest minimum age, in years, that a kids profile sees.
pub const KIDS_AGE: u8 = 8;

/// A board that rates titles.
struct Board {
    /// What guides call it.
    names: &'static [&'static str],
    /// Its ratings and the age in years from which they fit. Boards that only advise are read as age
    /// limits, on the careful side.
    ratings: &'static [(&'static str, u8)],
    /// What stands before a bare value in its ratings here, so that those of different boards differ.
    prefix: &'static str,
}

const BOARDS: &[Board] = &[
    Board {
        names: &["MPAA", "MPA", "Motion Picture Association of America"],
        ratings: &[("G", 0), ("PG", 8), ("PG-13", 13), ("R", 17), ("NC-17", 18)],
        prefix: "",
    },
    // TV Parental Guidelines, United States.
    Board {
        names: &["VCHIP", "TVPG", "USA Parental Rating"],
        ratings: &[
            ("TV-Y", 0),
            ("TV-G", 0),
            ("TV-Y7", 7),
            ("TV-Y7-FV", 7),
            ("TV-PG", 10),
            ("TV-14", 14),
            ("TV-MA", 18),
        ],
        prefix: "TV-",
    },
    // United Kingdom.
    Board {
        names: &["BBFC", "British Board of Film Classification"],
        ratings: &[("U", 0), ("12", 12), ("12A", 12), ("15", 15), ("18", 18)],
        prefix: "",
    },
    // Germany.
    Board {
        names: &["FSK", "Freiwillige Selbstkontrolle der Filmwirtschaft"],
        ratings: &[
            ("FSK-0", 0),
            ("FSK-6", 6),
            ("FSK-12", 12),
            ("FSK-16", 16),
            ("FSK-18", 18),
        ],
        prefix: "FSK-",
    },
];

/// Returns the age in years from which a rating fits, or `None` for one that nobody gave or knows.
pub fn minimum_age(rating: &str) -> Option<u8> {
    BOARDS
        .iter()
        .find_map(|board| board.rating(rating))
        .map(|(_, age)| age)
}

/// Names a rating that a board gave as ratings are named here: `FSK` and `12` is `FSK-12`. Without a board
/// it names itself. What a board that is not known here says, or no rating of the board, becomes a name that
/// nobody knows: the same letter means another thing elsewhere.
pub fn named(board: &str, value: &str) -> String {
    let (board, value) = (board.trim(), value.trim());
    if board.is_empty() || value.is_empty() {
        return value.to_owned();
    }
    let is_named = |known: &&Board| {
        known
            .names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(board))
    };
    let known = BOARDS.iter().find(is_named);
    let rating = known.and_then(|known| {
        let prefixed = format!("{}{value}", known.prefix);
        known.rating(value).or_else(|| known.rating(&prefixed))
    });
    rating.map_or_else(|| format!("{board} {value}"), |(name, _)| name.to_owned())
}

/// Says which of two ratings allows less: one that nobody knows allows nothing. The first of equals.
pub fn stricter<'r>(one: &'r str, other: &'r str) -> &'r str {
    let age = |rating| minimum_age(rating).unwrap_or(u8::MAX);
    if age(other) > age(one) { other } else { one }
}

impl Board {
    fn rating(&self, rating: &str) -> Option<(&'static str, u8)> {
        let rating = rating.trim();
        let mut known = self.ratings.iter();
        known
            .find(|(name, _)| name.eq_ignore_ascii_case(rating))
            .copied()
    }
}

fn ratings() -> impl Iterator<Item = (&'static str, u8)> {
    BOARDS
        .iter()
        .flat_map(|board| board.ratings.iter().copied())
}

/// Says whether a kids profile may see a title with this rating. An unrated title is not shown.
pub fn open_to_kids(rating: &str) -> bool {
    minimum_age(rating).is_some_and(|age| age <= KIDS_AGE)
}

/// Lists the ratings that a kids profile sees, in upper case, for filters of queries.
pub fn kids_ratings() -> impl Iterator<Item = &'static str> {
    ratings()
        .filter(|(_, age)| *age <= KIDS_AGE)
        .map(|(name, _)| name)
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
            ratings().filter(|(name, _)| open_to_kids(name)).count()
        );
    }

    #[test]
    fn a_rating_is_named_by_its_board() {
        for (board, value, name) in [
            ("FSK", " 12 ", "FSK-12"),
            ("fsk", "FSK-12", "FSK-12"),
            ("MPAA", "pg", "PG"),
            ("VCHIP", "TV-Y7", "TV-Y7"),
            ("VCHIP", "PG", "TV-PG"),
            ("BBFC", "12", "12"),
            ("", "TV-G", "TV-G"),
            ("FSK", "", ""),
            // Not what the same letters mean elsewhere.
            ("Kijkwijzer", "G", "Kijkwijzer G"),
            ("OFLC", "PG", "OFLC PG"),
            ("MPAA", "TV-G", "MPAA TV-G"),
            ("BBFC", "PG", "BBFC PG"),
        ] {
            assert_eq!(named(board, value), name, "{board} {value}");
            if name.contains(' ') {
                assert_eq!(minimum_age(name), None, "{name}");
            }
        }
    }

    #[test]
    fn no_two_boards_have_the_same_rating() {
        let names: Vec<_> = ratings().map(|(name, _)| name).collect();
        let different: std::collections::HashSet<_> = names.iter().collect();
        assert_eq!(different.len(), names.len());
    }

    #[test]
    fn of_two_ratings_the_one_that_allows_less_counts() {
        for (one, other, counts) in [
            ("G", "FSK-18", "FSK-18"),
            ("FSK-18", "G", "FSK-18"),
            ("G", "Kijkwijzer G", "Kijkwijzer G"),
            ("Kijkwijzer G", "R", "Kijkwijzer G"),
            ("G", "TV-Y", "G"),
        ] {
            assert_eq!(stricter(one, other), counts);
        }
    }
}

//! Who may see a title of a rating (X-ID-6, X-ID-7).

/// A rating on a common scale: the age that it is meant for, in years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Age(u8);

/// The highest age that a children's profile sees.
pub const KIDS: Age = Age(7);

/// Ratings of boards in the United States and of several European countries, in capitals. Where a
/// board gives advice rather than an age, the age is the one its own page names.
const RATINGS: &[(&str, u8)] = &[
    ("0", 0),
    ("12", 12),
    ("12A", 12),
    ("15", 15),
    ("16", 16),
    ("18", 18),
    ("6", 6),
    ("7", 7),
    ("9", 9),
    ("A", 0),
    ("AL", 0),
    ("FSK 0", 0),
    ("FSK 12", 12),
    ("FSK 16", 16),
    ("FSK 18", 18),
    ("FSK 6", 6),
    ("G", 0),
    ("NC-17", 18),
    ("PG", 8),
    ("PG-13", 13),
    ("R", 17),
    ("TV-14", 14),
    ("TV-G", 0),
    ("TV-MA", 17),
    ("TV-PG", 8),
    ("TV-Y", 0),
    ("TV-Y7", 7),
    ("U", 0),
    ("X", 18),
];

/// Reads a rating; `None` where it says nothing that we know.
pub fn age(rating: &str) -> Option<Age> {
    let rating = rating.trim().to_uppercase();
    let at = RATINGS.binary_search_by(|(name, _)| (*name).cmp(rating.as_str())).ok()?;
    RATINGS.get(at).map(|(_, age)| Age(*age))
}

/// Says whether a profile may see a title. For children what is not rated is blocked.
pub fn allowed(is_kids: bool, rating: &str) -> bool {
    !is_kids || age(rating).is_some_and(|age| age <= KIDS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_for_its_search() {
        assert!(RATINGS.is_sorted_by(|a, b| a.0 < b.0));
    }

    #[test]
    fn children_see_only_what_is_rated_for_them() {
        for rating in ["G", "g", "TV-Y7", " U "] {
            assert!(allowed(true, rating), "{rating}");
        }
        for rating in ["PG", "PG-13", "R", "NC-17", "", "Not Rated", "G or so"] {
            assert!(!allowed(true, rating), "{rating}");
            assert!(allowed(false, rating), "{rating}");
        }
    }
}

//! What stands in the elements of a guide, brought into the form in which programmes are stored.

use sv_kernel::is_hidden;
use sv_proto::livetv::Programme;
use sv_rules::maturity;

/// The most characters of a title, a description, a category, a board of ratings and its rating, and of a
/// value that is told of.
pub(super) const TITLE: usize = 300;
pub(super) const DESCRIPTION: usize = 4000;
const CATEGORY: usize = 50;
const BOARD: usize = 60;
const RATING: usize = 20;
pub(super) const VALUE: usize = 60;
/// The most characters of why a row is none.
pub(super) const WHY: usize = 120;
/// The most categories of a programme.
const MAX_CATEGORIES: usize = 20;
/// The longest address.
const MAX_ADDRESS: usize = 2000;
/// Beyond this a number is a mistake.
const MAX_EPISODE: i32 = 100_000;

/// Leaves single blanks between words, and nothing that cannot be seen.
pub(super) fn clean(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len());
    let seen = text
        .chars()
        .filter(|c| c.is_whitespace() || !(c.is_control() || is_hidden(*c)));
    let mut count = 0;
    for c in seen {
        let c = if c.is_whitespace() { ' ' } else { c };
        if c == ' ' && (out.is_empty() || out.ends_with(' ')) {
            continue;
        }
        if count == most {
            break;
        }
        out.push(c);
        count += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

/// Keeps the first text that says something.
pub(super) fn first(field: &mut String, text: &str, most: usize) {
    if field.is_empty() {
        *field = clean(text, most);
    }
}

/// Adds a category that is not there yet.
pub(super) fn category(categories: &mut Vec<String>, text: &str) {
    let category = clean(text, CATEGORY);
    let known = |other: &String| other.to_lowercase() == category.to_lowercase();
    if !category.is_empty() && categories.len() < MAX_CATEGORIES && !categories.iter().any(known) {
        categories.push(category);
    }
}

/// Takes an address of a picture; what is none is nothing.
pub(super) fn address(text: &str) -> String {
    let text = text.trim();
    let is_address = (text.starts_with("https://") || text.starts_with("http://"))
        && text.len() <= MAX_ADDRESS
        && !text.contains(|c: char| c.is_whitespace() || c.is_control() || "\"'<>\\`".contains(c));
    if is_address {
        text.to_owned()
    } else {
        String::new()
    }
}

/// Reads `2.9.0/1` (season, episode, part; counted from 0) or `S3E10`.
pub(super) fn episode(programme: &mut Programme, text: &str, as_xmltv: bool) {
    if programme.season_number != 0 || programme.episode_number != 0 {
        return;
    }
    let number = |text: &str| text.trim().parse::<i32>().ok();
    let (season, episode) = if as_xmltv {
        // `2/10` is the third of ten.
        let part = |part: Option<&str>| number(part?.split('/').next()?)?.checked_add(1);
        let mut parts = text.split('.');
        (part(parts.next()), part(parts.next()))
    } else {
        let text = text.trim().to_ascii_uppercase();
        let rest = text.strip_prefix('S').unwrap_or_default();
        match rest.split_once('E') {
            Some((season, episode)) => (number(season), number(episode)),
            None => (None, None),
        }
    };
    programme.season_number = sensible(season);
    programme.episode_number = sensible(episode);
}

/// Reads the number of a season or an episode, counted from 1; what is none is 0.
pub(super) fn number(text: &str) -> i32 {
    sensible(text.trim().parse().ok())
}

fn sensible(number: Option<i32>) -> i32 {
    let number = number.filter(|n| (1..MAX_EPISODE).contains(n));
    number.unwrap_or_default()
}

/// Takes a rating of a board. Of several the strictest stays, because all of them have to allow a programme.
pub(super) fn rating(found: &mut String, board: &str, value: &str) {
    let named = maturity::named(&clean(board, BOARD), &clean(value, RATING));
    if !named.is_empty() && (found.is_empty() || maturity::stricter(found, &named) == named) {
        *found = named;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_what_cannot_be_seen_and_end_at_a_bound() {
        assert_eq!(clean(" \n Blah\t\tBlah.\u{0}\u{202e} \n", 50), "Blah Blah.");
        assert_eq!(clean("ééé éé", 4), "ééé");
        assert_eq!(clean("\u{200b}", 4), "");
    }

    #[test]
    fn episodes_are_counted_from_one() {
        let read = |text: &str, as_xmltv| {
            let mut programme = Programme::default();
            episode(&mut programme, text, as_xmltv);
            (programme.season_number, programme.episode_number)
        };
        for (text, numbers) in [
            ("2 . 9 . 0/1", (3, 10)),
            ("2/5.9/10.", (3, 10)),
            (".4.", (0, 5)),
            ("0..", (1, 0)),
            ("-1.2147483647.", (0, 0)),
            ("x", (0, 0)),
        ] {
            assert_eq!(read(text, true), numbers, "{text}");
        }
        for (text, numbers) in [("S3E10", (3, 10)), (" s03e01 ", (3, 1)), ("Ep 4", (0, 0))] {
            assert_eq!(read(text, false), numbers, "{text}");
        }
    }

    #[test]
    fn pictures_lie_at_addresses_that_pages_may_show() {
        let good = "https://example.com/a.jpg?x=1";
        assert_eq!(address(&format!(" {good} ")), good);
        for bad in [
            "stars.png",
            "javascript:alert(1)",
            "https://x/\"><script>",
            "//x/a",
        ] {
            assert_eq!(address(bad), "", "{bad}");
        }
    }

    #[test]
    fn of_several_ratings_the_strictest_stays_and_one_that_nobody_knows_is_that() {
        let of = |ratings: &[(&str, &str)]| {
            let mut found = String::new();
            for (board, value) in ratings {
                rating(&mut found, board, value);
            }
            found
        };
        for (ratings, stays) in [
            (&[("FSK", " 12 ")][..], "FSK-12"),
            (&[("MPAA", "PG"), ("FSK", "")], "PG"),
            (&[("MPAA", "G"), ("FSK", "18")], "FSK-18"),
            (&[("FSK", "18"), ("MPAA", "G")], "FSK-18"),
            (&[("MPAA", "G"), ("Kijkwijzer", "G")], "Kijkwijzer G"),
            (&[("\u{200b}", "G")], "G"),
            (&[], ""),
        ] {
            assert_eq!(of(ratings), stays, "{ratings:?}");
        }
    }
}

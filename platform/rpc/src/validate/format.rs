//! The forms of strings.

use sv_kernel::{Currency, Email, Locale, is_hidden, is_joiner};
use sv_proto::options::Format;

/// Says what is wrong with a text that is not empty: the rule's name and what to do.
pub(super) fn problem(format: Format, text: &str) -> Option<(&'static str, &'static str)> {
    let (fits, rule, wish) = match format {
        Format::Raw => return None,
        Format::Unspecified => (
            !text
                .chars()
                .any(|c| c.is_control() && c != '\n' && c != '\t'),
            "CONTROL_CHARACTER",
            "holds no control characters",
        ),
        Format::Uuid => (
            is_uuid(text),
            "FORMAT_UUID",
            "is a UUID such as 0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67",
        ),
        Format::Email => (
            Email::parse(text).is_ok(),
            "FORMAT_EMAIL",
            "is an e-mail address",
        ),
        Format::Date => (is_date(text), "FORMAT_DATE", "is a date, YYYY-MM-DD"),
        Format::Language => (
            Locale::parse(text).is_ok(),
            "FORMAT_LANGUAGE",
            "is a language tag (BCP 47) such as en, pt-BR, es-419 or zh-Hans",
        ),
        Format::Country => (
            text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase()),
            "FORMAT_COUNTRY",
            "is a country code of two upper-case letters",
        ),
        Format::Currency => (
            Currency::parse(text).is_ok(),
            "FORMAT_CURRENCY",
            "is a currency code of three upper-case letters",
        ),
        Format::Url => (
            is_url(text.trim_matches([' ', '\t', '\r', '\n'])),
            "FORMAT_URL",
            "is an absolute http or https address",
        ),
        Format::Place => (
            is_place(text),
            "FORMAT_URL",
            "is an http or https address, or a path such as /stream/poster/…",
        ),
        Format::Line => (
            text.chars().all(is_seen),
            "INVISIBLE_CHARACTER",
            "is one line without characters that are not seen",
        ),
        Format::Token => (
            text.chars().all(|c| is_seen(c) && !is_joiner(c)),
            "INVISIBLE_CHARACTER",
            "is one line without characters that are not seen",
        ),
        Format::Slug => (
            text.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'),
            "FORMAT_SLUG",
            "holds lower-case letters, digits and hyphens only",
        ),
        Format::Code => (
            text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'),
            "FORMAT_CODE",
            "is of letters from A to Z, digits and hyphens, e.g. SUMMER25",
        ),
    };
    (!fits).then_some((rule, wish))
}

/// Says whether a character shows within a line, or shapes one that does.
fn is_seen(c: char) -> bool {
    !c.is_control() && !is_hidden(c) && !matches!(c, '\u{2028}' | '\u{2029}')
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    if bytes.len() != 10 || bytes[4] != b'-' || bytes[7] != b'-' {
        return false;
    }
    let number = |range: std::ops::Range<usize>| {
        let digits = &text.as_bytes()[range];
        digits.iter().all(u8::is_ascii_digit).then(|| {
            digits
                .iter()
                .fold(0_u32, |n, d| n * 10 + u32::from(d - b'0'))
        })
    };
    let (Some(year), Some(month), Some(day)) = (number(0..4), number(5..7), number(8..10)) else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let days = match month {
        2 => 28 + u32::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return false,
    };
    year > 0 && (1..=days).contains(&day)
}

/// An address that pages may show: nothing that runs, and nothing that a browser reads as another
/// host.
fn is_place(text: &str) -> bool {
    let is_path = text.starts_with('/') && !text.starts_with("//");
    is_url(text) || is_path && text.chars().all(is_clean)
}

/// Says whether a character may stand in an address as it is.
fn is_clean(c: char) -> bool {
    !c.is_whitespace() && !c.is_control() && c != '\u{feff}' && !"\\<>\"`{}|^".contains(c)
}

fn is_url(text: &str) -> bool {
    // A scheme is the same in capitals (RFC 3986 section 3.1).
    let Some((scheme, rest)) = text.split_once("://") else {
        return false;
    };
    if !["http", "https"]
        .iter()
        .any(|one| scheme.eq_ignore_ascii_case(one))
    {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // An address of IPv6 stands in brackets, because it holds colons itself.
    let (host, after) = match authority
        .strip_prefix('[')
        .and_then(|v6| v6.split_once(']'))
    {
        Some((v6, after)) => (v6, after),
        None => authority.split_at(authority.find(':').unwrap_or(authority.len())),
    };
    let in_brackets = authority.starts_with('[');
    let is_host = |c: char| {
        if in_brackets {
            c.is_ascii_hexdigit() || c == ':' || c == '.'
        } else {
            // Credentials in an address only ever mislead.
            !"@[]".contains(c)
        }
    };
    let is_port = |port: &str| {
        let digits = (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit());
        digits && port.parse::<u16>().is_ok()
    };
    !host.is_empty()
        && host.chars().all(is_host)
        && (after.is_empty() || after.strip_prefix(':').is_some_and(is_port))
        && text.chars().all(is_clean)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(format: Format, text: &str) -> bool {
        problem(format, text).is_none()
    }

    #[test]
    fn addresses_may_have_space_around_and_nothing_hidden_inside() {
        for good in ["ana@example.com", " ana@bücher.example\n"] {
            assert!(fits(Format::Email, good), "{good}");
        }
        for bad in [
            "ana",
            "ana@localhost",
            "a b@example.com",
            "an\u{200b}a@example.com",
        ] {
            assert!(!fits(Format::Email, bad), "{bad:?}");
        }
    }

    #[test]
    fn dates_exist() {
        for good in ["2024-02-29", "2000-02-29", "1994-12-31"] {
            assert!(fits(Format::Date, good), "{good}");
        }
        for bad in [
            "2023-02-29",
            "1900-02-29",
            "2024-13-01",
            "2024-00-10",
            "2024-04-31",
            "24-04-30",
            "2024-4-30",
            "2024/04/30",
            "+024-04-30",
            "２０２４-04",
            "0000-01-01",
        ] {
            assert!(!fits(Format::Date, bad), "{bad}");
        }
    }

    #[test]
    fn urls_are_absolute_and_carry_no_credentials() {
        for good in [
            "https://example.com/a?b#c",
            "http://[::1]:8080/",
            "http://localhost:1",
            "HTTPS://Example.com/",
            " https://x/\r\n",
        ] {
            assert!(fits(Format::Url, good), "{good}");
        }
        for bad in [
            "ftp://x",
            "//x",
            "https://",
            "https:///a",
            "javascript:alert(1)",
            "https://u:p@x/",
            "https://x:99999/",
            "https://x/\u{0}",
            "https://x y/",
            "https://x:/",
            "https://x:+80/",
            "https://a:b:80/",
            "https://[a/",
            "https://[::1]x/",
            "https://x/\u{feff}",
            "https://x/\u{3000}",
            "https ://x/",
            " ",
        ] {
            assert!(!fits(Format::Url, bad), "{bad:?}");
        }
    }

    #[test]
    fn plain_text_may_hold_lines_and_tabs_but_no_other_control_characters() {
        assert!(fits(Format::Unspecified, "a\n\tb — ü 🎬"));
        for bad in ["a\u{0}b", "a\rb", "a\u{1b}[31m", "\u{85}"] {
            assert!(!fits(Format::Unspecified, bad), "{bad:?}");
            assert!(fits(Format::Raw, bad));
        }
    }

    #[test]
    fn a_line_shows_all_that_it_holds() {
        for good in ["Sci-Fi", "Ærlig 字", "bbc1.example", "a b"] {
            assert!(fits(Format::Line, good) && fits(Format::Token, good));
        }
        for bad in [
            "a\nb",
            "a\t",
            "a\u{200b}",
            "\u{202e}a",
            "\u{85}",
            "\u{2028}",
        ] {
            assert!(!fits(Format::Line, bad), "{bad:?}");
            assert!(!fits(Format::Token, bad), "{bad:?}");
        }
        for joined in ["👩\u{200d}🚀", "a\u{fe0f}"] {
            assert!(fits(Format::Line, joined) && !fits(Format::Token, joined));
        }
    }

    #[test]
    fn codes_are_upper_case_and_tags_use_hyphens() {
        assert!(fits(Format::Country, "NO") && !fits(Format::Country, "no"));
        assert!(fits(Format::Currency, "EUR") && !fits(Format::Currency, "EURO"));
        for tag in ["pt-BR", "es-419", "zh-Hans", "sr-Latn-RS"] {
            assert!(fits(Format::Language, tag), "{tag}");
        }
        for bad in ["pt_BR", "english", "es-41", "x-pirate"] {
            assert!(!fits(Format::Language, bad), "{bad}");
        }
        assert!(fits(Format::Slug, "sci-fi-2") && !fits(Format::Slug, "Sci Fi"));
        assert!(fits(Format::Code, "Summer-25") && !fits(Format::Code, "\u{dc}3"));
        assert!(fits(Format::Uuid, "0190b8e1-7c3a-7d2f-8a44-5f0c2b9d1e67"));
        assert!(!fits(Format::Uuid, "0190b8e17c3a7d2f8a445f0c2b9d1e67aaaa"));
    }
}

//! Addresses of mailboxes: the one place that says what an address is and when two are the same.

use std::{borrow::Cow, fmt};

use unicode_normalization::UnicodeNormalization as _;

use crate::{is_hidden, is_joiner, is_unseen};

/// An address, as it is shown and as it is compared.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Email {
    shown: String,
    key: String,
}

/// The text is no address.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("an e-mail address is a name and a domain, such as ana@example.com")]
pub struct NotAnEmail;

impl Email {
    /// Reads an address as people type it: RFC 5321 without quoting and comments, letters of all
    /// scripts, space around it. A domain may be spelled in either of its two forms.
    pub fn parse(text: &str) -> Result<Self, NotAnEmail> {
        let (local, domain) = text.trim().rsplit_once('@').ok_or(NotAnEmail)?;
        if !is_local(local) {
            return Err(NotAnEmail);
        }
        let domain = Domain::parse(domain)?;
        Ok(Self {
            shown: format!("{local}@{}", domain.shown),
            key: fold(&format!("{local}@{}", domain.letters)),
        })
    }

    /// Takes an address that was read before, as it was stored.
    pub fn stored(shown: String, key: String) -> Self {
        Self { shown, key }
    }

    /// Returns the address as it was typed, its domain in letters.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// Returns what addresses share that reach the same mailbox: case, width and the domain's spelling
    /// do not count.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Returns the name before the `@`, folded as in [`Self::key`].
    pub fn local(&self) -> &str {
        self.key.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// Returns the key with the domain in the form of the DNS, by which addresses were compared once
    /// that had been typed so.
    pub fn dns_key(&self) -> Cow<'_, str> {
        let Some((local, domain)) = self.key.rsplit_once('@') else {
            return Cow::Borrowed(&self.key);
        };
        match idna::domain_to_ascii(domain) {
            Ok(ascii) if ascii != domain => Cow::Owned(format!("{local}@{ascii}")),
            _ => Cow::Borrowed(&self.key),
        }
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown)
    }
}

struct Domain {
    /// As it was typed, but in letters.
    shown: String,
    /// In letters, lower case (UTS 46).
    letters: String,
}

impl Domain {
    fn parse(domain: &str) -> Result<Self, NotAnEmail> {
        let ascii = idna::domain_to_ascii(domain).map_err(|_| NotAnEmail)?;
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let fits = ascii.len() <= 253 && ascii.contains('.') && ascii.split('.').all(label);
        let (letters, readable) = idna::domain_to_unicode(&ascii);
        // What cannot be seen is not a part of a name that somebody typed.
        let seen = |c: char| !is_hidden(c) && !is_joiner(c) && !is_unseen(c);
        if !fits || readable.is_err() || !domain.chars().all(seen) {
            return Err(NotAnEmail);
        }
        let plain = domain.is_ascii() && ascii == letters;
        Ok(Self {
            shown: if plain {
                domain.to_owned()
            } else {
                letters.clone()
            },
            letters,
        })
    }
}

fn is_local(local: &str) -> bool {
    let plain = |c: char| {
        let shapes = is_hidden(c) || is_joiner(c) || is_unseen(c);
        let seen = !c.is_whitespace() && !c.is_control() && !shapes;
        seen && !"@<>()[]\\,;:\"".contains(c)
    };
    (1..=64).contains(&local.len())
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
}

fn fold(text: &str) -> String {
    text.nfkc().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> String {
        Email::parse(text).unwrap().key().to_owned()
    }

    #[test]
    fn addresses_are_what_people_type() {
        for good in [
            "ana@example.com",
            "a.b+c@sub.example.co",
            "ana@bücher.example",
            "ana@xn--bcher-kva.example",
            " ana@example.com\t",
            "ana@example.com\n",
        ] {
            assert!(Email::parse(good).is_ok(), "{good:?}");
        }
        let long = format!("{}@example.com", "a".repeat(65));
        let domain = format!("ana@{}.example", "ü".repeat(64));
        for bad in [
            "",
            "  ",
            "ana",
            "@example.com",
            "ana@",
            "ana@localhost",
            "a b@example.com",
            "a@b@example.com",
            "ana@-x.com",
            "ana@x..com",
            "ana@.com",
            "ana@exa mple.com",
            "ana@xn--a.example",
            ".ana@example.com",
            "\u{202e}ana@example.com",
            "an\u{200b}a@example.com",
            "\u{2800}@example.com",
            "a\u{e0041}@example.com",
            "an\u{200d}a@example.com",
            "ana@exam\u{200b}ple.com",
            "\"a\"@example.com",
            &long,
            &domain,
        ] {
            assert_eq!(Email::parse(bad), Err(NotAnEmail), "{bad:?}");
        }
    }

    #[test]
    fn addresses_are_compared_without_case_width_and_space_around() {
        assert_eq!(key(" Ana@Example.COM"), "ana@example.com");
        assert_eq!(key("ａｎａ@example.com"), "ana@example.com");
        assert_eq!(key("ana@example。com"), "ana@example.com");
        assert_eq!(key("rene\u{301}@example.com"), key("ren\u{e9}@example.com"));
        assert_ne!(key("a.na@example.com"), key("ana@example.com"));
        let typed = Email::parse(" Ana@Example.COM ").unwrap();
        assert_eq!(typed.shown(), "Ana@Example.COM");
        assert_eq!(typed.local(), "ana");
    }

    #[test]
    fn both_spellings_of_a_domain_are_one_mailbox() {
        let spellings = [
            "ana@bücher.example",
            "Ana@BÜCHER.example",
            "ana@bu\u{308}cher.example",
            "ana@xn--bcher-kva.example",
            "ana@XN--BCHER-KVA.EXAMPLE",
        ];
        for spelling in spellings {
            let email = Email::parse(spelling).unwrap();
            assert_eq!(email.key(), "ana@bücher.example", "{spelling}");
            assert_eq!(email.dns_key(), "ana@xn--bcher-kva.example");
            assert!(email.shown().ends_with("@bücher.example"), "{email}");
        }
        let plain = Email::parse("ana@example.com").unwrap();
        assert_eq!(plain.dns_key(), plain.key());
    }
}

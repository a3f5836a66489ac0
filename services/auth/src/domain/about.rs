//! What is known of a password's owner, and so to others: no password is made of it.

use sv_kernel::Email;
use unicode_normalization::UnicodeNormalization as _;

/// The fewest characters of a word that is looked for.
const MIN_CHARS: usize = 2;
/// The most characters that a password may have beside what is known, to count as made of it.
const REST_CHARS: usize = 3;

/// Words that are known of a password's owner: address, names, and their parts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct About {
    /// As they are written, in lower case.
    written: Vec<String>,
    /// Without what is no letter or digit, the longest first.
    folded: Vec<String>,
}

impl About {
    /// Takes an address and the names that its owner goes by; empty ones say nothing.
    pub(crate) fn of(email: &Email, names: &[&str]) -> Self {
        let shown = email.shown();
        let domain = shown.rsplit_once('@').map_or("", |(_, domain)| domain);
        Self::words(&[&[shown, email.key(), email.local(), domain], names].concat())
    }

    pub(super) fn words(words: &[&str]) -> Self {
        let parts = |word: &&str| {
            let word = word.nfkc().collect::<String>().to_lowercase();
            let parts = word.split(|c: char| !c.is_alphanumeric());
            let parts: Vec<String> = parts.map(str::to_owned).collect();
            parts.into_iter().chain([word])
        };
        let long_enough = |word: &String| word.chars().count() >= MIN_CHARS;
        let mut written: Vec<String> = words.iter().flat_map(parts).filter(long_enough).collect();
        written.sort();
        written.dedup();
        let mut folded: Vec<String> = written.iter().map(|word| fold(word)).collect();
        folded.retain(long_enough);
        folded.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        folded.dedup();
        Self { written, folded }
    }

    /// Lists the words as they are written, in lower case.
    pub(super) fn written(&self) -> &[String] {
        &self.written
    }

    /// Says whether a password is nothing but what is known, in whatever order, or hardly more.
    pub(super) fn makes_up(&self, password: &str) -> bool {
        let password = fold(password);
        let mut rest = password.clone();
        for word in &self.folded {
            // What stood on both sides does not become a word together.
            rest = rest.replace(word.as_str(), " ");
        }
        let found = rest != password;
        found && rest.chars().filter(|c| *c != ' ').count() <= REST_CHARS
    }
}

/// Leaves letters and digits, in lower case and in one form.
fn fold(text: &str) -> String {
    let text = text.nfkc().collect::<String>().to_lowercase();
    text.chars().filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_that_is_made_of_what_is_known_is_found() {
        let email = Email::parse("Ana.de-Oliveira+tv@Mail.Example.org").unwrap();
        let ana = About::of(&email, &["Ana Maria d'Oliveira", "Ôana_77", ""]);
        for known in [
            "ana.de-oliveira+tv@mail.example.org",
            "ANA.DE-OLIVEIRA+TV@MAIL.EXAMPLE.ORG",
            "ana.de-oliveira+tv@mail.example.org1",
            "anadeoliveiratv",
            "mail.example.org",
            "Ana Maria d'Oliveira",
            "anamariadoliveira!!",
            "oliveira maria ana 9",
            "OliveiraOliveira",
            "ôana_77ôana_77",
            "oliveira123",
        ] {
            assert!(ana.makes_up(known), "{known}");
        }
        for good in [
            "a banana a day",
            "olive trees grow slowly",
            "maria plays chess",
        ] {
            assert!(!ana.makes_up(good), "{good}");
        }
        assert!(!About::default().makes_up("ana"));
    }
}

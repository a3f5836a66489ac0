//! Messages in the caller's language, from the catalogues in `gen/locales` (I18N-1).

use std::{fmt, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use http::{HeaderMap, header};
use sv_kernel::Error;
use unic_langid::LanguageIdentifier;

/// The catalogues by language; the first is the default.
const CATALOGUES: [(&str, &str); 2] = [
    ("en", include_str!("../../gen/locales/en.ftl")),
    ("nb", include_str!("../../gen/locales/nb.ftl")),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<(&'static str, Bundle)>> = LazyLock::new(|| {
    CATALOGUES
        .into_iter()
        .map(|(language, text)| (language, bundle(language, text)))
        .collect()
});

/// A language that we have a catalogue for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Language(usize);

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.tag())
    }
}

impl Language {
    /// Returns the language that the caller likes best among ours (RFC 9110 12.5.4).
    pub(crate) fn of(headers: &HeaderMap) -> Self {
        let lists = headers.get_all(header::ACCEPT_LANGUAGE).iter();
        let entries = lists
            .filter_map(|list| list.to_str().ok())
            .flat_map(|list| list.split(','))
            .take(20);
        let mut best = (0, Self(0));
        for entry in entries {
            let (tag, weight) = entry.split_once(';').unwrap_or((entry, "q=1"));
            let Some(language) = Self::named(tag.trim()) else {
                continue;
            };
            let weight = weigh(weight.trim());
            if weight > best.0 {
                best = (weight, language);
            }
        }
        best.1
    }

    fn named(tag: &str) -> Option<Self> {
        let language = tag.split('-').next()?.to_ascii_lowercase();
        // Norwegian without more said, and its other form, are served in Bokmål.
        let language = match language.as_str() {
            "no" | "nn" => "nb",
            other => other,
        };
        let position = CATALOGUES.iter().position(|(known, _)| *known == language);
        position.map(Self)
    }

    /// Returns the language's tag.
    pub(crate) fn tag(self) -> &'static str {
        CATALOGUES[self.0].0
    }

    /// Returns the message of an error.
    pub(crate) fn message(self, error: &Error) -> String {
        let info = error.info();
        let service = info.domain.split('.').next().unwrap_or_default();
        let id = format!("{service}-{}", info.name);
        let (_, bundle) = &BUNDLES[self.0];
        let Some(pattern) = bundle.get_message(&id).and_then(|message| message.value()) else {
            return error.message();
        };
        let mut arguments = FluentArgs::new();
        for (key, value) in error.metadata() {
            arguments.set(*key, value.as_str());
        }
        let mut problems = Vec::new();
        let text = bundle.format_pattern(pattern, Some(&arguments), &mut problems);
        if problems.is_empty() {
            text.into_owned()
        } else {
            // A value is missing; the English template says which.
            error.message()
        }
    }
}

/// Reads a weight in thousandths; what is no weight counts as none.
fn weigh(text: &str) -> u32 {
    let number = text.strip_prefix(['q', 'Q']);
    let Some(number) = number.and_then(|rest| rest.strip_prefix('=')) else {
        return 0;
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let digits = format!("{whole}{fraction:0<3}");
    match (whole, digits.len()) {
        ("0" | "1", 4) => digits.parse().unwrap_or(0).min(1000),
        _ => 0,
    }
}

fn bundle(language: &str, text: &str) -> Bundle {
    let locale: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    // Answers are plain text, in which the marks would only be seen.
    bundle.set_use_isolating(false);
    // What cannot be read falls back to English; a test keeps the catalogues whole.
    let resource = FluentResource::try_new(text.to_owned());
    let resource = resource.unwrap_or_else(|(readable, _)| readable);
    bundle.add_resource_overriding(resource);
    bundle
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sv_proto::{auth::AuthReason, common::CommonReason};
    use sv_rpc::ReasonTable;

    use super::*;

    fn of(header: &str) -> &'static str {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
        Language::of(&headers).tag()
    }

    #[test]
    fn the_language_liked_best_among_ours_is_taken() {
        for (header, language) in [
            ("nb", "nb"),
            ("no", "nb"),
            ("nn-NO, en;q=0.9", "nb"),
            ("de, nb;q=0.5, en;q=0.4", "nb"),
            ("en;q=0.2, nb;q=0.1", "en"),
            ("nb;q=0", "en"),
            ("nb;Q=1", "nb"),
            ("nb;q=x", "en"),
            ("*", "en"),
            ("de", "en"),
            (";;;,,q=1", "en"),
        ] {
            assert_eq!(of(header), language, "{header}");
        }
        assert_eq!(Language::of(&HeaderMap::new()).tag(), "en");
    }

    /// The placeables of a text: `$limit` or `{limit}`.
    fn placeables(text: &str) -> BTreeSet<String> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split_once('}'))
            .map(|(name, _)| name.trim().trim_start_matches('$').to_owned())
            .collect()
    }

    #[test]
    fn every_reason_has_its_message_in_every_language() {
        let mut ids = BTreeSet::new();
        for info in ReasonTable::ours().iter() {
            let service = info.domain.split('.').next().unwrap();
            let id = format!("{service}-{}", info.name);
            for (language, text) in CATALOGUES {
                let line = text
                    .lines()
                    .find_map(|line| line.strip_prefix(&format!("{id} = ")));
                let message = line.unwrap_or_else(|| panic!("{language}.ftl lacks {id}"));
                assert_eq!(
                    placeables(message),
                    placeables(info.message),
                    "{language} {id}"
                );
                if language == "en" {
                    let plain = message.replace("{ $", "{").replace(" }", "}");
                    assert_eq!(plain, info.message, "{id}");
                }
            }
            ids.insert(id);
        }
        for (language, text) in CATALOGUES {
            let entries = text.lines().filter_map(|line| line.split_once(" = "));
            for (id, _) in entries {
                assert!(
                    ids.contains(id),
                    "{language}.ftl has {id}, which no proto declares"
                );
            }
            assert!(
                FluentResource::try_new(text.to_owned()).is_ok(),
                "{language}"
            );
        }
    }

    #[test]
    fn messages_take_their_values() {
        let nb = Language::named("nb").unwrap();
        let error = Error::from(AuthReason::PasswordTooShort).with("min", 8);
        assert_eq!(nb.message(&error), "Et passord har minst 8 tegn.");
        let without = Error::from(AuthReason::PasswordTooShort);
        assert_eq!(
            nb.message(&without),
            "A password has at least {min} characters."
        );
        let en = Language::named("en").unwrap();
        assert_eq!(
            en.message(&CommonReason::UnsupportedMediaType.into()),
            "Send application/json."
        );
    }
}

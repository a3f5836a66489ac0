//! What mails say, in the languages of `mails/` (I18N-1).

use std::{fmt::Write as _, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

/// The catalogues by language; the first is the default.
const CATALOGUES: [(&str, &str); 5] = [
    ("en", include_str!("../mails/en.ftl")),
    ("nb", include_str!("../mails/nb.ftl")),
    ("de", include_str!("../mails/de.ftl")),
    ("es", include_str!("../mails/es.ftl")),
    ("ar", include_str!("../mails/ar.ftl")),
];

type Bundle = FluentBundle<FluentResource>;

static BUNDLES: LazyLock<Vec<Bundle>> = LazyLock::new(|| {
    let bundles = CATALOGUES.iter();
    bundles
        .map(|(language, text)| bundle(language, text))
        .collect()
});

/// The words of one language.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words(usize);

/// What a mail says.
#[derive(Debug)]
pub(crate) struct Text {
    pub(crate) subject: String,
    pub(crate) plain: String,
    pub(crate) html: String,
}

impl Words {
    /// Returns those of a tag's language, or English.
    pub(crate) fn of(tag: &str) -> Self {
        let language = match tag.split('-').next().unwrap_or_default() {
            // Norwegian without more said, and its other form, are written in Bokmål.
            "no" | "nn" => "nb",
            other => other,
        };
        let position = CATALOGUES.iter().position(|(known, _)| *known == language);
        Self(position.unwrap_or_default())
    }

    /// Returns their language's tag.
    pub(crate) fn language(self) -> &'static str {
        CATALOGUES[self.0].0
    }

    /// Says by which link another password is set.
    pub(crate) fn reset(self, link: &str) -> Text {
        self.write(
            "reset-subject",
            &[self.say("reset-asked", &[])],
            (&self.say("reset-choose", &[]), link),
            &[self.say("reset-until", &[]), self.say("reset-ignore", &[])],
        )
    }

    /// Says that an account has another password since `when`.
    pub(crate) fn changed(self, when: &str, link: &str) -> Text {
        self.write(
            "changed-subject",
            &[
                self.say("changed-when", &[("when", when)]),
                self.say("changed-not-you", &[]),
            ],
            (&self.say("reset-choose", &[]), link),
            &[],
        )
    }

    fn write(
        self,
        subject: &str,
        before: &[String],
        (name, link): (&str, &str),
        after: &[String],
    ) -> Text {
        let subject = self.say(subject, &[]);
        let (language, signed) = (self.language(), self.say("signed", &[]));
        let direction = if language == "ar" { "rtl" } else { "ltr" };
        let (mut text, mut html) = (String::new(), String::new());
        let style = "font: 16px/1.5 system-ui, sans-serif; max-width: 34em; margin: 2em auto; padding: 0 1em";
        // Writing to a string does not fail.
        let _ = write!(
            html,
            "<!doctype html><html lang=\"{language}\" dir=\"{direction}\"><head><meta charset=\"utf-8\">\
             <title>{}</title></head><body style=\"{style}\">",
            escaped(&subject)
        );
        for line in before {
            let _ = write!(text, "{line}\n\n");
            let _ = write!(html, "<p>{}</p>", escaped(line));
        }
        let _ = write!(text, "{name}:\n{link}\n\n");
        let _ = write!(
            html,
            "<p><a href=\"{}\">{}</a></p>",
            escaped(link),
            escaped(name)
        );
        for line in after.iter().chain([&signed]) {
            let _ = write!(text, "{line}\n\n");
            let _ = write!(html, "<p>{}</p>", escaped(line));
        }
        html.push_str("</body></html>\n");
        Text {
            subject,
            plain: text,
            html,
        }
    }

    fn say(self, id: &str, values: &[(&str, &str)]) -> String {
        let bundle = &BUNDLES[self.0];
        let pattern = bundle.get_message(id).and_then(|message| message.value());
        let mut arguments = FluentArgs::new();
        for (key, value) in values {
            arguments.set(*key, *value);
        }
        // A test keeps the catalogues whole.
        let Some(pattern) = pattern else {
            return id.to_owned();
        };
        let said = bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new());
        said.into_owned()
    }
}

fn bundle(language: &str, text: &str) -> Bundle {
    let locale: LanguageIdentifier = language.parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![locale]);
    bundle.set_use_isolating(false);
    let resource = FluentResource::try_new(text.to_owned());
    bundle.add_resource_overriding(resource.unwrap_or_else(|(readable, _)| readable));
    bundle
}

/// Writes text so that HTML shows it as it is.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_language_says_everything() {
        let ids = |text: &str| -> BTreeSet<String> {
            let messages = text.lines().filter_map(|line| line.split_once(" = "));
            messages.map(|(id, _)| id.to_owned()).collect()
        };
        for (language, text) in CATALOGUES {
            assert_eq!(ids(text), ids(CATALOGUES[0].1), "{language}");
            assert!(
                FluentResource::try_new(text.to_owned()).is_ok(),
                "{language}"
            );
            let words = Words::of(language);
            let changed = words.changed("2026-11-30T07:00:00Z", "https://tv.example.org/reset");
            assert!(changed.plain.contains("2026-11-30T07:00:00Z"), "{language}");
            let reset = words.reset("https://tv.example.org/reset#token=a&b");
            assert!(reset.plain.contains("/reset#token=a&b\n"), "{language}");
            assert!(
                reset
                    .html
                    .contains("href=\"https://tv.example.org/reset#token=a&amp;b\"")
            );
            assert!(
                reset.html.contains(&format!("lang=\"{language}\"")),
                "{language}"
            );
        }
        assert!(Words::of("ar-EG").reset("x").html.contains("dir=\"rtl\""));
        assert_eq!(Words::of("nn-NO").language(), "nb");
        assert_eq!(Words::of("tlh").language(), "en");
    }
}

//! The rules of a single title, beyond those that the protos state.

use aws_lc_rs::digest;
use prost::Message as _;
use sv_kernel::{Error, Locale, Result, distinct, is_blank, trim};
use sv_proto::{
    common::CommonReason,
    content::{Content, ContentStatus, ContentType, Monetization, Score},
    convert::refuse,
};

use super::{availability, external, markers, series};
use crate::domain::Kind;

/// The largest stored title in bytes: what fits well into lists and into a bus record.
const MAX_DOCUMENT: usize = 64 * 1024;

impl Kind {
    /// Says whether a title is of this kind.
    pub(crate) fn is(self, content: &Content) -> bool {
        content.r#type() == self.content_type()
    }
}

/// Brings what an editor or importer sent into the form in which titles are stored: blanks around
/// texts go, repeated genres, tags and countries go, what is not said gets its usual value.
/// `kind` is what the title is, `before` the stored one, if there is one.
///
/// Fails with `VALIDATION_FAILED` where that leaves no title, and with `TOO_LARGE`.
pub(crate) fn prepare(
    mut content: Content,
    kind: Kind,
    before: Option<&Content>,
) -> Result<Content> {
    trim(&mut content.title);
    trim(&mut content.original_title);
    trim(&mut content.synopsis);
    trim(&mut content.maturity_rating);
    if is_blank(&content.title) {
        return Err(refuse("content.title", "REQUIRED", "is required"));
    }
    if let Some(at) = content.scores.iter().position(|score| !is_on_scale(score)) {
        let wish = "lies between 0 and its scale";
        return Err(refuse(
            &format!("content.scores[{at}].value"),
            "SCALE",
            wish,
        ));
    }
    if let Ok(language) = Locale::parse(&content.language) {
        content.language = language.to_string();
    }
    distinct(&mut content.genres);
    distinct(&mut content.tags);
    distinct(&mut content.countries);

    if content.r#type() == ContentType::Unspecified {
        content.set_type(kind.content_type());
    }
    if !kind.is(&content) || before.is_some_and(|before| !kind.is(before)) {
        let description = format!("does not change; here it is {}", kind.a());
        return Err(refuse("content.type", "FIXED", &description));
    }
    series::prepare(&mut content, kind, before)?;
    availability::prepare(&mut content)?;
    markers::prepare(&mut content)?;
    external::prepare(&mut content)?;
    if content.status() == ContentStatus::Unspecified {
        content.set_status(before.map_or(ContentStatus::Draft, Content::status));
    }
    if content.monetization() == Monetization::Unspecified {
        let usual = match kind {
            // Its series knows.
            Kind::Episode => Monetization::Unspecified,
            Kind::Movie | Kind::Series | Kind::Video => Monetization::Svod,
        };
        content.set_monetization(before.map_or(usual, Content::monetization));
    }
    // Given by the service, whatever the caller says.
    content.id = String::new();
    content.version = 0;
    content.create_time = None;
    content.update_time = None;
    content.collections.clear();
    if content.encoded_len() > MAX_DOCUMENT {
        return Err(Error::from(CommonReason::TooLarge).with("limit", MAX_DOCUMENT));
    }
    Ok(content)
}

/// Says whether a score lies on its own scale, if that is said; numbers that are none do not.
fn is_on_scale(score: &Score) -> bool {
    let top = if score.scale > 0.0 {
        score.scale
    } else {
        f64::MAX
    };
    (0.0..=top).contains(&score.value)
}

/// Tells a prepared title from any other: the SHA-256 of its bytes.
pub(crate) fn fingerprint(prepared: &Content) -> Vec<u8> {
    // Lists keep their order and maps are sorted, so equal titles have equal bytes.
    let bytes = prepared.encode_to_vec();
    digest::digest(&digest::SHA256, &bytes).as_ref().to_vec()
}

/// Returns the year of the first release, if it is known.
pub(crate) fn release_year(content: &Content) -> Option<i32> {
    content.release_date.get(..4)?.parse().ok()
}

/// Returns what lists by score go by: millionths of the first score's scale; 0 without a score.
pub(crate) fn sort_score(content: &Content) -> u32 {
    let Some(score) = content.scores.first().filter(|s| s.scale > 0.0) else {
        return 0;
    };
    let share = (score.value / score.scale).clamp(0.0, 1.0);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and one million; `as` turns NaN into 0"
    )]
    let millionths = (share * 1e6).round() as u32;
    millionths
}

#[cfg(test)]
mod tests {
    use sv_kernel::Timestamp;
    use sv_proto::convert::timestamp;

    use super::*;

    fn titled(title: &str) -> Content {
        Content {
            title: title.into(),
            ..Content::default()
        }
    }

    #[test]
    fn a_score_lies_on_its_scale() {
        let scored = |value, scale| {
            let mut content = titled("Alien");
            content.scores = vec![Score {
                source: "imdb".into(),
                value,
                scale,
                votes: 0,
            }];
            prepare(content, Kind::Movie, None)
        };
        for (value, scale) in [
            (0.0, 10.0),
            (8.5, 10.0),
            (10.0, 10.0),
            (71.0, 100.0),
            (5.0, 0.0),
        ] {
            assert!(scored(value, scale).is_ok(), "{value} of {scale}");
        }
        for (value, scale) in [(11.0, 10.0), (-1.0, 10.0), (-1.0, 0.0), (f64::NAN, 10.0)] {
            let refused = scored(value, scale).unwrap_err();
            assert_eq!(refused.violations()[0].field, "content.scores[0].value");
        }
    }

    #[test]
    fn a_title_is_seen() {
        for nothing in ["", " ", "\u{202e}", "\u{200b} \u{200d}"] {
            let refused = prepare(titled(nothing), Kind::Movie, None).unwrap_err();
            assert!(refused.is(&CommonReason::ValidationFailed), "{nothing:?}");
        }
    }

    #[test]
    fn a_new_title_is_a_film_a_draft_and_part_of_the_subscription() {
        let prepared = prepare(titled(" Alien "), Kind::Movie, None).unwrap();
        assert_eq!(prepared.title, "Alien");
        assert_eq!(prepared.r#type(), ContentType::Movie);
        assert_eq!(prepared.status(), ContentStatus::Draft);
        assert_eq!(prepared.monetization(), Monetization::Svod);
    }

    #[test]
    fn what_a_change_does_not_say_stays() {
        let mut before = titled("Alien");
        before.set_type(ContentType::Movie);
        before.set_status(ContentStatus::Published);
        before.set_monetization(Monetization::Tvod);
        let prepared = prepare(titled("Aliens"), Kind::Movie, Some(&before)).unwrap();
        assert_eq!(prepared.status(), ContentStatus::Published);
        assert_eq!(prepared.monetization(), Monetization::Tvod);
    }

    #[test]
    fn repeated_and_empty_words_go() {
        let mut content = titled("x");
        content.genres = ["Drama", " drama ", "", "Comedy"].map(String::from).into();
        let prepared = prepare(content, Kind::Movie, None).unwrap();
        assert_eq!(prepared.genres, ["Drama", "Comedy"]);
    }

    #[test]
    fn blanks_are_no_title_and_a_film_is_no_channel() {
        let blank = prepare(titled(" \u{3000} "), Kind::Movie, None).unwrap_err();
        assert_eq!(blank.violations()[0].field, "content.title");
        let mut channel = titled("x");
        channel.set_type(ContentType::Channel);
        let refused = prepare(channel, Kind::Movie, None).unwrap_err();
        assert_eq!(refused.violations()[0].field, "content.type");
    }

    #[test]
    fn a_title_has_a_largest_size() {
        let mut content = titled("x");
        content.synopsis = "y".repeat(MAX_DOCUMENT);
        assert!(
            prepare(content, Kind::Movie, None)
                .unwrap_err()
                .is(&CommonReason::TooLarge)
        );
    }

    #[test]
    fn the_fingerprint_is_about_what_was_said_and_not_about_when() {
        let mut stored = titled("x");
        stored.id = "7".into();
        stored.version = 3;
        stored.update_time = Some(timestamp(Timestamp::from_secs(9)));
        let a = prepare(stored, Kind::Movie, None).unwrap();
        let b = prepare(titled("x"), Kind::Movie, None).unwrap();
        assert_eq!(fingerprint(&a), fingerprint(&b));
        assert_ne!(
            fingerprint(&a),
            fingerprint(&prepare(titled("y"), Kind::Movie, None).unwrap())
        );
    }

    #[test]
    fn scores_are_compared_on_one_scale() {
        let scored = |value, scale| {
            let mut content = titled("x");
            content.scores.push(Score {
                value,
                scale,
                ..Score::default()
            });
            sort_score(&content)
        };
        assert_eq!(scored(8.5, 10.0), 850_000);
        assert_eq!(scored(85.0, 100.0), 850_000);
        assert_eq!(scored(11.0, 10.0), 1_000_000);
        assert_eq!(scored(-1.0, 10.0), 0);
        assert_eq!(scored(5.0, 0.0), 0);
        assert_eq!(scored(f64::NAN, 10.0), 0);
        assert_eq!(sort_score(&titled("x")), 0);
    }
}

//! What is said of an import: a code with its values, which programs tell in the reader's language, and the sentence.

use serde::{Deserialize, Serialize};
use sv_proto::streaming::ImportNoteCode;

/// What became of a file, or why nothing did. Which values come with a code stands in the proto.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// Which of the things that notes say.
    #[serde(with = "number")]
    pub code: ImportNoteCode,
    /// The same in an English sentence.
    pub text: String,
    /// The track of the file, counted from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub track: Option<u32>,
    /// The codec as ffmpeg calls it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub codec: String,
    /// The language as the file tells it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub language: String,
    /// Profile and pixels of a picture, or the channels of a sound.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub format: String,
    /// Width and height in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pixels: Option<(u32, u32)>,
    /// A length or a distance in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seconds: Option<f64>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// What a program said, in English.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

impl Note {
    /// Is a note whose code has no values.
    pub fn new(code: ImportNoteCode, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
            ..Self::default()
        }
    }

    /// Is the sentence of a release that had no codes.
    pub fn uncoded(text: impl Into<String>) -> Self {
        Self::new(ImportNoteCode::Unspecified, text)
    }
}

/// Codes are kept by their numbers, which never change; one of a later release is told by its sentence.
mod number {
    use serde::{Deserialize as _, Deserializer, Serializer};
    use sv_proto::streaming::ImportNoteCode;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
    pub(super) fn serialize<S: Serializer>(
        code: &ImportNoteCode,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.serialize_i32(i32::from(*code))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<ImportNoteCode, D::Error> {
        let number = i32::deserialize(from)?;
        Ok(ImportNoteCode::try_from(number).unwrap_or(ImportNoteCode::Unspecified))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_comes_back_as_it_was_kept_and_one_of_a_later_release_keeps_its_sentence() {
        let note = Note {
            track: Some(2),
            codec: "ac3".into(),
            ..Note::new(ImportNoteCode::AudioLeftOut, "a sound was left out")
        };
        let json = serde_json::to_string(&note).unwrap();
        assert_eq!(serde_json::from_str::<Note>(&json).unwrap(), note);
        let later = r#"{"code": 9999, "text": "told later", "unknown": [1]}"#;
        let later = serde_json::from_str::<Note>(later).unwrap();
        assert_eq!(later, Note::uncoded("told later"));
    }
}

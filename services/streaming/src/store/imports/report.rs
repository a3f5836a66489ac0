//! What is said of an import as columns: sentences as a release without codes reads them, and beside them the codes.

use serde::{Deserialize, Serialize};

use crate::domain::{Note, import::Said};

/// The codes of what is said.
#[derive(Default, Deserialize, Serialize)]
#[serde(default)]
struct Report {
    failure: Option<Note>,
    notes: Vec<Note>,
}

/// Returns the sentence about the failure.
pub(super) fn problem(said: &Said) -> String {
    let failure = said.failure.as_ref();
    failure.map_or_else(String::new, |note| note.text.clone())
}

/// Returns the other sentences, by lines.
pub(super) fn lines(said: &Said) -> String {
    let texts: Vec<_> = said.notes.iter().map(|note| note.text.as_str()).collect();
    texts.join("\n")
}

/// Returns all of it with its codes.
pub(super) fn json(said: &Said) -> String {
    let report = Report {
        failure: said.failure.clone(),
        notes: said.notes.clone(),
    };
    // Numbers and strings always become JSON; a number that is none, `NaN`, becomes `null`.
    serde_json::to_string(&report).unwrap_or_default()
}

/// Returns what is said. The sentences count: a process of the release before may have written them, and left codes
/// that belong to others.
pub(super) fn said(problem: &str, lines: &str, json: &str) -> Said {
    let report = serde_json::from_str::<Report>(json).unwrap_or_default();
    let coded = |text: &str, note: Option<&Note>| match note {
        Some(note) if note.text == text => note.clone(),
        _ => Note::uncoded(text),
    };
    let note = |text| coded(text, report.notes.iter().find(|note| note.text == text));
    Said {
        failure: (!problem.is_empty()).then(|| coded(problem, report.failure.as_ref())),
        notes: lines.lines().map(note).collect(),
    }
}

#[cfg(test)]
mod tests {
    use sv_proto::streaming::ImportNoteCode;

    use super::*;

    #[test]
    fn what_was_said_comes_back_with_its_codes_and_what_another_release_said_without() {
        let pale = Note::new(ImportNoteCode::HdrNotMapped, "pale");
        let long = Note {
            seconds: Some(30.0),
            ..Note::new(ImportNoteCode::TooSlow, "stopped\nafter a while")
        };
        let both = Said {
            failure: Some(long),
            notes: vec![pale.clone(), Note::uncoded("old")],
        };
        let (problem, lines, json) = (problem(&both), lines(&both), json(&both));
        assert_eq!(said(&problem, &lines, &json), both);

        let before = said("", "pale\nother", &json);
        assert_eq!(before.failure, None);
        assert_eq!(before.notes, [pale, Note::uncoded("other")]);
        let oldest = said("broken", "", "");
        assert_eq!(oldest, Said::failed(Note::uncoded("broken")));
    }
}

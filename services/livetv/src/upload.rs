//! Guide files: what they say of which channel, and what is wrong with them.
//!
//! `source` unpacks and decodes, `xmltv` reads the elements, `fields` what stands in them, `time` times.

mod fields;
mod source;
mod time;
mod xmltv;

use std::collections::{BTreeMap, HashSet};

use sv_proto::livetv::{GuideFinding, GuideProblem};

use crate::domain::{Entry, Found};

/// The most findings that an answer lists.
const MOST_FINDINGS: usize = 200;
/// The most characters of a title in a finding.
const TITLE: usize = 60;

/// Why a file is no guide, in words for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Unreadable(pub(crate) String);

/// A guide file that was read to its end.
#[derive(Debug, Default)]
pub(crate) struct File {
    /// Whether there is a guide in it, however empty.
    is_guide: bool,
    /// What it says of the channels that are known, by their names in it, in its order.
    pub(crate) channels: BTreeMap<String, Vec<Entry>>,
    /// What is wrong with it.
    pub(crate) claims: Claims,
}

/// Reads a file of any form that is taken.
pub(crate) fn read(bytes: &[u8], known: &HashSet<String>) -> Result<File, Unreadable> {
    xmltv::read(bytes, known)
}

/// What is wrong with a file: one entry for all programmes of a channel that have the same problem.
#[derive(Debug, Default)]
pub(crate) struct Claims(BTreeMap<(String, i32), GuideFinding>);

impl Claims {
    /// Takes something that is wrong with a programme.
    pub(crate) fn add(&mut self, guide_id: &str, found: &Found) {
        let key = (guide_id.to_owned(), found.problem.into());
        let first = || GuideFinding {
            problem: found.problem.into(),
            programme: found.number,
            guide_id: guide_id.to_owned(),
            title: found.title.chars().take(TITLE).collect(),
            value: found.value.clone(),
            times: 0,
        };
        self.0.entry(key).or_insert_with(first).times += 1;
    }

    /// Counts the programmes that were not taken.
    pub(crate) fn refused(&self) -> i32 {
        let refused = self.0.values().filter(|finding| refuses(finding.problem()));
        refused.map(|finding| finding.times).sum()
    }

    /// Lists what an answer tells, in the order of the file.
    pub(crate) fn into_findings(self) -> Vec<GuideFinding> {
        let mut findings: Vec<_> = self.0.into_values().collect();
        findings.sort_by_key(|finding| (finding.programme, finding.problem));
        findings.truncate(MOST_FINDINGS);
        findings
    }
}

/// Says whether a programme with this problem is not taken.
fn refuses(problem: GuideProblem) -> bool {
    !matches!(
        problem,
        GuideProblem::StopInvalid
            | GuideProblem::Overlap
            | GuideProblem::Gap
            | GuideProblem::FarGap
    )
}

#[cfg(all(test, feature = "test-data"))]
mod real;
#[cfg(test)]
mod tests;

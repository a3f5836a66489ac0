//! What is wrong with a JSON document, and the path to it that grows while the calls unwind.
#![expect(clippy::unnecessary_box_returns, reason = "results hold faults boxed")]

use crate::codec::JsonError;
use std::fmt::Write as _;

/// A value, or what is wrong. Boxed, as almost every value is fine.
pub(super) type Read<T> = Result<T, Box<Fault>>;

#[derive(Debug)]
pub(super) struct Fault {
    at: usize,
    problem: String,
    /// Innermost first.
    path: Vec<Step>,
}

#[derive(Debug)]
pub(super) enum Step {
    Field(String),
    Index(usize),
    Key(String),
}

impl Fault {
    /// A problem at an offset.
    #[cold]
    pub(super) fn new(at: usize, problem: impl Into<String>) -> Box<Self> {
        Box::new(Self {
            at,
            problem: problem.into(),
            path: Vec::new(),
        })
    }

    /// Adds the step that leads to where the fault is.
    #[cold]
    pub(super) fn under(mut self: Box<Self>, step: Step) -> Box<Self> {
        self.path.push(step);
        self
    }

    /// Counts lines and columns in the document.
    #[cold]
    pub(super) fn locate(self, document: &str) -> JsonError {
        let before = document.get(..self.at).unwrap_or(document);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        let number = |count: usize| u32::try_from(count + 1).unwrap_or(u32::MAX);
        let mut path = String::new();
        for step in self.path.iter().rev() {
            // Writing into a string cannot fail.
            let _ = match step {
                Step::Field(name) if path.is_empty() => write!(path, "{name}"),
                Step::Field(name) => write!(path, ".{name}"),
                Step::Index(index) => write!(path, "[{index}]"),
                Step::Key(key) => write!(path, "[{key:?}]"),
            };
        }
        JsonError {
            path,
            problem: self.problem,
            line: number(before.matches('\n').count()),
            column: number(before[line_start..].chars().count()),
        }
    }
}

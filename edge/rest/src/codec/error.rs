//! What can go wrong with descriptors, JSON and wire bytes.

use std::fmt;

/// JSON that does not fit the message, for a caller to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonError {
    /// Where in the JSON: `content.credits[3].role`; empty at the root.
    pub path: String,
    /// What is wrong, in a few words: `expected a string`.
    pub problem: String,
    /// The line, from 1.
    pub line: u32,
    /// The column in characters, from 1.
    pub column: u32,
}

impl fmt::Display for JsonError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(
            f,
            "{} (line {}, column {})",
            self.problem, self.line, self.column
        )
    }
}

impl std::error::Error for JsonError {}

/// Bytes that are no message of the expected type, or hold a value that JSON cannot carry.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{problem} in {message}")]
pub struct WireError {
    /// Whether the bytes or their meaning are at fault.
    pub kind: WireErrorKind,
    /// What is wrong: `truncated`.
    pub problem: &'static str,
    /// The full name of the innermost message in which it was found.
    pub message: String,
}

impl WireError {
    /// Bytes that are no message of the named type.
    pub fn malformed(problem: &'static str, message: &str) -> Self {
        Self {
            kind: WireErrorKind::Malformed,
            problem,
            message: message.to_owned(),
        }
    }
}

/// The two ways in which bytes fail to become JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WireErrorKind {
    /// They are no message of the expected type.
    Malformed,
    /// The message holds what JSON cannot: a time out of range, an unknown type in an `Any`.
    Unprintable,
}

/// Everything that keeps a descriptor set from being compiled, all at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompileErrors(pub Vec<String>);

impl fmt::Display for CompileErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.join("; "))
    }
}

impl std::error::Error for CompileErrors {}

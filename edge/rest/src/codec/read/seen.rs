//! Which fields a document named: the update mask of a PATCH.

/// The fields that a JSON document named, for update masks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    paths: Vec<String>,
}

impl Seen {
    /// The paths in proto names (`content.release_date`), in the order of the JSON: leaves of
    /// singular messages, and whole lists, maps and well-known types; fields set to `null` too,
    /// as that clears them. Relative to the message, or to the field of
    /// [`Codec::json_to_wire_field`](super::super::Codec::json_to_wire_field). Empty unless asked
    /// for by [`ReadOptions::record_seen`](super::super::ReadOptions::record_seen).
    pub fn paths(&self) -> &[String] {
        &self.paths
    }

    /// Gives the paths away.
    pub fn into_paths(self) -> Vec<String> {
        self.paths
    }
}

impl From<Recorder> for Seen {
    fn from(recorder: Recorder) -> Self {
        Self {
            paths: recorder.paths,
        }
    }
}

/// Collects paths while a document is read.
#[derive(Debug, Default)]
pub(super) struct Recorder {
    pub(super) active: bool,
    /// The path of the open message, each name followed by a dot.
    prefix: String,
    paths: Vec<String>,
}

impl Recorder {
    pub(super) fn new(active: bool) -> Self {
        Self {
            active,
            ..Self::default()
        }
    }

    /// Records a field of the open message.
    pub(super) fn leaf(&mut self, name: &str) {
        self.paths.push(format!("{}{name}", self.prefix));
    }

    /// Opens the message in a field.
    pub(super) fn open(&mut self, name: &str) -> Open {
        let open = Open {
            prefix: self.prefix.len(),
            paths: self.paths.len(),
        };
        self.prefix.push_str(name);
        self.prefix.push('.');
        open
    }

    /// Closes it; a message that named no field is recorded itself.
    pub(super) fn close(&mut self, open: &Open, name: &str) {
        self.prefix.truncate(open.prefix);
        if self.paths.len() == open.paths {
            self.leaf(name);
        }
    }
}

/// What to return to when a message closes.
pub(super) struct Open {
    prefix: usize,
    paths: usize,
}

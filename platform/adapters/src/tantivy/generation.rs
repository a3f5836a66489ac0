//! One generation of the index: versions, commits, counts.

use std::{
    collections::HashMap,
    fmt,
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
};

use sv_ports::{
    PortResult, Position, TopicPartition,
    index::{Change, IndexStatus, Written, newest_positions},
};
use tantivy::{
    DocSet, IndexReader, IndexWriter, ReloadPolicy, Searcher, TERMINATED, Term, collector::Count,
    query::TermQuery, schema::IndexRecordOption,
};

use super::{
    schema::{Fields, GONE, LIVE},
    unavailable,
};

/// The ending of the names of folders that are about to go.
const ASIDE: &str = "unneeded";
/// Bytes that the writer gathers before it writes a segment.
const WRITER_MEMORY: usize = 32 * 1024 * 1024;

/// One generation of the index.
pub(super) struct Generation {
    path: PathBuf,
    index: tantivy::Index,
    reader: IndexReader,
    pub(super) fields: Fields,
    writing: Mutex<Writing>,
}

/// What a writer knows beyond the last commit.
#[derive(Default)]
struct Writing {
    /// Opened when it is needed, and anew after it failed.
    writer: Option<IndexWriter>,
    /// Versions that are not committed yet.
    pending: HashMap<String, i64>,
    /// What the last commit tells besides its documents.
    told: Told,
    /// Whether changes that were accepted got lost by a failure since the last commit.
    lost: bool,
}

/// What a commit tells besides its documents.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Told {
    /// Where the records stand.
    done: Vec<Position>,
    /// Whether the generation was built to its end.
    whole: bool,
}

/// Changes that were accepted got lost when the writer failed.
#[derive(Debug, thiserror::Error)]
#[error("changes since the last commit were lost when writing failed; write them again")]
struct ChangesLost;

impl Generation {
    /// Makes an empty index in a folder that exists.
    pub(super) fn create(path: &Path) -> tantivy::Result<Self> {
        let (schema, _) = Fields::schema();
        Self::from_index(path, tantivy::Index::create_in_dir(path, schema)?)
    }

    /// Opens the index in a folder.
    pub(super) fn open(path: &Path) -> tantivy::Result<Self> {
        Self::from_index(path, tantivy::Index::open_in_dir(path)?)
    }

    fn from_index(path: &Path, index: tantivy::Index) -> tantivy::Result<Self> {
        let (schema, fields) = Fields::schema();
        if index.schema() != schema {
            let other = "the index has other fields than this version".to_owned();
            return Err(tantivy::TantivyError::SchemaError(other));
        }
        let reader = index
            .reader_builder()
            .reload_policy(ReloadPolicy::Manual)
            .try_into()?;
        let told = index.load_metas()?.payload.as_deref().map(Told::read);
        let writing = Writing {
            told: told.unwrap_or_default(),
            ..Writing::default()
        };
        Ok(Self {
            path: path.to_owned(),
            index,
            reader,
            fields,
            writing: Mutex::new(writing),
        })
    }

    /// Returns the folder.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Returns a view of what is committed.
    pub(super) fn searcher(&self) -> Searcher {
        self.reader.searcher()
    }

    /// Takes changes over whose versions are higher than those that are known.
    pub(super) fn write(&self, changes: &[Change]) -> PortResult<Written> {
        let mut writing = self.writing();
        let written = self.write_newer(&mut writing, changes);
        written.map_err(|error| {
            // The caller writes these changes again, but not those before them.
            writing.lost |= !writing.pending.is_empty();
            writing.fail(error)
        })
    }

    /// Makes what was written durable and findable.
    pub(super) fn commit(&self, done: &[Position]) -> PortResult<()> {
        self.commit_as(done, false)
    }

    /// Makes what was written durable and findable, as all that there is.
    pub(super) fn complete(&self, done: &[Position]) -> PortResult<()> {
        self.commit_as(done, true)
    }

    fn commit_as(&self, done: &[Position], whole: bool) -> PortResult<()> {
        let mut writing = self.writing();
        if std::mem::take(&mut writing.lost) {
            return Err(unavailable(ChangesLost));
        }
        let told = Told {
            done: newest_positions(writing.told.done.clone(), done),
            whole: writing.told.whole || whole,
        };
        if writing.pending.is_empty() && writing.told == told {
            return Ok(());
        }
        let committed = self.commit_all(&mut writing, &told);
        committed.map_err(|error| writing.fail(error))?;
        writing.told = told;
        Ok(())
    }

    /// Tells what is committed.
    pub(super) fn status(&self) -> PortResult<IndexStatus> {
        let searcher = self.searcher();
        let count = |state| {
            let term = Term::from_field_text(self.fields.state, state);
            let query = TermQuery::new(term, IndexRecordOption::Basic);
            let count = searcher.search(&query, &Count).map_err(unavailable)?;
            PortResult::Ok(u64::try_from(count).unwrap_or(u64::MAX))
        };
        let Told { done, whole } = self.writing().told.clone();
        Ok(IndexStatus {
            documents: count(LIVE)?,
            tombstones: count(GONE)?,
            done,
            whole,
        })
    }

    /// Removes the folder, after the writer and its threads ended.
    pub(super) fn remove(&self) {
        let writer = self.writing().writer.take();
        if let Some(Err(error)) = writer.map(IndexWriter::wait_merging_threads) {
            tracing::debug!(%error, "an unneeded index ended with an error");
        }
        Self::clear(&self.path);
    }

    /// Removes the folder of one that nobody needs. What resists stays until the next time. It is named otherwise first: a
    /// thread that still merges what a rebuild that was cut off left may write by the old name for as long as it likes.
    pub(super) fn clear(path: &Path) {
        let aside = path.with_extension(ASIDE);
        let removed = if aside == path {
            std::fs::remove_dir_all(path)
        } else {
            let _ = std::fs::remove_dir_all(&aside);
            std::fs::rename(path, &aside).and_then(|()| std::fs::remove_dir_all(&aside))
        };
        if let Err(error) = removed {
            tracing::debug!(%error, path = %path.display(), "an unneeded index stays for now");
        }
    }

    fn write_newer(&self, writing: &mut Writing, changes: &[Change]) -> tantivy::Result<Written> {
        let searcher = self.searcher();
        let mut written = Written::default();
        for change in changes {
            let key = change.key();
            let term = self.fields.key_of(&key);
            let known = match writing.pending.get(&key) {
                Some(version) => Some(*version),
                None => committed_version(&searcher, &term)?,
            };
            if known.is_some_and(|known| known >= change.version()) {
                written.outdated += 1;
                continue;
            }
            let document = self.fields.document(&key, change);
            let writer = self.writer(writing)?;
            writer.delete_term(term);
            writer.add_document(document)?;
            writing.pending.insert(key, change.version());
            written.accepted += 1;
        }
        Ok(written)
    }

    fn commit_all(&self, writing: &mut Writing, told: &Told) -> tantivy::Result<()> {
        let writer = self.writer(writing)?;
        let mut commit = writer.prepare_commit()?;
        commit.set_payload(&told.write());
        commit.commit()?;
        self.reader.reload()?;
        writing.pending.clear();
        Ok(())
    }

    fn writer<'a>(&self, writing: &'a mut Writing) -> tantivy::Result<&'a mut IndexWriter> {
        let writer = match writing.writer.take() {
            Some(writer) => writer,
            None => self.index.writer_with_num_threads(1, WRITER_MEMORY)?,
        };
        Ok(writing.writer.insert(writer))
    }

    fn writing(&self) -> MutexGuard<'_, Writing> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Writing {
    /// Gives up everything since the last commit: a writer that failed takes nothing more.
    fn fail(&mut self, error: tantivy::TantivyError) -> sv_ports::PortError {
        self.writer = None;
        self.pending.clear();
        unavailable(error)
    }
}

impl fmt::Debug for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Generation")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}

/// Looks up the version under which a document was committed.
fn committed_version(searcher: &Searcher, key: &Term) -> tantivy::Result<Option<i64>> {
    for segment in searcher.segment_readers() {
        let postings = segment
            .inverted_index(key.field())?
            .read_postings(key, IndexRecordOption::Basic)?;
        let Some(mut postings) = postings else {
            continue;
        };
        while postings.doc() != TERMINATED {
            if !segment.is_deleted(postings.doc()) {
                let versions = segment.fast_fields().i64("version")?;
                return Ok(versions.first(postings.doc()));
            }
            postings.advance();
        }
    }
    Ok(None)
}

impl Told {
    /// Writes it as JSON: `{"done": [[topic, partition, offset], …], "whole": true}`.
    fn write(&self) -> String {
        let rows = self.done.iter().map(|position| {
            let Position { partition, offset } = position;
            serde_json::json!([*partition.topic, partition.partition, offset])
        });
        let rows: Vec<_> = rows.collect();
        serde_json::json!({"done": rows, "whole": self.whole}).to_string()
    }

    /// Reads it; what is not readable is not known, and comes again.
    fn read(payload: &str) -> Self {
        let told: serde_json::Value = serde_json::from_str(payload).unwrap_or_default();
        let rows: Vec<(String, u32, u64)> =
            serde_json::from_value(told["done"].clone()).unwrap_or_default();
        let position = |(topic, partition, offset): (String, u32, u64)| Position {
            partition: TopicPartition {
                topic: topic.into(),
                partition,
            },
            offset,
        };
        Self {
            done: rows.into_iter().map(position).collect(),
            whole: told["whole"] == true,
        }
    }
}

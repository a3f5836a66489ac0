//! Puts packaged media into the blob store. `media.json` goes last: where it stands, all of it stands.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures::TryStreamExt;
use sv_ports::{Blob, PortError};
use tokio_util::io::ReaderStream;

use super::ImportError;
use crate::domain::{Media, Note};

/// The name of the description within the prefix.
const DESCRIPTION: &str = "media.json";
/// The name of what a person should know about it.
const NOTES: &str = "notes.json";
/// A note as it was stored: by a release that had no codes as its sentence.
#[derive(serde::Deserialize)]
#[serde(untagged)]
enum Stored {
    Sentence(String),
    Note(Note),
}

/// How much of a file is read at once, in bytes.
const PIECE: usize = 256 * 1024;

/// Reads the description of media that was stored whole before, if there is one, and its notes.
pub(super) async fn stored(
    blobs: &dyn Blob,
    prefix: &str,
) -> Result<Option<(Media, Vec<Note>)>, ImportError> {
    let Some(json) = blobs.get(&format!("{prefix}/{DESCRIPTION}")).await? else {
        return Ok(None);
    };
    // One that cannot be read is written again.
    let media = serde_json::from_slice(&json).ok();
    let whole = |media: &Media| media.prefix == prefix && media.check().is_ok();
    let Some(media) = media.filter(whole) else {
        return Ok(None);
    };
    // What was stored by an older release has none.
    let notes = blobs.get(&format!("{prefix}/{NOTES}")).await?;
    let notes = notes.and_then(|json| serde_json::from_slice::<Vec<Stored>>(&json).ok());
    let notes = notes
        .unwrap_or_default()
        .into_iter()
        .map(|note| match note {
            Stored::Sentence(text) => Note::uncoded(text),
            Stored::Note(note) => note,
        });
    Ok(Some((media, notes.collect())))
}

/// Stores files under their keys, and then the notes and the description.
pub(super) async fn store(
    blobs: &dyn Blob,
    (media, notes): (&Media, &[Note]),
    files: Vec<(String, PathBuf)>,
    mut report: impl FnMut(f64) + Send,
) -> Result<(), ImportError> {
    let count = files.len();
    for (n, (key, file)) in files.into_iter().enumerate() {
        put(blobs, &key, &file).await?;
        #[expect(clippy::cast_precision_loss, reason = "a fraction for people")]
        report((n + 1) as f64 / count as f64);
    }
    let json =
        serde_json::to_vec_pretty(media).map_err(|e| ImportError::broken("description", e))?;
    let notes =
        serde_json::to_vec_pretty(notes).map_err(|e| ImportError::broken("description", e))?;
    for (name, json) in [(NOTES, notes), (DESCRIPTION, json)] {
        let key = format!("{}/{name}", media.prefix);
        blobs.put_bytes(&key, Bytes::from(json)).await?;
    }
    Ok(())
}

async fn put(blobs: &dyn Blob, key: &str, file: &Path) -> Result<(), ImportError> {
    let size = tokio::fs::metadata(file).await?.len();
    let file = tokio::fs::File::open(file).await?;
    let pieces = ReaderStream::with_capacity(file, PIECE)
        .map_err(|error| PortError::unavailable("disk", error));
    let info = blobs.put(key, Box::pin(pieces)).await?;
    if info.size == size {
        Ok(())
    } else {
        Err(ImportError::broken(key, "it was stored with another size"))
    }
}

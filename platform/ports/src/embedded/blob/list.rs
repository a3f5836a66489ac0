//! Listing a folder in the byte order of its keys.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use crate::BlobPage;

/// One name in a folder; that of a folder ends in `/`, which puts it where its keys belong.
struct Entry {
    name: String,
    path: PathBuf,
}

/// Lists up to `limit` keys that begin with `prefix` and come after `after`.
pub(super) fn list(root: &Path, prefix: &str, after: &str, limit: usize) -> io::Result<BlobPage> {
    let mut page = BlobPage::default();
    // Depth first; the last of the stack is the next in order.
    let mut stack = entries(root, "")?;
    while let Some(Entry { name: key, path }) = stack.pop() {
        if key.ends_with('/') {
            let leads_to_prefix = key.starts_with(prefix) || prefix.starts_with(&key);
            let leads_past_after = *key > *after || after.starts_with(&key);
            if leads_to_prefix && leads_past_after {
                stack.extend(entries(&path, &key)?);
            }
        } else if key.starts_with(prefix) && *key > *after {
            // It may have been deleted since the folder was read.
            let Ok(metadata) = fs::metadata(&path) else {
                continue;
            };
            if page.blobs.len() == limit {
                page.next = page.blobs.last().map(|last| last.key.clone());
                break;
            }
            page.blobs.push(super::info(&key, &metadata));
        }
    }
    Ok(page)
}

/// Counts the files of a folder and its folders.
pub(super) fn count(folder: &Path) -> io::Result<u64> {
    let mut count = 0;
    let mut stack = entries(folder, "")?;
    while let Some(Entry { name, path }) = stack.pop() {
        if name.ends_with('/') {
            stack.extend(entries(&path, &name)?);
        } else {
            count += 1;
        }
    }
    Ok(count)
}

/// Reads a folder, last name first. Links and names that no key can have are left out.
fn entries(folder: &Path, prefix: &str) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let found = match fs::read_dir(folder) {
        Err(error) if super::is_absent(&error) => return Ok(entries),
        found => found?,
    };
    for entry in found {
        let entry = entry?;
        let (Ok(name), kind) = (entry.file_name().into_string(), entry.file_type()?) else {
            continue;
        };
        if name.starts_with('.') || !(kind.is_dir() || kind.is_file()) {
            continue;
        }
        let slash = if kind.is_dir() { "/" } else { "" };
        entries.push(Entry {
            name: format!("{prefix}{name}{slash}"),
            path: entry.path(),
        });
    }
    entries.sort_unstable_by(|a, b| b.name.cmp(&a.name));
    Ok(entries)
}

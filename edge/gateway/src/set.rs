//! Descriptor sets, as `protoc`, `buf` and build tools write them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    time::SystemTime,
};

use prost::Message as _;
use prost_reflect::DescriptorPool;
use prost_types::{FileDescriptorProto, FileDescriptorSet};

use crate::{options::Problems, regular};

/// What everybody imports or finds in errors, and many a set leaves out: `google/api`, `google/protobuf` and
/// `google/rpc`. Compiled by `make gen`.
const GOOGLE: &[u8] = include_bytes!("google.bin");

const HOW: &str =
    "make one by `protoc --include_imports --descriptor_set_out=FILE …` or `buf build -o FILE`";

/// By what it is seen that a file has changed.
pub(crate) type Stamp = Vec<Option<(SystemTime, u64)>>;

/// Looks at the files without reading them.
pub(crate) fn stamp(files: &[PathBuf]) -> Stamp {
    let look = |file: &PathBuf| {
        let about = fs::metadata(file).ok()?;
        Some((about.modified().ok()?, about.len()))
    };
    files.iter().map(look).collect()
}

/// Reads the files into one pool.
pub(crate) fn load(files: &[PathBuf]) -> Result<DescriptorPool, Problems> {
    let read = |file: &PathBuf| {
        let bytes = regular::read(file, regular::SET)?;
        split(&bytes, Some(file))
    };
    let sets = files.iter().map(read).collect::<Result<Vec<_>, _>>()?;
    // Sets come from outside, and their reader panics at some that are not sound: that must not end a gateway that
    // serves another one.
    let read = AssertUnwindSafe(|| pool(sets.into_iter().flatten()));
    catch_unwind(read).unwrap_or_else(|_| {
        let problem = format!("the descriptor set cannot be read; {HOW}");
        Err(problem.into())
    })
}

/// One proto file of a set.
#[derive(Clone)]
struct File {
    name: String,
    imports: Vec<String>,
    /// As it was, with options that only their owners know.
    bytes: Vec<u8>,
}

/// Puts proto files together, and adds what they import of Google's or what errors may hold.
fn pool(files: impl Iterator<Item = File>) -> Result<DescriptorPool, Problems> {
    let google = split(GOOGLE, None)?;
    let mut all: BTreeMap<String, File> = BTreeMap::new();
    for file in files {
        all.entry(file.name.clone()).or_insert(file);
    }
    loop {
        let missing: BTreeSet<String> = all
            .values()
            .flat_map(|file| &file.imports)
            .filter(|name| !all.contains_key(*name))
            .cloned()
            .collect();
        let known: Vec<&File> = google
            .iter()
            .filter(|file| missing.contains(&file.name))
            .collect();
        if known.is_empty() {
            break;
        }
        all.extend(
            known
                .into_iter()
                .map(|file| (file.name.clone(), file.clone())),
        );
    }
    let mut set = Vec::new();
    for file in all.values() {
        prost::encoding::bytes::encode(1, &file.bytes, &mut set);
    }
    let mut pool = DescriptorPool::decode(set.as_slice())
        .map_err(|cause| format!("the descriptor set is not whole: {cause}; {HOW}"))?;
    for file in google {
        let is_new = pool.get_file_by_name(&file.name).is_none();
        if is_new && !file.name.starts_with("google/api/") && !declares_known(&pool, &file) {
            // What cannot be added is missing in errors only.
            let _ = pool.decode_file_descriptor_proto(file.bytes.as_slice());
        }
    }
    Ok(pool)
}

/// Says whether a set has a file's messages already, under another name of the file.
fn declares_known(pool: &DescriptorPool, file: &File) -> bool {
    let Ok(file) = FileDescriptorProto::decode(file.bytes.as_slice()) else {
        return true;
    };
    let package = file.package();
    let mut messages = file.message_type.iter();
    messages.any(|message| {
        let name = format!("{package}.{}", message.name());
        pool.get_message_by_name(&name).is_some()
    })
}

/// Splits a set into its files.
fn split(set: &[u8], path: Option<&Path>) -> Result<Vec<File>, Problems> {
    let place = path.map_or_else(String::new, |path| path.display().to_string());
    let no_set = || Problems::from(format!("{place} is no FileDescriptorSet: {HOW}"));
    let names = FileDescriptorSet::decode(set).map_err(|_| no_set())?;
    // prost forgets options that it does not know, so the bytes of each file are taken as they are.
    let files = Files::decode(set).map_err(|_| no_set())?;
    if files.file.is_empty() || names.file.iter().any(|file| file.name().is_empty()) {
        return Err(no_set());
    }
    let is_read = |file: &&FileDescriptorProto| matches!(file.syntax(), "" | "proto2" | "proto3");
    if let Some(file) = names.file.iter().find(|file| !is_read(file)) {
        let (name, syntax) = (file.name(), file.syntax());
        return Err(format!("{name} is in the syntax `{syntax}`, which is not read").into());
    }
    let both = names.file.into_iter().zip(files.file);
    Ok(both
        .map(|(file, bytes)| File {
            name: file.name.unwrap_or_default(),
            imports: file.dependency,
            bytes,
        })
        .collect())
}

/// A `FileDescriptorSet` whose files stay encoded.
#[derive(Clone, PartialEq, prost::Message)]
struct Files {
    #[prost(bytes = "vec", repeated, tag = "1")]
    file: Vec<Vec<u8>>,
}

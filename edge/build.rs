//! Puts the web app's bundle into the program: texts as gzip, which is how nearly every client takes them, so that the
//! program is smaller and nothing is packed while it runs.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};

#[expect(
    clippy::disallowed_methods,
    reason = "this is how cargo tells a build script where things are"
)]
fn main() -> Result<(), Box<dyn Error>> {
    let bundle = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../frontend/dist");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed={}", bundle.display());
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut files = Vec::new();
    list(&bundle, &mut files).map_err(|cause| {
        format!(
            "{}: {cause} (`make web` builds the web app)",
            bundle.display()
        )
    })?;
    files.sort();
    let mut table = String::from("&[\n");
    for (index, file) in files.iter().enumerate() {
        let bytes = fs::read(file)?;
        let name = file
            .strip_prefix(&bundle)?
            .to_str()
            .ok_or("a name that is no text")?;
        let kind = mime_guess::from_path(file).first_or_octet_stream();
        let packs = packs(kind.essence_str());
        let embedded = out.join(index.to_string());
        if packs {
            fs::write(&embedded, gzip(&bytes)?)?;
        } else {
            fs::write(&embedded, &bytes)?;
        }
        writeln!(
            table,
            "    File {{ path: {:?}, kind: {:?}, version: \"{:032x}\", packed: {packs}, bytes: include_bytes!(concat!(env!(\"OUT_DIR\"), \"/{index}\")) }},",
            format!("/{name}"),
            with_charset(kind.essence_str()),
            twox_hash::XxHash3_128::oneshot(&bytes),
        )?;
    }
    table.push(']');
    fs::write(out.join("bundle.rs"), table)?;
    Ok(())
}

fn list(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            list(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(bytes)?;
    packer.finish()
}

/// Says whether packing makes such a file smaller: fonts and pictures are packed already.
fn packs(kind: &str) -> bool {
    kind.starts_with("text/")
        || ["javascript", "json", "svg", "manifest", "xml"]
            .iter()
            .any(|part| kind.contains(part))
}

fn with_charset(kind: &str) -> String {
    if kind.starts_with("text/") {
        format!("{kind}; charset=utf-8")
    } else {
        kind.to_owned()
    }
}

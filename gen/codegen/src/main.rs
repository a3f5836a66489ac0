//! Generates `gen/` from `proto/`: the Rust crate, its descriptor set, the table of reasons and the
//! OpenAPI document; and `docs/errors.md`, which lists the reasons for people.
//!
//! Run by `make gen` from the repository's root. Needs no protoc.

mod errors;
mod pages;
mod reasons;

use std::{
    error::Error,
    fs,
    path::{Path, PathBuf},
};

use prost_reflect::DescriptorPool;

fn main() -> Result<(), Box<dyn Error>> {
    let proto = Path::new("proto");
    let out = Path::new("gen");
    let files = proto_files(proto)?;

    let mut compiler = protox::Compiler::new([proto])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_files(&files)?;

    // Encoded by protox itself: a detour through prost's descriptor types would drop every custom
    // option, and with them the routes and policies.
    let descriptors = compiler.encode_file_descriptor_set();
    let pool = DescriptorPool::decode(descriptors.as_slice())?;
    fs::write(out.join("descriptors.bin"), &descriptors)?;

    let code = out.join("src/pb");
    if code.exists() {
        fs::remove_dir_all(&code)?;
    }
    fs::create_dir_all(&code)?;
    tonic_prost_build::configure()
        .build_transport(false)
        .bytes(".")
        .out_dir(&code)
        .include_file("mod.rs")
        .emit_rerun_if_changed(false)
        .compile_fds(compiler.file_descriptor_set())?;
    fs::write(code.join("reasons.rs"), reasons::render(&pool)?)?;
    fs::write(code.join("pages.rs"), pages::render(&pool)?)?;
    fs::create_dir_all(out.join("openapi"))?;
    let openapi = serde_json::to_string_pretty(&sv_rest::openapi::document(&pool)?)? + "\n";
    fs::write(out.join("openapi/streamverse.json"), openapi)?;
    fs::create_dir_all("docs")?;
    fs::write("docs/errors.md", errors::render(&pool)?)?;
    Ok(())
}

/// Lists our own protos and the vendored ones that clients need to decode errors, sorted.
fn proto_files(root: &Path) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    let mut files = ["error_details", "status"]
        .map(|name| root.join(format!("google/rpc/{name}.proto")))
        .to_vec();
    let mut folders = vec![root.join("streamverse")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "proto") {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

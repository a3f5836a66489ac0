//! Generates `gen/` from `proto/`: messages and clients, their descriptor set, the table of reasons, the
//! events, the OpenAPI document, and what services implement (`gen/handlers`); and `docs/errors.md`, which lists the reasons for people.
//! From the folders of `services/`: their list (`gen/services`) and the catalogues of messages (`gen/locales`).
//!
//! Run by `make gen` from the repository's root. Needs no protoc.

mod errors;
mod events;
mod handlers;
mod locales;
mod names;
mod pages;
mod reasons;
mod services;

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
        // Servers are ours: `handlers`.
        .build_server(false)
        .build_transport(false)
        .bytes(".")
        .out_dir(&code)
        .include_file("mod.rs")
        .emit_rerun_if_changed(false)
        .compile_fds(compiler.file_descriptor_set())?;
    fs::write(code.join("reasons.rs"), reasons::render(&pool)?)?;
    fs::write(code.join("pages.rs"), pages::render(&pool)?)?;
    fs::write(code.join("events.rs"), events::render(&pool)?)?;
    fs::write(code.join("names.rs"), names::render(&pool))?;
    write_modules(
        &out.join("handlers/src/pb"),
        &handlers::render(&pool, "streamverse.")?,
    )?;
    let kinds = every_kind(&out.join("handlers/src/tests"))?;
    write_modules(
        &out.join("handlers/src/tests/pb"),
        &handlers::render(&kinds, "kinds")?,
    )?;
    descriptors_of_gateway(Path::new("edge/gateway"))?;
    conformance(Path::new("tests/connect"))?;
    fs::create_dir_all(out.join("openapi"))?;
    let openapi = serde_json::to_string_pretty(&sv_rest::openapi::document(&pool)?)? + "\n";
    fs::write(out.join("openapi/streamverse.json"), openapi)?;
    let services = services::names(Path::new("services"))?;
    let list = out.join("services");
    fs::create_dir_all(list.join("src"))?;
    fs::write(list.join("Cargo.toml"), services::manifest(&services))?;
    fs::write(list.join("src/lib.rs"), services::list(&services))?;
    let catalogues = out.join("locales");
    fs::create_dir_all(&catalogues)?;
    for (language, text) in locales::render(&pool, &services)? {
        fs::write(catalogues.join(format!("{language}.ftl")), text)?;
    }
    fs::create_dir_all("docs")?;
    fs::write("docs/errors.md", errors::render(&pool)?)?;
    Ok(())
}

/// Writes modules and their list into a folder of their own.
fn write_modules(folder: &Path, modules: &handlers::Modules) -> Result<(), Box<dyn Error>> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    fs::write(folder.join("mod.rs"), handlers::list(modules))?;
    for (name, text) in modules {
        fs::write(folder.join(format!("{name}.rs")), text)?;
    }
    Ok(())
}

/// Reads the proto of a service with every kind of RPC, for the tests of generated servers.
fn every_kind(folder: &Path) -> Result<DescriptorPool, Box<dyn Error>> {
    let mut compiler = protox::Compiler::new([folder, Path::new("proto")])?;
    compiler
        .include_imports(true)
        .include_source_info(true)
        .open_file("kinds.proto")?;
    let descriptors = compiler.encode_file_descriptor_set();
    Ok(DescriptorPool::decode(descriptors.as_slice())?)
}

/// Compiles what `streamverse edge` knows of Google's protos, and the services of its tests.
fn descriptors_of_gateway(folder: &Path) -> Result<(), Box<dyn Error>> {
    let compile = |files: &[&str], to: PathBuf| -> Result<(), Box<dyn Error>> {
        let tests = folder.join("testdata");
        let mut compiler = protox::Compiler::new([Path::new("proto"), &tests])?;
        compiler.include_imports(true).open_files(files)?;
        fs::write(to, compiler.encode_file_descriptor_set())?;
        Ok(())
    };
    compile(
        &[
            "google/api/annotations.proto",
            "google/api/httpbody.proto",
            "google/protobuf/any.proto",
            "google/protobuf/duration.proto",
            "google/protobuf/empty.proto",
            "google/protobuf/field_mask.proto",
            "google/protobuf/struct.proto",
            "google/protobuf/timestamp.proto",
            "google/protobuf/wrappers.proto",
            "google/rpc/code.proto",
            "google/rpc/error_details.proto",
            "google/rpc/status.proto",
        ],
        folder.join("src/google.bin"),
    )?;
    compile(&["library.proto"], folder.join("testdata/library.bin"))
}

/// Generates the messages of Connect's conformance suite, and its descriptor set with our policies.
fn conformance(folder: &Path) -> Result<(), Box<dyn Error>> {
    let suite = folder.join("proto/connectrpc/conformance/v1");
    let files = ["client_compat", "server_compat", "service"];
    let mut compiler = protox::Compiler::new([folder.join("proto"), PathBuf::from("proto")])?;
    compiler.include_imports(true);
    for file in files {
        compiler.open_file(suite.join(format!("{file}.proto")))?;
    }
    let code = folder.join("src/pb");
    fs::create_dir_all(&code)?;
    fs::write(
        code.join("descriptors.bin"),
        compiler.encode_file_descriptor_set(),
    )?;
    let mut config = tonic_prost_build::Config::new();
    config
        .enable_type_names()
        .type_name_domain(["."], "type.googleapis.com");
    let mut descriptors = compiler.file_descriptor_set();
    descriptors
        .file
        .retain(|file| ["connectrpc.conformance.v1", "google.protobuf"].contains(&file.package()));
    tonic_prost_build::configure()
        .build_server(false)
        .build_transport(false)
        .bytes(".")
        .out_dir(&code)
        .emit_rerun_if_changed(false)
        .compile_fds_with_config(descriptors, config)?;
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

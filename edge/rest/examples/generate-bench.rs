//! Generates the typed contestant of the benchmark, `benches/generated/`, from
//! `benches/catalogue.proto`: `cargo run -p sv-rest --example generate-bench`.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches");
    let generated = benches.join("generated");
    let files = protox::compile(["catalogue.proto"], [&benches])?;
    prost_build::Config::new()
        .out_dir(&generated)
        .compile_well_known_types()
        .extern_path(".google.protobuf", "::pbjson_types")
        .compile_fds(files.clone())?;
    pbjson_build::Builder::new()
        .register_descriptors(&prost::Message::encode_to_vec(&files))?
        .extern_path(".google.protobuf", "::pbjson_types")
        .out_dir(&generated)
        .build(&[".bench.catalogue"])?;
    std::fs::write(
        generated.join("catalogue.bin"),
        prost::Message::encode_to_vec(&files),
    )?;
    Ok(())
}

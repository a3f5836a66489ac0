//! Descriptors made from a few lines of proto, for what our own protos do not contain.

use prost_reflect::DescriptorPool;

/// Compiles a file of package `streamverse.test.v1` that may use our options.
pub(crate) fn pool(body: &str) -> DescriptorPool {
    let folder = tempfile::tempdir().unwrap();
    let text = format!(
        r#"syntax = "proto3";
        package streamverse.test.v1;
        import "google/api/annotations.proto";
        import "google/protobuf/duration.proto";
        import "google/protobuf/field_mask.proto";
        import "google/protobuf/timestamp.proto";
        import "streamverse/options/v1/options.proto";
        {body}"#
    );
    let body = text
        .replace("(policy)", "(streamverse.options.v1.policy)")
        .replace("(rest)", "(streamverse.options.v1.rest)")
        .replace("(field)", "(streamverse.options.v1.field)");
    std::fs::write(folder.path().join("test.proto"), body).unwrap();
    let protos = concat!(env!("CARGO_MANIFEST_DIR"), "/../../proto");
    let mut compiler = protox::Compiler::new([folder.path(), protos.as_ref()]).unwrap();
    compiler
        .include_imports(true)
        .open_file("test.proto")
        .unwrap();
    DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap()
}

/// One method `Call` with the given options on an empty request, or on `fields`.
pub(crate) fn method(options: &str, fields: &str) -> DescriptorPool {
    pool(&format!(
        "message Inner {{ string user_id = 1; repeated string ids = 2; }}
         message Req {{ {fields} }}
         message Res {{}}
         service Svc {{ rpc Call(Req) returns (Res) {{ {options} }} }}"
    ))
}

//! What several tests need: plans of test protos.

use std::path::Path;
use std::sync::Arc;

use prost_reflect::prost::Message as _;
use prost_reflect::{DescriptorPool, DynamicMessage};

use crate::codec::Codec;
use crate::plan::Plan;

/// Every proto of the product.
pub(crate) fn streamverse_pool() -> DescriptorPool {
    DescriptorPool::decode(sv_proto::FILE_DESCRIPTOR_SET).unwrap()
}

/// The pool of `testdata/shop.proto`.
pub(crate) fn shop_pool() -> DescriptorPool {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    compile(&root.join("testdata/shop.proto"))
}

/// Compiles the plan of a pool.
pub(crate) fn plan(pool: &DescriptorPool) -> Plan {
    let codec = Arc::new(Codec::compile(pool).unwrap());
    Plan::compile(pool, codec).unwrap()
}

/// Compiles one proto file that stands in a folder of its own.
pub(crate) fn compile(file: &Path) -> DescriptorPool {
    let protos = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    let mut compiler = protox::Compiler::new([file.parent().unwrap(), &protos]).unwrap();
    compiler.include_imports(true);
    compiler.open_file(file).unwrap();
    DescriptorPool::decode(compiler.encode_file_descriptor_set().as_slice()).unwrap()
}

/// Compiles a proto given as text.
pub(crate) fn compile_text(text: &str) -> DescriptorPool {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("test.proto");
    std::fs::write(&file, text).unwrap();
    compile(&file)
}

/// Reads a message by the independent implementation, as canonical JSON.
pub(crate) fn to_json(pool: &DescriptorPool, message: &str, wire: &[u8]) -> serde_json::Value {
    let descriptor = pool.get_message_by_name(message).unwrap();
    let message = DynamicMessage::decode(descriptor, wire).unwrap();
    serde_json::to_value(message).unwrap()
}

/// Writes a message by the independent implementation.
pub(crate) fn to_wire(pool: &DescriptorPool, message: &str, json: &serde_json::Value) -> Vec<u8> {
    let descriptor = pool.get_message_by_name(message).unwrap();
    DynamicMessage::deserialize(descriptor, json)
        .unwrap()
        .encode_to_vec()
}

//! Reads our own options out of descriptors.

use std::sync::LazyLock;

use prost_reflect::{DescriptorPool, DynamicMessage, Value};

pub(crate) const POLICY: &str = "streamverse.options.v1.policy";
pub(crate) const REST: &str = "streamverse.options.v1.rest";
pub(crate) const EVENT: &str = "streamverse.options.v1.event";
pub(crate) const FIELD: &str = "streamverse.options.v1.field";
pub(crate) const REASON: &str = "streamverse.options.v1.reason";
pub(crate) const HTTP: &str = "google.api.http";

/// Returns the descriptors of this build; empty only if the build itself is broken, which a test
/// and every start notice.
pub fn our_pool() -> &'static DescriptorPool {
    static POOL: LazyLock<DescriptorPool> =
        LazyLock::new(|| DescriptorPool::decode(sv_proto::FILE_DESCRIPTOR_SET).unwrap_or_default());
    &POOL
}

/// Reads an extension that is a message, if the options carry it.
pub(crate) fn read<M: prost::Message + Default>(
    pool: &DescriptorPool,
    options: &DynamicMessage,
    extension: &str,
) -> Option<M> {
    let extension = pool.get_extension_by_name(extension)?;
    if !options.has_extension(&extension) {
        return None;
    }
    match options.get_extension(&extension).as_ref() {
        Value::Message(message) => message.transcode_to().ok(),
        _ => None,
    }
}

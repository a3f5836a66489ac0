//! The titles of a demonstration: films that everyone knows, in our own words, and three shorts of
//! our own with clips that the project renders itself.

use prost_reflect::DynamicMessage;
use sv_kernel::{Error, Result};
use sv_proto::{common::CommonReason, content::ImportMoviesRequest};

/// The shorts that have clips, by their fixed ids: bars and tone, the endless coast, small lives.
pub const OWN_SHORTS: [&str; 3] = [
    "01936f00-0001-7000-8000-000000000001",
    "01936f00-0002-7000-8000-000000000002",
    "01936f00-0003-7000-8000-000000000003",
];

/// Returns the import that fills a catalogue with them. Repeating it changes nothing.
pub fn catalogue() -> Result<ImportMoviesRequest> {
    let internal = |cause: String| Error::from(CommonReason::Internal).because(cause);
    let descriptor = sv_rpc::our_pool()
        .get_message_by_name("streamverse.content.v1.ImportMoviesRequest")
        .ok_or(CommonReason::Internal)?;
    let mut json = serde_json::Deserializer::from_str(include_str!("../../../demo/catalogue.json"));
    let message = DynamicMessage::deserialize(descriptor, &mut json)
        .map_err(|cause| internal(cause.to_string()))?;
    message
        .transcode_to()
        .map_err(|cause| internal(cause.to_string()))
}

//! The titles that stand in a collection or a playlist.

use sv_kernel::Result;
use sv_proto::convert::refuse;
use uuid::Uuid;

/// Brings ids of titles into the form in which they are stored; `of` is what they stand in.
///
/// Fails with `VALIDATION_FAILED` where one is no UUID or stands there twice.
pub(super) fn check_items(ids: &mut [String], of: &str) -> Result<()> {
    for id in &mut *ids {
        id.make_ascii_lowercase();
    }
    for (at, id) in ids.iter().enumerate() {
        let field = || format!("{of}.itemIds[{at}]");
        if Uuid::try_parse(id).is_err() {
            return Err(refuse(&field(), "UUID", "is a UUID in its hyphenated form"));
        }
        if ids[..at].contains(id) {
            let description = format!("stands in the {of} already");
            return Err(refuse(&field(), "REPEATED", &description));
        }
    }
    Ok(())
}

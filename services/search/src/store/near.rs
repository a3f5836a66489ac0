//! Words that resemble those that nothing has.

use sv_kernel::Tenant;
use sv_ports::index::{Words, typo};
use sv_store::{Reader, StoreError};

use super::candidates::resembling;

/// The shortest word that is guessed at, in characters.
const SHORTEST: usize = 3;

/// Returns what may have been typed instead: each word that must be found becomes the one that is nearest to it among those
/// of all titles. `None` where a word resembles none, or all are there.
pub(crate) async fn near(
    db: &Reader,
    tenant: &Tenant,
    typed: &Words,
) -> Result<Option<String>, StoreError> {
    let mut meant: Vec<String> = Vec::new();
    for word in typed.required() {
        let text = &word.typed().text;
        let length = text.chars().count();
        if !(SHORTEST..=typo::MAX_MENDED).contains(&length) {
            meant.push(text.clone());
            continue;
        }
        // One more than is mended without asking.
        let edits = match length {
            ..4 => 1,
            4..8 => 2,
            _ => 3,
        };
        let terms = resembling(db, tenant, text, edits).await?;
        let distances = terms
            .into_iter()
            .filter_map(|term| Some((typo::distance(text, &term, edits)?, term)));
        // Of those that are as near the first: it shares most pairs of characters.
        let Some((_, nearest)) = distances.min_by_key(|(distance, _)| *distance) else {
            return Ok(None);
        };
        meant.push(nearest);
    }
    let meant = meant.join(" ");
    Ok((meant != typed.start.trim_end()).then_some(meant))
}

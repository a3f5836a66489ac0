//! How what was typed may have been meant.

use sv_ports::index::{
    Words,
    analysis::{normal, tokens},
};

use super::Ranked;

/// Returns the words of a title that were met by what was looked for, as people write them: `amelei` becomes `Amélie`.
/// `None` where that is what was typed, or where not all of it lies in one text.
pub fn respelled(sought: &Words, typed: &Words, hit: &Ranked) -> Option<String> {
    let text = &hit.entry.texts.get(hit.text)?.text;
    let tokens = tokens(text);
    let mut met: Vec<usize> = hit
        .places
        .iter()
        .flat_map(|place| place.start..place.end)
        .collect();
    met.sort_unstable();
    met.dedup();
    if met.is_empty() || hit.places.len() < sought.required().count() {
        return None;
    }
    let mut spelled = String::new();
    let mut before: Option<usize> = None;
    for at in met {
        let token = tokens.get(at)?;
        let last = before.and_then(|before| tokens.get(before));
        match last {
            // What stands between neighbours stays as it is written: `Spider-Man`.
            Some(last) if before == Some(at - 1) && token.joined => {
                spelled.push_str(text.get(last.end..token.start).unwrap_or_default());
            }
            Some(_) => spelled.push(' '),
            None => {}
        }
        spelled.push_str(text.get(token.start..token.end)?);
        before = Some(at);
    }
    let same = normal(&spelled).replace('-', " ") == typed.start.trim_end();
    (!same).then_some(spelled)
}

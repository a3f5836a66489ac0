//! A hash index from names to small numbers, built once and read with one comparison.

/// Maps a fixed set of names.
#[derive(Debug)]
pub(in crate::codec) struct Names {
    /// One more than the position in `entries`, zero for an empty slot; a power of two long.
    slots: Box<[u32]>,
    entries: Box<[(Box<str>, u32)]>,
}

impl Names {
    /// Indexes the names; of equal ones the first wins.
    pub(super) fn new(names: impl IntoIterator<Item = (Box<str>, u32)>) -> Self {
        let mut entries: Vec<(Box<str>, u32)> = Vec::new();
        let mut known = std::collections::HashSet::new();
        for (name, value) in names {
            if known.insert(name.clone()) {
                entries.push((name, value));
            }
        }
        let mut slots = vec![0; (entries.len() * 2).next_power_of_two().max(2)];
        for (position, (name, _)) in (1..).zip(&entries) {
            let mut slot = hash(name.as_bytes()) & (slots.len() - 1);
            while slots[slot] != 0 {
                slot = (slot + 1) & (slots.len() - 1);
            }
            slots[slot] = position;
        }
        Self {
            slots: slots.into(),
            entries: entries.into(),
        }
    }

    /// The number of a name.
    #[inline]
    pub(in crate::codec) fn get(&self, name: &[u8]) -> Option<u32> {
        let mask = self.slots.len() - 1;
        let mut slot = hash(name) & mask;
        loop {
            let position = self.slots[slot] as usize;
            let (known, value) = self.entries.get(position.checked_sub(1)?)?;
            if known.as_bytes() == name {
                return Some(*value);
            }
            slot = (slot + 1) & mask;
        }
    }
}

/// Mixes the length with eight bytes of the front, the middle and the end, and of longer names with the rest: names that
/// differ within a long frame would all be in one place. The set is fixed at start, so no caller adds collisions to it.
#[inline]
fn hash(name: &[u8]) -> usize {
    const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;
    const WHOLE: usize = 24;
    let word = |chunk: &[u8; 8]| u64::from_le_bytes(*chunk);
    let half = &name[name.len() / 2..];
    let mixed = match (name.first_chunk(), half.first_chunk(), name.last_chunk()) {
        (Some(first), Some(middle), Some(last)) => {
            word(first) ^ word(middle).rotate_left(13) ^ word(last).rotate_left(29)
        }
        (Some(first), None, Some(last)) => word(first) ^ word(last).rotate_left(29),
        _ => name
            .iter()
            .fold(0, |word, byte| word << 8 | u64::from(*byte)),
    };
    let mixed = if name.len() > WHOLE {
        let (words, _) = name.as_chunks();
        let rest = words.iter().map(word);
        rest.fold(mixed, |mixed, next| {
            (mixed.rotate_left(5) ^ next).wrapping_mul(SPREAD)
        })
    } else {
        mixed
    };
    let mixed = (mixed ^ name.len() as u64).wrapping_mul(SPREAD);
    (mixed >> 32) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_that_differ_within_a_long_frame_lie_in_many_places() {
        let name = |i| format!("COUNTRY_OF_ORIGIN_{i:06}_OF_THE_TITLE_IN_ANY_CATALOGUE");
        let places: std::collections::HashSet<_> =
            (0..1_000).map(|i| hash(name(i).as_bytes())).collect();
        assert!(places.len() > 990, "{}", places.len());
    }

    proptest! {
        #[test]
        fn every_name_is_found_and_no_other(
            names in prop::collection::hash_set("[a-z_]{0,12}|same_prefix_[ab]{3}_same_suffix", 0..60),
            other in "[a-z_]{0,12}",
        ) {
            let names: Vec<String> = names.into_iter().collect();
            let index = Names::new((0..).zip(&names).map(|(i, name)| (name.as_str().into(), i)));
            for (i, name) in (0..).zip(&names) {
                prop_assert_eq!(index.get(name.as_bytes()), Some(i));
            }
            prop_assert_eq!(index.get(other.as_bytes()).is_some(), names.contains(&other));
        }
    }
}

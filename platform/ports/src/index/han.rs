//! Traditional Han characters and their simplified forms: viewers type either for titles in either.

use std::{collections::HashMap, sync::LazyLock};

static SIMPLIFIED: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let lines = include_str!("han.txt").lines();
    let pairs = lines.filter(|line| !line.starts_with('#'));
    let pairs = pairs.flat_map(str::split_whitespace);
    let of_pair = |pair: &str| {
        let mut both = pair.chars();
        both.next().zip(both.next())
    };
    pairs.filter_map(of_pair).collect()
});

/// Returns the simplified form of a character, itself where it has none.
pub(super) fn simplified(c: char) -> char {
    if !matches!(c, '\u{3400}'..='\u{9fff}') {
        return c;
    }
    SIMPLIFIED.get(&c).copied().unwrap_or(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn traditional_characters_become_simplified_ones_and_stay_so() {
        for (from, to) in [
            ('龍', '龙'),
            ('戰', '战'),
            ('後', '后'),
            ('人', '人'),
            ('a', 'a'),
        ] {
            assert_eq!(simplified(from), to);
        }
        assert!(SIMPLIFIED.len() > 2_900);
        assert!(SIMPLIFIED.values().all(|to| simplified(*to) == *to));
    }
}

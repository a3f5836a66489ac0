//! How far a word may be from what was meant: one edit from 4 characters, two from 8 (X-SR-1).

/// Words longer than this are taken as they are.
pub const MAX_MENDED: usize = 30;

/// Returns how many edits may mend the word: none for short words, numbers and very long words.
pub fn edits_allowed(word: &str) -> u8 {
    if !word.chars().any(char::is_alphabetic) {
        return 0;
    }
    match word.chars().count() {
        4..8 => 1,
        8..=MAX_MENDED => 2,
        _ => 0,
    }
}

/// Counts the edits between two words if there are at most `max`: a character more, less, other,
/// or two neighbours swapped (optimal string alignment, as the automata of the indexes count).
pub fn distance(typed: &str, word: &str, max: u8) -> Option<u8> {
    aligned(typed, word, max, false)
}

/// Counts the edits between a word and the best beginning of another if there are at most `max`.
pub fn prefix_distance(typed: &str, word: &str, max: u8) -> Option<u8> {
    aligned(typed, word, max, true)
}

fn aligned(typed: &str, word: &str, max: u8, open: bool) -> Option<u8> {
    let typed: Vec<char> = typed.chars().collect();
    let reach = typed.len() + usize::from(max);
    let word: Vec<char> = word.chars().take(reach + 1).collect();
    let too_long = word.len() > reach && !open;
    if too_long || word.len() + usize::from(max) < typed.len() {
        return None;
    }
    let far = max + 1;
    // Columns run over `typed`; two rows back is what a swap needs.
    let mut before: Vec<u8> = Vec::new();
    let mut last: Vec<u8> = (0..=typed.len()).map(|n| clamp(n, far)).collect();
    let mut best = if open { last[typed.len()] } else { far };
    for (row, c) in word.iter().enumerate() {
        let mut next = vec![clamp(row + 1, far); typed.len() + 1];
        for (column, t) in typed.iter().enumerate() {
            let other = u8::from(c != t);
            let mut cost = (last[column] + other)
                .min(last[column + 1] + 1)
                .min(next[column] + 1);
            if row > 0 && column > 0 && *c == typed[column - 1] && word[row - 1] == *t {
                cost = cost.min(before[column - 1] + 1);
            }
            next[column + 1] = cost.min(far);
        }
        if open {
            best = best.min(next[typed.len()]);
        }
        if next.iter().min().is_some_and(|least| *least >= far) {
            break;
        }
        before = std::mem::replace(&mut last, next);
        if row + 1 == word.len() && !open {
            best = last[typed.len()];
        }
    }
    if word.is_empty() {
        best = best.min(last[typed.len()]);
    }
    (best <= max).then_some(best)
}

fn clamp(count: usize, far: u8) -> u8 {
    u8::try_from(count).unwrap_or(far).min(far)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_words_and_numbers_are_not_mended() {
        for (word, edits) in [
            ("wal", 0),
            ("wall", 1),
            ("titanic", 1),
            ("fahrenhe", 2),
            ("2012", 0),
            ("alien3", 1),
        ] {
            assert_eq!(edits_allowed(word), edits, "{word}");
        }
        assert_eq!(edits_allowed(&"a".repeat(31)), 0);
    }

    #[test]
    fn every_kind_of_slip_is_one_edit() {
        for typed in ["titanc", "titannic", "titamic", "titnaic"] {
            assert_eq!(distance(typed, "titanic", 1), Some(1), "{typed}");
        }
        assert_eq!(distance("titanic", "titanic", 1), Some(0));
        assert_eq!(distance("tiatnci", "titanic", 1), None);
        assert_eq!(distance("tiatnci", "titanic", 2), Some(2));
        assert_eq!(distance("", "a", 1), Some(1));
        assert_eq!(distance("a", "", 1), Some(1));
        assert_eq!(distance("", "", 1), Some(0));
    }

    #[test]
    fn an_unfinished_word_is_compared_with_beginnings() {
        assert_eq!(prefix_distance("incpe", "inception", 1), Some(1));
        assert_eq!(prefix_distance("ince", "inception", 1), Some(0));
        assert_eq!(prefix_distance("nception", "inception", 2), Some(1));
        assert_eq!(prefix_distance("xxxx", "inception", 1), None);
        assert_eq!(prefix_distance("inceptions", "inception", 2), Some(1));
    }

    /// The same by its definition: slow and plain.
    fn plain(a: &[char], b: &[char]) -> usize {
        let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
        for i in 0..=a.len() {
            for j in 0..=b.len() {
                rows[i][j] = if i == 0 || j == 0 {
                    i + j
                } else {
                    let mut cost = (rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]))
                        .min(rows[i - 1][j] + 1)
                        .min(rows[i][j - 1] + 1);
                    if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                        cost = cost.min(rows[i - 2][j - 2] + 1);
                    }
                    cost
                };
            }
        }
        rows[a.len()][b.len()]
    }

    proptest::proptest! {
        #[test]
        fn bounded_distances_are_the_plain_ones(a in "[abc]{0,7}", b in "[abc]{0,9}", max in 0_u8..3) {
            let (x, y): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let within = |n: usize| u8::try_from(n).ok().filter(|n| *n <= max);
            proptest::prop_assert_eq!(distance(&a, &b, max), within(plain(&x, &y)));
            let best = (0..=y.len()).map(|n| plain(&x, &y[..n])).min().unwrap_or(0);
            proptest::prop_assert_eq!(prefix_distance(&a, &b, max), within(best));
        }
    }
}

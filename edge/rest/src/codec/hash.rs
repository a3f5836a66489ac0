//! A hash that tells the keys of one map apart.

/// Equal keys have equal hashes, and different ones almost always different. A caller can make
/// keys collide; every user compares the keys themselves then.
#[inline]
pub(super) fn hash(key: &[u8]) -> u64 {
    let step =
        |hash: u64, word: u64| (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let (words, rest) = key.as_chunks::<8>();
    let hash = words.iter().fold(key.len() as u64, |hash, word| {
        step(hash, u64::from_le_bytes(*word))
    });
    rest.iter()
        .fold(hash, |hash, byte| step(hash, u64::from(*byte)))
}

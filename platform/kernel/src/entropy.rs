//! Randomness: from the system, or from a seed so that a test repeats.

use std::{
    cell::RefCell,
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

/// Bytes that a thread takes from the generator at once: a request needs a few here and a few there,
/// and each visit costs as much as hundreds of bytes do.
const STOCK: usize = 512;
/// The most that is taken from there: ids and traces. Secrets are longer and come straight from the
/// generator.
const SMALL: usize = 24;

/// Fills buffers with random bytes.
pub trait Entropy: Send + Sync + fmt::Debug {
    /// Fills the whole buffer.
    fn fill(&self, buffer: &mut [u8]);
}

/// The operating system's cryptographic generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

/// Random bytes that nobody has had yet; what is given away is wiped here.
struct Stock {
    bytes: [u8; STOCK],
    left: usize,
}

thread_local! {
    static OWN: RefCell<Stock> = const { RefCell::new(Stock { bytes: [0; STOCK], left: 0 }) };
}

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        let small = buffer.len() <= SMALL;
        if !small || OWN.try_with(|own| own.borrow_mut().give(buffer)).is_err() {
            generate(buffer);
        }
    }
}

impl Stock {
    fn give(&mut self, buffer: &mut [u8]) {
        if self.left < buffer.len() {
            generate(&mut self.bytes);
            self.left = STOCK;
        }
        let rest = self.left - buffer.len();
        buffer.copy_from_slice(&self.bytes[rest..self.left]);
        self.bytes[rest..self.left].fill(0);
        self.left = rest;
    }
}

fn generate(buffer: &mut [u8]) {
    // Without entropy no key, token or id is safe: ending the process is the only right answer.
    let filled = aws_lc_rs::rand::fill(buffer).is_ok();
    assert!(filled, "the operating system's random generator failed");
}

/// A repeatable generator for tests (`SplitMix64`). Never for secrets.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// Makes a generator whose output follows from `seed`.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(8) {
            let state = self.0.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::SeqCst);
            let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            z ^= z >> 31;
            chunk.copy_from_slice(&z.to_le_bytes()[..chunk.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_bytes() {
        let (mut a, mut b) = ([0; 13], [0; 13]);
        SeededEntropy::new(7).fill(&mut a);
        SeededEntropy::new(7).fill(&mut b);
        assert_eq!(a, b);
        SeededEntropy::new(8).fill(&mut b);
        assert_ne!(a, b);
    }

    #[test]
    fn nothing_random_is_given_twice() {
        let take = || -> Vec<[u8; 8]> {
            let mut taken = Vec::new();
            for size in (8..=64).step_by(8).cycle().take(2000) {
                let mut buffer = vec![0; size];
                SystemEntropy.fill(&mut buffer);
                taken.extend_from_slice(buffer.as_chunks().0);
            }
            taken
        };
        let threads: Vec<_> = (0..4).map(|_| std::thread::spawn(take)).collect();
        let all: Vec<_> = threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect();
        let different: std::collections::HashSet<_> = all.iter().collect();
        assert_eq!(different.len(), all.len());
        assert!(!different.contains(&[0; 8]), "wiped bytes are given");
    }
}

//! Choices drawn from bytes that proptest shrinks: fewer and smaller bytes make simpler cases.

use proptest::prelude::*;

/// Bytes that are not worth printing: a failing case prints what it made of them.
#[derive(Clone)]
pub(super) struct Seed(pub(super) Vec<u8>);

impl std::fmt::Debug for Seed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

/// Up to so many bytes.
pub(super) fn seed(bytes: usize) -> impl Strategy<Value = Seed> {
    prop::collection::vec(any::<u8>(), 0..bytes).prop_map(Seed)
}

/// A source of choices; zeros when it runs dry.
pub(super) struct Entropy<'a>(pub(super) &'a [u8]);

impl Entropy<'_> {
    pub(super) fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.0.split_first() else {
            return 0;
        };
        self.0 = rest;
        *first
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        let wide = usize::from(self.byte()) << 8 | usize::from(self.byte());
        wide % bound
    }

    pub(super) fn chance(&mut self, percent: usize) -> bool {
        // A dry source must end recursion, so zero means no.
        self.below(100) > 100 - percent
    }

    pub(super) fn pick<'t, T>(&mut self, items: &'t [T]) -> &'t T {
        &items[self.below(items.len())]
    }

    pub(super) fn word(&mut self) -> u64 {
        let bytes = std::array::from_fn(|_| self.byte());
        // Small numbers, large ones and those near a power of two all matter.
        u64::from_le_bytes(bytes) >> self.below(64)
    }
}

//! Demo data: a small distributor in Bangkok. It goes through the same services as real data, only on a clock of its
//! own, so that whatever the product does with two weeks of work it does here too.

mod duties;
mod names;
mod picture;
mod play;
mod seed;

pub use play::play;
pub use seed::{ACCOUNTS, seed};

/// The demo accounts' password; they exist in demo data alone, which never listens beyond loopback.
pub const PASSWORD: &str = "ekenko-demo";

/// A small seeded generator for choices that should look like chance and repeat exactly (splitmix64).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// 0 to `below` − 1.
    pub(crate) fn below(&mut self, below: usize) -> usize {
        (self.next() % below.max(1) as u64) as usize
    }

    /// `low` to `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    pub(crate) fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }
}

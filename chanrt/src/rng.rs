//! The runtime's pseudo-random generator: a 64-bit counter passed through a mixing function
//! (SplitMix64). Eight bytes of state, equal seeds give equal streams, no stream is "weak".

/// A seeded generator.
#[derive(Clone, Debug)]
pub struct Rng {
    state: u64,
}

impl Rng {
    /// The generator whose stream `seed` determines.
    pub const fn new(seed: u64) -> Rng {
        Rng { state: seed }
    }

    /// A second generator with its own stream, also determined by the seed.
    pub fn fork(&mut self) -> Rng {
        Rng::new(self.next_u64() ^ 0xd1b5_4a32_d192_ed03)
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number in `0..n`; 0 when `n` is 0. The bias is below 2^-64 · n.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }
}

/// A seed that differs from run to run, for runs that did not ask for a particular one.
pub fn entropy() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::collections::hash_map::RandomState::new()
        .build_hasher()
        .finish()
}

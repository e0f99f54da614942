//! Package math/rand: the state of Go's additive source.
//!
//! Invariants: the source yields y(n+607) = y(n) + y(n+334), 64-bit words that wrap. Its starting state is made of the seed and of a fixed
//! state, the one that the seed 1 leads to after 7.8 × 10¹² steps. That one is not stored but computed, by raising x to that power
//! modulo the recurrence's polynomial.

pub mod v2;

use std::sync::OnceLock;
use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[("fill", fill), ("programUint64", v2::program_uint64)];

const LENGTH: usize = 607;
const TAP: usize = 273;
/// Steps from the seed 1 to the fixed state.
const STEPS: u64 = 7_800_000_000_000;

type State = [u64; LENGTH];

/// `fill(vec *[607]uint64, seed int64)`.
fn fill(cx: &mut Cx<'_>) -> Flow {
    static FIXED: OnceLock<Box<State>> = OnceLock::new();
    let (vec, seed) = (cx.ptr(), cx.int());
    let fixed = FIXED.get_or_init(|| Box::new(fixed_state()));
    for (i, (word, f)) in seeded(seed, 40, 20)
        .into_iter()
        .zip(fixed.iter())
        .enumerate()
    {
        vec.store(8 * i, word ^ f);
    }
    Flow::Done
}

/// A state made of a seed by a multiplicative generator, three numbers for each word.
fn seeded(seed: i64, shift1: u32, shift2: u32) -> State {
    const M: i64 = (1 << 31) - 1;
    let mut x = match seed.rem_euclid(M) {
        0 => 89_482_311,
        x => x,
    };
    let mut next = || {
        x = x * 48_271 % M;
        x as u64
    };
    for _ in 0..20 {
        next();
    }
    std::array::from_fn(|_| next() << shift1 ^ next() << shift2 ^ next())
}

/// The index of the state word that is y(n).
fn index(n: u64) -> usize {
    ((LENGTH - TAP - 1 + LENGTH) as u64 - n % LENGTH as u64) as usize % LENGTH
}

fn fixed_state() -> State {
    let start = seeded(1, 20, 10);
    let mut y: Vec<u64> = (0..LENGTH as u64).map(|n| start[index(n)]).collect();
    for n in 0..LENGTH {
        y.push(y[n].wrapping_add(y[n + LENGTH - TAP]));
    }
    let coefficients = power_of_x(STEPS);
    let mut state = [0; LENGTH];
    for k in 0..LENGTH {
        let terms = coefficients
            .iter()
            .zip(&y[k..])
            .map(|(c, y)| c.wrapping_mul(*y));
        state[index(STEPS + k as u64)] = terms.fold(0, u64::wrapping_add);
    }
    state
}

/// x to the power of `n` modulo x⁶⁰⁷ - x³³⁴ - 1, lowest coefficient first.
fn power_of_x(n: u64) -> State {
    let mut p = [0; LENGTH];
    p[0] = 1;
    for bit in (0..u64::BITS - n.leading_zeros()).rev() {
        p = reduce(square(&p));
        if n >> bit & 1 == 1 {
            let mut shifted = vec![0; 2 * LENGTH];
            shifted[1..=LENGTH].copy_from_slice(&p);
            p = reduce(shifted);
        }
    }
    p
}

fn square(p: &State) -> Vec<u64> {
    let mut out = vec![0u64; 2 * LENGTH];
    for i in 0..LENGTH {
        let twice = p[i].wrapping_mul(2);
        let (head, tail) = out[2 * i..].split_at_mut(1);
        head[0] = head[0].wrapping_add(p[i].wrapping_mul(p[i]));
        for (o, q) in tail.iter_mut().zip(&p[i + 1..]) {
            *o = o.wrapping_add(twice.wrapping_mul(*q));
        }
    }
    out
}

fn reduce(mut p: Vec<u64>) -> State {
    for d in (LENGTH..p.len()).rev() {
        let c = std::mem::take(&mut p[d]);
        p[d - LENGTH] = p[d - LENGTH].wrapping_add(c);
        p[d - TAP] = p[d - TAP].wrapping_add(c);
    }
    std::array::from_fn(|i| p[i])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jumps_as_far_as_it_steps() {
        let steps = 5000;
        let mut y: Vec<u64> = (1..=LENGTH as u64)
            .map(|n| n.wrapping_mul(0x9E37_79B9_7F4A_7C15))
            .collect();
        for n in 0..steps {
            y.push(y[n].wrapping_add(y[n + LENGTH - TAP]));
        }
        let jumped = power_of_x(steps as u64)
            .iter()
            .zip(&y)
            .fold(0u64, |s, (c, y)| s.wrapping_add(c.wrapping_mul(*y)));
        assert_eq!(jumped, y[steps]);
    }

    /// The first numbers of Go's rand.New(rand.NewSource(1)).
    #[test]
    fn the_fixed_state_is_gos() {
        let fixed = fixed_state();
        let state: State = std::array::from_fn(|i| seeded(1, 40, 20)[i] ^ fixed[i]);
        let y = |n: u64| state[index(n)];
        let out: Vec<u64> = (0..3)
            .map(|n| y(n).wrapping_add(y(n + 334)) & ((1 << 63) - 1))
            .collect();
        assert_eq!(
            out,
            [
                5_577_006_791_947_779_410,
                8_674_665_223_082_153_551,
                6_129_484_611_666_145_821
            ]
        );
    }
}

//! Package math/rand/v2: the program's generator, and ChaCha8.

use vm::{Cx, Flow, NativeFn};

/// The natives of the package.
pub const NATIVES: &[(&str, NativeFn)] = &[("programUint64", program_uint64), ("chacha", chacha)];

pub(super) fn program_uint64(cx: &mut Cx<'_>) -> Flow {
    let v = cx.rand_u64();
    cx.ret_uint(v);
    Flow::Done
}

fn chacha(cx: &mut Cx<'_>) -> Flow {
    let (seed, buf, counter) = (cx.ptr(), cx.ptr(), cx.u32());
    let key: [u64; 4] = std::array::from_fn(|i| seed.load(8 * i));
    for (i, word) in refill(&key, counter).into_iter().enumerate() {
        buf.store(4 * i, word);
    }
    Flow::Done
}

/// Four blocks of ChaCha8 from `counter` on: word 0 of each, word 1 of each, and so on. Only the key is added to the result of the rounds.
fn refill(key: &[u64; 4], counter: u32) -> [u32; 64] {
    let key: [u32; 8] = std::array::from_fn(|i| (key[i / 2] >> (32 * (i % 2))) as u32);
    let mut out = [0; 64];
    for block in 0..4 {
        let mut x = [0u32; 16];
        x[..4].copy_from_slice(&[0x6170_7865, 0x3320_646e, 0x7962_2d32, 0x6b20_6574]);
        x[4..12].copy_from_slice(&key);
        x[12] = counter.wrapping_add(block as u32);
        for _ in 0..4 {
            for [a, b, c, d] in [[0, 4, 8, 12], [1, 5, 9, 13], [2, 6, 10, 14], [3, 7, 11, 15]] {
                quarter_round(&mut x, a, b, c, d);
            }
            for [a, b, c, d] in [[0, 5, 10, 15], [1, 6, 11, 12], [2, 7, 8, 13], [3, 4, 9, 14]] {
                quarter_round(&mut x, a, b, c, d);
            }
        }
        for (word, k) in x[4..12].iter_mut().zip(key) {
            *word = word.wrapping_add(k);
        }
        for (i, word) in x.into_iter().enumerate() {
            out[4 * i + block] = word;
        }
    }
    out
}

fn quarter_round(x: &mut [u32; 16], a: usize, b: usize, c: usize, d: usize) {
    for (left, right) in [(16, 12), (8, 7)] {
        x[a] = x[a].wrapping_add(x[b]);
        x[d] = (x[d] ^ x[a]).rotate_left(left);
        x[c] = x[c].wrapping_add(x[d]);
        x[b] = (x[b] ^ x[c]).rotate_left(right);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first numbers of Go's rand.NewChaCha8([32]byte("chacha8: 32-byte seed")) and so on.
    #[test]
    fn chacha8_is_gos() {
        let mut seed = [0u8; 32];
        seed.copy_from_slice(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ123456");
        let key: [u64; 4] =
            std::array::from_fn(|i| u64::from_le_bytes(seed[8 * i..8 * i + 8].try_into().unwrap()));
        let words = refill(&key, 0);
        let out: Vec<u64> = (0..4)
            .map(|i| u64::from(words[2 * i + 1]) << 32 | u64::from(words[2 * i]))
            .collect();
        assert_eq!(out, EXPECTED);
    }

    const EXPECTED: [u64; 4] = [
        0xb773b6063d4616a5,
        0x1160af22a66abc3c,
        0x8c2599d9418d287c,
        0x7ee07e037edc5cd6,
    ];
}

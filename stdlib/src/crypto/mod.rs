//! The hashes of package crypto: what they do to a block.
//!
//! Invariants: `h` is the state, `p` a whole number of 64-byte blocks; the Go side pads.

use vm::{Cx, Flow, NativeFn};

/// The natives of package crypto/md5.
pub const MD5: &[(&str, NativeFn)] = &[("blocks", |cx| blocks(cx, md5))];
/// The natives of package crypto/sha1.
pub const SHA1: &[(&str, NativeFn)] = &[("blocks", |cx| blocks(cx, sha1))];
/// The natives of package crypto/sha256.
pub const SHA256: &[(&str, NativeFn)] = &[("blocks", |cx| blocks(cx, sha256))];

/// `blocks(h []uint32, p []byte)`.
fn blocks(cx: &mut Cx<'_>, block: fn(&mut [u32], &[u8])) -> Flow {
    let (h, p) = (cx.slice(), cx.slice());
    let mut state: Vec<u32> = (0..h.len()).map(|i| h.load(i)).collect();
    p.with_bytes(|p| {
        p.as_chunks::<64>()
            .0
            .iter()
            .for_each(|b| block(&mut state, b))
    });
    for (i, &word) in state.iter().enumerate() {
        h.store(i, word);
    }
    Flow::Done
}

fn add(h: &mut [u32], v: &[u32]) {
    h.iter_mut()
        .zip(v)
        .for_each(|(h, v)| *h = h.wrapping_add(*v));
}

/// The whole part of 2^32 times the sine of i + 1.
fn sine(i: usize) -> u32 {
    (((i + 1) as f64).sin().abs() * 4_294_967_296.0) as u32
}

fn md5(h: &mut [u32], p: &[u8]) {
    const SHIFTS: [[u32; 4]; 4] = [
        [7, 12, 17, 22],
        [5, 9, 14, 20],
        [4, 11, 16, 23],
        [6, 10, 15, 21],
    ];
    let word = |i: usize| u32::from_le_bytes([p[4 * i], p[4 * i + 1], p[4 * i + 2], p[4 * i + 3]]);
    let [mut a, mut b, mut c, mut d] = [h[0], h[1], h[2], h[3]];
    for i in 0..64 {
        let (f, k) = match i / 16 {
            0 => ((b & c) | (!b & d), i),
            1 => ((d & b) | (!d & c), (5 * i + 1) % 16),
            2 => (b ^ c ^ d, (3 * i + 5) % 16),
            _ => (c ^ (b | !d), (7 * i) % 16),
        };
        let sum = a
            .wrapping_add(f)
            .wrapping_add(sine(i))
            .wrapping_add(word(k));
        (a, d, c) = (d, c, b);
        b = b.wrapping_add(sum.rotate_left(SHIFTS[i / 16][i % 4]));
    }
    add(h, &[a, b, c, d]);
}

/// The block as big-endian words, with room for what the schedule adds.
fn words<const N: usize>(p: &[u8]) -> [u32; N] {
    let mut w = [0; N];
    for (w, b) in w.iter_mut().zip(p.as_chunks::<4>().0) {
        *w = u32::from_be_bytes(*b);
    }
    w
}

fn sha1(h: &mut [u32], p: &[u8]) {
    let mut w: [u32; 80] = words(p);
    for i in 16..80 {
        w[i] = (w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16]).rotate_left(1);
    }
    let [mut a, mut b, mut c, mut d, mut e] = [h[0], h[1], h[2], h[3], h[4]];
    for (i, &w) in w.iter().enumerate() {
        let (f, k) = match i / 20 {
            0 => ((b & c) | (!b & d), 0x5a82_7999),
            1 => (b ^ c ^ d, 0x6ed9_eba1),
            2 => ((b & c) | (b & d) | (c & d), 0x8f1b_bcdc_u32),
            _ => (b ^ c ^ d, 0xca62_c1d6),
        };
        let next = a
            .rotate_left(5)
            .wrapping_add(f)
            .wrapping_add(e)
            .wrapping_add(k)
            .wrapping_add(w);
        (e, d, c, b, a) = (d, c, b.rotate_left(30), a, next);
    }
    add(h, &[a, b, c, d, e]);
}

#[rustfmt::skip]
const K: [u32; 64] = [
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3,
    0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
    0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208,
    0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2,
];

fn sha256(h: &mut [u32], p: &[u8]) {
    let mut w: [u32; 64] = words(p);
    for i in 16..64 {
        let (x, y) = (w[i - 15], w[i - 2]);
        let s0 = x.rotate_right(7) ^ x.rotate_right(18) ^ (x >> 3);
        let s1 = y.rotate_right(17) ^ y.rotate_right(19) ^ (y >> 10);
        w[i] = w[i - 16]
            .wrapping_add(s0)
            .wrapping_add(w[i - 7])
            .wrapping_add(s1);
    }
    let mut v = [h[0], h[1], h[2], h[3], h[4], h[5], h[6], h[7]];
    for (k, w) in K.iter().zip(w) {
        let [a, b, c, d, e, f, g, last] = v;
        let s1 = e.rotate_right(6) ^ e.rotate_right(11) ^ e.rotate_right(25);
        let t1 = last
            .wrapping_add(s1)
            .wrapping_add((e & f) ^ (!e & g))
            .wrapping_add(*k)
            .wrapping_add(w);
        let s0 = a.rotate_right(2) ^ a.rotate_right(13) ^ a.rotate_right(22);
        let t2 = s0.wrapping_add((a & b) ^ (a & c) ^ (b & c));
        v = [t1.wrapping_add(t2), a, b, c, d.wrapping_add(t1), e, f, g];
    }
    add(h, &v);
}

//! Layouts: where the pointers are in blocks too large for a bit per word.
//!
//! Invariants: a layout is `head` words with their own bits, then `body` repeated every `stride` words to the end of the block; the unused
//! tail of a block is zero, so reading on into it finds nothing. Layouts are interned and never change; number 0 says
//! that any word may be a pointer.

use rustc_hash::FxHashMap;

use crate::bytecode::TypeIx;
use crate::rtype::{PtrMap, RType};

/// A layout's number.
pub(super) type LayoutId = u32;

/// Every word may be a pointer.
pub(super) const CONSERVATIVE: LayoutId = 0;

/// Expanding a repeated map into bits stops here; beyond, the value is scanned conservatively.
const MAX_EXPANDED_WORDS: usize = 1 << 16;

/// Which words of one repetition may be pointers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Body {
    None,
    All,
    Bits(u64),
    Long(Box<[u64]>),
}

/// A block's layout.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct ScanLayout {
    pub head: usize,
    pub head_bits: u64,
    pub stride: usize,
    pub body: Body,
}

impl ScanLayout {
    /// Values of the type, one after the other.
    pub fn repeated(t: &RType) -> ScanLayout {
        let mut map = &t.ptrs;
        let mut stride = t.size.div_ceil(8).max(1) as usize;
        // An array's repetition is its element's, if nothing else is in the way.
        while let PtrMap::Repeat { words, count, elem } = map
            && *words as u64 * count == stride as u64
            && *words > 0
        {
            stride = *words as usize;
            map = elem;
        }
        ScanLayout {
            head: 0,
            head_bits: 0,
            stride,
            body: body(map, stride),
        }
    }

    /// Calls `f` with the index of every word in `from..to` that may be a pointer.
    #[inline]
    pub fn each(&self, from: usize, to: usize, mut f: impl FnMut(usize)) {
        for w in from..to.min(self.head) {
            if self.head_bits >> w & 1 != 0 {
                f(w);
            }
        }
        let from = from.max(self.head);
        match &self.body {
            Body::None => {}
            Body::All => (from..to).for_each(f),
            Body::Bits(bits) => {
                let mut elem = from - (from - self.head) % self.stride;
                while elem < to {
                    let mut b = *bits;
                    while b != 0 {
                        let w = elem + b.trailing_zeros() as usize;
                        b &= b - 1;
                        if w >= from && w < to {
                            f(w);
                        }
                    }
                    elem += self.stride;
                }
            }
            Body::Long(bits) => {
                let mut elem = from - (from - self.head) % self.stride;
                while elem < to {
                    for w in from.max(elem)..to.min(elem + self.stride) {
                        let i = w - elem;
                        if bits[i >> 6] >> (i & 63) & 1 != 0 {
                            f(w);
                        }
                    }
                    elem += self.stride;
                }
            }
        }
    }
}

fn body(map: &PtrMap, words: usize) -> Body {
    match map {
        PtrMap::None => Body::None,
        PtrMap::Bits(1) if words == 1 => Body::All,
        PtrMap::Bits(b) => Body::Bits(*b),
        _ if words > MAX_EXPANDED_WORDS => Body::All,
        _ => Body::Long(expand(map, words)),
    }
}

/// The map of `words` words as bits.
fn expand(map: &PtrMap, words: usize) -> Box<[u64]> {
    let mut out = vec![0; words.div_ceil(64).max(1)];
    expand_into(map, 0, &mut out);
    out.into()
}

fn expand_into(map: &PtrMap, at: usize, out: &mut [u64]) {
    let mut or = |i: usize, word: u64| {
        let (w, shift) = ((at + i * 64) >> 6, (at + i * 64) & 63);
        if let Some(o) = out.get_mut(w) {
            *o |= word << shift;
        }
        if shift > 0
            && let Some(o) = out.get_mut(w + 1)
        {
            *o |= word >> (64 - shift);
        }
    };
    match map {
        PtrMap::None => {}
        PtrMap::Bits(b) => or(0, *b),
        PtrMap::Long(bits) => bits.iter().enumerate().for_each(|(i, &b)| or(i, b)),
        PtrMap::Repeat { words, count, elem } => {
            for i in 0..*count as usize {
                let to = at + i * *words as usize;
                if to >= out.len() * 64 {
                    break;
                }
                expand_into(elem, to, out);
            }
        }
    }
}

/// The map of a value of at most 64 words as one word of bits.
#[inline]
pub(super) fn small_bits(map: &PtrMap) -> u64 {
    match map {
        PtrMap::None => 0,
        PtrMap::Bits(b) => *b,
        PtrMap::Long(bits) => bits.first().copied().unwrap_or(0),
        PtrMap::Repeat { words, count, elem } => repeated_bits(*words as usize, *count, elem),
    }
}

fn repeated_bits(words: usize, count: u64, elem: &PtrMap) -> u64 {
    let total = (words as u64).saturating_mul(count).min(64) as usize;
    if total == 0 {
        return 0;
    }
    repeat_bits(small_bits(elem), words, total) & !0 >> (64 - total)
}

/// `bits` of `words` (at least 1) words, repeated over `total` (at most 64) words.
#[inline]
pub(super) fn repeat_bits(bits: u64, words: usize, total: usize) -> u64 {
    let (mut b, mut w) = (bits, words);
    while w < total {
        b |= b << w;
        w *= 2;
    }
    b
}

/// What a layout describes.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum Use {
    /// Values of the type, one or many.
    Values,
    /// A channel with a buffer of values of the type.
    Chan,
    /// A table of entries of the map type.
    Table,
}

/// The interned layouts.
pub(super) struct Layouts {
    all: Vec<ScanLayout>,
    by_type: FxHashMap<(Use, TypeIx), LayoutId>,
}

impl Layouts {
    pub fn new() -> Layouts {
        let all = vec![ScanLayout {
            head: 0,
            head_bits: 0,
            stride: 1,
            body: Body::All,
        }];
        Layouts {
            all,
            by_type: FxHashMap::default(),
        }
    }

    #[inline]
    pub fn get(&self, id: LayoutId) -> &ScanLayout {
        &self.all[id as usize]
    }

    /// The layout for a use of a type, made on first demand.
    pub fn intern(&mut self, key: (Use, TypeIx), make: impl FnOnce() -> ScanLayout) -> LayoutId {
        *self.by_type.entry(key).or_insert_with(|| {
            self.all.push(make());
            (self.all.len() - 1) as LayoutId
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(l: &ScanLayout, from: usize, to: usize) -> Vec<usize> {
        let mut v = Vec::new();
        l.each(from, to, |w| v.push(w));
        v
    }

    #[test]
    fn pieces_add_up_to_the_whole() {
        let bodies = [
            (3, Body::Bits(0b101)),
            (1, Body::All),
            (70, Body::Long(vec![1 | 1 << 63, 0b100000].into())),
            (5, Body::None),
        ];
        for (stride, body) in bodies {
            let l = ScanLayout {
                head: 2,
                head_bits: 1,
                stride,
                body,
            };
            let whole = words(&l, 0, 500);
            for step in [1, 7, 64, 256] {
                let pieces: Vec<usize> = (0..500)
                    .step_by(step)
                    .flat_map(|i| words(&l, i, (i + step).min(500)))
                    .collect();
                assert_eq!(pieces, whole, "{l:?} {step}");
            }
        }
    }

    #[test]
    fn maps_expand() {
        let inner = PtrMap::Repeat {
            words: 3,
            count: 4,
            elem: Box::new(PtrMap::Bits(0b010)),
        };
        let outer = PtrMap::Repeat {
            words: 12,
            count: 10,
            elem: Box::new(inner),
        };
        let bits = expand(&outer, 120);
        for i in 0..120 {
            assert_eq!(bits[i / 64] >> (i % 64) & 1 != 0, i % 3 == 1, "{i}");
        }
        assert_eq!(repeat_bits(0b01, 2, 64), 0x5555_5555_5555_5555);
        let small = PtrMap::Repeat {
            words: 12,
            count: 5,
            elem: Box::new(PtrMap::Bits(0b11)),
        };
        assert_eq!(small_bits(&small), expand(&small, 60)[0]);
    }
}

//! Size classes: which sizes small blocks come in, and how many pages a span of each takes.
//!
//! Invariants: sizes ascend and are multiples of 8; class 0 is "no bytes" and has no spans; a span wastes at most an eighth of
//! its pages and holds at most 1024 blocks.

/// Bytes per page.
pub(super) const PAGE: usize = 8192;
/// The largest small block; larger ones have pages of their own.
pub(super) const MAX_SMALL: usize = 32768;
/// Scanned blocks up to this size carry one bit per word; larger ones name a layout.
pub(super) const MAX_BITMAP: usize = 512;
/// Number of classes, class 0 included.
pub(super) const CLASSES: usize = SIZES.len();
/// Blocks per span at most.
pub(super) const MAX_BLOCKS: usize = 1024;

/// Block size of each class.
pub(super) const SIZES: [u32; 39] = [
    0, 8, 16, 24, 32, 40, 48, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 640,
    768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 4096, 5120, 6144, 8192, 10240, 12288, 16384,
    20480, 24576, 32768,
];

/// Pages per span of each class.
pub(super) const PAGES: [u8; CLASSES] = {
    let mut t = [0; CLASSES];
    let mut c = 1;
    while c < CLASSES {
        t[c] = span_pages(SIZES[c] as usize);
        c += 1;
    }
    t
};

const fn span_pages(size: usize) -> u8 {
    let least = if size < PAGE { 8 } else { 4 };
    let mut p = 1;
    loop {
        let bytes = p * PAGE;
        if bytes / size >= least && bytes % size * 8 <= bytes {
            return p as u8;
        }
        p += 1;
    }
}

/// Class by size in units of 8, for sizes up to 1024.
const FINE: [u8; 129] = {
    let mut t = [0; 129];
    let mut i = 1;
    while i < t.len() {
        t[i] = search(i * 8);
        i += 1;
    }
    t
};

/// Class by size in units of 128, for sizes above 1024.
const COARSE: [u8; 257] = {
    let mut t = [0; 257];
    let mut i = 1;
    while i < t.len() {
        t[i] = search(i * 128);
        i += 1;
    }
    t
};

const fn search(size: usize) -> u8 {
    let mut c = 0;
    while (SIZES[c] as usize) < size {
        c += 1;
    }
    c as u8
}

/// The smallest class whose blocks hold `size` bytes; `size` is at most [`MAX_SMALL`].
#[inline(always)]
pub(super) fn class_of(size: usize) -> usize {
    usize::from(if size <= 1024 {
        FINE[size.div_ceil(8)]
    } else {
        COARSE[size.div_ceil(128)]
    })
}

/// How many bytes a block asked for with `size` really has.
pub(super) fn round_up(size: usize) -> usize {
    if size <= MAX_SMALL {
        SIZES[class_of(size)] as usize
    } else {
        size.next_multiple_of(PAGE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_fit_and_are_tight() {
        for size in 0..=MAX_SMALL {
            let c = class_of(size);
            assert!(
                SIZES[c] as usize >= size && (c == 0 || (SIZES[c - 1] as usize) < size),
                "{size}"
            );
        }
    }

    #[test]
    fn spans_hold_a_countable_number_of_blocks() {
        for c in 1..CLASSES {
            let n = usize::from(PAGES[c]) * PAGE / SIZES[c] as usize;
            assert!((4..=MAX_BLOCKS).contains(&n) && PAGES[c] <= 16, "class {c}");
        }
    }
}

//! A span: consecutive pages cut into blocks of one size (or one large block), and what is known of each block.
//!
//! Invariants:
//! - Block i is allocated exactly when `i < free_index` or its `alloc` bit is set. `alloc` is what the last collection marked;
//!   allocation goes upwards from `free_index`, run of free blocks by run of free blocks.
//! - `mark` is all zero outside a collection.
//! - Bytes from `fresh_from` on have never been written since the system gave them: they are zero.

use super::class::{CLASSES, MAX_BLOCKS, PAGE, PAGES, SIZES};

/// How the collector finds the pointers of a span's blocks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Scan {
    /// There are none.
    No,
    /// One bit per word in the chunk.
    Bits,
    /// A layout per block.
    Layouts,
}

/// Where a span's memory goes when it is freed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Home {
    /// Pages of a chunk.
    Chunk,
    /// A mapping of its own.
    Own,
    /// Freed already; the record goes at the next sweep.
    Freed,
}

/// A span's record. Not in its pages.
#[repr(C)]
pub(super) struct Span {
    pub base: usize,
    /// Block size; for a large block all its pages.
    pub size: usize,
    /// 2^32 / size rounded up, 0 for a large block: multiplying finds a block's index.
    magic: u32,
    pub nelems: u32,
    pub free_index: u32,
    pub scan: Scan,
    pub home: Home,
    pub class: u8,
    pub npages: usize,
    pub fresh_from: usize,
    /// Layouts of the blocks if `scan` says so.
    pub layouts: Box<[u32]>,
    pub mark: [u64; MAX_BLOCKS / 64],
    pub alloc: [u64; MAX_BLOCKS / 64],
}

impl Span {
    /// A span of a size class.
    pub fn small(base: usize, class: usize, scan: Scan, fresh: bool) -> Span {
        let size = SIZES[class] as usize;
        let npages = usize::from(PAGES[class]);
        let nelems = npages * PAGE / size;
        let layouts = if scan == Scan::Layouts {
            vec![0; nelems].into()
        } else {
            Box::default()
        };
        Span {
            base,
            size,
            magic: (1_u64 << 32).div_ceil(size as u64) as u32,
            nelems: nelems as u32,
            free_index: 0,
            scan,
            home: Home::Chunk,
            class: class as u8,
            npages,
            fresh_from: if fresh { base } else { base + npages * PAGE },
            layouts,
            mark: [0; MAX_BLOCKS / 64],
            alloc: [0; MAX_BLOCKS / 64],
        }
    }

    /// A span of one large, allocated block.
    pub fn large(base: usize, npages: usize, layout: Option<u32>, home: Home) -> Span {
        Span {
            base,
            size: npages * PAGE,
            magic: 0,
            nelems: 1,
            free_index: 1,
            scan: if layout.is_some() {
                Scan::Layouts
            } else {
                Scan::No
            },
            home,
            class: CLASSES as u8,
            npages,
            fresh_from: base,
            layouts: layout.into_iter().collect(),
            mark: [0; MAX_BLOCKS / 64],
            alloc: [0; MAX_BLOCKS / 64],
        }
    }

    /// The index of the block that contains `addr`, which lies in the span's pages; `nelems` or more in the unused tail.
    #[inline(always)]
    pub fn index(&self, addr: usize) -> usize {
        (((addr - self.base) as u64 * u64::from(self.magic)) >> 32) as usize
    }

    /// Whether block `i < nelems` is allocated.
    #[inline(always)]
    pub fn allocated(&self, i: usize) -> bool {
        i < self.free_index as usize || self.alloc[i >> 6] >> (i & 63) & 1 != 0
    }

    /// Takes the next run of free blocks: from the first free one to the next allocated one.
    pub fn next_run(&mut self) -> Option<(usize, usize)> {
        let n = self.nelems as usize;
        let from = next_bit(&self.alloc, self.free_index as usize, n, 0)?;
        let to = next_bit(&self.alloc, from, n, !0).unwrap_or(n);
        self.free_index = to as u32;
        Some((self.base + from * self.size, self.base + to * self.size))
    }

    /// Fills the blocks that a finished collection has not marked with what no program can use: stress shows whoever still does.
    pub fn poison(&mut self) {
        for i in 0..self.nelems as usize {
            let used = self.base + i * self.size < self.fresh_from && self.allocated(i);
            if used && self.mark[i >> 6] >> (i & 63) & 1 == 0 {
                let block = std::ptr::with_exposed_provenance_mut::<u64>(self.base + i * self.size);
                // SAFETY: the block is the heap's own and nothing reaches it.
                unsafe {
                    (0..self.size / 8).for_each(|w| block.add(w).write(0xdead_beef_dead_beef))
                };
            }
        }
    }

    /// Makes the marks of a finished collection the allocation bits; answers how many blocks live.
    pub fn sweep(&mut self) -> usize {
        let words = (self.nelems as usize).div_ceil(64);
        let mut live = 0;
        for i in 0..words {
            live += self.mark[i].count_ones() as usize;
            self.alloc[i] = self.mark[i];
            self.mark[i] = 0;
        }
        self.free_index = 0;
        live
    }
}

/// The first index in `from..n` whose bit, xored with `flip`, is zero.
fn next_bit(bits: &[u64], from: usize, n: usize, flip: u64) -> Option<usize> {
    let mut i = from;
    while i < n {
        let zeros = !(bits[i >> 6] ^ flip) >> (i & 63);
        if zeros != 0 {
            let found = i + zeros.trailing_zeros() as usize;
            return (found < n).then_some(found);
        }
        i = (i | 63) + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn index_is_division() {
        for (class, &size) in SIZES.iter().enumerate().skip(1) {
            let s = Span::small(1 << 22, class, Scan::No, true);
            for off in 0..s.npages * PAGE {
                assert_eq!(s.index(s.base + off), off / size as usize);
            }
        }
    }

    #[test]
    fn runs_skip_allocated_blocks() {
        let mut s = Span::small(1 << 22, 1, Scan::No, true);
        s.alloc[0] = 0b0110;
        s.alloc[1] = !0;
        assert_eq!(s.next_run(), Some((s.base, s.base + 8)));
        assert_eq!(s.next_run(), Some((s.base + 3 * 8, s.base + 64 * 8)));
        assert_eq!(s.next_run(), Some((s.base + 128 * 8, s.base + 1024 * 8)));
        assert_eq!(s.next_run(), None);
    }
}

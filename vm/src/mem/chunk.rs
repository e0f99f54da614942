//! Chunks: 4 MiB of pages each, and the table that finds the span of any word.
//!
//! Invariants:
//! - A chunk lies at a multiple of its size and begins with its own record (`Chunk`), whose pages are never given out.
//! - `spans[p]` is the span that page p belongs to, null for free pages; a page's `used` bit agrees.
//! - Every 4 MiB slot of the address space that the heap uses has a table entry: the chunk in it, or (lowest bit set) the span
//!   whose own mapping covers it. All other entries are 0, so any word can be looked up.
//! - A span with its own mapping begins at a multiple of the chunk size too.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr;

use super::class::PAGE;
use super::layout::repeat_bits;
use super::os;
use super::span::Span;

/// Bytes per chunk.
pub(super) const CHUNK: usize = 1 << 22;
const CHUNK_PAGES: usize = CHUNK / PAGE;
const CHUNK_WORDS: usize = CHUNK / 8;
const HEADER_PAGES: usize = size_of::<Chunk>().div_ceil(PAGE);
/// Pages a chunk can give out.
pub(super) const USABLE_PAGES: usize = CHUNK_PAGES - HEADER_PAGES;
const ADDRESS_BITS: u32 = 47;
const LEAF_BITS: u32 = 13;
const ROOT_BITS: u32 = ADDRESS_BITS - 22 - LEAF_BITS;

/// The record at the start of a chunk.
#[repr(C)]
pub(super) struct Chunk {
    spans: [*mut Span; CHUNK_PAGES],
    used: [u64; CHUNK_PAGES / 64],
    free_pages: usize,
    /// Pages from here on were never given out: they are zero.
    fresh_page: usize,
    /// One bit per word, for the words of scanned small blocks; a spare at the end lets two be read at once.
    bits: [u64; CHUNK_WORDS / 64 + 1],
}

impl Chunk {
    /// The chunk an address of one lies in.
    #[inline(always)]
    pub fn of(addr: usize) -> *mut Chunk {
        ptr::with_exposed_provenance_mut(addr & !(CHUNK - 1))
    }

    /// Whether no page is given out.
    pub fn is_empty(&self) -> bool {
        self.free_pages == USABLE_PAGES
    }

    /// Sets the pointer bits of a block of `words` (1 to 64) words at `addr`; `bits` has none beyond them.
    ///
    /// # Safety
    /// The block lies in a chunk.
    #[inline(always)]
    pub unsafe fn set_bits(addr: usize, words: u32, bits: u64) {
        let chunk = Chunk::of(addr);
        let w = (addr & (CHUNK - 1)) >> 3;
        let (i, shift) = (w >> 6, (w & 63) as u32);
        let mask = !0 >> (64 - words);
        // SAFETY: a chunk lives at the address rounded down (the caller's contract); i indexes its bits, i+1 at most the spare.
        unsafe {
            let p = (&raw mut (*chunk).bits).cast::<u64>().add(i);
            *p = *p & !(mask << shift) | bits << shift;
            if shift + words > 64 {
                let (p, s) = (p.add(1), 64 - shift);
                *p = *p & !(mask >> s) | bits >> s;
            }
        }
    }

    /// Sets the pointer bits of all blocks of `words` words from `from` up to `to` alike.
    ///
    /// # Safety
    /// The blocks lie in one chunk, the first at a multiple of `words` words from the start of a page.
    pub unsafe fn fill_bits(from: usize, to: usize, words: u32, bits: u64) {
        let whole = repeat_bits(bits, words as usize, 64);
        let mut addr = from;
        while addr < to {
            // SAFETY: the caller's contract. 64 words of a power of two each are a word of bits.
            unsafe {
                if words.is_power_of_two() && addr.is_multiple_of(512) && to - addr >= 512 {
                    let i = (addr & (CHUNK - 1)) >> 9;
                    *(&raw mut (*Chunk::of(addr)).bits).cast::<u64>().add(i) = whole;
                    addr += 512;
                } else {
                    Chunk::set_bits(addr, words, bits);
                    addr += words as usize * 8;
                }
            }
        }
    }

    /// The pointer bits of the `words` (1 to 64) words at `addr`.
    ///
    /// # Safety
    /// The words lie in a chunk.
    #[inline(always)]
    pub unsafe fn get_bits(addr: usize, words: u32) -> u64 {
        let chunk = Chunk::of(addr);
        let w = (addr & (CHUNK - 1)) >> 3;
        // SAFETY: as in `set_bits`.
        let (lo, hi) = unsafe {
            let p = (&raw const (*chunk).bits).cast::<u64>().add(w >> 6);
            (*p, *p.add(1))
        };
        let both = u128::from(hi) << 64 | u128::from(lo);
        (both >> (w & 63)) as u64 & !0 >> (64 - words)
    }

    /// Finds `n` free pages in a row.
    fn find(&self, n: usize) -> Option<usize> {
        let mut run = 0;
        let mut p = HEADER_PAGES;
        while p < CHUNK_PAGES {
            let word = self.used[p >> 6] >> (p & 63);
            if word & 1 != 0 {
                run = 0;
                p += (!word).trailing_zeros().max(1) as usize;
            } else {
                run += 1;
                p += 1;
                if run == n {
                    return Some(p - n);
                }
            }
        }
        None
    }
}

type Leaf = [usize; 1 << LEAF_BITS];

/// All chunks, and the table from addresses to spans.
pub(super) struct Chunks {
    /// The lowest address in use and the extent from it: a quick test that refuses most words.
    lo: usize,
    extent: usize,
    root: Box<[*mut Leaf]>,
    chunks: Vec<*mut Chunk>,
    /// Chunks before this one have no free page.
    hint: usize,
    /// Bytes mapped, chunks and own mappings.
    pub mapped: usize,
}

impl Chunks {
    pub fn new() -> Chunks {
        let root = vec![ptr::null_mut(); 1 << ROOT_BITS].into();
        Chunks {
            lo: 0,
            extent: 0,
            root,
            chunks: Vec::new(),
            hint: 0,
            mapped: 0,
        }
    }

    /// The span whose pages contain the word taken as an address; null if there is none.
    #[inline(always)]
    pub fn span_of(&self, word: usize) -> *mut Span {
        if word.wrapping_sub(self.lo) >= self.extent {
            return ptr::null_mut();
        }
        let leaf = self.root[word >> (22 + LEAF_BITS)];
        if leaf.is_null() {
            return ptr::null_mut();
        }
        // SAFETY: leaves are allocated whole and live as long as the table; entries are as the file's invariants say.
        unsafe {
            let entry = (*leaf)[word >> 22 & ((1 << LEAF_BITS) - 1)];
            if entry & 1 != 0 {
                return own_span(entry, word);
            }
            if entry == 0 {
                return ptr::null_mut();
            }
            (*Chunk::of(word)).spans[(word & (CHUNK - 1)) / PAGE]
        }
    }

    /// Gives out `n` pages (at most [`USABLE_PAGES`]); also whether they are known to be zero.
    pub fn take_pages(&mut self, n: usize) -> Option<(usize, bool)> {
        for i in self.hint..self.chunks.len() {
            // SAFETY: listed chunks are mapped and initialised; nobody holds a reference to one.
            let chunk = unsafe { &mut *self.chunks[i] };
            if chunk.free_pages == 0 && i == self.hint {
                self.hint = i + 1;
            }
            if chunk.free_pages >= n
                && let Some(p) = chunk.find(n)
            {
                return Some(take(chunk, p, n));
            }
        }
        let chunk = self.add_chunk()?;
        // SAFETY: as above.
        Some(take(unsafe { &mut *chunk }, HEADER_PAGES, n))
    }

    /// Says which span the pages at `base` belong to (null: none).
    pub fn set_span(&mut self, base: usize, n: usize, span: *mut Span) {
        // SAFETY: `base` came from `take_pages(n)`, so it lies in a live chunk.
        let chunk = unsafe { &mut *Chunk::of(base) };
        let p = (base & (CHUNK - 1)) / PAGE;
        chunk.spans[p..p + n].fill(span);
    }

    /// Takes pages back.
    pub fn give_pages(&mut self, base: usize, n: usize) {
        self.set_span(base, n, ptr::null_mut());
        // SAFETY: as in `set_span`.
        let chunk = unsafe { &mut *Chunk::of(base) };
        let first = (base & (CHUNK - 1)) / PAGE;
        for p in first..first + n {
            chunk.used[p >> 6] &= !(1 << (p & 63));
        }
        chunk.free_pages += n;
        self.hint = 0;
    }

    /// Maps a region of its own for a span of `size` bytes; null if there is no memory.
    pub fn map_own(&mut self, size: usize) -> usize {
        let base = os::map(size, CHUNK, false).expose_provenance();
        if base != 0
            && base
                .checked_add(size)
                .is_some_and(|end| end >> ADDRESS_BITS == 0)
        {
            self.mapped += size;
            return base;
        }
        0
    }

    /// Makes (or, with null, undoes) the table entries of a span's own mapping.
    pub fn set_own(&mut self, base: usize, size: usize, span: *mut Span) {
        let entry = if span.is_null() {
            0
        } else {
            span.expose_provenance() | 1
        };
        for slot in (base..base + size).step_by(CHUNK) {
            self.set_entry(slot, entry);
        }
        self.widen(base, base + size);
    }

    /// Gives a span's own mapping back to the system.
    ///
    /// # Safety
    /// It came from `map_own(size)`, and nothing uses it any more.
    pub unsafe fn unmap_own(&mut self, base: usize, size: usize) {
        self.set_own(base, size, ptr::null_mut());
        self.mapped -= size;
        // SAFETY: the caller's contract.
        unsafe { os::unmap(ptr::with_exposed_provenance_mut(base), size, CHUNK) };
    }

    /// Gives empty chunks back to the system while more than `keep` bytes are mapped.
    pub fn trim(&mut self, keep: usize) {
        let mut i = self.chunks.len();
        while i > 1 && self.mapped > keep {
            i -= 1;
            let chunk = self.chunks[i];
            // SAFETY: listed chunks are mapped and initialised; an empty one holds nothing anybody uses.
            unsafe {
                if (*chunk).is_empty() {
                    self.chunks.swap_remove(i);
                    self.set_entry(chunk.addr(), 0);
                    self.mapped -= CHUNK;
                    os::unmap(chunk.cast(), CHUNK, CHUNK);
                }
            }
        }
        self.hint = 0;
    }

    fn add_chunk(&mut self) -> Option<*mut Chunk> {
        let chunk = os::map(CHUNK, CHUNK, self.chunks.is_empty()).cast::<Chunk>();
        let base = chunk.expose_provenance();
        if chunk.is_null() || (base + CHUNK) >> ADDRESS_BITS != 0 {
            return None;
        }
        // SAFETY: the mapping is zeroed, which is a valid record but for these fields, and larger than it.
        unsafe {
            (*chunk).free_pages = USABLE_PAGES;
            (*chunk).fresh_page = HEADER_PAGES;
        }
        self.chunks.push(chunk);
        self.mapped += CHUNK;
        self.set_entry(base, base);
        self.widen(base, base + CHUNK);
        Some(chunk)
    }

    fn widen(&mut self, from: usize, to: usize) {
        let end = (self.lo + self.extent).max(to);
        self.lo = if self.extent == 0 {
            from
        } else {
            self.lo.min(from)
        };
        self.extent = end - self.lo;
    }

    fn set_entry(&mut self, addr: usize, entry: usize) {
        let leaf = &mut self.root[addr >> (22 + LEAF_BITS)];
        if leaf.is_null() {
            // SAFETY: a leaf has a size; zero is a valid leaf.
            *leaf = unsafe { alloc_zeroed(Layout::new::<Leaf>()) }.cast();
            if leaf.is_null() {
                std::alloc::handle_alloc_error(Layout::new::<Leaf>());
            }
        }
        // SAFETY: leaves live as long as the table, and this is the only access.
        unsafe { (**leaf)[addr >> 22 & ((1 << LEAF_BITS) - 1)] = entry };
    }
}

fn take(chunk: &mut Chunk, first: usize, n: usize) -> (usize, bool) {
    for p in first..first + n {
        chunk.used[p >> 6] |= 1 << (p & 63);
    }
    chunk.free_pages -= n;
    let fresh = first >= chunk.fresh_page;
    chunk.fresh_page = chunk.fresh_page.max(first + n);
    (ptr::from_mut(chunk).addr() + first * PAGE, fresh)
}

/// The span with its own mapping behind a table entry, if the word is within its bytes.
#[cold]
fn own_span(entry: usize, word: usize) -> *mut Span {
    let span = ptr::with_exposed_provenance_mut::<Span>(entry & !1);
    // SAFETY: odd entries hold live spans (the file's invariants).
    let (base, size) = unsafe { ((*span).base, (*span).size) };
    if word - base < size {
        span
    } else {
        ptr::null_mut()
    }
}

impl Drop for Chunks {
    fn drop(&mut self) {
        for &chunk in &self.chunks {
            // SAFETY: the heap is gone, and with it everything that used its chunks.
            unsafe { os::unmap(chunk.cast(), CHUNK, CHUNK) };
        }
        for &leaf in self.root.iter().filter(|l| !l.is_null()) {
            // SAFETY: allocated in `set_entry` with this layout.
            unsafe { dealloc(leaf.cast(), Layout::new::<Leaf>()) };
        }
    }
}

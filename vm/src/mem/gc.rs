//! The collector: mark from the roots, then sweep every span.
//!
//! Invariants:
//! - A word keeps a block alive when it is an address within an allocated block; everything else is ignored, so any word may be shown.
//! - A marked block is on the mark stack or its pointers have been shown. An entry of the stack is the address to go on from and
//!   the span; large blocks are scanned in pieces, so the stack stays short even for huge arrays.
//! - The mutator does not run meanwhile. After the sweep all marks are clear and no cache refers to a span.

use std::ptr;

use super::chunk::Chunk;
use super::class::{CLASSES, PAGE};
use super::heap::Heap;
use super::layout::ScanLayout;
use super::span::{Scan, Span};
use crate::rtype::RType;

/// Words scanned of a large block before what was found in them.
const PIECE: usize = 256;

/// Blocks whose memory is fetched ahead of their scanning.
const AHEAD: usize = 8;

/// Asks for the memory at `addr`; only a hint.
#[inline(always)]
fn prefetch(addr: usize) {
    // SAFETY: a prefetch never faults.
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    unsafe {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch::<_MM_HINT_T0>(ptr::without_provenance(addr));
    }
    let _ = addr;
}

/// Marks what the roots reach.
pub struct Marker<'h> {
    pub(super) heap: &'h mut Heap,
    stack: Vec<(usize, *mut Span)>,
    root_bytes: usize,
}

impl Marker<'_> {
    /// Shows a word: if it points into a block, the block lives.
    #[inline(always)]
    pub fn word(&mut self, word: u64) {
        let addr = word as usize;
        let span = self.heap.chunks.span_of(addr);
        if !span.is_null() {
            // SAFETY: spans in the table are live, and nobody else holds a reference to one during a collection.
            self.mark(unsafe { &mut *span }, addr);
        }
    }

    /// Shows all words from `p` on.
    ///
    /// # Safety
    /// `p` is aligned to 8 and valid for reading `words` words.
    pub unsafe fn range_conservative(&mut self, p: *const u64, words: usize) {
        self.root_bytes += words * 8;
        for i in 0..words {
            // SAFETY: the caller's contract.
            self.word(unsafe { p.add(i).read() });
        }
        self.drain();
    }

    /// Shows those of the words from `p` on that are wanted, by their number.
    ///
    /// # Safety
    /// As for `range_conservative`.
    pub unsafe fn range_where(
        &mut self,
        p: *const u64,
        words: usize,
        want: impl Fn(usize) -> bool,
    ) {
        self.root_bytes += words * 8;
        for i in (0..words).filter(|&i| want(i)) {
            // SAFETY: the caller's contract.
            self.word(unsafe { p.add(i).read() });
        }
        self.drain();
    }

    /// Shows the pointers of the value of the type at `p`.
    ///
    /// # Safety
    /// `p` is aligned to 8 and valid for reading a value of the type.
    pub unsafe fn typed(&mut self, p: *const u8, t: &RType) {
        if !t.is_noscan() {
            let layout = ScanLayout::repeated(t);
            layout.each(0, (t.size / 8) as usize, |w| {
                // SAFETY: the caller's contract.
                self.word(unsafe { p.cast::<u64>().add(w).read() });
            });
            self.drain();
        }
    }

    #[inline(always)]
    fn mark(&mut self, s: &mut Span, addr: usize) {
        let i = s.index(addr);
        if i >= s.nelems as usize || !s.allocated(i) {
            return;
        }
        let bit = 1 << (i & 63);
        if s.mark[i >> 6] & bit == 0 {
            s.mark[i >> 6] |= bit;
            if s.scan != Scan::No {
                self.stack.push((s.base + i * s.size, ptr::from_mut(s)));
            }
        }
    }

    /// Whether the block that `word` points into has been found; true for what is not in a block.
    pub(super) fn is_marked(&self, word: u64) -> bool {
        let addr = word as usize;
        let span = self.heap.chunks.span_of(addr);
        if span.is_null() {
            return true;
        }
        // SAFETY: spans in the table are live.
        let s = unsafe { &*span };
        let i = s.index(addr);
        i >= s.nelems as usize || s.mark[i >> 6] & 1 << (i & 63) != 0
    }

    /// Shows the pointers in the block that `word` points into, but not the block.
    pub(super) fn children(&mut self, word: u64) {
        let addr = word as usize;
        let span = self.heap.chunks.span_of(addr);
        if span.is_null() {
            return;
        }
        // SAFETY: spans in the table are live; the reference ends before `scan` makes another.
        let block = unsafe {
            let s = &*span;
            let i = s.index(addr);
            let scanned = i < s.nelems as usize && s.allocated(i) && s.scan != Scan::No;
            scanned.then(|| s.base + i * s.size)
        };
        if let Some(block) = block {
            self.scan(block, span);
        }
    }

    /// Scans until nothing found is left unscanned. Blocks pass through a short queue, so that their memory is on its way to the
    /// cache while those before them are scanned.
    pub(super) fn drain(&mut self) {
        let mut queue = [(0, ptr::null_mut()); AHEAD];
        let (mut first, mut queued) = (0, 0);
        loop {
            while queued < AHEAD
                && let Some(entry) = self.stack.pop()
            {
                prefetch(entry.0);
                queue[(first + queued) % AHEAD] = entry;
                queued += 1;
            }
            if queued == 0 {
                return;
            }
            let (addr, span) = queue[first];
            first = (first + 1) % AHEAD;
            queued -= 1;
            self.scan(addr, span);
        }
    }

    /// Scans a block, or a piece of a large one, from `addr` on.
    #[inline(always)]
    fn scan(&mut self, addr: usize, span: *mut Span) {
        // SAFETY: the stack holds live spans; the reference ends before `word` makes another.
        let (scan, block, size, id) = unsafe {
            let s = &*span;
            if s.scan == Scan::Bits {
                (Scan::Bits, addr, s.size, 0)
            } else {
                let i = s.index(addr);
                (s.scan, s.base + i * s.size, s.size, s.layouts[i])
            }
        };
        match scan {
            Scan::Bits => self.scan_bits(addr, addr + size),
            _ => self.scan_layout(addr, block, block + size, span, id),
        }
    }

    #[inline(always)]
    fn scan_bits(&mut self, addr: usize, end: usize) {
        let words = ((end - addr) / 8) as u32;
        // SAFETY: bitmap blocks lie in chunks and have at most 64 words.
        let mut bits = unsafe { Chunk::get_bits(addr, words) };
        let p = ptr::with_exposed_provenance::<u64>(addr);
        while bits != 0 {
            // SAFETY: bits beyond the block's words are not set.
            self.word(unsafe { p.add(bits.trailing_zeros() as usize).read() });
            bits &= bits - 1;
        }
    }

    /// Scans a piece of a block from `addr` on, leaving the rest on the stack.
    fn scan_layout(&mut self, addr: usize, block: usize, end: usize, span: *mut Span, id: u32) {
        let from = (addr - block) / 8;
        let to = ((end - block) / 8).min(from + PIECE);
        if block + to * 8 < end {
            self.stack.push((block + to * 8, span));
        }
        let layout = ptr::from_ref(self.heap.layouts.get(id));
        let p = ptr::with_exposed_provenance::<u64>(block);
        // SAFETY: layouts do not change during a collection; words below `to` are in the block.
        unsafe { (*layout).each(from, to, |w| self.word(p.add(w).read())) };
    }
}

impl Heap {
    /// Collects. `roots` shows every word outside the heap that may point into it, but for registered roots and pins.
    pub fn collect(&mut self, roots: &mut dyn FnMut(&mut Marker<'_>)) {
        self.flush();
        let mut m = Marker {
            heap: self,
            stack: Vec::new(),
            root_bytes: 0,
        };
        m.mark_own_roots();
        roots(&mut m);
        m.drain();
        m.finalize();
        let root_bytes = m.root_bytes;
        self.sweep();
        self.count.num_gc += 1;
        self.pace(root_bytes);
        // Keep what the coming cycle will need, and give the rest back.
        self.chunks.trim(self.next_gc + self.next_gc / 8 + PAGE);
    }

    /// Which of the blocks that `targets` point into are reached from the words that `roots` shows. Nothing is collected.
    pub(crate) fn reaches(
        &mut self,
        targets: &[u64],
        roots: &mut dyn FnMut(&mut Marker<'_>),
    ) -> Vec<bool> {
        let mut m = Marker {
            heap: self,
            stack: Vec::new(),
            root_bytes: 0,
        };
        roots(&mut m);
        m.drain();
        let found = targets
            .iter()
            .map(|&t| m.heap.is_heap_address(t) && m.is_marked(t))
            .collect();
        for i in 0..self.spans.len() {
            // SAFETY: listed spans are records of ours; nobody holds a reference to one.
            unsafe { (*self.spans[i]).mark.fill(0) };
        }
        found
    }

    fn sweep(&mut self) {
        let (mut live, mut objects) = (0, 0);
        let spans = std::mem::take(&mut self.spans);
        let mut kept = Vec::with_capacity(spans.len());
        for span in spans {
            // SAFETY: listed spans are records of ours, each listed once; nobody holds a reference to one.
            let s = unsafe { &mut *span };
            if self.stress {
                s.poison();
            }
            let n = s.sweep();
            if n == 0 {
                self.release_span(s);
                // SAFETY: the record came from `Box::into_raw`, and table, caches and lists have forgotten it.
                drop(unsafe { Box::from_raw(span) });
                continue;
            }
            live += n * s.size;
            objects += n as u64;
            if s.class as usize == CLASSES {
                s.free_index = 1;
            } else if n < s.nelems as usize {
                self.add_partial(span, s.class, s.scan);
            }
            kept.push(span);
        }
        self.spans = kept;
        self.live = live;
        self.count.frees = self.count.taken_blocks - objects;
    }
}

impl Marker<'_> {
    fn mark_own_roots(&mut self) {
        for i in 0..self.heap.statics.roots.len() {
            let root = self.heap.statics.roots[i];
            let layout = ptr::from_ref(self.heap.layouts.get(root.layout));
            let p = ptr::with_exposed_provenance::<u64>(root.addr);
            // SAFETY: registered roots stay valid; layouts do not change during a collection.
            unsafe { (*layout).each(0, root.words, |w| self.word(p.add(w).read())) };
            self.root_bytes += root.words * 8;
        }
        for i in 0..self.heap.pins.words.len() {
            self.word(self.heap.pins.words[i]);
        }
        self.drain();
    }
}

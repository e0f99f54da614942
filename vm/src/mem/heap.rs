//! The heap: allocation, pacing, limits and figures.
//!
//! Invariants:
//! - `caches[class, scanned]` is a run of zeroed free blocks of one span, given out from `cur` up to `end`; the blocks from `cur` on
//!   count as used in `live` and `taken` until a collection flushes the cache.
//! - `partial[class, scanned]` lists spans that may have further free runs and are in no cache.
//! - A block's bits or layout are written before its address leaves the heap; the blocks of a cache have the cache's `bits` already.
//! - `live` is what the last collection found alive plus what was taken since; a collection is due when it reaches `next_gc`.

use std::ptr;

use rustc_hash::FxHashMap;

use super::chunk::{Chunk, Chunks, USABLE_PAGES};
use super::class::{self, CLASSES, MAX_BITMAP, MAX_SMALL, PAGE, PAGES};
use super::finalize::Finalizers;
use super::layout::{
    Body, CONSERVATIVE, LayoutId, Layouts, ScanLayout, Use, repeat_bits, small_bits,
};
use super::maptype::MapType;
use super::span::{Home, Scan, Span};
use super::statics::{Pins, Statics};
use crate::bytecode::TypeIx;
use crate::rtype::{PtrMap, RType};

/// The heap is not collected before it has this size.
const MIN_HEAP: usize = 4 << 20;
/// Large blocks from this size have a mapping of their own and go back to the system when they die.
const OWN_MAPPING: usize = 1 << 20;
/// Go's limit on the size of one allocation.
const MAX_ALLOC: usize = 1 << 47;

/// What a block will hold: how the collector finds its pointers.
#[derive(Clone, Copy)]
pub enum AllocKind<'a> {
    /// No pointers.
    NoScan,
    /// One value of the type.
    Type(&'a RType),
    /// Values of the type, one after the other.
    Array(&'a RType),
    /// A channel header (`chanrt::Hchan`) and its buffer of values of the type.
    Chan(&'a RType),
    /// Any word may be a pointer.
    Conservative,
}

/// What runtime.MemStats tells.
#[derive(Clone, Copy, Default, Debug)]
#[allow(missing_docs)] // the names are Go's
pub struct MemStats {
    pub heap_alloc: u64,
    pub total_alloc: u64,
    pub mallocs: u64,
    pub frees: u64,
    pub heap_objects: u64,
    pub num_gc: u32,
    pub sys: u64,
    pub next_gc: u64,
}

/// A run of free blocks being given out.
#[derive(Clone, Copy)]
pub(super) struct Cache {
    pub cur: usize,
    pub end: usize,
    size: usize,
    pub span: *mut Span,
    /// The pointer bits that the run's blocks have: those of the block the run was fetched for.
    bits: u64,
}

/// A collected heap.
pub struct Heap {
    caches: [Cache; 128],
    pub(super) live: usize,
    pub(super) next_gc: usize,
    pub(super) stress: bool,
    limit: usize,
    pub(super) chunks: Chunks,
    /// All spans, freed ones until the next sweep.
    pub(super) spans: Vec<*mut Span>,
    partial: Vec<Vec<*mut Span>>,
    pub(super) layouts: Layouts,
    pub(super) statics: Statics,
    pub(super) pins: Pins,
    pub(super) finalizers: Finalizers,
    pub(super) map_types: FxHashMap<TypeIx, Box<MapType>>,
    pub(super) count: Counters,
}

/// Running figures. Blocks and bytes of a run are counted when the run is taken.
#[derive(Default)]
pub(super) struct Counters {
    pub taken_bytes: u64,
    pub taken_blocks: u64,
    pub frees: u64,
    pub num_gc: u32,
}

/// What a fresh block must be told of its pointers.
#[derive(Clone, Copy)]
enum Want {
    NoScan,
    Bits(u64),
    Layout(LayoutId),
}

impl Want {
    fn scan(self) -> Scan {
        match self {
            Want::NoScan => Scan::No,
            Want::Bits(_) => Scan::Bits,
            Want::Layout(_) => Scan::Layouts,
        }
    }
}

/// The address of every value without bytes.
static ZERO_BASE: u64 = 0;

impl Heap {
    /// An empty heap.
    pub fn new() -> Heap {
        let caches = std::array::from_fn(|k| Cache {
            cur: 0,
            end: 0,
            size: class::SIZES.get(k / 2).map_or(0, |&s| s as usize),
            span: ptr::null_mut(),
            bits: 0,
        });
        Heap {
            caches,
            live: 0,
            next_gc: MIN_HEAP,
            stress: false,
            limit: usize::MAX,
            chunks: Chunks::new(),
            spans: Vec::new(),
            partial: vec![Vec::new(); 2 * CLASSES],
            layouts: Layouts::new(),
            statics: Statics::new(),
            pins: Pins::default(),
            finalizers: Finalizers::default(),
            map_types: FxHashMap::default(),
            count: Counters::default(),
        }
    }

    /// A zeroed block of at least `size` bytes, aligned to 8; null when the limit or the system's memory is exhausted.
    #[inline]
    pub fn alloc(&mut self, size: usize, kind: AllocKind<'_>) -> *mut u8 {
        match kind {
            AllocKind::NoScan => self.alloc_noscan(size),
            AllocKind::Type(t) | AllocKind::Array(t) => self.alloc_values(size, t),
            AllocKind::Chan(t) => self.alloc_chan(size, t),
            AllocKind::Conservative => self.alloc_conservative(size),
        }
    }

    /// A zeroed value of the type: Go's `new(T)`.
    #[inline(always)]
    pub fn alloc_type(&mut self, t: &RType) -> *mut u8 {
        self.alloc_values(t.size as usize, t)
    }

    /// A block without pointers.
    #[inline(always)]
    pub fn alloc_noscan(&mut self, size: usize) -> *mut u8 {
        if size <= MAX_SMALL {
            let p = self.take(2 * class::class_of(size));
            if p != 0 {
                return ptr::with_exposed_provenance_mut(p);
            }
        }
        self.alloc_slow(size, Want::NoScan)
    }

    /// A block of `size` bytes for values of the type, one after the other.
    #[inline(always)]
    pub fn alloc_values(&mut self, size: usize, t: &RType) -> *mut u8 {
        if matches!(t.ptrs, PtrMap::None) {
            return self.alloc_noscan(size);
        }
        if size > MAX_BITMAP {
            let id = self
                .layouts
                .intern((Use::Values, t.ix), || ScanLayout::repeated(t));
            return self.alloc_layout(size, id);
        }
        let words = (t.size as usize).div_ceil(8).max(1);
        let mut bits = small_bits(&t.ptrs);
        if size > t.size as usize {
            bits = repeat_bits(bits, words, size / 8);
        }
        self.alloc_bits(size, bits)
    }

    /// A block in which any word may be a pointer.
    #[inline]
    pub fn alloc_conservative(&mut self, size: usize) -> *mut u8 {
        if size <= MAX_BITMAP {
            self.alloc_bits(size, !0)
        } else {
            self.alloc_layout(size, CONSERVATIVE)
        }
    }

    /// A block for a channel of `size` bytes, header included, with elements of the type.
    pub fn alloc_chan(&mut self, size: usize, elem: &RType) -> *mut u8 {
        if elem.is_noscan() {
            return self.alloc_noscan(size);
        }
        let head = size_of::<chanrt::Hchan>() / 8;
        if size <= MAX_BITMAP {
            let words = (elem.size as usize).div_ceil(8).max(1);
            let bits = repeat_bits(small_bits(&elem.ptrs), words, 64 - head);
            return self.alloc_bits(size, bits << head);
        }
        let id = self.layouts.intern((Use::Chan, elem.ix), || ScanLayout {
            head,
            ..ScanLayout::repeated(elem)
        });
        self.alloc_layout(size, id)
    }

    /// A table block of a map: see `map.rs`.
    pub(super) fn alloc_table(&mut self, size: usize, t: &MapType) -> *mut u8 {
        if size <= MAX_BITMAP {
            let bits = repeat_bits(t.entry_bits, t.stride_words(), 62);
            return self.alloc_bits(size, bits << 2 | 1);
        }
        let id = self.layouts.intern((Use::Table, t.ty), || ScanLayout {
            head: 2,
            head_bits: 1,
            stride: t.stride_words(),
            body: t.body.clone(),
        });
        self.alloc_layout(size, id)
    }

    /// A scanned block of at most [`MAX_BITMAP`] bytes whose pointers `bits` tells.
    #[inline(always)]
    pub(super) fn alloc_bits(&mut self, size: usize, bits: u64) -> *mut u8 {
        let class = class::class_of(size);
        let k = 2 * class + 1;
        let words = class::SIZES[class] / 8;
        let bits = bits & (!0 >> (64 - words.max(1)));
        let mut p = self.take(k);
        if p == 0 {
            p = self.alloc_slow(size, Want::Bits(bits)).expose_provenance();
            if p == 0 || class == 0 {
                return ptr::with_exposed_provenance_mut(p);
            }
        }
        if bits != self.caches[k & 127].bits {
            // SAFETY: small blocks lie in chunks; the class's blocks have 1 to 64 words.
            unsafe { Chunk::set_bits(p, words, bits) };
        }
        ptr::with_exposed_provenance_mut(p)
    }

    /// A scanned block of more than [`MAX_BITMAP`] bytes with a layout.
    pub(super) fn alloc_layout(&mut self, size: usize, id: LayoutId) -> *mut u8 {
        if size > MAX_SMALL {
            return self.alloc_slow(size, Want::Layout(id));
        }
        let k = 2 * class::class_of(size) + 1;
        let mut p: *mut u8 = ptr::with_exposed_provenance_mut(self.take(k));
        if p.is_null() {
            p = self.alloc_slow(size, Want::Layout(id));
        }
        if !p.is_null() {
            // SAFETY: the block came from the cache's span, which is live; nobody holds a reference to it.
            unsafe {
                let span = &mut *self.caches[k].span;
                let i = span.index(p.addr());
                span.layouts[i] = id;
            }
        }
        p
    }

    /// The next block of the cached run, or 0.
    #[inline(always)]
    fn take(&mut self, k: usize) -> usize {
        let c = &mut self.caches[k & 127];
        let p = c.cur;
        if p == c.end {
            return 0;
        }
        c.cur = p + c.size;
        p
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, size: usize, want: Want) -> *mut u8 {
        if size == 0 {
            return (&raw const ZERO_BASE).cast_mut().cast();
        }
        if size > MAX_SMALL {
            let layout = match want {
                Want::Layout(id) => Some(id),
                _ => None,
            };
            return self.alloc_large(size, layout);
        }
        let k = 2 * class::class_of(size) + usize::from(want.scan() != Scan::No);
        match self.refill(k, want) {
            true => ptr::with_exposed_provenance_mut(self.take(k)),
            false => ptr::null_mut(),
        }
    }

    /// Finds the next run of free blocks for a cache.
    fn refill(&mut self, k: usize, want: Want) -> bool {
        let mut span = self.caches[k].span;
        loop {
            if !span.is_null() {
                // SAFETY: cached and partial spans are live; nobody holds a reference to them.
                let s = unsafe { &mut *span };
                if let Some((from, to)) = s.next_run() {
                    return self.start_run(k, s, from, to, want);
                }
            }
            span = match self.partial[k].pop() {
                Some(s) => s,
                None => self.new_span(k / 2, want.scan()),
            };
            self.caches[k] = Cache {
                cur: 0,
                end: 0,
                span,
                ..self.caches[k]
            };
            if span.is_null() {
                return false;
            }
        }
    }

    fn start_run(&mut self, k: usize, s: &mut Span, from: usize, to: usize, want: Want) -> bool {
        if !self.within_limit(to - from) {
            // The run stays free: allocation resumes there after a collection.
            s.free_index = s.index(from) as u32;
            return false;
        }
        if from < s.fresh_from {
            let dirty = to.min(s.fresh_from) - from;
            // SAFETY: the run consists of free blocks of the span.
            unsafe { ptr::with_exposed_provenance_mut::<u8>(from).write_bytes(0, dirty) };
        }
        s.fresh_from = s.fresh_from.max(to);
        if let Want::Bits(bits) = want {
            // SAFETY: as above; bitmap blocks have at most 64 words.
            unsafe { Chunk::fill_bits(from, to, (s.size / 8) as u32, bits) };
            self.caches[k].bits = bits;
        }
        self.caches[k].cur = from;
        self.caches[k].end = to;
        self.note_taken(to - from, (to - from) / s.size);
        true
    }

    fn new_span(&mut self, class: usize, scan: Scan) -> *mut Span {
        let n = usize::from(PAGES[class]);
        if !self.within_limit(n * PAGE) {
            return ptr::null_mut();
        }
        let Some((base, fresh)) = self.chunks.take_pages(n) else {
            return ptr::null_mut();
        };
        let span = Box::into_raw(Box::new(Span::small(base, class, scan, fresh)));
        self.chunks.set_span(base, n, span);
        self.spans.push(span);
        span
    }

    fn alloc_large(&mut self, size: usize, layout: Option<LayoutId>) -> *mut u8 {
        if size > MAX_ALLOC || !self.within_limit(size) {
            return ptr::null_mut();
        }
        let n = size.div_ceil(PAGE);
        let bytes = n * PAGE;
        let span = if bytes >= OWN_MAPPING.min(USABLE_PAGES * PAGE) {
            let base = self.chunks.map_own(bytes);
            if base == 0 {
                return ptr::null_mut();
            }
            let span = Box::into_raw(Box::new(Span::large(base, n, layout, Home::Own)));
            self.chunks.set_own(base, bytes, span);
            span
        } else {
            let Some((base, fresh)) = self.chunks.take_pages(n) else {
                return ptr::null_mut();
            };
            if !fresh {
                // SAFETY: the pages were free and are ours now.
                unsafe { ptr::with_exposed_provenance_mut::<u8>(base).write_bytes(0, bytes) };
            }
            let span = Box::into_raw(Box::new(Span::large(base, n, layout, Home::Chunk)));
            self.chunks.set_span(base, n, span);
            span
        };
        self.spans.push(span);
        self.note_taken(bytes, 1);
        // SAFETY: just made.
        ptr::with_exposed_provenance_mut(unsafe { (*span).base })
    }

    fn within_limit(&self, more: usize) -> bool {
        self.live.saturating_add(more) <= self.limit
    }

    fn note_taken(&mut self, bytes: usize, blocks: usize) {
        self.live += bytes;
        self.count.taken_bytes += bytes as u64;
        self.count.taken_blocks += blocks as u64;
    }

    /// Frees a large block at once, if it is one: nobody may use its address again.
    pub(super) fn free_large(&mut self, block: *mut u8) {
        let span = self.chunks.span_of(block.addr());
        if span.is_null() {
            return;
        }
        // SAFETY: spans in the table are live; nobody holds a reference to this one.
        let s = unsafe { &mut *span };
        if s.class as usize == CLASSES && s.base == block.addr() {
            self.live = self.live.saturating_sub(s.size);
            self.count.frees += 1;
            self.release_span(s);
        }
    }

    /// Gives a span's memory back. Its record stays until the sweep drops it.
    pub(super) fn release_span(&mut self, s: &mut Span) {
        match s.home {
            Home::Chunk => self.chunks.give_pages(s.base, s.npages),
            // SAFETY: the span's own mapping; its block is dead.
            Home::Own => unsafe { self.chunks.unmap_own(s.base, s.npages * PAGE) },
            Home::Freed => {}
        }
        s.home = Home::Freed;
    }

    /// Empties the caches and the partial lists, as a collection begins.
    pub(super) fn flush(&mut self) {
        for k in 0..2 * CLASSES {
            let c = &mut self.caches[k];
            if !c.span.is_null() && c.cur < c.end {
                let left = c.end - c.cur;
                // SAFETY: the cached span is live; nobody holds a reference to it.
                let s = unsafe { &mut *c.span };
                s.free_index = s.index(c.cur) as u32;
                if s.fresh_from == c.end {
                    s.fresh_from = c.cur;
                }
                self.live -= left;
                self.count.taken_bytes -= left as u64;
                self.count.taken_blocks -= (left / c.size) as u64;
            }
            *c = Cache {
                cur: 0,
                end: 0,
                span: ptr::null_mut(),
                ..*c
            };
            self.partial[k].clear();
        }
    }

    /// Lists a swept span for allocation.
    pub(super) fn add_partial(&mut self, span: *mut Span, class: u8, scan: Scan) {
        self.partial[2 * usize::from(class) + usize::from(scan != Scan::No)].push(span);
    }

    /// Sets the next collection's threshold after one that left `live` bytes and read `roots` bytes of roots.
    pub(super) fn pace(&mut self, roots: usize) {
        let goal = self.live.saturating_add((self.live + roots).max(MIN_HEAP));
        let ceiling = self.live + (self.limit - self.live.min(self.limit)) / 2;
        self.next_gc = goal.min(ceiling.max(self.live + 1));
    }

    /// Whether the VM should collect at its next safepoint.
    #[inline(always)]
    pub fn should_collect(&self) -> bool {
        self.live >= self.next_gc || self.stress
    }

    /// Limits the heap to so many bytes; beyond, allocation answers null.
    pub fn set_limit(&mut self, bytes: usize) {
        self.limit = bytes;
        self.pace(0);
    }

    /// Makes a collection due at every safepoint.
    pub fn set_stress(&mut self, on: bool) {
        self.stress = on;
    }

    /// The figures.
    pub fn stats(&self) -> MemStats {
        let mut idle = (0, 0);
        for c in self.caches.iter().filter(|c| c.cur < c.end) {
            idle.0 += c.end - c.cur;
            idle.1 += (c.end - c.cur) / c.size;
        }
        let mallocs = self.count.taken_blocks - idle.1 as u64;
        MemStats {
            heap_alloc: (self.live - idle.0) as u64,
            total_alloc: self.count.taken_bytes - idle.0 as u64,
            mallocs,
            frees: self.count.frees,
            heap_objects: mallocs - self.count.frees,
            num_gc: self.count.num_gc,
            sys: (self.chunks.mapped + self.statics.bytes) as u64,
            next_gc: self.next_gc as u64,
        }
    }

    /// How many bytes a block asked for with `size` bytes really has: what `append` may use as capacity.
    pub fn round_up(size: usize) -> usize {
        class::round_up(size)
    }

    /// Whether `word` points into an allocated block. For assertions and tools.
    pub fn is_heap_address(&self, word: u64) -> bool {
        self.block_of(word).is_some()
    }

    /// The start and size of the allocated block that `word` points into.
    pub fn block_of(&self, word: u64) -> Option<(u64, usize)> {
        let addr = word as usize;
        let span = self.chunks.span_of(addr);
        if span.is_null() {
            return None;
        }
        // SAFETY: spans in the table are live.
        let s = unsafe { &*span };
        let i = s.index(addr);
        let idle = self.caches.iter().any(|c| c.cur <= addr && addr < c.end);
        (i < s.nelems as usize && s.allocated(i) && !idle)
            .then(|| ((s.base + i * s.size) as u64, s.size))
    }
}

impl Default for Heap {
    fn default() -> Heap {
        Heap::new()
    }
}

impl Drop for Heap {
    fn drop(&mut self) {
        for i in 0..self.spans.len() {
            // SAFETY: listed span records came from `Box::into_raw` and are listed once; the heap's memory dies with it.
            let mut span = unsafe { Box::from_raw(self.spans[i]) };
            if span.home == Home::Own {
                self.release_span(&mut span);
            }
        }
    }
}

/// The body of a table whose entries hold no pointers.
pub(super) const NO_BODY: Body = Body::None;

//! Static memory: package-level variables, constants and other things that live as long as the program.
//!
//! Invariants: static memory is zeroed, aligned to 8, never moves and is freed with the heap; it is in no span, so marking ignores
//! addresses of it. Registered roots are scanned by their type in every collection.

use rustc_hash::FxHashMap;

use super::heap::Heap;
use super::layout::{CONSERVATIVE, LayoutId, ScanLayout, Use};
use crate::rtype::RType;

const BLOCK_WORDS: usize = 2048;

/// A root: static memory that holds pointers.
#[derive(Clone, Copy)]
pub(super) struct Root {
    pub addr: usize,
    pub words: usize,
    pub layout: LayoutId,
}

/// Static memory and its roots.
pub(super) struct Statics {
    blocks: Vec<Box<[u64]>>,
    cur: *mut u64,
    left: usize,
    pub roots: Vec<Root>,
    interned: FxHashMap<Box<[u8]>, usize>,
    /// Bytes taken from the system.
    pub bytes: usize,
}

impl Statics {
    pub fn new() -> Statics {
        Statics {
            blocks: Vec::new(),
            cur: std::ptr::null_mut(),
            left: 0,
            roots: Vec::new(),
            interned: FxHashMap::default(),
            bytes: 0,
        }
    }

    /// Zeroed memory for ever.
    pub fn alloc(&mut self, size: usize) -> *mut u8 {
        let words = size.div_ceil(8).max(1);
        if words > BLOCK_WORDS / 4 {
            return self.block(words).cast();
        }
        if words > self.left {
            self.cur = self.block(BLOCK_WORDS);
            self.left = BLOCK_WORDS;
        }
        let p = self.cur;
        // SAFETY: `left` words are left of the block at `cur`, and `words` is not more.
        self.cur = unsafe { p.add(words) };
        self.left -= words;
        p.cast()
    }

    /// The bytes as static memory; equal bytes have one address.
    pub fn intern(&mut self, bytes: &[u8]) -> *const u8 {
        if let Some(&addr) = self.interned.get(bytes) {
            return std::ptr::with_exposed_provenance(addr);
        }
        let p = self.alloc(bytes.len());
        // SAFETY: `alloc` gave room for that many bytes, and nobody else knows them.
        unsafe { p.copy_from_nonoverlapping(bytes.as_ptr(), bytes.len()) };
        self.interned.insert(bytes.into(), p.expose_provenance());
        p
    }

    fn block(&mut self, words: usize) -> *mut u64 {
        self.blocks.push(vec![0; words].into());
        self.bytes += words * 8;
        let p = self
            .blocks
            .last_mut()
            .map_or(std::ptr::null_mut(), |b| b.as_mut_ptr());
        p.expose_provenance();
        p
    }
}

/// A rooted word: see [`Heap::pin`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Handle(u32);

/// The pinned words; unpinned ones are 0 and their numbers are free.
#[derive(Default)]
pub(super) struct Pins {
    pub words: Vec<u64>,
    free: Vec<u32>,
}

impl Heap {
    /// Zeroed static memory: never freed, not scanned unless registered.
    pub fn alloc_static(&mut self, size: usize) -> *mut u8 {
        self.statics.alloc(size)
    }

    /// Static memory for a package-level variable of the type, scanned as such.
    pub fn alloc_global(&mut self, t: &RType) -> *mut u8 {
        let p = self.statics.alloc(t.size as usize);
        self.register_root(p, t);
        p
    }

    /// Makes the value of the type at `p` (outside the heap, and staying there) a root.
    pub fn register_root(&mut self, p: *const u8, t: &RType) {
        if !t.is_noscan() {
            let layout = self
                .layouts
                .intern((Use::Values, t.ix), || ScanLayout::repeated(t));
            self.statics.roots.push(Root {
                addr: p.expose_provenance(),
                words: (t.size / 8) as usize,
                layout,
            });
        }
    }

    /// Makes `words` words at `p` (outside the heap, and staying there) roots, scanned conservatively.
    pub fn register_root_words(&mut self, p: *const u64, words: usize) {
        self.statics.roots.push(Root {
            addr: p.expose_provenance(),
            words,
            layout: CONSERVATIVE,
        });
    }

    /// The bytes as static memory; equal bytes have one address.
    pub fn intern_static_bytes(&mut self, bytes: &[u8]) -> *const u8 {
        self.statics.intern(bytes)
    }

    /// Keeps the block that `word` points to alive until the handle is unpinned.
    pub fn pin(&mut self, word: u64) -> Handle {
        if let Some(i) = self.pins.free.pop() {
            self.pins.words[i as usize] = word;
            return Handle(i);
        }
        self.pins.words.push(word);
        Handle((self.pins.words.len() - 1) as u32)
    }

    /// The pinned word.
    pub fn pinned(&self, h: Handle) -> u64 {
        self.pins.words[h.0 as usize]
    }

    /// Ends a pin.
    pub fn unpin(&mut self, h: Handle) {
        self.pins.words[h.0 as usize] = 0;
        self.pins.free.push(h.0);
    }
}

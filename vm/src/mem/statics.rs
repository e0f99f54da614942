//! Static memory: package-level variables, constants and other things that live as long as the program.
//!
//! Invariants: static memory is zeroed, aligned to 8, never moves and is freed with the heap; it is in no span, so marking ignores
//! addresses of it. Registered roots are scanned by their type in every collection.

use rustc_hash::FxHashMap;

use super::layout::LayoutId;

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

//! Objects that are to be told of before they go: finalizers and cleanups.
//!
//! Invariants: an entry does not keep its object alive, but everything the object leads to, so that of two objects with finalizers the one
//! that refers to the other goes first (as in Go); what is to be called is kept. When an object is found unreachable its
//! entries become due, once; a finalizer's object lives until the next collection, because the finalizer gets it.

use super::Heap;
use super::gc::Marker;

/// A call that became due.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Due {
    /// The closure to call.
    pub closure: u64,
    /// Its arguments, as many as `args` says.
    pub words: [u64; 2],
    /// How many arguments there are: none for a cleanup, the object in one or two words for a finalizer.
    pub args: u8,
}

struct Entry {
    id: u64,
    /// The address in the object that it was registered with.
    addr: u64,
    due: Due,
}

/// All entries, in the order of registration.
#[derive(Default)]
pub(super) struct Finalizers {
    entries: Vec<Entry>,
    due: Vec<Due>,
    last: u64,
}

impl Heap {
    /// Has `due` called when the block that `addr` points into has become unreachable. Gives the entry's number; `None` if there is
    /// no such block (static data is never freed).
    pub fn add_finalizer(&mut self, addr: u64, due: Due) -> Option<u64> {
        self.block_of(addr)?;
        let f = &mut self.finalizers;
        f.last += 1;
        f.entries.push(Entry {
            id: f.last,
            addr,
            due,
        });
        Some(f.last)
    }

    /// Forgets an entry, by its number.
    pub fn remove_finalizer(&mut self, id: u64) {
        self.finalizers.entries.retain(|e| e.id != id);
    }

    /// Forgets the finalizer (not the cleanups) registered with `addr`; says whether there was one.
    pub fn clear_finalizer(&mut self, addr: u64) -> bool {
        let entries = &mut self.finalizers.entries;
        let before = entries.len();
        entries.retain(|e| e.addr != addr || e.due.args == 0);
        entries.len() < before
    }

    /// The calls that collections have made due, in the order of registration.
    pub fn take_due(&mut self) -> Vec<Due> {
        std::mem::take(&mut self.finalizers.due)
    }
}

impl Marker<'_> {
    /// Finds the objects that nothing else reaches. Called when everything reachable has been marked.
    pub(super) fn finalize(&mut self) {
        if self.heap.finalizers.entries.is_empty() {
            return;
        }
        let entries = std::mem::take(&mut self.heap.finalizers.entries);
        for e in &entries {
            self.word(e.due.closure);
            if e.due.args > 0 {
                self.children(e.addr);
            }
        }
        self.drain();
        for e in entries {
            if self.is_marked(e.addr) {
                self.heap.finalizers.entries.push(e);
            } else {
                self.heap.finalizers.due.push(e.due);
            }
        }
        // What a due call is given lives on.
        for i in 0..self.heap.finalizers.due.len() {
            let due = self.heap.finalizers.due[i];
            self.word(due.closure);
            due.words[..usize::from(due.args)]
                .iter()
                .for_each(|&w| self.word(w));
        }
        self.drain();
    }
}

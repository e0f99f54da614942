//! Iteration over maps while they change.
//!
//! Invariants: an iterator stands at a position of one table of its map; when the map has moved on to another table, the iterator follows
//! the chain of tables, and its positions shrink by the dead entries before them. So a live entry that was there from the start is
//! produced exactly once, a deleted one never, and one inserted meanwhile at most once. After `clear` the chain is cut and the iteration ends.
//! Iteration runs from a start position to the end of the table, then from its beginning up to the start.

use std::ptr;

use super::map::MapRef;
use super::maptable::Table;

/// An iterator's state: four words, which a frame holds as they are.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct MapIter {
    map: u64,
    table: u64,
    pos: u32,
    start: u32,
    wrapped: u64,
}

const _: () = assert!(size_of::<MapIter>() == 32);

impl MapIter {
    /// Starts an iteration; `random` chooses where.
    pub fn new(m: MapRef, random: u64) -> MapIter {
        let mut it = MapIter {
            map: m.word(),
            table: 0,
            pos: 0,
            start: 0,
            wrapped: 0,
        };
        if !m.is_empty() {
            m.note_iterated();
            // SAFETY: a map that is not empty has a table.
            unsafe {
                let t = (*m.0).table;
                it.table = t.expose_provenance() as u64;
                it.start = (random % u64::from((*t).used)) as u32;
                it.pos = it.start;
            }
        }
        it
    }

    /// The state as words.
    #[inline(always)]
    pub fn to_words(self) -> [u64; 4] {
        [
            self.map,
            self.table,
            u64::from(self.pos) | u64::from(self.start) << 32,
            self.wrapped,
        ]
    }

    /// The state from its words.
    #[inline(always)]
    pub fn from_words(w: [u64; 4]) -> MapIter {
        MapIter {
            map: w[0],
            table: w[1],
            pos: w[2] as u32,
            start: (w[2] >> 32) as u32,
            wrapped: w[3],
        }
    }

    /// The addresses of the next key and value; valid until the next operation on the map.
    #[inline]
    #[allow(clippy::should_implement_trait)] // an iterator would be tempting to keep across operations
    pub fn next(&mut self) -> Option<(*const u8, *mut u8)> {
        if self.table == 0 {
            return None;
        }
        let m = MapRef(ptr::with_exposed_provenance_mut(self.map as usize));
        let ty = m.ty()?;
        // SAFETY: the iterator's words keep map and table alive; positions are at most `used`.
        unsafe {
            if (*m.0).table.addr() as u64 != self.table && !self.follow(m) {
                return None;
            }
            let t = (*m.0).table;
            loop {
                let end = if self.wrapped != 0 {
                    self.start
                } else {
                    (*t).used
                };
                if self.pos >= end {
                    if self.wrapped != 0 || self.start == 0 {
                        self.table = 0;
                        return None;
                    }
                    self.wrapped = 1;
                    self.pos = 0;
                    continue;
                }
                let i = self.pos;
                self.pos += 1;
                if !Table::is_dead(t, ty, i) {
                    let entry = Table::entry(t, ty, i);
                    return Some((entry, entry.add(ty.val_off as usize)));
                }
            }
        }
    }

    /// Goes on to the map's present table; false if the map was cleared.
    #[cold]
    fn follow(&mut self, m: MapRef) -> bool {
        // SAFETY: the chain of tables from the iterator's on is alive and ends at the map's table or at a cut.
        unsafe {
            while self.table != (*m.0).table.addr() as u64 {
                let t: *mut Table = ptr::with_exposed_provenance_mut(self.table as usize);
                let next = (*t).next;
                self.table = next.expose_provenance() as u64;
                let Some(ty) = m.ty().filter(|_| !next.is_null()) else {
                    return false;
                };
                self.pos -= Table::dead_before(t, ty, self.pos);
                self.start -= Table::dead_before(t, ty, self.start);
            }
        }
        true
    }
}

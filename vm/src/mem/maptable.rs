//! A map's table and its growth: see `map.rs` for the invariants.
//!
//! - The entries begin behind the table's first words, the dead bits behind the last entry; a table fills its block.
//! - `make_room` leaves the live entries in their order, a table with a free entry, and an index that agrees with it; without memory it leaves
//!   the map as it was.

use std::ptr;

use super::class;
use super::heap::{AllocKind, Heap};
use super::map::{Header, add_to_index, hash_entry, hashes, slots, spread, unspread};
use super::maptype::{KeyKind, MapType};
use crate::rtype::RType;

/// A table's first words; entries follow, then the dead bits.
#[repr(C)]
pub(super) struct Table {
    pub next: *mut Table,
    pub cap: u32,
    pub used: u32,
}

/// Maps of so many entries have no index.
const MAX_LINEAR: u32 = 8;
const FIRST_CAP: usize = 4;
/// Maps hold no more entries.
pub(super) const MAX_CAP: usize = 1 << 30;

impl Table {
    /// # Safety
    /// `t` is a table of the type and `i` at most its capacity.
    #[inline(always)]
    pub unsafe fn entry(t: *mut Table, ty: &MapType, i: u32) -> *mut u8 {
        // SAFETY: the caller's contract; entries follow the first words.
        unsafe {
            t.cast::<u8>()
                .add(size_of::<Table>() + i as usize * ty.stride as usize)
        }
    }

    /// The dead bits.
    ///
    /// # Safety
    /// `t` is a table of the type.
    #[inline(always)]
    pub unsafe fn dead(t: *mut Table, ty: &MapType) -> *mut u64 {
        // SAFETY: the caller's contract; `size_for` says where they are.
        unsafe {
            t.cast::<u8>()
                .add(dead_offset((*t).cap as usize, ty))
                .cast()
        }
    }

    /// # Safety
    /// `t` is a table of the type and `i < cap`.
    #[inline(always)]
    pub unsafe fn is_dead(t: *mut Table, ty: &MapType, i: u32) -> bool {
        // SAFETY: the caller's contract.
        unsafe { *Table::dead(t, ty).add(i as usize >> 6) >> (i & 63) & 1 != 0 }
    }

    /// How many of the entries before `i` are dead.
    ///
    /// # Safety
    /// `t` is a table of the type and `i <= cap`.
    pub unsafe fn dead_before(t: *mut Table, ty: &MapType, i: u32) -> u32 {
        let mut n = 0;
        for w in 0..i as usize / 64 {
            // SAFETY: the caller's contract: whole words below i.
            n += unsafe { *Table::dead(t, ty).add(w) }.count_ones();
        }
        if i & 63 != 0 {
            // SAFETY: i is not a multiple of 64, so bit i-1 and its word exist.
            n += unsafe { *Table::dead(t, ty).add(i as usize / 64) & ((1 << (i & 63)) - 1) }
                .count_ones();
        }
        n
    }
}

fn dead_offset(cap: usize, ty: &MapType) -> usize {
    (size_of::<Table>() + cap * ty.stride as usize).next_multiple_of(8)
}

/// Bytes of a table of the capacity.
pub(super) fn size_for(cap: usize, ty: &MapType) -> usize {
    dead_offset(cap, ty) + cap.div_ceil(64) * 8
}

/// Makes room for an entry: a larger table, or the same without its dead entries.
///
/// # Safety
/// `h` is a valid header.
#[cold]
#[inline(never)]
pub(super) unsafe fn make_room(heap: &mut Heap, types: &[RType], h: *mut Header) -> bool {
    // SAFETY: the caller's contract.
    unsafe {
        let old = (*h).table;
        if old.is_null() {
            return new_table(heap, h, FIRST_CAP);
        }
        let (cap, len) = ((*old).cap as usize, (*h).len as usize);
        let want = if len * 4 > cap * 3 {
            cap * 2
        } else {
            cap.min((len * 4).max(FIRST_CAP))
        };
        if want == cap && !(*h).iterated {
            compact(h);
            rebuild_index(types, h, Hashes::InPlace);
            return true;
        }
        let (index, shift) = ((*h).index, (*h).shift);
        if !new_table(heap, h, want) {
            return false;
        }
        copy_live(old, (*h).table, &*(*h).ty);
        (*old).next = (*h).table;
        rebuild_index(
            types,
            h,
            if index.is_null() {
                Hashes::Keys
            } else {
                Hashes::From(old, index, shift)
            },
        );
        if !(*h).iterated {
            heap.free_large(old.cast());
            heap.free_large(index.cast());
        }
        true
    }
}

/// Gives the map a new, empty table for at least `want` entries, and an index if it takes one. Says whether there was memory;
/// without, the map is as before.
///
/// # Safety
/// `h` is a valid header.
pub(super) unsafe fn new_table(heap: &mut Heap, h: *mut Header, want: usize) -> bool {
    // SAFETY: the caller's contract; the blocks are as large as asked.
    unsafe {
        let ty = &*(*h).ty;
        if want > MAX_CAP || want.checked_mul(ty.stride as usize).is_none() {
            return false;
        }
        let (cap, bytes) = fill_class(want, ty);
        let t = heap.alloc_table(bytes, ty).cast::<Table>();
        if t.is_null() {
            return false;
        }
        let (mut index, mut shift) = (ptr::null_mut(), 0);
        if cap > MAX_LINEAR as usize {
            let n = (cap + cap / 2).next_power_of_two();
            let stored = if matches!(ty.kind, KeyKind::Str | KeyKind::Any) {
                cap
            } else {
                0
            };
            index = heap
                .alloc((n + stored) * 4, AllocKind::NoScan)
                .cast::<u32>();
            if index.is_null() {
                return false;
            }
            shift = 64 - n.trailing_zeros() as u8;
        }
        t.write(Table {
            next: ptr::null_mut(),
            cap: cap as u32,
            used: 0,
        });
        (*h).table = t;
        (*h).index = index;
        (*h).shift = shift;
        true
    }
}

/// The capacity that fills the block which `want` entries need, and the block's size.
fn fill_class(want: usize, ty: &MapType) -> (usize, usize) {
    let want = want.max(1);
    let bytes = class::round_up(size_for(want, ty));
    let mut cap = want + (bytes - size_for(want, ty)) / ty.stride as usize;
    while cap > want && size_for(cap, ty) > bytes {
        cap -= 1;
    }
    // A map that fits without an index keeps doing so.
    if want <= MAX_LINEAR as usize {
        cap = cap.min(MAX_LINEAR as usize);
    }
    (cap, bytes)
}

/// Appends the live entries of one table to another.
///
/// # Safety
/// Both are tables of the type; the second has room.
unsafe fn copy_live(from: *mut Table, to: *mut Table, ty: &MapType) {
    let stride = ty.stride as usize;
    // SAFETY: the caller's contract.
    unsafe {
        for i in 0..(*from).used {
            if !Table::is_dead(from, ty, i) {
                Table::entry(to, ty, (*to).used)
                    .copy_from_nonoverlapping(Table::entry(from, ty, i), stride);
                (*to).used += 1;
            }
        }
    }
}

/// Moves the live entries of a map's table together.
///
/// # Safety
/// `h` is a valid header with a table that no iterator refers to.
unsafe fn compact(h: *mut Header) {
    // SAFETY: the caller's contract.
    unsafe {
        let (t, ty) = ((*h).table, &*(*h).ty);
        let mut n = 0;
        for i in 0..(*t).used {
            if !Table::is_dead(t, ty, i) {
                Table::entry(t, ty, n).copy_from(Table::entry(t, ty, i), ty.stride as usize);
                if i != n && !(*h).index.is_null() && matches!(ty.kind, KeyKind::Str | KeyKind::Any)
                {
                    *hashes(h).add(n as usize) = *hashes(h).add(i as usize);
                }
                n += 1;
            }
        }
        Table::entry(t, ty, n).write_bytes(0, ((*t).used - n) as usize * ty.stride as usize);
        Table::dead(t, ty).write_bytes(0, ((*t).cap as usize).div_ceil(64));
        (*t).used = n;
    }
}

/// Where the stored hashes of a map's entries come from when its index is filled anew.
enum Hashes {
    /// They are in the index already: the table was compacted in place.
    InPlace,
    /// From the replaced table's index, which had so many bits less than 64.
    From(*mut Table, *mut u32, u8),
    /// From the keys: the replaced table had no index.
    Keys,
}

/// Fills the map's index anew, if it has one.
///
/// # Safety
/// `h` is a valid header; its table holds no dead entries; a replaced table's live entries are its entries.
unsafe fn rebuild_index(types: &[RType], h: *mut Header, source: Hashes) {
    // SAFETY: the caller's contract.
    unsafe {
        if (*h).index.is_null() {
            return;
        }
        let (t, ty, seed) = ((*h).table, &*(*h).ty, (*h).seed);
        let stores = matches!(ty.kind, KeyKind::Str | KeyKind::Any);
        match source {
            _ if !stores => {}
            Hashes::InPlace => {}
            Hashes::From(from, index, shift) => {
                let stored = index.add(1 << (64 - u32::from(shift)));
                let live = (0..(*from).used).filter(|&i| !Table::is_dead(from, ty, i));
                for (n, i) in live.enumerate() {
                    *hashes(h).add(n) = *stored.add(i as usize);
                }
            }
            Hashes::Keys => {
                for i in 0..(*t).used {
                    *hashes(h).add(i as usize) =
                        unspread(hash_entry(types, ty, Table::entry(t, ty, i), seed, i));
                }
            }
        }
        (*h).index.write_bytes(0, slots(h));
        for i in 0..(*t).used {
            let hash = match stores {
                true => spread(*hashes(h).add(i as usize)),
                false => hash_entry(types, ty, Table::entry(t, ty, i), seed, i),
            };
            add_to_index(h, i, hash);
        }
    }
}

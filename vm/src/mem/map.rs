//! Go's maps: an insertion-ordered table of entries, and for more than 8 of them a hash index over it.
//!
//! Invariants:
//! - A map is a `Header` in the heap; its table holds `used` entries, of which `len` are alive; the others' `dead` bits are set and
//!   their bytes are zero. Entries keep their order and, while the table is the map's, their place.
//! - A table is replaced only by one that holds its live entries in their order; the old one then says so (`next`), and its dead bits
//!   stay as they were, so that iterators can follow. `clear` leaves `next` null. A map nobody ever iterated may compact in place.
//! - Index slots: 0 is empty, low bits 0 is a deleted entry, else low bits are an entry's number + 1 and the others hash bits. Each
//!   insertion uses up an entry of the table, so at most `cap` slots (two thirds) are not empty and probing ends.
//! - Addresses of entries are valid until the next operation on the map.

// Key pointers are trusted like addresses given to `Mem` (see `MapRef::from_word`).
#![allow(clippy::not_unsafe_ptr_arg_deref)]

use std::ptr;

use super::access::{Mem, Pod};
use super::eq;
use super::heap::Heap;
use super::maptable::{MAX_CAP, Table, make_room, new_table, size_for};
use super::maptype::{KeyKind, MapType};
use crate::bytecode::TypeIx;
use crate::rtype::RType;

/// A map in the heap.
#[repr(C)]
pub(super) struct Header {
    pub ty: *const MapType,
    pub table: *mut Table,
    pub index: *mut u32,
    pub seed: u64,
    pub len: u32,
    /// 64 - log2 of the number of index slots.
    pub shift: u8,
    /// Whether an iterator may refer to a table of this map.
    pub iterated: bool,
}

/// Pointer bits of a header: table and index.
const HEADER_BITS: u64 = 0b110;

/// An index slot whose entry was deleted.
const DELETED: u32 = 1 << 31;

/// Why a map operation failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum MapError {
    /// A key holds a value of this type, which cannot be hashed.
    Unhashable(TypeIx),
    /// An assignment to an entry of a nil map.
    NilMap,
    /// There is no memory for the entry.
    OutOfMemory,
}

/// A map value: nil or a map.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct MapRef(pub(super) *mut Header);

/// A key being looked for.
trait Probe: Copy {
    /// Whether the index keeps 32 hash bits per entry.
    const STORED: bool;
    fn hash(self) -> u64;
    /// # Safety
    /// `entry` is an entry of a map of this kind of key.
    unsafe fn matches(self, entry: *const u8) -> bool;
}

#[derive(Clone, Copy)]
struct IntKey<T> {
    key: T,
    seed: u64,
}

impl<T: Pod + Eq + Into<u64>> Probe for IntKey<T> {
    const STORED: bool = false;
    #[inline(always)]
    fn hash(self) -> u64 {
        eq::hash_int(self.key.into(), self.seed)
    }
    #[inline(always)]
    unsafe fn matches(self, entry: *const u8) -> bool {
        // SAFETY: the key is an aligned number at the entry's start.
        unsafe { entry.cast::<T>().read() == self.key }
    }
}

#[derive(Clone, Copy)]
struct StrKey {
    p: *const u8,
    n: usize,
    seed: u64,
}

impl Probe for StrKey {
    const STORED: bool = true;
    #[inline(always)]
    fn hash(self) -> u64 {
        // SAFETY: the key is a valid string.
        spread(unsafe { eq::hash_bytes(self.p, self.n, self.seed) } as u32)
    }
    #[inline(always)]
    unsafe fn matches(self, entry: *const u8) -> bool {
        // SAFETY: the entry begins with a valid string.
        unsafe {
            let (p, n) = entry.cast::<(*const u8, usize)>().read();
            n == self.n && eq::eq_bytes(p, self.p, n)
        }
    }
}

#[derive(Clone, Copy)]
struct AnyKey<'a> {
    types: &'a [RType],
    t: TypeIx,
    p: *const u8,
    hash: u64,
}

impl Probe for AnyKey<'_> {
    const STORED: bool = true;
    #[inline(always)]
    fn hash(self) -> u64 {
        self.hash
    }
    #[inline(always)]
    unsafe fn matches(self, entry: *const u8) -> bool {
        // SAFETY: the entry begins with a valid key. Keys could be hashed, so they can be compared.
        unsafe { eq::eq(self.types, self.t, self.p, entry) }.unwrap_or(false)
    }
}

/// 64 hash bits from the 32 that are kept.
#[inline(always)]
pub(super) fn spread(h: u32) -> u64 {
    u64::from(h).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// Inverse of the multiplier modulo 2^32: what `spread` did to the low half, undone.
#[inline(always)]
pub(super) fn unspread(h: u64) -> u32 {
    const INVERSE: u32 = {
        let k = 0x7f4a_7c15_u32;
        let mut x = k;
        let mut i = 0;
        while i < 5 {
            x = x.wrapping_mul(2_u32.wrapping_sub(k.wrapping_mul(x)));
            i += 1;
        }
        x
    };
    (h as u32).wrapping_mul(INVERSE)
}

/// Runs `$f` with the key at `$key` as the probe its kind asks for.
macro_rules! with_probe {
    ($h:expr, $types:expr, $key:expr, |$probe:ident| $f:expr) => {{
        let (ty, seed, key) = (&*(*$h).ty, (*$h).seed, $key);
        match ty.kind {
            KeyKind::Int64 => {
                let $probe = IntKey {
                    key: key.cast::<u64>().read(),
                    seed,
                };
                $f
            }
            KeyKind::Int32 => {
                let $probe = IntKey {
                    key: key.cast::<u32>().read(),
                    seed,
                };
                $f
            }
            KeyKind::Int16 => {
                let $probe = IntKey {
                    key: key.cast::<u16>().read(),
                    seed,
                };
                $f
            }
            KeyKind::Int8 => {
                let $probe = IntKey {
                    key: key.read(),
                    seed,
                };
                $f
            }
            KeyKind::Str => {
                let (p, n) = key.cast::<(*const u8, usize)>().read();
                let $probe = StrKey { p, n, seed };
                $f
            }
            KeyKind::Any => {
                let salt = if (*$h).table.is_null() {
                    0
                } else {
                    u64::from((*(*$h).table).used)
                };
                let hash =
                    eq::hash($types, ty.key, key, seed, salt).map_err(MapError::Unhashable)?;
                let $probe = AnyKey {
                    types: $types,
                    t: ty.key,
                    p: key,
                    hash: spread((hash >> 32) as u32),
                };
                $f
            }
        }
    }};
}

impl MapRef {
    /// The nil map.
    pub const NIL: MapRef = MapRef(ptr::null_mut());

    /// The map in a map-typed register. Key pointers given to the methods are trusted like addresses given to `Mem`.
    #[inline(always)]
    pub fn from_word(_: Mem, word: u64) -> MapRef {
        MapRef(ptr::with_exposed_provenance_mut(word as usize))
    }

    /// The map as a register holds it.
    #[inline(always)]
    pub fn word(self) -> u64 {
        self.0.expose_provenance() as u64
    }

    /// Whether this is nil.
    #[inline(always)]
    pub fn is_nil(self) -> bool {
        self.0.is_null()
    }

    /// `make(map[K]V, hint)`; `None` without memory. `seed` varies the hash. A hint no map could live up to is ignored, as in Go.
    pub fn make(
        heap: &mut Heap,
        types: &[RType],
        t: TypeIx,
        hint: i64,
        seed: u64,
    ) -> Option<MapRef> {
        let ty = ptr::from_ref(heap.map_type(types, t));
        let h = heap
            .alloc_bits(size_of::<Header>(), HEADER_BITS)
            .cast::<Header>();
        if h.is_null() {
            return None;
        }
        // SAFETY: a fresh block of that size; map types live as long as the heap.
        unsafe {
            h.write(Header {
                ty,
                table: ptr::null_mut(),
                index: ptr::null_mut(),
                seed,
                len: 0,
                shift: 0,
                iterated: false,
            });
            let hint = usize::try_from(hint).unwrap_or(0);
            if (1..=MAX_CAP).contains(&hint) && !new_table(heap, h, hint) {
                return None;
            }
        }
        Some(MapRef(h))
    }

    /// The map's type; `None` for nil.
    #[inline(always)]
    pub fn ty(&self) -> Option<&MapType> {
        // SAFETY: a non-nil map is a valid header, and its type outlives it.
        unsafe { self.0.as_ref().map(|h| &*h.ty) }
    }

    /// `len(m)`.
    #[inline(always)]
    pub fn len(self) -> usize {
        // SAFETY: a non-nil map is a valid header.
        unsafe { self.0.as_ref().map_or(0, |h| h.len as usize) }
    }

    /// Whether there are no entries.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Where the value of the key is; null if there is none. A nil map answers null without looking at the key.
    #[inline]
    pub fn get(self, types: &[RType], key: *const u8) -> Result<*mut u8, MapError> {
        let h = self.0;
        if h.is_null() {
            return Ok(ptr::null_mut());
        }
        // SAFETY: a valid header; the key is a valid key (`from_word`).
        unsafe { with_probe!(h, types, key, |k| Ok(value_of(h, find(h, k)))) }
    }

    /// Where the value of the key is; a zero value is inserted if there is none.
    #[inline]
    pub fn get_or_insert(
        self,
        heap: &mut Heap,
        types: &[RType],
        key: *const u8,
    ) -> Result<*mut u8, MapError> {
        let h = self.0;
        if h.is_null() {
            return Err(MapError::NilMap);
        }
        // SAFETY: as in `get`.
        unsafe { with_probe!(h, types, key, |k| get_or_insert(heap, types, h, key, k)) }
    }

    /// `delete(m, key)`; says whether there was an entry.
    pub fn delete(self, types: &[RType], key: *const u8) -> Result<bool, MapError> {
        let h = self.0;
        if h.is_null() {
            return Ok(false);
        }
        // SAFETY: as in `get`.
        unsafe { with_probe!(h, types, key, |k| Ok(delete(h, k))) }
    }

    /// `clear(m)`.
    pub fn clear(self) {
        let h = self.0;
        if h.is_null() {
            return;
        }
        // SAFETY: a valid header with its table and index.
        unsafe {
            (*h).len = 0;
            if (*h).iterated || (*h).table.is_null() {
                (*h).table = ptr::null_mut();
                (*h).index = ptr::null_mut();
                return;
            }
            let (t, ty) = ((*h).table, &*(*h).ty);
            let (cap, head) = ((*t).cap as usize, size_of::<Table>());
            t.cast::<u8>()
                .add(head)
                .write_bytes(0, size_for(cap, ty) - head);
            (*t).used = 0;
            if !(*h).index.is_null() {
                (*h).index.write_bytes(0, slots(h));
            }
        }
    }

    pub(super) fn note_iterated(self) {
        // SAFETY: only called for a non-nil map.
        unsafe { (*self.0).iterated = true }
    }
}

/// # Safety
/// `h` is a valid header with an index.
#[inline(always)]
pub(super) unsafe fn slots(h: *const Header) -> usize {
    // SAFETY: the caller's contract.
    1 << (64 - u32::from(unsafe { (*h).shift }))
}

/// The low bits of an index slot that hold an entry's number + 1, for a capacity.
#[inline(always)]
fn entry_mask(cap: u32) -> u32 {
    !0 >> cap.leading_zeros()
}

/// The stored hashes, behind the index's slots.
///
/// # Safety
/// `h` is a valid header with an index of a kind of key whose hashes are stored.
#[inline(always)]
pub(super) unsafe fn hashes(h: *const Header) -> *mut u32 {
    // SAFETY: the caller's contract.
    unsafe { (*h).index.add(slots(h)) }
}

/// Where an entry was found.
#[derive(Clone, Copy)]
struct Found {
    entry: u32,
    slot: usize,
}

/// # Safety
/// `h` is a valid header whose keys are of the probe's kind.
#[inline(always)]
unsafe fn find<K: Probe>(h: *const Header, k: K) -> Option<Found> {
    // SAFETY: the caller's contract and the file's invariants: slots name entries below `used`, and an empty slot ends the probe.
    unsafe {
        let (t, ty) = ((*h).table, &*(*h).ty);
        if (*h).index.is_null() {
            return if t.is_null() {
                None
            } else {
                find_linear(t, ty, k)
            };
        }
        let hash = k.hash();
        let mask = entry_mask((*t).cap);
        let tag = hash as u32 & !mask;
        let last = slots(h) - 1;
        let mut slot = (hash >> (*h).shift) as usize;
        loop {
            let s = *(*h).index.add(slot);
            if s & !mask == tag && s & mask != 0 {
                let entry = (s & mask) - 1;
                if (!K::STORED || *hashes(h).add(entry as usize) == unspread(hash))
                    && k.matches(Table::entry(t, ty, entry))
                {
                    return Some(Found { entry, slot });
                }
            } else if s == 0 {
                return None;
            }
            slot = (slot + 1) & last;
        }
    }
}

/// # Safety
/// `t` is a table of the type without an index.
#[inline(always)]
unsafe fn find_linear<K: Probe>(t: *mut Table, ty: &MapType, k: K) -> Option<Found> {
    // SAFETY: the caller's contract; such a table has one word of dead bits.
    unsafe {
        let dead = *Table::dead(t, ty);
        (0..(*t).used)
            .find(|&i| k.matches(Table::entry(t, ty, i)) && dead >> i & 1 == 0)
            .map(|entry| Found { entry, slot: 0 })
    }
}

/// # Safety
/// `h` is a valid header and `found` one of its entries.
#[inline(always)]
unsafe fn value_of(h: *const Header, found: Option<Found>) -> *mut u8 {
    match found {
        // SAFETY: the caller's contract.
        Some(f) => unsafe {
            Table::entry((*h).table, &*(*h).ty, f.entry).add((*(*h).ty).val_off as usize)
        },
        None => ptr::null_mut(),
    }
}

/// # Safety
/// `h` is a valid header, `key` a valid key and `k` its probe.
#[inline(always)]
unsafe fn get_or_insert<K: Probe>(
    heap: &mut Heap,
    types: &[RType],
    h: *mut Header,
    key: *const u8,
    k: K,
) -> Result<*mut u8, MapError> {
    // SAFETY: the caller's contract; `make_room` leaves a table with a free entry.
    unsafe {
        let ty = &*(*h).ty;
        if let Some(f) = find(h, k) {
            if ty.key_update {
                Table::entry((*h).table, ty, f.entry).copy_from(key, ty.key_size as usize);
            }
            return Ok(value_of(h, Some(f)));
        }
        if ((*h).table.is_null() || (*(*h).table).used == (*(*h).table).cap)
            && !make_room(heap, types, h)
        {
            return Err(MapError::OutOfMemory);
        }
        let t = (*h).table;
        let i = (*t).used;
        (*t).used += 1;
        (*h).len += 1;
        let entry = Table::entry(t, ty, i);
        copy_key(entry, key, ty);
        if !(*h).index.is_null() {
            add_to_index(h, i, k.hash());
            if K::STORED {
                *hashes(h).add(i as usize) = unspread(k.hash());
            }
        }
        Ok(entry.add(ty.val_off as usize))
    }
}

/// # Safety
/// Both are valid for a key of the type.
#[inline(always)]
unsafe fn copy_key(entry: *mut u8, key: *const u8, ty: &MapType) {
    // SAFETY: the caller's contract.
    unsafe {
        match ty.kind {
            KeyKind::Int64 => entry.cast::<u64>().write(key.cast::<u64>().read()),
            KeyKind::Str => entry
                .cast::<[u64; 2]>()
                .write(key.cast::<[u64; 2]>().read()),
            _ => entry.copy_from(key, ty.key_size as usize),
        }
    }
}

/// # Safety
/// `h` is a valid header with an index that has a free slot; the entry is not in it.
#[inline(always)]
pub(super) unsafe fn add_to_index(h: *mut Header, entry: u32, hash: u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let mask = entry_mask((*(*h).table).cap);
        let last = slots(h) - 1;
        let mut slot = (hash >> (*h).shift) as usize;
        while *(*h).index.add(slot) & mask != 0 {
            slot = (slot + 1) & last;
        }
        *(*h).index.add(slot) = hash as u32 & !mask | (entry + 1);
    }
}

/// # Safety
/// `h` is a valid header whose keys are of the probe's kind.
#[inline(always)]
unsafe fn delete<K: Probe>(h: *mut Header, k: K) -> bool {
    // SAFETY: the caller's contract; `find` answers an entry below `used` and its slot.
    unsafe {
        let Some(f) = find(h, k) else { return false };
        let (t, ty) = ((*h).table, &*(*h).ty);
        *Table::dead(t, ty).add(f.entry as usize >> 6) |= 1 << (f.entry & 63);
        Table::entry(t, ty, f.entry).write_bytes(0, ty.stride as usize);
        (*h).len -= 1;
        if !(*h).index.is_null() {
            let next = (f.slot + 1) & (slots(h) - 1);
            *(*h).index.add(f.slot) = if *(*h).index.add(next) == 0 {
                0
            } else {
                DELETED
            };
        } else if (*h).len == 0 && !(*h).iterated {
            (*t).used = 0;
            *Table::dead(t, ty) = 0;
        }
        true
    }
}

/// The hash of an entry's key, as its probe would compute it.
///
/// # Safety
/// `entry` is an entry of a map of the type.
pub(super) unsafe fn hash_entry(
    types: &[RType],
    ty: &MapType,
    entry: *const u8,
    seed: u64,
    salt: u32,
) -> u64 {
    // SAFETY: the caller's contract; a stored key can be hashed.
    unsafe {
        match ty.kind {
            KeyKind::Int64 => eq::hash_int(entry.cast::<u64>().read(), seed),
            KeyKind::Int32 => eq::hash_int(entry.cast::<u32>().read().into(), seed),
            KeyKind::Int16 => eq::hash_int(entry.cast::<u16>().read().into(), seed),
            KeyKind::Int8 => eq::hash_int(entry.read().into(), seed),
            KeyKind::Str => {
                let (p, n) = entry.cast::<(*const u8, usize)>().read();
                StrKey { p, n, seed }.hash()
            }
            KeyKind::Any => spread(
                (eq::hash(types, ty.key, entry, seed, salt.into()).unwrap_or(0) >> 32) as u32,
            ),
        }
    }
}

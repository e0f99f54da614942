//! What the map code needs to know of a map type.
//!
//! Invariants: an entry is the key, then the value at `val_off`, then padding to `stride`; entries of maps with pointers are whole words.
//! A `MapType` is made once per type and heap and lives as long as the heap, so maps point to theirs.

use super::heap::{Heap, NO_BODY};
use super::layout::{Body, ScanLayout, small_bits};
use crate::bytecode::TypeIx;
use crate::program::Repr;
use crate::rtype::{EqKind, Kind, PtrMap, RType};

/// How keys are hashed and compared.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum KeyKind {
    /// One byte.
    Int8,
    /// Two bytes.
    Int16,
    /// Four bytes.
    Int32,
    /// Eight bytes: integers, pointers, channels.
    Int64,
    /// String contents.
    Str,
    /// By the type's descriptor.
    Any,
}

/// A map type's facts.
pub struct MapType {
    /// The map type.
    pub ty: TypeIx,
    /// Its key type.
    pub key: TypeIx,
    /// Its element type.
    pub elem: TypeIx,
    /// How keys are hashed and compared.
    pub kind: KeyKind,
    /// Bytes of a key.
    pub key_size: u32,
    /// Where the value is in an entry.
    pub val_off: u32,
    /// Bytes of a value.
    pub val_size: u32,
    /// Bytes from entry to entry.
    pub stride: u32,
    /// Representation of a key.
    pub key_repr: Repr,
    /// Representation of a value.
    pub val_repr: Repr,
    /// Whether storing an equal key may change it (-0 for +0).
    pub(super) key_update: bool,
    /// Pointer bits of an entry of at most 64 words.
    pub(super) entry_bits: u64,
    /// Pointers of an entry.
    pub(super) body: Body,
}

impl MapType {
    fn new(types: &[RType], t: TypeIx) -> MapType {
        let map = &types[t.0 as usize];
        debug_assert_eq!(map.kind, Kind::Map);
        let (key, elem) = (&types[map.key.0 as usize], &types[map.elem.0 as usize]);
        let align = u64::from(key.align.max(elem.align).max(1));
        let val_off = key.size.next_multiple_of(u64::from(elem.align.max(1)));
        let stride = (val_off + elem.size).next_multiple_of(align).max(1);
        let (entry_bits, body) = entry_pointers(key, elem, val_off, stride);
        MapType {
            ty: t,
            key: map.key,
            elem: map.elem,
            kind: key_kind(key),
            key_size: key.size as u32,
            val_off: val_off as u32,
            val_size: elem.size as u32,
            stride: stride as u32,
            key_repr: key.repr,
            val_repr: elem.repr,
            key_update: !matches!(key.eq, EqKind::Mem | EqKind::Str),
            entry_bits,
            body,
        }
    }

    pub(super) fn stride_words(&self) -> usize {
        (self.stride as usize / 8).max(1)
    }
}

fn key_kind(key: &RType) -> KeyKind {
    match (key.eq, key.size) {
        (EqKind::Mem, 1) => KeyKind::Int8,
        // Structs and arrays of smaller things are not aligned as a number of their size.
        (EqKind::Mem, 2) if key.align == 2 => KeyKind::Int16,
        (EqKind::Mem, 4) if key.align == 4 => KeyKind::Int32,
        (EqKind::Mem, 8) if key.align == 8 => KeyKind::Int64,
        (EqKind::Str, _) => KeyKind::Str,
        _ => KeyKind::Any,
    }
}

fn entry_pointers(key: &RType, elem: &RType, val_off: u64, stride: u64) -> (u64, Body) {
    if key.is_noscan() && elem.is_noscan() {
        return (0, NO_BODY);
    }
    let (words, val_word) = ((stride / 8) as usize, val_off / 8);
    if words <= 64 {
        let val = if elem.is_noscan() {
            0
        } else {
            small_bits(&elem.ptrs) << val_word
        };
        let bits = if key.is_noscan() {
            val
        } else {
            small_bits(&key.ptrs) | val
        };
        return (bits, Body::Bits(bits));
    }
    let mut map = vec![0_u64; words.div_ceil(64)];
    for (t, at) in [(key, 0), (elem, val_word as usize)] {
        if t.ptrs != PtrMap::None {
            ScanLayout::repeated(t).each(0, (t.size / 8) as usize, |w| {
                map[(at + w) >> 6] |= 1 << ((at + w) & 63)
            });
        }
    }
    (0, Body::Long(map.into()))
}

impl Heap {
    /// The facts of a map type; the reference stays valid as long as the heap.
    pub fn map_type(&mut self, types: &[RType], t: TypeIx) -> &MapType {
        self.map_types
            .entry(t)
            .or_insert_with(|| Box::new(MapType::new(types, t)))
    }
}

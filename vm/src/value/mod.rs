//! Values as natives see them: a type and where its bytes are.
//!
//! Invariants: a `Value` is made from a well-typed interface, register or address (the maker's `Mem` says so) and never outlives the
//! safepoint-free stretch it was made in. Values of at most 8 bytes out of an interface are held in the `Value`; all others are
//! looked at in place, so a `Value` shows what is there when it is asked. Only values reached through a pointer, a slice or an address
//! can be set. An accessor asked for the wrong kind answers zero, empty or `None`; it never panics.

mod set;

use std::borrow::Cow;
use std::cmp::Ordering;
use std::mem::offset_of;

use chanrt::Hchan;

use crate::bytecode::TypeIx;
use crate::mem::{AllocKind, Heap, MapIter, MapRef, Mem, Pod};
use crate::rtype::{Kind, RField, RType};

/// Where a value's bytes are.
#[derive(Clone, Copy)]
enum Place {
    /// Here, as in memory, zero-padded.
    Word(u64),
    /// In memory nobody may change: an interface's copy, a map's key.
    Boxed(u64),
    /// In a variable.
    Variable(u64),
}

/// A Go value of some type.
#[derive(Clone, Copy)]
pub struct Value<'a> {
    mem: Mem,
    types: &'a [RType],
    ty: TypeIx,
    place: Place,
}

impl<'a> Value<'a> {
    /// The value in an interface (type word, data word); `None` for nil.
    pub fn from_iface(mem: Mem, types: &'a [RType], ty: TypeIx, data: u64) -> Option<Value<'a>> {
        let rt = types.get(ty.0 as usize).filter(|_| ty.0 != 0)?;
        let place = if rt.is_direct() {
            Place::Word(data)
        } else {
            Place::Boxed(data)
        };
        Some(Value {
            mem,
            types,
            ty,
            place,
        })
    }

    /// The variable of the type at `addr`.
    pub fn at(mem: Mem, types: &'a [RType], ty: TypeIx, addr: u64) -> Value<'a> {
        Value {
            mem,
            types,
            ty,
            place: Place::Variable(addr),
        }
    }

    /// The type's index.
    pub fn ty(&self) -> TypeIx {
        self.ty
    }

    /// The type.
    pub fn rtype(&self) -> &'a RType {
        &self.types[self.ty.0 as usize]
    }

    /// All types.
    pub fn types(&self) -> &'a [RType] {
        self.types
    }

    /// The kind of the type.
    pub fn kind(&self) -> Kind {
        self.rtype().kind
    }

    /// The element type of an array, channel, map, pointer or slice.
    pub fn elem_type(&self) -> &'a RType {
        &self.types[self.rtype().elem.0 as usize]
    }

    /// The address of the variable, if the value is one.
    pub fn addr(&self) -> Option<u64> {
        match self.place {
            Place::Variable(a) => Some(a),
            _ => None,
        }
    }

    /// Whether it can be set.
    pub fn can_set(&self) -> bool {
        self.addr().is_some()
    }

    fn load<T: Pod + Default>(&self, off: u64) -> T {
        match self.place {
            Place::Word(w) if off < 8 => {
                let shifted = w >> (off * 8);
                self.mem
                    .load((&raw const shifted).expose_provenance() as u64)
            }
            Place::Word(_) => T::default(),
            Place::Boxed(a) | Place::Variable(a) => self.mem.load(a + off),
        }
    }

    /// The part of the type at a byte offset.
    fn part(&self, ty: TypeIx, off: u64) -> Value<'a> {
        let place = match self.place {
            Place::Word(w) => {
                let size = self.types[ty.0 as usize].size;
                let keep = if size >= 8 { !0 } else { (1 << (size * 8)) - 1 };
                Place::Word(w.checked_shr(off as u32 * 8).unwrap_or(0) & keep)
            }
            Place::Boxed(a) => Place::Boxed(a + off),
            Place::Variable(a) => Place::Variable(a + off),
        };
        Value { ty, place, ..*self }
    }

    // ---- scalars

    /// A bool.
    pub fn as_bool(&self) -> bool {
        self.kind() == Kind::Bool && self.load::<u8>(0) != 0
    }

    /// An integer of a signed type, or the bits of another one.
    pub fn as_i64(&self) -> i64 {
        match self.kind() {
            Kind::Int8 => i64::from(self.load::<i8>(0)),
            Kind::Int16 => i64::from(self.load::<i16>(0)),
            Kind::Int32 => i64::from(self.load::<i32>(0)),
            _ => self.as_u64() as i64,
        }
    }

    /// An integer of an unsigned type, or the bits of a signed one.
    pub fn as_u64(&self) -> u64 {
        match self.kind() {
            Kind::Int8 | Kind::Int16 | Kind::Int32 => self.as_i64() as u64,
            Kind::Uint8 | Kind::Bool => u64::from(self.load::<u8>(0)),
            Kind::Uint16 => u64::from(self.load::<u16>(0)),
            Kind::Uint32 => u64::from(self.load::<u32>(0)),
            Kind::Int | Kind::Int64 | Kind::Uint | Kind::Uint64 | Kind::Uintptr => self.load(0),
            _ => 0,
        }
    }

    /// A floating-point number.
    pub fn as_f64(&self) -> f64 {
        match self.kind() {
            Kind::Float32 => f64::from(self.load::<f32>(0)),
            Kind::Float64 => self.load(0),
            _ => 0.0,
        }
    }

    /// A complex number's real and imaginary parts.
    pub fn as_complex(&self) -> (f64, f64) {
        match self.kind() {
            Kind::Complex64 => (
                f64::from(self.load::<f32>(0)),
                f64::from(self.load::<f32>(4)),
            ),
            Kind::Complex128 => (self.load(0), self.load(8)),
            _ => (0.0, 0.0),
        }
    }

    /// A string's bytes.
    pub fn as_bytes(&self) -> &'a [u8] {
        match self.kind() {
            Kind::String => self.mem.bytes(self.load(0), self.load::<u64>(8) as usize),
            _ => &[],
        }
    }

    /// A string, invalid UTF-8 replaced.
    pub fn as_str(&self) -> Cow<'a, str> {
        String::from_utf8_lossy(self.as_bytes())
    }

    /// The address in a pointer, channel, map, func, slice or string.
    pub fn pointer(&self) -> u64 {
        match self.kind() {
            Kind::Pointer
            | Kind::UnsafePointer
            | Kind::Chan
            | Kind::Map
            | Kind::Func
            | Kind::Slice
            | Kind::String => self.load(0),
            _ => 0,
        }
    }

    /// Whether it is nil, of a type that has a nil.
    pub fn is_nil(&self) -> bool {
        match self.kind() {
            Kind::Interface => self.load::<u64>(0) == 0,
            Kind::Pointer
            | Kind::UnsafePointer
            | Kind::Chan
            | Kind::Map
            | Kind::Func
            | Kind::Slice => self.pointer() == 0,
            _ => false,
        }
    }

    /// Whether it is its type's zero value.
    pub fn is_zero(&self) -> bool {
        match self.kind() {
            Kind::Float32 | Kind::Float64 => self.as_f64().to_bits() == 0,
            Kind::Complex64 | Kind::Complex128 => {
                let (re, im) = self.as_complex();
                re.to_bits() == 0 && im.to_bits() == 0
            }
            Kind::String => self.is_empty(),
            Kind::Array => (0..self.len()).all(|i| self.index(i).is_none_or(|v| v.is_zero())),
            Kind::Struct => {
                (0..self.num_fields()).all(|i| self.field(i).is_none_or(|v| v.is_zero()))
            }
            Kind::Interface | Kind::Slice | Kind::Map | Kind::Chan | Kind::Func => self.is_nil(),
            Kind::Pointer | Kind::UnsafePointer => self.pointer() == 0,
            _ => self.as_u64() == 0,
        }
    }

    // ---- composites

    /// `len`.
    pub fn len(&self) -> usize {
        match self.kind() {
            Kind::Array => self.rtype().len as usize,
            Kind::Slice | Kind::String => self.load::<u64>(8) as usize,
            Kind::Map => self.map().len(),
            Kind::Chan => self.chan_count(offset_of!(Hchan, qcount)),
            _ => 0,
        }
    }

    /// A count in the header of a channel; a timer's channel shows none, and nil has none.
    fn chan_count(&self, field: usize) -> usize {
        let at = |field: usize| self.pointer() + field as u64;
        let shown = !self.is_nil() && self.mem.load::<u8>(at(offset_of!(Hchan, timed))) == 0;
        match shown {
            true => self.mem.load::<u64>(at(field)) as usize,
            false => 0,
        }
    }

    /// Whether `len` is 0.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// `cap`.
    pub fn cap(&self) -> usize {
        match self.kind() {
            Kind::Array => self.rtype().len as usize,
            Kind::Slice => self.load::<u64>(16) as usize,
            Kind::Chan => self.chan_count(offset_of!(Hchan, dataqsiz)),
            _ => 0,
        }
    }

    /// Element `i` of an array, slice or string (a byte).
    pub fn index(&self, i: usize) -> Option<Value<'a>> {
        if i >= self.len() {
            return None;
        }
        match self.kind() {
            Kind::Array => Some(self.part(self.rtype().elem, i as u64 * self.elem_type().size)),
            Kind::Slice => {
                let addr = self.pointer() + i as u64 * self.elem_type().size;
                Some(Value::at(self.mem, self.types, self.rtype().elem, addr))
            }
            _ => None,
        }
    }

    /// The bytes of a slice or array of one-byte elements, if they are in memory.
    pub fn byte_elems(&self) -> Option<&'a [u8]> {
        if self.elem_type().size != 1 {
            return None;
        }
        match (self.kind(), self.place) {
            (Kind::Slice, _) => Some(self.mem.bytes(self.pointer(), self.len())),
            (Kind::Array, Place::Boxed(a) | Place::Variable(a)) => {
                Some(self.mem.bytes(a, self.len()))
            }
            _ => None,
        }
    }

    /// Number of fields of a struct.
    pub fn num_fields(&self) -> usize {
        self.rtype().fields.len()
    }

    /// The descriptor of field `i` of a struct.
    pub fn field_type(&self, i: usize) -> Option<&'a RField> {
        self.rtype().fields.get(i)
    }

    /// Field `i` of a struct.
    pub fn field(&self, i: usize) -> Option<Value<'a>> {
        let f = self.field_type(i)?;
        Some(self.part(f.ty, u64::from(f.offset)))
    }

    /// The field of the name.
    pub fn field_by_name(&self, name: &str) -> Option<Value<'a>> {
        self.field(self.rtype().fields.iter().position(|f| f.name == name)?)
    }

    /// What an interface holds or a pointer points to; `None` for nil and for other kinds.
    pub fn elem(&self) -> Option<Value<'a>> {
        match self.kind() {
            Kind::Interface => Value::from_iface(
                self.mem,
                self.types,
                TypeIx(self.load::<u64>(0) as u32),
                self.load(8),
            ),
            Kind::Pointer if !self.is_nil() => Some(Value::at(
                self.mem,
                self.types,
                self.rtype().elem,
                self.pointer(),
            )),
            _ => None,
        }
    }

    /// The map, or nil.
    pub fn map(&self) -> MapRef {
        MapRef::from_word(
            self.mem,
            if self.kind() == Kind::Map {
                self.load(0)
            } else {
                0
            },
        )
    }

    /// A map's entries, oldest first: keys and values where they are in the map. Whoever runs Go code in between copies first what is
    /// still needed (`to_iface`) and roots it.
    pub fn map_entries(&self) -> Vec<(Value<'a>, Value<'a>)> {
        let rt = self.rtype();
        let mut out = Vec::with_capacity(self.len());
        let mut it = MapIter::new(self.map(), 0);
        while let Some((k, v)) = it.next() {
            let boxed = |ty, p: *const u8| Value {
                ty,
                place: Place::Boxed(p.expose_provenance() as u64),
                ..*self
            };
            out.push((boxed(rt.key, k), boxed(rt.elem, v)));
        }
        out
    }

    /// A map's entries in the order fmt prints them.
    pub fn map_sorted(&self) -> Vec<(Value<'a>, Value<'a>)> {
        let mut entries = self.map_entries();
        entries.sort_by(|a, b| a.0.compare(&b.0));
        entries
    }

    /// The value of a map's key of the key's type.
    pub fn map_index(&self, key: &Value<'a>) -> Option<Value<'a>> {
        let word;
        let p = match key.place {
            Place::Word(w) => {
                word = w;
                &raw const word as *const u8
            }
            Place::Boxed(a) | Place::Variable(a) => std::ptr::with_exposed_provenance(a as usize),
        };
        let v = self
            .map()
            .get(self.types, p)
            .ok()
            .filter(|v| !v.is_null())?;
        Some(Value {
            ty: self.rtype().elem,
            place: Place::Boxed(v.expose_provenance() as u64),
            ..*self
        })
    }

    /// The order of fmt's sorted maps: numbers, strings and addresses ascending, NaN first, false before true, fields and elements
    /// in turn, nil first, then by type.
    pub fn compare(&self, other: &Value<'a>) -> Ordering {
        if self.ty != other.ty {
            return self.ty.cmp(&other.ty);
        }
        match self.kind() {
            Kind::Bool => self.as_bool().cmp(&other.as_bool()),
            Kind::Int | Kind::Int8 | Kind::Int16 | Kind::Int32 | Kind::Int64 => {
                self.as_i64().cmp(&other.as_i64())
            }
            Kind::Float32 | Kind::Float64 => compare_floats(self.as_f64(), other.as_f64()),
            Kind::Complex64 | Kind::Complex128 => {
                let (a, b) = (self.as_complex(), other.as_complex());
                compare_floats(a.0, b.0).then_with(|| compare_floats(a.1, b.1))
            }
            Kind::String => self.as_bytes().cmp(other.as_bytes()),
            Kind::Array => compare_parts(self.len(), |i| (self.index(i), other.index(i))),
            Kind::Struct => compare_parts(self.num_fields(), |i| (self.field(i), other.field(i))),
            Kind::Interface => match (self.elem(), other.elem()) {
                (None, None) => Ordering::Equal,
                (None, Some(_)) => Ordering::Less,
                (Some(_), None) => Ordering::Greater,
                (Some(a), Some(b)) => a.compare(&b),
            },
            Kind::Pointer | Kind::UnsafePointer | Kind::Chan | Kind::Map | Kind::Func => {
                self.pointer().cmp(&other.pointer())
            }
            _ => self.as_u64().cmp(&other.as_u64()),
        }
    }

    /// Whether it equals a value of the same type, as `==` does; the error is a type without `==`.
    pub fn equals(&self, other: &Value<'a>) -> Result<bool, TypeIx> {
        let (mut a, mut b) = (0, 0);
        let (pa, pb) = (self.bytes_at(&mut a), other.bytes_at(&mut b));
        if self.ty != other.ty {
            Ok(false)
        } else {
            self.mem.eq(self.types, self.ty, pa, pb)
        }
    }

    /// The address of the value's bytes; `word` lends room for a value held here.
    fn bytes_at(&self, word: &mut u64) -> *const u8 {
        match self.place {
            Place::Word(w) => {
                *word = w;
                (&raw const *word).cast()
            }
            Place::Boxed(a) | Place::Variable(a) => std::ptr::with_exposed_provenance(a as usize),
        }
    }

    // ---- going back to Go

    /// The value as an interface's two words: a copy, as Go's conversion makes one; an interface's own content for an interface. `None`
    /// without memory.
    pub fn to_iface(&self, heap: &mut Heap) -> Option<(TypeIx, u64)> {
        let rt = self.rtype();
        if rt.kind == Kind::Interface {
            return Some((TypeIx(self.load::<u64>(0) as u32), self.load(8)));
        }
        if rt.is_direct() {
            return Some((self.ty, self.word()));
        }
        match self.place {
            Place::Boxed(a) => Some((self.ty, a)),
            Place::Variable(a) => {
                let copy = heap.alloc(rt.size as usize, AllocKind::Type(rt));
                let to = copy.expose_provenance() as u64;
                if to == 0 {
                    return None;
                }
                self.mem.copy(to, a, rt.size as usize);
                Some((self.ty, to))
            }
            Place::Word(_) => None,
        }
    }

    /// The bytes of a value of at most 8 bytes as a register or data word holds them.
    fn word(&self) -> u64 {
        let rt = self.rtype();
        match self.place {
            Place::Word(w) => w,
            Place::Boxed(a) | Place::Variable(a) => match rt.repr {
                crate::program::Repr::Mem(_) => {
                    let mut bytes = [0; 8];
                    let n = rt.size.min(8) as usize;
                    bytes[..n].copy_from_slice(self.mem.bytes(a, n));
                    u64::from_le_bytes(bytes)
                }
                scalar => self.mem.load_scalar(a, scalar),
            },
        }
    }
}

fn compare_floats(a: f64, b: f64) -> Ordering {
    a.partial_cmp(&b)
        .unwrap_or_else(|| b.is_nan().cmp(&a.is_nan()))
}

fn compare_parts<'a>(
    n: usize,
    part: impl Fn(usize) -> (Option<Value<'a>>, Option<Value<'a>>),
) -> Ordering {
    for i in 0..n {
        if let (Some(a), Some(b)) = part(i) {
            let ord = a.compare(&b);
            if ord != Ordering::Equal {
                return ord;
            }
        }
    }
    Ordering::Equal
}

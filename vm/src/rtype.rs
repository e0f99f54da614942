//! Run-time type descriptors.
//!
//! Invariants: a `TypeIx` names one Go type of the program: two interface values have the same dynamic type exactly when their type
//! words are equal; index 0 is "no type" (a nil interface). Sizes, alignments and offsets are Go's on amd64. Descriptors are made by the
//! compiler (`compile::types`) from checked types, on demand, and never change.

use crate::bytecode::TypeIx;
use crate::program::{MethodKey, Repr};

/// reflect's kinds, numbered as reflect does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[allow(missing_docs)] // the names are reflect's
#[repr(u8)]
pub enum Kind {
    Invalid,
    Bool,
    Int,
    Int8,
    Int16,
    Int32,
    Int64,
    Uint,
    Uint8,
    Uint16,
    Uint32,
    Uint64,
    Uintptr,
    Float32,
    Float64,
    Complex64,
    Complex128,
    Array,
    Chan,
    Func,
    Interface,
    Map,
    Pointer,
    Slice,
    String,
    Struct,
    UnsafePointer,
}

/// Which 8-byte words of a value may hold pointers, for the collector.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum PtrMap {
    /// No pointers: blocks of such values are not scanned.
    None,
    /// Bit i: word i may be a pointer. For values of at most 64 words.
    Bits(u64),
    /// The same for larger values.
    Long(Box<[u64]>),
    /// An array: `elem`'s map repeated every `words` words, `count` times.
    Repeat {
        /// Words per element.
        words: u32,
        /// Elements.
        count: u64,
        /// The element's map.
        elem: Box<PtrMap>,
    },
}

/// How values of a type are compared and hashed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum EqKind {
    /// Not comparable (func, map, slice, or something that holds one): comparing as an interface panics.
    None,
    /// All `size` bytes, no padding, no floats, strings or interfaces inside.
    Mem,
    /// String contents.
    Str,
    /// Interface values: dynamic types and values.
    Iface,
    /// float32.
    F32,
    /// float64.
    F64,
    /// complex64.
    C64,
    /// complex128.
    C128,
    /// Field by field (blank fields skipped) or element by element.
    Deep,
}

/// A struct field's descriptor.
#[derive(Clone, Debug)]
pub struct RField {
    /// Name.
    pub name: String,
    /// Package path for unexported names, else empty.
    pub pkg: String,
    /// Type.
    pub ty: TypeIx,
    /// Byte offset.
    pub offset: u32,
    /// Whether embedded.
    pub embedded: bool,
    /// Tag.
    pub tag: String,
}

/// A method in a type's exported-and-unexported method set, sorted by name.
#[derive(Clone, Debug)]
pub struct RMethod {
    /// Name.
    pub name: String,
    /// Package path for unexported names, else empty.
    pub pkg: String,
    /// Call identity.
    pub key: MethodKey,
    /// Function type without receiver.
    pub ty: TypeIx,
}

/// A type's descriptor.
#[derive(Clone, Debug)]
pub struct RType {
    /// Its own index.
    pub ix: TypeIx,
    /// The checked type it describes.
    pub lang: lang::types::TypeId,
    /// Kind of the underlying type.
    pub kind: Kind,
    /// Size in bytes.
    pub size: u64,
    /// Alignment in bytes.
    pub align: u8,
    /// Register representation.
    pub repr: Repr,
    /// Pointer map.
    pub ptrs: PtrMap,
    /// Comparison and hashing.
    pub eq: EqKind,
    /// Go's type string: `int`, `[]main.T`, `map[string]interface {}`, `func(int) error`.
    pub name: String,
    /// The declared name alone (`T`), empty for unnamed types.
    pub short_name: String,
    /// Package path of a defined type.
    pub pkg: String,
    /// Element type of arrays, channels, maps, pointers and slices.
    pub elem: TypeIx,
    /// Key type of a map.
    pub key: TypeIx,
    /// Length of an array.
    pub len: u64,
    /// Fields of a struct.
    pub fields: Vec<RField>,
    /// Parameter types of a func.
    pub params: Vec<TypeIx>,
    /// Result types of a func.
    pub results: Vec<TypeIx>,
    /// Whether a func is variadic.
    pub variadic: bool,
    /// Channel direction: 1 receive, 2 send, 3 both (reflect's ChanDir).
    pub chan_dir: u8,
    /// Methods: of an interface its own, of another type its method set.
    pub methods: Vec<RMethod>,
}

impl RType {
    /// Whether an interface stores the value itself in its data word: everything of at most 8 bytes (zero-padded as in a register).
    pub fn is_direct(&self) -> bool {
        self.size <= 8
    }

    /// Slots the value occupies in a frame.
    pub fn slots(&self) -> u16 {
        match self.repr {
            Repr::Zero => 0,
            Repr::Mem(n) => n,
            _ => 1,
        }
    }

    /// Whether a value holds no pointers.
    pub fn is_noscan(&self) -> bool {
        self.ptrs == PtrMap::None
    }
}

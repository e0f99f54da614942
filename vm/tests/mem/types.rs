//! Type descriptors as the compiler would make them, a generator and a few handles.

use lang::types::TypeId;
use vm::bytecode::TypeIx;
use vm::mem::Mem;
use vm::program::Repr;
use vm::rtype::{EqKind, Kind, PtrMap, RField, RType};

/// A program's types.
pub struct Types(pub Vec<RType>);

impl Types {
    pub fn new() -> Types {
        let mut t = Types(Vec::new());
        t.add(Kind::Invalid, 0, 1, PtrMap::None, EqKind::None, "");
        t
    }

    pub fn get(&self, t: TypeIx) -> &RType {
        &self.0[t.0 as usize]
    }

    fn add(
        &mut self,
        kind: Kind,
        size: u64,
        align: u8,
        ptrs: PtrMap,
        eq: EqKind,
        name: &str,
    ) -> TypeIx {
        let ix = TypeIx(self.0.len() as u32);
        let repr = match (kind, size) {
            (_, 0) => Repr::Zero,
            (Kind::Struct | Kind::Array, n) => Repr::Mem(n.div_ceil(8) as u16),
            (Kind::Int8, _) => Repr::I8,
            (Kind::Int16, _) => Repr::I16,
            (Kind::Int32, _) => Repr::I32,
            (_, 1) => Repr::U8,
            (_, 2) => Repr::U16,
            (_, 4) => Repr::U32,
            (_, 8) => Repr::W64,
            (_, n) => Repr::Mem(n.div_ceil(8) as u16),
        };
        self.0.push(RType {
            ix,
            lang: TypeId(0),
            kind,
            size,
            align,
            repr,
            ptrs,
            eq,
            name: name.into(),
            short_name: String::new(),
            pkg: String::new(),
            elem: TypeIx(0),
            key: TypeIx(0),
            len: 0,
            fields: Vec::new(),
            params: Vec::new(),
            results: Vec::new(),
            variadic: false,
            chan_dir: 3,
            methods: Vec::new(),
        });
        ix
    }

    pub fn basic(&mut self, kind: Kind) -> TypeIx {
        let (size, align, eq) = match kind {
            Kind::Bool | Kind::Int8 | Kind::Uint8 => (1, 1, EqKind::Mem),
            Kind::Int16 | Kind::Uint16 => (2, 2, EqKind::Mem),
            Kind::Int32 | Kind::Uint32 => (4, 4, EqKind::Mem),
            Kind::Float32 => (4, 4, EqKind::F32),
            Kind::Float64 => (8, 8, EqKind::F64),
            Kind::Complex64 => (8, 4, EqKind::C64),
            Kind::Complex128 => (16, 8, EqKind::C128),
            Kind::String => (16, 8, EqKind::Str),
            Kind::Interface => (16, 8, EqKind::Iface),
            Kind::Func => (8, 8, EqKind::None),
            _ => (8, 8, EqKind::Mem),
        };
        let ptrs = match kind {
            Kind::String => PtrMap::Bits(0b01),
            Kind::Interface => PtrMap::Bits(0b10),
            Kind::Func => PtrMap::Bits(1),
            _ => PtrMap::None,
        };
        self.add(
            kind,
            size,
            align,
            ptrs,
            eq,
            &format!("{kind:?}").to_lowercase(),
        )
    }

    pub fn pointer(&mut self, elem: TypeIx) -> TypeIx {
        let t = self.add(Kind::Pointer, 8, 8, PtrMap::Bits(1), EqKind::Mem, "*T");
        self.0[t.0 as usize].elem = elem;
        t
    }

    pub fn slice(&mut self, elem: TypeIx) -> TypeIx {
        let t = self.add(Kind::Slice, 24, 8, PtrMap::Bits(1), EqKind::None, "[]T");
        self.0[t.0 as usize].elem = elem;
        t
    }

    pub fn map(&mut self, key: TypeIx, elem: TypeIx) -> TypeIx {
        let t = self.add(Kind::Map, 8, 8, PtrMap::Bits(1), EqKind::None, "map[K]V");
        self.0[t.0 as usize].key = key;
        self.0[t.0 as usize].elem = elem;
        t
    }

    pub fn array(&mut self, elem: TypeIx, len: u64) -> TypeIx {
        let e = self.get(elem).clone();
        let ptrs = match e.ptrs {
            PtrMap::None => PtrMap::None,
            map => PtrMap::Repeat {
                words: (e.size / 8) as u32,
                count: len,
                elem: Box::new(map),
            },
        };
        let eq = match e.eq {
            EqKind::None | EqKind::Mem => e.eq,
            _ => EqKind::Deep,
        };
        let t = self.add(Kind::Array, e.size * len, e.align, ptrs, eq, "[n]T");
        self.0[t.0 as usize].elem = elem;
        self.0[t.0 as usize].len = len;
        t
    }

    /// A struct of named fields; blank ones are called `_`. Pointer-holding fields must be of at most 64 words.
    pub fn structure(&mut self, fields: &[(&str, TypeIx)]) -> TypeIx {
        let (mut at, mut align, mut bits, mut list) = (0, 1, 0, Vec::new());
        for &(name, ty) in fields {
            let f = self.get(ty);
            at = u64::next_multiple_of(at, f.align.into());
            align = align.max(f.align);
            if let PtrMap::Bits(b) = f.ptrs {
                bits |= b << (at / 8);
            }
            list.push(RField {
                name: name.into(),
                pkg: String::new(),
                ty,
                offset: at as u32,
                embedded: false,
                tag: String::new(),
            });
            at += f.size;
        }
        let ptrs = if bits == 0 {
            PtrMap::None
        } else {
            PtrMap::Bits(bits)
        };
        let eq = match fields.iter().any(|f| self.get(f.1).eq == EqKind::None) {
            true => EqKind::None,
            false => EqKind::Deep,
        };
        let t = self.add(
            Kind::Struct,
            at.next_multiple_of(align.into()),
            align,
            ptrs,
            eq,
            "struct",
        );
        self.0[t.0 as usize].fields = list;
        t
    }
}

/// Random numbers.
pub struct Rng(pub u64);

impl Rng {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ z >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ z >> 31
    }

    pub fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}

/// The right to follow the tests' addresses.
pub fn mem() -> Mem {
    // SAFETY: the tests follow only addresses of values they made, of the right types.
    unsafe { Mem::new() }
}

pub fn addr<T>(p: *const T) -> u64 {
    p.expose_provenance() as u64
}

/// How much work a test does: little under an interpreter.
pub fn rounds(n: usize) -> usize {
    if cfg!(miri) { n / 200 + 1 } else { n }
}

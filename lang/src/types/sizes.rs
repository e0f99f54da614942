//! Sizes, alignments and offsets: gc's on a 64-bit machine.

use super::{Basic, Struct, Type, TypeId, Types};
use rustc_hash::FxHashMap;

/// The size of a pointer.
const WORD: i64 = 8;
/// Types may not be larger than this.
pub const MAX_SIZE: i64 = 1 << 50;
/// Types nested deeper than this are instances that grow without end.
const MAX_DEPTH: u32 = 100_000;

fn align_up(n: i64, a: i64) -> i64 {
    n.saturating_add(a - 1) / a * a
}

impl Types {
    /// `unsafe.Alignof`
    pub fn alignof(&self, t: TypeId) -> i64 {
        Sizer::new(self).layout(t).1
    }

    /// `unsafe.Sizeof`; saturates for types that are too large.
    pub fn sizeof(&self, t: TypeId) -> i64 {
        Sizer::new(self).layout(t).0
    }

    /// `unsafe.Offsetof` of each field.
    pub fn offsets(&self, s: &Struct) -> Vec<i64> {
        Sizer::new(self).struct_layout(s).0
    }
}

/// One computation of sizes. A type that contains itself (an error reported elsewhere) counts as empty inside itself.
struct Sizer<'a> {
    types: &'a Types,
    known: FxHashMap<TypeId, (i64, i64)>,
    depth: u32,
}

impl Sizer<'_> {
    fn new(types: &Types) -> Sizer<'_> {
        Sizer {
            types,
            known: FxHashMap::default(),
            depth: 0,
        }
    }

    /// Size and alignment.
    fn layout(&mut self, t: TypeId) -> (i64, i64) {
        let composite = match self.types.under(t) {
            Type::Basic(Basic::Complex64) => return (8, 4),
            Type::Basic(b) => {
                let size = basic_size(b);
                return (size, size.clamp(1, WORD));
            }
            Type::Slice(_) => return (3 * WORD, WORD),
            Type::Interface(_) | Type::TypeParam(_) => return (2 * WORD, WORD),
            Type::Pointer(_) | Type::Map(..) | Type::Chan(..) | Type::Signature(_) => {
                return (WORD, WORD);
            }
            Type::Tuple(_) | Type::Named(_) => return (0, WORD),
            composite => composite,
        };
        if let Some(&layout) = self.known.get(&t) {
            return layout;
        }
        if self.depth > MAX_DEPTH {
            return (0, 1);
        }
        self.known.insert(t, (0, 1));
        self.depth += 1;
        let layout = crate::ast::deep(|| match composite {
            Type::Array(n, e) => {
                let (size, align) = self.layout(e);
                (size.saturating_mul(n.max(0)), align)
            }
            Type::Struct(s) => {
                let (_, size, align) = self.struct_layout(&s);
                (size, align)
            }
            _ => (0, 1),
        });
        self.depth -= 1;
        self.known.insert(t, layout);
        layout
    }

    /// Offsets of the fields, size and alignment.
    fn struct_layout(&mut self, s: &Struct) -> (Vec<i64>, i64, i64) {
        let (mut at, mut align, mut last) = (0i64, 1, 0);
        let mut offsets = Vec::with_capacity(s.fields.len());
        for f in &s.fields {
            let (size, a) = self.layout(f.ty);
            let offset = align_up(at, a);
            offsets.push(offset);
            at = offset.saturating_add(size);
            align = align.max(a);
            last = size;
        }
        if at > 0 && last == 0 {
            // The address of a trailing zero-sized field must stay inside the object.
            at = at.saturating_add(1);
        }
        (offsets, align_up(at, align), align)
    }
}

fn basic_size(b: Basic) -> i64 {
    use Basic::*;
    match b {
        Bool | Int8 | Uint8 | UntypedBool => 1,
        Int16 | Uint16 => 2,
        Int32 | Uint32 | Float32 | UntypedRune => 4,
        String | Complex128 | UntypedString | UntypedComplex => 16,
        Invalid => 0,
        _ => 8,
    }
}

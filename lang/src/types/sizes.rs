//! Sizes, alignments and offsets: gc's on a 64-bit machine.

use super::{Basic, Struct, Type, TypeId, Types};

/// The size of a pointer.
const WORD: i64 = 8;
/// Types may not be larger than this.
pub const MAX_SIZE: i64 = 1 << 50;

fn align_up(n: i64, a: i64) -> i64 {
    n.saturating_add(a - 1) / a * a
}

impl Types {
    /// `unsafe.Alignof`
    pub fn alignof(&self, t: TypeId) -> i64 {
        match self.under(t) {
            Type::Array(_, e) => self.alignof(e),
            Type::Struct(s) => s.fields.iter().map(|f| self.alignof(f.ty)).max().unwrap_or(1),
            Type::Basic(Basic::Complex64) => 4,
            Type::Basic(_) => self.sizeof(t).clamp(1, WORD),
            _ => WORD,
        }
    }

    /// `unsafe.Sizeof`; saturates for types that are too large.
    pub fn sizeof(&self, t: TypeId) -> i64 {
        match self.under(t) {
            Type::Basic(b) => basic_size(b),
            Type::Slice(_) => 3 * WORD,
            Type::Interface(_) | Type::TypeParam(_) => 2 * WORD,
            Type::Array(n, e) if n > 0 => {
                let size = self.sizeof(e);
                if size == 0 { 0 } else { n.saturating_mul(size) }
            }
            Type::Array(..) | Type::Tuple(_) | Type::Named(_) => 0,
            Type::Struct(s) => self.struct_size(t, &s),
            Type::Pointer(_) | Type::Map(..) | Type::Chan(..) | Type::Signature(_) => WORD,
        }
    }

    fn struct_size(&self, t: TypeId, s: &Struct) -> i64 {
        let Some(last) = s.fields.last() else { return 0 };
        let start = self.offsets(s).last().copied().unwrap_or(0);
        let mut size = self.sizeof(last.ty);
        if start > 0 && size == 0 {
            // The address of a trailing zero-sized field must stay inside the object.
            size = 1;
        }
        align_up(start.saturating_add(size), self.alignof(t))
    }

    /// `unsafe.Offsetof` of each field.
    pub fn offsets(&self, s: &Struct) -> Vec<i64> {
        let mut at: i64 = 0;
        let place = |f: &super::StructField| {
            let offset = align_up(at, self.alignof(f.ty));
            at = offset.saturating_add(self.sizeof(f.ty));
            offset
        };
        s.fields.iter().map(place).collect()
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

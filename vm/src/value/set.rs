//! Setting variables through values; each operation says whether the value could be set.

use super::{Place, Value};
use crate::bytecode::TypeIx;
use crate::mem::Pod;
use crate::rtype::Kind;

impl<'a> Value<'a> {
    /// Sets a bool.
    pub fn set_bool(&self, v: bool) -> bool {
        self.set(self.kind() == Kind::Bool, u8::from(v))
    }

    /// Sets an integer of any type to the low bits.
    pub fn set_i64(&self, v: i64) -> bool {
        match self.rtype().size {
            _ if !(Kind::Int..=Kind::Uintptr).contains(&self.kind()) => false,
            1 => self.set(true, v as u8),
            2 => self.set(true, v as u16),
            4 => self.set(true, v as u32),
            _ => self.set(true, v),
        }
    }

    /// Sets an integer of any type to the low bits.
    pub fn set_u64(&self, v: u64) -> bool {
        self.set_i64(v as i64)
    }

    /// Sets a floating-point number.
    pub fn set_f64(&self, v: f64) -> bool {
        match self.kind() {
            Kind::Float32 => self.set(true, v as f32),
            kind => self.set(kind == Kind::Float64, v),
        }
    }

    /// Sets a complex number.
    pub fn set_complex(&self, re: f64, im: f64) -> bool {
        let Some(a) = self.addr() else { return false };
        match self.kind() {
            Kind::Complex64 => {
                self.mem.store(a, re as f32);
                self.mem.store(a + 4, im as f32);
                true
            }
            Kind::Complex128 => {
                self.mem.store(a, re);
                self.mem.store(a + 8, im);
                true
            }
            _ => false,
        }
    }

    /// Sets a string to a Go string (address and length).
    pub fn set_string(&self, p: u64, len: u64) -> bool {
        self.kind() == Kind::String && self.set_words(&[p, len])
    }

    /// Sets a slice to address, length and capacity.
    pub fn set_slice(&self, p: u64, len: u64, cap: u64) -> bool {
        self.kind() == Kind::Slice && self.set_words(&[p, len, cap])
    }

    /// Sets a pointer, channel, map or func.
    pub fn set_pointer(&self, p: u64) -> bool {
        let fits = matches!(
            self.kind(),
            Kind::Pointer | Kind::UnsafePointer | Kind::Chan | Kind::Map | Kind::Func
        );
        self.set(fits, p)
    }

    /// Sets an interface to a type and data word.
    pub fn set_iface(&self, ty: TypeIx, data: u64) -> bool {
        self.kind() == Kind::Interface && self.set_words(&[u64::from(ty.0), data])
    }

    /// Sets the value to one of the same type.
    pub fn set_value(&self, v: &Value<'a>) -> bool {
        let Some(a) = self.addr().filter(|_| self.ty == v.ty) else {
            return false;
        };
        let size = self.rtype().size as usize;
        match v.place {
            Place::Word(w) => self.mem.write(a, &w.to_le_bytes()[..size.min(8)]),
            Place::Boxed(from) | Place::Variable(from) => self.mem.copy(a, from, size),
        }
        true
    }

    /// Exchanges elements `i` and `j` of a slice; says whether there are such elements.
    pub fn swap_elems(&self, i: usize, j: usize) -> bool {
        let addr = |i| self.index(i).and_then(|v| v.addr());
        let (Some(a), Some(b)) = (addr(i), addr(j)) else {
            return false;
        };
        let mut tmp = [0; 64];
        let size = self.elem_type().size;
        let mut at = 0;
        while at < size && a != b {
            let n = (size - at).min(64) as usize;
            tmp[..n].copy_from_slice(self.mem.bytes(a + at, n));
            self.mem.copy(a + at, b + at, n);
            self.mem.write(b + at, &tmp[..n]);
            at += n as u64;
        }
        true
    }

    fn set<T: Pod>(&self, fits: bool, v: T) -> bool {
        match self.addr() {
            Some(a) if fits => {
                self.mem.store(a, v);
                true
            }
            _ => false,
        }
    }

    fn set_words(&self, words: &[u64]) -> bool {
        let Some(a) = self.addr() else { return false };
        for (i, &w) in words.iter().enumerate() {
            self.mem.store(a + 8 * i as u64, w);
        }
        true
    }
}

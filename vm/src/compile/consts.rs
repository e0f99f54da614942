//! Constants: words of the constant pool, static strings, closures and boxed values, and constant values in registers.
//!
//! Invariant: equal words (and equal pairs of words) share a place in the pool; static data is immutable.

use super::Parts;
use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::mem::Heap;
use crate::rtype::Kind;
use lang::constant::Value;
use lang::types::TypeId;
use rustc_hash::FxHashMap;

/// The constant pool's index.
#[derive(Default)]
pub(super) struct ConstPool {
    words: FxHashMap<u64, u32>,
    pairs: FxHashMap<(u64, u64), u32>,
}

impl ConstPool {
    /// A word's place.
    pub(super) fn word(&mut self, parts: &mut Parts<'_>, w: u64) -> Const {
        let consts = &mut parts.program.consts;
        Const(*self.words.entry(w).or_insert_with(|| {
            consts.push(w);
            consts.len() as u32 - 1
        }))
    }

    /// The place of two consecutive words.
    pub(super) fn pair(&mut self, parts: &mut Parts<'_>, a: u64, b: u64) -> Const {
        let consts = &mut parts.program.consts;
        Const(*self.pairs.entry((a, b)).or_insert_with(|| {
            consts.extend([a, b]);
            consts.len() as u32 - 2
        }))
    }
}

/// Bytes as static memory; the address.
pub(super) fn static_bytes(heap: &mut Heap, bytes: &[u8]) -> u64 {
    heap.intern_static_bytes(bytes).addr() as u64
}

impl FuncCompiler<'_, '_> {
    /// d ← i
    pub(super) fn load_i(&mut self, d: Reg, i: i64) {
        self.load_word(d, i as u64);
    }

    /// d ← w
    pub(super) fn load_word(&mut self, d: Reg, w: u64) {
        let op = match i32::try_from(w as i64) {
            Ok(i) => Op::LoadI {
                d: Dst(d),
                imm: Imm32(i),
            },
            Err(_) => Op::LoadC {
                d: Dst(d),
                c: self.word(w),
            },
        };
        self.emit(op);
    }

    /// A word's place in the pool.
    pub(super) fn word(&mut self, w: u64) -> Const {
        self.c.consts.word(self.parts, w)
    }

    /// d, d+1 ← a, b
    pub(super) fn load_pair(&mut self, d: Reg, a: u64, b: u64) {
        let c = self.c.consts.pair(self.parts, a, b);
        self.emit(Op::LoadC2 { d: Dst(d), c });
    }

    /// The words of a constant of type `t` as they stand in registers; at most two.
    pub(super) fn const_words(&mut self, v: &Value, t: TypeId) -> (u64, Option<u64>) {
        match self.kind(t) {
            Kind::String => match v.as_str() {
                Some(s) if !s.is_empty() => {
                    let s = s.clone();
                    (static_bytes(self.parts.heap, &s), Some(s.len() as u64))
                }
                _ => (0, Some(0)),
            },
            Kind::Bool => (u64::from(v.as_bool() == Some(true)), None),
            Kind::Float64 => (v.to_f64().to_bits(), None),
            Kind::Float32 => (u64::from(v.to_f32().to_bits()), None),
            Kind::Complex128 => (
                v.real().to_f64().to_bits(),
                Some(v.imag().to_f64().to_bits()),
            ),
            Kind::Complex64 => {
                let part = |v: Value| u64::from(v.to_f32().to_bits());
                (part(v.real()) | part(v.imag()) << 32, None)
            }
            _ => {
                let i = v.to_int();
                (
                    i.as_i64()
                        .map_or_else(|| i.as_u64().unwrap_or(0), |i| i as u64),
                    None,
                )
            }
        }
    }

    /// d.. ← constant v of type t, boxed if t is an interface.
    pub(super) fn load_const(&mut self, v: &Value, t: TypeId, d: Reg) {
        if self.is_iface(t) {
            let of = self.const_type(v);
            return self.load_boxed_const(v, of, d);
        }
        match self.const_words(v, t) {
            (a, None) => self.load_word(d, a),
            (0, Some(0)) => self.zero(d, 2),
            (a, Some(b)) => self.load_pair(d, a, b),
        }
    }

    /// The default type of an untyped constant.
    fn const_type(&self, v: &Value) -> TypeId {
        match v {
            Value::Bool(_) => TypeId::BOOL,
            Value::String(_) => TypeId::STRING,
            Value::Float(_) => TypeId::FLOAT64,
            Value::Complex(_) => TypeId::COMPLEX128,
            _ => TypeId::INT,
        }
    }

    /// d, d+1 ← interface of the constant v of type t; what does not fit the data word is boxed statically.
    pub(super) fn load_boxed_const(&mut self, v: &Value, t: TypeId, d: Reg) {
        let ix = self.tix(t);
        let data = match self.const_words(v, t) {
            (a, None) => a,
            (a, Some(b)) => {
                let mut bytes = a.to_le_bytes().to_vec();
                bytes.extend(b.to_le_bytes());
                static_bytes(self.parts.heap, &bytes)
            }
        };
        self.load_pair(d, u64::from(ix.0), data);
    }

    /// The address of the closure object of a function without captures.
    pub(super) fn static_closure(&mut self, f: FuncId) -> u64 {
        static_bytes(self.parts.heap, &u64::from(f.0).to_le_bytes())
    }
}

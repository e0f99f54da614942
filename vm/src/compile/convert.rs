//! Conversions T(x).

use super::binary::{Class, class, is_wide};
use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::types::{Type, TypeId};

impl FuncCompiler<'_, '_> {
    /// d.. ← T(x), T being the type of e
    pub(super) fn conversion(&mut self, e: &Expr, x: &Expr, d: Option<Reg>) -> Reg {
        let to = self.type_of(e);
        let from = self.type_of(x);
        if self.is_iface(to) || self.is_nil(x) {
            return match d {
                Some(d) => {
                    self.expr_as_to(x, to, d);
                    d
                }
                None => self.expr_as(x, to),
            };
        }
        if let Some(v) = self.const_of(x) {
            // A constant converted to a type parameter's type is no constant; its value may still be given directly.
            let numeric =
                class(self.kind(to)) != Class::Other && class(self.kind(to)) != Class::Str;
            if numeric && self.const_fits(&v, to) {
                let d = self.dst(d, to);
                self.load_const(&v, to, d);
                return d;
            }
        }
        let (fk, tk) = (self.kind(from), self.kind(to));
        if self.same_representation(fk, tk, from, to) {
            return match d {
                Some(d) => {
                    self.expr_to(x, d);
                    d
                }
                None => self.expr(x),
            };
        }
        let d = self.dst(d, to);
        let m = self.mark();
        self.convert(x, from, to, d);
        self.release(m);
        d
    }

    fn const_fits(&mut self, v: &lang::constant::Value, to: TypeId) -> bool {
        match class(self.kind(to)) {
            Class::Signed | Class::Unsigned => {
                v.to_int().as_i64().is_some() || v.to_int().as_u64().is_some()
            }
            Class::F64 | Class::F32 => !v.to_float().is_unknown(),
            Class::C128 | Class::C64 => !v.to_complex().is_unknown(),
            _ => false,
        }
    }

    fn same_representation(&mut self, fk: Kind, tk: Kind, from: TypeId, to: TypeId) -> bool {
        match (class(fk), class(tk)) {
            (Class::Other, Class::Other)
                if fk == Kind::Slice && matches!(tk, Kind::Array | Kind::Pointer) =>
            {
                false
            }
            (Class::Other, Class::Other) => true,
            (Class::Str, Class::Str) => true,
            (Class::Signed | Class::Unsigned, Class::Signed | Class::Unsigned) => fits(fk, tk),
            (Class::Other, Class::Unsigned) | (Class::Unsigned, Class::Other) => true, // uintptr and unsafe.Pointer
            _ => fk == tk && self.size(from) == self.size(to),
        }
    }

    fn convert(&mut self, x: &Expr, from: TypeId, to: TypeId, d: Reg) {
        let (fk, tk) = (self.kind(from), self.kind(to));
        match (class(fk), class(tk)) {
            (_, Class::Str) => self.string_from(x, from, d),
            (Class::Str, _) => self.elements_of_string(x, to, d),
            _ if fk == Kind::Slice => self.slice_to_array(x, to, d),
            _ => {
                let s = self.expr(x);
                self.convert_number(s, fk, tk, d);
            }
        }
    }

    fn string_from(&mut self, x: &Expr, from: TypeId, d: Reg) {
        let w = self.alloc(3);
        self.expr_to(x, w);
        let f = match self.under(from) {
            Type::Slice(e) if self.size(e) == 1 => StrFn::FromBytes,
            Type::Slice(_) => StrFn::FromRunes,
            _ => StrFn::FromRune,
        };
        self.emit(Op::Str { f, w: Win(w) });
        self.mov(d, w, 2);
    }

    fn elements_of_string(&mut self, x: &Expr, to: TypeId, d: Reg) {
        let w = self.alloc(3);
        self.expr_to(x, w);
        let elem = self.elem(to);
        let f = if self.size(elem) == 1 {
            StrFn::ToBytes
        } else {
            StrFn::ToRunes
        };
        self.emit(Op::Str { f, w: Win(w) });
        self.mov(d, w, 3);
    }

    /// A slice as an array or a pointer to one.
    fn slice_to_array(&mut self, x: &Expr, to: TypeId, d: Reg) {
        let is_ptr = self.kind(to) == Kind::Pointer;
        let array = if is_ptr { self.elem(to) } else { to };
        let Type::Array(n, elem) = self.under(array) else {
            return;
        };
        let w = self.alloc(4);
        self.expr_to(x, w);
        self.load_i(w + 3, n);
        let t = self.tix(elem);
        self.emit(Op::Slice {
            f: SliceFn::ToArrayPtr,
            w: Win(w),
            t,
        });
        if is_ptr {
            self.mov(d, w, 1);
        } else if n > 0 {
            self.load(d, w, 0, array);
        }
    }

    /// d ← the number at s converted between kinds.
    pub(super) fn convert_number(&mut self, s: Reg, fk: Kind, tk: Kind, d: Reg) {
        let (dd, ss) = (Dst(d), Src(s));
        let conv = |f| Op::Conv { f, d: dd, s: ss };
        match (class(fk), class(tk)) {
            (Class::Signed | Class::Unsigned, Class::Signed | Class::Unsigned) => {
                if fits(fk, tk) {
                    self.mov(d, s, 1)
                } else {
                    self.normalise_to(d, s, tk)
                }
            }
            (Class::Signed | Class::Unsigned, Class::F64) => {
                let big = class(fk) == Class::Unsigned && is_wide(fk);
                self.emit(conv(if big { ConvFn::U64F64 } else { ConvFn::I64F64 }));
            }
            (Class::Signed | Class::Unsigned, Class::F32) => {
                let big = class(fk) == Class::Unsigned && is_wide(fk);
                self.emit(conv(if big { ConvFn::U64F32 } else { ConvFn::I64F32 }));
            }
            (from @ (Class::F64 | Class::F32), Class::Signed | Class::Unsigned) => {
                let big = class(tk) == Class::Unsigned && is_wide(tk);
                self.emit(conv(match (from, big) {
                    (Class::F64, false) => ConvFn::F64I64,
                    (Class::F64, true) => ConvFn::F64U64,
                    (_, false) => ConvFn::F32I64,
                    (_, true) => ConvFn::F32U64,
                }));
                if !is_wide(tk) {
                    self.normalise(d, tk);
                }
            }
            (Class::F64, Class::F32) => {
                self.emit(conv(ConvFn::F64F32));
            }
            (Class::F32, Class::F64) => {
                self.emit(conv(ConvFn::F32F64));
            }
            (Class::C128, Class::C64) => {
                self.emit(conv(ConvFn::C128C64));
            }
            (Class::C64, Class::C128) => {
                self.emit(conv(ConvFn::C64C128));
            }
            (Class::C128, _) => self.mov(d, s, 2),
            _ => self.mov(d, s, 1),
        }
    }
}

/// Whether every register value of integer kind `from` is already the register value of kind `to`.
fn fits(from: Kind, to: Kind) -> bool {
    if is_wide(to) || from == to {
        return true;
    }
    let (fb, tb) = (bits(from), bits(to));
    match (class(from), class(to)) {
        (Class::Unsigned, Class::Unsigned) | (Class::Signed, Class::Signed) => fb <= tb,
        (Class::Unsigned, Class::Signed) => fb < tb,
        _ => false,
    }
}

fn bits(k: Kind) -> u32 {
    match k {
        Kind::Int8 | Kind::Uint8 => 8,
        Kind::Int16 | Kind::Uint16 => 16,
        Kind::Int32 | Kind::Uint32 => 32,
        _ => 64,
    }
}

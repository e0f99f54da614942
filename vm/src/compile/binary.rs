//! Binary operators.

use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::types::TypeId;

/// How values of a type are computed with.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Class {
    Signed,
    Unsigned,
    F64,
    F32,
    C128,
    C64,
    Str,
    Other,
}

/// The class of a kind.
pub(super) fn class(k: Kind) -> Class {
    use Kind::*;
    match k {
        Int | Int8 | Int16 | Int32 | Int64 => Class::Signed,
        Uint | Uint8 | Uint16 | Uint32 | Uint64 | Uintptr => Class::Unsigned,
        Float64 => Class::F64,
        Float32 => Class::F32,
        Complex128 => Class::C128,
        Complex64 => Class::C64,
        String => Class::Str,
        _ => Class::Other,
    }
}

/// Whether an integer kind has 64 bits.
pub(super) fn is_wide(k: Kind) -> bool {
    matches!(
        k,
        Kind::Int | Kind::Int64 | Kind::Uint | Kind::Uint64 | Kind::Uintptr
    )
}

/// Chains of so many operators are computed in one register.
const LONG_CHAIN: usize = 16;

/// The most strings that are concatenated at once.
const MOST_PARTS: usize = 200;

impl FuncCompiler<'_, '_> {
    pub(super) fn binary(
        &mut self,
        e: &Expr,
        op: BinaryOp,
        x: &Expr,
        y: &Expr,
        d: Option<Reg>,
    ) -> Reg {
        if op.is_comparison() || matches!(op, BinaryOp::LAnd | BinaryOp::LOr) {
            return self.materialise(e, d);
        }
        let t = self.type_of(e);
        if op == BinaryOp::Add && self.kind(t) == Kind::String {
            return self.concat(e, d);
        }
        if let Some(r) = self.chain(e, t, d) {
            return r;
        }
        let d = self.dst(d, t);
        let m = self.mark();
        if op.is_shift() {
            self.shift(op, x, y, t, d);
        } else if let Some(i) = self.immediate(y, t) {
            let a = self.expr_as(x, t);
            self.arith_imm(op, d, a, i, t);
        } else if let Some(i) = self.immediate(x, t).filter(|_| commutes(op)) {
            let a = self.expr_as(y, t);
            self.arith_imm(op, d, a, i, t);
        } else {
            let (a, b) = self.operands(x, y, t);
            if !self.arith_loaded(op, d, a, b, t, m) {
                self.arith(op, d, a, b, t);
            }
        }
        self.release(m);
        d
    }

    /// A long chain of operators that leans to the left, computed in one register.
    fn chain(&mut self, e: &Expr, t: TypeId, d: Option<Reg>) -> Option<Reg> {
        let mut ops = Vec::new();
        let mut operands = Vec::new();
        let mut x = e;
        while let ExprKind::Binary(op, pos, l, r) = &unparen(x).kind
            && !op.is_shift()
            && self.const_of(x).is_none()
            && !self.is_given(x)
            && !self.is_given(unparen(x))
        {
            ops.push((*op, *pos));
            operands.push(&**r);
            x = l;
        }
        if ops.len() < LONG_CHAIN {
            return None;
        }
        operands.push(x);
        ops.reverse();
        operands.reverse();
        let r = self.dst(d, t);
        let m = self.mark();
        let acc = if d.is_some() { self.alloc_t(t) } else { r };
        self.in_order(&operands, |c, i, y| {
            let Some(&(op, pos)) = i.checked_sub(1).and_then(|i| ops.get(i)) else {
                return c.expr_as_to(y, t, acc);
            };
            let old = c.at(pos);
            let m = c.mark();
            match c.immediate(y, t) {
                Some(n) => c.arith_imm(op, acc, acc, n, t),
                None => {
                    let b = c.expr_as(y, t);
                    c.arith(op, acc, acc, b, t);
                }
            }
            c.release(m);
            c.at(old);
        });
        let n = self.slots(t);
        self.mov(r, acc, n);
        self.release(m);
        Some(r)
    }

    /// d ← a op b for floats of which one has just been loaded into a temporary (from `first` on): one instruction with the load.
    fn arith_loaded(
        &mut self,
        op: BinaryOp,
        d: Reg,
        a: Reg,
        b: Reg,
        t: TypeId,
        first: u32,
    ) -> bool {
        if self.kind(t) != Kind::Float64
            || !matches!(op, BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul)
        {
            return false;
        }
        let Some(&Op::Ld64 {
            d: Dst(loaded),
            p,
            off: Off16(off),
        }) = self.f.code.last()
        else {
            return false;
        };
        let a = match loaded {
            l if l == b && a != b => a,
            l if l == a && a != b && op != BinaryOp::Sub => b,
            _ => return false,
        };
        let at = self.f.code.len() as u32;
        let is_temp = u32::from(loaded) >= first && p.0 != loaded;
        if !is_temp || off % 8 != 0 || off / 8 > 255 || self.f.labels.contains(&at) {
            return false;
        }
        self.f.code.pop();
        let (n, d, a) = (Word8((off / 8) as u8), Dst(d), Src(a));
        self.emit(match op {
            BinaryOp::Add => Op::AddF64Mem { n, d, a, p },
            BinaryOp::Sub => Op::SubF64Mem { n, d, a, p },
            _ => Op::MulF64Mem { n, d, a, p },
        });
        true
    }

    /// The values of both operands, as values of type `t`.
    pub(super) fn operands(&mut self, x: &Expr, y: &Expr, t: TypeId) -> (Reg, Reg) {
        if self.reads_late(x, y) {
            let b = self.expr_as(y, t);
            return (self.expr_as(x, t), b);
        }
        let mut r = [0, 0];
        self.in_order(&[x, y], |c, i, e| r[i] = c.expr_as(e, t));
        (r[0], r[1])
    }

    /// The value of an integer constant that fits an immediate operand.
    pub(super) fn immediate(&mut self, e: &Expr, t: TypeId) -> Option<i64> {
        if self.is_given(e) {
            return None;
        }
        let i = self.const_i64(e)?;
        matches!(class(self.kind(t)), Class::Signed | Class::Unsigned).then_some(i)
    }

    /// d ← a op b for values of type `t`; d is written last.
    pub(super) fn arith(&mut self, op: BinaryOp, d: Reg, a: Reg, b: Reg, t: TypeId) {
        let k = self.kind(t);
        let (dd, a, b) = (Dst(d), Src(a), Src(b));
        let cl = class(k);
        match cl {
            Class::Signed | Class::Unsigned => {
                self.emit(int_op(op, cl == Class::Signed, dd, a, b));
                if !is_wide(k) && may_leave_range(op, cl) {
                    self.normalise(d, k);
                }
            }
            Class::F64 | Class::F32 => {
                self.emit(float_op(op, cl == Class::F64, dd, a, b));
            }
            Class::C128 | Class::C64 => {
                let f = complex_fn(op, cl == Class::C128);
                self.emit(Op::Complex { f, d: dd, a, b });
            }
            Class::Str => {
                self.emit(Op::Cat { d: dd, a, b });
            }
            Class::Other => self.bug(
                "operator on operands without arithmetic",
                lang::source::Span::NONE,
            ),
        }
    }

    /// d ← a op i for an integer type; the general operation if i does not fit an immediate operand.
    pub(super) fn arith_imm(&mut self, op: BinaryOp, d: Reg, a: Reg, i: i64, t: TypeId) {
        let k = self.kind(t);
        let signed = class(k) == Class::Signed;
        match imm_op(op, signed, is_wide(k), Dst(d), Src(a), i) {
            Some(op2) => {
                self.emit(op2);
                if !is_wide(k) && may_leave_range(op, class(k)) {
                    self.normalise(d, k);
                }
            }
            None => {
                let m = self.mark();
                let b = self.alloc(1);
                self.load_i(b, i);
                self.arith(op, d, a, b, t);
                self.release(m);
            }
        }
    }

    /// d ← x << y or x >> y
    fn shift(&mut self, op: BinaryOp, x: &Expr, y: &Expr, t: TypeId, d: Reg) {
        if let Some(n) = self.const_i64(y).filter(|_| !self.is_given(y)) {
            let a = self.expr_as(x, t);
            return self.shift_imm(op, d, a, n, t);
        }
        let yt = self.type_of(y);
        let (a, b) = if self.reads_late(x, y) {
            let b = self.expr(y);
            (self.expr_as(x, t), b)
        } else {
            let a = self.expr_as(x, t);
            (a, self.expr(y))
        };
        self.shift_op(op, d, a, b, t, yt);
    }

    /// d ← a shifted by the value of type `yt` in b
    pub(super) fn shift_op(&mut self, op: BinaryOp, d: Reg, a: Reg, b: Reg, t: TypeId, yt: TypeId) {
        if class(self.kind(yt)) == Class::Signed {
            self.emit(Op::CheckShift { s: Src(b) });
        }
        let k = self.kind(t);
        let (dd, a, b) = (Dst(d), Src(a), Src(b));
        match (op, class(k)) {
            (BinaryOp::Shl, _) => {
                self.emit(Op::Shl { d: dd, a, b });
                if !is_wide(k) {
                    self.normalise(d, k);
                }
            }
            (_, Class::Signed) => {
                self.emit(Op::ShrI64 { d: dd, a, b });
            }
            _ => {
                self.emit(Op::ShrU64 { d: dd, a, b });
            }
        }
    }

    /// d ← a shifted by the constant n
    pub(super) fn shift_imm(&mut self, op: BinaryOp, d: Reg, a: Reg, n: i64, t: TypeId) {
        let k = self.kind(t);
        let (dd, aa) = (Dst(d), Src(a));
        let n = n as u64;
        match (op, class(k)) {
            (BinaryOp::Shl, _) if n >= 64 => self.load_i(d, 0),
            (BinaryOp::Shl, _) => {
                self.emit(Op::ShlI {
                    d: dd,
                    a: aa,
                    imm: Imm16(n as i16),
                });
                if !is_wide(k) {
                    self.normalise(d, k);
                }
            }
            (_, Class::Signed) => {
                self.emit(Op::ShrI {
                    d: dd,
                    a: aa,
                    imm: Imm16(n.min(63) as i16),
                });
            }
            _ if n >= 64 => self.load_i(d, 0),
            _ => {
                self.emit(Op::ShrUI {
                    d: dd,
                    a: aa,
                    imm: Imm16(n as i16),
                });
            }
        }
    }

    /// String concatenation: a whole chain of `+` at once.
    fn concat(&mut self, e: &Expr, d: Option<Reg>) -> Reg {
        let mut parts = Vec::new();
        self.flatten(e, &mut parts);
        let d = self.dst(d, TypeId::STRING);
        let m = self.mark();
        if let [x, y] = parts[..] {
            let (a, b) = self.operands(x, y, TypeId::STRING);
            self.emit(Op::Cat {
                d: Dst(d),
                a: Src(a),
                b: Src(b),
            });
        } else {
            let w = self.alloc(2 * parts.len().min(MOST_PARTS) as u16);
            let mut n = 0;
            self.in_order(&parts, |c, _, x| {
                if usize::from(n) == MOST_PARTS {
                    c.emit(Op::CatN {
                        w: Win(w),
                        n: Count(n),
                    });
                    n = 1;
                }
                c.expr_as_to(x, TypeId::STRING, w + 2 * n);
                n += 1;
            });
            self.emit(Op::CatN {
                w: Win(w),
                n: Count(n),
            });
            self.mov(d, w, 2);
        }
        self.release(m);
        d
    }

    fn flatten<'e>(&mut self, e: &'e Expr, parts: &mut Vec<&'e Expr>) {
        match &unparen(e).kind {
            ExprKind::Binary(BinaryOp::Add, _, x, y)
                if self.const_of(e).is_none()
                    && !self.f.given.contains_key(&e.id)
                    && parts.len() < MOST_PARTS =>
            {
                deep(|| self.flatten(x, parts));
                deep(|| self.flatten(y, parts));
            }
            _ => parts.push(e),
        }
    }
}

/// Whether a op b = b op a.
fn commutes(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Add | BinaryOp::Mul | BinaryOp::And | BinaryOp::Or | BinaryOp::Xor
    )
}

/// Whether the result of an operation on narrow integers may need to be brought back into range.
fn may_leave_range(op: BinaryOp, cl: Class) -> bool {
    match op {
        BinaryOp::Add | BinaryOp::Sub | BinaryOp::Mul | BinaryOp::Shl => true,
        BinaryOp::Div => cl == Class::Signed,
        _ => false,
    }
}

fn int_op(op: BinaryOp, signed: bool, d: Dst, a: Src, b: Src) -> Op {
    match op {
        BinaryOp::Add => Op::AddI64 { d, a, b },
        BinaryOp::Sub => Op::SubI64 { d, a, b },
        BinaryOp::Mul => Op::MulI64 { d, a, b },
        BinaryOp::Div if signed => Op::DivI64 { d, a, b },
        BinaryOp::Div => Op::DivU64 { d, a, b },
        BinaryOp::Rem if signed => Op::RemI64 { d, a, b },
        BinaryOp::Rem => Op::RemU64 { d, a, b },
        BinaryOp::And => Op::And { d, a, b },
        BinaryOp::Or => Op::Or { d, a, b },
        BinaryOp::Xor => Op::Xor { d, a, b },
        BinaryOp::AndNot => Op::AndNot { d, a, b },
        _ => Op::Nop {},
    }
}

fn float_op(op: BinaryOp, double: bool, d: Dst, a: Src, b: Src) -> Op {
    match (op, double) {
        (BinaryOp::Add, true) => Op::AddF64 { d, a, b },
        (BinaryOp::Sub, true) => Op::SubF64 { d, a, b },
        (BinaryOp::Mul, true) => Op::MulF64 { d, a, b },
        (_, true) => Op::DivF64 { d, a, b },
        (BinaryOp::Add, false) => Op::AddF32 { d, a, b },
        (BinaryOp::Sub, false) => Op::SubF32 { d, a, b },
        (BinaryOp::Mul, false) => Op::MulF32 { d, a, b },
        (_, false) => Op::DivF32 { d, a, b },
    }
}

fn complex_fn(op: BinaryOp, double: bool) -> ComplexFn {
    match (op, double) {
        (BinaryOp::Add, true) => ComplexFn::Add128,
        (BinaryOp::Sub, true) => ComplexFn::Sub128,
        (BinaryOp::Mul, true) => ComplexFn::Mul128,
        (_, true) => ComplexFn::Div128,
        (BinaryOp::Add, false) => ComplexFn::Add64,
        (BinaryOp::Sub, false) => ComplexFn::Sub64,
        (BinaryOp::Mul, false) => ComplexFn::Mul64,
        (_, false) => ComplexFn::Div64,
    }
}

/// The instruction for `a op i`, if there is one. Unsigned values of less than 64 bits are never negative, so signed division serves.
fn imm_op(op: BinaryOp, signed: bool, wide: bool, d: Dst, a: Src, i: i64) -> Option<Op> {
    let pow2 = i > 0 && i & (i - 1) == 0;
    if !signed && pow2 && op == BinaryOp::Div {
        return Some(Op::ShrUI {
            d,
            a,
            imm: Imm16(i.trailing_zeros() as i16),
        });
    }
    if op == BinaryOp::Mul && pow2 {
        return Some(Op::ShlI {
            d,
            a,
            imm: Imm16(i.trailing_zeros() as i16),
        });
    }
    let imm = Imm16(i16::try_from(i).ok()?);
    let divides = i != 0 && i != -1 && (signed || !wide);
    Some(match op {
        BinaryOp::Add => Op::AddI { d, a, imm },
        BinaryOp::Sub => Op::AddI {
            d,
            a,
            imm: Imm16(imm.0.checked_neg()?),
        },
        BinaryOp::Mul => Op::MulI { d, a, imm },
        BinaryOp::Div if divides => Op::DivI { d, a, imm },
        BinaryOp::Rem if divides => Op::RemI { d, a, imm },
        BinaryOp::Rem if !signed && pow2 => Op::AndI {
            d,
            a,
            imm: Imm16((i - 1) as i16),
        },
        BinaryOp::And => Op::AndI { d, a, imm },
        BinaryOp::Or => Op::OrI { d, a, imm },
        BinaryOp::Xor => Op::XorI { d, a, imm },
        BinaryOp::AndNot => Op::AndI {
            d,
            a,
            imm: Imm16(!imm.0),
        },
        _ => return None,
    })
}

/// Whether a kind is an integer kind.
pub(super) fn is_integer(k: Kind) -> bool {
    matches!(class(k), Class::Signed | Class::Unsigned)
}

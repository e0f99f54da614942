//! Conditions: comparisons and boolean operators as jumps and as values.

use super::binary::{Class, class, is_wide};
use super::state::{FuncCompiler, Label, Reg};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::types::TypeId;

/// What two operands of a comparison are compared as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Cmp {
    /// Single registers, compared as signed numbers (narrow unsigned ones included) or for equality.
    Int,
    /// Unsigned 64-bit numbers.
    Uint,
    F64,
    F32,
    Str,
    Iface,
    /// By `EqT`.
    Deep,
    Complex(ComplexFn),
    /// Nothing to compare: always equal.
    Zero,
}

impl FuncCompiler<'_, '_> {
    /// Whether `e` is a boolean expression made of parts that jumps evaluate best.
    pub(super) fn is_compound_cond(&self, e: &Expr) -> bool {
        match &unparen(e).kind {
            ExprKind::Binary(op, ..) => {
                op.is_comparison() || matches!(op, BinaryOp::LAnd | BinaryOp::LOr)
            }
            ExprKind::Unary(UnaryOp::Not, x) => self.is_compound_cond(x),
            _ => false,
        }
    }

    /// A boolean expression as a value.
    pub(super) fn materialise(&mut self, e: &Expr, d: Option<Reg>) -> Reg {
        let t = self.type_of(e);
        let d = self.dst(d, t);
        if let ExprKind::Binary(op, _, x, y) = &unparen(e).kind
            && op.is_comparison()
        {
            self.compare(*op, x, y, d);
            return d;
        }
        if let ExprKind::Binary(op, _, x, y) = &unparen(e).kind {
            // d ← x; unless that decides, d ← y
            let end = self.label();
            self.expr_to(x, d);
            let c = Src(d);
            match op {
                BinaryOp::LAnd => self.jump(Op::JmpF { c, to: Jump32(0) }, end),
                _ => self.jump(Op::JmpT { c, to: Jump32(0) }, end),
            }
            self.expr_to(y, d);
            self.bind(end);
            return d;
        }
        if let ExprKind::Unary(UnaryOp::Not, x) = &unparen(e).kind {
            self.expr_to(x, d);
            self.emit(Op::Not {
                d: Dst(d),
                s: Src(d),
            });
        }
        d
    }

    /// Jumps to `l` if the condition is `when`; falls through otherwise.
    pub(super) fn cond(&mut self, e: &Expr, l: Label, when: bool) {
        deep(|| self.cond_inner(e, l, when));
    }

    fn cond_inner(&mut self, e: &Expr, l: Label, when: bool) {
        if let Some(v) = self.const_of(e) {
            if v.as_bool() == Some(when) {
                self.goto(l);
            }
            return;
        }
        match &unparen(e).kind {
            ExprKind::Unary(UnaryOp::Not, x) => return self.cond(x, l, !when),
            ExprKind::Binary(op @ (BinaryOp::LAnd | BinaryOp::LOr), _, x, y) => {
                if (*op == BinaryOp::LAnd) == when {
                    // Both needed: the first that fails decides against the jump.
                    let skip = self.label();
                    self.cond(x, skip, !when);
                    self.cond(y, l, when);
                    self.bind(skip);
                } else {
                    self.cond(x, l, when);
                    self.cond(y, l, when);
                }
                return;
            }
            ExprKind::Binary(op, pos, x, y) if op.is_comparison() => {
                let old = self.at(*pos);
                self.compare_jump(*op, x, y, l, when);
                self.at(old);
                return;
            }
            _ => {}
        }
        let m = self.mark();
        let c = Src(self.expr(e));
        self.jump(
            if when {
                Op::JmpT { c, to: Jump32(0) }
            } else {
                Op::JmpF { c, to: Jump32(0) }
            },
            l,
        );
        self.release(m);
    }

    /// The type both operands of a comparison are brought to.
    fn comparison_type(&mut self, x: &Expr, y: &Expr) -> TypeId {
        let (xt, yt) = (self.type_of(x), self.type_of(y));
        let untyped = |c: &Self, t| c.c.world.types.is_untyped(t);
        if untyped(self, xt) && !untyped(self, yt) || self.is_nil(x) {
            return yt;
        }
        if self.is_iface(yt) && !self.is_iface(xt) && !self.is_nil(y) {
            yt
        } else {
            xt
        }
    }

    fn cmp_of(&mut self, t: TypeId) -> Cmp {
        let k = self.kind(t);
        match class(k) {
            Class::Signed => Cmp::Int,
            Class::Unsigned if !is_wide(k) => Cmp::Int,
            Class::Unsigned => Cmp::Uint,
            Class::F64 => Cmp::F64,
            Class::F32 => Cmp::F32,
            Class::Str => Cmp::Str,
            Class::C128 => Cmp::Complex(ComplexFn::Eq128),
            Class::C64 => Cmp::Complex(ComplexFn::Eq64),
            Class::Other => match k {
                Kind::Interface => Cmp::Iface,
                Kind::Struct | Kind::Array if self.size(t) == 0 => Cmp::Zero,
                Kind::Struct | Kind::Array => Cmp::Deep,
                _ => Cmp::Int,
            },
        }
    }

    pub(super) fn compare_jump(&mut self, op: BinaryOp, x: &Expr, y: &Expr, l: Label, when: bool) {
        let m = self.mark();
        let op = if when { op } else { negated(op) };
        if self.nil_jump(op, x, y, l) {
            self.release(m);
            return;
        }
        let t = self.comparison_type(x, y);
        match self.cmp_of(t) {
            Cmp::Int => self.int_jump(op, x, y, t, l),
            Cmp::Uint => {
                if matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
                    self.int_jump(op, x, y, t, l);
                } else {
                    let (a, b) = self.operands(x, y, t);
                    self.int_jump_op(op, a, b, true, l);
                }
            }
            Cmp::F64 if !matches!(op, BinaryOp::Eq | BinaryOp::Ne) => {
                let (a, b) = self.operands(x, y, t);
                let op = if when { op } else { negated(op) };
                self.f64_jump(op, a, b, when, l);
            }
            _ => {
                let op = if when { op } else { negated(op) };
                let c = self.alloc(1);
                self.compare(op, x, y, c);
                let c = Src(c);
                self.jump(
                    if when {
                        Op::JmpT { c, to: Jump32(0) }
                    } else {
                        Op::JmpF { c, to: Jump32(0) }
                    },
                    l,
                );
            }
        }
        self.release(m);
    }

    /// A comparison with nil (op is = or ≠) is one of the first word with 0; the same for a string with "".
    fn nil_jump(&mut self, op: BinaryOp, x: &Expr, y: &Expr, l: Label) -> bool {
        if !matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            return false;
        }
        let Some((s, word)) = self.zero_test(x, y).or_else(|| self.zero_test(y, x)) else {
            return false;
        };
        let a = Src(self.expr(s) + word);
        let (imm, to) = (Imm16(0), Jump16(0));
        self.jump(
            if op == BinaryOp::Eq {
                Op::JEqI { a, imm, to }
            } else {
                Op::JNeI { a, imm, to }
            },
            l,
        );
        true
    }

    /// If y is nil or the empty string: x and which of its words is zero exactly when they are equal.
    fn zero_test<'e>(&mut self, x: &'e Expr, y: &Expr) -> Option<(&'e Expr, u16)> {
        if self.is_nil(y) && !self.is_nil(x) {
            return Some((x, 0));
        }
        let empty = self
            .const_of(y)
            .is_some_and(|v| v.as_str().is_some_and(|s| s.is_empty()));
        let t = self.type_of(x);
        (empty && self.const_of(x).is_none() && self.kind(t) == Kind::String).then_some((x, 1))
    }

    fn int_jump(&mut self, op: BinaryOp, x: &Expr, y: &Expr, t: TypeId, l: Label) {
        if let Some(i) = self.small(y, t) {
            let a = self.expr_as(x, t);
            return self.imm_jump(op, a, i, l);
        }
        if let Some(i) = self.small(x, t) {
            let a = self.expr_as(y, t);
            return self.imm_jump(mirrored(op), a, i, l);
        }
        let (a, b) = self.operands(x, y, t);
        self.int_jump_op(op, a, b, false, l);
    }

    fn small(&mut self, e: &Expr, t: TypeId) -> Option<i16> {
        let k = self.kind(t);
        if k == Kind::Bool {
            return self.const_of(e).and_then(|v| v.as_bool()).map(i16::from);
        }
        let i = self.immediate(e, t)?;
        i16::try_from(i).ok()
    }

    fn imm_jump(&mut self, op: BinaryOp, a: Reg, i: i16, l: Label) {
        let (a, imm, to) = (Src(a), Imm16(i), Jump16(0));
        let op = match op {
            BinaryOp::Eq => Op::JEqI { a, imm, to },
            BinaryOp::Ne => Op::JNeI { a, imm, to },
            BinaryOp::Lt => Op::JLtI { a, imm, to },
            BinaryOp::Le => Op::JLeI { a, imm, to },
            BinaryOp::Gt => Op::JGtI { a, imm, to },
            _ => Op::JGeI { a, imm, to },
        };
        self.jump(op, l);
    }

    /// Jumps if a op b.
    pub(super) fn int_jump_op(&mut self, op: BinaryOp, a: Reg, b: Reg, unsigned: bool, l: Label) {
        let (x, y, to) = (Src(a), Src(b), Jump16(0));
        let op = match (op, unsigned) {
            (BinaryOp::Eq, _) => Op::JEq { a: x, b: y, to },
            (BinaryOp::Ne, _) => Op::JNe { a: x, b: y, to },
            (BinaryOp::Lt, false) => Op::JLt { a: x, b: y, to },
            (BinaryOp::Le, false) => Op::JLe { a: x, b: y, to },
            (BinaryOp::Gt, false) => Op::JLt { a: y, b: x, to },
            (_, false) => Op::JLe { a: y, b: x, to },
            (BinaryOp::Lt, true) => Op::JLtU { a: x, b: y, to },
            (BinaryOp::Le, true) => Op::JLeU { a: x, b: y, to },
            (BinaryOp::Gt, true) => Op::JLtU { a: y, b: x, to },
            (_, true) => Op::JLeU { a: y, b: x, to },
        };
        self.jump(op, l);
    }

    /// Jumps if (a op b) = when; the negation of an ordered comparison of floats is no ordered comparison.
    fn f64_jump(&mut self, op: BinaryOp, a: Reg, b: Reg, when: bool, l: Label) {
        let (a, b, op) = match op {
            BinaryOp::Gt => (b, a, BinaryOp::Lt),
            BinaryOp::Ge => (b, a, BinaryOp::Le),
            op => (a, b, op),
        };
        let (a, b, to) = (Src(a), Src(b), Jump16(0));
        let op = match (op, when) {
            (BinaryOp::Lt, true) => Op::JLtF64 { a, b, to },
            (BinaryOp::Lt, false) => Op::JNLtF64 { a, b, to },
            (_, true) => Op::JLeF64 { a, b, to },
            (_, false) => Op::JNLeF64 { a, b, to },
        };
        self.jump(op, l);
    }

    /// d ← x op y
    pub(super) fn compare(&mut self, op: BinaryOp, x: &Expr, y: &Expr, d: Reg) {
        let m = self.mark();
        if let Some((s, word)) = self.zero_test(x, y).or_else(|| self.zero_test(y, x))
            && matches!(op, BinaryOp::Eq | BinaryOp::Ne)
        {
            let a = self.expr(s) + word;
            let z = self.alloc(1);
            self.load_i(z, 0);
            self.compare_words(op, a, z, d);
        } else {
            let t = self.comparison_type(x, y);
            if self.cmp_of(t) == Cmp::Deep {
                let n = self.slots(t);
                let w = self.alloc_sum(u32::from(n) * 2);
                self.in_order(&[x, y], |c, i, e| c.expr_as_to(e, t, w + n * i as u16));
                self.compare_window(op, w, t, d);
            } else {
                let (a, b) = self.operands(x, y, t);
                self.compare_regs(op, a, b, t, d);
            }
        }
        self.release(m);
    }

    fn compare_words(&mut self, op: BinaryOp, a: Reg, b: Reg, d: Reg) {
        let (d, a, b) = (Dst(d), Src(a), Src(b));
        self.emit(if op == BinaryOp::Eq {
            Op::EqI64 { d, a, b }
        } else {
            Op::NeI64 { d, a, b }
        });
    }

    fn compare_window(&mut self, op: BinaryOp, w: Reg, t: TypeId, d: Reg) {
        let ix = self.tix(t);
        self.emit(Op::EqT { w: Win(w), t: ix });
        match op {
            BinaryOp::Ne => {
                self.emit(Op::Not {
                    d: Dst(d),
                    s: Src(w),
                });
            }
            _ => self.mov(d, w, 1),
        }
    }

    /// d ← a op b for values of type `t`
    pub(super) fn compare_regs(&mut self, op: BinaryOp, a: Reg, b: Reg, t: TypeId, d: Reg) {
        let cmp = self.cmp_of(t);
        // a > b is b < a
        let (a, b, op) = match op {
            BinaryOp::Gt => (b, a, BinaryOp::Lt),
            BinaryOp::Ge => (b, a, BinaryOp::Le),
            op => (a, b, op),
        };
        let (dd, x, y) = (Dst(d), Src(a), Src(b));
        if op == BinaryOp::Ne && cmp != Cmp::Int && cmp != Cmp::Uint {
            self.compare_regs(BinaryOp::Eq, a, b, t, d);
            self.emit(Op::Not { d: dd, s: Src(d) });
            return;
        }
        let code = match (cmp, op) {
            (Cmp::Int | Cmp::Uint, BinaryOp::Eq) => Op::EqI64 { d: dd, a: x, b: y },
            (Cmp::Int | Cmp::Uint, BinaryOp::Ne) => Op::NeI64 { d: dd, a: x, b: y },
            (Cmp::Int, BinaryOp::Lt) => Op::LtI64 { d: dd, a: x, b: y },
            (Cmp::Int, _) => Op::LeI64 { d: dd, a: x, b: y },
            (Cmp::Uint, BinaryOp::Lt) => Op::LtU64 { d: dd, a: x, b: y },
            (Cmp::Uint, _) => Op::LeU64 { d: dd, a: x, b: y },
            (Cmp::F64, BinaryOp::Eq) => Op::EqF64 { d: dd, a: x, b: y },
            (Cmp::F64, BinaryOp::Lt) => Op::LtF64 { d: dd, a: x, b: y },
            (Cmp::F64, _) => Op::LeF64 { d: dd, a: x, b: y },
            (Cmp::F32, BinaryOp::Eq) => Op::EqF32 { d: dd, a: x, b: y },
            (Cmp::F32, BinaryOp::Lt) => Op::LtF32 { d: dd, a: x, b: y },
            (Cmp::F32, _) => Op::LeF32 { d: dd, a: x, b: y },
            (Cmp::Str, BinaryOp::Eq) => Op::EqStr { d: dd, a: x, b: y },
            (Cmp::Str, BinaryOp::Lt) => Op::LtStr { d: dd, a: x, b: y },
            (Cmp::Str, _) => Op::LeStr { d: dd, a: x, b: y },
            (Cmp::Iface, _) => Op::EqIface { d: dd, a: x, b: y },
            (Cmp::Complex(f), _) => Op::Complex {
                f,
                d: dd,
                a: x,
                b: y,
            },
            (Cmp::Zero, _) => Op::LoadI {
                d: dd,
                imm: Imm32(1),
            },
            (Cmp::Deep, _) => {
                let m = self.mark();
                let n = self.slots(t);
                let w = self.alloc_sum(u32::from(n) * 2);
                self.mov(w, a, n);
                self.mov(w + n, b, n);
                self.compare_window(op, w, t, d);
                self.release(m);
                return;
            }
        };
        self.emit(code);
    }
}

/// The comparison that holds exactly when `op` does not (for total orders).
pub(super) fn negated(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Eq => BinaryOp::Ne,
        BinaryOp::Ne => BinaryOp::Eq,
        BinaryOp::Lt => BinaryOp::Ge,
        BinaryOp::Le => BinaryOp::Gt,
        BinaryOp::Gt => BinaryOp::Le,
        _ => BinaryOp::Lt,
    }
}

/// The comparison with its operands exchanged.
fn mirrored(op: BinaryOp) -> BinaryOp {
    match op {
        BinaryOp::Lt => BinaryOp::Gt,
        BinaryOp::Le => BinaryOp::Ge,
        BinaryOp::Gt => BinaryOp::Lt,
        BinaryOp::Ge => BinaryOp::Le,
        op => op,
    }
}

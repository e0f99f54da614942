//! Expressions.
//!
//! Invariants: `expr` gives any registers that hold the value — a variable's own, when it lives there — good until the variable is
//! assigned or the temporaries are released; `expr_to` evaluates into given registers. Registers of the destination are
//! written only after the last operand has been read, but for what `is_atomic` excludes.

use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::check::Mode;
use lang::types::{ObjId, ObjKind, Type, TypeId};

impl FuncCompiler<'_, '_> {
    /// The value of `e`, wherever it is.
    pub(super) fn expr(&mut self, e: &Expr) -> Reg {
        self.generate(e, None)
    }

    /// d.. ← the value of `e`
    pub(super) fn expr_to(&mut self, e: &Expr, d: Reg) {
        self.generate(e, Some(d));
    }

    /// The value of `e` as a value of type `want` (which it is assignable to).
    pub(super) fn expr_as(&mut self, e: &Expr, want: TypeId) -> Reg {
        self.generate_as(e, want, None)
    }

    /// d.. ← the value of `e` as a value of type `want`
    pub(super) fn expr_as_to(&mut self, e: &Expr, want: TypeId, d: Reg) {
        self.generate_as(e, want, Some(d));
    }

    fn generate_as(&mut self, e: &Expr, want: TypeId, d: Option<Reg>) -> Reg {
        if !self.is_iface(want) {
            return self.generate_const_as(e, want, d);
        }
        let have = self.type_of(e);
        if self.is_iface(have) || have == TypeId::UNTYPED_NIL {
            return self.generate_const_as(e, want, d);
        }
        let d = self.dst(d, want);
        let m = self.mark();
        self.make_iface(e, have, d);
        self.release(m);
        d
    }

    /// As `generate`; a constant and nil take the wanted type.
    fn generate_const_as(&mut self, e: &Expr, want: TypeId, d: Option<Reg>) -> Reg {
        if !self.is_given(e) {
            if let Some(v) = self.const_of(e) {
                return self.const_reg(&v, want, d);
            }
            if self.is_nil(e) {
                let d = self.dst(d, want);
                self.zero_t(d, want);
                return d;
            }
        }
        self.generate(e, d)
    }

    /// Whether `e` is the predeclared nil.
    pub(super) fn is_nil(&self, e: &Expr) -> bool {
        match &unparen(e).kind {
            ExprKind::Ident(id) => self.object(id.id).is_some_and(|o| {
                self.c
                    .world
                    .objects
                    .with(o, |o| matches!(o.kind, ObjKind::Nil))
            }),
            _ => self
                .info()
                .types
                .get(&e.id)
                .is_some_and(|tv| tv.mode == Mode::Nil),
        }
    }

    fn generate(&mut self, e: &Expr, d: Option<Reg>) -> Reg {
        deep(|| self.generate_inner(e, d))
    }

    fn generate_inner(&mut self, e: &Expr, d: Option<Reg>) -> Reg {
        if let Some(&r) = self.f.given.get(&e.id) {
            let t = self.type_of(e);
            return self.deliver(r, t, d);
        }
        if let Some(v) = self.const_of(e) {
            let t = self.type_of(e);
            return self.const_reg(&v, t, d);
        }
        match &e.kind {
            ExprKind::Paren(x) => self.generate(x, d),
            ExprKind::Ident(id) => self.ident(e, id, d),
            ExprKind::FuncLit(lit) => self.func_lit(e.id, lit, d),
            ExprKind::CompositeLit(lit) => self.composite_lit(e, lit, d),
            ExprKind::Selector(x, id) => self.selector(e, x, id, d),
            ExprKind::Index(x, i) => self.index(e, x, i, d),
            ExprKind::Slice(s) => self.slice_expr(e, s, d),
            ExprKind::TypeAssert(x, Some(_)) => self.type_assert(e, x, d),
            ExprKind::Call(c) => self.call(e, c, d),
            ExprKind::Star(x) => self.star(e, x, d),
            ExprKind::Unary(op, x) => self.unary(e, *op, x, d),
            ExprKind::Binary(op, pos, x, y) => {
                let old = self.at(*pos);
                let r = self.binary(e, *op, x, y, d);
                self.at(old);
                r
            }
            _ => {
                self.bug("no value", e.span);
                self.dst(d, TypeId::INT)
            }
        }
    }

    fn ident(&mut self, e: &Expr, id: &Ident, d: Option<Reg>) -> Reg {
        let Some(o) = self.object(id.id) else {
            self.bug("unresolved identifier", id.span);
            return self.dst(d, TypeId::INT);
        };
        match self.c.world.objects.get(o).kind {
            ObjKind::Var(_) => {
                let t = self.c.world.objects.ty(o);
                let t = self.subst(t);
                let pl = self.var_place(o);
                self.read(pl, t, d)
            }
            ObjKind::Func(_) => self.func_value(o, id.id, d),
            ObjKind::Nil => {
                let t = self.type_of(e);
                let d = self.dst(d, t);
                self.zero_t(d, t);
                d
            }
            _ => {
                self.bug("identifier without value", id.span);
                self.dst(d, TypeId::INT)
            }
        }
    }

    /// A declared function as a value.
    pub(super) fn func_value(&mut self, o: ObjId, id: NodeId, d: Option<Reg>) -> Reg {
        let key = self.instance(o, id);
        let f = self.c.func_id(self.parts.program, &key);
        let addr = self.static_closure(f);
        let d = self.dst(d, TypeId::UINTPTR);
        self.load_word(d, addr);
        d
    }

    fn star(&mut self, e: &Expr, x: &Expr, d: Option<Reg>) -> Reg {
        let t = self.type_of(e);
        let d = self.dst(d, t);
        let m = self.mark();
        let p = self.expr(x);
        self.load(d, p, 0, t);
        self.release(m);
        d
    }

    fn unary(&mut self, e: &Expr, op: UnaryOp, x: &Expr, d: Option<Reg>) -> Reg {
        let t = self.type_of(e);
        match op {
            UnaryOp::Plus => self.generate(x, d),
            UnaryOp::Addr => self.address_of(x, d),
            UnaryOp::Recv => self.recv(x, t, d),
            UnaryOp::Not if self.is_compound_cond(x) => self.materialise(e, d),
            UnaryOp::Not | UnaryOp::Neg | UnaryOp::Xor | UnaryOp::Tilde => {
                let d = self.dst(d, t);
                let m = self.mark();
                let s = self.expr(x);
                self.unary_op(op, d, s, t);
                self.release(m);
                d
            }
        }
    }

    fn unary_op(&mut self, op: UnaryOp, d: Reg, s: Reg, t: TypeId) {
        let k = self.kind(t);
        let (dd, ss) = (Dst(d), Src(s));
        match (op, k) {
            (UnaryOp::Not, _) => {
                self.emit(Op::Not { d: dd, s: ss });
            }
            (UnaryOp::Neg, Kind::Float64) => {
                self.emit(Op::NegF64 { d: dd, s: ss });
            }
            (UnaryOp::Neg, Kind::Float32) => {
                self.emit(Op::NegF32 { d: dd, s: ss });
            }
            (UnaryOp::Neg, Kind::Complex128) => {
                self.emit(Op::Complex {
                    f: ComplexFn::Neg128,
                    d: dd,
                    a: ss,
                    b: ss,
                });
            }
            (UnaryOp::Neg, Kind::Complex64) => {
                self.emit(Op::Complex {
                    f: ComplexFn::Neg64,
                    d: dd,
                    a: ss,
                    b: ss,
                });
            }
            (UnaryOp::Neg, k) => {
                self.emit(Op::NegI64 { d: dd, s: ss });
                self.normalise(d, k);
            }
            (_, k) => {
                self.emit(Op::Com { d: dd, s: ss });
                self.normalise(d, k);
            }
        }
    }

    /// Brings a 64-bit result back into the range of an integer kind.
    pub(super) fn normalise(&mut self, d: Reg, k: Kind) {
        self.normalise_to(d, d, k);
    }

    /// d ← s brought into the range of an integer kind; nothing for 64-bit kinds (d must be s then).
    pub(super) fn normalise_to(&mut self, d: Reg, s: Reg, k: Kind) {
        let (dd, ss) = (Dst(d), Src(s));
        match k {
            Kind::Int8 => self.emit(Op::SextI8 { d: dd, s: ss }),
            Kind::Int16 => self.emit(Op::SextI16 { d: dd, s: ss }),
            Kind::Int32 => self.emit(Op::SextI32 { d: dd, s: ss }),
            Kind::Uint8 | Kind::Bool => self.emit(Op::ZextU8 { d: dd, s: ss }),
            Kind::Uint16 => self.emit(Op::ZextU16 { d: dd, s: ss }),
            Kind::Uint32 | Kind::Float32 => self.emit(Op::ZextU32 { d: dd, s: ss }),
            _ => {
                self.mov(d, s, 1);
                0
            }
        };
    }

    /// d ← &x
    fn address_of(&mut self, x: &Expr, d: Option<Reg>) -> Reg {
        let t = self.type_of(x);
        if let ExprKind::CompositeLit(lit) = &unparen(x).kind {
            return self.new_literal(unparen(x), lit, t, d);
        }
        let d = self.dst(d, TypeId::UINTPTR);
        let m = self.mark();
        let pl = self.place(x);
        self.place_addr(pl, t, Some(d));
        self.release(m);
        d
    }

    /// d.. ← <-c
    fn recv(&mut self, c: &Expr, t: TypeId, d: Option<Reg>) -> Reg {
        // In a comma-ok position the recorded type is a tuple; the value is its first component.
        let t = match self.under(t) {
            Type::Tuple(ts) if !ts.is_empty() => self.c.world.types.canonical(ts[0]),
            _ => t,
        };
        let d = self.dst(d, t);
        let m = self.mark();
        let c = self.expr(c);
        self.emit(Op::Recv {
            d: Dst(d),
            c: Src(c),
        });
        self.release(m);
        self.normalise_received(d, t);
        d
    }

    /// A received value's bytes above its size are undefined in sub-word registers: brings them into form.
    pub(super) fn normalise_received(&mut self, d: Reg, t: TypeId) {
        let k = self.kind(t);
        let is_scalar = matches!(k as u8, 1..=14);
        if is_scalar && self.size(t) < 8 {
            self.normalise(d, k);
        }
    }

    /// Evaluates `e` for its effects only.
    pub(super) fn discard(&mut self, e: &Expr) {
        let m = self.mark();
        match &unparen(e).kind {
            ExprKind::Call(c) => self.call_stmt(unparen(e), c),
            ExprKind::Unary(UnaryOp::Recv, c) => {
                let c = self.expr(c);
                self.emit(Op::RecvX { c: Src(c) });
            }
            _ if self.const_of(e).is_some() => {}
            _ if self
                .info()
                .types
                .get(&e.id)
                .is_some_and(|tv| tv.mode == Mode::TypeExpr) => {}
            _ => {
                self.expr(e);
            }
        }
        self.release(m);
    }

    /// Whether evaluating `e` writes its destination only as the last thing it does: everything but struct and array literals
    /// and what jumps evaluate.
    pub(super) fn is_atomic(&self, e: &Expr) -> bool {
        let e = unparen(e);
        match &e.kind {
            ExprKind::CompositeLit(_) => {
                let t = self
                    .info()
                    .types
                    .get(&e.id)
                    .map_or(TypeId::INVALID, |tv| tv.ty);
                !matches!(self.under(self.subst(t)), Type::Struct(_) | Type::Array(..))
            }
            ExprKind::Binary(BinaryOp::LAnd | BinaryOp::LOr, ..) => false,
            ExprKind::Unary(UnaryOp::Not, x) => !self.is_compound_cond(x),
            ExprKind::Call(c) if self.is_conversion(c) => self.is_atomic(&c.args[0]),
            _ => true,
        }
    }
}

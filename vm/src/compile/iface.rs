//! Interface values: making them, asserting their dynamic types, and the comma-ok forms.

use super::state::{FuncCompiler, Label, Reg};
use crate::bytecode::*;
use lang::ast::*;
use lang::types::{Type, TypeId};

impl FuncCompiler<'_, '_> {
    /// d, d+1 ← the value of `e` (of concrete type t) as an interface
    pub(super) fn make_iface(&mut self, e: &Expr, t: TypeId, d: Reg) {
        if !self.is_given(e)
            && let Some(v) = self.const_of(e)
        {
            let t = self.c.world.types.default_type(t);
            return self.load_boxed_const(&v, t, d);
        }
        let n = self.slots(t);
        if n == 1 && self.size(t) <= 8 {
            let s = self.expr(e);
            self.mov(d + 1, s, 1);
        } else if n > 0 {
            let w = self.alloc(n);
            self.expr_to(e, w);
            self.box_window(w, t);
            self.mov(d + 1, w, 1);
        } else {
            self.expr(e);
            self.load_i(d + 1, 0);
        }
        let ix = self.tix(t);
        self.load_i(d, i64::from(ix.0));
    }

    /// d, d+1 ← the value of type t at s as an interface of type `want`
    pub(super) fn value_to_iface(&mut self, s: Reg, t: TypeId, want: TypeId, d: Reg) {
        if self.is_iface(t) || !self.is_iface(want) {
            let n = self.slots(t);
            return self.mov(d, s, n);
        }
        let n = self.slots(t);
        let m = self.mark();
        if n == 1 && self.size(t) <= 8 {
            self.mov(d + 1, s, 1);
        } else if n > 0 {
            let w = self.alloc(n);
            self.mov(w, s, n);
            self.box_window(w, t);
            self.mov(d + 1, w, 1);
        } else {
            self.load_i(d + 1, 0);
        }
        let ix = self.tix(t);
        self.load_i(d, i64::from(ix.0));
        self.release(m);
    }

    /// Panics as a nil dereference if the interface at s is nil.
    pub(super) fn check_iface(&mut self, s: Reg) {
        let ok = self.label();
        self.jump(
            Op::JNeI {
                a: Src(s),
                imm: Imm16(0),
                to: Jump16(0),
            },
            ok,
        );
        self.emit(Op::Trap {
            f: TrapFn::NilDeref,
        });
        self.bind(ok);
    }

    fn box_window(&mut self, w: Reg, t: TypeId) {
        let t = self.tix(t);
        self.emit(Op::Box { w: Win(w), t });
    }

    /// The value of type t behind a data word.
    pub(super) fn unbox(&mut self, data: Reg, t: TypeId, d: Reg) {
        match (self.slots(t), self.size(t)) {
            (0, _) => {}
            (_, n) if n <= 8 => self.mov(d, data, 1),
            _ => self.load(d, data, 0, t),
        }
    }

    /// d.. ← x.(T); T is the first component of the recorded type in a comma-ok position
    pub(super) fn type_assert(&mut self, e: &Expr, x: &Expr, d: Option<Reg>) -> Reg {
        let t = self.first_type(e);
        let d = self.dst(d, t);
        let m = self.mark();
        let static_type = self.type_of(x);
        let s = self.expr(x);
        let (note, ix) = (self.tix(static_type), self.tix(t));
        let old = self.at(x.span.hi);
        self.note(note);
        if self.is_iface(t) {
            self.emit(Op::AssertImpl { s: Src(s), t: ix });
            self.mov(d, s, 2);
        } else {
            self.emit(Op::AssertType { s: Src(s), t: ix });
            self.unbox(s + 1, t, d);
        }
        self.at(old);
        self.release(m);
        d
    }

    /// The recorded type of `e`, or its first component in a comma-ok position.
    pub(super) fn first_type(&mut self, e: &Expr) -> TypeId {
        let t = self.type_of(e);
        match self.under(t) {
            Type::Tuple(ts) if !ts.is_empty() => self.c.world.types.canonical(ts[0]),
            _ => t,
        }
    }

    /// Falls through if the dynamic type of the interface at s is t (or implements it); jumps to `l` otherwise.
    pub(super) fn unless_type(&mut self, s: Reg, t: TypeId, l: Label) {
        let ix = self.tix(t);
        let s = Src(s);
        let op = if self.is_iface(t) {
            Op::SkipIfImpl { s, t: ix }
        } else {
            Op::SkipIfType { s, t: ix }
        };
        self.emit(op);
        self.goto(l);
    }

    /// The value of the interface at s as a value of type t, which has been tested for.
    pub(super) fn extract(&mut self, s: Reg, t: TypeId, d: Reg) {
        if self.is_iface(t) {
            self.mov(d, s, 2)
        } else {
            self.unbox(s + 1, t, d)
        }
    }

    /// Whether `e` gives a value and a bool when assigned to two variables.
    pub(super) fn is_comma_ok(&self, e: &Expr) -> bool {
        match &unparen(e).kind {
            ExprKind::TypeAssert(..) | ExprKind::Unary(UnaryOp::Recv, _) => true,
            ExprKind::Index(x, _) => {
                let t = self
                    .info()
                    .types
                    .get(&x.id)
                    .map_or(TypeId::INVALID, |tv| tv.ty);
                matches!(self.under(self.subst(t)), Type::Map(..))
            }
            _ => false,
        }
    }

    /// d.. ← value, ok ← whether it is there
    pub(super) fn comma_ok(&mut self, e: &Expr, d: Reg, ok: Reg) {
        let e = unparen(e);
        let m = self.mark();
        let t = self.first_type(e);
        match &e.kind {
            ExprKind::TypeAssert(x, _) => {
                let s = self.expr(x);
                let (fail, end) = (self.label(), self.label());
                self.unless_type(s, t, fail);
                self.extract(s, t, d);
                self.load_i(ok, 1);
                self.goto(end);
                self.bind(fail);
                self.zero_t(d, t);
                self.load_i(ok, 0);
                self.bind(end);
            }
            ExprKind::Unary(_, c) => {
                let c = self.expr(c);
                self.emit(Op::Recv2 {
                    d: Dst(d),
                    ok: Dst(ok),
                    c: Src(c),
                });
                self.normalise_received(d, t);
            }
            ExprKind::Index(x, i) => {
                let xt = self.type_of(x);
                let Type::Map(k, _) = self.under(xt) else {
                    return;
                };
                let mp = self.expr(x);
                let k = self.expr_as(&i[0], k);
                let n = self.slots(t);
                let v = self.alloc_sum(u32::from(n) + 1);
                let map = self.tix(xt);
                self.note(map);
                self.emit(Op::MapGet2 {
                    d: Dst(v),
                    m: Src(mp),
                    k: Src(k),
                });
                self.mov(d, v, n);
                self.mov(ok, v + n, 1);
            }
            _ => self.bug("comma-ok form expected", e.span),
        }
        self.release(m);
    }
}

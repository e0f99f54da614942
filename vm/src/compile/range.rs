//! `range` loops.
//!
//! Invariant: the range expression is evaluated once, before the loop; iteration variables that the statement declares are fresh in
//! each iteration.

use super::places::Place;
use super::state::{Binding, FuncCompiler, Label, Reg, Target};
use crate::bytecode::*;
use lang::ast::*;
use lang::symbol::Symbol;
use lang::types::{Type, TypeId};

/// A range loop's labels.
#[derive(Clone, Copy)]
struct Loop {
    label: Option<Symbol>,
    end: Label,
    cont: Label,
}

impl FuncCompiler<'_, '_> {
    pub(super) fn range_stmt(&mut self, id: NodeId, r: &RangeStmt, label: Option<Symbol>) {
        let m = self.mark();
        self.at(r.range_pos);
        let t = self.type_of(&r.x);
        let is_func = matches!(self.under(t), Type::Signature(_));
        let hoisted = if is_func {
            Vec::new()
        } else {
            self.hoist(None, None, &r.body)
        };
        let l = Loop {
            label,
            end: self.label(),
            cont: self.label(),
        };
        match self.under(t) {
            Type::Basic(_) if self.is_string(t) => self.range_string(r, l),
            Type::Basic(_) => self.range_int(r, t, l),
            Type::Slice(e) => {
                let s = self.stable_slice(&r.x, t);
                self.range_elems(r, l, s, e);
            }
            Type::Array(n, e) => self.range_array(r, l, t, n, e),
            Type::Pointer(a) => {
                let Type::Array(n, e) = self.under(a) else {
                    return;
                };
                let s = self.alloc(3);
                self.expr_to(&r.x, s);
                if n > 0 && self.wanted(r.value.as_ref()).is_some() {
                    self.emit(Op::NilCheck { p: Src(s) });
                }
                self.load_i(s + 1, n);
                self.range_elems(r, l, s, e);
            }
            Type::Map(k, v) => self.range_map(r, l, k, v),
            Type::Chan(_, e) => self.range_chan(r, l, e),
            Type::Signature(_) => self.range_func(id, r, t, label),
            _ => self.bug("range over an impossible type", r.x.span),
        }
        self.unhoist(&hoisted);
        self.release(m);
    }

    fn loop_body(&mut self, r: &RangeStmt, l: Loop) {
        let t = Target {
            label: l.label,
            brk: l.end,
            cont: Some(l.cont),
        };
        self.with_target(t, |c| c.block(&r.body.stmts));
    }

    /// Whether an iteration variable is there and not blank.
    fn wanted<'e>(&self, e: Option<&'e Expr>) -> Option<&'e Expr> {
        e.filter(|e| !matches!(&unparen(e).kind, ExprKind::Ident(id) if id.name.is_blank()))
    }

    /// Gives an iteration variable its value of type t; `read` puts it into the given registers, or says where it is.
    pub(super) fn iter_var(
        &mut self,
        e: Option<&Expr>,
        define: bool,
        t: TypeId,
        read: impl FnOnce(&mut Self, Option<Reg>) -> Reg,
    ) {
        let Some(e) = self.wanted(e) else { return };
        if let (true, ExprKind::Ident(id)) = (define, &e.kind) {
            let Some(o) = self.object(id.id) else { return };
            let vt = self.var_type(o);
            if self.c.world.objects.var_kind(o) != Some(lang::types::VarKind::Global) {
                match self.declare_var(o, vt) {
                    Binding::Reg(r) => {
                        read(self, Some(r));
                    }
                    Binding::Cell(c) => {
                        let m = self.mark();
                        let v = read(self, None);
                        if self.size(vt) > 0 {
                            self.store(c, 0, v, vt);
                        }
                        self.release(m);
                    }
                }
                return;
            }
        }
        let m = self.mark();
        let v = read(self, None);
        let want = self.type_of(e);
        let pl = self.target_place(e);
        if self.is_iface(want) && !self.is_iface(t) {
            let i = self.alloc(2);
            self.value_to_iface(v, t, want, i);
            self.write(pl, want, i);
        } else {
            self.write(pl, want, v);
        }
        self.release(m);
    }

    /// Gives both iteration variables their values. Operands of assigned places are evaluated before either is assigned.
    fn iter_vars(
        &mut self,
        r: &RangeStmt,
        (kt, key): (TypeId, impl FnOnce(&mut Self, Option<Reg>) -> Reg),
        (vt, value): (TypeId, impl FnOnce(&mut Self, Option<Reg>) -> Reg),
    ) {
        let both = match (self.wanted(r.key.as_ref()), self.wanted(r.value.as_ref())) {
            (Some(k), Some(v)) if !r.define => Some([k, v]),
            _ => None,
        };
        let Some(both) = both.filter(|b| b.iter().any(|e| self.register_var(e).is_none())) else {
            self.iter_var(r.key.as_ref(), r.define, kt, key);
            return self.iter_var(r.value.as_ref(), r.define, vt, value);
        };
        let m = self.mark();
        let assigned = both.map(|e| self.register_var(e));
        let targets = both.map(|e| {
            let (pl, t) = self.assign_target(e);
            (self.detach(pl, e, &assigned), t)
        });
        let values = [(key(self, None), kt), (value(self, None), vt)];
        for ((pl, want), (v, t)) in targets.into_iter().zip(values) {
            self.assign_value(pl, want, v, t);
        }
        self.release(m);
    }

    /// The register of a declared variable that may serve as the loop's own counter: nobody else changes it.
    fn own_counter(&mut self, e: Option<&Expr>, define: bool) -> Option<Reg> {
        let e = self.wanted(e).filter(|_| define)?;
        let ExprKind::Ident(id) = &e.kind else {
            return None;
        };
        let o = self.object(id.id)?;
        let t = self.var_type(o);
        let global = self.c.world.objects.var_kind(o) == Some(lang::types::VarKind::Global);
        if global || self.esc.is_assigned(o) || self.lives_in_cell(o, t) {
            return None;
        }
        match self.declare_var(o, t) {
            Binding::Reg(r) => Some(r),
            Binding::Cell(_) => None,
        }
    }

    /// A register whose value stays as it is now during the loop.
    fn frozen(&mut self, e: &Expr, t: TypeId) -> Reg {
        if let Some((o, r)) = self.register_var(e)
            && !self.esc.is_assigned(o)
        {
            return r;
        }
        let r = self.alloc_t(t);
        self.expr_as_to(e, t, r);
        r
    }

    fn stable_slice(&mut self, e: &Expr, t: TypeId) -> Reg {
        self.frozen(e, t)
    }

    fn range_int(&mut self, r: &RangeStmt, t: TypeId, l: Loop) {
        let imm = self.const_i64(&r.x).and_then(|n| i16::try_from(n).ok());
        let t = match self.wanted(r.key.as_ref()) {
            Some(k) => self.type_of(k),
            None => self.c.world.types.default_type(t),
        };
        let n = match imm {
            Some(_) => 0,
            None => self.frozen(&r.x, t),
        };
        let own = self.own_counter(r.key.as_ref(), r.define);
        let i = own.unwrap_or_else(|| self.alloc(1));
        self.load_i(i, 0);
        match imm {
            Some(n) if n <= 0 => return,
            Some(_) => {}
            None => self.jump(
                Op::JLeI {
                    a: Src(n),
                    imm: Imm16(0),
                    to: Jump16(0),
                },
                l.end,
            ),
        }
        let body = self.label();
        self.bind(body);
        let m = self.mark();
        if own.is_none() {
            self.iter_var(r.key.as_ref(), r.define, t, |c, d| c.deliver(i, t, d));
        }
        self.loop_body(r, l);
        self.release(m);
        self.bind(l.cont);
        self.at(r.range_pos);
        let (a, to) = (Src(i), Jump16(0));
        match imm {
            Some(n) => self.jump(
                Op::IncJLtI {
                    a,
                    imm: Imm16(n),
                    to,
                },
                body,
            ),
            None => self.jump(Op::IncJLt { a, b: Src(n), to }, body),
        }
        self.bind(l.end);
    }

    /// The elements of the slice at s (pointer and length are enough), whose length is taken now.
    fn range_elems(&mut self, r: &RangeStmt, l: Loop, s: Reg, elem: TypeId) {
        let elem = self.subst(elem);
        self.range_indexed(
            r,
            l,
            s + 1,
            |c, i, d| c.read(Place::Elem { s, i: i.into() }, elem, d),
            elem,
        );
    }

    fn range_indexed(
        &mut self,
        r: &RangeStmt,
        l: Loop,
        n: Reg,
        read: impl FnOnce(&mut Self, Reg, Option<Reg>) -> Reg,
        elem: TypeId,
    ) {
        let own = self.own_counter(r.key.as_ref(), r.define);
        let i = own.unwrap_or_else(|| self.alloc(1));
        self.load_i(i, 0);
        self.jump(
            Op::JLeI {
                a: Src(n),
                imm: Imm16(0),
                to: Jump16(0),
            },
            l.end,
        );
        let body = self.label();
        self.bind(body);
        let m = self.mark();
        if own.is_none() {
            let key = |c: &mut Self, d| c.deliver(i, TypeId::INT, d);
            self.iter_vars(
                r,
                (TypeId::INT, key),
                (elem, |c: &mut Self, d| read(c, i, d)),
            );
        } else {
            self.iter_var(r.value.as_ref(), r.define, elem, |c, d| read(c, i, d));
        }
        self.loop_body(r, l);
        self.release(m);
        self.bind(l.cont);
        self.at(r.range_pos);
        self.jump(
            Op::IncJLt {
                a: Src(i),
                b: Src(n),
                to: Jump16(0),
            },
            body,
        );
        self.bind(l.end);
    }

    fn range_array(&mut self, r: &RangeStmt, l: Loop, t: TypeId, n: i64, elem: TypeId) {
        let elem = self.subst(elem);
        let s = self.alloc(3);
        if self.wanted(r.value.as_ref()).is_none() {
            if self.has_call(&r.x) {
                self.discard(&r.x);
            }
            self.load_i(s + 1, n);
            return self.range_indexed(r, l, s + 1, |_, i, _| i, elem);
        }
        // The range expression is a copy of the array, unless nobody can change it meanwhile.
        let unchanged = match &unparen(&r.x).kind {
            ExprKind::Ident(id) => self.object(id.id).is_some_and(|o| {
                self.c.world.objects.var_kind(o) != Some(lang::types::VarKind::Global)
                    && !self.esc.is_assigned(o)
            }),
            _ => false,
        };
        let pl = self.place(&r.x);
        match pl {
            Place::Reg(at) => {
                let slots = self.slots(t);
                let at = if unchanged {
                    at
                } else {
                    let copy = self.alloc(slots);
                    self.mov(copy, at, slots);
                    copy
                };
                self.load_i(s + 1, n);
                self.range_indexed(
                    r,
                    l,
                    s + 1,
                    |c, i, d| {
                        let i = i.into();
                        c.read(Place::Array { r: at, n, i }, elem, d)
                    },
                    elem,
                );
            }
            _ => {
                if unchanged {
                    self.place_addr(pl, t, Some(s));
                } else {
                    let ix = self.tix(t);
                    let w = self.alloc(2);
                    self.place_addr(pl, t, Some(w + 1));
                    self.emit(Op::New { d: Dst(w), t: ix });
                    self.mov(s, w, 1);
                    self.emit(Op::CopyT { w: Win(w), t: ix });
                }
                self.load_i(s + 1, n);
                self.range_elems(r, l, s, elem);
            }
        }
    }

    fn range_string(&mut self, r: &RangeStmt, l: Loop) {
        let w = self.alloc(5);
        let t = TypeId::STRING;
        self.expr_as_to(&r.x, t, w);
        self.load_i(w + 2, 0);
        self.bind(l.cont);
        self.at(r.range_pos);
        self.jump(
            Op::StrNext {
                w: Win(w),
                to: Jump32(0),
            },
            l.end,
        );
        let m = self.mark();
        let (kt, vt) = (TypeId::INT, TypeId::INT32);
        if r.define {
            self.given_var(r.key.as_ref(), true, kt, w + 3);
            self.given_var(r.value.as_ref(), true, vt, w + 4);
        } else {
            let key = |c: &mut Self, d| c.deliver(w + 3, kt, d);
            self.iter_vars(
                r,
                (kt, key),
                (vt, |c: &mut Self, d| c.deliver(w + 4, vt, d)),
            );
        }
        self.loop_body(r, l);
        self.release(m);
        self.goto(l.cont);
        self.bind(l.end);
    }

    /// An iteration variable whose value each iteration finds in register `at`: that may be the variable itself.
    fn given_var(&mut self, e: Option<&Expr>, define: bool, t: TypeId, at: Reg) {
        if let Some(e) = self.wanted(e).filter(|_| define)
            && let ExprKind::Ident(id) = &e.kind
            && let Some(o) = self.object(id.id)
            && self.c.world.objects.var_kind(o) != Some(lang::types::VarKind::Global)
            && !self.lives_in_cell(o, t)
        {
            self.f.vars.insert(o, Binding::Reg(at));
            return;
        }
        self.iter_var(e, define, t, |c, d| c.deliver(at, t, d));
    }

    fn range_map(&mut self, r: &RangeStmt, l: Loop, k: TypeId, v: TypeId) {
        let (k, v) = (self.subst(k), self.subst(v));
        let w = self.alloc(6);
        let m = self.mark();
        let mp = self.expr(&r.x);
        self.emit(Op::MapIter {
            w: Win(w),
            m: Src(mp),
        });
        self.release(m);
        self.bind(l.cont);
        self.at(r.range_pos);
        self.jump(
            Op::MapNext {
                w: Win(w),
                to: Jump32(0),
            },
            l.end,
        );
        let read = |t: TypeId, p: Reg| {
            move |c: &mut Self, d: Option<Reg>| {
                let d = c.dst(d, t);
                if c.size(t) > 0 {
                    c.load(d, p, 0, t);
                }
                d
            }
        };
        self.iter_vars(r, (k, read(k, w + 4)), (v, read(v, w + 5)));
        self.loop_body(r, l);
        self.goto(l.cont);
        self.bind(l.end);
    }

    fn range_chan(&mut self, r: &RangeStmt, l: Loop, elem: TypeId) {
        let elem = self.subst(elem);
        let ct = self.type_of(&r.x);
        let c = self.frozen(&r.x, ct);
        let d = self.alloc_t(elem);
        self.bind(l.cont);
        self.at(r.range_pos);
        self.jump(
            Op::RangeChan {
                d: Dst(d),
                c: Src(c),
                to: Jump16(0),
            },
            l.end,
        );
        self.normalise_received(d, elem);
        let m = self.mark();
        self.given_var(r.key.as_ref(), r.define, elem, d);
        self.loop_body(r, l);
        self.release(m);
        self.goto(l.cont);
        self.bind(l.end);
    }
}

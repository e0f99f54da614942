//! Assignments.
//!
//! Invariants: the operands of index expressions and pointer indirections on the left and the expressions on the right are evaluated
//! first, then the assignments happen left to right (spec: Assignment statements); what calls nothing is read late, as gc does.

use super::places::{Index, Place};
use super::state::{Binding, FuncCompiler, Reg};
use super::types::BIG_SLOTS;
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::types::{Builtin, ObjId, Type, TypeId, VarKind};

impl FuncCompiler<'_, '_> {
    pub(super) fn assign_stmt(&mut self, a: &AssignStmt) {
        match a.op {
            AssignOp::Op(op) => {
                let m = self.mark();
                self.op_assign(&a.lhs[0], op, &a.rhs[0]);
                self.release(m);
            }
            AssignOp::Define if a.lhs.iter().all(|e| self.is_new(e)) => {
                let names: Vec<Option<ObjId>> = a.lhs.iter().map(|e| self.defined(e)).collect();
                self.define(&names, &a.rhs);
            }
            _ => {
                // Variables that this statement declares keep their registers; temporaries go.
                let fresh: Vec<ObjId> = a
                    .lhs
                    .iter()
                    .filter(|_| a.op == AssignOp::Define)
                    .filter_map(|e| self.defined(e))
                    .collect();
                for o in fresh {
                    if self.c.world.objects.var_kind(o) != Some(VarKind::Global) {
                        let t = self.var_type(o);
                        self.declare_var(o, t);
                    }
                }
                let m = self.mark();
                self.assign(&a.lhs, &a.rhs);
                self.release(m);
            }
        }
    }

    /// The object a left-hand side of `:=` declares, if it does.
    fn defined(&self, e: &Expr) -> Option<ObjId> {
        match &e.kind {
            ExprKind::Ident(id) => self.info().defs.get(&id.id).copied(),
            _ => None,
        }
    }

    fn is_new(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Ident(id) => id.name.is_blank() || self.info().defs.contains_key(&id.id),
            _ => false,
        }
    }

    /// Declares variables with initial values.
    pub(super) fn define(&mut self, names: &[Option<ObjId>], values: &[Expr]) {
        if names.len() != values.len() {
            return self.define_multi(names, &values[0]);
        }
        if let ([Some(o)], [e]) = (names, values) {
            return self.define_one(*o, e);
        }
        // Calls come first; their temporaries lie below the variables, and go with the block.
        let all: Vec<&Expr> = values.iter().collect();
        self.in_order(&all, |c, i, e| match names[i] {
            Some(o) => c.define_one(o, e),
            None => {
                let m = c.mark();
                c.expr(e);
                c.release(m);
            }
        });
    }

    fn define_one(&mut self, o: ObjId, e: &Expr) {
        let t = self.var_type(o);
        if self.c.world.objects.var_kind(o) == Some(VarKind::Global) {
            let m = self.mark();
            if self.slots(t) > BIG_SLOTS {
                let pl = self.var_place(o);
                self.big_copy(pl, e, t);
            } else {
                let v = self.expr_as(e, t);
                let pl = self.var_place(o);
                self.write(pl, t, v);
            }
            self.release(m);
            return;
        }
        if !self.lives_in_cell(o, t) {
            let r = self.alloc_t(t);
            let m = self.mark();
            self.expr_as_to(e, t, r);
            self.release(m);
            self.f.vars.insert(o, Binding::Reg(r));
            return;
        }
        // The cell's registers come first, so that the temporaries above can go.
        let c = self.cell_register(t);
        let m = self.mark();
        if self.slots(t) > BIG_SLOTS {
            self.new_cell(c, t);
            self.big_copy(
                Place::Mem {
                    p: c,
                    off: 0,
                    known: true,
                },
                e,
                t,
            );
        } else {
            let v = self.expr_as(e, t);
            self.new_cell(c, t);
            if self.size(t) > 0 {
                self.store(c, 0, v, t);
            }
        }
        self.release(m);
        self.f.vars.insert(o, Binding::Cell(c));
    }

    pub(super) fn new_cell(&mut self, c: Reg, t: TypeId) {
        let ix = self.tix(t);
        self.emit(Op::New { d: Dst(c), t: ix });
    }

    /// Declares variables with the results of one call or comma-ok form.
    fn define_multi(&mut self, names: &[Option<ObjId>], e: &Expr) {
        let local = |c: &Self, o: ObjId| c.c.world.objects.var_kind(o) != Some(VarKind::Global);
        for o in names.iter().flatten() {
            if local(self, *o) {
                let t = self.var_type(*o);
                self.declare_var(*o, t);
            }
        }
        let m = self.mark();
        let targets: Vec<(Place, TypeId)> = names
            .iter()
            .map(|o| match o {
                Some(o) => (self.var_place(*o), self.var_type(*o)),
                None => (Place::Blank, TypeId::INVALID),
            })
            .collect();
        self.assign_multi(&targets, e);
        self.release(m);
    }

    /// Assigns the values of a call with several results, or of a comma-ok form, to places.
    fn assign_multi(&mut self, targets: &[(Place, TypeId)], e: &Expr) {
        let e = unparen(e);
        if let ExprKind::Call(c) = &e.kind
            && !self.is_comma_ok(e)
        {
            let (w, l) = self.call_multi(c);
            for (&(t, off), &(pl, want)) in l.results.iter().zip(targets) {
                self.assign_value(pl, want, w + off, t);
            }
            return;
        }
        let t = self.first_type(e);
        let (v, v_direct) = match targets[0] {
            (Place::Reg(r), want) if want == t && !self.is_register_operand(e, r) => (r, true),
            _ => (self.alloc_t(t), false),
        };
        let ok = self.alloc(1);
        self.comma_ok(e, v, ok);
        if !v_direct {
            self.assign_value(targets[0].0, targets[0].1, v, t);
        }
        if let Some(&(pl, want)) = targets.get(1) {
            self.assign_value(pl, want, ok, TypeId::BOOL);
        }
    }

    /// Whether register `r` belongs to a variable that `e` reads.
    fn is_register_operand(&self, e: &Expr, r: Reg) -> bool {
        self.f
            .vars
            .iter()
            .any(|(&o, b)| *b == Binding::Reg(r) && self.mentions(e, o))
    }

    /// place ← the value of type t at v
    pub(super) fn assign_value(&mut self, pl: Place, want: TypeId, v: Reg, t: TypeId) {
        if let Place::Blank = pl {
            return;
        }
        let m = self.mark();
        if self.is_iface(want) && !self.is_iface(t) {
            let i = self.alloc(2);
            self.value_to_iface(v, t, want, i);
            self.write(pl, want, i);
        } else {
            self.write(pl, want, v);
        }
        self.release(m);
    }

    fn assign(&mut self, lhs: &[Expr], rhs: &[Expr]) {
        match (lhs, rhs) {
            ([l], [r]) => self.assign_one(l, r),
            (_, [r]) => {
                let targets: Vec<(Place, TypeId)> =
                    lhs.iter().map(|l| self.assign_target(l)).collect();
                self.assign_multi(&targets, r);
            }
            _ => self.assign_tuple(lhs, rhs),
        }
    }

    fn is_blank(&self, e: &Expr) -> bool {
        matches!(&unparen(e).kind, ExprKind::Ident(id) if id.name.is_blank())
    }

    pub(super) fn assign_target(&mut self, e: &Expr) -> (Place, TypeId) {
        if self.is_blank(e) {
            return (Place::Blank, TypeId::INVALID);
        }
        let t = self.first_type(e);
        (self.target_place(e), t)
    }

    /// The local variable in registers that `e` names.
    pub(super) fn register_var(&self, e: &Expr) -> Option<(ObjId, Reg)> {
        let ExprKind::Ident(id) = &unparen(e).kind else {
            return None;
        };
        let o = self.object(id.id)?;
        match self.f.vars.get(&o) {
            Some(&Binding::Reg(r)) => Some((o, r)),
            _ => None,
        }
    }

    fn assign_one(&mut self, l: &Expr, r: &Expr) {
        if self.is_blank(l) {
            return self.blank_value(r);
        }
        let t = self.first_type(l);
        if let Some((o, reg)) = self.register_var(l) {
            return self.assign_register(o, reg, t, l, r);
        }
        if self.slots(t) > BIG_SLOTS {
            let pl = self.target_place(l);
            return self.big_copy(pl, r, t);
        }
        if self.has_call(l) {
            let pl = self.target_place(l);
            let v = self.expr_as(r, t);
            self.write(pl, t, v);
        } else {
            let v = self.expr_as(r, t);
            let pl = self.target_place(l);
            self.write(pl, t, v);
        }
    }

    /// Whether a panic in the middle of an assignment would let others see that the variable has been assigned already.
    fn shows_half(&self, o: ObjId) -> bool {
        self.f.has_defer && self.f.results.iter().any(|x| x.obj == Some(o))
    }

    fn assign_register(&mut self, o: ObjId, reg: Reg, t: TypeId, l: &Expr, r: &Expr) {
        if self.append_in_place(l, r, t, reg) {
            return;
        }
        if self.is_atomic(r) || !self.shows_half(o) && !self.mentions(r, o) {
            self.expr_as_to(r, t, reg);
        } else {
            let v = self.alloc_t(t);
            self.expr_as_to(r, t, v);
            let n = self.slots(t);
            self.mov(reg, v, n);
        }
    }

    /// `s = append(s, v)` for a slice variable in registers and 8-byte elements.
    fn append_in_place(&mut self, l: &Expr, r: &Expr, t: TypeId, reg: Reg) -> bool {
        let ExprKind::Call(c) = &unparen(r).kind else {
            return false;
        };
        if self.builtin_of(c) != Some(Builtin::Append) || c.args.len() != 2 || c.ellipsis.is_some()
        {
            return false;
        }
        let same = self.register_var(&c.args[0]).map(|v| v.0) == self.register_var(l).map(|v| v.0);
        let elem = self.elem(t);
        match self.app64(elem) {
            Some(t16) if same => {
                let v = self.expr_as(&c.args[1], elem);
                let old = self.at(c.fun.span.hi);
                self.emit(Op::App64 {
                    s: Src(reg),
                    v: Src(v),
                    t: t16,
                });
                self.at(old);
                true
            }
            _ => false,
        }
    }

    /// place ← e for values too big for registers: from memory to memory.
    fn big_copy(&mut self, pl: Place, e: &Expr, t: TypeId) {
        let w = self.alloc(2);
        match &unparen(e).kind {
            ExprKind::CompositeLit(lit) => {
                self.new_literal(unparen(e), lit, t, Some(w + 1));
            }
            _ => {
                let from = self.place(e);
                self.place_addr(from, t, Some(w + 1));
            }
        }
        match pl {
            Place::Map { m, k, .. } => {
                self.emit(Op::MapAddr {
                    d: Dst(w),
                    m: Src(m),
                    k: Src(k),
                });
            }
            _ => {
                self.place_addr(pl, t, Some(w));
            }
        }
        let ix = self.tix(t);
        self.emit(Op::CopyT { w: Win(w), t: ix });
    }

    fn assign_tuple(&mut self, lhs: &[Expr], rhs: &[Expr]) {
        let assigned: Vec<Option<(ObjId, Reg)>> =
            lhs.iter().map(|e| self.register_var(e)).collect();
        let mut targets = Vec::with_capacity(lhs.len());
        for l in lhs {
            let (pl, t) = self.assign_target(l);
            targets.push((self.detach(pl, l, &assigned), t));
        }
        let mut values: Vec<Option<Reg>> = vec![None; rhs.len()];
        for (k, r) in rhs.iter().enumerate() {
            let (pl, t) = targets[k];
            if let Place::Blank = pl {
                self.blank_value(r);
                continue;
            }
            let late = assigned[k].filter(|&(o, _)| {
                let once = assigned.iter().flatten().filter(|a| a.0 == o).count() == 1;
                once && !self.shows_half(o) && !rhs[k + 1..].iter().any(|e| self.mentions(e, o))
            });
            // The variable may be assigned at once if nobody reads its old value any more.
            if let Some((_, reg)) = late
                && self.is_atomic(r)
            {
                self.expr_as_to(r, t, reg);
                continue;
            }
            let is_assigned_var = self
                .register_var(r)
                .is_some_and(|(o, _)| assigned.iter().flatten().any(|a| a.0 == o));
            let part =
                self.is_register_part(r) && !is_assigned_var && self.register_var(r).is_none();
            values[k] = Some(if is_assigned_var || part {
                let v = self.alloc_t(t);
                self.expr_as_to(r, t, v);
                v
            } else {
                self.expr_as(r, t)
            });
        }
        for ((pl, t), v) in targets.into_iter().zip(values) {
            if let Some(v) = v {
                self.write(pl, t, v);
            }
        }
    }

    /// A place that does not depend on variables assigned by the same statement.
    pub(super) fn detach(
        &mut self,
        pl: Place,
        l: &Expr,
        assigned: &[Option<(ObjId, Reg)>],
    ) -> Place {
        if self.register_var(l).is_some()
            || !assigned.iter().flatten().any(|&(o, _)| self.mentions(l, o))
        {
            return pl;
        }
        let copy = |c: &mut Self, r: Reg, n: u16| {
            let t = c.alloc(n);
            c.mov(t, r, n);
            t
        };
        match pl {
            Place::Mem { p, off, known } => Place::Mem {
                p: copy(self, p, 1),
                off,
                known,
            },
            Place::Elem { s, i } => {
                let i = Index {
                    r: copy(self, i.r, 1),
                    ..i
                };
                Place::Elem {
                    s: copy(self, s, 3),
                    i,
                }
            }
            Place::Array { r, n, i } => Place::Array {
                r,
                n,
                i: Index {
                    r: copy(self, i.r, 1),
                    ..i
                },
            },
            Place::Map { m, k, t } => {
                let n = self.key_slots(l);
                let m = copy(self, m, 1);
                Place::Map {
                    m,
                    t,
                    k: copy(self, k, n),
                }
            }
            pl => pl,
        }
    }

    fn key_slots(&mut self, l: &Expr) -> u16 {
        let ExprKind::Index(x, _) = &unparen(l).kind else {
            return 1;
        };
        let t = self.type_of(x);
        match self.under(t) {
            Type::Map(k, _) => self.slots(k),
            _ => 1,
        }
    }

    /// `x++` and `x--`
    pub(super) fn inc_dec(&mut self, x: &Expr, inc: bool) {
        let m = self.mark();
        let t = self.first_type(x);
        let op = if inc { BinaryOp::Add } else { BinaryOp::Sub };
        let pl = self.target_place(x);
        let done = self.modify_memory(pl, op, Some(1), None, t);
        if done {
            return self.release(m);
        }
        self.modify(pl, t, |c, d, a| {
            if super::binary::is_integer(c.kind(t)) {
                c.arith_imm(op, d, a, 1, t);
            } else {
                let one = c.alloc_t(t);
                c.load_const(&lang::constant::make_int64(1), t, one);
                c.arith(op, d, a, one, t);
            }
        });
        self.release(m);
    }

    /// Reads a place, computes, and writes the place, whose operands are evaluated already.
    fn modify(&mut self, pl: Place, t: TypeId, compute: impl FnOnce(&mut Self, Reg, Reg)) {
        match pl {
            Place::Reg(r) => compute(self, r, r),
            Place::Map { m, k, .. } => {
                let p = self.alloc(1);
                self.emit(Op::MapAddr {
                    d: Dst(p),
                    m: Src(m),
                    k: Src(k),
                });
                self.modify(
                    Place::Mem {
                        p,
                        off: 0,
                        known: true,
                    },
                    t,
                    compute,
                );
            }
            _ => {
                let v = self.alloc_t(t);
                self.read(pl, t, Some(v));
                compute(self, v, v);
                self.write(pl, t, v);
            }
        }
    }

    /// `mem += b` and `mem -= b` as one instruction, for 64-bit integers and float64 behind a pointer.
    fn modify_memory(
        &mut self,
        pl: Place,
        op: BinaryOp,
        imm: Option<i64>,
        b: Option<Reg>,
        t: TypeId,
    ) -> bool {
        let Place::Mem { p, off, .. } = pl else {
            return false;
        };
        let Ok(off) = u16::try_from(off) else {
            return false;
        };
        let (p, off) = (Src(p), Off16(off));
        let k = self.kind(t);
        let code = match (op, imm, b) {
            (BinaryOp::Add | BinaryOp::Sub, Some(i), _) if super::binary::is_wide(k) => {
                let i = if op == BinaryOp::Sub {
                    i.checked_neg()
                } else {
                    Some(i)
                };
                let Some(imm) = i.and_then(|i| i16::try_from(i).ok()) else {
                    return false;
                };
                Op::AddMemI {
                    p,
                    imm: Imm16(imm),
                    off,
                }
            }
            (BinaryOp::Add, None, Some(s)) if super::binary::is_wide(k) => {
                Op::AddMem { p, s: Src(s), off }
            }
            (BinaryOp::Add, None, Some(s)) if k == Kind::Float64 => {
                Op::AddMemF64 { p, s: Src(s), off }
            }
            (BinaryOp::Sub, None, Some(s)) if k == Kind::Float64 => {
                Op::SubMemF64 { p, s: Src(s), off }
            }
            _ => return false,
        };
        self.emit(code);
        true
    }

    fn op_assign(&mut self, l: &Expr, op: BinaryOp, r: &Expr) {
        let t = self.first_type(l);
        let imm = self.immediate(r, t).filter(|_| !op.is_shift());
        let shift = self.const_i64(r).filter(|_| op.is_shift());
        let rt = self.type_of(r);
        let rhs_type = if op.is_shift() { rt } else { t };
        let constant = imm.is_some() || shift.is_some();
        let mut b = None;
        if !constant && self.has_call(r) && !self.has_call(l) {
            b = Some(self.expr_as(r, rhs_type));
        }
        let pl = self.target_place(l);
        if !constant && b.is_none() {
            b = Some(self.expr_as(r, rhs_type));
        }
        if self.modify_memory(pl, op, imm, b, t) {
            return;
        }
        // A map must not get a new entry if the operation panics.
        let panics = matches!(
            op,
            BinaryOp::Div | BinaryOp::Rem | BinaryOp::Shl | BinaryOp::Shr
        ) && !constant;
        let compute = |c: &mut Self, d: Reg, a: Reg| match (imm, shift, b) {
            (Some(i), ..) => c.arith_imm(op, d, a, i, t),
            (_, Some(n), _) => c.shift_imm(op, d, a, n, t),
            (_, _, Some(b)) if op.is_shift() => c.shift_op(op, d, a, b, t, rt),
            (_, _, Some(b)) => c.arith(op, d, a, b, t),
            _ => {}
        };
        match pl {
            Place::Map { .. } if panics || self.kind(t) == Kind::String => {
                let v = self.alloc_t(t);
                self.read(pl, t, Some(v));
                compute(self, v, v);
                self.write(pl, t, v);
            }
            _ => self.modify(pl, t, compute),
        }
    }
}

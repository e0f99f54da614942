//! `for` statements.
//!
//! Invariants: the condition is tested at the bottom (and once before the first iteration); a clause variable that lives in a heap
//! cell gets a fresh cell with its value before each post statement (spec: For statements with for clause).

use super::state::{Binding, FuncCompiler, Label, Reg, Target};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::symbol::Symbol;
use lang::types::{Builtin, ObjId};

/// The bound of a counting loop.
pub(super) enum Bound {
    Reg(Reg),
    Imm(i16),
}

impl FuncCompiler<'_, '_> {
    pub(super) fn for_stmt(&mut self, f: &ForStmt, label: Option<Symbol>) {
        let m = self.mark();
        if let Some(init) = &f.init {
            self.stmt(init);
        }
        let hoisted = self.hoist(f.cond.as_ref(), f.post.as_ref(), &f.body);
        let (body, cont, end) = (self.label(), self.label(), self.label());
        let test = self.label();
        let duplicate = f.cond.as_ref().is_some_and(|c| self.is_cheap(c));
        match &f.cond {
            Some(c) if duplicate => {
                self.at(c.span.lo);
                self.cond(c, end, false);
            }
            Some(_) => self.goto(test),
            None => {}
        }
        self.bind(body);
        self.with_target(
            Target {
                label,
                brk: end,
                cont: Some(cont),
            },
            |c| c.block(&f.body.stmts),
        );
        self.bind(cont);
        if let Some(init) = &f.init {
            self.renew_cells(init);
        }
        let fused = match (&f.post, &f.cond) {
            (Some(p), Some(c)) => self.fused_step(p, c, body),
            _ => false,
        };
        if !fused {
            if let Some(p) = &f.post {
                self.stmt(p);
            }
            self.bind(test);
            match &f.cond {
                Some(c) => {
                    self.at(c.span.lo);
                    self.cond(c, body, true);
                }
                None => self.goto(body),
            }
        } else {
            self.bind(test);
        }
        self.bind(end);
        self.unhoist(&hoisted);
        self.release(m);
    }

    /// Whether a condition is worth testing in two places.
    fn is_cheap(&self, e: &Expr) -> bool {
        match &unparen(e).kind {
            ExprKind::Binary(op, _, x, y) if op.is_comparison() => {
                !self.has_call(x) && !self.has_call(y)
            }
            ExprKind::Binary(_, _, x, y) => self.is_cheap(x) && self.is_cheap(y),
            ExprKind::Ident(_) => true,
            ExprKind::Unary(UnaryOp::Not, x) => self.is_cheap(x),
            _ => false,
        }
    }

    fn renew_cells(&mut self, init: &Stmt) {
        let StmtKind::Assign(a) = &init.kind else {
            return;
        };
        for e in &a.lhs {
            let ExprKind::Ident(id) = &e.kind else {
                continue;
            };
            let Some(o) = self.info().defs.get(&id.id).copied() else {
                continue;
            };
            self.renew_cell(o);
        }
    }

    /// A fresh cell with the same value for a variable that lives in one.
    fn renew_cell(&mut self, o: ObjId) {
        let t = self.var_type(o);
        let Some(&Binding::Cell(r)) = self.f.vars.get(&o) else {
            return;
        };
        // A big variable that nobody captures or points to need not be copied.
        if !self.esc.needs_cell(o) || self.size(t) == 0 {
            return;
        }
        let m = self.mark();
        if self.slots(t) > super::types::BIG_SLOTS {
            let w = self.alloc(2);
            self.mov(w + 1, r, 1);
            self.new_cell(r, t);
            self.mov(w, r, 1);
            let ix = self.tix(t);
            self.emit(Op::CopyT { w: Win(w), t: ix });
        } else {
            let v = self.alloc_t(t);
            self.load(v, r, 0, t);
            self.new_cell(r, t);
            self.store(r, 0, v, t);
        }
        self.release(m);
    }

    /// `i++` and `i < n` as one instruction at the bottom of the loop.
    fn fused_step(&mut self, post: &Stmt, cond: &Expr, body: Label) -> bool {
        let StmtKind::IncDec(x, true) = &post.kind else {
            return false;
        };
        let Some((o, i)) = self.register_var(x) else {
            return false;
        };
        let t = self.var_type(o);
        if !matches!(self.kind(t), Kind::Int | Kind::Int64) {
            return false;
        }
        let ExprKind::Binary(op @ (BinaryOp::Lt | BinaryOp::Le), _, a, b) = &unparen(cond).kind
        else {
            return false;
        };
        if self.register_var(a).map(|v| v.0) != Some(o) {
            return false;
        }
        let Some(bound) = self.bound_operand(b, *op == BinaryOp::Le) else {
            return false;
        };
        self.at(post.span.lo);
        let (a, to) = (Src(i), Jump16(0));
        let op = match (bound, op) {
            (Bound::Imm(n), _) => Op::IncJLtI {
                a,
                imm: Imm16(n),
                to,
            },
            (Bound::Reg(b), BinaryOp::Lt) => Op::IncJLt { a, b: Src(b), to },
            (Bound::Reg(b), _) => Op::IncJLe { a, b: Src(b), to },
        };
        self.jump(op, body);
        true
    }

    /// A bound that is an immediate (plus one if inclusive) or in a register without computing anything.
    fn bound_operand(&mut self, e: &Expr, inclusive: bool) -> Option<Bound> {
        if let Some(n) = self.const_i64(e) {
            let imm = n
                .checked_add(i64::from(inclusive))
                .and_then(|n| i16::try_from(n).ok());
            return imm
                .map(Bound::Imm)
                .or_else(|| self.f.hoisted.get(&(n as u64)).map(|&r| Bound::Reg(r)));
        }
        if let Some((_, r)) = self.register_var(e) {
            return Some(Bound::Reg(r));
        }
        let ExprKind::Call(c) = &unparen(e).kind else {
            return None;
        };
        if self.builtin_of(c) != Some(Builtin::Len) {
            return None;
        }
        let (o, r) = self.register_var(&c.args[0])?;
        let t = self.var_type(o);
        matches!(self.kind(t), Kind::Slice | Kind::String).then_some(Bound::Reg(r + 1))
    }
}

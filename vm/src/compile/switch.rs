//! `switch` and type switch.

use super::state::{Binding, FuncCompiler, Label, Reg, Target};
use crate::bytecode::*;
use lang::ast::*;
use lang::symbol::Symbol;
use lang::types::TypeId;

/// A jump table must pay: so many cases at least, and not many more entries than cases.
const TABLE_CASES: usize = 5;

impl FuncCompiler<'_, '_> {
    pub(super) fn switch_stmt(&mut self, w: &SwitchStmt, label: Option<Symbol>) {
        let m = self.mark();
        if let Some(init) = &w.init {
            self.stmt(init);
        }
        let end = self.label();
        let bodies: Vec<Label> = w.clauses.iter().map(|_| self.label()).collect();
        let default = w
            .clauses
            .iter()
            .position(|c| c.is_default)
            .map_or(end, |i| bodies[i]);
        match &w.tag {
            Some(tag) => self.dispatch(tag, &w.clauses, &bodies, default),
            None => {
                for (c, &body) in w.clauses.iter().zip(&bodies) {
                    for e in &c.exprs {
                        self.at(e.span.lo);
                        self.cond(e, body, true);
                    }
                }
                self.goto(default);
            }
        }
        self.with_target(
            Target {
                label,
                brk: end,
                cont: None,
            },
            |c| c.clause_bodies(&w.clauses, &bodies, end),
        );
        self.bind(end);
        self.release(m);
    }

    fn clause_bodies(&mut self, clauses: &[CaseClause], bodies: &[Label], end: Label) {
        for (i, c) in clauses.iter().enumerate() {
            self.bind(bodies[i]);
            self.block(&c.body);
            let falls = matches!(
                c.body.last().map(|s| &s.kind),
                Some(StmtKind::Branch(BranchKind::Fallthrough, _))
            );
            if !falls && i + 1 < clauses.len() {
                self.goto(end);
            }
        }
    }

    fn dispatch(&mut self, tag: &Expr, clauses: &[CaseClause], bodies: &[Label], default: Label) {
        let t = self.type_of(tag);
        let t = self.c.world.types.default_type(t);
        if self.const_of(tag).is_none() && self.jump_table(tag, t, clauses, bodies, default) {
            return;
        }
        let r = match self.register_var(tag) {
            Some((_, r)) => r,
            None => {
                let r = self.alloc_t(t);
                self.expr_as_to(tag, t, r);
                r
            }
        };
        let known = self.const_of(tag).is_some();
        for (c, &body) in clauses.iter().zip(bodies) {
            for e in &c.exprs {
                self.at(e.span.lo);
                if known {
                    self.compare_tag(tag, r, t, e, body);
                } else {
                    let old = self.f.given.insert(tag.id, r);
                    self.compare_case(tag, e, body);
                    match old {
                        Some(v) => self.f.given.insert(tag.id, v),
                        None => self.f.given.remove(&tag.id),
                    };
                }
            }
        }
        self.goto(default);
    }

    /// Compares a constant tag, whose value is in r.
    fn compare_tag(&mut self, _: &Expr, r: Reg, t: TypeId, e: &Expr, body: Label) {
        let m = self.mark();
        let b = self.expr_as(e, t);
        let c = self.alloc(1);
        self.compare_regs(BinaryOp::Eq, r, b, t, c);
        self.jump(
            Op::JmpT {
                c: Src(c),
                to: Jump32(0),
            },
            body,
        );
        self.release(m);
    }

    /// A jump table, if all cases are constants close to one another.
    fn jump_table(
        &mut self,
        tag: &Expr,
        t: TypeId,
        clauses: &[CaseClause],
        bodies: &[Label],
        default: Label,
    ) -> bool {
        if !super::binary::is_integer(self.kind(t)) {
            return false;
        }
        let mut cases = Vec::new();
        for (c, &body) in clauses.iter().zip(bodies) {
            for e in &c.exprs {
                match self.const_i64(e) {
                    Some(n) => cases.push((n, body)),
                    None => return false,
                }
            }
        }
        if cases.len() < TABLE_CASES {
            return false;
        }
        let lo = cases.iter().map(|c| c.0).min().unwrap_or(0);
        let hi = cases.iter().map(|c| c.0).max().unwrap_or(0);
        let Some(span) = hi
            .checked_sub(lo)
            .filter(|&s| s >= 0 && (s as usize) < cases.len() * 3)
        else {
            return false;
        };
        let mut labels = vec![default; span as usize + 2];
        cases
            .iter()
            .rev()
            .for_each(|&(n, l)| labels[(n - lo) as usize] = l);
        let m = self.mark();
        let mut s = self.expr_as(tag, t);
        if lo != 0 {
            let d = self.alloc(1);
            self.arith_imm(BinaryOp::Sub, d, s, lo, TypeId::INT);
            s = d;
        }
        let table = Table(self.p().tables.len() as u32);
        self.p().tables.push(Box::default());
        let at = self.emit(Op::JmpTable {
            s: Src(s),
            t: table,
        });
        self.f.tables.push((at, table, labels));
        self.release(m);
        true
    }

    pub(super) fn type_switch(&mut self, w: &TypeSwitchStmt, label: Option<Symbol>) {
        let m = self.mark();
        if let Some(init) = &w.init {
            self.stmt(init);
        }
        let xt = self.type_of(&w.x);
        let s = match self.register_var(&w.x) {
            Some((o, r)) if !self.esc.is_assigned(o) => r,
            _ => {
                let s = self.alloc(2);
                self.expr_as_to(&w.x, xt, s);
                s
            }
        };
        let end = self.label();
        let bodies: Vec<Label> = w.clauses.iter().map(|_| self.label()).collect();
        let default = w
            .clauses
            .iter()
            .position(|c| c.is_default)
            .map_or(end, |i| bodies[i]);
        for (c, &body) in w.clauses.iter().zip(&bodies) {
            for e in &c.exprs {
                self.at(e.span.lo);
                if self.is_nil(e) {
                    self.jump(
                        Op::JEqI {
                            a: Src(s),
                            imm: Imm16(0),
                            to: Jump16(0),
                        },
                        body,
                    );
                    continue;
                }
                let t = self.type_of(e);
                let next = self.label();
                self.unless_type(s, t, next);
                self.goto(body);
                self.bind(next);
            }
        }
        self.goto(default);
        self.with_target(
            Target {
                label,
                brk: end,
                cont: None,
            },
            |f| {
                for (i, c) in w.clauses.iter().enumerate() {
                    f.bind(bodies[i]);
                    let m = f.mark();
                    f.bind_clause(c, s, xt);
                    f.block(&c.body);
                    f.release(m);
                    if i + 1 < w.clauses.len() {
                        f.goto(end);
                    }
                }
            },
        );
        self.bind(end);
        self.release(m);
    }

    /// The clause's variable: of the case's type if there is one only, else of the operand's.
    fn bind_clause(&mut self, c: &CaseClause, s: Reg, xt: TypeId) {
        let Some(o) = self.info().implicits.get(&c.id).copied() else {
            return;
        };
        let single = match &c.exprs[..] {
            [e] if !self.is_nil(e) => Some(self.type_of(e)),
            _ => None,
        };
        let t = self.var_type(o);
        match self.declare_var(o, t) {
            Binding::Reg(r) => match single {
                Some(t) => self.extract(s, t, r),
                None => self.extract(s, xt, r),
            },
            Binding::Cell(cell) => {
                let m = self.mark();
                let v = self.alloc_t(t);
                self.extract(s, single.unwrap_or(xt), v);
                if self.size(t) > 0 {
                    self.store(cell, 0, v, t);
                }
                self.release(m);
            }
        }
    }

    /// Jumps to `body` if the case expression equals the tag.
    fn compare_case(&mut self, tag: &Expr, e: &Expr, body: Label) {
        self.compare_jump(BinaryOp::Eq, tag, e, body, true);
    }
}

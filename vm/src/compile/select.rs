//! `select`.
//!
//! Invariants: channel operands and values to send are evaluated once, in source order, before anything is chosen; no case
//! is `Block`, one case is the plain operation, one case and a default is the non-blocking operation.

use super::state::{FuncCompiler, Label, Reg, Target};
use crate::bytecode::*;
use crate::program::{SelectCase, SelectDesc};
use lang::ast::*;
use lang::symbol::Symbol;
use lang::types::{Type, TypeId};

/// A case whose operands have been evaluated.
struct Case<'e> {
    clause: &'e CommClause,
    chan: Reg,
    /// The value to send, or where the received one goes.
    value: Reg,
    elem: TypeId,
    send: bool,
}

impl FuncCompiler<'_, '_> {
    pub(super) fn select_stmt(&mut self, w: &SelectStmt, label: Option<Symbol>) {
        let m = self.mark();
        let end = self.label();
        let default = w.clauses.iter().find(|c| c.comm.is_none());
        let n = w.clauses.iter().filter(|c| c.comm.is_some()).count();
        self.with_target(
            Target {
                label,
                brk: end,
                cont: None,
            },
            |c| match (n, default) {
                (0, None) => {
                    c.emit(Op::Block {});
                }
                (0, Some(d)) => c.block(&d.body),
                (1, None) => c.single(&w.clauses[0]),
                (1, Some(d)) => c.try_one(w, d, end),
                _ => c.choose(w, default, end),
            },
        );
        self.bind(end);
        self.release(m);
    }

    /// One case and nothing else: a plain statement.
    fn single(&mut self, c: &CommClause) {
        let m = self.mark();
        if let Some(s) = &c.comm {
            self.stmt(s);
        }
        self.block(&c.body);
        self.release(m);
    }

    fn evaluate<'e>(&mut self, c: &'e CommClause) -> Option<Case<'e>> {
        let comm = c.comm.as_deref()?;
        self.at(comm.span.lo);
        if let StmtKind::Send(ch, _, v) = &comm.kind {
            let t = self.type_of(ch);
            let elem = self.elem(t);
            let chan = self.alloc(1);
            self.expr_to(ch, chan);
            let value = self.alloc_t(elem);
            self.expr_as_to(v, elem, value);
            return Some(Case {
                clause: c,
                chan,
                value,
                elem,
                send: true,
            });
        }
        let rx = match &comm.kind {
            StmtKind::Expr(e) => e,
            StmtKind::Assign(a) => &a.rhs[0],
            _ => return None,
        };
        let ExprKind::Unary(UnaryOp::Recv, ch) = &unparen(rx).kind else {
            return None;
        };
        let t = self.type_of(ch);
        let Type::Chan(_, elem) = self.under(t) else {
            return None;
        };
        let elem = self.subst(elem);
        let chan = self.alloc(1);
        self.expr_to(ch, chan);
        let value = self.alloc_t(elem);
        Some(Case {
            clause: c,
            chan,
            value,
            elem,
            send: false,
        })
    }

    /// One case with a default.
    fn try_one(&mut self, w: &SelectStmt, d: &CommClause, end: Label) {
        let Some(case) = w
            .clauses
            .iter()
            .find(|c| c.comm.is_some())
            .and_then(|c| self.evaluate(c))
        else {
            return;
        };
        let r = self.alloc(2);
        let c = Src(case.chan);
        self.emit(match case.send {
            true => Op::TrySend {
                ok: Dst(r),
                c,
                v: Src(case.value),
            },
            false => Op::TryRecv {
                d: Dst(case.value),
                c,
                w: Win(r),
            },
        });
        let otherwise = self.label();
        self.jump(
            Op::JmpF {
                c: Src(r),
                to: Jump32(0),
            },
            otherwise,
        );
        self.chosen(&case, r + 1);
        self.goto(end);
        self.bind(otherwise);
        self.block(&d.body);
    }

    fn choose(&mut self, w: &SelectStmt, default: Option<&CommClause>, end: Label) {
        let mut cases = Vec::new();
        for c in w.clauses.iter().filter(|c| c.comm.is_some()) {
            match self.evaluate(c) {
                Some(case) => cases.push(case),
                None => return self.bug("unexpected select case", c.span),
            }
        }
        let desc = SelectDesc {
            cases: cases
                .iter()
                .map(|c| {
                    let wanted = c.send
                        || matches!(
                            c.clause.comm.as_deref().map(|s| &s.kind),
                            Some(StmtKind::Assign(_))
                        );
                    SelectCase {
                        send: c.send,
                        chan: Src(c.chan),
                        value: wanted.then_some(c.value),
                    }
                })
                .collect(),
            has_default: default.is_some(),
        };
        let s = SelectIx(self.p().selects.len() as u32);
        self.p().selects.push(desc);
        let r = self.alloc(2);
        self.at(w.braces.lo);
        self.emit(Op::Select { w: Win(r), s });
        let last = cases.len() - 1;
        for (i, case) in cases.iter().enumerate() {
            let next = self.label();
            if i < last || default.is_some() {
                self.jump(
                    Op::JNeI {
                        a: Src(r),
                        imm: Imm16(i as i16),
                        to: Jump16(0),
                    },
                    next,
                );
            }
            self.chosen(case, r + 1);
            if i < last || default.is_some() {
                self.goto(end);
            }
            self.bind(next);
        }
        if let Some(d) = default {
            self.block(&d.body);
        }
    }

    /// Assigns what was received and runs the clause's statements.
    fn chosen(&mut self, case: &Case<'_>, ok: Reg) {
        let m = self.mark();
        if !case.send
            && let Some(Stmt {
                kind: StmtKind::Assign(a),
                ..
            }) = case.clause.comm.as_deref()
        {
            self.normalise_received(case.value, case.elem);
            let define = a.op == AssignOp::Define;
            let (value, elem) = (case.value, case.elem);
            self.iter_var(a.lhs.first(), define, elem, |c, d| {
                c.deliver(value, elem, d)
            });
            self.iter_var(a.lhs.get(1), define, TypeId::BOOL, |c, d| {
                c.deliver(ok, TypeId::BOOL, d)
            });
        }
        self.block(&case.clause.body);
        self.release(m);
    }
}

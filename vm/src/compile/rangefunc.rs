//! `range` over functions: the loop body becomes a function that the iterator calls.
//!
//! Invariants: loop and body share a hidden variable of four words: the loop's state (`READY` between calls of the body, `RUNNING` inside
//! one, `DONE` after the body asked to stop, `EXHAUSTED` after the iterator returned) the exit to take once it has, and the token of the frame that deferred calls belong to. Calling
//! the body in any state but `READY` panics as Go does. An exit is the number of a branch or return that leaves the loop; the
//! function around the loop performs it — and if that is itself such a body, it exits from its own loop in turn.

use super::state::{FuncCompiler, Reg, ResultVar};
use crate::bytecode::*;
use lang::ast::*;
use lang::source::Span;
use lang::symbol::Symbol;
use lang::types::{ObjId, Type, TypeId};

const READY: i64 = 0;
const RUNNING: i64 = 1;
const DONE: i64 = 2;
const EXHAUSTED: i64 = 3;

/// A way out of the loop that is not just its end.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Exit {
    /// `return`; the results are in the function's result variables.
    Return,
    /// A branch to a statement around the loop.
    Branch(BranchKind, Option<Symbol>),
}

/// What a function that is a loop body has to know.
pub(super) struct RangeBody {
    /// The hidden variable.
    state: ObjId,
    /// The loop's label.
    label: Option<Symbol>,
    /// The exits that the body takes; number 1 is the first.
    exits: Vec<Exit>,
    /// Labels declared inside the body.
    pub labels: Vec<Symbol>,
}

impl FuncCompiler<'_, '_> {
    pub(super) fn range_func(
        &mut self,
        id: NodeId,
        r: &RangeStmt,
        t: TypeId,
        label: Option<Symbol>,
    ) {
        let Some(state) = self.esc.state_var(id) else {
            self.bug("range-over-func loop without state", r.x.span);
            return;
        };
        let Type::Signature(iter) = self.under(t) else {
            return;
        };
        let Some(&yield_type) = iter.params.first() else {
            return;
        };
        let yield_type = self.subst(yield_type);
        let fun = self.expr(&r.x);
        let st = self.var_type(state);
        self.declare_var(state, st);
        if self.esc.is_deferring(id) {
            self.pass_frame_token(state);
        }
        let (closure, exits) = self.range_body(id, r, yield_type, state, label);
        let l = self.c.layout(self.parts.program, t, None);
        let w = self.window(l.window);
        self.mov(w + l.params[0].1, closure, 1);
        self.emit(Op::CallC {
            w: Win(w),
            c: Src(fun),
            ctx: Count(l.ctx),
        });
        self.after_loop(state, &exits);
    }

    /// Compiles the body as a closure; gives it and its exits.
    fn range_body(
        &mut self,
        id: NodeId,
        r: &RangeStmt,
        yield_type: TypeId,
        state: ObjId,
        label: Option<Symbol>,
    ) -> (Reg, Vec<Exit>) {
        self.f.lits += 1;
        let name = format!("{}-range{}", self.f.name, self.f.lits);
        let l = self.c.layout(self.parts.program, yield_type, None);
        let captures = self.esc.clone().captures(id);
        let mut labels = Vec::new();
        collect_labels(&r.body.stmts, &mut labels);
        let mut exits = Vec::new();
        let layout = l.clone();
        let closure = self.nested_func(name, r.range_pos, &layout, &captures, None, |c| {
            c.f.range_body = Some(RangeBody {
                state,
                label,
                exits: Vec::new(),
                labels,
            });
            c.f.results = l
                .results
                .iter()
                .map(|&(ty, slot)| ResultVar {
                    obj: None,
                    ty,
                    slot,
                })
                .collect();
            c.enter_body(state);
            for (e, &(t, slot)) in [r.key.as_ref(), r.value.as_ref()]
                .into_iter()
                .zip(&l.params)
            {
                c.iter_var(e, r.define, t, |c, d| c.deliver(slot, t, d));
            }
            c.block(&r.body.stmts);
            c.answer(READY, true);
            exits = c.f.range_body.take().map(|b| b.exits).unwrap_or_default();
        });
        (closure, exits)
    }

    /// Puts the token of the function's frame into the hidden variable; a body passes on what it has been given.
    fn pass_frame_token(&mut self, state: ObjId) {
        let cell = self.state_cell(state);
        let m = self.mark();
        let t = self.alloc(2);
        match self.f.range_body.as_ref().map(|b| b.state) {
            Some(outer) => {
                let from = self.state_cell(outer);
                self.emit(Op::Ld2 {
                    d: Dst(t),
                    p: Src(from),
                    off: Off16(16),
                });
            }
            None => {
                let w = self.window(0);
                self.emit(Op::DeferFrame {
                    d: Dst(t),
                    w: Win(w),
                });
            }
        }
        self.emit(Op::St2 {
            p: Src(cell),
            s: Src(t),
            off: Off16(16),
        });
        self.release(m);
    }

    /// Defers a call of closure c with the arguments in the window at w; in the body of a range-over-func loop for the function
    /// around the loop.
    pub(super) fn defer_closure(&mut self, w: Reg, c: Reg, ctx: u16) {
        let Some(state) = self.f.range_body.as_ref().map(|b| b.state) else {
            self.emit(Op::DeferC {
                w: Win(w),
                c: Src(c),
                ctx: Count(ctx),
            });
            return;
        };
        let cell = self.state_cell(state);
        let t = self.alloc(3);
        self.mov(t, c, 1);
        self.emit(Op::Ld2 {
            d: Dst(t + 1),
            p: Src(cell),
            off: Off16(16),
        });
        self.emit(Op::DeferTo {
            w: Win(w),
            c: Src(t),
            ctx: Count(ctx),
        });
    }

    fn state_cell(&mut self, state: ObjId) -> Reg {
        match self.f.vars.get(&state) {
            Some(&super::state::Binding::Cell(r)) => r,
            _ => {
                self.bug("range-over-func state is not bound", Span::NONE);
                0
            }
        }
    }

    /// Refuses to run in a wrong state.
    fn enter_body(&mut self, state: ObjId) {
        let cell = self.state_cell(state);
        let m = self.mark();
        let v = self.alloc(1);
        let ok = self.label();
        self.load(v, cell, 0, TypeId::INT);
        self.jump(
            Op::JEqI {
                a: Src(v),
                imm: Imm16(READY as i16),
                to: Jump16(0),
            },
            ok,
        );
        for (s, f) in [(RUNNING, TrapFn::RangePanic), (DONE, TrapFn::RangeDone)] {
            let next = self.label();
            self.jump(
                Op::JNeI {
                    a: Src(v),
                    imm: Imm16(s as i16),
                    to: Jump16(0),
                },
                next,
            );
            self.emit(Op::Trap { f });
            self.bind(next);
        }
        self.emit(Op::Trap {
            f: TrapFn::RangeExhausted,
        });
        self.bind(ok);
        self.set_state(cell, 0, RUNNING);
        self.release(m);
    }

    fn set_state(&mut self, cell: Reg, off: u32, v: i64) {
        let m = self.mark();
        let r = self.alloc(1);
        self.load_i(r, v);
        self.store(cell, off, r, TypeId::INT);
        self.release(m);
    }

    /// The body's return: the new state, and whether to go on.
    fn answer(&mut self, new: i64, go_on: bool) {
        let Some(state) = self.f.range_body.as_ref().map(|b| b.state) else {
            return;
        };
        let cell = self.state_cell(state);
        self.set_state(cell, 0, new);
        self.load_i(0, i64::from(go_on));
        self.emit(Op::Ret {});
    }

    /// Leaves the loop through an exit.
    pub(super) fn exit_range(&mut self, e: Exit) {
        let Some(b) = &mut self.f.range_body else {
            return;
        };
        let n = match b.exits.iter().position(|x| *x == e) {
            Some(n) => n,
            None => {
                b.exits.push(e);
                b.exits.len() - 1
            }
        };
        let state = b.state;
        let cell = self.state_cell(state);
        self.set_state(cell, 8, n as i64 + 1);
        self.answer(DONE, false);
    }

    /// A `break` or `continue` that nothing inside the body is the target of.
    pub(super) fn branch_from_range(&mut self, kind: BranchKind, label: Option<Symbol>) {
        let own = self
            .f
            .range_body
            .as_ref()
            .is_some_and(|b| label.is_none() || b.label == label);
        match (own, kind) {
            (true, BranchKind::Continue) => self.answer(READY, true),
            (true, _) => self.answer(DONE, false),
            (false, _) => self.exit_range(Exit::Branch(kind, label)),
        }
    }

    /// `return` inside the body: the results go to the variables of the function around.
    pub(super) fn return_from_range(&mut self, es: &[Expr]) {
        if !es.is_empty() {
            let results = self
                .outer
                .iter()
                .rev()
                .find(|f| f.range_body.is_none())
                .map(|f| f.results.clone())
                .unwrap_or_default();
            let m = self.mark();
            self.set_results(es, &results);
            self.release(m);
        }
        self.exit_range(Exit::Return);
    }

    /// After the iterator has returned: checks the state and takes the exit the body asked for.
    fn after_loop(&mut self, state: ObjId, exits: &[Exit]) {
        let cell = self.state_cell(state);
        let m = self.mark();
        let v = self.alloc(1);
        let fine = self.label();
        self.load(v, cell, 0, TypeId::INT);
        self.jump(
            Op::JNeI {
                a: Src(v),
                imm: Imm16(RUNNING as i16),
                to: Jump16(0),
            },
            fine,
        );
        self.emit(Op::Trap {
            f: TrapFn::RangeMissingPanic,
        });
        self.bind(fine);
        self.set_state(cell, 0, EXHAUSTED);
        if !exits.is_empty() {
            self.load(v, cell, 8, TypeId::INT);
        }
        for (n, e) in exits.iter().enumerate() {
            let next = self.label();
            self.jump(
                Op::JNeI {
                    a: Src(v),
                    imm: Imm16(n as i16 + 1),
                    to: Jump16(0),
                },
                next,
            );
            match *e {
                Exit::Return if self.f.range_body.is_some() => self.exit_range(Exit::Return),
                Exit::Return => self.leave(),
                Exit::Branch(kind, label) => self.branch(kind, label),
            }
            self.bind(next);
        }
        self.release(m);
    }
}

/// The labels declared by statements (function literals left out).
fn collect_labels(stmts: &[Stmt], out: &mut Vec<Symbol>) {
    for s in stmts {
        deep(|| match &s.kind {
            StmtKind::Labeled(name, inner) => {
                out.push(name.name);
                collect_labels(std::slice::from_ref(inner), out);
            }
            StmtKind::Block(b) => collect_labels(&b.stmts, out),
            StmtKind::If(i) => {
                collect_labels(&i.then.stmts, out);
                if let Some(e) = &i.els {
                    collect_labels(std::slice::from_ref(e), out);
                }
            }
            StmtKind::For(f) => collect_labels(&f.body.stmts, out),
            StmtKind::Range(r) => collect_labels(&r.body.stmts, out),
            StmtKind::Switch(w) => w.clauses.iter().for_each(|c| collect_labels(&c.body, out)),
            StmtKind::TypeSwitch(w) => w.clauses.iter().for_each(|c| collect_labels(&c.body, out)),
            StmtKind::Select(w) => w.clauses.iter().for_each(|c| collect_labels(&c.body, out)),
            _ => {}
        });
    }
}

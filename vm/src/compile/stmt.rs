//! Statements.
//!
//! Invariant: a statement leaves no temporaries behind; variables declared by a statement stay allocated until the end of the block
//! it stands in.

use super::call::How;
use super::state::{Binding, FuncCompiler, Target};
use crate::bytecode::*;
use lang::ast::*;
use lang::symbol::Symbol;

impl FuncCompiler<'_, '_> {
    /// The statements of a block with their own scope.
    pub(super) fn block(&mut self, stmts: &[Stmt]) {
        let m = self.mark();
        stmts.iter().for_each(|s| self.stmt(s));
        self.release(m);
    }

    /// One statement.
    pub(super) fn stmt(&mut self, s: &Stmt) {
        self.labeled(s, None);
    }

    fn labeled(&mut self, s: &Stmt, label: Option<Symbol>) {
        if s.span.lo.is_valid() {
            self.at(s.span.lo);
        }
        deep(|| self.stmt_inner(s, label));
    }

    fn stmt_inner(&mut self, s: &Stmt, label: Option<Symbol>) {
        match &s.kind {
            StmtKind::Bad | StmtKind::Empty => {}
            StmtKind::Expr(e) => self.discard(e),
            StmtKind::Send(c, _, v) => self.send(c, v),
            StmtKind::IncDec(x, inc) => self.inc_dec(x, *inc),
            StmtKind::Assign(a) => self.assign_stmt(a),
            StmtKind::Go(e) => self.spawn(e, How::Go),
            StmtKind::Defer(e) => self.spawn(e, How::Defer),
            StmtKind::Return(es) => self.return_stmt(es),
            StmtKind::Branch(kind, l) => self.branch(*kind, l.as_ref().map(|i| i.name)),
            StmtKind::Block(b) => self.block(&b.stmts),
            StmtKind::If(i) => self.if_stmt(i),
            StmtKind::Switch(w) => self.switch_stmt(w, label),
            StmtKind::TypeSwitch(w) => self.type_switch(w, label),
            StmtKind::Select(w) => self.select_stmt(w, label),
            StmtKind::For(f) => self.for_stmt(f, label),
            StmtKind::Range(r) => self.range_stmt(s.id, r, label),
            StmtKind::Labeled(name, inner) => {
                let l = self.goto_label(name.name);
                self.bind(l);
                self.labeled(inner, Some(name.name));
            }
            StmtKind::Decl(d) => self.decl(d),
        }
    }

    /// The label that `goto name` jumps to.
    fn goto_label(&mut self, name: Symbol) -> super::state::Label {
        if let Some(&l) = self.f.gotos.get(&name) {
            return l;
        }
        let l = self.label();
        self.f.gotos.insert(name, l);
        l
    }

    fn send(&mut self, c: &Expr, v: &Expr) {
        let m = self.mark();
        let t = self.type_of(c);
        let elem = self.elem(t);
        let (c, v) = if self.reads_late(c, v) {
            let v = self.expr_as(v, elem);
            (self.expr(c), v)
        } else {
            let c = self.expr(c);
            (c, self.expr_as(v, elem))
        };
        self.emit(Op::Send {
            c: Src(c),
            v: Src(v),
        });
        self.release(m);
    }

    fn if_stmt(&mut self, i: &IfStmt) {
        let m = self.mark();
        if let Some(init) = &i.init {
            self.stmt(init);
        }
        let (els, end) = (self.label(), self.label());
        self.cond(&i.cond, els, false);
        self.block(&i.then.stmts);
        if let Some(e) = &i.els {
            if !self.is_dead() {
                self.goto(end);
            }
            self.bind(els);
            self.stmt(e);
        } else {
            self.bind(els);
        }
        self.bind(end);
        self.release(m);
    }

    /// Whether what follows the last instruction cannot be reached from it (labels aside).
    fn is_dead(&self) -> bool {
        let at = self.f.code.len() as u32;
        matches!(
            self.f.code.last(),
            Some(Op::Ret {} | Op::Ret1 { .. } | Op::RetAdd { .. } | Op::Jmp { .. })
        ) && !self.f.labels.contains(&at)
    }

    /// `break`, `continue`, `goto` (`fallthrough` is the switch's business).
    pub(super) fn branch(&mut self, kind: BranchKind, label: Option<Symbol>) {
        match kind {
            BranchKind::Fallthrough => {}
            BranchKind::Goto => {
                let Some(name) = label else { return };
                if self.f.range_body.is_some() && !self.has_label_inside(name) {
                    return self.exit_range(super::rangefunc::Exit::Branch(kind, label));
                }
                let l = self.goto_label(name);
                self.goto(l);
            }
            BranchKind::Break | BranchKind::Continue => {
                let is_break = kind == BranchKind::Break;
                let found = self.f.targets.iter().rev().find(|t| match label {
                    Some(_) => t.label == label,
                    None => is_break || t.cont.is_some(),
                });
                match found.map(|t| if is_break { Some(t.brk) } else { t.cont }) {
                    Some(Some(l)) => self.goto(l),
                    _ if self.f.range_body.is_some() => self.branch_from_range(kind, label),
                    _ => self.bug("branch without target", lang::source::Span::NONE),
                }
            }
        }
    }

    /// Whether a label is declared inside the range-over-func body being compiled.
    fn has_label_inside(&self, name: Symbol) -> bool {
        self.f
            .range_body
            .as_ref()
            .is_some_and(|b| b.labels.contains(&name))
    }

    /// Runs `body` with a statement that `break` (and `continue`) can leave.
    pub(super) fn with_target(&mut self, t: Target, body: impl FnOnce(&mut Self)) {
        self.f.targets.push(t);
        body(self);
        self.f.targets.pop();
    }

    pub(super) fn decl(&mut self, d: &Decl) {
        match d {
            Decl::Var(spec) => self.var_spec(spec),
            Decl::Group(g) => g.iter().for_each(|d| self.decl(d)),
            Decl::Const(_) | Decl::Type(_) | Decl::Func(_) => {}
        }
    }

    /// `var a, b T = x, y` inside a function or at a script's top level.
    pub(super) fn var_spec(&mut self, spec: &VarSpec) {
        self.at(spec.span.lo);
        let names: Vec<Option<lang::types::ObjId>> = spec
            .names
            .iter()
            .map(|n| self.info().defs.get(&n.id).copied())
            .collect();
        if spec.values.is_empty() {
            for o in names.into_iter().flatten() {
                let t = self.var_type(o);
                if self.c.world.objects.var_kind(o) == Some(lang::types::VarKind::Global) {
                    let pl = self.var_place(o);
                    self.write_zero(pl, t);
                } else if let Binding::Reg(r) = self.declare_var(o, t) {
                    self.zero_t(r, t);
                }
            }
            return;
        }
        self.define(&names, &spec.values);
    }
}

//! Statements and function bodies (go/types: stmt.go).
//!
//! Invariants: a statement ends in the scope it began in; function literals met in it have been checked before that scope changes;
//! branch statements and labels have been checked by the parser (`syntax/branches.rs`).

use super::expr::StmtUse;
use super::{Checker, Env, Operand, OperandMode, expr_string};
use crate::ast::{
    AssignOp, AssignStmt, BlockStmt, Expr, ExprKind, ForStmt, IfStmt, SelectStmt, Stmt, StmtKind,
    UnaryOp, deep, unparen,
};
use crate::constant::Value;
use crate::diag::{Code, Label};
use crate::source::{Pos, Span};
use crate::types::{ObjId, ScopeId, SigVars, Type, TypeId, VarKind};
use std::rc::Rc;

/// A function body about to be checked.
pub(crate) struct Body<'b> {
    /// The package-level declaration it belongs to.
    pub decl: Option<ObjId>,
    /// The function's type.
    pub sig: TypeId,
    /// Its parameters and results.
    pub vars: Rc<SigVars>,
    /// The scope that holds them.
    pub scope: ScopeId,
    /// The value of `iota` around a function literal in a constant declaration.
    pub iota: Option<Value>,
    /// The statements.
    pub block: &'b BlockStmt,
}

impl Checker<'_> {
    /// Checks a function's body.
    pub(crate) fn func_body(&mut self, body: Body) {
        let env = Env {
            scope: body.scope,
            sig: Some(body.sig),
            sig_vars: body.vars,
            iota: body.iota,
            err_pos: None,
            decl: body.decl,
            has_label: false,
            has_call_or_recv: false,
            in_tparam_list: false,
            in_script: false,
            tparams: self.env.tparams.clone(),
        };
        let outer = std::mem::replace(&mut self.env, env);
        self.stmt_list(&body.block.stmts);
        if !self.result_types().is_empty() && !self.is_terminating_block(body.block) {
            let brace = Span {
                lo: Pos(body.block.span.hi.0.saturating_sub(1)),
                hi: body.block.span.hi,
            };
            self.error(brace, Code::MissingReturn, "missing return");
        }
        self.usage(body.scope);
        self.env = outer;
    }

    /// Reports the unused variables of a function's scope and the blocks in it.
    pub(crate) fn usage(&mut self, scope: ScopeId) {
        for v in self.w.objects.scope_objects(scope) {
            let local = self.w.objects.var_kind(v) == Some(VarKind::Local);
            if local && !self.w.objects.is_used(v) {
                let (name, span) = self.w.objects.with(v, |o| (o.name, o.span));
                self.soft_error(
                    span,
                    Code::UnusedVar,
                    format!("declared and not used: {name}"),
                );
            }
        }
        for child in self.w.objects.scope_children(scope) {
            if !self.w.objects.scope_is_func(child) {
                deep(|| self.usage(child));
            }
        }
    }

    /// The result types of the function being checked.
    fn result_types(&self) -> Vec<TypeId> {
        match self.env.sig.map(|s| self.w.types.get(s)) {
            Some(Type::Signature(sig)) => sig.results.clone(),
            _ => Vec::new(),
        }
    }

    /// Runs `f` in a new block scope.
    pub(super) fn in_block(&mut self, f: impl FnOnce(&mut Self)) {
        let outer = self.open_scope();
        let in_script = std::mem::replace(&mut self.env.in_script, false);
        f(self);
        self.env.in_script = in_script;
        self.close_scope(outer);
    }

    /// Checks statements in the current scope.
    pub(crate) fn stmt_list(&mut self, list: &[Stmt]) {
        for s in list {
            self.stmt(s);
        }
    }

    /// Checks a statement.
    pub(crate) fn stmt(&mut self, s: &Stmt) {
        let top = self.delayed.len();
        deep(|| self.stmt_kind(s));
        self.process_delayed(top);
    }

    fn stmt_kind(&mut self, s: &Stmt) {
        match &s.kind {
            StmtKind::Bad | StmtKind::Empty | StmtKind::Branch(..) => {}
            StmtKind::Expr(e) => self.expr_stmt(e),
            StmtKind::Send(ch, _, val) => self.send_stmt(s.span, ch, val),
            StmtKind::IncDec(e, inc) => self.inc_dec_stmt(e, if *inc { "++" } else { "--" }),
            StmtKind::Assign(a) => self.assign_stmt(s.span, a),
            StmtKind::Go(call) => self.suspended_call("go", Code::InvalidGo, call),
            StmtKind::Defer(call) => self.suspended_call("defer", Code::InvalidDefer, call),
            StmtKind::Return(results) => self.return_stmt(s.span, results),
            StmtKind::Block(b) => self.in_block(|c| c.stmt_list(&b.stmts)),
            StmtKind::If(i) => self.in_block(|c| c.if_stmt(i)),
            StmtKind::Switch(sw) => self.in_block(|c| c.switch_stmt(sw)),
            StmtKind::TypeSwitch(sw) => self.in_block(|c| c.type_switch_stmt(sw)),
            StmtKind::Select(sel) => self.select_stmt(sel),
            StmtKind::For(f) => self.in_block(|c| c.for_stmt(f)),
            StmtKind::Range(r) => self.range_stmt(s.span, r),
            StmtKind::Labeled(_, inner) => self.stmt(inner),
            StmtKind::Decl(d) => self.decl_stmt(d),
        }
    }

    fn block_stmt(&mut self, b: &BlockStmt) {
        let top = self.delayed.len();
        self.in_block(|c| c.stmt_list(&b.stmts));
        self.process_delayed(top);
    }

    fn expr_stmt(&mut self, e: &Expr) {
        let mut x = Operand::new();
        let kind = self.raw_expr(None, &mut x, e, None, false);
        let (code, what) = match x.mode {
            OperandMode::Builtin => (Code::UncalledBuiltin, "must be called"),
            OperandMode::TypeExpr => (Code::NotAnExpr, "is not an expression"),
            _ if kind == StmtUse::Statement || !x.is_valid() => return,
            _ => (Code::UnusedExpr, "is not used"),
        };
        let message = format!("{} {what}", self.operand_string(&x));
        self.error(x.span(), code, message);
    }

    fn send_stmt(&mut self, at: Span, ch: &Expr, val: &Expr) {
        let (mut c, mut v) = (Operand::new(), Operand::new());
        self.expr(None, &mut c, ch);
        self.generic_expr(&mut v, val, None);
        if let Type::Chan(_, elem) = self.w.types.under(c.ty) {
            self.probe_wants(&v, Some(elem));
        }
        if c.is_valid()
            && v.is_valid()
            && let Some(elem) = self.chan_elem(at, &c, false)
        {
            self.assignment(&mut v, Some(elem), "send");
        }
    }

    fn inc_dec_stmt(&mut self, e: &Expr, op: &str) {
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if !x.is_valid() {
            return;
        }
        if !self.w.types.all_numeric(x.ty) {
            let (text, t) = (expr_string(e), self.type_string(x.ty));
            let message = format!("invalid operation: {text}{op} (non-numeric type {t})");
            self.error(
                super::typexpr::start_pos(e),
                Code::NonNumericIncDec,
                message,
            );
            return;
        }
        self.assign_var(e, &mut x, "assignment");
    }

    fn assign_stmt(&mut self, at: Span, a: &AssignStmt) {
        match a.op {
            AssignOp::Assign => self.assign_vars(&a.lhs, &a.rhs),
            AssignOp::Define => self.short_var_decl(a.op_pos, &a.lhs, &a.rhs),
            AssignOp::Op(op) => {
                let ([lhs], [rhs]) = (&a.lhs[..], &a.rhs[..]) else {
                    let message = format!(
                        "assignment operation {}= requires single-valued expressions",
                        op.as_str()
                    );
                    self.error(at, Code::MultiValAssignOp, message);
                    return;
                };
                let mut x = Operand::new();
                self.binary(&mut x, None, lhs, rhs, op);
                self.assign_var(lhs, &mut x, "assignment");
            }
        }
    }

    fn suspended_call(&mut self, keyword: &str, code: Code, call: &Expr) {
        if !matches!(call.kind, ExprKind::Call(_)) {
            if !matches!(call.kind, ExprKind::Bad) {
                self.error(
                    call.span,
                    code,
                    format!("expression in {keyword} must be function call"),
                );
            }
            self.use_exprs([call]);
            return;
        }
        let mut x = Operand::new();
        let kind = self.raw_expr(None, &mut x, call, None, false);
        let (code, what) = match kind {
            StmtUse::Statement => return,
            StmtUse::Conversion => (code, "requires function call, not conversion"),
            StmtUse::Expression => (Code::UnusedResults, "discards result of"),
        };
        let message = format!("{keyword} {what} {}", self.operand_string(&x));
        self.error(x.span(), code, message);
    }

    fn return_stmt(&mut self, at: Span, results: &[Expr]) {
        let script = self.w.packages[self.pkg.0 as usize].is_script;
        if self.env.sig.is_none() && script && results.is_empty() {
            return; // It ends the script.
        }
        if self.env.sig.is_none() {
            self.error(at, Code::InvalidSyntaxTree, "return is not in a function");
            self.use_exprs(results);
            return;
        }
        let vars = self.env.sig_vars.clone();
        let types = self.result_types();
        let named = vars
            .results
            .first()
            .is_some_and(|&v| !self.w.objects.name(v).as_str().is_empty());
        if results.is_empty() && named {
            return self.results_in_scope(at, &vars.results);
        }
        let types: Vec<Option<TypeId>> = types.into_iter().map(Some).collect();
        self.init_vars(&vars.results, &types, results, Some(at));
    }

    /// A bare return needs its result parameters in scope.
    fn results_in_scope(&mut self, at: Span, results: &[ObjId]) {
        for &v in results {
            let name = self.w.objects.name(v);
            if let Some(alt) = self.lookup(name)
                && alt != v
            {
                let message = format!("result parameter {name} not in scope at return");
                self.error(at, Code::OutOfScopeResult, message);
                let shown = format!("var {name} {}", self.type_string(self.w.objects.ty(v)));
                self.add_note(
                    self.w.objects.span(alt),
                    format!("inner declaration of {shown}"),
                );
            }
        }
    }

    /// Adds a further place to the last diagnostic, as another line and as a label.
    pub(super) fn add_note(&mut self, span: Span, message: String) {
        let at = self.position(span.lo);
        if let Some(d) = self.diags.last_mut() {
            d.message.push_str(&format!("\n\t{at}: {message}"));
            d.labels.push(Label { span, message });
        }
    }

    fn condition(&mut self, e: &Expr, what: &str) {
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if !x.is_valid() {
            return;
        }
        if self.w.types.all_boolean(x.ty) {
            let t = self.w.types.default_type(x.ty);
            self.update_operand_type(&x, t, true);
        } else {
            let message = format!("non-boolean condition in {what} statement");
            self.error(super::typexpr::start_pos(e), Code::InvalidCond, message);
        }
    }

    fn if_stmt(&mut self, s: &IfStmt) {
        if let Some(init) = &s.init {
            self.stmt(init);
        }
        self.condition(&s.cond, "if");
        self.block_stmt(&s.then);
        if let Some(els) = &s.els {
            self.stmt(els);
        }
    }

    fn for_stmt(&mut self, s: &ForStmt) {
        if let Some(init) = &s.init {
            self.stmt(init);
        }
        if let Some(cond) = &s.cond {
            self.condition(cond, "for");
        }
        if let Some(post) = &s.post {
            self.stmt(post);
        }
        self.block_stmt(&s.body);
    }

    /// The body of a `for … range`, whose scope is open already.
    pub(super) fn loop_body(&mut self, b: &BlockStmt) {
        self.block_stmt(b);
    }

    fn select_stmt(&mut self, s: &SelectStmt) {
        let defaults = s
            .clauses
            .iter()
            .filter(|c| c.comm.is_none())
            .map(|c| c.span)
            .collect::<Vec<_>>();
        self.multiple_defaults(&defaults);
        for clause in &s.clauses {
            if let Some(comm) = &clause.comm
                && !is_communication(comm)
            {
                let message = "select case must be send or receive (possibly with assignment)";
                let at = match &comm.kind {
                    StmtKind::Expr(e) => super::typexpr::node_pos(e),
                    _ => comm.span,
                };
                self.error(at, Code::InvalidSelectCase, message);
                continue;
            }
            self.in_block(|c| {
                if let Some(comm) = &clause.comm {
                    c.stmt(comm);
                }
                c.stmt_list(&clause.body);
            });
        }
    }

    /// Reports every `default` but the first.
    pub(super) fn multiple_defaults(&mut self, defaults: &[Span]) {
        let Some((first, rest)) = defaults.split_first() else {
            return;
        };
        let at = self.position(first.lo);
        for span in rest {
            self.error(
                *span,
                Code::DuplicateDefault,
                format!("multiple defaults (first at {at})"),
            );
        }
    }
}

/// Whether a statement may stand behind `case` in a select.
fn is_communication(s: &Stmt) -> bool {
    let receive = |e: &Expr| matches!(unparen(e).kind, ExprKind::Unary(UnaryOp::Recv, _));
    match &s.kind {
        StmtKind::Send(..) | StmtKind::Bad => true,
        StmtKind::Expr(e) => receive(e),
        StmtKind::Assign(a) => {
            matches!(&a.rhs[..], [rhs] if receive(rhs)) && !matches!(a.op, AssignOp::Op(_))
        }
        _ => false,
    }
}

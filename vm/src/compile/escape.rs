//! Escape analysis: which variables can live in registers.
//!
//! Invariants: a variable lives in a heap cell if its address is taken, or if a function literal (or the body of a
//! range-over-func loop) captures it and it is assigned after its declaration; a captured variable that never changes is captured by
//! value. The variables of a for clause that only the post statement changes are captured by value, too, since each iteration has
//! its own. The analysis runs once per outermost function instance and covers the literals inside it.

use super::Compiler;
use super::instance::TypeEnv;
use lang::ast::*;
use lang::check::{Info, SelectionKind};
use lang::types::{ObjId, PkgId, SigVars, Type, TypeId, VarKind};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// What is known about a variable.
#[derive(Clone, Copy, Default, Debug)]
struct VarUse {
    level: u32,
    captured: bool,
    assigned: bool,
    post_assigned: bool,
    header_captured: bool,
    addr_taken: bool,
    dyn_indexed: bool,
}

/// The result for an outermost function.
#[derive(Default, Debug)]
pub(super) struct Escapes {
    vars: FxHashMap<ObjId, VarUse>,
    captures: FxHashMap<NodeId, Rc<[ObjId]>>,
    defers: FxHashSet<Option<NodeId>>,
    states: FxHashMap<NodeId, ObjId>,
    deferring: FxHashSet<NodeId>,
}

impl Escapes {
    /// Whether the variable needs a heap cell.
    pub(super) fn needs_cell(&self, v: ObjId) -> bool {
        self.vars.get(&v).is_some_and(|u| {
            u.addr_taken || u.captured && (u.assigned || u.post_assigned && u.header_captured)
        })
    }

    /// Whether the variable (an array) is indexed by something that is no constant.
    pub(super) fn is_dyn_indexed(&self, v: ObjId) -> bool {
        self.vars.get(&v).is_some_and(|u| u.dyn_indexed)
    }

    /// Whether the variable is assigned anywhere but in its declaration.
    pub(super) fn is_assigned(&self, v: ObjId) -> bool {
        self.vars
            .get(&v)
            .is_some_and(|u| u.assigned || u.post_assigned || u.addr_taken)
    }

    /// The variables a literal or range-over-func body captures.
    pub(super) fn captures(&self, id: NodeId) -> Rc<[ObjId]> {
        self.captures.get(&id).cloned().unwrap_or_default()
    }

    /// Whether the literal (or the outermost function) defers.
    pub(super) fn defers(&self, id: Option<NodeId>) -> bool {
        self.defers.contains(&id)
    }

    /// Whether the body of a range-over-func loop defers.
    pub(super) fn is_deferring(&self, id: NodeId) -> bool {
        self.deferring.contains(&id)
    }

    /// The hidden variable of a range-over-func loop.
    pub(super) fn state_var(&self, id: NodeId) -> Option<ObjId> {
        self.states.get(&id).copied()
    }
}

enum LevelKind {
    Func(Option<NodeId>),
    RangeBody(NodeId),
}

struct Level {
    kind: LevelKind,
    captures: Vec<ObjId>,
    results: Vec<ObjId>,
}

/// One run of the analysis.
pub(super) struct Analysis<'x> {
    c: &'x Compiler,
    pkg: PkgId,
    env: &'x TypeEnv,
    out: Escapes,
    levels: Vec<Level>,
    header: Vec<ObjId>,
    in_post: bool,
}

impl<'x> Analysis<'x> {
    /// An analysis of a function of package `pkg`.
    pub(super) fn new(c: &'x Compiler, pkg: PkgId, env: &'x TypeEnv) -> Analysis<'x> {
        let root = Level {
            kind: LevelKind::Func(None),
            captures: vec![],
            results: vec![],
        };
        Analysis {
            c,
            pkg,
            env,
            out: Escapes::default(),
            levels: vec![root],
            header: vec![],
            in_post: false,
        }
    }

    /// The result.
    pub(super) fn finish(self) -> Escapes {
        self.out
    }

    /// The outermost function's variables and body.
    pub(super) fn func(&mut self, vars: &SigVars, body: &BlockStmt) {
        self.signature(vars);
        self.block(&body.stmts);
    }

    fn info(&self) -> &'x Info {
        &self.c.package(self.pkg).info
    }

    fn under(&self, e: &Expr) -> Type {
        let t = self
            .info()
            .types
            .get(&e.id)
            .map_or(TypeId::INVALID, |tv| tv.ty);
        self.c
            .world
            .types
            .under(self.env.subst(&self.c.world.types, t))
    }

    fn signature(&mut self, vars: &SigVars) {
        vars.recv
            .iter()
            .chain(&vars.params)
            .chain(&vars.results)
            .for_each(|&o| self.declare(o));
        if let Some(l) = self.levels.last_mut() {
            l.results = vars.results.clone();
        }
    }

    fn level(&self) -> u32 {
        self.levels.len() as u32 - 1
    }

    fn declare(&mut self, o: ObjId) {
        let level = self.level();
        self.out.vars.entry(o).or_default().level = level;
    }

    fn declare_ident(&mut self, id: &Ident) {
        if let Some(&o) = self.info().defs.get(&id.id) {
            self.declare(o);
        }
    }

    fn object(&self, id: NodeId) -> Option<ObjId> {
        let info = self.info();
        let o = info.uses.get(&id).or_else(|| info.defs.get(&id)).copied()?;
        let local = |k| {
            matches!(
                k,
                VarKind::Local | VarKind::Param | VarKind::Recv | VarKind::Result
            )
        };
        self.c
            .world
            .objects
            .var_kind(o)
            .filter(|&k| local(k))
            .map(|_| o)
    }

    fn mention(&mut self, o: ObjId) {
        let here = self.level();
        let Some(v) = self.out.vars.get_mut(&o) else {
            return;
        };
        if v.level >= here {
            return;
        }
        v.captured = true;
        v.header_captured |= self.header.contains(&o);
        for l in &mut self.levels[v.level as usize + 1..] {
            if !l.captures.contains(&o) {
                l.captures.push(o);
            }
        }
    }

    fn assign(&mut self, o: ObjId) {
        self.mention(o);
        let here = self.level();
        let (in_post, header) = (self.in_post, self.header.contains(&o));
        let Some(v) = self.out.vars.get_mut(&o) else {
            return;
        };
        if in_post && header && v.level == here {
            v.post_assigned = true
        } else {
            v.assigned = true
        }
    }

    fn opt(&mut self, e: Option<&Expr>) {
        if let Some(e) = e {
            self.expr(e);
        }
    }

    pub(super) fn expr(&mut self, e: &Expr) {
        deep(|| self.expr_inner(e));
    }

    fn expr_inner(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Ident(id) => {
                if let Some(o) = self.object(id.id) {
                    self.mention(o);
                }
            }
            ExprKind::FuncLit(lit) => self.func_lit(e.id, lit),
            ExprKind::Unary(UnaryOp::Addr, x) => {
                self.addr(x);
                self.expr(x);
            }
            ExprKind::Selector(x, _) => {
                self.method_receiver(e, x);
                self.expr(x);
            }
            ExprKind::Slice(s) => {
                if matches!(self.under(&s.x), Type::Array(..)) {
                    self.addr(&s.x);
                }
                super::walk::children(e, &mut |x| self.expr(x));
            }
            ExprKind::Index(x, i) => {
                if matches!(self.under(x), Type::Array(..))
                    && i.first().is_some_and(|i| {
                        self.info()
                            .types
                            .get(&i.id)
                            .is_none_or(|tv| tv.value.is_none())
                    })
                {
                    self.dyn_index(x);
                }
                super::walk::children(e, &mut |x| self.expr(x));
            }
            _ => super::walk::children(e, &mut |x| self.expr(x)),
        }
    }

    fn func_lit(&mut self, id: NodeId, lit: &FuncLit) {
        self.levels.push(Level {
            kind: LevelKind::Func(Some(id)),
            captures: vec![],
            results: vec![],
        });
        let header = std::mem::take(&mut self.header);
        self.header = header.clone();
        let in_post = std::mem::take(&mut self.in_post);
        if let Some(vars) = self.info().func_lits.get(&id) {
            self.signature(vars);
        }
        self.block(&lit.body.stmts);
        self.header = header;
        self.in_post = in_post;
        self.pop(id);
    }

    fn pop(&mut self, id: NodeId) {
        if let Some(l) = self.levels.pop() {
            self.out.captures.insert(id, l.captures.into());
        }
    }

    /// A method with a pointer receiver called on an addressable value takes its address.
    fn method_receiver(&mut self, e: &Expr, x: &Expr) {
        let Some(s) = self.info().selections.get(&e.id) else {
            return;
        };
        let ptr = |m| self.c.world.objects.func(m).is_some_and(|f| f.ptr_recv);
        if s.kind == SelectionKind::MethodVal && !s.indirect && s.method.is_some_and(ptr) {
            self.addr(x);
        }
    }

    /// The variable that `e` is a part of, if no pointer is followed on the way.
    fn root(&self, e: &Expr) -> Option<ObjId> {
        match &unparen(e).kind {
            ExprKind::Ident(id) => self.object(id.id),
            ExprKind::Selector(x, _) => {
                let s = self.info().selections.get(&unparen(e).id)?;
                if s.indirect { None } else { self.root(x) }
            }
            ExprKind::Index(x, _) if matches!(self.under(x), Type::Array(..)) => self.root(x),
            _ => None,
        }
    }

    fn addr(&mut self, e: &Expr) {
        if let Some(o) = self.root(e)
            && let Some(v) = self.out.vars.get_mut(&o)
        {
            v.addr_taken = true;
        }
    }

    fn dyn_index(&mut self, e: &Expr) {
        if let Some(o) = self.root(e)
            && let Some(v) = self.out.vars.get_mut(&o)
        {
            v.dyn_indexed = true;
        }
    }

    /// An assignment to `e`.
    fn target(&mut self, e: &Expr) {
        if let Some(o) = self.root(e) {
            self.assign(o);
        }
        self.expr(e);
    }

    pub(super) fn block(&mut self, stmts: &[Stmt]) {
        stmts.iter().for_each(|s| self.stmt(s));
    }

    fn opt_stmt(&mut self, s: Option<&Stmt>) {
        if let Some(s) = s {
            self.stmt(s);
        }
    }

    pub(super) fn stmt(&mut self, s: &Stmt) {
        deep(|| self.stmt_inner(s));
    }

    fn stmt_inner(&mut self, s: &Stmt) {
        match &s.kind {
            StmtKind::Bad | StmtKind::Empty | StmtKind::Branch(..) => {}
            StmtKind::Expr(e) | StmtKind::Go(e) => self.expr(e),
            StmtKind::Defer(e) => {
                self.defer();
                self.expr(e);
            }
            StmtKind::Send(c, _, v) => {
                self.expr(c);
                self.expr(v);
            }
            StmtKind::IncDec(x, _) => self.target(x),
            StmtKind::Assign(a) => self.assign_stmt(a),
            StmtKind::Return(es) => self.return_stmt(es),
            StmtKind::Block(b) => self.block(&b.stmts),
            StmtKind::If(i) => {
                self.opt_stmt(i.init.as_ref());
                self.expr(&i.cond);
                self.block(&i.then.stmts);
                self.opt_stmt(i.els.as_ref());
            }
            StmtKind::Switch(w) => {
                self.opt_stmt(w.init.as_ref());
                self.opt(w.tag.as_ref());
                self.clauses(&w.clauses);
            }
            StmtKind::TypeSwitch(w) => {
                self.opt_stmt(w.init.as_ref());
                self.expr(&w.x);
                self.clauses(&w.clauses);
            }
            StmtKind::Select(w) => {
                for c in &w.clauses {
                    self.opt_stmt(c.comm.as_deref());
                    self.block(&c.body);
                }
            }
            StmtKind::For(f) => self.for_stmt(f),
            StmtKind::Range(r) => self.range_stmt(s.id, r),
            StmtKind::Labeled(_, s) => self.stmt(s),
            StmtKind::Decl(d) => self.decl(d),
        }
    }

    fn clauses(&mut self, clauses: &[CaseClause]) {
        for c in clauses {
            if let Some(&o) = self.info().implicits.get(&c.id) {
                self.declare(o);
            }
            c.exprs.iter().for_each(|e| self.expr(e));
            self.block(&c.body);
        }
    }

    fn assign_stmt(&mut self, a: &AssignStmt) {
        a.rhs.iter().for_each(|e| self.expr(e));
        for e in &a.lhs {
            match &unparen(e).kind {
                ExprKind::Ident(id)
                    if a.op == AssignOp::Define && self.info().defs.contains_key(&id.id) =>
                {
                    self.declare_ident(id);
                }
                _ => self.target(e),
            }
        }
    }

    fn return_stmt(&mut self, es: &[Expr]) {
        es.iter().for_each(|e| self.expr(e));
        let func = self
            .levels
            .iter()
            .rposition(|l| matches!(l.kind, LevelKind::Func(_)))
            .unwrap_or(0);
        let results = self.levels[func].results.clone();
        results.into_iter().for_each(|o| self.assign(o));
    }

    fn defer(&mut self) {
        for l in self.levels.iter().rev() {
            match l.kind {
                LevelKind::RangeBody(id) => self.out.deferring.insert(id),
                LevelKind::Func(_) => break,
            };
        }
        let func = self.levels.iter().rev().find_map(|l| match l.kind {
            LevelKind::Func(id) => Some(id),
            LevelKind::RangeBody(_) => None,
        });
        self.out.defers.insert(func.flatten());
    }

    fn for_stmt(&mut self, f: &ForStmt) {
        let mut vars = Vec::new();
        if let Some(Stmt {
            kind: StmtKind::Assign(a),
            ..
        }) = &f.init
            && a.op == AssignOp::Define
        {
            for e in &a.lhs {
                if let ExprKind::Ident(id) = &e.kind
                    && let Some(&o) = self.info().defs.get(&id.id)
                {
                    vars.push(o);
                }
            }
        }
        let outer = self.header.len();
        self.header.extend(vars);
        self.opt_stmt(f.init.as_ref());
        self.opt(f.cond.as_ref());
        let was = std::mem::replace(&mut self.in_post, true);
        self.opt_stmt(f.post.as_ref());
        self.in_post = was;
        self.header.truncate(outer);
        self.block(&f.body.stmts);
    }

    fn range_stmt(&mut self, id: NodeId, r: &RangeStmt) {
        self.expr(&r.x);
        let over = self.under(&r.x);
        let is_func = matches!(over, Type::Signature(_));
        if matches!(over, Type::Array(..)) && r.value.is_some() {
            self.dyn_index(&r.x);
        }
        if is_func {
            self.range_state(id, r);
        }
        for e in r.key.iter().chain(&r.value) {
            match &e.kind {
                ExprKind::Ident(i) if r.define => self.declare_ident(i),
                _ => self.target(e),
            }
        }
        self.block(&r.body.stmts);
        if is_func {
            self.pop(id);
        }
    }

    /// The body of a range-over-func loop is a function of its own, which shares a hidden variable with the loop.
    fn range_state(&mut self, id: NodeId, r: &RangeStmt) {
        let types = &self.c.world.types;
        let ty = types.array(4, TypeId::INT);
        let name = lang::symbol::Symbol::new("#state");
        let o = self
            .c
            .world
            .objects
            .new_var(name, r.x.span, self.pkg, ty, VarKind::Local);
        self.declare(o);
        self.out.states.insert(id, o);
        self.levels.push(Level {
            kind: LevelKind::RangeBody(id),
            captures: vec![],
            results: vec![],
        });
        self.assign(o);
    }

    fn decl(&mut self, d: &Decl) {
        match d {
            Decl::Var(spec) => {
                spec.values.iter().for_each(|e| self.expr(e));
                spec.names.iter().for_each(|n| self.declare_ident(n));
            }
            Decl::Group(g) => g.iter().for_each(|d| self.decl(d)),
            Decl::Const(_) | Decl::Type(_) | Decl::Func(_) => {}
        }
    }
}

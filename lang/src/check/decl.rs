//! Declarations (go/types: decl.go).
//!
//! Invariants: a package-level object goes from white to grey while its declaration is checked, with the environment of its own file, and
//! then black; whoever meets a grey object has found a cycle, which `valid_cycle` judges; bodies of functions are
//! delayed, and in lazily checked packages not looked at until `World::ensure_body`.

use super::stmt::Body;
use super::typexpr::start_pos;
use super::{Checker, Env, FuncSig, Operand, expr_string};
use crate::ast::{ConstSpec, Decl, Expr, ExprKind, FuncDecl, Ident, TypeSpec, VarSpec};
use crate::constant;
use crate::diag::Code;
use crate::source::Span;
use crate::types::{Color, DeclRef, FuncObj, NamedId, ObjId, ObjKind, TypeId, VarKind};
use rustc_hash::FxHashMap;
use std::rc::Rc;

impl Checker<'_> {
    /// Checks the declaration of a package-level object (or method), unless that has been done.
    pub fn obj_decl(&mut self, obj: ObjId) {
        match self.w.objects.color(obj) {
            Color::Black => return,
            Color::Grey(_) => return self.grey_object(obj),
            Color::White => {}
        }
        let pkg = self.w.objects.pkg(obj).unwrap_or(self.pkg);
        let package = &self.w.packages[pkg.0 as usize];
        self.w.reached += u64::from(package.lazy);
        let Some(decl) = package.decls.get(&obj).cloned() else {
            self.w.objects.set_color(obj, Color::Black);
            return;
        };
        let scope = package
            .decl_scopes
            .get(&obj)
            .copied()
            .unwrap_or(package.scope);
        let outer_pkg = std::mem::replace(&mut self.pkg, pkg);
        let outer_env = std::mem::replace(&mut self.env, Env::of_scope(scope));
        if let DeclRef::Type(spec) = &decl {
            self.alias_targets_first(obj, spec);
        }
        // Looking at an alias's targets may have led here already.
        if self.w.objects.color(obj) == Color::White {
            self.push(obj);
            self.declare_object(obj, decl);
            self.pop();
        }
        self.env = outer_env;
        self.pkg = outer_pkg;
    }

    fn declare_object(&mut self, obj: ObjId, decl: DeclRef) {
        match decl {
            DeclRef::Const(spec) => {
                self.env.decl = Some(obj);
                let i = self.name_index(&spec.names, obj);
                self.const_decl(obj, &spec, i);
            }
            DeclRef::Var(spec) => {
                self.env.decl = Some(obj);
                self.package_var(obj, &spec);
            }
            DeclRef::Type(spec) => {
                self.type_decl(obj, &spec);
                self.collect_methods(obj);
            }
            DeclRef::Func(decl) => self.func_decl(obj, &decl),
        }
    }

    pub(super) fn push(&mut self, obj: ObjId) {
        self.w
            .objects
            .set_color(obj, Color::Grey(self.obj_path.len() as u32));
        self.obj_path.push(obj);
    }

    pub(super) fn pop(&mut self) {
        if let Some(obj) = self.obj_path.pop() {
            self.w.objects.set_color(obj, Color::Black);
        }
    }

    fn grey_object(&mut self, obj: ObjId) {
        let valid = self.valid_cycle(obj);
        let is_func = self
            .w
            .objects
            .with(obj, |o| matches!(o.kind, ObjKind::Func(_)));
        // A function keeps its (empty) signature: much relies on functions having one.
        if !valid && !is_func {
            self.w.objects.set_type(obj, TypeId::INVALID);
        }
    }

    /// An alias has no type before its right-hand side has, so the defined types that names it are checked first.
    fn alias_targets_first(&mut self, obj: ObjId, spec: &TypeSpec) {
        if !spec.is_alias || !self.aliases_ahead.insert(obj) {
            return;
        }
        let mut names = Vec::new();
        type_names(&spec.ty, &mut names);
        for id in names {
            let Some(target) = self.lookup(id.name) else {
                continue;
            };
            let is_type = self
                .w
                .objects
                .with(target, |o| matches!(o.kind, ObjKind::TypeName(_)));
            if is_type && self.w.objects.color(target) == Color::White {
                self.obj_decl(target);
            }
        }
    }

    fn name_index(&self, names: &[Ident], obj: ObjId) -> usize {
        let span = self.w.objects.span(obj);
        names.iter().position(|n| n.span == span).unwrap_or(0)
    }

    /// Checks one constant of a spec.
    pub(super) fn const_decl(&mut self, obj: ObjId, spec: &Rc<ConstSpec>, i: usize) {
        let outer = (self.env.iota.take(), self.env.err_pos.take());
        self.env.iota = Some(constant::make_int64(i64::from(spec.iota)));
        let rhs = spec.rhs.clone();
        let ty = rhs.ty.as_ref().map(|e| (e, self.typ(e)));
        match ty {
            Some((e, t)) if !self.w.types.is_const_type(t) => {
                if !self.w.types.underlying(t).is_invalid() {
                    let what = self.type_string(t);
                    self.error(
                        start_pos(e),
                        Code::InvalidConstType,
                        format!("invalid constant type {what}"),
                    );
                }
                self.w.objects.set_type(obj, TypeId::INVALID);
            }
            _ => {
                let ty = ty.map(|t| t.1);
                if let Some(t) = ty {
                    self.w.objects.set_type(obj, t);
                }
                let mut x = Operand::new();
                if let Some(e) = rhs.values.get(i) {
                    if spec.inherited {
                        self.env.err_pos = Some(self.w.objects.span(obj));
                    }
                    self.expr(None, &mut x, e);
                }
                self.init_const(obj, ty, &mut x);
            }
        }
        (self.env.iota, self.env.err_pos) = outer;
    }

    /// The variables a spec declares, in order.
    pub(super) fn spec_objects(&self, names: &[Ident]) -> Vec<ObjId> {
        let info = &self.w.packages[self.pkg.0 as usize].info;
        names
            .iter()
            .filter_map(|n| info.defs.get(&n.id).copied())
            .collect()
    }

    fn package_var(&mut self, obj: ObjId, spec: &Rc<VarSpec>) {
        let all = self.spec_objects(&spec.names);
        let i = self.name_index(&spec.names, obj);
        self.var_decl(obj, i, &all, spec);
    }

    /// Checks variable `i` of a spec; a single multi-value expression settles all of them.
    pub(super) fn var_decl(&mut self, obj: ObjId, i: usize, all: &[ObjId], spec: &Rc<VarSpec>) {
        let ty = spec.ty.as_ref().map(|e| self.var_type(e));
        if let Some(t) = ty {
            self.w.objects.set_type(obj, t);
        }
        let n = spec.values.len();
        let shared = n == 1 && all.len() > 1;
        if shared {
            if let Some(t) = ty {
                all.iter().for_each(|&v| self.w.objects.set_type(v, t));
            }
            let types = vec![ty; all.len()];
            self.init_vars(all, &types, &spec.values, None);
            for &v in all.iter().filter(|&&v| v != obj) {
                if self.w.objects.color(v) == Color::White {
                    self.w.objects.set_color(v, Color::Black);
                    self.share_dependencies(obj, v);
                }
            }
            return;
        }
        let Some(e) = spec.values.get(i) else {
            if ty.is_none() {
                self.w.objects.set_type(obj, TypeId::INVALID);
            }
            return;
        };
        let name = self.w.objects.name(obj);
        let target = self.new_target(ty, || name.to_string());
        let mut x = Operand::new();
        self.expr(target.as_ref(), &mut x, e);
        self.init_var(obj, ty, &mut x, "variable declaration");
    }

    fn share_dependencies(&mut self, from: ObjId, to: ObjId) {
        if let Some(deps) = self.w.deps.get(&from).cloned() {
            self.w.deps.entry(to).or_default().extend(deps);
        }
    }

    /// Reports a number of values that does not fit the number of names.
    pub(super) fn arity(
        &mut self,
        at: Span,
        names: &[Ident],
        values: &[Expr],
        is_const: bool,
        inherited: bool,
    ) {
        let (l, r) = (names.len(), values.len());
        if l < r {
            let e = &values[l];
            if inherited {
                let pos = self.position(e.span.lo);
                self.error(
                    at,
                    Code::WrongAssignCount,
                    format!("extra init expr at {pos}"),
                );
            } else {
                self.error(
                    super::typexpr::start_pos(e),
                    Code::WrongAssignCount,
                    format!("extra init expr {}", expr_string(e)),
                );
            }
        } else if l > r && (is_const || r != 1) {
            let message = format!("missing init expr for {}", names[r].name);
            self.error(names[r].span, Code::WrongAssignCount, message);
        }
    }

    /// Checks a type declaration; the object's type is set.
    pub(super) fn type_decl(&mut self, obj: ObjId, spec: &Rc<TypeSpec>) {
        let outer = self.env.scope;
        if spec.is_alias {
            self.alias_decl(obj, spec);
        } else {
            self.named_decl(obj, spec);
        }
        self.env.scope = outer;
    }

    fn alias_decl(&mut self, obj: ObjId, spec: &Rc<TypeSpec>) {
        let tparams = if spec.tparams.is_empty() {
            vec![]
        } else {
            self.open_scope();
            self.collect_type_params(&spec.tparams)
        };
        let rhs = self.typ(&spec.ty);
        if self
            .w
            .types
            .as_type_param(rhs)
            .is_some_and(|p| tparams.contains(&p))
        {
            let message = "cannot use type parameter declared in alias declaration as RHS";
            self.error(spec.ty.span, Code::MisplacedTypeParam, message);
            return;
        }
        if rhs.is_invalid() || self.w.objects.color(obj) == Color::Black {
            return;
        }
        let t = self.w.types.spelled(rhs, obj);
        if !tparams.is_empty() {
            self.w.types.set_alias_tparams(t, tparams.into());
        }
        self.w.objects.set_type(obj, t);
    }

    fn named_decl(&mut self, obj: ObjId, spec: &Rc<TypeSpec>) {
        let (n, t) = self.w.types.new_named(obj);
        self.w.objects.set_type(obj, t);
        let captures = self.env.tparams.clone();
        if !captures.is_empty() {
            self.w.types.update_named(n, |d| d.captures = captures);
        }
        self.later(move |c| c.valid_type(t));
        if !spec.tparams.is_empty() {
            self.open_scope();
            let tparams = self.declare_type_params(&spec.tparams);
            self.w
                .types
                .update_named(n, |d| d.tparams = tparams.clone());
            self.collect_bounds(&spec.tparams, &tparams);
        }
        let mut rhs = self.typ(&spec.ty);
        if self.w.types.is_type_param(rhs) {
            let message = "cannot use a type parameter as RHS in type declaration";
            self.error(spec.ty.span, Code::MisplacedTypeParam, message);
            rhs = TypeId::INVALID;
        }
        self.w.types.update_named(n, |d| d.rhs = Some(rhs));
        let u = self.w.types.underlying(rhs);
        if !u.is_invalid() {
            self.w.types.set_underlying(n, u);
        }
    }

    /// Gives a declared type its methods.
    pub(super) fn collect_methods(&mut self, obj: ObjId) {
        let Some(methods) = self.w.packages[self.pkg.0 as usize].methods.remove(&obj) else {
            return;
        };
        let Some(base) = self.w.types.as_named(self.w.objects.ty(obj)) else {
            return;
        };
        self.later(move |c| c.check_field_uniqueness(base));
        let mut seen: FxHashMap<crate::symbol::Symbol, ObjId> = FxHashMap::default();
        for m in self.w.types.methods(base) {
            seen.insert(self.w.objects.name(m), m);
        }
        for m in methods {
            let (name, span) = self.w.objects.with(m, |o| (o.name, o.span));
            if let Some(&other) = seen.get(&name) {
                let at = self.position(self.w.objects.span(other).lo);
                let message = format!(
                    "method {}.{name} already declared at {at}",
                    self.w.objects.name(obj)
                );
                self.error(span, Code::DuplicateMethod, message);
                continue;
            }
            seen.insert(name, m);
            self.w.types.update_named(base, |d| d.methods.push(m));
        }
    }

    fn check_field_uniqueness(&mut self, base: NamedId) {
        let t = self.w.types.named_type(base);
        let crate::types::Type::Struct(s) = self.w.types.under(t) else {
            return;
        };
        for m in self.w.types.methods(base) {
            let (name, span) = self.w.objects.with(m, |o| (o.name, o.span));
            if s.fields.iter().any(|f| f.name == name) {
                let message = format!("field and method with the same name {name}");
                self.error(span, Code::DuplicateFieldAndMethod, message);
                if let Some(field) = self.field_span(base, name) {
                    self.add_note(field, format!("other declaration of {name}"));
                }
            }
        }
    }

    /// Where a field of a declared struct type stands.
    fn field_span(&self, n: NamedId, name: crate::symbol::Symbol) -> Option<Span> {
        let package = &self.w.packages[self.pkg.0 as usize];
        let Some(DeclRef::Type(spec)) = package.decls.get(&self.w.types.named_obj(n)) else {
            return None;
        };
        let ExprKind::StructType(s) = &spec.ty.kind else {
            return None;
        };
        s.fields
            .iter()
            .flat_map(|f| match f.names.is_empty() {
                true => super::struct_interface::embedded_field_ident(&f.ty)
                    .into_iter()
                    .collect(),
                false => f.names.clone(),
            })
            .find(|id| id.name == name)
            .map(|id| id.span)
    }

    fn func_decl(&mut self, obj: ObjId, decl: &Rc<FuncDecl>) {
        // Guards against cycles.
        let guard = self.w.types.func(&[], &[], false);
        self.w.objects.set_type(obj, guard);
        let sig = self.func_type(decl.recv.as_deref(), &decl.tparams, &decl.ty);
        self.w.objects.update(obj, |o| {
            o.ty = sig.ty;
            if let ObjKind::Func(f) = &mut o.kind {
                *f = FuncObj {
                    recv: sig.recv,
                    vars: sig.vars.clone(),
                    ..f.clone()
                };
            }
        });
        self.w.func_sigs.insert(obj, sig.clone());
        let package = &self.w.packages[self.pkg.0 as usize];
        let (lazy, is_std) = (package.lazy, package.is_std);
        if decl.body.is_none() {
            if !decl.tparams.is_empty() {
                self.error(
                    decl.name.span,
                    Code::BadDecl,
                    "generic function is missing function body",
                );
            } else if !is_std && decl.name.name.as_str() != "init" {
                let at = self.after_func(decl);
                self.bodyless.push(at);
            }
        } else if !lazy {
            let decl = decl.clone();
            if self.w.packages[self.pkg.0 as usize].is_script {
                // Bodies see every variable of the script, so they wait until all statements have been checked.
                self.script_bodies.push((obj, decl, sig));
            } else {
                self.later(move |c| c.declared_body(obj, &decl, sig));
            }
        }
    }

    /// Checks a declared function's body.
    pub(super) fn declared_body(&mut self, obj: ObjId, decl: &Rc<FuncDecl>, sig: FuncSig) {
        let Some(block) = decl.body.as_ref().and_then(|b| b.block.get()) else {
            return;
        };
        self.env.tparams = sig.tparams.clone();
        let decl = Some(obj);
        self.func_body(Body {
            decl,
            sig: sig.ty,
            vars: sig.vars,
            scope: sig.scope,
            iota: None,
            block,
        });
    }

    /// Checks a declaration inside a function and declares its names.
    pub fn decl_stmt(&mut self, d: &Decl) {
        match d {
            Decl::Group(list) => list.iter().for_each(|d| self.decl_stmt(d)),
            Decl::Const(spec) => self.local_consts(spec),
            Decl::Var(spec) => self.local_vars(spec),
            Decl::Type(spec) => {
                let name = &spec.name;
                let kind = ObjKind::TypeName(spec.is_alias);
                let obj = self.w.objects.new_object(
                    name.name,
                    name.span,
                    Some(self.pkg),
                    TypeId::INVALID,
                    kind,
                );
                let scope = self.env.scope;
                self.declare(scope, Some(name), obj, name.span.lo);
                self.push(obj);
                self.type_decl(obj, spec);
                self.pop();
            }
            Decl::Func(f) => {
                self.error(
                    f.name.span,
                    Code::InvalidSyntaxTree,
                    "unexpected function declaration",
                );
            }
        }
    }

    fn local_consts(&mut self, spec: &Rc<ConstSpec>) {
        let top = self.delayed.len();
        let mut objs = Vec::new();
        for (i, id) in spec.names.iter().enumerate() {
            let kind = ObjKind::Const(constant::Value::Unknown);
            let obj =
                self.w
                    .objects
                    .new_object(id.name, id.span, Some(self.pkg), TypeId::INVALID, kind);
            self.const_decl(obj, spec, i);
            objs.push(obj);
        }
        self.arity(
            spec.span,
            &spec.names,
            &spec.rhs.values,
            true,
            spec.inherited,
        );
        self.process_delayed(top);
        let scope = self.env.scope;
        for (id, &obj) in spec.names.iter().zip(&objs) {
            self.declare(scope, Some(id), obj, spec.span.hi);
        }
    }

    fn local_vars(&mut self, spec: &Rc<VarSpec>) {
        let top = self.delayed.len();
        let kind = if self.env.in_script {
            VarKind::Global
        } else {
            VarKind::Local
        };
        let new_var = |id: &Ident| {
            self.w
                .objects
                .new_var(id.name, id.span, self.pkg, TypeId::INVALID, kind)
        };
        let objs: Vec<ObjId> = spec.names.iter().map(new_var).collect();
        for (i, &obj) in objs.iter().enumerate() {
            self.var_decl(obj, i, &objs, spec);
            if spec.values.len() == 1 {
                break;
            }
        }
        if spec.ty.is_none() || !spec.values.is_empty() {
            self.arity(spec.span, &spec.names, &spec.values, false, false);
        }
        self.process_delayed(top);
        let scope = self.env.scope;
        for (id, &obj) in spec.names.iter().zip(&objs) {
            self.declare(scope, Some(id), obj, spec.span.hi);
        }
    }
}

/// The unqualified names in a type expression.
fn type_names(e: &Expr, out: &mut Vec<Ident>) {
    crate::ast::deep(|| match &e.kind {
        ExprKind::Ident(id) => out.push(*id),
        ExprKind::Paren(x) | ExprKind::Star(x) | ExprKind::SliceType(x) | ExprKind::Ellipsis(x) => {
            type_names(x, out)
        }
        ExprKind::ArrayType(_, x) | ExprKind::ChanType(_, x) => type_names(x, out),
        ExprKind::MapType(k, v) => {
            type_names(k, out);
            type_names(v, out);
        }
        ExprKind::Index(x, args) => {
            type_names(x, out);
            args.iter().for_each(|a| type_names(a, out));
        }
        ExprKind::FuncType(f) => f
            .params
            .iter()
            .chain(&f.results)
            .for_each(|p| type_names(&p.ty, out)),
        ExprKind::StructType(s) => s.fields.iter().for_each(|f| type_names(&f.ty, out)),
        _ => {}
    })
}

//! Collecting a package's objects, and checking a complete package (go/types: resolver.go, check.go).
//!
//! Invariants: collecting looks at no type or value, so its cost is that of the number of declarations; package-level objects are White
//! afterwards; methods are associated with their base type by name, before any signature is known.

use super::Checker;
use super::signature::unpack_recv;
use crate::ast::{Decl, ExprKind, File, FuncDecl, Ident, ImportSpec, Item};
use crate::constant::Value;
use crate::diag::{Code, Diagnostic, drop_repeats};
use crate::source::Pos;
use crate::symbol::Symbol;
use crate::types::{Color, DeclRef, FuncObj, ObjId, ObjKind, ScopeId, TypeId, VarKind};
use std::rc::Rc;

impl Checker<'_> {
    /// Checks a complete package.
    pub(super) fn check_files(&mut self, files: Vec<Rc<File>>) {
        self.check_package_names(&files);
        let objs = self.collect_objects(files);
        self.direct_cycles(&objs);
        self.package_objects(&objs);
        self.process_delayed(0);
        self.initialization_order(&objs);
        self.unused_imports();
        if !self.diags.iter().any(Diagnostic::is_error) {
            self.check_instance_cycles();
        }
        self.later_stages();
    }

    /// Ends the check: what was found, sorted by position, without repetitions.
    pub(super) fn finish(mut self) -> Vec<Diagnostic> {
        self.process_delayed(0);
        self.record_untyped();
        let mut diags = std::mem::take(&mut self.diags);
        if self.w.importing.is_empty() {
            diags.append(&mut self.w.import_diags);
        }
        drop_follow_ups(&mut diags);
        drop_repeats(&mut diags, |p| {
            let file = self.w.sources.file(p);
            file.map(|f| (f.base, f.line_col(p).line))
        });
        diags.sort_by_key(|d| d.span.lo);
        diags
    }

    fn check_package_names(&mut self, files: &[Rc<File>]) {
        let mut first: Option<Ident> = None;
        for id in files.iter().filter_map(|f| f.package) {
            if id.name.is_blank() {
                self.error(id.span, Code::BlankPkgName, "invalid package name _");
            }
            match first {
                None => first = Some(id),
                Some(f) if f.name != id.name => {
                    let message = format!("package {}; expected package {}", id.name, f.name);
                    self.error(id.span, Code::MismatchedPkgName, message);
                }
                Some(_) => {}
            }
        }
    }

    /// Declares the package's objects and imports. Gives back the objects in source order, methods included.
    pub(super) fn collect_objects(&mut self, files: Vec<Rc<File>>) -> Vec<ObjId> {
        let first = self.w.packages[self.pkg.0 as usize].decl_order.len();
        for file in files {
            let parent = self.w.packages[self.pkg.0 as usize].scope;
            let scope = self.w.objects.new_scope(Some(parent), false);
            self.w.packages[self.pkg.0 as usize].file_scopes.push(scope);
            for spec in &file.imports {
                self.collect_import(scope, spec);
            }
            for item in &file.items {
                if let Item::Decl(d) = item {
                    self.collect_decl(scope, d);
                }
            }
            self.w.packages[self.pkg.0 as usize].files.push(file);
        }
        self.check_file_scopes();
        let objs = self.w.packages[self.pkg.0 as usize].decl_order[first..].to_vec();
        self.associate_methods(&objs);
        objs
    }

    pub(super) fn collect_import(&mut self, scope: ScopeId, spec: &ImportSpec) {
        if let Some(why) = invalid_path(&spec.path) {
            self.error(
                spec.path_span,
                Code::BadImportPath,
                format!("invalid import path ({why})"),
            );
            return;
        }
        let pkg = self.import_package(spec.path_span, &spec.path);
        let (fake, own_name) = {
            let p = &self.w.packages[pkg.0 as usize];
            (p.fake, p.name)
        };
        let name = spec.name.map_or(own_name, |id| id.name);
        if name.as_str() == "init" {
            let message = "cannot import package as init - init must be a func";
            self.error(spec.span, Code::InvalidInitDecl, message);
            return;
        }
        if own_name.as_str() == "main" && !fake && !self.w.importer.may_import_program(&spec.path) {
            let message = format!(
                "import {:?} is a program, not an importable package",
                spec.path
            );
            self.error(spec.span, Code::BrokenImport, message);
            return;
        }
        self.add_import(pkg);
        let kind = ObjKind::PkgName(pkg);
        let obj = self
            .w
            .objects
            .new_object(name, spec.span, Some(self.pkg), TypeId::INVALID, kind);
        match &spec.name {
            Some(id) => self.record_def(id, obj),
            None => self.record_implicit(spec.id, obj),
        }
        if fake || name.is_blank() {
            self.w.objects.mark_used(obj);
        }
        self.w.packages[self.pkg.0 as usize].import_objs.push(obj);
        if name.as_str() == "." {
            self.dot_import(scope, pkg, obj);
        } else {
            self.declare(scope, None, obj, Pos::NONE);
        }
    }

    /// Makes the exported names of a package visible in a file.
    fn dot_import(&mut self, scope: ScopeId, pkg: crate::types::PkgId, import: ObjId) {
        if self.w.load(pkg).is_err() {
            return;
        }
        self.w.packages[self.pkg.0 as usize]
            .dot_imports
            .push((scope, pkg, import));
        let from = self.w.packages[pkg.0 as usize].scope;
        for (name, obj) in self.w.objects.scope_names(from) {
            if name.is_exported()
                && let Some(alt) = self.w.objects.insert(scope, obj)
            {
                let span = self.w.objects.span(import);
                self.error(
                    span,
                    Code::DuplicateDecl,
                    format!("{name} redeclared in this block"),
                );
                self.add_alt_decl(alt);
            }
        }
    }

    /// Notes the use of a dot import if `obj` came through one.
    pub(super) fn mark_dot_import(&mut self, scope: ScopeId, obj: ObjId) {
        let imports = &self.w.packages[self.pkg.0 as usize].dot_imports;
        if imports.is_empty() {
            return;
        }
        let from = self.w.objects.pkg(obj);
        if let Some(d) = imports.iter().find(|d| d.0 == scope && Some(d.1) == from) {
            self.w.objects.mark_used(d.2);
        }
    }

    pub(super) fn collect_decl(&mut self, scope: ScopeId, d: &Decl) {
        match d {
            Decl::Group(list) => list.iter().for_each(|d| self.collect_decl(scope, d)),
            Decl::Const(spec) => {
                for id in &spec.names {
                    self.declare_package_object(
                        scope,
                        id,
                        ObjKind::Const(Value::Unknown),
                        DeclRef::Const(spec.clone()),
                    );
                }
                if !self.is_lazy() {
                    self.arity(
                        spec.span,
                        &spec.names,
                        &spec.rhs.values,
                        true,
                        spec.inherited,
                    );
                }
            }
            Decl::Var(spec) => {
                for id in &spec.names {
                    self.declare_package_object(
                        scope,
                        id,
                        ObjKind::Var(VarKind::Global),
                        DeclRef::Var(spec.clone()),
                    );
                }
                if !self.is_lazy() && (spec.ty.is_none() || !spec.values.is_empty()) {
                    self.arity(spec.span, &spec.names, &spec.values, false, false);
                }
            }
            Decl::Type(spec) => {
                let kind = ObjKind::TypeName(spec.is_alias);
                self.declare_package_object(scope, &spec.name, kind, DeclRef::Type(spec.clone()));
            }
            Decl::Func(decl) => self.collect_func(scope, decl),
        }
    }

    fn is_lazy(&self) -> bool {
        self.w.packages[self.pkg.0 as usize].lazy
    }

    pub(super) fn is_main(&self) -> bool {
        self.w.packages[self.pkg.0 as usize].name.as_str() == "main"
    }

    fn declare_package_object(&mut self, scope: ScopeId, id: &Ident, kind: ObjKind, decl: DeclRef) {
        let misplaced = match id.name.as_str() {
            "init" => Some((Code::InvalidInitDecl, "cannot declare init - must be func")),
            "main" if self.is_main() => {
                Some((Code::InvalidMainDecl, "cannot declare main - must be func"))
            }
            _ => None,
        };
        if let Some((code, message)) = misplaced {
            self.error(id.span, code, message);
            return;
        }
        let obj =
            self.w
                .objects
                .new_object(id.name, id.span, Some(self.pkg), TypeId::INVALID, kind);
        let package = self.w.packages[self.pkg.0 as usize].scope;
        self.record_def(id, obj);
        self.declare(package, None, obj, Pos::NONE);
        self.add_decl(scope, obj, decl);
    }

    fn add_decl(&mut self, scope: ScopeId, obj: ObjId, decl: DeclRef) {
        self.w.objects.set_color(obj, Color::White);
        let package = &mut self.w.packages[self.pkg.0 as usize];
        package.decls.insert(obj, decl);
        package.decl_scopes.insert(obj, scope);
        package.decl_order.push(obj);
    }

    fn collect_func(&mut self, scope: ScopeId, decl: &Rc<FuncDecl>) {
        let id = &decl.name;
        let ptr_recv = decl
            .recv
            .as_ref()
            .and_then(|r| r.first())
            .is_some_and(|f| unpack_recv(&f.ty).ptr);
        let func = FuncObj {
            decl: Some(decl.clone()),
            ptr_recv,
            ..FuncObj::default()
        };
        let obj = self.w.objects.new_object(
            id.name,
            id.span,
            Some(self.pkg),
            TypeId::INVALID,
            ObjKind::Func(func),
        );
        let package = self.w.packages[self.pkg.0 as usize].scope;
        self.record_def(id, obj);
        if decl.recv.is_none() {
            let name = id.name.as_str();
            if name == "init" || name == "main" && self.is_main() {
                self.check_special_func(name, decl);
            }
            if name == "init" {
                self.w.objects.update(obj, |o| o.parent = Some(package));
                self.w.packages[self.pkg.0 as usize].init_funcs.push(obj);
            } else {
                self.declare(package, None, obj, Pos::NONE);
            }
        }
        self.add_decl(scope, obj, DeclRef::Func(decl.clone()));
    }

    /// `init` and `main` have no type parameters, parameters or results.
    fn check_special_func(&mut self, name: &str, decl: &FuncDecl) {
        let code = if name == "main" {
            Code::InvalidMainDecl
        } else {
            Code::InvalidInitDecl
        };
        if let Some(p) = decl.tparams.first() {
            self.error(
                p.span,
                code,
                format!("func {name} must have no type parameters"),
            );
        }
        if !decl.ty.params.is_empty() || !decl.ty.results.is_empty() {
            self.error(
                decl.name.span,
                code,
                format!("func {name} must have no arguments and no return values"),
            );
        }
        if name == "init" && decl.body.is_none() {
            self.error(
                decl.name.span,
                Code::MissingInitBody,
                "func init must have a body",
            );
        }
    }

    /// An imported name and a package-level one may not be the same.
    fn check_file_scopes(&mut self) {
        let package = &self.w.packages[self.pkg.0 as usize];
        let (scope, file_scopes) = (package.scope, package.file_scopes.clone());
        for fs in file_scopes {
            for (name, obj) in self.w.objects.scope_names(fs) {
                let Some(alt) = self.w.objects.lookup(scope, name) else {
                    continue;
                };
                let (pkg, how) = self.w.objects.with(obj, |o| match o.kind {
                    ObjKind::PkgName(p) => (Some(p), "import"),
                    _ => (o.pkg, "dot-import"),
                });
                let Some(pkg) = pkg else { continue };
                let p = &self.w.packages[pkg.0 as usize];
                let what = format!("package {} ({:?})", p.name, p.path);
                let span = self.w.objects.span(alt);
                self.error(
                    span,
                    Code::DuplicateDecl,
                    format!("{name} already declared through {how} of {what}"),
                );
                self.add_alt_decl(obj);
            }
        }
    }

    /// Notes for each base type which methods it has.
    pub(super) fn associate_methods(&mut self, objs: &[ObjId]) {
        for &m in objs {
            let Some(decl) = self.w.objects.func(m).and_then(|f| f.decl) else {
                continue;
            };
            let Some(field) = decl.recv.as_ref().and_then(|r| r.first()) else {
                continue;
            };
            if decl.name.name.is_blank() {
                continue;
            }
            let parts = unpack_recv(&field.ty);
            let ExprKind::Ident(base) = &parts.base.kind else {
                continue;
            };
            let Some((ptr, base)) = self.base_type(parts.ptr, base.name) else {
                continue;
            };
            if ptr != parts.ptr {
                self.w.objects.update(m, |o| {
                    if let ObjKind::Func(f) = &mut o.kind {
                        f.ptr_recv = ptr;
                    }
                });
            }
            self.w.packages[self.pkg.0 as usize]
                .methods
                .entry(base)
                .or_default()
                .push(m);
        }
    }

    /// The type declaration a receiver's base type name leads to, through aliases; and whether a `*` was on the way.
    fn base_type(&self, ptr: bool, name: Symbol) -> Option<(bool, ObjId)> {
        let package = &self.w.packages[self.pkg.0 as usize];
        let (mut ptr, mut name) = (ptr, name);
        // An alias chain longer than the package is a cycle.
        for _ in 0..=package.decls.len() {
            // A session's methods may be of a type of an earlier input.
            let (_, obj) = self
                .w
                .objects
                .lookup_parent(package.scope, name, Pos::NONE)?;
            let DeclRef::Type(spec) = package.decls.get(&obj)? else {
                return None;
            };
            if !spec.is_alias {
                return Some((ptr, obj));
            }
            let parts = unpack_recv(&spec.ty);
            if ptr && parts.ptr {
                return None;
            }
            ptr |= parts.ptr;
            if parts.tparams.is_some() {
                return None;
            }
            let ExprKind::Ident(id) = &parts.base.kind else {
                return None;
            };
            name = id.name;
        }
        None
    }

    /// Checks package-level objects: defined types first, then aliases, then everything else.
    pub(super) fn package_objects(&mut self, objs: &[ObjId]) {
        let is = |c: &Self, o: ObjId, alias: bool| {
            c.w.objects
                .with(o, |o| matches!(o.kind, ObjKind::TypeName(a) if a == alias))
        };
        for alias in [false, true] {
            for &obj in objs {
                if is(self, obj, alias) {
                    self.obj_decl(obj);
                }
            }
        }
        for &obj in objs {
            self.obj_decl(obj);
        }
    }

    pub(super) fn unused_imports(&mut self) {
        for obj in self.w.packages[self.pkg.0 as usize].import_objs.clone() {
            if self.w.objects.is_used(obj) {
                continue;
            }
            let o = self.w.objects.get(obj);
            let ObjKind::PkgName(pkg) = o.kind else {
                continue;
            };
            let path = self.w.packages[pkg.0 as usize].path.clone();
            let last = path.rsplit('/').next().unwrap_or_default();
            let name = o.name.as_str();
            let message = if name == "." || name == last {
                format!("{path:?} imported and not used")
            } else {
                format!("{path:?} imported as {name} and not used")
            };
            self.soft_error(o.span, Code::UnusedImport, message);
        }
    }
}

/// What is wrong with an import path.
fn invalid_path(path: &str) -> Option<String> {
    if path.is_empty() {
        return Some("empty string".to_string());
    }
    let bad = |c: &char| {
        c.is_whitespace() || c.is_control() || "!\"#$%&'()*,:;<=>?[\\]^{|}`\u{fffd}".contains(*c)
    };
    path.chars().find(bad).map(|c| match c {
        ' ' | '!'..='~' => format!("invalid character U+{:04X} '{c}'", c as u32),
        _ if c.is_control() || c.is_whitespace() => {
            format!("invalid character U+{:04X}", c as u32)
        }
        _ => format!("invalid character U+{:04X} '{c}'", c as u32),
    })
}

/// A message without the notes about other places.
fn own_text(message: &str) -> &str {
    let notes = message.match_indices("\n\t").find(|(i, _)| {
        let rest = &message[i + 2..];
        !rest.starts_with('\t')
    });
    notes.map_or(message, |(i, _)| &message[..i])
}

/// Drops errors that only follow from others: those that speak of something invalid, and a missing `main` in a package with
/// other errors.
fn drop_follow_ups(diags: &mut Vec<Diagnostic>) {
    let mut first = true;
    diags.retain(|d| {
        let invalid = |what| own_text(&d.message).find(what).is_some_and(|i| i > 0);
        let follows = !first && (invalid("invalid operand") || invalid("invalid type"));
        first &= !d.is_error();
        !follows
    });
    if diags
        .iter()
        .any(|d| d.is_error() && d.code != Code::MissingMain)
    {
        diags.retain(|d| d.code != Code::MissingMain);
    }
}

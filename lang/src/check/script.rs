//! Scripts and REPL inputs: files without package clause whose top-level statements run in order.
//!
//! Invariants: each input is checked in a scope of its own inside the session's, which then takes over its objects: a later declaration
//! replaces an earlier one, and functions keep what they were checked with; an input with errors leaves no trace in the
//! session's scope; variables declared at top level are package-level objects, declared as their statements are
//! checked, while functions, types and constants are there from the beginning.

use super::echo::Shown;
use super::{Checker, Package, ScriptUnit, World};
use crate::ast::{Decl, File, Item, NodeId, NodeIds, Stmt, StmtKind};
use crate::diag::{Code, Diagnostic};
use crate::symbol::Symbol;
use crate::types::{Color, NamedId, ObjId, ObjKind, PkgId, ScopeId, VarKind};
use std::ops::Range;
use std::rc::Rc;

/// A checked script or REPL input.
pub struct ScriptCheck {
    /// The session's package.
    pub pkg: PkgId,
    /// Which of the package's `script` units are this input's; empty after an error.
    pub units: Range<usize>,
    /// What was found.
    pub diags: Vec<Diagnostic>,
    /// What a REPL shows of it once it has run.
    pub shown: Vec<Shown>,
    /// How to take back what it declares.
    pub undo: Undo,
}

/// What names meant before an input declared them, and how many methods types had to which it gave further ones.
#[derive(Clone, Default, Debug)]
pub struct Undo {
    names: Vec<(Symbol, Option<ObjId>)>,
    methods: Vec<(NamedId, usize)>,
    results: u32,
}

impl Undo {
    /// The names that the input declared, and whether they meant something before.
    pub fn names(&self) -> impl Iterator<Item = (Symbol, bool)> {
        self.names.iter().map(|n| (n.0, n.1.is_some()))
    }
}

impl World {
    /// Checks a script, or a further input of the session `session`. All inputs of a session share their node ids.
    pub fn check_script(
        &mut self,
        session: Option<PkgId>,
        file: Rc<File>,
        ids: Rc<NodeIds>,
    ) -> ScriptCheck {
        self.check_input(session, file, ids, true)
    }

    /// Checks a text in the scope of a session that does not take over what it declares; its values count as no results.
    pub fn check_aside(&mut self, session: PkgId, file: Rc<File>, ids: Rc<NodeIds>) -> ScriptCheck {
        self.check_input(Some(session), file, ids, false)
    }

    /// Takes back what an input declared: names mean what they meant before. Only the last input that is not yet undone can be.
    pub fn undo_script(&mut self, session: PkgId, undo: &Undo) {
        let package = &mut self.packages[session.0 as usize];
        package.results = undo.results;
        let scope = package.scope;
        for &(name, before) in &undo.names {
            match before {
                Some(obj) => self.objects.replace(scope, obj),
                None => self.objects.remove(scope, name),
            }
        }
        self.shrink(&undo.methods);
    }

    fn shrink(&mut self, grown: &[(NamedId, usize)]) {
        for &(n, methods) in grown {
            self.types.update_named(n, |d| d.methods.truncate(methods));
        }
    }

    fn check_input(
        &mut self,
        session: Option<PkgId>,
        file: Rc<File>,
        ids: Rc<NodeIds>,
        keep: bool,
    ) -> ScriptCheck {
        let pkg = session.unwrap_or_else(|| self.new_session());
        let package = &mut self.packages[pkg.0 as usize];
        package.ids = ids;
        let outer = package.scope;
        let before = Marks::of(package);
        let scope = self.objects.new_scope(Some(outer), false);
        self.packages[pkg.0 as usize].scope = scope;
        let mut c = Checker::new(self, pkg);
        let grown = c.script_file(file, session.is_none());
        c.hoist_vars(before.script);
        let mut shown = std::mem::take(&mut c.shown);
        let diags = c.finish();
        let package = &mut self.packages[pkg.0 as usize];
        package.scope = outer;
        let mut undo = Undo {
            results: before.results,
            ..Undo::default()
        };
        if diags.iter().any(Diagnostic::is_error) {
            shown.clear();
            before.restore(package);
            self.shrink(&grown);
        } else if keep {
            for obj in self.objects.scope_objects(scope) {
                let name = self.objects.name(obj);
                undo.names.push((name, self.objects.lookup(outer, name)));
                self.objects.replace(outer, obj);
            }
            undo.methods = grown;
        } else {
            package.results = before.results;
            self.shrink(&grown);
        }
        ScriptCheck {
            pkg,
            units: before.script..self.packages[pkg.0 as usize].script.len(),
            diags,
            shown,
            undo,
        }
    }

    /// Lets go of what is known about the syntax of an input that has been compiled and declares no function: the nodes with these ids.
    pub fn forget_input(&mut self, pkg: PkgId, nodes: Range<usize>) {
        let package = &mut self.packages[pkg.0 as usize];
        package.script.clear();
        package.files.clear();
        let info = &mut package.info;
        for id in nodes.map(|n| NodeId(n as u32)) {
            info.types.remove(&id);
            info.defs.remove(&id);
            info.uses.remove(&id);
            info.implicits.remove(&id);
            info.selections.remove(&id);
            info.instances.remove(&id);
            info.func_lits.remove(&id);
            info.field_keys.remove(&id);
        }
    }

    /// An empty session: a scope for imports around the one for what its inputs declare.
    pub fn new_session(&mut self) -> PkgId {
        let universe = self.universe();
        let imports = self.objects.new_scope(Some(universe), false);
        let pkg = self.new_package("main", "main", imports);
        let scope = self.objects.new_scope(Some(imports), false);
        let package = &mut self.packages[pkg.0 as usize];
        package.is_script = true;
        package.scope = scope;
        package.file_scopes.push(imports);
        pkg
    }
}

/// How far a session's tables went before an input.
struct Marks {
    script: usize,
    files: usize,
    decls: usize,
    results: u32,
}

impl Marks {
    fn of(p: &Package) -> Marks {
        Marks {
            script: p.script.len(),
            files: p.files.len(),
            decls: p.decl_order.len(),
            results: p.results,
        }
    }

    /// Takes away what an input with errors has left.
    fn restore(&self, p: &mut Package) {
        p.script.truncate(self.script);
        p.files.truncate(self.files);
        p.decl_order.truncate(self.decls);
        p.results = self.results;
    }
}

impl Checker<'_> {
    /// Checks an input. Gives back the types of earlier inputs that got further methods, with the number they had.
    pub(super) fn script_file(&mut self, file: Rc<File>, whole: bool) -> Vec<(NamedId, usize)> {
        let scope = self.env.scope;
        let imports = self.w.packages[self.pkg.0 as usize].file_scopes[0];
        let first_import = self.w.packages[self.pkg.0 as usize].import_objs.len();
        for spec in &file.imports {
            // A session may import the same package again.
            let known = spec.name.is_none() && self.is_imported(imports, &spec.path);
            if !known {
                self.collect_import(imports, spec);
            }
        }
        let first = self.w.packages[self.pkg.0 as usize].decl_order.len();
        let mut stmts: Vec<Rc<Stmt>> = Vec::new();
        for item in &file.items {
            match item {
                Item::Decl(d) => self.collect_script_decl(scope, d),
                Item::Stmt(s) => stmts.push(s.clone()),
            }
        }
        self.w.packages[self.pkg.0 as usize]
            .files
            .push(file.clone());
        let objs = self.w.packages[self.pkg.0 as usize].decl_order[first..].to_vec();
        self.associate_methods(&objs);
        let grown = self.add_methods();
        self.direct_cycles(&objs);
        self.script_types(&objs);
        for item in &file.items {
            self.script_item(item, whole);
        }
        let list: Vec<&Stmt> = stmts.iter().map(|s| &**s).collect();
        self.branches_in(file.span.lo, &list);
        self.package_objects(&objs);
        self.process_delayed(0);
        for (obj, decl, sig) in std::mem::take(&mut self.script_bodies) {
            self.declared_body(obj, &decl, sig);
        }
        self.process_delayed(0);
        self.script_usage(scope, whole, first_import);
        if !self.diags.iter().any(Diagnostic::is_error) {
            self.check_instance_cycles();
        }
        for span in std::mem::take(&mut self.bodyless) {
            self.error(span, Code::MissingBody, "missing function body");
        }
        grown
    }

    /// Gives types of earlier inputs the methods that this input declares.
    fn add_methods(&mut self) -> Vec<(NamedId, usize)> {
        let bases: Vec<ObjId> = self.w.packages[self.pkg.0 as usize]
            .methods
            .keys()
            .copied()
            .collect();
        let mut grown = Vec::new();
        for base in bases {
            if self.w.objects.color(base) != Color::Black {
                continue;
            }
            if let Some(n) = self.w.types.as_named(self.w.objects.ty(base)) {
                grown.push((n, self.w.types.methods(n).len()));
                self.collect_methods(base);
            }
        }
        grown
    }

    fn is_imported(&self, scope: ScopeId, path: &str) -> bool {
        self.w.objects.scope_objects(scope).iter().any(|&o| {
            self.w.objects.with(o, |o| match o.kind {
                ObjKind::PkgName(p) => {
                    let p = &self.w.packages[p.0 as usize];
                    p.path == path && p.name == o.name
                }
                _ => false,
            })
        })
    }

    /// Collects everything but variables: those are declared in order.
    fn collect_script_decl(&mut self, scope: ScopeId, d: &Decl) {
        match d {
            Decl::Group(list) => list.iter().for_each(|d| self.collect_script_decl(scope, d)),
            Decl::Var(_) => {}
            d => self.collect_decl(scope, d),
        }
    }

    /// Types first, so that statements find them complete.
    fn script_types(&mut self, objs: &[ObjId]) {
        for &obj in objs {
            if self
                .w
                .objects
                .with(obj, |o| matches!(o.kind, ObjKind::TypeName(_)))
            {
                self.obj_decl(obj);
            }
        }
        // Method bodies and the like wait for the statements; only what types need is checked now.
    }

    fn script_item(&mut self, item: &Item, whole: bool) {
        match item {
            Item::Decl(d) => self.script_decl(d),
            Item::Stmt(s) if !whole && matches!(s.kind, StmtKind::Expr(_)) => self.script_value(s),
            Item::Stmt(s) => {
                self.env.in_script = true;
                self.script_stmt(s);
                self.env.in_script = false;
                self.add_unit(ScriptUnit::Stmt(s.clone()));
            }
        }
    }

    /// Checks a statement; only the function literals in it are checked with it, function bodies come last.
    fn script_stmt(&mut self, s: &Rc<Stmt>) {
        if let StmtKind::Decl(d) = &s.kind {
            return self.decl_stmt(d);
        }
        self.stmt(s);
    }

    fn script_decl(&mut self, d: &Decl) {
        match d {
            Decl::Group(list) => list.iter().for_each(|d| self.script_decl(d)),
            Decl::Var(spec) => {
                self.env.in_script = true;
                self.decl_stmt(d);
                self.env.in_script = false;
                self.add_unit(ScriptUnit::Var(spec.clone()));
            }
            _ => {}
        }
    }

    pub(super) fn add_unit(&mut self, unit: ScriptUnit) {
        self.w.packages[self.pkg.0 as usize].script.push(unit);
    }

    /// Warns of unused variables and imports.
    fn script_usage(&mut self, scope: ScopeId, whole: bool, first_import: usize) {
        for child in self.w.objects.scope_children(scope) {
            if !self.w.objects.scope_is_func(child) {
                self.usage(child);
            }
        }
        if !whole {
            return;
        }
        for v in self.w.objects.scope_objects(scope) {
            if self.w.objects.var_kind(v) == Some(VarKind::Global) && !self.w.objects.is_used(v) {
                let (name, span) = self.w.objects.with(v, |o| (o.name, o.span));
                self.soft_error(
                    span,
                    Code::UnusedVar,
                    format!("declared and not used: {name}"),
                );
            }
        }
        if first_import == 0 {
            self.unused_imports();
        }
    }
}

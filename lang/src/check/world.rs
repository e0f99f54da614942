//! The session's world: every source, type, object and package, shared by checker and compiler.
//!
//! Invariants: ids index append-only tables; a package is checked once and then only grows (a session's package gets further
//! inputs; a lazily loaded package's objects and bodies are checked when first reached).

use super::{Checker, FuncSig, Info};
use crate::ast::{File, NodeIds};
use crate::diag::Diagnostic;
use crate::source::SourceMap;
use crate::symbol::Symbol;
use crate::types::{
    Color, DeclRef, ObjId, ObjKind, Objects, PkgId, ScopeId, TypeId, Types, UNIVERSE, UNSAFE,
    declare_universe, declare_unsafe,
};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// Everything known about the program so far.
pub struct World {
    /// Source texts.
    pub sources: SourceMap,
    /// Types (interior mutability: interning takes `&self`).
    pub types: Types,
    /// Objects and scopes (same).
    pub objects: Objects,
    /// Packages; index is `PkgId`; entry 0 is the universe.
    pub packages: Vec<Package>,
    /// Packages by import path.
    pub by_path: FxHashMap<String, PkgId>,
    /// Which package-level objects and methods each package-level object mentions (for the initialisation order).
    pub deps: FxHashMap<ObjId, FxHashSet<ObjId>>,
    /// The checked signatures of declared functions.
    pub func_sigs: FxHashMap<ObjId, FuncSig>,
    /// Finds packages by import path (the standard library; a module's own packages).
    pub importer: Rc<dyn Importer>,
    /// What was found wrong in imported packages.
    pub(super) import_diags: Vec<Diagnostic>,
    /// The packages being imported, outermost first.
    pub(super) importing: Vec<String>,
    /// Functions whose bodies have been checked on demand, with what was found.
    pub(super) checked_bodies: FxHashSet<ObjId>,
    /// Counts what is read and checked for good when it is first reached: packages, and objects of lazily checked ones.
    pub(super) reached: u64,
}

/// One package.
pub struct Package {
    /// Import path (`main` for the program).
    pub path: String,
    /// Package name.
    pub name: Symbol,
    /// Its files.
    pub files: Vec<Rc<File>>,
    /// The id source of its nodes.
    pub ids: Rc<NodeIds>,
    /// Its package scope; of a session, while an input is checked, that input's.
    pub scope: ScopeId,
    /// The file scopes, which hold imports.
    pub file_scopes: Vec<ScopeId>,
    /// Directly imported packages.
    pub imports: Vec<PkgId>,
    /// Side tables.
    pub info: Info,
    /// Package-level variable initialisation in execution order.
    pub init_order: Vec<Initializer>,
    /// `init` functions in source order.
    pub init_funcs: Vec<ObjId>,
    /// Declarations of package-level objects and methods.
    pub decls: FxHashMap<ObjId, DeclRef>,
    /// The file scope each declared object is resolved in.
    pub decl_scopes: FxHashMap<ObjId, ScopeId>,
    /// Declared objects in source order, methods included.
    pub decl_order: Vec<ObjId>,
    /// Methods whose base type has not been checked yet.
    pub methods: FxHashMap<ObjId, Vec<ObjId>>,
    /// The package name objects of its imports.
    pub import_objs: Vec<ObjId>,
    /// Names brought in by dot imports: file scope, imported package and the object of the import.
    pub dot_imports: Vec<(ScopeId, PkgId, ObjId)>,
    /// Whether objects and bodies are checked only when reached (standard library).
    pub lazy: bool,
    /// Whether its sources have been read: a package that only a lazy package imports is read when first used.
    pub loaded: bool,
    /// Whether it stands for a package that could not be imported: its members are not missed.
    pub fake: bool,
    /// Whether it belongs to gol's standard library: functions without body are natives.
    pub is_std: bool,
    /// Whether it is a script or REPL input: unused things are warnings, packages are imported by use.
    pub is_script: bool,
    /// Top-level statements of a script or REPL input, in order, as function bodies to run: see `ScriptUnit`.
    pub script: Vec<ScriptUnit>,
    /// How many values of a session's expressions have got a name: `_1`, `_2`…
    pub results: u32,
}

/// `lhs… = rhs` at package level (go/types: Initializer).
#[derive(Clone, Debug)]
pub struct Initializer {
    /// The variables; several when `rhs` is a multi-value expression.
    pub lhs: Vec<ObjId>,
    /// The var spec and the index of the value in it.
    pub spec: Rc<crate::ast::VarSpec>,
    /// Index into `spec.values`.
    pub value: usize,
}

/// A top-level statement of a script. Variables it declares at top level are package-level variables.
#[derive(Clone, Debug)]
pub enum ScriptUnit {
    /// A statement; a `:=` or `var` at top level declares `Global` variables.
    Stmt(Rc<crate::ast::Stmt>),
    /// A top-level `var` with initial values (runs in order with the statements).
    Var(Rc<crate::ast::VarSpec>),
    /// An expression that stands alone in a session, with the variables that hold its values.
    Value(Vec<ObjId>, Rc<crate::ast::Stmt>),
}

/// Source texts of one importable package.
pub struct PackageSource {
    /// `(shown name, text)` of each file.
    pub files: Vec<(String, String)>,
    /// Whether it belongs to gol's standard library (bodies parsed and checked on demand, natives allowed).
    pub is_std: bool,
}

/// Finds the source of a package by import path.
pub trait Importer {
    /// The package's source, or a message why there is none (worded as gc: `package foo is not in std`).
    ///
    /// # Errors
    /// When there is no such package.
    fn import(&self, path: &str) -> Result<PackageSource, String>;
    /// Paths whose last element is `name` (for scripts, where packages are imported by use): e.g. `rand` → `math/rand`.
    fn by_name(&self, name: &str) -> Option<String>;
    /// Whether that path may be imported although it is a program: a test imports what it tests.
    fn may_import_program(&self, _path: &str) -> bool {
        false
    }
}

impl World {
    /// A world that knows the universe and package unsafe.
    pub fn new(importer: Rc<dyn Importer>) -> World {
        let mut w = World {
            sources: SourceMap::default(),
            types: Types::new(),
            objects: Objects::default(),
            packages: Vec::new(),
            by_path: FxHashMap::default(),
            deps: FxHashMap::default(),
            func_sigs: FxHashMap::default(),
            importer,
            import_diags: Vec::new(),
            importing: Vec::new(),
            checked_bodies: FxHashSet::default(),
            reached: 0,
        };
        let universe = declare_universe(&w.types, &w.objects);
        let pkg = w.new_package("", "", universe);
        debug_assert_eq!(pkg, UNIVERSE);
        let scope = w.objects.new_scope(Some(universe), false);
        let pkg = w.new_package("unsafe", "unsafe", scope);
        debug_assert_eq!(pkg, UNSAFE);
        declare_unsafe(&w.objects, scope);
        w.by_path.insert("unsafe".to_string(), UNSAFE);
        w
    }

    /// The universe scope.
    pub fn universe(&self) -> ScopeId {
        self.packages[UNIVERSE.0 as usize].scope
    }

    /// A package.
    pub fn package(&self, id: PkgId) -> &Package {
        &self.packages[id.0 as usize]
    }

    /// Adds an empty, loaded package.
    pub(super) fn new_package(&mut self, path: &str, name: &str, scope: ScopeId) -> PkgId {
        let id = PkgId(self.packages.len() as u32);
        self.packages.push(Package::new(path, name, scope));
        id
    }

    /// Checks a complete package and reports everything wrong with it and the packages it imports.
    pub fn check_file_package(
        &mut self,
        path: &str,
        files: Vec<Rc<File>>,
        ids: Rc<NodeIds>,
    ) -> (PkgId, Vec<Diagnostic>) {
        let universe = self.universe();
        let scope = self.objects.new_scope(Some(universe), false);
        let name = files
            .iter()
            .find_map(|f| f.package)
            .map_or("main", |p| p.name.as_str());
        let pkg = self.new_package(path, name, scope);
        self.packages[pkg.0 as usize].ids = ids;
        let mut c = Checker::new(self, pkg);
        c.check_files(files);
        let diags = c.finish();
        (pkg, diags)
    }

    /// The whole name of a type, with every package's name: what `%T` prints, and the default for messages about run time.
    pub fn type_string(&self, t: TypeId) -> String {
        let qualify = |p: PkgId| Some(self.package(p).name.to_string());
        crate::types::type_string(
            &self.types,
            &self.objects,
            self.types.canonical(t),
            &qualify,
        )
    }

    /// Makes sure the object's type (and value) is known.
    ///
    /// # Errors
    /// What is wrong with its declaration.
    pub fn ensure_object(&mut self, obj: ObjId) -> Result<(), Vec<Diagnostic>> {
        if self.objects.color(obj) == Color::Black {
            return Ok(());
        }
        let pkg = self.objects.pkg(obj).unwrap_or(UNIVERSE);
        let mut c = Checker::new(self, pkg);
        c.obj_decl(obj);
        result(c.finish())
    }

    /// Makes sure a declared function's body has been parsed and checked.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn ensure_body(&mut self, func: ObjId) -> Result<(), Vec<Diagnostic>> {
        let Some(pkg) = self.objects.pkg(func) else {
            return Ok(());
        };
        if !self.package(pkg).lazy || !self.checked_bodies.insert(func) {
            return Ok(());
        }
        self.ensure_object(func)?;
        let Some(decl) = self.objects.func(func).and_then(|f| f.decl) else {
            return Ok(());
        };
        let Some(body) = &decl.body else {
            return Ok(());
        };
        let mut diags = Vec::new();
        if body.block.get().is_none()
            && let Some(src) = self.sources.file(body.span.lo).cloned()
        {
            diags = crate::syntax::parse_body(&src, body, &self.package(pkg).ids);
        }
        let Some(sig) = self.func_sigs.get(&func).cloned() else {
            return result(diags);
        };
        let mut c = Checker::new(self, pkg);
        c.declared_body(func, &decl, sig);
        diags.extend(c.finish());
        result(diags)
    }

    /// The initialisation of a package-level variable of a lazily checked package; none if it has no initial value.
    ///
    /// # Errors
    /// What is wrong with its declaration.
    pub fn ensure_initializer(
        &mut self,
        var: ObjId,
    ) -> Result<Option<Initializer>, Vec<Diagnostic>> {
        self.ensure_object(var)?;
        Ok(self.initializer(var))
    }

    /// How a package-level variable is initialised, if its declaration says so.
    pub fn initializer(&self, var: ObjId) -> Option<Initializer> {
        let package = self.package(self.objects.pkg(var)?);
        let Some(DeclRef::Var(spec)) = package.decls.get(&var) else {
            return None;
        };
        let all: Vec<ObjId> = spec
            .names
            .iter()
            .filter_map(|n| package.info.defs.get(&n.id).copied())
            .collect();
        if spec.values.is_empty() {
            return None;
        }
        if spec.values.len() == 1 && all.len() > 1 {
            return Some(Initializer {
                lhs: all,
                spec: spec.clone(),
                value: 0,
            });
        }
        let span = self.objects.span(var);
        let value = spec
            .names
            .iter()
            .position(|n| n.span == span)
            .filter(|&i| i < spec.values.len())?;
        Some(Initializer {
            lhs: vec![var],
            spec: spec.clone(),
            value,
        })
    }

    /// Checks everything in a lazily checked package.
    pub fn check_all(&mut self, pkg: PkgId) -> Vec<Diagnostic> {
        let mut diags = Vec::new();
        if let Err(e) = self.load(pkg) {
            diags.push(Diagnostic::error(
                crate::diag::Code::BrokenImport,
                crate::source::Span::NONE,
                e,
            ));
        }
        for obj in self.package(pkg).decl_order.clone() {
            diags.extend(self.ensure_object(obj).err().into_iter().flatten());
        }
        for obj in self.package(pkg).decl_order.clone() {
            if self
                .objects
                .with(obj, |o| matches!(o.kind, ObjKind::Func(_)))
            {
                diags.extend(self.ensure_body(obj).err().into_iter().flatten());
            }
        }
        let order = self.package(pkg).decl_order.clone();
        let mut c = Checker::new(self, pkg);
        c.initialization_order(&order);
        c.unused_imports();
        diags.extend(c.finish());
        diags
    }
}

impl Package {
    /// An empty, loaded package.
    pub(super) fn new(path: &str, name: &str, scope: ScopeId) -> Package {
        Package {
            path: path.to_string(),
            name: Symbol::new(name),
            files: Vec::new(),
            ids: Rc::default(),
            scope,
            file_scopes: Vec::new(),
            imports: Vec::new(),
            info: Info::default(),
            init_order: Vec::new(),
            init_funcs: Vec::new(),
            decls: FxHashMap::default(),
            decl_scopes: FxHashMap::default(),
            decl_order: Vec::new(),
            methods: FxHashMap::default(),
            import_objs: Vec::new(),
            dot_imports: Vec::new(),
            lazy: false,
            loaded: true,
            fake: false,
            is_std: false,
            is_script: false,
            script: Vec::new(),
            results: 0,
        }
    }
}

fn result(diags: Vec<Diagnostic>) -> Result<(), Vec<Diagnostic>> {
    if diags.iter().any(Diagnostic::is_error) {
        Err(diags)
    } else {
        Ok(())
    }
}

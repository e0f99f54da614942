//! The session's world: every source, type, object and package, shared by checker and compiler.
//!
//! Invariants: ids index append-only tables; a package is checked once and then only grows (a session's package gets further
//! inputs; a lazily loaded package's objects and bodies are checked when first reached).

use super::Info;
use crate::ast::{File, NodeIds};
use crate::source::SourceMap;
use crate::types::{DeclRef, ObjId, Objects, PkgId, ScopeId, Types};
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
    /// Which package-level objects each package-level object mentions (for the initialisation order).
    pub deps: FxHashMap<ObjId, FxHashSet<ObjId>>,
    /// Finds packages by import path (the standard library; a module's own packages).
    pub importer: Rc<dyn Importer>,
}

/// One package.
pub struct Package {
    /// Import path (`main` for the program).
    pub path: String,
    /// Package name.
    pub name: crate::symbol::Symbol,
    /// Its files.
    pub files: Vec<Rc<File>>,
    /// The id source of its nodes.
    pub ids: Rc<NodeIds>,
    /// Its package scope.
    pub scope: ScopeId,
    /// Directly imported packages.
    pub imports: Vec<PkgId>,
    /// Side tables.
    pub info: Info,
    /// Package-level variable initialisation in execution order.
    pub init_order: Vec<Initializer>,
    /// `init` functions in source order.
    pub init_funcs: Vec<ObjId>,
    /// Declarations of package-level objects.
    pub decls: FxHashMap<ObjId, DeclRef>,
    /// The file scope each package-level object is resolved in.
    pub file_scopes: FxHashMap<ObjId, ScopeId>,
    /// Whether it is a script or REPL input: unused things are warnings, packages are imported by use.
    pub is_script: bool,
    /// Whether it belongs to gol's standard library: functions without body are natives.
    pub is_std: bool,
    /// Whether objects and bodies are checked only when reached (standard library).
    pub lazy: bool,
    /// Top-level statements of a script or REPL input, in order, as function bodies to run: see `ScriptUnit`.
    pub script: Vec<ScriptUnit>,
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
}

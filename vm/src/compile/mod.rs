//! The compiler: checked syntax trees → bytecode.
//!
//! Invariants: a function is compiled when it is first called, once per list of type arguments; nothing here runs Go code. A user
//! package has been checked completely before anything of it is compiled; bodies of the standard library are checked on the
//! way. What cannot be expressed (a frame beyond the register limit) is a `CompileFailure`, never a Rust panic.
//!
//! Phases per function: `escape` decides where variables live; `stmt`, `expr` and their neighbours emit code into a `FuncState`;
//! `assemble` lays out jumps; `verify` checks the result in debug builds.

mod assemble;
mod assign;
mod binary;
mod builtin;
mod call;
mod closure;
mod cond;
mod consts;
mod convert;
mod defer;
mod escape;
mod expr;
mod func;
mod hoist;
mod iface;
mod index;
mod init;
mod instance;
mod link;
mod literal;
mod loops;
mod methods;
mod order;
mod placeexpr;
mod places;
mod range;
mod rangefunc;
mod select;
mod selector;
mod state;
mod stmt;
mod switch;
mod types;
mod verify;
mod walk;
mod wrapper;

pub mod disasm;

pub use instance::FuncKey;
pub use verify::verify;

use crate::bytecode::{FuncId, InitIx, NativeIx};
use crate::mem::Heap;
use crate::native::NativeLookup;
use crate::program::Program;
use lang::check::{Initializer, ScriptUnit, World};
use lang::diag::Diagnostic;
use lang::source::Span;
use lang::types::{ObjId, PkgId};
use rustc_hash::FxHashMap;
use std::rc::Rc;
use wrapper::WrapperKey;

/// Why a function could not be compiled.
#[derive(Clone, Debug)]
pub enum CompileFailure {
    /// A lazily checked body has errors.
    Diagnostics(Vec<Diagnostic>),
    /// A function without body that no native implements.
    MissingNative(String),
    /// Beyond a limit of the machine: what, and where.
    Limit(String, Span),
    /// The checker's tables and the tree disagree: a fault of ours.
    Internal(String, Span),
}

/// What a `FuncId` stands for, as long as it is not compiled.
#[derive(Clone)]
enum Source {
    /// A declared function, or a method, with its type arguments.
    Func(FuncKey),
    /// A compiler-made wrapper.
    Wrapper(WrapperKey),
    /// The initialisers and init functions of a package.
    PkgInit(PkgId),
    /// Lazily run initialiser of package-level variables.
    VarInit(PkgId, Box<Initializer>),
    /// The program's start: package initialisation in dependency order, then main.
    Entry(PkgId),
    /// Top-level statements of a script.
    Script(PkgId, Rc<Vec<ScriptUnit>>),
    /// Has its code.
    Done,
}

/// The compiler with everything it has to remember between functions.
pub struct Compiler {
    /// The checked program.
    pub world: World,
    lookup: NativeLookup,
    sources: Vec<Source>,
    funcs: FxHashMap<FuncKey, FuncId>,
    wrappers: FxHashMap<WrapperKey, FuncId>,
    types: types::TypeTable,
    consts: consts::ConstPool,
    globals: FxHashMap<ObjId, u64>,
    var_inits: FxHashMap<ObjId, Option<InitIx>>,
    natives: FxHashMap<FuncKey, NativeIx>,
    pkg_inits: FxHashMap<PkgId, FuncId>,
    initialised: Vec<PkgId>,
}

/// The running program's parts that compiling changes.
pub struct Parts<'a> {
    /// The program compiled so far.
    pub program: &'a mut Program,
    /// Where static data lives.
    pub heap: &'a mut Heap,
}

impl Compiler {
    /// A compiler for a checked world; `lookup` finds natives by name.
    pub fn new(world: World, lookup: NativeLookup) -> Compiler {
        Compiler {
            world,
            lookup,
            sources: Vec::new(),
            funcs: FxHashMap::default(),
            wrappers: FxHashMap::default(),
            types: types::TypeTable::default(),
            consts: consts::ConstPool::default(),
            globals: FxHashMap::default(),
            var_inits: FxHashMap::default(),
            natives: FxHashMap::default(),
            pkg_inits: FxHashMap::default(),
            initialised: Vec::new(),
        }
    }

    /// The package with this id.
    pub(crate) fn package(&self, p: PkgId) -> &lang::check::Package {
        &self.world.packages[p.0 as usize]
    }
}

impl CompileFailure {
    /// A message for the user.
    pub fn message(&self) -> String {
        match self {
            CompileFailure::Diagnostics(ds) => ds
                .iter()
                .map(|d| d.message.as_str())
                .collect::<Vec<_>>()
                .join("\n"),
            CompileFailure::MissingNative(n) => {
                format!("missing function body: no native implements {n}")
            }
            CompileFailure::Limit(m, _) => m.clone(),
            CompileFailure::Internal(m, _) => format!("internal compiler error: {m}"),
        }
    }
}

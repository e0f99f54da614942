//! The type checker (go/types).
//!
//! Invariants: phases are collect objects → package-level objects (types first) → delayed bodies → initialisation order → unused
//! imports; nothing is reported twice, and nothing about an operand whose mode is `Invalid` or whose type is `Invalid`; no
//! borrow of the `World`'s packages is held while checking (syntax is reached through `Rc`s that the walking function
//! owns). An object of another, lazily checked package is checked with that package as the current one.

mod arguments;
mod assignments;
mod builtins;
mod builtins_slices;
mod builtins_unsafe;
mod call;
mod conversions;
mod cycles;
mod decl;
mod echo;
mod expr;
mod hoist;
mod implements;
mod import;
mod index;
mod infer;
mod info;
mod initorder;
mod late;
mod literals;
mod mono;
mod operand;
mod operators;
mod probe;
mod range;
mod resolver;
mod returns;
mod script;
mod selector;
mod signature;
mod stmt;
mod struct_interface;
mod switch;
mod trial;
mod typexpr;
mod under;
mod unify;
mod untyped;
mod world;

pub use crate::syntax::expr_string;
pub use echo::Shown;
pub use expr::Target;
pub use info::*;
pub use operand::{Operand, OperandMode};
pub use probe::{Place, Valued};
pub use script::{ScriptCheck, Undo};
pub use signature::FuncSig;
pub use world::*;

use crate::ast::{Ident, NodeId};
use crate::constant::Value;
use crate::diag::{Code, Diagnostic, Severity};
use crate::source::{Pos, Span};
use crate::symbol::Symbol;
use crate::types::{ObjId, ObjKind, PkgId, ScopeId, SigVars, TypeId, TypeWriter, Types};
use rustc_hash::{FxHashMap, FxHashSet};
use std::rc::Rc;

/// The context in which something is checked (go/types: environment). Cheap to clone; delayed work keeps its own.
#[derive(Clone, Debug)]
pub struct Env {
    /// The innermost scope.
    pub scope: ScopeId,
    /// The signature of the function whose body is being checked.
    pub sig: Option<TypeId>,
    /// The variables of that function's signature.
    pub sig_vars: Rc<SigVars>,
    /// The value of `iota` in a constant declaration.
    pub iota: Option<Value>,
    /// Where errors in an inherited constant expression are reported instead.
    pub err_pos: Option<Span>,
    /// The package-level object being checked: it depends on the objects it mentions.
    pub decl: Option<ObjId>,
    /// Whether the function has labels.
    pub has_label: bool,
    /// Whether the expression contains a call or a receive.
    pub has_call_or_recv: bool,
    /// Whether this is inside `[...]T` or type parameter lists, where a type parameter being declared is no error.
    pub in_tparam_list: bool,
    /// Whether these are top-level statements of a script.
    pub in_script: bool,
    /// Whether the surrounding function is generic: its local types capture these type parameters.
    pub tparams: Rc<[crate::types::TypeParamId]>,
}

/// Where an instance stands, and its written type arguments.
type TargSpans = (Span, Rc<[Span]>);

/// Packages of the standard library that in Go's own import another one of the same name: messages quote their paths.
const NAMESAKES: [&str; 4] = ["encoding/json", "html/template", "strconv", "sync"];

/// Work put off until the types it needs are complete.
pub type Action = Box<dyn FnOnce(&mut Checker<'_>)>;

/// A delayed action with the package and environment it belongs to.
pub struct Delayed {
    pkg: PkgId,
    env: Env,
    action: Action,
}

/// Checks one package, and on the way whatever it reaches in lazily checked ones.
pub struct Checker<'w> {
    /// Everything known so far.
    pub w: &'w mut World,
    /// The package being checked.
    pub pkg: PkgId,
    /// The current context.
    pub env: Env,
    /// What was found wrong.
    pub diags: Vec<Diagnostic>,
    /// Work put off.
    pub delayed: Vec<Delayed>,
    /// Expressions whose types are still untyped.
    untyped: FxHashMap<(PkgId, NodeId), untyped::UntypedInfo>,
    /// Calls of the predeclared `panic`: they end a statement list.
    is_panic: FxHashSet<(PkgId, NodeId)>,
    /// Aliases whose right-hand sides have been looked through.
    aliases_ahead: FxHashSet<ObjId>,
    /// Named types known not to contain themselves.
    valid_types: FxHashSet<TypeId>,
    /// Functions of a script whose bodies are checked last.
    script_bodies: Vec<(ObjId, Rc<crate::ast::FuncDecl>, FuncSig)>,
    /// Functions without body, reported if nothing else is wrong.
    bodyless: Vec<Span>,
    /// Type literals whose sizes are looked at if nothing else is wrong.
    sized: Vec<(Span, TypeId)>,
    /// Slice literals whose arrays are too large for a stack, and their sizes.
    big_literals: Vec<(Pos, i64)>,
    /// Interface types, for those that lead to themselves without a name.
    interfaces: Vec<(Span, TypeId)>,
    /// Where an instance of a generic type was written first.
    instance_spans: FxHashMap<TypeId, Span>,
    /// Where the type arguments of recorded instances stand.
    targ_spans: FxHashMap<(PkgId, NodeId), TargSpans>,
    /// What a REPL shows of the input.
    shown: Vec<echo::Shown>,
    /// The objects being checked, outermost first.
    obj_path: Vec<ObjId>,
    /// Where an editor wants to know what may stand.
    probe: probe::Probe,
}

impl<'w> Checker<'w> {
    /// A checker for `pkg` whose context is the package scope.
    pub fn new(w: &'w mut World, pkg: PkgId) -> Checker<'w> {
        let env = Env::of_scope(w.packages[pkg.0 as usize].scope);
        Checker {
            w,
            pkg,
            env,
            diags: Vec::new(),
            delayed: Vec::new(),
            untyped: FxHashMap::default(),
            is_panic: FxHashSet::default(),
            aliases_ahead: FxHashSet::default(),
            valid_types: FxHashSet::default(),
            script_bodies: Vec::new(),
            bodyless: Vec::new(),
            sized: Vec::new(),
            big_literals: Vec::new(),
            interfaces: Vec::new(),
            instance_spans: FxHashMap::default(),
            targ_spans: FxHashMap::default(),
            shown: Vec::new(),
            obj_path: Vec::new(),
            probe: probe::Probe::default(),
        }
    }

    /// The type arena.
    pub fn types(&self) -> &Types {
        &self.w.types
    }

    /// The side tables of the current package.
    pub fn info(&mut self) -> &mut Info {
        &mut self.w.packages[self.pkg.0 as usize].info
    }

    /// Reports an error and gives it back for labels and help.
    pub fn error(&mut self, span: Span, code: Code, message: impl Into<String>) -> &mut Diagnostic {
        self.report(span, code, Severity::Error, message.into())
    }

    /// Reports what is an error in a Go file and a warning in a script.
    pub fn soft_error(
        &mut self,
        span: Span,
        code: Code,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        let lenient = self.w.packages[self.pkg.0 as usize].is_script;
        let severity = if lenient {
            Severity::Warning
        } else {
            Severity::Error
        };
        self.report(span, code, severity, message.into())
    }

    fn report(
        &mut self,
        span: Span,
        code: Code,
        severity: Severity,
        message: String,
    ) -> &mut Diagnostic {
        let span = self.env.err_pos.unwrap_or(span);
        self.diags.push(Diagnostic {
            code,
            severity,
            span,
            message,
            labels: Vec::new(),
            help: Vec::new(),
        });
        self.diags.last_mut().expect("one was just pushed")
    }

    /// Puts work off; it runs with the current package and environment.
    pub fn later(&mut self, action: impl FnOnce(&mut Checker<'_>) + 'static) {
        self.delayed.push(Delayed {
            pkg: self.pkg,
            env: self.env.clone(),
            action: Box::new(action),
        });
    }

    /// Runs the delayed work from index `top` on, and what that delays in turn.
    pub fn process_delayed(&mut self, top: usize) {
        let mut i = top;
        while i < self.delayed.len() {
            let batch: Vec<Delayed> = self.delayed.drain(i..).collect();
            for d in batch {
                let (pkg, env) = (
                    std::mem::replace(&mut self.pkg, d.pkg),
                    std::mem::replace(&mut self.env, d.env),
                );
                (d.action)(self);
                self.pkg = pkg;
                self.env = env;
            }
            i = top;
        }
    }

    /// Opens a scope for a block; give the result to `close_scope`.
    pub fn open_scope(&mut self) -> ScopeId {
        let outer = self.env.scope;
        self.env.scope = self.w.objects.new_scope(Some(outer), false);
        outer
    }

    /// Goes back to the scope that `open_scope` gave.
    pub fn close_scope(&mut self, outer: ScopeId) {
        self.env.scope = outer;
    }

    /// The object a name denotes here.
    pub fn lookup(&self, name: Symbol) -> Option<ObjId> {
        self.lookup_scope(name).map(|f| f.1)
    }

    /// The object a name denotes here and the scope it was found in.
    pub fn lookup_scope(&self, name: Symbol) -> Option<(ScopeId, ObjId)> {
        self.w
            .objects
            .lookup_parent(self.env.scope, name, Pos::NONE)
    }

    /// Declares `obj` in `scope`, reporting a redeclaration; the name is visible from `scope_pos` on. Records the definition
    /// if there is an identifier.
    pub fn declare(&mut self, scope: ScopeId, ident: Option<&Ident>, obj: ObjId, scope_pos: Pos) {
        if let Some(alt) = self.w.objects.insert(scope, obj) {
            let (name, span) = self.w.objects.with(obj, |o| (o.name, o.span));
            self.error(
                span,
                Code::DuplicateDecl,
                format!("{name} redeclared in this block"),
            );
            self.add_alt_decl(alt);
            return;
        }
        self.w.objects.update(obj, |o| o.scope_pos = scope_pos);
        if let Some(id) = ident {
            self.record_def(id, obj);
        }
    }

    /// Adds "other declaration of x" to the last diagnostic.
    pub fn add_alt_decl(&mut self, alt: ObjId) {
        let (name, span) = self.w.objects.with(alt, |o| (o.name, o.span));
        if !span.lo.is_valid() {
            return;
        }
        let at = self.position(span.lo);
        if let Some(d) = self.diags.last_mut() {
            d.message
                .push_str(&format!("\n\t{at}: other declaration of {name}"));
            d.labels.push(crate::diag::Label {
                span,
                message: format!("other declaration of {name}"),
            });
        }
    }

    /// Checks the branch statements and labels among a script's top-level statements.
    pub(crate) fn branches_in(&mut self, start: Pos, list: &[&crate::ast::Stmt]) {
        let found = crate::syntax::check_branches(start, list, &|at| self.position(at));
        self.diags.extend(found);
    }

    /// From the first token behind `at` to `hi`: comments and blanks do not count.
    pub(super) fn token_behind(&self, at: Pos, hi: Pos) -> Span {
        let text = self
            .w
            .sources
            .file(at)
            .filter(|_| at < hi)
            .map_or("", |f| f.slice(Span { lo: at, hi }));
        let mut rest = text;
        loop {
            rest = rest.trim_start();
            let end = match rest.as_bytes() {
                [b'/', b'*', ..] => rest.find("*/").map(|i| i + 2),
                [b'/', b'/', ..] => rest.find('\n'),
                _ => break,
            };
            rest = &rest[end.unwrap_or(rest.len())..];
        }
        let skipped = (text.len() - rest.len()) as u32;
        Span {
            lo: Pos(at.0 + skipped),
            hi,
        }
    }

    /// `file:line:col` of a position.
    pub fn position(&self, pos: Pos) -> String {
        self.w
            .sources
            .locate(pos)
            .map_or_else(String::new, |(f, p)| format!("{f}:{p}"))
    }

    /// Records a declaring identifier.
    pub fn record_def(&mut self, ident: &Ident, obj: ObjId) {
        self.info().defs.insert(ident.id, obj);
    }

    /// Records a using identifier.
    pub fn record_use(&mut self, ident: &Ident, obj: ObjId) {
        self.info().uses.insert(ident.id, obj);
    }

    /// Records the implicit object of a node.
    pub fn record_implicit(&mut self, id: NodeId, obj: ObjId) {
        self.info().implicits.insert(id, obj);
    }

    /// Records an instantiation.
    pub fn record_instance(&mut self, id: NodeId, targs: Rc<[TypeId]>, ty: TypeId) {
        self.info().instances.insert(id, Instance { targs, ty });
    }

    /// Records an expression's type, mode and value.
    pub fn record_type_and_value(
        &mut self,
        id: NodeId,
        mode: Mode,
        ty: TypeId,
        value: Option<Value>,
    ) {
        if mode != Mode::Invalid {
            self.info()
                .types
                .insert(id, TypeAndValue { mode, ty, value });
        }
    }

    /// Records that an expression denotes a type.
    pub fn record_type_expr(&mut self, id: NodeId, ty: TypeId) {
        self.record_type_and_value(id, Mode::TypeExpr, ty, None);
    }

    /// Notes that the package-level object being checked depends on `obj`.
    pub fn add_dependency(&mut self, obj: ObjId) {
        if let Some(from) = self.env.decl {
            self.w.deps.entry(from).or_default().insert(obj);
        }
    }

    /// The prefix of a package's names in messages: none for the current one.
    pub fn qualifier(&self, pkg: PkgId) -> Option<String> {
        if pkg == self.pkg {
            return None;
        }
        let p = &self.w.packages[pkg.0 as usize];
        // Two packages of one name are told apart by their paths.
        let ambiguous = p.is_std && NAMESAKES.contains(&p.path.as_str())
            || p.loaded
                && self
                    .w
                    .packages
                    .iter()
                    .filter(|o| o.loaded && o.name == p.name)
                    .count()
                    > 1;
        Some(if ambiguous {
            format!("{:?}", p.path)
        } else {
            p.name.to_string()
        })
    }

    /// A type as messages show it.
    pub fn type_string(&self, t: TypeId) -> String {
        let (qualify, place) = (|p| self.qualifier(p), |o| self.predeclared_namesake(o));
        let mut w = TypeWriter::new(&self.w.types, &self.w.objects, &qualify).with_places(&place);
        w.typ(t);
        w.finish()
    }

    /// Where a type parameter is declared that has a predeclared name.
    fn predeclared_namesake(&self, obj: ObjId) -> Option<String> {
        let (name, span) = self.w.objects.with(obj, |o| (o.name, o.span));
        self.w.objects.lookup(self.w.universe(), name)?;
        let at = self.position(span.lo);
        Some(format!(" /* with {name} declared at {at} */"))
    }

    /// A type with the paths of all packages, as messages show the terms of a union.
    pub fn path_string(&self, t: TypeId) -> String {
        let qualify = |p: PkgId| {
            let package = &self.w.packages[p.0 as usize];
            Some(match package.path.as_str() {
                "main" => package.name.to_string(),
                path => path.to_string(),
            })
        };
        crate::types::type_string(&self.w.types, &self.w.objects, t, &qualify)
    }

    /// An object as messages show it: `var x int`.
    pub fn object_string(&self, obj: ObjId) -> String {
        let (name, ty) = self.w.objects.with(obj, |o| (o.name, o.ty));
        let what = self.w.objects.with(obj, |o| match o.kind {
            ObjKind::PkgName(_) => "package",
            ObjKind::Const(_) => "const",
            ObjKind::TypeName(_) => "type",
            ObjKind::Var(crate::types::VarKind::Field) => "field",
            ObjKind::Var(_) => "var",
            ObjKind::Func(_) => "func",
            ObjKind::Label => "label",
            ObjKind::Builtin(_) => "builtin",
            ObjKind::Nil => "nil",
        });
        if ty.is_invalid() {
            format!("{what} {name}")
        } else {
            format!("{what} {name} {}", self.type_string(ty))
        }
    }
}

impl Env {
    /// The context at package level in a file's scope.
    pub fn of_scope(scope: ScopeId) -> Env {
        Env {
            scope,
            sig: None,
            sig_vars: Rc::default(),
            iota: None,
            err_pos: None,
            decl: None,
            has_label: false,
            has_call_or_recv: false,
            in_tparam_list: false,
            in_script: false,
            tparams: Rc::new([]),
        }
    }
}

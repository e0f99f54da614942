//! Package-level variables and their initialisation, program entry, scripts.
//!
//! Invariants: a package-level variable has one address for ever, in static memory the collector scans; user packages are initialised
//! eagerly, dependencies first (spec: Package initialization); variables of lazily checked packages are initialised when code
//! that uses them first runs (`EnsureInit`).

use super::escape::Analysis;
use super::instance::{FuncKey, Layout, TypeEnv};
use super::state::{FuncCompiler, FuncState};
use super::{CompileFailure, Compiler, Parts, Source};
use crate::bytecode::*;
use crate::program::{InitEntry, InitState, Program};
use lang::ast::{Stmt, StmtKind};
use lang::check::{Initializer, ScriptUnit};
use lang::source::Pos;
use lang::symbol::Symbol;
use lang::types::{ObjId, ObjKind, PkgId};
use std::ops::Range;
use std::rc::Rc;

impl Compiler {
    /// The function that starts a program: initialises packages, then calls `main`.
    pub fn entry(&mut self, p: &mut Program, pkg: PkgId) -> FuncId {
        self.declare(
            p,
            "runtime.main".to_string(),
            Pos::NONE,
            &Layout::default(),
            0,
            Source::Entry(pkg),
        )
    }

    /// A function that runs some of a script's top-level statements.
    pub fn script(&mut self, p: &mut Program, pkg: PkgId, units: Range<usize>) -> FuncId {
        let units = Rc::new(self.package(pkg).script[units].to_vec());
        self.declare(
            p,
            "main.main".to_string(),
            Pos::NONE,
            &Layout::default(),
            0,
            Source::Script(pkg, units),
        )
    }

    /// The package-level function `name` of a package, if there is one that is not generic.
    pub fn func_named(&mut self, p: &mut Program, pkg: PkgId, name: &str) -> Option<FuncId> {
        let o = self
            .world
            .objects
            .lookup(self.package(pkg).scope, Symbol::new(name))?;
        let is_func = self
            .world
            .objects
            .with(o, |o| matches!(o.kind, ObjKind::Func(_)));
        (is_func && self.type_params(o).is_empty()).then(|| {
            self.func_id(
                p,
                &FuncKey {
                    obj: o,
                    targs: Rc::new([]),
                },
            )
        })
    }

    /// The method `name` of the type `of` of a package, if there is one that is not generic.
    pub fn method_named(
        &mut self,
        p: &mut Program,
        pkg: PkgId,
        of: &str,
        name: &str,
    ) -> Option<FuncId> {
        let scope = self.package(pkg).scope;
        let ty = self.world.objects.lookup(scope, Symbol::new(of))?;
        let named = self.world.types.as_named(self.world.objects.ty(ty))?;
        let methods = self.world.types.methods(named);
        let is_it = |&m: &ObjId| self.world.objects.name(m).as_str() == name;
        let obj = methods.into_iter().find(is_it)?;
        self.type_params(obj).is_empty().then(|| {
            let targs = Rc::new([]);
            self.func_id(p, &FuncKey { obj, targs })
        })
    }

    /// Compiles every function of a package that is not generic, and whatever has been declared on the way: what is wrong with
    /// each. For tests and listings; programs compile what they call.
    pub fn compile_package(
        &mut self,
        parts: &mut Parts<'_>,
        pkg: PkgId,
    ) -> Vec<(String, Result<(), CompileFailure>)> {
        let package = self.package(pkg);
        let objs: Vec<ObjId> = package.decl_order.clone();
        for obj in objs {
            self.settle(obj);
            if self.world.objects.func(obj).is_some() && self.type_params(obj).is_empty() {
                self.func_id(
                    parts.program,
                    &FuncKey {
                        obj,
                        targs: Rc::new([]),
                    },
                );
            } else if self.world.objects.var_kind(obj).is_some() {
                let _ = self.lazy_init(parts.program, obj);
            }
        }
        let mut results = Vec::new();
        let mut next = 0;
        while next < parts.program.funcs.len() {
            let f = FuncId(next as u32);
            let name = parts.program.metas[next].name.clone();
            results.push((name, self.compile_func(parts, f)));
            next += 1;
        }
        results
    }

    /// The address of a package-level variable.
    pub fn global_addr(&mut self, parts: &mut Parts<'_>, o: ObjId) -> u64 {
        if let Some(&a) = self.globals.get(&o) {
            return a;
        }
        let _ = self.world.ensure_object(o);
        let t = self.type_ix(parts.program, self.world.objects.ty(o));
        let a = parts
            .heap
            .alloc_global(&parts.program.types[t.0 as usize])
            .addr() as u64;
        self.globals.insert(o, a);
        a
    }

    /// The lazy initialiser of a variable of a lazily checked package, unless it has been started.
    fn lazy_init(&mut self, p: &mut Program, o: ObjId) -> Result<Option<InitIx>, CompileFailure> {
        let Some(pkg) = self.world.objects.pkg(o) else {
            return Ok(None);
        };
        if !self.package(pkg).lazy {
            return Ok(None);
        }
        let ix = match self.var_inits.get(&o) {
            Some(&ix) => ix,
            None => {
                let init = self
                    .world
                    .ensure_initializer(o)
                    .map_err(CompileFailure::Diagnostics)?;
                let ix = init.map(|init| self.declare_init(p, pkg, init));
                self.var_inits.entry(o).or_insert(ix);
                ix
            }
        };
        Ok(ix.filter(|ix| p.inits[ix.0 as usize].state == InitState::Pending))
    }

    fn declare_init(&mut self, p: &mut Program, pkg: PkgId, init: Initializer) -> InitIx {
        let name = format!("{}.init", self.package(pkg).path);
        let lhs = init.lhs.clone();
        let source = Source::VarInit(pkg, Box::new(init));
        let func = self.declare(p, name, Pos::NONE, &Layout::default(), 0, source);
        let ix = InitIx(p.inits.len() as u32);
        p.inits.push(InitEntry {
            func,
            state: InitState::Pending,
        });
        for v in lhs {
            self.var_inits.insert(v, Some(ix));
        }
        ix
    }

    /// Packages that `pkg` needs, dependencies first, itself last; those already initialised left out. Of user packages, the one with the
    /// smallest import path comes first whose dependencies are initialised (spec: Program initialization).
    fn init_sequence(&mut self, pkg: PkgId) -> Vec<PkgId> {
        let mut order = Vec::new();
        self.visit_imports(pkg, &mut order);
        let (mut waiting, mut done): (Vec<PkgId>, Vec<PkgId>) =
            order.into_iter().partition(|&p| !self.package(p).is_std);
        waiting.sort_by(|&a, &b| self.package(a).path.cmp(&self.package(b).path));
        while !waiting.is_empty() {
            let ready = |&p: &PkgId| {
                self.package(p)
                    .imports
                    .iter()
                    .all(|i| *i == p || !waiting.contains(i))
            };
            let next = waiting.iter().position(ready).unwrap_or(0);
            done.push(waiting.remove(next));
        }
        done
    }

    fn visit_imports(&mut self, pkg: PkgId, order: &mut Vec<PkgId>) {
        if self.initialised.contains(&pkg) {
            return;
        }
        self.initialised.push(pkg);
        for i in self.package(pkg).imports.clone() {
            self.visit_imports(i, order);
        }
        order.push(pkg);
    }

    fn needs_init(&self, pkg: PkgId) -> bool {
        let p = self.package(pkg);
        !p.init_funcs.is_empty() || !p.lazy && !p.init_order.is_empty()
    }

    fn pkg_init(&mut self, p: &mut Program, pkg: PkgId) -> FuncId {
        if let Some(&f) = self.pkg_inits.get(&pkg) {
            return f;
        }
        let name = format!("{}.init", self.package(pkg).path);
        let f = self.declare(
            p,
            name,
            Pos::NONE,
            &Layout::default(),
            0,
            Source::PkgInit(pkg),
        );
        self.pkg_inits.insert(pkg, f);
        f
    }

    pub(super) fn compile_entry(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        pkg: PkgId,
    ) -> Result<(), CompileFailure> {
        let mut calls = self.pending_inits(parts.program, pkg);
        if let Some(main) = self.func_named(parts.program, pkg, "main") {
            calls.push(main);
        }
        self.run_plain(
            parts,
            f,
            pkg,
            "runtime.main",
            |_| {},
            |c| {
                for f in calls {
                    c.call_plain(f);
                }
            },
        )
    }

    fn pending_inits(&mut self, p: &mut Program, pkg: PkgId) -> Vec<FuncId> {
        let order = self.init_sequence(pkg);
        order
            .into_iter()
            .filter(|&k| self.needs_init(k))
            .collect::<Vec<_>>()
            .into_iter()
            .map(|k| self.pkg_init(p, k))
            .collect()
    }

    pub(super) fn compile_pkg_init(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        pkg: PkgId,
    ) -> Result<(), CompileFailure> {
        let package = self.package(pkg);
        let inits = if package.lazy {
            Vec::new()
        } else {
            package.init_order.clone()
        };
        let funcs = package.init_funcs.clone();
        let name = format!("{}.init", package.path);
        self.run_plain(
            parts,
            f,
            pkg,
            &name,
            |a| inits.iter().for_each(|i| a.expr(&i.spec.values[i.value])),
            |c| {
                inits.iter().for_each(|i| c.initialise(i));
                for obj in funcs {
                    let f = c.c.func_id(
                        c.parts.program,
                        &FuncKey {
                            obj,
                            targs: Rc::new([]),
                        },
                    );
                    c.call_plain(f);
                }
            },
        )
    }

    pub(super) fn compile_var_init(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        pkg: PkgId,
        init: &Initializer,
    ) -> Result<(), CompileFailure> {
        let name = format!("{}.init", self.package(pkg).path);
        self.run_plain(
            parts,
            f,
            pkg,
            &name,
            |a| a.expr(&init.spec.values[init.value]),
            |c| c.initialise(init),
        )
    }

    pub(super) fn compile_script(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        pkg: PkgId,
        units: &[ScriptUnit],
    ) -> Result<(), CompileFailure> {
        // The imports' initialisation; the session's own package has no other than its statements.
        self.initialised.retain(|&p| p != pkg);
        let mut calls = self.pending_inits(parts.program, pkg);
        let own = self.pkg_inits.get(&pkg).copied();
        calls.retain(|&f| Some(f) != own);
        self.run_plain(
            parts,
            f,
            pkg,
            "main.main",
            |a| {
                for u in units {
                    match u {
                        ScriptUnit::Stmt(s) => a.stmt(s),
                        ScriptUnit::Var(spec) => spec.values.iter().for_each(|e| a.expr(e)),
                        ScriptUnit::Value(_, s) => a.stmt(s),
                    }
                }
            },
            |c| {
                c.f.has_defer = c.esc.defers(None);
                calls.into_iter().for_each(|f| c.call_plain(f));
                for u in units {
                    match u {
                        ScriptUnit::Stmt(s) => c.stmt(s),
                        ScriptUnit::Var(spec) => c.var_spec(spec),
                        ScriptUnit::Value(vars, s) => c.script_value(vars, s),
                    }
                }
            },
        )
    }

    /// Compiles a function without parameters and results that has no declaration.
    fn run_plain(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        pkg: PkgId,
        name: &str,
        analyse: impl FnOnce(&mut Analysis<'_>),
        generate: impl FnOnce(&mut FuncCompiler<'_, '_>),
    ) -> Result<(), CompileFailure> {
        let env = TypeEnv::default();
        let mut analysis = Analysis::new(self, pkg, &env);
        analyse(&mut analysis);
        let esc = analysis.finish();
        let state = FuncState::new(f, name.to_string(), Pos::NONE);
        self.run(parts, pkg, env, esc, state, |c| {
            c.f.next = 1;
            c.f.max = 1;
            generate(c);
            c.end();
        })
    }
}

impl FuncCompiler<'_, '_> {
    /// The address of a package-level variable; makes sure that it has been initialised when this is reached.
    pub(super) fn global(&mut self, o: ObjId) -> u64 {
        match self.c.lazy_init(self.parts.program, o) {
            Ok(Some(init)) => {
                self.emit(Op::EnsureInit { init });
            }
            Ok(None) => {}
            Err(f) => self.fail(f),
        }
        if self.c.world.objects.var_kind(o) != Some(lang::types::VarKind::Global) {
            let span = self.c.world.objects.span(o);
            self.bug("local variable is not bound", span);
        }
        self.c.global_addr(self.parts, o)
    }

    /// An expression that stands alone in a session: its values go into variables.
    fn script_value(&mut self, vars: &[ObjId], s: &Stmt) {
        let StmtKind::Expr(value) = &s.kind else {
            return self.stmt(s);
        };
        self.at(s.span.lo);
        let names: Vec<Option<ObjId>> = vars.iter().map(|&o| Some(o)).collect();
        self.define(&names, std::slice::from_ref(value));
    }

    fn initialise(&mut self, i: &Initializer) {
        let value = &i.spec.values[i.value];
        self.at(i.spec.span.lo);
        let names: Vec<Option<ObjId>> = i.lhs.iter().map(|&o| Some(o)).collect();
        self.define(&names, std::slice::from_ref(value));
    }

    /// Calls a function without parameters and results.
    fn call_plain(&mut self, f: FuncId) {
        let m = self.mark();
        let w = self.window(0);
        self.emit(Op::Call { w: Win(w), f });
        self.release(m);
    }
}

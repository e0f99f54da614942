//! Functions: entry, body, return sequences.
//!
//! Invariants: results that live in cells are copied to their slots in the epilogue only, after the deferred functions have run; a
//! function that defers returns through its epilogue, which is also where it goes on after a recovered panic.

use super::assemble::assemble;
use super::escape::Analysis;
use super::instance::{FuncKey, Layout, TypeEnv};
use super::state::{Binding, FuncCompiler, FuncState, Reg, ResultVar};
use super::{CompileFailure, Compiler, Parts};
use crate::bytecode::*;
use lang::ast::*;
use lang::source::{Pos, Span};
use lang::types::{ObjId, PkgId, SigVars, TypeId};
use std::rc::Rc;

impl Compiler {
    /// Compiles a declared function or method.
    pub(super) fn compile_decl(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        key: &FuncKey,
    ) -> Result<(), CompileFailure> {
        let Some(func) = self.world.objects.func(key.obj) else {
            return Err(CompileFailure::Internal(
                "no function".to_string(),
                Span::NONE,
            ));
        };
        let Some(decl) = func.decl.clone() else {
            return Err(CompileFailure::Internal(
                "function without declaration".to_string(),
                Span::NONE,
            ));
        };
        let Some(body) = &decl.body else {
            let Some(n) = self.native(parts.program, key) else {
                return Err(CompileFailure::MissingNative(self.native_name(key.obj)));
            };
            parts
                .program
                .define(f, vec![Op::NativeBody { n }, Op::Ret {}]);
            return Ok(());
        };
        self.world
            .ensure_body(key.obj)
            .map_err(CompileFailure::Diagnostics)?;
        let Some(block) = body.block.get() else {
            return Err(CompileFailure::Internal(
                "function body has not been parsed".to_string(),
                decl.span,
            ));
        };
        // Checking the body may have completed the signature's variables.
        let vars = self
            .world
            .objects
            .func(key.obj)
            .map(|f| f.vars)
            .unwrap_or_default();
        let pkg = self.world.objects.pkg(key.obj).unwrap_or(PkgId(0));
        let env = self.env(key);
        let mut analysis = Analysis::new(self, pkg, &env);
        analysis.func(&vars, block);
        let esc = analysis.finish();
        let l = self.func_layout(parts.program, key);
        let state = FuncState::new(f, self.func_name(key.obj), decl.name.span.lo);
        self.run(parts, pkg, env, esc, state, |c| {
            c.f.has_defer = c.esc.defers(None);
            c.f.next = u32::from(l.window) + 1;
            c.f.max = c.f.next;
            c.enter(&l, &vars);
            c.body(block);
        })
    }

    /// Runs code generation for one outermost function and finishes it.
    pub(super) fn run(
        &mut self,
        parts: &mut Parts<'_>,
        pkg: PkgId,
        env: TypeEnv,
        esc: super::escape::Escapes,
        state: FuncState,
        generate: impl FnOnce(&mut FuncCompiler<'_, '_>),
    ) -> Result<(), CompileFailure> {
        let mut fc = FuncCompiler {
            c: self,
            parts,
            pkg,
            env: Rc::new(env),
            esc: Rc::new(esc),
            f: state,
            outer: Vec::new(),
            failure: None,
            given_types: Default::default(),
        };
        generate(&mut fc);
        fc.finish();
        match fc.failure {
            Some(f) => Err(f),
            None => Ok(()),
        }
    }
}

impl FuncCompiler<'_, '_> {
    /// Binds results, parameters and receiver.
    pub(super) fn enter(&mut self, l: &Layout, vars: &SigVars) {
        for (i, &(ty, slot)) in l.results.iter().enumerate() {
            let obj = vars.results.get(i).copied();
            self.f.results.push(ResultVar { obj, ty, slot });
            let name = obj.map_or("", |o| self.c.world.objects.name(o).as_str());
            // A blank result is a variable, too: a plain return returns its zero value.
            let (named, variable) = (!matches!(name, "" | "_"), !name.is_empty());
            self.f.named_results |= named;
            match obj {
                Some(o) if self.lives_in_cell(o, ty) => {
                    self.declare_var(o, ty);
                }
                _ => {
                    if variable || self.f.has_defer {
                        self.zero_t(slot, ty);
                    }
                    if let Some(o) = obj {
                        self.f.vars.insert(o, Binding::Reg(slot));
                    }
                }
            }
        }
        for (i, &(ty, slot)) in l.params.iter().enumerate() {
            if let Some(&o) = vars.params.get(i) {
                self.bind_param(o, ty, slot);
            }
        }
        if let (Some(ty), Some(o)) = (l.recv, vars.recv) {
            self.bind_param(o, ty, l.ctx);
        }
    }

    fn bind_param(&mut self, o: ObjId, ty: TypeId, slot: Reg) {
        if !self.lives_in_cell(o, ty) {
            self.f.vars.insert(o, Binding::Reg(slot));
            return;
        }
        if let Binding::Cell(r) = self.declare_var(o, ty)
            && self.size(ty) > 0
        {
            self.store(r, 0, slot, ty);
        }
    }

    /// A function body: the statements and the return at its end.
    pub(super) fn body(&mut self, b: &BlockStmt) {
        self.block(&b.stmts);
        self.at(Pos(b.span.hi.0.saturating_sub(1)));
        self.end();
    }

    /// What stands at the end of a function.
    pub(super) fn end(&mut self) {
        if self.f.results.is_empty() {
            self.leave();
        } else {
            self.emit(Op::Trap {
                f: TrapFn::Unreachable,
            });
        }
    }

    fn needs_epilogue(&self) -> bool {
        self.f.has_defer || self.f.results.iter().any(|r| self.result_cell(r).is_some())
    }

    fn result_cell(&self, r: &ResultVar) -> Option<Reg> {
        match self.f.vars.get(&r.obj?) {
            Some(&Binding::Cell(c)) => Some(c),
            _ => None,
        }
    }

    /// Returns with the results in their variables.
    pub(super) fn leave(&mut self) {
        if !self.needs_epilogue() {
            self.emit(Op::Ret {});
            return;
        }
        let l = match self.f.epilogue {
            Some(l) => l,
            None => self.label(),
        };
        self.f.epilogue = Some(l);
        self.goto(l);
    }

    fn epilogue(&mut self) {
        if self.f.has_defer && self.f.epilogue.is_none() {
            self.f.epilogue = Some(self.label());
        }
        let Some(l) = self.f.epilogue else { return };
        self.bind(l);
        if self.f.has_defer {
            self.emit(Op::RunDefers {});
        }
        for r in self.f.results.clone() {
            if let Some(c) = self.result_cell(&r) {
                self.load(r.slot, c, 0, r.ty);
            }
        }
        self.emit(Op::Ret {});
    }

    /// `return es`
    pub(super) fn return_stmt(&mut self, es: &[Expr]) {
        if self.f.range_body.is_some() {
            return self.return_from_range(es);
        }
        if es.is_empty() {
            return self.leave();
        }
        let results = self.f.results.clone();
        let m = self.mark();
        if let ([e], [r]) = (es, &results[..]) {
            self.return_one(e, *r);
        } else {
            self.set_results(es, &results);
            self.leave();
        }
        self.release(m);
    }

    fn return_one(&mut self, e: &Expr, r: ResultVar) {
        if self.needs_epilogue() {
            self.set_results(std::slice::from_ref(e), &[r]);
            return self.leave();
        }
        if self.slots(r.ty) == 1 {
            if self.const_of(e).is_some() || self.is_compound_cond(e) && !self.f.named_results {
                self.expr_as_to(e, r.ty, r.slot);
                self.emit(Op::Ret {});
                return;
            }
            let s = self.expr_as(e, r.ty);
            match self.take_last(|op| matches!(op, Op::AddI64 { d, .. } if d.0 == s)) {
                Some(Op::AddI64 { a, b, .. }) => self.emit(Op::RetAdd { a, b }),
                _ => self.emit(Op::Ret1 { s: Src(s) }),
            };
            return;
        }
        if self.f.named_results && !self.is_atomic(e) {
            let s = self.expr_as(e, r.ty);
            let n = self.slots(r.ty);
            self.mov(r.slot, s, n);
        } else {
            self.expr_as_to(e, r.ty, r.slot);
        }
        self.emit(Op::Ret {});
    }

    /// Assigns the values of a return statement to the results' variables.
    pub(super) fn set_results(&mut self, es: &[Expr], results: &[ResultVar]) {
        if let [e] = es
            && results.len() > 1
            && let ExprKind::Call(c) = &unparen(e).kind
        {
            let (w, l) = self.call_multi(c);
            for (&(t, off), r) in l.results.iter().zip(results) {
                let m = self.mark();
                let v = self.alloc_t(r.ty);
                self.value_to_iface(w + off, t, r.ty, v);
                self.set_result(r, v);
                self.release(m);
            }
            return;
        }
        // Unnamed results in their slots cannot be read by the other operands; but a panic must not show half of them.
        let direct = !self.f.named_results && !self.f.has_defer && self.f.range_body.is_none();
        let all: Vec<&Expr> = es.iter().collect();
        if direct && results.iter().all(|r| self.result_cell(r).is_none()) {
            self.in_order(&all, |c, i, e| {
                if let Some(r) = results.get(i) {
                    c.expr_as_to(e, r.ty, r.slot);
                }
            });
            return;
        }
        let mut at = vec![0; es.len()];
        let single = es.len() == 1;
        self.in_order(&all, |c, i, e| {
            let Some(r) = results.get(i) else { return };
            at[i] = if single || c.const_of(e).is_some() {
                c.expr_as(e, r.ty)
            } else {
                let t = c.alloc_t(r.ty);
                c.expr_as_to(e, r.ty, t);
                t
            };
        });
        for (r, &v) in results.iter().zip(&at) {
            self.set_result(r, v);
        }
    }

    fn set_result(&mut self, r: &ResultVar, v: Reg) {
        match r.obj {
            Some(o) if self.f.vars.contains_key(&o) => {
                let pl = self.var_place(o);
                self.write(pl, r.ty, v);
            }
            _ => {
                let n = self.slots(r.ty);
                self.mov(r.slot, v, n);
            }
        }
    }

    /// Epilogue, jumps, and the finished code into the program.
    pub(super) fn finish(&mut self) {
        self.epilogue();
        if !matches!(
            self.f.code.last(),
            Some(
                Op::Ret {} | Op::Ret1 { .. } | Op::RetAdd { .. } | Op::Jmp { .. } | Op::Trap { .. }
            )
        ) {
            self.emit(Op::Trap {
                f: TrapFn::Unreachable,
            });
        }
        let f = &mut self.f;
        assemble(f, self.parts.program);
        let p = &mut *self.parts.program;
        let on_recover = if f.has_defer {
            f.epilogue.map_or(0, |l| f.labels[l.0 as usize])
        } else {
            0
        };
        let ix = f.id.0 as usize;
        p.funcs[ix].frame_slots = p.funcs[ix].frame_slots.max(f.max + 4);
        let meta = &mut p.metas[ix];
        meta.positions = std::mem::take(&mut f.positions);
        meta.notes = std::mem::take(&mut f.notes);
        meta.on_recover = on_recover;
        let code = std::mem::take(&mut f.code);
        if self.failure.is_some() {
            return;
        }
        p.define(f.id, code);
        if cfg!(debug_assertions)
            && let Err(e) = super::verify(p, f.id)
        {
            let e = format!("{e} in {}", f.name);
            self.failure
                .get_or_insert(CompileFailure::Internal(e, Span::NONE));
        }
    }
}

//! Function instances: a declared function with its type arguments, its frame layout and its names.
//!
//! Invariants: type arguments in keys are canonical and concrete, so equal instances have equal keys; a function's window is
//! `[results][parameters][receiver or closure]`, each value rounded up to slots.

use super::{CompileFailure, Compiler, Parts, Source};
use crate::bytecode::{FuncId, NativeIx};
use crate::program::{FuncEntry, FuncMeta, NativeEntry, Program};
use lang::source::{Pos, Span};
use lang::types::{ObjId, Type, TypeId, TypeParamId, Types};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::rc::Rc;

/// A declared function or method with its type arguments (those of the receiver type first).
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct FuncKey {
    /// The function object.
    pub obj: ObjId,
    /// Its type arguments.
    pub targs: Rc<[TypeId]>,
}

/// What type parameters stand for in the function being compiled.
#[derive(Default)]
pub(super) struct TypeEnv {
    params: Vec<TypeParamId>,
    args: Rc<[TypeId]>,
    cache: RefCell<FxHashMap<TypeId, TypeId>>,
}

impl TypeEnv {
    /// The environment of an instance.
    pub(super) fn new(params: Vec<TypeParamId>, args: Rc<[TypeId]>) -> TypeEnv {
        TypeEnv {
            params,
            args,
            cache: RefCell::default(),
        }
    }

    /// The canonical concrete type that `t` stands for.
    pub(super) fn subst(&self, types: &Types, t: TypeId) -> TypeId {
        if self.params.is_empty() || self.params.len() != self.args.len() {
            return types.canonical(t);
        }
        if let Some(&c) = self.cache.borrow().get(&t) {
            return c;
        }
        let c = types.canonical(types.subst(t, &self.params, &self.args));
        self.cache.borrow_mut().insert(t, c);
        c
    }
}

/// Where a function's inputs and outputs are in its window, and their types.
#[derive(Clone, Debug, Default)]
pub(super) struct Layout {
    /// Type and first slot of each result.
    pub results: Vec<(TypeId, u16)>,
    /// Type and first slot of each parameter.
    pub params: Vec<(TypeId, u16)>,
    /// The receiver's type.
    pub recv: Option<TypeId>,
    /// First slot of the receiver, or the slot of the closure's address.
    pub ctx: u16,
    /// Slots of the results.
    pub result_slots: u16,
    /// Slots of results, parameters and receiver.
    pub window: u16,
    /// Whether the last parameter is `...T`.
    pub variadic: bool,
}

impl Compiler {
    /// The slots of a value of type `t`.
    pub(super) fn slots(&mut self, p: &mut Program, t: TypeId) -> u16 {
        let ix = self.type_ix(p, t);
        p.types[ix.0 as usize].slots()
    }

    /// The layout of a concrete function type's window.
    pub(super) fn layout(&mut self, p: &mut Program, sig: TypeId, recv: Option<TypeId>) -> Layout {
        let Type::Signature(s) = self.world.types.under(sig) else {
            return Layout::default();
        };
        let mut l = Layout {
            variadic: s.variadic,
            recv,
            ..Layout::default()
        };
        let mut at = 0u16;
        for &t in &s.results {
            l.results.push((t, at));
            at = at.saturating_add(self.slots(p, t));
        }
        l.result_slots = at;
        for &t in &s.params {
            l.params.push((t, at));
            at = at.saturating_add(self.slots(p, t));
        }
        l.ctx = at;
        l.window = at.saturating_add(recv.map_or(0, |t| self.slots(p, t)));
        l
    }

    /// The type parameters a function's body may mention: the receiver type's, then its own.
    pub(super) fn type_params(&self, obj: ObjId) -> Vec<TypeParamId> {
        let types = &self.world.types;
        let mut all = Vec::new();
        if let Some(recv) = self.world.objects.func(obj).and_then(|f| f.recv)
            && let Type::Named(n) = types.get(types.deref(recv).0)
        {
            all.extend(types.named(types.origin(n)).tparams);
        }
        if let Type::Signature(s) = types.get(self.world.objects.ty(obj)) {
            all.extend(s.tparams.iter().copied());
        }
        all
    }

    /// The type environment of an instance.
    pub(super) fn env(&self, key: &FuncKey) -> TypeEnv {
        TypeEnv::new(self.type_params(key.obj), key.targs.clone())
    }

    /// The concrete signature and receiver type of an instance.
    pub(super) fn signature(&mut self, key: &FuncKey) -> (TypeId, Option<TypeId>) {
        let env = self.env(key);
        let types = &self.world.types;
        let mut sig = self.world.objects.ty(key.obj);
        if let Type::Signature(s) = types.get(sig)
            && !s.tparams.is_empty()
        {
            sig = types.func(&s.params, &s.results, s.variadic);
        }
        let recv = self.world.objects.func(key.obj).and_then(|f| f.recv);
        (env.subst(types, sig), recv.map(|t| env.subst(types, t)))
    }

    /// The window of an instance.
    pub(super) fn func_layout(&mut self, p: &mut Program, key: &FuncKey) -> Layout {
        let (sig, recv) = self.signature(key);
        self.layout(p, sig, recv)
    }

    /// Makes sure a lazily checked object's type is known. What is wrong with its declaration comes up again with its body.
    pub(super) fn settle(&mut self, obj: ObjId) {
        let _ = self.world.ensure_object(obj);
    }

    /// The function of an instance, declared on first use.
    pub(super) fn func_id(&mut self, p: &mut Program, key: &FuncKey) -> FuncId {
        if let Some(&f) = self.funcs.get(key) {
            return f;
        }
        self.settle(key.obj);
        let l = self.func_layout(p, key);
        let (name, pos) = (self.func_name(key.obj), self.world.objects.span(key.obj).lo);
        let f = self.declare(p, name, pos, &l, 0, Source::Func(key.clone()));
        self.funcs.insert(key.clone(), f);
        f
    }

    /// Declares a function with a `CompileMe` stub.
    pub(super) fn declare(
        &mut self,
        p: &mut Program,
        name: String,
        pos: Pos,
        l: &Layout,
        captures: u16,
        s: Source,
    ) -> FuncId {
        let entry = FuncEntry {
            code: std::ptr::null(),
            frame_slots: u32::from(l.window) + 1,
            result_slots: l.result_slots,
            window_slots: l.window,
            captures,
        };
        let is_wrapper = matches!(s, Source::Wrapper(_));
        let meta = FuncMeta {
            name,
            len: 0,
            positions: Vec::new(),
            notes: Vec::new(),
            pos,
            is_wrapper,
            code: Box::new([]),
            on_recover: 0,
        };
        let f = p.declare(entry, meta);
        while self.sources.len() <= f.0 as usize {
            self.sources.push(Source::Done);
        }
        self.sources[f.0 as usize] = s;
        f
    }

    /// The native that implements a function without body, if there is one.
    pub(super) fn native(&mut self, p: &mut Program, key: &FuncKey) -> Option<NativeIx> {
        if let Some(&n) = self.natives.get(key) {
            return Some(n);
        }
        let decl = self.world.objects.func(key.obj)?.decl?;
        if decl.body.is_some() {
            return None;
        }
        self.settle(key.obj);
        let name = self.native_name(key.obj);
        let native = (self.lookup)(&name)?;
        let l = self.func_layout(p, key);
        let n = NativeIx(p.natives.len() as u32);
        p.natives.push(NativeEntry {
            name,
            f: native.f,
            stack: native.stack,
            result_slots: l.result_slots,
            window_slots: l.window,
        });
        self.natives.insert(key.clone(), n);
        Some(n)
    }

    /// The name a native is registered under: `strings.Index`, `sync.(*Mutex).Lock`.
    pub(super) fn native_name(&self, obj: ObjId) -> String {
        self.qualified(obj, "")
    }

    /// Go's symbol name: `main.main`, `main.(*T).M`, `main.F[...]`; `main.init.0` for the first init function.
    pub(super) fn func_name(&self, obj: ObjId) -> String {
        if let Some(p) = self.world.objects.pkg(obj)
            && let Some(n) = self.package(p).init_funcs.iter().position(|&f| f == obj)
        {
            return format!("{}.init.{n}", self.package(p).path);
        }
        self.qualified(obj, "[...]")
    }

    fn qualified(&self, obj: ObjId, generic: &str) -> String {
        let (types, objects) = (&self.world.types, &self.world.objects);
        let path = objects
            .pkg(obj)
            .map_or("", |p| self.package(p).path.as_str());
        let name = objects.name(obj).as_str();
        let own = match types.get(objects.ty(obj)) {
            Type::Signature(s) if !s.tparams.is_empty() => generic,
            _ => "",
        };
        let Some(f) = objects.func(obj) else {
            return format!("{path}.{name}");
        };
        let Some(recv) = f.recv else {
            return format!("{path}.{name}{own}");
        };
        let Type::Named(n) = types.get(types.deref(recv).0) else {
            return format!("{path}.{name}");
        };
        let n = types.origin(n);
        let targs = if types.named(n).tparams.is_empty() {
            ""
        } else {
            generic
        };
        let base = objects.name(types.named_obj(n));
        if f.ptr_recv {
            format!("{path}.(*{base}{targs}).{name}{own}")
        } else {
            format!("{path}.{base}{targs}.{name}{own}")
        }
    }

    /// Compiles function `f`, giving it its code.
    ///
    /// # Errors
    /// Why it cannot be compiled.
    pub fn compile_func(&mut self, parts: &mut Parts<'_>, f: FuncId) -> Result<(), CompileFailure> {
        let source = match self.sources.get(f.0 as usize) {
            Some(s) => s.clone(),
            None => {
                return Err(CompileFailure::Internal(
                    format!("no source for function {}", f.0),
                    Span::NONE,
                ));
            }
        };
        match source {
            Source::Done => return Ok(()),
            Source::Func(key) => self.compile_decl(parts, f, &key)?,
            Source::Wrapper(key) => self.compile_wrapper(parts, f, &key)?,
            Source::PkgInit(pkg) => self.compile_pkg_init(parts, f, pkg)?,
            Source::VarInit(pkg, init) => self.compile_var_init(parts, f, pkg, &init)?,
            Source::Entry(pkg) => self.compile_entry(parts, f, pkg)?,
            Source::Script(pkg, units) => self.compile_script(parts, f, pkg, &units)?,
        }
        self.sources[f.0 as usize] = Source::Done;
        Ok(())
    }
}

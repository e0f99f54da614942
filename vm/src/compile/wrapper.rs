//! Compiler-made functions around methods: bound method values, method expressions and promoted methods.
//!
//! Invariant: a wrapper does nothing but place the receiver and pass its parameters on; stack traces leave it out.

use super::escape::Escapes;
use super::instance::{Layout, TypeEnv};
use super::methods::{Callee, Method};
use super::places::Place;
use super::state::{FuncState, Reg};
use super::{CompileFailure, Compiler, Parts, Source};
use crate::bytecode::*;
use crate::program::{CallSite, Program, RecvLoad, SiteEntry};
use lang::source::{Pos, Span};
use lang::symbol::Symbol;
use lang::types::{PkgId, Type, TypeId};
use std::rc::Rc;

/// Where a wrapper gets its receiver from.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(super) enum WrapperKind {
    /// From its closure: the method value x.m.
    Bound,
    /// As its first parameter: the method expression T.m.
    Expr,
    /// As its own receiver: a promoted method in a method table.
    Promoted,
}

/// A wrapper's identity.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(super) struct WrapperKey {
    /// Where the receiver comes from.
    pub kind: WrapperKind,
    /// The receiver's type.
    pub recv: TypeId,
    /// The method.
    pub name: Symbol,
    /// The package it is looked up from.
    pub pkg: Option<PkgId>,
    /// The method's own type arguments.
    pub targs: Rc<[TypeId]>,
}

impl Compiler {
    /// The function of a wrapper, declared on first use.
    pub(super) fn wrapper_id(&mut self, p: &mut Program, key: &WrapperKey) -> FuncId {
        if let Some(&f) = self.wrappers.get(key) {
            return f;
        }
        let l = self.wrapper_layout(p, key);
        let captures = if key.kind == WrapperKind::Bound {
            self.slots(p, key.recv)
        } else {
            0
        };
        let suffix = if key.kind == WrapperKind::Bound {
            "-fm"
        } else {
            ""
        };
        let name = format!("{}.{}{suffix}", self.type_name(key.recv), key.name);
        let f = self.declare(
            p,
            name,
            Pos::NONE,
            &l,
            captures,
            Source::Wrapper(key.clone()),
        );
        self.wrappers.insert(key.clone(), f);
        f
    }

    /// The method a wrapper wraps.
    fn wrapped(&self, p: &mut Program, key: &WrapperKey) -> Option<Method> {
        let mut m = self.resolve_method(p, key.recv, key.pkg, key.name)?;
        if let Callee::Static { key: method, .. } = &mut m.callee {
            method.targs = method
                .targs
                .iter()
                .chain(key.targs.iter())
                .copied()
                .collect();
        }
        Some(m)
    }

    /// The signature of the wrapped method.
    fn wrapped_signature(&mut self, p: &mut Program, key: &WrapperKey) -> TypeId {
        match self.wrapped(p, key).map(|m| m.callee) {
            Some(Callee::Static { key, .. }) => {
                self.settle(key.obj);
                self.signature(&key).0
            }
            Some(Callee::Iface { sig, .. }) => sig,
            None => TypeId::INVALID,
        }
    }

    fn wrapper_layout(&mut self, p: &mut Program, key: &WrapperKey) -> Layout {
        let sig = self.wrapped_signature(p, key);
        match (key.kind, self.world.types.get(sig)) {
            (WrapperKind::Expr, Type::Signature(s)) => {
                let mut params = vec![key.recv];
                params.extend(&s.params);
                let sig = self.world.types.func(&params, &s.results, s.variadic);
                self.layout(p, sig, None)
            }
            (WrapperKind::Promoted, _) => self.layout(p, sig, Some(key.recv)),
            _ => self.layout(p, sig, None),
        }
    }

    /// Compiles a wrapper.
    pub(super) fn compile_wrapper(
        &mut self,
        parts: &mut Parts<'_>,
        f: FuncId,
        key: &WrapperKey,
    ) -> Result<(), CompileFailure> {
        let Some(m) = self.wrapped(parts.program, key) else {
            return Err(CompileFailure::Internal(
                format!("no method {} to wrap", key.name),
                Span::NONE,
            ));
        };
        let l = self.wrapper_layout(parts.program, key);
        let name = parts.program.metas[f.0 as usize].name.clone();
        let state = FuncState::new(f, name, Pos::NONE);
        let key = key.clone();
        self.run(
            parts,
            PkgId(0),
            TypeEnv::default(),
            Escapes::default(),
            state,
            |c| {
                c.f.next = u32::from(l.window) + 1;
                c.f.max = c.f.next;
                let (recv, first) = match key.kind {
                    WrapperKind::Bound => (c.captured_receiver(&l, key.recv), 0),
                    WrapperKind::Expr => (l.params[0].1, 1),
                    WrapperKind::Promoted => (l.ctx, 0),
                };
                c.forward(&l, first, recv, &key, &m);
            },
        )
    }
}

impl super::state::FuncCompiler<'_, '_> {
    /// Loads the receiver captured by a bound method's closure.
    fn captured_receiver(&mut self, l: &Layout, t: TypeId) -> Reg {
        let n = self.slots(t);
        let r = self.alloc(n);
        let (d, p) = (Dst(r), Src(l.ctx));
        match n {
            0 => {}
            1 => {
                self.emit(Op::Ld64 {
                    d,
                    p,
                    off: Off16(8),
                });
            }
            2 => {
                self.emit(Op::Ld2 {
                    d,
                    p,
                    off: Off16(8),
                });
            }
            _ => {
                let q = self.whole_pointer(l.ctx, 8);
                self.emit(Op::LdN {
                    d,
                    p: Src(q),
                    n: Bytes16(n.saturating_mul(8)),
                });
            }
        }
        r
    }

    /// Calls the method on the receiver at `recv` with the wrapper's parameters from `first` on, and returns its results.
    fn forward(
        &mut self,
        l: &Layout,
        first: usize,
        recv: Reg,
        key: &WrapperKey,
        m: &super::methods::Method,
    ) {
        let target = match &m.callee {
            Callee::Static { key, .. } => self.c.func_layout(self.parts.program, key),
            Callee::Iface { sig, .. } => self.c.layout(self.parts.program, *sig, None),
        };
        let iface = match &m.callee {
            Callee::Iface { .. } => {
                let (pl, t) = self.walk_path(Place::Reg(recv), key.recv, &m.path);
                Some(self.read(pl, t, None))
            }
            Callee::Static { .. } => None,
        };
        let w = self.window(target.window);
        for (from, to) in l.params[first..].iter().zip(&target.params) {
            let n = self.slots(from.0);
            self.mov(w + to.1, from.1, n);
        }
        match &m.callee {
            Callee::Static {
                key: target_key,
                ptr_recv,
            } => {
                self.receiver_at(
                    Place::Reg(recv),
                    key.recv,
                    &m.path,
                    *ptr_recv,
                    w + target.ctx,
                );
                match self.c.native(self.parts.program, target_key) {
                    Some(n) => self.emit(Op::CallN { w: Win(w), n }),
                    None => {
                        let f = self.c.func_id(self.parts.program, target_key);
                        self.emit(Op::Call { w: Win(w), f })
                    }
                };
            }
            Callee::Iface { method, .. } => {
                let r = iface.unwrap_or(recv);
                self.mov(w + target.ctx, r + 1, 1);
                let empty = SiteEntry {
                    ty: TypeIx(0),
                    func: FuncId(0),
                    recv: RecvLoad::Direct,
                };
                let site = Site(self.p().sites.len() as u32);
                self.p().sites.push(CallSite {
                    iface: Src(r),
                    ctx: target.ctx,
                    method: *method,
                    cache: [empty; 4],
                });
                self.emit(Op::CallI { w: Win(w), s: site });
            }
        }
        self.mov(0, w, l.result_slots);
        self.emit(Op::Ret {});
    }
}

//! Selectors: fields, method values and method expressions.

use super::instance::FuncKey;
use super::methods::{Callee, Method};
use super::places::Place;
use super::state::{FuncCompiler, Reg};
use super::wrapper::{WrapperKey, WrapperKind};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::check::{Selection, SelectionKind};
use lang::types::{ObjId, ObjKind, TypeId};

impl FuncCompiler<'_, '_> {
    /// The function object `o` as named by identifier `id`, with its type arguments.
    pub(super) fn instance(&mut self, o: ObjId, id: NodeId) -> FuncKey {
        let targs = match self.info().instances.get(&id) {
            Some(i) => {
                let targs = i.targs.clone();
                targs.iter().map(|&t| self.subst(t)).collect()
            }
            None => std::rc::Rc::new([]) as std::rc::Rc<[TypeId]>,
        };
        FuncKey { obj: o, targs }
    }

    /// The type arguments written or inferred for a method of that name.
    pub(super) fn own_targs(&self, id: &Ident) -> std::rc::Rc<[TypeId]> {
        let own = self
            .info()
            .instances
            .get(&id.id)
            .map(|i| i.targs.clone())
            .unwrap_or_default();
        own.iter().map(|&t| self.subst(t)).collect()
    }

    pub(super) fn selection(&self, e: &Expr) -> Option<Selection> {
        self.info().selections.get(&e.id).cloned()
    }

    /// d.. ← x.id
    pub(super) fn selector(&mut self, e: &Expr, x: &Expr, id: &Ident, d: Option<Reg>) -> Reg {
        let Some(s) = self.selection(e) else {
            return self.qualified(e, id, d);
        };
        match s.kind {
            SelectionKind::FieldVal => {
                let t = self.type_of(e);
                let old = self.at(x.span.hi);
                let r = match d {
                    None if self.is_register_part(x) && !s.indirect => {
                        let pl = self.selector_place(e, x, id);
                        self.read(pl, t, None)
                    }
                    _ => {
                        let d = self.dst(d, t);
                        let m = self.mark();
                        let pl = self.selector_place(e, x, id);
                        self.read(pl, t, Some(d));
                        self.release(m);
                        d
                    }
                };
                self.at(old);
                r
            }
            SelectionKind::MethodVal => self.method_value(&s, x, id, d),
            SelectionKind::MethodExpr => self.method_expr(&s, id, d),
        }
    }

    /// A qualified identifier.
    fn qualified(&mut self, e: &Expr, id: &Ident, d: Option<Reg>) -> Reg {
        let Some(o) = self.object(id.id) else {
            self.bug("unresolved selector", e.span);
            return self.dst(d, TypeId::INT);
        };
        match self.c.world.objects.get(o).kind {
            ObjKind::Var(_) => {
                let t = self.type_of(e);
                let pl = self.var_place(o);
                self.read(pl, t, d)
            }
            ObjKind::Func(_) => self.func_value(o, id.id, d),
            _ => {
                self.bug("qualified identifier without value", e.span);
                self.dst(d, TypeId::INT)
            }
        }
    }

    /// The place of a field, or of another package's variable.
    pub(super) fn selector_place(&mut self, e: &Expr, x: &Expr, id: &Ident) -> Place {
        match self.selection(e) {
            Some(s) if s.kind == SelectionKind::FieldVal => {
                let t = self.type_of(x);
                let pl = if self.kind(t) == Kind::Pointer {
                    Place::Reg(self.expr(x))
                } else {
                    self.place(x)
                };
                self.walk_path(pl, t, &s.path).0
            }
            None => match self.object(id.id) {
                Some(o) if self.c.world.objects.var_kind(o).is_some() => self.var_place(o),
                _ => Place::Reg(self.expr(e)),
            },
            _ => Place::Reg(self.expr(e)),
        }
    }

    /// What the method selector `x.id` calls, given the concrete type of x.
    pub(super) fn method(&mut self, s: &Selection, recv: TypeId, id: &Ident) -> Option<Method> {
        let pkg = s
            .method
            .and_then(|m| self.c.world.objects.pkg(m))
            .or(Some(self.pkg));
        let mut m = self
            .c
            .resolve_method(self.parts.program, recv, pkg, id.name);
        if let Some(Method {
            callee: Callee::Static { key, .. },
            ..
        }) = &mut m
            && let Some(i) = self.info().instances.get(&id.id)
        {
            let own = i.targs.clone();
            key.targs = key
                .targs
                .iter()
                .copied()
                .chain(own.iter().map(|&t| self.subst(t)))
                .collect();
        }
        m
    }

    /// d.. ← the receiver for a method with or without pointer receiver, from the operand x and the embedded fields on the way
    pub(super) fn receiver(&mut self, x: &Expr, path: &[u32], ptr_recv: bool, d: Reg) {
        let t = self.type_of(x);
        let m = self.mark();
        let pl = if self.kind(t) == Kind::Pointer {
            Place::Reg(self.expr(x))
        } else {
            self.place(x)
        };
        self.receiver_at(pl, t, path, ptr_recv, d);
        self.release(m);
    }

    /// As `receiver`, for an operand of type `t` at `pl`.
    pub(super) fn receiver_at(
        &mut self,
        pl: Place,
        t: TypeId,
        path: &[u32],
        ptr_recv: bool,
        d: Reg,
    ) {
        let (pl, t) = self.walk_path(pl, t, path);
        match (self.kind(t) == Kind::Pointer, ptr_recv) {
            (true, false) => {
                let p = self.read(pl, t, None);
                let elem = self.elem(t);
                self.load(d, p, 0, elem);
            }
            (false, true) => {
                self.place_addr(pl, t, Some(d));
            }
            _ => {
                self.read(pl, t, Some(d));
            }
        }
    }

    /// d ← the closure x.m, bound to the receiver
    fn method_value(&mut self, s: &Selection, x: &Expr, id: &Ident, d: Option<Reg>) -> Reg {
        let xt = self.type_of(x);
        let Some(m) = self.method(s, xt, id) else {
            self.bug("unresolved method", id.span);
            return self.dst(d, TypeId::UINTPTR);
        };
        let d = self.dst(d, TypeId::UINTPTR);
        let mark = self.mark();
        // The receiver is evaluated now: the wrapper's receiver type is that of the method, or the interface.
        let pl = if self.kind(xt) == Kind::Pointer {
            Place::Reg(self.expr(x))
        } else {
            self.place(x)
        };
        let c = self.alloc(1);
        let recv = match &m.callee {
            Callee::Static { key, ptr_recv } => {
                let recv = self.c.signature(key).1.unwrap_or(TypeId::INVALID);
                let n = self.slots(recv);
                let r = self.alloc(n);
                self.receiver_at(pl, xt, &m.path, *ptr_recv, r);
                recv
            }
            Callee::Iface { .. } => {
                let r = self.alloc(2);
                let (pl, t) = self.walk_path(pl, xt, &m.path);
                self.read(pl, t, Some(r));
                self.check_iface(r);
                t
            }
        };
        let pkg = s
            .method
            .and_then(|m| self.c.world.objects.pkg(m))
            .or(Some(self.pkg));
        let targs = self.own_targs(id);
        let key = WrapperKey {
            kind: WrapperKind::Bound,
            recv,
            name: id.name,
            pkg,
            targs,
        };
        let f = self.c.wrapper_id(self.parts.program, &key);
        self.emit(Op::Closure { d: Dst(c), f });
        self.mov(d, c, 1);
        self.release(mark);
        d
    }

    /// d ← the function T.m with the receiver as first parameter
    fn method_expr(&mut self, s: &Selection, id: &Ident, d: Option<Reg>) -> Reg {
        let recv = self.subst(s.recv);
        let pkg = s
            .method
            .and_then(|m| self.c.world.objects.pkg(m))
            .or(Some(self.pkg));
        let targs = self.own_targs(id);
        let key = WrapperKey {
            kind: WrapperKind::Expr,
            recv,
            name: id.name,
            pkg,
            targs,
        };
        let f = self.c.wrapper_id(self.parts.program, &key);
        let addr = self.static_closure(f);
        let d = self.dst(d, TypeId::UINTPTR);
        self.load_word(d, addr);
        d
    }
}

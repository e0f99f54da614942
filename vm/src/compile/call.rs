//! Calls: arguments are evaluated straight into the callee's window.
//!
//! Invariants: while arguments are evaluated the window's registers are allocated, so nested calls have theirs above — but for a call
//! that is the first argument, whose result belongs at its window's beginning: it gets its window there. Functions are called in
//! source order; operands that call nothing are read last, as gc does.

use super::instance::{FuncKey, Layout};
use super::methods::{Callee, Method};
use super::places::Place;
use super::state::{FuncCompiler, Reg};
use super::wrapper::{WrapperKey, WrapperKind};
use crate::bytecode::*;
use crate::program::RecvLoad;
use crate::program::{CallSite, MethodKey, SiteEntry};
use crate::rtype::Kind;
use lang::ast::*;
use lang::check::{Mode, SelectionKind};
use lang::types::{Builtin, ObjKind, Type, TypeId};

/// What is done with a call.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    Call,
    Go,
    Defer,
}

/// What is called.
enum Target<'e> {
    /// A declared function.
    Static(FuncKey),
    /// A declared method with its operand.
    Method(FuncKey, &'e Expr, Vec<u32>, bool),
    /// A method of the interface value in these registers.
    Iface(Reg, MethodKey, TypeId),
    /// The closure in this register, of this function type.
    Closure(Reg, TypeId),
}

impl FuncCompiler<'_, '_> {
    pub(super) fn is_conversion(&self, c: &CallExpr) -> bool {
        self.info()
            .types
            .get(&c.fun.id)
            .is_some_and(|tv| tv.mode == Mode::TypeExpr)
    }

    /// Which builtin is called, if one is.
    pub(super) fn builtin_of(&self, c: &CallExpr) -> Option<Builtin> {
        let id = match &unparen(&c.fun).kind {
            ExprKind::Ident(id) => id.id,
            ExprKind::Selector(_, id)
                if !self.info().selections.contains_key(&unparen(&c.fun).id) =>
            {
                id.id
            }
            _ => return None,
        };
        self.c.world.objects.builtin(self.object(id)?)
    }

    pub(super) fn is_builtin_call(&self, c: &CallExpr) -> bool {
        self.builtin_of(c).is_some()
    }

    /// Whether the call is of a builtin that runs no Go code and changes nothing.
    pub(super) fn is_pure_builtin(&self, c: &CallExpr) -> bool {
        use Builtin::*;
        self.builtin_of(c).is_some_and(|b| {
            !matches!(
                b,
                Append | Close | Copy | Delete | Panic | Print | Println | Recover | Clear
            )
        })
    }

    /// d.. ← f(args)
    pub(super) fn call(&mut self, e: &Expr, c: &CallExpr, d: Option<Reg>) -> Reg {
        if self.is_conversion(c) {
            return self.conversion(e, &c.args[0], d);
        }
        if let Some(b) = self.builtin_of(c) {
            let old = self.at(c.fun.span.hi);
            let r = self.builtin(e, c, b, d);
            self.at(old);
            return r;
        }
        let t = self.type_of(e);
        if let Some(r) = self.intrinsic(c, t, d) {
            return r;
        }
        let m = self.mark();
        let (w, _) = self.emit_call(c, How::Call);
        let n = if matches!(self.under(t), Type::Tuple(_)) {
            0
        } else {
            self.slots(t)
        };
        match d {
            Some(d) => {
                self.mov(d, w, n);
                self.release(m);
                d
            }
            None => {
                self.release(u32::from(w) + u32::from(n));
                w
            }
        }
    }

    /// A call for its effects.
    pub(super) fn call_stmt(&mut self, e: &Expr, c: &CallExpr) {
        if self.is_conversion(c) || self.builtin_of(c).is_some() {
            self.call(e, c, None);
        } else {
            self.emit_call(c, How::Call);
        }
    }

    /// A call with any number of results: the window and the results' types and offsets. The results stay allocated.
    pub(super) fn call_multi(&mut self, c: &CallExpr) -> (Reg, Layout) {
        let (w, l) = self.emit_call(c, How::Call);
        self.release(u32::from(w) + u32::from(l.result_slots));
        (w, l)
    }

    /// Math functions that are single instructions.
    fn intrinsic(&mut self, c: &CallExpr, t: TypeId, d: Option<Reg>) -> Option<Reg> {
        let ExprKind::Selector(x, id) = &unparen(&c.fun).kind else {
            return None;
        };
        if !matches!(x.kind, ExprKind::Ident(_))
            || c.args.len() != 1
            || self.kind(t) != Kind::Float64
        {
            return None;
        }
        let o = self.object(id.id)?;
        if self
            .c
            .world
            .objects
            .pkg(o)
            .is_none_or(|p| self.c.package(p).path != "math")
            || self.selection(unparen(&c.fun)).is_some()
        {
            return None;
        }
        let f = match id.name.as_str() {
            "Sqrt" => MathFn::Sqrt,
            "Abs" => MathFn::Abs,
            "Floor" => MathFn::Floor,
            "Ceil" => MathFn::Ceil,
            "Trunc" => MathFn::Trunc,
            _ => return None,
        };
        let d = self.dst(d, t);
        let m = self.mark();
        let s = self.expr_as(&c.args[0], TypeId::FLOAT64);
        self.emit(Op::MathF64 {
            f,
            d: Dst(d),
            s: Src(s),
        });
        self.release(m);
        Some(d)
    }

    fn target<'e>(&mut self, fun: &'e Expr) -> Option<Target<'e>> {
        let fun = unparen(fun);
        let name = match &fun.kind {
            ExprKind::Ident(id) => Some(id),
            ExprKind::Selector(_, id) if !self.info().selections.contains_key(&fun.id) => Some(id),
            ExprKind::Index(x, _) => match &unparen(x).kind {
                ExprKind::Ident(id) => Some(id),
                ExprKind::Selector(_, id)
                    if !self.info().selections.contains_key(&unparen(x).id) =>
                {
                    Some(id)
                }
                _ => None,
            },
            _ => None,
        };
        if let Some(id) = name
            && let Some(o) = self.object(id.id)
            && self
                .c
                .world
                .objects
                .with(o, |o| matches!(o.kind, ObjKind::Func(_)))
        {
            return Some(Target::Static(self.instance(o, id.id)));
        }
        let sel = match &fun.kind {
            ExprKind::Index(x, _) if matches!(unparen(x).kind, ExprKind::Selector(..)) => {
                unparen(x)
            }
            _ => fun,
        };
        if let ExprKind::Selector(x, id) = &sel.kind
            && let Some(s) = self.selection(sel)
            && s.kind == SelectionKind::MethodVal
        {
            let xt = self.type_of(x);
            let Method { path, callee } = self.method(&s, xt, id)?;
            return Some(match callee {
                Callee::Static { key, ptr_recv } => Target::Method(key, x, path, ptr_recv),
                Callee::Iface { method, sig } => {
                    let pl = if self.kind(xt) == Kind::Pointer {
                        Place::Reg(self.expr(x))
                    } else {
                        self.place(x)
                    };
                    let (pl, t) = self.walk_path(pl, xt, &path);
                    Target::Iface(self.read(pl, t, None), method, sig)
                }
            });
        }
        let sig = self.type_of(fun);
        Some(Target::Closure(self.expr(fun), sig))
    }

    /// Evaluates a call's function and arguments and calls, starts or defers it; gives the window and its layout.
    pub(super) fn emit_call(&mut self, c: &CallExpr, how: How) -> (Reg, Layout) {
        let old = self.at(c.fun.span.hi);
        let r = self.emit_call_at(c, how);
        self.at(old);
        r
    }

    fn emit_call_at(&mut self, c: &CallExpr, how: How) -> (Reg, Layout) {
        let pos = self.f.pos;
        let Some(target) = self.target(&c.fun) else {
            self.bug("call of something unresolved", c.fun.span);
            return (0, Layout::default());
        };
        let target = match target {
            Target::Iface(r, method, sig) if how != How::Call => self.bind_iface(r, c, method, sig),
            t => t,
        };
        let l = match &target {
            Target::Static(key) | Target::Method(key, ..) => {
                self.c.func_layout(self.parts.program, key)
            }
            Target::Iface(_, _, sig) | Target::Closure(_, sig) => {
                self.c.layout(self.parts.program, *sig, None)
            }
        };
        // An interface call's receiver may take more slots than its data word: the callee's frame has room for them.
        let w = self.window(l.window);
        let m = self.mark();
        match &target {
            Target::Method(_, x, path, ptr_recv) => {
                let late = !self.has_call(x)
                    && !self.is_stable(x)
                    && c.args.iter().any(|a| self.has_call(a));
                if !late {
                    self.receiver(x, path, *ptr_recv, w + l.ctx);
                }
                self.args(c, &l, w, false);
                if late {
                    self.receiver(x, path, *ptr_recv, w + l.ctx);
                }
            }
            _ => self.args(c, &l, w, true),
        }
        self.at(pos);
        match target {
            Target::Static(key) | Target::Method(key, ..) => {
                self.emit_static(&key, w, l.window, how)
            }
            Target::Iface(r, method, _) => {
                self.mov(w + l.ctx, r + 1, 1);
                let empty = SiteEntry {
                    ty: TypeIx(0),
                    func: FuncId(0),
                    recv: RecvLoad::Direct,
                };
                let site = Site(self.p().sites.len() as u32);
                self.p().sites.push(CallSite {
                    iface: Src(r),
                    ctx: l.ctx,
                    method,
                    cache: [empty; 4],
                });
                self.emit(Op::CallI { w: Win(w), s: site });
            }
            Target::Closure(r, _) => match how {
                How::Call => {
                    self.emit(Op::CallC {
                        w: Win(w),
                        c: Src(r),
                        ctx: Count(l.ctx),
                    });
                }
                How::Go => {
                    self.emit(Op::GoC {
                        w: Win(w),
                        c: Src(r),
                        ctx: Count(l.ctx),
                    });
                }
                How::Defer => self.defer_closure(w, r, l.ctx),
            },
        }
        self.release(m);
        (w, l)
    }

    /// A call whose only argument, behind one result, is a register plus a small constant.
    fn fused_call(&mut self, at: Reg, f: FuncId) -> Option<Op> {
        let f = FuncId16(u16::try_from(f.0).ok()?);
        let fits = |d: Dst, a: Src, imm: Imm16| {
            d.0 == at + 1 && u8::try_from(a.0).is_ok() && i8::try_from(imm.0).is_ok() && a.0 < at
        };
        match self.take_last(|op| matches!(*op, Op::AddI { d, a, imm } if fits(d, a, imm)))? {
            Op::AddI { a, imm, .. } => Some(Op::CallAddI {
                s: Src8(a.0 as u8),
                imm: Imm8(imm.0 as i8),
                w: Win(at),
                f,
            }),
            _ => None,
        }
    }

    fn emit_static(&mut self, key: &FuncKey, at: Reg, window: u16, how: How) {
        let w = Win(at);
        if how == How::Call
            && let Some(n) = self.c.native(self.parts.program, key)
        {
            self.emit(Op::CallN { w, n });
            return;
        }
        let f = self.c.func_id(self.parts.program, key);
        if how == How::Defer && self.f.range_body.is_some() {
            let c = self.alloc(1);
            let addr = self.static_closure(f);
            self.load_word(c, addr);
            return self.defer_closure(at, c, window);
        }
        let op = match how {
            How::Call => self.fused_call(at, f).unwrap_or(Op::Call { w, f }),
            How::Go => Op::Go { w, f },
            How::Defer => Op::Defer { w, f },
        };
        self.emit(op);
    }

    /// A closure bound to the interface value in r, for `go` and `defer`.
    fn bind_iface<'e>(&mut self, r: Reg, c: &'e CallExpr, _: MethodKey, sig: TypeId) -> Target<'e> {
        let fun = match &unparen(&c.fun).kind {
            ExprKind::Index(x, _) => unparen(x),
            _ => unparen(&c.fun),
        };
        let ExprKind::Selector(x, id) = &fun.kind else {
            return Target::Closure(r, sig);
        };
        let xt = self.type_of(x);
        let pkg = Some(self.pkg);
        let recv = match self.selection(fun) {
            Some(s) => {
                let path = s.path[..s.path.len().saturating_sub(1)].to_vec();
                self.path_type(xt, &path)
            }
            None => xt,
        };
        let cl = self.alloc(3);
        self.mov(cl + 1, r, 2);
        self.check_iface(r);
        let targs = self.own_targs(id);
        let key = WrapperKey {
            kind: WrapperKind::Bound,
            recv,
            name: id.name,
            pkg,
            targs,
        };
        let f = self.c.wrapper_id(self.parts.program, &key);
        self.emit(Op::Closure { d: Dst(cl), f });
        Target::Closure(cl, sig)
    }

    /// The type at the end of a path of embedded fields.
    fn path_type(&mut self, mut t: TypeId, path: &[u32]) -> TypeId {
        for &i in path {
            if self.kind(t) == Kind::Pointer {
                t = self.elem(t);
            }
            let Type::Struct(s) = self.under(t) else {
                return t;
            };
            t = self.subst(s.fields[i as usize].ty);
        }
        t
    }

    /// Evaluates arguments into the window at w. `first` says that nothing is in the window yet.
    fn args(&mut self, c: &CallExpr, l: &Layout, w: Reg, first: bool) {
        if let [only] = &c.args[..]
            && let ExprKind::Call(inner) = &unparen(only).kind
            && !self.f.given.contains_key(&only.id)
        {
            let t = self.type_of(only);
            if let Type::Tuple(ts) = self.under(t)
                && ts.len() > 1
            {
                return self.spread(inner, l, w);
            }
        }
        let packed = l.variadic && c.ellipsis.is_none();
        let fixed = if packed {
            l.params.len() - 1
        } else {
            l.params.len()
        };
        let rest = c.args.len().saturating_sub(fixed);
        let array = if packed && rest > 0 {
            Some(self.variadic_array(l, rest))
        } else {
            None
        };
        let all: Vec<&Expr> = c.args.iter().collect();
        let simple = first && array.is_none();
        self.in_order(&all, |c, i, e| match &array {
            Some((p, elem)) if i >= fixed => {
                let m = c.mark();
                let r = c.expr_as(e, *elem);
                let off = c.size(*elem) as u32 * (i - fixed) as u32;
                c.store_known(*p, off, r, *elem);
                c.release(m);
            }
            _ => match l.params.get(i) {
                Some(&(t, off)) if i == 0 && simple => c.first_arg(e, t, w + off),
                Some(&(t, off)) => c.expr_as_to(e, t, w + off),
                None => c.bug("too many arguments", e.span),
            },
        });
        if packed {
            let at = w + l.params[fixed].1;
            match array {
                Some((p, _)) => {
                    self.mov(at, p, 1);
                    self.load_i(at + 1, rest as i64);
                    self.load_i(at + 2, rest as i64);
                }
                None => self.zero(at, 3),
            }
        }
    }

    fn store_known(&mut self, p: Reg, off: u32, r: Reg, t: TypeId) {
        if self.size(t) > 0 {
            self.store(p, off, r, t);
        }
    }

    /// A fresh array for n variadic arguments.
    fn variadic_array(&mut self, l: &Layout, n: usize) -> (Reg, TypeId) {
        let slice = l.params.last().map_or(TypeId::INVALID, |p| p.0);
        let elem = self.elem(slice);
        let array = self.c.world.types.array(n as i64, elem);
        let p = self.alloc(1);
        let t = self.tix(array);
        self.emit(Op::New { d: Dst(p), t });
        (p, elem)
    }

    /// The first argument, at `a`: a call's result is there at once if its window is.
    fn first_arg(&mut self, e: &Expr, t: TypeId, a: Reg) {
        let inner = unparen(e);
        let plain = match &inner.kind {
            ExprKind::Call(c) => {
                !self.is_conversion(c)
                    && !self.is_builtin_call(c)
                    && !self.f.given.contains_key(&e.id)
                    && self.const_of(e).is_none()
            }
            _ => false,
        };
        if !plain || self.type_of(e) != t {
            return self.expr_as_to(e, t, a);
        }
        let saved = self.f.next;
        self.f.next = u32::from(a) - 2;
        let r = self.expr(e);
        self.f.next = saved;
        let n = self.slots(t);
        self.mov(a, r, n);
    }

    /// f(g()) with several results.
    fn spread(&mut self, inner: &CallExpr, l: &Layout, w: Reg) {
        let m = self.mark();
        let (r, results) = self.call_multi(inner);
        let fixed = if l.variadic {
            l.params.len() - 1
        } else {
            l.params.len()
        };
        for (&(t, off), &(want, at)) in results.results.iter().zip(&l.params[..fixed]) {
            self.value_to_iface(r + off, t, want, w + at);
        }
        if l.variadic {
            let rest = results.results.len() - fixed;
            let at = w + l.params[fixed].1;
            if rest == 0 {
                self.zero(at, 3);
            } else {
                let (p, elem) = self.variadic_array(l, rest);
                for (i, &(t, off)) in results.results[fixed..].iter().enumerate() {
                    let m = self.mark();
                    let v = self.alloc_t(elem);
                    self.value_to_iface(r + off, t, elem, v);
                    let off = self.size(elem) as u32 * i as u32;
                    self.store_known(p, off, v, elem);
                    self.release(m);
                }
                self.mov(at, p, 1);
                self.load_i(at + 1, rest as i64);
                self.load_i(at + 2, rest as i64);
            }
        }
        self.release(m);
    }
}

//! Index and slice expressions.

use super::places::{Index, Place};
use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::check::Mode;
use lang::types::{Type, TypeId};

impl FuncCompiler<'_, '_> {
    /// d.. ← x[i], or an instantiated function
    pub(super) fn index(&mut self, e: &Expr, x: &Expr, i: &[Expr], d: Option<Reg>) -> Reg {
        if self
            .info()
            .types
            .get(&i[0].id)
            .is_some_and(|tv| tv.mode == Mode::TypeExpr)
            || i.len() != 1
        {
            return self.instantiated(x, d);
        }
        let xt = self.type_of(x);
        let t = self.first_type(e);
        if let Type::Map(k, _) = self.under(xt) {
            let d = self.dst(d, t);
            let m = self.mark();
            let mp = self.expr(x);
            let k = self.expr_as(&i[0], k);
            let map = self.tix(xt);
            self.note(map);
            self.emit(Op::MapGet {
                d: Dst(d),
                m: Src(mp),
                k: Src(k),
            });
            self.release(m);
            return d;
        }
        let d = match d {
            Some(d) => d,
            None if self.is_register_part(x) => {
                let pl = self.index_place(e, x, &i[0]);
                return self.read(pl, t, None);
            }
            None => self.alloc_t(t),
        };
        let m = self.mark();
        let old = self.at(x.span.hi);
        let pl = self.index_place(e, x, &i[0]);
        self.read(pl, t, Some(d));
        self.at(old);
        self.release(m);
        d
    }

    /// A generic function with explicit type arguments, as a value.
    fn instantiated(&mut self, x: &Expr, d: Option<Reg>) -> Reg {
        if let ExprKind::Selector(y, id) = &unparen(x).kind
            && self.selection(unparen(x)).is_some()
        {
            return self.selector(unparen(x), y, id, d);
        }
        let id = match &unparen(x).kind {
            ExprKind::Ident(id) | ExprKind::Selector(_, id) => id,
            _ => {
                self.bug("instantiation of something unnamed", x.span);
                return self.dst(d, TypeId::UINTPTR);
            }
        };
        match self.object(id.id) {
            Some(o) => self.func_value(o, id.id, d),
            None => {
                self.bug("instantiation of something unknown", x.span);
                self.dst(d, TypeId::UINTPTR)
            }
        }
    }

    /// Whether `x` is a variable that lives in registers, or a part of one.
    pub(super) fn is_register_part(&self, x: &Expr) -> bool {
        match &unparen(x).kind {
            ExprKind::Ident(_) => self.const_of(x).is_none() && self.is_stable(x),
            ExprKind::Selector(y, _) => {
                self.info()
                    .selections
                    .get(&unparen(x).id)
                    .is_some_and(|s| !s.indirect)
                    && self.is_register_part(y)
            }
            ExprKind::Index(y, _) => {
                let t = self
                    .info()
                    .types
                    .get(&y.id)
                    .map_or(TypeId::INVALID, |tv| tv.ty);
                matches!(self.under(self.subst(t)), Type::Array(..)) && self.is_register_part(y)
            }
            _ => false,
        }
    }

    /// The place of x[i] for slices, strings, arrays and pointers to arrays.
    pub(super) fn index_place(&mut self, e: &Expr, x: &Expr, i: &Expr) -> Place {
        let xt = self.type_of(x);
        match self.under(xt) {
            Type::Slice(_) | Type::Basic(_) => {
                let (s, i) = if self.reads_late(x, i) {
                    let i = self.index_value(i);
                    (self.expr(x), i)
                } else {
                    let s = self.expr(x);
                    (s, self.index_value(i))
                };
                Place::Elem { s, i }
            }
            Type::Array(n, t) => {
                let pl = self.place(x);
                self.array_elem(pl, xt, n, t, x, i)
            }
            Type::Pointer(a) => {
                let Type::Array(n, t) = self.under(a) else {
                    return Place::Blank;
                };
                let p = self.expr(x);
                let a = self.subst(a);
                self.array_elem(
                    Place::Mem {
                        p,
                        off: 0,
                        known: false,
                    },
                    a,
                    n,
                    t,
                    x,
                    i,
                )
            }
            Type::Map(..) => Place::Reg(self.index(e, x, std::slice::from_ref(i), None)),
            _ => {
                self.bug("index of something that has no elements", e.span);
                Place::Blank
            }
        }
    }

    /// An index as a 64-bit number (all index types are sign- or zero-extended already).
    fn index_value(&mut self, i: &Expr) -> Index {
        match self.const_i64(i) {
            Some(n) if !self.is_given(i) => {
                if let Some(&r) = self.f.hoisted.get(&(n as u64)) {
                    return r.into();
                }
                let r = self.alloc(1);
                self.load_i(r, n);
                r.into()
            }
            _ => Index {
                r: self.expr(i),
                unsigned: self.is_unsigned(i),
            },
        }
    }

    /// Whether `i` is a variable index that may exceed int64.
    fn is_unsigned(&mut self, i: &Expr) -> bool {
        let t = self.type_of(i);
        matches!(self.kind(t), Kind::Uint | Kind::Uint64 | Kind::Uintptr)
            && self.const_i64(i).is_none()
    }

    /// Notes for the instruction that slices which of its bounds may exceed int64.
    fn note_bounds(&mut self, s: &SliceExpr) {
        let bounds = [&s.lo, &s.hi, &s.max];
        let unsigned = bounds.map(|e| e.as_ref().is_some_and(|e| self.is_unsigned(e)));
        self.note_unsigned(unsigned);
    }

    fn array_elem(
        &mut self,
        pl: Place,
        array: TypeId,
        n: i64,
        t: TypeId,
        x: &Expr,
        i: &Expr,
    ) -> Place {
        let t = self.subst(t);
        if let Some(k) = self.const_i64(i) {
            let off = (k as u64).saturating_mul(self.size(t));
            return self.part(pl, array, off.min(u64::from(u32::MAX)) as u32, t);
        }
        // A heap cell of an array variable has its length next to its address: together they are a slice.
        if let Place::Mem {
            p,
            off: 0,
            known: true,
        } = pl
            && matches!(&unparen(x).kind, ExprKind::Ident(_))
        {
            let i = self.index_value(i);
            return Place::Elem { s: p, i };
        }
        let i = self.index_value(i);
        if !matches!(
            pl,
            Place::Static(_) | Place::Mem { .. } | Place::Elem { .. }
        ) {
            let r = self.read(pl, array, None);
            return Place::Array { r, n, i };
        }
        let s = self.alloc(3);
        match pl {
            Place::Static(addr) => self.load_pair(s, addr, n as u64),
            _ => {
                self.place_addr(pl, array, Some(s));
                self.load_i(s + 1, n);
            }
        }
        Place::Elem { s, i }
    }

    /// d.. ← x[lo:hi:max]
    pub(super) fn slice_expr(&mut self, e: &Expr, s: &SliceExpr, d: Option<Reg>) -> Reg {
        let t = self.type_of(e);
        let d = self.dst(d, t);
        let m = self.mark();
        let xt = self.type_of(&s.x);
        let old = self.at(s.x.span.hi);
        match self.under(xt) {
            Type::Basic(_) => self.slice_string(s, d),
            Type::Slice(elem) => self.slice_slice(s, elem, d),
            Type::Pointer(a) => {
                let w = self.alloc(5);
                self.expr_to(&s.x, w);
                self.slice_array(s, a, w, d);
            }
            Type::Array(..) => {
                let w = self.alloc(5);
                let pl = self.place(&s.x);
                self.place_addr(pl, xt, Some(w));
                self.slice_array(s, xt, w, d);
            }
            _ => self.bug("slice of something that has no elements", e.span),
        }
        self.at(old);
        self.release(m);
        d
    }

    fn bound(&mut self, e: Option<&Expr>, r: Reg, default: impl FnOnce(&mut Self)) {
        match e {
            Some(e) => match self.const_i64(e) {
                Some(n) if !self.is_given(e) => self.load_i(r, n),
                _ => self.expr_to(e, r),
            },
            None => default(self),
        }
    }

    fn slice_string(&mut self, s: &SliceExpr, d: Reg) {
        let w = self.alloc(4);
        self.expr_to(&s.x, w);
        self.bound(s.lo.as_deref(), w + 2, |c| c.load_i(w + 2, 0));
        self.bound(s.hi.as_deref(), w + 3, |c| c.mov(w + 3, w + 1, 1));
        self.note_bounds(s);
        self.emit(Op::Slice {
            f: SliceFn::Str,
            w: Win(w),
            t: TypeIx(0),
        });
        self.mov(d, w, 2);
    }

    fn slice_slice(&mut self, s: &SliceExpr, elem: TypeId, d: Reg) {
        let w = self.alloc(6);
        self.expr_to(&s.x, w);
        self.bound(s.lo.as_deref(), w + 3, |c| c.load_i(w + 3, 0));
        self.bound(s.hi.as_deref(), w + 4, |c| c.mov(w + 4, w + 1, 1));
        let f = if s.three {
            SliceFn::Slice3
        } else {
            SliceFn::Slice
        };
        self.bound(s.max.as_deref(), w + 5, |_| {});
        let t = self.tix(elem);
        self.note_bounds(s);
        self.emit(Op::Slice { f, w: Win(w), t });
        self.mov(d, w, 3);
    }

    /// Slices the array whose address is in w.
    fn slice_array(&mut self, s: &SliceExpr, array: TypeId, w: Reg, d: Reg) {
        let Type::Array(n, elem) = self.under(array) else {
            return;
        };
        self.load_i(w + 1, n);
        self.bound(s.lo.as_deref(), w + 2, |c| c.load_i(w + 2, 0));
        self.bound(s.hi.as_deref(), w + 3, |c| c.load_i(w + 3, n));
        self.bound(s.max.as_deref(), w + 4, |_| {});
        let f = if s.three {
            SliceFn::Array3
        } else {
            SliceFn::Array
        };
        let t = self.subst(elem);
        let t = self.tix(t);
        self.note_bounds(s);
        self.emit(Op::Slice { f, w: Win(w), t });
        self.mov(d, w, 3);
    }

    /// Whether a value of this type is a string.
    pub(super) fn is_string(&mut self, t: TypeId) -> bool {
        self.kind(t) == Kind::String
    }
}

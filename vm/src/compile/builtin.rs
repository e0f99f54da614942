//! Calls of builtin functions.

use super::binary::{Class, class};
use super::places::Place;
use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::program::Repr;
use crate::rtype::Kind;
use lang::ast::*;
use lang::check::Mode;
use lang::types::{Builtin, Type, TypeId};

impl FuncCompiler<'_, '_> {
    /// d.. ← b(args)
    pub(super) fn builtin(&mut self, e: &Expr, c: &CallExpr, b: Builtin, d: Option<Reg>) -> Reg {
        let t = if self.info().types.contains_key(&e.id) {
            self.type_of(e)
        } else {
            TypeId::EMPTY_TUPLE
        };
        if b == Builtin::Len || b == Builtin::Cap {
            return self.len_cap(&c.args[0], b == Builtin::Cap, d);
        }
        let has_value = !matches!(self.under(t), Type::Tuple(_));
        let d = match d {
            Some(d) => d,
            None if has_value => self.alloc_t(t),
            None => 0,
        };
        let m = self.mark();
        let spread = self.spread_builtin(c);
        let c = spread.as_ref().unwrap_or(c);
        match b {
            Builtin::Append => self.append(c, t, d),
            Builtin::Clear => self.clear(&c.args[0]),
            Builtin::Close => {
                let ch = self.expr(&c.args[0]);
                self.emit(Op::Close { c: Src(ch) });
            }
            Builtin::Complex | Builtin::Real | Builtin::Imag => self.complex_parts(c, b, t, d),
            Builtin::Copy => {
                let r = self.copy(c);
                if has_value {
                    self.mov(d, r, 1);
                }
            }
            Builtin::Delete => {
                let mt = self.type_of(&c.args[0]);
                let Type::Map(k, _) = self.under(mt) else {
                    return d;
                };
                let mp = self.expr(&c.args[0]);
                let k = self.expr_as(&c.args[1], k);
                let map = self.tix(mt);
                self.note(map);
                self.emit(Op::MapDel {
                    m: Src(mp),
                    k: Src(k),
                });
            }
            Builtin::Make => self.make(c, t, d),
            Builtin::Max | Builtin::Min => self.min_max(c, b == Builtin::Max, t, d),
            Builtin::New => self.new_value(&c.args[0], t, d),
            Builtin::Panic => {
                let v = self.expr_as(&c.args[0], TypeId::EMPTY_INTERFACE);
                self.emit(Op::Panic { s: Src(v) });
            }
            Builtin::Print => self.print(c, false),
            Builtin::Println => self.print(c, true),
            Builtin::Recover => {
                let r = if has_value { d } else { self.alloc(2) };
                self.emit(Op::Recover { d: Dst(r) });
            }
            _ => self.unsafe_builtin(c, b, d),
        }
        self.release(m);
        d
    }

    /// The call of a builtin with the results of one call as its arguments: that call is made, its results stand as arguments.
    pub(super) fn spread_builtin(&mut self, c: &CallExpr) -> Option<CallExpr> {
        let [only] = &c.args[..] else { return None };
        let ExprKind::Call(inner) = &unparen(only).kind else {
            return None;
        };
        if self.is_given(only) || !self.info().types.contains_key(&only.id) {
            return None;
        }
        let t = self.type_of(only);
        if !matches!(self.under(t), Type::Tuple(ts) if ts.len() > 1) {
            return None;
        }
        let (w, l) = self.call_multi(inner);
        let args = l
            .results
            .iter()
            .map(|&(t, off)| self.given_expr(t, w + off, only.span));
        let args = args.collect();
        let fun = self.given_expr(TypeId::INVALID, 0, c.fun.span);
        Some(CallExpr {
            fun: P::new(fun),
            args,
            ellipsis: None,
            rparen: c.rparen,
        })
    }

    fn len_cap(&mut self, x: &Expr, cap: bool, d: Option<Reg>) -> Reg {
        let xt = self.type_of(x);
        let word = if cap { 2 } else { 1 };
        let array = match self.under(xt) {
            Type::Array(n, _) => Some(n),
            Type::Pointer(a) => match self.under(a) {
                Type::Array(n, _) => Some(n),
                _ => None,
            },
            _ => None,
        };
        if let Some(n) = array {
            let d = self.dst(d, TypeId::INT);
            if self.has_call(x) {
                self.discard(x);
            }
            self.load_i(d, n);
            return d;
        }
        match self.kind(xt) {
            Kind::Map | Kind::Chan => {
                let d = self.dst(d, TypeId::INT);
                let m = self.mark();
                let is_map = self.kind(xt) == Kind::Map;
                let s = self.expr(x);
                let (dd, s) = (Dst(d), Src(s));
                self.emit(match (is_map, cap) {
                    (true, _) => Op::MapLen { d: dd, m: s },
                    (_, false) => Op::ChanLen { d: dd, c: s },
                    _ => Op::ChanCap { d: dd, c: s },
                });
                self.release(m);
                d
            }
            _ => self.header_word(x, xt, word, d),
        }
    }

    /// One word of a slice or string header, without copying the rest.
    fn header_word(&mut self, x: &Expr, xt: TypeId, word: u16, d: Option<Reg>) -> Reg {
        if self.is_register_part(x) || self.f.given.contains_key(&x.id) {
            let r = self.expr(x) + word;
            return self.deliver(r, TypeId::INT, d);
        }
        let d = self.dst(d, TypeId::INT);
        let m = self.mark();
        let addressable = self
            .info()
            .types
            .get(&x.id)
            .is_some_and(|tv| tv.mode == Mode::Variable);
        let pl = if addressable {
            self.place(x)
        } else {
            Place::Reg(self.expr(x))
        };
        let part = self.part(pl, xt, u32::from(word) * 8, TypeId::INT);
        self.read(part, TypeId::INT, Some(d));
        self.release(m);
        d
    }

    /// Whether elements of a slice are appended by the short instruction.
    pub(super) fn app64(&mut self, elem: TypeId) -> Option<TypeIx16> {
        if self.repr(elem) != Repr::W64 {
            return None;
        }
        u16::try_from(self.tix(elem).0).ok().map(TypeIx16)
    }

    fn append(&mut self, c: &CallExpr, t: TypeId, d: Reg) {
        let elem = self.elem(t);
        let n = c.args.len() - 1;
        let extra = self.slots(elem).max(3);
        let w = self.alloc_sum(3 + u32::from(extra));
        let ix = self.tix(elem);
        if c.ellipsis.is_some() {
            self.in_order(&[&c.args[0], &c.args[1]], |s, i, e| match i {
                0 => s.expr_as_to(e, t, w),
                _ => s.expr_to(e, w + 3),
            });
            let st = self.type_of(&c.args[1]);
            if self.kind(st) == Kind::String {
                self.mov(w + 5, w + 4, 1);
            }
            self.emit(Op::Append { w: Win(w), t: ix });
        } else if n == 1 {
            if let Some(t16) = self.app64(elem) {
                let mut v = 0;
                self.in_order(&[&c.args[0], &c.args[1]], |s, i, e| match i {
                    0 => s.expr_as_to(e, t, w),
                    _ => v = s.expr_as(e, elem),
                });
                self.emit(Op::App64 {
                    s: Src(w),
                    v: Src(v),
                    t: t16,
                });
            } else {
                self.in_order(&[&c.args[0], &c.args[1]], |s, i, e| match i {
                    0 => s.expr_as_to(e, t, w),
                    _ => s.expr_as_to(e, elem, w + 3),
                });
                self.emit(Op::AppendV { w: Win(w), t: ix });
            }
        } else if n > 1 {
            let array = self.c.world.types.array(n as i64, elem);
            let ax = self.tix(array);
            let p = self.alloc(1);
            self.emit(Op::New { d: Dst(p), t: ax });
            let all: Vec<&Expr> = c.args.iter().collect();
            let size = self.size(elem) as u32;
            self.in_order(&all, |s, i, e| {
                if i == 0 {
                    return s.expr_as_to(e, t, w);
                }
                let m = s.mark();
                let v = s.expr_as(e, elem);
                if size > 0 {
                    s.store(p, size * (i as u32 - 1), v, elem);
                }
                s.release(m);
            });
            self.mov(w + 3, p, 1);
            self.load_i(w + 4, n as i64);
            self.load_i(w + 5, n as i64);
            self.emit(Op::Append { w: Win(w), t: ix });
        } else {
            self.expr_as_to(&c.args[0], t, w);
        }
        self.mov(d, w, 3);
    }

    fn clear(&mut self, x: &Expr) {
        let t = self.type_of(x);
        match self.under(t) {
            Type::Map(..) => {
                let m = self.expr(x);
                self.emit(Op::MapClear { m: Src(m) });
            }
            _ => {
                let w = self.alloc(3);
                self.expr_to(x, w);
                let elem = self.elem(t);
                let t = self.tix(elem);
                self.emit(Op::ClearSlice { w: Win(w), t });
            }
        }
    }

    fn complex_parts(&mut self, c: &CallExpr, b: Builtin, t: TypeId, d: Reg) {
        if b == Builtin::Complex {
            let is128 = self.kind(t) == Kind::Complex128;
            let part = if is128 {
                TypeId::FLOAT64
            } else {
                TypeId::FLOAT32
            };
            let (a, b) = self.operands(&c.args[0], &c.args[1], part);
            let f = if is128 {
                ComplexFn::Make128
            } else {
                ComplexFn::Make64
            };
            self.emit(Op::Complex {
                f,
                d: Dst(d),
                a: Src(a),
                b: Src(b),
            });
            return;
        }
        let x = &c.args[0];
        let xt = self.type_of(x);
        let s = self.expr(x);
        if self.kind(xt) == Kind::Complex64 {
            let f = if b == Builtin::Real {
                ComplexFn::Real64
            } else {
                ComplexFn::Imag64
            };
            self.emit(Op::Complex {
                f,
                d: Dst(d),
                a: Src(s),
                b: Src(s),
            });
        } else {
            self.mov(d, s + u16::from(b == Builtin::Imag), 1);
        }
    }

    fn copy(&mut self, c: &CallExpr) -> Reg {
        let t = self.type_of(&c.args[0]);
        let w = self.alloc(6);
        self.in_order(&[&c.args[0], &c.args[1]], |s, i, e| {
            s.expr_to(e, w + 3 * i as u16)
        });
        let st = self.type_of(&c.args[1]);
        if self.kind(st) == Kind::String {
            self.mov(w + 5, w + 4, 1);
        }
        let elem = self.elem(t);
        let t = self.tix(elem);
        self.emit(Op::Copy { w: Win(w), t });
        w
    }

    /// An integer argument of make.
    fn count(&mut self, e: Option<&Expr>, r: Reg) {
        match e {
            None => self.load_i(r, 0),
            Some(e) => match self.const_i64(e) {
                Some(n) if !self.is_given(e) => self.load_i(r, n),
                _ => self.expr_to(e, r),
            },
        }
    }

    fn make(&mut self, c: &CallExpr, t: TypeId, d: Reg) {
        let ix = self.tix(t);
        let w = self.alloc(3);
        match self.under(t) {
            Type::Slice(elem) => {
                let elem = self.subst(elem);
                let ex = self.tix(elem);
                self.count(c.args.get(1), w);
                match c.args.get(2) {
                    Some(cap) => self.count(Some(cap), w + 1),
                    None => self.mov(w + 1, w, 1),
                }
                self.emit(Op::MakeSlice { w: Win(w), t: ex });
                self.mov(d, w, 3);
            }
            Type::Map(..) => {
                self.count(c.args.get(1), w);
                self.emit(Op::MakeMap { w: Win(w), t: ix });
                self.mov(d, w, 1);
            }
            Type::Chan(_, elem) => {
                let elem = self.subst(elem);
                let ex = self.tix(elem);
                self.count(c.args.get(1), w);
                self.emit(Op::MakeChan { w: Win(w), t: ex });
                self.mov(d, w, 1);
            }
            _ => self.bug("make of an impossible type", c.fun.span),
        }
    }

    fn new_value(&mut self, x: &Expr, t: TypeId, d: Reg) {
        let elem = self.elem(t);
        let ix = self.tix(elem);
        if self
            .info()
            .types
            .get(&x.id)
            .is_some_and(|tv| tv.mode == Mode::TypeExpr)
        {
            self.emit(Op::New { d: Dst(d), t: ix });
            return;
        }
        let v = self.expr_as(x, elem);
        let p = self.alloc(1);
        self.emit(Op::New { d: Dst(p), t: ix });
        if self.size(elem) > 0 {
            self.store(p, 0, v, elem);
        }
        self.mov(d, p, 1);
    }

    fn min_max(&mut self, c: &CallExpr, max: bool, t: TypeId, d: Reg) {
        let f = match (class(self.kind(t)), max) {
            (Class::Signed, false) => MinMaxFn::MinI64,
            (Class::Signed, true) => MinMaxFn::MaxI64,
            (Class::Unsigned, false) => MinMaxFn::MinU64,
            (Class::Unsigned, true) => MinMaxFn::MaxU64,
            (Class::F64, false) => MinMaxFn::MinF64,
            (Class::F64, true) => MinMaxFn::MaxF64,
            (Class::F32, false) => MinMaxFn::MinF32,
            (Class::F32, true) => MinMaxFn::MaxF32,
            (_, false) => MinMaxFn::MinStr,
            (_, true) => MinMaxFn::MaxStr,
        };
        let n = self.slots(t);
        let acc = self.alloc(n);
        self.expr_as_to(&c.args[0], t, acc);
        for x in &c.args[1..] {
            let m = self.mark();
            let b = self.expr_as(x, t);
            self.emit(Op::MinMax {
                f,
                d: Dst(acc),
                a: Src(acc),
                b: Src(b),
            });
            self.release(m);
        }
        self.mov(d, acc, n);
    }

    fn print(&mut self, c: &CallExpr, ln: bool) {
        let values = self.print_values(c);
        for (i, &(r, t)) in values.iter().enumerate() {
            if ln && i > 0 {
                self.emit(Op::Print {
                    f: PrintFn::Space,
                    s: Src(0),
                });
            }
            self.print_one(r, t);
        }
        if ln {
            self.emit(Op::Print {
                f: PrintFn::Newline,
                s: Src(0),
            });
        }
    }

    /// The arguments of print: registers and types.
    fn print_values(&mut self, c: &CallExpr) -> Vec<(Reg, TypeId)> {
        let mut values = Vec::new();
        for x in &c.args {
            let t = self.type_of(x);
            let t = self.c.world.types.default_type(t);
            values.push((self.alloc_t(t), t));
        }
        let all: Vec<&Expr> = c.args.iter().collect();
        self.in_order(&all, |s, i, x| {
            let (r, t) = values[i];
            s.expr_as_to(x, t, r);
        });
        values
    }

    fn print_one(&mut self, r: Reg, t: TypeId) {
        let k = self.kind(t);
        let (f, r) = match class(k) {
            Class::Signed => (PrintFn::Int, r),
            Class::Unsigned => (PrintFn::Uint, r),
            Class::F64 => (PrintFn::Float, r),
            Class::F32 => (PrintFn::Float32, r),
            Class::C128 => (PrintFn::Complex, r),
            Class::C64 => (PrintFn::Complex64, r),
            Class::Str => (PrintFn::Str, r),
            Class::Other => match k {
                Kind::Bool => (PrintFn::Bool, r),
                Kind::Interface => (PrintFn::Iface, r),
                Kind::Slice => (PrintFn::Slice, r),
                _ => (PrintFn::Pointer, r),
            },
        };
        self.emit(Op::Print { f, s: Src(r) });
    }

    /// d ← a size, alignment or offset that depends on type parameters; the operand is not evaluated.
    fn unsafe_layout(&mut self, x: &Expr, b: Builtin, d: Reg) {
        let n = match b {
            Builtin::UnsafeOffsetof => self.selected_offset(x),
            _ => {
                let t = self.type_of(x);
                let types = &self.c.world.types;
                match b {
                    Builtin::UnsafeAlignof => types.alignof(t),
                    _ => types.sizeof(t),
                }
            }
        };
        self.load_i(d, n);
    }

    /// The offset of the field that `x` selects in the struct before its dot.
    fn selected_offset(&mut self, x: &Expr) -> i64 {
        let Some(s) = self.selection(unparen(x)) else {
            self.bug("an offset without selection", x.span);
            return 0;
        };
        let (mut t, mut offset) = (self.subst(s.recv), 0);
        for &i in &s.path {
            let types = &self.c.world.types;
            let Type::Struct(st) = types.under(t) else {
                break;
            };
            offset += types.offsets(&st)[i as usize];
            t = st.fields[i as usize].ty;
        }
        offset
    }

    fn unsafe_builtin(&mut self, c: &CallExpr, b: Builtin, d: Reg) {
        if matches!(
            b,
            Builtin::UnsafeSizeof | Builtin::UnsafeAlignof | Builtin::UnsafeOffsetof
        ) {
            return self.unsafe_layout(&c.args[0], b, d);
        }
        let x = self.expr(&c.args[0]);
        match b {
            Builtin::UnsafeAdd => {
                let y = self.expr(&c.args[1]);
                self.emit(Op::AddI64 {
                    d: Dst(d),
                    a: Src(x),
                    b: Src(y),
                });
            }
            Builtin::UnsafeSlice | Builtin::UnsafeString => {
                let n = self.alloc(1);
                self.count(c.args.get(1), n);
                self.mov(d, x, 1);
                self.mov(d + 1, n, 1);
                if b == Builtin::UnsafeSlice {
                    self.mov(d + 2, n, 1);
                }
            }
            // SliceData and StringData.
            _ => self.mov(d, x, 1),
        }
    }
}

//! Composite literals.

use super::binary::is_wide;
use super::places::Place;
use super::state::{FuncCompiler, Reg};
use crate::bytecode::*;
use crate::rtype::Kind;
use lang::ast::*;
use lang::types::{Type, TypeId};

/// Literals of at most this many slots are built in registers.
const REGISTER_SLOTS: u16 = 32;

impl FuncCompiler<'_, '_> {
    /// d.. ← T{…}
    pub(super) fn composite_lit(&mut self, e: &Expr, lit: &CompositeLit, d: Option<Reg>) -> Reg {
        let t = self.type_of(e);
        let d = self.dst(d, t);
        let m = self.mark();
        match self.under(t) {
            Type::Struct(_) | Type::Array(..) => {
                if self.slots(t) <= REGISTER_SLOTS || lit.elements.is_empty() {
                    if !self.covers(lit, t) {
                        self.zero_t(d, t);
                    }
                    self.fill(Place::Reg(d), t, lit);
                } else {
                    let p = self.new_literal(e, lit, t, None);
                    self.load(d, p, 0, t);
                }
            }
            Type::Slice(elem) => self.slice_literal(lit, elem, d),
            Type::Map(k, v) => self.map_literal(lit, t, k, v, d),
            // An elided &T in a composite literal of pointers.
            Type::Pointer(elem) => {
                let elem = self.subst(elem);
                self.new_literal(e, lit, elem, Some(d));
            }
            _ => self.bug("composite literal of an impossible type", e.span),
        }
        self.release(m);
        d
    }

    /// d ← the address of a fresh T{…}
    pub(super) fn new_literal(
        &mut self,
        e: &Expr,
        lit: &CompositeLit,
        t: TypeId,
        d: Option<Reg>,
    ) -> Reg {
        let d = self.dst(d, TypeId::UINTPTR);
        let m = self.mark();
        let p = self.alloc(1);
        let ix = self.tix(t);
        match self.under(t) {
            Type::Struct(_) | Type::Array(..) => {
                self.emit(Op::New { d: Dst(p), t: ix });
                self.fill(
                    Place::Mem {
                        p,
                        off: 0,
                        known: true,
                    },
                    t,
                    lit,
                );
            }
            Type::Slice(elem) => {
                let v = self.alloc(3);
                self.slice_literal(lit, elem, v);
                self.emit(Op::New { d: Dst(p), t: ix });
                self.store(p, 0, v, t);
            }
            Type::Map(k, v) => {
                let r = self.alloc(1);
                self.map_literal(lit, t, k, v, r);
                self.emit(Op::New { d: Dst(p), t: ix });
                self.store(p, 0, r, t);
            }
            _ => self.bug("composite literal of an impossible type", e.span),
        }
        self.mov(d, p, 1);
        self.release(m);
        d
    }

    /// Whether the literal gives every word of a struct a value, so that it needs no zeroing first.
    fn covers(&mut self, lit: &CompositeLit, t: TypeId) -> bool {
        let Type::Struct(s) = self.under(t) else {
            return false;
        };
        lit.elements.len() == s.fields.len()
            && s.fields.iter().all(|f| {
                let ft = self.subst(f.ty);
                let k = self.kind(ft);
                self.size(ft).is_multiple_of(8)
                    && (is_wide(k) || k != Kind::Struct && k != Kind::Array)
            })
            && lit.elements.iter().all(|e| {
                e.key.as_ref().is_none_or(|k| {
                    self.info()
                        .field_keys
                        .get(&k.id)
                        .is_none_or(|p| p.len() == 1)
                })
            })
    }

    /// Fills a zeroed struct or array at `pl`.
    fn fill(&mut self, pl: Place, t: TypeId, lit: &CompositeLit) {
        let values: Vec<&Expr> = lit.elements.iter().map(|e| &e.value).collect();
        let places: Vec<(Place, TypeId, u32)> = match self.under(t) {
            Type::Struct(_) => lit
                .elements
                .iter()
                .enumerate()
                .map(|(i, e)| self.field_of(pl, t, e, i))
                .collect(),
            _ => self.array_places(pl, t, lit),
        };
        self.in_order(&values, |c, i, v| {
            let (pl, ft, _) = places[i];
            c.fill_one(pl, ft, v);
        });
    }

    fn fill_one(&mut self, pl: Place, ft: TypeId, v: &Expr) {
        let m = self.mark();
        if let ExprKind::CompositeLit(inner) = &unparen(v).kind
            && matches!(self.kind(ft), Kind::Struct | Kind::Array)
            && !matches!(pl, Place::Frame(_))
        {
            // In place: what surrounds it is zeroed already.
            if let Place::Reg(_) = pl {
                self.write_zero(pl, ft);
            }
            self.fill(pl, ft, inner);
        } else if let Place::Reg(r) = pl {
            self.expr_as_to(v, ft, r);
        } else {
            let r = self.expr_as(v, ft);
            self.write(pl, ft, r);
        }
        self.release(m);
    }

    fn field_of(&mut self, pl: Place, t: TypeId, e: &Element, i: usize) -> (Place, TypeId, u32) {
        let path = match &e.key {
            Some(k) => self
                .info()
                .field_keys
                .get(&k.id)
                .cloned()
                .unwrap_or_default(),
            None => vec![i as u32],
        };
        let (mut pl, mut ft) = (pl, t);
        for &i in &path {
            (pl, ft) = self.field(pl, ft, i);
        }
        (pl, ft, 0)
    }

    /// `(key, value)` of array and slice literals: the index of each element.
    fn indices(&mut self, lit: &CompositeLit) -> Vec<i64> {
        let mut next = 0;
        let mut out = Vec::with_capacity(lit.elements.len());
        for e in &lit.elements {
            if let Some(k) = &e.key {
                next = self.const_i64(k).unwrap_or(next);
            }
            out.push(next);
            next += 1;
        }
        out
    }

    fn array_places(
        &mut self,
        pl: Place,
        t: TypeId,
        lit: &CompositeLit,
    ) -> Vec<(Place, TypeId, u32)> {
        let elem = self.elem(t);
        let size = self.size(elem);
        let at = self.indices(lit);
        at.into_iter()
            .map(|i| {
                let off = (i as u64).saturating_mul(size).min(u64::from(u32::MAX)) as u32;
                (self.part(pl, t, off, elem), elem, 0)
            })
            .collect()
    }

    /// d..d+3 ← []elem{…}
    fn slice_literal(&mut self, lit: &CompositeLit, elem: TypeId, d: Reg) {
        let elem = self.subst(elem);
        let at = self.indices(lit);
        let n = at.iter().max().map_or(0, |m| m + 1);
        let array = self.c.world.types.array(n, elem);
        let array = self.subst(array);
        let p = self.alloc(1);
        let ix = self.tix(array);
        self.emit(Op::New { d: Dst(p), t: ix });
        self.fill(
            Place::Mem {
                p,
                off: 0,
                known: true,
            },
            array,
            lit,
        );
        self.mov(d, p, 1);
        self.load_i(d + 1, n);
        self.load_i(d + 2, n);
    }

    fn map_literal(&mut self, lit: &CompositeLit, t: TypeId, k: TypeId, v: TypeId, d: Reg) {
        let (k, v) = (self.subst(k), self.subst(v));
        let mp = self.alloc(2);
        self.load_i(mp, lit.elements.len() as i64);
        let ix = self.tix(t);
        self.emit(Op::MakeMap { w: Win(mp), t: ix });
        for e in &lit.elements {
            let m = self.mark();
            let Some(key) = &e.key else { continue };
            let (mut kr, mut vr) = (0, 0);
            self.in_order(&[key, &e.value], |c, i, e| match i {
                0 => kr = c.expr_as(e, k),
                _ => vr = c.expr_as(e, v),
            });
            self.emit(Op::MapSet {
                m: Src(mp),
                k: Src(kr),
                v: Src(vr),
            });
            self.release(m);
        }
        self.mov(d, mp, 1);
    }
}

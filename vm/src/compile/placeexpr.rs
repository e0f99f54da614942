//! The places of expressions: variables, fields, elements, what pointers point to.
//!
//! Invariant: as in `places.rs`: the operands are evaluated, the last pointer is not followed.

use super::places::Place;
use super::state::{Binding, FuncCompiler, Reg};
use super::types::BIG_SLOTS;
use crate::rtype::Kind;
use lang::ast::*;
use lang::source::Span;
use lang::types::{ObjId, Type, TypeId};

impl FuncCompiler<'_, '_> {
    /// The part of type `part` at byte `off` of the value at `pl`, whose type is `whole`.
    pub(super) fn part(&mut self, pl: Place, whole: TypeId, off: u32, part: TypeId) -> Place {
        match pl {
            Place::Reg(r) => self.frame_part(u32::from(r) * 8 + off, part),
            Place::Frame(at) => self.frame_part(at + off, part),
            Place::Mem { p, off: o, known } => Place::Mem {
                p,
                off: o + off,
                known,
            },
            Place::Static(addr) => Place::Static(addr + u64::from(off)),
            Place::Elem { s, i } => {
                let p = self.elem_addr(s, i, whole, None);
                Place::Mem {
                    p,
                    off,
                    known: true,
                }
            }
            Place::Array { .. } | Place::Map { .. } | Place::Blank => {
                let r = self.read(pl, whole, None);
                self.frame_part(u32::from(r) * 8 + off, part)
            }
        }
    }

    fn frame_part(&mut self, at: u32, part: TypeId) -> Place {
        if at.is_multiple_of(8) && self.size(part).is_multiple_of(8) {
            Place::Reg((at / 8) as Reg)
        } else {
            Place::Frame(at)
        }
    }

    /// The place of variable `o`.
    pub(super) fn var_place(&mut self, o: ObjId) -> Place {
        match self.f.vars.get(&o) {
            Some(&Binding::Reg(r)) => Place::Reg(r),
            Some(&Binding::Cell(r)) => Place::Mem {
                p: r,
                off: 0,
                known: true,
            },
            None => Place::Static(self.global(o)),
        }
    }

    /// The place of an expression; a value that is nowhere yet is evaluated into registers.
    pub(super) fn place(&mut self, e: &Expr) -> Place {
        deep(|| self.place_inner(e))
    }

    fn place_inner(&mut self, e: &Expr) -> Place {
        if self.f.given.contains_key(&e.id) {
            return Place::Reg(self.expr(e));
        }
        match &e.kind {
            ExprKind::Paren(x) => self.place(x),
            ExprKind::Ident(id) if id.name.is_blank() => Place::Blank,
            ExprKind::Ident(id) => match self.object(id.id) {
                Some(o) if self.c.world.objects.var_kind(o).is_some() => self.var_place(o),
                _ => Place::Reg(self.expr(e)),
            },
            ExprKind::Selector(x, id) => self.selector_place(e, x, id),
            ExprKind::Index(x, i) if i.len() == 1 => self.index_place(e, x, &i[0]),
            ExprKind::Star(x) => Place::Mem {
                p: self.expr(x),
                off: 0,
                known: false,
            },
            _ => Place::Reg(self.expr(e)),
        }
    }

    /// Field `i` of the struct of type `t` at `pl`.
    pub(super) fn field(&mut self, pl: Place, t: TypeId, i: u32) -> (Place, TypeId) {
        let Type::Struct(s) = self.under(t) else {
            self.bug("field of something that is no struct", Span::NONE);
            return (pl, t);
        };
        let ft = self.c.world.types.canonical(s.fields[i as usize].ty);
        let off = self.rt(t).fields[i as usize].offset;
        (self.part(pl, t, off, ft), ft)
    }

    /// Follows a path of fields, dereferencing pointers on the way; a pointer that is reached last stays a pointer.
    pub(super) fn walk_path(
        &mut self,
        mut pl: Place,
        mut t: TypeId,
        path: &[u32],
    ) -> (Place, TypeId) {
        for &i in path {
            if self.kind(t) == Kind::Pointer {
                let p = self.read(pl, t, None);
                pl = Place::Mem {
                    p,
                    off: 0,
                    known: false,
                };
                t = self.elem(t);
            }
            (pl, t) = self.field(pl, t, i);
        }
        (pl, t)
    }

    /// The place that an assignment assigns to: as `place`, and map elements.
    pub(super) fn target_place(&mut self, e: &Expr) -> Place {
        if let ExprKind::Index(x, i) = &unparen(e).kind {
            let xt = self.type_of(x);
            if let Type::Map(k, _) = self.under(xt) {
                let m = self.expr(x);
                let k = self.expr_as(&i[0], k);
                let t = self.tix(xt);
                return Place::Map { m, k, t };
            }
        }
        self.place(e)
    }

    /// Evaluates what is assigned to `_`; big values stay where they are.
    pub(super) fn blank_value(&mut self, e: &Expr) {
        if !self.info().types.contains_key(&e.id) {
            self.expr(e);
            return;
        }
        let t = self.type_of(e);
        let in_place = matches!(self.under(t), Type::Array(..) | Type::Struct(_));
        if in_place && self.const_of(e).is_none() && self.slots(t) > BIG_SLOTS {
            match self.place(e) {
                Place::Reg(_) | Place::Frame(_) => {}
                pl => _ = self.place_addr(pl, t, None),
            }
        } else {
            self.expr(e);
        }
    }
}

//! Which variables of a script have their values before its first statement runs.
//!
//! Invariants: like any program's package-level variables they are there when a function called early uses them; only declarations move whose values
//! are computed without effect, cannot panic and read nothing that a statement sets, so that nobody can tell when it happened.

use super::{Checker, Mode, ScriptUnit};
use crate::ast::{BinaryOp, CallExpr, Expr, ExprKind, Ident, UnaryOp};
use crate::types::{Builtin, ObjId, ObjKind, VarKind};
use rustc_hash::FxHashSet;

impl Checker<'_> {
    /// Puts the declarations first, from the `first`th unit on, whose variables need no statement.
    pub(super) fn hoist_vars(&mut self, first: usize) {
        let units = self.w.packages[self.pkg.0 as usize].script.split_off(first);
        let mut early = FxHashSet::default();
        let (mut before, mut after) = (Vec::new(), Vec::new());
        for unit in units {
            match &unit {
                ScriptUnit::Var(spec) if spec.values.iter().all(|v| self.is_early(v, &early)) => {
                    let defs = &self.w.packages[self.pkg.0 as usize].info.defs;
                    early.extend(spec.names.iter().filter_map(|n| defs.get(&n.id)));
                    before.push(unit);
                }
                _ => after.push(unit),
            }
        }
        let script = &mut self.w.packages[self.pkg.0 as usize].script;
        script.extend(before);
        script.extend(after);
    }

    fn is_early(&self, e: &Expr, early: &FxHashSet<ObjId>) -> bool {
        let info = &self.w.packages[self.pkg.0 as usize].info;
        if let Some(tv) = info.type_and_value(e.id)
            && matches!(tv.mode, Mode::Constant | Mode::TypeExpr | Mode::Nil)
        {
            return true;
        }
        crate::ast::deep(|| match &e.kind {
            ExprKind::BasicLit(_) | ExprKind::FuncLit(_) => true,
            ExprKind::Ident(id) => self.names_early(id, early),
            ExprKind::Paren(x) => self.is_early(x, early),
            // Only names of packages: a field may be behind a nil pointer.
            ExprKind::Selector(_, sel) => {
                info.uses.contains_key(&sel.id) && !info.selections.contains_key(&e.id)
            }
            ExprKind::CompositeLit(lit) => lit.elements.iter().all(|el| {
                let key = el.key.as_ref();
                self.is_early(&el.value, early)
                    && key.is_none_or(|k| {
                        info.field_keys.contains_key(&k.id) || self.is_early(k, early)
                    })
            }),
            ExprKind::Unary(op, x) => *op != UnaryOp::Recv && self.is_early(x, early),
            ExprKind::Binary(op, _, x, y) => {
                use BinaryOp::{Div, Rem, Shl, Shr};
                !matches!(op, Div | Rem | Shl | Shr | BinaryOp::Eq | BinaryOp::Ne)
                    && self.is_early(x, early)
                    && self.is_early(y, early)
            }
            ExprKind::Call(call) => {
                self.has_no_effect(call) && call.args.iter().all(|a| self.is_early(a, early))
            }
            _ => false,
        })
    }

    fn names_early(&self, id: &Ident, early: &FxHashSet<ObjId>) -> bool {
        let info = &self.w.packages[self.pkg.0 as usize].info;
        let Some(&obj) = info.uses.get(&id.id) else {
            return false;
        };
        match self.w.objects.var_kind(obj) {
            Some(VarKind::Global) => early.contains(&obj),
            Some(_) => false,
            None => true,
        }
    }

    /// Whether a call, its arguments aside, neither does anything nor panics: a conversion to a basic type, some builtins, errors.New.
    fn has_no_effect(&self, call: &CallExpr) -> bool {
        let info = &self.w.packages[self.pkg.0 as usize].info;
        if let Some(tv) = info.type_and_value(call.fun.id)
            && tv.mode == Mode::TypeExpr
        {
            // A slice may be too short for an array.
            return self
                .w
                .types
                .as_basic(self.w.types.underlying(tv.ty))
                .is_some();
        }
        let callee = match &call.fun.kind {
            ExprKind::Ident(id) | ExprKind::Selector(_, id) => info.uses.get(&id.id),
            _ => None,
        };
        callee.is_some_and(|&f| {
            let (kind, pkg, name) = self.w.objects.with(f, |o| (o.kind.clone(), o.pkg, o.name));
            match kind {
                ObjKind::Builtin(b) => {
                    use Builtin::{Append, Cap, Complex, Imag, Len, Make, Max, Min, New, Real};
                    matches!(
                        b,
                        Append | Cap | Complex | Imag | Len | Make | Max | Min | New | Real
                    )
                }
                ObjKind::Func(_) => {
                    name.as_str() == "New"
                        && pkg.is_some_and(|p| self.w.package(p).path == "errors")
                }
                _ => false,
            }
        })
    }
}

//! Order of evaluation.
//!
//! Invariants: functions are called, channels received from and `len` and `cap` taken in source order; variables, elements and fields are
//! read after all of that in the same list of operands, as gc does (the spec leaves it open). Where nothing can be changed
//! by a call, operands are simply evaluated left to right.

use super::state::FuncCompiler;
use lang::ast::*;
use lang::check::Mode;
use lang::types::{Builtin, Type, TypeId};

impl FuncCompiler<'_, '_> {
    fn is_value(&self, e: &Expr) -> bool {
        !self.is_given(e)
            && self
                .info()
                .types
                .get(&e.id)
                .is_none_or(|tv| tv.value.is_none() && tv.mode != Mode::TypeExpr)
    }

    /// Whether `e` itself is a call or the like, whose place in the order of evaluation is fixed.
    fn is_early(&self, e: &Expr) -> bool {
        match &e.kind {
            ExprKind::Unary(UnaryOp::Recv, _) => true,
            ExprKind::Call(c) if self.is_conversion(c) => false,
            ExprKind::Call(c) => match self.builtin_of(c) {
                Some(Builtin::Len | Builtin::Cap) => {
                    !self.is_stable(&c.args[0]) || self.is_shared(&c.args[0])
                }
                Some(_) => !self.is_pure_builtin(c),
                None => true,
            },
            ExprKind::Binary(BinaryOp::LAnd | BinaryOp::LOr, _, _, y) => self.has_early(y),
            _ => false,
        }
    }

    /// Whether `e` is of a type whose length others can change.
    fn is_shared(&self, e: &Expr) -> bool {
        matches!(self.shape(e), Type::Map(..) | Type::Chan(..))
    }

    fn shape(&self, e: &Expr) -> Type {
        let t = self
            .info()
            .types
            .get(&e.id)
            .map_or(TypeId::INVALID, |tv| tv.ty);
        self.under(self.subst(t))
    }

    /// Whether `e` contains something whose place in the order of evaluation is fixed.
    fn has_early(&self, e: &Expr) -> bool {
        if !self.is_value(e) || matches!(e.kind, ExprKind::FuncLit(_)) {
            return false;
        }
        if self.is_early(e) {
            return true;
        }
        let mut found = false;
        super::walk::children(e, &mut |x| found = found || deep(|| self.has_early(x)));
        found
    }

    /// Whether `e` reads, outside of calls, what a call could change.
    fn reads(&self, e: &Expr) -> bool {
        if !self.is_value(e)
            || self.is_early(e)
            || self.is_stable(e)
            || matches!(e.kind, ExprKind::FuncLit(_))
        {
            return false;
        }
        match &e.kind {
            ExprKind::Ident(_) | ExprKind::Index(..) | ExprKind::Star(_) => return true,
            // A string made of a slice's elements reads them.
            ExprKind::Call(c)
                if self.is_conversion(c) && matches!(self.shape(&c.args[0]), Type::Slice(_)) =>
            {
                return true;
            }
            ExprKind::Selector(x, _) => {
                return !self.is_register_part(e)
                    && (self.info().selections.contains_key(&e.id) || !self.is_value(x));
            }
            _ => {}
        }
        let mut found = false;
        super::walk::children(e, &mut |x| found = found || deep(|| self.reads(x)));
        found
    }

    /// Whether some operand reads what a call behind it, or inside it, could change.
    fn is_delicate(&self, es: &[&Expr]) -> bool {
        let Some(last) = es.iter().rposition(|e| self.has_early(e)) else {
            return false;
        };
        es[..=last].iter().any(|e| self.reads(e))
    }

    /// Evaluates operands with `eval`, which is told each one's number.
    pub(super) fn in_order(&mut self, es: &[&Expr], mut eval: impl FnMut(&mut Self, usize, &Expr)) {
        let mut given = Vec::new();
        if es.len() > 1 && self.is_delicate(es) {
            es.iter().for_each(|e| self.hoist_calls(e, &mut given));
        }
        for (i, e) in es.iter().enumerate() {
            eval(self, i, e);
        }
        for id in given {
            self.f.given.remove(&id);
        }
    }

    /// Evaluates the calls in `e` into temporaries, which stand for them from then on.
    fn hoist_calls(&mut self, e: &Expr, given: &mut Vec<NodeId>) {
        if !self.has_early(e) {
            return;
        }
        if !self.is_early(e) {
            match &e.kind {
                // The right operand may not be evaluated at all.
                ExprKind::Binary(BinaryOp::LAnd | BinaryOp::LOr, _, x, _) => {
                    deep(|| self.hoist_calls(x, given))
                }
                _ => {
                    let mut inner: Vec<&Expr> = Vec::new();
                    operands_of(e, &mut inner);
                    inner
                        .into_iter()
                        .for_each(|x| deep(|| self.hoist_calls(x, given)));
                }
            }
            return;
        }
        let t = self.type_of(e);
        if matches!(self.under(t), Type::Tuple(_)) {
            return;
        }
        let r = self.expr(e);
        self.f.given.insert(e.id, r);
        given.push(e.id);
    }

    /// Whether `x` must be evaluated after `y`, which stands behind it.
    pub(super) fn reads_late(&self, x: &Expr, y: &Expr) -> bool {
        !self.is_stable(x) && self.has_early(y) && !self.has_early(x)
    }
}

/// The direct operands of an expression, by reference to the tree.
fn operands_of<'e>(e: &'e Expr, out: &mut Vec<&'e Expr>) {
    match &e.kind {
        ExprKind::Paren(x)
        | ExprKind::Selector(x, _)
        | ExprKind::Star(x)
        | ExprKind::Unary(_, x) => out.push(x),
        ExprKind::TypeAssert(x, _) => out.push(x),
        ExprKind::Binary(_, _, x, y) => out.extend([&**x, &**y]),
        ExprKind::Index(x, is) => {
            out.push(x);
            out.extend(is);
        }
        ExprKind::Slice(s) => {
            out.push(&s.x);
            out.extend([&s.lo, &s.hi, &s.max].into_iter().flatten().map(|e| &**e));
        }
        ExprKind::Call(c) => out.extend(&c.args),
        ExprKind::CompositeLit(l) => out.extend(l.elements.iter().map(|e| &e.value)),
        _ => {}
    }
}

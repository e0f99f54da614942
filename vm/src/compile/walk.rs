//! Walks over expressions.

use super::state::FuncCompiler;
use lang::ast::*;
use lang::check::Mode;
use lang::types::ObjId;

/// Shows the direct operands of an expression (types and function bodies left out).
pub(super) fn children(e: &Expr, f: &mut dyn FnMut(&Expr)) {
    match &e.kind {
        ExprKind::Paren(x)
        | ExprKind::Selector(x, _)
        | ExprKind::Star(x)
        | ExprKind::Unary(_, x) => f(x),
        ExprKind::TypeAssert(x, _) => f(x),
        ExprKind::Binary(_, _, x, y) => {
            f(x);
            f(y);
        }
        ExprKind::Index(x, is) => {
            f(x);
            is.iter().for_each(f);
        }
        ExprKind::Slice(s) => {
            f(&s.x);
            [&s.lo, &s.hi, &s.max]
                .into_iter()
                .flatten()
                .for_each(|e| f(e));
        }
        ExprKind::Call(c) => {
            f(&c.fun);
            c.args.iter().for_each(f);
        }
        ExprKind::CompositeLit(l) => {
            for el in &l.elements {
                if let Some(k) = &el.key {
                    f(k);
                }
                f(&el.value);
            }
        }
        _ => {}
    }
}

impl FuncCompiler<'_, '_> {
    /// Whether evaluating `e` calls a function or receives (conversions and most builtins do not count).
    pub(super) fn has_call(&self, e: &Expr) -> bool {
        if self
            .info()
            .types
            .get(&e.id)
            .is_some_and(|tv| tv.value.is_some() || tv.mode == Mode::TypeExpr)
        {
            return false;
        }
        match &e.kind {
            ExprKind::Call(c) if !self.is_conversion(c) => {
                return !self.is_pure_builtin(c) || c.args.iter().any(|a| self.has_call(a));
            }
            ExprKind::Unary(UnaryOp::Recv, _) => return true,
            ExprKind::FuncLit(_) => return false,
            _ => {}
        }
        let mut found = false;
        children(e, &mut |x| found = found || deep(|| self.has_call(x)));
        found
    }

    /// Whether `e` mentions the variable.
    pub(super) fn mentions(&self, e: &Expr, o: ObjId) -> bool {
        match &e.kind {
            ExprKind::Ident(id) => return self.object(id.id) == Some(o),
            ExprKind::FuncLit(_) => return self.esc.captures(e.id).contains(&o),
            _ => {}
        }
        let mut found = false;
        children(e, &mut |x| found = found || deep(|| self.mentions(x, o)));
        found
    }

    /// Whether `e` is a constant or a variable in a register: nothing that other operands' evaluation can change.
    pub(super) fn is_stable(&self, e: &Expr) -> bool {
        if self.const_of(e).is_some() {
            return true;
        }
        match &unparen(e).kind {
            ExprKind::Ident(id) => self
                .object(id.id)
                .is_none_or(|o| matches!(self.f.vars.get(&o), Some(super::state::Binding::Reg(_)))),
            _ => false,
        }
    }
}

//! Expressions (go/types: expr.go).
//!
//! Invariants: every expression is checked through `raw_expr`, which records what it found; a function that fails has reported why and
//! leaves an invalid operand; `hint` is the element type around a composite literal without type; a `Target` is the
//! function-typed variable the expression goes to, from which type arguments may be inferred.

use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{BasicLit, Expr, ExprKind, LitKind, UnaryOp, deep, unparen};
use crate::constant;
use crate::diag::Code;
use crate::types::{Type, TypeId};
use std::rc::Rc;

/// What an expression is in statement context.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum StmtUse {
    /// A conversion: never a statement.
    Conversion,
    /// An expression: its value must be used.
    Expression,
    /// A call or a receive: may stand as a statement.
    Statement,
}

/// The function-typed destination of an expression and what messages call it.
#[derive(Clone, Debug)]
pub struct Target {
    /// Its signature type.
    pub sig: TypeId,
    /// Its description.
    pub desc: Rc<str>,
}

impl Checker<'_> {
    /// The target for a variable of type `t`, if that is a function type.
    pub(super) fn new_target(
        &self,
        t: Option<TypeId>,
        desc: impl FnOnce() -> String,
    ) -> Option<Target> {
        let u = self.common_under_type(t?)?;
        let Type::Signature(_) = u else { return None };
        Some(Target {
            sig: self.w.types.intern(u),
            desc: desc().into(),
        })
    }

    /// Checks `e` and records what it is; types, builtins and calls without value are let through. With `generic`, so are
    /// generic functions and types without type arguments.
    pub(super) fn raw_expr<'a>(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand<'a>,
        e: &'a Expr,
        hint: Option<TypeId>,
        generic: bool,
    ) -> StmtUse {
        *x = Operand {
            expr: Some(e),
            ..Operand::new()
        };
        let kind = deep(|| self.expr_internal(target, x, e, hint));
        if x.desc.is_none() {
            x.expr = Some(e);
        }
        if !generic {
            self.non_generic(target, x);
        }
        self.record(x);
        kind
    }

    fn expr_internal<'a>(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand<'a>,
        e: &'a Expr,
        hint: Option<TypeId>,
    ) -> StmtUse {
        match &e.kind {
            ExprKind::Bad => {}
            ExprKind::Ident(_) => self.ident(x, e, false),
            ExprKind::BasicLit(lit) => self.basic_lit(x, e, lit),
            ExprKind::FuncLit(lit) => self.func_lit(x, e, lit),
            ExprKind::CompositeLit(lit) => self.composite_lit(x, e, lit, hint),
            ExprKind::Paren(inner) => {
                let kind = self.raw_expr(None, x, inner, None, false);
                x.expr = Some(e);
                return kind;
            }
            ExprKind::Selector(..) => self.selector(x, e, false),
            ExprKind::Index(inner, indices) => {
                if self.index_expr(x, e, inner, indices) {
                    self.func_inst(target, x, Some((e, indices)), true);
                }
            }
            ExprKind::Slice(slice) => self.slice_expr(x, slice),
            ExprKind::TypeAssert(inner, ty) => self.type_assert_expr(x, e, inner, ty.as_deref()),
            ExprKind::Call(call) => return self.call_expr(x, e, call),
            ExprKind::Star(inner) => self.star_expr(x, inner),
            ExprKind::Unary(op, inner) => {
                self.unary(x, e, *op, inner);
                if x.is_valid() && *op == UnaryOp::Recv {
                    return StmtUse::Statement;
                }
            }
            ExprKind::Binary(op, _, lhs, rhs) => self.binary(x, Some(e), lhs, rhs, *op),
            ExprKind::Ellipsis(_) => {
                self.error(e.span, Code::InvalidSyntaxTree, "invalid use of ...");
            }
            ExprKind::ArrayType(..)
            | ExprKind::SliceType(_)
            | ExprKind::StructType(_)
            | ExprKind::FuncType(_)
            | ExprKind::InterfaceType(_)
            | ExprKind::MapType(..)
            | ExprKind::ChanType(..) => {
                x.ty = self.typ(e);
                x.mode = if x.ty.is_invalid() {
                    OperandMode::Invalid
                } else {
                    OperandMode::TypeExpr
                };
            }
        }
        // A failed expression is not also unused.
        if x.is_valid() {
            StmtUse::Expression
        } else {
            StmtUse::Statement
        }
    }

    fn basic_lit<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, lit: &BasicLit) {
        const LIMIT: usize = 10_000;
        let number = matches!(lit.kind, LitKind::Int | LitKind::Float | LitKind::Imag);
        if number && lit.text.len() > LIMIT {
            let message = format!(
                "excessively long constant: {}... ({} chars)",
                &lit.text[..10],
                lit.text.len()
            );
            self.error(super::typexpr::start_pos(e), Code::InvalidConstVal, message);
            return;
        }
        let val = constant::make_from_literal(&lit.text, lit.kind);
        if val.is_unknown() {
            self.error(
                super::typexpr::start_pos(e),
                Code::InvalidConstVal,
                format!("malformed constant: {}", lit.text),
            );
            return;
        }
        x.mode = OperandMode::Constant;
        x.ty = match lit.kind {
            LitKind::Int => TypeId::UNTYPED_INT,
            LitKind::Float => TypeId::UNTYPED_FLOAT,
            LitKind::Imag => TypeId::UNTYPED_COMPLEX,
            LitKind::Char => TypeId::UNTYPED_RUNE,
            LitKind::String => TypeId::UNTYPED_STRING,
        };
        x.val = Some(val);
        self.overflow(x, e.span);
    }

    fn star_expr<'a>(&mut self, x: &mut Operand<'a>, inner: &'a Expr) {
        self.expr_or_type(x, inner, false);
        match x.mode {
            OperandMode::Invalid => {}
            OperandMode::TypeExpr => {
                self.valid_var_type(inner, x.ty);
                x.ty = self.w.types.pointer(x.ty);
            }
            _ => self.indirect(x),
        }
    }

    fn indirect(&mut self, x: &mut Operand) {
        let mut base: Option<TypeId> = None;
        let mut wrong = None;
        let types = &self.w.types;
        self.under_is(x.ty, |u| {
            let Some(&Type::Pointer(elem)) = u else {
                wrong = Some(false);
                return false;
            };
            if base.is_some_and(|b| !types.identical(b, elem)) {
                wrong = Some(true);
                return false;
            }
            base = Some(elem);
            true
        });
        let what = |check: &Self| check.operand_string(x);
        let message = match (wrong, base) {
            (None, Some(base)) => {
                if self.is_complete(base) {
                    x.mode = OperandMode::Variable;
                    x.ty = base;
                } else {
                    x.invalidate();
                }
                return;
            }
            (Some(true), _) => format!(
                "invalid operation: pointers of {} must have identical base types",
                what(self)
            ),
            _ => format!("invalid operation: cannot indirect {}", what(self)),
        };
        self.error(x.span(), Code::InvalidIndirection, message);
        x.invalidate();
    }

    fn type_assert_expr<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        inner: &'a Expr,
        ty: Option<&'a Expr>,
    ) {
        let Some(ty) = ty else {
            self.error(
                super::typexpr::start_pos(e),
                Code::BadTypeKeyword,
                "invalid syntax tree: use of .(type) outside type switch",
            );
            self.use_exprs([inner]);
            x.invalidate();
            return;
        };
        self.expr(None, x, inner);
        if !x.is_valid() {
            return;
        }
        let what = self.operand_string(x);
        if self.w.types.is_type_param(x.ty) {
            let message = format!(
                "invalid operation: cannot use type assertion on type parameter value {what}"
            );
            self.error(x.span(), Code::InvalidAssert, message);
            x.invalidate();
        } else if !self.is_interface(x.ty) {
            self.error(
                x.span(),
                Code::InvalidAssert,
                format!("invalid operation: {what} is not an interface"),
            );
            x.invalidate();
        } else {
            let t = self.var_type(ty);
            if t.is_invalid() || !self.is_complete(t) {
                x.invalidate();
                return;
            }
            self.type_assertion(e, x, t, false);
            x.set_value(t);
            x.mode = OperandMode::CommaOk;
        }
    }

    /// Reports a type assertion `e` of the interface value `x` to `t` (or a type switch's case `e`) that cannot succeed.
    pub(super) fn type_assertion(&mut self, e: &Expr, x: &Operand, t: TypeId, type_switch: bool) {
        let mut cause = String::new();
        if self.assertable_to(x.ty, t, &mut cause) {
            return;
        }
        let (text, t) = (expr_string(e), self.type_string(t));
        let message = if type_switch {
            let x = self.operand_string(x);
            format!(
                "impossible type switch case: {text}\n\t{x} cannot have dynamic type {t} {cause}"
            )
        } else {
            let iface = self.type_string(x.ty);
            format!("impossible type assertion: {text}\n\t{t} does not implement {iface} {cause}")
        };
        self.error(
            super::typexpr::start_pos(e),
            Code::ImpossibleAssert,
            message,
        );
    }

    /// Reports a generic type or function without type arguments, unless `target` tells them.
    pub(super) fn non_generic(&mut self, target: Option<&Target>, x: &mut Operand) {
        if !x.is_valid() || x.mode == OperandMode::NoValue {
            return;
        }
        let what = match self.w.types.get(x.ty) {
            Type::Named(_) if self.w.types.is_generic(x.ty) => "type",
            Type::Signature(sig) if !sig.tparams.is_empty() => {
                if target.is_some() {
                    self.func_inst(target, x, None, true);
                    return;
                }
                "function"
            }
            _ if x.mode == OperandMode::TypeExpr && self.w.types.is_generic_type(x.ty) => "type",
            _ => return,
        };
        let message = format!(
            "cannot use generic {what} {} without instantiation",
            x.expr_string()
        );
        self.error(x.span(), Code::WrongTypeArgCount, message);
        x.invalidate();
        x.ty = TypeId::INVALID;
    }

    /// Checks `e`, which must be a single value.
    pub(super) fn expr<'a>(&mut self, target: Option<&Target>, x: &mut Operand<'a>, e: &'a Expr) {
        self.raw_expr(target, x, e, None, false);
        self.exclude_non_values(x);
        self.single_value(x);
    }

    /// `expr` with the element type of the surrounding literal; the value may be a generic function.
    pub(super) fn generic_expr<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        hint: Option<TypeId>,
    ) {
        self.raw_expr(None, x, e, hint, true);
        self.exclude_non_values(x);
        self.single_value(x);
    }

    /// Checks `e`, which must be a single value or a type.
    pub(super) fn expr_or_type<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, generic: bool) {
        self.raw_expr(None, x, e, None, generic);
        self.exclude(x, &[OperandMode::NoValue]);
        self.single_value(x);
    }

    /// Checks `e` and gives its value or values; with `comma_ok`, a form that can yield a second, boolean value gives both, and
    /// the second result is true.
    pub(super) fn multi_expr<'a>(
        &mut self,
        e: &'a Expr,
        comma_ok: bool,
    ) -> (Vec<Operand<'a>>, bool) {
        let mut x = Operand::new();
        self.raw_expr(None, &mut x, e, None, false);
        self.exclude_non_values(&mut x);
        if x.is_valid()
            && let Type::Tuple(types) = self.w.types.get(x.ty)
        {
            let result = |(i, &t): (usize, &TypeId)| {
                Operand::made_up(t, Some(e), &nth(i + 1, "function result"))
            };
            return (types.iter().enumerate().map(result).collect(), false);
        }
        if comma_ok && matches!(x.mode, OperandMode::MapIndex | OperandMode::CommaOk) {
            let ok = Operand::made_up(
                TypeId::UNTYPED_BOOL,
                Some(e),
                "ok value of (comma, ok) expression",
            );
            return (vec![x, ok], true);
        }
        (vec![x], false)
    }

    fn exclude_non_values(&mut self, x: &mut Operand) {
        self.exclude(
            x,
            &[
                OperandMode::NoValue,
                OperandMode::Builtin,
                OperandMode::TypeExpr,
            ],
        );
    }

    /// Reports an operand whose mode is among `modes`.
    pub(super) fn exclude(&mut self, x: &mut Operand, modes: &[OperandMode]) {
        if !modes.contains(&x.mode) {
            return;
        }
        let what = self.operand_string(x);
        let (code, message) = match x.mode {
            OperandMode::NoValue if modes.contains(&OperandMode::TypeExpr) => {
                (Code::TooManyValues, format!("{what} used as value"))
            }
            OperandMode::NoValue => (Code::TooManyValues, format!("{what} used as value or type")),
            OperandMode::Builtin => (Code::UncalledBuiltin, format!("{what} must be called")),
            _ => (Code::NotAnExpr, format!("{what} is not an expression")),
        };
        self.error(x.span(), code, message);
        x.invalidate();
    }

    /// Reports several values where one is needed.
    pub(super) fn single_value(&mut self, x: &mut Operand) {
        if x.mode == OperandMode::Value && matches!(self.w.types.get(x.ty), Type::Tuple(_)) {
            let what = self.operand_string(x);
            self.error(
                x.span(),
                Code::TooManyValues,
                format!("multiple-value {what} in single-value context"),
            );
            x.invalidate();
        }
    }

    /// Checks expressions whose values do not matter any more after an error, so that what they mention counts as used.
    /// Whether all are valid.
    pub(super) fn use_exprs<'a>(&mut self, list: impl IntoIterator<Item = &'a Expr>) -> bool {
        self.use_all(list, false)
    }

    /// `use_exprs` for left-hand sides: a variable that is merely assigned is not used.
    pub(super) fn use_lhs<'a>(&mut self, list: impl IntoIterator<Item = &'a Expr>) -> bool {
        self.use_all(list, true)
    }

    fn use_all<'a>(&mut self, list: impl IntoIterator<Item = &'a Expr>, lhs: bool) -> bool {
        let mut ok = true;
        for e in list {
            ok &= self.use_expr(e, lhs);
        }
        ok
    }

    fn use_expr(&mut self, e: &Expr, lhs: bool) -> bool {
        let mut x = Operand::new();
        match &unparen(e).kind {
            ExprKind::Ident(id) if id.name.is_blank() => return true,
            ExprKind::Ident(_) => {
                let restore = if lhs { self.assigned_var(e) } else { None };
                self.expr_or_type(&mut x, unparen(e), true);
                if let Some((v, used)) = restore {
                    self.w.objects.set_used(v, used);
                }
            }
            _ => {
                self.raw_expr(None, &mut x, e, None, true);
            }
        }
        x.is_valid()
    }
}

/// `1st function result`, `2nd …`
pub(super) fn nth(n: usize, what: &str) -> String {
    let ext = match n {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    };
    format!("{n}{ext} {what}")
}

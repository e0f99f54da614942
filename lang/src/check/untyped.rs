//! Untyped operands: their implicit conversion, and the bookkeeping that gives every untyped expression its final type.
//!
//! Invariants: `Checker::untyped` holds the expressions recorded with an untyped type so far; `update_expr_type` walks down an expression
//! when its type becomes known and moves it from there into `Info::types`; what is left when a body or declaration has been
//! checked keeps its untyped type.

use super::{Checker, Operand, OperandMode};
use crate::ast::{Expr, ExprKind, deep};
use crate::constant::{Kind, Value, representable};
use crate::diag::Code;
use crate::source::Span;
use crate::types::{Basic, Type, TypeId};

/// What is known about an expression that still has an untyped type.
#[derive(Clone, Debug)]
pub(super) struct UntypedInfo {
    /// Whether it is the left operand of a non-constant shift: its final type must be an integer type.
    pub is_lhs: bool,
    /// Its mode.
    pub mode: OperandMode,
    /// Its untyped type.
    pub ty: TypeId,
    /// Its value if constant.
    pub val: Option<Value>,
}

impl Checker<'_> {
    /// Records what was found out about an operand's expression.
    pub(super) fn record(&mut self, x: &Operand) {
        let Some(e) = x.node() else { return };
        if x.mode == OperandMode::Invalid {
            return;
        }
        let ty = if x.mode == OperandMode::NoValue {
            TypeId::EMPTY_TUPLE
        } else {
            x.ty
        };
        let val = if x.is_const() { x.val.clone() } else { None };
        if self.w.types.is_untyped(ty) {
            self.untyped.insert(
                (self.pkg, e.id),
                UntypedInfo {
                    is_lhs: false,
                    mode: x.mode,
                    ty,
                    val,
                },
            );
        } else {
            self.record_type_and_value(e.id, x.mode, ty, val);
        }
    }

    /// Records the expressions that stay untyped, as they are.
    pub(super) fn record_untyped(&mut self) {
        let current = self.pkg;
        for ((pkg, id), info) in std::mem::take(&mut self.untyped) {
            self.pkg = pkg;
            self.record_type_and_value(id, info.mode, info.ty, info.val);
        }
        self.pkg = current;
    }

    /// Gives the untyped expression `e` the type `ty`, down through its operands. With `last`, an untyped `ty` is final too.
    pub(super) fn update_expr_type(&mut self, e: &Expr, ty: TypeId, last: bool) {
        let Some(old) = self.untyped.get(&(self.pkg, e.id)).cloned() else {
            return;
        };
        match &e.kind {
            ExprKind::Paren(x) => deep(|| self.update_expr_type(x, ty, last)),
            // The operands of a constant never become values.
            ExprKind::Unary(_, x) if old.val.is_none() => {
                deep(|| self.update_expr_type(x, ty, last))
            }
            ExprKind::Binary(op, _, x, y) if old.val.is_none() && !op.is_comparison() => {
                deep(|| self.update_expr_type(x, ty, last));
                if !op.is_shift() {
                    deep(|| self.update_expr_type(y, ty, last));
                }
            }
            _ => {}
        }
        if !last && self.w.types.is_untyped(ty) {
            if let Some(info) = self.untyped.get_mut(&(self.pkg, e.id)) {
                info.ty = ty;
            }
            return;
        }
        self.untyped.remove(&(self.pkg, e.id));
        if old.is_lhs && !self.w.types.all_integer(ty) {
            let (x, t) = (super::expr_string(e), self.type_string(ty));
            let message =
                format!("invalid operation: shifted operand {x} (type {t}) must be integer");
            self.error(
                super::typexpr::start_pos(e),
                Code::InvalidShiftOperand,
                message,
            );
            return;
        }
        if old.val.is_some() {
            let mut c = Operand {
                mode: old.mode,
                ty: old.ty,
                val: old.val.clone(),
                expr: Some(e),
                ..Operand::new()
            };
            self.convert_untyped(&mut c, ty);
            if !c.is_valid() {
                return;
            }
        }
        self.record_type_and_value(e.id, old.mode, ty, old.val);
    }

    /// `update_expr_type` for an operand's expression.
    pub(super) fn update_operand_type(&mut self, x: &Operand, ty: TypeId, last: bool) {
        if let Some(e) = x.node() {
            self.update_expr_type(e, ty, last);
        }
    }

    fn update_expr_val(&mut self, x: &Operand, val: &Value) {
        let pkg = self.pkg;
        if let Some(info) = x.node().and_then(|e| self.untyped.get_mut(&(pkg, e.id))) {
            info.val = Some(val.clone());
        }
    }

    /// The type (and representation, if constant) the untyped operand `x` takes where `target` is expected.
    ///
    /// # Errors
    /// The code of the error if it cannot be converted.
    pub(super) fn implicit_type_and_value(
        &self,
        x: &Operand,
        target: TypeId,
    ) -> Result<(TypeId, Option<Value>), Code> {
        const NO: Code = Code::InvalidUntypedConversion;
        let types = &self.w.types;
        if !x.is_valid() || !types.is_untyped(x.ty) || target.is_invalid() {
            return Ok((x.ty, None));
        }
        if types.is_untyped(target) {
            return self.max_type(x.ty, target).map(|t| (t, None)).ok_or(NO);
        }
        if x.is_nil() {
            return if types.has_nil(target) {
                Ok((target, None))
            } else {
                Err(NO)
            };
        }
        match types.under(target) {
            Type::Basic(b) if x.is_const() => self.representation(x, b).map(|v| (target, Some(v))),
            Type::Basic(_) => {
                let ok = match types.get(x.ty) {
                    Type::Basic(Basic::UntypedBool) => types.is_boolean(target),
                    Type::Basic(Basic::UntypedString) => types.is_string(target),
                    Type::Basic(Basic::UntypedNil) => false,
                    _ => types.is_numeric(target),
                };
                if ok { Ok((target, None)) } else { Err(NO) }
            }
            Type::TypeParam(_) => {
                let fits = |u: Option<TypeId>| {
                    u.is_some_and(|u| self.implicit_type_and_value(x, u).is_ok())
                };
                let all = self
                    .typeset(target)
                    .iter()
                    .all(|t| fits(t.as_ref().map(|(t, _)| types.underlying(*t))));
                if all { Ok((target, None)) } else { Err(NO) }
            }
            Type::Interface(_) if types.is_empty_interface(target) => {
                Ok((types.default_type(x.ty), None))
            }
            _ => Err(NO),
        }
    }

    /// The larger of two untyped types, if they go together.
    fn max_type(&self, x: TypeId, y: TypeId) -> Option<TypeId> {
        if x == y {
            return Some(x);
        }
        let types = &self.w.types;
        let numeric = types.is_untyped(x)
            && types.is_untyped(y)
            && types.is_numeric(x)
            && types.is_numeric(y);
        numeric.then(|| x.max(y))
    }

    /// Converts the untyped operand `x` to `target`, or reports that it cannot be.
    pub(super) fn convert_untyped(&mut self, x: &mut Operand, target: TypeId) {
        match self.implicit_type_and_value(x, target) {
            Err(code) => {
                let t = self.w.types.underlying(target);
                self.invalid_conversion(code, x, t);
                x.invalidate();
            }
            Ok((ty, val)) => self.become_typed(x, ty, val),
        }
    }

    /// The operand has been found to have the type `ty` and, if constant, the representation `val`.
    pub(super) fn become_typed(&mut self, x: &mut Operand, ty: TypeId, val: Option<Value>) {
        if let Some(val) = val {
            self.update_expr_val(x, &val);
            x.val = Some(val);
        }
        if ty != x.ty {
            x.ty = ty;
            self.update_operand_type(x, ty, false);
        }
    }

    fn invalid_conversion(&mut self, code: Code, x: &Operand, target: TypeId) {
        let (what, t) = (self.operand_string(x), self.type_string(target));
        let message = match code {
            Code::TruncatedFloat => format!("{what} truncated to {t}"),
            Code::NumericOverflow => format!("{what} overflows {t}"),
            _ => format!("cannot convert {what} to type {t}"),
        };
        self.error(x.span(), code, message);
    }

    /// Checks that the constant `x` is representable as a value of the basic type `t`, and makes it so.
    pub(super) fn representable(&mut self, x: &mut Operand, t: TypeId) {
        let Some(basic) = self.w.types.as_basic(t) else {
            return;
        };
        match self.representation(x, basic) {
            Ok(v) => x.val = Some(v),
            Err(code) => {
                self.invalid_conversion(code, x, self.w.types.underlying(t));
                x.invalidate();
            }
        }
    }

    /// The constant `x` as a `basic`.
    ///
    /// # Errors
    /// The code of the error if it cannot be represented.
    fn representation(&self, x: &Operand, basic: Basic) -> Result<Value, Code> {
        if let Some(v) = representable(&x.value(), basic) {
            return Ok(v);
        }
        let types = &self.w.types;
        let target = TypeId::from(basic);
        if types.is_numeric(x.ty) && types.is_numeric(target) {
            let truncated = !types.is_integer(x.ty) && types.is_integer(target);
            return Err(if truncated {
                Code::TruncatedFloat
            } else {
                Code::NumericOverflow
            });
        }
        Err(Code::InvalidConstVal)
    }

    /// Checks that the constant operation that gave `x` did not overflow its type or, untyped, all bounds. `at` is the operator.
    pub(super) fn overflow(&mut self, x: &mut Operand, at: Span) {
        const PRECISION: u64 = 512;
        const MAX_STRING: usize = 2_000_000_000;
        let val = x.value();
        if val.is_unknown() {
            self.error(
                at,
                Code::InvalidConstVal,
                "constant result is not representable".to_string(),
            );
            return;
        }
        if !self.w.types.is_untyped(x.ty) {
            self.representable(x, x.ty);
            return;
        }
        if val.kind() == Kind::Int && val.bit_len() > PRECISION {
            let op = x.node().map_or("", op_name);
            self.error(at, Code::InvalidConstVal, format!("constant {op}overflow"));
            x.val = Some(Value::Unknown);
        } else if let Value::String(s) = &val
            && s.len() > MAX_STRING
        {
            let message = format!(
                "constant string too long ({} bytes > {MAX_STRING} bytes)",
                s.len()
            );
            self.error(at, Code::InvalidConstVal, message);
            x.val = Some(Value::Unknown);
        }
    }
}

/// The name of an operation that may overflow, with a space behind it.
fn op_name(e: &Expr) -> &'static str {
    use crate::ast::{BinaryOp, UnaryOp};
    match &e.kind {
        ExprKind::Unary(UnaryOp::Xor, _) => "bitwise complement ",
        ExprKind::Binary(op, ..) => match op {
            BinaryOp::Add => "addition ",
            BinaryOp::Sub => "subtraction ",
            BinaryOp::Xor => "bitwise XOR ",
            BinaryOp::Mul => "multiplication ",
            BinaryOp::Shl => "shift ",
            _ => "",
        },
        _ => "",
    }
}

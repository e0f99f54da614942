//! Unary and binary operations (spec: Operators).

use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{BinaryOp, ChanDir, Expr, ExprKind, UnaryOp, unparen};
use crate::constant::{self, Kind, Value};
use crate::diag::Code;
use crate::source::{Pos, Span};
use crate::types::{Type, TypeId};

/// The span of an operator at `pos`.
fn op_span(pos: Pos, text: &str) -> Span {
    Span {
        lo: pos,
        hi: Pos(pos.0 + text.len() as u32),
    }
}

/// Where an overflow in `e` is reported: at its operator if it has one, else at its start.
pub(super) fn op_pos(e: &Expr) -> Span {
    match &e.kind {
        ExprKind::Binary(op, pos, ..) => op_span(*pos, op.as_str()),
        _ => super::typexpr::start_pos(e),
    }
}

impl Checker<'_> {
    /// `op x`, for every operator but `*`.
    pub(super) fn unary<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        op: UnaryOp,
        operand: &'a Expr,
    ) {
        self.expr(None, x, operand);
        if !x.is_valid() {
            return;
        }
        let mut op = op;
        match op {
            UnaryOp::Addr => return self.address_of(x, operand),
            UnaryOp::Recv => return self.receive(x),
            UnaryOp::Tilde => {
                let message = "cannot use ~ outside of interface or type constraint";
                if !self.w.types.all_integer(x.ty) {
                    self.error(super::typexpr::start_pos(e), Code::UndefinedOp, message);
                    x.invalidate();
                    return;
                }
                let message = format!("{message} (use ^ for bitwise complement)");
                self.error(super::typexpr::start_pos(e), Code::UndefinedOp, message);
                op = UnaryOp::Xor;
            }
            _ => {}
        }
        let types = &self.w.types;
        let defined = match op {
            UnaryOp::Xor => types.all_integer(x.ty),
            UnaryOp::Not => types.all_boolean(x.ty),
            _ => types.all_numeric(x.ty),
        };
        if !self.op_defined(x, defined, op.as_str()) {
            return;
        }
        if !x.is_const() {
            x.mode = OperandMode::Value;
            return;
        }
        let val = x.value();
        if val.is_unknown() {
            return;
        }
        let bits = if self.w.types.is_unsigned(x.ty) {
            self.w.types.sizeof(x.ty) as u32 * 8
        } else {
            0
        };
        x.val = Some(constant::unary_op(op, &val, bits));
        x.expr = Some(e);
        self.overflow(x, op_pos(e));
    }

    /// Reports an operator that is not defined on `x` and gives back whether it is.
    fn op_defined(&mut self, x: &mut Operand, defined: bool, op: &str) -> bool {
        if !defined {
            let what = self.operand_string(x);
            let message = format!("invalid operation: operator {op} not defined on {what}");
            self.error(x.span(), Code::UndefinedOp, message);
            x.invalidate();
        }
        defined
    }

    fn address_of(&mut self, x: &mut Operand, operand: &Expr) {
        let literal = matches!(unparen(operand).kind, ExprKind::CompositeLit(_));
        if !literal && x.mode != OperandMode::Variable {
            let what = self.operand_string(x);
            let message = format!("invalid operation: cannot take address of {what}");
            self.error(x.span(), Code::UnaddressableOperand, message);
            x.invalidate();
            return;
        }
        x.set_value(self.w.types.pointer(x.ty));
    }

    fn receive(&mut self, x: &mut Operand) {
        match self.chan_elem(x.span(), x, true) {
            Some(elem) if self.is_complete(elem) => {
                x.set_value(elem);
                x.mode = OperandMode::CommaOk;
                self.env.has_call_or_recv = true;
            }
            _ => x.invalidate(),
        }
    }

    /// The element type of the channel `x` for a receive or a send; reports what is wrong.
    pub(super) fn chan_elem(&mut self, at: Span, x: &Operand, recv: bool) -> Option<TypeId> {
        let result = self.common_under(x.ty, |term| match term {
            None => Err("no specific channel type".to_string()),
            Some((t, Type::Chan(dir, _))) => match dir {
                ChanDir::Send if recv => Err(format!("send-only channel {}", self.type_string(t))),
                ChanDir::Recv if !recv => {
                    Err(format!("receive-only channel {}", self.type_string(t)))
                }
                _ => Ok(()),
            },
            Some((t, _)) => Err(format!("non-channel {}", self.type_string(t))),
        });
        let cause = match result {
            Ok(u) => match self.w.types.get(u) {
                Type::Chan(_, elem) => return Some(elem),
                _ => return None,
            },
            Err(cause) => cause,
        };
        let what = self.operand_string(x);
        let (code, verb) = if recv {
            (Code::InvalidReceive, "receive from")
        } else {
            (Code::InvalidSend, "send to")
        };
        let message = if self.w.types.is_type_param(x.ty) {
            format!("invalid operation: cannot {verb} {what}: {cause}")
        } else {
            format!("invalid operation: cannot {verb} {cause} {what}")
        };
        self.error(at, code, message);
        None
    }

    /// `lhs op rhs`; `e` is the expression, absent for an assignment operation.
    pub(super) fn binary<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: Option<&'a Expr>,
        lhs: &'a Expr,
        rhs: &'a Expr,
        op: BinaryOp,
    ) {
        let mut y = Operand::new();
        self.expr(None, x, lhs);
        self.expr(None, &mut y, rhs);
        self.probe_wants(&y, Some(x.ty));
        if !x.is_valid() {
            return;
        }
        if !y.is_valid() {
            x.invalidate();
            x.expr = y.expr;
            return;
        }
        if op.is_shift() {
            return self.shift(x, &mut y, e, op);
        }
        self.match_types(x, &mut y);
        if !x.is_valid() {
            return;
        }
        if op.is_comparison() {
            return self.comparison(x, &y, op, false);
        }
        if !self.w.types.identical(x.ty, y.ty) {
            self.mismatched(x, &y, e, (lhs, rhs), op);
            x.invalidate();
            return;
        }
        if !self.op_defined(x, self.binary_defined(op, x.ty), op.as_str()) {
            return;
        }
        if matches!(op, BinaryOp::Div | BinaryOp::Rem) && self.divides_by_zero(x, &y) {
            self.error(
                y.span(),
                Code::DivByZero,
                "invalid operation: division by zero",
            );
            x.invalidate();
            return;
        }
        self.binary_value(x, &y, e, op);
    }

    fn mismatched(
        &mut self,
        x: &Operand,
        y: &Operand,
        e: Option<&Expr>,
        sides: (&Expr, &Expr),
        op: BinaryOp,
    ) {
        if x.ty.is_invalid() || y.ty.is_invalid() {
            return;
        }
        let text = match e {
            Some(e) => expr_string(e),
            None => format!(
                "{} {}= {}",
                expr_string(sides.0),
                op.as_str(),
                expr_string(sides.1)
            ),
        };
        let (tx, ty) = (self.type_string(x.ty), self.type_string(y.ty));
        let message = format!("invalid operation: {text} (mismatched types {tx} and {ty})");
        self.error(x.span(), Code::MismatchedTypes, message);
    }

    fn binary_defined(&self, op: BinaryOp, t: TypeId) -> bool {
        use BinaryOp::*;
        match op {
            Add => self.w.types.all_numeric_or_string(t),
            Sub | Mul | Div => self.w.types.all_numeric(t),
            LAnd | LOr => self.w.types.all_boolean(t),
            _ => self.w.types.all_integer(t),
        }
    }

    fn divides_by_zero(&self, x: &Operand, y: &Operand) -> bool {
        if !y.is_const() || !(x.is_const() || self.w.types.all_integer(x.ty)) {
            return false;
        }
        let val = y.value();
        if val.is_unknown() {
            return false;
        }
        if x.is_const() && self.w.types.is_complex(x.ty) {
            // The divisor's squared length may underflow to zero.
            let square = |v: Value| constant::binary_op(&v, BinaryOp::Mul, &v);
            let (re, im) = (square(val.real()), square(val.imag()));
            return re.sign() == 0 && im.sign() == 0;
        }
        val.sign() == 0
    }

    /// Both operands have the same type and `op` is defined on it.
    fn binary_value<'a>(
        &mut self,
        x: &mut Operand<'a>,
        y: &Operand<'a>,
        e: Option<&'a Expr>,
        op: BinaryOp,
    ) {
        if !x.is_const() || !y.is_const() {
            x.mode = OperandMode::Value;
            x.val = None;
            return;
        }
        let (a, b) = (x.value(), y.value());
        if a.is_unknown() || b.is_unknown() {
            x.val = Some(Value::Unknown);
            return;
        }
        let integer = op == BinaryOp::Div && self.w.types.is_integer(x.ty);
        x.val = Some(if integer {
            constant::int_quo(&a, &b)
        } else {
            constant::binary_op(&a, op, &b)
        });
        x.expr = e;
        let at = e.map_or(Span::NONE, op_pos);
        self.overflow(x, at);
    }

    /// Converts untyped operands so that the types of `x` and `y` match, where that has a chance.
    pub(super) fn match_types(&mut self, x: &mut Operand, y: &mut Operand) {
        if !self.may_convert(x, y) {
            return;
        }
        self.convert_untyped(x, y.ty);
        if !x.is_valid() {
            return;
        }
        self.convert_untyped(y, x.ty);
        if !y.is_valid() {
            x.invalidate();
        }
    }

    fn may_convert(&self, x: &Operand, y: &Operand) -> bool {
        let types = &self.w.types;
        if !types.is_untyped(x.ty) && !types.is_untyped(y.ty) {
            return false;
        }
        if types.all_numeric(x.ty) != types.all_numeric(y.ty) {
            return false;
        }
        if self.is_interface(x.ty) || self.is_interface(y.ty) {
            return true;
        }
        if types.all_boolean(x.ty) != types.all_boolean(y.ty)
            || types.all_string(x.ty) != types.all_string(y.ty)
        {
            return false;
        }
        if x.is_nil() {
            return types.has_nil(y.ty);
        }
        if y.is_nil() {
            return types.has_nil(x.ty);
        }
        let pointer = |t| matches!(types.under(t), Type::Pointer(_));
        !pointer(x.ty) && !pointer(y.ty)
    }

    /// `x op y` for a comparison operator; with `switch_case`, `x` is a case value and `y` the tag.
    pub(super) fn comparison(
        &mut self,
        x: &mut Operand,
        y: &Operand,
        op: BinaryOp,
        switch_case: bool,
    ) {
        if x.ty.is_invalid() || y.ty.is_invalid() {
            x.invalidate();
            return;
        }
        let op = if switch_case { BinaryOp::Eq } else { op };
        if let Err((on_y, code, cause)) = self.comparable_operands(x, y, op) {
            self.comparison_error(x, y, op, switch_case, (on_y, code, cause));
            x.invalidate();
            return;
        }
        if x.is_const() && y.is_const() {
            x.val = Some(Value::Bool(constant::compare(&x.value(), op, &y.value())));
        } else {
            x.mode = OperandMode::Value;
            x.val = None;
            let (dx, dy) = (
                self.w.types.default_type(x.ty),
                self.w.types.default_type(y.ty),
            );
            self.update_operand_type(x, dx, true);
            self.update_operand_type(y, dy, true);
        }
        x.ty = TypeId::UNTYPED_BOOL;
    }

    /// Whether `x op y` is allowed; if not: whether `y` is to blame, the code, and the cause if there is a specific one.
    fn comparable_operands(
        &mut self,
        x: &Operand,
        y: &Operand,
        op: BinaryOp,
    ) -> Result<(), (bool, Code, String)> {
        let mut why = String::new();
        if self.operand_assignable(x, y.ty, &mut why).is_err()
            && self.operand_assignable(y, x.ty, &mut why).is_err()
        {
            let cause = format!(
                "mismatched types {} and {}",
                self.type_string(x.ty),
                self.type_string(y.ty)
            );
            return Err((true, Code::MismatchedTypes, cause));
        }
        let types = &self.w.types;
        let code = Code::UndefinedOp;
        if !matches!(op, BinaryOp::Eq | BinaryOp::Ne) {
            return match (types.all_ordered(x.ty), types.all_ordered(y.ty)) {
                (false, _) => Err((false, code, String::new())),
                (_, false) => Err((true, code, String::new())),
                _ => Ok(()),
            };
        }
        if x.is_nil() || y.is_nil() {
            let t = if x.is_nil() { y.ty } else { x.ty };
            return if t != TypeId::UNTYPED_NIL && types.has_nil(t) {
                Ok(())
            } else {
                Err((true, code, String::new()))
            };
        }
        if !types.comparable(x.ty) {
            return Err((false, code, self.incomparable_cause(x.ty)));
        }
        if !types.comparable(y.ty) {
            return Err((true, code, self.incomparable_cause(y.ty)));
        }
        Ok(())
    }

    fn comparison_error(
        &mut self,
        x: &Operand,
        y: &Operand,
        op: BinaryOp,
        switch_case: bool,
        (mut on_y, code, mut cause): (bool, Code, String),
    ) {
        if cause.is_empty() {
            let param = |t| self.w.types.is_type_param(t);
            if param(x.ty) || param(y.ty) {
                on_y = on_y || !param(x.ty);
                let t = self.type_string(if on_y { y.ty } else { x.ty });
                cause = format!("type parameter {t} cannot use operator {}", op.as_str());
            } else {
                let t = if on_y { y.ty } else { x.ty };
                let what = match self.composite_kind(t) {
                    "" => self.type_string(t),
                    kind => kind.to_string(),
                };
                cause = format!("operator {} not defined on {what}", op.as_str());
            }
        }
        let (a, b) = (x.expr_string(), y.expr_string());
        if switch_case {
            self.error(
                x.span(),
                code,
                format!("invalid case {a} in switch on {b} ({cause})"),
            );
        } else {
            let at = if on_y { y.span() } else { x.span() };
            self.error(
                at,
                code,
                format!("invalid operation: {a} {} {b} ({cause})", op.as_str()),
            );
        }
    }

    /// Why values of type `t` cannot be compared; empty if there is nothing specific to say.
    pub(super) fn incomparable_cause(&self, t: TypeId) -> String {
        match self.w.types.under(t) {
            Type::Slice(_) | Type::Signature(_) | Type::Map(..) => {
                format!("{} can only be compared to nil", self.composite_kind(t))
            }
            _ => self.incomparable_reason(t),
        }
    }

    /// `x << y` or `x >> y`; `e` is the expression, absent for an assignment operation.
    fn shift<'a>(
        &mut self,
        x: &mut Operand<'a>,
        y: &mut Operand<'a>,
        e: Option<&'a Expr>,
        op: BinaryOp,
    ) {
        let xval = if x.is_const() {
            Some(x.value().to_int())
        } else {
            None
        };
        let untyped = self.w.types.is_untyped(x.ty);
        let integral = untyped && xval.as_ref().is_some_and(|v| v.kind() == Kind::Int);
        if !self.w.types.all_integer(x.ty) && !integral {
            return self.shifted_operand_error(x);
        }
        if !self.shift_count(y) {
            x.invalidate();
            return;
        }
        if let Some(xval) = xval {
            if y.is_const() {
                return self.constant_shift(x, y, xval, e, op);
            }
            if untyped {
                // The type of x is what it would be without the shift: decided when the whole gets its type.
                let pkg = self.pkg;
                if let Some(info) = x.node().and_then(|e| self.untyped.get_mut(&(pkg, e.id))) {
                    info.is_lhs = true;
                }
                x.mode = OperandMode::Value;
                x.val = None;
                return;
            }
        }
        if !self.w.types.all_integer(x.ty) {
            return self.shifted_operand_error(x);
        }
        // The count is computed at run time along with the rest: it gets a type.
        if self.w.types.is_untyped(y.ty) {
            self.convert_untyped(y, TypeId::UINT);
        }
        x.mode = OperandMode::Value;
        x.val = None;
    }

    fn shifted_operand_error(&mut self, x: &mut Operand) {
        let what = self.operand_string(x);
        let message = format!("invalid operation: shifted operand {what} must be integer");
        self.error(x.span(), Code::InvalidShiftOperand, message);
        x.invalidate();
    }

    /// Whether `y` may be a shift count; reports if not.
    fn shift_count(&mut self, y: &mut Operand) -> bool {
        if y.is_const() {
            let val = y.value().to_int();
            if val.kind() == Kind::Int && val.sign() < 0 {
                let what = self.operand_string(y);
                let message = format!("invalid operation: negative shift count {what}");
                self.error(y.span(), Code::InvalidShiftCount, message);
                return false;
            }
            if self.w.types.is_untyped(y.ty) {
                self.representable(y, TypeId::UINT);
                return y.is_valid();
            }
            return true;
        }
        if self.w.types.is_untyped(y.ty) {
            self.convert_untyped(y, TypeId::UINT);
            return y.is_valid();
        }
        if self.w.types.all_integer(y.ty) {
            return true;
        }
        let what = self.operand_string(y);
        let message = format!("invalid operation: shift count {what} must be integer");
        self.error(y.span(), Code::InvalidShiftCount, message);
        false
    }

    fn constant_shift<'a>(
        &mut self,
        x: &mut Operand<'a>,
        y: &Operand,
        xval: Value,
        e: Option<&'a Expr>,
        op: BinaryOp,
    ) {
        // Enough to write down the smallest float64.
        const SHIFT_BOUND: u64 = 1023 - 1 + 52;
        let to_integer = |check: &Self, x: &mut Operand| {
            if !check.w.types.is_integer(x.ty) {
                x.ty = TypeId::UNTYPED_INT;
            }
        };
        let yval = y.value().to_int();
        if xval.is_unknown() || y.value().is_unknown() {
            x.val = Some(Value::Unknown);
            to_integer(self, x);
            return;
        }
        match yval.as_u64() {
            Some(s) if s <= SHIFT_BOUND => {
                to_integer(self, x);
                x.val = Some(constant::shift(&xval, op, s));
                x.expr = e;
                self.overflow(x, e.map_or(Span::NONE, op_pos));
            }
            _ => {
                let what = self.operand_string(y);
                let message = format!("invalid operation: invalid shift count {what}");
                self.error(y.span(), Code::InvalidShiftCount, message);
                x.invalidate();
            }
        }
    }
}

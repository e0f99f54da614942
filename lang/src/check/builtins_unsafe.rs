//! Calls of package unsafe's functions.

use super::{Checker, Operand, OperandMode, SelectionKind, expr_string};
use crate::ast::{Expr, ExprKind, unparen};
use crate::constant::make_int64;
use crate::diag::Code;
use crate::types::{Builtin, Color, Member, Type, TypeId};

/// Larger sizes are those that could not be computed.
const TOO_LARGE: i64 = i64::MAX - 64;

impl Checker<'_> {
    /// `unsafe.Sizeof(x)` and `unsafe.Alignof(x)`
    pub(super) fn unsafe_size(&mut self, x: &mut Operand, b: Builtin) -> bool {
        let context = format!("argument to unsafe.{}", b.name());
        self.assignment(x, None, &context);
        if !x.is_valid() {
            return false;
        }
        let t = x.ty;
        let (what, span) = (self.operand_string(x), x.span());
        x.set_value(TypeId::UINTPTR);
        if !self.has_var_size(t, &mut Vec::new()) {
            let types = &self.w.types;
            let n = if b == Builtin::UnsafeSizeof {
                types.sizeof(t)
            } else {
                types.alignof(t)
            };
            if n > TOO_LARGE {
                self.error(span, Code::TypeTooLarge, format!("{what} is too large"));
                return false;
            }
            x.mode = OperandMode::Constant;
            x.val = Some(make_int64(n));
        }
        true
    }

    /// Whether the size of `t` depends on type parameters, or is not known because `t` is being declared, which is reported. `nest`
    /// holds the instances around it.
    fn has_var_size(&mut self, t: TypeId, nest: &mut Vec<TypeId>) -> bool {
        crate::ast::deep(|| match self.w.types.get(t) {
            Type::TypeParam(_) => true,
            Type::Array(_, elem) => self.has_var_size(elem, nest),
            Type::Struct(s) => s.fields.iter().any(|f| self.has_var_size(f.ty, nest)),
            Type::Named(n) if self.w.types.named(n).origin.is_some() => {
                if nest.contains(&t) {
                    return true;
                }
                nest.push(t);
                let under = self.w.types.underlying(t);
                let var = self.has_var_size(under, nest);
                nest.pop();
                var
            }
            Type::Named(n) => {
                let obj = self.w.types.named_obj(n);
                if !self.is_declared(obj) {
                    return true;
                }
                if self.w.objects.color(obj) != Color::Black {
                    return false;
                }
                self.push(obj);
                let rhs = self.w.types.named(n).rhs.unwrap_or(TypeId::INVALID);
                let var = self.has_var_size(rhs, nest);
                self.pop();
                var
            }
            _ => false,
        })
    }

    /// `unsafe.Offsetof(x.f)`
    pub(super) fn unsafe_offsetof<'a>(&mut self, x: &mut Operand<'a>, arg: &'a Expr) -> bool {
        let selx = unparen(arg);
        let ExprKind::Selector(inner, sel) = &selx.kind else {
            let message = format!(
                "invalid argument: {} is not a selector expression",
                expr_string(arg)
            );
            self.error(
                super::typexpr::start_pos(arg),
                Code::BadOffsetofSyntax,
                message,
            );
            self.use_exprs([arg]);
            return false;
        };
        self.expr(None, x, inner);
        if !x.is_valid() {
            return false;
        }
        let base = match self.w.types.under(x.ty) {
            Type::Pointer(b) if matches!(self.w.types.under(b), Type::Struct(_)) => b,
            _ => x.ty,
        };
        let t = self.type_string(base);
        let Ok(found) = self.lookup_member(base, false, sel.name) else {
            let message = format!("invalid argument: {t} has no single field {}", sel.name);
            self.error(x.span(), Code::MissingFieldOrMethod, message);
            return false;
        };
        let Member::Field(field) = &found.member else {
            let message = format!("invalid argument: {} is a method value", expr_string(arg));
            self.error(
                super::typexpr::start_pos(arg),
                Code::InvalidOffsetof,
                message,
            );
            return false;
        };
        if found.indirect {
            let message = format!(
                "invalid argument: field {} is embedded via a pointer in {t}",
                sel.name
            );
            self.error(x.span(), Code::InvalidOffsetof, message);
            return false;
        }
        self.record_selection(selx, SelectionKind::FieldVal, base, &found, None, field.ty);
        self.record_type_and_value(selx.id, OperandMode::Variable, field.ty, None);
        x.set_value(TypeId::UINTPTR);
        if !self.has_var_size(base, &mut Vec::new()) {
            x.mode = OperandMode::Constant;
            x.val = Some(make_int64(self.field_offset(base, &found.path)));
        }
        true
    }

    fn field_offset(&self, base: TypeId, path: &[u32]) -> i64 {
        let (mut t, mut offset) = (base, 0);
        for &i in path {
            let Type::Struct(s) = self.w.types.under(t) else {
                break;
            };
            offset += self
                .w
                .types
                .offsets(&s)
                .get(i as usize)
                .copied()
                .unwrap_or(0);
            t = s.fields[i as usize].ty;
        }
        offset
    }

    /// The functions of package unsafe that make and take pointers.
    pub(super) fn unsafe_pointers<'a>(
        &mut self,
        x: &mut Operand<'a>,
        b: Builtin,
        args: &mut [Operand<'a>],
    ) -> bool {
        let context = format!("argument to unsafe.{}", b.name());
        match b {
            Builtin::UnsafeAdd => {
                self.assignment(x, Some(TypeId::UNSAFE_POINTER), &context);
                self.unsafe_length(
                    x,
                    args,
                    Code::InvalidUnsafeAdd,
                    true,
                    TypeId::UNSAFE_POINTER,
                )
            }
            Builtin::UnsafeString => {
                let bytes = self.w.types.pointer(TypeId::BYTE);
                self.assignment(x, Some(bytes), &context);
                self.unsafe_length(x, args, Code::InvalidUnsafeString, false, TypeId::STRING)
            }
            Builtin::UnsafeStringData => {
                self.assignment(x, Some(TypeId::STRING), &context);
                x.ty = self.w.types.pointer(TypeId::BYTE);
                self.unsafe_result(x)
            }
            Builtin::UnsafeSlice => match self.common_under_type(x.ty) {
                Some(Type::Pointer(elem)) => {
                    let slice = self.w.types.slice(elem);
                    self.unsafe_length(x, args, Code::InvalidUnsafeSlice, false, slice)
                }
                _ => self.unsafe_operand_error(x, Code::InvalidUnsafeSlice, "pointer"),
            },
            Builtin::UnsafeSliceData => match self.common_under_type(x.ty) {
                Some(Type::Slice(elem)) => {
                    x.ty = self.w.types.pointer(elem);
                    self.unsafe_result(x)
                }
                _ => self.unsafe_operand_error(x, Code::InvalidUnsafeSliceData, "slice"),
            },
            _ => false,
        }
    }

    fn unsafe_result(&self, x: &mut Operand) -> bool {
        if x.is_valid() {
            x.set_value(x.ty);
        }
        x.is_valid()
    }

    fn unsafe_operand_error(&mut self, x: &Operand, code: Code, what: &str) -> bool {
        let message = format!(
            "invalid argument: {} is not a {what}",
            self.operand_string(x)
        );
        self.error(x.span(), code, message);
        false
    }

    /// Checks the length argument; the result has type `result`.
    fn unsafe_length(
        &mut self,
        x: &mut Operand,
        args: &mut [Operand],
        code: Code,
        negative: bool,
        result: TypeId,
    ) -> bool {
        if !x.is_valid() || !self.is_valid_index(&mut args[1], code, "length", negative) {
            return false;
        }
        x.set_value(result);
        true
    }
}

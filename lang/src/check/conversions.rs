//! Conversions (spec: Conversions).

use super::{Checker, Operand, OperandMode};
use crate::constant::{Value, make_string, representable};
use crate::diag::Code;
use crate::types::{Basic, Type, TypeId};

impl Checker<'_> {
    /// The conversion `t(x)`; the result is in `x`.
    pub(super) fn conversion(&mut self, x: &mut Operand, t: TypeId) {
        let const_arg = x.is_const();
        let mut cause = String::new();
        let ok = if const_arg && self.w.types.is_const_type(t) {
            match self.const_convertible(x, t) {
                Some(v) => {
                    x.val = Some(v);
                    true
                }
                None if self.w.types.is_integer(x.ty) && self.w.types.is_integer(t) => {
                    let message =
                        format!("constant {} overflows {}", x.value(), self.type_string(t));
                    self.error(x.span(), Code::InvalidConversion, message);
                    x.invalidate();
                    return;
                }
                None => {
                    // A number that is an integer is shown as one.
                    let int = x.value().to_int();
                    if self.w.types.is_integer(t) && !int.is_unknown() {
                        x.val = Some(int);
                    }
                    false
                }
            }
        } else if const_arg && self.w.types.is_type_param(t) {
            let ok = self.const_convertible_to_param(x, t, &mut cause);
            x.mode = OperandMode::Value;
            ok
        } else {
            let ok = self.operand_convertible(x, t, &mut cause);
            if ok {
                x.mode = OperandMode::Value;
            }
            ok
        };
        if !ok {
            let (what, t) = (self.operand_string(x), self.type_string(t));
            let sep = if cause.is_empty() { "" } else { ": " };
            let message = format!("cannot convert {what} to type {t}{sep}{cause}");
            self.error(x.span(), Code::InvalidConversion, message);
            x.invalidate();
            return;
        }
        self.finish_conversion(x, t, const_arg);
    }

    /// The argument's type is final now: an untyped one gets it from the conversion.
    fn finish_conversion(&mut self, x: &mut Operand, t: TypeId, const_arg: bool) {
        if self.w.types.is_untyped(x.ty) {
            let types = &self.w.types;
            let last = if x.ty == TypeId::UNTYPED_NIL {
                t
            } else if self.is_interface(t) || const_arg && !types.is_const_type(t) {
                types.default_type(x.ty)
            } else if x.is_const() && types.is_integer(x.ty) && types.all_string(t) {
                x.ty
            } else {
                t
            };
            self.update_operand_type(x, last, true);
        }
        x.ty = t;
        if !x.is_const() {
            x.val = None;
        }
    }

    /// The constant `x` converted to the basic type under `t`, if it can be.
    fn const_convertible(&self, x: &Operand, t: TypeId) -> Option<Value> {
        let Type::Basic(b) = self.w.types.under(t) else {
            return None;
        };
        let val = x.value();
        if let Some(v) = representable(&val, b) {
            return Some(v);
        }
        if !self.w.types.is_integer(x.ty) || b != Basic::String {
            return None;
        }
        let rune = val
            .as_u64()
            .and_then(|i| u32::try_from(i).ok())
            .and_then(char::from_u32);
        let rune = rune.unwrap_or(char::REPLACEMENT_CHARACTER);
        Some(make_string(rune.encode_utf8(&mut [0; 4]).as_bytes()))
    }

    /// Whether the constant `x` is convertible to every specific type of the type parameter `t`.
    fn const_convertible_to_param(&mut self, x: &Operand, t: TypeId, cause: &mut String) -> bool {
        for term in self.typeset(t) {
            let Some((term, _)) = term else {
                *cause = format!("{} does not contain specific types", self.type_string(t));
                return false;
            };
            let u = self.w.types.underlying(term);
            if self.w.types.is_string(x.ty) && self.w.types.is_bytes_or_runes(u)
                || self.const_convertible(x, u).is_some()
            {
                continue;
            }
            let (us, ts) = (self.type_string(u), self.type_string(t));
            *cause = if self.w.types.is_integer(x.ty) && self.w.types.is_integer(u) {
                format!("constant {} overflows {us} (in {ts})", x.value())
            } else {
                format!(
                    "cannot convert {} to type {us} (in {ts})",
                    self.operand_string(x)
                )
            };
            return false;
        }
        true
    }

    fn operand_convertible(&mut self, x: &Operand, t: TypeId, cause: &mut String) -> bool {
        if self.operand_assignable(x, t, cause).is_ok() {
            return true;
        }
        self.convertible_to(x.ty, t, cause)
    }
}

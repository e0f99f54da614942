//! `for … range` (spec: For statements with range clause).

use super::{Checker, Operand, expr_string};
use crate::ast::{ChanDir, Expr, ExprKind, RangeStmt};
use crate::diag::Code;
use crate::source::Span;
use crate::types::{ObjId, Type, TypeId, VarKind};

/// The types of the iteration values; none where there is no such value.
type KeyVal = (Option<TypeId>, Option<TypeId>);

impl Checker<'_> {
    /// Checks a range statement that stands at `at`.
    pub(super) fn range_stmt(&mut self, at: Span, s: &RangeStmt) {
        let mut x = Operand::new();
        self.expr(None, &mut x, &s.x);
        let (key, val) = if x.is_valid() {
            self.range_types(&x, s)
        } else {
            (None, None)
        };
        self.in_block(|c| {
            if s.define {
                c.define_range_vars(at, s, &mut x, [key, val]);
            } else {
                c.assign_range_vars(s, &mut x, [key, val]);
            }
            c.loop_body(&s.body);
        });
    }

    /// The types of the iteration values of `x`; reports what is wrong with the clause.
    fn range_types(&mut self, x: &Operand, s: &RangeStmt) -> KeyVal {
        let what = self.operand_string(x);
        match self.range_key_val(x.ty) {
            Err(cause) => {
                let sep = if cause.is_empty() { "" } else { ": " };
                let message = format!("cannot range over {what}{sep}{cause}");
                self.error(x.span(), Code::InvalidRangeExpr, message);
                (None, None)
            }
            Ok((key, val)) => {
                if let (None, Some(e)) = (key, &s.key) {
                    let message = format!("range over {what} permits no iteration variables");
                    self.error(super::typexpr::start_pos(e), Code::InvalidIterVar, message);
                } else if let (None, Some(e)) = (val, &s.value) {
                    let message = format!("range over {what} permits only one iteration variable");
                    self.error(super::typexpr::start_pos(e), Code::InvalidIterVar, message);
                } else if let Some(extra) = s.extra {
                    let message = "range clause permits at most two iteration variables";
                    self.error(extra, Code::InvalidIterVar, message);
                }
                (key, val)
            }
        }
    }

    fn define_range_vars<'a>(
        &mut self,
        at: Span,
        s: &'a RangeStmt,
        x: &mut Operand<'a>,
        types: [Option<TypeId>; 2],
    ) {
        let over_int = self.w.types.is_integer(x.ty);
        let mut vars = Vec::new();
        for (lhs, ty) in [&s.key, &s.value].into_iter().zip(types) {
            let Some(lhs) = lhs else { continue };
            let obj = self.range_var(lhs, &mut vars);
            let Some(ty) = ty.filter(|t| !t.is_invalid()) else {
                self.w.objects.mark_used(obj);
                continue;
            };
            if over_int {
                self.init_var(obj, None, x, "range clause");
            } else {
                let mut y = Operand::made_up(ty, Some(lhs), &expr_string(lhs));
                self.init_var(obj, None, &mut y, "assignment");
            }
        }
        if vars.is_empty() {
            self.error(at, Code::NoNewVar, "no new variables on left side of :=");
        }
        for obj in vars {
            self.declare(self.env.scope, None, obj, s.body.span.lo);
        }
    }

    /// The variable declared by one left-hand side.
    fn range_var(&mut self, lhs: &Expr, vars: &mut Vec<ObjId>) -> ObjId {
        let ExprKind::Ident(id) = &lhs.kind else {
            let message = format!("invalid syntax tree: cannot declare {}", expr_string(lhs));
            self.error(lhs.span, Code::InvalidSyntaxTree, message);
            return self.dummy_var(lhs.span);
        };
        let obj =
            self.w
                .objects
                .new_var(id.name, id.span, self.pkg, TypeId::INVALID, VarKind::Local);
        self.record_def(id, obj);
        if !id.name.is_blank() {
            vars.push(obj);
        }
        obj
    }

    fn assign_range_vars<'a>(
        &mut self,
        s: &'a RangeStmt,
        x: &mut Operand<'a>,
        types: [Option<TypeId>; 2],
    ) {
        let over_int = self.w.types.is_integer(x.ty);
        if s.key.is_none() {
            if over_int {
                self.assignment(x, None, "range clause");
            }
            return;
        }
        for (lhs, ty) in [&s.key, &s.value].into_iter().zip(types) {
            let (Some(lhs), Some(ty)) = (lhs, ty.filter(|t| !t.is_invalid())) else {
                continue;
            };
            if !over_int {
                let mut y = Operand::made_up(ty, Some(lhs), &expr_string(lhs));
                self.assign_var(lhs, &mut y, "assignment");
                continue;
            }
            self.assign_var(lhs, x, "range clause");
            if x.is_valid() && !self.w.types.is_integer(x.ty) {
                let message = format!(
                    "cannot use iteration variable of type {}",
                    self.type_string(x.ty)
                );
                self.error(
                    super::typexpr::start_pos(lhs),
                    Code::InvalidRangeExpr,
                    message,
                );
            }
        }
    }

    /// The key and value types of a range over a value of type `t`.
    ///
    /// # Errors
    /// Why `t` cannot be ranged over; empty if there is nothing specific to say.
    pub(crate) fn range_key_val(&self, t: TypeId) -> Result<KeyVal, String> {
        let u = self.common_under(t, |term| match term {
            Some((t, Type::Chan(ChanDir::Send, _))) => Err(format!(
                "receive from send-only channel {}",
                self.type_string(t)
            )),
            _ => Ok(()),
        })?;
        match self.array_ptr_deref(u) {
            Type::Basic(_) if self.w.types.is_string(u) => {
                Ok((Some(TypeId::INT), Some(TypeId::RUNE)))
            }
            Type::Basic(_) if self.w.types.is_integer(u) => Ok((Some(t), None)),
            Type::Array(_, elem) | Type::Slice(elem) => Ok((Some(TypeId::INT), Some(elem))),
            Type::Map(key, elem) => Ok((Some(key), Some(elem))),
            Type::Chan(_, elem) => Ok((Some(elem), None)),
            Type::Signature(sig) => self.range_func(&sig.params, &sig.results),
            _ => Err(String::new()),
        }
    }

    fn range_func(&self, params: &[TypeId], results: &[TypeId]) -> Result<KeyVal, String> {
        let bad = |why: &str| Err(format!("func must be func(yield func(...) bool): {why}"));
        let [yield_type] = params else {
            return bad("wrong argument count");
        };
        if !results.is_empty() {
            return bad("unexpected results");
        }
        let u = match self.common_under(*yield_type, |_| Ok(())) {
            Ok(u) => u,
            Err(why) => return bad(&format!("in yield type, {why}")),
        };
        let Type::Signature(cb) = self.w.types.get(u) else {
            return bad("argument is not func");
        };
        if cb.params.len() > 2 {
            return bad("yield func has too many parameters");
        }
        match &cb.results[..] {
            [b] if self.w.types.identical(*b, TypeId::BOOL) => {}
            [b] if self.w.types.is_boolean(*b) => {
                return bad("yield func returns user-defined boolean, not bool");
            }
            _ => return bad("yield func does not return bool"),
        }
        if cb.variadic {
            return Err(format!(
                "yield func of type {} cannot be variadic",
                self.type_string(u)
            ));
        }
        Ok((cb.params.first().copied(), cb.params.get(1).copied()))
    }
}

//! Calls of the builtins that make, extend and copy slices (spec: Appending to and copying slices; Making slices, maps and channels).

use super::{Checker, Operand, expr_string};
use crate::ast::{CallExpr, Expr};
use crate::diag::Code;
use crate::types::{Signature, Type, TypeId};

impl Checker<'_> {
    pub(super) fn append<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
        args: &mut [Operand<'a>],
    ) -> bool {
        let slice = x.ty;
        let elem = match self.slice_elem(x) {
            Ok(elem) => elem,
            Err(cause) => {
                return self.fail(x, Code::InvalidAppend, format!("invalid append: {cause}"));
            }
        };
        let bytes =
            args.len() == 2 && call.ellipsis.is_some() && self.is_byte_string(x, &args[1]).1;
        if bytes {
            self.default_string(&mut args[1]);
            return self.value(x, slice);
        }
        let rest = self.w.types.slice(elem);
        let sig = Signature {
            params: vec![slice, rest],
            results: vec![slice],
            variadic: true,
            tparams: vec![],
        };
        if let Some(params) = self.call_params(e, call, &sig, args) {
            let context = format!("argument to {}", expr_string(&call.fun));
            for (a, p) in args.iter_mut().zip(params) {
                self.assignment(a, Some(p), &context);
            }
        }
        self.value(x, slice)
    }

    /// Whether `x` may be `[]byte` and `y`'s types are all `[]byte` or strings; and whether, in addition, one is a string.
    fn is_byte_string(&mut self, x: &Operand, y: &Operand) -> (bool, bool) {
        let bytes = self.w.types.slice(TypeId::BYTE);
        if self
            .operand_assignable(x, bytes, &mut String::new())
            .is_err()
        {
            return (false, false);
        }
        let mut has_string = false;
        let all = self.under_is(y.ty, |u| match u {
            Some(Type::Slice(elem)) => self.w.types.identical(*elem, TypeId::BYTE),
            Some(Type::Basic(b)) if b.is_string() => {
                has_string = true;
                true
            }
            _ => false,
        });
        (all, all && has_string)
    }

    /// An untyped string argument becomes a string.
    fn default_string(&mut self, x: &mut Operand) {
        if x.ty == TypeId::UNTYPED_STRING {
            self.convert_untyped(x, TypeId::STRING);
        }
    }

    /// The element type of a slice argument.
    fn slice_elem(&self, x: &Operand) -> Result<TypeId, String> {
        let mut elem: Option<TypeId> = None;
        for term in self.typeset(x.ty) {
            let Some((_, Type::Slice(e))) = term else {
                let what = if x.is_nil() {
                    "untyped nil".to_string()
                } else {
                    self.operand_string(x)
                };
                return Err(format!("argument must be a slice; have {what}"));
            };
            match elem {
                None => elem = Some(e),
                Some(first) if !self.w.types.identical(first, e) => {
                    let (a, b, what) = (
                        self.type_string(first),
                        self.type_string(e),
                        self.operand_string(x),
                    );
                    return Err(format!(
                        "mismatched slice element types {a} and {b} in {what}"
                    ));
                }
                _ => {}
            }
        }
        elem.ok_or_else(|| "argument must be a slice".to_string())
    }

    pub(super) fn copy(&mut self, x: &mut Operand, y: &mut Operand) -> bool {
        let dst = match self.slice_elem(x) {
            Ok(elem) => elem,
            Err(cause) => return self.fail(x, Code::InvalidCopy, format!("invalid copy: {cause}")),
        };
        if self.is_byte_string(x, y).0 {
            self.default_string(y);
            return self.value(x, TypeId::INT);
        }
        let src = match self.slice_elem(y) {
            Ok(elem) => elem,
            Err(_) if self.w.types.all_string(y.ty) => TypeId::BYTE,
            Err(cause) => return self.fail(y, Code::InvalidCopy, format!("invalid copy: {cause}")),
        };
        if !self.w.types.identical(dst, src) {
            let (a, b) = (self.operand_string(x), self.operand_string(y));
            let (s, t) = (self.type_string(dst), self.type_string(src));
            let message = format!(
                "invalid copy: arguments {a} and {b} have different element types {s} and {t}"
            );
            return self.fail(x, Code::InvalidCopy, message);
        }
        self.value(x, TypeId::INT)
    }

    pub(super) fn make<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
    ) -> bool {
        let arg0 = &call.args[0];
        let t = self.var_type(arg0);
        if t.is_invalid() {
            self.use_exprs(&call.args[1..]);
            return false;
        }
        let u = self.common_under(t, |term| match term.map(|t| t.1) {
            Some(Type::Slice(_) | Type::Map(..) | Type::Chan(..)) => Ok(()),
            None => Err("no specific type".to_string()),
            _ => Err("type must be slice, map, or channel".to_string()),
        });
        let min = match u {
            Ok(u) if matches!(self.w.types.get(u), Type::Slice(_)) => 2,
            Ok(_) => 1,
            Err(cause) => {
                let message = format!(
                    "invalid argument: cannot make {}: {cause}",
                    expr_string(arg0)
                );
                self.error(arg0.span, Code::InvalidMake, message);
                return false;
            }
        };
        let found = call.args.len();
        if found < min || found > min + 1 {
            let text = expr_string(e);
            let message = format!(
                "invalid operation: {text} expects {min} or {} arguments; found {found}",
                min + 1
            );
            self.error(super::typexpr::start_pos(e), Code::WrongArgCount, message);
            return false;
        }
        let sizes: Vec<i64> = call.args[1..]
            .iter()
            .filter_map(|arg| self.index(arg, None).1)
            .collect();
        if let [len, cap] = sizes[..]
            && len > cap
        {
            let message = "invalid argument: length and capacity swapped";
            self.error(call.args[1].span, Code::SwappedMakeArgs, message);
        }
        self.value(x, t)
    }
}

//! Calls of builtin functions (spec: Built-in functions; package unsafe).

use super::expr::StmtUse;
use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{BinaryOp, CallExpr, Expr};
use crate::constant::{self, Value, make_complex, make_int64};
use crate::diag::Code;
use crate::types::{Basic, Builtin, ChanDir, Type, TypeId};

/// How many arguments a builtin takes at least, and whether it takes more.
fn arity(b: Builtin) -> (usize, bool) {
    use Builtin::*;
    match b {
        Recover => (0, false),
        Print | Println => (0, true),
        Append | Make | Max | Min => (1, true),
        Complex | Copy | Delete | UnsafeAdd | UnsafeSlice | UnsafeString => (2, false),
        Cap | Clear | Close | Imag | Len | New | Panic | Real => (1, false),
        UnsafeAlignof | UnsafeOffsetof | UnsafeSizeof | UnsafeSliceData | UnsafeStringData => {
            (1, false)
        }
    }
}

/// Whether a call of the builtin may stand as a statement.
pub(super) fn stmt_use(b: Builtin) -> StmtUse {
    use Builtin::*;
    match b {
        Clear | Close | Copy | Delete | Panic | Print | Println | Recover => StmtUse::Statement,
        _ => StmtUse::Expression,
    }
}

impl Checker<'_> {
    /// Checks a call of the builtin `b`; the result is in `x` if the call is valid.
    pub(super) fn builtin<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
        b: Builtin,
    ) -> bool {
        if call.ellipsis.is_some() && b != Builtin::Append {
            let message = format!(
                "invalid operation: invalid use of ... with built-in {}",
                b.name()
            );
            self.error(
                super::typexpr::start_pos(e),
                Code::InvalidDotDotDot,
                message,
            );
            self.use_exprs(&call.args);
            return false;
        }
        let saved = self.env.has_call_or_recv;
        if matches!(b, Builtin::Len | Builtin::Cap) {
            self.env.has_call_or_recv = false;
        }
        let ok = self.builtin_args(x, e, call, b);
        if matches!(b, Builtin::Len | Builtin::Cap) {
            self.env.has_call_or_recv = saved;
        }
        ok
    }

    fn builtin_args<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
        b: Builtin,
    ) -> bool {
        let special = matches!(b, Builtin::Make | Builtin::New | Builtin::UnsafeOffsetof);
        let mut args = if special {
            Vec::new()
        } else {
            self.expr_list(&call.args)
        };
        if args.iter().any(|a| !a.is_valid()) {
            return false;
        }
        let found = if special { call.args.len() } else { args.len() };
        let (want, variadic) = arity(b);
        if found < want || !variadic && found > want {
            let qualifier = if found < want {
                "not enough"
            } else {
                "too many"
            };
            let text = expr_string(e);
            let message = format!(
                "invalid operation: {qualifier} arguments for {text} (expected {want}, found {found})"
            );
            self.error(super::typexpr::start_pos(e), Code::WrongArgCount, message);
            return false;
        }
        x.val = None;
        if let Some(first) = args.first() {
            *x = first.clone();
        }
        self.builtin_kind(x, e, call, b, &mut args)
    }

    fn builtin_kind<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
        b: Builtin,
        args: &mut [Operand<'a>],
    ) -> bool {
        use Builtin::*;
        match b {
            Append => self.append(x, e, call, args),
            Cap | Len => self.len_or_cap(x, b),
            Clear => self.clear(x),
            Close => self.close(x),
            Complex => self.complex(x, e, &mut args[1]),
            Copy => self.copy(x, &mut args[1]),
            Delete => self.delete(x, &args[1]),
            Imag | Real => self.real_or_imag(x, b),
            Make => self.make(x, e, call),
            Max | Min => self.min_or_max(x, b, args),
            New => self.new_call(x, &call.args[0]),
            Panic => {
                self.is_panic.insert((self.pkg, e.id));
                self.assignment(x, Some(TypeId::EMPTY_INTERFACE), "argument to panic");
                self.no_value(x)
            }
            Print | Println => {
                for a in args {
                    self.assignment(a, None, &format!("argument to built-in {}", b.name()));
                    if !a.is_valid() {
                        return false;
                    }
                }
                x.mode = OperandMode::Value;
                self.no_value(x)
            }
            Recover => self.value(x, TypeId::EMPTY_INTERFACE),
            UnsafeOffsetof => self.unsafe_offsetof(x, &call.args[0]),
            UnsafeAlignof | UnsafeSizeof => self.unsafe_size(x, b),
            _ => self.unsafe_pointers(x, b, args),
        }
    }

    /// The call has no result; false if an argument was wrong.
    fn no_value(&self, x: &mut Operand) -> bool {
        if !x.is_valid() {
            return false;
        }
        x.mode = OperandMode::NoValue;
        x.ty = TypeId::EMPTY_TUPLE;
        x.val = None;
        true
    }

    /// The call's result is a value of type `t`.
    pub(super) fn value(&self, x: &mut Operand, t: TypeId) -> bool {
        x.set_value(t);
        true
    }

    pub(super) fn fail(&mut self, x: &Operand, code: Code, message: String) -> bool {
        self.error(x.span(), code, message);
        false
    }

    fn len_or_cap(&mut self, x: &mut Operand, b: Builtin) -> bool {
        let len = b == Builtin::Len;
        let valid = |u: &Type| match u {
            Type::Basic(k) => len && k.is_string(),
            Type::Map(..) => len,
            Type::Array(..) | Type::Slice(_) | Type::Chan(..) => true,
            _ => false,
        };
        if self.w.types.is_type_param(x.ty) {
            let ok = self.typeset(x.ty).iter().all(|term| {
                term.as_ref()
                    .is_some_and(|(t, _)| valid(&self.array_ptr_deref(self.w.types.underlying(*t))))
            });
            return if ok {
                self.value(x, TypeId::INT)
            } else {
                self.bad_len(x, b)
            };
        }
        let u = self.array_ptr_deref(x.ty);
        if !valid(&u) {
            return self.bad_len(x, b);
        }
        let constant = match u {
            Type::Basic(_) if x.is_const() => {
                x.value().as_str().map(|s| make_int64(s.len() as i64))
            }
            Type::Array(n, _) if !self.env.has_call_or_recv => Some(if n >= 0 {
                make_int64(n)
            } else {
                Value::Unknown
            }),
            _ => None,
        };
        x.set_value(TypeId::INT);
        if let Some(val) = constant {
            x.mode = OperandMode::Constant;
            x.val = Some(val);
        }
        true
    }

    fn bad_len(&mut self, x: &Operand, b: Builtin) -> bool {
        if self.w.types.underlying(x.ty).is_invalid() {
            return false;
        }
        let code = if b == Builtin::Len {
            Code::InvalidLen
        } else {
            Code::InvalidCap
        };
        let message = format!(
            "invalid argument: {} for built-in {}",
            self.operand_string(x),
            b.name()
        );
        self.fail(x, code, message)
    }

    fn clear(&mut self, x: &mut Operand) -> bool {
        if self.under_is(x.ty, |u| matches!(u, Some(Type::Map(..) | Type::Slice(_)))) {
            return self.no_value(x);
        }
        let what = self.operand_string(x);
        let message = format!(
            "invalid argument: cannot clear {what}: argument must be (or constrained by) map or slice"
        );
        self.fail(x, Code::InvalidClear, message)
    }

    fn close(&mut self, x: &mut Operand) -> bool {
        let mut why = "";
        let ok = self.under_is(x.ty, |u| {
            why = match u {
                Some(Type::Chan(ChanDir::Recv, _)) => "receive-only channel",
                Some(Type::Chan(..)) => return true,
                _ => "non-channel",
            };
            false
        });
        if ok {
            return self.no_value(x);
        }
        let message = format!(
            "invalid operation: cannot close {why} {}",
            self.operand_string(x)
        );
        self.fail(x, Code::InvalidClose, message)
    }

    fn complex<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, y: &mut Operand<'a>) -> bool {
        match (self.w.types.is_untyped(x.ty), self.w.types.is_untyped(y.ty)) {
            (false, false) => {}
            (true, false) => self.convert_untyped(x, y.ty),
            (false, true) => self.convert_untyped(y, x.ty),
            (true, true) if x.is_const() && y.is_const() => {
                for op in [&mut *x, &mut *y] {
                    if self.w.types.is_numeric(op.ty) && op.value().imag().sign() == 0 {
                        op.ty = TypeId::UNTYPED_FLOAT;
                    }
                }
            }
            (true, true) => {
                self.convert_untyped(x, TypeId::FLOAT64);
                self.convert_untyped(y, TypeId::FLOAT64);
            }
        }
        if !x.is_valid() || !y.is_valid() {
            return false;
        }
        let t = self.type_string(x.ty);
        if !self.w.types.identical(x.ty, y.ty) {
            let u = self.type_string(y.ty);
            let message = format!(
                "invalid operation: {} (mismatched types {t} and {u})",
                expr_string(e)
            );
            return self.fail(x, Code::InvalidComplex, message);
        }
        let result = match self.w.types.as_basic(x.ty) {
            Some(Basic::Float32) => TypeId::COMPLEX64,
            Some(Basic::Float64) => TypeId::COMPLEX128,
            Some(Basic::UntypedFloat) => TypeId::UNTYPED_COMPLEX,
            _ if self.w.types.all_float(x.ty) => {
                return self.not_generic(x, Code::InvalidComplex, "complex");
            }
            _ => {
                let message =
                    format!("invalid argument: arguments have type {t}, expected floating-point");
                return self.fail(x, Code::InvalidComplex, message);
            }
        };
        if x.is_const() && y.is_const() {
            x.val = Some(make_complex(x.value().to_float(), y.value().to_float()));
            x.ty = result;
            return true;
        }
        self.value(x, result)
    }

    /// Reports an operand of a type parameter's type where gc does not (yet) allow one.
    fn not_generic(&mut self, x: &Operand, code: Code, name: &str) -> bool {
        let what = self.operand_string(x);
        let message = format!(
            "{what} not supported as argument to built-in {name} for go1.18 (see go.dev/issue/50937)"
        );
        self.fail(x, code, message)
    }

    fn delete<'a>(&mut self, x: &mut Operand<'a>, key: &Operand<'a>) -> bool {
        let mut key_type: Option<TypeId> = None;
        let mut why = None;
        self.under_is(x.ty, |u| match (u, key_type) {
            (Some(Type::Map(k, _)), Some(first)) if !self.w.types.identical(*k, first) => {
                why = Some(true);
                false
            }
            (Some(Type::Map(k, _)), _) => {
                key_type = Some(*k);
                true
            }
            _ => {
                why = Some(false);
                false
            }
        });
        let what = self.operand_string(x);
        match why {
            Some(true) => {
                let message =
                    format!("invalid argument: maps of {what} must have identical key types");
                return self.fail(x, Code::InvalidDelete, message);
            }
            Some(false) => {
                return self.fail(
                    x,
                    Code::InvalidDelete,
                    format!("invalid argument: {what} is not a map"),
                );
            }
            None => {}
        }
        *x = key.clone();
        self.assignment(x, key_type, "argument to delete");
        self.no_value(x)
    }

    fn real_or_imag(&mut self, x: &mut Operand, b: Builtin) -> bool {
        if self.w.types.is_untyped(x.ty) {
            if x.is_const() {
                if self.w.types.is_numeric(x.ty) {
                    x.ty = TypeId::UNTYPED_COMPLEX;
                }
            } else {
                self.convert_untyped(x, TypeId::COMPLEX128);
                if !x.is_valid() {
                    return false;
                }
            }
        }
        let result = match self.w.types.as_basic(x.ty) {
            Some(Basic::Complex64) => TypeId::FLOAT32,
            Some(Basic::Complex128) => TypeId::FLOAT64,
            Some(Basic::UntypedComplex) => TypeId::UNTYPED_FLOAT,
            _ => {
                let code = if b == Builtin::Real {
                    Code::InvalidReal
                } else {
                    Code::InvalidImag
                };
                if self.w.types.all_complex(x.ty) {
                    return self.not_generic(x, code, b.name());
                }
                let t = self.type_string(x.ty);
                return self.fail(
                    x,
                    code,
                    format!("invalid argument: argument has type {t}, expected complex type"),
                );
            }
        };
        if x.is_const() {
            let val = x.value();
            x.val = Some(if b == Builtin::Real {
                val.real()
            } else {
                val.imag()
            });
            x.ty = result;
            return true;
        }
        self.value(x, result)
    }

    fn min_or_max<'a>(
        &mut self,
        x: &mut Operand<'a>,
        b: Builtin,
        args: &mut [Operand<'a>],
    ) -> bool {
        let op = if b == Builtin::Max {
            BinaryOp::Gt
        } else {
            BinaryOp::Lt
        };
        for (i, a) in args.iter_mut().enumerate() {
            if !self.w.types.all_ordered(a.ty) {
                let message = format!(
                    "invalid argument: {} cannot be ordered",
                    self.operand_string(a)
                );
                return self.fail(a, Code::InvalidMinMaxOperand, message);
            }
            if i == 0 {
                continue;
            }
            self.match_types(x, a);
            if !x.is_valid() {
                return false;
            }
            if !self.w.types.identical(x.ty, a.ty) {
                let (s, t) = (self.type_string(x.ty), self.type_string(a.ty));
                let text = a.expr_string();
                let message = format!(
                    "invalid argument: mismatched types {s} (previous argument) and {t} (type of {text})"
                );
                return self.fail(a, Code::MismatchedTypes, message);
            }
            if !x.is_const() || !a.is_const() {
                x.mode = OperandMode::Value;
                x.val = None;
            } else if constant::compare(&a.value(), op, &x.value()) {
                *x = a.clone();
            }
        }
        if !x.is_const() {
            x.mode = OperandMode::Value;
            let context = format!("argument to built-in {}", b.name());
            self.assignment(x, Some(TypeId::EMPTY_INTERFACE), &context);
            if !x.is_valid() {
                return false;
            }
        }
        for a in args {
            self.update_operand_type(a, x.ty, true);
        }
        true
    }

    fn new_call<'a>(&mut self, x: &mut Operand<'a>, arg: &'a Expr) -> bool {
        self.expr_or_type(x, arg, false);
        self.exclude(x, &[OperandMode::NoValue, OperandMode::Builtin]);
        match x.mode {
            OperandMode::Invalid => return false,
            OperandMode::TypeExpr => self.valid_var_type(arg, x.ty),
            _ if self.w.types.is_untyped(x.ty) => {
                self.assignment(x, None, "argument to new");
                if !x.is_valid() {
                    return false;
                }
            }
            _ => {}
        }
        let t = self.w.types.pointer(x.ty);
        self.value(x, t)
    }
}

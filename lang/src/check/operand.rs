//! Operands: what is known about an expression while it is being checked (go/types: operand).
//!
//! Invariants: an operand whose mode is `Invalid` has been reported and is to be passed on in silence; `val` is there exactly
//! when the mode is `Constant`; `expr` is the expression's node unless the operand was made up, in which case `desc` says how messages
//! call it and no side table is touched on its behalf.

use super::{Checker, expr_string};
use crate::ast::Expr;
use crate::constant::Value;
use crate::diag::Code;
use crate::source::Span;
use crate::types::{Builtin, Type, TypeId};
use std::rc::Rc;

pub use super::info::Mode as OperandMode;

/// An operand.
#[derive(Clone, Debug)]
pub struct Operand<'a> {
    /// How it may be used.
    pub mode: OperandMode,
    /// Its type.
    pub ty: TypeId,
    /// Its value if it is a constant.
    pub val: Option<Value>,
    /// The expression it comes from.
    pub expr: Option<&'a Expr>,
    /// Which builtin, if it is one.
    pub builtin: Option<Builtin>,
    /// What messages call an operand that is not what `expr` says (a result of a call, a missing switch tag).
    pub desc: Option<Rc<str>>,
}

impl Default for Operand<'_> {
    fn default() -> Self {
        Operand {
            mode: OperandMode::Invalid,
            ty: TypeId::INVALID,
            val: None,
            expr: None,
            builtin: None,
            desc: None,
        }
    }
}

impl<'a> Operand<'a> {
    /// An invalid operand.
    pub fn new() -> Operand<'a> {
        Operand::default()
    }

    /// A computed value of type `ty` that stands for the expression `expr`, named `desc` in messages.
    pub fn made_up(ty: TypeId, expr: Option<&'a Expr>, desc: &str) -> Operand<'a> {
        Operand {
            mode: OperandMode::Value,
            ty,
            expr,
            desc: Some(desc.into()),
            ..Operand::default()
        }
    }

    /// A constant.
    pub fn constant(ty: TypeId, val: Value, expr: Option<&'a Expr>) -> Operand<'a> {
        Operand {
            mode: OperandMode::Constant,
            ty,
            val: Some(val),
            expr,
            ..Operand::default()
        }
    }

    /// Whether it is usable.
    pub fn is_valid(&self) -> bool {
        self.mode != OperandMode::Invalid
    }

    /// Marks it as reported.
    pub fn invalidate(&mut self) {
        self.mode = OperandMode::Invalid;
    }

    /// Makes it a computed value of type `ty`.
    pub fn set_value(&mut self, ty: TypeId) {
        self.mode = OperandMode::Value;
        self.ty = ty;
        self.val = None;
    }

    /// Whether it is a constant.
    pub fn is_const(&self) -> bool {
        self.mode == OperandMode::Constant
    }

    /// Its constant value; unknown if it has none.
    pub fn value(&self) -> Value {
        self.val.clone().unwrap_or(Value::Unknown)
    }

    /// Whether it is the predeclared `nil`.
    pub fn is_nil(&self) -> bool {
        self.mode == OperandMode::Nil
    }

    /// The expression whose side-table entries belong to this operand.
    pub fn node(&self) -> Option<&'a Expr> {
        if self.desc.is_some() { None } else { self.expr }
    }

    /// Where errors about it are reported.
    pub fn span(&self) -> Span {
        self.expr.map_or(Span::NONE, super::typexpr::start_pos)
    }

    /// What messages call its expression.
    pub fn expr_string(&self) -> String {
        match (&self.desc, self.expr) {
            (Some(desc), _) => desc.to_string(),
            (None, Some(e)) => expr_string(e),
            (None, None) => String::new(),
        }
    }
}

fn mode_string(mode: OperandMode) -> &'static str {
    match mode {
        OperandMode::Invalid => "invalid operand",
        OperandMode::NoValue => "no value",
        OperandMode::Builtin => "built-in",
        OperandMode::TypeExpr => "type",
        OperandMode::Constant => "constant",
        OperandMode::Variable => "variable",
        OperandMode::MapIndex => "map index expression",
        OperandMode::Value => "value",
        OperandMode::Nil => "nil",
        OperandMode::CommaOk => "comma, ok expression",
    }
}

impl Checker<'_> {
    /// The description of an operand in messages: `x (variable of type int)`.
    pub fn operand_string(&self, x: &Operand) -> String {
        if x.is_nil() {
            return match x.ty {
                TypeId::INVALID => "nil (with invalid type)".to_string(),
                TypeId::UNTYPED_NIL => "nil".to_string(),
                t => format!("nil (of type {})", self.type_string(t)),
            };
        }
        let mut expr = x.expr_string();
        if expr.is_empty() {
            expr = match x.mode {
                OperandMode::TypeExpr => self.type_string(x.ty),
                OperandMode::Constant => x.value().to_string(),
                _ => String::new(),
            };
        }
        let about = self.operand_about(x, &expr);
        if expr.is_empty() {
            about
        } else {
            format!("{expr} ({about})")
        }
    }

    /// What stands in parentheses: kind, mode, value and type.
    fn operand_about(&self, x: &Operand, expr: &str) -> String {
        use OperandMode::{Builtin, Invalid, NoValue, TypeExpr};
        let mut out = String::new();
        let has_type = !matches!(x.mode, Invalid | NoValue | Builtin | TypeExpr);
        let untyped = has_type && self.w.types.is_untyped(x.ty);
        if untyped {
            out.push_str(&self.type_string(x.ty));
            out.push(' ');
        }
        out.push_str(mode_string(x.mode));
        if x.is_const() {
            let val = x.value().to_string();
            if val != expr {
                out.push(' ');
                out.push_str(&val);
            }
        }
        if has_type && !untyped {
            out.push_str(&self.operand_type(x.ty));
        }
        out
    }

    fn operand_type(&self, t: TypeId) -> String {
        if t.is_invalid() {
            return " with invalid type".to_string();
        }
        let name = self.type_string(t);
        let mut desc = String::new();
        if self.w.types.as_named(t).is_some() && self.w.types.is_generic(t) {
            desc.push_str("generic ");
        }
        match self.w.types.get(t) {
            Type::TypeParam(p) => {
                let bound = self
                    .w
                    .types
                    .type_param(p)
                    .bound
                    .map_or(String::new(), |b| self.type_string(b));
                let empty = self.w.types.type_set_is_empty(t);
                let note = if empty { " with empty type set" } else { "" };
                return format!(" of {desc}type {name} constrained by {bound}{note}");
            }
            named => {
                let alias = t == TypeId::ANY || self.w.types.spelling(t).is_some();
                if alias || matches!(named, Type::Named(_)) {
                    let u = self.w.types.underlying(t);
                    match self.composite_kind(t) {
                        "" if u == TypeId::UNSAFE_POINTER => desc.push_str("Pointer"),
                        "" => desc.push_str(&self.type_string(self.w.types.canonical(u))),
                        kind => desc.push_str(kind),
                    }
                    desc.push(' ');
                }
            }
        }
        format!(" of {desc}type {name}")
    }

    /// `array`, `slice`…: the kind of a composite type; empty for a basic type.
    pub(super) fn composite_kind(&self, t: TypeId) -> &'static str {
        match self.w.types.under(t) {
            Type::Basic(_) | Type::Named(_) => "",
            Type::Array(..) => "array",
            Type::Slice(_) => "slice",
            Type::Struct(_) => "struct",
            Type::Pointer(_) => "pointer",
            Type::Signature(_) => "func",
            Type::Interface(_) | Type::TypeParam(_) => "interface",
            Type::Map(..) => "map",
            Type::Chan(..) => "chan",
            Type::Tuple(_) => "tuple",
        }
    }

    /// Whether `x` may be assigned to a variable of type `t`; if not, the error's code, with `cause` perhaps explaining it.
    pub(super) fn operand_assignable(
        &mut self,
        x: &Operand,
        t: TypeId,
        cause: &mut String,
    ) -> Result<(), Code> {
        if !x.is_valid() || x.ty.is_invalid() || t.is_invalid() || self.w.types.identical(x.ty, t) {
            return Ok(());
        }
        if !self.w.types.is_untyped(x.ty) {
            return self.assignable_to(x.ty, t, cause);
        }
        let fits = if self.w.types.is_type_param(t) {
            let set = self.typeset(t);
            set.iter().all(|term| match term {
                Some((term, _)) => self.implicit_type_and_value(x, *term).is_ok(),
                None => false,
            })
        } else {
            self.implicit_type_and_value(x, t).is_ok()
        };
        if fits {
            Ok(())
        } else {
            Err(Code::IncompatibleAssign)
        }
    }
}

//! Identifiers and type expressions (go/types: typexpr.go).
//!
//! Invariants: a type expression always gives a type, `Invalid` after a reported error; whatever needs complete types (map keys,
//! constraint interfaces as variable types, instantiations) is verified later.

use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{Expr, ExprKind, Ident, deep};
use crate::constant;
use crate::diag::Code;
use crate::source::{Pos, Span};
use crate::types::{Color, ObjId, ObjKind, Type, TypeId, VarKind};
use std::rc::Rc;

impl Checker<'_> {
    /// Checks an identifier; with `want_type`, it must denote a type.
    pub(super) fn ident<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, want_type: bool) {
        x.invalidate();
        x.expr = Some(e);
        let ExprKind::Ident(id) = &e.kind else { return };
        let Some((scope, obj)) = self.lookup_scope(id.name) else {
            return self.undeclared(id, want_type);
        };
        self.record_use(id, obj);
        let is_type = self
            .w
            .objects
            .with(obj, |o| matches!(o.kind, ObjKind::TypeName(_)));
        if want_type && !is_type {
            let message = format!("{} ({}) is not a type", id.name, self.object_kind(obj));
            self.error(id.span, Code::NotAType, message);
            self.w.objects.mark_used(obj);
            return;
        }
        self.resolve(obj, is_type && want_type);
        self.mark_dot_import(scope, obj);
        self.object_operand(x, id, obj);
    }

    fn undeclared(&mut self, id: &Ident, want_type: bool) {
        if self.probe_name(id.name, want_type) {
            return;
        }
        if id.name.is_blank() {
            self.error(id.span, Code::InvalidBlank, "cannot use _ as value or type");
        } else if !id.name.as_str().is_empty() {
            self.error(
                id.span,
                Code::UndeclaredName,
                format!("undefined: {}", id.name),
            );
        }
    }

    /// Makes sure the object's type is known, reporting a cycle if its declaration is the one being checked.
    pub fn resolve(&mut self, obj: ObjId, again: bool) {
        match self.w.objects.color(obj) {
            Color::Black => {}
            Color::White => self.obj_decl(obj),
            Color::Grey(_) => {
                if again || self.w.objects.ty(obj).is_invalid() {
                    self.obj_decl(obj);
                }
            }
        }
    }

    /// Fills the operand with what the identifier denotes.
    fn object_operand(&mut self, x: &mut Operand, id: &Ident, obj: ObjId) {
        let o = self.w.objects.get(obj);
        match o.kind {
            ObjKind::PkgName(_) => {
                self.error(
                    id.span,
                    Code::InvalidPkgUse,
                    format!("use of package {} not in selector", o.name),
                );
                return;
            }
            ObjKind::Const(val) => {
                self.add_dependency(obj);
                if o.ty.is_invalid() {
                    return;
                }
                x.val = if o.pkg.is_none() && o.name.as_str() == "iota" {
                    let Some(iota) = self.env.iota.clone() else {
                        self.error(
                            id.span,
                            Code::InvalidIota,
                            "cannot use iota outside constant declaration",
                        );
                        return;
                    };
                    Some(iota)
                } else {
                    Some(val)
                };
                x.mode = OperandMode::Constant;
            }
            ObjKind::TypeName(_) => x.mode = OperandMode::TypeExpr,
            ObjKind::Var(_) => {
                self.w.objects.mark_used(obj);
                self.add_dependency(obj);
                if o.ty.is_invalid() {
                    return;
                }
                x.mode = OperandMode::Variable;
            }
            ObjKind::Func(_) => {
                self.add_dependency(obj);
                x.mode = OperandMode::Value;
            }
            ObjKind::Builtin(b) => {
                x.builtin = Some(b);
                x.mode = OperandMode::Builtin;
            }
            ObjKind::Nil => x.mode = OperandMode::Nil,
            ObjKind::Label => return,
        }
        x.ty = o.ty;
    }

    /// What messages call this kind of object.
    pub fn object_kind(&self, obj: ObjId) -> &'static str {
        self.w.objects.with(obj, |o| match &o.kind {
            ObjKind::PkgName(_) => "package name",
            ObjKind::Const(_) => "constant",
            ObjKind::TypeName(true) => "type alias",
            ObjKind::TypeName(false) if self.w.types.is_type_param(o.ty) => "type parameter",
            ObjKind::TypeName(false) => "defined type",
            ObjKind::Var(VarKind::Global) => "package-level variable",
            ObjKind::Var(VarKind::Local) => "local variable",
            ObjKind::Var(VarKind::Recv) => "receiver",
            ObjKind::Var(VarKind::Param) => "parameter",
            ObjKind::Var(VarKind::Result) => "result variable",
            ObjKind::Var(VarKind::Field) => "struct field",
            ObjKind::Func(f) if f.decl.as_ref().is_none_or(|d| d.recv.is_some()) => "method",
            ObjKind::Func(_) => "function",
            ObjKind::Label => "label",
            ObjKind::Builtin(_) => "built-in function",
            ObjKind::Nil => "untyped nil",
        })
    }

    /// The type `e` denotes; it must not be generic.
    pub fn typ(&mut self, e: &Expr) -> TypeId {
        let t = deep(|| self.typ_internal(e));
        let t = if self.w.types.is_generic_type(t) {
            let what = self.type_string(t);
            self.error(
                e.span,
                Code::WrongTypeArgCount,
                format!("cannot use generic type {what} without instantiation"),
            );
            TypeId::INVALID
        } else {
            t
        };
        self.record_type_expr(e.id, t);
        t
    }

    /// The type `e` denotes; it must be one variables can have: not a constraint interface.
    pub fn var_type(&mut self, e: &Expr) -> TypeId {
        let t = self.typ(e);
        self.valid_var_type(e, t);
        t
    }

    /// Reports later if `t` is a constraint interface.
    pub(super) fn valid_var_type(&mut self, e: &Expr, t: TypeId) {
        // Nothing that is no interface by itself has to be looked at again.
        match self.w.types.get(t) {
            Type::Interface(_) | Type::Named(_) => {}
            _ => return,
        }
        let span = e.span;
        self.later(move |c| {
            if !c.w.types.is_interface(t) {
                return;
            }
            let set = c.w.types.type_set(t);
            if set.is_method_set() {
                return;
            }
            let why = if set.comparable {
                "interface is (or embeds) comparable"
            } else {
                "interface contains type constraints"
            };
            let what = c.type_string(t);
            let message = format!("cannot use type {what} outside a type constraint: {why}");
            c.error(span, Code::MisplacedConstraintIface, message);
        });
    }

    /// The generic type `e` denotes. If it is a type but not generic, the error message is given back.
    pub(super) fn generic_type(&mut self, e: &Expr) -> Result<TypeId, String> {
        let t = deep(|| self.typ_internal(e));
        self.record_type_expr(e.id, t);
        if !t.is_invalid() && !self.w.types.is_generic_type(t) {
            return Err(format!("{} is not a generic type", self.type_string(t)));
        }
        Ok(t)
    }

    fn typ_internal(&mut self, e: &Expr) -> TypeId {
        match &e.kind {
            ExprKind::Bad => TypeId::INVALID,
            ExprKind::Ident(_) => {
                let mut x = Operand::new();
                self.ident(&mut x, e, true);
                self.type_operand(&x)
            }
            ExprKind::Selector(..) => {
                let mut x = Operand::new();
                self.selector(&mut x, e, true);
                self.type_operand(&x)
            }
            ExprKind::Index(x, args) => self.instantiated_type(x, args),
            ExprKind::Paren(x) => self.typ(x),
            ExprKind::ArrayType(len, elem) => self.array_type(e, len.as_deref(), elem),
            ExprKind::SliceType(elem) => {
                let elem = self.var_type(elem);
                self.w.types.slice(elem)
            }
            ExprKind::Star(base) => {
                let base = self.var_type(base);
                if base.is_invalid() {
                    base
                } else {
                    self.w.types.pointer(base)
                }
            }
            ExprKind::StructType(s) => self.struct_type(s),
            ExprKind::FuncType(f) => self.func_type(None, &[], f).ty,
            ExprKind::InterfaceType(i) => {
                let t = self.interface_type(i);
                self.interfaces.push((e.span, t));
                t
            }
            ExprKind::MapType(k, v) => self.map_type(k, v),
            ExprKind::ChanType(dir, elem) => {
                let elem = self.var_type(elem);
                let t = self.w.types.chan(*dir, elem);
                self.check_size(e.span, t);
                t
            }
            ExprKind::Ellipsis(_) => {
                self.error(e.span, Code::InvalidSyntaxTree, "invalid use of ...");
                TypeId::INVALID
            }
            _ => {
                self.error(
                    start_pos(e),
                    Code::NotAType,
                    format!("{} is not a type", expr_string(e)),
                );
                self.use_exprs([e]);
                TypeId::INVALID
            }
        }
    }

    fn type_operand(&mut self, x: &Operand) -> TypeId {
        match x.mode {
            OperandMode::TypeExpr => x.ty,
            OperandMode::Invalid => TypeId::INVALID,
            mode => {
                let what = self.operand_string(x);
                let verb = if mode == OperandMode::NoValue {
                    "used as type"
                } else {
                    "is not a type"
                };
                self.error(x.span(), Code::NotAType, format!("{what} {verb}"));
                TypeId::INVALID
            }
        }
    }

    fn array_type(&mut self, e: &Expr, len: Option<&Expr>, elem: &Expr) -> TypeId {
        let len = match len {
            Some(len) => self.array_length(len),
            None => {
                let message = "invalid use of [...] array (outside a composite literal)";
                self.error(e.span, Code::BadDotDotDotSyntax, message);
                None
            }
        };
        let elem = self.var_type(elem);
        match len {
            Some(n) => {
                let t = self.w.types.array(n, elem);
                self.check_size(e.span, t);
                t
            }
            None => TypeId::INVALID,
        }
    }

    /// Reports later if a type is larger than any object can be.
    fn check_size(&mut self, span: Span, t: TypeId) {
        if self.w.packages[self.pkg.0 as usize].is_script {
            self.later(move |c| c.report_size(span, t));
        } else {
            self.sized.push((span, t));
        }
    }

    /// The value of an array length expression.
    pub(super) fn array_length(&mut self, e: &Expr) -> Option<i64> {
        if let ExprKind::Ident(id) = &e.kind {
            let message = match self.lookup(id.name) {
                None => format!(
                    "undefined array length {} or missing type constraint",
                    id.name
                ),
                Some(o)
                    if self
                        .w
                        .objects
                        .with(o, |o| !matches!(o.kind, ObjKind::Const(_))) =>
                {
                    self.w.objects.mark_used(o);
                    format!("invalid array length {}", id.name)
                }
                Some(_) => String::new(),
            };
            if !message.is_empty() {
                self.error(start_pos(e), Code::InvalidArrayLen, message);
                return None;
            }
        }
        let mut x = Operand::new();
        self.expr(None, &mut x, e);
        if !x.is_valid() {
            return None;
        }
        let what = self.operand_string(&x);
        if !x.is_const() {
            self.error(
                start_pos(e),
                Code::InvalidArrayLen,
                format!("array length {what} must be constant"),
            );
            return None;
        }
        let integer = self.w.types.is_integer(x.ty);
        if x.value().is_unknown() {
            return None;
        }
        if (integer || self.w.types.is_untyped(x.ty))
            && let Some(n) = constant::to_int(&x.value()).as_i64().filter(|n| *n >= 0)
        {
            return Some(n);
        }
        let message = if integer {
            format!("invalid array length {what}")
        } else {
            format!("array length {what} must be integer")
        };
        self.error(start_pos(e), Code::InvalidArrayLen, message);
        None
    }

    fn map_type(&mut self, k: &Expr, v: &Expr) -> TypeId {
        let key = self.var_type(k);
        let elem = self.var_type(v);
        let span = start_pos(k);
        if !matches!(self.w.types.get(key), Type::Basic(_)) {
            self.later(move |c| {
                if !c.w.types.comparable(key) {
                    let why = if c.w.types.is_type_param(key) {
                        " (missing comparable constraint)"
                    } else {
                        ""
                    };
                    let what = c.type_string(key);
                    c.error(
                        span,
                        Code::IncomparableMapKey,
                        format!("invalid map key type {what}{why}"),
                    );
                }
            });
        }
        self.w.types.map(key, elem)
    }

    /// The types of a list of type expressions; none if one of them was wrong.
    pub(super) fn type_list(&mut self, list: &[Expr]) -> Option<Vec<TypeId>> {
        let types: Vec<TypeId> = list.iter().map(|e| self.var_type(e)).collect();
        (!types.iter().any(|t| t.is_invalid())).then_some(types)
    }

    fn instantiated_type(&mut self, x: &Expr, args: &[Expr]) -> TypeId {
        let generic = match self.generic_type(x) {
            Ok(t) => t,
            Err(cause) => {
                let list: Vec<String> = args.iter().map(expr_string).collect();
                let message = format!(
                    "invalid operation: {}[{}] ({cause})",
                    expr_string(x),
                    list.join(", ")
                );
                self.error(x.span, Code::NotAGenericType, message);
                TypeId::INVALID
            }
        };
        if generic.is_invalid() {
            return generic;
        }
        let Some(targs) = self.type_list(args) else {
            return TypeId::INVALID;
        };
        let spans: Rc<[Span]> = args.iter().map(start_pos).collect();
        if let Some(tparams) = self.w.types.alias_tparams(generic) {
            return self.alias_instance(x, generic, &tparams, &targs, spans);
        }
        let Some(n) = self.w.types.as_named(generic) else {
            return TypeId::INVALID;
        };
        let inst = self.w.types.instance(n, &targs);
        let (id, span) = (type_name_id(x), x.span);
        self.instance_spans.entry(inst).or_insert(span);
        self.targ_spans
            .insert((self.pkg, id), (span, spans.clone()));
        self.later(move |c| {
            c.record_instance(id, targs.clone().into(), inst);
            let name = c.w.objects.name(c.w.types.named_obj(n));
            let tparams = c.w.types.named(n).tparams;
            if c.validate_targ_len(span, name.as_str(), tparams.len(), targs.len()) {
                c.verify_at(span, &tparams, &targs, &spans);
            }
        });
        inst
    }

    fn alias_instance(
        &mut self,
        x: &Expr,
        generic: TypeId,
        tparams: &Rc<[crate::types::TypeParamId]>,
        targs: &[TypeId],
        spans: Rc<[Span]>,
    ) -> TypeId {
        let Some((obj, _)) = self.w.types.spelling(generic) else {
            return TypeId::INVALID;
        };
        let name = self.w.objects.name(obj);
        if !self.validate_targ_len(x.span, name.as_str(), tparams.len(), targs.len()) {
            return TypeId::INVALID;
        }
        let t = self.w.types.subst(generic, tparams, targs);
        let inst = self.w.types.spelled_instance(t, obj, targs);
        let (tparams, targs, id, span) = (tparams.clone(), targs.to_vec(), type_name_id(x), x.span);
        self.later(move |c| {
            c.record_instance(id, targs.clone().into(), inst);
            c.verify_at(span, &tparams, &targs, &spans);
        });
        inst
    }

    /// Verifies type arguments and reports at the first that does not satisfy its constraint.
    fn verify_at(
        &mut self,
        at: Span,
        tparams: &[crate::types::TypeParamId],
        targs: &[TypeId],
        spans: &[Span],
    ) {
        if let Err((i, cause)) = self.verify(tparams, targs) {
            self.error(
                spans.get(i).copied().unwrap_or(at),
                Code::InvalidTypeArg,
                cause,
            );
        }
    }
}

/// Where gc reports errors about an expression: at its leftmost part, of a function type at the parenthesis, of a slice expression at
/// the bracket.
pub(super) fn start_pos(e: &Expr) -> Span {
    let mut at = e;
    let lo = loop {
        at = match &at.kind {
            ExprKind::FuncType(_) => break Pos(at.span.lo.0 + "func".len() as u32),
            ExprKind::Slice(s) => break s.x.span.hi,
            ExprKind::Binary(_, _, x, _) | ExprKind::Index(x, _) | ExprKind::Selector(x, _) => x,
            ExprKind::TypeAssert(x, _) => x,
            ExprKind::Call(c) => &c.fun,
            _ => break at.span.lo,
        };
    };
    Span { lo, hi: e.span.hi }
}

/// The position of an expression itself: that of the token that makes it what it is.
pub(super) fn node_pos(e: &Expr) -> Span {
    let x = match &e.kind {
        ExprKind::Binary(_, op, ..) => {
            return Span {
                lo: *op,
                hi: e.span.hi,
            };
        }
        ExprKind::Index(x, _) | ExprKind::Selector(x, _) | ExprKind::TypeAssert(x, _) => x,
        ExprKind::Call(c) => &c.fun,
        ExprKind::Slice(s) => &s.x,
        _ => return start_pos(e),
    };
    Span {
        lo: x.span.hi,
        hi: e.span.hi,
    }
}

/// The id of the identifier that names a (possibly qualified) generic type.
fn type_name_id(e: &Expr) -> crate::ast::NodeId {
    match &e.kind {
        ExprKind::Selector(_, sel) => sel.id,
        ExprKind::Paren(x) => type_name_id(x),
        _ => e.id,
    }
}

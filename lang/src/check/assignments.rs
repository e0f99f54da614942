//! Initialisation and assignment (go/types: assignments.go).

use super::expr::Target;
use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{Expr, ExprKind, Ident, unparen};
use crate::diag::Code;
use crate::source::{Pos, Span};
use crate::types::{ObjId, ObjKind, Type, TypeId, VarKind};
use rustc_hash::FxHashSet;

impl Checker<'_> {
    /// Checks that `x` may be assigned to a variable of type `t` (none: the blank identifier), converting an untyped `x`. `context`
    /// says where in messages.
    pub(crate) fn assignment(&mut self, x: &mut Operand, t: Option<TypeId>, context: &str) {
        self.probe_wants(x, t);
        self.single_value(x);
        match x.mode {
            OperandMode::Invalid => return,
            OperandMode::NoValue | OperandMode::Builtin | OperandMode::TypeExpr => {
                let (what, t) = (
                    self.operand_string(x),
                    t.map_or("value".into(), |t| self.type_string(t)),
                );
                let message = format!("cannot assign {what} to {t} in {context}");
                self.error(x.span(), Code::IncompatibleAssign, message);
                x.invalidate();
                return;
            }
            _ => {}
        }
        if self.w.types.is_untyped(x.ty) && !self.assign_untyped(x, t, context) {
            x.invalidate();
            return;
        }
        let target = self.new_target(t, || context.to_string());
        self.non_generic(target.as_ref(), x);
        let Some(t) = t else { return };
        if !x.is_valid() {
            return;
        }
        let mut cause = String::new();
        if let Err(code) = self.operand_assignable(x, t, &mut cause) {
            let (what, t) = (self.operand_string(x), self.type_string(t));
            let sep = if cause.is_empty() { "" } else { ": " };
            let message = format!("cannot use {what} as {t} value in {context}{sep}{cause}");
            self.error(x.span(), code, message);
            x.invalidate();
        }
    }

    /// Converts the untyped `x` for an assignment; whether that worked.
    fn assign_untyped(&mut self, x: &mut Operand, t: Option<TypeId>, context: &str) -> bool {
        let target = match t {
            None if x.is_nil() => {
                self.error(
                    x.span(),
                    Code::UntypedNilUse,
                    format!("use of untyped nil in {context}"),
                );
                return false;
            }
            Some(t) if x.is_nil() || !self.is_interface(t) => t,
            _ => self.w.types.default_type(x.ty),
        };
        match self.implicit_type_and_value(x, target) {
            Ok((ty, val)) => {
                self.become_typed(x, ty, val);
                true
            }
            Err(code) => {
                let (what, t) = (self.operand_string(x), self.type_string(target));
                let mut message = format!("cannot use {what} as {t} value in {context}");
                let code = match code {
                    Code::TruncatedFloat => {
                        message.push_str(" (truncated)");
                        code
                    }
                    Code::NumericOverflow => {
                        message.push_str(" (overflows)");
                        code
                    }
                    _ => Code::IncompatibleAssign,
                };
                self.error(x.span(), code, message);
                false
            }
        }
    }

    /// Initialises the constant `lhs`, whose type is `ty` if it was given.
    pub(super) fn init_const(&mut self, lhs: ObjId, ty: Option<TypeId>, x: &mut Operand) {
        if !x.is_valid() || x.ty.is_invalid() || ty.is_some_and(TypeId::is_invalid) {
            self.w.objects.set_type(lhs, ty.unwrap_or(TypeId::INVALID));
            return;
        }
        if !x.is_const() {
            let what = self.operand_string(x);
            self.error(
                x.span(),
                Code::InvalidConstInit,
                format!("{what} is not constant"),
            );
            self.w.objects.set_type(lhs, ty.unwrap_or(TypeId::INVALID));
            return;
        }
        let ty = ty.unwrap_or(x.ty);
        self.w.objects.set_type(lhs, ty);
        if self.w.types.is_untyped(ty) {
            // Stays untyped: nothing to convert.
            self.single_value(x);
        } else {
            self.assignment(x, Some(ty), "constant declaration");
        }
        if x.is_valid() {
            let val = x.value();
            self.w.objects.update(lhs, |o| o.kind = ObjKind::Const(val));
        }
    }

    /// Initialises the variable `lhs` with `x`. A variable without declared type (`ty` is none) takes that of `x`, or the invalid type
    /// after an error.
    pub(super) fn init_var(
        &mut self,
        lhs: ObjId,
        ty: Option<TypeId>,
        x: &mut Operand,
        context: &str,
    ) {
        self.probe_wants(x, ty);
        if !x.is_valid() || x.ty.is_invalid() || ty.is_some_and(TypeId::is_invalid) {
            self.w.objects.set_type(lhs, ty.unwrap_or(TypeId::INVALID));
            x.invalidate();
            return;
        }
        let ty = match ty {
            Some(ty) => ty,
            None if x.ty == TypeId::UNTYPED_NIL => {
                self.error(
                    x.span(),
                    Code::UntypedNilUse,
                    format!("use of untyped nil in {context}"),
                );
                self.w.objects.set_type(lhs, TypeId::INVALID);
                x.invalidate();
                return;
            }
            None => self.w.types.default_type(x.ty),
        };
        self.w.objects.set_type(lhs, ty);
        self.assignment(x, Some(ty), context);
    }

    /// If `lhs` is a variable of this package: the variable and whether it counts as used so far. Assigning does not use it.
    pub(super) fn assigned_var(&self, lhs: &Expr) -> Option<(ObjId, bool)> {
        let ExprKind::Ident(id) = &unparen(lhs).kind else {
            return None;
        };
        let obj = self.lookup(id.name)?;
        let ours = self.w.objects.with(obj, |o| {
            matches!(o.kind, ObjKind::Var(_)) && o.pkg == Some(self.pkg)
        });
        ours.then(|| (obj, self.w.objects.is_used(obj)))
    }

    /// The type of a left-hand side: none for the blank identifier, invalid after an error.
    fn lhs_var(&mut self, lhs: &Expr) -> Option<TypeId> {
        if let ExprKind::Ident(id) = &unparen(lhs).kind
            && id.name.is_blank()
        {
            return None;
        }
        let restore = self.assigned_var(lhs);
        let mut x = Operand::new();
        self.expr(None, &mut x, lhs);
        if let Some((v, used)) = restore {
            self.w.objects.set_used(v, used);
        }
        if !x.is_valid() || x.ty.is_invalid() {
            return Some(TypeId::INVALID);
        }
        if matches!(x.mode, OperandMode::Variable | OperandMode::MapIndex) {
            return Some(x.ty);
        }
        let text = x.expr_string();
        if let ExprKind::Selector(base, _) = &lhs.kind {
            let mut op = Operand::new();
            self.expr(None, &mut op, base);
            if op.mode == OperandMode::MapIndex {
                let message = format!("cannot assign to struct field {text} in map");
                self.error(x.span(), Code::UnaddressableFieldAssign, message);
                return Some(TypeId::INVALID);
            }
        }
        let message =
            format!("cannot assign to {text} (neither addressable nor a map index expression)");
        self.error(x.span(), Code::UnassignableOperand, message);
        Some(TypeId::INVALID)
    }

    /// `lhs = x`
    pub(super) fn assign_var(&mut self, lhs: &Expr, x: &mut Operand, context: &str) {
        match self.lhs_var(lhs) {
            Some(t) if t.is_invalid() => x.invalidate(),
            t => self.assignment(x, t, assign_context(t, context)),
        }
    }

    /// `lhs = rhs`
    fn assign_expr(&mut self, lhs: &Expr, rhs: &Expr, context: &str) {
        let t = self.lhs_var(lhs);
        if t.is_some_and(TypeId::is_invalid) {
            self.use_exprs([rhs]);
            return;
        }
        let target = self.new_target(t, || expr_string(lhs));
        let mut x = Operand::new();
        self.expr(target.as_ref(), &mut x, rhs);
        self.assignment(&mut x, t, assign_context(t, context));
    }

    /// `(number, string, T)`: types in a message about counts.
    pub(super) fn types_summary(&self, list: &[TypeId], variadic: bool, has_dots: bool) -> String {
        let one = |(i, &t): (usize, &TypeId)| {
            let last = i + 1 == list.len();
            let mut s = if t.is_invalid() {
                "unknown type".to_string()
            } else if self.w.types.is_untyped(t) {
                if self.w.types.is_numeric(t) {
                    "number".to_string()
                } else {
                    self.type_string(t).replace("untyped ", "")
                }
            } else {
                self.type_string(t)
            };
            if last && variadic {
                if let Type::Slice(elem) = self.w.types.get(t) {
                    s = self.type_string(elem);
                }
                s.insert_str(0, "...");
            } else if last && has_dots {
                s.push_str("...");
            }
            s
        };
        format!(
            "({})",
            list.iter()
                .enumerate()
                .map(one)
                .collect::<Vec<_>>()
                .join(", ")
        )
    }

    fn assign_error(&mut self, rhs: &[Expr], l: usize, r: usize) {
        let (vars, vals) = (measure(l, "variable"), measure(r, "value"));
        let Some(first) = rhs.first() else { return };
        let message = match &unparen(first).kind {
            ExprKind::Call(call) if rhs.len() == 1 => {
                format!(
                    "assignment mismatch: {vars} but {} returns {vals}",
                    expr_string(&call.fun)
                )
            }
            _ => format!("assignment mismatch: {vars} but {vals}"),
        };
        self.error(first.span, Code::WrongAssignCount, message);
    }

    fn return_error(&mut self, at: Span, lhs: &[TypeId], rhs: &[Operand]) {
        let (at, qualifier) = match rhs.get(lhs.len()) {
            Some(extra) => (extra.span(), "too many"),
            None => (rhs.last().map_or(at, Operand::span), "not enough"),
        };
        let have: Vec<TypeId> = rhs.iter().map(|x| x.ty).collect();
        let (have, want) = (
            self.types_summary(&have, false, false),
            self.types_summary(lhs, false, false),
        );
        let message = format!("{qualifier} return values\n\thave {have}\n\twant {want}");
        self.error(at, Code::WrongResultCount, message);
    }

    /// Initialises variables with the values of `rhs`; `types` are their declared types. `returns` is the return
    /// statement whose results they are, if any.
    pub(super) fn init_vars(
        &mut self,
        lhs: &[ObjId],
        types: &[Option<TypeId>],
        rhs: &[Expr],
        returns: Option<Span>,
    ) {
        let (l, r) = (lhs.len(), rhs.len());
        let context = match returns {
            Some(_) => "return statement",
            None if l > 1 => "multiple assignment",
            None => "assignment",
        };
        let is_call = r == 1 && matches!(unparen(&rhs[0]).kind, ExprKind::Call(_));
        if l == r && !is_call {
            for ((&v, &ty), e) in lhs.iter().zip(types).zip(rhs) {
                let target = self.var_target(v, ty, returns.is_some());
                let mut x = Operand::new();
                self.expr(target.as_ref(), &mut x, e);
                self.init_var(v, ty, &mut x, context);
            }
            return;
        }
        if r != 1 {
            if self.use_exprs(rhs) {
                match returns {
                    Some(at) => {
                        let values = self.expr_list(rhs);
                        self.return_error(at, &some_types(types), &values);
                    }
                    None => self.assign_error(rhs, l, r),
                }
            }
            return self.invalid_vars(lhs, types);
        }
        let (mut values, comma_ok) = self.multi_expr(&rhs[0], l == 2 && returns.is_none());
        if l == values.len() {
            for ((&v, &ty), x) in lhs.iter().zip(types).zip(&mut values) {
                self.init_var(v, ty, x, context);
            }
            if comma_ok {
                self.record_comma_ok(&rhs[0], &values);
            }
            return;
        }
        if values[0].is_valid() {
            match returns {
                Some(at) => self.return_error(at, &some_types(types), &values),
                None => self.assign_error(rhs, l, values.len()),
            }
        }
        self.invalid_vars(lhs, types);
    }

    fn var_target(&self, v: ObjId, ty: Option<TypeId>, result: bool) -> Option<Target> {
        self.new_target(ty, || match self.w.objects.name(v).as_str() {
            "" | "_" if result => "result variable".to_string(),
            name => name.to_string(),
        })
    }

    /// After an error every variable has a type all the same.
    fn invalid_vars(&mut self, lhs: &[ObjId], types: &[Option<TypeId>]) {
        for (&v, ty) in lhs.iter().zip(types) {
            self.w.objects.set_type(v, ty.unwrap_or(TypeId::INVALID));
        }
    }

    /// `lhs… = rhs…`
    pub(super) fn assign_vars(&mut self, lhs: &[Expr], rhs: &[Expr]) {
        let (l, r) = (lhs.len(), rhs.len());
        let context = if l > 1 {
            "multiple assignment"
        } else {
            "assignment"
        };
        let is_call = r == 1 && matches!(unparen(&rhs[0]).kind, ExprKind::Call(_));
        if l == r && !is_call {
            for (l, r) in lhs.iter().zip(rhs) {
                self.assign_expr(l, r, context);
            }
            return;
        }
        if r != 1 {
            let left = self.use_lhs(lhs);
            if self.use_exprs(rhs) && left {
                self.assign_error(rhs, l, r);
            }
            return;
        }
        let (mut values, comma_ok) = self.multi_expr(&rhs[0], l == 2);
        if l == values.len() {
            for (l, x) in lhs.iter().zip(&mut values) {
                self.assign_var(l, x, context);
            }
            if comma_ok {
                self.record_comma_ok(&rhs[0], &values);
            }
            return;
        }
        if values[0].is_valid() {
            self.assign_error(rhs, l, values.len());
        }
        self.use_lhs(lhs);
    }

    /// Records that `e` gives a value and a boolean.
    pub(super) fn record_comma_ok(&mut self, e: &Expr, values: &[Operand]) {
        let [value, ok] = values else { return };
        if !value.is_valid() || !ok.is_valid() {
            return;
        }
        let tuple = self.w.types.tuple(&[value.ty, ok.ty]);
        let mut e = e;
        loop {
            if let Some(tv) = self.info().types.get_mut(&e.id) {
                tv.ty = tuple;
            }
            match &e.kind {
                ExprKind::Paren(inner) => e = inner,
                _ => return,
            }
        }
    }

    /// `lhs… := rhs…`; `at` is the operator.
    pub(super) fn short_var_decl(&mut self, at: Pos, lhs: &[Expr], rhs: &[Expr]) {
        let top = self.delayed.len();
        let scope = self.env.scope;
        let mut seen = FxHashSet::default();
        let (mut vars, mut new_vars) = (Vec::new(), Vec::new());
        let mut failed = false;
        for e in lhs {
            let var = match &e.kind {
                ExprKind::Ident(id) if id.name.is_blank() || seen.insert(id.name) => {
                    self.short_var(id, &mut new_vars)
                }
                ExprKind::Ident(_) => {
                    let message = format!("{} repeated on left side of :=", expr_string(e));
                    self.error(e.span, Code::RepeatedDecl, message);
                    None
                }
                _ => {
                    self.use_lhs([e]);
                    let message = format!("non-name {} on left side of :=", expr_string(e));
                    self.error(super::typexpr::start_pos(e), Code::BadDecl, message);
                    None
                }
            };
            failed |= var.is_none();
            vars.push(var.unwrap_or_else(|| (self.dummy_var(e.span), None)));
        }
        let (objs, types): (Vec<_>, Vec<_>) = vars.into_iter().unzip();
        self.init_vars(&objs, &types, rhs, None);
        self.process_delayed(top);
        if new_vars.is_empty() {
            if !failed {
                let span = Span {
                    lo: at,
                    hi: Pos(at.0 + 2),
                };
                self.error(span, Code::NoNewVar, "no new variables on left side of :=");
            }
            return;
        }
        let scope_pos = rhs.last().map_or(at, |e| e.span.hi);
        for obj in new_vars {
            self.declare(scope, None, obj, scope_pos);
        }
    }

    /// One name left of `:=`: its variable and, if it is not new, its type.
    fn short_var(
        &mut self,
        id: &Ident,
        new_vars: &mut Vec<ObjId>,
    ) -> Option<(ObjId, Option<TypeId>)> {
        if let Some(alt) = self.w.objects.lookup(self.env.scope, id.name) {
            self.record_use(id, alt);
            if self.w.objects.var_kind(alt).is_some() {
                return Some((alt, Some(self.w.objects.ty(alt))));
            }
            self.error(
                id.span,
                Code::UnassignableOperand,
                format!("cannot assign to {}", id.name),
            );
            return None;
        }
        let kind = if self.env.in_script {
            VarKind::Global
        } else {
            VarKind::Local
        };
        let obj = self
            .w
            .objects
            .new_var(id.name, id.span, self.pkg, TypeId::INVALID, kind);
        self.record_def(id, obj);
        if !id.name.is_blank() {
            new_vars.push(obj);
        }
        Some((obj, None))
    }

    /// A variable that stands for a wrong left-hand side.
    pub(super) fn dummy_var(&mut self, span: Span) -> ObjId {
        let name = crate::symbol::Symbol::new("_");
        self.w
            .objects
            .new_var(name, span, self.pkg, TypeId::INVALID, VarKind::Local)
    }
}

fn some_types(types: &[Option<TypeId>]) -> Vec<TypeId> {
    types.iter().map(|t| t.unwrap_or(TypeId::INVALID)).collect()
}

fn assign_context(t: Option<TypeId>, context: &str) -> &str {
    if t.is_none() && context == "assignment" {
        "assignment to _ identifier"
    } else {
        context
    }
}

fn measure(n: usize, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

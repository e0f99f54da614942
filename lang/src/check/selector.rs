//! Selectors: qualified identifiers, fields, method values and method expressions (spec: Selectors).

use super::{Checker, Operand, OperandMode, Selection, SelectionKind, expr_string};
use crate::ast::{Expr, ExprKind, Ident};
use crate::diag::Code;
use crate::symbol::Symbol;
use crate::types::{
    Found, LookupError, Member, NamedId, ObjId, ObjKind, PkgId, Signature, Type, TypeId,
    lookup_field_or_method,
};
use std::rc::Rc;

impl Checker<'_> {
    /// The field or method `name` of `t` as seen from the current package.
    pub(super) fn lookup_member(
        &self,
        t: TypeId,
        addressable: bool,
        name: Symbol,
    ) -> Result<Found, LookupError> {
        lookup_field_or_method(
            &self.w.types,
            &self.w.objects,
            t,
            addressable,
            Some(self.pkg),
            name,
            false,
        )
    }

    /// A field or method whose name differs in case only, or that is not visible from here.
    pub(super) fn lookup_similar(
        &self,
        t: TypeId,
        addressable: bool,
        name: Symbol,
    ) -> Option<Found> {
        lookup_field_or_method(
            &self.w.types,
            &self.w.objects,
            t,
            addressable,
            Some(self.pkg),
            name,
            true,
        )
        .ok()
    }

    /// Checks the selector expression `e`; with `want_type`, it must denote a type.
    pub(super) fn selector<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, want_type: bool) {
        x.invalidate();
        if let ExprKind::Selector(inner, sel) = &e.kind {
            self.select(x, e, inner, *sel, want_type);
        }
        if !x.is_valid() {
            x.ty = TypeId::INVALID;
        }
        x.expr = Some(e);
    }

    fn select<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        inner: &'a Expr,
        sel: Ident,
        want_type: bool,
    ) {
        if let ExprKind::Ident(id) = &inner.kind
            && let Some((obj, pkg)) = self.package_name(id.name)
        {
            self.record_use(id, obj);
            self.w.objects.mark_used(obj);
            self.qualified_ident(x, e, pkg, sel);
            return;
        }
        if self.probes(sel.name) {
            return self.probe_member(x, inner);
        }
        self.expr_or_type(x, inner, false);
        match x.mode {
            OperandMode::Invalid => return,
            OperandMode::Builtin => {
                let message = format!(
                    "invalid use of {} in selector expression",
                    self.operand_string(x)
                );
                let dot = self.token_behind(inner.span.hi, e.span.hi);
                self.error(dot, Code::UncalledBuiltin, message);
                return x.invalidate();
            }
            _ => {}
        }
        if !self.is_complete(x.ty) {
            return x.invalidate();
        }
        if want_type {
            self.error(
                sel.span,
                Code::NotAType,
                format!("{} is not a type", expr_string(e)),
            );
            return x.invalidate();
        }
        if let Type::Pointer(base) = self.w.types.under(x.ty)
            && !self.is_complete(base)
        {
            return x.invalidate();
        }
        match self.lookup_member(x.ty, x.mode == OperandMode::Variable, sel.name) {
            Err(why) => {
                self.selector_error(x, sel, why);
                x.invalidate();
            }
            Ok(found) => self.selected(x, e, inner, sel, found),
        }
    }

    /// The package a name denotes here, if it denotes one, with the object of the name.
    fn package_name(&mut self, name: Symbol) -> Option<(ObjId, PkgId)> {
        let obj = self.lookup(name).or_else(|| self.import_by_use(name))?;
        self.w.objects.with(obj, |o| match o.kind {
            ObjKind::PkgName(pkg) => Some((obj, pkg)),
            _ => None,
        })
    }

    /// `pkg.sel`
    fn qualified_ident(&mut self, x: &mut Operand, e: &Expr, pkg: PkgId, sel: Ident) {
        x.invalidate();
        if self.probe_package(sel.name, pkg) {
            return;
        }
        // Unexported names do not exist for importers.
        let Some(exp) = self
            .package_member(pkg, sel.name)
            .filter(|_| sel.name.is_exported())
        else {
            if self.w.packages[pkg.0 as usize].fake {
                return;
            }
            let scope = self.w.packages[pkg.0 as usize].scope;
            let text = expr_string(e);
            let names = self.w.objects.scope_names(scope);
            let similar =
                |n: &Symbol| n.is_exported() && n.as_str().eq_ignore_ascii_case(sel.name.as_str());
            let message = match names.iter().map(|n| n.0).find(similar) {
                Some(other) => format!("undefined: {text} (but have {other})"),
                None => format!("undefined: {text}"),
            };
            self.error(sel.span, Code::UndeclaredImportedName, message);
            return;
        };
        self.record_use(&sel, exp);
        self.resolve(exp, false);
        let obj = self.w.objects.get(exp);
        x.ty = obj.ty;
        x.mode = match obj.kind {
            ObjKind::Const(val) => {
                x.val = Some(val);
                OperandMode::Constant
            }
            ObjKind::TypeName(_) => OperandMode::TypeExpr,
            ObjKind::Var(_) => OperandMode::Variable,
            ObjKind::Func(_) => OperandMode::Value,
            ObjKind::Builtin(b) => {
                x.builtin = Some(b);
                OperandMode::Builtin
            }
            _ => OperandMode::Invalid,
        };
        if x.ty.is_invalid() && x.mode != OperandMode::Builtin {
            x.invalidate();
        }
    }

    fn selector_error(&mut self, x: &Operand, sel: Ident, why: LookupError) {
        if self.w.types.underlying(x.ty).is_invalid() {
            return;
        }
        let (text, t, name) = (x.expr_string(), self.type_string(x.ty), sel.name);
        let (code, message) = match why {
            LookupError::Ambiguous => (
                Code::AmbiguousSelector,
                format!("ambiguous selector {text}.{name}"),
            ),
            LookupError::PointerReceiver if x.mode == OperandMode::TypeExpr => (
                Code::InvalidMethodExpr,
                format!(
                    "invalid method expression {t}.{name} (needs pointer receiver (*{t}).{name})"
                ),
            ),
            LookupError::PointerReceiver => (
                Code::InvalidMethodExpr,
                format!("cannot call pointer method {name} on {t}"),
            ),
            LookupError::NotFound => {
                let why = self.missing_member(x, name);
                (
                    Code::MissingFieldOrMethod,
                    format!("{text}.{name} undefined ({why})"),
                )
            }
        };
        self.error(sel.span, code, message);
    }

    fn missing_member(&self, x: &Operand, name: Symbol) -> String {
        if let Type::Pointer(base) = self.w.types.under(x.ty) {
            let t = self.type_string(x.ty);
            if self.w.types.is_type_param(base) {
                return format!("type {t} is pointer to type parameter, not type parameter");
            }
            if self.is_interface(base) {
                return format!("type {t} is pointer to interface, not interface");
            }
        }
        let similar = self.lookup_similar(x.ty, x.mode == OperandMode::Variable, name);
        self.lookup_error(x.ty, name, similar.as_ref(), false)
    }

    /// What to say about the missing `name` in `t` when there is something similar.
    pub(super) fn lookup_error(
        &self,
        t: TypeId,
        name: Symbol,
        similar: Option<&Found>,
        literal: bool,
    ) -> String {
        let t = self.type_string(t);
        let (what, alt, pkg) = match similar.map(|f| &f.member) {
            Some(Member::Field(f)) => ("field", Some(f.name), f.pkg),
            Some(Member::Method(m, _)) => (
                "method",
                Some(self.w.objects.name(*m)),
                self.w.objects.pkg(*m),
            ),
            Some(Member::Interface(m)) => ("method", Some(m.name), m.pkg),
            None => ("", None, None),
        };
        let case = alt.map_or(Similar::Missing, |alt| {
            similarity(name, alt, pkg == Some(self.pkg))
        });
        let alt = alt.unwrap_or(name);
        if literal {
            let unknown = format!("unknown field {name} in struct literal of type {t}");
            return match case {
                Similar::Missing => unknown,
                Similar::Misspelled => format!("{unknown}, but does have {alt}"),
                Similar::Unexported => format!("{unknown}, but does have unexported {alt}"),
                Similar::Inaccessible => {
                    format!("cannot refer to unexported field {alt} in struct literal of type {t}")
                }
            };
        }
        let missing = format!("type {t} has no field or method {name}");
        match case {
            Similar::Missing => missing,
            Similar::Misspelled => format!("{missing}, but does have {what} {alt}"),
            Similar::Unexported => format!("{missing}, but does have unexported {what} {alt}"),
            Similar::Inaccessible => format!("cannot refer to unexported {what} {alt}"),
        }
    }

    fn selected<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        inner: &'a Expr,
        sel: Ident,
        found: Found,
    ) {
        let (method, sig) = match &found.member {
            Member::Field(f) => {
                if x.mode == OperandMode::TypeExpr {
                    let (name, t) = (sel.name, self.type_string(x.ty));
                    let message =
                        format!("operand for field selector {name} must be value of type {t}");
                    self.error(inner.span, Code::MissingFieldOrMethod, message);
                    return x.invalidate();
                }
                let ty = f.ty;
                self.record_selection(e, SelectionKind::FieldVal, x.ty, &found, None, ty);
                let variable = x.mode == OperandMode::Variable || found.indirect;
                x.set_value(ty);
                if variable {
                    x.mode = OperandMode::Variable;
                }
                return;
            }
            Member::Method(m, named) => {
                self.resolve(*m, false);
                self.add_dependency(*m);
                self.record_use(&sel, *m);
                (Some(*m), self.method_signature(*m, *named))
            }
            Member::Interface(m) => (None, m.sig),
        };
        if sig.is_invalid() {
            return x.invalidate();
        }
        if x.mode == OperandMode::TypeExpr {
            let ty = self.method_expr_type(x.ty, sig, method);
            self.record_selection(e, SelectionKind::MethodExpr, x.ty, &found, method, ty);
            x.set_value(ty);
        } else {
            self.record_selection(e, SelectionKind::MethodVal, x.ty, &found, method, sig);
            x.set_value(sig);
        }
    }

    pub(super) fn record_selection(
        &mut self,
        e: &Expr,
        kind: SelectionKind,
        recv: TypeId,
        found: &Found,
        method: Option<ObjId>,
        ty: TypeId,
    ) {
        let selection = Selection {
            kind,
            recv,
            path: found.path.clone(),
            indirect: found.indirect,
            method,
            ty,
        };
        self.info().selections.insert(e.id, selection);
    }

    /// The function type of a method expression: the receiver is the first parameter. The parameters keep their names.
    pub(super) fn method_expr_type(
        &self,
        recv: TypeId,
        sig: TypeId,
        method: Option<ObjId>,
    ) -> TypeId {
        let Type::Signature(s) = self.w.types.get(sig) else {
            return TypeId::INVALID;
        };
        let mut params = vec![recv];
        params.extend(&s.params);
        let ty = self.w.types.signature(Signature {
            params,
            ..(*s).clone()
        });
        let Some(names) = self.w.types.sig_names(sig) else {
            return ty;
        };
        let mut names = (*names).clone();
        if !names.params.is_empty() {
            let recv = method
                .and_then(|m| self.w.objects.func(m))
                .and_then(|f| f.vars.recv);
            let name = recv
                .map(|r| self.w.objects.name(r))
                .filter(|n| !n.as_str().is_empty());
            names
                .params
                .insert(0, name.unwrap_or_else(|| Symbol::new("_")));
        }
        self.w.types.with_names(ty, Rc::new(names))
    }

    /// The signature of method `m` of the named type `named`, whose type arguments take the place of the receiver's type
    /// parameters.
    pub(crate) fn method_signature(&self, m: ObjId, named: NamedId) -> TypeId {
        let sig = self.w.objects.ty(m);
        let Some((origin, targs)) = self.w.types.named(named).origin else {
            return sig;
        };
        let tparams = self.w.types.named(origin).tparams;
        let sig = self.w.types.subst(sig, &tparams, &targs);
        self.instantiate_bounds(sig, &tparams, &targs)
    }

    /// A generic method's own type parameters with the receiver's type arguments in their constraints.
    fn instantiate_bounds(
        &self,
        sig: TypeId,
        tparams: &[crate::types::TypeParamId],
        targs: &[TypeId],
    ) -> TypeId {
        let types = &self.w.types;
        let Type::Signature(s) = types.get(sig) else {
            return sig;
        };
        let bound = |p: &crate::types::TypeParamId| types.type_param(*p).bound;
        if !s
            .tparams
            .iter()
            .filter_map(bound)
            .any(|b| types.mentions(b, tparams))
        {
            return sig;
        }
        let fresh: Vec<_> = s
            .tparams
            .iter()
            .map(|&p| {
                let d = types.type_param(p);
                types.new_type_param(d.obj, d.index)
            })
            .collect();
        let fresh_types: Vec<TypeId> = fresh.iter().map(|f| f.1).collect();
        for (&p, &(q, _)) in s.tparams.iter().zip(&fresh) {
            if let Some(b) = bound(&p) {
                types.set_bound(
                    q,
                    types.subst(types.subst(b, tparams, targs), &s.tparams, &fresh_types),
                );
            }
        }
        let all = |list: &[TypeId]| {
            list.iter()
                .map(|&t| types.subst(t, &s.tparams, &fresh_types))
                .collect()
        };
        types.signature(Signature {
            params: all(&s.params),
            results: all(&s.results),
            variadic: s.variadic,
            tparams: fresh.iter().map(|f| f.0).collect(),
        })
    }
}

/// How a name that exists resembles the one that was asked for.
#[derive(Clone, Copy, PartialEq)]
enum Similar {
    Missing,
    Misspelled,
    Unexported,
    Inaccessible,
}

fn similarity(name: Symbol, alt: Symbol, same_pkg: bool) -> Similar {
    let tail = |s: Symbol| {
        let s = s.as_str();
        &s[s.chars().next().map_or(0, char::len_utf8)..]
    };
    let same_tail = tail(name) == tail(alt);
    match (name.is_exported(), alt.is_exported()) {
        _ if same_pkg => Similar::Misspelled,
        (true, true) => Similar::Misspelled,
        (true, false) if same_tail => Similar::Unexported,
        (false, true) if same_tail => Similar::Misspelled,
        (false, false) if name == alt => Similar::Inaccessible,
        _ => Similar::Missing,
    }
}

//! Function types: receivers, type parameters, parameters and results (go/types: signature.go).

use super::{Checker, expr_string};
use crate::ast::{BinaryOp, Expr, ExprKind, Field, FuncType, Ident, UnaryOp, unparen};
use crate::diag::Code;
use crate::source::{Pos, Span};
use crate::symbol::Symbol;
use crate::types::{
    Basic, NamedId, ObjId, ObjKind, ScopeId, SigNames, SigVars, Signature, Type, TypeId,
    TypeParamId, VarKind,
};
use std::rc::Rc;

/// A checked function type with the variables it declares.
#[derive(Clone, Debug)]
pub struct FuncSig {
    /// The signature, without receiver.
    pub ty: TypeId,
    /// Receiver, parameters and results.
    pub vars: Rc<SigVars>,
    /// The function's scope: holds type parameters and named variables; the body's scope.
    pub scope: ScopeId,
    /// All type parameters the body can mention: the receiver's, then its own, then those of an enclosing function.
    pub tparams: Rc<[TypeParamId]>,
    /// The receiver's type.
    pub recv: Option<TypeId>,
}

/// The parts of a receiver type `*Base[A, B]`.
pub(super) struct RecvParts<'a> {
    /// Whether there is a `*`.
    pub ptr: bool,
    /// The base type expression.
    pub base: &'a Expr,
    /// The type parameters in brackets.
    pub tparams: Option<&'a [Expr]>,
}

/// Takes a receiver type apart.
pub(super) fn unpack_recv(ty: &Expr) -> RecvParts<'_> {
    let mut base = unparen(ty);
    let mut ptr = false;
    if let ExprKind::Star(x) = &base.kind {
        ptr = true;
        base = unparen(x);
    }
    match &base.kind {
        ExprKind::Index(x, args) => RecvParts {
            ptr,
            base: x,
            tparams: Some(args),
        },
        _ => RecvParts {
            ptr,
            base,
            tparams: None,
        },
    }
}

/// Parameters or results of one list.
struct Params {
    vars: Vec<ObjId>,
    types: Vec<TypeId>,
    /// The names as written; `None` for unnamed ones.
    idents: Vec<Option<Ident>>,
    variadic: bool,
}

impl Checker<'_> {
    /// Checks a function type in a new function scope.
    pub(super) fn func_type(
        &mut self,
        recv: Option<&[Field]>,
        tparams: &[Field],
        ft: &FuncType,
    ) -> FuncSig {
        let outer = self.env.scope;
        let scope = self.w.objects.new_scope(Some(outer), true);
        self.env.scope = scope;
        let recv = recv
            .and_then(|r| r.first())
            .map(|r| (r, self.collect_recv(r)));
        let own = self.collect_type_params(tparams);
        self.guard_generic(&own);
        let params = self.collect_params(VarKind::Param, &ft.params);
        let results = self.collect_params(VarKind::Result, &ft.results);
        let mut vars = SigVars::default();
        let mut all: Vec<TypeParamId> = Vec::new();
        if let Some((field, r)) = &recv {
            vars.recv = Some(r.var);
            all.extend(&r.tparams);
            if let Some(id) = field.names.first() {
                self.declare_param(id, r.var, ft.span.hi);
            }
        }
        for list in [&params, &results] {
            for (id, &var) in list.idents.iter().zip(&list.vars) {
                if let Some(id) = id {
                    self.declare_param(id, var, ft.span.hi);
                }
            }
        }
        let ty = self.named_signature(&params, &results, &own);
        vars.params = params.vars;
        vars.results = results.vars;
        all.extend(&own);
        all.extend(self.env.tparams.iter());
        self.env.scope = outer;
        FuncSig {
            ty,
            vars: Rc::new(vars),
            scope,
            tparams: all.into(),
            recv: recv.map(|r| r.1.ty),
        }
    }

    /// Makes the generic function being declared generic already, for mentions of it in its own signature.
    fn guard_generic(&mut self, tparams: &[TypeParamId]) {
        let Some(&obj) = self.obj_path.last().filter(|_| !tparams.is_empty()) else {
            return;
        };
        let is_func = |o: &crate::types::Object| matches!(o.kind, ObjKind::Func(_));
        if self.w.objects.with(obj, is_func) {
            let guard = self.w.types.signature(Signature {
                params: vec![],
                results: vec![],
                variadic: false,
                tparams: tparams.to_vec(),
            });
            self.w.objects.set_type(obj, guard);
        }
    }

    fn declare_param(&mut self, id: &Ident, var: ObjId, from: Pos) {
        let scope = self.env.scope;
        self.declare(scope, Some(id), var, from);
    }

    fn named_signature(
        &mut self,
        params: &Params,
        results: &Params,
        tparams: &[TypeParamId],
    ) -> TypeId {
        let sig = self.w.types.signature(Signature {
            params: params.types.clone(),
            results: results.types.clone(),
            variadic: params.variadic,
            tparams: tparams.to_vec(),
        });
        let names = |p: &Params| match p.idents.iter().any(Option::is_some) {
            true => p
                .idents
                .iter()
                .map(|i| i.map_or_else(|| Symbol::new(""), |i| i.name))
                .collect(),
            false => vec![],
        };
        let names = SigNames {
            params: names(params),
            results: names(results),
        };
        if names == SigNames::default() {
            sig
        } else {
            self.w.types.with_names(sig, Rc::new(names))
        }
    }

    /// Collects (but does not declare) the variables of a parameter or result list.
    fn collect_params(&mut self, kind: VarKind, list: &[Field]) -> Params {
        let mut p = Params {
            vars: vec![],
            types: vec![],
            idents: vec![],
            variadic: false,
        };
        for (i, f) in list.iter().enumerate() {
            let mut t = match &f.ty.kind {
                ExprKind::Ellipsis(elem) => {
                    let elem = self.var_type(elem);
                    if kind == VarKind::Param && i + 1 == list.len() && f.names.len() <= 1 {
                        p.variadic = true;
                    } else {
                        let message = "can only use ... with final parameter in list";
                        self.error(f.ty.span, Code::MisplacedDotDotDot, message);
                    }
                    elem
                }
                _ => self.var_type(&f.ty),
            };
            if p.variadic {
                t = self.w.types.slice(t);
                self.record_type_expr(f.ty.id, t);
            }
            let idents: Vec<Option<Ident>> = if f.names.is_empty() {
                vec![None]
            } else {
                f.names.iter().copied().map(Some).collect()
            };
            for id in idents {
                let (name, span) =
                    id.map_or_else(|| (Symbol::new(""), f.span), |id| (id.name, id.span));
                p.vars
                    .push(self.w.objects.new_var(name, span, self.pkg, t, kind));
                p.types.push(t);
                p.idents.push(id);
            }
        }
        p
    }

    /// Declares type parameters and checks their constraints.
    pub(super) fn collect_type_params(&mut self, list: &[Field]) -> Vec<TypeParamId> {
        let tparams = self.declare_type_params(list);
        self.collect_bounds(list, &tparams);
        tparams
    }

    /// Declares type parameters, without constraints yet.
    pub(super) fn declare_type_params(&mut self, list: &[Field]) -> Vec<TypeParamId> {
        let mut tparams = Vec::new();
        let from = list.first().map_or(Pos::NONE, |f| f.span.lo);
        for id in list.iter().flat_map(|f| &f.names) {
            let obj = self.w.objects.new_object(
                id.name,
                id.span,
                Some(self.pkg),
                TypeId::INVALID,
                ObjKind::TypeName(false),
            );
            let (p, t) = self.w.types.new_type_param(obj, tparams.len() as u32);
            self.w.objects.set_type(obj, t);
            let scope = self.env.scope;
            self.declare(scope, Some(id), obj, from);
            tparams.push(p);
        }
        tparams
    }

    /// Checks the constraints of declared type parameters.
    pub(super) fn collect_bounds(&mut self, list: &[Field], tparams: &[TypeParamId]) {
        let in_list = std::mem::replace(&mut self.env.in_tparam_list, true);
        let mut i = 0;
        for f in list {
            let mut bound = self.bound(&f.ty);
            if self.w.types.is_type_param(bound) {
                self.error(
                    f.ty.span,
                    Code::MisplacedTypeParam,
                    "cannot use a type parameter as constraint",
                );
                bound = TypeId::INVALID;
            }
            for _ in &f.names {
                if let Some(&p) = tparams.get(i) {
                    self.w.types.set_bound(p, bound);
                }
                i += 1;
            }
        }
        self.env.in_tparam_list = in_list;
    }

    /// A constraint: an interface type, or a type set literal that gets an implicit interface around it.
    fn bound(&mut self, e: &Expr) -> TypeId {
        let literal = matches!(
            &e.kind,
            ExprKind::Unary(UnaryOp::Tilde, _) | ExprKind::Binary(BinaryOp::Or, ..)
        );
        if literal {
            let t = match self.parse_union(e) {
                Some(terms) => self.w.types.implicit_interface(terms),
                None => TypeId::INVALID,
            };
            self.record_type_expr(e.id, t);
            return t;
        }
        let t = self.typ(e);
        if t.is_invalid() || self.w.types.is_type_param(t) {
            return t;
        }
        match self.w.types.get(t) {
            Type::Interface(_) | Type::Named(_) => t,
            _ => self.w.types.implicit_interface(vec![(false, t)]),
        }
    }

    /// Checks a receiver and declares its type parameters.
    fn collect_recv(&mut self, field: &Field) -> Recv {
        let parts = unpack_recv(&field.ty);
        let (ty, tparams) = match parts.tparams {
            None => (self.plain_recv(&parts, &field.ty), vec![]),
            Some(args) => self.generic_recv(&parts, args),
        };
        self.record_recv_types(&field.ty, ty);
        let (name, span) = field
            .names
            .first()
            .map_or_else(|| (Symbol::new(""), field.span), |id| (id.name, id.span));
        let var = self
            .w
            .objects
            .new_var(name, span, self.pkg, ty, VarKind::Recv);
        let base_span = super::typexpr::start_pos(parts.base);
        self.later(move |c| c.valid_recv(base_span, ty));
        Recv { var, ty, tparams }
    }

    /// A receiver type without brackets; it may not be an alias of an instance.
    fn plain_recv(&mut self, parts: &RecvParts, e: &Expr) -> TypeId {
        let t = self.var_type(e);
        let ExprKind::Ident(id) = &parts.base.kind else {
            return t;
        };
        let is_alias = |o| {
            self.w
                .objects
                .with(o, |o| matches!(o.kind, ObjKind::TypeName(true)))
        };
        if !self.lookup(id.name).is_some_and(is_alias) {
            return t;
        }
        let base = self.w.types.plain(self.w.types.deref(t).0);
        let base = self.w.types.plain(self.w.types.deref(base).0);
        let Some(n) = self.w.types.as_named(base) else {
            return t;
        };
        if self.w.types.named(n).origin.is_none() {
            return t;
        }
        let what = self.type_string(base);
        let message = format!("cannot define new methods on instantiated type {what}");
        self.error(parts.base.span, Code::InvalidRecv, message);
        TypeId::INVALID
    }

    /// The receiver type `Base[A, B]`: its type parameters are those of the declaration, under the names given here.
    fn generic_recv(&mut self, parts: &RecvParts, args: &[Expr]) -> (TypeId, Vec<TypeParamId>) {
        let base = match self.generic_type(parts.base) {
            Ok(t) if self.w.types.is_generic_alias(t) => {
                let what = self.type_string(t);
                let message = format!("cannot define new methods on generic alias type {what}");
                self.error(parts.base.span, Code::InvalidRecv, message);
                None
            }
            Ok(t) => self.w.types.as_named(t),
            Err(cause) => {
                self.error(parts.base.span, Code::InvalidRecv, cause);
                None
            }
        };
        let tparams = base
            .map(|n| self.w.types.named(n).tparams)
            .unwrap_or_default();
        if base.is_some() && tparams.len() != args.len() {
            let n = args.len();
            let got = format!("{n} type parameter{}", if n == 1 { "" } else { "s" });
            let message = format!(
                "receiver declares {got}, but receiver base type declares {}",
                tparams.len()
            );
            self.error(parts.base.span, Code::BadRecv, message);
        }
        let declare = |(i, arg)| self.declare_recv_type_param(arg, tparams.get(i).copied());
        let targs: Vec<TypeId> = args.iter().enumerate().map(declare).collect();
        let Some(n) = base.filter(|_| tparams.len() == args.len()) else {
            return (TypeId::INVALID, vec![]);
        };
        (self.recv_instance(n, targs, parts), tparams)
    }

    fn recv_instance(&mut self, n: NamedId, targs: Vec<TypeId>, parts: &RecvParts) -> TypeId {
        let t = self.w.types.instance(n, &targs);
        self.record_instance(parts.base.id, targs.into(), t);
        if parts.ptr {
            self.w.types.pointer(t)
        } else {
            t
        }
    }

    /// Declares a receiver's type parameter: the declaration's own, spelled as here.
    fn declare_recv_type_param(&mut self, arg: &Expr, p: Option<TypeParamId>) -> TypeId {
        let ExprKind::Ident(id) = &arg.kind else {
            let message = format!(
                "receiver type parameter {} must be an identifier",
                expr_string(arg)
            );
            self.error(arg.span, Code::BadDecl, message);
            return TypeId::INVALID;
        };
        let obj = self.w.objects.new_object(
            id.name,
            id.span,
            Some(self.pkg),
            TypeId::INVALID,
            ObjKind::TypeName(false),
        );
        let t = match p {
            Some(p) => {
                let t = self.w.types.type_param_type(p);
                let declared = self.w.objects.name(self.w.types.type_param(p).obj);
                if declared == id.name {
                    t
                } else {
                    self.w.types.spelled(t, obj)
                }
            }
            None => self.w.types.new_type_param(obj, 0).1,
        };
        self.w.objects.set_type(obj, t);
        let scope = self.env.scope;
        self.declare(scope, Some(id), obj, id.span.lo);
        self.record_type_expr(arg.id, t);
        t
    }

    /// Records the types of a receiver type expression's parts.
    fn record_recv_types(&mut self, e: &Expr, t: TypeId) {
        let (mut e, mut t) = (e, t);
        loop {
            self.record_type_expr(e.id, t);
            match &e.kind {
                ExprKind::Paren(x) => e = x,
                ExprKind::Star(x) => {
                    e = x;
                    t = self.w.types.deref(t).0;
                }
                _ => return,
            }
        }
    }

    fn valid_recv(&mut self, at: Span, t: TypeId) {
        let (base, _) = self.w.types.deref(t);
        if base.is_invalid() {
            return;
        }
        let what = self.type_string(base);
        let message = match self.w.types.get(base) {
            Type::Named(n) => {
                let obj = self.w.types.named_obj(n);
                if self.w.objects.pkg(obj) != Some(self.pkg) {
                    format!("cannot define new methods on non-local type {what}")
                } else {
                    match self.w.types.under(base) {
                        Type::Basic(Basic::UnsafePointer) => {
                            format!("invalid receiver type {what} (unsafe.Pointer)")
                        }
                        Type::Pointer(_) | Type::Interface(_) => {
                            format!("invalid receiver type {what} (pointer or interface type)")
                        }
                        _ => return,
                    }
                }
            }
            Type::Basic(_) => format!("cannot define new methods on non-local type {what}"),
            _ => format!("invalid receiver type {}", self.type_string(t)),
        };
        self.error(at, Code::InvalidRecv, message);
    }
}

/// A checked receiver.
struct Recv {
    var: ObjId,
    ty: TypeId,
    tparams: Vec<TypeParamId>,
}

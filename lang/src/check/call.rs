//! Calls: conversions, function and method calls with their arguments, instantiation of generic functions.

use super::expr::StmtUse;
use super::expr::Target;
use super::{Checker, Operand, OperandMode, expr_string};
use crate::ast::{CallExpr, Expr, ExprKind, Ident};
use crate::diag::Code;
use crate::source::Span;
use crate::types::{Signature, Type, TypeId};
use std::rc::Rc;

/// A function's type and its shape.
pub(super) type Sig = (TypeId, Rc<Signature>);

/// Explicit type arguments of a call with the expressions they stand in.
#[derive(Default)]
pub(super) struct TypeArgs<'a> {
    pub types: Vec<TypeId>,
    pub exprs: &'a [Expr],
}

impl Checker<'_> {
    /// Instantiates the generic function `x`: with the type arguments of the index expression `inst`, and what they leave open is
    /// inferred from `target`. Without `infer`, missing type arguments are no error: those there are come back.
    pub(super) fn func_inst<'a>(
        &mut self,
        target: Option<&Target>,
        x: &mut Operand<'a>,
        inst: Option<(&'a Expr, &'a [Expr])>,
        infer: bool,
    ) -> Option<Vec<TypeId>> {
        let Type::Signature(sig) = self.w.types.get(x.ty) else {
            return None;
        };
        let mut targs = Vec::new();
        let mut exprs: &[Expr] = &[];
        if let Some((e, indices)) = inst {
            x.expr = Some(e);
            exprs = indices;
            let Some(list) = self.type_list(indices) else {
                x.invalidate();
                return None;
            };
            targs = list;
        }
        let (got, want) = (targs.len(), sig.tparams.len());
        if got > want {
            let message = format!("got {got} type arguments but want {want}");
            self.error(exprs[got - 1].span, Code::WrongTypeArgCount, message);
            x.invalidate();
            return None;
        }
        if got < want {
            if !infer {
                return Some(targs);
            }
            match self.infer_from_target(target, x, &sig, &targs) {
                Some(all) => targs = all,
                None => {
                    x.invalidate();
                    return None;
                }
            }
        }
        let ty = self.instantiate_signature(self.op_span(x), x.node(), (x.ty, sig), &targs, exprs);
        x.set_value(ty);
        None
    }

    /// Infers type arguments as for a call, of a function that takes a function like `x`, with the target.
    fn infer_from_target(
        &mut self,
        target: Option<&Target>,
        x: &Operand,
        sig: &Signature,
        targs: &[TypeId],
    ) -> Option<Vec<TypeId>> {
        let mut params = Vec::new();
        let mut args = Vec::new();
        if let Some(target) = target {
            params.push(self.without_tparams(x.ty, sig));
            args.push(Operand::made_up(target.sig, x.expr, &target.desc));
        }
        let (tparams, params) = self.rename_tparams(&sig.tparams, &params);
        let mut known: Vec<Option<TypeId>> = targs.iter().copied().map(Some).collect();
        known.resize(tparams.len(), None);
        match self.infer(self.op_span(x), &tparams, &known, &params, &args, true) {
            Ok(targs) => Some(targs),
            Err(why) => {
                if let Some((at, message)) = why {
                    self.error(at, Code::CannotInferTypeArgs, message);
                }
                None
            }
        }
    }

    /// Where gc says an instantiated function stands: at the bracket of its type arguments, or at its name.
    fn op_span(&self, x: &Operand) -> Span {
        match x.expr.map(|e| (e, &e.kind)) {
            Some((e, ExprKind::Index(inner, _) | ExprKind::Selector(inner, _))) => {
                self.token_behind(inner.span.hi, e.span.hi)
            }
            _ => x.span(),
        }
    }

    /// The generic signature with its type arguments; records the instance at the identifier in `e` and checks the
    /// constraints later.
    pub(super) fn instantiate_signature(
        &mut self,
        at: Span,
        e: Option<&Expr>,
        sig: Sig,
        targs: &[TypeId],
        exprs: &[Expr],
    ) -> TypeId {
        let (id, shape) = sig;
        let tparams = shape.tparams.clone();
        let plain = self.without_tparams(id, &shape);
        let inst = self.w.types.subst(plain, &tparams, targs);
        let targs: Rc<[TypeId]> = targs.into();
        if let Some(ident) = e.and_then(instantiated_ident) {
            self.record_instance(ident.id, targs.clone(), inst);
            let spans = exprs.iter().map(super::typexpr::start_pos).collect();
            self.targ_spans.insert((self.pkg, ident.id), (at, spans));
        }
        let spans: Vec<Span> = exprs.iter().map(super::typexpr::start_pos).collect();
        self.later(move |c| {
            if let Err((i, message)) = c.verify(&tparams, &targs) {
                let at = spans.get(i).copied().unwrap_or(at);
                c.error(at, Code::InvalidTypeArg, message);
            }
        });
        inst
    }

    /// The signature `sig` of the type `id` as if it were not generic, with the names of its parameters.
    pub(super) fn without_tparams(&self, id: TypeId, sig: &Signature) -> TypeId {
        let plain = self.w.types.signature(Signature {
            tparams: vec![],
            ..sig.clone()
        });
        match self.w.types.sig_names(id) {
            Some(names) => self.w.types.with_names(plain, names),
            None => plain,
        }
    }

    /// A call, a conversion or a builtin call.
    pub(super) fn call_expr<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
    ) -> StmtUse {
        let mut inst = None;
        if let ExprKind::Index(inner, indices) = &call.fun.kind {
            if self.index_expr(x, &call.fun, inner, indices) {
                inst = Some(&indices[..]);
            }
            x.expr = Some(&call.fun);
            self.record(x);
        } else {
            self.expr_or_type(x, &call.fun, true);
        }
        let kind = match x.mode {
            OperandMode::Invalid => {
                self.use_exprs(&call.args);
                StmtUse::Statement
            }
            OperandMode::TypeExpr => {
                self.conversion_call(x, e, call);
                StmtUse::Conversion
            }
            OperandMode::Builtin => self.builtin_call(x, e, call),
            _ => {
                self.function_call(x, e, call, inst);
                StmtUse::Statement
            }
        };
        x.expr = Some(e);
        x.desc = None;
        kind
    }

    /// `T(x)`
    fn conversion_call<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, call: &'a CallExpr) {
        self.non_generic(None, x);
        if !x.is_valid() {
            return;
        }
        let t = x.ty;
        x.invalidate();
        if !self.is_complete(t) {
            return;
        }
        let shown = self.type_string(t);
        let arg = match &call.args[..] {
            [] => {
                let message = format!("missing argument in conversion to {shown}");
                self.error(super::typexpr::start_pos(e), Code::WrongArgCount, message);
                return;
            }
            [arg] => arg,
            [.., last] => {
                self.use_exprs(&call.args);
                let message = format!("too many arguments in conversion to {shown}");
                let at = super::typexpr::start_pos(last);
                self.error(at, Code::WrongArgCount, message);
                return;
            }
        };
        let target = self.new_target(Some(t), || "conversion".to_string());
        self.expr(target.as_ref(), x, arg);
        if !x.is_valid() {
            return;
        }
        if self.is_interface(t) && !self.w.types.type_set(t).is_method_set() {
            let message = format!(
                "cannot use interface {shown} in conversion (contains specific type constraints or is comparable)"
            );
            self.error(
                super::typexpr::start_pos(e),
                Code::MisplacedConstraintIface,
                message,
            );
            return;
        }
        if call.ellipsis.is_some() {
            self.error(
                super::typexpr::start_pos(arg),
                Code::BadDotDotDotSyntax,
                format!("invalid use of ... in conversion to {shown}"),
            );
            return;
        }
        self.conversion(x, t);
    }

    fn builtin_call<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
    ) -> StmtUse {
        let Some(b) = x.builtin else {
            x.invalidate();
            return StmtUse::Statement;
        };
        if !self.builtin(x, e, call, b) {
            x.invalidate();
        }
        if x.is_valid() && !x.is_const() {
            self.env.has_call_or_recv = true;
        }
        if x.is_valid() {
            super::builtins::stmt_use(b)
        } else {
            StmtUse::Statement
        }
    }

    /// An ordinary function or method call; `inst` are explicit type arguments.
    fn function_call<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        call: &'a CallExpr,
        inst: Option<&'a [Expr]>,
    ) {
        let Some(mut sig) = self.callee(x) else {
            return x.invalidate();
        };
        let was_generic = !sig.1.tparams.is_empty();
        let mut targs = TypeArgs::default();
        if let Some(indices) = inst {
            let Some(types) = self.call_type_args(indices, sig.1.tparams.len()) else {
                self.use_exprs(&call.args);
                return x.invalidate();
            };
            if types.len() == sig.1.tparams.len() {
                let bracket = x.expr.map_or(call.fun.span, |_| self.op_span(x));
                let id = self.instantiate_signature(
                    bracket,
                    Some(&call.fun),
                    sig.clone(),
                    &types,
                    indices,
                );
                sig = self.sig_of(id).unwrap_or(sig);
            } else {
                targs = TypeArgs {
                    types,
                    exprs: indices,
                };
            }
        }
        let (mut args, atargs) = self.generic_expr_list(&call.args);
        let sig = self.arguments(e, call, sig, targs, &mut args, atargs);
        if was_generic && sig.1.tparams.is_empty() {
            self.record_type_and_value(call.fun.id, OperandMode::Value, sig.0, None);
        }
        self.call_result(x, &sig);
    }

    pub(super) fn sig_of(&self, id: TypeId) -> Option<Sig> {
        match self.w.types.get(id) {
            Type::Signature(s) => Some((id, s)),
            _ => None,
        }
    }

    /// The signature of what is called; reports if it is no function.
    fn callee(&mut self, x: &Operand) -> Option<Sig> {
        let u = self.common_under(x.ty, |term| match term {
            Some((t, u)) if !matches!(u, Type::Signature(_)) => {
                Err(format!("{} is not a function", self.type_string(t)))
            }
            _ => Ok(()),
        });
        match u {
            // The function's own type keeps its parameters' names for messages.
            Ok(u) => self.sig_of(x.ty).or_else(|| self.sig_of(u)),
            Err(cause) => {
                let message = format!(
                    "invalid operation: cannot call {}: {cause}",
                    self.operand_string(x)
                );
                self.error(x.span(), Code::InvalidCall, message);
                None
            }
        }
    }

    fn call_type_args(&mut self, indices: &[Expr], want: usize) -> Option<Vec<TypeId>> {
        let types = self.type_list(indices)?;
        if types.len() > want {
            let message = format!("got {} type arguments but want {want}", types.len());
            self.error(indices[want].span, Code::WrongTypeArgCount, message);
            return None;
        }
        Some(types)
    }

    /// Gives `x` the result of calling a function with signature `sig`.
    fn call_result(&mut self, x: &mut Operand, (id, sig): &Sig) {
        let names = self.w.types.sig_names(*id);
        self.env.has_call_or_recv = true;
        match &sig.results[..] {
            [] => {
                x.mode = OperandMode::NoValue;
                x.ty = TypeId::EMPTY_TUPLE;
                x.val = None;
            }
            &[t] => {
                if !self.is_complete(t) {
                    return x.invalidate();
                }
                x.set_value(t);
            }
            many => {
                let tuple = self.w.types.tuple(many);
                let names = names.filter(|n| !n.results.is_empty());
                x.set_value(names.map_or(tuple, |names| self.w.types.with_names(tuple, names)));
            }
        }
        // After a failed inference the result may still mention type parameters of the callee.
        if x.mode == OperandMode::Value
            && !sig.tparams.is_empty()
            && self.w.types.mentions(x.ty, &sig.tparams)
        {
            x.invalidate();
        }
    }

    /// Checks a list of expressions; a single one may give several values.
    pub(super) fn expr_list<'a>(&mut self, list: &'a [Expr]) -> Vec<Operand<'a>> {
        if let [only] = list {
            return self.multi_expr(only, false).0;
        }
        let one = |c: &mut Self, e| {
            let mut x = Operand::new();
            c.expr(None, &mut x, e);
            x
        };
        list.iter().map(|e| one(self, e)).collect()
    }

    /// `expr_list` whose values may be generic functions. For a partially instantiated one, its type arguments so far are in
    /// the second list.
    fn generic_expr_list<'a>(&mut self, list: &'a [Expr]) -> (Vec<Operand<'a>>, Vec<Vec<TypeId>>) {
        let mut args = Vec::with_capacity(list.len());
        let mut targs = Vec::with_capacity(list.len());
        for e in list {
            let mut x = Operand::new();
            targs.push(Vec::new());
            if let ExprKind::Index(inner, indices) = &e.kind {
                x.expr = Some(e);
                if self.index_expr(&mut x, e, inner, indices)
                    && let Some(partial) = self.func_inst(None, &mut x, Some((e, indices)), false)
                {
                    targs[args.len()] = partial;
                }
                x.expr = Some(e);
                self.record(&x);
                self.exclude_for_list(&mut x);
            } else if list.len() == 1 {
                self.raw_expr(None, &mut x, e, None, true);
                self.exclude_for_list(&mut x);
                if x.is_valid()
                    && let Type::Tuple(types) = self.w.types.get(x.ty)
                {
                    let value = |&t: &TypeId| {
                        let mut v = Operand::made_up(t, Some(e), &expr_string(e));
                        v.mode = OperandMode::Value;
                        v
                    };
                    return (types.iter().map(value).collect(), Vec::new());
                }
            } else {
                self.generic_expr(&mut x, e, None);
            }
            args.push(x);
        }
        (args, targs)
    }

    fn exclude_for_list(&mut self, x: &mut Operand) {
        self.exclude(
            x,
            &[
                OperandMode::NoValue,
                OperandMode::Builtin,
                OperandMode::TypeExpr,
            ],
        );
    }
}

/// The identifier that names the function in an instantiation.
fn instantiated_ident(e: &Expr) -> Option<Ident> {
    match &e.kind {
        ExprKind::Ident(id) => Some(*id),
        ExprKind::Selector(_, sel) => Some(*sel),
        ExprKind::Index(x, _) | ExprKind::Paren(x) => instantiated_ident(x),
        _ => None,
    }
}

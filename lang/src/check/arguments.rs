//! Arguments of calls: their number, the inference of type arguments, and their assignment to the parameters.

use super::call::{Sig, TypeArgs};
use super::{Checker, Operand, expr_string};
use crate::ast::{CallExpr, Expr};
use crate::diag::Code;
use crate::source::Span;
use crate::types::{Signature, Type, TypeId, TypeParamId};

/// The type parameters a call has to find type arguments for: the callee's, then those of each generic argument.
struct Unknowns {
    tparams: Vec<TypeParamId>,
    targs: Vec<Option<TypeId>>,
    /// Indices of the generic arguments.
    generic: Vec<usize>,
}

impl Checker<'_> {
    /// Checks the arguments of a call and infers missing type arguments. What is returned is the instantiated signature, or
    /// `sig` as it was after an error.
    pub(super) fn arguments<'a>(
        &mut self,
        e: &'a Expr,
        call: &'a CallExpr,
        sig: Sig,
        targs: TypeArgs,
        args: &mut [Operand<'a>],
        atargs: Vec<Vec<TypeId>>,
    ) -> Sig {
        let Some(mut params) = self.call_params(e, call, &sig.1, args) else {
            return sig;
        };
        let unknown = self.unknowns(&sig.1, &mut params, &targs, args, atargs);
        let mut result = sig.clone();
        if !unknown.tparams.is_empty() {
            let Some(found) = self.infer_call(call, e, &unknown, &params, args) else {
                return sig;
            };
            let n = sig.1.tparams.len();
            if n > 0 {
                let paren = self.paren_span(e, call);
                let id = self.instantiate_signature(
                    paren,
                    Some(&call.fun),
                    sig.clone(),
                    &found[..n],
                    targs.exprs,
                );
                result = self.sig_of(id).unwrap_or(result);
                for p in &mut params {
                    *p = self.w.types.subst(*p, &unknown.tparams[..n], &found[..n]);
                }
            }
            let paren = self.paren_span(e, call);
            self.instantiate_arguments(paren, &unknown, &found[n..], args);
        }
        let context = format!("argument to {}", expr_string(&call.fun));
        for (a, &p) in args.iter_mut().zip(&params) {
            self.assignment(a, Some(p), &context);
        }
        result
    }

    /// One parameter type per argument; reports a wrong number of arguments.
    pub(super) fn call_params(
        &mut self,
        e: &Expr,
        call: &CallExpr,
        sig: &Signature,
        args: &[Operand],
    ) -> Option<Vec<TypeId>> {
        let mut params = sig.params.clone();
        let mut want = params.len();
        let dots = call.ellipsis.is_some();
        if dots && !sig.variadic {
            let message = format!(
                "cannot use ... in call to non-variadic {}",
                expr_string(&call.fun)
            );
            self.error(
                super::typexpr::start_pos(e),
                Code::NonVariadicDotDotDot,
                message,
            );
            return None;
        }
        if dots && call.args.len() == 1 && args.len() > 1 {
            let message = format!(
                "cannot use ... with {}-valued {}",
                args.len(),
                expr_string(&call.args[0])
            );
            self.error(
                super::typexpr::start_pos(e),
                Code::InvalidDotDotDot,
                message,
            );
            return None;
        }
        if sig.variadic && !dots {
            if args.len() + 1 >= want {
                let elem = match params.pop().map(|t| self.w.types.get(t)) {
                    Some(Type::Slice(elem)) => elem,
                    _ => TypeId::INVALID,
                };
                params.resize(args.len(), elem);
                want = args.len();
            } else {
                want -= 1;
            }
        }
        if args.len() != want {
            self.argument_count(e, call, sig, args, want);
            return None;
        }
        Some(params)
    }

    fn argument_count(
        &mut self,
        e: &Expr,
        call: &CallExpr,
        sig: &Signature,
        args: &[Operand],
        want: usize,
    ) {
        let (at, qualifier) = match args.get(want) {
            Some(extra) => (extra.span(), "too many"),
            None => (args.last().map_or(e.span, Operand::span), "not enough"),
        };
        let have: Vec<TypeId> = args.iter().map(|a| a.ty).collect();
        let have = self.types_summary(&have, false, call.ellipsis.is_some());
        let want = self.types_summary(&sig.params, sig.variadic, false);
        let fun = expr_string(&call.fun);
        let message =
            format!("{qualifier} arguments in call to {fun}\n\thave {have}\n\twant {want}");
        self.error(at, Code::WrongArgCount, message);
    }

    /// Collects what must be inferred, under fresh names so that recursive calls and a function passed twice do not mix
    /// things up.
    fn unknowns(
        &mut self,
        sig: &Signature,
        params: &mut Vec<TypeId>,
        targs: &TypeArgs,
        args: &mut [Operand],
        atargs: Vec<Vec<TypeId>>,
    ) -> Unknowns {
        let mut u = Unknowns {
            tparams: vec![],
            targs: vec![],
            generic: vec![],
        };
        if !sig.tparams.is_empty() {
            let (fresh, renamed) = self.rename_tparams(&sig.tparams, params);
            *params = renamed;
            u.tparams = fresh;
            u.targs = targs.types.iter().copied().map(Some).collect();
            u.targs.resize(u.tparams.len(), None);
        }
        for (i, arg) in args.iter_mut().enumerate() {
            let Type::Signature(asig) = self.w.types.get(arg.ty) else {
                continue;
            };
            if asig.tparams.is_empty() || !arg.is_valid() {
                continue;
            }
            let plain = self.without_tparams(arg.ty, &asig);
            let (fresh, renamed) = self.rename_tparams(&asig.tparams, &[plain]);
            if let Type::Signature(s) = self.w.types.get(renamed[0]) {
                arg.ty = self.w.types.signature(Signature {
                    tparams: fresh.clone(),
                    ..(*s).clone()
                });
            }
            u.tparams.extend(fresh);
            u.targs
                .extend(atargs.get(i).into_iter().flatten().copied().map(Some));
            u.targs.resize(u.tparams.len(), None);
            u.generic.push(i);
        }
        u
    }

    /// The parenthesis of a call: where gc reports what it cannot infer.
    fn paren_span(&self, e: &Expr, call: &CallExpr) -> Span {
        self.token_behind(call.fun.span.hi, e.span.hi)
    }

    fn infer_call(
        &mut self,
        call: &CallExpr,
        e: &Expr,
        unknown: &Unknowns,
        params: &[TypeId],
        args: &[Operand],
    ) -> Option<Vec<TypeId>> {
        match self.infer(
            self.paren_span(e, call),
            &unknown.tparams,
            &unknown.targs,
            params,
            args,
            false,
        ) {
            Ok(found) => Some(found),
            Err(why) => {
                if let Some((at, message)) = why {
                    let message = format!("in call to {}, {message}", expr_string(&call.fun));
                    self.error(at, Code::CannotInferTypeArgs, message);
                }
                None
            }
        }
    }

    /// Gives the generic function arguments their type arguments.
    fn instantiate_arguments(
        &mut self,
        at: Span,
        unknown: &Unknowns,
        mut found: &[TypeId],
        args: &mut [Operand],
    ) {
        for &i in &unknown.generic {
            let Some(sig) = self.sig_of(args[i].ty) else {
                continue;
            };
            let (mine, rest) = found.split_at(sig.1.tparams.len());
            found = rest;
            args[i].ty = self.instantiate_signature(at, args[i].node(), sig, mine, &[]);
            self.record(&args[i]);
        }
    }
}

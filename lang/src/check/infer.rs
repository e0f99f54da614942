//! Type inference (go/types: infer.go).

use super::unify::{Unifier, UnifyMode};
use super::{Checker, Operand};
use crate::source::Span;
use crate::types::{Signature, Term, Type, TypeId, TypeParamId};

/// Where and why inference failed; nothing if an error has been reported already.
pub(super) type InferError = Option<(Span, String)>;

impl Checker<'_> {
    /// The complete list of type arguments for `tparams`, from those given and from the arguments for the parameters of types `params`.
    /// With `reverse`, messages are turned around for the sake of a function value going into a variable.
    ///
    /// # Errors
    /// Where and why it cannot be inferred.
    pub(super) fn infer(
        &mut self,
        at: Span,
        tparams: &[TypeParamId],
        targs: &[Option<TypeId>],
        params: &[TypeId],
        args: &[Operand],
        reverse: bool,
    ) -> Result<Vec<TypeId>, InferError> {
        let mut targs = targs.to_vec();
        targs.resize(tparams.len(), None);
        if let Some(all) = targs.iter().copied().collect::<Option<Vec<TypeId>>>() {
            return Ok(all);
        }
        if args.iter().any(|a| !a.is_valid()) {
            return Err(None);
        }
        let params: Vec<TypeId> = params
            .iter()
            .map(|&p| self.subst_known(p, tparams, &targs))
            .collect();
        let mut u = Unifier::new(tparams, &targs);
        let untyped = self.infer_from_arguments(&mut u, tparams, &params, args, reverse)?;
        self.infer_from_constraints(at, &mut u, tparams)?;
        self.infer_from_constants(&mut u, &untyped, &params, args)?;
        self.simplify(at, tparams, &targs, u.inferred())
    }

    /// Replaces the type parameters that have an argument.
    fn subst_known(&self, t: TypeId, tparams: &[TypeParamId], targs: &[Option<TypeId>]) -> TypeId {
        let (ps, ts): (Vec<TypeParamId>, Vec<TypeId>) = tparams
            .iter()
            .zip(targs)
            .filter_map(|(&p, t)| t.map(|t| (p, t)))
            .unzip();
        self.w.types.subst(t, &ps, &ts)
    }

    /// Unifies parameters with typed arguments; gives back the indices of untyped arguments for bare type parameters.
    fn infer_from_arguments(
        &mut self,
        u: &mut Unifier,
        tparams: &[TypeParamId],
        params: &[TypeId],
        args: &[Operand],
        reverse: bool,
    ) -> Result<Vec<usize>, InferError> {
        let mut untyped = Vec::new();
        for (i, (&par, arg)) in params.iter().zip(args).enumerate() {
            if !self.w.types.mentions(par, tparams) && !self.w.types.mentions(arg.ty, tparams) {
                continue;
            }
            if !self.w.types.is_untyped(arg.ty) {
                if !self.unify(u, par, arg.ty, UnifyMode::Assign) {
                    return Err(Some(self.mismatch(u, tparams, par, arg, reverse)));
                }
            } else if self.w.types.is_type_param(par) && !arg.is_nil() {
                untyped.push(i);
            }
        }
        Ok(untyped)
    }

    fn mismatch(
        &self,
        u: &Unifier,
        tparams: &[TypeParamId],
        par: TypeId,
        arg: &Operand,
        reverse: bool,
    ) -> (Span, String) {
        let inferred = u.inferred();
        let (t, e, p) = (
            self.type_string(arg.ty),
            arg.expr_string(),
            self.type_string(par),
        );
        if inferred.iter().all(Option::is_none) {
            let message = format!(
                "type {t} of {e} does not match {p} (cannot infer {})",
                self.names(tparams)
            );
            return (arg.span(), message);
        }
        let known = self.subst_known(par, tparams, &inferred);
        let k = self.type_string(known);
        let message = if known == par {
            format!("type {t} of {e} does not match {p}")
        } else if reverse {
            format!("inferred type {k} for {p} does not match type {t} of {e}")
        } else {
            format!("type {t} of {e} does not match inferred type {k} for {p}")
        };
        (arg.span(), message)
    }

    /// `P`, `P and Q`, `P, Q, and R`
    fn names(&self, tparams: &[TypeParamId]) -> String {
        let names: Vec<&str> = tparams.iter().map(|&p| self.tparam_name(p)).collect();
        match &names[..] {
            [] => String::new(),
            [a] => (*a).to_string(),
            [a, b] => format!("{a} and {b}"),
            [init @ .., last] => format!("{}, and {last}", init.join(", ")),
        }
    }

    fn tparam_name(&self, p: TypeParamId) -> &'static str {
        self.w.objects.name(self.w.types.type_param(p).obj).as_str()
    }

    /// Unifies type parameters with their constraints as long as that tells something new.
    fn infer_from_constraints(
        &mut self,
        at: Span,
        u: &mut Unifier,
        tparams: &[TypeParamId],
    ) -> Result<(), InferError> {
        loop {
            let before = u.unknowns();
            for &p in tparams {
                self.infer_from_constraint(at, u, tparams, p)?;
            }
            if u.unknowns() == before {
                return Ok(());
            }
        }
    }

    fn infer_from_constraint(
        &mut self,
        at: Span,
        u: &mut Unifier,
        tparams: &[TypeParamId],
        p: TypeParamId,
    ) -> Result<(), InferError> {
        let Some(bound) = self.w.types.type_param(p).bound else {
            return Ok(());
        };
        let known = u.at(p);
        let unsatisfied = |c: &Self, tx: TypeId, cause: &str| {
            let (name, tx, bound) = (c.tparam_name(p), c.type_string(tx), c.type_string(bound));
            let message = format!("{name} (type {tx}) does not satisfy {bound} {cause}");
            Err(Some((at, message.trim_end().to_string())))
        };
        if let Some((core, single)) = self.core_term(p) {
            match known {
                Some(tx) if !self.unify(u, tx, core.ty, UnifyMode::Inexact) => {
                    return unsatisfied(self, tx, "");
                }
                None if single && !core.tilde => u.set(p, core.ty),
                _ => {}
            }
        }
        let Some(tx) = known.filter(|&tx| !self.w.types.mentions(tx, tparams)) else {
            return Ok(());
        };
        let mut cause = String::new();
        let mut same =
            |c: &mut Checker<'_>, x: TypeId, y: TypeId| c.unify(u, x, y, UnifyMode::Exact);
        if !self.has_all_methods(tx, bound, true, &mut same, &mut cause) {
            return unsatisfied(self, tx, &cause);
        }
        Ok(())
    }

    /// The single (underlying) type of the type parameter's type set, and whether the set is that one term.
    fn core_term(&self, p: TypeParamId) -> Option<(Term, bool)> {
        let t = self.w.types.type_param_type(p);
        let set = self.w.types.type_set(t);
        match set.terms.as_deref()? {
            [] => None,
            [only] => Some((*only, true)),
            _ => self
                .common_under(t, |_| Ok(()))
                .ok()
                .map(|ty| (Term { tilde: true, ty }, false)),
        }
    }

    /// Parameters that only untyped constants went to get the default type of the largest kind.
    fn infer_from_constants(
        &mut self,
        u: &mut Unifier,
        untyped: &[usize],
        params: &[TypeId],
        args: &[Operand],
    ) -> Result<(), InferError> {
        let mut largest: Vec<(TypeParamId, TypeId)> = Vec::new();
        for &i in untyped {
            let Some(p) = self.w.types.as_type_param(params[i]) else {
                continue;
            };
            if u.at(p).is_some() {
                continue;
            }
            let arg = &args[i];
            let Some(entry) = largest.iter_mut().find(|e| e.0 == p) else {
                largest.push((p, arg.ty));
                continue;
            };
            let numeric = self.w.types.is_numeric(entry.1) && self.w.types.is_numeric(arg.ty);
            if entry.1 != arg.ty && !numeric {
                let (a, b) = (self.type_string(entry.1), self.type_string(arg.ty));
                let message = format!(
                    "mismatched types {a} and {b} (cannot infer {})",
                    self.tparam_name(p)
                );
                return Err(Some((arg.span(), message)));
            }
            entry.1 = entry.1.max(arg.ty);
        }
        for (p, t) in largest {
            u.set(p, self.w.types.default_type(t));
        }
        Ok(())
    }

    /// Replaces type parameters inside inferred types until none is left.
    fn simplify(
        &mut self,
        at: Span,
        tparams: &[TypeParamId],
        given: &[Option<TypeId>],
        mut inferred: Vec<Option<TypeId>>,
    ) -> Result<Vec<TypeId>, InferError> {
        self.kill_cycles(tparams, &mut inferred);
        let mut dirty: Vec<usize> = (0..inferred.len())
            .filter(|&i| given[i].is_none())
            .collect();
        // Without cycles each round resolves at least one parameter for good.
        for _ in 0..=tparams.len() {
            if dirty.is_empty() {
                break;
            }
            let known = inferred.clone();
            dirty.retain(|&i| {
                let Some(t) = inferred[i] else { return false };
                let s = self.subst_known(t, tparams, &known);
                inferred[i] = Some(self.drop_inferred_tparams(t, s, tparams));
                s != t
            });
        }
        for (i, t) in inferred.iter().enumerate() {
            if t.is_none_or(|t| self.w.types.mentions(t, tparams)) {
                let obj = self.w.types.type_param(tparams[i]).obj;
                let (name, span) = self.w.objects.with(obj, |o| (o.name, o.span));
                let declared = self.position(span.lo);
                return Err(Some((
                    at,
                    format!("cannot infer {name} (declared at {declared})"),
                )));
            }
        }
        Ok(inferred.into_iter().flatten().collect())
    }

    /// A generic function argument whose type parameters have all been inferred is not generic any more.
    fn drop_inferred_tparams(&self, old: TypeId, new: TypeId, tparams: &[TypeParamId]) -> TypeId {
        match self.w.types.get(new) {
            Type::Signature(s)
                if old != new && !s.tparams.is_empty() && !self.w.types.mentions(new, tparams) =>
            {
                self.w.types.signature(Signature {
                    tparams: vec![],
                    ..(*s).clone()
                })
            }
            _ => new,
        }
    }

    /// Forgets inferred types that lead back to their own type parameter: they would grow for ever.
    fn kill_cycles(&self, tparams: &[TypeParamId], inferred: &mut [Option<TypeId>]) {
        for i in 0..tparams.len() {
            let mut seen = vec![false; tparams.len()];
            let mut work = vec![i];
            while let Some(j) = work.pop() {
                let Some(t) = inferred[j] else { continue };
                for (k, &p) in tparams.iter().enumerate() {
                    if self.w.types.mentions(t, &[p]) && !std::mem::replace(&mut seen[k], true) {
                        work.push(k);
                    }
                }
            }
            if seen[i] {
                inferred[i] = None;
            }
        }
    }

    /// Fresh type parameters in place of `tparams`, and the types with them in it: so that inference can tell the callee's
    /// parameters from the caller's in a recursive call.
    pub(super) fn rename_tparams(
        &mut self,
        tparams: &[TypeParamId],
        types: &[TypeId],
    ) -> (Vec<TypeParamId>, Vec<TypeId>) {
        let arena = &self.w.types;
        let fresh: Vec<(TypeParamId, TypeId)> = tparams
            .iter()
            .map(|&p| {
                let d = arena.type_param(p);
                arena.new_type_param(d.obj, d.index)
            })
            .collect();
        let fresh_types: Vec<TypeId> = fresh.iter().map(|f| f.1).collect();
        for (&p, &(q, _)) in tparams.iter().zip(&fresh) {
            if let Some(b) = arena.type_param(p).bound {
                arena.set_bound(q, arena.subst(b, tparams, &fresh_types));
            }
        }
        let renamed = types
            .iter()
            .map(|&t| arena.subst(t, tparams, &fresh_types))
            .collect();
        (fresh.into_iter().map(|f| f.0).collect(), renamed)
    }
}

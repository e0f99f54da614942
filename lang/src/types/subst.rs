//! Substitution of type arguments for type parameters.
//!
//! Invariant: a type that mentions none of the parameters comes back as the same id.

use super::{Interface, Signature, Type, TypeId, TypeParamId, Types};
use std::rc::Rc;

impl Types {
    /// `t` with each of `tparams` replaced by the type argument at the same place.
    pub fn subst(&self, t: TypeId, tparams: &[TypeParamId], targs: &[TypeId]) -> TypeId {
        if tparams.is_empty() {
            return t;
        }
        crate::ast::deep(|| self.subst_type(t, tparams, targs))
    }

    fn subst_all(
        &self,
        ts: &[TypeId],
        tparams: &[TypeParamId],
        targs: &[TypeId],
    ) -> Option<Vec<TypeId>> {
        let out: Vec<TypeId> = ts.iter().map(|&t| self.subst(t, tparams, targs)).collect();
        (out != ts).then_some(out)
    }

    fn subst_type(&self, t: TypeId, tparams: &[TypeParamId], targs: &[TypeId]) -> TypeId {
        let sub = |t: TypeId| self.subst(t, tparams, targs);
        match self.get(t) {
            Type::Basic(_) => t,
            Type::TypeParam(p) => tparams
                .iter()
                .position(|&q| q == p)
                .and_then(|i| targs.get(i).copied())
                .unwrap_or(t),
            Type::Pointer(e) => self.same_or(t, e, sub(e), Type::Pointer),
            Type::Slice(e) => self.same_or(t, e, sub(e), Type::Slice),
            Type::Array(n, e) => self.same_or(t, e, sub(e), |e| Type::Array(n, e)),
            Type::Chan(d, e) => self.same_or(t, e, sub(e), |e| Type::Chan(d, e)),
            Type::Map(k, v) => match self.subst_all(&[k, v], tparams, targs) {
                Some(kv) => self.map(kv[0], kv[1]),
                None => t,
            },
            Type::Tuple(ts) => self
                .subst_all(&ts, tparams, targs)
                .map_or(t, |ts| self.tuple(&ts)),
            Type::Struct(s) => {
                let mut out = (*s).clone();
                out.fields.iter_mut().for_each(|f| f.ty = sub(f.ty));
                if out == *s { t } else { self.structure(out) }
            }
            Type::Signature(s) => self.subst_signature(t, &s, tparams, targs),
            Type::Interface(i) => self.subst_interface(t, &i, tparams, targs),
            Type::Named(n) => {
                let d = self.named(n);
                if let Some((o, args)) = d.origin {
                    return self
                        .subst_all(&args, tparams, targs)
                        .map_or(t, |args| self.instance(o, &args));
                }
                // A local type of a generic function: each instantiation of the function has its own.
                let args: Vec<TypeId> = d
                    .captures
                    .iter()
                    .map(|&p| self.type_param_type(p))
                    .collect();
                self.subst_all(&args, tparams, targs)
                    .map_or(t, |args| self.instance(n, &args))
            }
        }
    }

    fn same_or(
        &self,
        t: TypeId,
        old: TypeId,
        new: TypeId,
        make: impl FnOnce(TypeId) -> Type,
    ) -> TypeId {
        if old == new {
            t
        } else {
            self.intern(make(new))
        }
    }

    fn subst_signature(
        &self,
        t: TypeId,
        s: &Signature,
        tparams: &[TypeParamId],
        targs: &[TypeId],
    ) -> TypeId {
        let params = self.subst_all(&s.params, tparams, targs);
        let results = self.subst_all(&s.results, tparams, targs);
        if params.is_none() && results.is_none() {
            return t;
        }
        let sig = self.signature(Signature {
            params: params.unwrap_or_else(|| s.params.clone()),
            results: results.unwrap_or_else(|| s.results.clone()),
            variadic: s.variadic,
            tparams: s.tparams.clone(),
        });
        self.sig_names(t)
            .map_or(sig, |names| self.with_names(sig, names))
    }

    fn subst_interface(
        &self,
        t: TypeId,
        i: &Rc<Interface>,
        tparams: &[TypeParamId],
        targs: &[TypeId],
    ) -> TypeId {
        let mut out = (**i).clone();
        out.methods
            .iter_mut()
            .for_each(|m| m.sig = self.subst(m.sig, tparams, targs));
        for term in out.embedded.iter_mut().flat_map(|e| &mut e.terms) {
            term.1 = self.subst(term.1, tparams, targs);
        }
        if out == **i { t } else { self.interface(out) }
    }
}

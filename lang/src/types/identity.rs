//! Type identity (spec: Type identity).

use super::{Embedded, Interface, Type, TypeId, Types};
use std::rc::Rc;

impl Types {
    /// Whether two types are identical.
    pub fn identical(&self, x: TypeId, y: TypeId) -> bool {
        let (x, y) = (self.plain(x), self.plain(y));
        x == y || self.identical_shape(x, y)
    }

    /// Whether two types are identical if struct tags are ignored.
    pub fn identical_ignore_tags(&self, x: TypeId, y: TypeId) -> bool {
        self.identical(x, y) || self.identical(self.without_tags(x), self.without_tags(y))
    }

    /// The type with all struct tags (outside named types) removed.
    fn without_tags(&self, t: TypeId) -> TypeId {
        let all = |ts: &[TypeId]| ts.iter().map(|&t| self.without_tags(t)).collect::<Vec<_>>();
        let shape = match self.get(t) {
            Type::Pointer(e) => Type::Pointer(self.without_tags(e)),
            Type::Slice(e) => Type::Slice(self.without_tags(e)),
            Type::Array(n, e) => Type::Array(n, self.without_tags(e)),
            Type::Map(k, v) => Type::Map(self.without_tags(k), self.without_tags(v)),
            Type::Chan(d, e) => Type::Chan(d, self.without_tags(e)),
            Type::Signature(s) => {
                let (params, results) = (all(&s.params), all(&s.results));
                Type::Signature(Rc::new(super::Signature {
                    params,
                    results,
                    ..(*s).clone()
                }))
            }
            Type::Struct(s) => {
                let mut s = (*s).clone();
                for f in &mut s.fields {
                    f.tag = "".into();
                    f.ty = self.without_tags(f.ty);
                }
                Type::Struct(Rc::new(s))
            }
            _ => return t,
        };
        self.intern(shape)
    }

    fn identical_all(&self, xs: &[TypeId], ys: &[TypeId]) -> bool {
        xs.len() == ys.len() && xs.iter().zip(ys).all(|(&x, &y)| self.identical(x, y))
    }

    /// Interned ids differ; that still leaves different ways to write one interface, at any depth.
    fn identical_shape(&self, x: TypeId, y: TypeId) -> bool {
        match (self.get(x), self.get(y)) {
            (Type::Pointer(a), Type::Pointer(b)) | (Type::Slice(a), Type::Slice(b)) => {
                self.identical(a, b)
            }
            (Type::Array(n, a), Type::Array(m, b)) => n == m && self.identical(a, b),
            (Type::Map(k, a), Type::Map(l, b)) => self.identical(k, l) && self.identical(a, b),
            (Type::Chan(d, a), Type::Chan(e, b)) => d == e && self.identical(a, b),
            (Type::Tuple(a), Type::Tuple(b)) => self.identical_all(&a, &b),
            (Type::Struct(a), Type::Struct(b)) => {
                a.fields.len() == b.fields.len()
                    && a.fields.iter().zip(&b.fields).all(|(f, g)| {
                        f.name == g.name
                            && f.embedded == g.embedded
                            && f.tag == g.tag
                            && (f.name.is_exported() || f.pkg == g.pkg)
                            && self.identical(f.ty, g.ty)
                    })
            }
            (Type::Signature(a), Type::Signature(b)) => self.identical_signatures(&a, &b),
            (Type::Interface(a), Type::Interface(b)) => self.identical_interfaces((x, &a), (y, &b)),
            (Type::Named(a), Type::Named(b)) => {
                match (self.named(a).origin, self.named(b).origin) {
                    (Some((o, xs)), Some((p, ys))) => o == p && self.identical_all(&xs, &ys),
                    _ => false,
                }
            }
            _ => false,
        }
    }

    fn identical_signatures(&self, a: &super::Signature, b: &super::Signature) -> bool {
        if a.variadic != b.variadic || a.tparams.len() != b.tparams.len() {
            return false;
        }
        if a.tparams.is_empty() {
            return self.identical_all(&a.params, &b.params)
                && self.identical_all(&a.results, &b.results);
        }
        // Generic functions are compared after renaming the type parameters of one.
        let targs: Vec<TypeId> = a.tparams.iter().map(|&p| self.type_param_type(p)).collect();
        let rename = |ts: &[TypeId]| {
            ts.iter()
                .map(|&t| self.subst(t, &b.tparams, &targs))
                .collect::<Vec<_>>()
        };
        let bounds = a.tparams.iter().zip(&b.tparams).all(|(&p, &q)| {
            match (self.type_param(p).bound, self.type_param(q).bound) {
                (Some(x), Some(y)) => self.identical(x, self.subst(y, &b.tparams, &targs)),
                _ => true,
            }
        });
        bounds
            && self.identical_all(&a.params, &rename(&b.params))
            && self.identical_all(&a.results, &rename(&b.results))
    }

    fn identical_interfaces(
        &self,
        (x, a): (TypeId, &Interface),
        (y, b): (TypeId, &Interface),
    ) -> bool {
        if a.embedded.is_empty() && b.embedded.is_empty() && a.methods.len() != b.methods.len() {
            return false;
        }
        // Interfaces whose methods lead back to the same question are identical unless something else tells them apart.
        if !self.enter_comparison(x, y) {
            return true;
        }
        let (s, t) = (self.type_set(x), self.type_set(y));
        let same = s.comparable == t.comparable
            && s.methods.len() == t.methods.len()
            && s.methods.iter().zip(&t.methods).all(|(m, n)| {
                m.name == n.name
                    && (m.name.is_exported() || m.pkg == n.pkg)
                    && self.identical(m.sig, n.sig)
            })
            && self.same_terms(s.terms.as_deref(), t.terms.as_deref());
        self.leave_comparison();
        same
    }

    /// The id that all types identical to `t` share. Only meaningful once `t` is complete.
    pub fn canonical(&self, t: TypeId) -> TypeId {
        let p = self.plain(t);
        if let Some(c) = self.cached_canonical(p) {
            return c;
        }
        if !self.enter_canonical(p) {
            return p;
        }
        let c = self.canonical_of(p);
        self.leave_canonical();
        let complete =
            !matches!(self.get(p), Type::Interface(_)) || self.cached_type_set(p).is_some();
        if complete {
            self.cache_canonical(p, c);
        }
        c
    }

    fn canonical_of(&self, t: TypeId) -> TypeId {
        let all = |ts: &[TypeId]| ts.iter().map(|&t| self.canonical(t)).collect::<Vec<_>>();
        let shape = match self.get(t) {
            Type::Basic(_) | Type::TypeParam(_) => return t,
            Type::Named(n) => match self.named(n).origin {
                Some((o, targs)) => return self.plain(self.instance(o, &all(&targs))),
                None => return t,
            },
            Type::Pointer(e) => Type::Pointer(self.canonical(e)),
            Type::Slice(e) => Type::Slice(self.canonical(e)),
            Type::Array(n, e) => Type::Array(n, self.canonical(e)),
            Type::Map(k, v) => Type::Map(self.canonical(k), self.canonical(v)),
            Type::Chan(d, e) => Type::Chan(d, self.canonical(e)),
            Type::Tuple(ts) => Type::Tuple(all(&ts).into()),
            Type::Struct(s) => {
                let mut s = (*s).clone();
                for f in &mut s.fields {
                    f.ty = self.canonical(f.ty);
                    if f.name.is_exported() {
                        f.pkg = None;
                    }
                }
                // The package of exported names does not matter for identity, but selectors want to know it.
                return self.first_of_shape(Type::Struct(Rc::new(s)), t);
            }
            Type::Signature(s) => {
                let mut s = (*s).clone();
                s.params = all(&s.params);
                s.results = all(&s.results);
                Type::Signature(Rc::new(s))
            }
            Type::Interface(_) => self.flat_interface(t),
        };
        self.intern(shape)
    }

    /// The first type seen with a given key shape stands for all with that shape.
    fn first_of_shape(&self, key: Type, t: TypeId) -> TypeId {
        let key = self.intern(key);
        if let Some(c) = self.cached_canonical(key) {
            return c;
        }
        let Type::Struct(s) = self.get(t) else {
            return t;
        };
        let mut s = (*s).clone();
        s.fields
            .iter_mut()
            .for_each(|f| f.ty = self.canonical(f.ty));
        let c = self.intern(Type::Struct(Rc::new(s)));
        self.cache_canonical(key, c);
        self.cache_canonical(c, c);
        c
    }

    /// An interface with all its methods explicit and its terms in one union.
    fn flat_interface(&self, t: TypeId) -> Type {
        let set = self.type_set(t);
        let mut methods = set.methods.clone();
        for m in &mut methods {
            m.sig = self.canonical(m.sig);
            if m.name.is_exported() {
                m.pkg = None;
            }
        }
        let terms = set.terms.as_ref().map(|ts| {
            let mut ts: Vec<(bool, TypeId)> =
                ts.iter().map(|t| (t.tilde, self.canonical(t.ty))).collect();
            ts.sort_by_key(|t| (t.1, t.0));
            ts
        });
        let embedded = terms.map(|terms| Embedded { terms }).into_iter().collect();
        Type::Interface(Rc::new(Interface {
            methods,
            embedded,
            implicit: false,
            comparable: set.comparable,
        }))
    }
}

//! Type sets of interfaces (spec: Interface types).
//!
//! Invariants: methods are sorted by name and unique; `terms` is `None` for "all types"; terms are pairwise disjoint;
//! `comparable` is only set together with `terms: None`. A set is remembered once every embedded type is set up.

use super::store::method_key;
use super::{Embedded, IfaceMethod, Interface, Type, TypeId, Types};
use crate::symbol::Symbol;
use std::rc::Rc;

/// The types an interface stands for.
#[derive(Clone, Debug, Default)]
pub struct TypeSet {
    /// The complete method list, sorted.
    pub methods: Vec<IfaceMethod>,
    /// The terms; `None` is all types.
    pub terms: Option<Vec<Term>>,
    /// Whether types must be comparable.
    pub comparable: bool,
}

/// One term of a union.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Term {
    /// `~T`
    pub tilde: bool,
    /// `T`
    pub ty: TypeId,
}

impl TypeSet {
    /// Whether no type is in the set.
    pub fn is_empty(&self) -> bool {
        self.terms.as_ref().is_some_and(Vec::is_empty)
    }

    /// Whether the set is all types.
    pub fn is_all(&self) -> bool {
        self.methods.is_empty() && self.terms.is_none() && !self.comparable
    }

    /// Whether the interface is described by its methods alone, so that variables may have it as type.
    pub fn is_method_set(&self) -> bool {
        self.terms.is_none() && !self.comparable
    }

    /// Whether there are specific types.
    pub fn has_terms(&self) -> bool {
        self.terms.as_ref().is_some_and(|t| !t.is_empty())
    }

    /// A method's index and the method; `pkg` decides about unexported names unless `fold_case` asks to ignore case and package.
    pub fn method(
        &self,
        pkg: Option<super::PkgId>,
        name: Symbol,
        fold_case: bool,
    ) -> Option<(usize, &IfaceMethod)> {
        let same = |m: &IfaceMethod| super::lookup::same_id(m.name, m.pkg, name, pkg, fold_case);
        self.methods.iter().enumerate().find(|(_, m)| same(m))
    }
}

impl Types {
    /// The type set of an interface type, or of a type parameter's constraint; of any other type, the type alone.
    pub fn type_set(&self, t: TypeId) -> Rc<TypeSet> {
        let u = self.underlying(t);
        if let Some(s) = self.cached_type_set(u) {
            return s;
        }
        match self.get(u) {
            Type::Interface(_) => self.compute_type_set(u).0,
            Type::TypeParam(p) => match self.type_param(p).bound {
                Some(b) => self.type_set(b),
                None => Rc::default(),
            },
            _ => Rc::new(TypeSet {
                terms: Some(vec![Term {
                    tilde: false,
                    ty: t,
                }]),
                ..TypeSet::default()
            }),
        }
    }

    /// The set, and whether everything it depends on was set up.
    fn compute_type_set(&self, u: TypeId) -> (Rc<TypeSet>, bool) {
        if let Some(s) = self.cached_type_set(u) {
            return (s, true);
        }
        match self.get(u) {
            // An interface that embeds itself is reported elsewhere.
            Type::Interface(i) => self
                .computing(u, || self.compute_interface(u, &i))
                .unwrap_or_else(|| (Rc::default(), false)),
            _ => (Rc::default(), false),
        }
    }

    fn compute_interface(&self, u: TypeId, i: &Interface) -> (Rc<TypeSet>, bool) {
        let mut set = TypeSet {
            methods: i.methods.clone(),
            terms: None,
            comparable: i.comparable,
        };
        set.methods
            .dedup_by_key(|m| (m.name, m.pkg.filter(|_| !m.name.is_exported())));
        let mut complete = true;
        for e in &i.embedded {
            complete &= crate::ast::deep(|| self.embed(&mut set, e));
        }
        set.methods.sort_by_key(method_key);
        set.methods
            .dedup_by_key(|m| (m.name, m.pkg.filter(|_| !m.name.is_exported())));
        let set = Rc::new(set);
        if complete {
            self.cache_type_set(u, set.clone());
        }
        (set, complete)
    }

    fn embed(&self, set: &mut TypeSet, e: &Embedded) -> bool {
        let mut complete = true;
        let mut terms: Option<Vec<Term>> = Some(vec![]);
        let mut comparable = false;
        for &(tilde, ty) in &e.terms {
            let u = self.underlying(ty);
            let term = match self.get(u) {
                Type::Basic(super::Basic::Invalid) => {
                    complete &= !matches!(self.get(ty), Type::Named(_));
                    continue;
                }
                Type::Interface(_) => {
                    let (s, ok) = self.compute_type_set(u);
                    complete &= ok;
                    if e.terms.len() == 1 {
                        set.methods.extend(s.methods.iter().cloned());
                        comparable = s.comparable;
                    }
                    s.terms.clone()
                }
                // What ~ may not stand before has been reported.
                _ if tilde && !self.identical(u, ty) => Some(vec![]),
                _ => Some(vec![Term { tilde, ty }]),
            };
            terms = self.union(terms, term);
        }
        if e.terms.len() == 1 && terms.as_ref().is_some_and(Vec::is_empty) && !complete {
            terms = None;
        }
        let (t, c) = self.intersect((set.terms.take(), set.comparable), (terms, comparable));
        set.terms = t;
        set.comparable = c;
        complete
    }

    fn union(&self, a: Option<Vec<Term>>, b: Option<Vec<Term>>) -> Option<Vec<Term>> {
        let mut out = a?;
        for t in b? {
            if out.iter().any(|o| self.includes(*o, t)) {
                continue;
            }
            out.retain(|o| !self.includes(t, *o));
            out.push(t);
        }
        Some(out)
    }

    /// Whether every type of term `b` is one of term `a`.
    fn includes(&self, a: Term, b: Term) -> bool {
        if a.tilde {
            return self.identical(self.underlying(a.ty), self.underlying(b.ty));
        }
        !b.tilde && self.identical(a.ty, b.ty)
    }

    fn intersect(
        &self,
        (a, a_comparable): (Option<Vec<Term>>, bool),
        (b, b_comparable): (Option<Vec<Term>>, bool),
    ) -> (Option<Vec<Term>>, bool) {
        let comparable = a_comparable || b_comparable;
        let terms = match (a, b) {
            (None, None) => return (None, comparable),
            (Some(t), None) | (None, Some(t)) => t,
            (Some(a), Some(b)) => {
                let mut out: Vec<Term> = Vec::new();
                for x in &a {
                    out.extend(b.iter().filter_map(|y| self.common_term(*x, *y)));
                }
                out
            }
        };
        let keep = |t: &Term| !comparable || self.comparable_type(t.ty, false);
        (Some(terms.into_iter().filter(keep).collect()), false)
    }

    fn common_term(&self, x: Term, y: Term) -> Option<Term> {
        let ux = if y.tilde { self.underlying(x.ty) } else { x.ty };
        let uy = if x.tilde { self.underlying(y.ty) } else { y.ty };
        if !self.identical(ux, uy) {
            return None;
        }
        Some(if x.tilde && !y.tilde { y } else { x })
    }

    /// Whether two term lists stand for the same types.
    pub(super) fn same_terms(&self, a: Option<&[Term]>, b: Option<&[Term]>) -> bool {
        match (a, b) {
            (None, None) => true,
            (Some(a), Some(b)) => self.subset_terms(a, b) && self.subset_terms(b, a),
            _ => false,
        }
    }

    fn subset_terms(&self, a: &[Term], b: &[Term]) -> bool {
        a.iter().all(|x| b.iter().any(|y| self.includes(*y, *x)))
    }

    /// Whether every type of set `a` is in the terms of set `b` (methods and comparability are not looked at).
    pub fn terms_subset(&self, a: &TypeSet, b: &TypeSet) -> bool {
        match (&a.terms, &b.terms) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => self.subset_terms(a, b),
        }
    }

    /// Whether two sets have the same terms.
    pub fn equal_terms(&self, a: &TypeSet, b: &TypeSet) -> bool {
        self.same_terms(a.terms.as_deref(), b.terms.as_deref())
    }

    /// Whether some type is in both terms.
    pub fn terms_overlap(&self, a: Term, b: Term) -> bool {
        self.common_term(a, b).is_some()
    }

    /// Whether all types of an interface's terms are comparable.
    pub fn comparable_type_set(&self, t: TypeId) -> bool {
        let set = self.type_set(t);
        set.terms.as_ref().map_or(set.comparable, |ts| {
            ts.iter().all(|x| self.comparable_type(x.ty, false))
        })
    }

    /// Whether type `t` is one of the terms.
    pub fn in_terms(&self, t: TypeId, set: &TypeSet) -> bool {
        set.terms.as_ref().is_none_or(|ts| {
            ts.iter().any(|x| {
                self.includes(
                    *x,
                    Term {
                        tilde: false,
                        ty: t,
                    },
                )
            })
        })
    }

    /// The types of a type parameter's terms; `None` if there are no specific types.
    pub fn specific_types(&self, t: TypeId) -> Option<Vec<TypeId>> {
        self.type_set(t)
            .terms
            .as_ref()
            .filter(|t| !t.is_empty())
            .map(|ts| ts.iter().map(|t| t.ty).collect())
    }

    /// Whether no type satisfies the type parameter's (or interface's) constraint.
    pub fn type_set_is_empty(&self, t: TypeId) -> bool {
        self.type_set(t).is_empty()
    }
}

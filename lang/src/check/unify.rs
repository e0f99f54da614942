//! Type unification (go/types: unify.go).
//!
//! Invariants: each type parameter to be inferred has a cell; joined parameters share one; a cell, once set, is only replaced by a
//! type that unifies with it.

use super::Checker;
use crate::types::{
    ChanDir, IfaceMethod, Member, Type, TypeId, TypeParamId, lookup_field_or_method,
};

/// Deeper than this, unification gives up.
const DEPTH_LIMIT: u32 = 100;

/// What has been inferred so far.
pub(super) struct Unifier {
    tparams: Vec<TypeParamId>,
    /// The cell of each type parameter.
    cells: Vec<usize>,
    inferred: Vec<Option<TypeId>>,
    depth: u32,
}

/// How closely types must match.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum UnifyMode {
    /// Identical up to type parameters, channel directions and names of defined types.
    Inexact,
    /// As parameter and argument of a call.
    Assign,
    /// Identical up to type parameters.
    Exact,
}

impl Unifier {
    pub(super) fn new(tparams: &[TypeParamId], targs: &[Option<TypeId>]) -> Unifier {
        let mut inferred = targs.to_vec();
        inferred.resize(tparams.len(), None);
        Unifier {
            tparams: tparams.to_vec(),
            cells: (0..tparams.len()).collect(),
            inferred,
            depth: 0,
        }
    }

    /// The type inferred for a type parameter.
    pub(super) fn at(&self, p: TypeParamId) -> Option<TypeId> {
        self.index(p).and_then(|i| self.inferred[self.cells[i]])
    }

    pub(super) fn set(&mut self, p: TypeParamId, t: TypeId) {
        if let Some(i) = self.index(p) {
            let cell = self.cells[i];
            self.inferred[cell] = Some(t);
        }
    }

    pub(super) fn unknowns(&self) -> usize {
        self.cells
            .iter()
            .filter(|&&c| self.inferred[c].is_none())
            .count()
    }

    /// What was inferred for each type parameter.
    pub(super) fn inferred(&self) -> Vec<Option<TypeId>> {
        self.cells.iter().map(|&c| self.inferred[c]).collect()
    }

    fn index(&self, p: TypeParamId) -> Option<usize> {
        self.tparams.iter().position(|&q| q == p)
    }

    /// Makes two type parameters share a cell; false if both have a type already.
    fn join(&mut self, p: TypeParamId, q: TypeParamId) -> bool {
        let (Some(i), Some(j)) = (self.index(p), self.index(q)) else {
            return false;
        };
        let (a, b) = (self.cells[i], self.cells[j]);
        if a == b {
            return true;
        }
        let (keep, drop) = match (self.inferred[a], self.inferred[b]) {
            (Some(_), Some(_)) => return false,
            (_, Some(_)) => (b, a),
            _ => (a, b),
        };
        self.cells
            .iter_mut()
            .filter(|c| **c == drop)
            .for_each(|c| *c = keep);
        true
    }
}

impl Checker<'_> {
    /// Unifies two types, noting what that says about the unifier's type parameters.
    pub(super) fn unify(&mut self, u: &mut Unifier, x: TypeId, y: TypeId, mode: UnifyMode) -> bool {
        if x == y {
            return true;
        }
        if u.depth > DEPTH_LIMIT {
            return false;
        }
        u.depth += 1;
        let ok = crate::ast::deep(|| self.nify(u, x, y, mode));
        u.depth -= 1;
        ok
    }

    fn bound_param(&self, u: &Unifier, t: TypeId) -> Option<TypeParamId> {
        self.w
            .types
            .as_type_param(t)
            .filter(|&p| u.index(p).is_some())
    }

    fn nify(&mut self, u: &mut Unifier, mut x: TypeId, mut y: TypeId, mode: UnifyMode) -> bool {
        // If there is a defined type, one is in y; if there is a type parameter to infer, one is in x.
        if self.w.types.as_named(x).is_some() || self.bound_param(u, y).is_some() {
            std::mem::swap(&mut x, &mut y);
        }
        let inexact = mode != UnifyMode::Exact;
        let is_literal = !matches!(self.w.types.get(x), Type::Named(_) | Type::TypeParam(_));
        if inexact
            && is_literal
            && self.w.types.as_named(y).is_some()
            && !self.w.types.is_interface(x)
        {
            y = self.w.types.underlying(y);
            if self.w.types.identical(x, y) {
                return true;
            }
        }
        match (self.bound_param(u, x), self.bound_param(u, y)) {
            (Some(p), Some(q)) => {
                if u.join(p, q) {
                    return true;
                }
                let (Some(a), Some(b)) = (u.at(p), u.at(q)) else {
                    return false;
                };
                self.unify(u, a, b, mode)
            }
            (Some(p), None) => match u.at(p) {
                Some(known) => self.nify_known(u, p, known, y, mode),
                None => {
                    u.set(p, y);
                    true
                }
            },
            _ if inexact && (self.w.types.is_interface(x) || self.w.types.is_interface(y)) => {
                self.nify_interfaces(u, x, y)
            }
            _ => self.nify_shapes(u, x, y, mode),
        }
    }

    /// Type parameter `p`, inferred to be `x`, meets `y`.
    fn nify_known(
        &mut self,
        u: &mut Unifier,
        p: TypeParamId,
        x: TypeId,
        y: TypeId,
        mode: UnifyMode,
    ) -> bool {
        if !self.unify(u, x, y, mode) {
            return false;
        }
        let types = &self.w.types;
        let (xn, yn) = (types.as_named(x).is_some(), types.as_named(y).is_some());
        match (types.is_interface(x), types.is_interface(y)) {
            (true, true) if xn && yn => return types.identical(x, y),
            (true, true) if types.type_set(x).methods.len() != types.type_set(y).methods.len() => {
                return false;
            }
            (true, false) | (false, true) => return false,
            _ => {}
        }
        if mode != UnifyMode::Exact && !xn {
            let directed = matches!(types.under(y), Type::Chan(d, _) if d != ChanDir::Both);
            if yn || directed {
                u.set(p, y);
            }
        }
        true
    }

    fn nify_interfaces(&mut self, u: &mut Unifier, x: TypeId, y: TypeId) -> bool {
        let (xi, yi) = (self.w.types.is_interface(x), self.w.types.is_interface(y));
        if xi && yi {
            let (s, t) = (self.w.types.type_set(x), self.w.types.type_set(y));
            if s.comparable != t.comparable || !self.w.types.equal_terms(&s, &t) {
                return false;
            }
            let (few, many) = if s.methods.len() <= t.methods.len() {
                (s, t)
            } else {
                (t, s)
            };
            return few.methods.iter().all(|m| {
                let other = many.method(m.pkg, m.name, false).map(|f| f.1.sig);
                other.is_some_and(|sig| self.unify(u, m.sig, sig, UnifyMode::Exact))
            });
        }
        let (i, other) = if xi { (x, y) } else { (y, x) };
        let methods = self.w.types.type_set(i).methods.clone();
        methods.iter().all(|m| match self.method_of(other, m) {
            Some(sig) => self.unify(u, m.sig, sig, UnifyMode::Exact),
            None => false,
        })
    }

    fn method_of(&mut self, t: TypeId, m: &IfaceMethod) -> Option<TypeId> {
        let found = lookup_field_or_method(
            &self.w.types,
            &self.w.objects,
            t,
            false,
            m.pkg,
            m.name,
            false,
        )
        .ok()?;
        match found.member {
            Member::Field(_) => None,
            Member::Interface(f) => Some(f.sig),
            Member::Method(f, n) => {
                self.resolve(f, false);
                let sig = self.method_signature(f, n);
                // A generic method never satisfies an interface's.
                (!self.w.types.is_generic(sig)).then_some(sig)
            }
        }
    }

    fn nify_all(&mut self, u: &mut Unifier, xs: &[TypeId], ys: &[TypeId], mode: UnifyMode) -> bool {
        xs.len() == ys.len() && xs.iter().zip(ys).all(|(&x, &y)| self.unify(u, x, y, mode))
    }

    fn nify_shapes(&mut self, u: &mut Unifier, x: TypeId, y: TypeId, mode: UnifyMode) -> bool {
        // What is inside an argument's type must match exactly.
        let inner = if mode == UnifyMode::Assign {
            UnifyMode::Exact
        } else {
            mode
        };
        match (self.w.types.get(x), self.w.types.get(y)) {
            (Type::Array(n, a), Type::Array(m, b)) => {
                (n < 0 || m < 0 || n == m) && self.unify(u, a, b, inner)
            }
            (Type::Slice(a), Type::Slice(b)) | (Type::Pointer(a), Type::Pointer(b)) => {
                self.unify(u, a, b, inner)
            }
            (Type::Map(k, a), Type::Map(l, b)) => {
                self.unify(u, k, l, inner) && self.unify(u, a, b, inner)
            }
            (Type::Chan(d, a), Type::Chan(e, b)) => {
                (mode != UnifyMode::Exact || d == e) && self.unify(u, a, b, inner)
            }
            (Type::Struct(s), Type::Struct(t)) => {
                s.fields.len() == t.fields.len()
                    && s.fields.iter().zip(&t.fields).all(|(f, g)| {
                        let same = f.embedded == g.embedded
                            && f.tag == g.tag
                            && f.name == g.name
                            && (f.name.is_exported() || f.pkg == g.pkg);
                        same && self.unify(u, f.ty, g.ty, inner)
                    })
            }
            (Type::Tuple(a), Type::Tuple(b)) => self.nify_all(u, &a, &b, mode),
            (Type::Signature(a), Type::Signature(b)) => {
                // A generic function argument's own type parameters are among those to infer.
                a.variadic == b.variadic
                    && self.nify_all(u, &a.params, &b.params, inner)
                    && self.nify_all(u, &a.results, &b.results, inner)
            }
            (Type::Interface(_), Type::Interface(_)) => {
                let (s, t) = (self.w.types.type_set(x), self.w.types.type_set(y));
                s.comparable == t.comparable
                    && self.w.types.equal_terms(&s, &t)
                    && s.methods.len() == t.methods.len()
                    && s.methods.iter().zip(&t.methods).all(|(m, n)| {
                        m.name == n.name
                            && (m.name.is_exported() || m.pkg == n.pkg)
                            && self.unify(u, m.sig, n.sig, UnifyMode::Exact)
                    })
            }
            (Type::Named(a), Type::Named(b)) => {
                match (self.w.types.named(a).origin, self.w.types.named(b).origin) {
                    (Some((o, xs)), Some((p, ys))) => o == p && self.nify_all(u, &xs, &ys, mode),
                    _ => a == b,
                }
            }
            (Type::TypeParam(_), _) | (_, Type::TypeParam(_)) => self.nify_core(u, x, y, mode),
            _ => self.w.types.identical(x, y),
        }
    }

    /// A type parameter that is not to be inferred may still match through its core type.
    fn nify_core(&mut self, u: &mut Unifier, x: TypeId, y: TypeId, mode: UnifyMode) -> bool {
        if mode == UnifyMode::Exact {
            return self.w.types.identical(x, y);
        }
        let core = |c: &Self, t: TypeId| {
            if c.w.types.is_type_param(t) {
                c.core_type(t)
            } else {
                None
            }
        };
        match (core(self, x), core(self, y)) {
            (Some(a), Some(b)) => self.unify(u, a, b, mode),
            (Some(a), None) if !self.w.types.is_type_param(y) => self.unify(u, a, y, mode),
            (None, Some(b)) if !self.w.types.is_type_param(x) => self.unify(u, x, b, mode),
            _ => false,
        }
    }

    /// The underlying type all types of the type parameter's set share.
    fn core_type(&self, t: TypeId) -> Option<TypeId> {
        self.common_under(t, |_| Ok(())).ok()
    }
}

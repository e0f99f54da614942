//! Type sets and common underlying types of operands (go/types: under.go).

use super::Checker;
use crate::ast::ChanDir;
use crate::types::{Type, TypeId};

/// One `(type, underlying shape)` pair of a type set; `None` stands for "no specific types".
pub(super) type Term = Option<(TypeId, Type)>;

impl Checker<'_> {
    /// The specific types of `t`'s type set: `t` itself unless it is a type parameter. Never empty.
    pub(super) fn typeset(&self, t: TypeId) -> Vec<Term> {
        if !self.w.types.is_type_param(t) {
            return vec![Some((t, self.w.types.under(t)))];
        }
        match self.w.types.specific_types(t) {
            Some(terms) if !terms.is_empty() => terms
                .into_iter()
                .map(|t| Some((t, self.w.types.under(t))))
                .collect(),
            _ => vec![None],
        }
    }

    /// Whether `f` holds for the underlying shape of every type of `t`'s type set (`None`: there are no specific types).
    pub(super) fn under_is(&self, t: TypeId, mut f: impl FnMut(Option<&Type>) -> bool) -> bool {
        self.typeset(t)
            .iter()
            .all(|term| f(term.as_ref().map(|(_, u)| u)))
    }

    /// The common underlying type of `t`'s type set.
    ///
    /// # Errors
    /// Why there is none, or what `cond` says of a `(type, shape)` pair it does not like.
    pub(super) fn common_under(
        &self,
        t: TypeId,
        mut cond: impl FnMut(Option<(TypeId, &Type)>) -> Result<(), String>,
    ) -> Result<TypeId, String> {
        let mut common: Option<(TypeId, TypeId)> = None;
        for term in self.typeset(t) {
            cond(term.as_ref().map(|(t, u)| (*t, u)))?;
            let Some((t, u)) = term else {
                return Err("no specific type".to_string());
            };
            let tu = self.w.types.underlying(t);
            let Some((ct, cu)) = common else {
                common = Some((t, tu));
                continue;
            };
            if let (Type::Chan(cdir, celem), Type::Chan(dir, elem)) = (self.w.types.get(cu), &u) {
                if self.common_chan((ct, cdir, celem), (t, *dir, *elem))? {
                    common = Some((t, tu));
                }
            } else if !self.w.types.identical(cu, tu) {
                return Err(self.different_underlying(ct, t));
            }
        }
        common
            .map(|c| c.1)
            .ok_or_else(|| "no specific type".to_string())
    }

    /// `common_under` without a condition, and without the explanation.
    pub(super) fn common_under_type(&self, t: TypeId) -> Option<Type> {
        if !self.w.types.is_type_param(t) {
            return Some(self.w.types.under(t));
        }
        self.common_under(t, |_| Ok(()))
            .ok()
            .map(|u| self.w.types.get(u))
    }

    /// Whether the second channel type is the one to go on with: the more restricted of two compatible ones.
    fn common_chan(
        &self,
        a: (TypeId, ChanDir, TypeId),
        b: (TypeId, ChanDir, TypeId),
    ) -> Result<bool, String> {
        if !self.w.types.identical(a.2, b.2) {
            let (a, b) = (self.type_string(a.0), self.type_string(b.0));
            return Err(format!("channels {a} and {b} have different element types"));
        }
        if a.1 == b.1 {
            return Ok(false);
        }
        if a.1 == ChanDir::Both {
            return Ok(true);
        }
        if b.1 != ChanDir::Both {
            let (a, b) = (self.type_string(a.0), self.type_string(b.0));
            return Err(format!("channels {a} and {b} have conflicting directions"));
        }
        Ok(false)
    }

    pub(super) fn different_underlying(&self, a: TypeId, b: TypeId) -> String {
        format!(
            "{} and {} have different underlying types",
            self.type_string(a),
            self.type_string(b)
        )
    }

    /// `A` if `t` is a pointer to an array `A`, else `t`'s own underlying shape.
    pub(super) fn array_ptr_deref(&self, t: TypeId) -> Type {
        let u = self.w.types.under(t);
        if let Type::Pointer(base) = u
            && let array @ Type::Array(..) = self.w.types.under(base)
        {
            return array;
        }
        u
    }

    /// Whether `t` is an interface type and not a type parameter.
    pub(super) fn is_interface(&self, t: TypeId) -> bool {
        matches!(self.w.types.under(t), Type::Interface(_))
    }
}

//! Assignability between types, interface implementation and constraint satisfaction (go/types: instantiate.go, lookup.go, operand.go).
//!
//! Invariant: an invalid type anywhere makes the answer "yes": the error has been reported.

use super::Checker;
use crate::diag::Code;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::types::{
    Basic, ChanDir, IfaceMethod, LookupError, Member, ObjId, PkgId, Type, TypeId, TypeParamId,
    TypeWriter, lookup_field_or_method,
};

/// A method required by an interface that a type lacks, and why.
struct Missing {
    method: IfaceMethod,
    why: Why,
}

enum Why {
    NotFound,
    WrongName(ObjId, TypeId),
    Unexported,
    WrongSig(Symbol, TypeId),
    Ambiguous,
    PointerReceiver,
    Field,
}

/// How signatures are compared when methods are looked for.
pub(super) type Equivalent<'a> = &'a mut dyn FnMut(&mut Checker<'_>, TypeId, TypeId) -> bool;

impl Checker<'_> {
    /// Whether a value of the typed type `v` may be assigned to a variable of type `t`.
    ///
    /// # Errors
    /// The error's code if not; `cause` perhaps explains it.
    pub(super) fn assignable_to(
        &mut self,
        v: TypeId,
        t: TypeId,
        cause: &mut String,
    ) -> Result<(), Code> {
        let types = &self.w.types;
        if v.is_invalid() || t.is_invalid() || types.identical(v, t) {
            return Ok(());
        }
        let (vu, tu) = (types.underlying(v), types.underlying(t));
        let (vp, tp) = (types.is_type_param(v), types.is_type_param(t));
        let unnamed = !types.has_name(v) || !types.has_name(t);
        if unnamed && !vp && !tp && types.identical(vu, tu) {
            return Ok(());
        }
        if types.is_interface(t) || self.is_interface_ptr(t) {
            // Reasons speak of what aliases stand for.
            let unalias = |t: TypeId| match types.spelling(t) {
                _ if t == TypeId::ANY => TypeId::EMPTY_INTERFACE,
                Some(_) => types.plain(t),
                None => t,
            };
            let (v, t) = (unalias(v), unalias(t));
            if self.implements(v, t, false, cause) {
                return Ok(());
            }
            if !vp {
                return Err(Code::InvalidIfaceAssign);
            }
            cause.clear();
        }
        if self.w.types.is_interface(v) && self.implements(t, v, false, &mut String::new()) {
            *cause = "need type assertion".to_string();
            return Err(Code::IncompatibleAssign);
        }
        if let (Type::Chan(ChanDir::Both, a), Type::Chan(_, b)) =
            (self.w.types.get(vu), self.w.types.get(tu))
            && self.w.types.identical(a, b)
        {
            return if unnamed {
                Ok(())
            } else {
                Err(Code::InvalidChanAssign)
            };
        }
        self.assignable_terms((v, vp), (t, tp), cause)
    }

    /// The cases with a type parameter: each type of its type set must do.
    fn assignable_terms(
        &mut self,
        (v, vp): (TypeId, bool),
        (t, tp): (TypeId, bool),
        cause: &mut String,
    ) -> Result<(), Code> {
        let param = if tp && !self.w.types.has_name(v) {
            t
        } else if vp && !self.w.types.has_name(t) {
            v
        } else {
            return Err(Code::IncompatibleAssign);
        };
        let Some(terms) = self.w.types.specific_types(param) else {
            return Err(Code::IncompatibleAssign);
        };
        for term in terms {
            let (from, to) = if param == t { (v, term) } else { (term, t) };
            if let Err(code) = self.assignable_to(from, to, cause) {
                let (from, to, p) = (
                    self.type_string(from),
                    self.type_string(to),
                    self.type_string(param),
                );
                let message = if param == t {
                    format!("cannot assign {from} to {to} (in {p})")
                } else {
                    format!("cannot assign {from} (in {p}) to {to}")
                };
                chain(cause, message);
                return Err(code);
            }
        }
        Ok(())
    }

    /// Whether a value of the non-constant type `v`, not assignable to `t`, may be converted to it.
    pub(super) fn convertible_to(&mut self, v: TypeId, t: TypeId, cause: &mut String) -> bool {
        let (vp, tp) = (self.w.types.is_type_param(v), self.w.types.is_type_param(t));
        if !vp && !tp {
            return self.convertible_plain(v, t);
        }
        let terms = |c: &Self, t: TypeId, p: bool| {
            if p {
                c.w.types.specific_types(t)
            } else {
                Some(vec![t])
            }
        };
        let (Some(vs), Some(ts)) = (terms(self, v, vp), terms(self, t, tp)) else {
            return false;
        };
        for &from in &vs {
            for &to in &ts {
                let mut inner = String::new();
                if self.assignable_to(from, to, &mut inner).is_ok()
                    || self.convertible_to(from, to, cause)
                {
                    continue;
                }
                let of = |c: &Self, t: TypeId, p: bool, of: TypeId| match p {
                    true => format!("{} (in {})", c.type_string(t), c.type_string(of)),
                    false => c.type_string(t),
                };
                let (from, to) = (of(self, from, vp, v), of(self, to, tp, t));
                chain(cause, format!("cannot convert {from} to type {to}"));
                return false;
            }
        }
        true
    }

    fn convertible_plain(&self, v: TypeId, t: TypeId) -> bool {
        let types = &self.w.types;
        let (vu, tu) = (types.underlying(v), types.underlying(t));
        if types.identical_ignore_tags(vu, tu) {
            return true;
        }
        if let (Type::Pointer(a), Type::Pointer(b)) = (types.get(v), types.get(t))
            && !types.is_type_param(a)
            && !types.is_type_param(b)
            && types.identical_ignore_tags(types.underlying(a), types.underlying(b))
        {
            return true;
        }
        let int_or_float = |t| types.is_integer(t) || types.is_float(t);
        if int_or_float(vu) && int_or_float(tu) || types.is_complex(vu) && types.is_complex(tu) {
            return true;
        }
        if types.is_string(tu) && (types.is_integer(vu) || types.is_bytes_or_runes(vu)) {
            return true;
        }
        if types.is_string(vu) && types.is_bytes_or_runes(tu) {
            return true;
        }
        let pointer = |u| matches!(types.get(u), Type::Pointer(_) | Type::Basic(Basic::Uintptr));
        let raw = |u| matches!(types.get(u), Type::Basic(Basic::UnsafePointer));
        if pointer(vu) && raw(tu) || raw(vu) && pointer(tu) {
            return true;
        }
        let Type::Slice(elem) = types.get(vu) else {
            return false;
        };
        match types.get(tu) {
            Type::Array(_, e) => types.identical(elem, e),
            Type::Pointer(base) => {
                matches!(types.under(base), Type::Array(_, e) if types.identical(elem, e))
            }
            _ => false,
        }
    }

    /// Whether `t` is a pointer to an interface or type parameter: a common mistake.
    pub(super) fn is_interface_ptr(&self, t: TypeId) -> bool {
        match self.w.types.under(t) {
            Type::Pointer(b) => matches!(
                self.w.types.under(b),
                Type::Interface(_) | Type::TypeParam(_)
            ),
            _ => false,
        }
    }

    fn interface_ptr_error(&self, t: TypeId) -> String {
        let what = match self.w.types.under(t) {
            Type::Pointer(b) if self.w.types.is_type_param(b) => "type parameter",
            _ => "interface",
        };
        format!(
            "type {} is pointer to {what}, not {what}",
            self.type_string(t)
        )
    }

    /// Whether `v` implements the interface `t` (or, with `constraint`, satisfies it); `cause` says why not.
    pub(super) fn implements(
        &mut self,
        v: TypeId,
        t: TypeId,
        constraint: bool,
        cause: &mut String,
    ) -> bool {
        let (vu, tu) = (self.w.types.underlying(v), self.w.types.underlying(t));
        if vu.is_invalid() || tu.is_invalid() {
            return true;
        }
        if let Type::Pointer(b) = self.w.types.get(vu)
            && self.w.types.underlying(b).is_invalid()
        {
            return true;
        }
        let verb = if constraint { "satisfy" } else { "implement" };
        if !self.w.types.is_interface(t) {
            let ts = self.type_string(t);
            let detail = if self.is_interface_ptr(t) {
                self.interface_ptr_error(t)
            } else {
                format!("{ts} is not an interface")
            };
            *cause = format!("{} does not {verb} {ts} ({detail})", self.type_string(v));
            return false;
        }
        let set = self.w.types.type_set(t);
        if set.is_all() {
            return true;
        }
        let v_is_set = matches!(
            self.w.types.get(vu),
            Type::Interface(_) | Type::TypeParam(_)
        );
        if v_is_set && self.w.types.type_set(v).is_empty() {
            return true;
        }
        if set.is_empty() {
            *cause = format!("cannot {verb} {} (empty type set)", self.type_string(t));
            return false;
        }
        if !self.has_all_methods(v, t, true, &mut |c, x, y| c.w.types.identical(x, y), cause) {
            *cause = format!(
                "{} does not {verb} {} {cause}",
                self.type_string(v),
                self.type_string(t)
            );
            return false;
        }
        if set.has_terms() && !self.in_type_set(v, t, v_is_set, verb, cause) {
            return false;
        }
        // The constraint is comparable itself, or all its terms have to be.
        let needs = set.comparable
            || set
                .terms
                .as_ref()
                .is_some_and(|_| self.w.types.comparable_type_set(t));
        if !needs || self.w.types.strictly_comparable(v) || constraint && self.w.types.comparable(v)
        {
            return true;
        }
        *cause = format!("{} does not {verb} comparable", self.type_string(v));
        false
    }

    /// Whether `v` (every type of it, if it is a type set) is among the terms of `t`.
    fn in_type_set(
        &mut self,
        v: TypeId,
        t: TypeId,
        v_is_set: bool,
        verb: &str,
        cause: &mut String,
    ) -> bool {
        let types = &self.w.types;
        let set = types.type_set(t);
        let (vs, ts) = (self.type_string(v), self.type_string(t));
        if v_is_set {
            if types.terms_subset(&types.type_set(v), &set) {
                return true;
            }
            *cause = format!("{vs} does not {verb} {ts}");
            return false;
        }
        if types.in_terms(v, &set) {
            return true;
        }
        let terms = set.terms.as_deref().unwrap_or_default();
        let near = terms.iter().find(|x| {
            let plain = !x.tilde && types.identical(x.ty, types.underlying(x.ty));
            plain && types.identical(types.underlying(v), x.ty)
        });
        let detail = match near {
            Some(x) => format!("possibly missing ~ for {} in {ts}", self.type_string(x.ty)),
            None if self.constraint_mentions(t, v) => {
                format!("{ts} mentions {vs}, but {vs} is not in the type set of {ts}")
            }
            None => {
                let show = |x: &crate::types::Term| {
                    format!(
                        "{}{}",
                        if x.tilde { "~" } else { "" },
                        self.path_string(x.ty)
                    )
                };
                let list: Vec<String> = terms.iter().map(show).collect();
                format!("{vs} missing in {}", list.join(" | "))
            }
        };
        *cause = format!("{vs} does not {verb} {ts} ({detail})");
        false
    }

    fn constraint_mentions(&self, t: TypeId, v: TypeId) -> bool {
        match self.w.types.under(t) {
            Type::Interface(i) => i.embedded.iter().flat_map(|e| &e.terms).any(|&(_, x)| {
                self.w.types.identical(x, v)
                    || !self.w.types.has_name(x)
                        && self.w.types.is_interface(x)
                        && self.constraint_mentions(x, v)
            }),
            _ => false,
        }
    }

    /// Whether a value of interface type `v` can hold a `t`.
    pub(super) fn assertable_to(&mut self, v: TypeId, t: TypeId, cause: &mut String) -> bool {
        self.w.types.is_interface(t)
            || self.has_all_methods(t, v, false, &mut |c, x, y| c.w.types.identical(x, y), cause)
    }

    /// Whether `v` has all methods of the interface (or type parameter's constraint) `t`.
    pub(super) fn has_all_methods(
        &mut self,
        v: TypeId,
        t: TypeId,
        is_static: bool,
        equivalent: Equivalent,
        cause: &mut String,
    ) -> bool {
        if v.is_invalid() {
            return true;
        }
        let Some(missing) = self.missing_method(v, t, is_static, equivalent) else {
            return true;
        };
        if self.has_invalid_embedded(v, &mut Vec::new()) {
            return true;
        }
        *cause = self.missing_cause(v, t, &missing);
        false
    }

    fn missing_method(
        &mut self,
        v: TypeId,
        t: TypeId,
        is_static: bool,
        equivalent: Equivalent,
    ) -> Option<Missing> {
        let methods = self.w.types.type_set(t).methods.clone();
        let v_is_set = matches!(
            self.w.types.under(v),
            Type::Interface(_) | Type::TypeParam(_)
        );
        for m in methods {
            let why = if v_is_set {
                self.missing_in_set(v, &m, is_static, equivalent)
            } else {
                self.missing_in_type(v, &m, equivalent)
            };
            if let Some(why) = why {
                return Some(Missing { method: m, why });
            }
        }
        None
    }

    fn missing_in_set(
        &mut self,
        v: TypeId,
        m: &IfaceMethod,
        is_static: bool,
        equivalent: Equivalent,
    ) -> Option<Why> {
        let set = self.w.types.type_set(v);
        match set.method(m.pkg, m.name, false) {
            None => is_static.then_some(Why::NotFound),
            Some((_, f)) if equivalent(self, f.sig, m.sig) => None,
            Some((_, f)) => Some(Why::WrongSig(f.name, f.sig)),
        }
    }

    fn missing_in_type(
        &mut self,
        v: TypeId,
        m: &IfaceMethod,
        equivalent: Equivalent,
    ) -> Option<Why> {
        let lookup = |c: &Self, fold| {
            lookup_field_or_method(&c.w.types, &c.w.objects, v, false, m.pkg, m.name, fold)
        };
        match lookup(self, false) {
            Err(LookupError::Ambiguous) => Some(Why::Ambiguous),
            Err(LookupError::PointerReceiver) => Some(Why::PointerReceiver),
            Err(LookupError::NotFound) => match lookup(self, true).map(|f| f.member) {
                Ok(Member::Method(f, n)) => {
                    if self.w.objects.name(f) == m.name {
                        return Some(Why::Unexported);
                    }
                    self.resolve(f, false);
                    Some(Why::WrongName(f, self.method_signature(f, n)))
                }
                _ => Some(Why::NotFound),
            },
            Ok(found) => {
                let (name, sig) = match found.member {
                    Member::Field(_) => return Some(Why::Field),
                    Member::Interface(f) => (f.name, f.sig),
                    Member::Method(f, n) => {
                        self.resolve(f, false);
                        (m.name, self.method_signature(f, n))
                    }
                };
                if equivalent(self, sig, m.sig) {
                    None
                } else {
                    Some(Why::WrongSig(name, sig))
                }
            }
        }
    }

    fn missing_cause(&self, v: TypeId, t: TypeId, missing: &Missing) -> String {
        let m = &missing.method;
        let name = m.name;
        match &missing.why {
            Why::NotFound if self.is_interface_ptr(v) => {
                format!("({})", self.interface_ptr_error(v))
            }
            Why::NotFound if self.is_interface_ptr(t) => {
                format!("({})", self.interface_ptr_error(t))
            }
            Why::NotFound => format!("(missing method {name})"),
            Why::WrongName(f, sig) => {
                let have = self.func_string(self.w.objects.name(*f), *sig, false);
                let want = self.func_string(name, m.sig, false);
                format!("(missing method {name})\n\t\thave {have}\n\t\twant {want}")
            }
            Why::Unexported => format!("(unexported method {name})"),
            Why::WrongSig(f, sig) => {
                let both = |full| {
                    (
                        self.func_string(*f, *sig, full),
                        self.func_string(name, m.sig, full),
                    )
                };
                let (mut have, mut want) = both(false);
                if have == want {
                    (have, want) = both(true);
                }
                if have == want {
                    return format!("(wrong type for method {name})");
                }
                format!("(wrong type for method {name})\n\t\thave {have}\n\t\twant {want}")
            }
            Why::Ambiguous => format!("(ambiguous selector {}.{name})", self.type_string(v)),
            Why::PointerReceiver => format!("(method {name} has pointer receiver)"),
            Why::Field => format!("({}.{name} is a field, not a method)", self.type_string(v)),
        }
    }

    /// A method's name and signature without parameter names; with `full`, every package is spelled out.
    fn func_string(&self, name: Symbol, sig: TypeId, full: bool) -> String {
        let path = |p: PkgId| Some(self.w.packages[p.0 as usize].path.clone());
        let short = |p: PkgId| self.qualifier(p);
        let qualify: &dyn Fn(PkgId) -> Option<String> = if full { &path } else { &short };
        let mut w = TypeWriter::new(&self.w.types, &self.w.objects, qualify).without_names();
        w.signature(sig);
        format!("{name}{}", w.finish())
    }

    fn has_invalid_embedded(&self, t: TypeId, seen: &mut Vec<TypeId>) -> bool {
        let base = match self.w.types.under(t) {
            Type::Pointer(b) => b,
            _ => t,
        };
        let Type::Struct(s) = self.w.types.under(base) else {
            return false;
        };
        if seen.contains(&base) {
            return false;
        }
        seen.push(base);
        let mut embedded = s.fields.iter().filter(|f| f.embedded);
        embedded.any(|f| f.ty.is_invalid() || self.has_invalid_embedded(f.ty, seen))
    }

    /// Whether the type arguments satisfy their constraints.
    ///
    /// # Errors
    /// The index of the first that does not, and why.
    pub(super) fn verify(
        &mut self,
        tparams: &[TypeParamId],
        targs: &[TypeId],
    ) -> Result<(), (usize, String)> {
        for (i, (&p, &targ)) in tparams.iter().zip(targs).enumerate() {
            let Some(bound) = self.w.types.type_param(p).bound else {
                continue;
            };
            let mut bound = self.w.types.subst(bound, tparams, targs);
            if !self.w.types.is_interface(bound) && !self.w.types.underlying(bound).is_invalid() {
                bound = self.w.types.implicit_interface(vec![(false, bound)]);
            }
            let mut cause = String::new();
            if !self.implements(targ, bound, true, &mut cause) {
                return Err((i, cause));
            }
        }
        Ok(())
    }

    /// Reports a wrong number of type arguments for a generic type.
    pub(super) fn validate_targ_len(
        &mut self,
        at: Span,
        name: &str,
        want: usize,
        got: usize,
    ) -> bool {
        let qualifier = match got.cmp(&want) {
            std::cmp::Ordering::Less => "not enough",
            std::cmp::Ordering::Greater => "too many",
            std::cmp::Ordering::Equal => return true,
        };
        let message =
            format!("{qualifier} type arguments for type {name}: have {got}, want {want}");
        self.error(at, Code::WrongTypeArgCount, message);
        false
    }

    /// Why values of type `t` cannot be compared strictly; empty if there is nothing specific to say.
    pub(super) fn incomparable_reason(&self, t: TypeId) -> String {
        match self.w.types.under(t) {
            Type::Struct(s) => match s.fields.iter().find(|f| !self.w.types.comparable(f.ty)) {
                Some(f) => format!(
                    "struct containing {} cannot be compared",
                    self.type_string(f.ty)
                ),
                None => String::new(),
            },
            Type::Array(..) => format!("{} cannot be compared", self.type_string(t)),
            Type::TypeParam(_) if self.w.types.type_set(t).is_empty() => {
                "empty type set".to_string()
            }
            Type::TypeParam(_) => "incomparable types in type set".to_string(),
            _ => String::new(),
        }
    }
}

/// Puts an explanation in front of the one that caused it.
fn chain(cause: &mut String, message: String) {
    *cause = if cause.is_empty() {
        message
    } else {
        format!("{message}\n\t{cause}")
    };
}

//! Field and method lookup (spec: Selectors; go/types: lookup.go).
//!
//! Invariant: nothing here needs a method's signature, so lookups never force a lazily checked declaration.

use super::{IfaceMethod, NamedId, ObjId, Objects, PkgId, StructField, Type, TypeId, Types};
use crate::symbol::Symbol;

/// What a lookup found.
#[derive(Clone, Debug)]
pub struct Found {
    /// Indices of the embedded fields on the way, then the field's or method's own index (in the named type's methods, or in the
    /// interface's sorted complete method list).
    pub path: Vec<u32>,
    /// Whether a pointer is followed on the way, the operand itself included.
    pub indirect: bool,
    /// The field or method.
    pub member: Member,
}

/// A field or method.
#[derive(Clone, Debug)]
pub enum Member {
    /// A struct field.
    Field(StructField),
    /// A method of a named type: the function object, and the (possibly instantiated) named type it was found on.
    Method(ObjId, NamedId),
    /// A method of an interface or type parameter.
    Interface(IfaceMethod),
}

/// Why a lookup found nothing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LookupError {
    /// There is none of that name.
    NotFound,
    /// There are several at the shallowest depth.
    Ambiguous,
    /// There is a method, but it needs a pointer receiver.
    PointerReceiver,
}

/// Whether two declared names are the same; unexported names of different packages are not.
pub(super) fn same_id(
    a: Symbol,
    apkg: Option<PkgId>,
    b: Symbol,
    bpkg: Option<PkgId>,
    fold_case: bool,
) -> bool {
    if fold_case {
        return a == b || a.as_str().to_lowercase() == b.as_str().to_lowercase();
    }
    a == b && (a.is_exported() || apkg == bpkg)
}

struct Embed {
    ty: TypeId,
    path: Vec<u32>,
    indirect: bool,
    multiples: bool,
}

/// The name looked for.
struct Query<'a> {
    types: &'a Types,
    objects: &'a Objects,
    pkg: Option<PkgId>,
    name: Symbol,
    fold_case: bool,
}

/// The field or method `name` of type `t` as seen from package `pkg`. `addressable` says whether the operand is addressable, so
/// that methods with pointer receivers are fine. `fold_case` ignores case and package: for hints only.
///
/// # Errors
/// When there is none, or no single one.
pub fn lookup_field_or_method(
    types: &Types,
    objects: &Objects,
    t: TypeId,
    addressable: bool,
    pkg: Option<PkgId>,
    name: Symbol,
    fold_case: bool,
) -> Result<Found, LookupError> {
    if name.is_blank() {
        return Err(LookupError::NotFound);
    }
    let q = Query {
        types,
        objects,
        pkg,
        name,
        fold_case,
    };
    // A named pointer type has no methods; only the fields of what it points to.
    if types.as_named(t).is_some()
        && let Type::Pointer(_) = types.under(t)
    {
        let found = q.find(types.underlying(t), false)?;
        return match found.member {
            Member::Field(_) => Ok(found),
            _ => Err(LookupError::NotFound),
        };
    }
    q.find(t, addressable)
}

impl Query<'_> {
    fn find(&self, t: TypeId, addressable: bool) -> Result<Found, LookupError> {
        let types = self.types;
        let (base, is_ptr) = types.deref(t);
        if is_ptr && matches!(types.under(base), Type::Interface(_) | Type::TypeParam(_)) {
            return Err(LookupError::NotFound);
        }
        let mut current = vec![Embed {
            ty: base,
            path: vec![],
            indirect: is_ptr,
            multiples: false,
        }];
        let mut seen: Vec<NamedId> = Vec::new();
        while !current.is_empty() {
            let mut next = Vec::new();
            let mut found: Option<Found> = None;
            for e in &current {
                if !self.look_at(e, &mut seen, &mut found, &mut next) {
                    return Err(LookupError::Ambiguous);
                }
            }
            if let Some(f) = found {
                if let Member::Method(m, _) = &f.member
                    && !f.indirect
                    && !addressable
                    && self
                        .objects
                        .with(*m, |o| o.as_func().is_some_and(|f| f.ptr_recv))
                {
                    return Err(LookupError::PointerReceiver);
                }
                return Ok(f);
            }
            current = self.consolidate(next);
        }
        Err(LookupError::NotFound)
    }

    /// Looks at one embedded type of the current depth; false if that makes the name ambiguous.
    fn look_at(
        &self,
        e: &Embed,
        seen: &mut Vec<NamedId>,
        found: &mut Option<Found>,
        next: &mut Vec<Embed>,
    ) -> bool {
        let types = self.types;
        let mut add = |i: usize, member: Member| {
            if found.is_some() || e.multiples {
                return false;
            }
            let mut path = e.path.clone();
            path.push(i as u32);
            *found = Some(Found {
                path,
                indirect: e.indirect,
                member,
            });
            true
        };
        if let Some(n) = types.as_named(e.ty) {
            if seen.contains(&n) {
                return true;
            }
            seen.push(n);
            let method = types.with_methods(n, |ms| {
                let same = |m: &ObjId| {
                    self.objects.with(*m, |o| {
                        same_id(o.name, o.pkg, self.name, self.pkg, self.fold_case)
                    })
                };
                ms.iter().position(same).map(|i| (i, ms[i]))
            });
            if let Some((i, m)) = method {
                return add(i, Member::Method(m, n));
            }
        }
        match types.under(e.ty) {
            Type::Struct(s) => {
                for (i, f) in s.fields.iter().enumerate() {
                    if same_id(f.name, f.pkg, self.name, self.pkg, self.fold_case) {
                        if !add(i, Member::Field(f.clone())) {
                            return false;
                        }
                        continue;
                    }
                    if f.embedded {
                        self.push_embedded(e, i, f.ty, next);
                    }
                }
                true
            }
            Type::Interface(_) | Type::TypeParam(_) => {
                match types
                    .type_set(e.ty)
                    .method(self.pkg, self.name, self.fold_case)
                {
                    Some((i, m)) => add(i, Member::Interface(m.clone())),
                    None => true,
                }
            }
            _ => true,
        }
    }

    fn push_embedded(&self, e: &Embed, i: usize, ty: TypeId, next: &mut Vec<Embed>) {
        let (ty, is_ptr) = self.types.deref(ty);
        let may_have = self.types.as_named(ty).is_some()
            || matches!(self.types.under(ty), Type::Struct(_) | Type::Interface(_));
        if may_have {
            let mut path = e.path.clone();
            path.push(i as u32);
            next.push(Embed {
                ty,
                path,
                indirect: e.indirect || is_ptr,
                multiples: e.multiples,
            });
        }
    }

    /// Merges several embeddings of one type: what it has is then ambiguous.
    fn consolidate(&self, list: Vec<Embed>) -> Vec<Embed> {
        let mut out: Vec<Embed> = Vec::with_capacity(list.len());
        for e in list {
            match out.iter_mut().find(|o| self.types.identical(o.ty, e.ty)) {
                Some(o) => o.multiples = true,
                None => out.push(e),
            }
        }
        out
    }
}

/// All methods in the method set of `t` (spec: Method sets), sorted by name: name, declaring package and where it is found.
pub fn method_set(
    types: &Types,
    objects: &Objects,
    t: TypeId,
) -> Vec<(Symbol, Option<PkgId>, Found)> {
    let mut names: Vec<(Symbol, Option<PkgId>)> = Vec::new();
    let mut seen = Vec::new();
    collect_names(types, objects, types.deref(t).0, &mut seen, &mut names);
    names.sort_by_key(|n| (n.0.as_str(), n.1.map(|p| p.0)));
    names.dedup_by(|a, b| a.0 == b.0 && (a.0.is_exported() || a.1 == b.1));
    let find = |(name, pkg): (Symbol, Option<PkgId>)| {
        let f = lookup_field_or_method(types, objects, t, false, pkg, name, false).ok()?;
        (!matches!(f.member, Member::Field(_))).then_some((name, pkg, f))
    };
    names.into_iter().filter_map(find).collect()
}

fn collect_names(
    types: &Types,
    objects: &Objects,
    t: TypeId,
    seen: &mut Vec<TypeId>,
    names: &mut Vec<(Symbol, Option<PkgId>)>,
) {
    if seen.contains(&t) {
        return;
    }
    seen.push(t);
    if let Some(n) = types.as_named(t) {
        for m in types.methods(n) {
            names.push(objects.with(m, |o| (o.name, o.pkg)));
        }
    }
    match types.under(t) {
        Type::Struct(s) => {
            for f in s.fields.iter().filter(|f| f.embedded) {
                collect_names(types, objects, types.deref(f.ty).0, seen, names);
            }
        }
        Type::Interface(_) => {
            names.extend(types.type_set(t).methods.iter().map(|m| (m.name, m.pkg)))
        }
        _ => {}
    }
}

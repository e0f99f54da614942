//! Everything that can be selected from a type.

use super::{Found, Objects, PkgId, Type, TypeId, Types, lookup_field_or_method};
use crate::symbol::Symbol;

/// A field or method that a selector reaches.
#[derive(Clone, Debug)]
pub struct Reached {
    /// Its name.
    pub name: Symbol,
    /// Where it is.
    pub found: Found,
}

/// The fields and methods of type `t` that `x.name` reaches in package `pkg`, promoted ones and those of type parameters included, in the order of
/// their declaration, nearer ones first. `addressable` says whether `x` is.
pub fn members(
    types: &Types,
    objects: &Objects,
    t: TypeId,
    addressable: bool,
    pkg: PkgId,
) -> Vec<Reached> {
    let mut names = Names {
        types,
        objects,
        pkg,
        seen: Vec::new(),
        names: Vec::new(),
    };
    let mut level = vec![types.deref(t).0];
    while !level.is_empty() {
        level = level.iter().flat_map(|&t| names.of(t)).collect();
    }
    let reach = |name: &Symbol| {
        let found =
            lookup_field_or_method(types, objects, t, addressable, Some(pkg), *name, false).ok()?;
        Some(Reached { name: *name, found })
    };
    names.names.iter().filter_map(reach).collect()
}

/// Names collected from a type and what is embedded in it.
struct Names<'a> {
    types: &'a Types,
    objects: &'a Objects,
    pkg: PkgId,
    seen: Vec<TypeId>,
    names: Vec<Symbol>,
}

impl Names<'_> {
    /// Collects the names of one type; gives the types embedded in it.
    fn of(&mut self, t: TypeId) -> Vec<TypeId> {
        let types = self.types;
        if self.seen.contains(&t) {
            return Vec::new();
        }
        self.seen.push(t);
        let mut embedded = Vec::new();
        match types.under(t) {
            Type::Struct(s) => {
                for f in &s.fields {
                    self.add(f.name, f.pkg);
                    if f.embedded {
                        embedded.push(types.deref(f.ty).0);
                    }
                }
            }
            Type::Interface(_) | Type::TypeParam(_) => {
                for m in &types.type_set(t).methods {
                    self.add(m.name, m.pkg);
                }
            }
            _ => {}
        }
        if let Some(n) = types.as_named(t) {
            for m in types.methods(n) {
                let (name, pkg) = self.objects.with(m, |o| (o.name, o.pkg));
                self.add(name, pkg);
            }
        }
        embedded
    }

    fn add(&mut self, name: Symbol, pkg: Option<PkgId>) {
        let visible = name.is_exported() || pkg == Some(self.pkg);
        if visible && !name.is_blank() && !self.names.contains(&name) {
            self.names.push(name);
        }
    }
}

//! Candidates behind a dot: what a package exports, the fields and methods of a type.

use super::ask::View;
use super::{Candidate, Kind, fits};
use lang::check::{OperandMode, Valued};
use lang::types::{Member, ObjId, PkgId, Reached, TypeId, members};

impl View<'_> {
    /// What a package exports, as far as it begins with `word`.
    pub(super) fn package_members(&mut self, pkg: PkgId, word: &str) -> Vec<(u32, Candidate)> {
        let scope = self.world.package(pkg).scope;
        let names = self.world.objects.scope_names(scope);
        names
            .into_iter()
            .filter(|n| n.0.is_exported() && fits(n.0.as_str(), word))
            .map(|(name, obj)| (0, self.package_member(name, obj)))
            .collect()
    }

    fn package_member(&mut self, name: lang::symbol::Symbol, obj: ObjId) -> Candidate {
        match self.declared(obj) {
            Some((kind, detail)) => Candidate::new(name.as_str(), kind, detail),
            None => self.object(name, obj),
        }
    }

    /// The fields and methods of an expression's type; of a type its methods.
    pub(super) fn members(&mut self, valued: &Valued) -> Vec<(u32, Candidate)> {
        let is_type = valued.mode == OperandMode::TypeExpr;
        let addressable = valued.mode == OperandMode::Variable;
        let usable = !matches!(
            valued.mode,
            OperandMode::Invalid | OperandMode::NoValue | OperandMode::Builtin
        );
        if !usable || valued.ty.is_invalid() {
            return Vec::new();
        }
        let w = &*self.world;
        let list = members(&w.types, &w.objects, valued.ty, addressable, self.pkg);
        list.into_iter()
            .filter(|r| !is_type || !matches!(r.found.member, Member::Field(_)))
            .map(|r| (0, self.member(valued.ty, &r, is_type)))
            .collect()
    }

    fn member(&mut self, recv: TypeId, reached: &Reached, is_type: bool) -> Candidate {
        let name = reached.name.as_str();
        let kind = match reached.found.member {
            Member::Field(_) => Kind::Field,
            _ => Kind::Method,
        };
        if let Member::Method(m, named) = reached.found.member
            && !is_type
            && self.world.types.named(named).origin.is_none()
        {
            return Candidate::new(name, kind, self.func_text(m));
        }
        let found = &reached.found;
        let ty = match is_type {
            true => self.world.method_expr_type(self.pkg, recv, found),
            false => self.world.member_type(found),
        };
        Candidate::new(name, kind, self.type_string(ty))
    }
}

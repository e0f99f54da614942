//! Candidates for a name: what is in scope, the packages that a use would import, the fields of a literal.

use super::ask::View;
use super::{Candidate, Kind, fits};
use lang::symbol::Symbol;
use lang::types::{Basic, ObjId, ObjKind, Type, TypeId};

// Ranks: what is nearer comes first.
const WANTED: u32 = 0;
const FIELD: u32 = 1;
const LOCAL: u32 = 2;
const OWN: u32 = 3;
const IMPORTED: u32 = 4;
const UNIVERSE: u32 = 5;
/// The rank of keywords.
pub(super) const KEYWORD: u32 = 6;
const BY_USE: u32 = 7;

impl View<'_> {
    /// The fields that can still be set in a literal of a struct type.
    pub(super) fn literal_fields(&self, ty: TypeId, set: &[Symbol]) -> Vec<(u32, Candidate)> {
        let Type::Struct(s) = self.world.types.under(ty) else {
            return Vec::new();
        };
        s.fields
            .iter()
            .filter(|f| f.name.is_exported() || f.pkg == Some(self.pkg))
            .filter(|f| !f.name.is_blank() && !set.contains(&f.name))
            .map(|f| {
                let text = format!("{}:", f.name);
                (
                    FIELD,
                    Candidate::new(text, Kind::Field, self.type_string(f.ty)),
                )
            })
            .collect()
    }

    /// The names in scope that begin with `word`, and packages that it may mean.
    pub(super) fn visible(
        &mut self,
        names: &[(Symbol, ObjId)],
        is_type: bool,
        wanted: Option<TypeId>,
        word: &str,
    ) -> Vec<(u32, Candidate)> {
        let mut list = Vec::new();
        for &(name, obj) in names {
            let hidden = name.as_str().starts_with('_') && !word.starts_with('_');
            if hidden || !fits(name.as_str(), word) || is_type && !self.leads_to_type(obj) {
                continue;
            }
            let rank = match wanted {
                Some(t) if self.has_type(obj, t) => WANTED,
                _ => self.rank(obj),
            };
            list.push((rank, self.object(name, obj)));
        }
        if !word.is_empty() {
            list.extend(self.by_use(names, word));
        }
        list
    }

    /// Whether a name may stand where only types can.
    fn leads_to_type(&self, obj: ObjId) -> bool {
        self.world.objects.with(obj, |o| {
            matches!(o.kind, ObjKind::TypeName(_) | ObjKind::PkgName(_))
        })
    }

    fn has_type(&self, obj: ObjId, t: TypeId) -> bool {
        let (value, ty) = self.world.objects.with(obj, |o| {
            let value = matches!(o.kind, ObjKind::Const(_) | ObjKind::Var(_));
            (value, o.ty)
        });
        value && !ty.is_invalid() && self.world.types.identical(ty, t)
    }

    fn rank(&self, obj: ObjId) -> u32 {
        let local = |s| self.world.objects.scope_parent(s);
        self.world.objects.with(obj, |o| match (&o.kind, o.pkg) {
            (ObjKind::PkgName(_), _) => IMPORTED,
            (_, None) => UNIVERSE,
            (ObjKind::Var(lang::types::VarKind::Global), _) | (ObjKind::Func(_), _) => OWN,
            _ if o.parent.and_then(local).is_none() => OWN,
            (ObjKind::Var(_), _) => LOCAL,
            _ => OWN,
        })
    }

    /// Packages of the standard library that using their name would import.
    fn by_use(&self, names: &[(Symbol, ObjId)], word: &str) -> Vec<(u32, Candidate)> {
        let mut list: Vec<(u32, Candidate)> = Vec::new();
        for path in super::paths::importable() {
            let name = path.rsplit('/').next().unwrap_or(path);
            let known = fits(name, word)
                && (list.iter().any(|c| c.1.text == name)
                    || names.iter().any(|n| n.0.as_str() == name));
            if !fits(name, word) || known {
                continue;
            }
            if let Some(path) = self.world.importer.by_name(name) {
                list.push((
                    BY_USE,
                    Candidate::new(name, Kind::Package, format!("{path:?}")),
                ));
            }
        }
        list
    }

    /// A name with what is known about it.
    pub(super) fn object(&mut self, name: Symbol, obj: ObjId) -> Candidate {
        let _ = self.world.ensure_object(obj);
        let o = self.world.objects.get(obj);
        let (kind, detail) = match o.kind {
            ObjKind::PkgName(p) => (Kind::Package, format!("{:?}", self.world.package(p).path)),
            ObjKind::Const(value) => (Kind::Const, self.constant(o.ty, &value.to_string())),
            ObjKind::TypeName(_) => (Kind::Type, self.described(o.ty)),
            ObjKind::Var(_) => (Kind::Var, self.described_value(o.ty)),
            ObjKind::Func(_) => (Kind::Func, self.func_text(obj)),
            ObjKind::Builtin(b) => (Kind::Func, super::show::builtin(b).signature.clone()),
            ObjKind::Nil => (Kind::Const, "untyped nil".to_string()),
            ObjKind::Label => (Kind::Label, String::new()),
        };
        Candidate::new(name.as_str(), kind, detail)
    }

    fn described_value(&self, t: TypeId) -> String {
        if t.is_invalid() {
            String::new()
        } else {
            self.type_string(t)
        }
    }

    /// `int = 3`
    pub(super) fn constant(&self, t: TypeId, value: &str) -> String {
        let shown: String = value.chars().take(40).collect();
        let rest = if shown.len() < value.len() { "…" } else { "" };
        format!("{} = {shown}{rest}", self.described_value(t))
    }

    /// What a type is: `struct`, `interface`, or the type that it is made from.
    pub(super) fn described(&self, t: TypeId) -> String {
        let types = &self.world.types;
        if let Some((_, _)) = types.spelling(t) {
            return format!("= {}", self.type_string(types.canonical(t)));
        }
        match types.under(t) {
            Type::Struct(_) => "struct".to_string(),
            Type::Interface(_) => "interface".to_string(),
            Type::TypeParam(_) => "type parameter".to_string(),
            Type::Basic(Basic::Invalid) => String::new(),
            Type::Basic(_) if types.as_named(t).is_none() => String::new(),
            _ => self.type_string(types.underlying(t)),
        }
    }
}

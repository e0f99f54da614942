//! Cycles in declarations (go/types: cycles.go, validtype.go and the cycle parts of decl.go).

use super::Checker;
use crate::ast::ExprKind;
use crate::diag::Code;
use crate::source::Span;
use crate::types::{Color, DeclRef, NamedId, ObjId, ObjKind, Type, TypeId};
use rustc_hash::FxHashMap;

/// A generic type nested more often than this in itself is taken to grow without end.
const MAX_NESTING: usize = 30;

/// An object on a cycle, as messages show it.
struct Step {
    span: Span,
    name: String,
    is_type: bool,
}

impl Checker<'_> {
    /// Whether the cycle that begins at the grey `obj` is allowed; reports it if not.
    pub(super) fn valid_cycle(&mut self, obj: ObjId) -> bool {
        let Color::Grey(start) = self.w.objects.color(obj) else {
            return true;
        };
        let cycle: Vec<ObjId> = self.obj_path[start as usize..].to_vec();
        let (mut values, mut defs) = (0, 0);
        for &o in &cycle {
            let (is_value, is_type, alias, ty) = self.w.objects.with(o, |o| match o.kind {
                ObjKind::Const(_) | ObjKind::Var(_) => (true, false, false, o.ty),
                ObjKind::TypeName(alias) => (false, true, alias, o.ty),
                _ => (false, false, false, o.ty),
            });
            values += usize::from(is_value);
            if is_type {
                // A cycle through a type parameter list is fine.
                if self.env.in_tparam_list && self.w.types.is_generic(ty) {
                    return true;
                }
                defs += usize::from(!alias);
            }
        }
        // Cycles of constants and variables alone show up in the initialisation order.
        if values == cycle.len() || (values == 0 && defs > 0) {
            return true;
        }
        let start = self.first_in_source(&cycle);
        self.cycle_error(&cycle, start);
        false
    }

    pub(super) fn first_in_source(&self, cycle: &[ObjId]) -> usize {
        (0..cycle.len())
            .min_by_key(|&i| self.w.objects.span(cycle[i]).lo)
            .unwrap_or(0)
    }

    /// Reports the declaration cycle that starts at `cycle[start]`.
    pub(super) fn cycle_error(&mut self, cycle: &[ObjId], start: usize) {
        let steps: Vec<Step> = cycle.iter().map(|&o| self.step(o)).collect();
        self.report_steps(&steps, start);
    }

    fn step(&self, obj: ObjId) -> Step {
        let is_type = self
            .w
            .objects
            .with(obj, |o| matches!(o.kind, ObjKind::TypeName(_)));
        Step {
            span: self.w.objects.span(obj),
            name: self.qualified_name(obj),
            is_type,
        }
    }

    /// A named type on a cycle: an instance with its type arguments, where it was written first.
    fn type_step(&self, t: TypeId, n: NamedId) -> Step {
        let step = self.step(self.w.types.named_obj(n));
        if self.w.types.named(n).origin.is_none() {
            return step;
        }
        Step {
            span: self.instance_spans.get(&t).copied().unwrap_or(step.span),
            name: self.type_string(t),
            is_type: true,
        }
    }

    fn report_steps(&mut self, cycle: &[Step], start: usize) {
        let Some(first) = cycle.get(start) else {
            return;
        };
        let name = &first.name;
        let code = Code::InvalidDeclCycle;
        if cycle.len() == 1 {
            let what = if first.is_type {
                "recursive type"
            } else {
                "cycle in declaration"
            };
            let message = format!("invalid {what}: {name} refers to itself");
            self.error(first.span, code, message);
            return;
        }
        let message = if first.is_type {
            format!("invalid recursive type {name}")
        } else {
            format!("invalid cycle in declaration of {name}")
        };
        self.error(first.span, code, message);
        for i in 0..cycle.len() {
            let at = &cycle[(start + i) % cycle.len()];
            let next = &cycle[(start + i + 1) % cycle.len()];
            self.add_note(at.span, format!("{} refers to {}", at.name, next.name));
        }
    }

    /// An object's name with its package, if that is another one.
    pub(super) fn qualified_name(&self, obj: ObjId) -> String {
        let (name, pkg) = self.w.objects.with(obj, |o| (o.name, o.pkg));
        match pkg.and_then(|p| self.qualifier(p)) {
            Some(prefix) => format!("{prefix}.{name}"),
            None => name.to_string(),
        }
    }

    /// Whether the declaration of `obj` has been checked; if that is still under way, reports the cycle.
    pub(super) fn is_declared(&mut self, obj: ObjId) -> bool {
        let Color::Grey(start) = self.w.objects.color(obj) else {
            return true;
        };
        let cycle: Vec<ObjId> = self.obj_path[start as usize..].to_vec();
        let first = self.first_in_source(&cycle);
        self.cycle_error(&cycle, first);
        false
    }

    /// Whether a type's underlying type is known; if its declaration is still being checked, reports the cycle.
    pub(super) fn is_complete(&mut self, t: TypeId) -> bool {
        let mut t = t;
        for _ in 0..1000 {
            let Some(n) = self.w.types.as_named(t) else {
                return true;
            };
            let obj = self.w.types.named_obj(n);
            if !self.is_declared(obj) {
                return false;
            }
            let d = self.w.types.named(self.w.types.origin(n));
            match d.rhs {
                Some(rhs) if d.underlying.is_none() => t = rhs,
                _ => return true,
            }
        }
        true
    }

    /// Reports declarations that lead from type name to type name and back without a type literal in between.
    pub(super) fn direct_cycles(&mut self, objs: &[ObjId]) {
        let mut done: FxHashMap<ObjId, bool> = FxHashMap::default();
        for &obj in objs {
            self.direct_cycle(obj, &mut done);
        }
    }

    fn direct_cycle(&mut self, obj: ObjId, done: &mut FxHashMap<ObjId, bool>) {
        let mut path: Vec<ObjId> = Vec::new();
        let mut at = Some(obj);
        while let Some(obj) = at {
            if done.get(&obj).copied().unwrap_or(false) {
                break;
            }
            if let Some(start) = path.iter().position(|&o| o == obj) {
                self.w.objects.set_type(obj, TypeId::INVALID);
                self.w.objects.set_color(obj, Color::Black);
                let cycle = path[start..].to_vec();
                let first = self.first_in_source(&cycle);
                self.cycle_error(&cycle, first);
                break;
            }
            path.push(obj);
            at = self.next_type_name(obj);
        }
        for obj in path {
            done.insert(obj, true);
        }
    }

    /// The package-level type that a type declaration's right-hand side names, if it is just a name.
    fn next_type_name(&self, obj: ObjId) -> Option<ObjId> {
        let package = &self.w.packages[self.pkg.0 as usize];
        let DeclRef::Type(spec) = package.decls.get(&obj)? else {
            return None;
        };
        let ExprKind::Ident(id) = &spec.ty.kind else {
            return None;
        };
        let next = self.w.objects.lookup(package.scope, id.name)?;
        self.w
            .objects
            .with(next, |o| matches!(o.kind, ObjKind::TypeName(_)))
            .then_some(next)
    }

    /// Reports a type that contains itself; its underlying type becomes invalid.
    pub(super) fn valid_type(&mut self, t: TypeId) {
        if self.w.types.as_named(t).is_some() {
            self.valid_type0(t, &mut Vec::new(), &mut Vec::new());
        }
    }

    /// `nest` holds the named types whose right-hand sides enclose `t`, `path` those met on the way to it.
    fn valid_type0(&mut self, t: TypeId, nest: &mut Vec<TypeId>, path: &mut Vec<TypeId>) -> bool {
        crate::ast::deep(|| match self.w.types.get(t) {
            Type::Array(_, e) => self.valid_type0(e, nest, path),
            Type::Struct(s) => s.fields.iter().all(|f| self.valid_type0(f.ty, nest, path)),
            Type::Interface(i) => {
                let terms: Vec<TypeId> = i
                    .embedded
                    .iter()
                    .flat_map(|e| &e.terms)
                    .map(|t| t.1)
                    .collect();
                terms.into_iter().all(|t| self.valid_type0(t, nest, path))
            }
            Type::Named(n) => self.valid_named(t, n, nest, path),
            Type::TypeParam(p) => {
                // It stands for the type argument of the innermost enclosing instance.
                let Some(inst) = nest.pop() else { return true };
                let targ = self.type_argument(inst, p);
                let ok = targ.is_none_or(|targ| self.valid_type0(targ, nest, path));
                nest.push(inst);
                ok
            }
            _ => true,
        })
    }

    fn type_argument(&self, inst: TypeId, p: crate::types::TypeParamId) -> Option<TypeId> {
        let (origin, targs) = self.w.types.named(self.w.types.as_named(inst)?).origin?;
        let i = self
            .w
            .types
            .named(origin)
            .tparams
            .iter()
            .position(|&q| q == p)?;
        targs.get(i).copied()
    }

    fn valid_named(
        &mut self,
        t: TypeId,
        n: NamedId,
        nest: &mut Vec<TypeId>,
        path: &mut Vec<TypeId>,
    ) -> bool {
        let origin = self.w.types.origin(n);
        let d = self.w.types.named(origin);
        if self.valid_types.contains(&t) {
            return true;
        }
        let Some(rhs) = d.rhs else { return true };
        if rhs.is_invalid() {
            return true;
        }
        let nested = nest
            .iter()
            .filter(|&&o| self.w.types.as_named(o).map(|o| self.w.types.origin(o)) == Some(origin));
        if nest.iter().any(|&o| self.w.types.identical(o, t)) || nested.count() > MAX_NESTING {
            self.w.types.update_named(origin, |d| {
                d.rhs = Some(TypeId::INVALID);
                d.underlying = Some(TypeId::INVALID);
            });
            self.w.types.set_underlying(n, TypeId::INVALID);
            let start = path
                .iter()
                .position(|&p| self.w.types.identical(p, t))
                .unwrap_or(0);
            let named = path[start..].iter();
            let cycle: Vec<Step> = named
                .filter_map(|&p| Some(self.type_step(p, self.w.types.as_named(p)?)))
                .collect();
            self.report_steps(&cycle, 0);
            return false;
        }
        nest.push(t);
        path.push(t);
        let ok = self.valid_type0(rhs, nest, path);
        nest.pop();
        path.pop();
        if ok && nest.is_empty() && d.tparams.is_empty() {
            self.valid_types.insert(t);
        }
        ok
    }
}

//! Generic functions and types that instantiate themselves with ever larger types (go/types: mono.go).
//!
//! Invariant: vertices are type parameters; an edge says that one is instantiated with a type that mentions the other, with weight 1 if the
//! type is larger than the parameter itself. A cycle with weight would need infinitely many instances.

use super::{Checker, Instance};
use crate::ast::NodeId;
use crate::diag::Code;
use crate::source::Span;
use crate::types::{ObjKind, Type, TypeId, TypeParamId};
use rustc_hash::FxHashMap;

struct Edge {
    from: TypeParamId,
    to: TypeParamId,
    grows: bool,
    targ: TypeId,
    /// Where the type argument stands.
    at: Span,
}

impl Checker<'_> {
    /// Reports instantiation cycles.
    pub(super) fn check_instance_cycles(&mut self) {
        let edges = self.instance_edges();
        if !edges.iter().any(|e| e.grows) {
            return;
        }
        for e in edges.iter().filter(|e| e.grows) {
            // Back from where the growing edge leads to where it comes from.
            if let Some(path) = reach(&edges, e.to, e.from) {
                return self.report_instance_cycle(e, &path);
            }
        }
    }

    fn instance_edges(&self) -> Vec<Edge> {
        let info = &self.w.packages[self.pkg.0 as usize].info;
        let mut list: Vec<(&NodeId, &Instance)> = info.instances.iter().collect();
        list.sort_by_key(|e| *e.0);
        let mut edges = Vec::new();
        for (id, inst) in list {
            let Some(tparams) = self.instantiated_params(*id, inst) else {
                continue;
            };
            let spans = self.targ_spans.get(&(self.pkg, *id));
            for (i, (&to, &targ)) in tparams.iter().zip(inst.targs.iter()).enumerate() {
                let at = spans.map(|(at, list)| list.get(i).copied().unwrap_or(*at));
                let mut found = Vec::new();
                self.params_of(targ, false, &mut found);
                edges.extend(found.into_iter().map(|(from, grows)| Edge {
                    from,
                    to,
                    grows,
                    targ,
                    at: at.unwrap_or(Span::NONE),
                }));
            }
        }
        edges
    }

    /// The type parameters an instance gives arguments for.
    fn instantiated_params(&self, id: NodeId, inst: &Instance) -> Option<Vec<TypeParamId>> {
        if let Some(n) = self.w.types.as_named(inst.ty)
            && let Some((origin, _)) = self.w.types.named(n).origin
        {
            return Some(self.w.types.named(origin).tparams);
        }
        let obj = *self.w.packages[self.pkg.0 as usize].info.uses.get(&id)?;
        let is_func = self
            .w
            .objects
            .with(obj, |o| matches!(o.kind, ObjKind::Func(_)));
        match self.w.types.get(self.w.objects.ty(obj)) {
            Type::Signature(s) if is_func => Some(s.tparams.clone()),
            _ => None,
        }
    }

    fn params_of(&self, t: TypeId, inside: bool, out: &mut Vec<(TypeParamId, bool)>) {
        let mut all = |ts: &[TypeId]| ts.iter().for_each(|&t| self.params_of(t, true, out));
        match self.w.types.get(t) {
            Type::TypeParam(p) => out.push((p, inside)),
            Type::Pointer(e) | Type::Slice(e) | Type::Array(_, e) | Type::Chan(_, e) => all(&[e]),
            Type::Map(k, v) => all(&[k, v]),
            Type::Tuple(ts) => all(&ts),
            Type::Signature(s) => {
                all(&s.params);
                all(&s.results);
            }
            Type::Struct(s) => s
                .fields
                .iter()
                .for_each(|f| self.params_of(f.ty, true, out)),
            Type::Interface(i) => i
                .methods
                .iter()
                .for_each(|m| self.params_of(m.sig, true, out)),
            Type::Named(n) => {
                let d = self.w.types.named(n);
                if let Some((_, targs)) = d.origin {
                    all(&targs);
                }
                // A local type is parameterised by the function it stands in.
                out.extend(d.captures.iter().map(|&p| (p, true)));
            }
            Type::Basic(_) => {}
        }
    }

    fn report_instance_cycle(&mut self, first: &Edge, path: &[(TypeParamId, TypeId, Span)]) {
        let obj = |c: &Self, p: TypeParamId| c.w.types.type_param(p).obj;
        let span: Span = self.w.objects.span(obj(self, first.from));
        self.error(span, Code::InvalidInstanceCycle, "instantiation cycle:");
        let mut steps = vec![(first.to, first.targ, first.at)];
        steps.extend_from_slice(path);
        for (p, targ, at) in steps {
            let o = obj(self, p);
            let note = format!(
                "{} instantiated as {}",
                self.w.objects.name(o),
                self.type_string(targ)
            );
            self.add_note(at, note);
        }
    }
}

/// The edges of a way from one type parameter to another; empty if they are the same.
fn reach(
    edges: &[Edge],
    from: TypeParamId,
    to: TypeParamId,
) -> Option<Vec<(TypeParamId, TypeId, Span)>> {
    let mut came: FxHashMap<TypeParamId, usize> = FxHashMap::default();
    let mut work = vec![from];
    let mut i = 0;
    while i < work.len() {
        let at = work[i];
        i += 1;
        if at == to {
            let mut path = Vec::new();
            let mut p = to;
            while p != from {
                let e = &edges[*came.get(&p)?];
                path.push((e.to, e.targ, e.at));
                p = e.from;
            }
            path.reverse();
            return Some(path);
        }
        for (k, e) in edges.iter().enumerate().filter(|(_, e)| e.from == at) {
            if e.to != from && !came.contains_key(&e.to) {
                came.insert(e.to, k);
                work.push(e.to);
            }
        }
    }
    None
}

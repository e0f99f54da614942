//! The initialisation order of package-level variables (go/types: initorder.go).
//!
//! Invariants: functions only pass dependencies on; a variable comes after all it depends on and, where that leaves a choice, in
//! source order; a cycle through variables is reported once.

use super::{Checker, Initializer, World};
use crate::diag::Code;
use crate::types::{ObjId, ObjKind};
use rustc_hash::{FxHashMap, FxHashSet};

/// The dependency graph of constants and variables; functions have been replaced by what they depend on.
struct Graph {
    objs: Vec<ObjId>,
    is_const: Vec<bool>,
    /// Who depends on the object.
    pred: Vec<FxHashSet<usize>>,
    /// What the object depends on.
    succ: Vec<FxHashSet<usize>>,
}

impl Graph {
    fn new(w: &World, objs: &[ObjId]) -> Graph {
        let index: FxHashMap<ObjId, usize> =
            objs.iter().enumerate().map(|(i, &o)| (o, i)).collect();
        let n = objs.len();
        let mut g = Graph {
            objs: objs.to_vec(),
            is_const: objs
                .iter()
                .map(|&o| w.objects.with(o, |o| matches!(o.kind, ObjKind::Const(_))))
                .collect(),
            pred: vec![FxHashSet::default(); n],
            succ: vec![FxHashSet::default(); n],
        };
        for (i, o) in objs.iter().enumerate() {
            for d in w.deps.get(o).into_iter().flatten() {
                if let Some(&j) = index.get(d) {
                    g.succ[i].insert(j);
                    g.pred[j].insert(i);
                }
            }
        }
        let mut funcs: Vec<usize> = (0..n)
            .filter(|&i| {
                w.objects
                    .with(objs[i], |o| matches!(o.kind, ObjKind::Func(_)))
            })
            .collect();
        funcs.sort_by_key(|&i| g.pred[i].len() * g.succ[i].len());
        funcs.into_iter().for_each(|f| g.drop_func(f));
        g
    }

    /// Connects a function's users with what it uses, and takes it out.
    fn drop_func(&mut self, f: usize) {
        let pred = std::mem::take(&mut self.pred[f]);
        let succ = std::mem::take(&mut self.succ[f]);
        for &p in pred.iter().filter(|&&p| p != f) {
            self.succ[p].remove(&f);
            for &s in succ.iter().filter(|&&s| s != f) {
                self.succ[p].insert(s);
                self.pred[s].insert(p);
            }
        }
        for &s in &succ {
            self.pred[s].remove(&f);
        }
    }
}

impl Checker<'_> {
    /// Determines the order in which the package's variables are initialised.
    pub(super) fn initialization_order(&mut self, objs: &[ObjId]) {
        let order = self.order(objs);
        self.w.packages[self.pkg.0 as usize]
            .init_order
            .extend(order);
    }

    fn order(&mut self, objs: &[ObjId]) -> Vec<Initializer> {
        // Nothing to put in order.
        if !objs
            .iter()
            .any(|&o| self.w.initializer(o).is_some() || self.w.deps.contains_key(&o))
        {
            return Vec::new();
        }
        let g = Graph::new(self.w, objs);
        let is_func = |c: &Self, o: ObjId| {
            c.w.objects.with(o, |o| {
                matches!(o.kind, ObjKind::Func(_) | ObjKind::TypeName(_))
            })
        };
        let mut open: Vec<usize> = (0..objs.len())
            .filter(|&i| !is_func(self, objs[i]))
            .collect();
        let mut ndeps: Vec<usize> = g.succ.iter().map(FxHashSet::len).collect();
        let mut emitted: FxHashSet<ObjId> = FxHashSet::default();
        let mut order = Vec::new();
        // Constants come first, then whatever depends on the fewest others, then source order.
        while let Some(at) =
            (0..open.len()).min_by_key(|&k| (!g.is_const[open[k]], ndeps[open[k]], open[k]))
        {
            let i = open.remove(at);
            if ndeps[i] > 0
                && let Some(cycle) =
                    self.find_path(objs, g.objs[i], g.objs[i], &mut FxHashSet::default())
            {
                self.report_cycle(&cycle);
            }
            for &p in &g.pred[i] {
                ndeps[p] = ndeps[p].saturating_sub(1);
            }
            if let Some(init) = self.w.initializer(g.objs[i]).filter(|_| !g.is_const[i]) {
                if emitted.contains(&g.objs[i]) {
                    continue;
                }
                emitted.extend(&init.lhs);
                order.push(init);
            }
        }
        order
    }

    /// A path of dependencies, last one first.
    fn find_path(
        &self,
        objs: &[ObjId],
        from: ObjId,
        to: ObjId,
        seen: &mut FxHashSet<ObjId>,
    ) -> Option<Vec<ObjId>> {
        if !seen.insert(from) {
            return None;
        }
        let mut deps: Vec<ObjId> = self
            .w
            .deps
            .get(&from)
            .into_iter()
            .flatten()
            .copied()
            .collect();
        deps.retain(|d| objs.contains(d));
        deps.sort();
        for d in deps {
            if d == to {
                return Some(vec![d]);
            }
            let path = crate::ast::deep(|| self.find_path(objs, d, to, seen));
            if let Some(mut path) = path {
                path.push(d);
                return Some(path);
            }
        }
        None
    }

    fn report_cycle(&mut self, cycle: &[ObjId]) {
        let Some(&first) = cycle.first() else { return };
        let name = |c: &Self, o: ObjId| c.w.objects.name(o);
        let span = self.w.objects.span(first);
        let shown = name(self, first);
        if cycle.len() == 1 {
            let message = format!("initialization cycle: {shown} refers to itself");
            self.error(span, Code::InvalidInitCycle, message);
            return;
        }
        self.error(
            span,
            Code::InvalidInitCycle,
            format!("initialization cycle for {shown}"),
        );
        let mut obj = first;
        for &next in cycle.iter().rev() {
            let note = format!("{} refers to {}", name(self, obj), name(self, next));
            self.add_note(self.w.objects.span(obj), note);
            obj = next;
        }
    }
}

impl World {
    /// The initialisers of some variables of a lazily checked package in execution order. Everything the initialisers
    /// reach must have been checked.
    pub fn order_initializers(
        &mut self,
        pkg: crate::types::PkgId,
        vars: &[ObjId],
    ) -> Vec<Initializer> {
        let mut objs: Vec<ObjId> = Vec::new();
        let mut work: Vec<ObjId> = vars.to_vec();
        let mut seen: FxHashSet<ObjId> = vars.iter().copied().collect();
        while let Some(o) = work.pop() {
            objs.push(o);
            let deps = self.deps.get(&o).into_iter().flatten();
            work.extend(
                deps.copied()
                    .filter(|&d| self.objects.pkg(d) == Some(pkg) && seen.insert(d)),
            );
        }
        objs.sort();
        Checker::new(self, pkg).order(&objs)
    }
}

//! What an editor asks of the checker: types and names at a place in a text that is still being typed.
//!
//! Invariants: the place is marked by a name that nothing else has; whoever meets that name notes what could stand there, as seen at that moment, and
//! is silent about it; everything is a trial (`trial.rs`).

use super::{Checker, Operand, OperandMode, World};
use crate::ast::{CompositeLit, Expr, ExprKind, File, Item, NodeIds, StmtKind, unparen};
use crate::diag::Diagnostic;
use crate::symbol::Symbol;
use crate::types::{Builtin, Found, Member, ObjId, PkgId, TypeId};
use std::rc::Rc;

/// What a checker looks out for, and what it found.
#[derive(Default)]
pub(super) struct Probe {
    name: Option<Symbol>,
    place: Option<Place>,
}

/// What stands, or could stand, at a place.
#[derive(Clone, Debug)]
pub enum Place {
    /// A name: those in scope with their objects, innermost first.
    Name {
        /// The names.
        names: Vec<(Symbol, ObjId)>,
        /// Only types can stand there.
        is_type: bool,
        /// The struct whose literal it is in, if a field's name can stand there, and the fields that are set already.
        fields: Option<(TypeId, Vec<Symbol>)>,
        /// The type that is wanted there, if one is.
        wanted: Option<TypeId>,
    },
    /// A member of a package.
    Package(PkgId),
    /// A field or method of this.
    Member(Valued),
}

/// What an expression is.
#[derive(Clone, Debug)]
pub struct Valued {
    /// How it may be used.
    pub mode: OperandMode,
    /// Its type.
    pub ty: TypeId,
    /// Which builtin, if it is one.
    pub builtin: Option<Builtin>,
    /// The object it names, if it does.
    pub object: Option<ObjId>,
    /// Its constant value as text.
    pub value: Option<String>,
}

impl World {
    /// Checks `file` as a further input of a session without leaving a trace, and lets `look` see what stands at the place that the name `mark` marks.
    /// What `look` makes of ids does not outlive it. Nothing if gol's own code failed.
    pub fn probe<R>(
        &mut self,
        session: PkgId,
        file: File,
        ids: Rc<NodeIds>,
        mark: &str,
        look: impl FnOnce(&mut World, Option<Place>) -> R,
    ) -> Option<R> {
        let file = self.importable(file);
        let mark = Symbol::new(mark);
        self.trial(session, |w| {
            w.packages[session.0 as usize].ids = ids;
            let mut c = Checker::new(w, session);
            c.probe.name = Some(mark);
            let grown = c.script_file(Rc::new(file), false);
            let place = c.probe.place.take();
            let result = look(w, place);
            for (n, methods) in grown {
                w.types.update_named(n, |d| d.methods.truncate(methods));
            }
            result
        })
    }

    /// What an expression that stands alone in `file` is, as an input of a session, without leaving a trace; none if it has errors, or if it is none.
    pub fn value_of<R>(
        &mut self,
        session: PkgId,
        file: File,
        ids: Rc<NodeIds>,
        look: impl FnOnce(&mut World, Option<Valued>) -> R,
    ) -> Option<(R, Vec<Diagnostic>)> {
        let file = Rc::new(self.importable(file));
        self.trial(session, |w| {
            w.packages[session.0 as usize].ids = ids;
            let mut c = Checker::new(w, session);
            let mut valued = None;
            if let [Item::Stmt(s)] = &file.items[..]
                && let StmtKind::Expr(e) = &s.kind
            {
                let mut x = Operand::new();
                c.raw_expr(None, &mut x, e, None, true);
                valued = Some(c.valued(&x)).filter(|v| v.mode != OperandMode::Invalid);
            }
            let diags = c.finish();
            (look(w, valued), diags)
        })
    }

    /// Without imports of packages that are not there: looking for those now could make them missing for good.
    fn importable(&self, mut file: File) -> File {
        file.imports.retain(|spec| {
            self.by_path
                .get(&*spec.path)
                .is_some_and(|&p| !self.package(p).fake)
                || self.importer.import(&spec.path).is_ok()
        });
        file
    }

    /// The type of a method expression `recv.m` for the method that a lookup has found.
    pub fn method_expr_type(&mut self, session: PkgId, recv: TypeId, found: &Found) -> TypeId {
        let sig = self.member_type(found);
        let method = match found.member {
            Member::Method(m, _) => Some(m),
            Member::Field(_) | Member::Interface(_) => None,
        };
        Checker::new(self, session).method_expr_type(recv, sig, method)
    }

    /// The type of a field, method or method of an interface that a lookup has found.
    pub fn member_type(&mut self, found: &Found) -> TypeId {
        match &found.member {
            Member::Field(f) => f.ty,
            Member::Interface(m) => m.sig,
            Member::Method(m, named) => {
                let _ = self.ensure_object(*m);
                let pkg = self.objects.pkg(*m).unwrap_or(crate::types::UNIVERSE);
                Checker::new(self, pkg).method_signature(*m, *named)
            }
        }
    }
}

impl Checker<'_> {
    /// Whether a name is the mark.
    pub(super) fn probes(&self, name: Symbol) -> bool {
        self.probe.name == Some(name)
    }

    fn found_place(&mut self, place: Place) {
        self.probe.place.get_or_insert(place);
    }

    /// Notes the names that could stand for the mark.
    pub(super) fn probe_name(&mut self, name: Symbol, is_type: bool) -> bool {
        if !self.probes(name) {
            return false;
        }
        self.found_place(Place::Name {
            names: self.visible(),
            is_type,
            fields: None,
            wanted: None,
        });
        true
    }

    /// The names in scope here, innermost first.
    fn visible(&self) -> Vec<(Symbol, ObjId)> {
        let mut seen = rustc_hash::FxHashSet::default();
        let mut names = Vec::new();
        let mut scope = Some(self.env.scope);
        while let Some(s) = scope {
            let own = self.w.objects.scope_names(s);
            names.extend(own.into_iter().rev().filter(|n| seen.insert(n.0)));
            scope = self.w.objects.scope_parent(s);
        }
        names
    }

    /// Notes the package whose member is marked.
    pub(super) fn probe_package(&mut self, name: Symbol, pkg: PkgId) -> bool {
        let probes = self.probes(name);
        if probes {
            let _ = self.w.load(pkg);
            self.found_place(Place::Package(pkg));
        }
        probes
    }

    /// Notes what the operand of a selector with the mark is, be it a value or not.
    pub(super) fn probe_member<'a>(&mut self, x: &mut Operand<'a>, inner: &'a Expr) {
        match &unparen(inner).kind {
            // Of a generic function with some of its type arguments the rest may be inferred from arguments.
            ExprKind::Index(f, indices) => {
                let e = unparen(inner);
                if self.index_expr(x, e, f, indices) {
                    let generic = x.ty;
                    self.func_inst(None, x, Some((e, indices)), false);
                    x.ty = if x.is_valid() { x.ty } else { generic };
                }
            }
            _ => {
                self.raw_expr(None, x, unparen(inner), None, true);
            }
        }
        let mut valued = self.valued(x);
        valued.object = self.used_object(unparen(inner));
        if valued.mode != OperandMode::Invalid {
            self.found_place(Place::Member(valued));
        }
        x.invalidate();
    }

    fn valued(&mut self, x: &Operand<'_>) -> Valued {
        Valued {
            mode: x.mode,
            ty: x.ty,
            builtin: x.builtin,
            object: x.expr.and_then(|e| self.used_object(e)),
            value: x.val.as_ref().map(ToString::to_string),
        }
    }

    /// The object that a name, a qualified name or a selected method denotes.
    fn used_object(&mut self, e: &Expr) -> Option<ObjId> {
        match &e.kind {
            ExprKind::Ident(id) | ExprKind::Selector(_, id) => {
                self.info().uses.get(&id.id).copied()
            }
            ExprKind::Paren(x) | ExprKind::Index(x, _) => self.used_object(x),
            _ => None,
        }
    }

    /// Notes that a field's name could stand where the mark is an element of a struct literal.
    pub(super) fn probe_struct(&mut self, lit: &CompositeLit, base: TypeId) -> bool {
        if self.probe.name.is_none() {
            return false;
        }
        let is_mark = |e: &Expr| matches!(&e.kind, ExprKind::Ident(id) if self.probes(id.name));
        let keyed = |e: &Expr| match &e.kind {
            ExprKind::Ident(id) => Some(id.name),
            _ => None,
        };
        let bare = |e: &&crate::ast::Element| e.key.is_none() && is_mark(&e.value);
        if !lit.elements.iter().any(|e| bare(&e)) {
            return false;
        }
        let set = lit.elements.iter().filter_map(|e| keyed(e.key.as_ref()?));
        let fields = Some((base, set.collect()));
        self.found_place(Place::Name {
            names: self.visible(),
            is_type: false,
            fields,
            wanted: None,
        });
        true
    }

    /// Notes that something of type `t` is wanted where `x` stands, if that is the mark.
    pub(super) fn probe_wants(&mut self, x: &Operand<'_>, t: Option<TypeId>) {
        let is_mark = |e: &Expr| matches!(&e.kind, ExprKind::Ident(id) if self.probes(id.name));
        if self.probe.name.is_some()
            && x.expr.is_some_and(is_mark)
            && let Some(Place::Name { wanted, .. }) = &mut self.probe.place
        {
            *wanted = wanted.or(t.filter(|t| !t.is_invalid()));
        }
    }

    /// Looks for the mark in an expression that is not checked otherwise, as something is wrong around it.
    pub(super) fn probe_expr(&mut self, e: &Expr, t: TypeId) {
        if self.probe.name.is_some() {
            let mut x = Operand::new();
            self.expr(None, &mut x, e);
            self.probe_wants(&x, Some(t));
        }
    }
}

//! What gc's stages after type checking report.
//!
//! Invariant: a stage looks only at a package in which nothing is wrong so far, the parser's errors included.

use super::Checker;
use crate::ast::{Decl, File, FuncDecl, Item};
use crate::diag::{Code, Diagnostic};
use crate::source::{Pos, Span};
use crate::symbol::Symbol;
use crate::types::{MAX_SIZE, ObjKind, Object, Type, TypeId};
use rustc_hash::FxHashMap;

/// Channels' elements may not be larger.
const MAX_CHAN_ELEM: i64 = 1 << 16;
/// Stack frames may not be larger.
const MAX_FRAME: i64 = 1 << 30;

impl Checker<'_> {
    /// Checks a complete package without errors once more.
    pub(super) fn later_stages(&mut self) {
        let package = &self.w.packages[self.pkg.0 as usize];
        if package.files.iter().any(|f| f.broken) {
            return;
        }
        let stages = [
            Checker::anonymous_cycles,
            Checker::misplaced_directives,
            Checker::type_sizes,
            Checker::stack_frames,
            Checker::missing_main,
        ];
        for stage in stages {
            let mut found = self.diags.iter().chain(&self.w.import_diags);
            if found.any(Diagnostic::is_error) {
                return;
            }
            stage(self);
        }
    }

    /// Reports interface literals whose methods lead back to an interface literal already on the way.
    fn anonymous_cycles(&mut self) {
        let mut list = std::mem::take(&mut self.interfaces);
        list.sort_by_key(|i| (i.0.lo, std::cmp::Reverse(i.0.hi)));
        let (mut seen, mut end) = (FxHashMap::default(), Pos::NONE);
        for (span, t) in list {
            // Those inside another literal are met on the way.
            if span.lo < end {
                continue;
            }
            end = span.hi;
            if self.leads_back(t, &mut seen) {
                self.error(
                    span,
                    Code::InvalidTypeCycle,
                    "invalid recursive type: anonymous interface refers to itself (see https://go.dev/issue/56103)",
                );
                seen.values_mut().for_each(|on_the_way| *on_the_way = false);
            }
        }
    }

    fn leads_back(&self, interface: TypeId, seen: &mut FxHashMap<TypeId, bool>) -> bool {
        let set = self.w.types.type_set(interface);
        set.methods.iter().any(|m| self.visits(m.sig, seen))
    }

    /// Whether a type mentions an interface literal that is being looked at.
    fn visits(&self, t: TypeId, seen: &mut FxHashMap<TypeId, bool>) -> bool {
        crate::ast::deep(|| match self.w.types.get(t) {
            Type::Basic(_) | Type::Named(_) | Type::TypeParam(_) => false,
            Type::Array(_, e) | Type::Slice(e) | Type::Pointer(e) | Type::Chan(_, e) => {
                self.visits(e, seen)
            }
            Type::Map(k, v) => self.visits(k, seen) || self.visits(v, seen),
            Type::Tuple(list) => list.iter().any(|&t| self.visits(t, seen)),
            Type::Signature(s) => {
                let mut all = s.params.iter().chain(&s.results);
                all.any(|&t| self.visits(t, seen))
            }
            Type::Struct(s) => s.fields.iter().any(|f| self.visits(f.ty, seen)),
            Type::Interface(_) => {
                if let Some(&on_the_way) = seen.get(&t) {
                    return on_the_way;
                }
                seen.insert(t, true);
                if self.leads_back(t, seen) {
                    return true;
                }
                seen.insert(t, false);
                false
            }
        })
    }

    /// Directives before declarations that they are not for, and functions without body.
    fn misplaced_directives(&mut self) {
        let files = self.w.packages[self.pkg.0 as usize].files.clone();
        for file in files {
            self.diags.extend(file.misplaced.iter().cloned());
            self.linknames(&file);
        }
        for span in std::mem::take(&mut self.bodyless) {
            self.error(span, Code::MissingBody, "missing function body");
        }
    }

    /// Checks a file's `//go:linkname` directives.
    fn linknames(&mut self, file: &File) {
        let is_unsafe = |i: &crate::ast::ImportSpec| &*i.path == "unsafe";
        let may = file.imports.iter().any(is_unsafe);
        let mut seen = Vec::new();
        for (pos, text) in &file.directives {
            let mut words = text.split_whitespace();
            let Some(verb @ ("go:linkname" | "go:linknamestd")) = words.next() else {
                continue;
            };
            let Some(local) = words.next().map(Symbol::new) else {
                continue;
            };
            let scope = self.w.packages[self.pkg.0 as usize].scope;
            let obj = self.w.objects.lookup(scope, local);
            let linkable = |o| {
                let kind = |o: &Object| matches!(o.kind, ObjKind::Func(_) | ObjKind::Var(_));
                self.w.objects.with(o, kind)
            };
            let message = if !may {
                format!("//{verb} only allowed in Go files that import \"unsafe\"")
            } else if !obj.is_some_and(linkable) {
                format!("//{verb} must refer to declared function or variable")
            } else if seen.contains(&local) {
                format!("duplicate //{verb} for {local}")
            } else {
                seen.push(local);
                continue;
            };
            let lo = pos.0 + 2;
            let span = Span::new(lo, lo + text.len() as u32);
            self.error(span, Code::MisplacedDirective, message);
        }
    }

    /// Where gc sees a function declaration: behind `func`.
    pub(super) fn after_func(&self, decl: &FuncDecl) -> Span {
        if decl.recv.is_none() {
            return decl.name.span;
        }
        let lo = decl.span.lo.0 + "func".len() as u32;
        let text = self.w.sources.file(decl.span.lo).map(|f| {
            let rest = Span::new(lo, decl.name.span.lo.0.max(lo));
            f.slice(rest)
        });
        let blanks = text.map_or(0, |t| t.len() - t.trim_start().len()) as u32;
        Span::new(lo + blanks, lo + blanks + 1)
    }

    fn type_sizes(&mut self) {
        for (span, t) in std::mem::take(&mut self.sized) {
            let at = self.declared_around(span).unwrap_or(span);
            self.report_size(at, t);
        }
    }

    /// Reports a type that is too large.
    pub(super) fn report_size(&mut self, span: Span, t: TypeId) {
        let message = match self.w.types.get(t) {
            Type::Chan(_, elem) if self.w.types.is_generic(elem) => return,
            Type::Chan(_, elem) if self.w.types.sizeof(elem) >= MAX_CHAN_ELEM => {
                "channel element type too large (>64kB)".to_string()
            }
            Type::Chan(..) => return,
            _ if self.w.types.sizeof(t) < MAX_SIZE => return,
            _ => format!("type {} larger than address space", self.type_string(t)),
        };
        self.error(span, Code::TypeTooLarge, message);
    }

    /// Notes a slice literal with a very large array.
    pub(super) fn note_backing_array(&mut self, at: Pos, len: i64, elem: TypeId) {
        if len > 1 << 20 {
            let size = len.saturating_mul(self.w.types.sizeof(elem));
            if size > MAX_FRAME {
                self.big_literals.push((at, size));
            }
        }
    }

    /// Reports functions whose parameters or literals no stack can hold.
    fn stack_frames(&mut self) {
        let package = &self.w.packages[self.pkg.0 as usize];
        let files = package.files.clone();
        let items = files.iter().flat_map(|f| &f.items);
        for item in items {
            let Item::Decl(Decl::Func(decl)) = item else {
                continue;
            };
            let (args, locals) = (self.args_size(decl), self.literals_size(decl));
            if args.max(locals) > MAX_FRAME {
                let (locals, args) = (locals >> 20, args >> 20);
                let message =
                    format!("stack frame too large (>1GB): {locals} MB locals + {args} MB args");
                self.error(self.after_func(decl), Code::TypeTooLarge, message);
            }
        }
    }

    /// The size of a function's receiver, parameters and results.
    fn args_size(&self, decl: &FuncDecl) -> i64 {
        let package = &self.w.packages[self.pkg.0 as usize];
        let sig = package
            .info
            .defs
            .get(&decl.name.id)
            .and_then(|obj| self.w.func_sigs.get(obj));
        let Some(sig) = sig.filter(|s| s.tparams.is_empty()) else {
            return 0;
        };
        let Type::Signature(shape) = self.w.types.get(sig.ty) else {
            return 0;
        };
        let recv = sig.recv.into_iter();
        recv.chain(shape.params.iter().copied())
            .chain(shape.results.iter().copied())
            .filter(|&t| {
                let t = self.w.types.get(t);
                matches!(t, Type::Array(..) | Type::Struct(_) | Type::Named(_))
            })
            .fold(0, |n: i64, t| n.saturating_add(self.w.types.sizeof(t)))
    }

    fn literals_size(&self, decl: &FuncDecl) -> i64 {
        let inside = |at: Pos| decl.span.lo <= at && at < decl.span.hi;
        let all = self.big_literals.iter().filter(|l| inside(l.0));
        all.fold(0, |n: i64, l| n.saturating_add(l.1))
    }

    /// The name of the package-level type or variable in whose declaration a type literal stands.
    fn declared_around(&self, span: Span) -> Option<Span> {
        let package = &self.w.packages[self.pkg.0 as usize];
        let items = package.files.iter().flat_map(|f| &f.items);
        let decls = items.filter_map(|i| match i {
            Item::Decl(d) => Some(d),
            Item::Stmt(_) => None,
        });
        decls.into_iter().find_map(|d| name_around(d, span))
    }

    fn missing_main(&mut self) {
        let package = &self.w.packages[self.pkg.0 as usize];
        if !self.is_main() || package.is_script || package.path != "main" {
            return;
        }
        if self
            .w
            .objects
            .lookup(package.scope, Symbol::new("main"))
            .is_some()
        {
            return;
        }
        let name = package.files.first().and_then(|f| f.package);
        self.error(
            name.map_or(Span::NONE, |p| p.span),
            Code::MissingMain,
            "function main is undeclared in the main package",
        );
    }
}

fn name_around(d: &Decl, span: Span) -> Option<Span> {
    let inside = |outer: Span| outer.lo <= span.lo && span.hi <= outer.hi;
    match d {
        Decl::Group(list) => list.iter().find_map(|d| name_around(d, span)),
        Decl::Type(spec) if inside(spec.span) => Some(spec.name.span),
        Decl::Var(spec) if inside(spec.span) => spec.names.first().map(|n| n.span),
        _ => None,
    }
}

//! Struct and interface types, and unions (go/types: struct.go, interface.go, union.go).

use super::{Checker, expr_string};
use crate::ast::{
    BasicLit, BinaryOp, Expr, ExprKind, Ident, InterfaceElem, InterfaceType, StructType, UnaryOp,
};
use crate::diag::Code;
use crate::source::Span;
use crate::symbol::Symbol;
use crate::syntax::unquote;
use crate::types::{
    Basic, Embedded, IfaceMethod, Interface, Struct, StructField, Term, Type, TypeId,
};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// Unions may not have more terms than this.
const MAX_TERMS: usize = 100;

impl Checker<'_> {
    pub(super) fn struct_type(&mut self, s: &StructType) -> TypeId {
        let mut fields: Vec<StructField> = Vec::new();
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        for f in &s.fields {
            let mut ty = self.var_type(&f.ty);
            let tag = f.tag.as_ref().map_or_else(|| "".into(), |t| self.tag(t));
            let embedded = f.names.is_empty();
            let names = if embedded {
                match embedded_field_ident(&f.ty) {
                    Some(id) => {
                        self.check_embedded(f.ty.span, ty);
                        vec![id]
                    }
                    None => {
                        let message = format!("invalid embedded field type {}", expr_string(&f.ty));
                        self.error(f.ty.span, Code::InvalidSyntaxTree, message);
                        ty = TypeId::INVALID;
                        vec![Ident {
                            name: Symbol::new("_"),
                            span: f.span,
                            id: f.ty.id,
                        }]
                    }
                }
            } else {
                f.names.clone()
            };
            for id in names {
                if self.declare_in_set(&mut seen, &id) {
                    fields.push(StructField {
                        name: id.name,
                        ty,
                        embedded,
                        tag: tag.clone(),
                        pkg: Some(self.pkg),
                    });
                }
            }
        }
        self.w.types.structure(Struct { fields })
    }

    fn declare_in_set(&mut self, seen: &mut FxHashMap<Symbol, Span>, id: &Ident) -> bool {
        if id.name.is_blank() {
            return true;
        }
        if let Some(&other) = seen.get(&id.name) {
            self.error(
                id.span,
                Code::DuplicateDecl,
                format!("{} redeclared", id.name),
            );
            self.add_note(other, format!("other declaration of {}", id.name));
            return false;
        }
        seen.insert(id.name, id.span);
        true
    }

    fn tag(&self, t: &BasicLit) -> Rc<str> {
        String::from_utf8_lossy(&unquote(&t.text)).into()
    }

    /// Reports later if `ty` may not be embedded in a struct.
    fn check_embedded(&mut self, span: Span, ty: TypeId) {
        self.later(move |c| {
            let (t, is_ptr) = c.w.types.deref(ty);
            let (code, message) = match c.w.types.under(t) {
                Type::Basic(Basic::UnsafePointer) if !t.is_invalid() => (
                    Code::InvalidPtrEmbed,
                    "embedded field type cannot be unsafe.Pointer",
                ),
                Type::Pointer(_) => (
                    Code::InvalidPtrEmbed,
                    "embedded field type cannot be a pointer",
                ),
                Type::TypeParam(_) => (
                    Code::MisplacedTypeParam,
                    "embedded field type cannot be a (pointer to a) type parameter",
                ),
                Type::Interface(_) if is_ptr => (
                    Code::InvalidPtrEmbed,
                    "embedded field type cannot be a pointer to an interface",
                ),
                _ => return,
            };
            c.error(span, code, message);
        });
    }

    pub(super) fn interface_type(&mut self, i: &InterfaceType) -> TypeId {
        let mut methods: Vec<IfaceMethod> = Vec::new();
        let mut embedded: Vec<Embedded> = Vec::new();
        let mut spans: Vec<Span> = Vec::new();
        let mut seen: FxHashMap<Symbol, Span> = FxHashMap::default();
        for elem in &i.elements {
            match elem {
                InterfaceElem::Embed(e) => {
                    if let Some(terms) = self.parse_union(e) {
                        embedded.push(Embedded { terms });
                        spans.push(e.span);
                    }
                }
                InterfaceElem::Method(id, _) if id.name.is_blank() => {
                    let message = "methods must have a unique non-blank name";
                    self.error(id.span, Code::BlankIfaceMethod, message);
                }
                InterfaceElem::Method(id, ft) => {
                    let sig = self.func_type(None, &[], ft).ty;
                    if let Some(&other) = seen.get(&id.name) {
                        self.error(
                            id.span,
                            Code::DuplicateDecl,
                            format!("duplicate method {}", id.name),
                        );
                        self.add_note(other, format!("other declaration of method {}", id.name));
                        continue;
                    }
                    seen.insert(id.name, id.span);
                    methods.push(IfaceMethod {
                        name: id.name,
                        pkg: Some(self.pkg),
                        sig,
                    });
                }
            }
        }
        if embedded.is_empty() {
            if methods.is_empty() {
                return TypeId::EMPTY_INTERFACE;
            }
        } else {
            let (methods, embedded) = (methods.clone(), embedded.clone());
            self.later(move |c| c.check_embedded_methods(methods, &embedded, &spans, seen));
        }
        self.w.types.interface(Interface {
            methods,
            embedded,
            implicit: false,
            comparable: false,
        })
    }

    /// Reports embedded methods that clash with others of the same name.
    fn check_embedded_methods(
        &mut self,
        mut methods: Vec<IfaceMethod>,
        embedded: &[Embedded],
        spans: &[Span],
        mut declared: FxHashMap<Symbol, Span>,
    ) {
        for (e, &span) in embedded.iter().zip(spans) {
            let [(false, t)] = e.terms[..] else { continue };
            if !self.w.types.is_interface(t) {
                continue;
            }
            for m in &self.w.types.type_set(t).methods {
                let same =
                    |o: &&IfaceMethod| o.name == m.name && (m.name.is_exported() || o.pkg == m.pkg);
                match methods.iter().find(same) {
                    Some(o) if self.w.types.identical(o.sig, m.sig) => {}
                    Some(_) => {
                        self.error(
                            span,
                            Code::DuplicateDecl,
                            format!("duplicate method {}", m.name),
                        );
                        if let Some(&other) = declared.get(&m.name) {
                            self.add_note(other, format!("other declaration of method {}", m.name));
                        }
                    }
                    None => {
                        methods.push(m.clone());
                        declared.entry(m.name).or_insert(span);
                    }
                }
            }
        }
    }

    /// The terms of a union; a single term without `~` is a plain embedded type. None if every term was wrong.
    pub(super) fn parse_union(&mut self, e: &Expr) -> Option<Vec<(bool, TypeId)>> {
        let mut list = Vec::new();
        flatten_union(e, &mut list);
        let mut terms: Vec<(bool, TypeId)> = Vec::new();
        let mut spans = Vec::new();
        for (i, x) in list.iter().enumerate() {
            if i == MAX_TERMS {
                let message = too_many_terms();
                self.error(x.span, Code::InvalidUnion, message);
                return None;
            }
            let term = self.parse_tilde(x);
            if list.len() == 1 && !term.0 {
                return (!term.1.is_invalid()).then(|| vec![term]);
            }
            terms.push(term);
            spans.push(x.span);
        }
        let checked = terms.clone();
        self.later(move |c| c.check_terms(&checked, &spans));
        terms.retain(|t| !t.1.is_invalid());
        (!terms.is_empty()).then_some(terms)
    }

    fn parse_tilde(&mut self, e: &Expr) -> (bool, TypeId) {
        let (tilde, x) = match &e.kind {
            ExprKind::Unary(UnaryOp::Tilde, x) => (true, &**x),
            _ => (false, e),
        };
        let t = self.typ(x);
        if !self.w.types.is_type_param(t) {
            return (tilde, t);
        }
        let message = if tilde {
            format!("type in term {} cannot be a type parameter", expr_string(e))
        } else {
            "term cannot be a type parameter".to_string()
        };
        self.error(x.span, Code::MisplacedTypeParam, message);
        (tilde, TypeId::INVALID)
    }

    /// Checks the terms of a union once their types are complete.
    fn check_terms(&mut self, terms: &[(bool, TypeId)], spans: &[Span]) {
        let size = |t: &(bool, TypeId)| {
            let set = self.w.types.type_set(t.1);
            set.terms.as_ref().map_or(0, Vec::len)
        };
        if terms.len() > 1 && terms.iter().map(size).sum::<usize>() > MAX_TERMS {
            let message = too_many_terms();
            self.error(spans[0], Code::InvalidUnion, message);
            return;
        }
        for (i, &(tilde, t)) in terms.iter().enumerate() {
            if t.is_invalid() {
                continue;
            }
            let u = self.w.types.underlying(t);
            let what = self.type_string(t);
            let is_interface = self.w.types.is_interface(t);
            if tilde && is_interface {
                let message = format!("invalid use of ~ ({what} is an interface)");
                self.error(spans[i], Code::InvalidUnion, message);
                continue;
            }
            if tilde && !self.w.types.identical(u, t) {
                let under = self.type_string(u);
                let message = format!("invalid use of ~ (underlying type of {what} is {under})");
                self.error(spans[i], Code::InvalidUnion, message);
                continue;
            }
            if is_interface {
                self.check_interface_term(t, spans[i]);
                continue;
            }
            let overlaps = |&&(o_tilde, o): &&(bool, TypeId)| {
                !self.w.types.is_interface(o)
                    && self.w.types.terms_overlap(
                        Term { tilde, ty: t },
                        Term {
                            tilde: o_tilde,
                            ty: o,
                        },
                    )
            };
            if let Some(&(o_tilde, o)) = terms[..i].iter().find(overlaps) {
                let show = |tilde: bool, t: String| if tilde { format!("~{t}") } else { t };
                let (this, other) = (self.path_string(t), self.path_string(o));
                let message = format!(
                    "overlapping terms {} and {}",
                    show(tilde, this),
                    show(o_tilde, other)
                );
                self.error(spans[i], Code::InvalidUnion, message);
            }
        }
    }

    fn check_interface_term(&mut self, t: TypeId, span: Span) {
        let set = self.w.types.type_set(t);
        let message = if !set.methods.is_empty() {
            {
                let path = self.path_string(t);
                format!("cannot use {path} in union ({path} contains methods)")
            }
        } else if t == TypeId::COMPARABLE {
            "cannot use comparable in union".to_string()
        } else if set.comparable {
            let path = self.path_string(t);
            format!("cannot use {path} in union ({path} embeds comparable)")
        } else {
            return;
        };
        self.error(span, Code::InvalidUnion, message);
    }
}

fn too_many_terms() -> String {
    format!("cannot handle more than {MAX_TERMS} union terms (implementation limitation)")
}

fn flatten_union<'a>(e: &'a Expr, out: &mut Vec<&'a Expr>) {
    let mut e = e;
    let mut right = Vec::new();
    while let ExprKind::Binary(BinaryOp::Or, _, x, y) = &e.kind {
        right.push(&**y);
        e = x;
    }
    out.push(e);
    out.extend(right.into_iter().rev());
}

/// The identifier that names an embedded field.
pub(super) fn embedded_field_ident(e: &Expr) -> Option<Ident> {
    match &e.kind {
        ExprKind::Ident(id) => Some(*id),
        ExprKind::Star(x) if !matches!(x.kind, ExprKind::Star(_)) => embedded_field_ident(x),
        ExprKind::Selector(_, sel) => Some(*sel),
        ExprKind::Index(x, _) => embedded_field_ident(x),
        _ => None,
    }
}

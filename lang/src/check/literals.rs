//! Composite and function literals (spec: Composite literals, Function literals).

use super::stmt::Body;
use super::switch::literal_key;
use super::{Checker, Operand, expr_string};
use crate::ast::{CompositeLit, Element, Expr, ExprKind, FuncLit, Ident};
use crate::diag::Code;
use crate::source::{Pos, Span};
use crate::symbol::Symbol;
use crate::types::{Member, Struct, Type, TypeId};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// The fields set so far in a struct literal: their paths and names.
type Visited = Vec<(Vec<u32>, Symbol)>;

/// An element's extent: from its key, if any, to its value.
fn element_span(el: &Element) -> Span {
    el.key
        .as_ref()
        .map_or(el.value.span, |k| k.span.to(el.value.span))
}

impl Checker<'_> {
    /// `func(…) … { … }`. The body is checked once the statement around it has been, when the scope still is as it was.
    pub(super) fn func_lit<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr, lit: &Rc<FuncLit>) {
        let sig = self.func_type(None, &[], &lit.ty);
        self.info().func_lits.insert(e.id, sig.vars.clone());
        x.set_value(sig.ty);
        let (lit, decl, iota) = (lit.clone(), self.env.decl, self.env.iota.clone());
        self.later(move |c| {
            c.func_body(Body {
                decl,
                sig: sig.ty,
                vars: sig.vars,
                scope: sig.scope,
                iota,
                block: &lit.body,
            });
        });
    }

    /// `T{…}`; `hint` is the element type of the literal around it.
    pub(super) fn composite_lit<'a>(
        &mut self,
        x: &mut Operand<'a>,
        e: &'a Expr,
        lit: &'a CompositeLit,
        hint: Option<TypeId>,
    ) {
        let mut open_elem = None;
        let (mut ty, base) = match (&lit.ty, hint) {
            (Some(t), _) => {
                if let ExprKind::ArrayType(None, elem) = &t.kind {
                    let elem = self.var_type(elem);
                    open_elem = Some(elem);
                    let array = self.w.types.array(-1, elem);
                    (array, array)
                } else {
                    let t = self.typ(t);
                    (t, t)
                }
            }
            (None, Some(hint)) => (hint, self.elided_base(hint)),
            (None, None) => {
                self.error(
                    super::typexpr::start_pos(e),
                    Code::UntypedLit,
                    "missing type in composite literal",
                );
                (TypeId::INVALID, TypeId::INVALID)
            }
        };
        if !self.is_complete(base) {
            return x.invalidate();
        }
        match self.common_under_type(base) {
            Some(Type::Struct(st)) => self.struct_lit(lit, base, &st),
            Some(Type::Array(n, elem)) => {
                let known = (n >= 0).then_some(n);
                let len = self.indexed_elts(&lit.elements, elem, known);
                if known.is_none()
                    && let Some(t) = &lit.ty
                {
                    ty = self.w.types.array(len, open_elem.unwrap_or(elem));
                    self.record_type_expr(t.id, ty);
                }
            }
            Some(Type::Slice(elem)) => {
                let len = self.indexed_elts(&lit.elements, elem, None);
                self.note_backing_array(lit.lbrace, len, elem);
            }
            Some(Type::Map(key, elem)) => self.map_lit(lit, key, elem),
            u => {
                self.use_exprs(lit.elements.iter().map(|el| &el.value));
                if !base.is_invalid() && !self.w.types.underlying(base).is_invalid() {
                    let qualifier = if lit.ty.is_none() { " element" } else { "" };
                    let cause = if u.is_none() {
                        " (no common underlying type)"
                    } else {
                        ""
                    };
                    let message = format!(
                        "invalid composite literal{qualifier} type {}{cause}",
                        self.type_string(ty)
                    );
                    self.error(super::typexpr::start_pos(e), Code::InvalidLit, message);
                    return x.invalidate();
                }
            }
        }
        if ty.is_invalid() {
            return x.invalidate();
        }
        x.set_value(ty);
    }

    /// The type of an element literal without type: for a pointer type what it points to.
    fn elided_base(&self, hint: TypeId) -> TypeId {
        match self.common_under_type(hint) {
            Some(Type::Pointer(base)) => base,
            _ => hint,
        }
    }

    fn struct_lit(&mut self, lit: &CompositeLit, base: TypeId, st: &Struct) {
        if self.probe_struct(lit, base) {
            return;
        }
        match lit.elements.first() {
            None => {}
            Some(first) if first.key.is_some() => {
                let mut visited = Visited::new();
                for el in &lit.elements {
                    self.keyed_field(el, base, &mut visited);
                }
            }
            Some(_) => self.positional_fields(lit, base, st),
        }
    }

    fn keyed_field(&mut self, el: &Element, base: TypeId, visited: &mut Visited) {
        let Some(key) = &el.key else {
            let message = "mixture of field:value and value elements in struct literal";
            self.error(el.value.span, Code::MixedStructLit, message);
            return;
        };
        let mut x = Operand::new();
        self.generic_expr(&mut x, &el.value, None);
        let ExprKind::Ident(id) = &key.kind else {
            let message = format!("invalid field name {} in struct literal", expr_string(key));
            let at = Span {
                lo: super::typexpr::start_pos(key).lo,
                hi: element_span(el).hi,
            };
            self.error(at, Code::InvalidLitField, message);
            return;
        };
        if let Some((path, ty)) = self.literal_field(key, id, base) {
            self.info().field_keys.insert(key.id, path.clone());
            self.assignment(&mut x, Some(ty), "struct literal");
            self.duplicate_field(element_span(el), path, id.name, visited);
        }
    }

    /// The field a key names; reports what is wrong with it.
    fn literal_field(
        &mut self,
        key: &Expr,
        id: &Ident,
        base: TypeId,
    ) -> Option<(Vec<u32>, TypeId)> {
        let utyp = match self.common_under_type(base) {
            Some(u) => self.w.types.intern(u),
            None => base,
        };
        let found = match self.lookup_member(utyp, false, id.name) {
            Ok(found) => found,
            Err(_) => {
                let similar = self.lookup_similar(utyp, false, id.name);
                let message = self.lookup_error(base, id.name, similar.as_ref(), true);
                self.error(key.span, Code::MissingLitField, message);
                return None;
            }
        };
        let Member::Field(field) = found.member else {
            self.error(
                key.span,
                Code::MissingLitField,
                format!("{} is not a field", id.name),
            );
            return None;
        };
        if found.indirect {
            let message = format!("invalid implicit pointer indirection to reach {}", id.name);
            self.error(key.span, Code::InvalidLitField, message);
            return None;
        }
        Some((found.path, field.ty))
    }

    /// Notes that the field at `path` is set; reports if it, one around it or one inside it is set already.
    fn duplicate_field(&mut self, at: Span, path: Vec<u32>, name: Symbol, visited: &mut Visited) {
        let collides = |other: &[u32]| other.starts_with(&path) || path.starts_with(other);
        let Some((other, alt)) = visited.iter().find(|(p, _)| collides(p)) else {
            visited.push((path, name));
            return;
        };
        let message = if *other == path {
            format!("duplicate field name {name} in struct literal")
        } else if other.len() < path.len() {
            format!("cannot specify promoted field {name} and enclosing embedded field {alt}")
        } else {
            format!("cannot specify embedded field {name} and enclosed promoted field {alt}")
        };
        self.error(at, Code::DuplicateLitField, message);
    }

    fn positional_fields(&mut self, lit: &CompositeLit, base: TypeId, st: &Struct) {
        let hidden = |name: Symbol, pkg| !name.is_exported() && pkg != Some(self.pkg);
        let has_hidden = st.fields.iter().any(|f| hidden(f.name, f.pkg));
        for (i, el) in lit.elements.iter().enumerate() {
            if el.key.is_some() {
                let message = "mixture of field:value and value elements in struct literal";
                self.error(element_span(el), Code::MixedStructLit, message);
                continue;
            }
            let mut x = Operand::new();
            self.generic_expr(&mut x, &el.value, None);
            let Some(field) = st.fields.get(i) else {
                let message = format!(
                    "too many values in struct literal of type {}",
                    self.type_string(base)
                );
                self.error(el.value.span, Code::InvalidStructLit, message);
                break;
            };
            if !field.name.is_exported() && field.pkg != Some(self.pkg) {
                let (name, t) = (field.name, self.type_string(base));
                let message = format!(
                    "implicit assignment to unexported field {name} in struct literal of type {t}"
                );
                self.error(el.value.span, Code::UnexportedLitField, message);
                continue;
            }
            self.assignment(&mut x, Some(field.ty), "struct literal");
        }
        if lit.elements.len() < st.fields.len() {
            let hint = if has_hidden {
                " (type has unexported fields - use key:value pairs)"
            } else {
                ""
            };
            let message = format!(
                "too few values in struct literal of type {}{hint}",
                self.type_string(base)
            );
            let brace = Span {
                lo: lit.rbrace,
                hi: Pos(lit.rbrace.0 + 1),
            };
            self.error(brace, Code::InvalidStructLit, message);
        }
    }

    fn map_lit(&mut self, lit: &CompositeLit, key: TypeId, elem: TypeId) {
        let key_is_interface = self.is_interface(key);
        let mut visited: FxHashMap<_, Vec<TypeId>> = FxHashMap::default();
        for el in &lit.elements {
            let Some(k) = &el.key else {
                self.error(
                    el.value.span,
                    Code::MissingLitKey,
                    "missing key in map literal",
                );
                self.probe_expr(&el.value, key);
                continue;
            };
            let mut x = Operand::new();
            self.generic_expr(&mut x, k, Some(key));
            self.assignment(&mut x, Some(key), "map literal");
            if !x.is_valid() {
                continue;
            }
            if x.is_const()
                && let Some(value) = literal_key(&x.value())
            {
                let types = visited.entry(value).or_default();
                let same = |t: &TypeId| !key_is_interface || self.w.types.identical(*t, x.ty);
                if types.iter().any(same) {
                    let message = format!("duplicate key {} in map literal", x.value());
                    self.error(x.span(), Code::DuplicateLitKey, message);
                    continue;
                }
                types.push(x.ty);
            }
            let mut v = Operand::new();
            self.generic_expr(&mut v, &el.value, Some(elem));
            self.assignment(&mut v, Some(elem), "map literal");
        }
    }
}

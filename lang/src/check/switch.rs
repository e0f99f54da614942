//! Expression and type switches (spec: Switch statements).

use super::typexpr::{node_pos, start_pos};
use super::{Checker, Operand};
use crate::ast::{
    BinaryOp, CaseClause, Expr, ExprKind, Ident, SwitchStmt, TypeSwitchStmt, unparen,
};
use crate::constant::{self, Kind, Value};
use crate::diag::Code;
use crate::source::Span;
use crate::types::{ObjId, ObjKind, TypeId, VarKind};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A constant as duplicates are looked for: only integers, exact floats and strings.
#[derive(PartialEq, Eq, Hash)]
pub(super) enum ConstKey {
    Bool(bool),
    Int(i64),
    Uint(u64),
    Float(u64),
    Complex(u64, u64),
    String(Rc<[u8]>),
}

/// Case values seen so far, with where they stand and their types.
type Seen = FxHashMap<ConstKey, Vec<(Span, TypeId)>>;

impl Checker<'_> {
    /// `switch init; tag { … }`, in its own scope.
    pub(super) fn switch_stmt(&mut self, s: &SwitchStmt) {
        if let Some(init) = &s.init {
            self.stmt(init);
        }
        let mut x = Operand::new();
        match &s.tag {
            Some(tag) => self.switch_tag(&mut x, tag),
            None => {
                x = Operand::constant(TypeId::BOOL, Value::Bool(true), None);
                x.desc = Some("true".into());
            }
        }
        self.multiple_case_defaults(&s.clauses);
        let mut seen = Seen::default();
        for clause in &s.clauses {
            self.case_values(&x, &clause.exprs, &mut seen);
            self.in_block(|c| c.stmt_list(&clause.body));
        }
    }

    fn switch_tag<'a>(&mut self, x: &mut Operand<'a>, tag: &'a Expr) {
        self.expr(None, x, tag);
        self.assignment(x, None, "switch expression");
        if x.is_valid() && !self.w.types.comparable(x.ty) && !self.w.types.has_nil(x.ty) {
            let (what, t) = (self.operand_string(x), self.type_string(x.ty));
            let message = format!("cannot switch on {what} ({t} is not comparable)");
            self.error(x.span(), Code::InvalidExprSwitch, message);
            x.invalidate();
        }
    }

    fn multiple_case_defaults(&mut self, clauses: &[CaseClause]) {
        let defaults: Vec<Span> = clauses
            .iter()
            .filter(|c| c.is_default)
            .map(|c| c.span)
            .collect();
        self.multiple_defaults(&defaults);
    }

    fn case_values(&mut self, x: &Operand, values: &[Expr], seen: &mut Seen) {
        for e in values {
            let mut v = Operand::new();
            self.expr(None, &mut v, e);
            self.probe_wants(&v, Some(x.ty));
            if !x.is_valid() || !v.is_valid() {
                continue;
            }
            self.convert_untyped(&mut v, x.ty);
            if !v.is_valid() {
                continue;
            }
            let mut result = v.clone();
            self.comparison(&mut result, x, BinaryOp::Eq, true);
            if result.is_valid() && v.is_const() {
                self.duplicate_case(&v, seen);
            }
        }
    }

    fn duplicate_case(&mut self, v: &Operand, seen: &mut Seen) {
        let Some(key) = case_key(&v.value()) else {
            return;
        };
        let list = seen.entry(key).or_default();
        let Some(&(previous, _)) = list.iter().find(|(_, t)| self.w.types.identical(*t, v.ty))
        else {
            let at = v.expr.map_or(Span::NONE, node_pos);
            list.push((at, v.ty));
            return;
        };
        let message = format!(
            "duplicate case {} in expression switch",
            self.operand_string(v)
        );
        self.error(v.span(), Code::DuplicateCase, message);
        self.add_note(previous, "previous case".to_string());
    }

    /// `switch init; bind := x.(type) { … }`, in its own scope.
    pub(super) fn type_switch_stmt(&mut self, s: &TypeSwitchStmt) {
        if let Some(init) = &s.init {
            self.stmt(init);
        }
        let bind = s.bind.filter(|b| !b.name.is_blank());
        if bind.is_none()
            && let Some(b) = &s.bind
        {
            self.error(b.span, Code::NoNewVar, "no new variable on left side of :=");
        }
        let mut x = Operand::new();
        self.type_switch_operand(&mut x, &s.x);
        self.multiple_case_defaults(&s.clauses);
        let mut seen: Vec<(Option<TypeId>, Span)> = Vec::new();
        let mut vars = Vec::new();
        for clause in &s.clauses {
            let t = self.case_types(&x, &clause.exprs, &mut seen);
            self.in_block(|c| {
                if let Some(b) = &bind {
                    vars.push(c.clause_var(clause, b, t));
                }
                c.stmt_list(&clause.body);
            });
        }
        if let Some(b) = &bind {
            self.clause_vars_used(b, &vars);
        }
    }

    fn type_switch_operand<'a>(&mut self, x: &mut Operand<'a>, e: &'a Expr) {
        self.expr(None, x, e);
        if !x.is_valid() {
            return;
        }
        let what = self.operand_string(x);
        let message = if self.w.types.is_type_param(x.ty) {
            format!("cannot use type switch on type parameter value {what}")
        } else if self.is_interface(x.ty) {
            return;
        } else {
            format!("{what} is not an interface")
        };
        self.error(x.span(), Code::InvalidTypeSwitch, message);
        x.invalidate();
    }

    fn clause_var(&mut self, clause: &CaseClause, bind: &Ident, t: TypeId) -> ObjId {
        let obj = self
            .w
            .objects
            .new_var(bind.name, bind.span, self.pkg, t, VarKind::Local);
        self.declare(self.env.scope, None, obj, clause.colon);
        self.record_implicit(clause.id, obj);
        obj
    }

    /// The variables of all clauses count as one: it is enough that one is used.
    fn clause_vars_used(&mut self, bind: &Ident, vars: &[ObjId]) {
        let used = vars.iter().any(|&v| self.w.objects.is_used(v));
        for &v in vars {
            self.w.objects.mark_used(v);
        }
        if !used {
            self.soft_error(
                bind.span,
                Code::UnusedVar,
                format!("{} declared and not used", bind.name),
            );
        }
    }

    fn is_nil_expr(&self, e: &Expr) -> bool {
        let ExprKind::Ident(id) = &unparen(e).kind else {
            return false;
        };
        self.lookup(id.name)
            .is_some_and(|o| self.w.objects.with(o, |o| matches!(o.kind, ObjKind::Nil)))
    }

    /// Checks the types of a clause; what is returned is the type of the variable bound in it.
    fn case_types(
        &mut self,
        x: &Operand,
        types: &[Expr],
        seen: &mut Vec<(Option<TypeId>, Span)>,
    ) -> TypeId {
        let mut only = None;
        for e in types {
            let t = if self.is_nil_expr(e) {
                let mut nil = Operand::new();
                self.expr(None, &mut nil, e);
                None
            } else {
                Some(self.var_type(e))
            };
            only = t;
            if t.is_some_and(TypeId::is_invalid) {
                continue;
            }
            let same = |other: &Option<TypeId>| match (*other, t) {
                (None, None) => true,
                (Some(a), Some(b)) => self.w.types.identical(a, b),
                _ => false,
            };
            if let Some(&(_, previous)) = seen.iter().find(|(other, _)| same(other)) {
                let shown = t.map_or("nil".to_string(), |t| self.type_string(t));
                let message = format!("duplicate case {shown} in type switch");
                self.error(start_pos(e), Code::DuplicateCase, message);
                self.add_note(previous, "previous case".to_string());
                continue;
            }
            seen.push((t, start_pos(e)));
            if let Some(t) = t
                && x.is_valid()
            {
                self.type_assertion(e, x, t, true);
            }
        }
        match only {
            Some(t) if types.len() == 1 => t,
            _ if x.is_valid() => x.ty,
            _ => TypeId::INVALID,
        }
    }
}

/// The key of a constant whose duplicates in a switch are errors.
fn case_key(v: &Value) -> Option<ConstKey> {
    match v.kind() {
        Kind::Int => v
            .as_i64()
            .map(ConstKey::Int)
            .or_else(|| v.as_u64().map(ConstKey::Uint)),
        Kind::Float => {
            let exact = constant::compare(&v.round_to_f64(), BinaryOp::Eq, v);
            exact.then(|| ConstKey::Float(v.to_f64().to_bits()))
        }
        Kind::String => v.as_str().map(|s| ConstKey::String(s.clone())),
        _ => None,
    }
}

/// The key of a constant map key: equal numbers have equal keys whatever their kind.
pub(super) fn literal_key(v: &Value) -> Option<ConstKey> {
    let float = |v: &Value| {
        if v.to_f64() == 0.0 {
            0
        } else {
            v.to_f64().to_bits()
        }
    };
    match v.kind() {
        Kind::Bool => v.as_bool().map(ConstKey::Bool),
        Kind::String => v.as_str().map(|s| ConstKey::String(s.clone())),
        Kind::Int | Kind::Float | Kind::Complex => {
            let i = v.to_int();
            if i.kind() == Kind::Int {
                return i
                    .as_i64()
                    .map(ConstKey::Int)
                    .or_else(|| i.as_u64().map(ConstKey::Uint));
            }
            if v.to_float().kind() == Kind::Float {
                return Some(ConstKey::Float(float(&v.to_float())));
            }
            Some(ConstKey::Complex(float(&v.real()), float(&v.imag())))
        }
        Kind::Unknown => None,
    }
}

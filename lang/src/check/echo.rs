//! The values of a REPL's inputs: what an expression that stands alone is worth.
//!
//! Invariants: the values of an expression become package-level variables `_1`, `_2`… numbered through the session; an expression without a value,
//! and a call that prints, is a statement; what has no run-time value (a type, nil, a constant beyond every type) is shown as text.

use super::operand::{Operand, OperandMode};
use super::{Checker, ScriptUnit};
use crate::ast::{Expr, ExprKind, Stmt, StmtKind, unparen};
use crate::symbol::Symbol;
use crate::types::{ObjId, ObjKind, Type, TypeId, VarKind};
use std::rc::Rc;

/// What a REPL shows of an input.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Shown {
    /// The value of a variable.
    Var(ObjId),
    /// A text, known without running anything.
    Text(String),
}

impl Checker<'_> {
    /// Checks an expression that stands alone in a session.
    pub(super) fn script_value(&mut self, s: &Rc<Stmt>) {
        let StmtKind::Expr(e) = &s.kind else { return };
        let top = self.delayed.len();
        let mut x = Operand::new();
        self.raw_expr(None, &mut x, e, None, false);
        let unit = match x.mode {
            OperandMode::Invalid => None,
            OperandMode::NoValue => Some(ScriptUnit::Stmt(s.clone())),
            OperandMode::Builtin => {
                self.exclude(&mut x, &[OperandMode::Builtin]);
                None
            }
            OperandMode::TypeExpr => self.show_text(format!("type {}", self.type_string(x.ty))),
            _ if x.ty == TypeId::UNTYPED_NIL => self.show_text("nil".to_string()),
            _ if self.prints(e) => Some(ScriptUnit::Stmt(s.clone())),
            _ => self.values(s, e, &mut x),
        };
        if let Some(unit) = unit {
            self.add_unit(unit);
        }
        self.process_delayed(top);
    }

    fn show_text(&mut self, text: String) -> Option<ScriptUnit> {
        self.shown.push(Shown::Text(text));
        None
    }

    /// Declares the variables that hold an expression's values.
    fn values<'a>(&mut self, s: &Rc<Stmt>, e: &'a Expr, x: &mut Operand<'a>) -> Option<ScriptUnit> {
        if let Type::Tuple(types) = self.w.types.get(x.ty) {
            let vars: Vec<ObjId> = types.iter().map(|&t| self.result_var(e, t)).collect();
            return Some(ScriptUnit::Value(vars, s.clone()));
        }
        let ty = self.w.types.default_type(x.ty);
        if let Some(text) = self.beyond(x, ty) {
            return self.show_text(text);
        }
        self.assignment(x, Some(ty), "assignment");
        x.is_valid()
            .then(|| ScriptUnit::Value(vec![self.result_var(e, ty)], s.clone()))
    }

    /// The text of an untyped constant that its default type cannot hold.
    fn beyond(&self, x: &Operand<'_>, ty: TypeId) -> Option<String> {
        let val = x.val.as_ref()?;
        let basic = self.w.types.as_basic(ty)?;
        let fits = crate::constant::representable(val, basic).is_some();
        (!fits && self.w.types.is_untyped(x.ty))
            .then(|| format!("{val} // {}", self.type_string(x.ty)))
    }

    fn result_var(&mut self, e: &Expr, ty: TypeId) -> ObjId {
        let package = &mut self.w.packages[self.pkg.0 as usize];
        package.results += 1;
        let name = Symbol::new(&format!("_{}", package.results));
        let var = self
            .w
            .objects
            .new_var(name, e.span, self.pkg, ty, VarKind::Global);
        self.w.objects.mark_used(var);
        self.w.objects.replace(self.env.scope, var);
        self.w.objects.update(var, |o| o.scope_pos = e.span.hi);
        self.shown.push(Shown::Var(var));
        var
    }

    /// Whether an expression is a call of one of fmt's functions that print: nobody wants to see how many bytes that were.
    fn prints(&self, e: &Expr) -> bool {
        let ExprKind::Call(call) = &unparen(e).kind else {
            return false;
        };
        let ExprKind::Selector(_, name) = &unparen(&call.fun).kind else {
            return false;
        };
        let info = &self.w.packages[self.pkg.0 as usize].info;
        let Some(&f) = info.uses.get(&name.id) else {
            return false;
        };
        let in_fmt = self.w.objects.with(f, |o| {
            matches!(o.kind, ObjKind::Func(_))
                && o.pkg
                    .is_some_and(|p| self.w.packages[p.0 as usize].path == "fmt")
        });
        in_fmt
            && ["Print", "Fprint"]
                .iter()
                .any(|p| name.name.as_str().starts_with(p))
    }
}

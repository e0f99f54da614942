//! Terminating statements (spec: Terminating statements).

use super::Checker;
use crate::ast::{BlockStmt, BranchKind, CaseClause, ExprKind, Stmt, StmtKind, deep, unparen};
use crate::symbol::Symbol;

impl Checker<'_> {
    /// Whether a block ends in a terminating statement.
    pub(super) fn is_terminating_block(&self, block: &BlockStmt) -> bool {
        self.is_terminating_list(&block.stmts)
    }

    /// Whether `s`, labelled `label` if any, is a terminating statement.
    fn is_terminating(&self, s: &Stmt, label: Option<Symbol>) -> bool {
        deep(|| match &s.kind {
            StmtKind::Labeled(label, inner) => self.is_terminating(inner, Some(label.name)),
            StmtKind::Expr(x) => {
                let x = unparen(x);
                matches!(x.kind, ExprKind::Call(_)) && self.is_panic.contains(&(self.pkg, x.id))
            }
            StmtKind::Return(_) => true,
            StmtKind::Branch(kind, _) => matches!(kind, BranchKind::Goto | BranchKind::Fallthrough),
            StmtKind::Block(b) => self.is_terminating_list(&b.stmts),
            StmtKind::If(s) => s.els.as_ref().is_some_and(|els| {
                self.is_terminating_list(&s.then.stmts) && self.is_terminating(els, None)
            }),
            StmtKind::Switch(s) => self.is_terminating_switch(&s.clauses, label),
            StmtKind::TypeSwitch(s) => self.is_terminating_switch(&s.clauses, label),
            StmtKind::Select(s) => s.clauses.iter().all(|c| {
                self.is_terminating_list(&c.body) && !has_break_list(&c.body, label, true)
            }),
            StmtKind::For(s) => s.cond.is_none() && !has_break_list(&s.body.stmts, label, true),
            _ => false,
        })
    }

    fn is_terminating_list(&self, list: &[Stmt]) -> bool {
        let last = list
            .iter()
            .rev()
            .find(|s| !matches!(s.kind, StmtKind::Empty));
        last.is_some_and(|s| self.is_terminating(s, None))
    }

    fn is_terminating_switch(&self, clauses: &[CaseClause], label: Option<Symbol>) -> bool {
        clauses.iter().any(|c| c.is_default)
            && clauses
                .iter()
                .all(|c| self.is_terminating_list(&c.body) && !has_break_list(&c.body, label, true))
    }
}

/// Whether `s` contains a `break` that leaves the statement labelled `label` or, if `implicit`, an unlabelled one that
/// leaves the innermost breakable statement around `s`.
fn has_break(s: &Stmt, label: Option<Symbol>, implicit: bool) -> bool {
    deep(|| match &s.kind {
        StmtKind::Labeled(_, inner) => has_break(inner, label, implicit),
        StmtKind::Branch(BranchKind::Break, None) => implicit,
        StmtKind::Branch(BranchKind::Break, Some(target)) => Some(target.name) == label,
        StmtKind::Block(b) => has_break_list(&b.stmts, label, implicit),
        StmtKind::If(s) => {
            has_break_list(&s.then.stmts, label, implicit)
                || s.els
                    .as_ref()
                    .is_some_and(|els| has_break(els, label, implicit))
        }
        _ if label.is_none() => false,
        StmtKind::Switch(s) => s
            .clauses
            .iter()
            .any(|c| has_break_list(&c.body, label, false)),
        StmtKind::TypeSwitch(s) => s
            .clauses
            .iter()
            .any(|c| has_break_list(&c.body, label, false)),
        StmtKind::Select(s) => s
            .clauses
            .iter()
            .any(|c| has_break_list(&c.body, label, false)),
        StmtKind::For(s) => has_break_list(&s.body.stmts, label, false),
        StmtKind::Range(s) => has_break_list(&s.body.stmts, label, false),
        _ => false,
    })
}

fn has_break_list(list: &[Stmt], label: Option<Symbol>, implicit: bool) -> bool {
    list.iter().any(|s| has_break(s, label, implicit))
}

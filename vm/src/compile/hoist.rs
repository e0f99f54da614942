//! Constants of loops in registers.
//!
//! Invariants: a register in `hoisted` holds its word during the whole loop and is never written inside it; only words that no
//! immediate operand could hold are hoisted, and not more than a few per loop.

use super::binary::{Class, class, is_wide};
use super::state::{FuncCompiler, Reg};
use lang::ast::*;
use lang::constant::Value;
use lang::types::{Type, TypeId};

/// The most constants a loop keeps in registers.
const MOST: usize = 8;

impl FuncCompiler<'_, '_> {
    /// The constant v of type t in `d`, or in a register of its own choice.
    pub(super) fn const_reg(&mut self, v: &Value, t: TypeId, d: Option<Reg>) -> Reg {
        if d.is_none()
            && let Some(w) = self.single_word(v, t)
            && let Some(&r) = self.f.hoisted.get(&w)
        {
            return r;
        }
        let d = self.dst(d, t);
        self.load_const(v, t, d);
        d
    }

    fn single_word(&mut self, v: &Value, t: TypeId) -> Option<u64> {
        if self.is_iface(t) || self.slots(t) != 1 {
            return None;
        }
        match self.const_words(v, t) {
            (w, None) => Some(w),
            _ => None,
        }
    }

    /// Puts the constants that a loop made of these parts uses as register operands into registers; gives them for `unhoist`.
    pub(super) fn hoist(
        &mut self,
        cond: Option<&Expr>,
        post: Option<&Stmt>,
        body: &BlockStmt,
    ) -> Vec<u64> {
        let mut words = Vec::new();
        if let Some(e) = cond {
            self.scan_expr(e, &mut words);
        }
        if let Some(s) = post {
            self.scan_stmt(s, &mut words);
        }
        body.stmts
            .iter()
            .for_each(|s| self.scan_stmt(s, &mut words));
        words.retain(|w| !self.f.hoisted.contains_key(w));
        words.truncate(MOST);
        for &w in &words {
            let r = self.alloc(1);
            self.load_word(r, w);
            self.f.hoisted.insert(w, r);
        }
        words
    }

    /// Forgets a loop's constants.
    pub(super) fn unhoist(&mut self, words: &[u64]) {
        for w in words {
            self.f.hoisted.remove(w);
        }
    }

    /// An operand that has to be in a register: a constant is wanted there.
    fn scan_operand(&mut self, e: &Expr, out: &mut Vec<u64>) {
        match self.const_of(e) {
            Some(v) => {
                let t = self.type_of(e);
                if let Some(w) = self.single_word(&v, t)
                    && !out.contains(&w)
                {
                    out.push(w);
                }
            }
            None => self.scan_expr(e, out),
        }
    }

    fn scan_expr(&mut self, e: &Expr, out: &mut Vec<u64>) {
        if self.const_of(e).is_some() || out.len() >= MOST {
            return;
        }
        match &e.kind {
            ExprKind::Binary(op, _, x, y) => {
                for (a, is_right) in [(x, false), (y, true)] {
                    if self.needs_register(*op, a, is_right) {
                        self.scan_operand(a, out);
                    } else {
                        deep(|| self.scan_expr(a, out));
                    }
                }
            }
            ExprKind::Index(x, i) => {
                let t = self.type_of(x);
                match self.under(t) {
                    Type::Slice(_) | Type::Map(..) | Type::Basic(_) => {
                        self.scan_operand(&i[0], out)
                    }
                    _ => self.scan_expr(&i[0], out),
                }
                deep(|| self.scan_expr(x, out));
            }
            ExprKind::FuncLit(_) => {}
            _ => super::walk::children(e, &mut |x| deep(|| self.scan_expr(x, out))),
        }
    }

    /// Whether a constant operand cannot be an immediate.
    fn needs_register(&mut self, op: BinaryOp, e: &Expr, is_right: bool) -> bool {
        if op.is_shift() && is_right {
            return false;
        }
        let t = self.type_of(e);
        let k = self.kind(t);
        match class(k) {
            Class::F64 | Class::F32 => true,
            Class::Signed | Class::Unsigned => {
                let fits = self
                    .const_i64(e)
                    .is_some_and(|i| i16::try_from(i).is_ok() && i != i64::from(i16::MIN));
                let ordered = op.is_comparison() && !matches!(op, BinaryOp::Eq | BinaryOp::Ne);
                !fits
                    || ordered && class(k) == Class::Unsigned && is_wide(k)
                    || op == BinaryOp::Sub && !is_right
            }
            _ => false,
        }
    }

    fn scan_stmts(&mut self, stmts: &[Stmt], out: &mut Vec<u64>) {
        stmts.iter().for_each(|s| self.scan_stmt(s, out));
    }

    fn scan_stmt(&mut self, s: &Stmt, out: &mut Vec<u64>) {
        if out.len() < MOST {
            deep(|| self.scan_stmt_inner(s, out));
        }
    }

    fn scan_stmt_inner(&mut self, s: &Stmt, out: &mut Vec<u64>) {
        match &s.kind {
            StmtKind::Expr(e) => self.scan_expr(e, out),
            StmtKind::Send(c, _, v) => {
                self.scan_expr(c, out);
                self.scan_operand(v, out);
            }
            StmtKind::IncDec(x, _) => self.scan_expr(x, out),
            StmtKind::Assign(a) => self.scan_assign(a, out),
            StmtKind::Block(b) => self.scan_stmts(&b.stmts, out),
            StmtKind::If(i) => {
                i.init.iter().for_each(|s| self.scan_stmt(s, out));
                self.scan_expr(&i.cond, out);
                self.scan_stmts(&i.then.stmts, out);
                i.els.iter().for_each(|s| self.scan_stmt(s, out));
            }
            StmtKind::Switch(w) => {
                w.tag.iter().for_each(|e| self.scan_expr(e, out));
                w.clauses.iter().for_each(|c| self.scan_stmts(&c.body, out));
            }
            StmtKind::For(f) => {
                f.cond.iter().for_each(|e| self.scan_expr(e, out));
                f.post.iter().for_each(|s| self.scan_stmt(s, out));
                self.scan_stmts(&f.body.stmts, out);
            }
            StmtKind::Range(r) => {
                self.scan_expr(&r.x, out);
                let t = self.type_of(&r.x);
                if !matches!(self.under(t), Type::Signature(_)) {
                    self.scan_stmts(&r.body.stmts, out);
                }
            }
            StmtKind::Labeled(_, s) => self.scan_stmt(s, out),
            _ => {}
        }
    }

    fn scan_assign(&mut self, a: &AssignStmt, out: &mut Vec<u64>) {
        match (a.op, &a.lhs[..], &a.rhs[..]) {
            (AssignOp::Op(op), [l], [r]) => {
                self.scan_expr(l, out);
                if self.needs_register(op, r, true) {
                    self.scan_operand(r, out)
                } else {
                    self.scan_expr(r, out)
                }
            }
            (AssignOp::Assign, [l], [r]) if !matches!(unparen(l).kind, ExprKind::Ident(_)) => {
                self.scan_expr(l, out);
                self.scan_operand(r, out);
            }
            _ => {
                let assigns = a.op == AssignOp::Assign;
                a.lhs
                    .iter()
                    .filter(|_| assigns)
                    .for_each(|e| self.scan_expr(e, out));
                a.rhs.iter().for_each(|e| self.scan_expr(e, out));
            }
        }
    }
}

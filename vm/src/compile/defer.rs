//! `go` and `defer`.

use super::call::How;
use super::state::FuncCompiler;
use crate::bytecode::*;
use lang::ast::*;
use lang::types::{Builtin, TypeId};

impl FuncCompiler<'_, '_> {
    /// `go call` or `defer call`: function and arguments are evaluated now.
    pub(super) fn spawn(&mut self, e: &Expr, how: How) {
        let m = self.mark();
        let e = unparen(e);
        match &e.kind {
            ExprKind::Call(c) => match self.builtin_of(c) {
                Some(b) => self.spawn_builtin(e, c, b, how),
                None if self.is_conversion(c) => self.discard(e),
                None => {
                    self.emit_call(c, how);
                }
            },
            _ => self.bug("go or defer of something that is no call", e.span),
        }
        self.release(m);
    }

    /// A builtin is put into a function of its own that takes the arguments.
    fn spawn_builtin(&mut self, e: &Expr, c: &CallExpr, b: Builtin, how: How) {
        let spread = self.spread_builtin(c);
        let c = spread.as_ref().unwrap_or(c);
        let types: Vec<TypeId> = c.args.iter().map(|a| self.argument_type(b, a)).collect();
        let sig = self.c.world.types.func(&types, &[], false);
        let l = self.c.layout(self.parts.program, sig, None);
        let w = self.window(l.window);
        for (a, &(t, off)) in c.args.iter().zip(&l.params) {
            self.expr_as_to(a, t, w + off);
        }
        self.f.lits += 1;
        let name = format!(
            "{}.{}wrap{}",
            self.f.name,
            if how == How::Go { "go" } else { "defer" },
            self.f.lits
        );
        let params = l.params.clone();
        let closure = self.nested_func(name, c.fun.span.lo, &l, &[], None, |f| {
            for (a, &(_, slot)) in c.args.iter().zip(&params) {
                f.f.given.insert(a.id, slot);
            }
            // `recover` sees through wrappers: it counts as called by the function that deferred it.
            let id = f.f.id.0 as usize;
            f.p().metas[id].is_wrapper = b == Builtin::Recover;
            f.builtin(e, c, b, None);
            f.emit(Op::Ret {});
        });
        match how {
            How::Go => {
                self.emit(Op::GoC {
                    w: Win(w),
                    c: Src(closure),
                    ctx: Count(l.ctx),
                });
            }
            _ => self.defer_closure(w, closure, l.ctx),
        }
    }

    /// The type an argument of a builtin is evaluated as.
    fn argument_type(&mut self, b: Builtin, a: &Expr) -> TypeId {
        if b == Builtin::Panic {
            return TypeId::EMPTY_INTERFACE;
        }
        let t = self.type_of(a);
        self.c.world.types.default_type(t)
    }
}

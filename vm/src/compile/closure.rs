//! Function literals and captured variables.
//!
//! Invariant: a closure object is [FuncId][captured words…]; what is captured by value is copied when the closure is made, what
//! lives in a heap cell is captured by the cell's address. On entry the captured words are loaded into registers.

use super::Source;
use super::escape::Escapes;
use super::instance::Layout;
use super::state::{Binding, FuncCompiler, FuncState, Reg};
use crate::bytecode::*;
use lang::ast::*;
use lang::types::{ObjId, SigVars, TypeId};
use std::rc::Rc;

/// A captured variable as the inner function sees it.
#[derive(Clone, Copy)]
struct Captured {
    obj: ObjId,
    ty: TypeId,
    cell: bool,
    words: u16,
}

impl FuncCompiler<'_, '_> {
    /// d ← a closure of the literal
    pub(super) fn func_lit(&mut self, id: NodeId, lit: &FuncLit, d: Option<Reg>) -> Reg {
        let vars = self.info().func_lits.get(&id).cloned().unwrap_or_default();
        self.f.lits += 1;
        let name = self.lit_name("func");
        let caps = self.captured(&self.esc.clone().captures(id));
        let sig = self.lit_signature(&vars, lit);
        let l = self.c.layout(self.parts.program, sig, None);
        let pos = lit.ty.span.lo;
        let f = self.nested(name, pos, &l, &caps, |c| {
            c.f.has_defer = c.esc.defers(Some(id));
            c.enter(&l, &vars);
            c.body(&lit.body);
        });
        self.make_closure(f, &caps, d)
    }

    /// Go's name for the next literal: `main.f.func1`, inside a literal `main.f.func1.1`.
    fn lit_name(&self, kind: &str) -> String {
        let n = self.f.lits;
        if self.outer.is_empty() {
            format!("{}.{kind}{n}", self.f.name)
        } else {
            format!("{}.{n}", self.f.name)
        }
    }

    fn lit_signature(&mut self, vars: &SigVars, lit: &FuncLit) -> TypeId {
        let ty = |c: &Self, o: &ObjId| c.subst(c.c.world.objects.ty(*o));
        let params: Vec<TypeId> = vars.params.iter().map(|o| ty(self, o)).collect();
        let results: Vec<TypeId> = vars.results.iter().map(|o| ty(self, o)).collect();
        let variadic = lit
            .ty
            .params
            .last()
            .is_some_and(|f| matches!(f.ty.kind, ExprKind::Ellipsis(_)));
        self.c.world.types.func(&params, &results, variadic)
    }

    /// Compiles a function inside the current one; `generate` makes its code after the captured variables have been bound.
    pub(super) fn nested_func(
        &mut self,
        name: String,
        pos: lang::source::Pos,
        l: &Layout,
        captures: &[ObjId],
        d: Option<Reg>,
        generate: impl FnOnce(&mut Self),
    ) -> Reg {
        let caps = self.captured(captures);
        let f = self.nested(name, pos, l, &caps, generate);
        self.make_closure(f, &caps, d)
    }

    fn nested(
        &mut self,
        name: String,
        pos: lang::source::Pos,
        l: &Layout,
        caps: &[Captured],
        generate: impl FnOnce(&mut Self),
    ) -> FuncId {
        let words = caps.iter().map(|c| c.words).sum();
        let f = self.c.declare(
            self.parts.program,
            name.clone(),
            pos,
            l,
            words,
            Source::Done,
        );
        let mut state = FuncState::new(f, name, pos);
        state.next = u32::from(l.window) + 1;
        state.max = state.next;
        let outer = std::mem::replace(&mut self.f, state);
        self.outer.push(outer);
        self.bind_captured(caps, l.ctx);
        generate(self);
        self.finish();
        if let Some(outer) = self.outer.pop() {
            self.f = outer;
        }
        f
    }

    fn captured(&mut self, objs: &[ObjId]) -> Vec<Captured> {
        let mut out = Vec::with_capacity(objs.len());
        for &obj in objs {
            let ty = self.subst(self.c.world.objects.ty(obj));
            let cell = matches!(self.f.vars.get(&obj), Some(Binding::Cell(_)));
            let words = if cell { 1 } else { self.slots(ty) };
            out.push(Captured {
                obj,
                ty,
                cell,
                words,
            });
        }
        out
    }

    /// Loads the captured words of the closure at register ctx.
    fn bind_captured(&mut self, caps: &[Captured], ctx: Reg) {
        let mut off = 8u32;
        for c in caps {
            let r = if c.cell {
                self.cell_register(c.ty)
            } else {
                self.alloc(c.words)
            };
            let (d, p, o) = (Dst(r), Src(ctx), Off16(off.min(u32::from(u16::MAX)) as u16));
            match c.words {
                0 => {}
                1 => {
                    self.emit(Op::Ld64 { d, p, off: o });
                }
                2 => {
                    self.emit(Op::Ld2 { d, p, off: o });
                }
                3 => {
                    self.emit(Op::Ld3 { d, p, off: o });
                }
                n => {
                    let m = self.mark();
                    let q = self.whole_pointer(ctx, o.0);
                    self.emit(Op::LdN {
                        d,
                        p: Src(q),
                        n: Bytes16(n.saturating_mul(8)),
                    });
                    self.release(m);
                }
            }
            let binding = if c.cell {
                Binding::Cell(r)
            } else {
                Binding::Reg(r)
            };
            self.f.vars.insert(c.obj, binding);
            off += u32::from(c.words) * 8;
        }
    }

    /// A register for a cell's address; for an array the length follows it.
    pub(super) fn cell_register(&mut self, t: TypeId) -> Reg {
        match self.under(t) {
            lang::types::Type::Array(n, _) => {
                let r = self.alloc(3);
                self.load_i(r + 1, n);
                r
            }
            _ => self.alloc(1),
        }
    }

    fn make_closure(&mut self, f: FuncId, caps: &[Captured], d: Option<Reg>) -> Reg {
        let words: u16 = caps.iter().map(|c| c.words).sum();
        let d = self.dst(d, TypeId::UINTPTR);
        if words == 0 {
            let addr = self.static_closure(f);
            self.load_word(d, addr);
            return d;
        }
        let m = self.mark();
        let c = self.alloc_sum(1 + u32::from(words));
        let mut at = c + 1;
        for cap in caps {
            match self.f.vars.get(&cap.obj) {
                Some(&(Binding::Reg(r) | Binding::Cell(r))) => self.mov(at, r, cap.words),
                None => self.bug("captured variable is not bound", lang::source::Span::NONE),
            }
            at += cap.words;
        }
        self.emit(Op::Closure { d: Dst(c), f });
        self.mov(d, c, 1);
        self.release(m);
        d
    }

    // ---- variables

    /// Declares variable `o` of type `t`: registers, or a fresh cell. The value is undefined (zero in a cell).
    pub(super) fn declare_var(&mut self, o: ObjId, t: TypeId) -> Binding {
        let b = if self.lives_in_cell(o, t) {
            let r = self.cell_register(t);
            let ix = self.tix(t);
            self.emit(Op::New { d: Dst(r), t: ix });
            Binding::Cell(r)
        } else {
            Binding::Reg(self.alloc_t(t))
        };
        self.f.vars.insert(o, b);
        b
    }

    /// Whether variable `o` needs a heap cell: it escapes, is big, or is an array that is indexed in ways registers cannot be.
    pub(super) fn lives_in_cell(&mut self, o: ObjId, t: TypeId) -> bool {
        let esc: Rc<Escapes> = self.esc.clone();
        if esc.needs_cell(o) || self.slots(t) > super::types::BIG_SLOTS {
            return true;
        }
        esc.is_dyn_indexed(o) && !self.is_small_scalar_array(t)
    }

    fn is_small_scalar_array(&mut self, t: TypeId) -> bool {
        match self.under(t) {
            lang::types::Type::Array(_, e) => {
                let e = self.subst(e);
                self.slots(t) <= 16
                    && self.slots(e) == 1
                    && !matches!(self.repr(e), crate::program::Repr::Mem(_))
            }
            _ => false,
        }
    }

    /// The type of a variable.
    pub(super) fn var_type(&self, o: ObjId) -> TypeId {
        self.subst(self.c.world.objects.ty(o))
    }
}

//! The state of the function being compiled: registers, code, labels, variables.
//!
//! Invariants: registers below `next` are in use; variables and temporaries are allocated and released like a stack (`mark`,
//! `release`), so an expression's temporaries lie above the variables in scope; a label is bound exactly once; a register limit
//! that is exceeded is noted once in `failure` and code generation runs on harmlessly.

use super::escape::Escapes;
use super::instance::TypeEnv;
use super::{CompileFailure, Compiler, Parts};
use crate::bytecode::*;
use crate::program::{Note, Program, Repr};
use crate::rtype::{Kind, RType};
use lang::ast::{Expr, NodeId};
use lang::check::Info;
use lang::constant::Value;
use lang::source::{Pos, Span};
use lang::symbol::Symbol;
use lang::types::{ObjId, PkgId, Type, TypeId};
use rustc_hash::FxHashMap;
use std::rc::Rc;

/// A register: a slot of the frame.
pub(super) type Reg = u16;

/// Frames larger than this are not possible (jumps, counts and windows are 16 bits wide).
const MAX_SLOTS: u32 = 60_000;

/// A place in the code that jumps lead to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Label(pub u32);

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Binding {
    /// In these registers.
    Reg(Reg),
    /// In a heap cell whose address is in this register; for an array variable the next register holds its length.
    Cell(Reg),
}

/// A result of the function being compiled.
#[derive(Clone, Copy, Debug)]
pub(super) struct ResultVar {
    /// Its variable.
    pub obj: Option<ObjId>,
    /// Its type.
    pub ty: TypeId,
    /// Its slot in the frame.
    pub slot: Reg,
}

/// Something `break` or `continue` can leave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Target {
    /// The statement's label.
    pub label: Option<Symbol>,
    /// Where `break` goes.
    pub brk: Label,
    /// Where `continue` goes; none for switch and select.
    pub cont: Option<Label>,
}

/// A function being compiled.
pub(super) struct FuncState {
    /// Which function.
    pub id: FuncId,
    /// Go's symbol name.
    pub name: String,
    /// The code so far; jumps are unresolved.
    pub code: Vec<Op>,
    /// `(first instruction, position)`.
    pub positions: Vec<(u32, Pos)>,
    /// What is noted for instructions.
    pub notes: Vec<(u32, Note)>,
    /// Position of what is being compiled.
    pub pos: Pos,
    /// Label → instruction.
    pub labels: Vec<u32>,
    /// Jump instruction → label.
    pub jumps: Vec<(u32, Label)>,
    /// Jump tables: the instruction, the table and its labels.
    pub tables: Vec<(u32, Table, Vec<Label>)>,
    /// First free register.
    pub next: u32,
    /// Most registers in use at any time.
    pub max: u32,
    /// Where variables live.
    pub vars: FxHashMap<ObjId, Binding>,
    /// The results.
    pub results: Vec<ResultVar>,
    /// Whether any result has a name.
    pub named_results: bool,
    /// Whether the function defers.
    pub has_defer: bool,
    /// The final return sequence, once some return needs it.
    pub epilogue: Option<Label>,
    /// Statements that `break` and `continue` can leave, outermost first.
    pub targets: Vec<Target>,
    /// Labels of `goto`.
    pub gotos: FxHashMap<Symbol, Label>,
    /// Expressions whose values are already in registers.
    pub given: FxHashMap<NodeId, Reg>,
    /// Constant words that the loops around keep in registers.
    pub hoisted: FxHashMap<u64, Reg>,
    /// Function literals so far, for their names.
    pub lits: u32,
    /// Set for the body of a range-over-func loop.
    pub range_body: Option<super::rangefunc::RangeBody>,
}

impl FuncState {
    pub(super) fn new(id: FuncId, name: String, pos: Pos) -> FuncState {
        FuncState {
            id,
            name,
            code: Vec::new(),
            positions: Vec::new(),
            notes: Vec::new(),
            pos,
            labels: Vec::new(),
            jumps: Vec::new(),
            tables: Vec::new(),
            next: 0,
            max: 0,
            vars: FxHashMap::default(),
            results: Vec::new(),
            named_results: false,
            has_defer: false,
            epilogue: None,
            targets: Vec::new(),
            gotos: FxHashMap::default(),
            given: FxHashMap::default(),
            hoisted: FxHashMap::default(),
            lits: 0,
            range_body: None,
        }
    }
}

/// Compiles one declared function with the literals inside it.
pub(super) struct FuncCompiler<'c, 'p> {
    /// The compiler.
    pub c: &'c mut Compiler,
    /// Program and heap.
    pub parts: &'c mut Parts<'p>,
    /// The package whose tables describe the tree.
    pub pkg: PkgId,
    /// What type parameters stand for.
    pub env: Rc<TypeEnv>,
    /// Where variables live.
    pub esc: Rc<Escapes>,
    /// The innermost function.
    pub f: FuncState,
    /// The functions around it, outermost first.
    pub outer: Vec<FuncState>,
    /// The first thing that went wrong.
    pub failure: Option<CompileFailure>,
    /// Types of operands that no source text stands for: the results of a call that are a builtin's arguments.
    pub given_types: FxHashMap<NodeId, TypeId>,
}

impl FuncCompiler<'_, '_> {
    /// The program.
    pub(super) fn p(&mut self) -> &mut Program {
        self.parts.program
    }

    /// Side tables of the package.
    pub(super) fn info(&self) -> &Info {
        &self.c.package(self.pkg).info
    }

    /// Notes a failure; the first one counts.
    pub(super) fn fail(&mut self, f: CompileFailure) {
        self.failure.get_or_insert(f);
    }

    /// Notes that the tree and the tables disagree.
    pub(super) fn bug(&mut self, message: &str, span: Span) {
        let message = format!("{message} (in {})", self.f.name);
        self.fail(CompileFailure::Internal(message, span));
    }

    // ---- registers

    /// The registers in use; give it to `release`.
    pub(super) fn mark(&self) -> u32 {
        self.f.next
    }

    /// Frees the registers allocated since `mark`.
    pub(super) fn release(&mut self, mark: u32) {
        self.f.next = mark;
    }

    /// Allocates `n` registers.
    pub(super) fn alloc(&mut self, n: u16) -> Reg {
        self.alloc_sum(u32::from(n))
    }

    /// Allocates `n` registers, a sum that may exceed 16 bits (and then is too much).
    pub(super) fn alloc_sum(&mut self, n: u32) -> Reg {
        let r = self.f.next;
        let top = r + n;
        if top > MAX_SLOTS {
            let span = Span {
                lo: self.f.pos,
                hi: self.f.pos,
            };
            let message = format!("function {} needs too large a stack frame", self.f.name);
            self.fail(CompileFailure::Limit(message, span));
            return 0;
        }
        self.f.next = top;
        self.f.max = self.f.max.max(top);
        r as Reg
    }

    /// Allocates registers for a value of type `t`.
    pub(super) fn alloc_t(&mut self, t: TypeId) -> Reg {
        let n = self.slots(t);
        self.alloc(n)
    }

    /// Allocates a call window of `n` slots, with the two header slots before it.
    pub(super) fn window(&mut self, n: u16) -> Reg {
        self.alloc(2);
        self.alloc(n.saturating_add(1))
    }

    /// `d`, or fresh registers for a value of type `t`.
    pub(super) fn dst(&mut self, d: Option<Reg>, t: TypeId) -> Reg {
        match d {
            Some(d) => d,
            None => self.alloc_t(t),
        }
    }

    /// The value at `r`, moved to `d` if a destination is given.
    pub(super) fn deliver(&mut self, r: Reg, t: TypeId, d: Option<Reg>) -> Reg {
        let Some(d) = d else { return r };
        let n = self.slots(t);
        self.mov(d, r, n);
        d
    }

    // ---- types

    /// The concrete canonical type that `t` stands for here.
    pub(super) fn subst(&self, t: TypeId) -> TypeId {
        self.env.subst(&self.c.world.types, t)
    }

    /// The recorded type of an expression, concrete and canonical.
    pub(super) fn type_of(&mut self, e: &Expr) -> TypeId {
        match self.info().types.get(&e.id).map(|tv| tv.ty) {
            Some(t) => self.subst(t),
            None => match self.given_types.get(&e.id) {
                Some(&t) => t,
                None => self.ident_type(e),
            },
        }
    }

    /// An operand of type `t` whose value is in register `r`.
    pub(super) fn given_expr(&mut self, t: TypeId, r: Reg, span: Span) -> Expr {
        let id = NodeId(u32::MAX - self.given_types.len() as u32);
        self.given_types.insert(id, t);
        self.f.given.insert(id, r);
        let kind = lang::ast::ExprKind::Bad;
        Expr { id, span, kind }
    }

    fn ident_type(&mut self, e: &Expr) -> TypeId {
        if let lang::ast::ExprKind::Ident(id) = &lang::ast::unparen(e).kind
            && let Some(o) = self.object(id.id)
        {
            let t = self.c.world.objects.ty(o);
            return self.subst(t);
        }
        self.bug("no type recorded for an expression", e.span);
        TypeId::INVALID
    }

    /// The recorded constant value of an expression.
    pub(super) fn const_of(&self, e: &Expr) -> Option<Value> {
        self.info()
            .types
            .get(&e.id)
            .and_then(|tv| tv.value.clone())
            .filter(|v| !v.is_unknown())
    }

    /// The constant value of an expression as a signed 64-bit number, if it is an integer constant that fits.
    pub(super) fn const_i64(&self, e: &Expr) -> Option<i64> {
        let v = self.info().types.get(&e.id)?.value.as_ref()?;
        match v.to_int().as_i64() {
            Some(i) => Some(i),
            None => v.to_int().as_u64().map(|u| u as i64),
        }
    }

    /// Whether the value of `e` is in registers already.
    pub(super) fn is_given(&self, e: &Expr) -> bool {
        self.f.given.contains_key(&e.id)
    }

    /// The object an identifier denotes or declares.
    pub(super) fn object(&self, id: NodeId) -> Option<ObjId> {
        let info = self.info();
        info.uses.get(&id).or_else(|| info.defs.get(&id)).copied()
    }

    /// The descriptor's index.
    pub(super) fn tix(&mut self, t: TypeId) -> TypeIx {
        self.c.type_ix(self.parts.program, t)
    }

    /// The descriptor.
    pub(super) fn rt(&mut self, t: TypeId) -> &RType {
        let ix = self.tix(t);
        &self.parts.program.types[ix.0 as usize]
    }

    /// The shape of the underlying type.
    pub(super) fn under(&self, t: TypeId) -> Type {
        self.c.world.types.under(t)
    }

    /// The slots of a value.
    pub(super) fn slots(&mut self, t: TypeId) -> u16 {
        self.rt(t).slots()
    }

    /// The size of a value in bytes.
    pub(super) fn size(&mut self, t: TypeId) -> u64 {
        self.rt(t).size
    }

    /// The kind of a type.
    pub(super) fn kind(&mut self, t: TypeId) -> Kind {
        self.rt(t).kind
    }

    /// The representation of a value.
    pub(super) fn repr(&mut self, t: TypeId) -> Repr {
        self.rt(t).repr
    }

    /// Whether a type is an interface.
    pub(super) fn is_iface(&mut self, t: TypeId) -> bool {
        self.kind(t) == Kind::Interface
    }

    /// The element type of a pointer, slice, array, channel or map.
    pub(super) fn elem(&self, t: TypeId) -> TypeId {
        match self.under(t) {
            Type::Pointer(e)
            | Type::Slice(e)
            | Type::Array(_, e)
            | Type::Chan(_, e)
            | Type::Map(_, e) => self.c.world.types.canonical(e),
            _ => TypeId::INVALID,
        }
    }

    // ---- code

    /// Appends an instruction at the current position; gives its index.
    pub(super) fn emit(&mut self, op: Op) -> u32 {
        let at = self.f.code.len() as u32;
        if self
            .f
            .positions
            .last()
            .is_none_or(|&(_, p)| p != self.f.pos)
        {
            self.f.positions.push((at, self.f.pos));
        }
        self.f.code.push(op);
        at
    }

    /// Takes back the last instruction if it is as wanted and no jump leads to behind it, so that a following one can do its work too.
    pub(super) fn take_last(&mut self, wanted: impl FnOnce(&Op) -> bool) -> Option<Op> {
        let at = self.f.code.len() as u32;
        let is_free =
            !self.f.labels.contains(&at) && self.f.notes.last().is_none_or(|n| n.0 + 1 != at);
        if is_free && self.f.code.last().is_some_and(wanted) {
            return self.f.code.pop();
        }
        None
    }

    /// Sets the position of what follows; gives the previous one.
    pub(super) fn at(&mut self, pos: Pos) -> Pos {
        let old = self.f.pos;
        if pos.is_valid() {
            self.f.pos = pos;
        }
        old
    }

    /// Notes a static type for the instruction emitted next.
    pub(super) fn note(&mut self, t: TypeIx) {
        let at = self.f.code.len() as u32;
        self.f.notes.push((at, Note::Type(t)));
    }

    /// Notes for the instruction emitted next which of its index operands may exceed int64.
    pub(super) fn note_unsigned(&mut self, which: [bool; 3]) {
        if which.contains(&true) {
            let at = self.f.code.len() as u32;
            self.f.notes.push((at, Note::Unsigned(which)));
        }
    }

    /// A label that is not bound yet.
    pub(super) fn label(&mut self) -> Label {
        self.f.labels.push(u32::MAX);
        Label(self.f.labels.len() as u32 - 1)
    }

    /// Binds a label here.
    pub(super) fn bind(&mut self, l: Label) {
        self.f.labels[l.0 as usize] = self.f.code.len() as u32;
    }

    /// Appends a jumping instruction (its distance is filled in later).
    pub(super) fn jump(&mut self, op: Op, l: Label) {
        let at = self.emit(op);
        self.f.jumps.push((at, l));
    }

    /// Jumps to `l`.
    pub(super) fn goto(&mut self, l: Label) {
        self.jump(Op::Jmp { to: Jump32(0) }, l);
    }

    /// Copies `n` slots.
    pub(super) fn mov(&mut self, d: Reg, s: Reg, n: u16) {
        if d == s || n == 0 {
            return;
        }
        let (d, s) = (Dst(d), Src(s));
        self.emit(match n {
            1 => Op::Move { d, s },
            2 => Op::Move2 { d, s },
            3 => Op::Move3 { d, s },
            n => Op::MoveN { d, s, n: Count(n) },
        });
    }

    /// Zeroes `n` slots.
    pub(super) fn zero(&mut self, d: Reg, n: u16) {
        match n {
            0 => {}
            1 => self.load_i(d, 0),
            n => {
                self.emit(Op::Zero {
                    d: Dst(d),
                    n: Count(n),
                });
            }
        }
    }

    /// Zeroes a value of type `t`.
    pub(super) fn zero_t(&mut self, d: Reg, t: TypeId) {
        let n = self.slots(t);
        self.zero(d, n);
    }
}

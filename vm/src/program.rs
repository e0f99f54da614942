//! The compiled program: what the compiler appends to and the interpreter runs.
//!
//! The frame of a function, in slots from fp (see `ARCHITECTURE.md`, "Frames"):
//!   fp[-2] return address, fp[-1] distance to the caller's fp; fp[0..] results, then parameters, then the context slot(s):
//!   the receiver's slots for a method, the closure object's address for a closure, then locals, temporaries and outgoing windows.
//! A caller puts arguments where the callee's frame will begin (its window `w`) and finds the results at w; w-2 and w-1 belong to
//! the call. Named results live in their slots (or in heap cells, copied in by the return sequence). All tables are append-only and
//! code never moves, so addresses into them stay valid; the compiler runs while the program runs (functions compile on first call).

use crate::bytecode::*;
use crate::mem::Heap;
use crate::native::NativeFn;
use crate::rtype::RType;
use lang::source::{Pos, SourceMap};
use rustc_hash::FxHashMap;

/// The per-function facts the interpreter needs on every call.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct FuncEntry {
    /// First instruction (a `CompileMe` stub until compiled).
    pub code: *const Op,
    /// Slots the frame needs from fp on, outgoing call headers and windows' arguments included.
    pub frame_slots: u32,
    /// Slots of the results.
    pub result_slots: u16,
    /// Slots of results, parameters and receiver: what a `go` or `defer` copies (context of a closure excluded).
    pub window_slots: u16,
    /// Captured words of a closure over this function.
    pub captures: u16,
}

/// What an instruction does not say itself because only its failure wants to know.
#[derive(Clone, Copy, Debug)]
pub enum Note {
    /// A static type (the interface type of an assertion).
    Type(TypeIx),
    /// Which of the indices or slice bounds are of an unsigned type that exceeds int64.
    Unsigned([bool; 3]),
}

/// Everything else about a function: for stack traces, the disassembler and the tools.
pub struct FuncMeta {
    /// Go's symbol name: `main.main`, `main.(*T).M`, `main.main.func1`.
    pub name: String,
    /// Number of instructions.
    pub len: u32,
    /// `(first instruction, position)`, ascending: the position of instruction i is that of the last entry at or before i.
    pub positions: Vec<(u32, Pos)>,
    /// Per instruction that needs one, ascending: what an error message wants to know.
    pub notes: Vec<(u32, Note)>,
    /// Where the function is declared.
    pub pos: Pos,
    /// Whether the function is a compiler-made wrapper (left out of stack traces).
    pub is_wrapper: bool,
    /// The function's own code, kept alive here; empty until compiled.
    pub code: Box<[Op]>,
    /// For a function that defers: the instruction at which it goes on after a recovered panic, i.e. its final return sequence
    /// (`RunDefers`, named results copied from their cells to the result slots, `Ret`). Unnamed results must have been zeroed on
    /// entry. 0 in functions that do not defer.
    pub on_recover: u32,
}

/// An interface method call site with its inline cache (direct-mapped on the dynamic type).
pub struct CallSite {
    /// Register of the interface's type word; the data word has already been written to `w + ctx`.
    pub iface: Src,
    /// Window offset of the receiver.
    pub ctx: u16,
    /// The method called.
    pub method: MethodKey,
    /// Cached resolutions.
    pub cache: [SiteEntry; 4],
}

/// One resolution of a method on a dynamic type.
#[derive(Clone, Copy)]
pub struct SiteEntry {
    /// The dynamic type; 0 is an empty entry.
    pub ty: TypeIx,
    /// The function.
    pub func: FuncId,
    /// How its receiver is made from the interface's data word.
    pub recv: RecvLoad,
}

/// How a method's receiver slots are made from an interface's data word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecvLoad {
    /// The data word is the receiver (pointers, and values of at most 8 bytes).
    Direct,
    /// The data word points to the value: copy this many bytes into the receiver's slots (last slot zero-padded).
    Copy(u16),
    /// The data word is a Go pointer `*T` and the method has a value receiver of at most 8 bytes: load it as `load` says, nil panics.
    Load(Repr),
    /// Likewise for a value receiver of more than 8 bytes: copy this many bytes, nil panics.
    CopyFrom(u16),
}

/// How a value of a type is represented: in memory by its size, in registers by slots.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[allow(missing_docs)] // the names are the representations'
pub enum Repr {
    /// No storage (`struct{}`, `[0]T`).
    Zero,
    I8,
    U8,
    I16,
    U16,
    I32,
    /// u32 and f32 bits.
    U32,
    /// Everything of 8 bytes in one slot: i64, u64, f64, pointers, maps, channels, funcs, complex64.
    W64,
    /// Memory layout copied into this many slots (structs, arrays, strings, slices, interfaces, complex128).
    Mem(u16),
}

/// A method's identity across types: name, and package for unexported names. Interned by the program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct MethodKey(pub u32);

/// One case of a select statement.
#[derive(Clone, Copy, Debug)]
pub struct SelectCase {
    /// Whether the case sends.
    pub send: bool,
    /// The channel.
    pub chan: Src,
    /// First register of the value to send or of the received value; `None` discards a received value.
    pub value: Option<u16>,
}

/// A select statement.
#[derive(Clone, Debug)]
pub struct SelectDesc {
    /// The cases, default excluded.
    pub cases: Vec<SelectCase>,
    /// Whether there is a default clause.
    pub has_default: bool,
}

/// A native function as `CallN` and `NativeBody` see it. The window at w: results, then parameters, then the receiver.
#[derive(Clone)]
pub struct NativeEntry {
    /// `strings.Index`, `sync.(*Mutex).Lock`.
    pub name: String,
    /// The Rust function.
    pub f: NativeFn,
    /// Whether it runs on a stack of its own from the start.
    pub stack: bool,
    /// Slots of the results.
    pub result_slots: u16,
    /// Slots of results, parameters and receiver.
    pub window_slots: u16,
}

/// A lazily run variable initialiser (`EnsureInit`).
#[derive(Clone, Copy, Debug)]
pub struct InitEntry {
    /// A function without parameters and results that assigns the variables.
    pub func: FuncId,
    /// How far it is.
    pub state: InitState,
}

/// The state of a lazily run initialiser.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InitState {
    /// Not run yet.
    Pending,
    /// Started; it counts as done for code that runs meanwhile, as initialisation has no cycles.
    Started,
}

/// The compiled program.
pub struct Program {
    /// Functions by `FuncId`.
    pub funcs: Vec<FuncEntry>,
    /// The same functions' other facts.
    pub metas: Vec<FuncMeta>,
    /// Constant words (the interpreter reloads its base after every compilation).
    pub consts: Vec<u64>,
    /// Interface call sites.
    pub sites: Vec<CallSite>,
    /// Select statements.
    pub selects: Vec<SelectDesc>,
    /// Jump tables: distances from the instruction after the `JmpTable`; the last entry is the default.
    pub tables: Vec<Box<[i32]>>,
    /// Type descriptors by `TypeIx`; entry 0 is a dummy. Room for `MAX_TYPES` is reserved from the start (untouched memory costs
    /// nothing), so descriptors do not move while natives look at them.
    pub types: Vec<RType>,
    /// Natives by `NativeIx`.
    pub natives: Vec<NativeEntry>,
    /// Lazy initialisers by `InitIx`.
    pub inits: Vec<InitEntry>,
    /// Method identities by `MethodKey`: name, and package path for unexported names.
    pub methods: Vec<(String, String)>,
    method_keys: FxHashMap<(String, String), MethodKey>,
    /// Functions by the address of their first instruction, ascending: see `func_at`.
    code_map: Vec<(usize, FuncId)>,
}

/// The most types a program may have.
pub const MAX_TYPES: usize = 1 << 17;

impl Default for Program {
    fn default() -> Program {
        Program::new()
    }
}

impl Program {
    /// An empty program.
    pub fn new() -> Program {
        Program {
            funcs: Vec::new(),
            metas: Vec::new(),
            consts: Vec::new(),
            sites: Vec::new(),
            selects: Vec::new(),
            tables: Vec::new(),
            types: Vec::with_capacity(MAX_TYPES),
            natives: Vec::new(),
            inits: Vec::new(),
            methods: Vec::new(),
            method_keys: FxHashMap::default(),
            code_map: Vec::new(),
        }
    }

    /// The identity of a method; `pkg` is empty for exported names.
    pub fn method_key(&mut self, name: &str, pkg: &str) -> MethodKey {
        let pair = (name.to_string(), pkg.to_string());
        if let Some(&key) = self.method_keys.get(&pair) {
            return key;
        }
        let key = MethodKey(self.methods.len() as u32);
        self.methods.push(pair.clone());
        self.method_keys.insert(pair, key);
        key
    }

    /// Adds a function that is not compiled yet: its code is a `CompileMe` stub. The entry's slot counts must be right from the
    /// start, since `go`, `defer` and natives read them before the function first runs.
    pub fn declare(&mut self, mut entry: FuncEntry, mut meta: FuncMeta) -> FuncId {
        let f = FuncId(self.funcs.len() as u32);
        meta.code = Box::new([Op::CompileMe { f }]);
        meta.len = 1;
        entry.code = meta.code.as_ptr();
        self.map_code(entry.code, f);
        self.funcs.push(entry);
        self.metas.push(meta);
        f
    }

    /// Gives function `f` its code. A stub's memory is kept: a goroutine may be about to execute it.
    pub fn define(&mut self, f: FuncId, code: Vec<Op>) {
        let code = code.into_boxed_slice();
        let (entry, meta) = (&mut self.funcs[f.0 as usize], &mut self.metas[f.0 as usize]);
        entry.code = code.as_ptr();
        meta.len = code.len() as u32;
        let stub = std::mem::replace(&mut meta.code, code);
        Box::leak(stub);
        self.map_code(self.funcs[f.0 as usize].code, f);
    }

    fn map_code(&mut self, code: *const Op, f: FuncId) {
        let at = self.code_map.partition_point(|&(a, _)| a < code.addr());
        self.code_map.insert(at, (code.addr(), f));
    }

    /// The function whose code holds the instruction at `ip`.
    pub fn func_at(&self, ip: *const Op) -> Option<FuncId> {
        let at = self.code_map.partition_point(|&(a, _)| a <= ip.addr());
        let (start, f) = *self.code_map.get(at.checked_sub(1)?)?;
        let len = if self.funcs[f.0 as usize].code.addr() == start {
            self.metas[f.0 as usize].len
        } else {
            1
        };
        (ip.addr() - start < len as usize * size_of::<Op>()).then_some(f)
    }

    /// The addresses of a compiled function's code.
    pub fn code_range(&self, f: FuncId) -> Option<std::ops::Range<usize>> {
        let meta = &self.metas[f.0 as usize];
        let start = self.funcs[f.0 as usize].code.addr();
        (!meta.code.is_empty()).then(|| start..start + meta.len as usize * size_of::<Op>())
    }

    /// The source position of the instruction at `ip`.
    pub fn pos_at(&self, ip: *const Op) -> Pos {
        let Some(f) = self.func_at(ip) else {
            return Pos::NONE;
        };
        let meta = &self.metas[f.0 as usize];
        let i =
            (ip.addr().wrapping_sub(self.funcs[f.0 as usize].code.addr()) / size_of::<Op>()) as u32;
        let at = meta.positions.partition_point(|&(k, _)| k <= i);
        at.checked_sub(1).map_or(meta.pos, |k| meta.positions[k].1)
    }

    /// The type noted for the instruction at `ip` (the static type of an assertion's operand).
    pub fn type_noted_at(&self, ip: *const Op) -> Option<TypeIx> {
        match self.note_at(ip)? {
            Note::Type(t) => Some(t),
            Note::Unsigned(_) => None,
        }
    }

    /// Which index operands of the instruction at `ip` may exceed int64.
    pub fn unsigned_at(&self, ip: *const Op) -> [bool; 3] {
        match self.note_at(ip) {
            Some(Note::Unsigned(which)) => which,
            _ => [false; 3],
        }
    }

    fn note_at(&self, ip: *const Op) -> Option<Note> {
        let f = self.func_at(ip)?;
        let i =
            (ip.addr().wrapping_sub(self.funcs[f.0 as usize].code.addr()) / size_of::<Op>()) as u32;
        let notes = &self.metas[f.0 as usize].notes;
        let at = notes.binary_search_by_key(&i, |n| n.0).ok()?;
        Some(notes[at].1)
    }

    /// A type's descriptor.
    pub fn rtype(&self, t: TypeIx) -> &RType {
        &self.types[t.0 as usize]
    }
}

/// A function that could not be compiled: a message for the user (an error in a lazily checked body, a missing native).
#[derive(Clone, Debug)]
pub struct LinkError(pub String);

/// A type to make of others, for package reflect.
#[derive(Clone, Debug)]
pub enum Compose {
    /// `[n]t`.
    Array(u64, TypeIx),
    /// `map[k]v`.
    Map(TypeIx, TypeIx),
    /// A channel type with reflect's direction.
    Chan(u8, TypeIx),
    /// A function type: parameters, results, whether variadic.
    Func(Vec<TypeIx>, Vec<TypeIx>, bool),
    /// A struct type: name, package path (of an unexported name), type, whether embedded, tag.
    Struct(Vec<(String, String, TypeIx, bool, String)>),
}

/// What the interpreter asks of the compiler while the program runs. The compiler implements it; a test can do without one.
pub trait Linker {
    /// Compiles function `f` and gives it its code (`Program::define`, and the entry's and meta's other facts).
    ///
    /// # Errors
    /// When it cannot be compiled.
    fn compile(&mut self, p: &mut Program, heap: &mut Heap, f: FuncId) -> Result<(), LinkError>;
    /// The method `m` of dynamic type `t` as an interface call calls it.
    fn find_method(
        &mut self,
        p: &mut Program,
        heap: &mut Heap,
        t: TypeIx,
        m: MethodKey,
    ) -> Option<(FuncId, RecvLoad)>;
    /// Whether type `t` implements interface type `iface`; if not, the name of a missing method.
    ///
    /// # Errors
    /// The missing method.
    fn implements(
        &mut self,
        p: &mut Program,
        heap: &mut Heap,
        t: TypeIx,
        iface: TypeIx,
    ) -> Result<(), String>;
    /// The type declared as `name` in package `pkg` (loading the package if need be); predeclared types have an empty `pkg`.
    fn named_type(
        &mut self,
        p: &mut Program,
        heap: &mut Heap,
        pkg: &str,
        name: &str,
    ) -> Option<TypeIx>;
    /// The type `*t`.
    fn pointer_to(&mut self, p: &mut Program, heap: &mut Heap, t: TypeIx) -> TypeIx;
    /// The type `[]t`.
    fn slice_of(&mut self, p: &mut Program, heap: &mut Heap, t: TypeIx) -> TypeIx;
    /// A type made of others; `None` if there can be no such type.
    fn compose(&mut self, _: &mut Program, _: &mut Heap, _: &Compose) -> Option<TypeIx> {
        None
    }
    /// A type's underlying type.
    fn underlying(&mut self, _: &mut Program, _: &mut Heap, t: TypeIx) -> TypeIx {
        t
    }
    /// Lists a type's method set in its descriptor.
    fn fill_methods(&mut self, _: &mut Program, _: &mut Heap, _: TypeIx) {}
    /// The session's source texts.
    fn sources(&self) -> &SourceMap;
    /// The linker itself, for an owner that knows what it is.
    fn as_any(&mut self) -> &mut dyn std::any::Any;
}

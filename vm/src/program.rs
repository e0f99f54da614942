//! The compiled program: what the compiler appends to and the interpreter runs.
//!
//! The frame of a function, in slots from fp (see `ARCHITECTURE.md`, "Frames"):
//!   fp[-2] return address, fp[-1] distance to the caller's fp; fp[0..] results, then parameters, then the context slot(s):
//!   the receiver's slots for a method, the closure object's address for a closure, then locals, temporaries and outgoing windows.
//! A caller puts arguments where the callee's frame will begin (its window `w`) and finds the results at w; w-2 and w-1 belong to
//! the call. Named results live in their slots (or in heap cells, copied in by the return sequence). All tables are append-only and
//! code never moves, so addresses into them stay valid; the compiler runs while the program runs (functions compile on first call).

use crate::bytecode::*;
use lang::source::Pos;

/// The per-function facts the interpreter needs on every call.
#[derive(Clone, Copy)]
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

/// Everything else about a function: for stack traces, the disassembler and the tools.
pub struct FuncMeta {
    /// Go's symbol name: `main.main`, `main.(*T).M`, `main.main.func1`.
    pub name: String,
    /// Number of instructions.
    pub len: u32,
    /// `(first instruction, position)`, ascending: the position of instruction i is that of the last entry at or before i.
    pub positions: Vec<(u32, Pos)>,
    /// Per instruction that needs one: a static type for an error message (the interface type of an assertion).
    pub notes: Vec<(u32, TypeIx)>,
    /// Where the function is declared.
    pub pos: Pos,
    /// Whether the function is a compiler-made wrapper (left out of stack traces).
    pub is_wrapper: bool,
    /// The function's own code, kept alive here; empty until compiled.
    pub code: Box<[Op]>,
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

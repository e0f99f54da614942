//! The instruction set: one table, from which the enum, the disassembler and the operand visitor derive.
//!
//! Invariants: an instruction is 8 bytes; operands are newtypes that say what they are (`operand.rs`). A register `r` is the slot
//! `fp[r]`; multi-slot values occupy consecutive registers. Scalars are kept sign- or zero-extended to 64 bits, f32 as its bits in the low half,
//! bool as 0 or 1. `w` operands are windows: consecutive registers holding inputs, overwritten by outputs. Jumps are relative to
//! the *next* instruction. `mem(p)` is memory at address p; a nil p (below 4096) panics with Go's nil-dereference error. Every
//! taken jump and every call burns one unit of fuel.

use super::operand::*;

/// Declares the instruction set. Per op: documentation in register-transfer notation, name, typed operands.
macro_rules! ops {
    ($($(#[doc = $doc:literal])+ $name:ident { $($f:ident : $t:ident),* $(,)? })*) => {
        /// One bytecode instruction.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(missing_docs)] // each variant's line is its documentation; operand names are explained there
        pub enum Op { $($(#[doc = $doc])+ $name { $($f: $t),* }),* }

        impl Op {
            /// The op's name.
            pub fn name(&self) -> &'static str {
                match self { $(Op::$name { .. } => stringify!($name)),* }
            }

            /// Shows every operand, in order, to the visitor.
            #[allow(unused_variables)]
            pub fn visit(&self, v: &mut dyn Visitor) {
                match *self { $(Op::$name { $($f),* } => { $(v.operand(stringify!($f), Operand::$t($f));)* }),* }
            }
        }

        /// `(name, documentation)` of every op, in table order.
        pub const OP_DOCS: &[(&str, &str)] = &[$((stringify!($name), concat!($($doc, "\n"),+))),*];
    };
}

ops! {
    // ---- moves and constants
    /// nothing
    Nop {}
    /// d ← s
    Move { d: Dst, s: Src }
    /// d..d+2 ← s..s+2
    Move2 { d: Dst, s: Src }
    /// d..d+3 ← s..s+3 (regions may overlap)
    Move3 { d: Dst, s: Src }
    /// d..d+n ← s..s+n (regions may overlap)
    MoveN { d: Dst, s: Src, n: Count }
    /// d ← imm, sign-extended
    LoadI { d: Dst, imm: Imm32 }
    /// d ← consts[c]
    LoadC { d: Dst, c: Const }
    /// d..d+2 ← consts[c], consts[c+1]
    LoadC2 { d: Dst, c: Const }
    /// d..d+n ← 0
    Zero { d: Dst, n: Count }
    /// d ← address of register s; only valid until the next call, allocation or jump (stacks move when they grow)
    FrameAddr { d: Dst, s: Src }

    // ---- sub-slot access to structs and arrays that live in registers; `at` is a byte offset from fp
    /// d ← sign-extended i8 at byte `at` of the frame
    FLdI8 { d: Dst, at: FrameByte }
    /// d ← u8 at byte `at` of the frame
    FLdU8 { d: Dst, at: FrameByte }
    /// d ← i16 at byte `at` of the frame
    FLdI16 { d: Dst, at: FrameByte }
    /// d ← u16 at byte `at` of the frame
    FLdU16 { d: Dst, at: FrameByte }
    /// d ← i32 at byte `at` of the frame
    FLdI32 { d: Dst, at: FrameByte }
    /// d ← u32 at byte `at` of the frame
    FLdU32 { d: Dst, at: FrameByte }
    /// low 8 bits of s → byte `at` of the frame
    FSt8 { s: Src, at: FrameByte }
    /// low 16 bits of s → byte `at` of the frame
    FSt16 { s: Src, at: FrameByte }
    /// low 32 bits of s → byte `at` of the frame
    FSt32 { s: Src, at: FrameByte }

    // ---- 64-bit integer arithmetic (wraps); narrower types are normalised afterwards
    /// d ← a + b
    AddI64 { d: Dst, a: Src, b: Src }
    /// d ← a - b
    SubI64 { d: Dst, a: Src, b: Src }
    /// d ← a × b
    MulI64 { d: Dst, a: Src, b: Src }
    /// d ← a / b signed, truncated; panics on b = 0; MIN / -1 = MIN
    DivI64 { d: Dst, a: Src, b: Src }
    /// d ← a mod b signed; panics on b = 0
    RemI64 { d: Dst, a: Src, b: Src }
    /// d ← a / b unsigned; panics on b = 0
    DivU64 { d: Dst, a: Src, b: Src }
    /// d ← a mod b unsigned; panics on b = 0
    RemU64 { d: Dst, a: Src, b: Src }
    /// d ← a & b
    And { d: Dst, a: Src, b: Src }
    /// d ← a | b
    Or { d: Dst, a: Src, b: Src }
    /// d ← a ^ b
    Xor { d: Dst, a: Src, b: Src }
    /// d ← a &^ b
    AndNot { d: Dst, a: Src, b: Src }
    /// d ← a << b; b is unsigned, 64 and more give 0
    Shl { d: Dst, a: Src, b: Src }
    /// d ← a >> b arithmetic; b is unsigned, 64 and more give the sign
    ShrI64 { d: Dst, a: Src, b: Src }
    /// d ← a >> b logical; b is unsigned, 64 and more give 0
    ShrU64 { d: Dst, a: Src, b: Src }
    /// panics "negative shift amount" if s < 0
    CheckShift { s: Src }
    /// d ← a + imm
    AddI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a × imm
    MulI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a / imm signed; imm is neither 0 nor -1
    DivI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a mod imm signed; imm is neither 0 nor -1
    RemI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a & imm (sign-extended)
    AndI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a | imm (sign-extended)
    OrI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a ^ imm (sign-extended)
    XorI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a << imm, 0 ≤ imm < 64
    ShlI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a >> imm arithmetic, 0 ≤ imm < 64
    ShrI { d: Dst, a: Src, imm: Imm16 }
    /// d ← a >> imm logical, 0 ≤ imm < 64
    ShrUI { d: Dst, a: Src, imm: Imm16 }
    /// d ← -s
    NegI64 { d: Dst, s: Src }
    /// d ← ^s
    Com { d: Dst, s: Src }
    /// d ← 1 - s (boolean not)
    Not { d: Dst, s: Src }
    /// d ← sign-extended low 8 bits of s
    SextI8 { d: Dst, s: Src }
    /// d ← sign-extended low 16 bits of s
    SextI16 { d: Dst, s: Src }
    /// d ← sign-extended low 32 bits of s
    SextI32 { d: Dst, s: Src }
    /// d ← zero-extended low 8 bits of s
    ZextU8 { d: Dst, s: Src }
    /// d ← zero-extended low 16 bits of s
    ZextU16 { d: Dst, s: Src }
    /// d ← zero-extended low 32 bits of s
    ZextU32 { d: Dst, s: Src }

    // ---- floating point
    /// d ← a + b (f64)
    AddF64 { d: Dst, a: Src, b: Src }
    /// d ← a - b (f64)
    SubF64 { d: Dst, a: Src, b: Src }
    /// d ← a × b (f64)
    MulF64 { d: Dst, a: Src, b: Src }
    /// d ← a / b (f64)
    DivF64 { d: Dst, a: Src, b: Src }
    /// d ← -s (f64)
    NegF64 { d: Dst, s: Src }
    /// d ← a + b (f32)
    AddF32 { d: Dst, a: Src, b: Src }
    /// d ← a - b (f32)
    SubF32 { d: Dst, a: Src, b: Src }
    /// d ← a × b (f32)
    MulF32 { d: Dst, a: Src, b: Src }
    /// d ← a / b (f32)
    DivF32 { d: Dst, a: Src, b: Src }
    /// d ← -s (f32)
    NegF32 { d: Dst, s: Src }
    /// d ← f(s): square root, floor, … (f64)
    MathF64 { f: MathFn, d: Dst, s: Src }
    /// d ← min or max of a and b as Go's builtins (NaN and signed zeros included); see `MinMax`
    MinMax { f: MinMaxFn, d: Dst, a: Src, b: Src }
    /// d ← conversion of s; see `ConvFn` for the numeric conversions (as amd64 Go does them out of range)
    Conv { f: ConvFn, d: Dst, s: Src }
    /// complex arithmetic: complex128 is 2 registers (re, im), complex64 one (re low, im high); see `ComplexFn`
    Complex { f: ComplexFn, d: Dst, a: Src, b: Src }

    // ---- comparisons to bool
    /// d ← a = b
    EqI64 { d: Dst, a: Src, b: Src }
    /// d ← a ≠ b
    NeI64 { d: Dst, a: Src, b: Src }
    /// d ← a < b signed
    LtI64 { d: Dst, a: Src, b: Src }
    /// d ← a ≤ b signed
    LeI64 { d: Dst, a: Src, b: Src }
    /// d ← a < b unsigned
    LtU64 { d: Dst, a: Src, b: Src }
    /// d ← a ≤ b unsigned
    LeU64 { d: Dst, a: Src, b: Src }
    /// d ← a = b (f64)
    EqF64 { d: Dst, a: Src, b: Src }
    /// d ← a < b (f64)
    LtF64 { d: Dst, a: Src, b: Src }
    /// d ← a ≤ b (f64)
    LeF64 { d: Dst, a: Src, b: Src }
    /// d ← a = b (f32)
    EqF32 { d: Dst, a: Src, b: Src }
    /// d ← a < b (f32)
    LtF32 { d: Dst, a: Src, b: Src }
    /// d ← a ≤ b (f32)
    LeF32 { d: Dst, a: Src, b: Src }
    /// d ← strings a, b equal
    EqStr { d: Dst, a: Src, b: Src }
    /// d ← string a < b bytewise
    LtStr { d: Dst, a: Src, b: Src }
    /// d ← string a ≤ b bytewise
    LeStr { d: Dst, a: Src, b: Src }
    /// d ← interfaces a, b equal; panics on uncomparable dynamic types
    EqIface { d: Dst, a: Src, b: Src }
    /// w ← values of type t at w.. and at w+slots(t).. are equal (structs, arrays, complex)
    EqT { w: Win, t: TypeIx }

    // ---- jumps
    /// jump
    Jmp { to: Jump32 }
    /// jump if c ≠ 0
    JmpT { c: Src, to: Jump32 }
    /// jump if c = 0
    JmpF { c: Src, to: Jump32 }
    /// jump if a = b
    JEq { a: Src, b: Src, to: Jump16 }
    /// jump if a ≠ b
    JNe { a: Src, b: Src, to: Jump16 }
    /// jump if a < b signed
    JLt { a: Src, b: Src, to: Jump16 }
    /// jump if a ≤ b signed
    JLe { a: Src, b: Src, to: Jump16 }
    /// jump if a < b unsigned
    JLtU { a: Src, b: Src, to: Jump16 }
    /// jump if a ≤ b unsigned
    JLeU { a: Src, b: Src, to: Jump16 }
    /// jump if a = imm
    JEqI { a: Src, imm: Imm16, to: Jump16 }
    /// jump if a ≠ imm
    JNeI { a: Src, imm: Imm16, to: Jump16 }
    /// jump if a < imm signed
    JLtI { a: Src, imm: Imm16, to: Jump16 }
    /// jump if a ≤ imm signed
    JLeI { a: Src, imm: Imm16, to: Jump16 }
    /// jump if a > imm signed
    JGtI { a: Src, imm: Imm16, to: Jump16 }
    /// jump if a ≥ imm signed
    JGeI { a: Src, imm: Imm16, to: Jump16 }
    /// jump if a < b (f64)
    JLtF64 { a: Src, b: Src, to: Jump16 }
    /// jump if a ≤ b (f64)
    JLeF64 { a: Src, b: Src, to: Jump16 }
    /// jump unless a < b (f64)
    JNLtF64 { a: Src, b: Src, to: Jump16 }
    /// jump unless a ≤ b (f64)
    JNLeF64 { a: Src, b: Src, to: Jump16 }
    /// a ← a + 1; jump if a < b signed
    IncJLt { a: Src, b: Src, to: Jump16 }
    /// a ← a + 1; jump if a < imm signed
    IncJLtI { a: Src, imm: Imm16, to: Jump16 }
    /// a ← a + 1; jump if a ≤ b signed
    IncJLe { a: Src, b: Src, to: Jump16 }
    /// jump to tables[t][s]; the last entry if s is out of range
    JmpTable { s: Src, t: Table }

    // ---- memory through pointers; off is a byte offset
    /// d ← i8 at mem(p)+off
    LdI8 { d: Dst, p: Src, off: Off16 }
    /// d ← u8 at mem(p)+off
    LdU8 { d: Dst, p: Src, off: Off16 }
    /// d ← i16 at mem(p)+off
    LdI16 { d: Dst, p: Src, off: Off16 }
    /// d ← u16 at mem(p)+off
    LdU16 { d: Dst, p: Src, off: Off16 }
    /// d ← i32 at mem(p)+off
    LdI32 { d: Dst, p: Src, off: Off16 }
    /// d ← u32 at mem(p)+off
    LdU32 { d: Dst, p: Src, off: Off16 }
    /// d ← 8 bytes at mem(p)+off
    Ld64 { d: Dst, p: Src, off: Off16 }
    /// d..d+2 ← 16 bytes at mem(p)+off
    Ld2 { d: Dst, p: Src, off: Off16 }
    /// d..d+3 ← 24 bytes at mem(p)+off
    Ld3 { d: Dst, p: Src, off: Off16 }
    /// d.. ← n bytes at mem(p); the last slot's rest is zeroed
    LdN { d: Dst, p: Src, n: Bytes16 }
    /// low 8 bits of s → mem(p)+off
    St8 { p: Src, s: Src, off: Off16 }
    /// low 16 bits of s → mem(p)+off
    St16 { p: Src, s: Src, off: Off16 }
    /// low 32 bits of s → mem(p)+off
    St32 { p: Src, s: Src, off: Off16 }
    /// s → mem(p)+off
    St64 { p: Src, s: Src, off: Off16 }
    /// s..s+2 → mem(p)+off
    St2 { p: Src, s: Src, off: Off16 }
    /// s..s+3 → mem(p)+off
    St3 { p: Src, s: Src, off: Off16 }
    /// n bytes of s.. → mem(p)
    StN { p: Src, s: Src, n: Bytes16 }
    /// 8 bytes at mem(p)+off ← those + s (i64)
    AddMem { p: Src, s: Src, off: Off16 }
    /// 8 bytes at mem(p)+off ← those + imm (i64)
    AddMemI { p: Src, imm: Imm16, off: Off16 }
    /// f64 at mem(p)+off ← that + s
    AddMemF64 { p: Src, s: Src, off: Off16 }
    /// f64 at mem(p)+off ← that - s
    SubMemF64 { p: Src, s: Src, off: Off16 }
    /// d ← a + f64 at word n of mem(p)
    AddF64Mem { n: Word8, d: Dst, a: Src, p: Src }
    /// d ← a - f64 at word n of mem(p)
    SubF64Mem { n: Word8, d: Dst, a: Src, p: Src }
    /// d ← a × f64 at word n of mem(p)
    MulF64Mem { n: Word8, d: Dst, a: Src, p: Src }
    /// d ← p + off; panics if p is nil
    AddPtr { d: Dst, p: Src, off: Off16 }
    /// copies sizeof(t) bytes mem(s) → mem(d) (regions may overlap exactly)
    CopyT { w: Win, t: TypeIx }
    /// panics if p is nil
    NilCheck { p: Src }
    /// d ← 8 bytes at address consts[c] (a package-level variable)
    LdG64 { d: Dst, c: Const }
    /// s → address consts[c]
    StG64 { s: Src, c: Const }
    /// runs the initialiser of a lazily initialised package-level variable once, before its first use
    EnsureInit { init: InitIx }

    // ---- slices (ptr, len, cap in s, s+1, s+2), strings (ptr, len) and arrays behind pointers
    /// d ← i8 element i of slice s, bounds-checked
    IdxI8 { d: Dst, s: Src, i: Src }
    /// d ← u8 element i of slice or string s, bounds-checked
    IdxU8 { d: Dst, s: Src, i: Src }
    /// d ← i16 element i of s
    IdxI16 { d: Dst, s: Src, i: Src }
    /// d ← u16 element i of s
    IdxU16 { d: Dst, s: Src, i: Src }
    /// d ← i32 element i of s
    IdxI32 { d: Dst, s: Src, i: Src }
    /// d ← u32 element i of s
    IdxU32 { d: Dst, s: Src, i: Src }
    /// d ← 8-byte element i of s
    Idx64 { d: Dst, s: Src, i: Src }
    /// d..d+2 ← 16-byte element i of s
    Idx2 { d: Dst, s: Src, i: Src }
    /// d..d+3 ← 24-byte element i of s
    Idx3 { d: Dst, s: Src, i: Src }
    /// element i of slice s ← low 8 bits of v
    StIdx8 { s: Src, i: Src, v: Src }
    /// element i of slice s ← low 16 bits of v
    StIdx16 { s: Src, i: Src, v: Src }
    /// element i of slice s ← low 32 bits of v
    StIdx32 { s: Src, i: Src, v: Src }
    /// element i of slice s ← v
    StIdx64 { s: Src, i: Src, v: Src }
    /// 16-byte element i of slice s ← v..v+2
    StIdx2 { s: Src, i: Src, v: Src }
    /// d ← address of element i of slice s, elements of sz bytes, bounds-checked
    IdxAddr { sz: Size8, d: Dst, s: Src, i: Src }
    /// d ← address of element w+1 (an index) of the slice at s, elements of type t: w ← addr; slice at w+1..w+4, index at w
    IdxAddrT { w: Win, t: TypeIx }
    /// panics with Go's index error unless 0 ≤ i < n
    Bound { i: Src, n: Imm32 }
    /// d ← p + i × sz, no check (after Bound); p is checked for nil
    PIdxAddr { sz: Size8, d: Dst, p: Src, i: Src }
    /// w ← w + w[1] × sizeof(t), no check (after Bound)
    PIdxAddrT { w: Win, t: TypeIx }
    /// slicing with window inputs; see `SliceFn` for forms, inputs and bounds errors
    Slice { f: SliceFn, w: Win, t: TypeIx }
    /// w..w+3 ← make([]elem t, w, w+1)
    MakeSlice { w: Win, t: TypeIx }
    /// w..w+3 ← append(slice w..w+3, elements of slice w+3..w+6); t is the element type
    Append { w: Win, t: TypeIx }
    /// w..w+3 ← append(slice w..w+3, value at w+3..); t is the element type
    AppendV { w: Win, t: TypeIx }
    /// slice s..s+3 ← append(s, v) for one-slot elements of 8 bytes; t is the element type
    App64 { s: Src, v: Src, t: TypeIx16 }
    /// w ← copy(dst slice w..w+3, src slice w+3..w+6); t is the element type
    Copy { w: Win, t: TypeIx }
    /// zeroes the elements of slice w..w+3; t is the element type
    ClearSlice { w: Win, t: TypeIx }
    /// d ← heap address of a zeroed value of type t
    New { d: Dst, t: TypeIx }

    // ---- strings
    /// d..d+2 ← a + b
    Cat { d: Dst, a: Src, b: Src }
    /// w..w+2 ← concatenation of the n strings at w, w+2, …
    CatN { w: Win, n: Count }
    /// string conversions with window inputs and outputs; see `StrFn`
    Str { f: StrFn, w: Win }
    /// range over the string w..w+2: at the end (w+2 ≥ len) jump; else w+3 ← index, w+4 ← rune at w+2, w+2 ← next index
    StrNext { w: Win, to: Jump32 }

    // ---- maps: keys and values are read from and written to registers in memory layout
    /// w ← make(map t, hint w)
    MakeMap { w: Win, t: TypeIx }
    /// d.. ← m[k..] or zero (normalised like a load); the value's type is noted at the instruction, since a nil map does not know it
    MapGet { d: Dst, m: Src, k: Src }
    /// as MapGet (with its note), and the register behind the value's slots ← whether present
    MapGet2 { d: Dst, m: Src, k: Src }
    /// m[k..] ← v..; panics "assignment to entry in nil map"
    MapSet { m: Src, k: Src, v: Src }
    /// d ← address of m[k..], inserted as zero if absent; valid until the next operation on the map
    MapAddr { d: Dst, m: Src, k: Src }
    /// delete(m, k..)
    MapDel { m: Src, k: Src }
    /// clear(m)
    MapClear { m: Src }
    /// d ← len(m)
    MapLen { d: Dst, m: Src }
    /// starts an iteration over map m: w..w+4 ← iterator state
    MapIter { w: Win, m: Src }
    /// next entry: at the end jump; else w+4 ← key address, w+5 ← value address (valid until the next operation on the map)
    MapNext { w: Win, to: Jump32 }

    // ---- interfaces (type word in r, data word in r+1)
    /// w ← address of a fresh immutable heap copy of the value of type t at w..
    Box { w: Win, t: TypeIx }
    /// skip the next instruction if the dynamic type of s is t
    SkipIfType { s: Src, t: TypeIx }
    /// skip the next instruction if the dynamic type of s is non-nil and implements interface type t
    SkipIfImpl { s: Src, t: TypeIx }
    /// panics with Go's *runtime.TypeAssertionError unless the dynamic type of s is t (an operand-type note is in the side table)
    AssertType { s: Src, t: TypeIx }
    /// panics likewise unless the dynamic type of s implements interface type t
    AssertImpl { s: Src, t: TypeIx }

    // ---- calls: the callee's frame begins at w; see `program.rs` for the window's layout
    /// call function f
    Call { w: Win, f: FuncId }
    /// w+1 ← s + imm; call function f (of one result slot and one parameter, as recursive functions are)
    CallAddI { s: Src8, imm: Imm8, w: Win, f: FuncId16 }
    /// call the closure in c; its address is stored as context at w+ctx; panics if nil
    CallC { w: Win, c: Src, ctx: Count }
    /// call an interface method through call site s
    CallI { w: Win, s: Site }
    /// call native n on the window at w
    CallN { w: Win, n: NativeIx }
    /// return (results are in place)
    Ret {}
    /// fp[0] ← s; return
    Ret1 { s: Src }
    /// fp[0] ← a + b; return
    RetAdd { a: Src, b: Src }
    /// calls the frame's deferred functions, last first, then goes on
    RunDefers {}
    /// starts goroutine f with the arguments in the window at w; w-level results are ignored
    Go { w: Win, f: FuncId }
    /// starts a goroutine with closure c and the arguments in the window at w
    GoC { w: Win, c: Src, ctx: Count }
    /// defers a call of f with the arguments in the window at w
    Defer { w: Win, f: FuncId }
    /// defers a call of closure c (a nil c panics when the deferred call runs)
    DeferC { w: Win, c: Src, ctx: Count }
    /// d, d+1 ← a token of this frame, for `DeferTo`; deferred calls will have their window at w
    DeferFrame { d: Dst, w: Win }
    /// as `DeferC`, but for the frame whose token is at c+1: a deferring body of a range-over-func loop
    DeferTo { w: Win, c: Src, ctx: Count }
    /// d ← a closure of f over the captured words at d+1..
    Closure { d: Dst, f: FuncId }
    /// panic(interface at s..s+2)
    Panic { s: Src }
    /// d..d+2 ← recover()
    Recover { d: Dst }
    /// w ← an error panic raised by the compiler's lowering; see `Trap`
    Trap { f: TrapFn }
    /// print/println to stderr; see `PrintFn`
    Print { f: PrintFn, s: Src }

    // ---- channels
    /// w ← make(chan elem t, cap w); the position side table gives the site
    MakeChan { w: Win, t: TypeIx }
    /// c <- v..
    Send { c: Src, v: Src }
    /// d.. ← <-c
    Recv { d: Dst, c: Src }
    /// discards <-c
    RecvX { c: Src }
    /// d.., ok ← <-c
    Recv2 { d: Dst, ok: Dst, c: Src }
    /// d.. ← <-c; if c is closed and drained, jump
    RangeChan { d: Dst, c: Src, to: Jump16 }
    /// ok ← whether a non-blocking c <- v.. went through
    TrySend { ok: Dst, c: Src, v: Src }
    /// d.. ← value if ready; see `w`: w ← whether a case was ready, w+1 ← received ok
    TryRecv { d: Dst, c: Src, w: Win }
    /// close(c)
    Close { c: Src }
    /// d ← len(c)
    ChanLen { d: Dst, c: Src }
    /// d ← cap(c)
    ChanCap { d: Dst, c: Src }
    /// w ← index of the chosen case (or the number of cases for default), w+1 ← received ok; cases in selects[s]
    Select { w: Win, s: SelectIx }
    /// parks for ever (select without cases)
    Block {}

    // ---- engine-internal: stubs that the VM itself places
    /// first instruction of a function not compiled yet: compile it and start over
    CompileMe { f: FuncId }
    /// a goroutine's outermost return address: the goroutine ends
    GoExit {}
    /// return address of a Go function called by a native on its own stack: resume the native
    NativeResume {}
    /// return address of a deferred call run while panicking or exiting
    UnwindNext {}
    /// first instruction of a native's wrapper (a native used as a function value): run native n on this frame, then return
    NativeBody { n: NativeIx }
}

const _: () = assert!(size_of::<Op>() == 8, "an instruction is 8 bytes");

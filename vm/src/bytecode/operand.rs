//! Operand types: newtypes that say what they mean and print themselves.

use std::fmt;

macro_rules! operands {
    ($($(#[$m:meta])* $name:ident($t:ty) = $fmt:literal),* $(,)?) => {
        $($(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        pub struct $name(pub $t);
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, $fmt, self.0) }
        })*
    };
}

operands! {
    /// A register that is written (its first slot, for a multi-slot value).
    Dst(u16) = "r{}",
    /// A register that is read (its first slot, for a multi-slot value).
    Src(u16) = "r{}",
    /// A window's first register: read and written.
    Win(u16) = "w{}",
    /// A register that is read, among the first 256.
    Src8(u8) = "r{}",
    /// A signed 8-bit immediate.
    Imm8(i8) = "{}",
    /// A function of the program, among the first 65536.
    FuncId16(u16) = "f{}",
    /// A number of slots.
    Count(u16) = "#{}",
    /// A signed 16-bit immediate.
    Imm16(i16) = "{}",
    /// A signed 32-bit immediate.
    Imm32(i32) = "{}",
    /// A byte offset from a pointer.
    Off16(u16) = "+{}",
    /// A number of bytes.
    Bytes16(u16) = "{}b",
    /// An element size in bytes.
    Size8(u8) = "×{}",
    /// An offset from a pointer in words of 8 bytes.
    Word8(u8) = "+{}w",
    /// A byte offset from the frame pointer.
    FrameByte(u32) = "fp+{}",
    /// An index into the program's constant words.
    Const(u32) = "c{}",
    /// A jump distance from the next instruction.
    Jump16(i16) = "{:+}",
    /// A jump distance from the next instruction.
    Jump32(i32) = "{:+}",
    /// A function of the program.
    FuncId(u32) = "f{}",
    /// A run-time type descriptor; 0 is the nil interface's type word.
    TypeIx(u32) = "t{}",
    /// A run-time type descriptor with a small index.
    TypeIx16(u16) = "t{}",
    /// An interface call site.
    Site(u32) = "site{}",
    /// A native function.
    NativeIx(u32) = "n{}",
    /// A jump table.
    Table(u32) = "table{}",
    /// A select statement's cases.
    SelectIx(u32) = "select{}",
    /// A lazily run variable initialiser.
    InitIx(u32) = "init{}",
}

macro_rules! selectors {
    ($($(#[$m:meta])* $name:ident { $($(#[doc = $d:literal])+ $v:ident),* $(,)? })*) => {
        $($(#[$m])*
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        #[repr(u8)]
        pub enum $name { $($(#[doc = $d])+ $v),* }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Debug::fmt(self, f) }
        })*
    };
}

selectors! {
    /// f64 functions.
    MathFn {
        /// Square root.
        Sqrt,
        /// Absolute value.
        Abs,
        /// Largest integer not above.
        Floor,
        /// Smallest integer not below.
        Ceil,
        /// Integer part.
        Trunc,
    }
    /// The builtins min and max on ordered types.
    MinMaxFn {
        /// signed minimum
        MinI64,
        /// signed maximum
        MaxI64,
        /// unsigned minimum
        MinU64,
        /// unsigned maximum
        MaxU64,
        /// f64 minimum
        MinF64,
        /// f64 maximum
        MaxF64,
        /// f32 minimum
        MinF32,
        /// f32 maximum
        MaxF32,
        /// string minimum (2 registers)
        MinStr,
        /// string maximum (2 registers)
        MaxStr,
    }
    /// Numeric conversions between register representations.
    ConvFn {
        /// i64 → f64
        I64F64,
        /// u64 → f64
        U64F64,
        /// i64 → f32
        I64F32,
        /// u64 → f32
        U64F32,
        /// f64 → i64, truncated
        F64I64,
        /// f64 → u64, truncated
        F64U64,
        /// f32 → i64, truncated
        F32I64,
        /// f32 → u64, truncated
        F32U64,
        /// f64 → f32, rounded
        F64F32,
        /// f32 → f64
        F32F64,
        /// complex128 → complex64
        C128C64,
        /// complex64 → complex128
        C64C128,
    }
    /// Complex operations; the suffix is the type's total size in bits. Eq gives a bool.
    ComplexFn {
        /// d ← a + b
        Add128,
        /// d ← a - b
        Sub128,
        /// d ← a × b
        Mul128,
        /// d ← a / b
        Div128,
        /// d ← -a
        Neg128,
        /// d ← a = b
        Eq128,
        /// d ← a + b
        Add64,
        /// d ← a - b
        Sub64,
        /// d ← a × b
        Mul64,
        /// d ← a / b
        Div64,
        /// d ← -a
        Neg64,
        /// d ← a = b
        Eq64,
        /// d ← complex(a, b) from f64s
        Make128,
        /// d ← complex(a, b) from f32s
        Make64,
        /// d ← real(a) as f32
        Real64,
        /// d ← imag(a) as f32
        Imag64,
    }
    /// Forms of slicing. Absent bounds are filled in by the compiler (0, len, cap). Error texts are Go's for each form.
    SliceFn {
        /// string w..w+2, lo w+2, hi w+3 → w..w+2
        Str,
        /// slice w..w+3, lo w+3, hi w+4 → w..w+3 (t element type)
        Slice,
        /// slice w..w+3, lo w+3, hi w+4, max w+5 → w..w+3
        Slice3,
        /// pointer to array w, array length w+1, lo w+2, hi w+3 → w..w+3
        Array,
        /// pointer to array w, array length w+1, lo w+2, hi w+3, max w+4 → w..w+3
        Array3,
        /// slice w..w+3, array length w+3 → w ← pointer to array; panics if the slice is shorter
        ToArrayPtr,
    }
    /// String conversions.
    StrFn {
        /// string(rune or integer w) → w..w+2
        FromRune,
        /// string([]byte w..w+3) → w..w+2
        FromBytes,
        /// string([]rune w..w+3) → w..w+2
        FromRunes,
        /// []byte(string w..w+2) → w..w+3
        ToBytes,
        /// []rune(string w..w+2) → w..w+3
        ToRunes,
    }
    /// Traps.
    TrapFn {
        /// A function with results ran off its end (cannot happen in a checked program).
        Unreachable,
        /// Division by zero.
        DivideByZero,
        /// Nil dereference.
        NilDeref,
        /// "range function continued iteration after function for loop body returned false"
        RangeDone,
        /// "range function continued iteration after loop body panic"
        RangePanic,
        /// "range function continued iteration after whole loop exit"
        RangeExhausted,
        /// "range function recovered a loop body panic and did not resume panicking"
        RangeMissingPanic,
    }
    /// What `print` and `println` write, in Go's runtime format.
    PrintFn {
        /// signed integer
        Int,
        /// unsigned integer
        Uint,
        /// float64, shortest form
        Float,
        /// float32, shortest form
        Float32,
        /// complex64
        Complex64,
        /// complex128
        Complex,
        /// bool
        Bool,
        /// string
        Str,
        /// pointer, map, chan, func: hexadecimal
        Pointer,
        /// interface: (type,data) in hexadecimal
        Iface,
        /// slice: [len/cap]pointer
        Slice,
        /// a blank
        Space,
        /// a newline
        Newline,
    }
}

macro_rules! operand_enum {
    ($($name:ident),* $(,)?) => {
        /// Any operand, for visitors.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        #[allow(missing_docs)] // the names are the operand types'
        pub enum Operand { $($name($name)),* }
        impl fmt::Display for Operand {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self { $(Operand::$name(x) => fmt::Display::fmt(x, f)),* }
            }
        }
    };
}

operand_enum!(
    Dst, Src, Src8, Imm8, FuncId16, Win, Count, Imm16, Imm32, Off16, Bytes16, Size8, Word8,
    FrameByte, Const, Jump16, Jump32, FuncId, TypeIx, TypeIx16, Site, NativeIx, Table, SelectIx,
    InitIx, MathFn, MinMaxFn, ConvFn, ComplexFn, SliceFn, StrFn, TrapFn, PrintFn,
);

/// Sees an instruction's operands in order.
pub trait Visitor {
    /// One operand with its name in the table.
    fn operand(&mut self, name: &'static str, operand: Operand);
}

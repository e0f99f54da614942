//! The interpreter loop: the hot instructions. The others are in `slow.rs`.
//!
//! Invariants:
//! - `ip` points behind the instruction being executed, `fp` at the frame. They and `fuel` live in locals; whoever needs them elsewhere finds them in `Vm::regs`
//!   and `Vm::fuel`. Only four values live across instructions, so that they stay in machine registers: keep it so when adding handlers, and
//!   call a function that is not inlined for anything that needs more than a few temporaries.
//! - The compiler's verifier has proved registers within the frame and jumps on instructions; `Call*` checks that the callee's frame fits the stack.
//! - A handler that cannot finish breaks out with an [`Out`]; `Vm::fault` deals with it (panics, parks, switches…) and leaves `regs` at what is
//!   to run next. So the hot part has one way in and one way out.

use super::memory::{self as mem, f32_of, f32_word};
use super::slow::{self, Step};
use super::{arith, calls, maps, strings};
use crate::bytecode::*;
use crate::program::RecvLoad;
use crate::vm::{Exit, Vm};

/// Why an instruction did not simply finish.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nil dereference.
    NilDeref,
    /// A nil pointer in an interface where a value receiver is wanted.
    NilReceiver,
    /// Index and length.
    Index(u64, u64),
    /// Integer division by zero.
    DivideByZero,
    /// Negative shift amount.
    NegativeShift,
    /// A `runtime.Error` whose text begins with "runtime error: ".
    Error(String),
    /// A bounds error, likewise.
    Bounds(String),
    /// A `runtime.Error` with exactly this text.
    PlainError(String),
    /// A `*runtime.TypeAssertionError`.
    Assertion(String),
    /// `panic(v)`.
    Panic(crate::native::Iface),
    /// A fatal error.
    Fatal(String),
    /// The stack is at its limit.
    StackOverflow,
    /// The callee's frame needs this many slots from `fp`; the call is executed again.
    Grow(usize),
    /// Out of fuel.
    Yield,
    /// The goroutine has been parked by the instruction before `ip`, which must be finished when it wakes.
    Park,
    /// A native ended with something else than `Done`: which, and its window.
    Native(NativeIx, crate::native::Flow, *mut u64),
    /// The goroutine's outermost function returned.
    GoExit,
    /// A deferred call of a panic returned.
    UnwindNext,
    /// A call by a native returned.
    NativeResume,
    /// A read from a nil map: the destination, the key, and whether a second value is wanted.
    NilMapGet(*mut u64, *const u64, bool),
    /// A call made by the machine itself returned.
    HostReturn,
    /// Compile this function, whose frame has been entered.
    Compile(FuncId),
    /// `recover()`, into this register.
    Recover(Dst),
}

/// Why the loop ended.
pub(crate) enum Stop {
    /// The program ended.
    Exit(Exit),
    /// The call made with `Vm::call_now` returned.
    HostReturn,
}

/// How the hot part is left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Out {
    /// Nil dereference.
    NilDeref,
    /// Index out of range: `trap` holds index and length.
    Index,
    /// Integer division by zero.
    DivideByZero,
    /// Negative shift amount.
    NegativeShift,
    /// The callee's frame needs `trap[0]` slots from `fp`.
    Grow,
    /// Out of fuel.
    Yield,
    /// `pending` says.
    Pending,
}

/// Runs the goroutine in `regs`, and all others, until the program ends.
///
/// # Safety
/// `vm.regs` is consistent and the program verified.
#[allow(clippy::too_many_lines, clippy::cognitive_complexity)] // the table of handlers
pub(crate) unsafe fn run(vm: &mut Vm) -> Stop {
    let vm: *mut Vm = vm;
    // SAFETY: the contract above; each handler relies on the verifier (registers, jumps, tables) and on the checker (types of values).
    unsafe {
        loop {
            let mut ip = (*vm).regs.ip;
            let mut fp = (*vm).regs.fp;
            let mut fuel = (*vm).fuel;

            macro_rules! r {
                ($x:expr) => {
                    *fp.add($x.0 as usize)
                };
                ($x:expr, $n:expr) => {
                    *fp.add($x.0 as usize + $n)
                };
            }
            macro_rules! rf {
                ($x:expr) => {
                    f64::from_bits(r!($x))
                };
            }
            macro_rules! i {
                ($x:expr) => {
                    r!($x) as i64
                };
            }
            macro_rules! jump {
                ($to:expr) => {{
                    ip = ip.offset($to.0 as isize);
                    fuel -= 1;
                    if fuel <= 0 {
                        break Out::Yield;
                    }
                }};
            }
            macro_rules! jump_if {
                ($c:expr, $to:expr) => {
                    if $c {
                        jump!($to)
                    }
                };
            }
            // The address p + off, p checked for nil.
            macro_rules! at {
                ($p:expr, $off:expr) => {{
                    let p = r!($p);
                    if p < 4096 {
                        break Out::NilDeref;
                    }
                    (p + $off.0 as u64) as *mut u8
                }};
            }
            // The address of element i of the slice or string at s.
            macro_rules! word {
                ($p:expr, $n:expr) => {{
                    let p = r!($p);
                    if p < 4096 {
                        break Out::NilDeref;
                    }
                    f64::from_bits(((p + $n.0 as u64 * 8) as *const u64).read())
                }};
            }
            macro_rules! elem {
                ($s:expr, $i:expr, $size:expr) => {{
                    let (i, len) = (r!($i), r!($s, 1));
                    if i >= len {
                        (*vm).trap = [i, len];
                        break Out::Index;
                    }
                    (r!($s) + i * $size) as *mut u8
                }};
            }
            // Enters function f with the window at w.
            macro_rules! enter {
                ($w:expr, $f:expr, $before:expr) => {{
                    let entry = &*(*vm).program.funcs.as_ptr().add($f.0 as usize);
                    let nfp = fp.add($w.0 as usize);
                    if nfp.wrapping_add(entry.frame_slots as usize) > (*vm).regs.end {
                        (*vm).trap[0] = $w.0 as u64 + entry.frame_slots as u64;
                        break Out::Grow;
                    }
                    $before(nfp);
                    *nfp.sub(2) = ip as u64;
                    *nfp.sub(1) = u64::from($w.0);
                    fp = nfp;
                    ip = entry.code;
                    fuel -= 1;
                    if fuel <= 0 {
                        break Out::Yield;
                    }
                }};
            }
            // Has `slow::step` execute the instruction.
            macro_rules! slow {
                () => {{
                    (*vm).regs.ip = ip;
                    (*vm).regs.fp = fp;
                    (*vm).fuel = fuel;
                    match slow::step(&mut *vm) {
                        Step::Next => {}
                        Step::Load => {
                            ip = (*vm).regs.ip;
                            fp = (*vm).regs.fp;
                            fuel = (*vm).fuel;
                        }
                        Step::Fault => break Out::Pending,
                    }
                }};
            }

            let out = loop {
                let cur = ip;
                ip = ip.add(1);
                match *cur {
                    // ---- moves and constants
                    // Not an empty arm: it would make the dispatch its own successor, and then it is not copied into the other arms.
                    Op::Nop {} => std::arch::asm!("", options(nomem, nostack, preserves_flags)),
                    Op::Move { d, s } => r!(d) = r!(s),
                    Op::Move2 { d, s } => {
                        let (a, b) = (r!(s), r!(s, 1));
                        r!(d) = a;
                        r!(d, 1) = b;
                    }
                    Op::Move3 { d, s } => {
                        let (a, b, c) = (r!(s), r!(s, 1), r!(s, 2));
                        r!(d) = a;
                        r!(d, 1) = b;
                        r!(d, 2) = c;
                    }
                    Op::MoveN { d, s, n } => {
                        std::ptr::copy(fp.add(s.0 as usize), fp.add(d.0 as usize), n.0 as usize)
                    }
                    Op::LoadI { d, imm } => r!(d) = imm.0 as i64 as u64,
                    Op::LoadC { d, c } => r!(d) = *(*vm).program.consts.as_ptr().add(c.0 as usize),
                    Op::LoadC2 { d, c } => {
                        r!(d) = *(*vm).program.consts.as_ptr().add(c.0 as usize);
                        r!(d, 1) = *(*vm).program.consts.as_ptr().add(c.0 as usize + 1);
                    }
                    Op::Zero { d, n } => {
                        std::ptr::write_bytes(fp.add(d.0 as usize), 0, n.0 as usize)
                    }
                    Op::FrameAddr { d, s } => r!(d) = fp.add(s.0 as usize) as u64,

                    // ---- sub-slot access
                    Op::FLdI8 { d, at } => {
                        r!(d) = mem::frame_byte(fp, at).cast::<i8>().read() as i64 as u64
                    }
                    Op::FLdU8 { d, at } => r!(d) = u64::from(mem::frame_byte(fp, at).read()),
                    Op::FLdI16 { d, at } => {
                        r!(d) = mem::frame_byte(fp, at).cast::<i16>().read() as i64 as u64
                    }
                    Op::FLdU16 { d, at } => {
                        r!(d) = u64::from(mem::frame_byte(fp, at).cast::<u16>().read())
                    }
                    Op::FLdI32 { d, at } => {
                        r!(d) = mem::frame_byte(fp, at).cast::<i32>().read() as i64 as u64
                    }
                    Op::FLdU32 { d, at } => {
                        r!(d) = u64::from(mem::frame_byte(fp, at).cast::<u32>().read())
                    }
                    Op::FSt8 { s, at } => mem::frame_byte(fp, at).write(r!(s) as u8),
                    Op::FSt16 { s, at } => {
                        mem::frame_byte(fp, at).cast::<u16>().write(r!(s) as u16)
                    }
                    Op::FSt32 { s, at } => {
                        mem::frame_byte(fp, at).cast::<u32>().write(r!(s) as u32)
                    }

                    // ---- integers
                    Op::AddI64 { d, a, b } => r!(d) = r!(a).wrapping_add(r!(b)),
                    Op::SubI64 { d, a, b } => r!(d) = r!(a).wrapping_sub(r!(b)),
                    Op::MulI64 { d, a, b } => r!(d) = r!(a).wrapping_mul(r!(b)),
                    Op::DivI64 { d, a, b } => {
                        let (x, y) = (i!(a), i!(b));
                        if y == 0 {
                            break Out::DivideByZero;
                        }
                        r!(d) = x.wrapping_div(y) as u64;
                    }
                    Op::RemI64 { d, a, b } => {
                        let (x, y) = (i!(a), i!(b));
                        if y == 0 {
                            break Out::DivideByZero;
                        }
                        r!(d) = x.wrapping_rem(y) as u64;
                    }
                    Op::DivU64 { d, a, b } => match r!(a).checked_div(r!(b)) {
                        Some(q) => r!(d) = q,
                        None => break Out::DivideByZero,
                    },
                    Op::RemU64 { d, a, b } => match r!(a).checked_rem(r!(b)) {
                        Some(q) => r!(d) = q,
                        None => break Out::DivideByZero,
                    },
                    Op::And { d, a, b } => r!(d) = r!(a) & r!(b),
                    Op::Or { d, a, b } => r!(d) = r!(a) | r!(b),
                    Op::Xor { d, a, b } => r!(d) = r!(a) ^ r!(b),
                    Op::AndNot { d, a, b } => r!(d) = r!(a) & !r!(b),
                    Op::Shl { d, a, b } => {
                        let (x, n) = (r!(a), r!(b));
                        r!(d) = if n < 64 { x << n } else { 0 };
                    }
                    Op::ShrI64 { d, a, b } => {
                        let (x, n) = (i!(a), r!(b));
                        r!(d) = (x >> n.min(63)) as u64;
                    }
                    Op::ShrU64 { d, a, b } => {
                        let (x, n) = (r!(a), r!(b));
                        r!(d) = if n < 64 { x >> n } else { 0 };
                    }
                    Op::CheckShift { s } => {
                        if i!(s) < 0 {
                            break Out::NegativeShift;
                        }
                    }
                    Op::AddI { d, a, imm } => r!(d) = r!(a).wrapping_add(imm.0 as i64 as u64),
                    Op::MulI { d, a, imm } => r!(d) = r!(a).wrapping_mul(imm.0 as i64 as u64),
                    Op::DivI { d, a, imm } => r!(d) = (i!(a).wrapping_div(i64::from(imm.0))) as u64,
                    Op::RemI { d, a, imm } => r!(d) = (i!(a).wrapping_rem(i64::from(imm.0))) as u64,
                    Op::AndI { d, a, imm } => r!(d) = r!(a) & imm.0 as i64 as u64,
                    Op::OrI { d, a, imm } => r!(d) = r!(a) | imm.0 as i64 as u64,
                    Op::XorI { d, a, imm } => r!(d) = r!(a) ^ imm.0 as i64 as u64,
                    Op::ShlI { d, a, imm } => r!(d) = r!(a) << (imm.0 as u32 & 63),
                    Op::ShrI { d, a, imm } => r!(d) = (i!(a) >> (imm.0 as u32 & 63)) as u64,
                    Op::ShrUI { d, a, imm } => r!(d) = r!(a) >> (imm.0 as u32 & 63),
                    Op::NegI64 { d, s } => r!(d) = r!(s).wrapping_neg(),
                    Op::Com { d, s } => r!(d) = !r!(s),
                    Op::Not { d, s } => r!(d) = r!(s) ^ 1,
                    Op::SextI8 { d, s } => r!(d) = r!(s) as i8 as i64 as u64,
                    Op::SextI16 { d, s } => r!(d) = r!(s) as i16 as i64 as u64,
                    Op::SextI32 { d, s } => r!(d) = r!(s) as i32 as i64 as u64,
                    Op::ZextU8 { d, s } => r!(d) = u64::from(r!(s) as u8),
                    Op::ZextU16 { d, s } => r!(d) = u64::from(r!(s) as u16),
                    Op::ZextU32 { d, s } => r!(d) = u64::from(r!(s) as u32),

                    // ---- floating point
                    Op::AddF64 { d, a, b } => r!(d) = (rf!(a) + rf!(b)).to_bits(),
                    Op::SubF64 { d, a, b } => r!(d) = (rf!(a) - rf!(b)).to_bits(),
                    Op::MulF64 { d, a, b } => r!(d) = (rf!(a) * rf!(b)).to_bits(),
                    Op::DivF64 { d, a, b } => r!(d) = (rf!(a) / rf!(b)).to_bits(),
                    Op::NegF64 { d, s } => r!(d) = (-rf!(s)).to_bits(),
                    Op::AddF32 { d, a, b } => r!(d) = f32_word(f32_of(r!(a)) + f32_of(r!(b))),
                    Op::SubF32 { d, a, b } => r!(d) = f32_word(f32_of(r!(a)) - f32_of(r!(b))),
                    Op::MulF32 { d, a, b } => r!(d) = f32_word(f32_of(r!(a)) * f32_of(r!(b))),
                    Op::DivF32 { d, a, b } => r!(d) = f32_word(f32_of(r!(a)) / f32_of(r!(b))),
                    Op::NegF32 { d, s } => r!(d) = f32_word(-f32_of(r!(s))),
                    Op::MathF64 { f, d, s } => {
                        let x = rf!(s);
                        r!(d) = if f == MathFn::Sqrt {
                            x.sqrt()
                        } else {
                            arith::math(f, x)
                        }
                        .to_bits();
                    }
                    Op::Conv { f, d, s } => match f {
                        ConvFn::I64F64 => r!(d) = (i!(s) as f64).to_bits(),
                        _ => arith::convert(f, fp.add(d.0 as usize), fp.add(s.0 as usize)),
                    },
                    // ---- comparisons
                    Op::EqI64 { d, a, b } => r!(d) = u64::from(r!(a) == r!(b)),
                    Op::NeI64 { d, a, b } => r!(d) = u64::from(r!(a) != r!(b)),
                    Op::LtI64 { d, a, b } => r!(d) = u64::from(i!(a) < i!(b)),
                    Op::LeI64 { d, a, b } => r!(d) = u64::from(i!(a) <= i!(b)),
                    Op::LtU64 { d, a, b } => r!(d) = u64::from(r!(a) < r!(b)),
                    Op::LeU64 { d, a, b } => r!(d) = u64::from(r!(a) <= r!(b)),
                    Op::EqF64 { d, a, b } => r!(d) = u64::from(rf!(a) == rf!(b)),
                    Op::LtF64 { d, a, b } => r!(d) = u64::from(rf!(a) < rf!(b)),
                    Op::LeF64 { d, a, b } => r!(d) = u64::from(rf!(a) <= rf!(b)),
                    Op::EqF32 { d, a, b } => r!(d) = u64::from(f32_of(r!(a)) == f32_of(r!(b))),
                    Op::LtF32 { d, a, b } => r!(d) = u64::from(f32_of(r!(a)) < f32_of(r!(b))),
                    Op::LeF32 { d, a, b } => r!(d) = u64::from(f32_of(r!(a)) <= f32_of(r!(b))),
                    Op::EqStr { d, a, b } => {
                        let same = r!(a, 1) == r!(b, 1)
                            && (r!(a) == r!(b)
                                || strings::eq(fp.add(a.0 as usize), fp.add(b.0 as usize)));
                        r!(d) = u64::from(same);
                    }
                    // ---- jumps
                    Op::Jmp { to } => jump!(to),
                    Op::JmpT { c, to } => jump_if!(r!(c) != 0, to),
                    Op::JmpF { c, to } => jump_if!(r!(c) == 0, to),
                    Op::JEq { a, b, to } => jump_if!(r!(a) == r!(b), to),
                    Op::JNe { a, b, to } => jump_if!(r!(a) != r!(b), to),
                    Op::JLt { a, b, to } => jump_if!(i!(a) < i!(b), to),
                    Op::JLe { a, b, to } => jump_if!(i!(a) <= i!(b), to),
                    Op::JLtU { a, b, to } => jump_if!(r!(a) < r!(b), to),
                    Op::JLeU { a, b, to } => jump_if!(r!(a) <= r!(b), to),
                    Op::JEqI { a, imm, to } => jump_if!(i!(a) == i64::from(imm.0), to),
                    Op::JNeI { a, imm, to } => jump_if!(i!(a) != i64::from(imm.0), to),
                    Op::JLtI { a, imm, to } => jump_if!(i!(a) < i64::from(imm.0), to),
                    Op::JLeI { a, imm, to } => jump_if!(i!(a) <= i64::from(imm.0), to),
                    Op::JGtI { a, imm, to } => jump_if!(i!(a) > i64::from(imm.0), to),
                    Op::JGeI { a, imm, to } => jump_if!(i!(a) >= i64::from(imm.0), to),
                    Op::JLtF64 { a, b, to } => jump_if!(rf!(a) < rf!(b), to),
                    Op::JLeF64 { a, b, to } => jump_if!(rf!(a) <= rf!(b), to),
                    #[allow(clippy::neg_cmp_op_on_partial_ord)] // NaN jumps
                    Op::JNLtF64 { a, b, to } => jump_if!(!(rf!(a) < rf!(b)), to),
                    #[allow(clippy::neg_cmp_op_on_partial_ord)]
                    Op::JNLeF64 { a, b, to } => jump_if!(!(rf!(a) <= rf!(b)), to),
                    Op::IncJLt { a, b, to } => {
                        let n = i!(a).wrapping_add(1);
                        r!(a) = n as u64;
                        jump_if!(n < i!(b), to);
                    }
                    Op::IncJLtI { a, imm, to } => {
                        let n = i!(a).wrapping_add(1);
                        r!(a) = n as u64;
                        jump_if!(n < i64::from(imm.0), to);
                    }
                    Op::IncJLe { a, b, to } => {
                        let n = i!(a).wrapping_add(1);
                        r!(a) = n as u64;
                        jump_if!(n <= i!(b), to);
                    }
                    Op::JmpTable { s, t } => {
                        let to = calls::table_entry(&*vm, t, r!(s));
                        jump!(Jump32(to));
                    }
                    // ---- memory through pointers
                    Op::LdI8 { d, p, off } => r!(d) = at!(p, off).cast::<i8>().read() as i64 as u64,
                    Op::LdU8 { d, p, off } => r!(d) = u64::from(at!(p, off).read()),
                    Op::LdI16 { d, p, off } => {
                        r!(d) = at!(p, off).cast::<i16>().read() as i64 as u64
                    }
                    Op::LdU16 { d, p, off } => r!(d) = u64::from(at!(p, off).cast::<u16>().read()),
                    Op::LdI32 { d, p, off } => {
                        r!(d) = at!(p, off).cast::<i32>().read() as i64 as u64
                    }
                    Op::LdU32 { d, p, off } => r!(d) = u64::from(at!(p, off).cast::<u32>().read()),
                    Op::Ld64 { d, p, off } => r!(d) = at!(p, off).cast::<u64>().read(),
                    Op::Ld2 { d, p, off } => {
                        let v = at!(p, off).cast::<[u64; 2]>().read();
                        fp.add(d.0 as usize).cast::<[u64; 2]>().write(v);
                    }
                    Op::Ld3 { d, p, off } => {
                        let v = at!(p, off).cast::<[u64; 3]>().read();
                        fp.add(d.0 as usize).cast::<[u64; 3]>().write(v);
                    }
                    Op::LdN { d, p, n } => {
                        let from = at!(p, Off16(0));
                        mem::load_bytes(fp.add(d.0 as usize), from, n.0 as usize);
                    }
                    Op::St8 { p, s, off } => at!(p, off).write(r!(s) as u8),
                    Op::St16 { p, s, off } => at!(p, off).cast::<u16>().write(r!(s) as u16),
                    Op::St32 { p, s, off } => at!(p, off).cast::<u32>().write(r!(s) as u32),
                    Op::St64 { p, s, off } => at!(p, off).cast::<u64>().write(r!(s)),
                    Op::AddMem { p, s, off } => {
                        let at = at!(p, off).cast::<u64>();
                        at.write(at.read().wrapping_add(r!(s)));
                    }
                    Op::AddMemI { p, imm, off } => {
                        let at = at!(p, off).cast::<u64>();
                        at.write(at.read().wrapping_add(imm.0 as u64));
                    }
                    Op::AddMemF64 { p, s, off } => {
                        let at = at!(p, off).cast::<f64>();
                        at.write(at.read() + rf!(s));
                    }
                    Op::SubMemF64 { p, s, off } => {
                        let at = at!(p, off).cast::<f64>();
                        at.write(at.read() - rf!(s));
                    }
                    Op::AddF64Mem { n, d, a, p } => r!(d) = (rf!(a) + word!(p, n)).to_bits(),
                    Op::SubF64Mem { n, d, a, p } => r!(d) = (rf!(a) - word!(p, n)).to_bits(),
                    Op::MulF64Mem { n, d, a, p } => r!(d) = (rf!(a) * word!(p, n)).to_bits(),
                    Op::St2 { p, s, off } => at!(p, off)
                        .cast::<[u64; 2]>()
                        .write(fp.add(s.0 as usize).cast::<[u64; 2]>().read()),
                    Op::St3 { p, s, off } => at!(p, off)
                        .cast::<[u64; 3]>()
                        .write(fp.add(s.0 as usize).cast::<[u64; 3]>().read()),
                    Op::StN { p, s, n } => {
                        let to = at!(p, Off16(0));
                        std::ptr::copy(fp.add(s.0 as usize).cast::<u8>(), to, n.0 as usize);
                    }
                    Op::AddPtr { d, p, off } => r!(d) = at!(p, off) as u64,
                    Op::CopyT { w, t } => {
                        let to = at!(w, Off16(0));
                        let from = at!(Src(w.0 + 1), Off16(0));
                        std::ptr::copy(
                            from,
                            to,
                            (*(*vm).program.types.as_ptr().add(t.0 as usize)).size as usize,
                        );
                    }
                    Op::NilCheck { p } => {
                        at!(p, Off16(0));
                    }
                    Op::LdG64 { d, c } => {
                        r!(d) = *(*(*vm).program.consts.as_ptr().add(c.0 as usize) as *const u64)
                    }
                    Op::StG64 { s, c } => {
                        *(*(*vm).program.consts.as_ptr().add(c.0 as usize) as *mut u64) = r!(s)
                    }
                    // ---- slices and strings
                    Op::IdxI8 { d, s, i } => {
                        r!(d) = elem!(s, i, 1).cast::<i8>().read() as i64 as u64
                    }
                    Op::IdxU8 { d, s, i } => r!(d) = u64::from(elem!(s, i, 1).read()),
                    Op::IdxI16 { d, s, i } => {
                        r!(d) = elem!(s, i, 2).cast::<i16>().read() as i64 as u64
                    }
                    Op::IdxU16 { d, s, i } => {
                        r!(d) = u64::from(elem!(s, i, 2).cast::<u16>().read())
                    }
                    Op::IdxI32 { d, s, i } => {
                        r!(d) = elem!(s, i, 4).cast::<i32>().read() as i64 as u64
                    }
                    Op::IdxU32 { d, s, i } => {
                        r!(d) = u64::from(elem!(s, i, 4).cast::<u32>().read())
                    }
                    Op::Idx64 { d, s, i } => r!(d) = elem!(s, i, 8).cast::<u64>().read(),
                    Op::Idx2 { d, s, i } => {
                        let v = elem!(s, i, 16).cast::<[u64; 2]>().read();
                        fp.add(d.0 as usize).cast::<[u64; 2]>().write(v);
                    }
                    Op::Idx3 { d, s, i } => {
                        let v = elem!(s, i, 24).cast::<[u64; 3]>().read();
                        fp.add(d.0 as usize).cast::<[u64; 3]>().write(v);
                    }
                    Op::StIdx8 { s, i, v } => elem!(s, i, 1).write(r!(v) as u8),
                    Op::StIdx16 { s, i, v } => elem!(s, i, 2).cast::<u16>().write(r!(v) as u16),
                    Op::StIdx32 { s, i, v } => elem!(s, i, 4).cast::<u32>().write(r!(v) as u32),
                    Op::StIdx64 { s, i, v } => elem!(s, i, 8).cast::<u64>().write(r!(v)),
                    Op::StIdx2 { s, i, v } => {
                        elem!(s, i, 16)
                            .cast::<[u64; 2]>()
                            .write(fp.add(v.0 as usize).cast::<[u64; 2]>().read());
                    }
                    Op::IdxAddr { sz, d, s, i } => r!(d) = elem!(s, i, u64::from(sz.0)) as u64,
                    Op::IdxAddrT { w, t } => {
                        let size = (*(*vm).program.types.as_ptr().add(t.0 as usize)).size;
                        r!(w) = elem!(Src(w.0 + 1), w, size) as u64;
                    }
                    Op::Bound { i, n } => {
                        if r!(i) >= n.0 as u64 {
                            (*vm).trap = [r!(i), n.0 as u64];
                            break Out::Index;
                        }
                    }
                    Op::PIdxAddr { sz, d, p, i } => {
                        let p = at!(p, Off16(0)) as u64;
                        r!(d) = p + r!(i) * u64::from(sz.0);
                    }
                    Op::PIdxAddrT { w, t } => {
                        let p = at!(w, Off16(0)) as u64;
                        r!(w) =
                            p + r!(w, 1) * (*(*vm).program.types.as_ptr().add(t.0 as usize)).size;
                    }
                    Op::App64 { s, v, .. } => {
                        let len = r!(s, 1);
                        if len >= r!(s, 2) {
                            slow!();
                        } else {
                            *(r!(s) as *mut u64).add(len as usize) = r!(v);
                            r!(s, 1) = len + 1;
                        }
                    }
                    Op::New { d, t } => {
                        (*vm).regs.ip = ip;
                        (*vm).regs.fp = fp;
                        let p = calls::new(&mut *vm, t);
                        if p.is_null() {
                            break Out::Pending;
                        }
                        r!(d) = p as u64;
                    }
                    Op::StrNext { w, to } => {
                        let at = r!(w, 2);
                        if at >= r!(w, 1) {
                            jump!(to);
                        } else {
                            let c = *(r!(w) as *const u8).add(at as usize);
                            r!(w, 3) = at;
                            if c < 0x80 {
                                r!(w, 4) = u64::from(c);
                                r!(w, 2) = at + 1;
                            } else {
                                strings::next_rune(fp.add(w.0 as usize));
                            }
                        }
                    }
                    Op::MapLen { d, m } => r!(d) = maps::len(r!(m)),
                    Op::SkipIfType { s, t } => {
                        if r!(s) as u32 == t.0 {
                            ip = ip.add(1);
                        }
                    }
                    // ---- calls
                    Op::Call { w, f } => enter!(w, f, |_| {}),
                    Op::CallAddI { s, imm, w, f } => {
                        let arg = (*fp.add(s.0 as usize)).wrapping_add(imm.0 as u64);
                        enter!(w, f, |nfp: *mut u64| *nfp.add(1) = arg);
                    }
                    Op::CallC { w, c, ctx } => {
                        let closure = r!(c);
                        if closure < 4096 {
                            break Out::NilDeref;
                        }
                        let f = FuncId(*(closure as *const u32));
                        enter!(w, f, |nfp: *mut u64| *nfp.add(ctx.0 as usize) = closure);
                    }
                    Op::CallI { w, s } => {
                        let site = &*(*vm).program.sites.as_ptr().add(s.0 as usize);
                        let ty = r!(site.iface) as u32;
                        let entry = &site.cache[(ty & 3) as usize];
                        let mut f = entry.func;
                        if entry.ty.0 != ty || ty == 0 || entry.recv != RecvLoad::Direct {
                            (*vm).regs.ip = ip;
                            (*vm).regs.fp = fp;
                            f = calls::interface(&mut *vm, w, s);
                            if f == calls::FAILED {
                                break Out::Pending;
                            }
                        }
                        enter!(w, f, |_| {});
                    }
                    Op::CallN { w, n } => {
                        (*vm).regs.ip = ip;
                        (*vm).regs.fp = fp;
                        if !calls::native(vm, n, fp.add(w.0 as usize)) {
                            break Out::Pending;
                        }
                    }
                    Op::Ret {} => {
                        ip = *fp.sub(2) as *const Op;
                        fp = fp.sub(*fp.sub(1) as usize);
                    }
                    Op::RetAdd { a, b } => {
                        *fp = r!(a).wrapping_add(r!(b));
                        ip = *fp.sub(2) as *const Op;
                        fp = fp.sub(*fp.sub(1) as usize);
                    }
                    Op::Ret1 { s } => {
                        *fp = r!(s);
                        ip = *fp.sub(2) as *const Op;
                        fp = fp.sub(*fp.sub(1) as usize);
                    }

                    // ---- beside the loop
                    Op::MinMax { .. }
                    | Op::Complex { .. }
                    | Op::EqIface { .. }
                    | Op::EqT { .. }
                    | Op::LtStr { .. }
                    | Op::LeStr { .. }
                    | Op::EnsureInit { .. }
                    | Op::Slice { .. }
                    | Op::MakeSlice { .. }
                    | Op::Append { .. }
                    | Op::AppendV { .. }
                    | Op::Copy { .. }
                    | Op::ClearSlice { .. }
                    | Op::Cat { .. }
                    | Op::CatN { .. }
                    | Op::Str { .. }
                    | Op::MakeMap { .. }
                    | Op::MapGet { .. }
                    | Op::MapGet2 { .. }
                    | Op::MapSet { .. }
                    | Op::MapAddr { .. }
                    | Op::MapDel { .. }
                    | Op::MapClear { .. }
                    | Op::MapIter { .. }
                    | Op::MapNext { .. }
                    | Op::Box { .. }
                    | Op::SkipIfImpl { .. }
                    | Op::AssertType { .. }
                    | Op::AssertImpl { .. }
                    | Op::RunDefers { .. }
                    | Op::Go { .. }
                    | Op::GoC { .. }
                    | Op::Defer { .. }
                    | Op::DeferC { .. }
                    | Op::DeferFrame { .. }
                    | Op::DeferTo { .. }
                    | Op::Closure { .. }
                    | Op::Panic { .. }
                    | Op::Recover { .. }
                    | Op::Trap { .. }
                    | Op::Print { .. }
                    | Op::MakeChan { .. }
                    | Op::Send { .. }
                    | Op::Recv { .. }
                    | Op::RecvX { .. }
                    | Op::Recv2 { .. }
                    | Op::RangeChan { .. }
                    | Op::TrySend { .. }
                    | Op::TryRecv { .. }
                    | Op::Close { .. }
                    | Op::ChanLen { .. }
                    | Op::ChanCap { .. }
                    | Op::Select { .. }
                    | Op::Block { .. }
                    | Op::CompileMe { .. }
                    | Op::GoExit { .. }
                    | Op::NativeResume { .. }
                    | Op::UnwindNext { .. }
                    | Op::NativeBody { .. } => slow!(),
                }
            };
            // What is pending has been met with `regs` saved, and may have changed them.
            if out != Out::Pending {
                (*vm).regs.ip = ip;
                (*vm).regs.fp = fp;
            }
            (*vm).fuel = fuel;
            if let Some(stop) = leave(&mut *vm, out) {
                return stop;
            }
        }
    }
}

/// Deals with what the hot part could not.
#[cold]
#[inline(never)]
fn leave(vm: &mut Vm, out: Out) -> Option<Stop> {
    let fault = match out {
        Out::NilDeref => Fault::NilDeref,
        Out::Index => Fault::Index(vm.trap[0], vm.trap[1]),
        Out::DivideByZero => Fault::DivideByZero,
        Out::NegativeShift => Fault::NegativeShift,
        Out::Grow => {
            vm.regs.ip = vm.regs.ip.wrapping_sub(1);
            Fault::Grow(vm.trap[0] as usize)
        }
        Out::Yield => Fault::Yield,
        Out::Pending => match vm.pending.take() {
            Some(Fault::HostReturn) => return Some(Stop::HostReturn),
            Some(fault) => fault,
            None => return None,
        },
    };
    vm.fault(fault).map(Stop::Exit)
}

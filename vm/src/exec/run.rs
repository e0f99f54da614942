//! The interpreter loop.
//!
//! Invariants:
//! - `ip` points behind the instruction being executed, `fp` at the frame, `end` behind the goroutine's stack. The three and `fuel` live in
//!   locals; whoever needs them elsewhere finds them in `Vm::regs` after `save!`, and the loop takes them back with `load!`.
//! - The compiler's verifier has proved registers within the frame and jumps on instructions; `Call*` checks that the callee's frame fits the stack.
//! - A handler that cannot finish breaks out of the inner loop with a [`Fault`]; `Vm::fault` deals with it (panics, parks, switches…) and leaves
//!   `regs` at what is to run next. So the hot part has one way in and one way out.

use super::gc;
use super::memory::{self as mem, f32_of, f32_word};
use super::{arith, calls, chans, iface, maps, slices, strings};
use crate::bytecode::*;
use crate::program::FuncEntry;
use crate::vm::{Exit, Vm};

/// Why an instruction did not simply finish.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Nil dereference.
    NilDeref,
    /// Index and length.
    Index(i64, u64),
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
    /// A read from a nil map: the destination, and whether a second value is wanted.
    NilMapGet(*mut u64, bool),
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

/// Runs the goroutine in `regs`, and all others, until the program ends.
///
/// # Safety
/// `vm.regs` is consistent and the program verified.
#[allow(clippy::too_many_lines)] // the table of handlers
#[allow(clippy::cognitive_complexity)]
pub(crate) unsafe fn run(vm: &mut Vm) -> Stop {
    let vm: *mut Vm = vm;
    // SAFETY: the contract above; each handler relies on the verifier (registers, jumps, tables) and on the checker (types of values).
    unsafe {
        loop {
            let mut ip = (*vm).regs.ip;
            let mut fp = (*vm).regs.fp;
            let mut end = (*vm).regs.end;
            let mut fuel = (*vm).fuel;
            let mut funcs: *const FuncEntry = (*vm).program.funcs.as_ptr();
            let mut consts: *const u64 = (*vm).program.consts.as_ptr();
            let types: *const crate::rtype::RType = (*vm).program.types.as_ptr();

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
            macro_rules! fail {
                ($f:expr) => {
                    break $f
                };
            }
            macro_rules! check {
                ($e:expr) => {
                    match $e {
                        Ok(v) => v,
                        Err(f) => break f,
                    }
                };
            }
            macro_rules! jump {
                ($to:expr) => {{
                    ip = ip.offset($to.0 as isize);
                    fuel -= 1;
                    if fuel <= 0 {
                        break Fault::Yield;
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
                        break Fault::NilDeref;
                    }
                    (p + $off.0 as u64) as *mut u8
                }};
            }
            // The address of element i of the slice or string at s.
            macro_rules! elem {
                ($s:expr, $i:expr, $size:expr) => {{
                    let (i, len) = (r!($i), r!($s, 1));
                    if i >= len {
                        break Fault::Index(i as i64, len);
                    }
                    (r!($s) + i * $size) as *mut u8
                }};
            }
            // Enters function f with the window at w.
            macro_rules! enter {
                ($w:expr, $f:expr, $before:expr) => {{
                    let entry = &*funcs.add($f.0 as usize);
                    let nfp = fp.add($w.0 as usize);
                    if nfp.wrapping_add(entry.frame_slots as usize) > end {
                        ip = ip.sub(1);
                        break Fault::Grow($w.0 as usize + entry.frame_slots as usize);
                    }
                    $before(nfp);
                    *nfp.sub(2) = ip as u64;
                    *nfp.sub(1) = u64::from($w.0);
                    fp = nfp;
                    ip = entry.code;
                    fuel -= 1;
                    if fuel <= 0 {
                        break Fault::Yield;
                    }
                }};
            }
            macro_rules! save {
                () => {{
                    (*vm).regs.ip = ip;
                    (*vm).regs.fp = fp;
                    (*vm).fuel = fuel;
                }};
            }
            macro_rules! load {
                () => {{
                    ip = (*vm).regs.ip;
                    fp = (*vm).regs.fp;
                    end = (*vm).regs.end;
                    fuel = (*vm).fuel;
                }};
            }
            // What compiling may have moved.
            macro_rules! tables {
                () => {{
                    funcs = (*vm).program.funcs.as_ptr();
                    consts = (*vm).program.consts.as_ptr();
                }};
            }
            // Before an allocation.
            macro_rules! safepoint {
                () => {
                    if (*vm).heap.should_collect() {
                        save!();
                        gc::collect(&mut *vm);
                    }
                };
            }

            let fault = loop {
                let op = *ip;
                ip = ip.add(1);
                match op {
                    // ---- moves and constants
                    Op::Nop {} => {}
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
                    Op::LoadC { d, c } => r!(d) = *consts.add(c.0 as usize),
                    Op::LoadC2 { d, c } => {
                        r!(d) = *consts.add(c.0 as usize);
                        r!(d, 1) = *consts.add(c.0 as usize + 1);
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
                            fail!(Fault::DivideByZero);
                        }
                        r!(d) = x.wrapping_div(y) as u64;
                    }
                    Op::RemI64 { d, a, b } => {
                        let (x, y) = (i!(a), i!(b));
                        if y == 0 {
                            fail!(Fault::DivideByZero);
                        }
                        r!(d) = x.wrapping_rem(y) as u64;
                    }
                    Op::DivU64 { d, a, b } => match r!(a).checked_div(r!(b)) {
                        Some(q) => r!(d) = q,
                        None => fail!(Fault::DivideByZero),
                    },
                    Op::RemU64 { d, a, b } => match r!(a).checked_rem(r!(b)) {
                        Some(q) => r!(d) = q,
                        None => fail!(Fault::DivideByZero),
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
                            fail!(Fault::NegativeShift);
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
                        let y = match f {
                            MathFn::Sqrt => x.sqrt(),
                            MathFn::Abs => x.abs(),
                            MathFn::Floor => x.floor(),
                            MathFn::Ceil => x.ceil(),
                            MathFn::Trunc => x.trunc(),
                        };
                        r!(d) = y.to_bits();
                    }
                    Op::MinMax { f, d, a, b } => arith::min_max(
                        f,
                        fp.add(d.0 as usize),
                        fp.add(a.0 as usize),
                        fp.add(b.0 as usize),
                    ),
                    Op::Conv { f, d, s } => match f {
                        ConvFn::I64F64 => r!(d) = (i!(s) as f64).to_bits(),
                        ConvFn::F64I64 => r!(d) = arith::f64_to_i64(rf!(s)) as u64,
                        _ => arith::convert(f, fp.add(d.0 as usize), fp.add(s.0 as usize)),
                    },
                    Op::Complex { f, d, a, b } => {
                        arith::complex(
                            f,
                            fp.add(d.0 as usize),
                            fp.add(a.0 as usize),
                            fp.add(b.0 as usize),
                        );
                    }

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
                        r!(d) = u64::from(strings::eq(fp.add(a.0 as usize), fp.add(b.0 as usize)));
                    }
                    Op::LtStr { d, a, b } => {
                        r!(d) = u64::from(
                            strings::get(fp.add(a.0 as usize)) < strings::get(fp.add(b.0 as usize)),
                        );
                    }
                    Op::LeStr { d, a, b } => {
                        r!(d) = u64::from(
                            strings::get(fp.add(a.0 as usize))
                                <= strings::get(fp.add(b.0 as usize)),
                        );
                    }
                    Op::EqIface { d, a, b } => {
                        r!(d) = u64::from(check!(iface::eq(
                            &*vm,
                            fp.add(a.0 as usize),
                            fp.add(b.0 as usize)
                        )));
                    }
                    Op::EqT { w, t } => {
                        r!(w) = u64::from(check!(iface::eq_values(&*vm, fp.add(w.0 as usize), t)))
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
                        let table = (&(*vm).program.tables)[t.0 as usize].as_ref();
                        let last = table.len() - 1;
                        let to = table[(r!(s) as usize).min(last)];
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
                        std::ptr::copy(from, to, (*types.add(t.0 as usize)).size as usize);
                    }
                    Op::NilCheck { p } => {
                        at!(p, Off16(0));
                    }
                    Op::LdG64 { d, c } => r!(d) = *(*consts.add(c.0 as usize) as *const u64),
                    Op::StG64 { s, c } => *(*consts.add(c.0 as usize) as *mut u64) = r!(s),
                    Op::EnsureInit { init } => {
                        save!();
                        if check!((*vm).ensure_init(init)) {
                            load!();
                        }
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
                        let size = (*types.add(t.0 as usize)).size;
                        r!(w) = elem!(Src(w.0 + 1), w, size) as u64;
                    }
                    Op::Bound { i, n } => {
                        if r!(i) >= n.0 as u64 {
                            fail!(Fault::Index(i!(i), n.0 as u64));
                        }
                    }
                    Op::PIdxAddr { sz, d, p, i } => {
                        let p = at!(p, Off16(0)) as u64;
                        r!(d) = p + r!(i) * u64::from(sz.0);
                    }
                    Op::PIdxAddrT { w, t } => {
                        let p = at!(w, Off16(0)) as u64;
                        r!(w) = p + r!(w, 1) * (*types.add(t.0 as usize)).size;
                    }
                    Op::Slice { f, w, t } => {
                        check!(slices::slice(&*vm, f, fp.add(w.0 as usize), t))
                    }
                    Op::MakeSlice { w, t } => {
                        safepoint!();
                        check!(slices::make(&mut *vm, fp.add(w.0 as usize), t));
                    }
                    Op::Append { w, t } => {
                        safepoint!();
                        let w = fp.add(w.0 as usize);
                        check!(slices::append(
                            &mut *vm,
                            w,
                            *w.add(3) as *const u8,
                            *w.add(4),
                            t
                        ));
                    }
                    Op::AppendV { w, t } => {
                        safepoint!();
                        let w = fp.add(w.0 as usize);
                        check!(slices::append(&mut *vm, w, w.add(3).cast::<u8>(), 1, t));
                    }
                    Op::App64 { s, v, t } => {
                        let len = r!(s, 1);
                        if len < r!(s, 2) {
                            *(r!(s) as *mut u64).add(len as usize) = r!(v);
                            r!(s, 1) = len + 1;
                        } else {
                            safepoint!();
                            let v = fp.add(v.0 as usize).cast::<u8>();
                            check!(slices::append(
                                &mut *vm,
                                fp.add(s.0 as usize),
                                v,
                                1,
                                TypeIx(u32::from(t.0))
                            ));
                        }
                    }
                    Op::Copy { w, t } => slices::copy(&*vm, fp.add(w.0 as usize), t),
                    Op::ClearSlice { w, t } => {
                        let size = r!(w, 1) * (*types.add(t.0 as usize)).size;
                        std::ptr::write_bytes(r!(w) as *mut u8, 0, size as usize);
                    }
                    Op::New { d, t } => {
                        safepoint!();
                        let p = (*vm).heap.alloc_type(&*types.add(t.0 as usize));
                        if p.is_null() {
                            fail!(Fault::Fatal("runtime: out of memory".into()));
                        }
                        r!(d) = p as u64;
                    }

                    // ---- strings
                    Op::Cat { d, a, b } => {
                        safepoint!();
                        check!(strings::cat(
                            &mut *vm,
                            fp.add(d.0 as usize),
                            fp.add(a.0 as usize),
                            fp.add(b.0 as usize)
                        ));
                    }
                    Op::CatN { w, n } => {
                        safepoint!();
                        check!(strings::cat_n(&mut *vm, fp.add(w.0 as usize), n.0 as usize));
                    }
                    Op::Str { f, w } => {
                        safepoint!();
                        check!(strings::convert(&mut *vm, f, fp.add(w.0 as usize)));
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
                                let (rune, n) = strings::decode_rune(
                                    &strings::get(fp.add(w.0 as usize))[at as usize..],
                                );
                                r!(w, 4) = u64::from(rune);
                                r!(w, 2) = at + n as u64;
                            }
                        }
                    }

                    // ---- maps
                    Op::MakeMap { w, t } => {
                        safepoint!();
                        check!(maps::make(&mut *vm, fp.add(w.0 as usize), t));
                    }
                    Op::MapGet { d, m, k } => {
                        check!(maps::get(
                            &mut *vm,
                            fp.add(d.0 as usize),
                            r!(m),
                            fp.add(k.0 as usize),
                            false
                        ));
                    }
                    Op::MapGet2 { d, m, k } => {
                        check!(maps::get(
                            &mut *vm,
                            fp.add(d.0 as usize),
                            r!(m),
                            fp.add(k.0 as usize),
                            true
                        ));
                    }
                    Op::MapSet { m, k, v } => {
                        safepoint!();
                        check!(maps::set(
                            &mut *vm,
                            r!(m),
                            fp.add(k.0 as usize),
                            fp.add(v.0 as usize)
                        ));
                    }
                    Op::MapAddr { d, m, k } => {
                        safepoint!();
                        r!(d) = check!(maps::addr(&mut *vm, r!(m), fp.add(k.0 as usize)));
                    }
                    Op::MapDel { m, k } => {
                        check!(maps::delete(&mut *vm, r!(m), fp.add(k.0 as usize)))
                    }
                    Op::MapClear { m } => maps::clear(&mut *vm, r!(m)),
                    Op::MapLen { d, m } => r!(d) = maps::len(r!(m)),
                    Op::MapIter { w, m } => maps::iter(&mut *vm, fp.add(w.0 as usize), r!(m)),
                    Op::MapNext { w, to } => {
                        if !maps::next(&mut *vm, fp.add(w.0 as usize)) {
                            jump!(to);
                        }
                    }

                    // ---- interfaces
                    Op::Box { w, t } => {
                        safepoint!();
                        check!(iface::make_box(&mut *vm, fp.add(w.0 as usize), t));
                    }
                    Op::SkipIfType { s, t } => {
                        if r!(s) as u32 == t.0 {
                            ip = ip.add(1);
                        }
                    }
                    Op::SkipIfImpl { s, t } => {
                        let ty = TypeIx(r!(s) as u32);
                        if ty.0 != 0 && iface::implements(&mut *vm, ty, t) {
                            ip = ip.add(1);
                        }
                        tables!();
                    }
                    Op::AssertType { s, t } => {
                        let ty = TypeIx(r!(s) as u32);
                        if ty != t {
                            fail!(iface::assert_type_fault(&*vm, ip.sub(1), ty, t));
                        }
                    }
                    Op::AssertImpl { s, t } => {
                        let ty = TypeIx(r!(s) as u32);
                        if ty.0 == 0 || !iface::implements(&mut *vm, ty, t) {
                            fail!(iface::assert_impl_fault(&mut *vm, ty, t));
                        }
                        tables!();
                    }

                    // ---- calls
                    Op::Call { w, f } => enter!(w, f, |_| {}),
                    Op::CallC { w, c, ctx } => {
                        let closure = r!(c);
                        if closure < 4096 {
                            fail!(Fault::NilDeref);
                        }
                        let f = FuncId(*(closure as *const u32));
                        enter!(w, f, |nfp: *mut u64| *nfp.add(ctx.0 as usize) = closure);
                    }
                    Op::CallI { w, s } => {
                        let site = &*(*vm).program.sites.as_ptr().add(s.0 as usize);
                        let ty = r!(site.iface) as u32;
                        let mut entry = site.cache[(ty & 3) as usize];
                        if entry.ty.0 != ty || ty == 0 {
                            save!();
                            entry = check!(calls::resolve(&mut *vm, s, TypeIx(ty)));
                            tables!();
                        }
                        let at = site.ctx as usize;
                        if entry.recv == crate::program::RecvLoad::Direct {
                            enter!(w, entry.func, |_| {});
                        } else {
                            let f = entry.func;
                            let need =
                                w.0 as usize + (*funcs.add(f.0 as usize)).frame_slots as usize;
                            if fp.wrapping_add(need) > end {
                                ip = ip.sub(1);
                                fail!(Fault::Grow(need));
                            }
                            check!(calls::load_receiver(entry.recv, fp.add(w.0 as usize + at)));
                            enter!(w, f, |_| {});
                        }
                    }
                    Op::CallN { w, n } => {
                        save!();
                        let entry = &*(*vm).program.natives.as_ptr().add(n.0 as usize);
                        let win = fp.add(w.0 as usize);
                        let flow = calls::native(vm, entry, win);
                        if flow != crate::native::Flow::Done {
                            fail!(Fault::Native(n, flow, win));
                        }
                        tables!();
                        safepoint!();
                    }
                    Op::Ret {} => {
                        ip = *fp.sub(2) as *const Op;
                        fp = fp.sub(*fp.sub(1) as usize);
                    }
                    Op::Ret1 { s } => {
                        *fp = r!(s);
                        ip = *fp.sub(2) as *const Op;
                        fp = fp.sub(*fp.sub(1) as usize);
                    }
                    Op::RunDefers {} => {
                        if check!((*vm).run_defer(ip.sub(1), fp)) {
                            save_fuel(vm, fuel);
                            load!();
                        }
                    }
                    Op::Go { w, f } => {
                        let e = *funcs.add(f.0 as usize);
                        let res = e.result_slots as usize;
                        let n = e.window_slots as usize - res;
                        calls::go(&mut *vm, ip.sub(1), f, fp.add(w.0 as usize + res), n);
                    }
                    Op::GoC { w, c, ctx } => {
                        let closure = r!(c);
                        if closure == 0 {
                            fail!(Fault::Fatal("go of nil func value".into()));
                        }
                        let f = FuncId(*(closure as *const u32));
                        let res = (*funcs.add(f.0 as usize)).result_slots as usize;
                        r!(w, ctx.0 as usize) = closure;
                        calls::go(
                            &mut *vm,
                            ip.sub(1),
                            f,
                            fp.add(w.0 as usize + res),
                            ctx.0 as usize + 1 - res,
                        );
                    }
                    Op::Defer { w, f } => {
                        let e = *funcs.add(f.0 as usize);
                        let res = e.result_slots as usize;
                        let n = e.window_slots as usize - res;
                        (*vm).push_defer(
                            ip.sub(1),
                            fp,
                            w.0,
                            Some(f),
                            fp.add(w.0 as usize + res),
                            n,
                        );
                    }
                    Op::DeferC { w, c, ctx } => {
                        let closure = r!(c);
                        if closure == 0 {
                            (*vm).push_defer(ip.sub(1), fp, w.0, None, fp, 0);
                        } else {
                            let f = FuncId(*(closure as *const u32));
                            let res = (*funcs.add(f.0 as usize)).result_slots as usize;
                            r!(w, ctx.0 as usize) = closure;
                            let args = fp.add(w.0 as usize + res);
                            (*vm).push_defer(
                                ip.sub(1),
                                fp,
                                w.0,
                                Some(f),
                                args,
                                ctx.0 as usize + 1 - res,
                            );
                        }
                    }
                    Op::Closure { d, f } => {
                        safepoint!();
                        let n = (*funcs.add(f.0 as usize)).captures as usize;
                        let p = (*vm).heap.alloc_conservative((n + 1) * 8).cast::<u64>();
                        if p.is_null() {
                            fail!(Fault::Fatal("runtime: out of memory".into()));
                        }
                        *p = u64::from(f.0);
                        for k in 0..n {
                            *p.add(k + 1) = r!(d, k + 1);
                        }
                        r!(d) = p as u64;
                    }
                    Op::Panic { s } => {
                        fail!(Fault::Panic(crate::native::Iface::of([r!(s), r!(s, 1)])))
                    }
                    Op::Recover { d } => fail!(Fault::Recover(d)),
                    Op::Trap { f } => fail!(calls::trap(f)),
                    Op::Print { f, s } => calls::print(&mut *vm, f, fp.add(s.0 as usize)),

                    // ---- channels
                    Op::MakeChan { w, t } => {
                        safepoint!();
                        check!(chans::make(&mut *vm, ip.sub(1), fp.add(w.0 as usize), t));
                    }
                    Op::Send { c, v } => {
                        check!(chans::send(&mut *vm, r!(c), fp.add(v.0 as usize)));
                    }
                    Op::Recv { d, c } => {
                        check!(chans::recv(&mut *vm, r!(c), fp.add(d.0 as usize)));
                    }
                    Op::RecvX { c } => {
                        check!(chans::recv_discard(&mut *vm, r!(c)));
                    }
                    Op::Recv2 { d, ok, c } => {
                        let got = check!(chans::recv(&mut *vm, r!(c), fp.add(d.0 as usize)));
                        r!(ok) = u64::from(got);
                    }
                    Op::RangeChan { d, c, to } => {
                        if !check!(chans::recv(&mut *vm, r!(c), fp.add(d.0 as usize))) {
                            jump!(to);
                        }
                    }
                    Op::TrySend { ok, c, v } => {
                        r!(ok) = check!(chans::try_send(&mut *vm, r!(c), fp.add(v.0 as usize)));
                    }
                    Op::TryRecv { d, c, w } => {
                        chans::try_recv(&mut *vm, r!(c), fp.add(d.0 as usize), fp.add(w.0 as usize))
                    }
                    Op::Close { c } => check!(chans::close(&mut *vm, r!(c))),
                    Op::ChanLen { d, c } => {
                        r!(d) = chanrt::chanlen(r!(c) as *const chanrt::Hchan) as u64
                    }
                    Op::ChanCap { d, c } => {
                        r!(d) = chanrt::chancap(r!(c) as *const chanrt::Hchan) as u64
                    }
                    Op::Select { w, s } => check!(chans::select(&mut *vm, fp, w, s)),
                    Op::Block {} => {
                        let g = (*vm).g;
                        (*vm).rt.park(g, chanrt::WaitReason::SelectNoCases);
                        fail!(Fault::Park);
                    }

                    // ---- engine-internal
                    Op::CompileMe { f } => fail!(Fault::Compile(f)),
                    Op::GoExit {} => fail!(Fault::GoExit),
                    Op::NativeResume {} => {
                        save!();
                        if (*vm).is_host_return() {
                            return Stop::HostReturn;
                        }
                        fail!(Fault::NativeResume);
                    }
                    Op::UnwindNext {} => fail!(Fault::UnwindNext),
                    Op::NativeBody { n } => {
                        save!();
                        let entry = &*(*vm).program.natives.as_ptr().add(n.0 as usize);
                        let flow = calls::native(vm, entry, fp);
                        if flow != crate::native::Flow::Done {
                            fail!(Fault::Native(n, flow, fp));
                        }
                        tables!();
                        safepoint!();
                    }
                }
            };
            (*vm).regs.ip = ip;
            (*vm).regs.fp = fp;
            (*vm).fuel = fuel;
            if let Some(exit) = (*vm).fault(fault) {
                return Stop::Exit(exit);
            }
        }
    }
}

#[inline(always)]
unsafe fn save_fuel(vm: *mut Vm, fuel: i32) {
    // SAFETY: `vm` is the running machine.
    unsafe { (*vm).fuel = fuel }
}

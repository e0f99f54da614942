//! The instructions that are not worth a place in the hot loop, because they do more than a dispatch costs.
//!
//! Invariants: as for `run`, except that `ip`, `fp` and `fuel` are in `Vm::regs` and `Vm::fuel`. A handler that changes them answers `Ok(true)`.

use super::run::Fault;
use super::{arith, calls, chans, gc, iface, maps, slices, strings};
use crate::bytecode::*;
use crate::vm::Vm;

/// How the loop goes on after a slow instruction.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// With the next instruction.
    Next,
    /// With what `regs` say.
    Load,
    /// It does not: `pending` says why.
    Fault,
}

/// Executes the instruction before `regs.ip`.
///
/// # Safety
/// As for `run`.
#[inline(never)]
pub(crate) unsafe fn step(vm: &mut Vm) -> Step {
    // SAFETY: the caller's contract.
    match unsafe { execute(vm) } {
        Ok(false) => Step::Next,
        Ok(true) => Step::Load,
        Err(fault) => {
            vm.pending = Some(fault);
            Step::Fault
        }
    }
}

#[inline(always)]
#[allow(clippy::too_many_lines, clippy::cognitive_complexity)] // the table of handlers
unsafe fn execute(vm: &mut Vm) -> Result<bool, Fault> {
    let fp = vm.regs.fp;
    macro_rules! r {
        ($x:expr) => {
            *fp.add($x.0 as usize)
        };
        ($x:expr, $n:expr) => {
            *fp.add($x.0 as usize + $n)
        };
    }
    macro_rules! jump {
        ($to:expr) => {{
            vm.regs.ip = vm.regs.ip.offset($to.0 as isize);
            vm.fuel -= 1;
            return if vm.fuel <= 0 {
                Err(Fault::Yield)
            } else {
                Ok(true)
            };
        }};
    }
    // Before an allocation.
    macro_rules! safepoint {
        () => {
            if vm.heap.should_collect() {
                gc::collect(vm);
            }
        };
    }
    // SAFETY: the caller's contract; each handler relies on the verifier (registers, jumps, tables) and on the checker (types of values).
    unsafe {
        let cur = vm.regs.ip.sub(1);
        match *cur {
            Op::MinMax { f, d, a, b } => arith::min_max(
                f,
                fp.add(d.0 as usize),
                fp.add(a.0 as usize),
                fp.add(b.0 as usize),
            ),
            Op::Complex { f, d, a, b } => {
                arith::complex(
                    f,
                    fp.add(d.0 as usize),
                    fp.add(a.0 as usize),
                    fp.add(b.0 as usize),
                );
            }

            Op::EqIface { d, a, b } => {
                r!(d) = u64::from(iface::eq(vm, fp.add(a.0 as usize), fp.add(b.0 as usize))?);
            }
            Op::EqT { w, t } => r!(w) = u64::from(iface::eq_values(vm, fp.add(w.0 as usize), t)?),

            Op::LtStr { d, a, b } => {
                r!(d) = u64::from(
                    strings::get(fp.add(a.0 as usize)) < strings::get(fp.add(b.0 as usize)),
                );
            }
            Op::LeStr { d, a, b } => {
                r!(d) = u64::from(
                    strings::get(fp.add(a.0 as usize)) <= strings::get(fp.add(b.0 as usize)),
                );
            }
            Op::EnsureInit { init } => return vm.ensure_init(init),
            Op::Slice { f, w, t } => slices::slice(vm, f, fp.add(w.0 as usize), t)?,
            Op::MakeSlice { w, t } => {
                safepoint!();
                slices::make(vm, fp.add(w.0 as usize), t)?;
            }
            Op::Append { w, t } => {
                safepoint!();
                let w = fp.add(w.0 as usize);
                slices::append(vm, w, *w.add(3) as *const u8, *w.add(4), t)?;
            }
            Op::AppendV { w, t } => {
                safepoint!();
                let w = fp.add(w.0 as usize);
                slices::append(vm, w, w.add(3).cast::<u8>(), 1, t)?;
            }
            Op::App64 { s, v, t } => {
                safepoint!();
                let v = fp.add(v.0 as usize).cast::<u8>();
                slices::append(vm, fp.add(s.0 as usize), v, 1, TypeIx(u32::from(t.0)))?;
            }
            Op::Copy { w, t } => slices::copy(vm, fp.add(w.0 as usize), t),
            Op::ClearSlice { w, t } => {
                let size = r!(w, 1) * vm.program.types[t.0 as usize].size;
                std::ptr::write_bytes(r!(w) as *mut u8, 0, size as usize);
            }
            // ---- strings
            Op::Cat { d, a, b } => {
                safepoint!();
                strings::cat(
                    vm,
                    fp.add(d.0 as usize),
                    fp.add(a.0 as usize),
                    fp.add(b.0 as usize),
                )?;
            }
            Op::CatN { w, n } => {
                safepoint!();
                strings::cat_n(vm, fp.add(w.0 as usize), n.0 as usize)?;
            }
            Op::Str { f, w } => {
                safepoint!();
                strings::convert(vm, f, fp.add(w.0 as usize))?;
            }
            // ---- maps
            Op::MakeMap { w, t } => {
                safepoint!();
                maps::make(vm, fp.add(w.0 as usize), t)?;
            }
            Op::MapGet { d, m, k } => {
                maps::get(vm, fp.add(d.0 as usize), r!(m), fp.add(k.0 as usize), false)?;
            }
            Op::MapGet2 { d, m, k } => {
                maps::get(vm, fp.add(d.0 as usize), r!(m), fp.add(k.0 as usize), true)?;
            }
            Op::MapSet { m, k, v } => {
                safepoint!();
                maps::set(vm, r!(m), fp.add(k.0 as usize), fp.add(v.0 as usize))?;
            }
            Op::MapAddr { d, m, k } => {
                safepoint!();
                r!(d) = maps::addr(vm, r!(m), fp.add(k.0 as usize))?;
            }
            Op::MapDel { m, k } => maps::delete(vm, r!(m), fp.add(k.0 as usize))?,
            Op::MapClear { m } => maps::clear(vm, r!(m)),
            Op::MapIter { w, m } => maps::iter(vm, fp.add(w.0 as usize), r!(m)),
            Op::MapNext { w, to } => {
                if !maps::next(vm, fp.add(w.0 as usize)) {
                    jump!(to);
                }
            }

            // ---- interfaces
            Op::Box { w, t } => {
                safepoint!();
                iface::make_box(vm, fp.add(w.0 as usize), t)?;
            }
            Op::SkipIfImpl { s, t } => {
                let ty = TypeIx(r!(s) as u32);
                if ty.0 != 0 && iface::implements(vm, ty, t) {
                    vm.regs.ip = vm.regs.ip.add(1);
                    return Ok(true);
                }
            }
            Op::AssertType { s, t } => {
                let ty = TypeIx(r!(s) as u32);
                if ty != t {
                    return Err(iface::assert_type_fault(vm, cur, ty, t));
                }
            }
            Op::AssertImpl { s, t } => {
                let ty = TypeIx(r!(s) as u32);
                if ty.0 == 0 || !iface::implements(vm, ty, t) {
                    return Err(iface::assert_impl_fault(vm, ty, t));
                }
            }

            Op::RunDefers {} => return vm.run_defer(cur, fp),
            Op::Go { w, f } => {
                let e = vm.program.funcs[f.0 as usize];
                let res = e.result_slots as usize;
                let n = e.window_slots as usize - res;
                calls::go(vm, cur, f, fp.add(w.0 as usize + res), n);
            }
            Op::GoC { w, c, ctx } => {
                let closure = r!(c);
                if closure == 0 {
                    return Err(Fault::Fatal("go of nil func value".into()));
                }
                let f = FuncId(*(closure as *const u32));
                let res = vm.program.funcs[f.0 as usize].result_slots as usize;
                r!(w, ctx.0 as usize) = closure;
                calls::go(
                    vm,
                    cur,
                    f,
                    fp.add(w.0 as usize + res),
                    ctx.0 as usize + 1 - res,
                );
            }
            Op::Defer { w, f } => {
                let e = vm.program.funcs[f.0 as usize];
                let res = e.result_slots as usize;
                let n = e.window_slots as usize - res;
                vm.push_defer(cur, fp, w.0, Some(f), fp.add(w.0 as usize + res), n);
            }
            Op::DeferC { w, c, ctx } => {
                let closure = r!(c);
                if closure == 0 {
                    vm.push_defer(cur, fp, w.0, None, fp, 0);
                } else {
                    let f = FuncId(*(closure as *const u32));
                    let res = vm.program.funcs[f.0 as usize].result_slots as usize;
                    r!(w, ctx.0 as usize) = closure;
                    let args = fp.add(w.0 as usize + res);
                    vm.push_defer(cur, fp, w.0, Some(f), args, ctx.0 as usize + 1 - res);
                }
            }
            Op::DeferFrame { d, w } => {
                r!(d) = u64::from(vm.cur().offset(fp)) << 16 | u64::from(w.0);
                r!(d, 1) = cur.addr() as u64;
            }
            Op::DeferTo { w, c, ctx } => {
                let closure = r!(c);
                let (place, ip) = (r!(c, 1), r!(c, 2));
                let args = fp.add(w.0 as usize);
                let (f, skip, n) = if closure == 0 {
                    (None, 0, 0)
                } else {
                    let f = FuncId(*(closure as *const u32));
                    let res = vm.program.funcs[f.0 as usize].result_slots as usize;
                    r!(w, ctx.0 as usize) = closure;
                    (Some(f), res, ctx.0 as usize + 1 - res)
                };
                vm.insert_defer(place, ip, f, args.add(skip), n);
            }
            Op::Closure { d, f } => {
                safepoint!();
                let n = vm.program.funcs[f.0 as usize].captures as usize;
                let p = vm.heap.alloc_conservative((n + 1) * 8).cast::<u64>();
                if p.is_null() {
                    return Err(Fault::Fatal("runtime: out of memory".into()));
                }
                *p = u64::from(f.0);
                for k in 0..n {
                    *p.add(k + 1) = r!(d, k + 1);
                }
                r!(d) = p as u64;
            }
            Op::Panic { s } => {
                return Err(Fault::Panic(crate::native::Iface::of([r!(s), r!(s, 1)])));
            }
            Op::Recover { d } => return Err(Fault::Recover(d)),
            Op::Trap { f } => return Err(calls::trap(f)),
            Op::Print { f, s } => calls::print(vm, f, fp.add(s.0 as usize)),

            // ---- channels
            Op::MakeChan { w, t } => {
                safepoint!();
                chans::make(vm, cur, fp.add(w.0 as usize), t)?;
            }
            Op::Send { c, v } => {
                chans::send(vm, r!(c), fp.add(v.0 as usize))?;
            }
            Op::Recv { d, c } => {
                chans::recv(vm, r!(c), fp.add(d.0 as usize))?;
            }
            Op::RecvX { c } => {
                chans::recv_discard(vm, r!(c))?;
            }
            Op::Recv2 { d, ok, c } => {
                let got = chans::recv(vm, r!(c), fp.add(d.0 as usize))?;
                r!(ok) = u64::from(got);
            }
            Op::RangeChan { d, c, to } => {
                if !chans::recv(vm, r!(c), fp.add(d.0 as usize))? {
                    jump!(to);
                }
            }
            Op::TrySend { ok, c, v } => {
                r!(ok) = chans::try_send(vm, r!(c), fp.add(v.0 as usize))?;
            }
            Op::TryRecv { d, c, w } => {
                chans::try_recv(vm, r!(c), fp.add(d.0 as usize), fp.add(w.0 as usize))
            }
            Op::Close { c } => chans::close(vm, r!(c))?,
            Op::ChanLen { d, c } => r!(d) = chanrt::chanlen(r!(c) as *const chanrt::Hchan) as u64,
            Op::ChanCap { d, c } => r!(d) = chanrt::chancap(r!(c) as *const chanrt::Hchan) as u64,
            Op::Select { w, s } => chans::select(vm, fp, w, s)?,
            Op::Block {} => {
                let g = vm.g;
                vm.rt.park(g, chanrt::WaitReason::SelectNoCases);
                return Err(Fault::Park);
            }

            // ---- engine-internal
            Op::CompileMe { f } => return Err(Fault::Compile(f)),
            Op::GoExit {} => return Err(Fault::GoExit),
            Op::NativeResume {} => {
                return Err(if vm.is_host_return() {
                    Fault::HostReturn
                } else {
                    Fault::NativeResume
                });
            }
            Op::UnwindNext {} => return Err(Fault::UnwindNext),
            Op::NativeBody { n } => {
                if !calls::native(vm, n, fp) {
                    return Err(vm.pending.take().unwrap_or(Fault::NilDeref));
                }
            }

            // ---- in the hot loop
            Op::Nop { .. }
            | Op::Move { .. }
            | Op::Move2 { .. }
            | Op::Move3 { .. }
            | Op::MoveN { .. }
            | Op::LoadI { .. }
            | Op::LoadC { .. }
            | Op::LoadC2 { .. }
            | Op::Zero { .. }
            | Op::FrameAddr { .. }
            | Op::FLdI8 { .. }
            | Op::FLdU8 { .. }
            | Op::FLdI16 { .. }
            | Op::FLdU16 { .. }
            | Op::FLdI32 { .. }
            | Op::FLdU32 { .. }
            | Op::FSt8 { .. }
            | Op::FSt16 { .. }
            | Op::FSt32 { .. }
            | Op::AddI64 { .. }
            | Op::SubI64 { .. }
            | Op::MulI64 { .. }
            | Op::DivI64 { .. }
            | Op::RemI64 { .. }
            | Op::DivU64 { .. }
            | Op::RemU64 { .. }
            | Op::And { .. }
            | Op::Or { .. }
            | Op::Xor { .. }
            | Op::AndNot { .. }
            | Op::Shl { .. }
            | Op::ShrI64 { .. }
            | Op::ShrU64 { .. }
            | Op::CheckShift { .. }
            | Op::AddI { .. }
            | Op::MulI { .. }
            | Op::DivI { .. }
            | Op::RemI { .. }
            | Op::AndI { .. }
            | Op::OrI { .. }
            | Op::XorI { .. }
            | Op::ShlI { .. }
            | Op::ShrI { .. }
            | Op::ShrUI { .. }
            | Op::NegI64 { .. }
            | Op::Com { .. }
            | Op::Not { .. }
            | Op::SextI8 { .. }
            | Op::SextI16 { .. }
            | Op::SextI32 { .. }
            | Op::ZextU8 { .. }
            | Op::ZextU16 { .. }
            | Op::ZextU32 { .. }
            | Op::AddF64 { .. }
            | Op::SubF64 { .. }
            | Op::MulF64 { .. }
            | Op::DivF64 { .. }
            | Op::NegF64 { .. }
            | Op::AddF32 { .. }
            | Op::SubF32 { .. }
            | Op::MulF32 { .. }
            | Op::DivF32 { .. }
            | Op::NegF32 { .. }
            | Op::MathF64 { .. }
            | Op::Conv { .. }
            | Op::EqI64 { .. }
            | Op::NeI64 { .. }
            | Op::LtI64 { .. }
            | Op::LeI64 { .. }
            | Op::LtU64 { .. }
            | Op::LeU64 { .. }
            | Op::EqF64 { .. }
            | Op::LtF64 { .. }
            | Op::LeF64 { .. }
            | Op::EqF32 { .. }
            | Op::LtF32 { .. }
            | Op::LeF32 { .. }
            | Op::EqStr { .. }
            | Op::Jmp { .. }
            | Op::JmpT { .. }
            | Op::JmpF { .. }
            | Op::JEq { .. }
            | Op::JNe { .. }
            | Op::JLt { .. }
            | Op::JLe { .. }
            | Op::JLtU { .. }
            | Op::JLeU { .. }
            | Op::JEqI { .. }
            | Op::JNeI { .. }
            | Op::JLtI { .. }
            | Op::JLeI { .. }
            | Op::JGtI { .. }
            | Op::JGeI { .. }
            | Op::JLtF64 { .. }
            | Op::JLeF64 { .. }
            | Op::JNLtF64 { .. }
            | Op::JNLeF64 { .. }
            | Op::IncJLt { .. }
            | Op::IncJLtI { .. }
            | Op::IncJLe { .. }
            | Op::JmpTable { .. }
            | Op::LdI8 { .. }
            | Op::LdU8 { .. }
            | Op::LdI16 { .. }
            | Op::LdU16 { .. }
            | Op::LdI32 { .. }
            | Op::LdU32 { .. }
            | Op::Ld64 { .. }
            | Op::Ld2 { .. }
            | Op::Ld3 { .. }
            | Op::LdN { .. }
            | Op::St8 { .. }
            | Op::St16 { .. }
            | Op::St32 { .. }
            | Op::St64 { .. }
            | Op::St2 { .. }
            | Op::St3 { .. }
            | Op::StN { .. }
            | Op::AddMem { .. }
            | Op::AddMemI { .. }
            | Op::AddMemF64 { .. }
            | Op::SubMemF64 { .. }
            | Op::AddF64Mem { .. }
            | Op::SubF64Mem { .. }
            | Op::MulF64Mem { .. }
            | Op::AddPtr { .. }
            | Op::CopyT { .. }
            | Op::NilCheck { .. }
            | Op::LdG64 { .. }
            | Op::StG64 { .. }
            | Op::IdxI8 { .. }
            | Op::IdxU8 { .. }
            | Op::IdxI16 { .. }
            | Op::IdxU16 { .. }
            | Op::IdxI32 { .. }
            | Op::IdxU32 { .. }
            | Op::Idx64 { .. }
            | Op::Idx2 { .. }
            | Op::Idx3 { .. }
            | Op::StIdx8 { .. }
            | Op::StIdx16 { .. }
            | Op::StIdx32 { .. }
            | Op::StIdx64 { .. }
            | Op::StIdx2 { .. }
            | Op::IdxAddr { .. }
            | Op::IdxAddrT { .. }
            | Op::Bound { .. }
            | Op::PIdxAddr { .. }
            | Op::PIdxAddrT { .. }
            | Op::New { .. }
            | Op::StrNext { .. }
            | Op::MapLen { .. }
            | Op::SkipIfType { .. }
            | Op::Call { .. }
            | Op::CallC { .. }
            | Op::CallI { .. }
            | Op::CallN { .. }
            | Op::Ret { .. }
            | Op::Ret1 { .. }
            | Op::RetAdd { .. }
            | Op::CallAddI { .. } => unreachable!("a hot instruction"),
        }
    }
    Ok(false)
}

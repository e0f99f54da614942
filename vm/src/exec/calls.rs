//! Call instructions beyond the plain ones: interface methods, natives, `go`, traps, print.
//!
//! Invariants: a call site's cache maps a dynamic type to its method for ever. A native runs with `regs` saved, and may be started again.

use super::print::Printed;
use super::run::Fault;
use crate::bytecode::{FuncId, NativeIx, Op, PrintFn, Site, Table, TrapFn, TypeIx, Win};
use crate::native::{Cx, Flow};
use crate::program::{RecvLoad, SiteEntry};
use crate::vm::Vm;

/// Resolves the method of call site `s` on dynamic type `ty` and remembers it.
#[cold]
pub(crate) fn resolve(vm: &mut Vm, s: Site, ty: TypeIx) -> Result<SiteEntry, Fault> {
    if ty.0 == 0 {
        return Err(Fault::NilDeref);
    }
    let key = vm.program.sites[s.0 as usize].method;
    let Some((func, recv)) = vm
        .linker
        .find_method(&mut vm.program, &mut vm.heap, ty, key)
    else {
        let name = &vm.program.methods[key.0 as usize].0;
        return Err(Fault::Fatal(format!(
            "internal error: {} has no method {name}",
            vm.rtype(ty).name
        )));
    };
    let entry = SiteEntry { ty, func, recv };
    vm.program.sites[s.0 as usize].cache[(ty.0 & 3) as usize] = entry;
    Ok(entry)
}

/// A method with a value receiver was called through a nil pointer in an interface.
#[cold]
fn nil_receiver(vm: &Vm, f: FuncId) -> Fault {
    let name = &vm.program.metas[f.0 as usize].name;
    let receiver = name
        .rsplit_once('.')
        .map_or("", |(path, _)| path.rsplit('.').next().unwrap_or(path));
    Fault::PlainError(format!(
        "value method {name} called using nil *{receiver} pointer"
    ))
}

/// Makes a receiver's slots at `at` from the interface's data word there.
///
/// # Safety
/// `at` has room for the receiver; the data word is as `load` says.
#[inline]
pub(crate) unsafe fn load_receiver(load: RecvLoad, at: *mut u64) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    unsafe {
        let data = *at;
        match load {
            RecvLoad::Direct => {}
            RecvLoad::Copy(n) => super::memory::load_bytes(at, data as *const u8, usize::from(n)),
            RecvLoad::Load(_) | RecvLoad::CopyFrom(_) if data < 4096 => {
                return Err(Fault::NilReceiver);
            }
            RecvLoad::Load(repr) => *at = super::memory::load_repr(data, repr),
            RecvLoad::CopyFrom(n) => {
                super::memory::load_bytes(at, data as *const u8, usize::from(n))
            }
        }
        Ok(())
    }
}

/// What `interface` answers when the call cannot be made.
pub(crate) const FAILED: FuncId = FuncId(u32::MAX);

/// `CallI` where the cache or the receiver is not ready: finds the method, makes the receiver, and gives the function; or `FAILED`, with
/// `pending` set.
///
/// # Safety
/// `regs` are saved, behind the instruction; `w` and `s` are its operands.
#[inline(never)]
pub(crate) unsafe fn interface(vm: &mut Vm, w: Win, s: Site) -> FuncId {
    // SAFETY: the caller's contract.
    match unsafe { prepare_interface(vm, w, s) } {
        Ok(f) => f,
        Err(fault) => {
            vm.pending = Some(fault);
            FAILED
        }
    }
}

unsafe fn prepare_interface(vm: &mut Vm, w: Win, s: Site) -> Result<FuncId, Fault> {
    let fp = vm.regs.fp;
    // SAFETY: the caller's contract: site and window are those of the current frame.
    unsafe {
        let site = &vm.program.sites[s.0 as usize];
        let ty = TypeIx(*fp.add(site.iface.0 as usize) as u32);
        let ctx = site.ctx as usize;
        let mut entry = site.cache[(ty.0 & 3) as usize];
        if entry.ty != ty || ty.0 == 0 {
            entry = resolve(vm, s, ty)?;
        }
        if entry.recv != RecvLoad::Direct {
            let need = w.0 as usize + vm.program.funcs[entry.func.0 as usize].frame_slots as usize;
            if fp.wrapping_add(need) > vm.regs.end {
                vm.regs.ip = vm.regs.ip.sub(1);
                return Err(Fault::Grow(need));
            }
            load_receiver(entry.recv, fp.add(w.0 as usize + ctx))
                .map_err(|_| nil_receiver(vm, entry.func))?;
        }
        Ok(entry.func)
    }
}

/// Runs native `n` on the window at `win`, on the interpreter's own stack; false if it did not just return: `pending` says.
///
/// # Safety
/// `vm` is the running machine with `regs` saved; the window is the native's.
#[inline(never)]
pub(crate) unsafe fn native(vm: *mut Vm, n: NativeIx, win: *mut u64) -> bool {
    // SAFETY: the caller's contract; no reference to the machine is held while the native runs.
    unsafe {
        let entry = &*(*vm).program.natives.as_ptr().add(n.0 as usize);
        let flow = if entry.stack {
            Flow::NeedStack
        } else {
            let mut cx = Cx::detached(vm, win, u32::from(entry.result_slots));
            (entry.f)(&mut cx)
        };
        if flow != Flow::Done {
            (*vm).pending = Some(Fault::Native(n, flow, win));
            return false;
        }
        if (*vm).heap.should_collect() {
            super::gc::collect(&mut *vm);
        }
        true
    }
}

/// `New`: a zeroed value of type `t`; null without memory, with `pending` set.
#[inline(never)]
pub(crate) fn new(vm: &mut Vm, t: TypeIx) -> *mut u8 {
    if vm.heap.should_collect() {
        super::gc::collect(vm);
    }
    let p = vm.heap.alloc_type(&vm.program.types[t.0 as usize]);
    if p.is_null() {
        vm.pending = Some(super::slices::out_of_memory());
    }
    p
}

/// The entry of a jump table for `key`.
#[inline(never)]
pub(crate) fn table_entry(vm: &Vm, t: Table, key: u64) -> i32 {
    let table = &vm.program.tables[t.0 as usize];
    table[(key as usize).min(table.len() - 1)]
}

/// `Go` and `GoC`: starts a goroutine for `f` with the `n` input slots at `args`.
///
/// # Safety
/// `args` has `n` slots; `ip` is the instruction.
pub(crate) unsafe fn go(vm: &mut Vm, ip: *const Op, f: FuncId, args: *const u64, n: usize) {
    let site = vm.sites.number(ip);
    // SAFETY: the caller's contract; the new goroutine's stack is a different block.
    let inputs = unsafe { std::slice::from_raw_parts(args, n) };
    let g = vm.g;
    vm.spawn(f, inputs, Some(g), site);
}

/// `Trap`.
#[cold]
pub(crate) fn trap(f: TrapFn) -> Fault {
    let range =
        |text: &str| Fault::Error(format!("range function continued iteration after {text}"));
    match f {
        TrapFn::Unreachable => {
            Fault::Fatal("internal error: a function ran off its end".to_string())
        }
        TrapFn::DivideByZero => Fault::DivideByZero,
        TrapFn::NilDeref => Fault::NilDeref,
        TrapFn::RangeDone => range("function for loop body returned false"),
        TrapFn::RangePanic => range("loop body panic"),
        TrapFn::RangeExhausted => range("whole loop exit"),
        TrapFn::RangeMissingPanic => Fault::Error(
            "range function recovered a loop body panic and did not resume panicking".to_string(),
        ),
    }
}

/// `Print`.
///
/// # Safety
/// `s` is a register of the kind `f` says.
#[cold]
pub(crate) unsafe fn print(vm: &mut Vm, f: PrintFn, s: *const u64) {
    // SAFETY: the caller's contract: the registers looked at are those of the kind.
    let text = unsafe {
        match f {
            PrintFn::Int => (*s as i64).to_string().into_bytes(),
            PrintFn::Uint => (*s).to_string().into_bytes(),
            PrintFn::Float => Printed::float(f64::from_bits(*s)).into_bytes(),
            PrintFn::Float32 => Printed::float32(f32::from_bits(*s as u32)).into_bytes(),
            PrintFn::Complex64 => {
                let (re, im) = (*s as u32, (*s >> 32) as u32);
                Printed::complex64(f32::from_bits(re), f32::from_bits(im)).into_bytes()
            }
            PrintFn::Complex => {
                Printed::complex(f64::from_bits(*s), f64::from_bits(*s.add(1))).into_bytes()
            }
            PrintFn::Bool => (if *s != 0 { "true" } else { "false" }).as_bytes().to_vec(),
            PrintFn::Str => super::strings::get(s).to_vec(),
            PrintFn::Pointer => format!("{:#x}", *s).into_bytes(),
            PrintFn::Iface => format!("({:#x},{:#x})", *s, *s.add(1)).into_bytes(),
            PrintFn::Slice => format!("[{}/{}]{:#x}", *s.add(1), *s.add(2), *s).into_bytes(),
            PrintFn::Space => vec![b' '],
            PrintFn::Newline => vec![b'\n'],
        }
    };
    vm.write_stderr(&text);
}

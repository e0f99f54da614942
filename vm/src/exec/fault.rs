//! What happens when an instruction does not simply finish.
//!
//! Invariants: on entry `regs` are the loop's, `ip` behind the instruction (for `Grow` and `Yield`: at the one to execute next). On return
//! without an exit, `regs` and `g` say what runs next.

use super::defer::PanicKind;
use super::gor::Resume;
use super::run::Fault;
use super::session::Pause;
use crate::bytecode::{FuncId, InitIx};
use crate::native::Iface;
use crate::program::InitState;
use crate::vm::{Exit, Vm};

impl Vm {
    /// Deals with a fault.
    #[cold]
    #[inline(never)]
    pub(crate) fn fault(&mut self, fault: Fault) -> Option<Exit> {
        let value = match fault {
            Fault::Park => return self.park(),
            Fault::Yield => return self.preempt(),
            Fault::Grow(need) => return self.grow(need),
            Fault::GoExit => return self.end_goroutine(),
            Fault::UnwindNext => return self.unwind_next(),
            Fault::NativeResume => return self.native_call_returned(),
            Fault::HostReturn => return None,
            Fault::Native(n, flow, win) => return self.native_flow(n, flow, win),
            Fault::Compile(f) => return self.compile(f),
            Fault::Recover(d) => {
                let v = self.recover(self.regs.fp).words();
                // SAFETY: `d` is a register pair of the current frame.
                unsafe { self.regs.fp.add(d.0 as usize).cast::<[u64; 2]>().write(v) };
                return None;
            }
            Fault::NilMapGet(d, k, two) => {
                // SAFETY: `d` and `k` are operands of the instruction before `regs.ip`.
                let done = unsafe { super::maps::zero_value(self, d, k, two) };
                return done.err().and_then(|fault| self.fault(fault));
            }
            Fault::Fatal(text) => return Some(self.fatal(&text)),
            Fault::StackOverflow => return Some(self.stack_overflow()),
            Fault::NilDeref | Fault::NilReceiver => {
                let v = self.runtime_error("invalid memory address or nil pointer dereference");
                return self.start_panic(v, PanicKind::Fault);
            }
            Fault::Index(i, len) => {
                let text = self.index_text(i, len);
                self.bounds_error(&text)
            }
            Fault::Bounds(text) => self.bounds_error(&text),
            Fault::DivideByZero => self.runtime_error("integer divide by zero"),
            Fault::NegativeShift => self.runtime_error("negative shift amount"),
            Fault::Error(text) => self.runtime_error(&text),
            Fault::PlainError(text) => self.plain_error(&text),
            Fault::Assertion(text) => self.type_assertion_error(&text),
            Fault::Panic(v) if v.is_nil() => self.panic_nil_error(),
            Fault::Panic(v) => v,
        };
        self.start_panic(value, PanicKind::Panic)
    }

    /// The goroutine has been parked by the instruction before `ip`.
    fn park(&mut self) -> Option<Exit> {
        self.suspend(Resume::Finish);
        self.schedule()
    }

    /// Out of fuel: lets others run if there are any.
    fn preempt(&mut self) -> Option<Exit> {
        if self.reserve == 0 {
            if self.session.is_some() {
                self.suspend(Resume::Plain);
                let g = self.g;
                self.rt.yield_now(g);
                return Some(Exit::Pause(Pause::Spent));
            }
            // Reports look at the instruction before `ip`.
            self.regs.ip = self.regs.ip.wrapping_add(1);
            return Some(self.fatal("out of fuel"));
        }
        if self.stdout.is_pending() {
            self.stdout.flush();
        }
        if self.stdout.is_broken() {
            return Some(Exit::Code(Exit::SIGPIPE));
        }
        if self.heap.should_collect() {
            super::gc::collect(self);
        }
        if self.rt.poll() {
            self.suspend(Resume::Plain);
            let g = self.g;
            self.rt.yield_now(g);
            return self.schedule();
        }
        self.refuel();
        None
    }

    /// The frame about to be entered does not fit.
    fn grow(&mut self, need: usize) -> Option<Exit> {
        let at = self.cur().offset(self.regs.fp) as usize;
        if self.grow_stack(at + need) {
            None
        } else {
            Some(self.stack_overflow())
        }
    }

    /// The first call of a function.
    fn compile(&mut self, f: FuncId) -> Option<Exit> {
        if let Err(e) = self.linker.compile(&mut self.program, &mut self.heap, f) {
            return Some(self.link_error(&e.0));
        }
        let entry = self.program.funcs[f.0 as usize];
        self.regs.ip = entry.code;
        let need = self.cur().offset(self.regs.fp) as usize + entry.frame_slots as usize;
        if need > self.cur().cap as usize && !self.grow_stack(need) {
            return Some(self.stack_overflow());
        }
        None
    }

    /// `EnsureInit`: enters the initialiser if it has not run; true if `regs` changed.
    pub(crate) fn ensure_init(&mut self, init: InitIx) -> Result<bool, Fault> {
        let entry = &mut self.program.inits[init.0 as usize];
        if entry.state == InitState::Started {
            return Ok(false);
        }
        entry.state = InitState::Started;
        let f = entry.func;
        let ret = self.regs.ip;
        self.enter(f, ret, &[])?;
        Ok(true)
    }

    /// Enters function `f` above the current frame, with these inputs, to return to `ret` in the current frame.
    pub(crate) fn enter(
        &mut self,
        f: FuncId,
        ret: *const crate::bytecode::Op,
        inputs: &[u64],
    ) -> Result<(), Fault> {
        let caller = self.cur().offset(self.regs.fp);
        let w = self.frame_top() as usize + 2;
        let entry = self.program.funcs[f.0 as usize];
        let results = usize::from(entry.result_slots);
        let need = w + (entry.frame_slots as usize).max(results + inputs.len());
        if need > self.cur().cap as usize && !self.grow_stack(need) {
            return Err(Fault::StackOverflow);
        }
        let fp = self.slot(w as u32);
        // SAFETY: the stack has `need` slots.
        unsafe {
            *fp.sub(2) = ret.addr() as u64;
            *fp.sub(1) = (w as u32 - caller).into();
            std::ptr::write_bytes(fp, 0, results);
            std::ptr::copy_nonoverlapping(inputs.as_ptr(), fp.add(results), inputs.len());
        }
        self.regs.fp = fp;
        self.regs.ip = entry.code;
        Ok(())
    }

    /// What is wrong with index `i` of the instruction before `ip`.
    fn index_text(&self, i: u64, len: u64) -> String {
        let [unsigned, ..] = self.program.unsigned_at(self.regs.ip.wrapping_sub(1));
        match i as i64 {
            i if i < 0 && !unsigned => format!("index out of range [{i}]"),
            _ => format!("index out of range [{i}] with length {len}"),
        }
    }

    /// An out-of-range error: Go's `runtime.boundsError`, or its nearest relative.
    fn bounds_error(&mut self, text: &str) -> Iface {
        self.runtime_error(text)
    }
}

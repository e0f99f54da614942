//! Switching goroutines.
//!
//! Invariants: `suspend` saves `regs` into the running goroutine, `schedule` takes over those of the next and finishes what it was parked in.
//! Standard output is flushed before the scheduler may wait.

use super::gor::{GO_EXIT, Gor, NATIVE_RESUME, Resume};
use super::run::{Stop, run};
use super::session::Pause;
use crate::bytecode::FuncId;
use crate::native::{GoNilDeref, Reply};
use crate::vm::{Exit, Vm};
use chanrt::{Gp, Next};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

impl Vm {
    /// Saves the running goroutine's registers.
    #[inline]
    pub(crate) fn suspend(&mut self, resume: Resume) {
        let regs = self.regs;
        let gor = self.cur();
        gor.ip = regs.ip;
        gor.fp = regs.fp;
        gor.resume = resume;
    }

    /// Picks the next goroutine and readies it to go on.
    pub(crate) fn schedule(&mut self) -> Option<Exit> {
        loop {
            if self.stdout.is_pending() && self.rt.runnable() == 0 {
                self.stdout.flush();
                if self.stdout.is_broken() {
                    return Some(Exit::Code(Exit::SIGPIPE));
                }
            }
            if self.session.is_some() && self.is_idle() {
                return Some(Exit::Pause(Pause::Idle));
            }
            match self.rt.schedule() {
                Next::Run(g) => return self.resume(g),
                Next::Timer(n) => self.fire_timer(n),
                Next::Interrupted if self.session.is_some() => {
                    return Some(Exit::Pause(Pause::Interrupted));
                }
                Next::Interrupted => return Some(Exit::Code(130)),
                Next::Deadlock | Next::AllDone if self.session.is_some() => {
                    return Some(Exit::Pause(Pause::Asleep));
                }
                Next::Deadlock | Next::AllDone => return Some(self.deadlock()),
            }
        }
    }

    #[inline]
    fn resume(&mut self, g: Gp) -> Option<Exit> {
        self.g = g;
        self.refuel();
        let gor = self.gor(g);
        let resume = gor.resume;
        let (ip, fp, end) = (gor.ip, gor.fp, gor.stack.wrapping_add(gor.cap as usize));
        gor.resume = Resume::Plain;
        self.regs = crate::vm::Regs { ip, fp, end };
        match resume {
            Resume::Plain => None,
            // SAFETY: the goroutine was parked in the instruction before `ip`.
            Resume::Finish => unsafe { self.finish() },
            Resume::Native => self.resume_native(Reply::Go),
        }
    }

    /// Gives the goroutine about to run a new time slice out of the run's reserve, which what is left of the last one goes back to.
    #[inline]
    pub(crate) fn refuel(&mut self) {
        let all = self.reserve + self.fuel.max(0) as u64;
        let slice = all.min(self.rt.quantum().into());
        self.fuel = slice as i32;
        self.reserve = all - slice;
    }

    fn fire_timer(&mut self, n: u64) {
        let Some(func) = self.timers.get(n).map(|e| e.func) else {
            return;
        };
        self.timers.remove(n);
        if !func.is_nil() {
            let f = self.closure_func(func.word());
            self.spawn(f, &[func.word()], None, 0);
        }
    }

    /// Runs `entry` as the main goroutine until the program ends.
    pub(crate) fn run_main(&mut self, entry: FuncId) -> Exit {
        let code = self.program.funcs[entry.0 as usize].code;
        let g = match self.main {
            Some(g) => g,
            None => {
                let gor = Gor::new(&mut self.stacks, 0);
                self.rt.newproc(None, 0, gor)
            }
        };
        self.main = Some(g);
        let gor = self.gor(g);
        gor.ip = code;
        if let Some(exit) = self.schedule() {
            return exit;
        }
        match self.drive() {
            Stop::Exit(exit) => exit,
            Stop::HostReturn => Exit::Code(0),
        }
    }

    /// The interpreter, with what natives unwind turned back into Go's errors.
    pub(crate) fn drive(&mut self) -> Stop {
        loop {
            // SAFETY: `regs` are those of a goroutine of a verified program.
            let payload = match catch_unwind(AssertUnwindSafe(|| unsafe { run(self) })) {
                Ok(stop) => return stop,
                Err(payload) => payload,
            };
            let exit = if payload.is::<GoNilDeref>() {
                self.fault(super::run::Fault::NilDeref)
            } else if payload.is::<super::OutOfMemory>() {
                Some(self.fatal("runtime: out of memory"))
            } else {
                resume_unwind(payload)
            };
            if let Some(exit) = exit {
                return Stop::Exit(exit);
            }
        }
    }

    /// Calls a Go function from the machine itself, above the current frame, and gives its first result words. Other goroutines may run
    /// meanwhile. `None` if the program ended instead.
    pub(crate) fn call_now(
        &mut self,
        f: FuncId,
        inputs: &[u64],
        results: usize,
    ) -> Option<Vec<u64>> {
        let saved = self.regs;
        let fp = self.cur().offset(saved.fp);
        self.enter(f, NATIVE_RESUME.as_ptr(), inputs).ok()?;
        let depth = self.cur().offset(self.regs.fp);
        let before = self.host_call.replace((self.g, fp));
        let stop = self.drive();
        self.host_call = before;
        let Stop::HostReturn = stop else { return None };
        let at = self.slot(depth);
        self.regs.ip = saved.ip;
        // SAFETY: the callee's results are still above the current frame.
        Some((0..results).map(|i| unsafe { *at.add(i) }).collect())
    }

    /// Whether the frame just returned to is the one `call_now` was made from.
    pub(crate) fn is_host_return(&self) -> bool {
        self.host_call
            .is_some_and(|(g, fp)| g == self.g && fp == self.cur().offset(self.regs.fp))
    }

    /// Whether this return address ends a stack.
    pub(crate) fn is_go_exit(ip: *const crate::bytecode::Op) -> bool {
        std::ptr::eq(ip, GO_EXIT.as_ptr())
    }
}

//! The virtual machine: the state that the interpreter, the natives and the tools share.
//!
//! Invariants:
//! - `g` is the running goroutine; `regs` are its instruction pointer and frame whenever control is outside the interpreter loop.
//! - `regs.ip` points behind the instruction being executed, except right after a preemption, where nothing is being executed.
//! - Everything random comes from `rt`'s generator, every time from its clock, every effect goes through `stdout`, `stderr` or a native.
//! - The VM stands still in memory once it runs (natives hold its address): it is made by `Vm::new` in a box.

use crate::bytecode::{FuncId, Op, TypeIx};
use crate::exec::gor::{Gor, Resume, StackPool};
use crate::exec::known::Known;
use crate::exec::live::Liveness;
use crate::exec::run::Fault;
use crate::exec::session::{Pause, SessionState};
use crate::exec::sites::Sites;
use crate::mem::Heap;
use crate::native::{Iface, NativeFrame, NativeStacks, Output, TimerTable};
use crate::program::{FuncEntry, FuncMeta, Linker, Program};
use crate::rtype::RType;
use crate::value::Value;
use chanrt::{Clock, Config, GState, Gp, Policy, Runtime, WaitReason};

/// How a run is to behave.
#[derive(Clone, Debug)]
pub struct Options {
    /// Scheduling policy.
    pub policy: Policy,
    /// Seed of all randomness; `None` takes a new one each run.
    pub seed: Option<u64>,
    /// Virtual time: when everything sleeps, the clock jumps.
    pub virtual_time: bool,
    /// Record the schedule.
    pub record: bool,
    /// Collect garbage at every safepoint.
    pub gc_stress: bool,
    /// Largest heap in bytes.
    pub memory_limit: Option<u64>,
    /// Largest goroutine stack in bytes.
    pub max_stack: usize,
    /// What all goroutines of one run together may burn (taken jumps and calls) before it ends with a fatal error.
    pub fuel: Option<u64>,
    /// The program's arguments, its name first.
    pub args: Vec<String>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            policy: Policy::Fifo,
            seed: None,
            virtual_time: false,
            record: false,
            gc_stress: false,
            memory_limit: None,
            max_stack: 256 << 20,
            fuel: None,
            args: Vec::new(),
        }
    }
}

/// Where a goroutine is: the interpreter's registers while it is not in its loop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Regs {
    pub(crate) ip: *const Op,
    pub(crate) fp: *mut u64,
    /// End of the goroutine's stack.
    pub(crate) end: *mut u64,
}

/// How a run ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exit {
    /// The main function returned, or the program called `os.Exit`: the exit code.
    Code(i32),
    /// An uncaught panic or a fatal error, already reported: exit code 2.
    Crashed,
    /// In a session: the machine rests, everything stays as it is.
    Pause(Pause),
}

impl Exit {
    /// The exit code of a program whose standard output nobody reads any more, as shells show SIGPIPE.
    pub(crate) const SIGPIPE: i32 = 128 + 13;

    /// The process's exit code.
    pub fn code(self) -> i32 {
        match self {
            Exit::Code(n) => n,
            Exit::Crashed => 2,
            Exit::Pause(_) => 0,
        }
    }
}

/// The virtual machine.
pub struct Vm {
    pub(crate) regs: Regs,
    pub(crate) g: Gp,
    /// The program.
    pub program: Program,
    /// The heap.
    pub heap: Heap,
    pub(crate) rt: Runtime<Gor>,
    /// What the running goroutine may burn before it must yield.
    pub(crate) fuel: i32,
    /// What the run may burn besides.
    pub(crate) reserve: u64,
    /// Why an instruction did not finish.
    pub(crate) pending: Option<Fault>,
    /// What the hot loop tells of a fault.
    pub(crate) trap: [u64; 2],
    /// The value being thrown by a native that answered `Flow::Panic`.
    pub(crate) thrown: Iface,
    /// The text of a native's fatal error.
    pub(crate) fatal_text: String,
    pub(crate) stdout: Output,
    pub(crate) stderr: Output,
    pub(crate) linker: Box<dyn Linker>,
    pub(crate) stacks: StackPool,
    pub(crate) native_stacks: NativeStacks,
    pub(crate) timers: TimerTable,
    pub(crate) liveness: Liveness,
    pub(crate) sites: Sites,
    pub(crate) known: Known,
    pub(crate) options: Options,
    pub(crate) main: Option<Gp>,
    /// The goroutine and frame of a call that the machine itself makes.
    pub(crate) host_call: Option<(Gp, u32)>,
    /// Whether an uncaught panic is being printed.
    pub(crate) printing_panic: bool,
    /// Whether the main goroutine ended by Goexit.
    pub(crate) main_gone: bool,
    /// What there is to know of a session.
    pub(crate) session: Option<Box<SessionState>>,
}

impl Vm {
    /// A machine for `program`, with the places its output goes to.
    pub fn new(
        program: Program,
        mut heap: Heap,
        linker: Box<dyn Linker>,
        options: Options,
        out: Output,
        err: Output,
    ) -> Box<Vm> {
        let clock = if options.virtual_time {
            Clock::virtual_()
        } else {
            Clock::real()
        };
        let config = Config {
            policy: options.policy.clone(),
            clock,
            seed: options.seed,
            record: options.record,
        };
        // SAFETY: handles stay inside this VM, dead goroutines are not touched, and the collector keeps every channel a goroutine waits
        // on, because the goroutine's stack mentions it.
        let mut rt = unsafe { Runtime::<Gor>::new(config) };
        heap.set_stress(options.gc_stress);
        if let Some(limit) = options.memory_limit {
            heap.set_limit(limit as usize);
        }
        let mut stacks = StackPool::new(options.max_stack / 8);
        let idle = Gor::new(&mut stacks, 0);
        let g = rt.newproc(None, 0, idle);
        Box::new(Vm {
            regs: Regs {
                ip: std::ptr::null(),
                fp: std::ptr::null_mut(),
                end: std::ptr::null_mut(),
            },
            g,
            program,
            heap,
            rt,
            fuel: 0,
            reserve: 0,
            pending: None,
            trap: [0; 2],
            thrown: Iface::NIL,
            fatal_text: String::new(),
            stdout: out,
            stderr: err,
            linker,
            stacks,
            native_stacks: NativeStacks::default(),
            timers: TimerTable::default(),
            liveness: Liveness::default(),
            sites: Sites::default(),
            known: Known::default(),
            options,
            main: Some(g),
            host_call: None,
            printing_panic: false,
            main_gone: false,
            session: None,
        })
    }

    /// Runs these functions, none with parameters or results, one after another in the main goroutine (initialisers of packages in
    /// dependency order, then `main.main`), with every goroutine they start, until the last returns or the program ends otherwise.
    /// It can be called again: goroutines that were left behind are still there.
    pub fn run(&mut self, funcs: &[FuncId]) -> Exit {
        let entry = self.entry_function(funcs);
        self.fuel = 0;
        self.reserve = self.options.fuel.unwrap_or(u64::MAX);
        let exit = self.run_main(entry);
        self.leave_behind();
        self.stdout.flush();
        self.stderr.flush();
        exit
    }

    /// After a run: a goroutine that crashed stays as it is, parked for ever.
    pub(crate) fn leave_behind(&mut self) {
        self.main = None;
        self.main_gone = false;
        if self
            .rt
            .goroutines()
            .any(|g| g == self.g && g.state() == GState::Running)
        {
            let regs = self.regs;
            let gor = self.cur();
            (gor.ip, gor.fp, gor.resume) = (regs.ip, regs.fp, Resume::Finish);
            self.rt.park(self.g, WaitReason::PanicWait);
        }
        self.printing_panic = false;
        self.pending = None;
    }

    pub(crate) fn entry_function(&mut self, funcs: &[FuncId]) -> FuncId {
        use crate::bytecode::Win;
        let entry = FuncEntry {
            code: std::ptr::null(),
            frame_slots: 4,
            result_slots: 0,
            window_slots: 0,
            captures: 0,
        };
        let meta = FuncMeta {
            name: "runtime.main".to_string(),
            len: 0,
            positions: Vec::new(),
            notes: Vec::new(),
            pos: lang::source::Pos::NONE,
            is_wrapper: true,
            code: Box::new([]),
            on_recover: 0,
        };
        let f = self.program.declare(entry, meta);
        let mut code: Vec<Op> = funcs.iter().map(|&f| Op::Call { w: Win(2), f }).collect();
        code.push(Op::Ret {});
        self.program.define(f, code);
        f
    }

    /// Where the interpreter is, for a report of a fault of its own: function, instruction and position.
    pub fn place(&self) -> String {
        let at = self.regs.ip.wrapping_sub(1);
        let Some(f) = self.program.func_at(at) else {
            return String::new();
        };
        let i = (at.addr() - self.program.funcs[f.0 as usize].code.addr()) / size_of::<Op>();
        let op = self.program.metas[f.0 as usize].code.get(i);
        let (file, line) = self.line_of(at);
        let name = &self.program.metas[f.0 as usize].name;
        format!(
            "in {name}, instruction {i} ({}), {file}:{line}\n",
            op.map_or("?", Op::name)
        )
    }

    /// Writes to standard error, behind everything printed so far.
    pub(crate) fn write_stderr(&mut self, b: &[u8]) {
        self.stdout.flush();
        self.stderr.write(b);
        self.stderr.flush();
    }

    /// The payload of a live goroutine.
    #[inline]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn gor(&self, g: Gp) -> &mut Gor {
        // SAFETY: the VM only asks for live goroutines; payloads are reached one at a time and the reference is not kept.
        unsafe { &mut *self.rt.payload(g) }
    }

    /// The running goroutine's payload.
    #[inline]
    #[allow(clippy::mut_from_ref)]
    pub(crate) fn cur(&self) -> &mut Gor {
        self.gor(self.g)
    }

    /// The address of slot `n` of the running goroutine's stack.
    #[inline]
    pub(crate) fn slot(&self, n: u32) -> *mut u64 {
        self.cur().stack.wrapping_add(n as usize)
    }

    /// The innermost suspended or running native of the running goroutine.
    pub(crate) fn top_native(&mut self) -> &mut NativeFrame {
        self.cur()
            .ext()
            .natives
            .last_mut()
            .expect("a native is running")
    }

    /// Allocates zeroed Go memory without pointers; a program that has exhausted it ends.
    #[inline]
    pub(crate) fn alloc_bytes(&mut self, size: usize) -> *mut u8 {
        checked(self.heap.alloc_noscan(size))
    }

    /// Allocates `n` zeroed values of type `t` in a row.
    #[inline]
    pub(crate) fn alloc_values(&mut self, t: TypeIx, n: usize) -> *mut u8 {
        let t = &self.program.types[t.0 as usize];
        match (t.size as usize).checked_mul(n) {
            Some(size) => checked(self.heap.alloc_values(size, t)),
            None => crate::exec::out_of_memory(),
        }
    }

    /// A new zeroed value of type `t`.
    #[inline]
    pub(crate) fn new_value(&mut self, t: TypeIx) -> *mut u8 {
        checked(self.heap.alloc_type(&self.program.types[t.0 as usize]))
    }

    /// A type's descriptor.
    pub fn rtype(&self, t: TypeIx) -> &RType {
        &self.program.types[t.0 as usize]
    }

    /// The value in an interface; `None` in a nil one.
    pub(crate) fn value<'v>(&self, v: Iface) -> Option<Value<'v>> {
        crate::exec::memory::value_of(self, v)
    }

    /// The function of a closure object.
    pub(crate) fn closure_func(&self, closure: u64) -> FuncId {
        // SAFETY: a non-nil func value is the address of a closure object, whose first word holds the function.
        FuncId(unsafe { *(closure as *const u32) })
    }
}

impl Drop for Vm {
    /// Ends every goroutine, without running deferred calls, so that their stacks go back.
    fn drop(&mut self) {
        let all: Vec<Gp> = self.rt.goroutines().collect();
        for g in all {
            self.bury(g);
        }
    }
}

#[inline]
fn checked(p: *mut u8) -> *mut u8 {
    if p.is_null() {
        crate::exec::out_of_memory();
    }
    p
}

//! A machine that is used again and again: goroutines run in turns, between which its owner looks around.
//!
//! Invariants: between turns no goroutine is running: each is runnable, parked, or parked for ever after a crash. A session's evaluations are ordinary
//! goroutines whose end ends a turn; a panic, a fatal error or `os.Exit` ends a turn and its goroutine, never the machine. What Go prints about a
//! crash is kept for the owner to show.

use crate::bytecode::FuncId;
use crate::compile::{Compiler, Parts};
use crate::exec::run::Stop;
use crate::native::Output;
use crate::value::Value;
use crate::vm::{Exit, Vm};
use chanrt::{Clock, GState, Gp, Interrupter, WaitReason};
use lang::types::ObjId;

/// Why a machine in a session came to rest (see `Exit::Pause`).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Pause {
    /// The evaluation on this goroutine has ended.
    Returned(u64),
    /// Nothing can run any more: no goroutine is runnable, no timer runs, nothing is in flight.
    Asleep,
    /// Nothing can run now, though a timer or a blocking job may change that.
    Idle,
    /// The turn's budget is used up.
    Spent,
    /// Somebody used the interrupter.
    Interrupted,
}

/// How a turn ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Turn {
    /// The machine rests.
    Pause(Pause),
    /// A goroutine ended in a panic or a fatal error: see `Vm::take_report`. It stays, parked for ever.
    Crashed(u64),
    /// This goroutine called `os.Exit` and is gone.
    Exit(u64, i32),
}

/// What Go prints when a goroutine crashes.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct CrashReport {
    /// `panic: …` or `fatal error: …`, several lines if panics are nested.
    pub message: String,
    /// The goroutine's header and frames.
    pub trace: String,
}

/// What the machine keeps for its session.
#[derive(Debug, Default)]
pub(crate) struct SessionState {
    /// What is to be said about the last crash.
    pub(crate) report: CrashReport,
    /// The goroutines of evaluations that have not ended.
    evaluations: Vec<u64>,
    /// Whether to wait for timers and jobs when nothing can run.
    pub(crate) waits: bool,
    /// The channels made since the session began, but for those that a collection has found dead.
    pub(crate) chans: Vec<u64>,
}

impl SessionState {
    /// Whether an evaluation ends with this goroutine; it is forgotten.
    pub(crate) fn ends(&mut self, goid: u64) -> bool {
        let at = self.evaluations.iter().position(|&g| g == goid);
        at.map(|i| self.evaluations.swap_remove(i)).is_some()
    }
}

impl Vm {
    /// Makes this the machine of a session.
    pub fn begin_session(&mut self) {
        self.session = Some(Box::default());
        if let Some(main) = self.main.take() {
            self.bury(main);
        }
        self.rt.restart_goids();
    }

    /// A new goroutine that runs these functions, none with parameters or results, one after the other: its number. It runs in the next turn.
    pub fn evaluate(&mut self, funcs: &[FuncId]) -> u64 {
        let f = match funcs {
            [f] => *f,
            _ => self.entry_function(funcs),
        };
        let g = self.spawn(f, &[], None, 0);
        if let Some(s) = &mut self.session {
            s.evaluations.push(g.goid());
        }
        g.goid()
    }

    /// Runs goroutines until something ends the turn. `budget` is how many taken jumps and calls it may take; with `waits`, the
    /// machine waits for timers and blocking jobs when nothing can run.
    pub fn turn(&mut self, waits: bool, budget: u64) -> Turn {
        if let Some(s) = &mut self.session {
            s.waits = waits;
        }
        self.fuel = 0;
        self.reserve = budget;
        // So that goroutines are stamped with the time of this turn when they park.
        self.rt.poll();
        let exit = match self.schedule() {
            Some(exit) => exit,
            None => match self.drive() {
                Stop::Exit(exit) => exit,
                Stop::HostReturn => Exit::Pause(Pause::Spent),
            },
        };
        let goid = self.g.goid();
        let turn = match exit {
            Exit::Pause(p) => Turn::Pause(p),
            Exit::Crashed => Turn::Crashed(goid),
            Exit::Code(n) => Turn::Exit(goid, n),
        };
        match turn {
            Turn::Pause(_) => {}
            Turn::Crashed(_) => self.leave_behind(),
            Turn::Exit(..) => {
                self.leave_behind();
                self.kill(goid);
            }
        }
        if let Turn::Crashed(g) | Turn::Exit(g, _) = turn
            && let Some(s) = &mut self.session
        {
            s.ends(g);
        }
        self.stdout.flush();
        self.stderr.flush();
        turn
    }

    /// After a Rust panic in the machine: what ran stays behind like a goroutine that crashed. Its number.
    pub fn abandon(&mut self) -> u64 {
        let goid = self.g.goid();
        self.host_call = None;
        self.leave_behind();
        if let Some(s) = &mut self.session {
            s.ends(goid);
        }
        goid
    }

    /// Ends a goroutine without running its deferred calls; false if there is none of that number.
    pub fn kill(&mut self, goid: u64) -> bool {
        let Some(g) = self.goroutine(goid) else {
            return false;
        };
        if let Some(s) = &mut self.session {
            s.ends(goid);
        }
        self.bury(g);
        true
    }

    /// Ends a goroutine that is not running.
    pub(crate) fn bury(&mut self, g: Gp) {
        self.g = g;
        self.drop_natives(0);
        let gor = self.rt.kill(g);
        self.stacks.bury(gor);
    }

    /// The goroutine of that number.
    pub(crate) fn goroutine(&self, goid: u64) -> Option<Gp> {
        self.rt.goroutines().find(|g| g.goid() == goid)
    }

    /// How many bytes a goroutine's stack takes.
    pub fn stack_size(&self, goid: u64) -> usize {
        let g = self.goroutine(goid);
        g.map_or(0, |g| self.gor(g).cap as usize * size_of::<u64>())
    }

    /// Whether a goroutine is left over from a crash.
    pub fn has_crashed(&self, goid: u64) -> bool {
        self.goroutine(goid)
            .is_some_and(|g| g.state() == GState::Parked(WaitReason::PanicWait))
    }

    /// The budget that the last turn has used: taken jumps and calls.
    pub fn spent(&self, budget: u64) -> u64 {
        budget
            .saturating_sub(self.reserve)
            .saturating_sub(self.fuel.max(0) as u64)
    }

    /// How often goroutines have been switched, modulo 2^32.
    pub fn switches(&self) -> u32 {
        self.rt.picks()
    }

    /// Takes the places that output goes to away from a machine that is used no more; its goroutines end.
    pub fn retire(&mut self) -> (Output, Output) {
        let all: Vec<u64> = self.rt.goroutines().map(Gp::goid).collect();
        for goid in all {
            self.kill(goid);
        }
        self.stdout.flush();
        self.stderr.flush();
        let nowhere = || Output::new(Box::new(std::io::sink()));
        (
            std::mem::replace(&mut self.stdout, nowhere()),
            std::mem::replace(&mut self.stderr, nowhere()),
        )
    }

    /// Interrupts turns from another thread.
    pub fn interrupter(&self) -> Interrupter {
        self.rt.interrupter()
    }

    /// What is to be said about the last crash.
    pub fn take_report(&mut self) -> CrashReport {
        let s = self.session.as_mut();
        s.map(|s| std::mem::take(&mut s.report)).unwrap_or_default()
    }

    /// The compiler with the checked world, and what it compiles into; `None` in a machine whose linker is another.
    pub fn compiler(&mut self) -> Option<(&mut Compiler, Parts<'_>)> {
        let compiler = self.linker.as_any().downcast_mut::<Compiler>()?;
        let parts = Parts {
            program: &mut self.program,
            heap: &mut self.heap,
        };
        Some((compiler, parts))
    }

    /// The variable that a package-level variable object stands for.
    pub fn global(&mut self, var: ObjId) -> Option<Value<'_>> {
        let (compiler, mut parts) = self.compiler()?;
        let addr = compiler.global_addr(&mut parts, var);
        let ty = compiler.world.objects.ty(var);
        let ty = compiler.type_ix(parts.program, ty);
        Some(Value::at(
            super::memory::token(),
            &self.program.types,
            ty,
            addr,
        ))
    }

    /// Blocking jobs that goroutines wait for.
    pub fn in_flight(&self) -> usize {
        self.rt.in_flight()
    }

    /// Sets a package-level variable to its zero value.
    pub fn clear_global(&mut self, var: ObjId) {
        let Some(v) = self.global(var) else { return };
        let (at, size) = (v.addr().unwrap_or(0), v.rtype().size as usize);
        if at != 0 {
            super::memory::token().zero(at, size);
        }
    }

    /// Whether time is virtual.
    pub fn is_virtual_time(&self) -> bool {
        self.rt.clock().is_virtual()
    }

    /// Goes over to virtual or to real time; what has been measured so far goes on from where it is.
    pub fn set_virtual_time(&mut self, on: bool) {
        let now = self.rt.nanotime();
        self.rt.set_clock(if on {
            Clock::Virtual(now)
        } else {
            Clock::real_from(now)
        });
    }

    /// Moves virtual time forward, at most to the next timer: how many of the nanoseconds are left, and whether a timer is due.
    pub fn advance(&mut self, nanos: i64) -> (i64, bool) {
        self.rt.advance(nanos)
    }

    /// In how many nanoseconds the next timer is due; none either while a blocking job is in flight.
    pub fn next_timer(&self) -> Option<i64> {
        self.rt.next_timer()
    }

    /// Restarts the generator behind select, map order and math/rand.
    pub fn reseed(&mut self, seed: u64) {
        self.rt.reseed(seed);
    }

    /// Nothing can run now: whether the turn ends with that.
    #[cold]
    pub(crate) fn is_idle(&mut self) -> bool {
        self.session.as_ref().is_some_and(|s| !s.waits)
            && self.rt.runnable() == 0
            && !self.rt.is_due()
    }
}

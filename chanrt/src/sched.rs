//! The scheduler: who runs next, and what to wait for when nobody can.
//!
//! - One goroutine is Running at a time: the one `schedule` returned last, until it parks, yields or exits.
//! - Runnable goroutines are on the run queue, parked ones are not; whoever wakes a goroutine has taken it off
//!   every wait queue before.
//! - Timers and completions are looked at every `POLL_EVERY`th pick and whenever nothing is runnable.
//! - Nothing runnable, no timer, no job in flight: a deadlock. The verdict changes nothing, so a host may go on
//!   (with a new goroutine, say).
//! - A virtual clock moves only when nothing is runnable and no job is in flight.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use crate::blocking::{BlockingPool, Interrupter, Job, JobResult};
use crate::chan;
use crate::chantimer;
use crate::clock::Clock;
use crate::g::{AllGs, GState, Gp, Slab};
use crate::hchan::Hchan;
use crate::policy::{Chooser, Explorer, Policy, Schedule};
use crate::rng;
use crate::runq::RunQueue;
use crate::sema::SemaTable;
use crate::sudog::{Kind, SudogPool, WaitQ};
use crate::timer::{TimerId, TimerPayload, Timers};
use crate::waitreason::WaitReason;

/// What the host is to do next.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Next {
    /// Run this goroutine until it parks, yields or exits.
    Run(Gp),
    /// A host timer fired; deal with it and schedule again.
    Timer(u64),
    /// Somebody used the [`Interrupter`].
    Interrupted,
    /// Goroutines exist, but none can ever run again.
    Deadlock,
    /// There are no goroutines.
    AllDone,
}

/// How a runtime is to behave.
#[derive(Clone, Debug)]
pub struct Config {
    /// How choices are made.
    pub policy: Policy,
    /// Where time comes from.
    pub clock: Clock,
    /// Seed of all randomness; `None` takes a new one each run.
    pub seed: Option<u64>,
    /// Record the choices, for [`Sched::schedule_taken`].
    pub record: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            policy: Policy::Fifo,
            clock: Clock::real(),
            seed: None,
            record: false,
        }
    }
}

const POLL_EVERY: u32 = 64;

/// The part of a runtime that does not know the host's payload. Every [`Runtime`] dereferences to it.
pub struct Sched {
    runq: RunQueue,
    tick: u32,
    /// The clock as of the last poll: cheap enough to stamp every park with.
    coarse_now: i64,
    pub(crate) sudogs: SudogPool,
    pub(crate) sema: SemaTable,
    pub(crate) allgs: AllGs,
    timers: Timers,
    clock: Clock,
    chooser: Chooser,
    pool: BlockingPool,
    chans: u32,
}

impl Sched {
    fn new(config: Config) -> Sched {
        let chooser = Chooser::new(
            config.policy,
            config.seed.unwrap_or_else(rng::entropy),
            config.record,
        );
        Sched {
            runq: RunQueue::new(chooser.order()),
            tick: 0,
            coarse_now: config.clock.nanotime(),
            sudogs: SudogPool::new(),
            sema: SemaTable::default(),
            allgs: AllGs::default(),
            timers: Timers::default(),
            clock: config.clock,
            chooser,
            pool: BlockingPool::new(),
            chans: 0,
        }
    }

    /// Parks the running goroutine. Somebody must hold `g` and [`ready`](Sched::ready) it.
    #[inline]
    pub fn park(&mut self, g: Gp, reason: WaitReason) {
        debug_assert_eq!(
            g.state(),
            GState::Running,
            "only the running goroutine can park"
        );
        g.set_state(GState::Parked(reason));
        // SAFETY: handles point at live headers (Runtime::new).
        unsafe { (*g.as_ptr()).parked_since = self.coarse_now };
    }

    /// Makes a parked goroutine runnable: it is the next to run, unless another one is made ready after it.
    #[inline]
    pub fn ready(&mut self, g: Gp) {
        debug_assert!(
            matches!(g.state(), GState::Parked(_)),
            "only a parked goroutine can be made ready"
        );
        g.set_state(GState::Runnable);
        self.runq.push_next(g);
    }

    /// The running goroutine gives way (`runtime.Gosched`, or preemption): it goes behind everybody else.
    #[inline]
    pub fn yield_now(&mut self, g: Gp) {
        debug_assert_eq!(
            g.state(),
            GState::Running,
            "only the running goroutine can yield"
        );
        g.set_state(GState::Runnable);
        self.runq.push_global(g);
    }

    /// Picks what happens next; waits for timers and completions if it must.
    #[inline]
    pub fn schedule(&mut self) -> Next {
        self.tick = self.tick.wrapping_add(1);
        if !self.tick.is_multiple_of(POLL_EVERY)
            && let Some(g) = self.runq.pop(&mut self.chooser)
        {
            g.set_state(GState::Running);
            return Next::Run(g);
        }
        self.schedule_slow()
    }

    #[inline(never)]
    fn schedule_slow(&mut self) -> Next {
        self.coarse_now = self.clock.nanotime();
        loop {
            if self.pool.take_interrupt() {
                return Next::Interrupted;
            }
            self.collect_completions();
            if let Some(payload) = self.fire_timers() {
                return Next::Timer(payload);
            }
            if let Some(g) = self.runq.pop(&mut self.chooser) {
                g.set_state(GState::Running);
                return Next::Run(g);
            }
            if let Some(verdict) = self.idle() {
                return verdict;
            }
        }
    }

    /// For the host's preemption points: looks at timers and completions; says whether the running goroutine should
    /// yield (if not, it may go on with a new time slice).
    pub fn poll(&mut self) -> bool {
        self.collect_completions();
        self.coarse_now = self.clock.nanotime();
        let due = self
            .timers
            .next_when()
            .is_some_and(|when| when <= self.coarse_now);
        due || !self.runq.is_empty() || self.pool.has_news()
    }

    /// The next time slice, in instructions.
    #[inline]
    pub fn quantum(&mut self) -> u32 {
        self.chooser.quantum()
    }

    fn collect_completions(&mut self) {
        let runq = &mut self.runq;
        self.pool.collect(|g| {
            g.set_state(GState::Runnable);
            runq.push_next(g);
        });
    }

    /// Fires what is due, up to the first host timer, whose payload it returns.
    fn fire_timers(&mut self) -> Option<u64> {
        while let Some(payload) = self.timers.pop_due(self.coarse_now) {
            match payload {
                TimerPayload::Host(n) => return Some(n),
                // SAFETY: a timer channel on the heap has waiters, and a channel outlives them (Runtime::new).
                TimerPayload::Chan(c) => unsafe { chantimer::fire(self, c) },
                TimerPayload::Wake(g) => {
                    // SAFETY: handles point at live headers (Runtime::new).
                    unsafe { (*g.as_ptr()).sleep = None };
                    self.ready(g);
                }
            }
        }
        None
    }

    /// Nothing is runnable: waits for something to happen, or gives the verdict that nothing ever will.
    fn idle(&mut self) -> Option<Next> {
        let next = self.timers.next_when();
        let jobs = self.pool.in_flight() > 0;
        match (next, jobs) {
            (None, false) if self.allgs.len() == 0 => return Some(Next::AllDone),
            (None, false) => return Some(Next::Deadlock),
            (None, true) => self.pool.wait(None),
            (Some(_), true) if self.clock.is_virtual() => self.pool.wait(None),
            (Some(when), false) if self.clock.is_virtual() => self.clock.jump_to(when),
            (Some(when), _) => {
                let nanos = when.saturating_sub(self.clock.nanotime());
                if nanos > 0 {
                    self.pool.wait(Some(Duration::from_nanos(nanos as u64)));
                }
            }
        }
        self.coarse_now = self.clock.nanotime();
        None
    }

    /// Whether something outside the run queue wants attention: a timer that is due, a finished job, an interrupt.
    pub fn is_due(&self) -> bool {
        let now = self.clock.nanotime();
        self.pool.has_news() || self.timers.next_when().is_some_and(|when| when <= now)
    }

    /// Goes over to another clock, which is to go on from the time that it is.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
        self.coarse_now = self.clock.nanotime();
    }

    /// Moves a virtual clock forward by `nanos`, but not past the next timer: what is left of them, and whether a timer is due.
    pub fn advance(&mut self, nanos: i64) -> (i64, bool) {
        let now = self.clock.nanotime();
        let until = now.saturating_add(nanos.max(0));
        let next = self.timers.next_when().filter(|&when| when <= until);
        let there = next.unwrap_or(until).max(now);
        self.clock.jump_to(there);
        self.coarse_now = self.clock.nanotime();
        (until - there, next.is_some())
    }

    /// In how many nanoseconds the next timer is due; none either while a blocking job is in flight, as virtual time stands still then.
    pub fn next_timer(&self) -> Option<i64> {
        if self.pool.in_flight() > 0 {
            return None;
        }
        let now = self.clock.nanotime();
        self.timers.next_when().map(|when| (when - now).max(0))
    }

    /// Restarts all randomness from a seed.
    pub fn reseed(&mut self, seed: u64) {
        self.chooser.reseed(seed);
    }

    /// How many goroutines exist.
    pub fn gcount(&self) -> usize {
        self.allgs.len()
    }

    /// How often the host has asked who runs next, modulo 2^32: the number of switches.
    pub fn picks(&self) -> u32 {
        self.tick
    }

    /// How many goroutines are runnable (the running one not included).
    pub fn runnable(&self) -> usize {
        self.runq.len()
    }

    // ---- time ----

    /// Monotonic nanoseconds.
    pub fn nanotime(&self) -> i64 {
        self.clock.nanotime()
    }

    /// Unix seconds and nanoseconds.
    pub fn walltime(&self) -> (i64, u32) {
        self.clock.walltime()
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Parks the running goroutine until `ns` nanoseconds from now; at least one pass through the scheduler.
    /// (`time.Sleep` of nothing or less does not come here.)
    pub fn park_sleep(&mut self, g: Gp, ns: i64) {
        let when = self.nanotime().saturating_add(ns.max(0));
        let id = self.timers.start(when, TimerPayload::Wake(g));
        // SAFETY: handles point at live headers (Runtime::new).
        unsafe { (*g.as_ptr()).sleep = Some(id) };
        self.park(g, WaitReason::Sleep);
    }

    /// Starts a timer that is due at `when` (in [`nanotime`](Sched::nanotime)).
    pub fn start_timer(&mut self, when: i64, payload: TimerPayload) -> TimerId {
        self.timers.start(when, payload)
    }

    /// Stops a timer; says whether it was still pending.
    pub fn stop_timer(&mut self, id: TimerId) -> bool {
        self.timers.stop(id)
    }

    /// Moves a pending timer; says whether it was pending (if not, nothing happens: start a new one).
    pub fn reset_timer(&mut self, id: TimerId, when: i64) -> bool {
        self.timers.reset(id, when)
    }

    #[inline]
    pub(crate) fn timers_mut(&mut self) -> &mut Timers {
        &mut self.timers
    }

    /// The pending timers: for roots, and to ask when one is due.
    pub fn timers(&self) -> &Timers {
        &self.timers
    }

    // ---- choices ----

    /// One of `0..n`, as the policy says. `n` must not be 0.
    pub fn choose(&mut self, n: usize) -> usize {
        self.chooser.choose(n)
    }

    /// 64 random bits for the program.
    #[inline]
    pub fn rand_u64(&mut self) -> u64 {
        self.chooser.rng().next_u64()
    }

    /// A random number in `0..n` for the program; 0 when `n` is 0.
    #[inline]
    pub fn rand_below(&mut self, n: u64) -> u64 {
        self.chooser.rng().below(n)
    }

    /// The choices made so far, if the run is recorded.
    pub fn schedule_taken(&self) -> Option<Schedule> {
        self.chooser.schedule()
    }

    /// The explorer of an exhaustive run, to be advanced and given to the next run. This run must be over.
    pub fn take_explorer(&mut self) -> Option<Explorer> {
        self.chooser.take_explorer()
    }

    /// The number of the next channel: 1, 2, 3…
    #[inline]
    pub fn next_chan_id(&mut self) -> u32 {
        self.chans = self.chans.wrapping_add(1);
        self.chans
    }

    // ---- blocking work ----

    /// Parks the running goroutine until `job` has run on another thread; [`Sched::take_result`] then has its result.
    pub fn submit(&mut self, g: Gp, job: Job) {
        self.submit_for(g, WaitReason::IOWait, job);
    }

    /// [`Sched::submit`] with a wait reason of the host's choice.
    pub fn submit_for(&mut self, g: Gp, reason: WaitReason, job: Job) {
        self.park(g, reason);
        self.pool.submit(g, job);
    }

    /// The result of the job `g` waited for: its value, or the payload of its Rust panic.
    pub fn take_result(&mut self, g: Gp) -> Option<JobResult> {
        self.pool.take_result(g.goid())
    }

    /// Jobs that goroutines wait for.
    pub fn in_flight(&self) -> usize {
        self.pool.in_flight()
    }

    /// A handle by which another thread can interrupt this runtime.
    pub fn interrupter(&self) -> Interrupter {
        self.pool.interrupter()
    }

    /// [`Sched::cancel_wait`] for every goroutine at once.
    pub fn cancel_all_waits(&mut self) {
        self.runq.clear();
        let mut next = self.allgs.first();
        while let Some(g) = next {
            // SAFETY: goroutines on the list are alive.
            next = unsafe { (*g.as_ptr()).all_next };
            if g.state() == GState::Runnable {
                g.set_state(GState::Parked(WaitReason::PanicWait));
            }
            self.cancel_wait(g);
        }
    }

    /// Ends whatever `g` waits for: takes it off channels, semaphores, timers, jobs and run queues. It is then
    /// parked with nobody to wake it: make it ready, or end it.
    pub fn cancel_wait(&mut self, g: Gp) {
        if g.state() == GState::Runnable {
            self.runq.remove(g);
            g.set_state(GState::Parked(WaitReason::PanicWait));
        }
        // SAFETY: handles point at live headers (Runtime::new).
        if let Some(id) = unsafe { (*g.as_ptr()).sleep.take() } {
            self.timers.stop(id);
        }
        self.pool.forget(g.goid());
        let sg = g.waiting();
        if sg.is_null() {
            return;
        }
        // SAFETY: the records on a goroutine's chain are queued: on a channel's queue, or (with a null channel) in the
        // semaphore table; channels outlive their waiters.
        unsafe {
            match (*sg).kind {
                Kind::Select => chan::drop_losers(self, g, std::ptr::null_mut()),
                Kind::Own if (*sg).c.is_null() => self.sema.remove(sg),
                Kind::Own => {
                    let c = (*sg).c;
                    WaitQ::remove(Hchan::queue(c, (*sg).dir), sg);
                    if (*c).timed {
                        chantimer::settle(self, c);
                    }
                }
            }
        }
        g.set_waiting(std::ptr::null_mut());
    }
}

/// A scheduler with its goroutines, each carrying a host payload `T`.
pub struct Runtime<T> {
    slab: Slab<T>,
    sched: Sched,
}

impl<T> Runtime<T> {
    /// A runtime without goroutines.
    ///
    /// # Safety
    /// The host promises, once and for all: it uses a [`Gp`] only with the runtime that gave it and not after that
    /// runtime is gone; it does nothing to a goroutine that has exited; and a channel outlives the
    /// goroutines parked on it. This is what makes the functions that take a `Gp` safe.
    pub unsafe fn new(config: Config) -> Runtime<T> {
        Runtime {
            slab: Slab::new(),
            sched: Sched::new(config),
        }
    }

    /// Executes a `go` statement: makes a goroutine, which takes the run-next slot. `creator` is `None` for main.
    #[inline]
    pub fn newproc(&mut self, creator: Option<Gp>, go_site: u32, payload: T) -> Gp {
        let g = self
            .slab
            .alloc(creator.map_or(0, Gp::goid), go_site, payload);
        self.sched.allgs.push(g);
        self.sched.runq.push_next(g);
        g
    }

    /// The running goroutine has ended; gives its payload back.
    #[inline]
    pub fn goexit(&mut self, g: Gp) -> T {
        assert_eq!(
            g.state(),
            GState::Running,
            "only the running goroutine can exit"
        );
        self.sched.allgs.remove(g);
        // SAFETY: `g` was alive, so its payload is initialised; it is Running, so on no queue; now off the list.
        unsafe {
            let payload = Slab::<T>::payload(g).read();
            self.slab.release(g);
            payload
        }
    }

    /// Ends a goroutine that is not running, whatever it waits for; gives its payload back.
    pub fn kill(&mut self, g: Gp) -> T {
        self.sched.cancel_wait(g);
        g.set_state(GState::Running);
        self.goexit(g)
    }

    /// Numbers goroutines from 1 again, if there are none.
    pub fn restart_goids(&mut self) {
        if self.sched.allgs.len() == 0 {
            self.slab.restart_goids();
        }
    }

    /// Where the payload of `g` is. It stays there until `g` exits.
    #[inline]
    pub fn payload(&self, g: Gp) -> *mut T {
        Slab::<T>::payload(g)
    }

    /// Bytes the runtime keeps per goroutine, the payload included.
    pub const fn bytes_per_goroutine() -> usize {
        size_of::<crate::g::G<T>>()
    }
}

impl<T> Drop for Runtime<T> {
    fn drop(&mut self) {
        // Select records of goroutines that are still parked go back to the pool, which frees them. Their channels
        // may be gone already and are not touched.
        let mut next = self.sched.allgs.first();
        while let Some(g) = next {
            // SAFETY: goroutines on the list are alive; each pooled record is on one chain and nothing else uses it now.
            unsafe {
                next = (*g.as_ptr()).all_next;
                let mut sg = g.waiting();
                while !sg.is_null() && (*sg).kind == Kind::Select {
                    let rest = (*sg).waitlink;
                    self.sched.sudogs.release(sg);
                    sg = rest;
                }
            }
        }
    }
}

impl<T> Deref for Runtime<T> {
    type Target = Sched;

    #[inline]
    fn deref(&self) -> &Sched {
        &self.sched
    }
}

impl<T> DerefMut for Runtime<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut Sched {
        &mut self.sched
    }
}

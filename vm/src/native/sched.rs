//! What natives do with the scheduler: time, parking, timers, output, blocking work.

use super::{Cx, Flow, GoChan, GoFunc, Request};
use chanrt::{Gp, Hchan, TimeValue, TimerId, TimerPayload, WaitReason};

/// A started timer that calls a function without parameters in a goroutine of its own.
pub(crate) struct TimerEntry {
    pub(crate) func: GoFunc,
    id: Option<TimerId>,
    generation: u32,
}

/// The host timers by the number given to chanrt and to Go: slot and generation.
#[derive(Default)]
pub(crate) struct TimerTable {
    entries: Vec<TimerEntry>,
    free: Vec<u32>,
}

impl TimerTable {
    /// Enters a timer that has not been started.
    fn add(&mut self, func: GoFunc) -> u64 {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.entries.push(TimerEntry {
                func,
                id: None,
                generation: 1,
            });
            (self.entries.len() - 1) as u32
        });
        let e = &mut self.entries[slot as usize];
        e.func = func;
        u64::from(e.generation) << 32 | u64::from(slot)
    }

    /// The pending timer with this number.
    pub(crate) fn get(&mut self, n: u64) -> Option<&mut TimerEntry> {
        self.entries
            .get_mut(n as u32 as usize)
            .filter(|e| u64::from(e.generation) == n >> 32 && e.id.is_some())
    }

    /// Forgets a timer.
    pub(crate) fn remove(&mut self, n: u64) {
        if let Some(e) = self.get(n) {
            e.id = None;
            e.generation = e.generation.wrapping_add(1).max(1);
            self.free.push(n as u32);
        }
    }

    /// The functions of all pending timers, for the collector.
    pub(crate) fn funcs(&self) -> impl Iterator<Item = GoFunc> {
        self.entries
            .iter()
            .filter(|e| e.id.is_some())
            .map(|e| e.func)
    }
}

/// Time and timers.
impl Cx<'_> {
    /// Monotonic nanoseconds since the program started.
    pub fn now_nanos(&self) -> i64 {
        self.vm().rt.nanotime()
    }

    /// Unix seconds and nanoseconds.
    pub fn walltime(&self) -> (i64, u32) {
        self.vm().rt.walltime()
    }

    /// Parks the goroutine for `ns` nanoseconds; `time.Sleep` returns this. Nothing or less yields nothing.
    pub fn sleep(&mut self, ns: i64) -> Flow {
        if ns <= 0 {
            return Flow::Done;
        }
        let vm = self.vm();
        vm.rt.park_sleep(vm.g, ns);
        Flow::Park
    }

    /// Starts a timer that is due at `when` (in `now_nanos`) and then calls `func` in a goroutine of its own. The number names it for ever
    /// and is never 0.
    pub fn start_timer(&mut self, when: i64, func: GoFunc) -> u64 {
        let vm = self.vm();
        let n = vm.timers.add(func);
        let id = vm.rt.start_timer(when, TimerPayload::Host(n));
        vm.timers.entries[n as u32 as usize].id = Some(id);
        n
    }

    /// Stops a timer; says whether it was still pending.
    pub fn stop_timer(&mut self, timer: u64) -> bool {
        let vm = self.vm();
        let Some(id) = vm.timers.get(timer).and_then(|e| e.id) else {
            return false;
        };
        let pending = vm.rt.stop_timer(id);
        vm.timers.remove(timer);
        pending
    }

    /// Makes a fresh channel, of the capacity `chanrt::TIMER_CHAN_CAP` and with elements of 24 bytes, the channel of a timer; `value` makes
    /// what it sends. False, and nothing happens, for any other channel.
    pub fn make_timer_chan(&mut self, c: GoChan, value: TimeValue) -> bool {
        // SAFETY: a channel of the program.
        unsafe { chanrt::make_timer_chan(c.word() as *mut Hchan, value) }
    }

    /// Starts the timer of a channel, or starts it anew, due at `when` and then every `period` if that is positive. Says whether it was
    /// started before and nobody had received from it. Nothing happens to other channels.
    pub fn start_chan_timer(&mut self, c: GoChan, when: i64, period: i64) -> bool {
        let c = c.word() as *mut Hchan;
        // SAFETY: a channel of the program; a timer's, when told to start.
        unsafe { !c.is_null() && (*c).timed && self.vm().rt.start_chan_timer(c, when, period) }
    }

    /// Stops the timer of a channel and takes back what nobody has received. The answer is `start_chan_timer`'s.
    pub fn stop_chan_timer(&mut self, c: GoChan) -> bool {
        let c = c.word() as *mut Hchan;
        // SAFETY: as in `start_chan_timer`.
        unsafe { !c.is_null() && (*c).timed && self.vm().rt.stop_chan_timer(c) }
    }

    /// 64 random bits from the run's generator.
    pub fn rand_u64(&mut self) -> u64 {
        self.vm().rt.rand_u64()
    }
}

/// Parking and waking.
impl Cx<'_> {
    /// The running goroutine's number.
    pub fn goid(&self) -> u64 {
        self.vm().g.goid()
    }

    /// How many goroutines there are.
    pub fn num_goroutine(&self) -> usize {
        self.vm().rt.gcount()
    }

    /// Gives way to the other goroutines; return it.
    pub fn gosched(&mut self) -> Flow {
        Flow::Yield
    }

    /// Ends the goroutine after its deferred calls; return it.
    pub fn goexit(&mut self) -> Flow {
        Flow::Goexit
    }

    /// Parks the goroutine at the end of the queue of `addr`. Then return [`Flow::Park`] or [`Flow::Retry`], or, on a native stack,
    /// [`Cx::suspend`]. `tag` comes back from `semadequeue`.
    pub fn semaqueue(&mut self, addr: usize, reason: WaitReason, tag: u32) {
        let vm = self.vm();
        vm.rt.semaqueue(addr, vm.g, reason, tag);
    }

    /// As `semaqueue`, at the head of the queue.
    pub fn semaqueue_first(&mut self, addr: usize, reason: WaitReason, tag: u32) {
        let vm = self.vm();
        vm.rt.semaqueue_first(addr, vm.g, reason, tag);
    }

    /// Takes the first waiter off the queue of `addr`, with its tag. It stays parked until it is made `ready`.
    pub fn semadequeue(&mut self, addr: usize) -> Option<(Gp, u32)> {
        self.vm().rt.semadequeue(addr)
    }

    /// The tag of the first waiter at `addr`.
    pub fn sema_peek(&self, addr: usize) -> Option<u32> {
        self.vm().rt.sema_peek(addr)
    }

    /// How many goroutines wait at `addr`.
    pub fn sema_waiters(&self, addr: usize) -> usize {
        self.vm().rt.sema_waiters(addr)
    }

    /// Makes a parked goroutine runnable.
    pub fn ready(&mut self, g: Gp) {
        self.vm().rt.ready(g);
    }

    /// On a native stack, after parking: runs others until somebody wakes this goroutine.
    ///
    /// # Errors
    /// `Flow::NeedStack` elsewhere.
    pub fn suspend(&mut self) -> Result<(), Flow> {
        self.request(Request::Parked).map(|_| ())
    }

    /// On a native stack: runs `job` on another thread while other goroutines go on, and gives its result.
    ///
    /// # Errors
    /// `Flow::NeedStack` elsewhere (the job has not been started).
    ///
    /// # Panics
    /// If the job panicked, with its panic.
    pub fn block_on<T: Send + 'static>(
        &mut self,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Flow> {
        self.block_on_for(WaitReason::IOWait, job)
    }

    /// As `block_on`, with a wait reason for goroutine dumps.
    ///
    /// # Errors
    /// As `block_on`.
    ///
    /// # Panics
    /// As `block_on`.
    pub fn block_on_for<T: Send + 'static>(
        &mut self,
        reason: WaitReason,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Flow> {
        if !self.on_stack() {
            return Err(Flow::NeedStack);
        }
        let vm = self.vm();
        vm.rt
            .submit_for(vm.g, reason, Box::new(move || Box::new(job())));
        self.suspend()?;
        let vm = self.vm();
        match vm
            .rt
            .take_result(vm.g)
            .expect("a goroutine woken from a job finds its result")
        {
            Ok(value) => Ok(*value.downcast::<T>().expect("the job's own result type")),
            Err(payload) => std::panic::resume_unwind(payload),
        }
    }
}

/// Output, and what package runtime wants to know.
impl Cx<'_> {
    /// Writes to standard output.
    #[inline]
    pub fn stdout(&mut self, b: &[u8]) {
        self.vm().stdout.write(b);
    }

    /// Writes to standard error; what was printed before is flushed first.
    pub fn stderr(&mut self, b: &[u8]) {
        self.vm().write_stderr(b);
    }

    /// Flushes standard output.
    pub fn flush_stdout(&mut self) {
        self.vm().stdout.flush();
    }

    /// The program's arguments, its name first.
    pub fn args(&self) -> &[String] {
        &self.vm().options.args
    }

    /// Collects garbage as soon as this native has returned; return it.
    pub fn gc(&mut self) -> Flow {
        Flow::Collect
    }

    /// The heap's figures.
    pub fn mem_stats(&self) -> crate::mem::MemStats {
        self.vm().heap.stats()
    }
}

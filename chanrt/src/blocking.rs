//! The blocking pool: threads for work that would stop the world (files, DNS, sockets), and the one place where
//! the idle scheduler waits.
//!
//! - A job owns its data and runs on some thread; its result comes back through one completion queue.
//! - A goroutine waits for at most one job, so its goid names the job.
//! - Threads start when a job finds none idle (up to `MAX_THREADS`) and end after `IDLE_TIME` without work.
//! - `Shared` is the only thing two threads touch; everything in it is behind its mutex or atomic.

use std::any::Any;
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::g::Gp;
use crate::table::IntMap;

/// Work for another thread.
pub type Job = Box<dyn FnOnce() -> Box<dyn Any + Send> + Send>;

/// What a job gave: its value, or the payload of its Rust panic.
pub type JobResult = std::thread::Result<Box<dyn Any + Send>>;

const MAX_THREADS: usize = 512;
const IDLE_TIME: Duration = Duration::from_secs(10);

#[derive(Default)]
struct State {
    jobs: VecDeque<(u64, Job)>,
    done: VecDeque<(u64, JobResult)>,
    threads: usize,
    idle: usize,
    shutdown: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    /// Signals the threads: a job, or the end.
    work: Condvar,
    /// Signals the scheduler: a completion, or an interrupt.
    news: Condvar,
    completions: AtomicUsize,
    interrupted: AtomicBool,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        // Jobs run outside the lock, so a poisoned state is still consistent.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Interrupts a runtime from another thread: `schedule` returns [`Next::Interrupted`](crate::Next::Interrupted) soon,
/// even when it was waiting, and `poll` answers true. Not for use inside a signal handler (it takes a lock).
#[derive(Clone)]
pub struct Interrupter(Arc<Shared>);

impl Interrupter {
    /// Interrupts the runtime.
    pub fn interrupt(&self) {
        let _state = self.0.lock();
        self.0.interrupted.store(true, Ordering::Release);
        self.0.news.notify_all();
    }
}

/// The scheduler's side of the pool.
pub(crate) struct BlockingPool {
    shared: Arc<Shared>,
    waiting: IntMap<Gp>,
    results: IntMap<JobResult>,
}

impl BlockingPool {
    pub(crate) fn new() -> BlockingPool {
        BlockingPool {
            shared: Arc::default(),
            waiting: IntMap::default(),
            results: IntMap::default(),
        }
    }

    /// Jobs that somebody waits for and whose completion has not been collected.
    #[inline]
    pub(crate) fn in_flight(&self) -> usize {
        self.waiting.len()
    }

    /// Hands a job to some thread; `g` will be given back by `collect`.
    pub(crate) fn submit(&mut self, g: Gp, job: Job) {
        self.waiting.insert(g.goid(), g);
        let mut state = self.shared.lock();
        state.jobs.push_back((g.goid(), job));
        if state.jobs.len() > state.idle && state.threads < MAX_THREADS && self.start_thread() {
            state.threads += 1;
        }
        // With no thread at all (the system refuses to make one) the job runs here: late, but it runs.
        if state.threads == 0 {
            let (goid, job) = state.jobs.pop_back().expect("just pushed");
            drop(state);
            finish(&self.shared, goid, job);
            return;
        }
        drop(state);
        self.shared.work.notify_one();
    }

    fn start_thread(&self) -> bool {
        let shared = Arc::clone(&self.shared);
        std::thread::Builder::new()
            .name("gol-blocking".into())
            .spawn(move || work(&shared))
            .is_ok()
    }

    /// Whether `collect` or `take_interrupt` would find something.
    #[inline]
    pub(crate) fn has_news(&self) -> bool {
        self.shared.completions.load(Ordering::Acquire) != 0
            || self.shared.interrupted.load(Ordering::Acquire)
    }

    /// Takes the finished jobs and gives the goroutines that waited for them to `ready`, in order of completion.
    pub(crate) fn collect(&mut self, mut ready: impl FnMut(Gp)) {
        if self.shared.completions.load(Ordering::Acquire) == 0 {
            return;
        }
        let done = {
            let mut state = self.shared.lock();
            self.shared.completions.store(0, Ordering::Release);
            std::mem::take(&mut state.done)
        };
        for (goid, result) in done {
            // A goroutine that was killed meanwhile does not wait any more; its result is dropped.
            if let Some(g) = self.waiting.remove(&goid) {
                self.results.insert(goid, result);
                ready(g);
            }
        }
    }

    pub(crate) fn take_result(&mut self, goid: u64) -> Option<JobResult> {
        self.results.remove(&goid)
    }

    /// Forgets that `goid` waits or has a result.
    pub(crate) fn forget(&mut self, goid: u64) {
        self.waiting.remove(&goid);
        self.results.remove(&goid);
    }

    #[inline]
    pub(crate) fn take_interrupt(&self) -> bool {
        self.shared.interrupted.load(Ordering::Acquire)
            && self.shared.interrupted.swap(false, Ordering::AcqRel)
    }

    pub(crate) fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::clone(&self.shared))
    }

    /// Waits for a completion or an interrupt, at most `limit`.
    pub(crate) fn wait(&self, limit: Option<Duration>) {
        let state = self.shared.lock();
        if self.has_news() {
            return;
        }
        match limit {
            Some(limit) => drop(self.shared.news.wait_timeout(state, limit)),
            None => drop(self.shared.news.wait(state)),
        }
    }
}

impl Drop for BlockingPool {
    fn drop(&mut self) {
        // Threads inside a job end when the job does; nobody waits for them.
        let mut state = self.shared.lock();
        state.shutdown = true;
        state.jobs.clear();
        drop(state);
        self.shared.work.notify_all();
    }
}

/// The life of a pool thread.
fn work(shared: &Shared) {
    let mut state = shared.lock();
    loop {
        if let Some((goid, job)) = state.jobs.pop_front() {
            drop(state);
            finish(shared, goid, job);
            state = shared.lock();
            continue;
        }
        if state.shutdown {
            break;
        }
        state.idle += 1;
        let (woken, timeout) = shared
            .work
            .wait_timeout(state, IDLE_TIME)
            .unwrap_or_else(PoisonError::into_inner);
        state = woken;
        state.idle -= 1;
        if timeout.timed_out() && state.jobs.is_empty() {
            break;
        }
    }
    state.threads -= 1;
}

/// Runs a job and queues its completion.
fn finish(shared: &Shared, goid: u64, job: Job) {
    let result = catch_unwind(AssertUnwindSafe(job));
    let mut state = shared.lock();
    state.done.push_back((goid, result));
    shared
        .completions
        .store(state.done.len(), Ordering::Release);
    drop(state);
    shared.news.notify_all();
}

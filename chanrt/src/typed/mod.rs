//! Goroutines and channels for Rust programs, on the same runtime the VM uses.
//!
//! ```
//! use chanrt::typed::{Chan, go, run};
//!
//! let sum = run(|| {
//!     let c = Chan::new(0);
//!     let numbers = c.clone();
//!     go(move || {
//!         for i in 1..=10 {
//!             numbers.send(i).unwrap();
//!         }
//!         numbers.close().unwrap();
//!     });
//!     c.iter().sum::<i32>()
//! });
//! assert_eq!(sum, Ok(55));
//! ```
//!
//! A goroutine is a coroutine on a native stack of [`STACK_SIZE`] bytes: this face is for thousands
//! of goroutines, the core below it for millions. Everything happens on the thread that called [`run`].
//! - A goroutine is inside `run`, on its own stack, whenever user code executes; nothing is borrowed from the face then.
//! - When main returns, the other goroutines are unwound (their locals are dropped) before `run` returns.

mod chan;
mod face;
mod select;

use std::fmt;
use std::time::Duration;

pub use chan::{Chan, CloseError, Iter, SendError, TryRecvError, TrySendError};
pub use select::Select;

use crate::clock::Clock;
use crate::g::Gp;
use crate::policy::{Explorer, Policy};
use crate::sched::Config;
use crate::stack::STACK_SIZE;
use crate::waitreason::WaitReason;
use face::{Face, with_face};

/// No goroutine can ever run again, and main has not returned.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Deadlock {
    /// The goroutines that existed: their goids, and what they wait for.
    pub goroutines: Vec<(u64, WaitReason)>,
}

impl fmt::Display for Deadlock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "all goroutines are asleep - deadlock!")?;
        self.goroutines
            .iter()
            .try_for_each(|(goid, reason)| write!(f, "\ngoroutine {goid} [{reason}]"))
    }
}

impl std::error::Error for Deadlock {}

/// Runs `main` as goroutine 1 of a new runtime, until it returns or everything is deadlocked. A Rust panic in any goroutine
/// ends the run and goes on in the caller.
///
/// # Panics
/// Inside another `run` on the same thread, and when no stack can be mapped.
pub fn run<R>(main: impl FnOnce() -> R) -> Result<R, Deadlock> {
    run_with(Config::default(), STACK_SIZE, main)
}

/// [`run`] with a configuration and a size for the goroutines' stacks.
pub fn run_with<R>(
    config: Config,
    stack_size: usize,
    main: impl FnOnce() -> R,
) -> Result<R, Deadlock> {
    face::run(config, stack_size, main).0
}

/// Runs `main` once for every schedule the runtime could choose, with a virtual clock, up to `limit` runs; the
/// outcomes, in the order tried. Goroutines are interleaved where they wait and where they call [`yield_now`].
pub fn explore<R>(limit: usize, main: impl Fn() -> R) -> Vec<Result<R, Deadlock>> {
    let mut outcomes = Vec::new();
    let mut explorer = Explorer::new();
    while outcomes.len() < limit {
        let config = Config {
            policy: Policy::Exhaustive(explorer),
            clock: Clock::virtual_(),
            seed: Some(0),
            record: false,
        };
        let (outcome, used) = face::run(config, STACK_SIZE, &main);
        outcomes.push(outcome);
        let Some(mut used) = used else { break };
        if !used.advance() {
            break;
        }
        explorer = used;
    }
    outcomes
}

/// Starts a goroutine.
///
/// # Panics
/// Outside [`run`], and when no stack can be mapped.
pub fn go(f: impl FnOnce() + 'static) {
    with_face(|face| face.go(f));
}

/// Lets the other goroutines run.
pub fn yield_now() {
    with_face(|face| face.switch(|rt, g| rt.yield_now(g)));
}

/// Parks the goroutine for `d`. Nothing or less returns at once.
pub fn sleep(d: Duration) {
    let ns = i64::try_from(d.as_nanos()).unwrap_or(i64::MAX);
    if ns > 0 {
        with_face(|face| face.switch(|rt, g| rt.park_sleep(g, ns)));
    }
}

/// A channel that yields once, after `d`.
pub fn after(d: Duration) -> Chan<()> {
    let c = Chan::new(1);
    let tick = c.clone();
    go(move || {
        sleep(d);
        // Nobody else knows the channel's sending end, so it is open.
        let _ = tick.send(());
    });
    c
}

/// Runs `f` on a thread of the blocking pool; other goroutines run meanwhile. A panic of `f` goes on here.
pub fn blocking<R: Send + 'static>(f: impl FnOnce() -> R + Send + 'static) -> R {
    let Some(g) = with_face(Face::running) else {
        return f();
    };
    let result = with_face(|face| {
        face.switch(|rt, g| rt.submit(g, Box::new(move || Box::new(f()))));
        face.rt().take_result(g)
    });
    match result.expect("a goroutine that submitted a job wakes with its result") {
        Ok(value) => *value.downcast::<R>().expect("the job returned an R"),
        Err(panic) => std::panic::resume_unwind(panic),
    }
}

/// The number of the running goroutine; 1 is main.
pub fn goid() -> u64 {
    with_face(|face| face.running().map_or(0, Gp::goid))
}

/// Nanoseconds on the runtime's clock.
pub fn nanotime() -> i64 {
    with_face(|face| face.rt().nanotime())
}

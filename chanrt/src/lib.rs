//! Go's channel runtime: channels, `select`, a goroutine scheduler, timers, semaphores and a blocking pool.
//!
//! The crate knows nothing of Go's syntax, of bytecode or of a garbage collector. A *host* runs the goroutines; chanrt
//! says which one, moves values between them, and knows who waits for what. One OS thread runs a [`Runtime`].
//!
//! # The host loop
//!
//! A goroutine is a [`Gp`] handle with a payload of the host's choice behind it (the VM keeps its frame state there).
//! The host asks [`Sched::schedule`] what to do, runs that goroutine, and performs channel operations for it.
//! When an operation answers `Park`, the host saves what it needs in the payload and schedules again: no
//! native stack is held. When the goroutine comes back, the value has already been moved, and [`Gp::wake`] says how it ended.
//!
//! ```
//! use chanrt::{Config, Hchan, Next, RecvResult, Runtime, SendResult, chanrecv, chansend};
//!
//! // Goroutine 1 receives, goroutine 2 sends 42. The payload: where the program is, and one variable.
//! enum Pc { Recv, Received, Send, Sent }
//! struct Frame { pc: Pc, x: u64 }
//!
//! let mut mem = vec![0u64; Hchan::size_for(8, 0).unwrap().div_ceil(8)];
//! // SAFETY: the handles below are used with this runtime only, and the channel outlives it.
//! let mut rt = unsafe { Runtime::<Frame>::new(Config::default()) };
//! let id = rt.next_chan_id();
//! // SAFETY: `mem` is zeroed, aligned and large enough.
//! let c = unsafe { Hchan::init(mem.as_mut_ptr().cast(), 8, 0, 0, 0, id) };
//!
//! let main = rt.newproc(None, 0, Frame { pc: Pc::Recv, x: 0 });
//! rt.newproc(Some(main), 7, Frame { pc: Pc::Send, x: 42 });
//! let mut got = None;
//! loop {
//!     let g = match rt.schedule() {
//!         Next::Run(g) => g,
//!         Next::Timer(_) | Next::Interrupted => continue,
//!         Next::Deadlock => panic!("all goroutines are asleep"),
//!         Next::AllDone => break,
//!     };
//!     // SAFETY: `g` runs, its frame stands still, the channel is valid.
//!     unsafe {
//!         let frame = rt.payload(g);
//!         let x = (&raw mut (*frame).x).cast::<u8>();
//!         match (*frame).pc {
//!             Pc::Recv => {
//!                 (*frame).pc = Pc::Received;
//!                 if let RecvResult::Park = chanrecv(&mut rt, g, c, x) { continue }
//!                 got = Some((*frame).x);
//!             }
//!             Pc::Received => got = g.wake().success.then_some((*frame).x),
//!             Pc::Send => {
//!                 (*frame).pc = Pc::Sent;
//!                 if let SendResult::Park = chansend(&mut rt, g, c, x) { continue }
//!             }
//!             Pc::Sent => assert!(g.wake().success),
//!         }
//!     }
//!     rt.goexit(g);
//! }
//! assert_eq!(got, Some(42));
//! ```
//!
//! Preemption: run a goroutine for [`Sched::quantum`] instructions, then ask [`Sched::poll`]; if it answers true,
//! [`Sched::yield_now`] and schedule.
//!
//! # Where things are
//!
//! | file | what |
//! |---|---|
//! | `g`, `sudog`, `hchan` | the data: goroutines, waiter records, channels |
//! | `chan`, `select`, `sema` | the operations |
//! | `sched`, `runq`, `policy`, `rng` | who runs next, and who decides |
//! | `timer`, `chantimer`, `clock`, `blocking` | what the idle scheduler waits for |
//! | `inspect` | dumps and reports |
//! | `stack`, `typed` | (feature `coroutines`) pooled native stacks; channels of Rust values and `go(…)` on the same runtime |

mod blocking;
mod chan;
mod chantimer;
mod clock;
mod g;
mod hchan;
mod inspect;
mod policy;
mod rng;
mod runq;
mod sched;
mod select;
mod sema;
#[cfg(feature = "coroutines")]
pub mod stack;
mod sudog;
mod table;
mod timer;
#[cfg(feature = "coroutines")]
pub mod typed;
mod waitreason;

pub use blocking::{Interrupter, Job, JobResult};
pub use chan::{
    CloseResult, RecvResult, SendResult, TryRecv, TrySend, chancap, chanlen, chanrecv, chansend,
    closechan, try_recv, try_send,
};
pub use chantimer::{TIMER_CHAN_CAP, TimeNow, TimeValue, make_timer_chan};
pub use clock::{Clock, VIRTUAL_EPOCH};
pub use g::{GHead, GState, Gp, Wake};
pub use hchan::{ChanState, Hchan, MAX_ELEM_SIZE, TooBig};
pub use inspect::{SemaWait, Waiting, waiters};
pub use policy::{Explorer, Order, Policy, QUANTUM, Quanta, Schedule};
pub use rng::{Rng, entropy};
pub use sched::{Config, Next, Runtime, Sched};
pub use select::{Scase, SelectDone, SelectResult, finish_select, selectgo};
pub use sudog::{Dir, Sudog, WaitQ};
pub use timer::{TimerId, TimerPayload, Timers};
pub use waitreason::WaitReason;

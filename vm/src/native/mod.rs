//! Natives: Go functions written in Rust.
//!
//! Invariants:
//! - A native sees its window through a [`Cx`]: it reads its arguments in declaration order (the receiver last), writes its results in
//!   order, and says with a [`Flow`] how it ended. Nothing it can do through `Cx` and the handles breaks memory safety.
//! - Handles (`GoStr`, `GoSlice`, …) are raw references into Go memory. They are good until the native returns: no collection runs
//!   inside a native, what a suspended native holds on its own stack is scanned, and the heap does not move. Never store one
//!   in a Rust heap object that outlives the native.
//! - A native that calls Go code or waits in the middle (`call`, `call_method`, `block_on`, `suspend`) must be on a stack of its own.
//!   Elsewhere those give `Err(Flow::NeedStack)`: return it, and the VM runs the native again on a stack. Do that before any effect.

mod call;
mod cx;
mod finalize;
mod handles;
mod output;
mod reflect;
mod sched;
mod stack;

pub use call::{Callee, FrameInfo};
pub use chanrt::{TIMER_CHAN_CAP, TimeNow, TimeValue};
pub use cx::{Cx, GoNilDeref};
pub use handles::{GoChan, GoFunc, GoMap, GoPtr, GoSlice, GoStr, Iface, Pod};
pub use output::Output;
pub(crate) use sched::TimerTable;
pub(crate) use stack::{NativeFrame, NativeStacks, Reply, Request, Resumed};

/// A native function.
pub type NativeFn = fn(&mut Cx<'_>) -> Flow;

/// Finds natives by name: package path, a dot, then `Func`, `T.Method` or `(*T).Method`.
pub type NativeLookup = fn(&str) -> Option<Native>;

/// A native as a package registers it.
#[derive(Clone, Copy)]
pub struct Native {
    /// The function.
    pub f: NativeFn,
    /// Whether it always needs a stack of its own. (Natives that need one rarely return [`Flow::NeedStack`] when they do.)
    pub stack: bool,
}

/// How a native ended. The values other than `Done`, `Retry` and `NeedStack` come from the `Cx` method of the same purpose.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[must_use]
pub enum Flow {
    /// The results are written.
    Done,
    /// A Go panic (made by `Cx::panic_str` and its like).
    Panic,
    /// The goroutine has been parked (`Cx::sleep`, `Cx::semaqueue`); when somebody wakes it, it goes on behind the call. Results, if
    /// any, have been written.
    Park,
    /// The goroutine has been parked; when somebody wakes it, the native is called again.
    Retry,
    /// The goroutine gives way (`Cx::gosched`).
    Yield,
    /// The goroutine ends after running its deferred functions (`Cx::goexit`).
    Goexit,
    /// The program ends at once with this exit code.
    Exit(i32),
    /// A fatal error that cannot be recovered (`Cx::fatal`).
    Fatal,
    /// Collect garbage, then go on (`Cx::gc`).
    Collect,
    /// Nothing has been done: run me again on a stack of my own.
    NeedStack,
}

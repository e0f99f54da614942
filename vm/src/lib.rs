//! The virtual machine.

pub mod bytecode;
pub mod compile;
mod exec;
pub mod mem;
pub mod native;
pub mod program;
pub mod rtype;
pub mod value;
mod vm;

pub use exec::chaninfo::{ChanInfo, Waiter};
pub use exec::inspect::{FrameInfo, GoroutineInfo, Place, WaitInfo, WaitsOn};
pub use exec::session::{CrashReport, Pause, Turn};
pub use native::{
    Cx, Flow, GoChan, GoFunc, GoMap, GoPtr, GoSlice, GoStr, Iface, Native, NativeFn, NativeLookup,
    Output,
};
pub use vm::{Exit, Options, Vm};

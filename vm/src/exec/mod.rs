//! Running bytecode: the loop, the slower instructions, goroutines, panics, reports.
//!
//! `run` is the loop, `slow` the instructions beside it; `fault` deals with everything that ends an instruction otherwise; `defer` unwinds; `gor` holds goroutines and stacks;
//! `switch` schedules; `gc` finds the roots; `report` and `deadlock` write to people. The rest are instruction families, named after the sections of
//! the op table. Unsafe is allowed here because frames are: every block relies on the verifier's and the checker's facts.

pub(crate) mod arith;
pub(crate) mod calls;
pub(crate) mod chaninfo;
pub(crate) mod chans;
pub(crate) mod deadlock;
pub(crate) mod defer;
pub(crate) mod fault;
pub(crate) mod gc;
pub(crate) mod gor;
pub(crate) mod iface;
pub(crate) mod inspect;
pub(crate) mod known;
pub(crate) mod live;
pub(crate) mod maps;
pub(crate) mod memory;
pub(crate) mod natives;
pub(crate) mod print;
pub(crate) mod reach;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod session;
pub(crate) mod sites;
pub(crate) mod slices;
pub(crate) mod slow;
pub(crate) mod strings;
pub(crate) mod switch;
pub(crate) mod trace;

/// What unwinds the interpreter when Go memory is exhausted in a place that cannot report it otherwise; the VM's edge turns it into Go's
/// fatal error.
pub(crate) struct OutOfMemory;

/// Unwinds to the VM's edge.
#[cold]
pub(crate) fn out_of_memory() -> ! {
    std::panic::resume_unwind(Box::new(OutOfMemory))
}

//! `select`, in three passes.
//!
//! 1. Look at every case; among those that can go on, one is chosen with equal chances (what Go gets by polling in
//!    random order), or as the scheduling policy says.
//! 2. If none can and there is no default: enqueue a record on every channel and park.
//! 3. Whoever serves one of the records takes all the others off their queues at once (`chan::drop_losers`),
//!    so a select is won once, and its goroutine wakes with nothing left to clean up.
//! - Nil channels take no part. A send on a closed channel can go on: it panics if chosen.

use std::ptr;

use crate::chan::{self, TryRecv, TrySend};
use crate::chantimer;
use crate::g::Gp;
use crate::hchan::{ChanState, Hchan};
use crate::sched::Sched;
use crate::sudog::{Dir, WaitQ};
use crate::waitreason::WaitReason;

/// One case of a select statement.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct Scase {
    /// The channel; may be null.
    pub c: *mut Hchan,
    /// The value to send, or where a received value goes (null: nowhere).
    pub elem: *mut u8,
    /// Send or receive.
    pub dir: Dir,
}

/// How a select ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SelectResult {
    /// Case `case` went on. `recv_ok` is the second value of a receive; true for a send.
    Ready {
        /// Index of the case.
        case: usize,
        /// Whether a received value was sent, rather than the zero value of a closed channel.
        recv_ok: bool,
    },
    /// No case could go on and the select does not block.
    Default,
    /// The goroutine is parked. Once it runs again, [`finish_select`] tells how the select ended.
    Park,
    /// Panic: send on closed channel, in case `case`.
    SendClosed {
        /// Index of the case.
        case: usize,
    },
}

/// How a select that parked ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SelectDone {
    /// Index of the case that went on.
    pub case: usize,
    /// `false`: the channel was closed. A receive case then has ok = false; a send case panics.
    pub success: bool,
}

/// Executes a select statement for the running goroutine `g`.
///
/// # Safety
/// Every channel is null or valid; `g` is running; every `elem` fits its case as for
/// [`chansend`](crate::chansend) and [`chanrecv`](crate::chanrecv), and stays valid and still if the answer is `Park`.
/// The slice itself is not used after the call.
pub unsafe fn selectgo(s: &mut Sched, g: Gp, cases: &[Scase], block: bool) -> SelectResult {
    // SAFETY: the caller's contract, for all three.
    unsafe {
        if let Some(case) = pick_ready(s, cases) {
            return proceed(s, &cases[case], case);
        }
        if !block {
            return SelectResult::Default;
        }
        enqueue_all(s, g, cases);
    }
    s.park(
        g,
        if cases.is_empty() {
            WaitReason::SelectNoCases
        } else {
            WaitReason::Select
        },
    );
    SelectResult::Park
}

/// What became of the select that `g` parked in; to be asked when `g` runs again.
#[inline]
pub fn finish_select(g: Gp) -> SelectDone {
    let wake = g.wake();
    SelectDone {
        case: wake.case as usize,
        success: wake.success,
    }
}

/// Pass 1: chooses among the cases that can go on.
///
/// # Safety
/// Every channel is null or valid.
unsafe fn pick_ready(s: &mut Sched, cases: &[Scase]) -> Option<usize> {
    for case in cases {
        // SAFETY: the caller's contract.
        unsafe { evaluate(s, case) };
    }
    let (mut ready, mut last) = (0, 0);
    for (i, case) in cases.iter().enumerate() {
        // SAFETY: the caller's contract.
        if unsafe { can_proceed(case) } {
            ready += 1;
            last = i;
        }
    }
    match ready {
        0 => None,
        1 => Some(last),
        n => {
            let k = s.choose(n);
            // SAFETY: the caller's contract.
            let mut these = cases
                .iter()
                .enumerate()
                .filter(|(_, case)| unsafe { can_proceed(case) });
            these.nth(k).map(|(i, _)| i)
        }
    }
}

/// Lets the timer of a timer channel send what is due. It may wake others and end their selects, so all of them go before any case is judged.
///
/// # Safety
/// The channel is null or valid.
#[inline]
unsafe fn evaluate(s: &mut Sched, case: &Scase) {
    // SAFETY: the caller's contract.
    unsafe {
        if !case.c.is_null() && (*case.c).timed && case.dir == Dir::Recv {
            chantimer::send_due(s, case.c);
        }
    }
}

/// # Safety
/// The channel is null or valid.
#[inline]
unsafe fn can_proceed(case: &Scase) -> bool {
    if case.c.is_null() {
        return false;
    }
    // SAFETY: the caller's contract.
    let c = unsafe { &*case.c };
    match case.dir {
        Dir::Send => c.closed == ChanState::Closed || !c.recvq.is_empty() || c.qcount < c.dataqsiz,
        Dir::Recv => c.qcount > 0 || !c.sendq.is_empty() || c.closed == ChanState::Closed,
    }
}

/// # Safety
/// As for `selectgo`; the case can go on.
unsafe fn proceed(s: &mut Sched, case: &Scase, i: usize) -> SelectResult {
    // SAFETY: the caller's contract.
    unsafe {
        match case.dir {
            Dir::Send => match chan::send_now(s, case.c, case.elem) {
                TrySend::Closed => SelectResult::SendClosed { case: i },
                TrySend::Done | TrySend::WouldBlock => SelectResult::Ready {
                    case: i,
                    recv_ok: true,
                },
            },
            Dir::Recv => {
                let got = chan::recv_now(s, case.c, case.elem);
                SelectResult::Ready {
                    case: i,
                    recv_ok: got == TryRecv::Value,
                }
            }
        }
    }
}

/// Pass 2: one record per case, on its channel's queue and on the goroutine's chain.
///
/// # Safety
/// As for `selectgo`; no case can go on.
unsafe fn enqueue_all(s: &mut Sched, g: Gp, cases: &[Scase]) {
    let mut chain = ptr::null_mut();
    for (i, case) in cases
        .iter()
        .enumerate()
        .filter(|(_, case)| !case.c.is_null())
    {
        let sg = s.sudogs.acquire(g);
        // SAFETY: the caller's contract; a record fresh from the pool is on no queue.
        unsafe {
            (*sg).elem = case.elem;
            (*sg).c = case.c;
            (*sg).case = i as u32;
            (*sg).dir = case.dir;
            (*sg).waitlink = chain;
            WaitQ::push_back(Hchan::queue(case.c, case.dir), sg);
            if (*case.c).timed {
                chantimer::settle(s, case.c);
            }
        }
        chain = sg;
    }
    g.set_waiting(chain);
}

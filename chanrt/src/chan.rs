//! Send, receive, close: Go's channel operations.
//!
//! Each operation is one ladder, tried top down: nil → closed → hand to the first waiter → buffer →
//! give up if non-blocking → enqueue and park. (A receive looks at senders and buffer before it lets "closed" end it.)
//! Where Go takes the channel's lock nothing happens here: one thread runs goroutines and an operation is not interrupted.
//! - A value is copied straight from or into a sleeper's memory before the sleeper is made ready.
//! - A woken goroutine never retries: `wake` says how its operation ended.
//! - Waiters are served first come, first served; nothing polls; a plain operation allocates nothing.

use crate::chantimer;
use crate::g::Gp;
use crate::hchan::{ChanState, Hchan, copy_elem, zero_elem};
use crate::sched::Sched;
use crate::sudog::{Dir, Kind, Sudog, WaitQ};
use crate::waitreason::WaitReason;

/// How a send ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum SendResult {
    /// The value was handed over or buffered.
    Done,
    /// Panic: send on closed channel.
    Closed,
    /// The goroutine is parked. Once it runs again, `wake().success` tells `Done` (true) from `Closed` (false).
    Park,
}

/// How a receive ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RecvResult {
    /// A value was written to `ep`.
    Value,
    /// The channel is closed and drained; `ep` was zeroed.
    Closed,
    /// The goroutine is parked. Once it runs again, `wake().success` tells `Value` (true) from `Closed` (false).
    Park,
}

/// How a non-blocking send ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrySend {
    /// The value was handed over or buffered.
    Done,
    /// Panic: send on closed channel.
    Closed,
    /// Nobody receives and there is no room.
    WouldBlock,
}

/// How a non-blocking receive ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryRecv {
    /// A value was written to `ep`.
    Value,
    /// The channel is closed and drained; `ep` was zeroed.
    Closed,
    /// There is no value; `ep` is untouched.
    WouldBlock,
}

/// How a close ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CloseResult {
    /// The channel is closed now.
    Done,
    /// Panic: close of nil channel.
    Nil,
    /// Panic: close of closed channel.
    AlreadyClosed,
}

/// `c <- *ep`.
///
/// # Safety
/// `c` is null or a valid channel of `s`'s goroutines; `g` is running; `ep` is valid for reading one value and,
/// if the answer is `Park`, stays valid and still until `g` runs again.
#[inline]
pub unsafe fn chansend(s: &mut Sched, g: Gp, c: *mut Hchan, ep: *const u8) -> SendResult {
    if c.is_null() {
        s.park(g, WaitReason::ChanSendNilChan);
        return SendResult::Park;
    }
    // SAFETY: the caller's contract.
    unsafe {
        match send_now(s, c, ep) {
            TrySend::Done => SendResult::Done,
            TrySend::Closed => SendResult::Closed,
            TrySend::WouldBlock => {
                park_on(s, g, c, Dir::Send, ep.cast_mut());
                SendResult::Park
            }
        }
    }
}

/// `*ep = <-c`; a null `ep` discards the value.
///
/// # Safety
/// As for [`chansend`], with `ep` null or valid for writing one value.
#[inline]
pub unsafe fn chanrecv(s: &mut Sched, g: Gp, c: *mut Hchan, ep: *mut u8) -> RecvResult {
    if c.is_null() {
        s.park(g, WaitReason::ChanReceiveNilChan);
        return RecvResult::Park;
    }
    // SAFETY: the caller's contract.
    unsafe {
        match recv_now(s, c, ep) {
            TryRecv::Value => RecvResult::Value,
            TryRecv::Closed => RecvResult::Closed,
            TryRecv::WouldBlock => {
                park_on(s, g, c, Dir::Recv, ep);
                RecvResult::Park
            }
        }
    }
}

/// `select { case c <- *ep: default: }`.
///
/// # Safety
/// `c` is null or a valid channel; `ep` is valid for reading one value.
#[inline]
pub unsafe fn try_send(s: &mut Sched, c: *mut Hchan, ep: *const u8) -> TrySend {
    if c.is_null() {
        return TrySend::WouldBlock;
    }
    // SAFETY: the caller's contract.
    unsafe { send_now(s, c, ep) }
}

/// `select { case *ep = <-c: default: }`; a null `ep` discards the value.
///
/// # Safety
/// `c` is null or a valid channel; `ep` is null or valid for writing one value.
#[inline]
pub unsafe fn try_recv(s: &mut Sched, c: *mut Hchan, ep: *mut u8) -> TryRecv {
    if c.is_null() {
        return TryRecv::WouldBlock;
    }
    // SAFETY: the caller's contract.
    unsafe { recv_now(s, c, ep) }
}

/// `close(c)`. Every waiter wakes: receivers with a zero value, senders to panic.
///
/// # Safety
/// `c` is null or a valid channel.
pub unsafe fn closechan(s: &mut Sched, c: *mut Hchan) -> CloseResult {
    if c.is_null() {
        return CloseResult::Nil;
    }
    // SAFETY: the caller's contract; waiters' records and elems are valid while they are parked.
    unsafe {
        if (*c).closed == ChanState::Closed {
            return CloseResult::AlreadyClosed;
        }
        (*c).closed = ChanState::Closed;
        // Go stacks the waiters and readies them from the top: the last to wait first. Each takes the run-next
        // slot from the one before, so the first waiter is the next to run.
        let mut stack: Option<Gp> = None;
        for dir in [Dir::Recv, Dir::Send] {
            while let Some(w) = dequeue(s, Hchan::queue(c, dir)) {
                if dir == Dir::Recv && !w.elem.is_null() {
                    zero_elem(w.elem, (*c).elemsize);
                }
                w.g.set_wake(false, w.case);
                w.g.set_schedlink(stack);
                stack = Some(w.g);
            }
        }
        while let Some(g) = stack {
            stack = g.schedlink();
            s.ready(g);
        }
    }
    CloseResult::Done
}

/// `len(c)`.
///
/// # Safety
/// `c` is null or a valid channel.
#[inline]
pub unsafe fn chanlen(c: *const Hchan) -> usize {
    if c.is_null() {
        return 0;
    }
    // SAFETY: the caller's contract.
    unsafe { if (*c).timed { 0 } else { (*c).qcount } }
}

/// `cap(c)`.
///
/// # Safety
/// `c` is null or a valid channel.
#[inline]
pub unsafe fn chancap(c: *const Hchan) -> usize {
    if c.is_null() {
        return 0;
    }
    // SAFETY: the caller's contract.
    unsafe { if (*c).timed { 0 } else { (*c).dataqsiz } }
}

/// The rungs of a send that do not wait.
///
/// # Safety
/// `c` is a valid channel; `ep` is valid for reading one value.
#[inline(always)]
pub(crate) unsafe fn send_now(s: &mut Sched, c: *mut Hchan, ep: *const u8) -> TrySend {
    // SAFETY: the caller's contract; a parked receiver's elem is null or valid for one value.
    unsafe {
        if (*c).closed == ChanState::Closed {
            return TrySend::Closed;
        }
        if let Some(w) = dequeue(s, &raw mut (*c).recvq) {
            if !w.elem.is_null() {
                copy_elem(w.elem, ep, (*c).elemsize);
            }
            w.g.set_wake(true, w.case);
            s.ready(w.g);
            return TrySend::Done;
        }
        if (*c).qcount < (*c).dataqsiz {
            Hchan::buf_push(c, ep);
            return TrySend::Done;
        }
        TrySend::WouldBlock
    }
}

/// The rungs of a receive that do not wait.
///
/// # Safety
/// `c` is a valid channel; `ep` is null or valid for writing one value.
#[inline(always)]
pub(crate) unsafe fn recv_now(s: &mut Sched, c: *mut Hchan, ep: *mut u8) -> TryRecv {
    // SAFETY: the caller's contract; a parked sender's elem is valid for one value.
    unsafe {
        if (*c).timed {
            chantimer::send_due(s, c);
        }
        if let Some(w) = dequeue(s, &raw mut (*c).sendq) {
            // With a buffer, senders wait only when it is full: the oldest value goes out, the sender's goes in behind.
            if (*c).dataqsiz > 0 {
                Hchan::buf_pop(c, ep);
                Hchan::buf_push(c, w.elem);
            } else if !ep.is_null() {
                copy_elem(ep, w.elem, (*c).elemsize);
            }
            w.g.set_wake(true, w.case);
            s.ready(w.g);
            return TryRecv::Value;
        }
        if (*c).qcount > 0 {
            Hchan::buf_pop(c, ep);
            return TryRecv::Value;
        }
        if (*c).closed == ChanState::Closed {
            if !ep.is_null() {
                zero_elem(ep, (*c).elemsize);
            }
            return TryRecv::Closed;
        }
        TryRecv::WouldBlock
    }
}

/// Enqueues `g` on `c` with its own record and parks it.
///
/// # Safety
/// `c` is a valid channel; `g` is running and waits on nothing; `ep` as for `chansend` or `chanrecv`.
#[inline]
unsafe fn park_on(s: &mut Sched, g: Gp, c: *mut Hchan, dir: Dir, ep: *mut u8) {
    let sg = g.own_sudog();
    // SAFETY: the caller's contract; a running goroutine's own record is on no queue.
    unsafe {
        (*sg).elem = ep;
        (*sg).c = c;
        (*sg).case = 0;
        (*sg).dir = dir;
        WaitQ::push_back(Hchan::queue(c, dir), sg);
        if (*c).timed {
            chantimer::settle(s, c);
        }
    }
    g.set_waiting(sg);
    s.park(
        g,
        match dir {
            Dir::Send => WaitReason::ChanSend,
            Dir::Recv => WaitReason::ChanReceive,
        },
    );
}

/// A waiter taken off its queue (and, after a select, off all its queues).
pub(crate) struct Waiter {
    pub(crate) g: Gp,
    pub(crate) elem: *mut u8,
    pub(crate) case: u32,
}

/// Takes the first waiter.
///
/// # Safety
/// `q` is a queue of a valid channel.
#[inline(always)]
pub(crate) unsafe fn dequeue(s: &mut Sched, q: *mut WaitQ) -> Option<Waiter> {
    // SAFETY: the caller's contract; queued records are valid and belong to parked goroutines.
    unsafe {
        let sg = WaitQ::pop_front(q)?.as_ptr();
        let w = Waiter {
            g: (*sg).g,
            elem: (*sg).elem,
            case: (*sg).case,
        };
        if (*sg).kind == Kind::Select {
            drop_losers(s, w.g, sg);
        }
        w.g.set_waiting(std::ptr::null_mut());
        Some(w)
    }
}

/// The third pass of a select: takes its records off all queues (the `winner` is off already) and frees them.
///
/// # Safety
/// `g` is parked in a select; `winner` is null or one of its records.
#[inline(never)]
pub(crate) unsafe fn drop_losers(s: &mut Sched, g: Gp, winner: *mut Sudog) {
    let mut sg = g.waiting();
    while !sg.is_null() {
        // SAFETY: the chain holds the pooled records of this select, each on the queue of its channel but the winner.
        unsafe {
            let next = (*sg).waitlink;
            if sg != winner {
                let c = (*sg).c;
                WaitQ::remove(Hchan::queue(c, (*sg).dir), sg);
                if (*c).timed {
                    chantimer::settle(s, c);
                }
            }
            s.sudogs.release(sg);
            sg = next;
        }
    }
    g.set_waiting(std::ptr::null_mut());
}

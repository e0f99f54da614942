//! Timers that send on a channel of their own, as Go's do since 1.23.
//!
//! Invariants:
//! - A timer channel (`timed`) has a buffer of one value and its [`ChanTimer`] behind that. Only its timer sends on it.
//! - The timer is on the scheduler's heap exactly while it is started and somebody waits to receive (`settle`). So it keeps nothing awake and
//!   no memory alive that the program could not notice, and what waits for it alone is not a deadlock.
//! - Otherwise it is evaluated when looked at: every receive first sends what is due (`send_due`). Nobody can tell the difference.
//! - `len` and `cap` of a timer channel are 0; after a stop or a new start nothing older is received.

use crate::chan::{recv_now, send_now};
use crate::hchan::{ChanState, Hchan};
use crate::sched::Sched;
use crate::timer::{TimerId, TimerPayload};

/// A moment, on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct TimeNow {
    /// Unix seconds.
    pub sec: i64,
    /// Nanoseconds within the second.
    pub nsec: u32,
    /// Monotonic nanoseconds.
    pub mono: i64,
}

/// Makes the value that a timer sends.
pub type TimeValue = fn(TimeNow) -> [u64; 3];

/// `when` of a timer that is not started.
const STOPPED: i64 = i64::MIN;

/// The timer of a channel.
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct ChanTimer {
    when: i64,
    period: i64,
    /// Its place among timers of the same time.
    seq: u64,
    id: Option<TimerId>,
    value: TimeValue,
}

const ELEM: usize = size_of::<[u64; 3]>();

/// The capacity to make a channel with that becomes a timer channel: one value, and room for the timer.
pub const TIMER_CHAN_CAP: usize = 1 + size_of::<ChanTimer>().div_ceil(ELEM);

impl Hchan {
    /// # Safety
    /// `c` is a timer channel.
    #[inline]
    unsafe fn timer(c: *mut Hchan) -> *mut ChanTimer {
        // SAFETY: the caller's contract; `make_timer_chan` put it behind the one value.
        unsafe { (*c).buf.add(ELEM).cast::<ChanTimer>() }
    }
}

/// Turns a fresh channel into a timer channel, not started. Answers false, and leaves the channel alone, if it does not fit.
///
/// # Safety
/// `c` is null or a valid channel.
pub unsafe fn make_timer_chan(c: *mut Hchan, value: TimeValue) -> bool {
    // SAFETY: the caller's contract; the buffer has room for the timer behind its first value.
    unsafe {
        let fits = !c.is_null()
            && !(*c).timed
            && usize::from((*c).elemsize) == ELEM
            && (*c).dataqsiz == TIMER_CHAN_CAP
            && (*c).qcount == 0
            && (*c).recvq.is_empty()
            && (*c).sendq.is_empty();
        if fits {
            ((*c).dataqsiz, (*c).sendx, (*c).recvx) = (1, 0, 0);
            (*c).timed = true;
            Hchan::timer(c).write(ChanTimer {
                when: STOPPED,
                period: 0,
                seq: 0,
                id: None,
                value,
            });
        }
        fits
    }
}

impl Sched {
    /// Starts the timer of `c`, or starts it anew: due at `when`, then every `period` if that is positive. Says whether it was started
    /// before and nobody had received from it.
    ///
    /// # Safety
    /// `c` is a timer channel.
    pub unsafe fn start_chan_timer(&mut self, c: *mut Hchan, when: i64, period: i64) -> bool {
        let seq = self.timers_mut().ticket();
        // SAFETY: the caller's contract.
        unsafe {
            let pending = self.stop_chan_timer(c);
            let t = Hchan::timer(c);
            (*t).when = when.max(STOPPED + 1);
            (*t).period = period;
            (*t).seq = seq;
            settle(self, c);
            pending
        }
    }

    /// Stops the timer of `c` and takes back what nobody has received. Says whether it was started and nobody had received from it.
    ///
    /// # Safety
    /// `c` is a timer channel.
    pub unsafe fn stop_chan_timer(&mut self, c: *mut Hchan) -> bool {
        // SAFETY: the caller's contract; with a value in the buffer nobody waits.
        unsafe {
            let t = Hchan::timer(c);
            let pending = (*t).when != STOPPED || (*c).qcount > 0;
            (*t).when = STOPPED;
            settle(self, c);
            if (*c).qcount > 0 {
                (*c).timed = false;
                recv_now(self, c, std::ptr::null_mut());
                (*c).timed = true;
            }
            pending
        }
    }
}

/// Puts the timer on the heap or takes it off, as the second invariant demands. To be called after every change of `when` or of `recvq`.
///
/// # Safety
/// `c` is a timer channel.
#[cold]
pub(crate) unsafe fn settle(s: &mut Sched, c: *mut Hchan) {
    // SAFETY: the caller's contract.
    unsafe {
        let t = Hchan::timer(c);
        if let Some(id) = (*t).id.take() {
            s.timers_mut().stop(id);
        }
        if (*t).when != STOPPED && !(*c).recvq.is_empty() {
            let payload = TimerPayload::Chan(c);
            (*t).id = Some(s.timers_mut().start_as((*t).when, (*t).seq, payload));
        }
    }
}

/// The timer has come to the top of the heap and is off it.
///
/// # Safety
/// `c` is a timer channel.
pub(crate) unsafe fn fire(s: &mut Sched, c: *mut Hchan) {
    // SAFETY: the caller's contract.
    unsafe {
        (*Hchan::timer(c)).id = None;
        send_due(s, c);
    }
}

/// Sends the time if the timer is due: into the buffer, or to the first waiter.
///
/// # Safety
/// `c` is a timer channel.
#[cold]
pub(crate) unsafe fn send_due(s: &mut Sched, c: *mut Hchan) {
    // SAFETY: the caller's contract; a value has the size of an element.
    unsafe {
        let t = Hchan::timer(c);
        let late = s.nanotime().saturating_sub((*t).when);
        if (*t).when == STOPPED || late < 0 {
            return;
        }
        let value = ((*t).value)(s.time_before(late));
        (*t).when = match (*t).period {
            p if p > 0 => (*t).when.saturating_add(p.saturating_mul(1 + late / p)),
            _ => STOPPED,
        };
        if (*c).closed == ChanState::Open {
            send_now(s, c, value.as_ptr().cast::<u8>());
        }
        settle(s, c);
    }
}

impl Sched {
    /// The moment `late` nanoseconds ago.
    fn time_before(&self, late: i64) -> TimeNow {
        let (sec, nsec) = self.walltime();
        let wall = i128::from(sec) * 1_000_000_000 + i128::from(nsec) - i128::from(late);
        TimeNow {
            sec: wall.div_euclid(1_000_000_000) as i64,
            nsec: wall.rem_euclid(1_000_000_000) as u32,
            mono: self.nanotime() - late,
        }
    }
}

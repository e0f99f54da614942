//! Waiter records: one goroutine waiting in one queue.
//!
//! Invariants:
//! - A sudog is in at most one queue; `prev`/`next` link it there, so it leaves in O(1).
//! - A goroutine waiting on one thing uses the record inside its header (`Kind::Own`); a select uses one pooled
//!   record per case, chained by `waitlink` from the goroutine's `waiting`.
//! - Who dequeues one record of a select takes all its other records out of their queues at once, so a queue
//!   never holds a record of a select that has been won.
//! - `elem` points into memory that stands still while the goroutine is parked.

use std::ptr::{self, NonNull};

use crate::g::Gp;
use crate::hchan::Hchan;

/// The direction of a waiter or of a select case.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
#[repr(u8)]
pub enum Dir {
    /// Sends.
    Send,
    /// Receives.
    Recv,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(crate) enum Kind {
    Own,
    Select,
}

/// One goroutine waiting in one queue.
#[repr(C)]
pub struct Sudog {
    pub(crate) g: Gp,
    pub(crate) next: *mut Sudog,
    pub(crate) prev: *mut Sudog,
    /// Where the value is or goes; of a semaphore waiter, the semaphore's address.
    pub(crate) elem: *mut u8,
    /// Null for a semaphore waiter.
    pub(crate) c: *mut Hchan,
    pub(crate) waitlink: *mut Sudog,
    /// The select case, or the semaphore waiter's tag.
    pub(crate) case: u32,
    pub(crate) dir: Dir,
    pub(crate) kind: Kind,
}

impl Sudog {
    pub(crate) fn own(g: Gp) -> Sudog {
        Sudog {
            g,
            next: ptr::null_mut(),
            prev: ptr::null_mut(),
            elem: ptr::null_mut(),
            c: ptr::null_mut(),
            waitlink: ptr::null_mut(),
            case: 0,
            dir: Dir::Recv,
            kind: Kind::Own,
        }
    }
}

/// A FIFO queue of waiters, linked both ways.
#[repr(C)]
pub struct WaitQ {
    pub(crate) first: *mut Sudog,
    pub(crate) last: *mut Sudog,
}

impl WaitQ {
    pub(crate) const fn new() -> WaitQ {
        WaitQ {
            first: ptr::null_mut(),
            last: ptr::null_mut(),
        }
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.first.is_null()
    }

    /// # Safety
    /// `q` and `s` are valid, the records on `q` too, and `s` is on no queue.
    #[inline]
    pub(crate) unsafe fn push_back(q: *mut WaitQ, s: *mut Sudog) {
        // SAFETY: the caller's contract; links of queued records are valid records.
        unsafe {
            let last = (*q).last;
            (*s).next = ptr::null_mut();
            (*s).prev = last;
            if last.is_null() {
                (*q).first = s;
            } else {
                (*last).next = s;
            }
            (*q).last = s;
        }
    }

    /// # Safety
    /// As for `push_back`.
    pub(crate) unsafe fn push_front(q: *mut WaitQ, s: *mut Sudog) {
        // SAFETY: as in `push_back`.
        unsafe {
            let first = (*q).first;
            (*s).prev = ptr::null_mut();
            (*s).next = first;
            if first.is_null() {
                (*q).last = s;
            } else {
                (*first).prev = s;
            }
            (*q).first = s;
        }
    }

    /// # Safety
    /// `q` is valid and `s` is on it.
    #[inline]
    pub(crate) unsafe fn remove(q: *mut WaitQ, s: *mut Sudog) {
        // SAFETY: the caller's contract; neighbours of a queued record are valid records.
        unsafe {
            let (prev, next) = ((*s).prev, (*s).next);
            if prev.is_null() {
                (*q).first = next;
            } else {
                (*prev).next = next;
            }
            if next.is_null() {
                (*q).last = prev;
            } else {
                (*next).prev = prev;
            }
            (*s).next = ptr::null_mut();
            (*s).prev = ptr::null_mut();
        }
    }

    /// # Safety
    /// `q` is valid, and so are the records on it.
    #[inline]
    pub(crate) unsafe fn pop_front(q: *mut WaitQ) -> Option<NonNull<Sudog>> {
        // SAFETY: the caller's contract.
        unsafe {
            let s = NonNull::new((*q).first)?;
            let next = (*s.as_ptr()).next;
            (*q).first = next;
            if next.is_null() {
                (*q).last = ptr::null_mut();
            } else {
                (*next).prev = ptr::null_mut();
            }
            (*s.as_ptr()).next = ptr::null_mut();
            Some(s)
        }
    }
}

/// Records for selects: boxes that move between selects, linked by `waitlink` while free.
pub(crate) struct SudogPool {
    free: *mut Sudog,
}

impl SudogPool {
    pub(crate) const fn new() -> SudogPool {
        SudogPool {
            free: ptr::null_mut(),
        }
    }

    /// A record for `g`, on no queue.
    #[inline]
    pub(crate) fn acquire(&mut self, g: Gp) -> *mut Sudog {
        let s = self.free;
        if s.is_null() {
            return Box::into_raw(Box::new(Sudog {
                kind: Kind::Select,
                ..Sudog::own(g)
            }));
        }
        // SAFETY: records on the free list are boxes this pool owns.
        unsafe {
            self.free = (*s).waitlink;
            (*s).g = g;
        }
        s
    }

    /// # Safety
    /// `s` came from `acquire` of this pool, is on no queue, and nobody else knows it.
    #[inline]
    pub(crate) unsafe fn release(&mut self, s: *mut Sudog) {
        // SAFETY: the caller's contract.
        unsafe { (*s).waitlink = self.free };
        self.free = s;
    }
}

impl Drop for SudogPool {
    fn drop(&mut self) {
        while !self.free.is_null() {
            // SAFETY: the free list holds boxes made in `acquire`, each once.
            let s = unsafe { Box::from_raw(self.free) };
            self.free = s.waitlink;
        }
    }
}

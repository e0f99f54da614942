//! Queues for package sync: goroutines parked on an address.
//!
//! A mutex in Go memory is a few bytes, so its waiters live here, in a table keyed by its address (the heap does not move
//! objects; a waiter's stack keeps the object alive). What the address means is the host's business: this
//! file only queues, FIFO, O(1) in both directions.
//! - A queue in the table is never empty.
//! - A waiter uses its own sudog: `c` null, `elem` the address, `case` the host's tag.

use std::ptr;

use crate::g::Gp;
use crate::sched::Sched;
use crate::sudog::{Sudog, WaitQ};
use crate::table::IntMap;
use crate::waitreason::WaitReason;

struct Queue {
    waiters: WaitQ,
    len: usize,
}

/// Who waits at which address.
#[derive(Default)]
pub(crate) struct SemaTable {
    queues: IntMap<Box<Queue>>,
}

impl SemaTable {
    fn queue(&mut self, addr: usize) -> &mut Queue {
        self.queues.entry(addr as u64).or_insert_with(|| {
            Box::new(Queue {
                waiters: WaitQ::new(),
                len: 0,
            })
        })
    }

    /// Takes a waiter's record off its queue.
    ///
    /// # Safety
    /// `sg` is queued here.
    pub(crate) unsafe fn remove(&mut self, sg: *mut Sudog) {
        // SAFETY: the caller's contract.
        let addr = unsafe { (*sg).elem }.addr();
        let q = self.queue(addr);
        // SAFETY: the caller's contract: `sg` is on the queue of its address.
        unsafe { WaitQ::remove(&mut q.waiters, sg) };
        q.len -= 1;
        if q.len == 0 {
            self.queues.remove(&(addr as u64));
        }
    }
}

impl Sched {
    /// Parks the running goroutine at the end of the queue of `addr`. `tag` comes back from [`Sched::semadequeue`].
    pub fn semaqueue(&mut self, addr: usize, g: Gp, reason: WaitReason, tag: u32) {
        self.sema_park(addr, g, reason, tag, WaitQ::push_back);
    }

    /// Parks the running goroutine at the head of the queue of `addr`: one that has waited before and lost the race.
    pub fn semaqueue_first(&mut self, addr: usize, g: Gp, reason: WaitReason, tag: u32) {
        self.sema_park(addr, g, reason, tag, WaitQ::push_front);
    }

    fn sema_park(
        &mut self,
        addr: usize,
        g: Gp,
        reason: WaitReason,
        tag: u32,
        push: unsafe fn(*mut WaitQ, *mut Sudog),
    ) {
        let sg = g.own_sudog();
        let q = self.sema.queue(addr);
        q.len += 1;
        // SAFETY: a running goroutine's own record is on no queue; records in the table are those of parked goroutines.
        unsafe {
            (*sg).c = ptr::null_mut();
            (*sg).elem = ptr::without_provenance_mut(addr);
            (*sg).case = tag;
            push(&mut q.waiters, sg);
        }
        g.set_waiting(sg);
        self.park(g, reason);
    }

    /// Takes the first waiter off the queue of `addr`, with its tag. It is still parked: make it [`ready`](Sched::ready).
    pub fn semadequeue(&mut self, addr: usize) -> Option<(Gp, u32)> {
        let q = self.sema.queues.get_mut(&(addr as u64))?;
        // SAFETY: records in the table are those of parked goroutines.
        let (g, tag) = unsafe {
            let sg = WaitQ::pop_front(&mut q.waiters)?.as_ptr();
            ((*sg).g, (*sg).case)
        };
        q.len -= 1;
        if q.len == 0 {
            self.sema.queues.remove(&(addr as u64));
        }
        g.set_waiting(ptr::null_mut());
        g.set_wake(true, tag);
        Some((g, tag))
    }

    /// The tag of the first waiter at `addr`.
    pub fn sema_peek(&self, addr: usize) -> Option<u32> {
        let q = self.sema.queues.get(&(addr as u64))?;
        // SAFETY: queues in the table are never empty, and hold records of parked goroutines.
        Some(unsafe { (*q.waiters.first).case })
    }

    /// How many goroutines wait at `addr`.
    pub fn sema_waiters(&self, addr: usize) -> usize {
        self.sema.queues.get(&(addr as u64)).map_or(0, |q| q.len)
    }
}

//! Looking at a runtime: its goroutines, who waits on a channel, what a goroutine waits on.
//! Cold paths for dumps, deadlock reports and pictures; they change nothing.

use crate::g::Gp;
use crate::hchan::Hchan;
use crate::sched::Sched;
use crate::sudog::{Dir, Kind, Sudog};

/// One goroutine waiting in one queue of a channel.
#[derive(Clone, Copy, Debug)]
pub struct Waiting {
    /// The goroutine.
    pub g: Gp,
    /// Its number.
    pub goid: u64,
    /// The channel.
    pub c: *mut Hchan,
    /// Whether it sends or receives.
    pub dir: Dir,
    /// The value it sends, or where the value it receives goes (may be null).
    pub elem: *mut u8,
    /// The select case, if it waits in a select.
    pub case: Option<u32>,
}

impl Waiting {
    /// # Safety
    /// `sg` is a queued record.
    unsafe fn of(sg: *mut Sudog) -> Waiting {
        // SAFETY: the caller's contract.
        unsafe {
            Waiting {
                g: (*sg).g,
                goid: (*sg).g.goid(),
                c: (*sg).c,
                dir: (*sg).dir,
                elem: (*sg).elem,
                case: ((*sg).kind == Kind::Select).then_some((*sg).case),
            }
        }
    }
}

/// The address a goroutine waits at in a `sema` queue, with its tag.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SemaWait {
    /// The address.
    pub addr: usize,
    /// The host's tag.
    pub tag: u32,
}

impl Sched {
    /// All goroutines, in order of their goids.
    pub fn goroutines(&self) -> impl Iterator<Item = Gp> + '_ {
        // SAFETY: goroutines on the list are alive.
        std::iter::successors(self.allgs.first(), |g| unsafe { (*g.as_ptr()).all_next })
    }

    /// Shows the address of every channel that `g` waits on, or the one it waits at in a `sema` queue: what must stay alive.
    pub fn each_wait(&self, g: Gp, mut see: impl FnMut(usize)) {
        let mut sg = g.waiting();
        while !sg.is_null() {
            // SAFETY: the records on a goroutine's chain are queued.
            unsafe {
                let c = (*sg).c;
                see(if c.is_null() {
                    (*sg).elem.addr()
                } else {
                    c.addr()
                });
                sg = (*sg).waitlink;
            }
        }
    }

    /// The channels `g` waits on: one after a plain operation, one per case in a select, none otherwise.
    pub fn waiting_on(&self, g: Gp) -> Vec<Waiting> {
        let mut found = Vec::new();
        let mut sg = g.waiting();
        while !sg.is_null() {
            // SAFETY: the records on a goroutine's chain are queued.
            unsafe {
                if !(*sg).c.is_null() {
                    found.push(Waiting::of(sg));
                }
                sg = (*sg).waitlink;
            }
        }
        found.sort_by_key(|w| w.case);
        found
    }

    /// When the sleep of `g` ends, if it sleeps.
    pub fn sleeps_until(&self, g: Gp) -> Option<i64> {
        // SAFETY: handles point at live headers (Runtime::new).
        let id = unsafe { (*g.as_ptr()).sleep }?;
        self.timers().when(id)
    }

    /// The address `g` waits at, if it waits in a `sema` queue.
    pub fn waiting_at(&self, g: Gp) -> Option<SemaWait> {
        let sg = g.waiting();
        // SAFETY: as in `waiting_on`.
        unsafe {
            let at_addr = !sg.is_null() && (*sg).c.is_null();
            at_addr.then(|| SemaWait {
                addr: (*sg).elem.addr(),
                tag: (*sg).case,
            })
        }
    }
}

/// Who waits on a channel: its receivers, then its senders, each in queue order.
///
/// # Safety
/// `c` is null or a valid channel.
pub unsafe fn waiters(c: *const Hchan) -> Vec<Waiting> {
    let mut found = Vec::new();
    if c.is_null() {
        return found;
    }
    // SAFETY: the caller's contract; queued records are valid.
    unsafe {
        for first in [(*c).recvq.first, (*c).sendq.first] {
            let mut sg = first;
            while !sg.is_null() {
                found.push(Waiting::of(sg));
                sg = (*sg).next;
            }
        }
    }
    found
}

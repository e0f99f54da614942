//! The runnable goroutines.
//!
//! `Order::Queue` is what Go does with GOMAXPROCS=1, and prints what it prints:
//! - a goroutine made ready (or just created) takes the run-next slot; who was there goes to the tail of the local queue;
//! - the local queue holds 256; when full, its older half and the newcomer move to the global queue;
//! - a goroutine that yields goes to the global queue, which is looked at when the local one is empty, and every 61st pick;
//! - run-next shares its waker's time slice, so a pair that wakes each other forever is broken up after `STREAK` picks;
//! - Go's runtime enters main with a goroutine of its own queued and a few picks made; a stand-in (`resident`, never
//!   handed out) and `FIRST_GLOBAL` take their places, so that long runs keep in step too.
//!
//! `Order::Chosen` keeps all in one pool and asks the policy. A goroutine is on at most one queue, and is Runnable there.

use crate::g::{GHead, Gp};
use crate::policy::{Chooser, Order};

const LOCAL_CAPACITY: usize = 256;
const GLOBAL_EVERY: u32 = 61;
const FIRST_GLOBAL: u32 = 57;
const STREAK: u32 = 8192;

/// An intrusive FIFO over `schedlink`.
#[derive(Default)]
struct GQueue {
    head: Option<Gp>,
    tail: Option<Gp>,
    len: usize,
}

impl GQueue {
    #[inline]
    fn push(&mut self, g: Gp) {
        g.set_schedlink(None);
        match self.tail {
            Some(tail) => tail.set_schedlink(Some(g)),
            None => self.head = Some(g),
        }
        self.tail = Some(g);
        self.len += 1;
    }

    #[inline]
    fn pop(&mut self) -> Option<Gp> {
        let g = self.head?;
        self.head = g.schedlink();
        if self.head.is_none() {
            self.tail = None;
        }
        self.len -= 1;
        Some(g)
    }

    /// Moves the first `n` over from `other`.
    fn take_from(&mut self, other: &mut GQueue, n: usize) {
        for _ in 0..n {
            let Some(g) = other.pop() else { return };
            self.push(g);
        }
    }

    /// Takes `g` out; O(n).
    fn remove(&mut self, g: Gp) -> bool {
        let mut rest = std::mem::take(self);
        let mut found = false;
        while let Some(other) = rest.pop() {
            if other == g {
                found = true;
            } else {
                self.push(other);
            }
        }
        found
    }
}

/// All runnable goroutines of a runtime.
pub(crate) struct RunQueue {
    runnext: Option<Gp>,
    local: GQueue,
    global: GQueue,
    /// Everybody, under `Order::Chosen`.
    pool: Vec<Gp>,
    order: Order,
    streak: u32,
    until_global: u32,
    /// Until it has been picked.
    resident: Option<Gp>,
}

impl RunQueue {
    pub(crate) fn new(order: Order) -> RunQueue {
        let mut q = RunQueue {
            runnext: None,
            local: GQueue::default(),
            global: GQueue::default(),
            pool: Vec::new(),
            order,
            streak: 0,
            until_global: FIRST_GLOBAL,
            resident: None,
        };
        if order == Order::Queue {
            let resident = GHead::detached();
            q.resident = Some(resident);
            q.local.push(resident);
        }
        q
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(crate) fn len(&self) -> usize {
        let queued = self.local.len + self.global.len + self.pool.len();
        queued + usize::from(self.runnext.is_some()) - usize::from(self.resident.is_some())
    }

    /// A goroutine that was just created or woken.
    #[inline]
    pub(crate) fn push_next(&mut self, g: Gp) {
        match self.order {
            Order::Queue => {
                if let Some(kicked) = self.runnext.replace(g) {
                    self.push_local(kicked);
                }
            }
            Order::Chosen => self.pool.push(g),
        }
    }

    /// A goroutine that gave up the rest of its time slice.
    #[inline]
    pub(crate) fn push_global(&mut self, g: Gp) {
        match self.order {
            Order::Queue => self.global.push(g),
            Order::Chosen => self.pool.push(g),
        }
    }

    #[inline]
    fn push_local(&mut self, g: Gp) {
        if self.local.len < LOCAL_CAPACITY {
            self.local.push(g);
        } else {
            self.overflow(g);
        }
    }

    #[cold]
    fn overflow(&mut self, g: Gp) {
        self.global.take_from(&mut self.local, LOCAL_CAPACITY / 2);
        self.global.push(g);
    }

    /// The next goroutine to run.
    #[inline]
    pub(crate) fn pop(&mut self, chooser: &mut Chooser) -> Option<Gp> {
        if self.order == Order::Chosen {
            return self.pop_chosen(chooser);
        }
        if self.until_global == 0
            && let Some(g) = self.global.pop()
        {
            return self.new_slice(g, chooser);
        }
        if let Some(g) = self.runnext {
            if self.streak < STREAK {
                self.streak += 1;
                self.runnext = None;
                return Some(g);
            }
            self.break_up(g);
        }
        if let Some(g) = self.local.pop() {
            return self.new_slice(g, chooser);
        }
        self.pop_global(chooser)
    }

    /// Counts a pick that starts a new time slice.
    #[inline]
    fn new_slice(&mut self, g: Gp, chooser: &mut Chooser) -> Option<Gp> {
        self.streak = 0;
        self.until_global = if self.until_global == 0 {
            GLOBAL_EVERY - 1
        } else {
            self.until_global - 1
        };
        if self.resident == Some(g) {
            self.drop_resident();
            return self.pop(chooser);
        }
        Some(g)
    }

    /// Run-next has had its turn often enough.
    #[cold]
    fn break_up(&mut self, g: Gp) {
        self.streak = 0;
        self.runnext = None;
        // With the global queue waiting, the pair's goroutine goes behind everybody there too.
        if self.local.len == 0 {
            self.global.push(g)
        } else {
            self.push_local(g)
        }
    }

    fn pop_global(&mut self, chooser: &mut Chooser) -> Option<Gp> {
        let g = self.global.pop()?;
        let batch = self.global.len.min(LOCAL_CAPACITY / 2 - 1);
        self.local.take_from(&mut self.global, batch);
        self.new_slice(g, chooser)
    }

    #[inline(never)]
    fn pop_chosen(&mut self, chooser: &mut Chooser) -> Option<Gp> {
        if self.pool.is_empty() {
            return None;
        }
        let i = chooser.choose(self.pool.len());
        Some(self.pool.swap_remove(i))
    }

    /// The resident has had its pick; it is on no queue any more.
    #[cold]
    fn drop_resident(&mut self) {
        if let Some(g) = self.resident.take() {
            // SAFETY: made by `detached` in `new`; no queue and nobody else knows it.
            unsafe { GHead::free_detached(g) };
        }
    }

    /// Forgets everybody.
    pub(crate) fn clear(&mut self) {
        self.runnext = None;
        self.local = GQueue::default();
        self.global = GQueue::default();
        self.pool.clear();
        self.drop_resident();
    }

    /// Takes a runnable goroutine out; O(n).
    pub(crate) fn remove(&mut self, g: Gp) -> bool {
        if self.runnext == Some(g) {
            self.runnext = None;
            return true;
        }
        if let Some(i) = self.pool.iter().position(|&other| other == g) {
            self.pool.swap_remove(i);
            return true;
        }
        self.local.remove(g) || self.global.remove(g)
    }
}

impl Drop for RunQueue {
    fn drop(&mut self) {
        self.clear();
    }
}

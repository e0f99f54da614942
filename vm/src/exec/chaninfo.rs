//! Looking at channels between turns: their headers, buffers and queues.
//!
//! Invariants: what is listed as made in the session is alive or has died since the last collection, so that its memory can be read; no other
//! address is taken for a channel's. Nothing here changes anything but that `channels` collects garbage. Values shown are looked at in place: they hold until the machine runs again.

use super::gc;
use super::inspect::Place;
use super::memory::{token, types};
use crate::bytecode::TypeIx;
use crate::rtype::RType;
use crate::value::Value;
use crate::vm::Vm;
use chanrt::{ChanState, Dir, Hchan, Waiting, waiters};

/// A channel's header, as Go's runtime calls its fields.
#[derive(Clone)]
pub struct ChanInfo<'v> {
    /// Its address.
    pub addr: u64,
    /// Its number.
    pub id: u32,
    /// Where it was made.
    pub made: Option<Place>,
    /// The type of its values.
    pub elemtype: &'v RType,
    /// Values in the buffer.
    pub qcount: usize,
    /// Capacity of the buffer.
    pub dataqsiz: usize,
    /// The buffer's address.
    pub buf: u64,
    /// Bytes of a value.
    pub elemsize: usize,
    /// Whether it has been closed.
    pub closed: bool,
    /// Whether a timer sends on it.
    pub timed: bool,
    /// Slot of the next send.
    pub sendx: usize,
    /// Slot of the next receive.
    pub recvx: usize,
    /// Goroutines waiting to receive, first come first.
    pub recvq: Vec<Waiter<'v>>,
    /// Goroutines waiting to send, first come first.
    pub sendq: Vec<Waiter<'v>>,
}

/// A goroutine in a channel's queue.
#[derive(Clone)]
pub struct Waiter<'v> {
    /// The goroutine.
    pub goid: u64,
    /// Whether it waits in a select.
    pub in_select: bool,
    /// The value that it wants to send.
    pub value: Option<Value<'v>>,
}

impl<'v> ChanInfo<'v> {
    /// Bytes of the header.
    pub const HEADER: usize = size_of::<Hchan>();

    /// Bytes of the buffer.
    pub fn buffer_bytes(&self) -> usize {
        self.dataqsiz * self.elemsize
    }

    /// Whether slot `i` of the ring holds a value.
    pub fn is_full(&self, i: usize) -> bool {
        let n = self.dataqsiz;
        i < n && (i + n - self.recvx) % n < self.qcount
    }

    /// The value in slot `i` of the ring, if there is one.
    pub fn slot(&self, i: usize, vm: &'v Vm) -> Option<Value<'v>> {
        let addr = self.buf + (i * self.elemsize) as u64;
        self.is_full(i)
            .then(|| Value::at(token(), types(vm), self.elemtype.ix, addr))
    }
}

impl Vm {
    /// The channel at an address; `None` if there is none.
    pub fn channel(&self, addr: u64) -> Option<ChanInfo<'_>> {
        let known = self
            .session
            .as_ref()
            .is_some_and(|s| s.chans.contains(&addr));
        if !known {
            return None;
        }
        let c = addr as *const Hchan;
        // SAFETY: the session lists the addresses of channels whose memory has not been given back; none is changed while the machine rests.
        let h = unsafe { &*c };
        // SAFETY: as above.
        let queued = unsafe { waiters(c) };
        let of = |dir: Dir| {
            let those = queued.iter().filter(|w| w.dir == dir);
            those.map(|w| self.waiter(w, h)).collect()
        };
        Some(ChanInfo {
            addr,
            id: h.id,
            made: self.place_at(self.sites.ip(h.make_site)),
            elemtype: self.rtype(TypeIx(h.elemtype as u32)),
            qcount: h.qcount,
            dataqsiz: h.dataqsiz,
            buf: h.buf.addr() as u64,
            elemsize: usize::from(h.elemsize),
            closed: h.closed == ChanState::Closed,
            timed: h.timed,
            sendx: h.sendx,
            recvx: h.recvx,
            recvq: of(Dir::Recv),
            sendq: of(Dir::Send),
        })
    }

    fn waiter(&self, w: &Waiting, h: &Hchan) -> Waiter<'_> {
        let value = (w.dir == Dir::Send && !w.elem.is_null()).then(|| {
            let ty = TypeIx(h.elemtype as u32);
            Value::at(token(), types(self), ty, w.elem.addr() as u64)
        });
        Waiter {
            goid: w.goid,
            in_select: w.case.is_some(),
            value,
        }
    }

    /// The addresses of the channels that a goroutine waits on; in a select there may be several.
    pub fn channels_of(&self, goid: u64) -> Vec<u64> {
        let waits = self.goroutine(goid).map(|g| self.rt.waiting_on(g));
        let mut found: Vec<u64> = waits
            .into_iter()
            .flatten()
            .map(|w| w.c.addr() as u64)
            .collect();
        found.dedup();
        found
    }

    /// The addresses of all channels that are alive, oldest first: what a collection leaves.
    pub fn channels(&mut self) -> Vec<u64> {
        gc::collect_at_rest(self);
        self.session
            .as_ref()
            .map(|s| s.chans.clone())
            .unwrap_or_default()
    }
}

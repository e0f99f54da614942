//! Timers: a 4-ary min-heap over (when, seq), with entries that know their place.
//!
//! Invariants:
//! - `heap[slots[i].pos].slot == i` for every pending slot `i`; a slot is pending or on the free list.
//! - A parent is never later than its children; equal times are ordered by creation (`seq`).
//! - A `TimerId` names (slot, generation); the generation changes when the timer ends, so a stale id
//!   is recognised and ignored.

use std::num::NonZeroU64;

use crate::g::Gp;
use crate::hchan::Hchan;

/// What happens when a timer fires.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TimerPayload {
    /// Make this sleeping goroutine ready.
    Wake(Gp),
    /// Tell the host: `schedule` returns [`Next::Timer`](crate::Next::Timer) with this number.
    Host(u64),
    /// The timer of this channel is due, and somebody waits for it.
    Chan(*mut Hchan),
}

/// Names one started timer, for ever.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct TimerId(NonZeroU64);

impl TimerId {
    fn new(slot: u32, generation: u32) -> TimerId {
        let bits = (u64::from(generation) << 32) | (u64::from(slot) + 1);
        TimerId(NonZeroU64::new(bits).expect("slot + 1 is not zero"))
    }

    fn slot(self) -> usize {
        (self.0.get() as u32 - 1) as usize
    }

    fn generation(self) -> u32 {
        (self.0.get() >> 32) as u32
    }

    /// The id as a number, for hosts that keep it in their own memory.
    pub fn to_bits(self) -> u64 {
        self.0.get()
    }

    /// The id `to_bits` gave. Any other number is an id of no pending timer, or of some other one.
    pub fn from_bits(bits: u64) -> Option<TimerId> {
        NonZeroU64::new(bits)
            .filter(|b| b.get() as u32 != 0)
            .map(TimerId)
    }
}

#[derive(Clone, Copy)]
struct Entry {
    when: i64,
    seq: u64,
    slot: u32,
}

impl Entry {
    fn before(&self, other: &Entry) -> bool {
        (self.when, self.seq) < (other.when, other.seq)
    }
}

struct Slot {
    generation: u32,
    pos: u32,
    payload: Option<TimerPayload>,
}

/// All pending timers of a runtime.
#[derive(Default)]
pub struct Timers {
    heap: Vec<Entry>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    seq: u64,
}

impl Timers {
    /// How many timers are pending.
    #[inline]
    pub fn len(&self) -> usize {
        self.heap.len()
    }

    /// Whether no timer is pending.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }

    /// When the earliest timer is due.
    #[inline]
    pub fn next_when(&self) -> Option<i64> {
        self.heap.first().map(|e| e.when)
    }

    /// Starts a timer.
    pub fn start(&mut self, when: i64, payload: TimerPayload) -> TimerId {
        let seq = self.ticket();
        self.start_as(when, seq, payload)
    }

    /// A place in the order of creation.
    pub(crate) fn ticket(&mut self) -> u64 {
        self.seq += 1;
        self.seq
    }

    /// Starts a timer that was created when `seq` was given out.
    pub(crate) fn start_as(&mut self, when: i64, seq: u64, payload: TimerPayload) -> TimerId {
        let slot = self.free.pop().unwrap_or_else(|| {
            self.slots.push(Slot {
                generation: 0,
                pos: 0,
                payload: None,
            });
            (self.slots.len() - 1) as u32
        });
        self.slots[slot as usize].payload = Some(payload);
        self.heap.push(Entry { when, seq, slot });
        self.sift_up(self.heap.len() - 1);
        TimerId::new(slot, self.slots[slot as usize].generation)
    }

    /// Stops a timer; says whether it was still pending.
    pub fn stop(&mut self, id: TimerId) -> bool {
        let Some(pos) = self.position(id) else {
            return false;
        };
        self.remove_at(pos);
        true
    }

    /// Moves a pending timer to another time (it then counts as created now); says whether it was pending.
    pub fn reset(&mut self, id: TimerId, when: i64) -> bool {
        let Some(pos) = self.position(id) else {
            return false;
        };
        self.seq += 1;
        self.heap[pos].when = when;
        self.heap[pos].seq = self.seq;
        self.restore(pos);
        true
    }

    /// When the timer is due, if it is pending.
    pub fn when(&self, id: TimerId) -> Option<i64> {
        self.position(id).map(|pos| self.heap[pos].when)
    }

    /// Takes the earliest timer that is due at `now`.
    pub fn pop_due(&mut self, now: i64) -> Option<TimerPayload> {
        match self.heap.first() {
            Some(e) if e.when <= now => self.remove_at(0),
            _ => None,
        }
    }

    /// The payloads of all pending timers, in no particular order.
    pub fn payloads(&self) -> impl Iterator<Item = TimerPayload> + '_ {
        self.slots.iter().filter_map(|s| s.payload)
    }

    fn position(&self, id: TimerId) -> Option<usize> {
        let slot = self.slots.get(id.slot())?;
        (slot.generation == id.generation() && slot.payload.is_some()).then_some(slot.pos as usize)
    }

    fn remove_at(&mut self, pos: usize) -> Option<TimerPayload> {
        let entry = self.heap.swap_remove(pos);
        if pos < self.heap.len() {
            self.restore(pos);
        }
        let slot = &mut self.slots[entry.slot as usize];
        slot.generation = slot.generation.wrapping_add(1);
        self.free.push(entry.slot);
        slot.payload.take()
    }

    /// Puts the entry at `pos`, whose key is arbitrary, where it belongs.
    fn restore(&mut self, pos: usize) {
        let pos = self.sift_up(pos);
        self.sift_down(pos);
    }

    fn sift_up(&mut self, mut pos: usize) -> usize {
        let entry = self.heap[pos];
        while pos > 0 {
            let parent = (pos - 1) / 4;
            if !entry.before(&self.heap[parent]) {
                break;
            }
            self.place(pos, self.heap[parent]);
            pos = parent;
        }
        self.place(pos, entry);
        pos
    }

    fn sift_down(&mut self, mut pos: usize) {
        let entry = self.heap[pos];
        loop {
            let first = 4 * pos + 1;
            let children = first..(first + 4).min(self.heap.len());
            let Some(least) = children.min_by_key(|&i| (self.heap[i].when, self.heap[i].seq))
            else {
                break;
            };
            if !self.heap[least].before(&entry) {
                break;
            }
            self.place(pos, self.heap[least]);
            pos = least;
        }
        self.place(pos, entry);
    }

    fn place(&mut self, pos: usize, entry: Entry) {
        self.heap[pos] = entry;
        self.slots[entry.slot as usize].pos = pos as u32;
    }
}

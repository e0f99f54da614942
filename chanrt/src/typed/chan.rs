//! `Chan<T>`: a channel of Rust values.
//!
//! Values move by raw copy: what has been copied out of a `Slot` or a buffer is forgotten there.
//! - The buffer owns the values in it; dropping the last handle drops them.
//! - A `Slot` owns the value of a sender until it is `Empty`; `Lent` while its goroutine is parked, when only the wake
//!   record knows whether the value has moved.
//! - A parked goroutine borrows its channel, so a channel has no waiters when it is dropped.

use std::alloc::{Layout, alloc_zeroed, dealloc, handle_alloc_error};
use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::mem::MaybeUninit;
use std::rc::Rc;

use super::face::{Phase, with_face};
use crate::chan::{
    CloseResult, RecvResult, SendResult, TryRecv, TrySend, chancap, chanlen, chanrecv, chansend,
    closechan, try_recv, try_send,
};
use crate::g::Wake;
use crate::hchan::{Hchan, MAX_ELEM_SIZE};
use crate::sudog::Dir;

/// A channel. Clones are handles on the same channel.
pub struct Chan<T> {
    core: Rc<Core<T>>,
}

struct Core<T> {
    c: *mut Hchan,
    layout: Layout,
    values: PhantomData<T>,
}

/// The channel is closed; the value comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct SendError<T>(pub T);

/// A non-blocking send failed; the value comes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TrySendError<T> {
    /// Nobody receives and there is no room.
    Full(T),
    /// The channel is closed.
    Closed(T),
}

/// A non-blocking receive failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TryRecvError {
    /// There is no value yet.
    Empty,
    /// The channel is closed and drained.
    Closed,
}

/// The channel had been closed before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CloseError;

impl<T> fmt::Display for SendError<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("send on closed channel")
    }
}

impl fmt::Display for CloseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("close of closed channel")
    }
}

impl<T: fmt::Debug> std::error::Error for SendError<T> {}
impl std::error::Error for CloseError {}

/// Where a value waits to be sent, or to be received into.
pub(super) struct Slot<T> {
    value: MaybeUninit<T>,
    state: Cell<SlotState>,
    dir: Dir,
    case: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum SlotState {
    Empty,
    Full,
    Lent,
}

impl<T> Slot<T> {
    pub(super) fn full(value: T) -> Slot<T> {
        Slot {
            value: MaybeUninit::new(value),
            state: Cell::new(SlotState::Full),
            dir: Dir::Send,
            case: 0,
        }
    }

    pub(super) fn empty() -> Slot<T> {
        Slot {
            value: MaybeUninit::uninit(),
            state: Cell::new(SlotState::Empty),
            dir: Dir::Recv,
            case: 0,
        }
    }

    /// Lends the slot to the runtime for an operation that may park.
    pub(super) fn lend(&mut self, case: u32) -> *mut u8 {
        self.case = case;
        self.state.set(SlotState::Lent);
        self.value.as_mut_ptr().cast()
    }

    /// The operation is over; `moved`: a value left a sender's slot, or came into a receiver's.
    pub(super) fn settle(&self, moved: bool) {
        let full = moved == (self.dir == Dir::Recv);
        self.state.set(if full {
            SlotState::Full
        } else {
            SlotState::Empty
        });
    }

    /// The value, if there is one.
    pub(super) fn take(&mut self) -> Option<T> {
        let full = self.state.replace(SlotState::Empty) == SlotState::Full;
        // SAFETY: a full slot is initialised; it counts as empty from here on.
        full.then(|| unsafe { self.value.assume_init_read() })
    }
}

impl<T> Drop for Slot<T> {
    fn drop(&mut self) {
        if self.state.get() == SlotState::Lent {
            // Only unwinding a parked goroutine gets here.
            let ended = with_face(|face| face.ended.get());
            self.settle(ended.is_some_and(|wake| wake.success && wake.case == self.case));
        }
        drop(self.take());
    }
}

impl<T> Chan<T> {
    /// A channel that buffers `cap` values; 0 makes one where sender and receiver meet.
    ///
    /// # Panics
    /// If a `T` takes 64 KiB or more or is aligned to more than 32 bytes (box it), or the buffer does not fit into memory.
    pub fn new(cap: usize) -> Chan<T> {
        const {
            assert!(
                size_of::<T>() < MAX_ELEM_SIZE && align_of::<T>() <= 32,
                "box such elements"
            )
        };
        let size = i64::try_from(cap)
            .ok()
            .and_then(|cap| Hchan::size_for(size_of::<T>(), cap).ok());
        let layout = size
            .and_then(|size| Layout::from_size_align(size, 32).ok())
            .expect("makechan: size out of range");
        // SAFETY: the layout is not zero-sized; the memory is zeroed, aligned and of the size asked for.
        let c = unsafe {
            let mem = alloc_zeroed(layout);
            if mem.is_null() {
                handle_alloc_error(layout);
            }
            Hchan::init(mem, size_of::<T>(), cap, 0, 0, 0)
        };
        Chan {
            core: Rc::new(Core {
                c,
                layout,
                values: PhantomData,
            }),
        }
    }

    pub(super) fn raw(&self) -> *mut Hchan {
        self.core.c
    }

    /// `c <- v`: waits until the value is taken or buffered. Go panics on a closed channel; this gives the value back.
    pub fn send(&self, v: T) -> Result<(), SendError<T>> {
        with_face(|face| {
            if face.phase.get() == Phase::Ending {
                return Err(SendError(v));
            }
            let mut slot = Slot::full(v);
            let ep = slot.lend(0);
            // SAFETY: the channel lives while `self` does; the slot stands still on this stack.
            let op = face.operate(
                |rt, g| unsafe { chansend(rt, g, self.raw(), ep) },
                |r| *r == SendResult::Park,
            );
            slot.settle(match op {
                (SendResult::Park, wake) => wake.is_some_and(|w| w.success),
                (result, _) => result == SendResult::Done,
            });
            slot.take().map_or(Ok(()), |v| Err(SendError(v)))
        })
    }

    /// `v, ok := <-c`: waits for a value; `None` once the channel is closed and drained.
    pub fn recv(&self) -> Option<T> {
        with_face(|face| {
            if face.phase.get() == Phase::Ending {
                return None;
            }
            let mut slot = Slot::empty();
            let ep = slot.lend(0);
            // SAFETY: as in `send`.
            let op = face.operate(
                |rt, g| unsafe { chanrecv(rt, g, self.raw(), ep) },
                |r| *r == RecvResult::Park,
            );
            slot.settle(match op {
                (RecvResult::Park, wake) => wake.is_some_and(|w: Wake| w.success),
                (result, _) => result == RecvResult::Value,
            });
            slot.take()
        })
    }

    /// Sends if that needs no waiting.
    pub fn try_send(&self, v: T) -> Result<(), TrySendError<T>> {
        let mut slot = Slot::full(v);
        let result = with_face(|face| {
            let ep = slot.lend(0);
            // SAFETY: as in `send`; nothing is kept.
            unsafe { try_send(&mut face.rt(), self.raw(), ep) }
        });
        slot.settle(result == TrySend::Done);
        match (slot.take(), result) {
            (None, _) => Ok(()),
            (Some(v), TrySend::Closed) => Err(TrySendError::Closed(v)),
            (Some(v), _) => Err(TrySendError::Full(v)),
        }
    }

    /// Receives if that needs no waiting.
    pub fn try_recv(&self) -> Result<T, TryRecvError> {
        let mut slot = Slot::empty();
        let result = with_face(|face| {
            let ep = slot.lend(0);
            // SAFETY: as in `send`; nothing is kept.
            unsafe { try_recv(&mut face.rt(), self.raw(), ep) }
        });
        slot.settle(result == TryRecv::Value);
        let why = if result == TryRecv::Closed {
            TryRecvError::Closed
        } else {
            TryRecvError::Empty
        };
        slot.take().ok_or(why)
    }

    /// `close(c)`.
    pub fn close(&self) -> Result<(), CloseError> {
        // SAFETY: the channel lives while `self` does.
        match with_face(|face| unsafe { closechan(&mut face.rt(), self.raw()) }) {
            CloseResult::Done => Ok(()),
            CloseResult::AlreadyClosed | CloseResult::Nil => Err(CloseError),
        }
    }

    /// Values in the buffer.
    pub fn len(&self) -> usize {
        // SAFETY: the channel lives while `self` does.
        unsafe { chanlen(self.raw()) }
    }

    /// Whether the buffer is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Capacity of the buffer.
    pub fn cap(&self) -> usize {
        // SAFETY: the channel lives while `self` does.
        unsafe { chancap(self.raw()) }
    }

    /// `for v := range c`: receives until the channel is closed and drained.
    pub fn iter(&self) -> Iter<'_, T> {
        Iter { chan: self }
    }
}

/// Receives until the channel is closed and drained.
pub struct Iter<'a, T> {
    chan: &'a Chan<T>,
}

impl<T> Iterator for Iter<'_, T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        self.chan.recv()
    }
}

impl<'a, T> IntoIterator for &'a Chan<T> {
    type Item = T;
    type IntoIter = Iter<'a, T>;

    fn into_iter(self) -> Iter<'a, T> {
        self.iter()
    }
}

impl<T> Clone for Chan<T> {
    fn clone(&self) -> Chan<T> {
        Chan {
            core: Rc::clone(&self.core),
        }
    }
}

impl<T> PartialEq for Chan<T> {
    /// Whether both are the same channel.
    fn eq(&self, other: &Chan<T>) -> bool {
        Rc::ptr_eq(&self.core, &other.core)
    }
}

impl<T> fmt::Debug for Chan<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chan({:p}, {}/{})", self.raw(), self.len(), self.cap())
    }
}

impl<T> Drop for Core<T> {
    fn drop(&mut self) {
        let mut i = 0;
        // SAFETY: buffered values are initialised and owned by the buffer; nobody else has the channel any more.
        unsafe {
            while let Some(value) = Hchan::buffered(self.c, i) {
                i += 1;
                value.cast_mut().cast::<T>().drop_in_place();
            }
            dealloc(self.c.cast(), self.layout);
        }
    }
}

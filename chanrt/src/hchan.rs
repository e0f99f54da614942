//! The channel in memory: a header of at most 96 bytes with the buffer right behind it.
//!
//! Invariants (there is no lock: one thread runs goroutines, and no operation is interrupted):
//! - At least one of `sendq` and `recvq` is empty, but for goroutines that both send and receive on
//!   the channel in one select: those may be in both queues, and never match themselves.
//! - Buffered: `qcount > 0` implies `recvq` empty; `qcount < dataqsiz` implies `sendq` empty.
//! - A closed channel has no waiters.
//! - The `qcount` slots from `recvx` on (cyclically) hold values; the others are zero; `sendx` is the slot after the last value.

use std::ptr;

use crate::sudog::{Dir, WaitQ};

/// Whether a channel has been closed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum ChanState {
    /// Values can be sent.
    Open,
    /// Receives drain the buffer, then yield zero values; sends panic.
    Closed,
}

/// A channel. Its owner (the VM's heap, or the typed face) allocates [`Hchan::size_for`] bytes and calls [`Hchan::init`].
#[repr(C)]
pub struct Hchan {
    /// Values in the buffer.
    pub qcount: usize,
    /// Capacity of the buffer, in values.
    pub dataqsiz: usize,
    /// The buffer: `dataqsiz * elemsize` bytes.
    pub buf: *mut u8,
    /// Size of a value; below 64 KiB, as Go demands.
    pub elemsize: u16,
    /// Open or closed.
    pub closed: ChanState,
    /// Whether a timer sends on it (see `chantimer`).
    pub timed: bool,
    /// The host's number for the `make` expression.
    pub make_site: u32,
    /// The host's descriptor of the element type; chanrt never looks at it.
    pub elemtype: usize,
    /// Slot of the next send.
    pub sendx: usize,
    /// Slot of the next receive.
    pub recvx: usize,
    /// Parked receivers.
    pub recvq: WaitQ,
    /// Parked senders.
    pub sendq: WaitQ,
    /// A small number for people to tell channels apart by.
    pub id: u32,
}

const _: () = assert!(size_of::<Hchan>() <= 96 && align_of::<Hchan>() == 8);

/// `make(chan T, n)`: the size is negative, or buffer and header would not fit into memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TooBig;

/// Go's limit on the size of one allocation on 64-bit machines.
const MAX_ALLOC: usize = 1 << 48;

/// Channel elements must be smaller than this; the checker refuses others ("channel element type too large").
pub const MAX_ELEM_SIZE: usize = 1 << 16;

impl Hchan {
    /// How many bytes a channel for `cap` values of `elemsize` bytes takes, buffer included.
    pub fn size_for(elemsize: usize, cap: i64) -> Result<usize, TooBig> {
        let cap = usize::try_from(cap).map_err(|_| TooBig)?;
        let buffer = cap.checked_mul(elemsize).ok_or(TooBig)?;
        if elemsize >= MAX_ELEM_SIZE || buffer > MAX_ALLOC - size_of::<Hchan>() {
            return Err(TooBig);
        }
        Ok(size_of::<Hchan>() + buffer)
    }

    /// Makes a channel of the memory at `mem`. `elemtype`, `make_site` and `id` are the host's business;
    /// [`Sched::next_chan_id`](crate::Sched::next_chan_id) numbers channels in the order of their creation.
    ///
    /// # Safety
    /// `mem` is aligned to 8, valid for `size_for(elemsize, cap)?` bytes, and the buffer behind the header is zeroed.
    pub unsafe fn init(
        mem: *mut u8,
        elemsize: usize,
        cap: usize,
        elemtype: usize,
        make_site: u32,
        id: u32,
    ) -> *mut Hchan {
        debug_assert!(elemsize < MAX_ELEM_SIZE && mem.addr().is_multiple_of(align_of::<Hchan>()));
        let c = mem.cast::<Hchan>();
        // SAFETY: the caller's contract: room for the header, and the buffer begins one header further.
        unsafe {
            c.write(Hchan {
                qcount: 0,
                dataqsiz: cap,
                buf: mem.add(size_of::<Hchan>()),
                elemsize: elemsize as u16,
                closed: ChanState::Open,
                timed: false,
                make_site,
                elemtype,
                sendx: 0,
                recvx: 0,
                recvq: WaitQ::new(),
                sendq: WaitQ::new(),
                id,
            });
        }
        c
    }

    /// # Safety
    /// `c` is a valid channel and `i < dataqsiz`.
    #[inline]
    unsafe fn slot(c: *mut Hchan, i: usize) -> *mut u8 {
        // SAFETY: the caller's contract; the buffer holds dataqsiz slots.
        unsafe { (*c).buf.add(i * usize::from((*c).elemsize)) }
    }

    /// # Safety
    /// `c` is a valid channel with room; `ep` is valid for reading one value.
    #[inline]
    pub(crate) unsafe fn buf_push(c: *mut Hchan, ep: *const u8) {
        // SAFETY: the caller's contract; `sendx < dataqsiz` always.
        unsafe {
            copy_elem(Self::slot(c, (*c).sendx), ep, (*c).elemsize);
            (*c).sendx = next_slot((*c).sendx, (*c).dataqsiz);
            (*c).qcount += 1;
        }
    }

    /// Takes the oldest value; the slot is cleared so that it keeps nothing alive.
    ///
    /// # Safety
    /// `c` is a valid channel with a value; `ep` is null or valid for writing one value.
    #[inline]
    pub(crate) unsafe fn buf_pop(c: *mut Hchan, ep: *mut u8) {
        // SAFETY: the caller's contract; `recvx < dataqsiz` always.
        unsafe {
            let slot = Self::slot(c, (*c).recvx);
            if !ep.is_null() {
                copy_elem(ep, slot, (*c).elemsize);
            }
            zero_elem(slot, (*c).elemsize);
            (*c).recvx = next_slot((*c).recvx, (*c).dataqsiz);
            (*c).qcount -= 1;
        }
    }

    /// Where the `i`th oldest buffered value is; `None` past the last.
    ///
    /// # Safety
    /// `c` is a valid channel.
    pub unsafe fn buffered(c: *const Hchan, i: usize) -> Option<*const u8> {
        // SAFETY: the caller's contract; the slot is reduced below dataqsiz.
        unsafe {
            let n = (*c).dataqsiz;
            let at = (i < (*c).qcount).then(|| ((*c).recvx + i) % n)?;
            Some((*c).buf.add(at * usize::from((*c).elemsize)))
        }
    }

    /// # Safety
    /// `c` is a valid channel.
    #[inline]
    pub(crate) unsafe fn queue(c: *mut Hchan, dir: Dir) -> *mut WaitQ {
        // SAFETY: the caller's contract; only an address is computed.
        unsafe {
            match dir {
                Dir::Send => &raw mut (*c).sendq,
                Dir::Recv => &raw mut (*c).recvq,
            }
        }
    }
}

#[inline(always)]
fn next_slot(i: usize, n: usize) -> usize {
    if i + 1 == n { 0 } else { i + 1 }
}

/// Copies one value. The common sizes become plain moves.
///
/// # Safety
/// Both pointers are valid for `size` bytes; the two places are the same or apart.
#[inline(always)]
pub(crate) unsafe fn copy_elem(dst: *mut u8, src: *const u8, size: u16) {
    // SAFETY: the caller's contract.
    unsafe {
        match size {
            8 => ptr::copy(src, dst, 8),
            0 => {}
            1 => ptr::copy(src, dst, 1),
            4 => ptr::copy(src, dst, 4),
            16 => ptr::copy(src, dst, 16),
            n => ptr::copy(src, dst, usize::from(n)),
        }
    }
}

/// Writes the zero value.
///
/// # Safety
/// `dst` is valid for writing `size` bytes.
#[inline(always)]
pub(crate) unsafe fn zero_elem(dst: *mut u8, size: u16) {
    // SAFETY: the caller's contract.
    unsafe {
        match size {
            8 => ptr::write_bytes(dst, 0, 8),
            0 => {}
            n => ptr::write_bytes(dst, 0, usize::from(n)),
        }
    }
}

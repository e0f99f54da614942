//! Channel instructions, straight on chanrt.
//!
//! Invariants:
//! - A value's registers serve as the channel's element memory: they stand still while the goroutine is parked.
//! - Only `elemsize` bytes are written; the rest of the last slot is zeroed before (select: after).
//! - When an operation parks, `ip` is behind it and `Vm::finish` completes it once the goroutine runs again.

use super::run::Fault;
use super::slices::out_of_memory;
use crate::bytecode::{Op, SelectIx, TypeIx, Win};
use crate::mem::AllocKind;
use crate::vm::{Exit, Vm};
use chanrt::{
    CloseResult, Dir, Hchan, RecvResult, Scase, SelectResult, SendResult, TryRecv, TrySend,
};

#[cold]
fn send_on_closed() -> Fault {
    Fault::PlainError("send on closed channel".to_string())
}

#[inline(always)]
fn chan(w: u64) -> *mut Hchan {
    w as *mut Hchan
}

/// Zeroes the last slot of a value that does not fill it.
#[inline(always)]
unsafe fn zero_tail(d: *mut u64, c: *mut Hchan) {
    // SAFETY: the callers' contract: `c` is a channel, `d` has room for its elements.
    unsafe {
        if !c.is_null() && (*c).elemsize & 7 != 0 {
            *d.add(usize::from((*c).elemsize) / 8) = 0;
        }
    }
}

/// Clears the part of the last slot that an element does not fill.
unsafe fn mask_tail(d: *mut u64, c: *mut Hchan) {
    // SAFETY: as in `zero_tail`.
    unsafe {
        let size = usize::from((*c).elemsize);
        if size & 7 != 0 {
            *d.add(size / 8) &= (1 << (8 * (size & 7))) - 1;
        }
    }
}

/// `MakeChan`: w ← make(chan t, w).
///
/// # Safety
/// `w` is a register, `ip` the instruction.
pub(crate) unsafe fn make(vm: &mut Vm, ip: *const Op, w: *mut u64, t: TypeIx) -> Result<(), Fault> {
    // SAFETY: the caller's contract; the block has the size asked for and is zeroed.
    unsafe {
        let elem = &vm.program.types[t.0 as usize];
        let cap = *w as i64;
        let Ok(size) = Hchan::size_for(elem.size as usize, cap) else {
            return Err(Fault::PlainError("makechan: size out of range".to_string()));
        };
        let mem = vm.heap.alloc(size, AllocKind::Chan(elem));
        if mem.is_null() {
            return Err(out_of_memory());
        }
        let site = vm.sites.number(ip);
        let id = vm.rt.next_chan_id();
        *w = Hchan::init(
            mem,
            elem.size as usize,
            cap as usize,
            t.0 as usize,
            site,
            id,
        ) as u64;
        if let Some(s) = &mut vm.session {
            s.chans.push(*w);
        }
        Ok(())
    }
}

/// `Send`.
///
/// # Safety
/// `c` is a channel or nil, `v` a register of its element type.
#[inline(always)]
pub(crate) unsafe fn send(vm: &mut Vm, c: u64, v: *const u64) -> Result<(), Fault> {
    let g = vm.g;
    // SAFETY: the caller's contract.
    match unsafe { chanrt::chansend(&mut vm.rt, g, chan(c), v.cast::<u8>()) } {
        SendResult::Done => Ok(()),
        SendResult::Park => Err(Fault::Park),
        SendResult::Closed => Err(send_on_closed()),
    }
}

/// `Recv` and its relatives: whether a value was sent.
///
/// # Safety
/// `c` is a channel or nil, `d` a register of its element type.
#[inline(always)]
pub(crate) unsafe fn recv(vm: &mut Vm, c: u64, d: *mut u64) -> Result<bool, Fault> {
    let g = vm.g;
    // SAFETY: the caller's contract.
    unsafe {
        zero_tail(d, chan(c));
        match chanrt::chanrecv(&mut vm.rt, g, chan(c), d.cast::<u8>()) {
            RecvResult::Value => Ok(true),
            RecvResult::Closed => Ok(false),
            RecvResult::Park => Err(Fault::Park),
        }
    }
}

/// `RecvX`.
///
/// # Safety
/// `c` is a channel or nil.
#[inline(always)]
pub(crate) unsafe fn recv_discard(vm: &mut Vm, c: u64) -> Result<(), Fault> {
    let g = vm.g;
    // SAFETY: the caller's contract.
    match unsafe { chanrt::chanrecv(&mut vm.rt, g, chan(c), std::ptr::null_mut()) } {
        RecvResult::Value | RecvResult::Closed => Ok(()),
        RecvResult::Park => Err(Fault::Park),
    }
}

/// `TrySend`.
///
/// # Safety
/// As for `send`.
pub(crate) unsafe fn try_send(vm: &mut Vm, c: u64, v: *const u64) -> Result<u64, Fault> {
    // SAFETY: the caller's contract.
    match unsafe { chanrt::try_send(&mut vm.rt, chan(c), v.cast::<u8>()) } {
        TrySend::Done => Ok(1),
        TrySend::WouldBlock => Ok(0),
        TrySend::Closed => Err(send_on_closed()),
    }
}

/// `TryRecv`: w ← whether the case was ready, w+1 ← received ok.
///
/// # Safety
/// As for `recv`; `w` has two slots.
pub(crate) unsafe fn try_recv(vm: &mut Vm, c: u64, d: *mut u64, w: *mut u64) {
    // SAFETY: the caller's contract.
    unsafe {
        let got = chanrt::try_recv(&mut vm.rt, chan(c), d.cast::<u8>());
        if got != TryRecv::WouldBlock {
            mask_tail(d, chan(c));
        }
        *w = u64::from(got != TryRecv::WouldBlock);
        *w.add(1) = u64::from(got == TryRecv::Value);
    }
}

/// `Close`.
///
/// # Safety
/// `c` is a channel or nil.
pub(crate) unsafe fn close(vm: &mut Vm, c: u64) -> Result<(), Fault> {
    // SAFETY: the caller's contract.
    match unsafe { chanrt::closechan(&mut vm.rt, chan(c)) } {
        CloseResult::Done => Ok(()),
        CloseResult::Nil => Err(Fault::PlainError("close of nil channel".to_string())),
        CloseResult::AlreadyClosed => Err(Fault::PlainError("close of closed channel".to_string())),
    }
}

/// `Select`.
///
/// # Safety
/// The statement's registers lie in the frame at `fp`.
pub(crate) unsafe fn select(vm: &mut Vm, fp: *mut u64, w: Win, s: SelectIx) -> Result<(), Fault> {
    const FEW: usize = 8;
    // SAFETY: the caller's contract; the verifier has checked the statement's registers.
    unsafe {
        let desc: *const crate::program::SelectDesc = &raw const vm.program.selects[s.0 as usize];
        let n = (*desc).cases.len();
        let case = |c: &crate::program::SelectCase| Scase {
            c: chan(*fp.add(c.chan.0 as usize)),
            elem: c.value.map_or(std::ptr::null_mut(), |r| {
                fp.add(usize::from(r)).cast::<u8>()
            }),
            dir: if c.send { Dir::Send } else { Dir::Recv },
        };
        let mut few = [Scase {
            c: std::ptr::null_mut(),
            elem: std::ptr::null_mut(),
            dir: Dir::Recv,
        }; FEW];
        let many: Vec<Scase>;
        let cases: &[Scase] = if n <= FEW {
            for (to, c) in few.iter_mut().zip(&(*desc).cases) {
                *to = case(c);
            }
            &few[..n]
        } else {
            many = (*desc).cases.iter().map(case).collect();
            &many
        };
        let g = vm.g;
        let out = fp.add(w.0 as usize);
        match chanrt::selectgo(&mut vm.rt, g, cases, !(*desc).has_default) {
            SelectResult::Ready { case, recv_ok } => {
                let c = cases[case];
                if c.dir == Dir::Recv && !c.elem.is_null() {
                    mask_tail(c.elem.cast::<u64>(), c.c);
                }
                *out = case as u64;
                *out.add(1) = u64::from(recv_ok);
                Ok(())
            }
            SelectResult::Default => {
                *out = n as u64;
                *out.add(1) = 0;
                Ok(())
            }
            SelectResult::Park => Err(Fault::Park),
            SelectResult::SendClosed { .. } => Err(send_on_closed()),
        }
    }
}

impl Vm {
    /// Completes the channel instruction before `regs.ip`, in which the goroutine was parked and which somebody has served.
    ///
    /// # Safety
    /// `regs` are those of the goroutine when it parked.
    pub(crate) unsafe fn finish(&mut self) -> Option<Exit> {
        let wake = self.g.wake();
        let fp = self.regs.fp;
        // SAFETY: the caller's contract.
        unsafe {
            match *self.regs.ip.sub(1) {
                Op::Send { .. } if !wake.success => return self.fault(send_on_closed()),
                Op::Recv2 { ok, .. } => *fp.add(ok.0 as usize) = u64::from(wake.success),
                Op::RangeChan { to, .. } if !wake.success => {
                    self.regs.ip = self.regs.ip.offset(to.0 as isize)
                }
                Op::Select { w, s } => {
                    let case = self.program.selects[s.0 as usize].cases[wake.case as usize];
                    if case.send && !wake.success {
                        return self.fault(send_on_closed());
                    }
                    if let (false, Some(r)) = (case.send, case.value) {
                        mask_tail(fp.add(usize::from(r)), chan(*fp.add(case.chan.0 as usize)));
                    }
                    *fp.add(w.0 as usize) = u64::from(wake.case);
                    *fp.add(w.0 as usize + 1) = u64::from(wake.success);
                }
                _ => {}
            }
        }
        None
    }
}

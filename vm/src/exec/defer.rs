//! Deferred calls, panics, recover and Goexit.
//!
//! Invariants:
//! - `Ext::defers` is a stack of records: input words, then three header words (`Header`). Records of one frame are contiguous, those of inner
//!   frames above those of outer ones.
//! - A panic runs the goroutine's deferred calls, innermost first, *on top of* the panicking frames, which stay for the trace; a deferred call
//!   returns to `UNWIND_NEXT`. A record is popped before its call starts, so nothing runs twice.
//! - `Ext::panics` holds the panics and Goexits in progress. One whose deferred call (`call_fp`) lies above the frame that a newer one is
//!   unwinding is aborted: a recovery there removes it too, except that an aborted Goexit then goes on.
//! - `recover` works only in the frame `call_fp` itself, or right below compiler-made wrappers there. A deferred builtin `recover` is a
//!   wrapper itself: it counts as a call by the frame that deferred it.

use super::gor::UNWIND_NEXT;
use super::run::Fault;
use super::session::Pause;
use crate::bytecode::{FuncId, Op};
use crate::native::{Iface, Reply};
use crate::vm::{Exit, Vm};

/// A panic or Goexit in progress.
pub(crate) struct PanicRec {
    /// The value; of no meaning for a Goexit.
    pub(crate) value: Iface,
    pub(crate) kind: PanicKind,
    /// Whether a deferred call has recovered it.
    pub(crate) recovered: bool,
    /// Behind the instruction that panicked.
    pub(crate) ip: *const Op,
    /// The frame that panicked, in slots from the stack's base.
    pub(crate) fp: u32,
    /// First free slot above it.
    top: u32,
    /// The frame of the deferred call in progress; 0 if none.
    pub(crate) call_fp: u32,
    /// The frame that deferred it, and its defer instruction.
    frame: u32,
    defer_ip: *const Op,
}

/// What unwinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum PanicKind {
    /// `panic`, or a run-time error.
    Panic,
    /// A run-time error that Go gets from a memory fault: nil dereference.
    Fault,
    /// `runtime.Goexit`.
    Goexit,
}

/// A deferred call without its inputs.
struct Header {
    frame: u32,
    w: u16,
    inputs: u16,
    func: u32,
    ip: *const Op,
}

/// The function of a deferred nil closure.
const NIL_FUNC: u32 = u32::MAX;

impl Header {
    fn pack(&self) -> [u64; 3] {
        let first = u64::from(self.frame) << 32 | u64::from(self.w) << 16 | u64::from(self.inputs);
        [first, u64::from(self.func), self.ip.addr() as u64]
    }

    fn of(words: &[u64]) -> Header {
        let w = &words[words.len() - 3..];
        Header {
            frame: (w[0] >> 32) as u32,
            w: (w[0] >> 16) as u16,
            inputs: w[0] as u16,
            func: w[1] as u32,
            ip: w[2] as *const Op,
        }
    }
}

impl Vm {
    /// `Defer` and `DeferC`: records a call of `func` (`None`: a nil function value) whose inputs are the `n` slots at `args`.
    ///
    /// # Safety
    /// `args` and `fp` lie in the running goroutine's stack, with `n` slots behind `args`.
    pub(crate) unsafe fn push_defer(
        &mut self,
        ip: *const Op,
        fp: *mut u64,
        w: u16,
        func: Option<FuncId>,
        args: *const u64,
        n: usize,
    ) {
        let frame = self.cur().offset(fp);
        if self.cur().ext.is_none() {
            let ext = self.stacks.ext();
            self.cur().ext = Some(ext);
        }
        let defers = &mut self.cur().ext().defers;
        // SAFETY: the caller's contract.
        defers.extend_from_slice(unsafe { std::slice::from_raw_parts(args, n) });
        let header = Header {
            frame,
            w,
            inputs: n as u16,
            func: func.map_or(NIL_FUNC, |f| f.0),
            ip,
        };
        defers.extend_from_slice(&header.pack());
    }

    /// `DeferTo`: records a call for an outer frame, above the records that this frame has and below those of frames inside it.
    /// `place` and `ip` are what `DeferFrame` made there.
    ///
    /// # Safety
    /// `args` lies in the running goroutine's stack, with `n` slots behind it.
    pub(crate) unsafe fn insert_defer(
        &mut self,
        place: u64,
        ip: u64,
        func: Option<FuncId>,
        args: *const u64,
        n: usize,
    ) {
        if self.cur().ext.is_none() {
            let ext = self.stacks.ext();
            self.cur().ext = Some(ext);
        }
        let header = Header {
            frame: (place >> 16) as u32,
            w: place as u16,
            inputs: n as u16,
            func: func.map_or(NIL_FUNC, |f| f.0),
            ip: ip as *const Op,
        };
        let defers = &mut self.cur().ext().defers;
        let mut at = defers.len();
        while at > 0 {
            let h = Header::of(&defers[..at]);
            if h.frame <= header.frame {
                break;
            }
            at -= usize::from(h.inputs) + 3;
        }
        // SAFETY: the caller's contract.
        let inputs = unsafe { std::slice::from_raw_parts(args, n) };
        let record: Vec<u64> = inputs.iter().copied().chain(header.pack()).collect();
        defers.splice(at..at, record);
    }

    /// `RunDefers`: if the frame at `fp` has a deferred call left, sets `regs` to its start, to return to the `RunDefers` instruction
    /// at `ip`.
    ///
    /// # Safety
    /// `fp` is the running goroutine's frame.
    pub(crate) unsafe fn run_defer(&mut self, ip: *const Op, fp: *mut u64) -> Result<bool, Fault> {
        let gor = self.gor(self.g);
        let frame = gor.offset(fp);
        let Some(ext) = &mut gor.ext else {
            return Ok(false);
        };
        if ext.defers.is_empty() {
            return Ok(false);
        }
        let h = Header::of(&ext.defers);
        if h.frame != frame {
            return Ok(false);
        }
        self.regs.fp = fp;
        self.regs.ip = ip.wrapping_add(1);
        self.start_deferred(&h, frame + u32::from(h.w), frame, ip)?;
        Ok(true)
    }

    /// Pops the topmost record, whose header is `h`, and enters its call with the window at slot `w`, returning to `ret` in `caller`.
    fn start_deferred(
        &mut self,
        h: &Header,
        w: u32,
        caller: u32,
        ret: *const Op,
    ) -> Result<(), Fault> {
        let n = usize::from(h.inputs);
        if h.func == NIL_FUNC {
            let defers = &mut self.cur().ext().defers;
            defers.truncate(defers.len() - n - 3);
            return Err(Fault::NilDeref);
        }
        let entry = self.program.funcs[h.func as usize];
        let results = usize::from(entry.result_slots);
        let need = w as usize + (entry.frame_slots as usize).max(results + n) + 2;
        if need > self.cur().cap as usize && !self.grow_stack(need) {
            return Err(Fault::StackOverflow);
        }
        let gor = self.cur();
        let nfp = gor.stack.wrapping_add(w as usize);
        let defers = &mut gor.ext().defers;
        let at = defers.len() - n - 3;
        // SAFETY: the stack has `need` slots, so the window with its header is within it.
        unsafe {
            *nfp.sub(2) = ret.addr() as u64;
            *nfp.sub(1) = u64::from(w - caller);
            std::ptr::write_bytes(nfp, 0, results);
            std::ptr::copy_nonoverlapping(defers[at..].as_ptr(), nfp.add(results), n);
        }
        defers.truncate(at);
        self.regs.fp = nfp;
        self.regs.ip = entry.code;
        Ok(())
    }

    /// Starts a panic with `value` at the instruction before `regs.ip`.
    #[cold]
    pub(crate) fn start_panic(&mut self, value: Iface, kind: PanicKind) -> Option<Exit> {
        let top = self.frame_top();
        let gor = self.cur();
        let fp = gor.offset(self.regs.fp);
        let panics = &mut gor.ext().panics;
        panics.push(PanicRec {
            value,
            kind,
            recovered: false,
            ip: self.regs.ip,
            fp,
            top,
            call_fp: 0,
            frame: 0,
            defer_ip: std::ptr::null(),
        });
        self.unwind()
    }

    /// First free slot above the current frame.
    pub(crate) fn frame_top(&self) -> u32 {
        let gor = self.cur();
        let size = self
            .program
            .func_at(self.regs.ip.wrapping_sub(1))
            .map_or(0, |f| {
                let e = &self.program.funcs[f.0 as usize];
                e.frame_slots.max(u32::from(e.window_slots) + 1)
            });
        (gor.offset(self.regs.fp) + size).min(gor.cap)
    }

    /// Goes on with the innermost panic or Goexit: the next deferred call, or the end.
    pub(crate) fn unwind(&mut self) -> Option<Exit> {
        if self.caught_by_native() {
            return self.catch_in_native();
        }
        let ext = self.cur().ext();
        if ext.defers.is_empty() {
            let goexit = ext
                .panics
                .last()
                .is_some_and(|p| p.kind == PanicKind::Goexit);
            return if goexit {
                self.end_goroutine()
            } else {
                Some(self.report_panic())
            };
        }
        let h = Header::of(&ext.defers);
        let p = ext.panics.last_mut().expect("something unwinds");
        let w = p.top + 2;
        p.call_fp = w;
        p.frame = h.frame;
        p.defer_ip = h.ip;
        let caller = p.fp;
        match self.start_deferred(&h, w, caller, UNWIND_NEXT.as_ptr()) {
            Ok(()) => None,
            Err(fault) => self.fault(fault),
        }
    }

    /// `UnwindNext`: the deferred call has returned.
    #[cold]
    pub(crate) fn unwind_next(&mut self) -> Option<Exit> {
        let p = self
            .cur()
            .ext()
            .panics
            .last_mut()
            .expect("a deferred call of a panic returns to it");
        p.call_fp = 0;
        if !p.recovered {
            self.regs.ip = p.ip;
            return self.unwind();
        }
        let (frame, defer_ip) = (p.frame, p.defer_ip);
        if self.remove_panics(frame) {
            return self.unwind();
        }
        self.drop_natives(frame);
        let f = self
            .program
            .func_at(defer_ip)
            .expect("a defer instruction is in a function");
        let on_recover = self.program.metas[f.0 as usize].on_recover;
        self.regs.fp = self.slot(frame);
        self.regs.ip = self.program.funcs[f.0 as usize]
            .code
            .wrapping_add(on_recover as usize);
        None
    }

    /// Removes the innermost panic and those it aborted by unwinding to `frame`; true if an aborted Goexit has to go on.
    fn remove_panics(&mut self, frame: u32) -> bool {
        let panics = &mut self.cur().ext().panics;
        panics.pop();
        while let Some(p) = panics.last_mut() {
            if p.call_fp <= frame {
                break;
            }
            if p.kind == PanicKind::Goexit {
                p.call_fp = 0;
                self.regs.fp = self.slot(self.cur().ext().panics.last().map_or(0, |p| p.fp));
                return true;
            }
            panics.pop();
        }
        false
    }

    /// Ends the natives whose windows lie above `frame`.
    pub(super) fn drop_natives(&mut self, frame: u32) {
        while let Some(n) = self.cur().ext().natives.pop_if(|n| n.win > frame) {
            self.native_stacks.put(n);
        }
    }

    /// Whether the innermost native catches the innermost panic before any deferred call older than the native's call sees it.
    fn caught_by_native(&mut self) -> bool {
        let ext = self.cur().ext();
        let panics = ext
            .panics
            .last()
            .is_some_and(|p| p.kind != PanicKind::Goexit);
        panics
            && ext
                .natives
                .last()
                .is_some_and(|n| n.catches && ext.defers.len() <= n.defers)
    }

    fn catch_in_native(&mut self) -> Option<Exit> {
        let ext = self.cur().ext();
        let value = ext.panics.last().expect("something unwinds").value;
        let (win, fp) = ext
            .natives
            .last()
            .map(|n| (n.win, n.fp))
            .expect("a native catches");
        if self.remove_panics(win) {
            return self.unwind();
        }
        self.regs.fp = self.slot(fp);
        self.resume_native(Reply::Panicked(value))
    }

    /// `recover()` in the frame at `fp`.
    #[cold]
    pub(crate) fn recover(&mut self, fp: *mut u64) -> Iface {
        let mut at = self.cur().offset(fp);
        if self.cur().ext.is_none() {
            return Iface::NIL;
        }
        if self.is_wrapper_at(self.regs.ip) {
            // SAFETY: `fp` is the frame of a call, so its header is in place.
            at = at.wrapping_sub(unsafe { *fp.sub(1) } as u32);
        }
        let Some(p) = self.cur().ext().panics.last() else {
            return Iface::NIL;
        };
        if p.recovered
            || p.kind == PanicKind::Goexit
            || p.call_fp == 0
            || !self.is_deferred_frame(at, p.call_fp)
        {
            return Iface::NIL;
        }
        let p = self.cur().ext().panics.last_mut().expect("just seen");
        p.recovered = true;
        p.value
    }

    /// Whether the frame at slot `at` is the deferred call's frame `call`, or was called from it through wrappers only.
    fn is_deferred_frame(&self, mut at: u32, call: u32) -> bool {
        while at > call {
            let fp = self.slot(at);
            // SAFETY: `at` is a frame of the running goroutine, so its header is in place.
            let (ret, dist) = unsafe { (*fp.sub(2) as *const Op, *fp.sub(1)) };
            if !self.is_wrapper_at(ret) {
                return false;
            }
            at -= dist as u32;
        }
        at == call
    }

    /// Whether the instruction before `ip` is a compiler-made wrapper's.
    fn is_wrapper_at(&self, ip: *const Op) -> bool {
        let f = self.program.func_at(ip.wrapping_sub(1));
        f.is_some_and(|f| self.program.metas[f.0 as usize].is_wrapper)
    }

    /// The running goroutine has ended.
    pub(crate) fn end_goroutine(&mut self) -> Option<Exit> {
        self.drop_natives(0);
        let g = self.g;
        let is_main = self.main == Some(g);
        let goexit = self
            .cur()
            .ext
            .as_ref()
            .is_some_and(|e| !e.panics.is_empty());
        let goid = g.goid();
        let gor = self.rt.goexit(g);
        self.stacks.bury(gor);
        if let Some(s) = &mut self.session
            && s.ends(goid)
        {
            return Some(Exit::Pause(Pause::Returned(goid)));
        }
        if is_main {
            self.main = None;
            self.main_gone = goexit;
            if !goexit {
                return Some(Exit::Code(0));
            }
        }
        self.schedule()
    }
}

//! Natives that do more than return: flows, and natives on stacks of their own.
//!
//! Invariants: `regs` are those of the Go frame that called the native, `ip` behind the call. While a native's Go call runs, its `NativeFrame` is the
//! innermost, and the callee returns to `NATIVE_RESUME`.

use super::defer::PanicKind;
use super::gor::{NATIVE_RESUME, Resume};
use super::run::Fault;
use crate::bytecode::NativeIx;
use crate::native::{Cx, Flow, Iface, NativeFrame, Reply, Request, Resumed};
use crate::vm::{Exit, Vm};

impl Vm {
    /// A native ended otherwise than by returning.
    pub(crate) fn native_flow(&mut self, n: NativeIx, flow: Flow, win: *mut u64) -> Option<Exit> {
        match flow {
            Flow::NeedStack => self.start_native(n, win),
            other => self.flow(other),
        }
    }

    fn flow(&mut self, flow: Flow) -> Option<Exit> {
        match flow {
            Flow::Done => None,
            Flow::Panic => {
                let value = std::mem::replace(&mut self.thrown, Iface::NIL);
                self.start_panic(value, PanicKind::Panic)
            }
            Flow::Park => {
                self.suspend(Resume::Plain);
                self.schedule()
            }
            Flow::Retry => {
                self.regs.ip = self.regs.ip.wrapping_sub(1);
                self.suspend(Resume::Plain);
                self.schedule()
            }
            Flow::Yield => {
                self.suspend(Resume::Plain);
                let g = self.g;
                self.rt.yield_now(g);
                self.schedule()
            }
            Flow::Goexit => self.start_panic(Iface::NIL, PanicKind::Goexit),
            Flow::Exit(code) => Some(Exit::Code(code)),
            Flow::Fatal => {
                let text = std::mem::take(&mut self.fatal_text);
                Some(self.fatal(&text))
            }
            Flow::Collect => match super::gc::collect_precisely(self) {
                true => self.flow(Flow::Yield),
                false => None,
            },
            Flow::NeedStack => {
                Some(self.fatal("internal error: a native asks for a stack on its own stack"))
            }
        }
    }

    /// Starts native `n` on a stack of its own.
    fn start_native(&mut self, n: NativeIx, win: *mut u64) -> Option<Exit> {
        let entry = &self.program.natives[n.0 as usize];
        let (f, results) = (entry.f, entry.result_slots);
        let gor = self.gor(self.g);
        let (at, fp) = (gor.offset(win), gor.offset(self.regs.fp));
        let vm: *mut Vm = self;
        let cx = Cx::detached(vm, win, u32::from(results));
        let frame = NativeFrame::new(&mut self.native_stacks, f, cx, at, fp, self.regs.ip);
        self.cur().ext().natives.push(frame);
        self.resume_native(Reply::Go)
    }

    /// Resumes the innermost native with an answer; its caller's frame becomes current.
    pub(crate) fn resume_native(&mut self, reply: Reply) -> Option<Exit> {
        let frame: *mut NativeFrame = self.top_native();
        // SAFETY: the frame is the top one; nothing holds a reference to it.
        let resumed = unsafe {
            self.regs.fp = self.slot((*frame).fp);
            self.regs.ip = (*frame).ret_ip;
            (*frame).catches = false;
            NativeFrame::resume(frame, reply)
        };
        match resumed {
            Resumed::Asks(Request::Call(call)) => {
                let ext = self.cur().ext();
                let defers = ext.defers.len();
                let results = self.program.funcs[call.func.0 as usize].result_slots;
                if let Err(fault) = self.enter(call.func, NATIVE_RESUME.as_ptr(), &call.inputs) {
                    return self.fault(fault);
                }
                let at = self.cur().offset(self.regs.fp);
                let native = self.top_native();
                native.call = (at, results);
                native.catches = call.catches;
                native.defers = defers;
                None
            }
            Resumed::Asks(Request::Parked) => {
                self.suspend(Resume::Native);
                self.schedule()
            }
            Resumed::Ended(flow) => {
                self.end_native();
                self.flow(flow)
            }
            Resumed::NilDeref => {
                self.end_native();
                self.fault(Fault::NilDeref)
            }
        }
    }

    fn end_native(&mut self) {
        let frame = self
            .cur()
            .ext()
            .natives
            .pop()
            .expect("the native that ended");
        self.native_stacks.put(frame);
    }

    /// The Go function a native called has returned.
    pub(crate) fn native_call_returned(&mut self) -> Option<Exit> {
        let (at, n) = self.top_native().call;
        let from = self.slot(at);
        // SAFETY: the callee's results lie where its frame began; nothing has run since.
        let words = (0..usize::from(n))
            .map(|i| unsafe { *from.add(i) })
            .collect();
        self.resume_native(Reply::Results(words))
    }
}

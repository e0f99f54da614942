//! Walking stacks.
//!
//! Invariants: frames are found through their headers; a return address into the engine says who made the call: a panic's deferred call goes
//! on at the panicking frame, a native's call at the frame that called the native.

use super::gor::{NATIVE_RESUME, Outward, Resume, UNWIND_NEXT};
use crate::bytecode::{FuncId, Op};
use crate::native::FrameInfo;
use crate::vm::Vm;
use chanrt::Gp;

/// A frame of a stack, innermost first.
pub(crate) enum Frame {
    /// A Go function, at this instruction.
    Go(FuncId, *const Op),
    /// The machinery of a panic, between the deferred call and the frame that panicked.
    Panic,
    /// Likewise of Goexit.
    Goexit,
}

impl Vm {
    /// The frames of goroutine `g`; wrappers and the functions that start programs and packages are left out.
    pub(crate) fn frames(&self, g: Gp) -> Vec<Frame> {
        self.frames_from(g, g == self.g)
    }

    /// The frames of goroutine `g`; `running`: its place is in `regs`.
    pub(crate) fn frames_from(&self, g: Gp, running: bool) -> Vec<Frame> {
        let gor = self.gor(g);
        let (mut ip, mut fp) = match (running, gor.resume) {
            (true, _) => (self.regs.ip.wrapping_sub(1), self.regs.fp),
            (false, Resume::Plain) => (gor.ip, gor.fp),
            (false, _) => (gor.ip.wrapping_sub(1), gor.fp),
        };
        let mut outward = Outward::of(gor);
        let mut frames = Vec::new();
        while let Some(f) = self.program.func_at(ip) {
            let meta = &self.program.metas[f.0 as usize];
            if !meta.is_wrapper && meta.name != "runtime.main" {
                frames.push(Frame::Go(f, ip));
            }
            let at = gor.offset(fp);
            // SAFETY: `fp` is a frame of the goroutine, whose header is in place.
            let (ret, dist) = unsafe { (*fp.sub(2) as *const Op, *fp.sub(1) as usize) };
            let caller = fp.wrapping_sub(dist);
            if ret == UNWIND_NEXT.as_ptr() {
                let Some(p) = outward.panic(at) else {
                    break;
                };
                let goexit = p.kind == super::defer::PanicKind::Goexit;
                frames.push(if goexit { Frame::Goexit } else { Frame::Panic });
                ip = p.ip.wrapping_sub(1);
            } else if ret == NATIVE_RESUME.as_ptr() {
                let Some(n) = outward.native(at) else {
                    break;
                };
                ip = n.ret_ip.wrapping_sub(1);
            } else if Vm::is_go_exit(ret) {
                break;
            } else {
                ip = ret.wrapping_sub(1);
            }
            fp = caller;
        }
        frames
    }

    /// File and line of an instruction.
    pub(crate) fn line_of(&self, ip: *const Op) -> (String, u32) {
        let pos = self.program.pos_at(ip);
        match self.linker.sources().locate(pos) {
            Some((file, at)) => (file.to_string(), at.line),
            None => ("?".to_string(), 0),
        }
    }

    /// The running goroutine's Go frames.
    pub(crate) fn callers(&self) -> Vec<FrameInfo> {
        let frames = self.frames(self.g).into_iter();
        frames
            .filter_map(|f| match f {
                Frame::Go(f, ip) => {
                    let (file, line) = self.line_of(ip);
                    Some(FrameInfo {
                        func: self.program.metas[f.0 as usize].name.clone(),
                        file,
                        line,
                    })
                }
                Frame::Panic | Frame::Goexit => None,
            })
            .collect()
    }

    /// A frame as Go's traces print it, two lines.
    pub(crate) fn frame_text(&self, frame: &Frame) -> String {
        match frame {
            Frame::Panic => "panic(...)\n\truntime/panic.go\n".to_string(),
            Frame::Goexit => "runtime.Goexit()\n\truntime/panic.go\n".to_string(),
            Frame::Go(f, ip) => {
                let (meta, entry) = (
                    &self.program.metas[f.0 as usize],
                    &self.program.funcs[f.0 as usize],
                );
                let args = if entry.window_slots > entry.result_slots {
                    "..."
                } else {
                    ""
                };
                let (file, line) = self.line_of(*ip);
                let offset = ip.addr() - entry.code.addr() + 8;
                format!("{}({args})\n\t{file}:{line} +{offset:#x}\n", meta.name)
            }
        }
    }
}

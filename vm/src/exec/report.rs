//! The last words of a program: uncaught panics, fatal errors, goroutine dumps.
//!
//! Invariants: first lines are Go's word for word; everything goes to standard error, behind flushed standard output.

use super::defer::PanicKind;
use super::session::CrashReport;
use crate::native::{GoStr, Iface};
use crate::program::RecvLoad;
use crate::vm::{Exit, Vm};
use chanrt::{GState, Gp};
use std::fmt::Write;

/// Frames shown at either end of a stack that is too long.
const SHOWN: usize = 50;

/// A minute, in nanoseconds.
const MINUTE: i64 = 60_000_000_000;

impl Vm {
    /// The trace of the running goroutine, without its `skip` innermost frames; with `all`, those of the others too.
    pub(crate) fn stack_text(&self, skip: usize, all: bool) -> String {
        let mut out = self.trace_text(self.g, "running", skip);
        let others = self.rt.goroutines().filter(|&g| all && g != self.g);
        for g in others {
            let _ = write!(out, "\n{}", self.goroutine_text(g, &self.state_text(g)));
        }
        out
    }

    /// A goroutine's state as traces show it: with the minutes it has been waiting, if it has for one at least.
    pub(crate) fn state_text(&self, g: Gp) -> String {
        let state = g.state();
        let waited = self.rt.nanotime() - g.parked_since();
        match state {
            GState::Parked(_) if waited >= MINUTE && !self.rt.clock().is_virtual() => {
                format!("{state}, {} minutes", waited / MINUTE)
            }
            _ => state.to_string(),
        }
    }

    /// A goroutine's header and frames.
    pub(crate) fn goroutine_text(&self, g: Gp, state: &str) -> String {
        self.trace_text(g, state, 0)
    }

    fn trace_text(&self, g: Gp, state: &str, skip: usize) -> String {
        let mut out = format!("goroutine {} [{state}]:\n", g.goid());
        let mut frames = self.frames(g);
        frames.drain(..skip.min(frames.len()));
        let hidden = frames.len().saturating_sub(2 * SHOWN);
        for (i, frame) in frames.iter().enumerate() {
            if hidden > 0 && i == SHOWN {
                let _ = writeln!(out, "...{hidden} frames elided...");
            }
            if hidden == 0 || i < SHOWN || i >= SHOWN + hidden {
                out.push_str(&self.frame_text(frame));
            }
        }
        out.push_str(&self.created_by(g));
        out
    }

    fn created_by(&self, g: Gp) -> String {
        let ip = self.sites.ip(g.go_site());
        if ip.is_null() {
            return String::new();
        }
        let Some(f) = self.program.func_at(ip) else {
            return String::new();
        };
        let name = &self.program.metas[f.0 as usize].name;
        let (file, line) = self.line_of(ip);
        let offset = ip.addr() - self.program.funcs[f.0 as usize].code.addr() + 8;
        format!(
            "created by {name} in goroutine {}\n\t{file}:{line} +{offset:#x}\n",
            g.creator()
        )
    }

    /// A fatal error: it cannot be recovered.
    #[cold]
    pub(crate) fn fatal(&mut self, text: &str) -> Exit {
        let trace = self.goroutine_text(self.g, "running");
        self.last_words(format!("fatal error: {text}\n").as_bytes(), trace)
    }

    /// The stack is at its limit.
    #[cold]
    pub(crate) fn stack_overflow(&mut self) -> Exit {
        // The callee's first instruction counts as being executed.
        self.regs.ip = self.regs.ip.wrapping_add(1);
        let trace = self.goroutine_text(self.g, "running");
        let first =
            "runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n";
        self.last_words(first.as_bytes(), trace)
    }

    /// A function could not be compiled.
    #[cold]
    pub(crate) fn link_error(&mut self, text: &str) -> Exit {
        if self.session.is_some() {
            let trace = self.goroutine_text(self.g, "running");
            return self.last_words(text.as_bytes(), trace);
        }
        self.write_stderr(format!("{text}\n").as_bytes());
        Exit::Code(1)
    }

    /// The innermost panic has run out of deferred calls.
    #[cold]
    pub(crate) fn report_panic(&mut self) -> Exit {
        if self.printing_panic {
            return self.panic_in_panic();
        }
        self.printing_panic = true;
        // Where the panic happened, for the trace: Error methods may run in between.
        let at = self.regs;
        let p = self.cur().ext().panics.last().expect("something panics");
        let (ip, fp) = (p.ip, p.fp);
        let stand = crate::vm::Regs {
            ip,
            fp: self.slot(fp),
            ..at
        };
        let Some(texts) = self.panic_texts() else {
            return Exit::Crashed;
        };
        self.regs = crate::vm::Regs {
            end: self.regs.end,
            fp: self.slot(fp),
            ..stand
        };
        let mut out = self.panic_lines(&texts);
        let faults = &self.cur().ext().panics;
        if let Some(p) = faults.iter().find(|p| p.kind == PanicKind::Fault) {
            let pc = p.ip.addr();
            out.extend(
                format!("[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc={pc:#x}]\n")
                    .bytes(),
            );
        }
        let trace = self.goroutine_text(self.g, "running");
        self.last_words(&out, trace)
    }

    /// Prints what a program says at its end; in a session it is kept for the session's owner.
    fn last_words(&mut self, message: &[u8], trace: String) -> Exit {
        match &mut self.session {
            Some(s) => {
                s.report = CrashReport {
                    message: String::from_utf8_lossy(message).trim_end().to_string(),
                    trace,
                }
            }
            None => self.write_stderr(&[message, b"\n", trace.as_bytes()].concat()),
        }
        Exit::Crashed
    }

    /// What the Error or String methods of the values of all panics in progress give. `None`: the program ended in one of them.
    fn panic_texts(&mut self) -> Option<Vec<Option<Vec<u8>>>> {
        let values: Vec<(Iface, PanicKind)> = self
            .cur()
            .ext()
            .panics
            .iter()
            .map(|p| (p.value, p.kind))
            .collect();
        let mut texts = Vec::new();
        for (i, &(v, kind)) in values.iter().enumerate() {
            let again = values
                .get(i + 1)
                .is_some_and(|next| next.0 == v && next.1 != PanicKind::Goexit);
            texts.push(if kind == PanicKind::Goexit || again {
                None
            } else {
                self.value_text(v)?
            });
        }
        for i in (0..texts.len().saturating_sub(1)).rev() {
            if values[i].0 == values[i + 1].0 {
                texts[i] = texts[i + 1].clone();
            }
        }
        Some(texts)
    }

    /// Calls the Error or String method of a value, if it has one. `None`: the program ended meanwhile.
    fn value_text(&mut self, v: Iface) -> Option<Option<Vec<u8>>> {
        for name in ["Error", "String"] {
            let Some((f, load)) = self.exported_method(v.ty, name) else {
                continue;
            };
            let entry = self.program.funcs[f.0 as usize];
            if entry.result_slots != 2 {
                continue;
            }
            let slots = match load {
                RecvLoad::Direct | RecvLoad::Load(_) => 1,
                RecvLoad::Copy(n) | RecvLoad::CopyFrom(n) => usize::from(n).div_ceil(8).max(1),
            };
            let mut recv = vec![0; slots];
            recv[0] = v.data;
            // SAFETY: the slots have room for the receiver.
            if unsafe { super::calls::load_receiver(load, recv.as_mut_ptr()) }.is_err() {
                return Some(None);
            }
            let words = self.call_now(f, &recv, 2)?;
            return Some(Some(GoStr::of([words[0], words[1]]).as_bytes().to_vec()));
        }
        Some(None)
    }

    fn panic_lines(&mut self, texts: &[Option<Vec<u8>>]) -> Vec<u8> {
        let mut out = Vec::new();
        let panics = &self.gor(self.g).ext().panics;
        for (i, p) in panics.iter().enumerate() {
            let next_same = panics
                .get(i + 1)
                .is_some_and(|n| n.value == p.value && n.kind != PanicKind::Goexit);
            let same_as_last =
                i > 0 && panics[i - 1].value == p.value && panics[i - 1].kind != PanicKind::Goexit;
            if p.kind == PanicKind::Goexit || same_as_last {
                continue;
            }
            if i > 0 && panics[i - 1].kind != PanicKind::Goexit {
                out.push(b'\t');
            }
            out.extend(b"panic: ");
            out.extend(self.panic_text(p.value, texts[i].clone()));
            if p.recovered {
                out.extend(if next_same {
                    &b" [recovered, repanicked]"[..]
                } else {
                    b" [recovered]"
                });
            }
            out.push(b'\n');
        }
        out
    }

    /// An Error or String method panicked while a panic was being printed.
    fn panic_in_panic(&mut self) -> Exit {
        let v = self
            .cur()
            .ext()
            .panics
            .last()
            .expect("something panics")
            .value;
        let is_string = !v.is_nil() && self.rtype(v.ty).name == "string";
        let what = match is_string {
            true => format!(": {}", String::from_utf8_lossy(&self.panic_text(v, None))),
            false if v.is_nil() => String::new(),
            false => format!(": type {}", self.rtype(v.ty).name),
        };
        self.fatal(&format!("panic while printing panic value{what}"))
    }
}

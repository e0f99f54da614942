//! All goroutines are asleep: the verdict, Go's dump, and an explanation.
//!
//! Invariants: the first line and the goroutines' blocks are as Go prints them; the explanation follows them and names, for every goroutine that waits on
//! channels, the source line it waits at and where those channels were made.

use crate::bytecode::Op;
use crate::vm::{Exit, Vm};
use chanrt::{Dir, Gp};
use std::fmt::Write;

/// Goroutines shown in a dump.
const MOST: usize = 100;

impl Vm {
    /// Nothing can ever run again.
    #[cold]
    pub(crate) fn deadlock(&mut self) -> Exit {
        let nobody = self.main_gone && self.rt.gcount() == 0;
        let first = match nobody {
            true => "fatal error: no goroutines (main called runtime.Goexit) - deadlock!",
            false => "fatal error: all goroutines are asleep - deadlock!",
        };
        let mut out = format!("{first}\n");
        let all: Vec<Gp> = self.rt.goroutines().collect();
        // `frames` takes the running goroutine's place from `regs`; nobody runs, but whoever parked last still counts as it.
        self.settle(&all);
        for &g in all.iter().take(MOST) {
            let _ = write!(out, "\n{}", self.goroutine_text(g, &self.state_text(g)));
        }
        if all.len() > MOST {
            let _ = writeln!(out, "\n...{} more goroutines...", all.len() - MOST);
        }
        let notes: String = all.iter().take(MOST).map(|&g| self.explain(g)).collect();
        if !notes.is_empty() {
            let _ = write!(out, "\n{notes}");
        }
        self.write_stderr(out.as_bytes());
        Exit::Crashed
    }

    /// Makes `regs` those of the goroutine that counts as running.
    fn settle(&mut self, all: &[Gp]) {
        if all.contains(&self.g) {
            let gor = self.gor(self.g);
            let (ip, fp, plain) = (gor.ip, gor.fp, gor.resume == super::gor::Resume::Plain);
            self.regs.ip = if plain { ip.wrapping_add(1) } else { ip };
            self.regs.fp = fp;
        }
    }

    /// What a goroutine waits for, in terms of its source.
    fn explain(&self, g: Gp) -> String {
        let waits = self.rt.waiting_on(g);
        let frames = self.frames(g);
        let user = frames.iter().find_map(|f| match f {
            super::trace::Frame::Go(_, ip) if self.is_user(*ip) => Some(*ip),
            _ => None,
        });
        let Some(ip) = user else { return String::new() };
        let mut out = format!("goroutine {} waits here:\n{}", g.goid(), self.excerpt(ip));
        for w in waits {
            // SAFETY: a channel somebody waits on is alive.
            let (site, id, cap) = unsafe { ((*w.c).make_site, (*w.c).id, chanrt::chancap(w.c)) };
            let what = match w.dir {
                Dir::Send => "to send on",
                Dir::Recv => "to receive from",
            };
            // SAFETY: as above.
            if unsafe { (*w.c).timed } {
                let _ = writeln!(out, "  {what} channel {id}, whose timer is not running");
                continue;
            }
            let kind = if cap == 0 {
                "unbuffered".to_string()
            } else {
                format!("buffer {cap}")
            };
            let made = self.sites.ip(site);
            if made.is_null() {
                continue;
            }
            let (file, line) = self.line_of(made);
            let _ = writeln!(out, "  {what} channel {id} ({kind}), made at {file}:{line}");
        }
        out
    }

    fn is_user(&self, ip: *const Op) -> bool {
        self.linker
            .sources()
            .file(self.program.pos_at(ip))
            .is_some_and(|f| !f.is_std)
    }

    /// The source line of an instruction, with its number.
    fn excerpt(&self, ip: *const Op) -> String {
        let pos = self.program.pos_at(ip);
        let Some(file) = self.linker.sources().file(pos) else {
            return String::new();
        };
        let at = file.line_col(pos);
        format!(
            "  {}:{}: {}\n",
            file.name,
            at.line,
            file.line_text(at.line).trim()
        )
    }
}

//! How long inputs may run.
//!
//! Invariants: what an allowance counts is a function of the program and its input, never of the machine's speed; a goroutine that has used it up
//! and is not parked is ended, one that is parked stays as if nobody could wake it.

use super::{End, Session};
use crate::load::stops;
use lang::diag::Diagnostic;
use lang::syntax::{self, ParseOptions};
use std::rc::Rc;
use vm::{Pause, Turn};

/// What inputs may use up, all goroutines together.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Allowance {
    /// Taken jumps and calls.
    pub steps: u64,
    /// Nanoseconds of virtual time.
    pub nanos: i64,
}

impl Default for Allowance {
    /// No bounds.
    fn default() -> Allowance {
        Allowance {
            steps: u64::MAX,
            nanos: i64::MAX,
        }
    }
}

impl Session {
    /// What the inputs from now on may use up together.
    pub fn allow(&mut self, allowance: Allowance) {
        self.allowance = allowance;
    }

    /// What is left of the allowance.
    pub fn allowance(&self) -> Allowance {
        self.allowance
    }

    /// Checks and runs an input that is a part of a larger text, of which it begins at line `line`; `name` stands for that text in messages.
    pub fn eval_part(&mut self, name: &str, line: u32, text: &str) -> super::Evaluation {
        self.world().sources.set_first_line(name, line);
        self.eval_as(name, text)
    }

    /// A turn within the allowance for the evaluation on `goid`; in virtual time, timers beyond it do not fire unless it waits for one itself.
    pub(super) fn allowed_turn(&mut self, goid: u64) -> Result<Turn, (u64, String)> {
        let bounded = self.allowance.nanos < i64::MAX && self.vm.is_virtual_time();
        loop {
            let (before, steps) = (self.spent, self.allowance.steps);
            let turn = self.turn(!bounded, steps)?;
            if steps < u64::MAX {
                self.allowance.steps = steps.saturating_sub(self.spent - before);
            }
            if turn != Turn::Pause(Pause::Idle) {
                return Ok(turn);
            }
            match self.vm.next_timer() {
                None => return self.turn(true, self.allowance.steps),
                Some(nanos) if nanos > self.allowance.nanos && !self.vm.awaits_timer(goid) => {
                    return Ok(Turn::Pause(Pause::Spent));
                }
                Some(nanos) => {
                    self.vm.advance(nanos);
                    self.allowance.nanos = (self.allowance.nanos - nanos).max(0);
                }
            }
        }
    }

    /// The allowance is used up, or the clock's, while the evaluation on `goid` is not decided.
    pub(super) fn exhausted(&mut self, goid: u64) -> End {
        let waiting = self.waiting(goid);
        let info = self.vm.goroutine_of(goid);
        if info.is_some_and(|g| g.is_parked && !self.vm.awaits_timer(goid)) {
            return End::Blocked(waiting);
        }
        self.forget(goid);
        self.vm.kill(goid);
        End::Interrupted
    }

    /// Ends the goroutines that would go on for ever: those that could run, and those that wait for timers. Their numbers.
    pub fn end_restless(&mut self) -> Vec<u64> {
        let mut all: Vec<u64> = Vec::new();
        for g in self.vm.goroutines() {
            if !g.is_parked || self.vm.awaits_timer(g.goid) {
                all.push(g.goid);
            }
        }
        for &goid in &all {
            self.forget(goid);
            self.vm.kill(goid);
        }
        all
    }
}

impl Session {
    /// The errors of a part of a larger text, which is not run and leaves no trace.
    pub fn errors_of_part(&mut self, name: &str, line: u32, text: &str) -> Vec<Diagnostic> {
        let (ids, pkg) = (self.ids.clone(), self.pkg);
        let world = self.world();
        world.sources.set_first_line(name, line);
        let Ok(source) = world.sources.add(name, text, false) else {
            return Vec::new();
        };
        let (file, diags) = syntax::parse_file(&source, &ids, ParseOptions::default());
        if diags.iter().any(stops) {
            return diags;
        }
        world.check_aside(pkg, Rc::new(file), ids).diags
    }
}

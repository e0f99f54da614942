//! Inputs without a terminal: no prompt, no colour, one input after the other.
//!
//! Invariants: an input is run as soon as it is complete; results go to standard output in the order they arise, errors to standard error; an
//! input that fails does not keep later ones from running, and makes the status 1.

use super::report;
use crate::session::{End, Session};
use lang::syntax::{Completeness, completeness};
use std::io::{BufRead, Write};

/// Runs the inputs that a text stream holds; the exit status.
pub fn run(session: &mut Session, inputs: impl BufRead) -> i32 {
    let mut failed = false;
    let mut pending = String::new();
    for line in inputs.split(b'\n') {
        let Ok(line) = line else { break };
        pending.push_str(&String::from_utf8_lossy(&line));
        pending.push('\n');
        if completeness(&pending) != Completeness::Incomplete {
            failed |= input(session, &std::mem::take(&mut pending));
        }
    }
    if !pending.trim().is_empty() {
        failed |= input(session, &pending);
    }
    i32::from(failed)
}

/// Runs one input; whether it failed.
fn input(session: &mut Session, text: &str) -> bool {
    if text.trim().is_empty() {
        return false;
    }
    let mut evaluation = session.eval(text);
    evaluation.events.extend(session.settle());
    let said = report::evaluation(session, &evaluation, false);
    let _ = std::io::stdout().write_all(said.out.as_bytes());
    let _ = std::io::stderr().write_all(said.err.as_bytes());
    evaluation.failed() && !matches!(evaluation.end, End::Exited(0))
}

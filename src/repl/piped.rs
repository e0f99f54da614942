//! Inputs without a terminal: no prompt, no colour, one input after the other.
//!
//! Invariants: an input is run as soon as it is complete; results go to standard output in the order they arise, errors to standard error; an
//! input that fails does not keep later ones from running, and makes the status 1.

use super::state::{Repl, judge};
use lang::syntax::Completeness;
use std::io::{BufRead, Write};

/// Runs the inputs that a text stream holds; the exit status.
pub fn run(repl: &mut Repl, inputs: impl BufRead) -> i32 {
    let mut failed = false;
    let mut pending = String::new();
    for line in inputs.split(b'\n') {
        let Ok(line) = line else { break };
        pending.push_str(&String::from_utf8_lossy(&line));
        pending.push('\n');
        if judge(&pending) != Completeness::Incomplete {
            failed |= input(repl, &std::mem::take(&mut pending));
        }
        if let Some(status) = repl.quit {
            return if status == 0 {
                i32::from(failed)
            } else {
                status
            };
        }
    }
    failed |= input(repl, &pending);
    i32::from(failed)
}

/// Runs one input; whether it failed.
fn input(repl: &mut Repl, text: &str) -> bool {
    let said = repl.enter(text);
    let _ = std::io::stdout().write_all(said.out.as_bytes());
    let _ = std::io::stderr().write_all(said.err.as_bytes());
    said.failed
}

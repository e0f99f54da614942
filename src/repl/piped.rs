//! Inputs without a terminal: no prompt, no colour, one input after the other.
//!
//! Invariants: an input is run as soon as it is complete; results go to standard output in the order they arise, errors to standard error; an
//! input that fails does not keep later ones from running, and makes the status 1.

use super::state::{Repl, judge};
use crate::engine::Options;
use crate::session::Session;
use lang::syntax::{Completeness, Kind, lex};
use std::io::{BufRead, Write};
use vm::Output;

/// Runs a session on standard output and error: the inputs of a text, then those of a stream; the exit status.
pub fn start(options: Options, color: bool, first: Option<&str>, inputs: impl BufRead) -> i32 {
    let out = Output::new(Box::new(std::io::stdout()));
    let err = Output::new(Box::new(std::io::stderr()));
    let mut repl = Repl::new(Session::new(options, out, err), color);
    let begun = first.map_or(0, |text| run(&mut repl, text.as_bytes()));
    if repl.quit.is_some() {
        return begun;
    }
    begun.max(run(&mut repl, inputs))
}

/// Runs the inputs that a text stream holds; the exit status.
pub fn run(repl: &mut Repl, inputs: impl BufRead) -> i32 {
    let mut failed = false;
    each(inputs, |text| {
        failed |= input(repl, text);
        repl.quit.is_none()
    });
    match repl.quit {
        Some(status) if status != 0 => status,
        _ => i32::from(failed),
    }
}

/// Splits a text stream into inputs and hands them over one by one, until one is answered with false. From a package clause on the rest is one
/// input: a complete program.
pub(crate) fn each(inputs: impl BufRead, mut enter: impl FnMut(&str) -> bool) {
    let (mut pending, mut program) = (String::new(), false);
    for line in inputs.split(b'\n') {
        let Ok(line) = line else { break };
        pending.push_str(&String::from_utf8_lossy(&line));
        pending.push('\n');
        program = program || begins_program(&pending);
        if program {
            continue;
        }
        if judge(&pending) != Completeness::Incomplete && !enter(&std::mem::take(&mut pending)) {
            return;
        }
    }
    enter(&pending);
}

/// Whether a text begins with a package clause.
fn begins_program(text: &str) -> bool {
    let first = lex(text, 1, true).tokens.first().map(|t| t.kind);
    first == Some(Kind::Package)
}

/// Runs one input; whether it failed.
fn input(repl: &mut Repl, text: &str) -> bool {
    let said = repl.enter(text);
    let _ = std::io::stdout().write_all(said.out.as_bytes());
    let _ = std::io::stderr().write_all(said.err.as_bytes());
    said.failed
}

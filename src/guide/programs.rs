//! Blocks that are programs of their own.

use super::capture::Capture;
use super::needs::{first_of_each, judge};
use super::outcome::{Outcome as Result, Status};
use super::run::{LIMIT, watched};
use crate::engine::{Engine, Options, Outcome, Run};
use crate::load::Failure;
use lang::diag::{Diagnostic, Format};
use vm::Output;

/// Runs a program that begins at line `line` of the guide `name`; what became of it.
pub fn run(name: &str, line: usize, text: &str, options: &Options) -> Result {
    let mut engine = Engine::new(Options {
        args: vec![name.to_string()],
        ..options.clone()
    });
    engine.set_first_line(name, line as u32);
    let loaded = match engine.load_text(name, text) {
        Ok(loaded) => loaded,
        Err(Failure::Diagnostics(diags)) => return refused(&engine, &diags),
        Err(Failure::Io(what)) => return ended(Status::NotGo, what),
        Err(Failure::Bug(what)) => return bug(&what),
    };
    if !engine.is_program(&loaded) {
        return ended(
            Status::Declared,
            "a function main outside package main runs nothing".to_string(),
        );
    }
    let mut message = engine.render(&loaded.warnings, Format::Short, false);
    let (out, err) = (Capture::that_breaks(), Capture::default());
    let run = watched(|watch| {
        let (out, err) = (
            Output::new(Box::new(out.clone())),
            Output::new(Box::new(err.clone())),
        );
        engine.run_watched(loaded, out, err, |interrupter| {
            watch(Box::new(move || interrupter.interrupt()))
        })
    });
    let (broken, stdout) = (out.is_broken(), out.take());
    let (status, said) = judged(&run.0, name, &err.take(), run.1, broken);
    message.push_str(&said);
    let bug = matches!(run.0.outcome, Outcome::Bug(_));
    run.0.take_apart();
    Result {
        stdout,
        bug,
        ..ended(status, message)
    }
}

fn refused(engine: &Engine, diags: &[Diagnostic]) -> Result {
    let (status, needs) = judge(diags);
    let first = first_of_each(diags);
    let shown = if needs.is_empty() { diags } else { &first };
    Result {
        needs,
        ..ended(status, engine.render(shown, Format::Short, false))
    }
}

pub fn ended(status: Status, message: String) -> Result {
    Result {
        status,
        stdout: String::new(),
        message: message.trim_end().to_string(),
        needs: Vec::new(),
        millis: 0,
        bug: false,
    }
}

/// A fault of gol's.
pub fn bug(what: &str) -> Result {
    Result {
        bug: true,
        ..ended(Status::Panicked, bug_text(what))
    }
}

/// What is said about a fault of gol's.
pub fn bug_text(what: &str) -> String {
    format!("gol: internal error: {what}\nThis is a fault of gol, not of the guide.\n")
}

/// What a run's end means, and what there is to say about it besides its standard output.
fn judged(run: &Run, name: &str, err: &str, late: bool, broken: bool) -> (Status, String) {
    match &run.outcome {
        Outcome::Bug(what) => (Status::Panicked, err.to_string() + &bug_text(what)),
        Outcome::Exit(_) if run.crashed => crashed(name, err),
        Outcome::Exit(_) if late => (
            Status::Ran,
            format!("{err}stopped after {} s\n", LIMIT.as_secs()),
        ),
        Outcome::Exit(_) if broken => (
            Status::Ran,
            format!("{err}stopped: it prints without end\n"),
        ),
        Outcome::Exit(0) => (Status::Ran, err.to_string()),
        Outcome::Exit(code) => (Status::Ran, format!("{err}exit status {code}\n")),
    }
}

/// What a program that crashed has written to standard error: what it wrote itself, and a report whose first line and places matter.
fn crashed(name: &str, err: &str) -> (Status, String) {
    let begins = |line: &str| line.starts_with("panic: ") || line.starts_with("fatal error: ");
    let mut at = 0;
    let mut start = None;
    for line in err.split_inclusive('\n') {
        if begins(line) {
            start = Some(at);
        }
        at += line.len();
    }
    let (own, report) = err.split_at(start.unwrap_or(0));
    if report.starts_with("fatal error: out of fuel") {
        return (Status::Ran, format!("{own}{}\n", ON_AND_ON));
    }
    let deadlock = report.starts_with("fatal error: all goroutines are asleep")
        || report.starts_with("fatal error: no goroutines");
    let status = if deadlock {
        Status::Blocked
    } else {
        Status::Panicked
    };
    let (message, trace) = report.split_once("\n\ngoroutine ").unwrap_or((report, ""));
    let mut text = format!("{own}{}\n", message.trim_end());
    if deadlock {
        let notes = report.split("\n\n").flat_map(|p| p.split_inclusive("\n\n"));
        for note in notes.filter(|n| n.starts_with("goroutine ") && n.contains(" waits here:\n")) {
            text += note.trim_end();
            text.push('\n');
        }
    } else if let Some(line) = place(name, trace) {
        text += &format!("  at {name}:{line}\n");
    }
    (status, text)
}

/// What is said about a block that does not end.
pub const ON_AND_ON: &str = "stopped: it runs on and on";

/// The line of the innermost frame in the guide that a trace shows.
pub fn place(name: &str, trace: &str) -> Option<usize> {
    trace.lines().find_map(|l| {
        let rest = l.trim_start().strip_prefix(name)?.strip_prefix(':')?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    })
}

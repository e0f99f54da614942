//! The REPL's state: a session and what was put into it. Terminals and pipes both hand every input to `Repl::enter`.
//!
//! Invariants: an input is either Go, for the session, or a `:command`, which never changes what the session has declared unless it says so; every
//! accepted input is remembered in order, for `:save`, `:edit` and `:undo`.

use super::commands;
use super::report::{self, Said};
use crate::session::{End, Evaluation, Session};
use lang::syntax::{Completeness, completeness};

/// An input of Go text.
#[derive(Clone, Debug)]
pub(crate) struct Input {
    /// Its number in the session: its source is called `input[N]`.
    pub(crate) number: usize,
    /// What was typed.
    pub(crate) text: String,
    /// What became of it.
    pub(crate) fate: Fate,
    /// The variables that hold the values of its expressions: `_1`.
    pub(crate) results: Vec<String>,
}

/// What became of an input.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Fate {
    /// It has errors: nothing of it holds.
    Rejected,
    /// It ran to its end.
    Ran,
    /// It waits.
    Waits,
    /// It panicked or was ended: its declarations hold.
    Broke,
}

impl Fate {
    fn of(end: &End) -> Fate {
        match end {
            End::Rejected(_) | End::Unreadable(_) => Fate::Rejected,
            End::Declared | End::Done(_) => Fate::Ran,
            End::Blocked(_) => Fate::Waits,
            End::Panicked(_) | End::Exited(_) | End::Interrupted | End::Bug(_) => Fate::Broke,
        }
    }
}

fn results(end: &End) -> Vec<String> {
    match end {
        End::Done(echoes) => echoes.iter().map(|e| e.name.clone()).collect(),
        _ => Vec::new(),
    }
}

/// A REPL.
pub struct Repl {
    /// The session.
    pub session: Session,
    /// Whether what is said is coloured.
    pub color: bool,
    /// Set by `:quit`: the exit status.
    pub quit: Option<i32>,
    /// How long goroutines that never rest may run on before an input is answered, in slices of a few milliseconds.
    pub(crate) slices: usize,
    /// The Go inputs so far.
    pub(crate) inputs: Vec<Input>,
}

impl Repl {
    /// A REPL for a session that is new.
    pub fn new(session: Session, color: bool) -> Repl {
        Repl {
            session,
            color,
            quit: None,
            slices: 16,
            inputs: Vec::new(),
        }
    }

    /// Takes one input, Go or a `:command`: what there is to say about it, and about what happened in the background until nothing
    /// could run any more.
    pub fn enter(&mut self, text: &str) -> Said {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Said::default();
        }
        match trimmed.strip_prefix(':') {
            Some(command) => commands::run(self, command),
            None => self.enter_go(text),
        }
    }

    /// Runs Go text.
    pub(crate) fn enter_go(&mut self, text: &str) -> Said {
        let evaluation = self.session.eval(text);
        self.entered(evaluation, text)
    }

    /// Runs the text of a file.
    pub(crate) fn enter_file(&mut self, name: &str, text: &str) -> Said {
        let evaluation = self.session.eval_as(name, text);
        self.entered(evaluation, text)
    }

    /// Forgets an input that has been undone.
    pub(crate) fn forget(&mut self, number: usize) {
        self.inputs.retain(|i| i.number != number);
    }

    fn entered(&mut self, mut evaluation: Evaluation, text: &str) -> Said {
        let news = self.session.settle_within(self.slices);
        evaluation.events.extend(news);
        self.inputs.push(Input {
            number: evaluation.input,
            text: text.trim_end().to_string(),
            fate: Fate::of(&evaluation.end),
            results: results(&evaluation.end),
        });
        let mut said = report::evaluation(&mut self.session, &evaluation, self.color);
        said.failed = evaluation.failed();
        said
    }
}

/// Whether a text is an input to be run, goes on, or can never be one. A command is judged by the Go text that it takes.
pub fn judge(text: &str) -> Completeness {
    match text.trim_start().strip_prefix(':') {
        Some(command) => commands::judge(command),
        None => completeness(text),
    }
}

//! The REPL's `:commands`: one table from which parsing, `:help` and completion derive.
//!
//! Invariants: a command that fails says why in one line and changes nothing; names may be shortened as long as they are unambiguous.

mod channels;
mod control;
mod files;
mod goroutines;
mod help;
mod look;
mod measure;
mod why;

use super::report::{self, Said};
use super::state::Repl;
use crate::session::Event;
use lang::syntax::{Completeness, completeness};

/// What a command's argument is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Argument {
    /// There is none.
    Nothing,
    /// A Go expression.
    Expr,
    /// A name in scope, or a member of a package or type.
    Name,
    /// The name of a file.
    File,
    /// The name of a command.
    Command,
    /// The number of a goroutine.
    Goroutine,
    /// Some other word.
    Word,
}

/// A command.
pub struct Command {
    /// Its name, without the colon.
    pub name: &'static str,
    /// Its argument, as help shows it; in brackets if it may be left out.
    pub form: &'static str,
    /// What kind of argument that is.
    pub argument: Argument,
    /// One line of help.
    pub doc: &'static str,
    /// More help, with an example.
    pub more: &'static str,
    run: fn(&mut Repl, &str) -> Result<Said, String>,
}

impl Command {
    /// `:chan EXPR`
    pub fn usage(&self) -> String {
        format!(":{} {}", self.name, self.form)
            .trim_end()
            .to_string()
    }
}

/// Every command, in the order in which help lists them.
pub const COMMANDS: &[Command] = &[
    help::HELP,
    look::TYPE,
    look::DOC,
    look::VARS,
    look::SHOW,
    goroutines::GS,
    goroutines::G,
    why::WHY,
    channels::CHAN,
    channels::CHANS,
    measure::TIME,
    measure::BENCH,
    measure::DISASM,
    files::LOAD,
    files::SAVE,
    files::EDIT,
    control::UNDO,
    control::RESET,
    control::SEED,
    control::CLOCK,
    control::TICK,
    control::QUIT,
];

/// The names of all commands, without the colon, with a line of help.
pub fn names() -> impl Iterator<Item = (&'static str, &'static str)> {
    COMMANDS.iter().map(|c| (c.name, c.doc))
}

/// The command that a word names, whole or shortened.
///
/// # Errors
/// A sentence that names those it may have meant.
pub fn named(word: &str) -> Result<&'static Command, String> {
    if let Some(c) = COMMANDS.iter().find(|c| c.name == word) {
        return Ok(c);
    }
    let fits: Vec<&Command> = COMMANDS
        .iter()
        .filter(|c| c.name.starts_with(word))
        .collect();
    match fits[..] {
        [c] => Ok(c),
        [] => Err(unknown(word)),
        _ => {
            let names: Vec<String> = fits.iter().map(|c| format!(":{}", c.name)).collect();
            Err(format!(":{word} could be {}", names.join(", ")))
        }
    }
}

fn unknown(word: &str) -> String {
    let near = COMMANDS
        .iter()
        .map(|c| (distance(word, c.name), c.name))
        .min()
        .filter(|&(d, name)| d * 3 <= name.len().max(3));
    match near {
        Some((_, name)) => format!("there is no command :{word}; did you mean :{name}?"),
        None => format!("there is no command :{word}; :help lists them"),
    }
}

/// How many letters must be changed, added or taken away to make one word of the other.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let change = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = change.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

/// A command line without its colon: the command's word and its argument.
fn split(line: &str) -> (&str, &str) {
    let line = line.trim();
    let end = line.find(char::is_whitespace).unwrap_or(line.len());
    (&line[..end], line[end..].trim())
}

/// Runs a command line, given without its colon.
pub fn run(repl: &mut Repl, line: &str) -> Said {
    let (word, argument) = split(line);
    let done = find(word, argument).and_then(|c| (c.run)(repl, argument));
    match done {
        Ok(said) => said,
        Err(why) => Said {
            err: format!("{}\n", why.trim_end()),
            failed: true,
            ..Said::default()
        },
    }
}

/// What there is to say about what happened meanwhile.
fn events(happened: &[Event], color: bool) -> Said {
    let mut said = Said::default();
    for e in happened {
        said.add(report::event(e, color));
    }
    said
}

fn find(word: &str, argument: &str) -> Result<&'static Command, String> {
    if word.is_empty() {
        return Err("a command's name follows the colon; :help lists them".to_string());
    }
    let c = named(word)?;
    let optional = c.form.is_empty() || c.form.starts_with('[');
    match (argument.is_empty(), c.argument) {
        (true, _) if !optional => Err(format!(":{} needs {}: {}", c.name, c.form, c.usage())),
        (false, Argument::Nothing) => Err(format!(":{} takes no argument", c.name)),
        _ => Ok(c),
    }
}

/// Whether a command line, given without its colon, is to be run or goes on: those that take Go text are as complete as that is.
pub fn judge(line: &str) -> Completeness {
    let (word, argument) = split(line);
    match named(word) {
        Ok(c) if c.argument == Argument::Expr && !argument.is_empty() => completeness(argument),
        _ => Completeness::Complete,
    }
}

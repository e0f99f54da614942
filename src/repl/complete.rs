//! What could be typed next: Go text is the session's affair, commands and their arguments derive from the table of commands.

use super::Repl;
use super::commands::{self, Argument};
use crate::session::complete::{Candidate, Completions, Kind, before};

/// A command line up to the cursor.
struct Line<'t> {
    /// The command's word, without the colon.
    word: &'t str,
    /// Where that begins in the text.
    at: usize,
    /// What follows the word and its space, and where that begins.
    argument: Option<(usize, &'t str)>,
}

/// The parts of a text that is a command.
fn split(text: &str) -> Option<Line<'_>> {
    let trimmed = text.trim_start();
    let line = trimmed.strip_prefix(':')?;
    let at = text.len() - line.len();
    let argument = line.find(char::is_whitespace).map(|end| {
        let rest = line[end..].trim_start();
        (text.len() - rest.len(), rest)
    });
    let word = line.split(char::is_whitespace).next().unwrap_or_default();
    Some(Line { word, at, argument })
}

impl Repl {
    /// What could stand at byte `pos` of an input, be that Go or a command.
    pub fn complete(&mut self, text: &str, pos: usize) -> Completions {
        let text = before(text, pos);
        match split(text) {
            Some(line) => self.complete_command(&line),
            None => self.session.complete(text, text.len()),
        }
    }

    /// The signature of the function whose arguments the cursor is in, in Go text or in that of a command.
    pub fn hint(&mut self, text: &str, pos: usize) -> Option<String> {
        let text = before(text, pos);
        let go = split(text).map_or(text, |line| line.argument.map_or("", |a| a.1));
        self.session.hint(go, go.len())
    }

    /// Candidates for a command's name or its argument.
    fn complete_command(&mut self, line: &Line<'_>) -> Completions {
        let Some((start, argument)) = line.argument else {
            return Completions {
                start: line.at,
                candidates: command_names(line.word),
            };
        };
        let (kind, form) =
            commands::named(line.word).map_or((Argument::Nothing, ""), |c| (c.argument, c.form));
        let candidates = match kind {
            Argument::Nothing => Vec::new(),
            Argument::Command => command_names(argument),
            Argument::File => self.session.files(argument),
            Argument::Goroutine => self.goroutine_numbers(argument),
            Argument::Word => alternatives(form, argument),
            Argument::Expr | Argument::Name => {
                let found = self.session.complete(argument, argument.len());
                return Completions {
                    start: start + found.start,
                    ..found
                };
            }
        };
        Completions { start, candidates }
    }

    fn goroutine_numbers(&mut self, typed: &str) -> Vec<Candidate> {
        let all = self.session.vm.goroutines().into_iter();
        let numbered = all.map(|g| (g.goid.to_string(), g.state));
        numbered
            .filter(|g| g.0.starts_with(typed))
            .map(|(text, state)| Candidate::new(text, Kind::Goroutine, state))
            .collect()
    }
}

/// The words that a command's form offers, as in `[real|virtual]`.
fn alternatives(form: &str, typed: &str) -> Vec<Candidate> {
    let words = form.trim_matches(['[', ']']).split('|');
    words
        .filter(|w| form.contains('|') && w.starts_with(typed))
        .map(|w| Candidate::new(w, Kind::Keyword, ""))
        .collect()
}

fn command_names(word: &str) -> Vec<Candidate> {
    let mut list: Vec<Candidate> = commands::names()
        .filter(|c| c.0.starts_with(word))
        .map(|(name, doc)| Candidate::new(name, Kind::Command, doc))
        .collect();
    list.sort_by(|a, b| a.text.cmp(&b.text));
    list
}

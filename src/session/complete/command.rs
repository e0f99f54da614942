//! Candidates for `:commands` and what stands behind them.

use super::{Candidate, Completions, Kind, Session, paths};
use crate::repl::commands::{self, Argument};

/// A command line up to the cursor.
pub(super) struct Line<'t> {
    /// The command's word, without the colon.
    word: &'t str,
    /// Where that begins in the text.
    at: usize,
    /// What follows the word and its space, and where that begins.
    argument: Option<(usize, &'t str)>,
}

/// The parts of a text that is a command.
pub(super) fn split(text: &str) -> Option<Line<'_>> {
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

/// The Go text in an input: all of it, or a command's argument.
pub(super) fn go_part(text: &str) -> &str {
    match split(text) {
        Some(line) => line.argument.map_or("", |a| a.1),
        None => text,
    }
}

impl Session {
    /// Candidates for a command's name or its argument.
    pub(super) fn complete_command(&mut self, line: &Line<'_>) -> Completions {
        let Some((start, argument)) = line.argument else {
            return Completions {
                start: line.at,
                candidates: command_names(line.word),
            };
        };
        let kind = commands::named(line.word).map_or(Argument::Nothing, |c| c.argument);
        let candidates = match kind {
            Argument::Nothing => Vec::new(),
            Argument::Command => command_names(argument),
            Argument::File => paths::files(&self.dir, argument),
            Argument::Goroutine => self.goroutine_numbers(argument),
            Argument::Word => alternatives(commands::named(line.word).map_or("", |c| c.form))
                .filter(|a| a.starts_with(argument))
                .map(|a| Candidate::new(a, Kind::Keyword, ""))
                .collect(),
            Argument::Expr | Argument::Name => {
                let found = self.complete_go(argument);
                return Completions {
                    start: start + found.start,
                    ..found
                };
            }
        };
        Completions { start, candidates }
    }

    fn goroutine_numbers(&mut self, typed: &str) -> Vec<Candidate> {
        let mut list = Vec::new();
        for g in self.vm.goroutines() {
            let text = g.goid.to_string();
            if text.starts_with(typed) {
                let reason = self.waiting(g.goid).reason;
                list.push(Candidate::new(text, Kind::Goroutine, reason));
            }
        }
        list
    }
}

/// The words of a command's form that offers some.
fn alternatives(form: &str) -> impl Iterator<Item = &str> {
    let words = form.trim_matches(['[', ']']).split('|');
    words.filter(|_| form.contains('|'))
}

fn command_names(word: &str) -> Vec<Candidate> {
    let mut list: Vec<Candidate> = commands::names()
        .filter(|c| c.0.starts_with(word))
        .map(|(name, doc)| Candidate::new(name, Kind::Command, doc))
        .collect();
    list.sort_by(|a, b| a.text.cmp(&b.text));
    list
}

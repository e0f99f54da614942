//! What an editor asks of a session: what could be typed next, what a function takes, what a name means.
//!
//! Invariants: nothing here changes what the session has declared, runs anything, or fails: a text that makes no sense has no answer. Everything comes
//! from the checker, which sees the unfinished text with a mark where the cursor is (`ask`), and from the packages' sources.

mod ask;
mod cut;
mod doc;
mod hint;
mod members;
mod names;
mod paths;
mod show;
mod words;

use super::Session;
use ask::View;
use cut::{Context, Cut};
use lang::check::Place;
use std::fmt;

/// What could stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Completions {
    /// Where in the text the candidates begin, in bytes.
    pub start: usize,
    /// The candidates, best first.
    pub candidates: Vec<Candidate>,
}

/// Something that could stand at the cursor.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Candidate {
    /// What would be typed, from the start of the word at the cursor on.
    pub text: String,
    /// What it is.
    pub kind: Kind,
    /// Its type, signature or the like; empty if there is nothing to say.
    pub detail: String,
}

/// What a candidate is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
#[allow(missing_docs)] // the names say it
pub enum Kind {
    Field,
    Method,
    Var,
    Const,
    Func,
    Type,
    Package,
    Keyword,
    Label,
    Command,
    Goroutine,
    File,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Field => "field",
            Kind::Method => "method",
            Kind::Var => "var",
            Kind::Const => "const",
            Kind::Func => "func",
            Kind::Type => "type",
            Kind::Package => "package",
            Kind::Keyword => "keyword",
            Kind::Label => "label",
            Kind::Command => "command",
            Kind::Goroutine => "goroutine",
            Kind::File => "file",
        })
    }
}

impl Candidate {
    /// A candidate.
    pub fn new(text: impl Into<String>, kind: Kind, detail: impl Into<String>) -> Candidate {
        Candidate {
            text: text.into(),
            kind,
            detail: detail.into(),
        }
    }
}

impl Session {
    /// What could stand at byte `pos` of `text`. What follows the cursor does not matter.
    pub fn complete(&mut self, text: &str, pos: usize) -> Completions {
        let cut = Cut::of(before(text, pos));
        let candidates = match cut.context {
            Context::Comment | Context::Number => Vec::new(),
            Context::Quoted => self.complete_string(&cut),
            Context::Go => self.complete_word(&cut),
        };
        Completions {
            start: cut.start,
            candidates,
        }
    }

    fn complete_word(&mut self, cut: &Cut<'_>) -> Vec<Candidate> {
        if let Some(labels) = words::labels(cut) {
            return labels;
        }
        let keywords = words::keywords(cut);
        let looked = self.ask(cut, |view, place| view.candidates(place, cut.word));
        let mut list = Matching::new(cut.word);
        for (rank, c) in looked.flatten().unwrap_or_default() {
            list.add(rank, c);
        }
        for keyword in keywords {
            list.add(names::KEYWORD, keyword);
        }
        list.sorted()
    }
}

impl View<'_> {
    /// The candidates for a place, with their ranks: smaller ones come first.
    fn candidates(&mut self, place: Option<Place>, word: &str) -> Option<Vec<(u32, Candidate)>> {
        Some(match place? {
            Place::Name {
                names,
                is_type,
                fields,
                wanted,
            } => {
                let (fields, only) = match fields {
                    Some((ty, set)) => (self.literal_fields(ty, &set), !set.is_empty()),
                    None => (Vec::new(), false),
                };
                let mut list = fields;
                if !only {
                    list.extend(self.visible(&names, is_type, wanted, word));
                }
                list
            }
            Place::Package(pkg) => self.package_members(pkg, word),
            Place::Member(valued) => self.members(&valued),
        })
    }
}

/// The text before byte `pos`, or before the character that it is in.
pub(crate) fn before(text: &str, pos: usize) -> &str {
    let mut end = pos.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Candidates that begin with a word, those that do so only when case does not matter last.
struct Matching<'w> {
    word: &'w str,
    list: Vec<((bool, u32, bool), Candidate)>,
}

impl<'w> Matching<'w> {
    fn new(word: &'w str) -> Matching<'w> {
        Matching {
            word,
            list: Vec::new(),
        }
    }

    fn add(&mut self, rank: u32, c: Candidate) {
        if fits(&c.text, self.word) {
            let exported = c.text.starts_with(char::is_uppercase);
            let folded = !c.text.starts_with(self.word);
            self.list.push(((folded, rank, !exported), c));
        }
    }

    fn sorted(mut self) -> Vec<Candidate> {
        self.list
            .sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.text.cmp(&b.1.text)));
        self.list.dedup_by(|a, b| a.1.text == b.1.text);
        self.list.into_iter().map(|e| e.1).collect()
    }
}

/// Whether a name begins with a word, case aside.
fn fits(name: &str, word: &str) -> bool {
    let mut name = name.chars().flat_map(char::to_lowercase);
    word.chars()
        .flat_map(char::to_lowercase)
        .all(|c| name.next() == Some(c))
}

//! What a block is, and in which portions a session takes it.
//!
//! Invariants: a portion is an item of the block with those later declarations of the block that it mentions, and that nothing in the block has
//! declared before it; every item is in one portion; the text of a portion has its items on the lines where they stand in the block.

use crate::session::{Item, items};
use lang::syntax::{Kind, Token, lex};
use std::collections::HashSet;

/// What a block is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Shape {
    /// It has a function main: it runs on its own.
    Program,
    /// It only declares types, functions, constants and variables.
    Declarations,
    /// It has statements.
    Statements,
    /// It does not follow Go's grammar.
    NotGo,
}

impl Shape {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Shape::Program => "program",
            Shape::Declarations => "declarations",
            Shape::Statements => "statements",
            Shape::NotGo => "not-go",
        }
    }
}

/// A block's text, taken apart.
pub struct Plan {
    /// What it is.
    pub shape: Shape,
    /// The text; a package clause is blanked out unless it is a program.
    pub text: String,
    /// Its items, unless it is a program.
    pub parts: Vec<Part>,
    /// Whether it has a function main.
    pub is_program: bool,
}

/// An item of a block.
pub struct Part {
    /// Where it is.
    pub item: Item,
    /// The names that it declares at top level: methods by their names too.
    pub declares: Vec<String>,
    /// The type whose method it is.
    pub receiver: Option<String>,
    /// Whether what follows in the block depends on it in a way that single inputs do not show: a deferred call, a `return`.
    pub concerns_rest: bool,
    /// Whether it declares a type.
    is_type: bool,
    /// All the names it mentions.
    mentions: HashSet<String>,
    /// Whether it declares variables with `var`.
    is_var: bool,
}

impl Plan {
    /// Takes a block apart.
    pub fn new(text: &str) -> Plan {
        let tokens = tokens(text);
        let mut plan = Plan {
            shape: Shape::NotGo,
            text: text.to_string(),
            parts: Vec::new(),
            is_program: has_main(&tokens),
        };
        if !plan.is_program {
            plan.text = without_package(text, &tokens);
        }
        match items(&plan.text) {
            Err(_) => {}
            Ok(_) if plan.is_program => plan.shape = Shape::Program,
            Ok(found) => {
                plan.parts = found
                    .into_iter()
                    .map(|i| Part::new(&plan.text, i))
                    .collect();
                let declares = |p: &Part| p.item.declares || p.is_var;
                plan.shape = if plan.parts.iter().all(declares) {
                    Shape::Declarations
                } else {
                    Shape::Statements
                };
            }
        }
        plan
    }

    /// The portion that begins with part `first`, of the parts that are not `done`: part indices in the order of the text.
    pub fn portion(&self, first: usize, done: &[bool]) -> Vec<usize> {
        let mut portion = Portion {
            plan: self,
            done,
            chosen: vec![first],
            known: HashSet::new(),
        };
        for (part, _) in self.parts.iter().zip(done).filter(|(_, done)| **done) {
            portion.known.extend(part.keys());
        }
        portion.known.extend(self.parts[first].keys());
        let mut next = 0;
        while next < portion.chosen.len() {
            portion.follow(portion.chosen[next]);
            next += 1;
        }
        portion.chosen.sort_unstable();
        portion.chosen
    }

    /// The parts from `first` to the last one that declares a variable of these names; `None` if none does.
    pub fn up_to_variables(&self, first: usize, names: &[String]) -> Option<Vec<usize>> {
        let declares = |p: &Part| p.declares.iter().any(|d| names.contains(d));
        let last = self.parts.iter().rposition(declares)?;
        (last > first).then(|| (first..=last).collect())
    }

    /// Among declarations alone, whose order means nothing: the next part that declares a variable of these names.
    pub fn later_variable(&self, first: usize, names: &[String], done: &[bool]) -> Option<usize> {
        let declares = |p: &Part| p.is_var && p.declares.iter().any(|d| names.contains(d));
        let mut later = first + 1..self.parts.len();
        let only_declares = self.shape == Shape::Declarations;
        later.find(|&i| only_declares && !done[i] && declares(&self.parts[i]))
    }

    /// The text of these parts, in place, and the number of its first line in the block, from 1.
    pub fn text_of(&self, parts: &[usize]) -> (usize, String) {
        let start = parts.first().map_or(0, |&i| self.parts[i].item.span.start);
        let line = 1 + self.text[..start].matches('\n').count();
        let mut out = String::new();
        let mut at = start;
        for &i in parts {
            let span = self.parts[i].item.span.clone();
            blank(&mut out, &self.text[at..span.start]);
            out.push_str(&self.text[span.clone()]);
            at = span.end;
        }
        (line, out)
    }
}

/// A portion being put together.
struct Portion<'p> {
    plan: &'p Plan,
    done: &'p [bool],
    chosen: Vec<usize>,
    /// What has been declared before, or is in the portion.
    known: HashSet<String>,
}

impl Portion<'_> {
    /// Adds what part `i` needs.
    fn follow(&mut self, i: usize) {
        let parts = &self.plan.parts;
        for (j, part) in parts.iter().enumerate().skip(self.chosen[0] + 1) {
            if self.done[j] || self.chosen.contains(&j) || !part.item.declares {
                continue;
            }
            let mentioned = part.declares.iter().any(|d| parts[i].mentions.contains(d));
            let is_method = parts[i].is_type
                && part
                    .receiver
                    .as_ref()
                    .is_some_and(|r| parts[i].declares.contains(r));
            let keys = part.keys();
            if (mentioned || is_method) && keys.iter().all(|k| !self.known.contains(k)) {
                self.known.extend(keys);
                self.chosen.push(j);
            }
        }
    }
}

impl Part {
    fn new(text: &str, item: Item) -> Part {
        let tokens = tokens(&text[item.span.clone()]);
        let mut part = Part {
            declares: Vec::new(),
            receiver: None,
            concerns_rest: concerns_rest(&tokens),
            is_type: false,
            is_var: false,
            mentions: tokens
                .iter()
                .filter(|t| t.0 == Kind::Name)
                .map(|t| t.1.clone())
                .collect(),
            item,
        };
        match tokens.first().map(|t| t.0) {
            Some(Kind::Func) if part.item.declares => part.func(&tokens),
            Some(kind @ (Kind::Type | Kind::Const | Kind::Var)) => {
                part.is_type = kind == Kind::Type;
                part.is_var = kind == Kind::Var;
                part.declares = spec_names(&tokens[1..]);
            }
            _ => part.declares = defined(&tokens),
        }
        part
    }

    fn func(&mut self, tokens: &[Lexeme]) {
        let name = |t: &&Lexeme| t.0 == Kind::Name;
        if tokens.get(1).is_some_and(|t| t.0 == Kind::LParen) {
            let close = tokens.iter().position(|t| t.0 == Kind::RParen).unwrap_or(0);
            let args = tokens[..close]
                .iter()
                .position(|t| t.0 == Kind::LBrack)
                .unwrap_or(close);
            self.receiver = tokens[..args].iter().rev().find(name).map(|t| t.1.clone());
            self.declares
                .extend(tokens.get(close + 1).map(|t| t.1.clone()));
        } else {
            self.declares
                .extend(tokens.get(1).filter(name).map(|t| t.1.clone()));
        }
    }

    /// What it declares, methods with their types.
    fn keys(&self) -> Vec<String> {
        match &self.receiver {
            Some(r) => self.declares.iter().map(|m| format!("{r}.{m}")).collect(),
            None => self.declares.clone(),
        }
    }
}

/// A token's kind and text.
type Lexeme = (Kind, String);

fn tokens(text: &str) -> Vec<Lexeme> {
    let all = lex(text, 0, true).tokens;
    let lexeme = |t: &Token| {
        let word = text.get(t.lo as usize..t.hi as usize).unwrap_or_default();
        (t.kind, word.to_string())
    };
    all.iter()
        .filter(|t| t.kind != Kind::Eof)
        .map(lexeme)
        .collect()
}

/// Whether a statement defers a call to the end of all, or may end all.
fn concerns_rest(tokens: &[Lexeme]) -> bool {
    let has = |kind| tokens.iter().any(|t| t.0 == kind);
    tokens.first().is_some_and(|t| t.0 == Kind::Defer) || has(Kind::Return) && !has(Kind::Func)
}

/// Whether a function main is declared at top level.
fn has_main(tokens: &[Lexeme]) -> bool {
    let mut depth = 0;
    tokens.windows(3).any(|w| {
        match w[0].0 {
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth -= 1,
            _ => {}
        }
        let named = w[1].0 == Kind::Name && w[1].1 == "main";
        depth == 0 && w[0].0 == Kind::Func && named && w[2].0 == Kind::LParen
    })
}

/// The text with its package clause blanked out.
fn without_package(text: &str, tokens: &[Lexeme]) -> String {
    match tokens {
        [(Kind::Package, _), (Kind::Name, name), ..] => {
            let word = text.find("package").unwrap_or(0);
            let end = text[word..]
                .find(name.as_str())
                .map_or(word, |at| word + at + name.len());
            let mut out = text[..word].to_string();
            blank(&mut out, &text[word..end]);
            out + &text[end..]
        }
        _ => text.to_string(),
    }
}

/// Appends spaces and line ends for a text.
fn blank(out: &mut String, text: &str) {
    let blank = |c: char| if c == '\n' { '\n' } else { ' ' };
    out.extend(text.chars().map(blank));
}

/// The names that the specs behind `type`, `const` or `var` declare.
fn spec_names(tokens: &[Lexeme]) -> Vec<String> {
    let group = tokens.first().is_some_and(|t| t.0 == Kind::LParen);
    let (mut names, mut depth) = (Vec::new(), 0);
    // Whether the name list of a spec is being read.
    let mut listing = !group;
    for (i, (kind, word)) in tokens.iter().enumerate() {
        match kind {
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth -= 1,
            _ => {}
        }
        let outside = depth == i32::from(group);
        match kind {
            Kind::Semi if outside => listing = true,
            Kind::LParen if group && i == 0 => listing = true,
            Kind::Name if listing && outside => {
                names.push(word.clone());
                listing = tokens.get(i + 1).is_some_and(|t| t.0 == Kind::Comma);
            }
            Kind::Comma => {}
            _ => listing = false,
        }
    }
    names
}

/// The names on the left of a `:=`.
fn defined(tokens: &[Lexeme]) -> Vec<String> {
    let list = tokens
        .iter()
        .take_while(|t| matches!(t.0, Kind::Name | Kind::Comma));
    let names: Vec<&Lexeme> = list.collect();
    match tokens.get(names.len()) {
        Some((Kind::Define, _)) => {
            let names = names.into_iter().filter(|t| t.0 == Kind::Name);
            names.map(|t| t.1.clone()).collect()
        }
        _ => Vec::new(),
    }
}

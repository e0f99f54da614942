//! Go text in colours, and the bracket that belongs to another.
//!
//! Invariants: the text itself comes out unchanged between the escapes, whatever it is; the colours come from the lexer's tokens and the universe's names;
//! every line ends uncoloured.

use lang::syntax::{self, Kind, Token};
use lang::types::{ObjKind, Object, Objects, Types};
use std::collections::HashMap;
use std::ops::Range;

/// What a piece of text is, for the eye.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Keyword,
    String,
    Number,
    Comment,
    Type,
    Builtin,
    Constant,
    Func,
    Label,
    Wrong,
}

impl Class {
    /// The escape that sets its colour.
    fn escape(self) -> &'static str {
        match self {
            Class::Keyword => "\x1b[35m",
            Class::String => "\x1b[32m",
            Class::Number => "\x1b[36m",
            Class::Comment => "\x1b[90m",
            Class::Type => "\x1b[33m",
            Class::Builtin => "\x1b[34m",
            Class::Constant => "\x1b[36m",
            Class::Func => "\x1b[94m",
            Class::Label => "\x1b[95m",
            Class::Wrong => "\x1b[31m",
        }
    }
}

const PLAIN: &str = "\x1b[0m";

/// An input, Go or a `:command`, in colours.
pub fn highlight(text: &str) -> String {
    let command = command_word(text);
    let rest = command.end;
    let mut out = String::with_capacity(text.len() * 2);
    if !command.is_empty() {
        out.push_str(&text[..command.start]);
        paint(&mut out, &text[command], Class::Keyword);
    }
    let mut at = rest;
    for (range, class) in classes(&text[rest..]) {
        out.push_str(&text[at..rest + range.start]);
        at = rest + range.end;
        paint(&mut out, &text[rest + range.start..at], class);
    }
    out.push_str(&text[at..]);
    out
}

/// The colon and the word of a `:command`; empty, at the beginning, if the text is none.
fn command_word(text: &str) -> Range<usize> {
    let start = text.len() - text.trim_start().len();
    if !text[start..].starts_with(':') {
        return 0..0;
    }
    let len = text[start..].find(char::is_whitespace);
    start..len.map_or(text.len(), |n| start + n)
}

fn paint(out: &mut String, text: &str, class: Class) {
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        if !line.is_empty() {
            out.push_str(class.escape());
            out.push_str(line);
            out.push_str(PLAIN);
        }
    }
}

/// The coloured pieces of a Go text in order.
fn classes(text: &str) -> Vec<(Range<usize>, Class)> {
    let lexed = syntax::lex(text, 0, true);
    let comments = lexed.comments.iter().map(|c| {
        let range = c.lo.0 as usize..c.hi.0 as usize;
        (range, Class::Comment)
    });
    let mut found: Vec<(Range<usize>, Class)> = comments.collect();
    let shebang = lexed.directives.iter().filter(|d| d.1.starts_with("#!"));
    found.extend(shebang.map(|d| {
        let lo = d.0.0 as usize;
        (lo..lo + d.1.len(), Class::Comment)
    }));
    for (i, t) in lexed.tokens.iter().enumerate() {
        if let Some(class) = class_of(text, &lexed.tokens, i) {
            found.push((t.lo as usize..t.hi as usize, class));
        }
    }
    found.sort_by_key(|f| f.0.start);
    found
}

fn class_of(text: &str, tokens: &[Token], i: usize) -> Option<Class> {
    let t = tokens[i];
    Some(match t.kind {
        Kind::String | Kind::Char | Kind::Int | Kind::Float | Kind::Imag if t.bad => Class::Wrong,
        Kind::String | Kind::Char => Class::String,
        Kind::Int | Kind::Float | Kind::Imag => Class::Number,
        Kind::Name => return name_class(text, tokens, i),
        k if k.is_keyword() => Class::Keyword,
        _ => return None,
    })
}

/// A name's class: predeclared names by what they are, others by what follows.
fn name_class(text: &str, tokens: &[Token], i: usize) -> Option<Class> {
    let kind = |i: usize| tokens.get(i).map(|t| t.kind);
    let name = &text[tokens[i].lo as usize..tokens[i].hi as usize];
    let (before, after) = (i.checked_sub(1).and_then(kind), kind(i + 1));
    let selected = before == Some(Kind::Dot);
    if matches!(before, Some(Kind::Goto | Kind::Break | Kind::Continue)) {
        return Some(Class::Label);
    }
    if !selected && let Some(class) = predeclared(name) {
        return Some(class);
    }
    match (before, after) {
        (Some(Kind::Type), _) => Some(Class::Type),
        (_, Some(Kind::LParen)) => Some(Class::Func),
        _ => None,
    }
}

thread_local! {
    /// The universe's names.
    static PREDECLARED: HashMap<&'static str, Class> = universe();
}

fn universe() -> HashMap<&'static str, Class> {
    let (types, objects) = (Types::new(), Objects::default());
    let scope = lang::types::declare_universe(&types, &objects);
    let class = |o: &Object| match o.kind {
        ObjKind::TypeName(_) => Class::Type,
        ObjKind::Builtin(_) => Class::Builtin,
        _ => Class::Constant,
    };
    let names = objects.scope_names(scope).into_iter();
    names
        .map(|(name, obj)| (name.as_str(), objects.with(obj, class)))
        .collect()
}

/// What a predeclared name is.
fn predeclared(name: &str) -> Option<Class> {
    PREDECLARED.with(|names| names.get(name).copied())
}

/// Where the bracket stands that closes or opens the one at byte `pos`, or that before it.
pub fn matching_bracket(text: &str, pos: usize) -> Option<usize> {
    let lexed = syntax::lex(text, 0, true);
    let brackets: Vec<&Token> = lexed.tokens.iter().filter(|t| side(t.kind) != 0).collect();
    let at = |p: usize| brackets.iter().position(|t| t.lo as usize == p);
    let from = at(pos).or_else(|| at(pos.checked_sub(1)?))?;
    let forward = side(brackets[from].kind) > 0;
    let mut open: Vec<Kind> = Vec::new();
    let mut visit = |t: &Token| {
        if (side(t.kind) > 0) == forward {
            open.push(t.kind);
            return None;
        }
        let pair = open.pop().is_some_and(|o| partner(o) == t.kind);
        (!pair || open.is_empty()).then_some(pair.then_some(t.lo as usize))
    };
    if forward {
        brackets[from..].iter().find_map(|t| visit(t))?
    } else {
        brackets[..=from].iter().rev().find_map(|t| visit(t))?
    }
}

/// 1 for an opening bracket, -1 for a closing one, 0 for other tokens.
fn side(kind: Kind) -> i32 {
    match kind {
        Kind::LParen | Kind::LBrack | Kind::LBrace => 1,
        Kind::RParen | Kind::RBrack | Kind::RBrace => -1,
        _ => 0,
    }
}

fn partner(kind: Kind) -> Kind {
    match kind {
        Kind::LParen => Kind::RParen,
        Kind::LBrack => Kind::RBrack,
        Kind::LBrace => Kind::RBrace,
        Kind::RParen => Kind::LParen,
        Kind::RBrack => Kind::LBrack,
        _ => Kind::LBrace,
    }
}

//! The text before the cursor, taken apart: the word being typed, the brackets and statement headers that are open, and what would close them.
//!
//! Invariants: works on tokens alone, for any text; closing what is open gives a text that the parser takes if that was right so far.

use lang::syntax::{self, Kind, Token};

/// Where the cursor is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Context {
    /// In Go text; the word may be empty.
    Go,
    /// In a string literal; the word is what is in it so far.
    Quoted,
    /// In a comment.
    Comment,
    /// In a number or a rune.
    Number,
}

/// An unfinished text.
pub(super) struct Cut<'t> {
    /// Everything before the word.
    pub(super) head: &'t str,
    /// The word before the cursor.
    pub(super) word: &'t str,
    /// Where it begins.
    pub(super) start: usize,
    pub(super) context: Context,
    /// The tokens before the word; positions count bytes from 0.
    pub(super) tokens: Vec<Token>,
    /// What is open before the word, outermost first: the first stands for the text itself.
    pub(super) frames: Vec<Frame<'t>>,
    /// All labels so far.
    pub(super) labels: Vec<&'t str>,
}

/// The inside of a bracket.
#[derive(Debug)]
pub(super) struct Frame<'t> {
    /// The token that opened it.
    pub(super) open: Token,
    /// The statement or literal whose block it is.
    pub(super) block: Option<Kind>,
    /// The label of that statement.
    pub(super) label: Option<&'t str>,
    /// Statements and types whose braces are still to come.
    headers: Vec<Header<'t>>,
    /// In a `case` or `default` before its colon.
    in_case: bool,
    /// Whether there is a clause.
    pub(super) has_case: bool,
    /// Commas so far.
    pub(super) commas: usize,
    /// The label just declared.
    labelled: Option<&'t str>,
    /// Whether a statement begins here.
    pub(super) at_start: bool,
}

#[derive(Debug)]
struct Header<'t> {
    keyword: Kind,
    label: Option<&'t str>,
    semis: usize,
}

impl<'t> Cut<'t> {
    /// Takes a text apart whose end is the cursor.
    pub(super) fn of(text: &'t str) -> Cut<'t> {
        let (start, context) = word_at_end(text);
        let (head, word) = text.split_at(start);
        let lexed = syntax::lex(head, 0, true);
        let mut tokens = lexed.tokens;
        tokens.pop();
        let inserted = |t: &Token| t.kind == Kind::Semi && t.lo as usize == head.len();
        tokens.pop_if(|t| inserted(t));
        if context == Context::Quoted {
            // The quote.
            tokens.pop();
        }
        let mut walk = Walk {
            text: head,
            frames: vec![Frame::new(
                Token {
                    kind: Kind::Eof,
                    bad: false,
                    lo: 0,
                    hi: 0,
                },
                None,
                None,
            )],
            labels: Vec::new(),
        };
        for (i, &t) in tokens.iter().enumerate() {
            walk.token(t, i.checked_sub(1).map(|p| tokens[p]));
        }
        Cut {
            head,
            word,
            start,
            context,
            tokens,
            frames: walk.frames,
            labels: walk.labels,
        }
    }

    /// The token before the word.
    pub(super) fn last(&self) -> Option<Token> {
        self.tokens.last().copied()
    }

    /// What closes everything that is open, so that the text may be whole.
    pub(super) fn closing(&self) -> String {
        close(&self.frames)
    }
}

/// What closes all of `frames`.
pub(super) fn close(frames: &[Frame<'_>]) -> String {
    let mut out = String::new();
    for frame in frames.iter().rev() {
        for h in frame.headers.iter().rev() {
            out.push_str(match h.keyword {
                Kind::For if h.semis == 1 => "; {}",
                _ => " {}",
            });
        }
        if frame.in_case {
            out.push(':');
        }
        out.push_str(closer(frame.open.kind));
    }
    out
}

/// What closes the brackets of all of `frames`, without regard to statements.
pub(super) fn brackets(frames: &[Frame<'_>]) -> String {
    frames.iter().rev().map(|f| closer(f.open.kind)).collect()
}

fn closer(open: Kind) -> &'static str {
    match open {
        Kind::LParen => ")",
        Kind::LBrack => "]",
        Kind::LBrace => "}",
        _ => "",
    }
}

impl<'t> Frame<'t> {
    fn new(open: Token, block: Option<Kind>, label: Option<&'t str>) -> Frame<'t> {
        Frame {
            open,
            block,
            label,
            headers: Vec::new(),
            in_case: false,
            has_case: false,
            commas: 0,
            labelled: None,
            at_start: true,
        }
    }

    /// Whether it holds statements.
    pub(super) fn has_statements(&self) -> bool {
        let literal = matches!(
            self.block,
            Some(Kind::Struct | Kind::Interface | Kind::String)
        );
        !literal && matches!(self.open.kind, Kind::Eof | Kind::LBrace)
    }
}

struct Walk<'t> {
    text: &'t str,
    frames: Vec<Frame<'t>>,
    labels: Vec<&'t str>,
}

impl<'t> Walk<'t> {
    fn token(&mut self, t: Token, before: Option<Token>) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let was_start = std::mem::replace(&mut frame.at_start, false);
        match t.kind {
            Kind::If | Kind::For | Kind::Switch | Kind::Select => {
                let label = frame.labelled.take();
                frame.header(t.kind, label);
            }
            Kind::Func | Kind::Struct | Kind::Interface => frame.header(t.kind, None),
            Kind::Case | Kind::Default => {
                frame.in_case = true;
                frame.has_case = true;
            }
            Kind::Else => frame.at_start = false,
            Kind::Comma => frame.commas += 1,
            Kind::Colon if frame.in_case => {
                frame.in_case = false;
                frame.at_start = true;
            }
            Kind::Colon => self.label(before),
            Kind::Semi => self.semi(t),
            Kind::LParen | Kind::LBrack => self.frames.push(Frame::new(t, None, None)),
            Kind::LBrace => self.brace(t, was_start, before),
            Kind::RParen | Kind::RBrack | Kind::RBrace => self.close(),
            _ => {}
        }
    }

    fn close(&mut self) {
        if self.frames.len() > 1 {
            self.frames.pop();
        }
    }

    fn brace(&mut self, t: Token, starts: bool, before: Option<Token>) {
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        let block = match frame.headers.pop() {
            Some(h) => Frame::new(t, Some(h.keyword), h.label),
            None if starts || before.is_some_and(|b| b.kind == Kind::Else) => {
                Frame::new(t, Some(Kind::LBrace), None)
            }
            // A composite literal, named after its simplest kin.
            None => Frame::new(t, Some(Kind::String), None),
        };
        self.frames.push(block);
    }

    fn semi(&mut self, t: Token) {
        let written = self.text[t.lo as usize..].starts_with(';');
        let Some(frame) = self.frames.last_mut() else {
            return;
        };
        match frame.headers.last_mut() {
            Some(h) if written && h.keyword != Kind::Func => h.semis += 1,
            _ => {
                frame.headers.clear();
                frame.labelled = None;
                frame.at_start = true;
            }
        }
    }

    fn label(&mut self, before: Option<Token>) {
        let Some(name) = before.filter(|b| b.kind == Kind::Name) else {
            return;
        };
        let name = &self.text[name.lo as usize..name.hi as usize];
        if let Some(frame) = self.frames.last_mut().filter(|f| f.has_statements()) {
            frame.labelled = Some(name);
            frame.at_start = true;
            self.labels.push(name);
        }
    }
}

impl<'t> Frame<'t> {
    fn header(&mut self, keyword: Kind, label: Option<&'t str>) {
        self.headers.push(Header {
            keyword,
            label,
            semis: 0,
        });
    }
}

/// Where the word at the end of a text begins, and what it is in.
fn word_at_end(text: &str) -> (usize, Context) {
    let lexed = syntax::lex(text, 0, true);
    let end = text.len() as u32;
    if let Some(c) = lexed.comments.last().filter(|c| c.hi.0 == end) {
        let comment = &text[c.lo.0 as usize..];
        let closed = comment.len() >= 4 && comment.ends_with("*/");
        if comment.starts_with("//") || !closed {
            return (text.len(), Context::Comment);
        }
    }
    let last = lexed
        .tokens
        .iter()
        .rfind(|t| t.lo < t.hi && t.kind != Kind::Eof && t.hi == end);
    let Some(t) = last else {
        return (text.len(), Context::Go);
    };
    let lo = t.lo as usize;
    match t.kind {
        Kind::Name => (lo, Context::Go),
        k if k.is_keyword() => (lo, Context::Go),
        Kind::String if t.bad && is_open(&text[lo..]) => (lo + 1, Context::Quoted),
        Kind::Char if t.bad => (text.len(), Context::Number),
        Kind::Int | Kind::Float | Kind::Imag => (text.len(), Context::Number),
        _ => (text.len(), Context::Go),
    }
}

/// Whether a malformed string literal lacks its closing quote.
fn is_open(literal: &str) -> bool {
    let quote = &literal[..1];
    if literal.len() == 1 || !literal.ends_with(quote) {
        return true;
    }
    let slashes = literal[..literal.len() - 1]
        .bytes()
        .rev()
        .take_while(|&b| b == b'\\')
        .count();
    quote == "\"" && slashes % 2 == 1
}

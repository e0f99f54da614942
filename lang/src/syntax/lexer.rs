//! The lexer's driver: tokens with automatic semicolons, comments aside.
//!
//! Invariants: the last token is `Eof`, and only it; whitespace and comments never reach the parser; a token's span lies inside
//! the text; lexing never fails, it only reports.

use super::literal::rune_name;
use super::token::{Kind, LexError, Notes, Token};
use crate::diag::{Code, Diagnostic};
use crate::source::{Pos, Span};
use logos::Logos;

/// Names and numbers longer than this are refused.
const MAX_TOKEN: usize = 1 << 20;

/// A lexed text.
pub struct Lexed {
    /// The tokens, `Eof` last.
    pub tokens: Vec<Token>,
    /// The extents of all comments, in order.
    pub comments: Vec<Span>,
    /// `//go:` and `#!` directives: position and text (without the slashes).
    pub directives: Vec<(Pos, Box<str>)>,
    /// Lexical errors.
    pub errors: Vec<Diagnostic>,
}

/// Character classes of the spec that the standard library of Rust does not have exactly.
#[derive(Logos, Clone, Copy, PartialEq, Eq)]
enum Class {
    #[regex(r"\p{L}")]
    Letter,
    #[regex(r"\p{Nd}")]
    Digit,
}

/// Lexes `text`, whose first byte has position `base`. `at_start` says that it is the start of a file, where a byte order mark
/// and a `#!` line may stand.
pub fn lex(text: &str, base: u32, at_start: bool) -> Lexed {
    let mut out = Driver {
        text,
        base,
        out: Lexed {
            tokens: Vec::with_capacity(text.len() / 4 + 2),
            comments: Vec::new(),
            directives: Vec::new(),
            errors: Vec::new(),
        },
        ended: false,
    };
    let mut start = 0;
    if at_start {
        start = if text.starts_with('\u{feff}') { 3 } else { 0 };
        if text[start..].starts_with("#!") {
            let end = text[start..].find('\n').map_or(text.len(), |n| start + n);
            out.out
                .directives
                .push((Pos(base + start as u32), text[start..end].trim_end().into()));
            start = end;
        }
    }
    out.check_characters(start);
    out.run(start);
    out.out
}

struct Driver<'t> {
    text: &'t str,
    base: u32,
    out: Lexed,
    /// Whether a newline here ends a statement.
    ended: bool,
}

impl Driver<'_> {
    fn run(&mut self, start: usize) {
        let mut lexer = Kind::lexer_with_extras(self.text, Notes::default());
        lexer.bump(start);
        while let Some(kind) = lexer.next() {
            let span = lexer.span();
            match kind {
                Ok(Kind::Name) => self.name(span.start, span.end),
                Ok(Kind::Int) => {
                    let kind = lexer.extras.number.take().unwrap_or(Kind::Int);
                    self.literal(kind, lexer.extras.bad, span.start, span.end);
                }
                Ok(kind @ (Kind::Char | Kind::String)) => {
                    self.literal(kind, lexer.extras.bad, span.start, span.end)
                }
                Ok(Kind::Newline) => self.newline(span.start, span.end),
                Ok(kind @ (Kind::LineComment | Kind::BlockComment)) => {
                    self.comment(kind, span.start, span.end)
                }
                Ok(Kind::Semicolon) => self.push(Kind::Semi, span.start, span.end),
                Ok(kind) => self.push(kind, span.start, span.end),
                Err(()) => self.stray(span.start),
            }
        }
        let end = self.text.len();
        self.newline(end, end);
        self.push(Kind::Eof, end, end);
        for (at, message) in lexer.extras.errors {
            self.error(Code::InvalidToken, (at, message));
        }
    }

    fn push(&mut self, kind: Kind, lo: usize, hi: usize) {
        self.ended = kind.ends_statement();
        self.out.tokens.push(Token {
            kind,
            bad: false,
            lo: self.base + lo as u32,
            hi: self.base + hi as u32,
        });
    }

    /// A newline, or something that counts as one: ends a statement that can end here.
    fn newline(&mut self, lo: usize, hi: usize) {
        if self.ended {
            self.push(Kind::Semi, lo, hi);
        }
    }

    fn literal(&mut self, kind: Kind, bad: bool, lo: usize, hi: usize) {
        self.push(kind, lo, hi);
        let long = hi - lo > MAX_TOKEN && !matches!(kind, Kind::String | Kind::Char);
        if long {
            self.error(Code::InvalidToken, (lo, "number too long".to_string()));
        }
        if let Some(last) = self.out.tokens.last_mut() {
            last.bad = bad || long;
        }
    }

    fn name(&mut self, lo: usize, hi: usize) {
        self.push(Kind::Name, lo, hi);
        let name = &self.text[lo..hi];
        if hi - lo > MAX_TOKEN {
            self.error(Code::InvalidToken, (lo, "identifier too long".to_string()));
        }
        if name.is_ascii() {
            return;
        }
        for (i, c) in name.char_indices().filter(|(_, c)| !c.is_ascii()) {
            match Class::lexer(&name[i..]).next() {
                Some(Ok(Class::Letter)) => {}
                Some(Ok(Class::Digit)) if i > 0 => {}
                Some(Ok(Class::Digit)) => {
                    let message = format!("identifier cannot begin with digit {}", rune_name(c));
                    self.error(Code::InvalidToken, (lo + i, message));
                }
                _ => {
                    let message = format!("invalid character {} in identifier", rune_name(c));
                    self.error(Code::InvalidToken, (lo + i, message));
                }
            }
        }
    }

    fn comment(&mut self, kind: Kind, lo: usize, hi: usize) {
        let text = &self.text[lo..hi];
        self.out
            .comments
            .push(Span::new(self.base + lo as u32, self.base + hi as u32));
        if kind == Kind::BlockComment {
            if text.contains('\n') {
                self.newline(lo, hi);
            }
        } else if text.starts_with("//go:") {
            self.out
                .directives
                .push((Pos(self.base + lo as u32), text[2..].trim_end().into()));
        }
    }

    /// A character that starts no token.
    fn stray(&mut self, lo: usize) {
        if let Some(c) = self.text[lo..].chars().next() {
            self.error(
                Code::InvalidToken,
                (lo, format!("invalid character {}", rune_name(c))),
            );
        }
    }

    /// Reports the characters no source text may hold, wherever they stand.
    fn check_characters(&mut self, start: usize) {
        let text = &self.text[start..];
        for (at, _) in text.match_indices('\0') {
            self.error(
                Code::InvalidEncoding,
                (start + at, "invalid NUL character".to_string()),
            );
        }
        for (at, _) in text.match_indices('\u{feff}') {
            self.error(
                Code::InvalidEncoding,
                (
                    start + at,
                    "invalid BOM in the middle of the file".to_string(),
                ),
            );
        }
    }

    fn error(&mut self, code: Code, (at, message): LexError) {
        let len = self.text[at..].chars().next().map_or(0, char::len_utf8);
        let lo = self.base + at as u32;
        self.out.errors.push(Diagnostic::error(
            code,
            Span::new(lo, lo + len as u32),
            message,
        ));
    }
}

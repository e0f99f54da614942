//! What the productions share while a text is parsed, and how they report.
//!
//! Invariants: productions never fail, they report here and leave `Bad` nodes; once something has been reported, the end of
//! the text is not complained about any more; `prev_end` is the end of the token consumed last, inserted semicolons aside.

use super::branches::check_branches;
use super::grammar::{In, Tokens};
use super::pragma::Pragma;
use super::token::{Kind, KindSet, Token};
use crate::ast::{BlockStmt, NodeId, NodeIds};
use crate::diag::{Code, Diagnostic};
use crate::source::{Pos, Span};
use chumsky::input::{Checkpoint, Cursor};
use chumsky::inspector::Inspector;
use std::rc::Rc;

/// Deeper programs are refused: brackets, operators, types, blocks and else-ifs each count as a level.
pub(super) const MAX_DEPTH: u32 = 10_000;

/// The parse in progress.
pub struct State {
    /// The file's whole text, and the position of its first byte.
    pub(super) text: Rc<str>,
    pub(super) base: u32,
    pub(super) ids: NodeIds,
    pub(super) comments: Vec<Span>,
    pub(super) diags: Vec<Diagnostic>,
    /// Errors of programs that follow the grammar: reported unless there are syntax errors.
    pub(super) late: Vec<Diagnostic>,
    /// What is wrong with branch statements and labels.
    pub(super) branch_diags: Vec<Diagnostic>,
    /// The file's name, as messages show it.
    pub(super) file: String,
    /// Directives that wait for their declaration.
    pub(super) pragmas: Vec<Pragma>,
    /// Directives before declarations that they are not for.
    pub(super) misplaced: Vec<Diagnostic>,
    /// Whether the file imports package embed.
    pub(super) imports_embed: bool,
    /// Whether the variables below `//go:embed` lines have got their files already, and the directives have been checked.
    pub(super) embedded: bool,
    /// Skip function bodies at top level.
    pub(super) lazy_bodies: bool,
    /// Whether the first error was that the text ended.
    pub(super) ended_early: bool,
    pub(super) prev_end: u32,
    /// Negative while in a statement header outside brackets, where `{` opens a block and no composite literal.
    pub(super) nest: i32,
    /// Inside a function: statement keywords are good places to go on at.
    pub(super) in_func: bool,
    depth: u32,
    too_deep: bool,
    last_syntax_error: Option<u32>,
}

impl State {
    pub(super) fn new(
        text: Rc<str>,
        base: u32,
        ids: NodeIds,
        comments: Vec<Span>,
        diags: Vec<Diagnostic>,
    ) -> State {
        State {
            text,
            base,
            ids,
            comments,
            diags,
            late: Vec::new(),
            branch_diags: Vec::new(),
            file: String::new(),
            pragmas: Vec::new(),
            misplaced: Vec::new(),
            imports_embed: false,
            embedded: false,
            lazy_bodies: false,
            ended_early: false,
            prev_end: base,
            nest: 0,
            in_func: false,
            depth: 0,
            too_deep: false,
            last_syntax_error: None,
        }
    }

    /// The text of a token.
    pub(super) fn text(&self, t: Token) -> &str {
        self.slice(t.lo, t.hi)
    }

    pub(super) fn slice(&self, lo: u32, hi: u32) -> &str {
        &self.text[(lo - self.base) as usize..(hi - self.base) as usize]
    }

    /// From `lo` to the end of the token consumed last.
    pub(super) fn span_from(&self, lo: u32) -> Span {
        Span::new(lo, self.prev_end.max(lo))
    }

    pub(super) fn fresh(&self) -> NodeId {
        self.ids.fresh()
    }

    /// What gc calls a token.
    fn describe(&self, t: Token) -> String {
        let text = self.text(t);
        match t.kind {
            Kind::Eof => "EOF".to_string(),
            Kind::Semi => match text.as_bytes().first() {
                None => "EOF".to_string(),
                Some(b';') => "semicolon".to_string(),
                Some(_) => "newline".to_string(),
            },
            Kind::Comma => "comma".to_string(),
            Kind::Name => format!("name {text}"),
            k if k.is_literal() => format!("literal {text}"),
            k if k.is_keyword() => format!("keyword {text}"),
            _ => text.to_string(),
        }
    }

    /// Reports an error that is not gc's "syntax error", at `span`.
    pub(super) fn error(&mut self, code: Code, span: Span, message: impl Into<String>) {
        if !self.too_deep {
            self.diags.push(Diagnostic::error(code, span, message));
        }
    }

    /// Reports a syntax error at `span`. A message that starts with "in", "at", "after" or "expected" is about the token `t`
    /// at hand and gets it prefixed.
    pub(super) fn syntax_error_at(&mut self, span: Span, t: Token, message: &str) {
        if self.too_deep || t.kind == Kind::Eof && !self.diags.is_empty() {
            return;
        }
        self.ended_early |= self.diags.is_empty() && t.kind == Kind::Eof;
        let text = match message {
            "" => format!("syntax error: unexpected {}", self.describe(t)),
            m if ["in ", "at ", "after "].iter().any(|p| m.starts_with(p)) => {
                format!("syntax error: unexpected {} {m}", self.describe(t))
            }
            m if m.starts_with("expected ") => {
                format!("syntax error: unexpected {}, {m}", self.describe(t))
            }
            m => format!("syntax error: {m}"),
        };
        let lo = span.lo.0;
        let last = self.last_syntax_error.replace(lo);
        if !last.is_some_and(|last| self.same_line(last, lo)) {
            self.diags
                .push(Diagnostic::error(Code::SyntaxError, span, text));
        }
    }

    pub(super) fn has_syntax_errors(&self) -> bool {
        let stops = |d: &Diagnostic| matches!(d.code, Code::SyntaxError | Code::NestingTooDeep);
        self.diags.iter().any(stops)
    }

    /// Reports what is wrong with the branch statements and labels of a function's body.
    pub(super) fn branches(&mut self, body: &BlockStmt) {
        let list: Vec<_> = body.stmts.iter().collect();
        let found = check_branches(body.span.lo, &list, &|at| self.position(at));
        self.branch_diags.extend(found);
    }

    /// `file:line:col` of a position.
    fn position(&self, at: Pos) -> String {
        let before = &self.text[..(at.0 - self.base) as usize];
        let line = before.bytes().filter(|&b| b == b'\n').count() + 1;
        let col = before.len() - before.rfind('\n').map_or(0, |i| i + 1) + 1;
        format!("{}:{line}:{col}", self.file)
    }

    /// Whether two positions are on one line.
    fn same_line(&self, a: u32, b: u32) -> bool {
        !self.slice(a.min(b), a.max(b)).contains('\n')
    }
}

impl Inspector<'static, Tokens> for State {
    type Checkpoint = u32;

    #[inline]
    fn on_token(&mut self, t: &Token) {
        if t.kind != Kind::Semi {
            self.prev_end = t.hi;
        }
    }

    fn on_save<'parse>(&self, _: &Cursor<'static, 'parse, Tokens>) -> u32 {
        self.prev_end
    }

    fn on_rewind<'parse>(&mut self, to: &Checkpoint<'static, 'parse, Tokens, u32>) {
        self.prev_end = *to.inspector();
    }
}

/// Keywords that start a statement: where to go on after an error inside a function.
const STATEMENTS: KindSet = {
    use Kind::*;
    KindSet::of(&[
        Break,
        Const,
        Continue,
        Defer,
        Fallthrough,
        For,
        Go,
        Goto,
        If,
        Return,
        Select,
        Switch,
        Type,
        Var,
    ])
};

/// The token at hand.
#[inline]
pub(super) fn peek(inp: &mut In<'_>) -> Token {
    match inp.peek() {
        Some(t) => t,
        None => {
            let s = inp.state();
            let end = s.base + s.text.len() as u32;
            Token {
                kind: Kind::Eof,
                bad: false,
                lo: end,
                hi: end,
            }
        }
    }
}

/// The kind of the token at hand.
#[inline]
pub(super) fn at(inp: &mut In<'_>) -> Kind {
    peek(inp).kind
}

/// Consumes the token at hand and gives it; the end of the text stays.
#[inline]
pub(super) fn bump(inp: &mut In<'_>) -> Token {
    let t = peek(inp);
    if t.kind != Kind::Eof {
        inp.skip();
    }
    t
}

/// Consumes the token at hand if it is a `kind`.
#[inline]
pub(super) fn got(inp: &mut In<'_>, kind: Kind) -> bool {
    let yes = at(inp) == kind;
    if yes {
        inp.skip();
    }
    yes
}

/// Consumes a `kind` or complains.
pub(super) fn want(inp: &mut In<'_>, kind: Kind) {
    if !got(inp, kind) {
        syntax_error(inp, &format!("expected {}", word(kind)));
        skip_one(inp);
    }
}

/// What gc calls a token it expects.
pub(super) fn word(kind: Kind) -> &'static str {
    use Kind::*;
    match kind {
        Comma => "comma",
        Semi => "semicolon or newline",
        LParen => "(",
        RParen => ")",
        LBrack => "[",
        RBrack => "]",
        LBrace => "{",
        RBrace => "}",
        Colon => ":",
        Assign => "=",
        Chan => "keyword chan",
        Struct => "keyword struct",
        Interface => "keyword interface",
        _ => "another token",
    }
}

/// Reports a syntax error at the token at hand (see `State::syntax_error_at`).
pub(super) fn syntax_error(inp: &mut In<'_>, message: &str) {
    let t = peek(inp);
    inp.state()
        .syntax_error_at(Span::new(t.lo, t.hi), t, message);
}

/// Reports a syntax error at an earlier place.
pub(super) fn syntax_error_at(inp: &mut In<'_>, span: Span, message: &str) {
    let t = peek(inp);
    inp.state().syntax_error_at(span, t, message);
}

/// Skips to the next token of `follow`, or one that starts a statement inside a function.
pub(super) fn advance(inp: &mut In<'_>, follow: KindSet) {
    let follow = if inp.state().in_func {
        follow.or(STATEMENTS)
    } else {
        follow
    };
    while !matches!(at(inp), Kind::Eof) && !follow.has(at(inp)) {
        inp.skip();
    }
}

/// Skips a token that nobody understands.
pub(super) fn skip_one(inp: &mut In<'_>) {
    bump(inp);
}

/// Parses one level deeper; a program nested too deeply is reported once and the rest of it skipped.
#[inline]
pub(super) fn nested<R>(inp: &mut In<'_>, parse: impl FnOnce(&mut In<'_>) -> R) -> R {
    let s = inp.state();
    s.depth += 1;
    if s.depth > MAX_DEPTH {
        give_up(inp);
    }
    let result = parse(inp);
    inp.state().depth -= 1;
    result
}

#[cold]
fn give_up(inp: &mut In<'_>) {
    let t = peek(inp);
    let s = inp.state();
    if !s.too_deep && t.kind != Kind::Eof {
        let message = format!("program is nested too deeply (more than {MAX_DEPTH} levels)");
        s.error(Code::NestingTooDeep, Span::new(t.lo, t.hi), message);
        s.too_deep = true;
    }
    while at(inp) != Kind::Eof {
        inp.skip();
    }
}

/// Runs `parse` with composite literals allowed again, as inside brackets.
pub(super) fn bracketed<R>(inp: &mut In<'_>, parse: impl FnOnce(&mut In<'_>) -> R) -> R {
    inp.state().nest += 1;
    let result = parse(inp);
    inp.state().nest -= 1;
    result
}

/// The position of the token at hand.
pub(super) fn pos(inp: &mut In<'_>) -> Pos {
    Pos(peek(inp).lo)
}

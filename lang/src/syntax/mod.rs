//! From text to syntax tree: lexer, grammar, and what a REPL asks about an unfinished input.
//!
//! Invariants: parsing always gives a tree, with `Bad` nodes where errors were; errors are worded as gc words them, at most one
//! syntax error per line; time is linear in the text and depth is bounded, whatever the text.

mod branches;
mod doc;
mod dump;
mod grammar;
mod lexer;
mod line_directive;
mod literal;
mod pragma;
mod print;
mod state;
mod token;

pub use branches::check_branches;
pub use dump::{dump, dump_expr};
pub use lexer::{Lexed, lex};
pub use literal::{unquote, unquote_char};
pub use print::{emphasized, expr_string};
pub use token::{KEYWORDS, Kind, KindSet, Token};

use crate::ast::{BlockStmt, File, FuncBody, NodeIds};
use crate::diag::{Code, Diagnostic, drop_repeats};
use crate::source::{Pos, SourceFile, SourceMap, Span};
use chumsky::Parser;
use grammar::{Grammar, Rule, Rules, Tokens};
use line_directive::line_bases;
use state::State;

/// Larger files are refused.
const MAX_FILE: usize = 64 << 20;

thread_local! {
    static GRAMMAR: Grammar = Rules::build();
}

/// How a file is to be parsed.
#[derive(Clone, Copy, Debug, Default)]
pub struct ParseOptions {
    /// Skip the bodies of top-level functions; `parse_body` parses one when it is needed.
    pub lazy_bodies: bool,
    /// Functions without a body are natives and no error.
    pub allow_bodyless: bool,
    /// It is no script: it must begin with a package clause.
    pub program: bool,
}

/// Parses a file: a Go file if it starts with a package clause, a script otherwise. As with gc there is no point in checking a
/// package with a `SyntaxError`; after any other error it can be checked, `Bad` nodes keeping silent.
pub fn parse_file(src: &SourceFile, ids: &NodeIds, opts: ParseOptions) -> (File, Vec<Diagnostic>) {
    let (file, state) = parse_source(src, ids, opts);
    (file, state.diags)
}

fn parse_source(src: &SourceFile, ids: &NodeIds, opts: ParseOptions) -> (File, State) {
    let span = Span::new(src.base, src.base + src.text.len() as u32);
    let empty = File {
        span,
        package: None,
        imports: Vec::new(),
        items: Vec::new(),
        directives: Vec::new(),
        misplaced: Vec::new(),
        broken: true,
    };
    if src.text.len() > MAX_FILE {
        let message = format!(
            "file is too large ({} bytes; the limit is {MAX_FILE})",
            src.text.len()
        );
        let error = Diagnostic::error(Code::FileTooLarge, Span::new(src.base, src.base), message);
        return (
            empty,
            State::new(
                src.text.clone(),
                src.base,
                ids.fork(),
                Vec::new(),
                vec![error],
            ),
        );
    }
    let mut lexed = lex(&src.text, src.base, true);
    if !src.is_std {
        let bases = line_bases(src, &lexed.comments, &mut lexed.errors);
        src.set_line_bases(bases);
    }
    let mut state = State::new(
        src.text.clone(),
        src.base,
        ids.fork(),
        lexed.comments,
        lexed.errors,
    );
    state.lazy_bodies = opts.lazy_bodies;
    state.file = src.name.clone();
    let is_script = lexed
        .tokens
        .first()
        .is_some_and(|t| t.kind != Kind::Package);
    if !src.is_std && !is_script {
        let found = &mut state.diags;
        state.pragmas = pragma::pragmas(&src.text, src.base, &lexed.directives, found);
    }
    if is_script && (opts.program || lexed.tokens.iter().any(|t| t.kind == Kind::Package)) {
        // No script has that keyword: it is in a Go file that does not begin as one.
        let first = lexed.tokens[0];
        let message = "syntax error: package statement must be first";
        let span = Span::new(first.lo, first.hi);
        let mut error = Diagnostic::error(Code::SyntaxError, span, message);
        if opts.program {
            error = error.with_help("scripts, which need none, have names that end in .gol");
        }
        state.diags.push(error);
        return (empty, state);
    }
    let mut file = run(|g| &g.source_file, lexed.tokens, &mut state, ids).unwrap_or(empty);
    file.span = span;
    file.directives = lexed.directives;
    if !state.has_syntax_errors() {
        state
            .late
            .retain(|d| !opts.allow_bodyless || d.code != Code::MissingBody);
        state.diags.append(&mut state.late);
    }
    state.diags.append(&mut state.branch_diags);
    file.broken = !state.diags.is_empty();
    file.misplaced = std::mem::take(&mut state.misplaced);
    drop_repeats(&mut state.diags, |p| src.line_col(p).line);
    (file, state)
}

/// Parses the body that `parse_file` skipped and fills its cell. What `parse_file` would have reported is reported now.
pub fn parse_body(src: &SourceFile, body: &FuncBody, ids: &NodeIds) -> Vec<Diagnostic> {
    if body.block.get().is_some() {
        return Vec::new();
    }
    let lexed = lex(src.slice(body.span), body.span.lo.0, false);
    let mut state = State::new(
        src.text.clone(),
        src.base,
        ids.fork(),
        lexed.comments,
        lexed.errors,
    );
    state.prev_end = body.span.lo.0;
    state.file = src.name.clone();
    let block = run(|g| &g.function_body, lexed.tokens, &mut state, ids);
    let _ = body.block.set(block.unwrap_or(BlockStmt {
        span: body.span,
        stmts: Vec::new(),
    }));
    if !state.has_syntax_errors() {
        state.diags.append(&mut state.late);
    }
    state.diags
}

/// Runs one production over a token sequence, up to its end.
fn run<O: 'static>(
    rule: fn(&Rules) -> &Rule<O>,
    tokens: Vec<Token>,
    state: &mut State,
    ids: &NodeIds,
) -> Option<O> {
    let tokens = Tokens::from_iter(tokens);
    let output = GRAMMAR.with(|g| rule(g).parse_with_state(tokens, state).into_output());
    ids.join(&state.ids);
    output
}

/// The text of a file's bytes.
///
/// # Errors
/// With the places where the bytes are not UTF-8. They are positions as if the file stood alone, its first byte at 1.
pub fn decode(bytes: Vec<u8>) -> Result<String, Vec<Diagnostic>> {
    let bytes = match String::from_utf8(bytes) {
        Ok(text) => return Ok(text),
        Err(error) => error.into_bytes(),
    };
    let mut errors = Vec::new();
    let mut at = 1;
    for chunk in bytes.utf8_chunks() {
        at += chunk.valid().len() as u32;
        for _ in chunk.invalid() {
            errors.push(Diagnostic::error(
                Code::InvalidEncoding,
                Span::new(at, at + 1),
                "invalid UTF-8 encoding",
            ));
            at += 1;
        }
    }
    Err(errors)
}

/// Whether a REPL should run an input, ask for more, or report it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Completeness {
    /// It can be run.
    Complete,
    /// It goes on: a bracket, string or comment is open, or something is missing at the end.
    Incomplete,
    /// No further line can make it right.
    Invalid,
}

/// Whether `text` is a complete input.
pub fn completeness(text: &str) -> Completeness {
    let lexed = lex(text, 1, true);
    if let Some(first) = lexed.errors.first() {
        let open = matches!(
            &*first.message,
            "comment not terminated" | "string not terminated"
        );
        let raw = !text[first.span.lo.0 as usize - 1..].starts_with('"');
        return if open && raw {
            Completeness::Incomplete
        } else {
            Completeness::Invalid
        };
    }
    let Some(open) = open_brackets(&lexed.tokens) else {
        return Completeness::Invalid;
    };
    let mut sources = SourceMap::default();
    let Ok(src) = sources.add("input", text, false) else {
        return Completeness::Invalid;
    };
    let (_, state) = parse_source(&src, &NodeIds::default(), ParseOptions::default());
    let Some(first) = state.diags.first() else {
        return Completeness::Complete;
    };
    // Something open may still become right unless an earlier line is wrong already.
    let last_line = src
        .line_col(Pos(
            src.base + text.strip_suffix('\n').unwrap_or(text).len() as u32
        ))
        .line;
    let earlier = src.line_col(first.span.lo).line < last_line;
    match state.ended_early || open && !earlier {
        true => Completeness::Incomplete,
        false => Completeness::Invalid,
    }
}

/// The keywords beginning with `prefix` that the grammar takes behind `head`, the beginning of an input.
pub fn keywords_after(head: &str, prefix: &str) -> Vec<&'static str> {
    let takes = |keyword: &&str| {
        let mut sources = SourceMap::default();
        let Ok(src) = sources.add("input", &format!("{head}{keyword}"), false) else {
            return false;
        };
        let (_, state) = parse_source(&src, &NodeIds::default(), ParseOptions::default());
        let at = Pos(src.base + head.len() as u32);
        let refused = |d: &Diagnostic| d.code == Code::SyntaxError && d.span.lo == at;
        !state.diags.iter().any(refused)
    };
    let fitting = KEYWORDS.iter().filter(|k| k.starts_with(prefix));
    fitting.copied().filter(takes).collect()
}

/// Whether brackets are open at the end; nothing if they do not match.
fn open_brackets(tokens: &[Token]) -> Option<bool> {
    let mut open = Vec::new();
    for t in tokens {
        match t.kind {
            Kind::LParen => open.push(Kind::RParen),
            Kind::LBrack => open.push(Kind::RBrack),
            Kind::LBrace => open.push(Kind::RBrace),
            Kind::RParen | Kind::RBrack | Kind::RBrace if open.pop() != Some(t.kind) => {
                return None;
            }
            _ => {}
        }
    }
    Some(!open.is_empty())
}

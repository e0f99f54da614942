//! Splitting a text into the inputs a REPL would take one after the other.

use lang::diag::Diagnostic;
use lang::source::SourceMap;
use lang::syntax::{self, Kind, ParseOptions, Token};
use std::ops::Range;

/// A top-level item of a text.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Item {
    /// Where it is in the text, in bytes, with the comments before it.
    pub span: Range<usize>,
    /// The line its first token is in, from 1.
    pub line: usize,
    /// Whether it only declares: an import, a type, a function, a constant.
    pub declares: bool,
}

/// The items of a text without package clause, in order: what ends with a line end outside all brackets.
///
/// # Errors
/// What is wrong with its syntax; positions count the text's bytes from 1.
pub fn items(text: &str) -> Result<Vec<Item>, Vec<Diagnostic>> {
    let mut sources = SourceMap::default();
    let Ok(source) = sources.add("input", text, false) else {
        return Ok(Vec::new());
    };
    let ids = lang::ast::NodeIds::default();
    let (_, diags) = syntax::parse_file(&source, &ids, ParseOptions::default());
    if diags.iter().any(Diagnostic::is_error) {
        return Err(diags);
    }
    let lexed = syntax::lex(text, source.base, true);
    let at = |p: u32| (p - source.base) as usize;
    let (mut found, mut first, mut depth, mut start) = (Vec::new(), None, 0usize, 0);
    for (i, t) in lexed.tokens.iter().enumerate() {
        match t.kind {
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth = depth.saturating_sub(1),
            _ => {}
        }
        let span = at(t.lo)..at(t.hi);
        let ends = t.kind == Kind::Eof
            || t.kind == Kind::Semi && depth == 0 && !text[span.clone()].starts_with(';');
        match first {
            Some(n) if ends => {
                let first: &Token = &lexed.tokens[n];
                found.push(Item {
                    span: start..span.start,
                    line: source.line_col(lang::source::Pos(first.lo)).line as usize,
                    declares: declares(&lexed.tokens[n..i]),
                });
                start = span.start;
            }
            None if !ends && t.kind != Kind::Semi => first = Some(i),
            _ => {}
        }
        if ends {
            first = None;
        }
    }
    Ok(found)
}

/// Whether an item's tokens are a declaration that runs nothing.
fn declares(tokens: &[Token]) -> bool {
    let second = tokens.get(1).map(|t| t.kind);
    match tokens.first().map(|t| t.kind) {
        Some(Kind::Import | Kind::Type | Kind::Const) => true,
        // A function literal has no name; a method's receiver is followed by its name.
        Some(Kind::Func) => second == Some(Kind::Name) || is_method(tokens),
        _ => false,
    }
}

fn is_method(tokens: &[Token]) -> bool {
    let close = tokens.iter().position(|t| t.kind == Kind::RParen);
    close.is_some_and(|at| {
        let next = |n: usize| tokens.get(at + n).map(|t| t.kind);
        next(1) == Some(Kind::Name) && next(2) == Some(Kind::LParen)
    })
}

//! Whole texts: Go files, scripts, and function bodies parsed on their own.

use super::super::pragma::{Before, clear_pragmas, take_pragmas};
use super::super::state::{advance, at, bump, got, peek, syntax_error, want};
use super::super::token::{Kind, KindSet};
use super::primary::in_function;
use super::{Grammar, In, Parsed, Production, by_hand, list, name};
use crate::ast::*;
use crate::source::Span;
use std::rc::Rc;

const DECLARATIONS: KindSet =
    KindSet::of(&[Kind::Import, Kind::Const, Kind::Type, Kind::Var, Kind::Func]);

pub(super) fn source_file(g: &Grammar) -> impl Production<File> {
    let g = g.clone();
    by_hand(move |inp| {
        let mut file = File {
            span: Span::NONE,
            package: None,
            imports: Vec::new(),
            items: Vec::new(),
            directives: Vec::new(),
            misplaced: Vec::new(),
            broken: false,
        };
        match at(inp) {
            Kind::Package => go_file(inp, &g, &mut file)?,
            _ => script(inp, &g, &mut file)?,
        }
        inp.skip(); // the end
        Ok(file)
    })
}

fn go_file(inp: &mut In<'_>, g: &Grammar, file: &mut File) -> Parsed<()> {
    bump(inp);
    take_pragmas(inp, Before::Package);
    file.package = Some(name(inp));
    want(inp, Kind::Semi);
    let next = peek(inp).lo;
    if inp.state().diags.iter().any(|d| d.span.lo.0 <= next) {
        // Nothing sensible can follow a broken package clause.
        inp.state().diags.retain(|d| d.span.lo.0 <= next);
        advance(inp, KindSet::of(&[Kind::Eof]));
    }
    let mut prev = Kind::Import;
    while at(inp) != Kind::Eof {
        let kind = at(inp);
        if kind == Kind::Import && prev != Kind::Import {
            syntax_error(inp, "imports must appear before other declarations");
        }
        prev = kind;
        if !declaration(inp, g, file)? {
            let dangling =
                matches!(file.items.last(), Some(Item::Decl(Decl::Func(f))) if f.body.is_none());
            syntax_error(
                inp,
                match kind {
                    Kind::LBrace if dangling => "unexpected semicolon or newline before {",
                    _ => "non-declaration statement outside function body",
                },
            );
            advance(inp, DECLARATIONS);
            continue;
        }
        clear_pragmas(inp);
        if at(inp) != Kind::Eof && !got(inp, Kind::Semi) {
            syntax_error(inp, "after top level declaration");
            advance(inp, DECLARATIONS);
        }
    }
    clear_pragmas(inp);
    Ok(())
}

/// A top-level declaration; false if none starts here.
fn declaration(inp: &mut In<'_>, g: &Grammar, file: &mut File) -> Parsed<bool> {
    let decl = match at(inp) {
        Kind::Import => {
            imports(inp, g, &mut file.imports)?;
            return Ok(true);
        }
        Kind::Const => inp.parse(&g.const_decl)?,
        Kind::Type => inp.parse(&g.type_decl)?,
        Kind::Var => inp.parse(&g.var_decl)?,
        Kind::Func => Decl::Func(Rc::new(inp.parse(&g.func_decl)?)),
        _ => return Ok(false),
    };
    file.items.push(Item::Decl(decl));
    Ok(true)
}

/// `ImportDecl = "import" ( ImportSpec | "(" { ImportSpec ";" } ")" ) .`
fn imports(inp: &mut In<'_>, g: &Grammar, into: &mut Vec<ImportSpec>) -> Parsed<()> {
    bump(inp);
    if at(inp) == Kind::LParen {
        clear_pragmas(inp);
    }
    if !got(inp, Kind::LParen) {
        into.extend(inp.parse(&g.import_spec)?);
        return Ok(());
    }
    list(
        inp,
        "grouped declaration",
        Kind::Semi,
        Kind::RParen,
        |inp| {
            into.extend(inp.parse(&g.import_spec)?);
            Ok(false)
        },
    )?;
    Ok(())
}

/// A file without package clause: declarations and statements in any order.
fn script(inp: &mut In<'_>, g: &Grammar, file: &mut File) -> Parsed<()> {
    use Kind::*;
    const FOLLOW: KindSet = KindSet::of(&[Semi, Import, Func]);
    while at(inp) != Eof {
        if got(inp, Semi) {
            continue;
        }
        let declares = match at(inp) {
            Func => declares_function(inp),
            _ => true,
        };
        let done = declares && declaration(inp, g, file)? || top_level_stmt(inp, g, file)?;
        if !done {
            let message = if at(inp) == Package {
                "package statement must be first"
            } else {
                "expected statement"
            };
            syntax_error(inp, message);
            bump(inp);
            advance_in_function(inp, FOLLOW);
        } else if at(inp) != Eof && !got(inp, Semi) {
            syntax_error(inp, "at end of statement");
            advance_in_function(inp, FOLLOW);
            got(inp, Semi);
        }
    }
    Ok(())
}

fn top_level_stmt(inp: &mut In<'_>, g: &Grammar, file: &mut File) -> Parsed<bool> {
    let outer = std::mem::replace(&mut inp.state().in_func, true);
    let stmt = inp.parse(&g.statement);
    inp.state().in_func = outer;
    let stmt = stmt?;
    let found = stmt.is_some();
    file.items
        .extend(stmt.map(|stmt| Item::Stmt(Rc::new(stmt))));
    Ok(found)
}

fn advance_in_function(inp: &mut In<'_>, follow: KindSet) {
    let outer = std::mem::replace(&mut inp.state().in_func, true);
    advance(inp, follow);
    inp.state().in_func = outer;
}

/// Whether the `func` at hand declares a function or method, rather than starting a statement with a function literal: a name
/// follows it, or a receiver and a name that parameters or type parameters follow.
fn declares_function(inp: &mut In<'_>) -> bool {
    let start = inp.save();
    bump(inp);
    let mut declares = at(inp) == Kind::Name || at(inp) != Kind::LParen;
    if at(inp) == Kind::LParen {
        skip_brackets(inp);
        if got(inp, Kind::Name) {
            if at(inp) == Kind::LBrack {
                skip_brackets(inp);
            }
            declares = at(inp) == Kind::LParen;
        }
    }
    inp.rewind(start);
    declares
}

/// Skips a bracketed group.
fn skip_brackets(inp: &mut In<'_>) {
    let mut depth = 0usize;
    loop {
        match at(inp) {
            Kind::LParen | Kind::LBrack | Kind::LBrace => depth += 1,
            Kind::RParen | Kind::RBrack | Kind::RBrace => depth -= 1,
            Kind::Eof => return,
            _ => {}
        }
        inp.skip();
        if depth == 0 {
            return;
        }
    }
}

pub(super) fn function_body(g: &Grammar) -> impl Production<BlockStmt> {
    let g = g.clone();
    by_hand(move |inp| {
        let block = in_function(inp, &g)?;
        while at(inp) != Kind::Eof {
            bump(inp);
        }
        inp.skip(); // the end
        Ok(block)
    })
}

//! Statements with a header: if, for, switch, and select.

use super::super::print::{emphasized, expr_string};
use super::super::state::{
    advance, at, bump, got, nested, peek, pos, syntax_error, syntax_error_at, want,
};
use super::super::token::{Kind, KindSet, Token};
use super::stmt::{RangeClause, Simple, block_after, simple_stmt, stmt};
use super::{Grammar, In, Parsed, Production, bad, by_hand};
use crate::ast::*;
use crate::source::{Pos, Span};

/// What stands between a keyword and its block.
#[derive(Default)]
struct Header {
    init: Option<Stmt>,
    cond: Option<Expr>,
    /// A type switch's guard: the bound name and `x` of `x.(type)`.
    guard: Option<(Option<Ident>, Expr)>,
    post: Option<Stmt>,
    range: Option<RangeClause>,
}

/// A simple statement and its extent.
type Placed = (Span, Simple);

/// The header of the statement whose keyword is at hand. Inside it a `{` opens the block.
fn header(inp: &mut In<'_>, g: &Grammar) -> Parsed<Header> {
    let keyword = bump(inp);
    let mut header = Header::default();
    if at(inp) == Kind::LBrace {
        if keyword.kind == Kind::If {
            syntax_error(inp, "missing condition in if statement");
        }
    } else {
        let outer = std::mem::replace(&mut inp.state().nest, -1);
        let result = clauses(inp, g, keyword, &mut header);
        inp.state().nest = outer;
        result?;
    }
    if header.cond.is_none() && keyword.kind == Kind::If {
        header.cond = Some(bad(inp));
    }
    Ok(header)
}

fn clauses(inp: &mut In<'_>, g: &Grammar, keyword: Token, header: &mut Header) -> Parsed<()> {
    let placed = |inp: &mut In<'_>, context| -> Parsed<Placed> {
        let lo = peek(inp).lo;
        let simple = simple_stmt(inp, g, None, context)?;
        Ok((inp.state().span_from(lo), simple))
    };
    let mut init = None;
    if at(inp) != Kind::Semi {
        if got(inp, Kind::Var) {
            let word = inp.state().text(keyword).to_string();
            syntax_error(
                inp,
                &format!("var declaration not allowed in {word} initializer"),
            );
        }
        match placed(inp, Some(keyword.kind))? {
            (_, Simple::Range(range)) => {
                header.range = Some(range);
                return Ok(());
            }
            other => init = Some(other),
        }
    }
    if at(inp) == Kind::LBrace {
        return condition(inp, keyword, None, init, header);
    }
    let semi = separator(inp);
    header.init = init.map(|(span, simple)| place(inp, span, simple));
    let mut cond = None;
    if keyword.kind == Kind::For {
        if at(inp) == Kind::LBrace {
            syntax_error(inp, "expected for loop condition");
            return Ok(());
        }
        if at(inp) != Kind::Semi {
            cond = Some(placed(inp, None)?);
        }
        want(inp, Kind::Semi);
        if at(inp) != Kind::LBrace {
            let (span, simple) = placed(inp, None)?;
            header.post = Some(post_stmt(inp, span, simple));
        }
    } else if at(inp) != Kind::LBrace {
        cond = Some(placed(inp, Some(keyword.kind))?);
    }
    condition(inp, keyword, semi, cond, header)
}

/// The semicolon after the init statement, or a complaint that the block is missing.
fn separator(inp: &mut In<'_>) -> Option<Token> {
    if at(inp) == Kind::Semi {
        return Some(bump(inp));
    }
    want(inp, Kind::LBrace);
    if at(inp) != Kind::LBrace {
        advance(inp, KindSet::of(&[Kind::LBrace, Kind::RBrace]));
    }
    None
}

/// The node of a simple statement parsed earlier.
fn place(inp: &mut In<'_>, span: Span, simple: Simple) -> Stmt {
    Stmt {
        id: inp.state().fresh(),
        span,
        kind: simple.into_kind(),
    }
}

fn post_stmt(inp: &mut In<'_>, span: Span, simple: Simple) -> Stmt {
    let post = place(inp, span, simple);
    if let StmtKind::Assign(AssignStmt {
        op: AssignOp::Define,
        op_pos,
        ..
    }) = &post.kind
    {
        let at = Span::new(op_pos.0, op_pos.0 + 2);
        syntax_error_at(inp, at, "cannot declare in post statement of for loop");
    }
    post
}

/// Makes the condition, the tag or the guard out of the statement that stands in its place.
fn condition(
    inp: &mut In<'_>,
    keyword: Token,
    semi: Option<Token>,
    cond: Option<Placed>,
    header: &mut Header,
) -> Parsed<()> {
    match cond {
        None => {
            if let (Kind::If, Some(semi)) = (keyword.kind, semi) {
                missing_condition(inp, semi);
            }
        }
        Some((_, Simple::Plain(StmtKind::Expr(x)))) => match x.kind {
            ExprKind::TypeAssert(x, None) if keyword.kind == Kind::Switch => {
                header.guard = Some((None, x.into_inner()))
            }
            _ => header.cond = Some(x),
        },
        Some((_, Simple::Guard(bind, op_pos, x))) => match x.kind {
            ExprKind::TypeAssert(x, _) => header.guard = Some((Some(bind), x.into_inner())),
            kind => {
                header.cond = Some(Expr {
                    span: Span {
                        lo: op_pos,
                        ..x.span
                    },
                    kind,
                    ..x
                })
            }
        },
        Some((span, simple)) => {
            let kind = simple.into_kind();
            let (at, what) = describe(span, &kind);
            syntax_error_at(
                inp,
                Span { lo: at, hi: at },
                &format!("cannot use {what} as value"),
            );
            header.cond = Some(bad(inp));
        }
    }
    Ok(())
}

fn missing_condition(inp: &mut In<'_>, semi: Token) {
    let at = Span::new(semi.lo, semi.hi);
    match inp.state().text(semi).as_bytes().first() {
        Some(b';') => syntax_error_at(inp, at, "missing condition in if statement"),
        Some(_) => syntax_error_at(inp, at, "unexpected newline, expected { after if clause"),
        None => syntax_error_at(inp, at, "unexpected EOF, expected { after if clause"),
    }
}

/// Where gc says a statement is, and how it prints it.
fn describe(span: Span, kind: &StmtKind) -> (Pos, String) {
    let list = |list: &[Expr]| list.iter().map(expr_string).collect::<Vec<_>>().join(", ");
    match kind {
        StmtKind::Assign(AssignStmt {
            lhs,
            op,
            op_pos,
            rhs,
        }) => {
            let text = match op {
                AssignOp::Assign => match (&lhs[..], &rhs[..]) {
                    ([x], [y]) => format!("assignment {} = {}", emphasized(x), emphasized(y)),
                    _ => format!("assignment {} = {}", list(lhs), list(rhs)),
                },
                AssignOp::Define => format!("{} := {}", list(lhs), list(rhs)),
                AssignOp::Op(op) => format!("{} {}= {}", list(lhs), op.as_str(), list(rhs)),
            };
            (*op_pos, text)
        }
        StmtKind::Send(ch, arrow, value) => (
            *arrow,
            format!("{} <- {}", expr_string(ch), expr_string(value)),
        ),
        StmtKind::IncDec(x, up) => (
            Pos(span.hi.0 - 2),
            format!("{}{}", expr_string(x), if *up { "++" } else { "--" }),
        ),
        _ => (span.lo, "statement".to_string()),
    }
}

pub(super) fn if_stmt(g: &Grammar) -> impl Production<StmtKind> {
    let g = g.clone();
    by_hand(move |inp| {
        let Header { init, cond, .. } = header(inp, &g)?;
        let cond = match cond {
            Some(cond) => cond,
            None => bad(inp),
        };
        let then = block_after(inp, &g, "if clause")?;
        let els = match got(inp, Kind::Else) {
            true => nested(inp, |inp| else_branch(inp, &g))?,
            false => None,
        };
        Ok(StmtKind::If(P::new(IfStmt {
            init,
            cond,
            then,
            els,
        })))
    })
}

fn else_branch(inp: &mut In<'_>, g: &Grammar) -> Parsed<Option<Stmt>> {
    let lo = peek(inp).lo;
    let kind = match at(inp) {
        Kind::If => inp.parse(&g.if_stmt)?,
        Kind::LBrace => StmtKind::Block(inp.parse(&g.block)?),
        _ => {
            syntax_error(inp, "else must be followed by if or statement block");
            advance(inp, KindSet::of(&[Kind::Name, Kind::RBrace]));
            return Ok(None);
        }
    };
    Ok(Some(stmt(inp, lo, kind)))
}

pub(super) fn for_stmt(g: &Grammar) -> impl Production<StmtKind> {
    let g = g.clone();
    by_hand(move |inp| {
        let Header {
            init,
            cond,
            post,
            range,
            ..
        } = header(inp, &g)?;
        let body = block_after(inp, &g, "for clause")?;
        let Some(RangeClause {
            lhs,
            define,
            range_pos,
            x,
        }) = range
        else {
            return Ok(StmtKind::For(P::new(ForStmt {
                init,
                cond,
                post,
                body,
            })));
        };
        let mut lhs = lhs.into_iter();
        let (key, value) = (lhs.next(), lhs.next());
        let extra = lhs.next().map(|e| e.span);
        Ok(StmtKind::Range(P::new(RangeStmt {
            key,
            value,
            extra,
            define,
            x,
            range_pos,
            body,
        })))
    })
}

/// `{` clauses `}` of a switch or select, and the braces' extent.
fn clause_block<C>(
    inp: &mut In<'_>,
    what: &str,
    mut clause: impl FnMut(&mut In<'_>) -> Parsed<C>,
) -> Parsed<(Vec<C>, Span)> {
    let lo = pos(inp);
    if !got(inp, Kind::LBrace) {
        syntax_error(inp, &format!("missing {{ after {what} clause"));
        advance(inp, KindSet::of(&[Kind::Case, Kind::Default, Kind::RBrace]));
    }
    let mut clauses = Vec::new();
    while !matches!(at(inp), Kind::Eof | Kind::RBrace) {
        clauses.push(clause(inp)?);
    }
    want(inp, Kind::RBrace);
    Ok((clauses, inp.state().span_from(lo.0)))
}

pub(super) fn switch_stmt(g: &Grammar) -> impl Production<StmtKind> {
    let g = g.clone();
    by_hand(move |inp| {
        let Header {
            init, cond, guard, ..
        } = header(inp, &g)?;
        let (clauses, braces) = clause_block(inp, "switch", |inp| inp.parse(&g.case_clause))?;
        Ok(match guard {
            Some((bind, x)) => StmtKind::TypeSwitch(P::new(TypeSwitchStmt {
                init,
                bind,
                x,
                clauses,
                braces,
            })),
            None => StmtKind::Switch(P::new(SwitchStmt {
                init,
                tag: cond,
                clauses,
                braces,
            })),
        })
    })
}

/// `default`, or a complaint that no clause starts here; whether it was `default`.
fn default_case(inp: &mut In<'_>) -> bool {
    use Kind::*;
    const FOLLOW: KindSet = KindSet::of(&[Colon, Case, Default, RBrace]);
    let is_default = got(inp, Default);
    if !is_default {
        syntax_error(inp, "expected case or default or }");
        advance(inp, FOLLOW);
    }
    is_default
}

pub(super) fn case_clause(g: &Grammar) -> impl Production<CaseClause> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        let (mut exprs, mut is_default) = (Vec::new(), false);
        match got(inp, Kind::Case) {
            true => exprs = inp.parse(&g.expression_list)?,
            false => is_default = default_case(inp),
        }
        let colon = pos(inp);
        want(inp, Kind::Colon);
        let body = inp.parse(&g.statement_list)?;
        let s = inp.state();
        Ok(CaseClause {
            id: s.fresh(),
            span: s.span_from(lo),
            exprs,
            is_default,
            colon,
            body,
        })
    })
}

pub(super) fn select_stmt(g: &Grammar) -> impl Production<StmtKind> {
    let g = g.clone();
    by_hand(move |inp| {
        bump(inp);
        let (clauses, braces) = clause_block(inp, "select", |inp| inp.parse(&g.comm_clause))?;
        Ok(StmtKind::Select(SelectStmt { clauses, braces }))
    })
}

pub(super) fn comm_clause(g: &Grammar) -> impl Production<CommClause> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        let mut comm = None;
        if got(inp, Kind::Case) {
            let lo = peek(inp).lo;
            let kind = simple_stmt(inp, &g, None, None)?.into_kind();
            comm = Some(P::new(stmt(inp, lo, kind)));
        } else {
            default_case(inp);
        }
        let colon = pos(inp);
        want(inp, Kind::Colon);
        let body = inp.parse(&g.statement_list)?;
        let s = inp.state();
        Ok(CommClause {
            id: s.fresh(),
            span: s.span_from(lo),
            comm,
            colon,
            body,
        })
    })
}

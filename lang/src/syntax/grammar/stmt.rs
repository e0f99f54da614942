//! Simple statements, blocks and everything that is no control flow with a header.

use super::super::pragma::clear_pragmas;
use super::super::state::{
    advance, at, got, nested, peek, pos, syntax_error, syntax_error_at, want,
};
use super::super::token::{Kind, KindSet};
use super::primary::primary_tail;
use super::{Grammar, In, Parsed, Production, by_hand, name, tok};
use crate::ast::*;
use crate::diag::Code;
use crate::source::{Pos, Span};
use chumsky::prelude::*;

pub(super) fn statement_list(g: &Grammar) -> impl Production<Vec<Stmt>> {
    use Kind::*;
    const FOLLOW: KindSet = KindSet::of(&[Semi, RBrace, Case, Default]);
    let g = g.clone();
    by_hand(move |inp| {
        let mut list = Vec::new();
        while !matches!(at(inp), Eof | RBrace | Case | Default) {
            if !matches!(at(inp), Var | Const | Type) {
                clear_pragmas(inp);
            }
            let stmt = inp.parse(&g.statement)?;
            clear_pragmas(inp);
            let Some(stmt) = stmt else { break };
            list.push(stmt);
            if !got(inp, Semi) && at(inp) != RBrace {
                syntax_error(inp, "at end of statement");
                advance(inp, FOLLOW);
                got(inp, Semi);
            }
        }
        Ok(list)
    })
}

pub(super) fn statement(g: &Grammar) -> impl Production<Option<Stmt>> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        let kind = nested(inp, |inp| statement_kind(inp, &g))?;
        Ok(kind.map(|kind| stmt(inp, lo, kind)))
    })
}

/// A statement node from `lo` to the token consumed last.
pub(super) fn stmt(inp: &mut In<'_>, lo: u32, kind: StmtKind) -> Stmt {
    let s = inp.state();
    Stmt {
        id: s.fresh(),
        span: s.span_from(lo),
        kind,
    }
}

fn statement_kind(inp: &mut In<'_>, g: &Grammar) -> Parsed<Option<StmtKind>> {
    Ok(Some(match at(inp) {
        Kind::Name => {
            let lhs = inp.parse(&g.expression_list)?;
            if at(inp) == Kind::Colon
                && let [
                    Expr {
                        kind: ExprKind::Ident(label),
                        ..
                    },
                ] = lhs[..]
            {
                return labeled(inp, g, label);
            }
            simple_stmt(inp, g, Some(lhs), None)?.into_kind()
        }
        Kind::Var => StmtKind::Decl(inp.parse(&g.var_decl)?),
        Kind::Const => StmtKind::Decl(inp.parse(&g.const_decl)?),
        Kind::Type => StmtKind::Decl(inp.parse(&g.type_decl)?),
        Kind::LBrace => StmtKind::Block(inp.parse(&g.block)?),
        Kind::For => inp.parse(&g.for_stmt)?,
        Kind::Switch => inp.parse(&g.switch_stmt)?,
        Kind::Select => inp.parse(&g.select_stmt)?,
        Kind::If => inp.parse(&g.if_stmt)?,
        Kind::Break | Kind::Continue | Kind::Goto | Kind::Fallthrough => {
            inp.parse(&g.branch_stmt)?
        }
        Kind::Go | Kind::Defer => inp.parse(&g.go_stmt)?,
        Kind::Return => inp.parse(&g.return_stmt)?,
        Kind::Semi => StmtKind::Empty,
        kind if starts_simple(kind) => simple_stmt(inp, g, None, None)?.into_kind(),
        _ => return Ok(None),
    }))
}

/// Whether a simple statement can start with the token (other than a name).
fn starts_simple(kind: Kind) -> bool {
    use Kind::*;
    kind.is_literal()
        || matches!(
            kind,
            Func | LParen | LBrack | Struct | Map | Chan | Interface | Arrow
        )
        || matches!(kind, Add | Sub | Star | And | Xor | Not)
}

/// `LabeledStmt = Label ":" Statement .` after the label.
fn labeled(inp: &mut In<'_>, g: &Grammar, label: Ident) -> Parsed<Option<StmtKind>> {
    let colon = peek(inp);
    want(inp, Kind::Colon);
    let lo = peek(inp).lo;
    if at(inp) == Kind::RBrace {
        let empty = stmt(inp, lo, StmtKind::Empty);
        return Ok(Some(StmtKind::Labeled(label, P::new(empty))));
    }
    let body = inp.parse(&g.statement)?;
    if body.is_none() {
        syntax_error_at(
            inp,
            Span::new(colon.lo, colon.hi),
            "missing statement after label",
        );
    }
    Ok(body.map(|body| StmtKind::Labeled(label, P::new(body))))
}

/// What a simple statement turned out to be.
pub(super) enum Simple {
    /// A statement of its own.
    Plain(StmtKind),
    /// `x := y.(type)` in a switch header: the name, the operator's position, and `y.(type)`.
    Guard(Ident, Pos, Expr),
    /// `k, v := range x` in a for header.
    Range(RangeClause),
}

/// A for statement's range clause.
pub(super) struct RangeClause {
    pub(super) lhs: Vec<Expr>,
    pub(super) define: bool,
    pub(super) range_pos: Pos,
    pub(super) x: Expr,
}

impl Simple {
    /// As a statement outside the header that the special forms belong to.
    pub(super) fn into_kind(self) -> StmtKind {
        match self {
            Simple::Plain(kind) => kind,
            Simple::Guard(name, op_pos, x) => {
                let lhs = vec![super::name_expr(name)];
                StmtKind::Assign(AssignStmt {
                    lhs,
                    op: AssignOp::Define,
                    op_pos,
                    rhs: vec![x],
                })
            }
            Simple::Range(_) => StmtKind::Bad,
        }
    }
}

/// The operator of an `op=` token.
#[rustfmt::skip]
fn assign_op(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::AddAssign => BinaryOp::Add, Kind::SubAssign => BinaryOp::Sub,
        Kind::OrAssign => BinaryOp::Or, Kind::XorAssign => BinaryOp::Xor,
        Kind::MulAssign => BinaryOp::Mul, Kind::DivAssign => BinaryOp::Div, Kind::RemAssign => BinaryOp::Rem,
        Kind::ShlAssign => BinaryOp::Shl, Kind::ShrAssign => BinaryOp::Shr,
        Kind::AndAssign => BinaryOp::And, Kind::AndNotAssign => BinaryOp::AndNot,
        _ => return None,
    })
}

/// `SimpleStmt = ExpressionStmt | SendStmt | IncDecStmt | Assignment | ShortVarDecl .` The left-hand side may have been
/// consumed already; `header` is the keyword of the statement in whose header it stands.
pub(super) fn simple_stmt(
    inp: &mut In<'_>,
    g: &Grammar,
    lhs: Option<Vec<Expr>>,
    header: Option<Kind>,
) -> Parsed<Simple> {
    if header == Some(Kind::For) && at(inp) == Kind::Range {
        return range_clause(inp, g, Vec::new(), false).map(Simple::Range);
    }
    let mut lhs = match lhs {
        Some(lhs) => lhs,
        None => inp.parse(&g.expression_list)?,
    };
    let t = peek(inp);
    if matches!(t.kind, Kind::Assign | Kind::Define) {
        inp.skip();
        return assignment(inp, g, lhs, t.kind == Kind::Define, Pos(t.lo), header);
    }
    if lhs.len() > 1 {
        syntax_error(inp, "expected := or = or comma");
        advance(inp, KindSet::of(&[Kind::Semi, Kind::RBrace]));
        return Ok(Simple::Plain(StmtKind::Expr(lhs.swap_remove(0))));
    }
    let Some(x) = lhs.pop() else {
        return Ok(Simple::Plain(StmtKind::Bad));
    };
    single_operand(inp, g, x).map(Simple::Plain)
}

/// A simple statement that has one expression on its left and no `=` or `:=` behind it.
fn single_operand(inp: &mut In<'_>, g: &Grammar, x: Expr) -> Parsed<StmtKind> {
    let t = peek(inp);
    Ok(match t.kind {
        Kind::Inc | Kind::Dec => {
            inp.skip();
            StmtKind::IncDec(x, t.kind == Kind::Inc)
        }
        Kind::Arrow => {
            inp.skip();
            StmtKind::Send(x, Pos(t.lo), inp.parse(&g.expression)?)
        }
        kind => match assign_op(kind) {
            Some(op) => {
                inp.skip();
                let rhs = vec![inp.parse(&g.expression)?];
                StmtKind::Assign(AssignStmt {
                    lhs: vec![x],
                    op: AssignOp::Op(op),
                    op_pos: Pos(t.lo),
                    rhs,
                })
            }
            None => StmtKind::Expr(x),
        },
    })
}

/// `=` or `:=` and what follows it.
fn assignment(
    inp: &mut In<'_>,
    g: &Grammar,
    lhs: Vec<Expr>,
    define: bool,
    op_pos: Pos,
    header: Option<Kind>,
) -> Parsed<Simple> {
    if header == Some(Kind::For) && at(inp) == Kind::Range {
        return range_clause(inp, g, lhs, define).map(Simple::Range);
    }
    let mut rhs = inp.parse(&g.expression_list)?;
    if define
        && header == Some(Kind::Switch)
        && let [
            Expr {
                kind: ExprKind::TypeAssert(_, None),
                ..
            },
        ] = rhs[..]
        && let [
            Expr {
                kind: ExprKind::Ident(name),
                ..
            },
        ] = lhs[..]
        && let Some(x) = rhs.pop()
    {
        return Ok(Simple::Guard(name, op_pos, x));
    }
    let op = if define {
        AssignOp::Define
    } else {
        AssignOp::Assign
    };
    Ok(Simple::Plain(StmtKind::Assign(AssignStmt {
        lhs,
        op,
        op_pos,
        rhs,
    })))
}

fn range_clause(
    inp: &mut In<'_>,
    g: &Grammar,
    lhs: Vec<Expr>,
    define: bool,
) -> Parsed<RangeClause> {
    let range_pos = pos(inp);
    inp.skip();
    let x = inp.parse(&g.expression)?;
    Ok(RangeClause {
        lhs,
        define,
        range_pos,
        x,
    })
}

pub(super) fn block(g: &Grammar) -> impl Production<BlockStmt> {
    let g = g.clone();
    by_hand(move |inp| block_after(inp, &g, ""))
}

/// A block that must follow `what`.
pub(super) fn block_after(inp: &mut In<'_>, g: &Grammar, what: &str) -> Parsed<BlockStmt> {
    let lo = peek(inp).lo;
    if !got(inp, Kind::LBrace) {
        syntax_error(inp, &format!("expected {{ after {what}"));
        advance(inp, KindSet::of(&[Kind::Name, Kind::RBrace]));
        if got(inp, Kind::RBrace) {
            return Ok(BlockStmt {
                span: inp.state().span_from(lo),
                stmts: Vec::new(),
            });
        }
    }
    let stmts = inp.parse(&g.statement_list)?;
    want(inp, Kind::RBrace);
    Ok(BlockStmt {
        span: inp.state().span_from(lo),
        stmts,
    })
}

pub(super) fn return_stmt(g: &Grammar) -> impl Production<StmtKind> {
    let nothing = any()
        .filter(|t: &super::Token| matches!(t.kind, Kind::Semi | Kind::RBrace))
        .rewind();
    let results = nothing.map(|_| Vec::new()).or(g.expression_list.clone());
    tok(Kind::Return).ignore_then(results).map(StmtKind::Return)
}

pub(super) fn branch_stmt(_: &Grammar) -> impl Production<StmtKind> {
    let label = tok(Kind::Name).map_with(|t, extra| {
        let s: &mut super::State = extra.state();
        Ident {
            id: s.fresh(),
            span: Span::new(t.lo, t.hi),
            name: crate::symbol::Symbol::new(s.text(t)),
        }
    });
    let plain = tok(Kind::Break)
        .to(BranchKind::Break)
        .or(tok(Kind::Continue).to(BranchKind::Continue));
    let plain = plain.then(label.or_not());
    let goto = tok(Kind::Goto)
        .to(BranchKind::Goto)
        .then(by_hand(|inp| Ok(Some(name(inp)))));
    let fallthrough = tok(Kind::Fallthrough).to((BranchKind::Fallthrough, None));
    plain
        .or(goto)
        .or(fallthrough)
        .map(|(kind, label)| StmtKind::Branch(kind, label))
}

pub(super) fn go_stmt(g: &Grammar) -> impl Production<StmtKind> {
    let go = tok(Kind::Go).ignore_then(called(g, "go")).map(StmtKind::Go);
    let defer = tok(Kind::Defer)
        .ignore_then(called(g, "defer"))
        .map(StmtKind::Defer);
    go.or(defer)
}

/// What `go` and `defer` call: a primary expression without parentheses around it.
fn called(g: &Grammar, keyword: &'static str) -> impl Production<Expr> + use<> {
    let g = g.clone();
    by_hand(move |inp| {
        let mut x = inp.parse(&g.operand)?;
        x = primary_tail(inp, &g, x)?;
        if let ExprKind::Paren(_) = x.kind {
            let message = format!("expression in {keyword} must not be parenthesized");
            inp.state().error(Code::InvalidSyntaxTree, x.span, message);
        }
        while let ExprKind::Paren(inner) = x.kind {
            x = inner.into_inner();
        }
        Ok(x)
    })
}

//! Expressions: binary and unary operators.

use super::super::state::{at, got, nested, peek};
use super::super::token::Kind;
use super::types::receive_type;
use super::{Grammar, In, Parsed, Production, by_hand, node};
use crate::ast::*;
use crate::source::Pos;

pub(super) fn expression(g: &Grammar) -> impl Production<Expr> {
    let g = g.clone();
    by_hand(move |inp| {
        let x = inp.parse(&g.unary_expr)?;
        binary_tail(inp, &g, x, 0)
    })
}

pub(super) fn expression_list(g: &Grammar) -> impl Production<Vec<Expr>> {
    let g = g.clone();
    by_hand(move |inp| {
        let mut list = vec![inp.parse(&g.expression)?];
        while got(inp, Kind::Comma) {
            list.push(inp.parse(&g.expression)?);
        }
        Ok(list)
    })
}

/// The binary operator a token is.
#[rustfmt::skip]
pub(super) fn binary_op(kind: Kind) -> Option<BinaryOp> {
    Some(match kind {
        Kind::LOr => BinaryOp::LOr, Kind::LAnd => BinaryOp::LAnd,
        Kind::Eq => BinaryOp::Eq, Kind::Ne => BinaryOp::Ne,
        Kind::Lt => BinaryOp::Lt, Kind::Le => BinaryOp::Le,
        Kind::Gt => BinaryOp::Gt, Kind::Ge => BinaryOp::Ge,
        Kind::Add => BinaryOp::Add, Kind::Sub => BinaryOp::Sub,
        Kind::Or => BinaryOp::Or, Kind::Xor => BinaryOp::Xor,
        Kind::Star => BinaryOp::Mul, Kind::Div => BinaryOp::Div, Kind::Rem => BinaryOp::Rem,
        Kind::Shl => BinaryOp::Shl, Kind::Shr => BinaryOp::Shr,
        Kind::And => BinaryOp::And, Kind::AndNot => BinaryOp::AndNot,
        _ => return None,
    })
}

/// The operators after operand `x` that bind more strongly than `prec`. Left-associative chains of any length are a loop; the
/// recursion is one level per precedence.
pub(super) fn binary_tail(inp: &mut In<'_>, g: &Grammar, mut x: Expr, prec: u8) -> Parsed<Expr> {
    loop {
        let t = peek(inp);
        let Some(op) = binary_op(t.kind).filter(|op| op.precedence() > prec) else {
            return Ok(x);
        };
        inp.skip();
        let y = inp.parse(&g.unary_expr)?;
        let y = binary_tail(inp, g, y, op.precedence())?;
        let lo = x.span.lo.0;
        x = node(
            inp,
            lo,
            ExprKind::Binary(op, Pos(t.lo), P::new(x), P::new(y)),
        );
    }
}

/// The unary operator a token is, other than `*` and `<-`.
fn unary_op(kind: Kind) -> Option<UnaryOp> {
    Some(match kind {
        Kind::Add => UnaryOp::Plus,
        Kind::Sub => UnaryOp::Neg,
        Kind::Not => UnaryOp::Not,
        Kind::Xor => UnaryOp::Xor,
        Kind::And => UnaryOp::Addr,
        Kind::Tilde => UnaryOp::Tilde,
        _ => return None,
    })
}

pub(super) fn unary_expr(g: &Grammar) -> impl Production<Expr> {
    let g = g.clone();
    by_hand(move |inp| {
        nested(inp, |inp| match at(inp) {
            Kind::Arrow => receive(inp, &g),
            Kind::Star => {
                let lo = peek(inp).lo;
                inp.skip();
                let x = inp.parse(&g.unary_expr)?;
                Ok(node(inp, lo, ExprKind::Star(P::new(x))))
            }
            kind => match unary_op(kind) {
                Some(op) => {
                    let lo = peek(inp).lo;
                    inp.skip();
                    let x = inp.parse(&g.unary_expr)?;
                    Ok(node(inp, lo, ExprKind::Unary(op, P::new(x))))
                }
                None => inp.parse(&g.primary_expr),
            },
        })
    })
}

/// `<-x`, or the channel type `<-chan E` (which shows only after what looks like the operand).
fn receive(inp: &mut In<'_>, g: &Grammar) -> Parsed<Expr> {
    let lo = peek(inp).lo;
    inp.skip();
    let x = inp.parse(&g.unary_expr)?;
    if matches!(x.kind, ExprKind::ChanType(..)) {
        return Ok(receive_type(inp, lo, x));
    }
    Ok(node(inp, lo, ExprKind::Unary(UnaryOp::Recv, P::new(x))))
}

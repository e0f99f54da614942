//! Primary expressions: operands and what is applied to them.

use super::super::state::{
    advance, at, bracketed, bump, got, nested, peek, pos, syntax_error, want,
};
use super::super::token::{Kind, KindSet};
use super::element::literal;
use super::types::type_list;
use super::{Grammar, In, Parsed, Production, bad, by_hand, ident, list, name, node};
use crate::ast::*;
use crate::diag::Code;
use crate::source::{Pos, Span};
use std::rc::Rc;

pub(super) fn primary_expr(g: &Grammar) -> impl Production<Expr> {
    let g = g.clone();
    by_hand(move |inp| {
        let x = inp.parse(&g.operand)?;
        primary_tail(inp, &g, x)
    })
}

/// Everything that is applied to the operand `x`.
pub(super) fn primary_tail(inp: &mut In<'_>, g: &Grammar, mut x: Expr) -> Parsed<Expr> {
    loop {
        x = match at(inp) {
            Kind::Dot => selector(inp, g, x)?,
            Kind::LBrack => index_or_slice(inp, g, x)?,
            Kind::LParen => {
                let lo = x.span.lo.0;
                let Arguments {
                    args,
                    ellipsis,
                    rparen,
                } = inp.parse(&g.arguments)?;
                node(
                    inp,
                    lo,
                    ExprKind::Call(CallExpr {
                        fun: P::new(x),
                        args,
                        ellipsis,
                        rparen,
                    }),
                )
            }
            Kind::LBrace if starts_literal(inp, &x) => composite(inp, g, x)?,
            _ => return Ok(x),
        };
    }
}

pub(super) fn operand(g: &Grammar) -> impl Production<Expr> {
    let g = g.clone();
    by_hand(move |inp| {
        let t = peek(inp);
        let kind = match t.kind {
            Kind::Name => {
                inp.skip();
                return Ok(super::name_expr(ident(inp, t)));
            }
            Kind::LParen => {
                inp.skip();
                let x = bracketed(inp, |inp| inp.parse(&g.expression))?;
                want(inp, Kind::RParen);
                ExprKind::Paren(P::new(x))
            }
            Kind::Func => inp.parse(&g.function_lit)?,
            Kind::LBrack | Kind::Chan | Kind::Map | Kind::Struct | Kind::Interface => {
                return inp.parse(&g.type_);
            }
            _ => match literal(inp) {
                Some(_) if t.bad => ExprKind::Bad,
                Some(lit) => ExprKind::BasicLit(lit),
                None => return Ok(no_operand(inp)),
            },
        };
        Ok(node(inp, t.lo, kind))
    })
}

fn no_operand(inp: &mut In<'_>) -> Expr {
    const FOLLOW: KindSet = KindSet::of(&[Kind::RParen, Kind::RBrack, Kind::RBrace]);
    let x = bad(inp);
    syntax_error(inp, "expected expression");
    advance(inp, FOLLOW);
    x
}

/// `.sel`, `.(T)` or `.(type)`
fn selector(inp: &mut In<'_>, g: &Grammar, x: Expr) -> Parsed<Expr> {
    inp.skip();
    let lo = x.span.lo.0;
    let kind = match at(inp) {
        Kind::Name => {
            let sel = name(inp);
            ExprKind::Selector(P::new(x), sel)
        }
        Kind::LParen => {
            inp.skip();
            let ty = match got(inp, Kind::Type) {
                true => None,
                false => Some(P::new(inp.parse(&g.type_)?)),
            };
            want(inp, Kind::RParen);
            ExprKind::TypeAssert(P::new(x), ty)
        }
        _ => {
            syntax_error(inp, "expected name or (");
            advance(inp, KindSet::of(&[Kind::Semi, Kind::RParen]));
            return Ok(x);
        }
    };
    Ok(node(inp, lo, kind))
}

/// `[i]`, `[A, B]`, `[lo:hi]` or `[lo:hi:max]`
fn index_or_slice(inp: &mut In<'_>, g: &Grammar, x: Expr) -> Parsed<Expr> {
    inp.skip();
    let lo = x.span.lo.0;
    let mut low = None;
    if at(inp) != Kind::Colon {
        let (mut indices, comma) = if at(inp) == Kind::RBrack {
            syntax_error(inp, "expected operand");
            (vec![bad(inp)], false)
        } else {
            type_list(inp, g, false)?
        };
        if comma || at(inp) == Kind::RBrack {
            want(inp, Kind::RBrack);
            return Ok(node(inp, lo, ExprKind::Index(P::new(x), indices)));
        }
        low = indices.pop().map(P::new);
    }
    if !got(inp, Kind::Colon) {
        syntax_error(inp, "expected comma, : or ]");
        advance(inp, KindSet::of(&[Kind::Comma, Kind::Colon, Kind::RBrack]));
    }
    let slice = bracketed(inp, |inp| slice_bounds(inp, g, x, low))?;
    want(inp, Kind::RBrack);
    Ok(node(inp, lo, ExprKind::Slice(slice)))
}

/// The bounds after the first colon.
fn slice_bounds(inp: &mut In<'_>, g: &Grammar, x: Expr, lo: Option<P<Expr>>) -> Parsed<SliceExpr> {
    let mut slice = SliceExpr {
        x: P::new(x),
        lo,
        hi: None,
        max: None,
        three: false,
    };
    if !matches!(at(inp), Kind::Colon | Kind::RBrack) {
        slice.hi = Some(P::new(inp.parse(&g.expression)?));
    }
    if at(inp) == Kind::Colon {
        slice.three = true;
        if slice.hi.is_none() {
            slice.hi = Some(missing_bound(inp, "middle index required in 3-index slice"));
        }
        inp.skip();
        slice.max = Some(match at(inp) {
            Kind::RBrack => missing_bound(inp, "final index required in 3-index slice"),
            _ => P::new(inp.parse(&g.expression)?),
        });
    }
    Ok(slice)
}

fn missing_bound(inp: &mut In<'_>, message: &str) -> P<Expr> {
    let t = peek(inp);
    inp.state()
        .error(Code::InvalidSyntaxTree, Span::new(t.lo, t.hi), message);
    P::new(bad(inp))
}

/// Whether the `{` after `x` starts a composite literal of type `x` and not a block.
fn starts_literal(inp: &mut In<'_>, x: &Expr) -> bool {
    let open = inp.state().nest >= 0;
    match &unparen(x).kind {
        ExprKind::Ident(_) | ExprKind::Selector(..) => open,
        ExprKind::Index(..) => open && !is_value(unparen(x)),
        ExprKind::ArrayType(..)
        | ExprKind::SliceType(_)
        | ExprKind::StructType(_)
        | ExprKind::MapType(..) => true,
        _ => false,
    }
}

/// Whether `x` can only be a value, never a type.
fn is_value(x: &Expr) -> bool {
    deep(|| match &x.kind {
        ExprKind::BasicLit(_)
        | ExprKind::CompositeLit(_)
        | ExprKind::FuncLit(_)
        | ExprKind::Slice(_) => true,
        ExprKind::TypeAssert(..)
        | ExprKind::Call(_)
        | ExprKind::Unary(..)
        | ExprKind::Binary(..) => true,
        ExprKind::Paren(x) => is_value(x),
        ExprKind::Index(x, indices) => is_value(x) || indices.len() == 1 && is_value(&indices[0]),
        _ => false,
    })
}

fn composite(inp: &mut In<'_>, g: &Grammar, ty: Expr) -> Parsed<Expr> {
    if matches!(ty.kind, ExprKind::Paren(_)) {
        syntax_error(inp, "cannot parenthesize type in composite literal");
    }
    let lo = ty.span.lo.0;
    let (elements, lbrace, rbrace) = inp.parse(&g.literal_value)?;
    let lit = CompositeLit {
        ty: Some(P::new(ty)),
        elements,
        lbrace,
        rbrace,
    };
    Ok(node(inp, lo, ExprKind::CompositeLit(lit)))
}

pub(super) fn literal_value(g: &Grammar) -> impl Production<(Vec<Element>, Pos, Pos)> {
    let g = g.clone();
    by_hand(move |inp| {
        let lbrace = Pos(bump(inp).lo);
        let mut elements = Vec::new();
        let parse = |inp: &mut In<'_>| {
            list(inp, "composite literal", Kind::Comma, Kind::RBrace, |inp| {
                let (mut key, mut value) = (None, inp.parse(&g.element)?);
                if got(inp, Kind::Colon) {
                    key = Some(std::mem::replace(&mut value, inp.parse(&g.element)?));
                }
                elements.push(Element { key, value });
                Ok(false)
            })
        };
        let rbrace = nested(inp, |inp| bracketed(inp, parse))?;
        Ok((elements, lbrace, rbrace))
    })
}

pub(super) fn element(g: &Grammar) -> impl Production<Expr> {
    let g = g.clone();
    by_hand(move |inp| {
        if at(inp) != Kind::LBrace {
            return inp.parse(&g.expression);
        }
        let lo = peek(inp).lo;
        let (elements, lbrace, rbrace) = inp.parse(&g.literal_value)?;
        Ok(node(
            inp,
            lo,
            ExprKind::CompositeLit(CompositeLit {
                ty: None,
                elements,
                lbrace,
                rbrace,
            }),
        ))
    })
}

pub(super) fn function_lit(g: &Grammar) -> impl Production<ExprKind> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = bump(inp).lo;
        let mut ty = inp.parse(&g.signature)?;
        ty.span.lo = Pos(lo);
        let ty = P::new(ty);
        if at(inp) != Kind::LBrace {
            return Ok(ExprKind::FuncType(ty));
        }
        let body = P::new(bracketed(inp, |inp| in_function(inp, &g))?);
        Ok(ExprKind::FuncLit(Rc::new(FuncLit { ty, body })))
    })
}

/// A function's body.
pub(super) fn in_function(inp: &mut In<'_>, g: &Grammar) -> Parsed<BlockStmt> {
    let outer = std::mem::replace(&mut inp.state().in_func, true);
    let found = inp.state().diags.len();
    let body = inp.parse(&g.block);
    inp.state().in_func = outer;
    let body = body?;
    if inp.state().diags.len() == found {
        inp.state().branches(&body);
    }
    Ok(body)
}

/// A call's arguments.
pub(in crate::syntax) struct Arguments {
    args: Vec<Expr>,
    ellipsis: Option<Pos>,
    rparen: Pos,
}

pub(super) fn arguments(g: &Grammar) -> impl Production<Arguments> {
    let g = g.clone();
    by_hand(move |inp| {
        inp.skip();
        let (mut args, mut ellipsis) = (Vec::new(), None);
        let rparen = bracketed(inp, |inp| {
            list(inp, "argument list", Kind::Comma, Kind::RParen, |inp| {
                args.push(inp.parse(&g.expression)?);
                let dots = pos(inp);
                ellipsis = got(inp, Kind::Ellipsis).then_some(dots);
                Ok(ellipsis.is_some())
            })
        })?;
        Ok(Arguments {
            args,
            ellipsis,
            rparen,
        })
    })
}

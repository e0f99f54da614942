//! Types.

use super::super::print::expr_string;
use super::super::state::{
    advance, at, bracketed, bump, got, nested, peek, skip_one, syntax_error, want,
};
use super::super::token::{Kind, KindSet};
use super::{
    Grammar, In, Parsed, Production, bad, blank, by_hand, expect, ident, name, name_expr, node, tok,
};
use crate::ast::*;
use chumsky::prelude::*;

pub(super) fn opt_type(g: &Grammar) -> impl Production<Option<Expr>> {
    let g = g.clone();
    by_hand(move |inp| nested(inp, |inp| any_type(inp, &g)))
}

fn any_type(inp: &mut In<'_>, g: &Grammar) -> Parsed<Option<Expr>> {
    let t = peek(inp);
    let kind = match t.kind {
        Kind::Name => return inp.parse(&g.type_name).map(Some),
        Kind::Star => inp.parse(&g.pointer_type)?,
        Kind::Arrow | Kind::Chan => inp.parse(&g.chan_type)?,
        Kind::Map => inp.parse(&g.map_type)?,
        Kind::Struct => inp.parse(&g.struct_type)?,
        Kind::Interface => inp.parse(&g.interface_type)?,
        Kind::Func => {
            inp.skip();
            let mut ty = inp.parse(&g.signature)?;
            ty.span.lo.0 = t.lo;
            ExprKind::FuncType(P::new(ty))
        }
        Kind::LBrack => {
            inp.skip();
            match got(inp, Kind::RBrack) {
                true => slice_tail(inp, g)?,
                false => array_tail(inp, g, None)?,
            }
        }
        Kind::LParen => {
            inp.skip();
            let inner = inp.parse(&g.type_)?;
            want(inp, Kind::RParen);
            ExprKind::Paren(P::new(inner))
        }
        _ => return Ok(None),
    };
    Ok(Some(node(inp, t.lo, kind)))
}

pub(super) fn type_(g: &Grammar) -> impl Production<Expr> {
    use Kind::*;
    const FOLLOW: KindSet = KindSet::of(&[Comma, Colon, Semi, RParen, RBrack, RBrace]);
    let g = g.clone();
    by_hand(move |inp| {
        Ok(match inp.parse(&g.opt_type)? {
            Some(ty) => ty,
            None => {
                let ty = bad(inp);
                syntax_error(inp, "expected type");
                advance(inp, FOLLOW);
                ty
            }
        })
    })
}

pub(super) fn type_name(g: &Grammar) -> impl Production<Expr> {
    let g = g.clone();
    by_hand(move |inp| qualified(inp, &g, None))
}

/// A type name and its type arguments; its first identifier may have been consumed already.
pub(super) fn qualified(inp: &mut In<'_>, g: &Grammar, first: Option<Ident>) -> Parsed<Expr> {
    const FOLLOW: KindSet = KindSet::of(&[Kind::Dot, Kind::Semi, Kind::RBrace]);
    let t = peek(inp);
    let first = match first {
        Some(name) => name,
        None if t.kind == Kind::Name => {
            inp.skip();
            ident(inp, t)
        }
        None => {
            syntax_error(inp, "expected name");
            advance(inp, FOLLOW);
            blank(inp, t.lo)
        }
    };
    let lo = first.span.lo.0;
    let mut x = name_expr(first);
    if got(inp, Kind::Dot) {
        let sel = name(inp);
        x = node(inp, lo, ExprKind::Selector(P::new(x), sel));
    }
    if at(inp) == Kind::LBrack {
        x = instance(inp, g, x)?;
    }
    Ok(x)
}

/// `TypeArgs = "[" TypeList [ "," ] "]" .` after the generic type.
fn instance(inp: &mut In<'_>, g: &Grammar, x: Expr) -> Parsed<Expr> {
    inp.skip();
    let args = if at(inp) == Kind::RBrack {
        syntax_error(inp, "expected type argument list");
        vec![bad(inp)]
    } else {
        type_list(inp, g, true)?.0
    };
    want(inp, Kind::RBrack);
    let lo = x.span.lo.0;
    Ok(node(inp, lo, ExprKind::Index(P::new(x), args)))
}

/// `TypeList = Type { "," Type } [ "," ] .` and whether there was a comma. Unless `strict`, the first may be any expression.
pub(super) fn type_list(inp: &mut In<'_>, g: &Grammar, strict: bool) -> Parsed<(Vec<Expr>, bool)> {
    bracketed(inp, |inp| {
        let first = if strict {
            inp.parse(&g.type_)?
        } else {
            inp.parse(&g.expression)?
        };
        let (mut list, mut comma) = (vec![first], false);
        while got(inp, Kind::Comma) {
            comma = true;
            match inp.parse(&g.opt_type)? {
                Some(ty) => list.push(ty),
                None => break,
            }
        }
        Ok((list, comma))
    })
}

pub(super) fn slice_tail(inp: &mut In<'_>, g: &Grammar) -> Parsed<ExprKind> {
    Ok(ExprKind::SliceType(P::new(inp.parse(&g.type_)?)))
}

/// An array type after its `[`, or after its length.
pub(super) fn array_tail(inp: &mut In<'_>, g: &Grammar, mut len: Option<Expr>) -> Parsed<ExprKind> {
    if len.is_none() && !got(inp, Kind::Ellipsis) {
        len = Some(bracketed(inp, |inp| inp.parse(&g.expression))?);
    }
    if at(inp) == Kind::Comma {
        syntax_error(inp, "unexpected comma; expected ]");
        skip_one(inp);
    }
    want(inp, Kind::RBrack);
    let elem = inp.parse(&g.type_)?;
    Ok(ExprKind::ArrayType(len.map(P::new), P::new(elem)))
}

/// What `x [ … ]` turned out to be, `x` being a name.
pub(super) enum Bracketed {
    /// A field or parameter `x` of this array or slice type.
    Typed(Expr),
    /// The instantiated type `x[…]`.
    Instance(Vec<Expr>),
}

/// An array or slice type, or type arguments: `[n]E`, `[]E`, `[A, B]`.
pub(super) fn array_or_args(inp: &mut In<'_>, g: &Grammar) -> Parsed<Bracketed> {
    let lo = bump(inp).lo;
    if got(inp, Kind::RBrack) {
        let kind = slice_tail(inp, g)?;
        return Ok(Bracketed::Typed(node(inp, lo, kind)));
    }
    let (mut list, comma) = type_list(inp, g, false)?;
    want(inp, Kind::RBrack);
    if !comma && let Some(elem) = inp.parse(&g.opt_type)? {
        let kind = ExprKind::ArrayType(list.pop().map(P::new), P::new(elem));
        return Ok(Bracketed::Typed(node(inp, lo, kind)));
    }
    Ok(Bracketed::Instance(list))
}

pub(super) fn pointer_type(g: &Grammar) -> impl Production<ExprKind> {
    tok(Kind::Star)
        .ignore_then(g.type_.clone())
        .map(|base| ExprKind::Star(P::new(base)))
}

pub(super) fn map_type(g: &Grammar) -> impl Production<ExprKind> {
    let key = expect(Kind::LBrack)
        .ignore_then(g.type_.clone())
        .then_ignore(expect(Kind::RBrack));
    let entry = key.then(g.type_.clone());
    tok(Kind::Map)
        .ignore_then(entry)
        .map(|(key, elem)| ExprKind::MapType(P::new(key), P::new(elem)))
}

pub(super) fn chan_type(g: &Grammar) -> impl Production<ExprKind> {
    let receive = tok(Kind::Arrow)
        .ignore_then(expect(Kind::Chan))
        .to(ChanDir::Recv);
    let send = tok(Kind::Chan).ignore_then(tok(Kind::Arrow).or_not());
    let dir = receive.or(send.map(|arrow| {
        if arrow.is_some() {
            ChanDir::Send
        } else {
            ChanDir::Both
        }
    }));
    dir.then(chan_elem(g))
        .map(|(dir, elem)| ExprKind::ChanType(dir, P::new(elem)))
}

fn chan_elem(g: &Grammar) -> impl Production<Expr> + use<> {
    let g = g.clone();
    by_hand(move |inp| {
        Ok(match inp.parse(&g.opt_type)? {
            Some(ty) => ty,
            None => {
                syntax_error(inp, "missing channel element type");
                bad(inp)
            }
        })
    })
}

/// Hands a `<-` that was read as a receive operator to the channel type behind it: `<-chan E`, and `<-(chan<- chan E)` as
/// `<-chan (<-chan E)`.
pub(super) fn receive_type(inp: &mut In<'_>, lo: u32, x: Expr) -> Expr {
    let Expr { id, span, kind } = x;
    match kind {
        ExprKind::ChanType(dir, elem) => {
            let elem = match dir {
                ChanDir::Both => elem,
                ChanDir::Recv => {
                    syntax_error(inp, "unexpected <-, expected chan");
                    elem
                }
                ChanDir::Send => P::new(deep(|| {
                    let elem = elem.into_inner();
                    receive_type(inp, elem.span.lo.0, elem)
                })),
            };
            let span = crate::source::Span {
                lo: crate::source::Pos(lo),
                hi: span.hi,
            };
            Expr {
                id,
                span,
                kind: ExprKind::ChanType(ChanDir::Recv, elem),
            }
        }
        kind => {
            let x = Expr { id, span, kind };
            syntax_error(
                inp,
                &format!("unexpected {}, expected chan", expr_string(&x)),
            );
            x
        }
    }
}

//! What struct and interface types consist of.

use super::super::state::{
    advance, at, bump, got, nested, peek, pos, skip_one, syntax_error, want,
};
use super::super::token::{Kind, KindSet};
use super::params::{param_list, signature_of};
use super::types::{Bracketed, array_or_args, qualified};
use super::{
    Grammar, In, Parsed, Production, bad, by_hand, list, more_names, name, name_expr, node,
};
use crate::ast::*;
use crate::diag::Code;
use crate::source::Span;

/// `{ item; item; … }` and the extent of the braces.
fn braces(
    inp: &mut In<'_>,
    context: &str,
    mut item: impl FnMut(&mut In<'_>) -> Parsed<()>,
) -> Parsed<Span> {
    let lo = pos(inp);
    want(inp, Kind::LBrace);
    list(inp, context, Kind::Semi, Kind::RBrace, |inp| {
        item(inp).map(|()| false)
    })?;
    Ok(inp.state().span_from(lo.0))
}

pub(super) fn struct_type(g: &Grammar) -> impl Production<ExprKind> {
    let g = g.clone();
    by_hand(move |inp| {
        bump(inp);
        let mut fields = Vec::new();
        let braces = braces(inp, "struct type", |inp| {
            fields.extend(inp.parse(&g.field_decl)?);
            Ok(())
        })?;
        Ok(ExprKind::StructType(StructType { fields, braces }))
    })
}

/// The literal at hand, if there is one.
pub(super) fn literal(inp: &mut In<'_>) -> Option<BasicLit> {
    let t = peek(inp);
    let kind = match t.kind {
        Kind::Int => LitKind::Int,
        Kind::Float => LitKind::Float,
        Kind::Imag => LitKind::Imag,
        Kind::Char => LitKind::Char,
        Kind::String => LitKind::String,
        _ => return None,
    };
    inp.skip();
    Some(BasicLit {
        kind,
        text: inp.state().text(t).into(),
    })
}

/// A struct field's tag. A malformed one has been reported and is dropped.
fn tag(inp: &mut In<'_>) -> Option<BasicLit> {
    let bad = peek(inp).bad;
    literal(inp).filter(|_| !bad)
}

pub(super) fn field_decl(g: &Grammar) -> impl Production<Option<Field>> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        let (names, ty) = match at(inp) {
            Kind::Name => named_or_embedded(inp, &g)?,
            Kind::Star => {
                inp.skip();
                let base = embedded_base(inp, &g)?;
                (Vec::new(), node(inp, lo, ExprKind::Star(P::new(base))))
            }
            Kind::LParen => (Vec::new(), parenthesized(inp, &g)?),
            _ => {
                syntax_error(inp, "expected field name or embedded type");
                advance(inp, KindSet::of(&[Kind::Semi, Kind::RBrace]));
                return Ok(None);
            }
        };
        let tag = tag(inp);
        Ok(Some(Field {
            names,
            ty,
            tag,
            span: inp.state().span_from(lo),
        }))
    })
}

/// A field declaration that starts with a name: `a, b T`, `T`, `p.T`, `T[A]`.
fn named_or_embedded(inp: &mut In<'_>, g: &Grammar) -> Parsed<(Vec<Ident>, Expr)> {
    let first = name(inp);
    let next = at(inp);
    if matches!(next, Kind::Dot | Kind::Semi | Kind::RBrace) || next.is_literal() {
        return Ok((Vec::new(), qualified(inp, g, Some(first))?));
    }
    let names = more_names(inp, first);
    if names.len() > 1 || at(inp) != Kind::LBrack {
        let ty = inp.parse(&g.type_)?;
        return Ok((names, ty));
    }
    Ok(match array_or_args(inp, g)? {
        Bracketed::Typed(ty) => (names, ty),
        Bracketed::Instance(args) => {
            let kind = ExprKind::Index(P::new(name_expr(first)), args);
            (Vec::new(), node(inp, first.span.lo.0, kind))
        }
    })
}

/// What follows the `*` of an embedded pointer.
fn embedded_base(inp: &mut In<'_>, g: &Grammar) -> Parsed<Expr> {
    if at(inp) == Kind::LParen {
        return parenthesized(inp, g);
    }
    inp.parse(&g.type_name)
}

/// `(T)` or `(*T)` where an embedded type must not be parenthesized.
fn parenthesized(inp: &mut In<'_>, g: &Grammar) -> Parsed<Expr> {
    syntax_error(inp, "cannot parenthesize embedded type");
    skip_one(inp);
    let lo = peek(inp).lo;
    let ty = if got(inp, Kind::Star) {
        let base = inp.parse(&g.type_name)?;
        node(inp, lo, ExprKind::Star(P::new(base)))
    } else {
        inp.parse(&g.type_name)?
    };
    got(inp, Kind::RParen);
    Ok(ty)
}

pub(super) fn interface_type(g: &Grammar) -> impl Production<ExprKind> {
    let g = g.clone();
    by_hand(move |inp| {
        bump(inp);
        let mut elements = Vec::new();
        let braces = braces(inp, "interface type", |inp| {
            elements.push(inp.parse(&g.interface_elem)?);
            Ok(())
        })?;
        Ok(ExprKind::InterfaceType(InterfaceType { elements, braces }))
    })
}

pub(super) fn interface_elem(g: &Grammar) -> impl Production<InterfaceElem> {
    let g = g.clone();
    by_hand(move |inp| {
        if at(inp) != Kind::Name {
            return Ok(InterfaceElem::Embed(union(inp, &g, None)?));
        }
        let first = name(inp);
        match at(inp) {
            Kind::LParen => method(inp, &g, first),
            Kind::LBrack => method_or_instance(inp, &g, first),
            _ => {
                let term = qualified(inp, &g, Some(first))?;
                Ok(InterfaceElem::Embed(union(inp, &g, Some(term))?))
            }
        }
    })
}

fn method(inp: &mut In<'_>, g: &Grammar, name: Ident) -> Parsed<InterfaceElem> {
    let mut ty = signature_of(inp, g, "interface method")?;
    ty.span.lo = name.span.lo;
    Ok(InterfaceElem::Method(name, P::new(ty)))
}

/// `m[P C](…)`, which is complained about, or the embedded type `T[A, B]`.
fn method_or_instance(inp: &mut In<'_>, g: &Grammar, first: Ident) -> Parsed<InterfaceElem> {
    let bracket = bump(inp);
    let here = Span::new(bracket.lo, bracket.hi);
    if at(inp) == Kind::RBrack {
        let t = bump(inp);
        let what = if at(inp) == Kind::LParen {
            "empty type parameter list"
        } else {
            "empty type argument list"
        };
        inp.state()
            .error(Code::InvalidSyntaxTree, Span::new(t.lo, t.hi), what);
        if at(inp) == Kind::LParen {
            return method(inp, g, first);
        }
        return Ok(InterfaceElem::Embed(union(inp, g, Some(name_expr(first)))?));
    }
    let params = param_list(inp, g, None, Kind::RBrack, false, false)?;
    let generic = params.first().is_some_and(|p| !p.names.is_empty());
    if generic || params.is_empty() && at(inp) == Kind::LParen {
        let elem = method(inp, g, first)?;
        if generic {
            inp.state().error(
                Code::InvalidMethodTypeParams,
                here,
                "interface method must have no type parameters",
            );
        }
        return Ok(elem);
    }
    let mut term = name_expr(first);
    if !params.is_empty() {
        let args = params.into_iter().map(|p| p.ty).collect();
        term = node(inp, first.span.lo.0, ExprKind::Index(P::new(term), args));
    }
    Ok(InterfaceElem::Embed(union(inp, g, Some(term))?))
}

/// `TypeElem = TypeTerm { "|" TypeTerm } .` after its first term, if that has been consumed.
pub(super) fn union(inp: &mut In<'_>, g: &Grammar, first: Option<Expr>) -> Parsed<Expr> {
    let mut x = match first {
        Some(x) => x,
        None => inp.parse(&g.type_term)?,
    };
    while at(inp) == Kind::Or {
        let op = pos(inp);
        inp.skip();
        let y = inp.parse(&g.type_term)?;
        let lo = x.span.lo.0;
        x = node(
            inp,
            lo,
            ExprKind::Binary(BinaryOp::Or, op, P::new(x), P::new(y)),
        );
    }
    Ok(x)
}

pub(super) fn type_term(g: &Grammar) -> impl Production<Expr> {
    use Kind::*;
    const OPERATORS: KindSet = KindSet::of(&[
        Not, Tilde, LOr, LAnd, Eq, Ne, Lt, Le, Gt, Ge, Add, Sub, Or, Xor, Div, Rem, Shl, Shr, And,
        AndNot,
    ]);
    const FOLLOW: KindSet = KindSet::of(&[Semi, RParen, RBrack, RBrace]).or(OPERATORS);
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        if got(inp, Kind::Tilde) {
            let ty = nested(inp, |inp| inp.parse(&g.type_))?;
            return Ok(node(inp, lo, ExprKind::Unary(UnaryOp::Tilde, P::new(ty))));
        }
        Ok(match inp.parse(&g.opt_type)? {
            Some(ty) => ty,
            None => {
                let ty = bad(inp);
                syntax_error(inp, "expected ~ term or type");
                advance(inp, FOLLOW);
                ty
            }
        })
    })
}

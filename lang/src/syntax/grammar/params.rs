//! Parameters, results and type parameters.

use super::super::state::{
    advance, at, got, peek, pos, skip_one, syntax_error, syntax_error_at, want, word,
};
use super::super::token::{Kind, KindSet};
use super::element::union;
use super::types::{Bracketed, array_or_args, qualified};
use super::{Grammar, In, Parsed, Production, bad, blank, by_hand, list, name, name_expr, node};
use crate::ast::*;
use crate::diag::Code;
use crate::source::{Pos, Span};

pub(super) fn signature(g: &Grammar) -> impl Production<FuncType> {
    let g = g.clone();
    by_hand(move |inp| signature_of(inp, &g, "function type"))
}

/// A signature of something that has no type parameters: they are accepted, and complained about naming `what`.
pub(super) fn signature_of(inp: &mut In<'_>, g: &Grammar, what: &str) -> Parsed<FuncType> {
    let lo = peek(inp).lo;
    if at(inp) == Kind::LBrack {
        syntax_error(inp, &format!("{what} must have no type parameters"));
        inp.parse(&g.type_params)?;
    }
    signature_tail(inp, g, lo)
}

/// `Signature = Parameters [ Result ] .` with its extent starting at `lo`.
pub(super) fn signature_tail(inp: &mut In<'_>, g: &Grammar, lo: u32) -> Parsed<FuncType> {
    want(inp, Kind::LParen);
    let params = param_list(inp, g, None, Kind::RParen, false, true)?;
    let results = result(inp, g)?;
    Ok(FuncType {
        span: inp.state().span_from(lo),
        params,
        results,
    })
}

/// `Result = Parameters | Type .`
fn result(inp: &mut In<'_>, g: &Grammar) -> Parsed<Vec<Field>> {
    if got(inp, Kind::LParen) {
        return param_list(inp, g, None, Kind::RParen, false, false);
    }
    let ty = inp.parse(&g.opt_type)?;
    Ok(ty
        .into_iter()
        .map(|ty| Field {
            names: Vec::new(),
            span: ty.span,
            ty,
            tag: None,
        })
        .collect())
}

pub(super) fn type_params(g: &Grammar) -> impl Production<Vec<Field>> {
    let g = g.clone();
    by_hand(move |inp| {
        if !got(inp, Kind::LBrack) {
            return Ok(Vec::new());
        }
        if at(inp) == Kind::RBrack {
            syntax_error(inp, "empty type parameter list");
            skip_one(inp);
            return Ok(Vec::new());
        }
        param_list(inp, &g, None, Kind::RBrack, true, false)
    })
}

/// One entry of a parameter list before it is known whether a lone name is a parameter or a type.
pub(super) struct Param {
    name: Option<Ident>,
    ty: Option<Expr>,
}

/// A parameter list after its opening bracket. The first name, and possibly its type, may have been consumed (`first`).
/// `named` says that all must have names (type parameters), `variadic` that the last may have a `...` type.
pub(super) fn param_list(
    inp: &mut In<'_>,
    g: &Grammar,
    first: Option<(Ident, Option<Expr>)>,
    close: Kind,
    named: bool,
    variadic: bool,
) -> Parsed<Vec<Field>> {
    let mut params = Vec::new();
    let mut pending = first;
    if at(inp) == close && matches!(pending, Some((_, Some(_)))) {
        params.extend(pending.take().map(|(name, ty)| Param {
            name: Some(name),
            ty,
        }));
    }
    let end = list(inp, "parameter list", Kind::Comma, close, |inp| {
        let param = match pending.take() {
            Some((name, ty @ Some(_))) => Some(Param {
                name: Some(name),
                ty,
            }),
            first => param_decl(inp, g, first.map(|(name, _)| name), close)?,
        };
        params.extend(param);
        Ok(false)
    })?;
    if params.is_empty() {
        return Ok(Vec::new());
    }
    let mut fields = distribute(inp, params, named, end);
    check_ellipsis(inp, &mut fields, variadic);
    Ok(fields)
}

/// `ParameterDecl = [ identifier ] [ "..." ] Type .` In a type parameter list the type may be a union.
fn param_decl(
    inp: &mut In<'_>,
    g: &Grammar,
    first: Option<Ident>,
    close: Kind,
) -> Parsed<Option<Param>> {
    let unions = close == Kind::RBrack;
    if first.is_none() && unions && at(inp) == Kind::Tilde {
        return Ok(Some(Param {
            name: None,
            ty: Some(union(inp, g, None)?),
        }));
    }
    let mut param = Param {
        name: first,
        ty: None,
    };
    if param.name.is_some() || at(inp) == Kind::Name {
        let first = match param.name {
            Some(first) => first,
            None => name(inp),
        };
        if let Some(done) = after_name(inp, g, first, unions)? {
            return Ok(Some(done));
        }
        param.name = Some(first);
    }
    if at(inp) == Kind::Ellipsis {
        param.ty = Some(ellipsis(inp, g)?);
        return Ok(Some(param));
    }
    param.ty = match unions && at(inp) == Kind::Tilde {
        true => Some(union(inp, g, None)?),
        false => match inp.parse(&g.opt_type)? {
            Some(ty) if unions => Some(union(inp, g, Some(ty))?),
            ty => ty,
        },
    };
    if param.name.is_some() || param.ty.is_some() {
        return Ok(Some(param));
    }
    syntax_error(inp, &format!("expected {}", word(close)));
    advance(inp, KindSet::of(&[Kind::Comma, close]));
    Ok(None)
}

/// A declaration that is settled by what follows its name: `x []E`, `x[A]`, `x.T`, `x | T`.
fn after_name(inp: &mut In<'_>, g: &Grammar, first: Ident, unions: bool) -> Parsed<Option<Param>> {
    let mut param = Param {
        name: None,
        ty: None,
    };
    let ty = match at(inp) {
        Kind::LBrack => match array_or_args(inp, g)? {
            Bracketed::Typed(ty) => {
                param.name = Some(first);
                ty
            }
            Bracketed::Instance(args) => {
                let kind = ExprKind::Index(P::new(name_expr(first)), args);
                node(inp, first.span.lo.0, kind)
            }
        },
        Kind::Dot => qualified(inp, g, Some(first))?,
        Kind::Or if unions => name_expr(first),
        _ => return Ok(None),
    };
    param.ty = Some(if unions { union(inp, g, Some(ty))? } else { ty });
    Ok(Some(param))
}

/// `...T`
fn ellipsis(inp: &mut In<'_>, g: &Grammar) -> Parsed<Expr> {
    let lo = pos(inp).0;
    inp.skip();
    Ok(match inp.parse(&g.opt_type)? {
        Some(elem) => node(inp, lo, ExprKind::Ellipsis(P::new(elem))),
        None => {
            syntax_error(inp, "... is missing type");
            bad(inp)
        }
    })
}

/// Decides which entries are names and which are types, and groups names that share a type.
fn distribute(inp: &mut In<'_>, params: Vec<Param>, must_name: bool, end: Pos) -> Vec<Field> {
    let full = params
        .iter()
        .filter(|p| p.name.is_some() && p.ty.is_some())
        .count();
    let typed = params.iter().filter(|p| p.ty.is_some()).count();
    if full == 0 && !must_name {
        let types = params
            .into_iter()
            .filter_map(|p| p.ty.or(p.name.map(name_expr)));
        return types
            .map(|ty| Field {
                names: Vec::new(),
                span: ty.span,
                ty,
                tag: None,
            })
            .collect();
    }
    let count = params.len();
    let mut fields = Vec::new();
    let mut names: Vec<Ident> = Vec::new();
    let mut error: Option<Pos> = None;
    for param in params {
        let Some(ty) = param.ty else {
            names.extend(param.name);
            continue;
        };
        let name = param.name.unwrap_or_else(|| {
            error.get_or_insert(type_pos(inp, &ty));
            blank(inp, ty.span.lo.0)
        });
        names.push(name);
        let span = names[0].span.to(ty.span);
        fields.push(Field {
            names: std::mem::take(&mut names),
            ty,
            tag: None,
            span,
        });
    }
    if let Some(first) = names.first().copied() {
        error.get_or_insert(first.span.lo);
        let ty = Expr {
            id: inp.state().fresh(),
            span: first.span,
            kind: ExprKind::Bad,
        };
        fields.push(Field {
            names,
            ty,
            tag: None,
            span: first.span,
        });
    }
    if let Some(at) = error {
        let at = if full == typed { end } else { at };
        syntax_error_at(
            inp,
            Span { lo: at, hi: at },
            missing(full == typed, must_name, count),
        );
    }
    fields
}

/// Where gc says a type is: a function type is at its parameters.
fn type_pos(inp: &mut In<'_>, ty: &Expr) -> Pos {
    let text = inp.state().slice(ty.span.lo.0, ty.span.hi.0);
    match ty.kind {
        ExprKind::FuncType(_) => Pos(ty.span.lo.0 + text.find('(').unwrap_or(0) as u32),
        _ => ty.span.lo,
    }
}

/// What is missing in a parameter list that mixes named and unnamed entries.
fn missing(only_types: bool, type_params: bool, count: usize) -> &'static str {
    match (only_types, type_params) {
        (true, true) => "missing type constraint",
        (true, false) => "missing parameter type",
        (false, true) if count == 1 => "missing type parameter name or invalid array length",
        (false, true) => "missing type parameter name",
        (false, false) => "missing parameter name",
    }
}

/// Complains about the first `...` that is not the type of a final parameter, and drops them all.
fn check_ellipsis(inp: &mut In<'_>, fields: &mut [Field], variadic: bool) {
    let last = fields.len() - 1;
    let mut reported = false;
    for (i, field) in fields.iter_mut().enumerate() {
        let fine = variadic && i == last && field.names.len() <= 1;
        if fine || !matches!(field.ty.kind, ExprKind::Ellipsis(_)) {
            continue;
        }
        let span = field.ty.span;
        if !std::mem::replace(&mut reported, true) {
            let message = if variadic {
                "can only use ... with final parameter"
            } else {
                "invalid use of ..."
            };
            let code = if variadic {
                Code::MisplacedDotDotDot
            } else {
                Code::BadDotDotDotSyntax
            };
            inp.state().error(code, span, message);
        }
        let kind = std::mem::replace(&mut field.ty.kind, ExprKind::Bad);
        if let ExprKind::Ellipsis(elem) = kind {
            field.ty = elem.into_inner();
        }
    }
}

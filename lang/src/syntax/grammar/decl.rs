//! Declarations.

use super::super::doc::doc_comment;
use super::super::literal::unquote;
use super::super::pragma::{
    Before, check_var_pragmas, clear_pragmas, take_pragmas, take_var_pragmas,
};
use super::super::state::{advance, at, bracketed, bump, got, peek, syntax_error, syntax_error_at};
use super::super::token::{Kind, KindSet};
use super::expr::binary_tail;
use super::params::{param_list, signature_tail};
use super::primary::{in_function, primary_tail};
use super::types::{array_tail, slice_tail};
use super::{
    Grammar, In, Parsed, Production, bad, blank, by_hand, list, more_names, name, name_expr, node,
};
use crate::ast::*;
use crate::diag::{Code, Diagnostic};
use crate::source::{Pos, Span};
use std::cell::OnceCell;
use std::rc::Rc;

const SPEC_END: KindSet = KindSet::of(&[Kind::Semi, Kind::RParen]);

type Doc = Option<Box<str>>;

/// The specs of the declaration whose keyword is at hand: one, or a parenthesised group of them. `spec` gets the doc comment.
fn specs<S>(
    inp: &mut In<'_>,
    mut spec: impl FnMut(&mut In<'_>, Doc) -> Parsed<S>,
    wrap: impl Fn(S) -> Decl,
) -> Parsed<Decl> {
    let keyword = bump(inp);
    let mut doc = doc_comment(inp.state(), keyword.lo);
    if at(inp) == Kind::LParen {
        clear_pragmas(inp);
    }
    if !got(inp, Kind::LParen) {
        return spec(inp, doc).map(wrap);
    }
    let mut decls = Vec::new();
    list(
        inp,
        "grouped declaration",
        Kind::Semi,
        Kind::RParen,
        |inp| {
            // The group's comment is the first spec's if that has none of its own.
            let lo = peek(inp).lo;
            let own = doc_comment(inp.state(), lo).or(doc.take());
            doc = None;
            decls.push(wrap(spec(inp, own)?));
            Ok(false)
        },
    )?;
    Ok(Decl::Group(Rc::new(decls)))
}

/// `=`; `:=` is accepted for it, and complained about.
fn got_assign(inp: &mut In<'_>) -> bool {
    if at(inp) == Kind::Define {
        syntax_error(inp, "expected =");
        inp.skip();
        return true;
    }
    got(inp, Kind::Assign)
}

pub(super) fn import_spec(_: &Grammar) -> impl Production<Option<ImportSpec>> {
    by_hand(|inp| {
        take_pragmas(inp, Before::Other);
        let lo = peek(inp).lo;
        let name = match at(inp) {
            Kind::Name => Some(name(inp)),
            Kind::Dot => {
                let t = bump(inp);
                Some(super::ident(inp, t))
            }
            _ => None,
        };
        let t = peek(inp);
        if !t.kind.is_literal() {
            syntax_error(inp, "missing import path");
            advance(inp, SPEC_END);
            return Ok(None);
        }
        inp.skip();
        let path_span = Span::new(t.lo, t.hi);
        if t.bad {
            return Ok(None);
        }
        if t.kind != Kind::String {
            syntax_error_at(inp, path_span, "import path must be a string");
            return Ok(None);
        }
        let s = inp.state();
        let path: Box<str> = String::from_utf8_lossy(&unquote(s.text(t))).into();
        s.imports_embed |= &*path == "embed";
        s.embedded |= &*path == "internal/embed";
        Ok(Some(ImportSpec {
            id: s.fresh(),
            span: s.span_from(lo),
            name,
            path,
            path_span,
        }))
    })
}

pub(super) fn const_decl(g: &Grammar) -> impl Production<Decl> {
    let g = g.clone();
    by_hand(move |inp| {
        let (mut iota, mut last) = (0, None);
        let spec = |inp: &mut In<'_>, doc| {
            take_pragmas(inp, Before::Other);
            let spec = const_spec(inp, &g, doc, iota, last.clone())?;
            iota += 1;
            last = Some(spec.rhs.clone());
            Ok(spec)
        };
        specs(inp, spec, |spec| Decl::Const(Rc::new(spec)))
    })
}

/// `ConstSpec = IdentifierList [ [ Type ] "=" ExpressionList ] .` Without type and values it repeats those of `last`.
fn const_spec(
    inp: &mut In<'_>,
    g: &Grammar,
    doc: Doc,
    iota: u32,
    last: Option<Rc<ConstRhs>>,
) -> Parsed<ConstSpec> {
    let lo = peek(inp).lo;
    let first = name(inp);
    let names = more_names(inp, first);
    let (mut ty, mut values) = (None, Vec::new());
    if !matches!(at(inp), Kind::Eof | Kind::Semi | Kind::RParen) {
        ty = inp.parse(&g.opt_type)?;
        if got_assign(inp) {
            values = inp.parse(&g.expression_list)?;
        }
    }
    let span = inp.state().span_from(lo);
    Ok(match last {
        Some(rhs) if ty.is_none() && values.is_empty() => ConstSpec {
            span,
            names,
            rhs,
            inherited: true,
            iota,
            doc,
        },
        _ => ConstSpec {
            span,
            names,
            rhs: Rc::new(ConstRhs { ty, values }),
            inherited: false,
            iota,
            doc,
        },
    })
}

pub(super) fn var_decl(g: &Grammar) -> impl Production<Decl> {
    let g = g.clone();
    by_hand(move |inp| {
        let spec = |inp: &mut In<'_>, doc| {
            let pragmas = take_var_pragmas(inp);
            let spec = inp.parse(&g.var_spec)?;
            check_var_pragmas(inp, pragmas, &spec);
            Ok(VarSpec { doc, ..spec })
        };
        specs(inp, spec, |spec| Decl::Var(Rc::new(spec)))
    })
}

pub(super) fn var_spec(g: &Grammar) -> impl Production<VarSpec> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        let first = name(inp);
        let names = more_names(inp, first);
        let (mut ty, mut values) = (None, Vec::new());
        if !matches!(at(inp), Kind::Assign | Kind::Define) {
            ty = Some(inp.parse(&g.type_)?);
        }
        if got_assign(inp) {
            values = inp.parse(&g.expression_list)?;
        }
        Ok(VarSpec {
            span: inp.state().span_from(lo),
            names,
            ty,
            values,
            doc: None,
        })
    })
}

pub(super) fn type_decl(g: &Grammar) -> impl Production<Decl> {
    let g = g.clone();
    by_hand(move |inp| {
        let spec = |inp: &mut In<'_>, doc| {
            take_pragmas(inp, Before::Other);
            Ok(TypeSpec {
                doc,
                ..inp.parse(&g.type_spec)?
            })
        };
        specs(inp, spec, |spec| Decl::Type(Rc::new(spec)))
    })
}

pub(super) fn type_spec(g: &Grammar) -> impl Production<TypeSpec> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = peek(inp).lo;
        let name = name(inp);
        let (mut tparams, mut is_alias) = (Vec::new(), false);
        let ty = match at(inp) {
            Kind::LBrack => match array_or_params(inp, &g)? {
                Opening::Type(ty) => Some(ty),
                Opening::Params(params) => {
                    tparams = params;
                    is_alias = got_assign(inp);
                    inp.parse(&g.opt_type)?
                }
            },
            _ => {
                is_alias = got_assign(inp);
                inp.parse(&g.opt_type)?
            }
        };
        let ty = match ty {
            Some(ty) => ty,
            None => {
                let ty = bad(inp);
                syntax_error(inp, "in type declaration");
                advance(inp, SPEC_END);
                ty
            }
        };
        Ok(TypeSpec {
            span: inp.state().span_from(lo),
            name,
            tparams,
            is_alias,
            ty,
            doc: None,
        })
    })
}

/// What a `[` after a declared type's name opens.
enum Opening {
    /// An array or slice type.
    Type(Expr),
    /// Type parameters.
    Params(Vec<Field>),
}

/// `[N]E`, `[]E`, or `[P C]`. An expression is parsed where either may stand; it is a type parameter with its constraint if
/// it can be split into a name and something that only makes sense as a type, or if a comma follows.
fn array_or_params(inp: &mut In<'_>, g: &Grammar) -> Parsed<Opening> {
    let lo = bump(inp).lo;
    let kind = match at(inp) {
        Kind::RBrack => {
            inp.skip();
            slice_tail(inp, g)?
        }
        Kind::Name => {
            let mut x = name_expr(name(inp));
            // A length is constant and so never indexed: after `P[` comes the constraint's own bracket.
            if at(inp) != Kind::LBrack {
                x = bracketed(inp, |inp| {
                    let x = primary_tail(inp, g, x)?;
                    binary_tail(inp, g, x, 0)
                })?;
            }
            let comma = at(inp) == Kind::Comma;
            let lone = matches!(x.kind, ExprKind::Ident(_)) && at(inp) == Kind::RBrack;
            match split_param(x, comma) {
                Ok(first) if !lone => {
                    let params = param_list(inp, g, Some(first), Kind::RBrack, true, false)?;
                    return Ok(Opening::Params(params));
                }
                Ok((name, _)) => array_tail(inp, g, Some(name_expr(name)))?,
                Err(x) => array_tail(inp, g, Some(x))?,
            }
        }
        _ => array_tail(inp, g, None)?,
    };
    Ok(Opening::Type(node(inp, lo, kind)))
}

/// Splits `P *C`, `P (C)` or `P *C|D`, read as an expression, into a name and a constraint; a lone name has none. Unless
/// `force`, only if the constraint can be nothing but a type.
fn split_param(x: Expr, force: bool) -> Result<(Ident, Option<Expr>), Expr> {
    let Expr { id, span, kind } = x;
    let rebuild = |kind| Expr { id, span, kind };
    let from = |y: &Expr, lo: Pos| Span { lo, hi: y.span.hi };
    match kind {
        ExprKind::Ident(name) => Ok((name, None)),
        ExprKind::Binary(BinaryOp::Mul, op, x, y) => match x.kind {
            ExprKind::Ident(name) if force || is_type_elem(&y) => Ok((
                name,
                Some(Expr {
                    id,
                    span: from(&y, op),
                    kind: ExprKind::Star(y),
                }),
            )),
            _ => Err(rebuild(ExprKind::Binary(BinaryOp::Mul, op, x, y))),
        },
        ExprKind::Binary(BinaryOp::Or, op, x, y) => {
            let force = force || is_type_elem(&y);
            match deep(|| split_param(x.into_inner(), force)) {
                Ok((name, Some(lhs))) => {
                    let span = Span {
                        lo: lhs.span.lo,
                        hi: y.span.hi,
                    };
                    Ok((
                        name,
                        Some(Expr {
                            id,
                            span,
                            kind: ExprKind::Binary(BinaryOp::Or, op, P::new(lhs), y),
                        }),
                    ))
                }
                Ok((name, None)) => Err(rebuild(ExprKind::Binary(
                    BinaryOp::Or,
                    op,
                    P::new(name_expr(name)),
                    y,
                ))),
                Err(x) => Err(rebuild(ExprKind::Binary(BinaryOp::Or, op, P::new(x), y))),
            }
        }
        ExprKind::Call(mut call) => match call.fun.kind {
            ExprKind::Ident(name)
                if call.args.len() == 1
                    && call.ellipsis.is_none()
                    && (force || is_type_elem(&call.args[0])) =>
            {
                Ok((name, call.args.pop()))
            }
            _ => Err(rebuild(ExprKind::Call(call))),
        },
        kind => Err(rebuild(kind)),
    }
}

/// Whether `x` can only be a type element, never a value.
fn is_type_elem(x: &Expr) -> bool {
    deep(|| match &x.kind {
        ExprKind::ArrayType(..)
        | ExprKind::SliceType(_)
        | ExprKind::StructType(_)
        | ExprKind::FuncType(_) => true,
        ExprKind::InterfaceType(_) | ExprKind::MapType(..) | ExprKind::ChanType(..) => true,
        ExprKind::Unary(op, x) => *op == UnaryOp::Tilde || is_type_elem(x),
        ExprKind::Binary(_, _, x, y) => is_type_elem(x) || is_type_elem(y),
        ExprKind::Star(x) | ExprKind::Paren(x) => is_type_elem(x),
        _ => false,
    })
}

pub(super) fn func_decl(g: &Grammar) -> impl Production<FuncDecl> {
    let g = g.clone();
    by_hand(move |inp| {
        let lo = bump(inp).lo;
        let doc = doc_comment(inp.state(), lo);
        let no_escape = take_pragmas(inp, Before::Func);
        let first = peek(inp);
        let first = Span::new(first.lo, first.hi);
        let is_method = got(inp, Kind::LParen);
        let recv = match is_method {
            // Without a receiver it is taken for a function.
            true => Some(receiver(inp, &g)?).filter(|fields| !fields.is_empty()),
            false => None,
        };
        let (name, tparams, ty) = match at(inp) {
            Kind::Name => {
                let name = name(inp);
                let tparams = inp.parse(&g.type_params)?;
                (name, tparams, signature_tail(inp, &g, lo)?)
            }
            _ => nameless(inp, is_method),
        };
        let ty = P::new(ty);
        let body = match at(inp) {
            Kind::LBrace => {
                let body = body(inp, &g)?;
                if no_escape {
                    let message = "can only use //go:noescape with external func implementations";
                    let error = Diagnostic::error(Code::MisplacedDirective, first, message);
                    inp.state().misplaced.push(error);
                }
                Some(body)
            }
            _ => {
                let missing = Diagnostic::error(Code::MissingBody, first, "missing function body");
                inp.state().late.push(missing);
                None
            }
        };
        Ok(FuncDecl {
            span: inp.state().span_from(lo),
            recv,
            name,
            tparams,
            ty,
            body,
            doc,
        })
    })
}

/// `Receiver = Parameters .` of exactly one.
fn receiver(inp: &mut In<'_>, g: &Grammar) -> Parsed<Vec<Field>> {
    let fields = param_list(inp, g, None, Kind::RParen, false, false)?;
    let t = peek(inp);
    let at = Span::new(t.lo, t.hi);
    match fields.iter().map(|f| f.names.len().max(1)).sum::<usize>() {
        0 => inp
            .state()
            .error(Code::BadRecv, at, "method has no receiver"),
        1 => {}
        _ => inp
            .state()
            .error(Code::BadRecv, at, "method has multiple receivers"),
    }
    Ok(fields)
}

/// What stands for the name and signature of a function declaration that lacks a name.
fn nameless(inp: &mut In<'_>, is_method: bool) -> (Ident, Vec<Field>, FuncType) {
    let lo = peek(inp).lo;
    let name = blank(inp, lo);
    syntax_error(
        inp,
        if is_method {
            "expected name"
        } else {
            "expected name or ("
        },
    );
    advance(inp, KindSet::of(&[Kind::LBrace, Kind::Semi]));
    (
        name,
        Vec::new(),
        FuncType {
            span: Span::new(lo, lo),
            params: Vec::new(),
            results: Vec::new(),
        },
    )
}

/// A function declaration's body: parsed, or only skipped to its closing brace.
fn body(inp: &mut In<'_>, g: &Grammar) -> Parsed<FuncBody> {
    if !inp.state().lazy_bodies {
        let block = in_function(inp, g)?;
        return Ok(FuncBody {
            span: block.span,
            block: OnceCell::from(block),
        });
    }
    let lo = peek(inp).lo;
    let mut depth = 0usize;
    loop {
        match at(inp) {
            Kind::LBrace => depth += 1,
            Kind::RBrace => depth -= 1,
            Kind::Eof => {
                syntax_error(inp, "expected }");
                break;
            }
            _ => {}
        }
        inp.skip();
        if depth == 0 {
            break;
        }
    }
    Ok(FuncBody {
        span: inp.state().span_from(lo),
        block: OnceCell::new(),
    })
}

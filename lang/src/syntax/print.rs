//! Expressions and types as one line of source text, in the form gc's messages show them: function bodies and literal
//! elements shortened to `…`.

use crate::ast::*;
use std::fmt::{self, Write};

/// An expression or type as text.
pub fn expr_string(x: &Expr) -> String {
    let mut out = String::new();
    let _ = expr(&mut out, x);
    out
}

/// The same, in parentheses if it is a binary expression.
pub fn emphasized(x: &Expr) -> String {
    match x.kind {
        ExprKind::Binary(..) => format!("({})", expr_string(x)),
        _ => expr_string(x),
    }
}

fn expr(out: &mut String, x: &Expr) -> fmt::Result {
    deep(|| match &x.kind {
        ExprKind::Bad => out.write_str("<bad expr>"),
        ExprKind::Ident(name) => out.write_str(name.name.as_str()),
        ExprKind::BasicLit(lit) => out.write_str(&lit.text),
        ExprKind::Paren(x) => around(out, "(", x, ")"),
        ExprKind::Selector(x, sel) => {
            expr(out, x)?;
            write!(out, ".{sel}", sel = sel.name)
        }
        ExprKind::Star(x) => around(out, "*", x, ""),
        ExprKind::Unary(op, x) => around(out, op.as_str(), x, ""),
        ExprKind::Binary(op, _, x, y) => {
            expr(out, x)?;
            write!(out, " {} ", op.as_str())?;
            expr(out, y)
        }
        ExprKind::Index(x, indices) => {
            around(out, "", x, "[")?;
            list(out, indices)?;
            out.write_str("]")
        }
        ExprKind::Slice(s) => slice(out, s),
        ExprKind::TypeAssert(x, None) => around(out, "", x, ".(type)"),
        ExprKind::TypeAssert(x, Some(ty)) => {
            expr(out, x)?;
            around(out, ".(", ty, ")")
        }
        ExprKind::Call(call) => {
            around(out, "", &call.fun, "(")?;
            list(out, &call.args)?;
            out.write_str(if call.ellipsis.is_some() { "...)" } else { ")" })
        }
        ExprKind::CompositeLit(lit) => {
            if let Some(ty) = &lit.ty {
                expr(out, ty)?;
            }
            out.write_str(if lit.elements.is_empty() {
                "{}"
            } else {
                "{…}"
            })
        }
        ExprKind::FuncLit(lit) => {
            out.write_str("func")?;
            signature(out, &lit.ty)?;
            out.write_str(if lit.body.stmts.is_empty() {
                " {}"
            } else {
                " {…}"
            })
        }
        _ => type_literal(out, x),
    })
}

fn type_literal(out: &mut String, x: &Expr) -> fmt::Result {
    match &x.kind {
        ExprKind::ArrayType(None, elem) => around(out, "[...]", elem, ""),
        ExprKind::ArrayType(Some(len), elem) => {
            around(out, "[", len, "]")?;
            expr(out, elem)
        }
        ExprKind::SliceType(elem) => around(out, "[]", elem, ""),
        ExprKind::Ellipsis(elem) => around(out, "...", elem, ""),
        ExprKind::MapType(key, elem) => {
            around(out, "map[", key, "]")?;
            expr(out, elem)
        }
        ExprKind::ChanType(dir, elem) => match dir {
            ChanDir::Send => around(out, "chan<- ", elem, ""),
            ChanDir::Recv => around(out, "<-chan ", elem, ""),
            ChanDir::Both if matches!(elem.kind, ExprKind::ChanType(ChanDir::Recv, _)) => {
                around(out, "chan (", elem, ")")
            }
            ChanDir::Both => around(out, "chan ", elem, ""),
        },
        ExprKind::FuncType(ty) => {
            out.write_str("func")?;
            signature(out, ty)
        }
        ExprKind::StructType(st) => {
            out.write_str("struct{")?;
            for (i, field) in st.fields.iter().enumerate() {
                out.write_str(if i > 0 { "; " } else { "" })?;
                group(out, field)?;
                if let Some(tag) = &field.tag {
                    write!(out, " {}", tag.text)?;
                }
            }
            out.write_str("}")
        }
        ExprKind::InterfaceType(it) => interface(out, it),
        _ => Ok(()),
    }
}

fn interface(out: &mut String, it: &InterfaceType) -> fmt::Result {
    out.write_str("interface{")?;
    for (i, elem) in it.elements.iter().enumerate() {
        out.write_str(if i > 0 { "; " } else { "" })?;
        match elem {
            InterfaceElem::Method(name, ty) => {
                out.write_str(name.name.as_str())?;
                signature(out, ty)?;
            }
            InterfaceElem::Embed(ty) => expr(out, ty)?,
        }
    }
    out.write_str("}")
}

fn around(out: &mut String, before: &str, x: &Expr, after: &str) -> fmt::Result {
    out.write_str(before)?;
    expr(out, x)?;
    out.write_str(after)
}

fn list(out: &mut String, list: &[Expr]) -> fmt::Result {
    for (i, x) in list.iter().enumerate() {
        out.write_str(if i > 0 { ", " } else { "" })?;
        expr(out, x)?;
    }
    Ok(())
}

fn slice(out: &mut String, s: &SliceExpr) -> fmt::Result {
    around(out, "", &s.x, "[")?;
    if let Some(lo) = &s.lo {
        expr(out, lo)?;
    }
    out.write_str(":")?;
    if let Some(hi) = &s.hi {
        expr(out, hi)?;
    }
    if let Some(max) = &s.max {
        around(out, ":", max, "")?;
    }
    out.write_str("]")
}

/// Names and type of a parameter or field group.
fn group(out: &mut String, field: &Field) -> fmt::Result {
    for (i, name) in field.names.iter().enumerate() {
        write!(out, "{}{}", if i > 0 { ", " } else { "" }, name.name)?;
    }
    around(
        out,
        if field.names.is_empty() { "" } else { " " },
        &field.ty,
        "",
    )
}

fn params(out: &mut String, fields: &[Field]) -> fmt::Result {
    out.write_str("(")?;
    for (i, field) in fields.iter().enumerate() {
        out.write_str(if i > 0 { ", " } else { "" })?;
        group(out, field)?;
    }
    out.write_str(")")
}

/// A signature as text, without `func`.
fn signature(out: &mut String, ty: &FuncType) -> fmt::Result {
    params(out, &ty.params)?;
    match &ty.results[..] {
        [] => Ok(()),
        [only] if only.names.is_empty() => around(out, " ", &only.ty, ""),
        results => {
            out.write_str(" ")?;
            params(out, results)
        }
    }
}

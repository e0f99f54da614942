//! Expressions as messages show them (go/types: ExprString; gc's short form: bodies are elided as `…`).

use crate::ast::{ChanDir, Expr, ExprKind, Field, FuncType, InterfaceElem, deep, unparen};
use std::fmt::Write;

/// The text of an expression in a message.
pub fn expr_string(e: &Expr) -> String {
    let mut out = String::new();
    write_expr(&mut out, e);
    out
}

fn write_expr(out: &mut String, e: &Expr) {
    deep(|| write_expr_kind(out, e));
}

fn write_expr_kind(out: &mut String, e: &Expr) {
    match &e.kind {
        ExprKind::Bad => out.push_str("<bad expr>"),
        ExprKind::Ident(id) => out.push_str(id.name.as_str()),
        ExprKind::BasicLit(lit) => out.push_str(&lit.text),
        ExprKind::CompositeLit(lit) => {
            if let Some(ty) = &lit.ty {
                write_expr(out, ty);
            }
            out.push_str(if lit.elements.is_empty() {
                "{}"
            } else {
                "{…}"
            });
        }
        ExprKind::FuncLit(lit) => {
            out.push_str("func");
            write_signature(out, &lit.ty);
            out.push_str(if lit.body.stmts.is_empty() {
                " {}"
            } else {
                " {…}"
            });
        }
        ExprKind::Paren(x) => wrapped(out, "(", x, ")"),
        ExprKind::Selector(x, sel) => {
            write_expr(out, x);
            let _ = write!(out, ".{}", sel.name);
        }
        ExprKind::Index(x, indices) => {
            write_expr(out, x);
            out.push('[');
            write_list(out, indices);
            out.push(']');
        }
        ExprKind::Slice(s) => {
            write_expr(out, &s.x);
            out.push('[');
            write_opt(out, s.lo.as_deref());
            out.push(':');
            write_opt(out, s.hi.as_deref());
            if let Some(max) = &s.max {
                out.push(':');
                write_expr(out, max);
            }
            out.push(']');
        }
        ExprKind::TypeAssert(x, ty) => {
            write_expr(out, x);
            match ty {
                Some(ty) => wrapped(out, ".(", ty, ")"),
                None => out.push_str(".(type)"),
            }
        }
        ExprKind::Call(call) => {
            write_expr(out, &call.fun);
            out.push('(');
            write_list(out, &call.args);
            out.push_str(if call.ellipsis.is_some() { "...)" } else { ")" });
        }
        ExprKind::Star(x) => wrapped(out, "*", x, ""),
        ExprKind::Unary(op, x) => wrapped(out, op.as_str(), x, ""),
        ExprKind::Binary(op, _, x, y) => {
            write_expr(out, x);
            let _ = write!(out, " {} ", op.as_str());
            write_expr(out, y);
        }
        ExprKind::Ellipsis(x) => wrapped(out, "...", x, ""),
        _ => write_type(out, e),
    }
}

fn write_type(out: &mut String, e: &Expr) {
    match &e.kind {
        ExprKind::ArrayType(len, elem) => {
            out.push('[');
            match len {
                Some(len) => write_expr(out, len),
                None => out.push_str("..."),
            }
            wrapped(out, "]", elem, "");
        }
        ExprKind::SliceType(elem) => wrapped(out, "[]", elem, ""),
        ExprKind::StructType(st) => {
            out.push_str("struct{");
            write_fields(out, &st.fields, "; ");
            out.push('}');
        }
        ExprKind::FuncType(ft) => {
            out.push_str("func");
            write_signature(out, ft);
        }
        ExprKind::InterfaceType(it) => {
            out.push_str("interface{");
            write_interface_elems(out, &it.elements);
            out.push('}');
        }
        ExprKind::MapType(key, elem) => {
            wrapped(out, "map[", key, "]");
            write_expr(out, elem);
        }
        ExprKind::ChanType(dir, elem) => write_chan(out, *dir, elem),
        _ => {}
    }
}

fn write_chan(out: &mut String, dir: ChanDir, elem: &Expr) {
    out.push_str(match dir {
        ChanDir::Both => "chan ",
        ChanDir::Send => "chan<- ",
        ChanDir::Recv => "<-chan ",
    });
    let ambiguous =
        dir == ChanDir::Both && matches!(unparen(elem).kind, ExprKind::ChanType(ChanDir::Recv, _));
    if ambiguous {
        wrapped(out, "(", unparen(elem), ")")
    } else {
        write_expr(out, elem)
    }
}

fn write_interface_elems(out: &mut String, elems: &[InterfaceElem]) {
    for (i, elem) in elems.iter().enumerate() {
        if i > 0 {
            out.push_str("; ");
        }
        match elem {
            InterfaceElem::Method(name, ft) => {
                out.push_str(name.name.as_str());
                write_signature(out, ft);
            }
            InterfaceElem::Embed(e) => write_expr(out, e),
        }
    }
}

fn write_signature(out: &mut String, ft: &FuncType) {
    out.push('(');
    write_fields(out, &ft.params, ", ");
    out.push(')');
    match &ft.results[..] {
        [] => {}
        [only] if only.names.is_empty() => wrapped(out, " ", &only.ty, ""),
        results => {
            out.push_str(" (");
            write_fields(out, results, ", ");
            out.push(')');
        }
    }
}

fn write_fields(out: &mut String, fields: &[Field], sep: &str) {
    for (i, field) in fields.iter().enumerate() {
        if i > 0 {
            out.push_str(sep);
        }
        for (j, name) in field.names.iter().enumerate() {
            let _ = write!(out, "{}{}", if j > 0 { ", " } else { "" }, name.name);
        }
        if !field.names.is_empty() {
            out.push(' ');
        }
        write_expr(out, &field.ty);
        if let Some(tag) = &field.tag {
            let _ = write!(out, " {}", tag.text);
        }
    }
}

fn write_list(out: &mut String, list: &[Expr]) {
    for (i, e) in list.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        write_expr(out, e);
    }
}

fn write_opt(out: &mut String, e: Option<&Expr>) {
    if let Some(e) = e {
        write_expr(out, e);
    }
}

fn wrapped(out: &mut String, before: &str, e: &Expr, after: &str) {
    out.push_str(before);
    write_expr(out, e);
    out.push_str(after);
}

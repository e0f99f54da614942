//! Syntax trees as S-expressions, for tests and for looking at what the parser made.

use crate::ast::*;
use std::fmt::Write;

/// A file as S-expressions, one per top-level item.
pub fn dump(file: &File) -> String {
    let mut d = Dump::default();
    if let Some(package) = &file.package {
        d.line(&format!("(package {})", package.name));
    }
    for spec in &file.imports {
        let name = spec.name.map_or(String::new(), |n| format!(" {}", n.name));
        d.line(&format!("(import{name} {:?})", spec.path));
    }
    for item in &file.items {
        match item {
            Item::Decl(decl) => d.decl(decl),
            Item::Stmt(stmt) => d.stmt(stmt),
        }
        d.out.push('\n');
    }
    d.out
}

/// An expression as an S-expression.
pub fn dump_expr(x: &Expr) -> String {
    let mut d = Dump::default();
    d.expr(x);
    d.out
}

#[derive(Default)]
struct Dump {
    out: String,
}

impl Dump {
    fn line(&mut self, text: &str) {
        self.out.push_str(text);
        self.out.push('\n');
    }

    /// `(head part part …)`; the parts write their own leading space.
    fn form(&mut self, head: &str, parts: impl FnOnce(&mut Dump)) {
        let _ = write!(self.out, "({head}");
        parts(self);
        self.out.push(')');
    }

    fn sp(&mut self, part: impl FnOnce(&mut Dump)) {
        self.out.push(' ');
        part(self);
    }

    fn word(&mut self, text: &str) {
        let _ = write!(self.out, " {text}");
    }

    /// A space and the expression, or `_` for an absent one.
    fn x(&mut self, x: Option<&Expr>) {
        match x {
            Some(x) => self.sp(|d| d.expr(x)),
            None => self.word("_"),
        }
    }

    fn xs(&mut self, list: &[Expr]) {
        for x in list {
            self.x(Some(x));
        }
    }

    fn names(&mut self, names: &[Ident]) {
        for name in names {
            self.word(name.name.as_str());
        }
    }

    fn group(&mut self, head: &str, list: &[Expr]) {
        self.sp(|d| d.form(head, |d| d.xs(list)));
    }

    fn expr(&mut self, x: &Expr) {
        deep(|| self.expr_kind(&x.kind));
    }

    fn expr_kind(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Bad => self.out.push_str("BAD"),
            ExprKind::Ident(name) => self.out.push_str(name.name.as_str()),
            ExprKind::BasicLit(lit) => self.out.push_str(&lit.text),
            ExprKind::Paren(x) => self.form("paren", |d| d.x(Some(x))),
            ExprKind::Selector(x, sel) => self.form(".", |d| {
                d.x(Some(x));
                d.word(sel.name.as_str());
            }),
            ExprKind::Index(x, indices) => self.form("index", |d| {
                d.x(Some(x));
                d.xs(indices);
            }),
            ExprKind::Slice(s) => self.form(if s.three { "slice3" } else { "slice" }, |d| {
                d.x(Some(&s.x));
                d.x(s.lo.as_deref());
                d.x(s.hi.as_deref());
                if s.three {
                    d.x(s.max.as_deref());
                }
            }),
            ExprKind::TypeAssert(x, ty) => self.form("assert", |d| {
                d.x(Some(x));
                match ty {
                    Some(ty) => d.x(Some(ty)),
                    None => d.word("type"),
                }
            }),
            ExprKind::Call(call) => self.form(
                if call.ellipsis.is_some() {
                    "call..."
                } else {
                    "call"
                },
                |d| {
                    d.x(Some(&call.fun));
                    d.xs(&call.args);
                },
            ),
            ExprKind::Star(x) => self.form("*", |d| d.x(Some(x))),
            ExprKind::Unary(op, x) => self.form(op.as_str(), |d| d.x(Some(x))),
            ExprKind::Binary(op, _, x, y) => self.form(op.as_str(), |d| {
                d.x(Some(x));
                d.x(Some(y));
            }),
            ExprKind::CompositeLit(lit) => self.form("lit", |d| {
                d.x(lit.ty.as_deref());
                for e in &lit.elements {
                    match &e.key {
                        Some(key) => d.sp(|d| {
                            d.form(":", |d| {
                                d.x(Some(key));
                                d.x(Some(&e.value));
                            });
                        }),
                        None => d.x(Some(&e.value)),
                    }
                }
            }),
            ExprKind::FuncLit(lit) => self.form("func", |d| {
                d.signature(&lit.ty);
                d.block(&lit.body);
            }),
            _ => self.type_kind(kind),
        }
    }

    fn type_kind(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::ArrayType(len, elem) => self.form("array", |d| {
                match len {
                    Some(len) => d.x(Some(len)),
                    None => d.word("..."),
                }
                d.x(Some(elem));
            }),
            ExprKind::SliceType(elem) => self.form("[]", |d| d.x(Some(elem))),
            ExprKind::Ellipsis(elem) => self.form("...", |d| d.x(Some(elem))),
            ExprKind::MapType(key, elem) => self.form("map", |d| {
                d.x(Some(key));
                d.x(Some(elem));
            }),
            ExprKind::ChanType(dir, elem) => {
                let head = match dir {
                    ChanDir::Both => "chan",
                    ChanDir::Send => "chan<-",
                    ChanDir::Recv => "<-chan",
                };
                self.form(head, |d| d.x(Some(elem)));
            }
            ExprKind::FuncType(ty) => self.form("functype", |d| d.signature(ty)),
            ExprKind::StructType(st) => self.form("struct", |d| d.fields(&st.fields)),
            ExprKind::InterfaceType(it) => self.form("interface", |d| {
                for elem in &it.elements {
                    match elem {
                        InterfaceElem::Method(name, ty) => d.sp(|d| {
                            d.form("method", |d| {
                                d.word(name.name.as_str());
                                d.signature(ty);
                            });
                        }),
                        InterfaceElem::Embed(ty) => d.x(Some(ty)),
                    }
                }
            }),
            _ => {}
        }
    }

    /// Each field group as ` (a b T)`, ` T` if it has no names.
    fn fields(&mut self, fields: &[Field]) {
        for f in fields {
            self.sp(|d| {
                if f.names.is_empty() && f.tag.is_none() {
                    return d.expr(&f.ty);
                }
                d.out.push('(');
                for name in &f.names {
                    let _ = write!(d.out, "{} ", name.name);
                }
                d.expr(&f.ty);
                if let Some(tag) = &f.tag {
                    d.word(&tag.text);
                }
                d.out.push(')');
            });
        }
    }

    fn signature(&mut self, ty: &FuncType) {
        self.sp(|d| d.form("params", |d| d.fields(&ty.params)));
        if !ty.results.is_empty() {
            self.sp(|d| d.form("results", |d| d.fields(&ty.results)));
        }
    }

    fn tparams(&mut self, fields: &[Field]) {
        if !fields.is_empty() {
            self.sp(|d| d.form("tparams", |d| d.fields(fields)));
        }
    }

    fn decl(&mut self, decl: &Decl) {
        match decl {
            Decl::Group(decls) => self.form("group", |d| {
                for decl in decls.iter() {
                    d.sp(|d| d.decl(decl));
                }
            }),
            Decl::Const(c) => self.form(if c.inherited { "const^" } else { "const" }, |d| {
                d.word(&c.iota.to_string());
                d.names(&c.names);
                d.x(c.rhs.ty.as_ref());
                d.group("=", &c.rhs.values);
            }),
            Decl::Var(v) => self.form("var", |d| {
                d.names(&v.names);
                d.x(v.ty.as_ref());
                d.group("=", &v.values);
            }),
            Decl::Type(t) => self.form(if t.is_alias { "alias" } else { "type" }, |d| {
                d.word(t.name.name.as_str());
                d.tparams(&t.tparams);
                d.x(Some(&t.ty));
            }),
            Decl::Func(f) => self.form("funcdecl", |d| {
                if let Some(recv) = &f.recv {
                    d.sp(|d| d.form("recv", |d| d.fields(recv)));
                }
                d.word(f.name.name.as_str());
                d.tparams(&f.tparams);
                d.signature(&f.ty);
                match f.body.as_ref().map(|b| b.block.get()) {
                    Some(Some(block)) => d.block(block),
                    Some(None) => d.word("{lazy}"),
                    None => {}
                }
            }),
        }
    }

    fn block(&mut self, block: &BlockStmt) {
        self.sp(|d| d.form("block", |d| d.stmts(&block.stmts)));
    }

    fn stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.sp(|d| d.stmt(stmt));
        }
    }

    fn opt_stmt(&mut self, stmt: Option<&Stmt>) {
        match stmt {
            Some(stmt) => self.sp(|d| d.stmt(stmt)),
            None => self.word("_"),
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        deep(|| self.stmt_kind(&stmt.kind));
    }

    fn stmt_kind(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Bad => self.out.push_str("BAD"),
            StmtKind::Empty => self.out.push_str("(empty)"),
            StmtKind::Expr(x) => self.expr(x),
            StmtKind::Send(ch, _, x) => self.form("send", |d| {
                d.x(Some(ch));
                d.x(Some(x));
            }),
            StmtKind::IncDec(x, up) => self.form(if *up { "++" } else { "--" }, |d| d.x(Some(x))),
            StmtKind::Assign(a) => {
                let head = match a.op {
                    AssignOp::Assign => "=".to_string(),
                    AssignOp::Define => ":=".to_string(),
                    AssignOp::Op(op) => format!("{}=", op.as_str()),
                };
                self.form(&head, |d| {
                    d.group("lhs", &a.lhs);
                    d.xs(&a.rhs);
                });
            }
            StmtKind::Go(x) => self.form("go", |d| d.x(Some(x))),
            StmtKind::Defer(x) => self.form("defer", |d| d.x(Some(x))),
            StmtKind::Return(results) => self.form("return", |d| d.xs(results)),
            StmtKind::Branch(kind, label) => {
                let head = format!("{kind:?}").to_lowercase();
                self.form(&head, |d| d.names(label.as_slice()));
            }
            StmtKind::Block(block) => self.form("block", |d| d.stmts(&block.stmts)),
            StmtKind::Labeled(label, stmt) => self.form("label", |d| {
                d.word(label.name.as_str());
                d.opt_stmt(Some(stmt));
            }),
            StmtKind::Decl(decl) => self.decl(decl),
            _ => self.flow(kind),
        }
    }

    fn flow(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::If(s) => self.form("if", |d| {
                d.opt_stmt(s.init.as_ref());
                d.x(Some(&s.cond));
                d.block(&s.then);
                if let Some(els) = &s.els {
                    d.sp(|d| d.stmt(els));
                }
            }),
            StmtKind::For(s) => self.form("for", |d| {
                d.opt_stmt(s.init.as_ref());
                d.x(s.cond.as_ref());
                d.opt_stmt(s.post.as_ref());
                d.block(&s.body);
            }),
            StmtKind::Range(s) => self.form(if s.define { "range:=" } else { "range" }, |d| {
                d.x(s.key.as_ref());
                d.x(s.value.as_ref());
                d.x(Some(&s.x));
                d.block(&s.body);
            }),
            StmtKind::Switch(s) => self.form("switch", |d| {
                d.opt_stmt(s.init.as_ref());
                d.x(s.tag.as_ref());
                d.cases(&s.clauses);
            }),
            StmtKind::TypeSwitch(s) => self.form("typeswitch", |d| {
                d.opt_stmt(s.init.as_ref());
                d.word(s.bind.map_or("_", |b| b.name.as_str()));
                d.x(Some(&s.x));
                d.cases(&s.clauses);
            }),
            StmtKind::Select(s) => self.form("select", |d| {
                for c in &s.clauses {
                    d.sp(|d| {
                        d.form(if c.comm.is_some() { "case" } else { "default" }, |d| {
                            if let Some(comm) = &c.comm {
                                d.sp(|d| d.stmt(comm));
                            }
                            d.stmts(&c.body);
                        });
                    });
                }
            }),
            _ => {}
        }
    }

    fn cases(&mut self, clauses: &[CaseClause]) {
        for c in clauses {
            self.sp(|d| {
                d.form(if c.is_default { "default" } else { "case" }, |d| {
                    if !c.is_default {
                        d.group("of", &c.exprs);
                    }
                    d.stmts(&c.body);
                });
            });
        }
    }
}

//! Declarations as their sources show them, and what is known about the predeclared functions.
//!
//! Invariant: nothing here checks a declaration of a package that nobody has used: its text says enough.

use super::Kind;
use super::ask::View;
use lang::ast::{Expr, FuncDecl};
use lang::source::{Pos, Span};
use lang::types::{Builtin, DeclRef, ObjId};
use std::sync::OnceLock;

impl View<'_> {
    /// The kind of a package-level object and a word on it, from its declaration; nothing if only the checker can tell.
    pub(super) fn declared(&self, obj: ObjId) -> Option<(Kind, String)> {
        let pkg = self.world.objects.pkg(obj)?;
        match self.world.package(pkg).decls.get(&obj)? {
            DeclRef::Func(f) => Some((Kind::Func, self.signature_text(f))),
            DeclRef::Var(spec) => Some((Kind::Var, self.expr_text(spec.ty.as_ref()?))),
            DeclRef::Const(_) | DeclRef::Type(_) => None,
        }
    }

    /// A declared function's type, from its declaration.
    pub(super) fn func_text(&mut self, obj: ObjId) -> String {
        if let Some(decl) = self.world.objects.func(obj).and_then(|f| f.decl) {
            return self.signature_text(&decl);
        }
        let _ = self.world.ensure_object(obj);
        self.type_string(self.world.objects.ty(obj))
    }

    fn signature_text(&self, f: &FuncDecl) -> String {
        let end = f.body.as_ref().map_or(f.span.hi, |b| b.span.lo);
        format!("func{}", self.text(f.name.span.hi, end))
    }

    fn expr_text(&self, e: &Expr) -> String {
        self.text(e.span.lo, e.span.hi)
    }

    /// A piece of source in one line.
    pub(super) fn text(&self, lo: Pos, hi: Pos) -> String {
        let Some(file) = self.world.sources.file(lo) else {
            return String::new();
        };
        let words: Vec<&str> = file.slice(Span { lo, hi }).split_whitespace().collect();
        words.join(" ").trim_end_matches(';').to_string()
    }

    /// A piece of source as it stands.
    pub(super) fn source(&self, lo: Pos, hi: Pos) -> String {
        let file = self.world.sources.file(lo);
        file.map_or("", |f| f.slice(Span { lo, hi }))
            .trim_end()
            .to_string()
    }
}

/// What there is to say about a predeclared function.
#[derive(Clone, Debug, Default)]
pub(super) struct BuiltinDoc {
    /// `func(v Type) int`
    pub(super) signature: String,
    /// The declaration.
    pub(super) decl: String,
    /// The doc comment.
    pub(super) doc: String,
}

/// A predeclared function, or one of unsafe's.
pub(super) fn builtin(b: Builtin) -> &'static BuiltinDoc {
    static DOCS: OnceLock<Vec<(&'static str, BuiltinDoc)>> = OnceLock::new();
    static NONE: OnceLock<BuiltinDoc> = OnceLock::new();
    let docs = DOCS.get_or_init(|| builtin_docs(Builtin::DOCS));
    docs.iter()
        .find(|d| d.0 == b.name())
        .map_or_else(|| NONE.get_or_init(BuiltinDoc::default), |d| &d.1)
}

/// The functions that a text of comments and `func` lines documents.
fn builtin_docs(text: &'static str) -> Vec<(&'static str, BuiltinDoc)> {
    let mut docs = Vec::new();
    let mut doc = String::new();
    for line in text.lines() {
        if let Some(comment) = line.strip_prefix("//") {
            doc.push_str(comment.strip_prefix(' ').unwrap_or(comment));
            doc.push('\n');
        } else if let Some(decl) = line.strip_prefix("func ") {
            let (name, rest) = decl.split_at(decl.find('(').unwrap_or(decl.len()));
            docs.push((
                name,
                BuiltinDoc {
                    signature: format!("func{rest}"),
                    decl: line.to_string(),
                    doc: std::mem::take(&mut doc).trim_end().to_string(),
                },
            ));
        } else {
            doc.clear();
        }
    }
    docs
}

//! Inputs taken apart into declarations and statements.

use super::layout::{end_of, expanded, is_block};
use crate::repl::state::{Fate, Input};
use crate::session::items;
use lang::ast::{
    AssignOp, Decl, Expr, ExprKind, FuncDecl, Item, NodeIds, Stmt, StmtKind, UnaryOp, VarSpec,
    unparen,
};
use lang::source::{SourceFile, SourceMap, Span};
use lang::syntax::{self, Kind, ParseOptions};
use std::collections::{BTreeMap, BTreeSet};

/// A declaration or a statement of an input.
#[derive(Clone)]
pub(super) struct Piece {
    /// Its text.
    pub(super) text: String,
    /// What it is.
    pub(super) kind: PieceKind,
    /// How it stands in the program.
    pub(super) form: Form,
    /// Statements that follow it because the checker wants them.
    pub(super) after: Vec<String>,
    /// Whether it begins a block that ends with the program.
    pub(super) opens: bool,
    /// Whether it still waits in the session.
    waits: bool,
    /// The variables that hold its values.
    pub(super) results: Vec<String>,
}

/// What a piece is.
#[derive(Clone)]
pub(super) enum PieceKind {
    /// A declaration of functions, types or constants: what it declares, methods as `T.m`.
    Decl(Vec<String>),
    /// A statement.
    Stmt {
        /// The variables that it declares.
        defines: Vec<String>,
    },
}

/// How a statement stands in the program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As it was typed.
    AsIs,
    /// With `=` for `:=`.
    Assigned,
    /// `_ = x`: an expression that is not allowed as a statement.
    Blank,
    /// Its variables with their types only: it broke before they had values.
    Declared,
    /// Not at all.
    Dropped,
}

impl Piece {
    fn new(text: &str, kind: PieceKind) -> Piece {
        Piece {
            text: tidy(text.trim()),
            kind,
            form: Form::AsIs,
            after: Vec::new(),
            opens: false,
            waits: false,
            results: Vec::new(),
        }
    }

    /// The variables that it declares.
    pub(super) fn defines(&self) -> impl Iterator<Item = &String> {
        match &self.kind {
            PieceKind::Stmt { defines } => defines.iter(),
            PieceKind::Decl(_) => [].iter(),
        }
    }

    /// Changes the form; whether it was another.
    pub(super) fn becomes(&mut self, form: Form) -> bool {
        let changes = self.form != form || self.opens;
        self.form = form;
        changes
    }

    /// Makes the statement use a variable that is declared at a place in it: behind the declaration; whether that could be done.
    pub(super) fn uses(&mut self, name: &str, line: usize, byte: usize) -> bool {
        let line_text = format!("_ = {name}");
        if self.defines().any(|n| n == name) {
            let new = !self.after.contains(&line_text);
            if new {
                self.after.push(line_text);
            }
            return new;
        }
        let found = behind(&self.text, name, line, byte);
        if let Some((at, in_block)) = found {
            let use_it = match in_block {
                true => format!(" {line_text};"),
                false => format!("; {line_text}"),
            };
            self.text.insert_str(at, &use_it);
            self.text = tidy(&self.text);
        }
        found.is_some()
    }

    /// The statement as it stands in func main; `shared` variables are declared outside.
    pub(super) fn statement(
        &self,
        shared: &BTreeSet<String>,
        types: &BTreeMap<String, String>,
    ) -> String {
        let assigned = || self.text.replacen(":=", "=", 1);
        let outside = self.waits || self.defines().any(|n| shared.contains(n));
        let (mut lines, text) = match self.form {
            Form::Dropped => return String::new(),
            Form::Declared => (self.declarations(shared, types), String::new()),
            Form::Blank => (Vec::new(), format!("_ = {}", self.text)),
            Form::Assigned => (Vec::new(), assigned()),
            Form::AsIs if outside => (self.declarations(shared, types), self.assignment()),
            Form::AsIs => (Vec::new(), self.text.clone()),
        };
        match self.waits {
            true => {
                lines.push("// It waited, and the session went on.".to_string());
                lines.push(format!("go func() {{\n{text}\n}}()"));
            }
            false if text.is_empty() => {}
            false => lines.push(text),
        }
        lines.extend(self.after.iter().cloned());
        lines.join("\n")
    }

    /// The declarations, without values, of those of its variables that are not declared outside of func main.
    fn declarations(
        &self,
        shared: &BTreeSet<String>,
        types: &BTreeMap<String, String>,
    ) -> Vec<String> {
        let own = self.defines().filter(|n| !shared.contains(*n) && *n != "_");
        own.map(|n| declared(n, types)).collect()
    }

    /// The statement with its variables declared before.
    fn assignment(&self) -> String {
        if self.defines().next().is_none() {
            return self.text.clone();
        }
        match self.text.strip_prefix("var ") {
            None => self.text.replacen(":=", "=", 1),
            Some(_) => match self.text.split_once('=') {
                Some((_, values)) => {
                    let names: Vec<&str> = self.defines().map(String::as_str).collect();
                    format!("{} ={values}", names.join(", "))
                }
                None => String::new(),
            },
        }
    }
}

/// The text in gofmt's layout.
fn tidy(text: &str) -> String {
    let new = expanded(text);
    // Layout goes by tokens: where it misjudges them, the text stays as it was typed.
    match items(&new) {
        Ok(_) => new,
        Err(_) => text.to_string(),
    }
}

fn declared(name: &str, types: &BTreeMap<String, String>) -> String {
    let ty = types.get(name).map_or("any", String::as_str);
    format!("var {name} {ty}")
}

/// Where a name that a text declares at a place, given by line and byte in it without the indentation, can be used first; and whether that is the
/// beginning of a block or clause.
fn behind(text: &str, name: &str, line: usize, byte: usize) -> Option<(usize, bool)> {
    let start: usize = text.split_inclusive('\n').take(line).map(str::len).sum();
    let full = text[start..].lines().next()?;
    let at = start + (full.len() - full.trim_start().len()) + byte;
    if !text.get(at..)?.starts_with(name) {
        return None;
    }
    let tokens = syntax::lex(text, 1, true).tokens;
    let here = tokens.iter().position(|t| t.lo as usize - 1 == at)?;
    let ends = |k: Kind| matches!(k, Kind::Semi | Kind::LBrace | Kind::RBrace);
    let first = tokens[..here]
        .iter()
        .rposition(|t| ends(t.kind))
        .map_or(0, |i| i + 1);
    let offset = |p: u32| p as usize - 1;
    match tokens[first].kind {
        Kind::For | Kind::If | Kind::Switch => {
            let block = (here..tokens.len()).find(|&i| is_block(&tokens, i))?;
            let of_types = tokens[here..block].iter().any(|t| t.kind == Kind::Type);
            let begin = match of_types {
                // Its variable is one in every clause.
                true => end_of(&tokens, block + 1, Kind::Colon)?,
                false => block,
            };
            Some((offset(tokens[begin].hi), true))
        }
        Kind::Case => {
            let colon = end_of(&tokens, here, Kind::Colon)?;
            Some((offset(tokens[colon].hi), true))
        }
        _ => {
            let end = end_of(&tokens, here, Kind::Semi)?;
            Some((offset(tokens[end - 1].hi), false))
        }
    }
}

/// The names in a text.
pub(super) fn tokens(text: &str) -> BTreeSet<String> {
    let lexed = syntax::lex(text, 1, true);
    lexed
        .tokens
        .iter()
        .filter(|t| t.kind == Kind::Name)
        .map(|t| text[t.lo as usize - 1..t.hi as usize - 1].to_string())
        .collect()
}

/// The pieces of an input, as far as they count.
pub(super) fn pieces(input: &Input, ids: &NodeIds) -> Vec<Piece> {
    if input.fate == Fate::Rejected {
        return Vec::new();
    }
    let mut found: Vec<Piece> = items(&input.text)
        .unwrap_or_default()
        .into_iter()
        .flat_map(|i| item(&input.text[i.span], ids))
        .collect();
    let is_expr = |p: &Piece| p.is_value();
    let mut values: Vec<&mut Piece> = found.iter_mut().filter(|p| is_expr(p)).collect();
    if values.len() == 1 {
        values[0].results = input.results.clone();
    } else if values.len() == input.results.len() {
        for (p, name) in values.into_iter().zip(&input.results) {
            p.results = vec![name.clone()];
        }
    }
    match input.fate {
        Fate::Waits => {
            if let Some(last) = found.last_mut() {
                last.waits = true;
            }
        }
        Fate::Broke => {
            found.retain(|p| matches!(p.kind, PieceKind::Decl(_)) || p.defines().next().is_some());
            found.iter_mut().for_each(|p| p.form = Form::Declared);
        }
        Fate::Ran | Fate::Rejected => {}
    }
    found
}

/// The pieces that a top-level item is made of.
fn item(text: &str, ids: &NodeIds) -> Vec<Piece> {
    let mut sources = SourceMap::default();
    let Ok(source) = sources.add("input", text, false) else {
        return Vec::new();
    };
    let (file, _) = syntax::parse_file(&source, ids, ParseOptions::default());
    let piece = |i: &Item| match i {
        Item::Decl(d) => decl(d, text, &source),
        Item::Stmt(s) => vec![stmt(s, text)],
    };
    file.items.iter().flat_map(piece).collect()
}

fn decl(d: &Decl, text: &str, source: &SourceFile) -> Vec<Piece> {
    match d {
        Decl::Var(spec) => vec![var(spec, source)],
        Decl::Group(list) if matches!(list.first(), Some(Decl::Var(_))) => list
            .iter()
            .filter_map(|d| match d {
                Decl::Var(spec) => Some(var(spec, source)),
                _ => None,
            })
            .collect(),
        d => vec![Piece::new(text, PieceKind::Decl(keys(d)))],
    }
}

fn var(spec: &VarSpec, source: &SourceFile) -> Piece {
    let Span { lo, hi } = spec.span;
    let text = &source.text[(lo.0 - source.base) as usize..(hi.0 - source.base) as usize];
    let text = text.trim();
    let text = text.strip_prefix("var ").unwrap_or(text);
    let defines = spec.names.iter().map(|n| n.name.to_string()).collect();
    Piece::new(&format!("var {text}"), PieceKind::Stmt { defines })
}

fn keys(d: &Decl) -> Vec<String> {
    match d {
        Decl::Const(c) => c.names.iter().map(|n| n.name.to_string()).collect(),
        Decl::Type(t) => vec![t.name.name.to_string()],
        Decl::Func(f) => vec![func_key(f)],
        Decl::Group(list) => list.iter().flat_map(keys).collect(),
        Decl::Var(_) => Vec::new(),
    }
}

fn func_key(f: &FuncDecl) -> String {
    let recv = f.recv.as_ref().and_then(|r| r.first());
    match recv.and_then(|r| base(&r.ty)) {
        Some(base) => format!("{base}.{}", f.name.name),
        None => f.name.name.to_string(),
    }
}

/// The name of a receiver's base type.
fn base(e: &Expr) -> Option<String> {
    match &e.kind {
        ExprKind::Ident(i) => Some(i.name.to_string()),
        ExprKind::Star(e) | ExprKind::Paren(e) | ExprKind::Index(e, _) => base(e),
        _ => None,
    }
}

fn stmt(s: &Stmt, text: &str) -> Piece {
    let defines = match &s.kind {
        StmtKind::Assign(a) if a.op == AssignOp::Define => a.lhs.iter().filter_map(name).collect(),
        _ => Vec::new(),
    };
    let mut p = Piece::new(text, PieceKind::Stmt { defines });
    if let StmtKind::Expr(e) = &s.kind
        && !may_stand_alone(e)
    {
        p.form = Form::Blank;
    }
    if matches!(s.kind, StmtKind::Expr(_)) {
        p.results = vec![String::new()];
    }
    p
}

impl Piece {
    /// Whether it is an expression that stands alone.
    fn is_value(&self) -> bool {
        !self.results.is_empty()
    }
}

fn name(e: &Expr) -> Option<String> {
    match &e.kind {
        ExprKind::Ident(i) if i.name.as_str() != "_" => Some(i.name.to_string()),
        _ => None,
    }
}

/// Whether an expression may be a statement: a call or a receive.
fn may_stand_alone(e: &Expr) -> bool {
    matches!(
        &unparen(e).kind,
        ExprKind::Call(_) | ExprKind::Unary(UnaryOp::Recv, _)
    )
}

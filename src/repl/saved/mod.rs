//! The session as a complete Go program: what `:save` writes.
//!
//! Invariants: the program has the session's declarations, each in its last form, and the statements of its inputs in their order in func main.
//! Variables are main's own unless a function uses them. The checker judges the program; what it objects to that a session allows (unused names, a
//! second `:=`) is mended piece by piece until nothing is left or nothing helps.

mod layout;
mod pieces;

use super::state::Repl;
use crate::engine::{Engine, Options};
use crate::load::Failure;
use lang::ast::NodeIds;
use lang::diag::{Code, Diagnostic, Format};
use lang::types::ObjKind;
use pieces::{Form, Piece, PieceKind, pieces, tokens};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A program.
pub(super) struct Saved {
    /// Its text.
    pub(super) text: String,
    /// Why it does not compile, if it does not.
    pub(super) problem: Option<String>,
}

/// Rounds of mending.
const ROUNDS: usize = 100;

/// The session as a program.
pub(super) fn program(repl: &mut Repl) -> Saved {
    let mut draft = Draft::of(repl);
    let mut problem = None;
    for _ in 0..ROUNDS {
        let (text, lines) = draft.render();
        let found = errors(&text);
        problem = found.first().map(|(_, d)| d.message.clone());
        let mut mended = false;
        for (at, d) in found {
            mended |= draft.mend(&lines, at, &d);
        }
        if !mended {
            return Saved { text, problem };
        }
    }
    let (text, _) = draft.render();
    Saved { text, problem }
}

/// The text of the input that declared a function or a type.
pub(super) fn source_of(repl: &Repl, name: &str) -> Option<String> {
    let name = name.trim_matches(['(', ')', '*']);
    let declares = |p: &Piece| match &p.kind {
        PieceKind::Decl(keys) => keys.iter().any(|k| k == name),
        _ => false,
    };
    let ids = NodeIds::default();
    let found = repl
        .inputs
        .iter()
        .rev()
        .find(|i| pieces(i, &ids).iter().any(declares))?;
    Some(found.text.clone())
}

/// A place in a program: the line, from 1, and the byte in it, from 0, without the indentation.
#[derive(Clone, Copy, Default)]
struct At {
    line: usize,
    byte: usize,
}

/// What the checker says against a program, and where.
fn errors(text: &str) -> Vec<(At, Diagnostic)> {
    let mut engine = Engine::new(Options::default());
    let Err(Failure::Diagnostics(diags)) = engine.load_text("saved.go", text) else {
        return Vec::new();
    };
    let at = |d: &Diagnostic| {
        let shown = engine.render(std::slice::from_ref(d), Format::Short, false);
        let mut parts = shown.split(':').skip(1);
        let mut number = || parts.next()?.parse::<usize>().ok();
        let (line, column) = (number()?, number()?);
        let tabs = text
            .lines()
            .nth(line - 1)?
            .bytes()
            .take_while(|&b| b == b'\t');
        let byte = column.checked_sub(1 + tabs.count())?;
        Some(At { line, byte })
    };
    diags
        .into_iter()
        .filter(Diagnostic::is_error)
        .map(|d| (at(&d).unwrap_or_default(), d))
        .collect()
}

/// A program in the making.
struct Draft {
    /// Packages, each with the name that it is imported under if that is not its own.
    imports: BTreeSet<(String, String)>,
    decls: Vec<Piece>,
    stmts: Vec<Piece>,
    /// The session's variables with their types.
    types: BTreeMap<String, String>,
    /// The variables that functions use.
    shared: BTreeSet<String>,
}

/// What lines of a program are.
enum Part {
    Import(String),
    Decl,
    Stmt(usize),
}

type Lines = Vec<(Range<usize>, Part)>;

impl Draft {
    fn of(repl: &mut Repl) -> Draft {
        let ids = NodeIds::default();
        let all: Vec<Piece> = repl.inputs.iter().flat_map(|i| pieces(i, &ids)).collect();
        let types = types(repl);
        let decls = last_forms(&all);
        let mut stmts: Vec<Piece> = all
            .into_iter()
            .filter(|p| matches!(p.kind, PieceKind::Stmt { .. }))
            .collect();
        name_results(&mut stmts, &decls);
        Draft {
            imports: imports(repl),
            decls,
            stmts,
            types,
            shared: BTreeSet::new(),
        }
    }

    /// The text, and what its lines are.
    fn render(&self) -> (String, Lines) {
        let mut w = Writer::default();
        w.line("package main");
        if !self.imports.is_empty() {
            w.line("\nimport (");
            for (path, name) in &self.imports {
                let text = format!("{name} {path:?}");
                w.part(text.trim(), Part::Import(path.clone()));
            }
            w.line(")");
        }
        if !self.shared.is_empty() {
            w.line("");
        }
        for name in &self.shared {
            w.line(&format!("var {name} {}", self.types[name]));
        }
        for d in &self.decls {
            w.line("");
            w.part(&d.text, Part::Decl);
        }
        if !self.has_main() {
            self.main(&mut w);
        }
        (layout::indented(&w.text), w.lines)
    }

    /// A program of the user's own brings its main function.
    fn has_main(&self) -> bool {
        let main = |p: &Piece| matches!(&p.kind, PieceKind::Decl(keys) if keys.iter().any(|k| k == "main"));
        self.stmts.is_empty() && self.decls.iter().any(main)
    }

    fn main(&self, w: &mut Writer) {
        w.line("\nfunc main() {");
        let mut open = 0;
        for (i, piece) in self.stmts.iter().enumerate() {
            if piece.opens {
                w.line("{");
                open += 1;
            }
            w.part(&piece.statement(&self.shared, &self.types), Part::Stmt(i));
        }
        for _ in 0..=open {
            w.line("}");
        }
    }

    /// Changes what the checker objects to; false if that is beyond mending.
    fn mend(&mut self, lines: &Lines, at: At, d: &Diagnostic) -> bool {
        let Some((whole, part)) = lines.iter().find(|(whole, _)| whole.contains(&at.line)) else {
            return false;
        };
        let at = At {
            line: at.line - whole.start,
            ..at
        };
        match part {
            Part::Import(path) if d.code == Code::UnusedImport => {
                let before = self.imports.len();
                self.imports.retain(|i| i.0 != *path);
                self.imports.len() < before
            }
            Part::Stmt(i) => mend(&mut self.stmts[*i], at, d),
            Part::Decl if d.code == Code::UndeclaredName => {
                let name = d.message.rsplit(": ").next().unwrap_or_default();
                self.types.contains_key(name) && self.shared.insert(name.to_string())
            }
            Part::Import(_) | Part::Decl => false,
        }
    }
}

/// Changes a statement that the checker objects to; `at` counts the lines of its text from 0.
fn mend(p: &mut Piece, at: At, d: &Diagnostic) -> bool {
    match (d.code, p.form) {
        (Code::UnusedVar, _) => {
            let name = d.message.replace("declared and not used", "");
            p.uses(name.trim_matches([':', ' ']), at.line, at.byte)
        }
        (Code::NoNewVar, Form::AsIs) => p.becomes(Form::Assigned),
        (Code::UnusedExpr | Code::UnusedResults, Form::AsIs) => p.becomes(Form::Blank),
        (_, Form::Blank) => p.becomes(Form::Dropped),
        // A name of another type: from here on it is another variable.
        (_, Form::AsIs | Form::Assigned) if !p.opens && p.defines().next().is_some() => {
            p.opens = true;
            p.becomes(Form::AsIs)
        }
        _ => false,
    }
}

/// The declarations in their last forms.
fn last_forms(all: &[Piece]) -> Vec<Piece> {
    let keys = |p: &Piece| match &p.kind {
        PieceKind::Decl(keys) => keys.clone(),
        _ => Vec::new(),
    };
    let mut kept = Vec::new();
    for (i, p) in all.iter().enumerate() {
        let own = keys(p);
        let later: BTreeSet<String> = all[i + 1..].iter().flat_map(&keys).collect();
        // With its type, a method goes too.
        let gone = |k: &String| {
            later.contains(k) || k.split_once('.').is_some_and(|(t, _)| later.contains(t))
        };
        if !own.is_empty() && !own.iter().all(gone) {
            kept.push(p.clone());
        }
    }
    kept
}

/// Expressions whose results are used later define them.
fn name_results(stmts: &mut [Piece], decls: &[Piece]) {
    let mut used: BTreeSet<String> = decls.iter().flat_map(|d| tokens(&d.text)).collect();
    for p in stmts.iter_mut().rev() {
        if p.results.iter().any(|r| used.contains(r)) {
            p.text = format!("{} := {}", p.results.join(", "), p.text);
            p.kind = PieceKind::Stmt {
                defines: p.results.clone(),
            };
            p.form = Form::AsIs;
        }
        used.extend(tokens(&p.text));
    }
}

/// The types of the session's variables.
fn types(repl: &mut Repl) -> BTreeMap<String, String> {
    let session = &mut repl.session;
    let mut types = BTreeMap::new();
    for (name, var) in session.variables() {
        let ty = session.world().objects.ty(var);
        types.insert(name, session.type_string(ty));
    }
    types
}

/// What the session has imported.
fn imports(repl: &mut Repl) -> BTreeSet<(String, String)> {
    let pkg = repl.session.pkg();
    let world = repl.session.world();
    let scopes = world.package(pkg).file_scopes.clone();
    let mut found = BTreeSet::new();
    for obj in scopes
        .into_iter()
        .flat_map(|s| world.objects.scope_objects(s))
    {
        let object = world.objects.get(obj);
        if let ObjKind::PkgName(p) = object.kind {
            let package = world.package(p);
            let name = match package.name == object.name {
                true => String::new(),
                false => object.name.to_string(),
            };
            found.insert((package.path.to_string(), name));
        }
    }
    found
}

/// A text that grows by lines.
#[derive(Default)]
struct Writer {
    text: String,
    lines: Lines,
    count: usize,
}

impl Writer {
    fn line(&mut self, text: &str) {
        self.text += text;
        self.text.push('\n');
        self.count += text.matches('\n').count() + 1;
    }

    fn part(&mut self, text: &str, part: Part) {
        if text.is_empty() {
            return;
        }
        let first = self.count + 1;
        self.line(text);
        self.lines.push((first..self.count + 1, part));
    }
}

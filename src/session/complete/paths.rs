//! Candidates inside string literals: import paths, and names of files where a function of package os takes one.

use super::cut::Cut;
use super::{Candidate, Kind, Session, fits};
use lang::check::Place;
use lang::syntax::Kind as Token;
use std::path::Path;

/// Standard packages that a program may import.
pub(super) fn importable() -> impl Iterator<Item = &'static str> {
    stdlib::package_paths().filter(|p| !p.split('/').any(|part| part == "internal"))
}

impl Session {
    /// Candidates for what is in a string literal.
    pub(super) fn complete_string(&mut self, cut: &Cut<'_>) -> Vec<Candidate> {
        if is_import(cut) {
            return importable()
                .filter(|p| fits(p, cut.word))
                .map(|p| Candidate::new(p, Kind::Package, ""))
                .collect();
        }
        if self.takes_file(cut) {
            self.files(cut.word)
        } else {
            Vec::new()
        }
    }

    /// Files whose names begin with what has been typed; relative ones are looked for where the session's programs look for theirs.
    pub fn files(&self, typed: &str) -> Vec<Candidate> {
        files(&self.dir, typed)
    }

    /// Whether the literal is an argument of a function of package os.
    fn takes_file(&mut self, cut: &Cut<'_>) -> bool {
        let os = |view: &mut super::ask::View<'_>, place: Option<Place>| match place {
            Some(Place::Member(valued)) => {
                let pkg = valued.object.and_then(|o| view.world.objects.pkg(o));
                pkg.is_some_and(|p| view.world.package(p).path == "os")
            }
            _ => false,
        };
        self.ask_callee(cut, os).unwrap_or(false)
    }
}

/// Whether a string literal at the cursor is an import path.
fn is_import(cut: &Cut<'_>) -> bool {
    let line = |t: &lang::syntax::Token| matches!(t.kind, Token::Name | Token::Dot);
    let mut before = cut.tokens.iter().rev().skip_while(|t| line(t));
    match before.next().map(|t| t.kind) {
        Some(Token::Import) => true,
        Some(Token::LParen | Token::Semi) => {
            let open = cut.frames.last().map(|f| f.open.lo);
            let at = cut
                .tokens
                .iter()
                .position(|t| Some(t.lo) == open && t.kind == Token::LParen);
            at.and_then(|i| i.checked_sub(1))
                .is_some_and(|i| cut.tokens[i].kind == Token::Import)
        }
        _ => false,
    }
}

fn files(dir: &Path, typed: &str) -> Vec<Candidate> {
    const MOST: usize = 1000;
    let (folder, name) = match typed.rfind('/') {
        Some(at) => typed.split_at(at + 1),
        None => ("", typed),
    };
    let Ok(entries) = std::fs::read_dir(dir.join(folder)) else {
        return Vec::new();
    };
    let mut list: Vec<Candidate> = entries
        .flatten()
        .take(MOST)
        .filter_map(|e| {
            let found = e.file_name().into_string().ok()?;
            let hidden = found.starts_with('.') && !name.starts_with('.');
            if hidden || !found.starts_with(name) {
                return None;
            }
            let slash = if e.path().is_dir() { "/" } else { "" };
            Some(Candidate::new(
                format!("{folder}{found}{slash}"),
                Kind::File,
                "",
            ))
        })
        .collect();
    list.sort_by(|a, b| a.text.cmp(&b.text));
    list
}

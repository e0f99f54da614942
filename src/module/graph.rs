//! Walks the imports of a program and reads every package that is not of the standard library.
//!
//! Invariants: a package is read once; what is wrong with an import is reported where it stands, at every place; the walk goes on
//! after a problem, so that all of them are reported at once.

use super::embed::rewrite;
use super::folder::Folder;
use super::resolve::Modules;
use super::{Header, Packages, Text, is_std};
use lang::diag::Code;
use std::collections::HashMap;

/// Where a problem is: a file's name and text, and the extent within.
#[derive(Clone, Debug)]
pub struct At {
    /// The name shown.
    pub name: String,
    /// The text.
    pub text: String,
    /// The first byte.
    pub lo: usize,
    /// One past the last.
    pub hi: usize,
}

/// Something that keeps the program from being checked.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Where.
    pub at: At,
    /// Which kind.
    pub code: Code,
    /// What, in the words of the go command.
    pub message: String,
}

/// One import of a file.
pub struct Import {
    /// The imported path.
    pub path: String,
    /// Where it stands.
    pub at: At,
    /// The file's base name.
    pub file: String,
}

/// A walk in progress.
pub struct Walk<'a> {
    /// The modules of the program.
    pub modules: &'a Modules,
    /// Where packages go.
    pub packages: &'a Packages,
    /// What is wrong.
    pub problems: Vec<Problem>,
    stack: Vec<(String, String)>,
    state: HashMap<String, Result<String, String>>,
}

impl<'a> Walk<'a> {
    /// A walk from nowhere.
    pub fn new(modules: &'a Modules, packages: &'a Packages) -> Walk<'a> {
        Walk {
            modules,
            packages,
            problems: Vec::new(),
            stack: Vec::new(),
            state: HashMap::new(),
        }
    }

    /// Follows the imports of the package `path`.
    pub fn follow(&mut self, path: &str, imports: Vec<Import>) {
        for import in imports {
            self.stack.push((path.to_string(), import.file.clone()));
            self.import(path, import);
            self.stack.pop();
        }
    }

    fn import(&mut self, from: &str, import: Import) {
        let path = import.path.as_str();
        if let Some(message) = self.hidden(from, path) {
            self.problem(import.at, Code::BrokenImport, message);
            return;
        }
        if is_std(path) || path.is_empty() {
            return;
        }
        if self.stack.iter().any(|s| s.0 == path) {
            let message = self.cycle(path);
            self.problem(import.at, Code::ImportCycle, message);
            return;
        }
        if let Some(known) = self.state.get(path).cloned() {
            if let Err(message) = known {
                self.problem(import.at, Code::BrokenImport, message);
            }
            return;
        }
        if self.packages.has(path) {
            return;
        }
        let found = self.modules.package(path);
        let outcome = match &found {
            Ok(folder) if folder.package == "main" => Err(format!(
                "import {path:?} is a program, not an importable package"
            )),
            Ok(folder) => Ok(folder.package.clone()),
            Err(message) => Err(message.clone()),
        };
        self.state.insert(path.to_string(), outcome.clone());
        match (outcome, found) {
            (Err(message), _) => self.problem(import.at, Code::BrokenImport, message),
            (_, Ok(folder)) => self.enter(path, &folder),
            (_, Err(_)) => {}
        }
    }

    /// Takes a package in, and what it imports.
    fn enter(&mut self, path: &str, folder: &Folder) {
        let files = self.texts(&folder.dir, &folder.files);
        self.packages.add(path, files);
        let imports = imports(&folder.files);
        self.follow(path, imports);
    }

    /// The texts of files of a folder, with what they embed.
    pub fn texts(
        &mut self,
        dir: &std::path::Path,
        files: &[super::folder::Source],
    ) -> Vec<super::Text> {
        let mut out = Vec::new();
        for s in files {
            match rewrite(dir, &s.text) {
                Ok(None) => out.push(s.pair()),
                Ok(Some(text)) => out.push((s.shown.clone(), text)),
                Err(list) => {
                    for (lo, hi, message) in list {
                        let at = At {
                            name: s.shown.clone(),
                            text: s.text.clone(),
                            lo,
                            hi,
                        };
                        self.problem(at, Code::BadDecl, message);
                    }
                    out.push(s.pair());
                }
            }
        }
        out
    }

    fn problem(&mut self, at: At, code: Code, message: String) {
        self.problems.push(Problem { at, code, message });
    }

    /// Why `from` may not import `path`, if it is an internal package of others.
    fn hidden(&self, from: &str, path: &str) -> Option<String> {
        let parent = match path.rfind("/internal/") {
            Some(at) => &path[..at],
            None if path.ends_with("/internal") => path.strip_suffix("/internal")?,
            None if path == "internal" || path.starts_with("internal/") => "",
            None => return None,
        };
        let from = from.strip_suffix("_test").unwrap_or(from);
        let inside = from == parent
            || from
                .strip_prefix(parent)
                .is_some_and(|r| r.starts_with('/'));
        // The standard library is nobody's parent.
        let inside = inside && !parent.is_empty() && !is_std(path);
        (!inside).then(|| format!("use of internal package {path} not allowed"))
    }

    fn cycle(&self, path: &str) -> String {
        let mut message = String::from("import cycle not allowed");
        for (i, (pkg, file)) in self.stack.iter().enumerate() {
            if i == 0 {
                message += &format!("\n\tpackage {pkg}");
            }
            let next = self.stack.get(i + 1).map_or(path, |s| s.0.as_str());
            message += &format!("\n\timports {next} from {file}");
        }
        message
    }
}

/// The imports of files of a folder.
pub fn imports(files: &[super::folder::Source]) -> Vec<Import> {
    files
        .iter()
        .flat_map(|s| imports_of(&s.shown, &s.text, &s.header))
        .collect()
}

/// The imports of texts whose headers have been read.
pub fn graph_imports(texts: &[Text], headers: &[Header]) -> Vec<Import> {
    texts
        .iter()
        .zip(headers)
        .flat_map(|(t, h)| imports_of(&t.0, &t.1, h))
        .collect()
}

fn imports_of(name: &str, text: &str, header: &Header) -> Vec<Import> {
    let file = name.rsplit('/').next().unwrap_or(name);
    let one = |(path, lo, hi): &(String, usize, usize)| Import {
        path: path.clone(),
        at: At {
            name: name.to_string(),
            text: text.to_string(),
            lo: *lo,
            hi: *hi,
        },
        file: file.to_string(),
    };
    header.imports.iter().map(one).collect()
}

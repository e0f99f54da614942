//! From files to a checked program.

use crate::module::{
    At, Folder, Header, Modules, Packages, Problem, Text, Walk, graph_imports, rewrite,
};
use lang::ast::NodeIds;
use lang::check::World;
use lang::diag::{Code, Diagnostic};
use lang::source::Span;
use lang::syntax::{self, ParseOptions};
use lang::types::PkgId;
use std::io::Read;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A checked program, ready to run.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// Its package.
    pub pkg: PkgId,
    /// For a script: which of the package's top-level statements are its own.
    pub script: Option<Range<usize>>,
    /// What the checker warned of.
    pub warnings: Vec<Diagnostic>,
}

/// Why there is no program to run.
#[derive(Debug)]
pub enum Failure {
    /// A file could not be read: a sentence for the user.
    Io(String),
    /// The program has errors.
    Diagnostics(Vec<Diagnostic>),
    /// gol itself failed: what is known about it.
    Bug(String),
}

/// Reads a file, or standard input for `-`. Files beyond the parser's limit are refused before they are in memory.
pub(crate) fn read(path: &str) -> Result<Vec<u8>, Failure> {
    const LIMIT: u64 = 80 << 20;
    let failed =
        |e: std::io::Error| Failure::Io(format!("gol: cannot read {path}: {}", reason(&e)));
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin()
            .lock()
            .take(LIMIT)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(Failure::Io(format!("gol: {path} is a folder; name a file")));
        }
        file.take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
    }
    Ok(bytes)
}

/// The text of a file.
///
/// # Errors
/// A sentence for the user: it cannot be read, is too large, or is not UTF-8.
pub fn read_text(path: &str) -> Result<String, String> {
    let bytes = read(path).map_err(|e| match e {
        Failure::Io(what) => what.trim_start_matches("gol: ").to_string(),
        Failure::Diagnostics(_) | Failure::Bug(_) => format!("cannot read {path}"),
    })?;
    String::from_utf8(bytes).map_err(|_| format!("{path} is not UTF-8 text"))
}

/// Why the system refuses something, for people.
pub(crate) fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        std::io::ErrorKind::IsADirectory => "it is a folder".into(),
        _ => e.to_string(),
    }
}

/// What is loaded into: the world, and the packages its importer hands out.
pub(crate) struct Loader<'a> {
    /// The checker's world.
    pub(crate) world: &'a mut World,
    /// The importer's packages.
    pub(crate) packages: &'a Packages,
}

impl Loader<'_> {
    /// The text of a file's bytes.
    pub(crate) fn decode(&mut self, name: &str, bytes: Vec<u8>) -> Result<String, Failure> {
        let raw = bytes.clone();
        syntax::decode(bytes).or_else(|diags| {
            // The diagnostics' positions count the file's bytes from 1: give the text that stands for it in excerpts a place, and take
            // them there.
            let base = add(self.world, name, &String::from_utf8_lossy(&raw))?.base;
            let there = |p: u32| {
                base + String::from_utf8_lossy(&raw[..(p as usize - 1).min(raw.len())]).len() as u32
            };
            let shift = |d: Diagnostic| Diagnostic {
                span: Span::new(there(d.span.lo.0.max(1)), there(d.span.hi.0.max(1))),
                ..d
            };
            Err(Failure::Diagnostics(diags.into_iter().map(shift).collect()))
        })
    }

    /// Checks a program in named files, which stand in one folder: several of package main, or one script.
    pub(crate) fn files(&mut self, paths: &[String]) -> Result<Loaded, Failure> {
        let mut texts = Vec::new();
        for path in paths {
            let bytes = read(path)?;
            let name = if path == "-" { "<stdin>" } else { path };
            texts.push((name.to_string(), self.decode(name, bytes)?));
        }
        let first = Path::new(&paths[0])
            .parent()
            .filter(|p| !p.as_os_str().is_empty());
        let dir = absolute(first.unwrap_or(Path::new(".")));
        self.texts(&dir, texts)
    }

    /// Checks the package in a folder.
    pub(crate) fn folder(&mut self, dir: &Path) -> Result<Loaded, Failure> {
        let folder = Folder::read(dir, false).map_err(|e| Failure::Io(e.text()))?;
        self.texts(
            &folder.dir,
            folder
                .files
                .iter()
                .map(crate::module::Source::pair)
                .collect(),
        )
    }

    /// Finds what the texts of a program in `dir` import, then checks it.
    pub(crate) fn texts(&mut self, dir: &Path, texts: Vec<Text>) -> Result<Loaded, Failure> {
        let ready = self.resolve(dir, texts)?;
        self.check(ready)
    }

    /// Finds what texts in `dir` import; gives the texts as they are to be checked, with embedded files put in.
    pub(crate) fn resolve(&mut self, dir: &Path, texts: Vec<Text>) -> Result<Vec<Text>, Failure> {
        let headers: Vec<Header> = texts.iter().map(|t| Header::of(&t.1)).collect();
        // Without imports of its own a program needs no module.
        let needs = |h: &Header| {
            h.imports
                .iter()
                .any(|i| !crate::module::is_std(&i.0) || i.0.contains("internal"))
        };
        let mut modules = if headers.iter().any(needs) {
            Modules::of(dir).map_err(Failure::Io)?
        } else {
            Modules::default()
        };
        if headers.iter().any(|h| h.package.is_none()) {
            modules.script = Some(dir.to_path_buf());
        }
        let path = modules
            .path_of(dir)
            .unwrap_or_else(|| "command-line-arguments".to_string());
        let mut walk = Walk::new(&modules, self.packages);
        walk.follow(&path, graph_imports(&texts, &headers));
        let mut problems = walk.problems;
        let mut ready = Vec::new();
        for (name, text) in texts {
            match rewrite(dir, &text) {
                Ok(new) => ready.push((name, new.unwrap_or(text))),
                Err(list) => problems.extend(list.into_iter().map(|(lo, hi, message)| Problem {
                    at: At {
                        name: name.clone(),
                        text: text.clone(),
                        lo,
                        hi,
                    },
                    code: Code::BadDecl,
                    message,
                })),
            }
        }
        self.report(problems)?;
        Ok(ready)
    }

    /// Turns problems into diagnostics, if there are any.
    pub(crate) fn report(&mut self, problems: Vec<Problem>) -> Result<(), Failure> {
        if problems.is_empty() {
            return Ok(());
        }
        let mut bases: Vec<(String, u32)> = Vec::new();
        let mut diags = Vec::new();
        for p in problems {
            let At { name, text, lo, hi } = p.at;
            let base = match bases.iter().find(|b| b.0 == name) {
                Some(b) => b.1,
                None => {
                    let base = add(self.world, &name, &text)?.base;
                    bases.push((name, base));
                    base
                }
            };
            diags.push(Diagnostic::error(
                p.code,
                Span::new(base + lo as u32, base + hi as u32),
                p.message,
            ));
        }
        Err(Failure::Diagnostics(diags))
    }

    /// Parses and checks the files of a complete program, or a script when there is no package clause.
    pub(crate) fn check(&mut self, texts: Vec<Text>) -> Result<Loaded, Failure> {
        let world = &mut *self.world;
        let ids = Rc::new(NodeIds::default());
        let (mut files, mut diags) = (Vec::new(), Vec::new());
        for (name, text) in &texts {
            let source = add(world, name, text)?;
            let options = ParseOptions {
                allow_bodyless: true,
                program: name.ends_with(".go"),
                ..ParseOptions::default()
            };
            let (file, found) = syntax::parse_file(&source, &ids, options);
            diags.extend(found);
            files.push(Rc::new(file));
        }
        if diags.iter().any(stops) {
            return Err(Failure::Diagnostics(diags));
        }
        let script = files.len() == 1 && files[0].package.is_none();
        let (pkg, script, found) = if script {
            let checked = world.check_script(None, files.remove(0), ids);
            (checked.pkg, Some(checked.units), checked.diags)
        } else {
            let (pkg, found) = world.check_file_package("main", files, ids);
            (pkg, None, found)
        };
        diags.extend(found);
        if diags.iter().any(Diagnostic::is_error) {
            // As with go, a package is not looked at before those it imports are right.
            let imported = |d: &Diagnostic| {
                let file = self.world.sources.file(d.span.lo);
                file.is_some_and(|f| texts.iter().all(|t| t.0 != f.name))
            };
            if diags.iter().any(|d| d.is_error() && imported(d)) {
                diags.retain(imported);
            }
            return Err(Failure::Diagnostics(diags));
        }
        Ok(Loaded {
            pkg,
            script,
            warnings: diags,
        })
    }
}

/// A folder's full path.
pub(crate) fn absolute(dir: &Path) -> PathBuf {
    std::fs::canonicalize(dir).unwrap_or_else(|_| dir.to_path_buf())
}

/// Errors after which gc does not go on to type checking.
pub(crate) fn stops(d: &Diagnostic) -> bool {
    matches!(
        d.code,
        Code::SyntaxError | Code::NestingTooDeep | Code::FileTooLarge
    )
}

pub(crate) fn add(
    world: &mut World,
    name: &str,
    text: &str,
) -> Result<Rc<lang::source::SourceFile>, Failure> {
    world
        .sources
        .add(name, text, false)
        .map_err(|_| Failure::Io(format!("gol: {name}: more than 4 GiB of source")))
}

/// Splits operands into what makes up the program (a folder; a script; one or more files of package main) and its arguments: how many belong to it.
pub fn program_operands(operands: &[String]) -> usize {
    let go = |p: &String| crate::module::is_go_file(p);
    let leading = operands.iter().take_while(|p| go(p)).count();
    if leading < 2 {
        return operands.len().min(1);
    }
    // A script is always alone.
    let scripted = read(&operands[0])
        .is_ok_and(|b| Header::of(&String::from_utf8_lossy(&b)).package.is_none());
    if scripted { 1 } else { leading }
}

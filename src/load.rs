//! From files to a checked program.

use lang::ast::NodeIds;
use lang::check::World;
use lang::diag::{Code, Diagnostic};
use lang::source::Span;
use lang::syntax::{self, ParseOptions};
use lang::types::PkgId;
use std::io::Read;
use std::ops::Range;
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
    let failed = |e: std::io::Error| Failure::Io(format!("gol: cannot read {path}: {}", reason(&e)));
    let mut bytes = Vec::new();
    if path == "-" {
        std::io::stdin().lock().take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
    } else {
        let file = std::fs::File::open(path).map_err(failed)?;
        if file.metadata().is_ok_and(|m| m.is_dir()) {
            return Err(Failure::Io(format!("gol: {path} is a folder; name a file")));
        }
        file.take(LIMIT).read_to_end(&mut bytes).map_err(failed)?;
    }
    Ok(bytes)
}

fn reason(e: &std::io::Error) -> String {
    match e.kind() {
        std::io::ErrorKind::NotFound => "there is no such file".into(),
        std::io::ErrorKind::PermissionDenied => "permission denied".into(),
        _ => e.to_string(),
    }
}

/// Parses and checks one file: a complete program, or a script when it has no package clause.
pub(crate) fn check_bytes(world: &mut World, name: &str, bytes: &[u8]) -> Result<Loaded, Failure> {
    let text = match syntax::decode(bytes.to_vec()) {
        Ok(text) => text,
        Err(diags) => {
            // The diagnostics' positions are relative to the file: give the file its place first.
            let lossy = String::from_utf8_lossy(bytes);
            let base = add(world, name, &lossy)?.base - 1;
            let shift = |d: Diagnostic| Diagnostic { span: Span::new(d.span.lo.0 + base, d.span.hi.0 + base), ..d };
            return Err(Failure::Diagnostics(diags.into_iter().map(shift).collect()));
        }
    };
    let source = add(world, name, &text)?;
    let ids = Rc::new(NodeIds::default());
    let options = ParseOptions { lazy_bodies: false, allow_bodyless: true };
    let (file, mut diags) = syntax::parse_file(&source, &ids, options);
    if diags.iter().any(stops) {
        return Err(Failure::Diagnostics(diags));
    }
    let file = Rc::new(file);
    let (pkg, script, found) = if file.package.is_some() {
        let (pkg, found) = world.check_file_package("main", vec![file], ids);
        (pkg, None, found)
    } else {
        let checked = world.check_script(None, file, ids);
        (checked.pkg, Some(checked.units), checked.diags)
    };
    diags.extend(found);
    if diags.iter().any(Diagnostic::is_error) {
        return Err(Failure::Diagnostics(diags));
    }
    Ok(Loaded { pkg, script, warnings: diags })
}

/// Errors after which gc does not go on to type checking.
fn stops(d: &Diagnostic) -> bool {
    matches!(d.code, Code::SyntaxError | Code::NestingTooDeep | Code::FileTooLarge)
}

fn add(world: &mut World, name: &str, text: &str) -> Result<Rc<lang::source::SourceFile>, Failure> {
    world.sources.add(name, text, false).map_err(|_| Failure::Io(format!("gol: {name}: more than 4 GiB of source")))
}

//! `gol test`: runs the tests of packages and reports as `go test` does.
//!
//! Invariants: every package's tests are a program of their own, generated as Go text, run in a thread of its own (what natives keep per
//! thread starts afresh) with the package's folder as current one; packages run one after the other.

mod collect;

use crate::engine::{Engine, Options, Outcome};
use crate::load::{Failure, Loaded, Loader};
use crate::module::{
    At, Folder, FolderError, Modules, Packages, Problem, Walk, imports, is_go_file,
};
use collect::Tests;
use lang::diag::{Code, Format};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Instant;
use vm::Output;

/// What `gol test` was asked for.
#[derive(Clone, Debug, Default)]
pub struct TestOptions {
    /// How the engine runs.
    pub engine: Options,
    /// How errors are shown.
    pub format: Format,
    /// Whether in colour.
    pub color: bool,
    /// Folders, `dir/...` patterns, or files of one package; none means the current folder.
    pub operands: Vec<String>,
    /// The test program's flags: `-test.v=true` and the like.
    pub flags: Vec<String>,
    /// The test program's own arguments.
    pub args: Vec<String>,
}

impl TestOptions {
    fn flag(&self, name: &str) -> bool {
        let start = format!("-test.{name}=");
        self.flags.iter().any(|f| {
            f.strip_prefix(&start)
                .is_some_and(|v| v != "false" && !v.is_empty())
        })
    }
}

/// One package to test.
struct Target {
    folder: Folder,
    /// Its import path.
    path: String,
    modules: Modules,
}

/// Runs the tests and gives back the exit status.
pub fn run(options: &TestOptions) -> i32 {
    let listed = !options.operands.is_empty();
    let mut failed = false;
    for found in targets(&options.operands) {
        let good = match found {
            Ok(target) => test(options, target, listed),
            Err(why) => {
                say(&format!("{why}\n"));
                false
            }
        };
        failed |= !good;
    }
    if failed && listed {
        print("FAIL\n");
    }
    i32::from(failed)
}

fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// The packages that operands name.
fn targets(operands: &[String]) -> Vec<Result<Target, String>> {
    if !operands.is_empty() && operands.iter().all(|o| is_go_file(o)) {
        let folder = Folder::of_files(operands).map_err(FolderError::text);
        let named = |folder: Folder| {
            let modules = Modules::of(&folder.dir)?;
            Ok(Target {
                folder,
                path: "command-line-arguments".to_string(),
                modules,
            })
        };
        return vec![folder.and_then(named)];
    }
    let here = ["."].map(String::from);
    let mut out = Vec::new();
    for operand in if operands.is_empty() { &here } else { operands } {
        match operand.strip_suffix("...") {
            Some(root) => {
                let root = root.trim_end_matches('/');
                walk(
                    Path::new(if root.is_empty() { "." } else { root }),
                    &mut out,
                );
            }
            None => out.push(target(Path::new(operand)).map_err(FolderError::text)),
        }
    }
    out
}

fn target(dir: &Path) -> Result<Target, FolderError> {
    let folder = Folder::read(dir, true)?;
    let modules = Modules::of(&folder.dir).map_err(FolderError::Unfit)?;
    let base = folder
        .dir
        .file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned();
    let path = modules.path_of(&folder.dir).unwrap_or(base);
    Ok(Target {
        folder,
        path,
        modules,
    })
}

/// All packages below a folder, except in hidden folders, testdata, vendor and other modules.
fn walk(dir: &Path, out: &mut Vec<Result<Target, String>>) {
    match target(dir) {
        Ok(t) => out.push(Ok(t)),
        Err(FolderError::NoFiles(_)) => {}
        Err(FolderError::Unfit(why)) => out.push(Err(why)),
    }
    let mut below: Vec<PathBuf> = std::fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|e| e.path())
        .collect();
    below.sort();
    for sub in below {
        let name = sub
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let skipped = name.starts_with(['.', '_'])
            || name == "testdata"
            || name == "vendor"
            || sub.join("go.mod").is_file();
        if sub.is_dir() && !sub.is_symlink() && !skipped {
            walk(&sub, out);
        }
    }
}

/// Collects what is written.
#[derive(Clone, Default)]
struct Buffer(Arc<Mutex<Vec<u8>>>);

impl Write for Buffer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Tests one package and reports; whether all is well.
fn test(options: &TestOptions, target: Target, listed: bool) -> bool {
    let path = target.path.clone();
    if target.folder.tests.is_empty() && target.folder.external.is_empty() {
        print(&format!("?   \t{path}\t[no test files]\n"));
        return true;
    }
    let shows_pass = !listed || options.flag("v") || options.flag("bench");
    let buffer = Buffer::default();
    let (theirs, options2) = (buffer.clone(), options.clone());
    let thread = std::thread::Builder::new()
        .stack_size(64 << 20)
        .spawn(move || run_one(&options2, &target, shows_pass, theirs));
    let result = thread
        .map_err(|e| e.to_string())
        .and_then(|t| t.join().map_err(|_| "the thread died".to_string()));
    let text = buffer.0.lock().unwrap_or_else(|e| e.into_inner()).clone();
    let text = String::from_utf8_lossy(&text).into_owned();
    let (outcome, took) = match result {
        Ok(Run::NotBuilt) => {
            print(&format!("FAIL\t{path} [build failed]\n"));
            return false;
        }
        Ok(Run::Ended(outcome, took)) => (outcome, took),
        Err(why) => (Outcome::Bug(why), 0.0),
    };
    match outcome {
        Outcome::Exit(0) => {
            let collected = listed && !options.flag("bench");
            let none = collected && text.contains("testing: warning: no tests to run\n");
            print(&format!(
                "ok  \t{path}\t{took:.3}s{}\n",
                if none { " [no tests to run]" } else { "" }
            ));
            return true;
        }
        Outcome::Exit(code) => {
            if !shows_pass {
                print(&text);
            }
            // As with go, output that has been collected speaks for itself.
            if !listed || options.flag("bench") || text.is_empty() {
                print(&format!("exit status {code}\n"));
            }
        }
        Outcome::Bug(what) => {
            if !shows_pass {
                print(&text);
            }
            say(&format!("gol: internal error: {what}\n"));
        }
    }
    print(&format!("FAIL\t{path}\t{took:.3}s\n"));
    false
}

enum Run {
    NotBuilt,
    Ended(Outcome, f64),
}

/// Writes to two places.
struct Tee(Box<dyn Write>, Buffer);

impl Write for Tee {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let _ = self.1.write(bytes);
        self.0.write_all(bytes).map(|()| bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.0.flush()
    }
}

fn run_one(options: &TestOptions, target: &Target, live: bool, buffer: Buffer) -> Run {
    let start = Instant::now();
    let mut engine_options = options.engine.clone();
    let name = target.path.rsplit('/').next().unwrap_or("main");
    engine_options.args = [
        &[format!("{name}.test")],
        &options.flags[..],
        &options.args[..],
    ]
    .concat();
    let mut engine = Engine::new(engine_options);
    let program = match engine.guarded(&target.path, |s| load(s, target)) {
        Ok(program) => program,
        Err(failure) => {
            say(&format!("# {0} [{0}.test]\n", target.path));
            match failure {
                Failure::Io(what) => say(&format!("{what}\n")),
                Failure::Diagnostics(diags) => {
                    say(&engine.render(&diags, options.format, options.color))
                }
                Failure::Bug(what) => say(&format!("gol: internal error: {what}\n")),
            }
            return Run::NotBuilt;
        }
    };
    let before = std::env::current_dir();
    let _ = std::env::set_current_dir(&target.folder.dir);
    let sink = || -> Output {
        match live {
            true => Output::new(Box::new(Tee(Box::new(std::io::stdout()), buffer.clone()))),
            false => Output::new(Box::new(buffer.clone())),
        }
    };
    let outcome = engine.run_to(program, sink(), sink());
    if let Ok(dir) = before {
        let _ = std::env::set_current_dir(dir);
    }
    Run::Ended(outcome, start.elapsed().as_secs_f64())
}

/// Adds the package under test with its test files, its external test package and the program that runs them.
fn load(s: &mut Loader<'_>, target: &Target) -> Result<Loaded, Failure> {
    let folder = &target.folder;
    let tests = match Tests::of(folder) {
        Ok(tests) => tests,
        Err(wrong) => {
            let problem = |(name, text, lo, hi, message)| Problem {
                at: At { name, text, lo, hi },
                code: Code::BadDecl,
                message,
            };
            s.report(wrong.into_iter().map(problem).collect())?;
            return Err(Failure::Io("wrong signatures".to_string()));
        }
    };
    let packages: &Packages = s.packages;
    let mut walk = Walk::new(&target.modules, packages);
    let own = [&folder.files[..], &folder.tests[..]].concat();
    let external = format!("{}_test", target.path);
    packages.add_program(&target.path);
    let texts = walk.texts(&folder.dir, &own);
    packages.add(&target.path, texts);
    let texts = walk.texts(&folder.dir, &folder.external);
    packages.add(&external, texts);
    walk.follow(&target.path, imports(&own));
    walk.follow(&external, imports(&folder.external));
    let problems = walk.problems;
    s.report(problems)?;
    s.check(vec![(
        "_testmain.go".to_string(),
        tests.program(&target.path, folder),
    )])
}

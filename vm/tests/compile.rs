//! Compiles and runs the Go programs in `tests/compile`, which print with `println`, and compares with what real Go printed.

#![allow(clippy::disallowed_methods)] // tests read their cases

use lang::check::{Importer, PackageSource, World};
use lang::syntax::{ParseOptions, parse_file};
use std::cell::RefCell;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use vm::compile::{CompileFailure, Compiler, Parts, disasm};
use vm::mem::Heap;
use vm::program::Program;
use vm::{Native, Options, Output, Vm};

/// Reads packages from the standard library's folder.
struct Std(PathBuf);

impl Importer for Std {
    fn import(&self, path: &str) -> Result<PackageSource, String> {
        let mut files = Vec::new();
        for entry in std::fs::read_dir(self.0.join(path))
            .map_err(|_| format!("package {path} is not in std"))?
        {
            let p = entry.map_err(|e| e.to_string())?.path();
            if p.extension().is_some_and(|e| e == "gol") {
                files.push((
                    p.display().to_string(),
                    std::fs::read_to_string(&p).map_err(|e| e.to_string())?,
                ));
            }
        }
        files.sort();
        Ok(PackageSource {
            files,
            is_std: true,
        })
    }

    fn by_name(&self, _: &str) -> Option<String> {
        None
    }
}

#[derive(Clone, Default)]
struct Sink(Rc<RefCell<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, b: &[u8]) -> std::io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(b);
        Ok(b.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn no_natives(_: &str) -> Option<Native> {
    None
}

/// Checks, compiles and runs a program; what it wrote to standard error.
fn run(path: &Path, gc_stress: bool) -> String {
    let text = std::fs::read_to_string(path).expect("the case is readable");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/src");
    let mut world = World::new(Rc::new(Std(root)));
    let src = world
        .sources
        .add(&path.display().to_string(), &text, false)
        .expect("room for the source");
    let ids = Rc::default();
    let (file, mut diags) = parse_file(&src, &ids, ParseOptions::default());
    let (pkg, found) = world.check_file_package("main", vec![Rc::new(file)], ids);
    diags.extend(found);
    if let Some(d) = diags.iter().find(|d| d.is_error()) {
        let at = world.sources.locate(d.span.lo).map(|(_, p)| p.line);
        return format!("does not compile: {} (line {at:?})", d.message);
    }
    let mut compiler = Compiler::new(world, no_natives);
    let mut program = Program::default();
    let heap = Heap::new();
    let entry = compiler.entry(&mut program, pkg);
    let options = Options {
        seed: Some(1),
        virtual_time: true,
        gc_stress,
        ..Options::default()
    };
    let (out, err) = (Sink::default(), Sink::default());
    let outputs = (
        Output::new(Box::new(out)),
        Output::new(Box::new(err.clone())),
    );
    let mut vm = Vm::new(
        program,
        heap,
        Box::new(compiler),
        options,
        outputs.0,
        outputs.1,
    );
    vm.run(&[entry]);
    if std::env::var_os("LISTING").is_some() {
        let mut sources = lang::source::SourceMap::default();
        let _ = sources.add(&path.display().to_string(), &text, false);
        for f in 0..vm.program.funcs.len() as u32 {
            eprintln!(
                "{}",
                disasm::listing(&vm.program, &sources, vm::bytecode::FuncId(f))
            );
        }
    }
    let bytes = err.0.borrow().clone();
    String::from_utf8_lossy(&bytes).into_owned()
}

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/compile");
    let mut all: Vec<PathBuf> = std::fs::read_dir(dir)
        .expect("the folder of cases exists")
        .filter_map(|e| Some(e.ok()?.path()))
        .filter(|p| p.extension().is_some_and(|e| e == "go"))
        .collect();
    all.sort();
    all
}

fn check_all(gc_stress: bool) {
    let only = std::env::var("CASE").unwrap_or_default();
    let mut failed = Vec::new();
    for case in cases()
        .into_iter()
        .filter(|c| c.display().to_string().contains(&only))
    {
        let want = std::fs::read_to_string(case.with_extension("out"))
            .expect("the expected output is readable");
        let got = run(&case, gc_stress);
        if got != want {
            let line = got
                .lines()
                .zip(want.lines())
                .position(|(a, b)| a != b)
                .unwrap_or(0);
            let show = |s: &str| {
                s.lines()
                    .skip(line)
                    .take(3)
                    .collect::<Vec<_>>()
                    .join("\n      ")
            };
            failed.push(format!(
                "{} line {}:\n  got {}\n  want {}\n  tail {}",
                case.display(),
                line + 1,
                show(&got),
                show(&want),
                got.lines()
                    .rev()
                    .take(12)
                    .collect::<Vec<_>>()
                    .into_iter()
                    .rev()
                    .collect::<Vec<_>>()
                    .join("\n       ")
            ));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

#[test]
fn programs_print_what_go_prints() {
    check_all(false);
}

#[test]
fn programs_survive_a_collection_at_every_safepoint() {
    check_all(true);
}

/// The packages of the standard library: every folder with a `.gol` file.
fn std_packages(dir: &Path, prefix: &str, out: &mut Vec<String>) {
    for e in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let p = e.path();
        let name = e.file_name().to_string_lossy().into_owned();
        if p.is_dir() {
            std_packages(&p, &format!("{prefix}{name}/"), out);
        } else if name.ends_with(".gol") {
            let path = prefix.trim_end_matches('/').to_string();
            if !out.contains(&path) {
                out.push(path);
            }
        }
    }
}

#[test]
fn every_function_of_the_standard_library_compiles() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../stdlib/src");
    let mut packages = Vec::new();
    std_packages(&root, "", &mut packages);
    packages.sort();
    let (mut wrong, mut compiled) = (Vec::new(), 0);
    for path in packages {
        let mut world = World::new(Rc::new(Std(root.clone())));
        let Ok(pkg) = world.import(&path) else {
            wrong.push(format!("{path}: cannot be imported"));
            continue;
        };
        let mut compiler = Compiler::new(world, no_natives);
        let mut program = Program::default();
        let mut heap = Heap::new();
        let mut parts = Parts {
            program: &mut program,
            heap: &mut heap,
        };
        let results = compiler.compile_package(&mut parts, pkg);
        compiled += results.iter().filter(|r| r.1.is_ok()).count();
        for (name, result) in results {
            match result {
                Ok(()) | Err(CompileFailure::MissingNative(_)) => {}
                Err(e) => wrong.push(format!("{name}: {}", e.message())),
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compiled > 1000, "only {compiled} functions compiled");
}

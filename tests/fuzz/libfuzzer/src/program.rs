//! A text → a checked package → bytecode → a run.
//!
//! Invariants: a run is limited in what it burns, in its heap, its stacks and its output; its clock is virtual; its seed, its schedule
//! and how often it collects follow from the text. Programs that could reach the world are checked and not run.

use lang::ast::NodeIds;
use lang::check::World;
use lang::diag::{self, Code, Diagnostic, Format};
use lang::symbol::Symbol;
use lang::syntax::{self, ParseOptions};
use lang::types::{ObjKind, PkgId};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{Error, ErrorKind, Write};
use std::ops::Range;
use std::rc::Rc;
use vm::bytecode::FuncId;
use vm::compile::{CompileFailure, Compiler, Parts};
use vm::mem::Heap;
use vm::program::Program;
use vm::{Options, Output, Vm};

/// What a program may import to be run. None of these can be made to open, connect or start anything, or to wait for input.
const HARMLESS: &[&str] = &[
    "bufio",
    "bytes",
    "cmp",
    "container/heap",
    "container/list",
    "container/ring",
    "context",
    "crypto/md5",
    "crypto/sha1",
    "crypto/sha256",
    "encoding/base64",
    "encoding/binary",
    "encoding/csv",
    "encoding/hex",
    "encoding/json",
    "errors",
    "fmt",
    "hash",
    "hash/crc32",
    "hash/fnv",
    "html",
    "io",
    "iter",
    "log",
    "maps",
    "math",
    "math/bits",
    "math/cmplx",
    "math/rand",
    "math/rand/v2",
    "path",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "sync",
    "sync/atomic",
    "text/tabwriter",
    "time",
    "unicode",
    "unicode/utf16",
    "unicode/utf8",
];

/// What a run may print.
const MAX_OUTPUT: usize = 64 << 10;

/// Checks the text. False if it has syntax errors.
pub fn check_bytes(bytes: &[u8]) -> bool {
    let Ok(text) = syntax::decode(bytes.to_vec()) else {
        return false;
    };
    !matches!(
        check(&mut World::new(stdlib::importer()), &text),
        Verdict::SyntaxErrors
    )
}

/// Checks the text, and runs it if there is nothing wrong. False if there is.
pub fn run_bytes(bytes: &[u8]) -> bool {
    let Ok(text) = syntax::decode(bytes.to_vec()) else {
        return false;
    };
    let mut world = World::new(stdlib::importer());
    let Verdict::Right(checked) = check(&mut world, &text) else {
        return false;
    };
    let package = world.package(checked.pkg);
    let harmless = |p: &PkgId| HARMLESS.contains(&world.package(*p).path.as_str());
    if package.name.as_str() == "main" && package.imports.iter().all(harmless) {
        run(world, &checked, &text);
    }
    true
}

/// A checked program: its package, and for a script its statements.
struct Checked {
    pkg: PkgId,
    script: Option<Range<usize>>,
}

/// What checking gave.
enum Verdict {
    SyntaxErrors,
    Errors,
    Right(Checked),
}

fn check(world: &mut World, text: &str) -> Verdict {
    let ids = Rc::new(NodeIds::default());
    let Ok(src) = world.sources.add("input.go", text, false) else {
        return Verdict::SyntaxErrors;
    };
    let options = ParseOptions {
        lazy_bodies: false,
        allow_bodyless: false,
        ..ParseOptions::default()
    };
    let (file, mut diags) = syntax::parse_file(&src, &ids, options);
    if diags.iter().any(stops) {
        return Verdict::SyntaxErrors;
    }
    let file = Rc::new(file);
    let checked = if file.package.is_none() {
        let checked = world.check_script(None, file, ids);
        diags.extend(checked.diags);
        Checked {
            pkg: checked.pkg,
            script: Some(checked.units),
        }
    } else {
        let (pkg, found) = world.check_file_package("main", vec![file], ids);
        diags.extend(found);
        Checked { pkg, script: None }
    };
    let _ = diag::render(&diags, &world.sources, Format::Human, false);
    if diags.iter().all(|d| !d.is_error() || unused(d)) {
        Verdict::Right(checked)
    } else {
        Verdict::Errors
    }
}

/// Errors that a script is only warned of: taking out a line leads to them, and they hinder nobody.
fn unused(d: &Diagnostic) -> bool {
    matches!(d.code, Code::UnusedVar | Code::UnusedImport)
}

/// Errors after which types are not checked.
fn stops(d: &Diagnostic) -> bool {
    matches!(
        d.code,
        Code::SyntaxError | Code::NestingTooDeep | Code::FileTooLarge
    )
}

fn run(world: World, checked: &Checked, text: &str) {
    let (mut program, mut heap) = (Program::new(), Heap::new());
    let mut compiler = Compiler::new(world, stdlib::native);
    let mut start = Vec::new();
    match &checked.script {
        Some(units) => {
            start.push(compiler.script(&mut program, checked.pkg, units.clone()));
            start.extend(main_of(&mut compiler, &mut program, checked.pkg));
        }
        None => start.push(compiler.entry(&mut program, checked.pkg)),
    }
    if !compile(&mut compiler, &mut program, &mut heap, checked.pkg) {
        return;
    }
    let out = || Output::new(Box::new(Sink(MAX_OUTPUT)));
    let linker = Box::new(compiler);
    let mut vm = Vm::new(program, heap, linker, options(text), out(), out());
    vm.run(&start);
    vm.retire();
}

/// A script's `func main`.
fn main_of(c: &mut Compiler, program: &mut Program, pkg: PkgId) -> Option<FuncId> {
    let objects = &c.world.objects;
    let main = objects.lookup(c.world.package(pkg).scope, Symbol::new("main"))?;
    let plain = objects.with(main, |o| match &o.kind {
        ObjKind::Func(f) => (f.decl.as_ref()).is_some_and(|d| {
            d.ty.params.is_empty() && d.ty.results.is_empty() && d.tparams.is_empty()
        }),
        _ => false,
    });
    plain.then(|| c.func_named(program, pkg, "main")).flatten()
}

/// Compiles all of the program's own functions that it can reach. False if one goes beyond a limit of gol's; any other failure is a
/// fault of the checker's or the compiler's.
fn compile(c: &mut Compiler, program: &mut Program, heap: &mut Heap, pkg: PkgId) -> bool {
    let names: Vec<String> = c
        .world
        .package(pkg)
        .decl_order
        .iter()
        .map(|&o| c.world.objects.name(o).to_string())
        .collect();
    for name in names {
        c.func_named(program, pkg, &name);
    }
    let mut next = 0;
    while next < program.funcs.len() {
        let f = FuncId(next as u32);
        next += 1;
        let file = c.world.sources.file(program.metas[f.0 as usize].pos);
        if file.is_none_or(|file| file.is_std) {
            continue;
        }
        match c.compile_func(&mut Parts { program, heap }, f) {
            Ok(()) => {}
            Err(CompileFailure::Limit(..)) => return false,
            Err(e) => panic!("a checked function does not compile: {}", e.message()),
        }
    }
    true
}

fn options(text: &str) -> Options {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    let hash = hasher.finish();
    let gc_stress = hash.is_multiple_of(4);
    Options {
        policy: if hash.is_multiple_of(3) {
            chanrt::Policy::Random
        } else {
            chanrt::Policy::Fifo
        },
        seed: Some(hash),
        virtual_time: true,
        gc_stress,
        memory_limit: Some(32 << 20),
        max_stack: if gc_stress { 64 << 10 } else { 1 << 20 },
        fuel: Some(if gc_stress { 3_000 } else { 50_000 }),
        args: vec!["input".to_string()],
        ..Options::default()
    }
}

/// Takes so many bytes, then breaks, which ends the program.
struct Sink(usize);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.0.checked_sub(bytes.len()) {
            Some(left) => self.0 = left,
            None => return Err(Error::from(ErrorKind::BrokenPipe)),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

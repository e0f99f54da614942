//! The engine: from a file to an exit code.
//!
//! Invariants: the three kinds of failure stay apart: diagnostics (exit code 1), the program's own end (its code, or 2 after a panic or a fatal error),
//! and a fault of gol's, which is reported as such (exit code 3). Nothing here knows the command line.

use lang::ast::NodeIds;
use lang::check::World;
use lang::diag::{Diagnostic, Format, render};
use lang::syntax::{ParseOptions, parse_file};
use lang::types::PkgId;
use std::any::Any;
use std::io::Write;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use vm::compile::Compiler;
use vm::mem::Heap;
use vm::program::{Linker, Program};
use vm::{Output, Vm};

/// How the engine is to behave.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Seed of all randomness; `None` takes a new one each run.
    pub seed: Option<u64>,
    /// Virtual time: sleeps take none, the clock jumps.
    pub virtual_time: bool,
    /// Any runnable goroutine may run next, as the seed says; else Go's own order.
    pub random_schedule: bool,
    /// Collect garbage at every safepoint.
    pub gc_stress: bool,
    /// Largest heap in bytes.
    pub memory_limit: Option<u64>,
    /// How diagnostics are written.
    pub format: Format,
    /// Whether diagnostics are coloured.
    pub color: bool,
}

/// Compiles and runs programs.
pub struct Engine {
    options: Options,
}

/// A checked program.
pub struct Checked {
    world: World,
    pkg: PkgId,
    /// The top-level statements of a script; `None` for a Go file.
    script: Option<Range<usize>>,
    /// What was found.
    pub diags: Vec<Diagnostic>,
}

impl Checked {
    /// Whether the program can run.
    pub fn is_ok(&self) -> bool {
        !self.diags.iter().any(Diagnostic::is_error)
    }
}

/// Exit code after compile errors, and when a file cannot be read.
const BAD_INPUT: i32 = 1;
/// Exit code after a fault of gol's own.
const INTERNAL: i32 = 3;

impl Engine {
    /// An engine.
    pub fn new(options: Options) -> Engine {
        Engine { options }
    }

    /// Reads, checks and runs a file with these arguments; gives the exit code.
    pub fn run_file(&self, path: &Path, args: &[String]) -> i32 {
        match read(path) {
            Ok(text) => self.run_text(&path.to_string_lossy(), &text, args),
            Err(message) => {
                eprintln!("gol: {message}");
                BAD_INPUT
            }
        }
    }

    /// Checks and runs a program text called `name`; gives the exit code.
    pub fn run_text(&self, name: &str, text: &str, args: &[String]) -> i32 {
        self.guard(|| {
            let checked = match self.check_text(name, text) {
                Ok(checked) => checked,
                Err(message) => {
                    eprintln!("gol: {message}");
                    return BAD_INPUT;
                }
            };
            self.report(&checked);
            if !checked.is_ok() {
                return BAD_INPUT;
            }
            self.run_checked(checked, name, args)
        })
    }

    /// Checks a program text called `name`.
    ///
    /// # Errors
    /// When the text is too large.
    pub fn check_text(&self, name: &str, text: &str) -> Result<Checked, String> {
        let mut world = World::new(stdlib::importer());
        let src = world.sources.add(name, text, false).map_err(|_| format!("{name}: too large"))?;
        let ids: Rc<NodeIds> = Rc::default();
        let (file, mut diags) = parse_file(&src, &ids, ParseOptions::default());
        let is_script = file.package.is_none();
        if diags.iter().any(Diagnostic::is_error) {
            return Ok(Checked { world, pkg: PkgId(0), script: None, diags });
        }
        if is_script {
            let checked = world.check_script(None, Rc::new(file), ids);
            diags.extend(checked.diags);
            return Ok(Checked { world, pkg: checked.pkg, script: Some(checked.units), diags });
        }
        let (pkg, found) = world.check_file_package("main", vec![Rc::new(file)], ids);
        diags.extend(found);
        Ok(Checked { world, pkg, script: None, diags })
    }

    /// Writes a program's diagnostics to standard error.
    pub fn report(&self, checked: &Checked) {
        if !checked.diags.is_empty() {
            let text = render(&checked.diags, &checked.world.sources, self.options.format, self.options.color);
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
    }

    /// The bytecode of a program's functions, those it reaches from `main` and its own.
    ///
    /// # Errors
    /// What keeps a function from being compiled.
    pub fn disasm(&self, checked: Checked) -> Result<String, String> {
        let (mut program, mut heap) = (Program::new(), Heap::new());
        let mut compiler = Compiler::new(checked.world, stdlib::native);
        let _ = entry(&mut compiler, &mut program, checked.pkg, checked.script);
        let mut out = String::new();
        let mut next = 0;
        while next < program.funcs.len() {
            let f = vm::bytecode::FuncId(next as u32);
            next += 1;
            let pos = program.metas[f.0 as usize].pos;
            if compiler.world.sources.file(pos).is_some_and(|file| file.is_std) {
                continue;
            }
            compiler.compile(&mut program, &mut heap, f).map_err(|e| e.0)?;
            out.push_str(&vm::compile::disasm::listing(&program, &compiler.world.sources, f));
            out.push('\n');
        }
        Ok(out)
    }

    fn run_checked(&self, checked: Checked, name: &str, args: &[String]) -> i32 {
        let mut program = Program::new();
        let mut compiler = Compiler::new(checked.world, stdlib::native);
        let start = entry(&mut compiler, &mut program, checked.pkg, checked.script);
        let mut all = vec![name.to_string()];
        all.extend_from_slice(args);
        let (out, err) = (Output::new(Box::new(std::io::stdout())), Output::new(Box::new(std::io::stderr())));
        let mut vm = Vm::new(program, Heap::new(), Box::new(compiler), self.vm_options(all), out, err);
        match catch_unwind(AssertUnwindSafe(|| vm.run(&[start]))) {
            Ok(exit) => {
                // The process ends right behind this: its memory need not be given back piece by piece.
                std::mem::forget(vm);
                exit.code()
            }
            Err(payload) => {
                let place = vm.place();
                // A machine in the middle of an instruction is not taken apart.
                std::mem::forget(vm);
                internal_error(&*payload, &place)
            }
        }
    }

    fn vm_options(&self, args: Vec<String>) -> vm::Options {
        vm::Options {
            policy: if self.options.random_schedule { chanrt::Policy::Random } else { chanrt::Policy::Fifo },
            seed: self.options.seed,
            virtual_time: self.options.virtual_time,
            gc_stress: self.options.gc_stress,
            memory_limit: self.options.memory_limit,
            args,
            ..vm::Options::default()
        }
    }

    /// Runs `f`; a Rust panic is a fault of gol's own.
    fn guard(&self, f: impl FnOnce() -> i32) -> i32 {
        match catch_unwind(AssertUnwindSafe(f)) {
            Ok(code) => code,
            Err(payload) => internal_error(&*payload, ""),
        }
    }
}

/// The function a program starts with.
fn entry(c: &mut Compiler, p: &mut Program, pkg: PkgId, script: Option<Range<usize>>) -> vm::bytecode::FuncId {
    match script {
        Some(units) => c.script(p, pkg, units),
        None => c.entry(p, pkg),
    }
}

fn read(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|e| format!("{}: {e}", path.display()))?;
    String::from_utf8(bytes).map_err(|_| format!("{}: not UTF-8", path.display()))
}

fn internal_error(payload: &(dyn Any + Send), place: &str) -> i32 {
    let text = payload.downcast_ref::<String>().map(String::as_str).or_else(|| payload.downcast_ref::<&str>().copied());
    eprintln!("gol: internal error: {}", text.unwrap_or("unknown"));
    if !place.is_empty() {
        eprint!("{place}");
    }
    eprintln!("This is a fault of gol, not of your program.");
    INTERNAL
}

//! The engine: one session from source text to exit status.
//!
//! Invariants: the three kinds of failure stay apart: what is wrong with the input (`Failure`), the program's own end (`Outcome::Exit`: its
//! status, or 2 after a panic or a fatal error, already reported), and a fault of gol's (`Outcome::Bug`): a Rust panic below is
//! caught here. Nothing here knows the command line.

use crate::load::{Failure, Loaded, Loader};
use crate::module::Packages;
use chanrt::Interrupter;
use lang::check::World;
use lang::diag::{self, Diagnostic, Format};
use lang::symbol::Symbol;
use lang::types::ObjKind;
use std::any::Any;
use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;
use vm::bytecode::FuncId;
use vm::compile::{Compiler, disasm};
use vm::mem::Heap;
use vm::program::{Linker, Program};
use vm::{Output, Vm};

/// How a run is to behave.
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
    /// How many taken jumps and calls the program may make, all goroutines together.
    pub fuel: Option<u64>,
    /// The program's arguments, its name first.
    pub args: Vec<String>,
}

/// How a run ended.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Outcome {
    /// The program ended with this status; 2 after a panic or a fatal error, which has been reported on standard error.
    Exit(i32),
    /// gol itself failed: what is known about it.
    Bug(String),
}

/// A run that is over.
pub(crate) struct Run {
    /// How it ended.
    pub(crate) outcome: Outcome,
    /// Whether that was a panic or a fatal error.
    pub(crate) crashed: bool,
    /// The machine. It is not taken apart by itself: mostly the process is about to end.
    machine: ManuallyDrop<Box<Vm>>,
}

impl Run {
    /// Gives back the machine's memory, unless it stopped in the middle of an instruction.
    pub(crate) fn take_apart(self) {
        if let Outcome::Exit(_) = self.outcome {
            drop(ManuallyDrop::into_inner(self.machine));
        }
    }
}

/// One session: sources, checked packages, and then the machine that runs them.
pub struct Engine {
    world: World,
    packages: Rc<Packages>,
    options: Options,
}

impl Engine {
    /// An empty session.
    pub fn new(options: Options) -> Engine {
        let packages = Rc::new(Packages::new(stdlib::importer()));
        Engine {
            world: World::new(packages.clone()),
            packages,
            options,
        }
    }

    /// Loads and checks a program: a folder, or files of one package, or a script, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read, has errors, or trips over a fault of gol's.
    pub fn load_program(&mut self, paths: &[String]) -> Result<Loaded, Failure> {
        let shown = paths.join(" ");
        self.guarded(&shown, |s| match paths {
            [] => Err(Failure::Io("gol: no program given".to_string())),
            [dir] if Path::new(dir).is_dir() => s.folder(Path::new(dir)),
            files => s.files(files),
        })
    }

    /// Whether it can be run: a script, or a package main.
    pub fn is_program(&self, loaded: &Loaded) -> bool {
        loaded.script.is_some() || self.world.package(loaded.pkg).name.as_str() == "main"
    }

    /// Loads and checks a file, or standard input for `-`.
    ///
    /// # Errors
    /// When it cannot be read, has errors, or trips over a fault of gol's.
    pub fn load_file(&mut self, path: &str) -> Result<Loaded, Failure> {
        self.load_program(&[path.to_string()])
    }

    /// Loads and checks a text; `name` stands for it in messages.
    ///
    /// # Errors
    /// When it has errors, or trips over a fault of gol's.
    pub fn load_text(&mut self, name: &str, text: &str) -> Result<Loaded, Failure> {
        self.guarded(name, |s| {
            let text = s.decode(name, text.as_bytes().to_vec())?;
            s.texts(Path::new("."), vec![(name.to_string(), text)])
        })
    }

    /// Loads something; a Rust panic on the way becomes a `Failure::Bug`.
    pub(crate) fn guarded(
        &mut self,
        shown: &str,
        load: impl FnOnce(&mut Loader<'_>) -> Result<Loaded, Failure>,
    ) -> Result<Loaded, Failure> {
        let mut session = Loader {
            world: &mut self.world,
            packages: &self.packages,
        };
        catch_unwind(AssertUnwindSafe(|| load(&mut session))).unwrap_or_else(|cause| {
            Err(Failure::Bug(format!(
                "{} (while checking {shown})",
                describe(&*cause)
            )))
        })
    }

    /// From now on a text loaded under this name is a part of a larger text, of which it begins at line `line`.
    pub(crate) fn set_first_line(&mut self, name: &str, line: u32) {
        self.world.sources.set_first_line(name, line);
    }

    /// Diagnostics as text.
    pub fn render(&self, diags: &[Diagnostic], format: Format, color: bool) -> String {
        diag::render(diags, &self.world.sources, format, color)
    }

    /// Runs a loaded program on the process's standard output and error. The session ends with it.
    pub fn run(self, program: Loaded) -> Outcome {
        let out = Output::new(Box::new(std::io::stdout()));
        let err = Output::new(Box::new(std::io::stderr()));
        self.run_to(program, out, err)
    }

    /// Runs a loaded program with its output going to `out` and `err`.
    pub fn run_to(self, loaded: Loaded, out: Output, err: Output) -> Outcome {
        self.run_watched(loaded, out, err, |_| {}).outcome
    }

    /// As `run_to`; `watch` gets what ends the program from another thread.
    pub(crate) fn run_watched(
        self,
        loaded: Loaded,
        out: Output,
        err: Output,
        watch: impl FnOnce(Interrupter),
    ) -> Run {
        let Engine { world, options, .. } = self;
        let mut program = Program::new();
        let mut compiler = Compiler::new(world, stdlib::native);
        let funcs = entry(&mut compiler, &mut program, &loaded);
        let mut vm = Vm::new(
            program,
            Heap::new(),
            Box::new(compiler),
            vm_options(options),
            out,
            err,
        );
        watch(vm.interrupter());
        let run = catch_unwind(AssertUnwindSafe(|| vm.run(&funcs)));
        let crashed = matches!(run, Ok(vm::Exit::Crashed));
        let outcome = match run {
            Ok(exit) => Outcome::Exit(exit.code()),
            Err(cause) => Outcome::Bug(format!("{}\n{}", describe(&*cause), vm.place().trim_end())),
        };
        Run {
            outcome,
            crashed,
            machine: ManuallyDrop::new(vm),
        }
    }

    /// The bytecode of every function of the program's own whose name contains `filter`.
    ///
    /// # Errors
    /// What keeps a function from being compiled.
    pub fn disasm(self, loaded: &Loaded, filter: &str) -> Result<String, String> {
        let (mut program, mut heap) = (Program::new(), Heap::new());
        let mut compiler = Compiler::new(self.world, stdlib::native);
        entry(&mut compiler, &mut program, loaded);
        let mut out = String::new();
        let mut next = 0;
        while next < program.funcs.len() {
            let f = FuncId(next as u32);
            next += 1;
            let meta = &program.metas[f.0 as usize];
            if compiler
                .world
                .sources
                .file(meta.pos)
                .is_some_and(|file| file.is_std)
            {
                continue;
            }
            let shown = meta.name.contains(filter);
            compiler
                .compile(&mut program, &mut heap, f)
                .map_err(|e| e.0)?;
            if shown {
                out.push_str(&disasm::listing(&program, &compiler.world.sources, f));
                out.push('\n');
            }
        }
        Ok(out)
    }
}

/// The functions that make up a run, in order.
fn entry(c: &mut Compiler, p: &mut Program, loaded: &Loaded) -> Vec<FuncId> {
    let Some(units) = &loaded.script else {
        return vec![c.entry(p, loaded.pkg)];
    };
    let mut funcs = vec![c.script(p, loaded.pkg, units.clone())];
    if calls_main(&c.world, loaded) {
        funcs.extend(c.func_named(p, loaded.pkg, "main"));
    }
    funcs
}

/// Whether a script's `func main` is to be called: there is one and nothing mentions it.
fn calls_main(world: &World, loaded: &Loaded) -> bool {
    let package = world.package(loaded.pkg);
    let Some(main) = world.objects.lookup(package.scope, Symbol::new("main")) else {
        return false;
    };
    let plain = world.objects.with(main, |o| match &o.kind {
        ObjKind::Func(f) => f.decl.as_ref().is_some_and(|d| {
            d.ty.params.is_empty() && d.ty.results.is_empty() && d.tparams.is_empty()
        }),
        _ => false,
    });
    plain && !package.info.uses.values().any(|&o| o == main)
}

pub(crate) fn vm_options(o: Options) -> vm::Options {
    vm::Options {
        policy: if o.random_schedule {
            chanrt::Policy::Random
        } else {
            chanrt::Policy::Fifo
        },
        seed: o.seed,
        virtual_time: o.virtual_time,
        gc_stress: o.gc_stress,
        memory_limit: o.memory_limit,
        fuel: o.fuel,
        args: o.args,
        ..vm::Options::default()
    }
}

pub(crate) fn describe(cause: &(dyn Any + Send)) -> String {
    let text = cause
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| cause.downcast_ref::<&str>().copied());
    text.unwrap_or("unknown cause").to_string()
}

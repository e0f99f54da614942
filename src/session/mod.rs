//! Sessions: a package that grows input by input, and the machine that runs it. The REPL, piped inputs and the guide runner are faces of this.
//!
//! Invariants: an input runs at most once; what does not check has no effect at all; an input that panics, or that nobody can wake any more, leaves its
//! goroutine behind and gives control back; a fault of gol's ends the input, not the session. Between inputs no goroutine is running.

mod allowance;
mod aside;
mod background;
mod compile;
pub mod complete;
mod items;
mod listing;
mod outcome;
mod reset;
mod show;
mod words;

pub use allowance::Allowance;
pub use aside::{Aside, Cost, Looked};
pub use items::{Item, items};
pub use outcome::{Crash, Echo, End, Evaluation, Event, Waiting};
pub use reset::Undone;
pub use show::{Limits, go_syntax, plain_value, type_name};

use crate::engine::{Options, describe, vm_options};
use crate::module::Packages;
use chanrt::Interrupter;
use compile::Keep;
use lang::ast::NodeIds;
use lang::check::{Shown, Undo, World};
use lang::diag::{self, Diagnostic, Format};
use lang::types::{PkgId, TypeId};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use vm::compile::Compiler;
use vm::mem::Heap;
use vm::program::Program;
use vm::{Output, Pause, Turn, Vm};

/// A session.
pub struct Session {
    /// The machine, for those who look at goroutines and channels.
    pub vm: Box<Vm>,
    packages: Rc<Packages>,
    ids: Rc<NodeIds>,
    pkg: PkgId,
    /// Where relative imports and embedded files are looked for.
    dir: PathBuf,
    /// Number of the last input.
    number: usize,
    /// Inputs whose goroutines have not ended.
    parked: Vec<Parked>,
    /// What happened while something was looked at, and has not been told yet.
    missed: Vec<Event>,
    /// Goroutines that crashed, oldest first: only the latest are kept.
    crashed: Vec<u64>,
    /// Somebody wants the running input to stop.
    stop: Arc<AtomicBool>,
    /// How to take back the latest inputs, with their numbers, oldest first.
    undos: Vec<(usize, Undo)>,
    /// What turns have burnt so far: taken jumps and calls.
    spent: u64,
    /// What inputs may still use up.
    allowance: Allowance,
    options: Options,
    interrupter: Arc<Mutex<Interrupter>>,
}

/// An input whose goroutine has not ended.
struct Parked {
    goid: u64,
    input: usize,
    shown: Vec<Shown>,
}

/// Crashed goroutines that are kept to be looked at.
const CRASHED: usize = 16;
/// A crashed goroutine with more bytes of stack than this is not kept: its trace has been taken.
const BIG_STACK: usize = 1 << 20;

/// Stops what a session is running, from another thread.
#[derive(Clone)]
pub struct Stopper {
    stop: Arc<AtomicBool>,
    interrupter: Arc<Mutex<Interrupter>>,
}

impl Stopper {
    /// Ends the input that is being run, a busy loop too; without one, nothing happens.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
        self.nudge();
    }

    /// Ends a wait in `Session::background`, without stopping anything.
    pub fn nudge(&self) {
        if let Ok(interrupter) = self.interrupter.lock() {
            interrupter.interrupt();
        }
    }
}

/// An empty world and a machine for it.
fn machine(options: Options, out: Output, err: Output) -> (Rc<Packages>, Box<Vm>, PkgId) {
    let packages = Rc::new(Packages::new(stdlib::importer()));
    let mut world = World::new(packages.clone());
    let pkg = world.new_session();
    let compiler = Box::new(Compiler::new(world, stdlib::native));
    let mut vm = Vm::new(
        Program::new(),
        Heap::new(),
        compiler,
        vm_options(options),
        out,
        err,
    );
    vm.begin_session();
    (packages, vm, pkg)
}

impl Session {
    /// An empty session; what its programs print goes to `out` and `err`.
    pub fn new(options: Options, out: Output, err: Output) -> Session {
        let (packages, vm, pkg) = machine(options.clone(), out, err);
        Session {
            interrupter: Arc::new(Mutex::new(vm.interrupter())),
            vm,
            packages,
            ids: Rc::new(NodeIds::default()),
            pkg,
            dir: crate::load::absolute(std::path::Path::new(".")),
            number: 0,
            parked: Vec::new(),
            missed: Vec::new(),
            crashed: Vec::new(),
            stop: Arc::default(),
            undos: Vec::new(),
            spent: 0,
            allowance: Allowance::default(),
            options,
        }
    }

    /// The number of the last input.
    pub fn number(&self) -> usize {
        self.number
    }

    /// What has been burnt so far: taken jumps and calls of all goroutines.
    pub fn spent(&self) -> u64 {
        self.spent
    }

    /// The session's package.
    pub fn pkg(&self) -> PkgId {
        self.pkg
    }

    /// Everything the checker knows.
    pub fn world(&mut self) -> &mut World {
        &mut self.compiler().world
    }

    /// What stops this session's inputs from another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper {
            stop: self.stop.clone(),
            interrupter: self.interrupter.clone(),
        }
    }

    /// Diagnostics as text.
    pub fn render(&mut self, diags: &[Diagnostic], format: Format, color: bool) -> String {
        diag::render(diags, &self.world().sources, format, color)
    }

    /// A type as the session's user writes it: names of the session's own without package.
    pub fn type_string(&mut self, t: TypeId) -> String {
        let own = self.pkg;
        let w = self.world();
        let qualify = |p: PkgId| (p != own).then(|| w.package(p).name.to_string());
        lang::types::type_string(&w.types, &w.objects, t, &qualify)
    }

    fn compiler(&mut self) -> &mut Compiler {
        let parts = self.vm.compiler();
        parts.expect("a session's linker is the compiler").0
    }

    /// Checks an input and runs it until it ends, or cannot go on. Goroutines of earlier inputs run meanwhile.
    pub fn eval(&mut self, text: &str) -> Evaluation {
        let name = format!("input[{}]", self.number + 1);
        self.eval_as(&name, text)
    }

    /// As `eval`; `name` stands for the text in messages.
    pub fn eval_as(&mut self, name: &str, text: &str) -> Evaluation {
        self.number += 1;
        self.stop.store(false, Ordering::Release);
        let input = self.number;
        let checked = match self.check(name, text, Keep::Input) {
            Ok(checked) => checked,
            Err(end) => return Evaluation::ended(input, end),
        };
        self.remember(input, checked.undo);
        let mut evaluation = Evaluation {
            warnings: checked.warnings,
            ..Evaluation::ended(input, End::Declared)
        };
        if checked.funcs.is_empty() {
            evaluation.end = self.texts(&checked.shown);
            return evaluation;
        }
        let goid = self.vm.evaluate(&checked.funcs);
        self.parked.push(Parked {
            goid,
            input,
            shown: checked.shown,
        });
        evaluation.goid = goid;
        evaluation.end = self.drive(goid, &mut evaluation.events);
        let pkg = self.pkg;
        self.world().forget_input(pkg, checked.nodes);
        if let End::Done(echoes) = &mut evaluation.end {
            self.ask_values(echoes);
        }
        evaluation
    }

    /// Runs goroutines until the evaluation on `goid` is decided.
    fn drive(&mut self, goid: u64, events: &mut Vec<Event>) -> End {
        loop {
            let turn = match self.allowed_turn(goid) {
                Ok(turn) => turn,
                Err(bug) if bug.0 == goid => return End::Bug(bug.1),
                Err(bug) => {
                    events.push(Event::Bug(bug.1));
                    continue;
                }
            };
            match turn {
                Turn::Pause(Pause::Returned(g)) if g == goid => {
                    let echoes = self.finished(g).map(|done| done.1);
                    return End::Done(echoes.unwrap_or_default());
                }
                Turn::Pause(Pause::Asleep) => return End::Blocked(self.waiting(goid)),
                Turn::Pause(Pause::Spent) => return self.exhausted(goid),
                Turn::Pause(Pause::Interrupted) if self.stop.swap(false, Ordering::AcqRel) => {
                    if self.allowance != Allowance::default() {
                        return self.exhausted(goid);
                    }
                    self.forget(goid);
                    self.vm.kill(goid);
                    return End::Interrupted;
                }
                Turn::Crashed(g) if g == goid => {
                    self.forget(g);
                    return End::Panicked(self.crash(g));
                }
                Turn::Exit(g, code) if g == goid => {
                    self.forget(g);
                    return End::Exited(code);
                }
                other => events.extend(self.event(other)),
            }
        }
    }

    /// What a turn's end means to those who did not ask for it.
    fn event(&mut self, turn: Turn) -> Option<Event> {
        match turn {
            Turn::Pause(Pause::Returned(g)) => {
                let (input, echoes) = self.finished(g)?;
                Some(Event::Finished {
                    goid: g,
                    input,
                    echoes,
                })
            }
            Turn::Crashed(g) => {
                self.forget(g);
                Some(Event::Crashed(self.crash(g)))
            }
            Turn::Exit(goid, code) => {
                self.forget(goid);
                Some(Event::Exited { goid, code })
            }
            Turn::Pause(_) => None,
        }
    }

    /// One turn; a fault of gol's comes back with the number of the goroutine that it befell.
    fn turn(&mut self, waits: bool, budget: u64) -> Result<Turn, (u64, String)> {
        let vm = &mut self.vm;
        let turn = catch_unwind(AssertUnwindSafe(|| vm.turn(waits, budget)));
        self.spent += self.vm.spent(budget);
        turn.map_err(|cause| {
            let place = self.vm.place();
            let goid = self.vm.abandon();
            self.forget(goid);
            (goid, format!("{}\n{}", describe(&*cause), place.trim_end()))
        })
    }

    /// Keeps a crashed goroutine, and ends the oldest such.
    fn crash(&mut self, goid: u64) -> Crash {
        let report = self.vm.take_report();
        if self.vm.stack_size(goid) > BIG_STACK {
            self.vm.kill(goid);
        } else {
            self.crashed.push(goid);
        }
        if self.crashed.len() > CRASHED {
            self.vm.kill(self.crashed.remove(0));
        }
        Crash {
            goid,
            message: report.message,
            trace: report.trace,
        }
    }

    /// An input's goroutine has ended: which, and its values.
    fn finished(&mut self, goid: u64) -> Option<(usize, Vec<Echo>)> {
        let parked = self.forget(goid)?;
        let echoes = parked.shown.iter().filter_map(|s| self.echo(s)).collect();
        Some((parked.input, echoes))
    }

    fn forget(&mut self, goid: u64) -> Option<Parked> {
        let at = self.parked.iter().position(|p| p.goid == goid)?;
        Some(self.parked.remove(at))
    }

    /// The input that runs on a goroutine, while it has not ended.
    pub fn input_of(&self, goid: u64) -> Option<usize> {
        self.parked.iter().find(|p| p.goid == goid).map(|p| p.input)
    }

    /// The end of an input that runs nothing.
    fn texts(&mut self, shown: &[Shown]) -> End {
        let texts: Vec<Echo> = shown.iter().filter_map(|s| self.echo(s)).collect();
        if texts.is_empty() {
            End::Declared
        } else {
            End::Done(texts)
        }
    }

    fn echo(&mut self, shown: &Shown) -> Option<Echo> {
        match shown {
            Shown::Text(text) => Some(Echo::text(text)),
            &Shown::Var(var) => {
                let world = self.world();
                let (name, ty) = (world.objects.name(var).to_string(), world.objects.ty(var));
                let ty = self.type_string(ty);
                let value = self.vm.global(var)?;
                let (value, cut) = go_syntax(&value, Limits::default());
                Some(Echo {
                    name,
                    ty,
                    value,
                    cut,
                    words: None,
                })
            }
        }
    }
}

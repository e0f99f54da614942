//! Looking at values and measuring without leaving a trace: expressions and statements that are not inputs.
//!
//! Invariants: nothing is declared and no result is numbered, whatever the text does otherwise; a text that does not come to its end leaves no
//! goroutine of its own behind, though those that it started stay.

use super::compile::{Checked, Keep};
use super::{End, Event, Session};
use lang::check::Shown;
use lang::symbol::Symbol;
use lang::types::ObjId;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// An expression or statement that ran to its end.
pub struct Aside {
    /// The variables that hold its values: see `Vm::global`.
    pub values: Vec<ObjId>,
    /// What is known of it without running it: a type, nil.
    pub texts: Vec<String>,
    /// What it took.
    pub cost: Cost,
    /// What happened to other goroutines meanwhile.
    pub events: Vec<Event>,
}

/// What something took.
#[derive(Clone, Copy, Default, Debug)]
pub struct Cost {
    /// Time on the wall, whatever the session's clock.
    pub time: Duration,
    /// Taken jumps and calls, of all goroutines.
    pub steps: u64,
    /// Allocated blocks.
    pub allocs: u64,
    /// Allocated bytes.
    pub bytes: u64,
    /// Switches from one goroutine to another.
    pub switches: u64,
}

/// A value that somebody looks at.
#[derive(Clone, Copy)]
pub struct Looked {
    /// The variable that holds it.
    pub var: ObjId,
    /// Whether the variable is nobody else's: see `Session::drop_value`.
    own: bool,
}

impl Session {
    /// The package-level variable of that name.
    pub fn variable(&mut self, name: &str) -> Option<ObjId> {
        let pkg = self.pkg;
        let w = self.world();
        let obj = w.objects.lookup(w.package(pkg).scope, Symbol::new(name))?;
        w.objects.var_kind(obj).map(|_| obj)
    }

    /// The session's variables, oldest first.
    pub fn variables(&mut self) -> Vec<(String, ObjId)> {
        let pkg = self.pkg;
        let world = self.world();
        let (scope, objects) = (world.package(pkg).scope, &world.objects);
        let mut found: Vec<(lang::source::Pos, String, ObjId)> = objects
            .scope_objects(scope)
            .into_iter()
            .filter(|&o| objects.var_kind(o).is_some())
            .map(|o| (objects.span(o).lo, objects.name(o).to_string(), o))
            .collect();
        found.sort();
        found.into_iter().map(|(_, name, o)| (name, o)).collect()
    }

    /// The value of an expression; a variable's is looked at where it is, without running anything. To be given back to `drop_value`.
    ///
    /// # Errors
    /// A line that says why there is none.
    pub fn look(&mut self, expr: &str) -> Result<Looked, String> {
        if let Some(var) = self.variable(expr.trim()) {
            return Ok(Looked { var, own: false });
        }
        let aside = self.aside(expr)?;
        self.missed.extend(aside.events);
        match aside.values[..] {
            [var] => Ok(Looked { var, own: true }),
            [] => Err("that has no value".to_string()),
            _ => Err("that has several values".to_string()),
        }
    }

    /// Ends a look: what was made for it is kept alive no longer.
    pub fn drop_value(&mut self, looked: Looked) {
        if looked.own {
            self.vm.clear_global(looked.var);
        }
    }

    /// The type of what is looked at, as the session's user writes it.
    pub fn type_of_looked(&mut self, looked: Looked) -> String {
        let ty = self.world().objects.ty(looked.var);
        self.type_string(ty)
    }

    /// Runs an expression or a statement that is no input.
    ///
    /// # Errors
    /// A line that says why it has not come to its end.
    pub fn aside(&mut self, text: &str) -> Result<Aside, String> {
        let checked = self.check("command", text, Keep::Nothing);
        let checked = checked.map_err(|end| self.reason(end))?;
        let (mut values, mut texts) = (Vec::new(), Vec::new());
        for shown in &checked.shown {
            match shown {
                Shown::Var(var) => values.push(*var),
                Shown::Text(text) => texts.push(text.clone()),
            }
        }
        let mut events = Vec::new();
        let cost = self.run_aside(&checked, &mut events);
        let pkg = self.pkg;
        self.world().forget_input(pkg, checked.nodes);
        let cost = match cost {
            Ok(cost) => cost,
            Err(why) => {
                self.missed.extend(events);
                return Err(why);
            }
        };
        Ok(Aside {
            values,
            texts,
            cost,
            events,
        })
    }

    fn run_aside(&mut self, checked: &Checked, events: &mut Vec<Event>) -> Result<Cost, String> {
        if checked.funcs.is_empty() {
            return Ok(Cost::default());
        }
        self.stop.store(false, Ordering::Release);
        let (heap, switches, spent) = (self.vm.heap.stats(), self.vm.switches(), self.spent);
        let start = Instant::now();
        let goid = self.vm.evaluate(&checked.funcs);
        let end = self.drive(goid, events);
        let time = start.elapsed();
        if !matches!(end, End::Done(_)) {
            self.crashed.retain(|&g| g != goid);
            self.vm.kill(goid);
            return Err(self.reason(end));
        }
        let after = self.vm.heap.stats();
        // The first pick begins the evaluation.
        let picks = self.vm.switches().wrapping_sub(switches);
        Ok(Cost {
            time,
            steps: self.spent - spent,
            allocs: after.mallocs - heap.mallocs,
            bytes: after.total_alloc - heap.total_alloc,
            switches: u64::from(picks.saturating_sub(1)),
        })
    }

    /// One line that says why something has not come to its end.
    fn reason(&mut self, end: End) -> String {
        match end {
            End::Rejected(diags) => diags
                .iter()
                .find(|d| d.is_error())
                .map_or_else(String::new, |d| {
                    d.message.lines().next().unwrap_or_default().to_string()
                }),
            End::Unreadable(what) => what,
            End::Blocked(w) => format!("nothing can wake it: {}", w.reason),
            End::Panicked(crash) => crash.message.lines().next().unwrap_or_default().to_string(),
            End::Exited(code) => format!("it calls os.Exit({code})"),
            End::Interrupted => "interrupted".to_string(),
            End::Bug(what) => format!(
                "gol: internal error: {}",
                what.lines().next().unwrap_or_default()
            ),
            End::Declared | End::Done(_) => String::new(),
        }
    }
}

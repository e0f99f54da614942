//! Blocks that share a session.
//!
//! Invariants: a portion that does not check ends its block and leaves nothing; a portion that panics or waits does not, as in the REPL; a block is
//! blocked if an input of its own still waits at its end.

use super::capture::Capture;
use super::markdown::Block;
use super::needs::{first_of_each, judge, missing};
use super::outcome::{Outcome, Status};
use super::plan::{Plan, Shape};
use super::programs::{ON_AND_ON, bug_text, ended, place};
use super::run::{LIMIT, watched};
use crate::engine::Options;
use crate::session::{Allowance, Crash, Echo, End, Evaluation, Event, Session, Waiting};
use lang::diag::{Diagnostic, Format};
use std::collections::HashMap;
use vm::Output;

/// For how long a block's inputs may wait in virtual time, a day: longer than any guide wants to wait, short enough for tickers that tick for ever.
const WAIT: i64 = 86_400_000_000_000;

/// The session of a section.
pub struct Cells {
    session: Session,
    name: String,
    out: Capture,
    err: Capture,
    options: Options,
    /// The blocks whose inputs wait, by their goroutines.
    waiting: HashMap<u64, usize>,
}

/// A block being run.
struct Run {
    number: usize,
    status: Status,
    message: String,
    /// What is wrong with the item that does not check.
    errors: String,
    needs: Vec<String>,
    bug: bool,
    /// Whether anything was shown.
    shows: bool,
    /// Whether it did not come to an end by itself.
    stopped: bool,
    /// Whether no further item is to be taken.
    over: bool,
    /// The line of the item being run, if the block has several.
    line: Option<usize>,
}

impl Cells {
    /// An empty session for blocks of the guide `name`.
    pub fn new(name: &str, options: &Options) -> Cells {
        let (out, err) = (Capture::default(), Capture::default());
        let outputs = (
            Output::new(Box::new(out.clone())),
            Output::new(Box::new(err.clone())),
        );
        let session = Session::new(
            Options {
                args: vec![name.to_string()],
                ..options.clone()
            },
            outputs.0,
            outputs.1,
        );
        Cells {
            session,
            name: name.to_string(),
            out,
            err,
            options: options.clone(),
            waiting: HashMap::new(),
        }
    }

    /// Runs a block.
    pub fn run(&mut self, block: &Block, plan: &Plan) -> Outcome {
        self.allow();
        let mut run = Run {
            number: block.number,
            status: Status::Declared,
            message: String::new(),
            errors: String::new(),
            needs: Vec::new(),
            bug: false,
            shows: false,
            stopped: false,
            over: false,
            line: None,
        };
        let stopper = self.session.stopper();
        let ((), late) = watched(|watch| {
            watch(Box::new(move || stopper.stop()));
            self.parts(block, plan, &mut run);
        });
        match late {
            true if run.stopped => run.say(&format!("stopped after {} s", LIMIT.as_secs())),
            false if run.stopped => run.say(ON_AND_ON),
            _ => {}
        }
        self.settle(&mut run);
        self.finish(plan, run)
    }

    /// Takes a block's items.
    fn parts(&mut self, block: &Block, plan: &Plan, run: &mut Run) {
        if plan.shape == Shape::NotGo {
            // The parser says what is wrong; nothing runs.
            let e = self
                .session
                .eval_part(&self.name, block.line as u32 + 1, &plan.text);
            return self.note(e, run);
        }
        let mut done = vec![false; plan.parts.len()];
        while let Some(first) = done.iter().position(|d| !d) {
            let (parts, evaluation) = self.portion(block, plan, first, &done);
            let line = plan.parts[first].item.line + block.line;
            run.line = (plan.parts.len() > 1).then_some(line);
            let rejected = matches!(evaluation.end, End::Rejected(_));
            self.note(evaluation, run);
            if rejected {
                match run.status {
                    Status::Incomplete => self.needs_of_rest(block, plan, &done, run),
                    _ => self.alone(block, plan, &parts, run),
                }
            }
            if run.over {
                return;
            }
            parts.into_iter().for_each(|i| done[i] = true);
        }
    }

    /// Evaluates the portion that begins with part `first`: which parts it has, and how it ended.
    fn portion(
        &mut self,
        block: &Block,
        plan: &Plan,
        first: usize,
        done: &[bool],
    ) -> (Vec<usize>, Evaluation) {
        let rest: Vec<usize> = (first..done.len()).filter(|&i| !done[i]).collect();
        if plan.parts[first].concerns_rest
            && let Some(evaluation) = self.accepted(block, plan, &rest)
        {
            return (rest, evaluation);
        }
        let parts = plan.portion(first, done);
        let evaluation = self.eval(block, plan, &parts);
        let End::Rejected(diags) = &evaluation.end else {
            return (parts, evaluation);
        };
        let names: Vec<String> = diags.iter().filter_map(missing).collect();
        let mut others = vec![vec![first]];
        if let Some(mut more) = plan.up_to_variables(first, &names) {
            more.retain(|&i| !done[i]);
            others.push(more);
        }
        others.push(rest);
        others.retain(|o| *o != parts);
        others.dedup();
        for parts in others {
            if let Some(evaluation) = self.accepted(block, plan, &parts) {
                return (parts, evaluation);
            }
        }
        if let Some(later) = plan.later_variable(first, &names, done) {
            let (parts, evaluation) = self.portion(block, plan, later, done);
            if !matches!(evaluation.end, End::Rejected(_)) {
                return (parts, evaluation);
            }
        }
        (parts, evaluation)
    }

    /// Evaluates parts, if they check.
    fn accepted(&mut self, block: &Block, plan: &Plan, parts: &[usize]) -> Option<Evaluation> {
        let evaluation = self.eval(block, plan, parts);
        (!matches!(evaluation.end, End::Rejected(_))).then_some(evaluation)
    }

    fn eval(&mut self, block: &Block, plan: &Plan, parts: &[usize]) -> Evaluation {
        let (line, text) = plan.text_of(parts);
        self.session
            .eval_part(&self.name, (block.line + line) as u32, &text)
    }

    /// Notes the names that the rest of a block needs when a part of it was rejected.
    fn needs_of_rest(&mut self, block: &Block, plan: &Plan, done: &[bool], run: &mut Run) {
        let rest: Vec<usize> = (0..done.len()).filter(|&i| !done[i]).collect();
        let (line, text) = plan.text_of(&rest);
        let diags = self
            .session
            .errors_of_part(&self.name, (block.line + line) as u32, &text);
        let more = first_of_each(&diags);
        for name in judge(&more).1 {
            if !run.needs.contains(&name) {
                run.needs.push(name);
            }
        }
        run.errors = self.session.render(&more, Format::Short, false);
    }

    /// Takes note of how an input ended.
    fn note(&mut self, e: Evaluation, run: &mut Run) {
        let warnings = self.session.render(&e.warnings, Format::Short, false);
        run.say(&warnings);
        match e.end {
            End::Declared => {}
            End::Done(echoes) => run.echo(&echoes),
            End::Rejected(diags) => self.rejected(&diags, run),
            End::Unreadable(what) => run.ends(Status::NotGo, &what),
            End::Blocked(_) => {
                self.waiting.insert(e.goid, run.number);
                self.restless(run);
            }
            End::Panicked(crash) => run.crash(&self.name, &crash),
            End::Exited(code) => run.ends(Status::Ran, &format!("exit status {code}")),
            End::Interrupted => {
                run.stopped = true;
                run.ends(Status::Ran, "");
                self.restless(run);
            }
            End::Bug(what) => run.bug(&what),
        }
        for event in e.events {
            self.event(event, run);
        }
    }

    /// An item does not check.
    fn rejected(&mut self, diags: &[Diagnostic], run: &mut Run) {
        (run.status, run.needs) = judge(diags);
        run.errors = self.session.render(diags, Format::Short, false);
        run.over = true;
    }

    /// A block that is refused because of what the section's earlier blocks declare is incomplete, not wrong: what it lacks on its own.
    fn alone(&mut self, block: &Block, plan: &Plan, parts: &[usize], run: &mut Run) {
        let mut other = Cells::new(&self.name, &self.options);
        let up_to: Vec<usize> = (0..=parts.last().copied().unwrap_or(0)).collect();
        let (line, text) = plan.text_of(&up_to);
        let line = (block.line + line) as u32;
        let diags = other.session.errors_of_part(&self.name, line, &text);
        let (status, needs) = judge(&diags);
        if status == Status::Incomplete {
            (run.status, run.needs) = (status, needs);
        }
    }

    /// If the block has used up its allowance, ends the goroutines that never rest.
    fn restless(&mut self, run: &mut Run) {
        let left = self.session.allowance();
        let next = self.session.vm.next_timer();
        if left.steps > 0 && next.is_none_or(|nanos| nanos <= left.nanos) {
            return;
        }
        for goid in self.session.end_restless() {
            run.say(&format!("goroutine {goid} runs on and on: stopped"));
            self.waiting.remove(&goid);
        }
        self.allow();
    }

    /// A block's allowance.
    fn allow(&mut self) {
        self.session.allow(Allowance {
            steps: self.options.fuel.unwrap_or(u64::MAX),
            nanos: WAIT,
        });
    }

    fn event(&mut self, event: Event, run: &mut Run) {
        match event {
            Event::Finished { goid, echoes, .. } => {
                if let Some(block) = self.waiting.remove(&goid)
                    && block != run.number
                {
                    run.say(&format!(
                        "goroutine {goid} of block {block} went on and has ended"
                    ));
                }
                run.line = None;
                run.echo(&echoes);
            }
            Event::Crashed(crash) => {
                self.waiting.remove(&crash.goid);
                run.crash(&self.name, &crash);
            }
            Event::Exited { goid, code } => {
                self.waiting.remove(&goid);
                run.ends(
                    Status::Ran,
                    &format!("goroutine {goid} ends the program: exit status {code}"),
                );
            }
            Event::Bug(what) => run.bug(&what),
        }
    }

    /// Lets goroutines that the block has started or woken go on until they rest.
    fn settle(&mut self, run: &mut Run) {
        for event in self.session.settle() {
            self.event(event, run);
        }
    }

    fn finish(&mut self, plan: &Plan, mut run: Run) -> Outcome {
        let stdout = self.out.take();
        let stderr = self.err.take();
        let mut own: Vec<u64> = self
            .waiting
            .iter()
            .filter(|w| *w.1 == run.number)
            .map(|w| *w.0)
            .collect();
        own.sort_unstable();
        for goid in own {
            let waiting = self.session.waiting(goid);
            run.say(&blocked(&waiting));
            if matches!(run.status, Status::Declared | Status::Ran) {
                run.status = Status::Blocked;
            }
        }
        let shows = run.shows || !stdout.is_empty() || !stderr.is_empty();
        if run.status == Status::Declared && (shows || plan.shape == Shape::Statements) {
            run.status = Status::Ran;
        }
        Outcome {
            stdout,
            needs: run.needs,
            bug: run.bug,
            ..ended(run.status, stderr + &run.message + &run.errors)
        }
    }
}

/// What a goroutine waits for.
fn blocked(w: &Waiting) -> String {
    w.told() + "\n  nothing in the section so far can wake it"
}

impl Run {
    /// Appends lines to the message.
    fn say(&mut self, text: &str) {
        let text = text.trim_end();
        if !text.is_empty() {
            self.message.push_str(text);
            self.message.push('\n');
        }
    }

    fn echo(&mut self, echoes: &[Echo]) {
        for echo in echoes {
            match self.line {
                Some(line) => self.say(&format!("line {line}: {}", echo.line())),
                None => self.say(&echo.line()),
            }
            self.shows = true;
        }
    }

    /// No further item is taken.
    fn ends(&mut self, status: Status, text: &str) {
        self.say(text);
        self.over = true;
        if self.status != Status::Panicked {
            self.status = status;
        }
    }

    fn crash(&mut self, name: &str, crash: &Crash) {
        self.say(&crash.message);
        if let Some(line) = place(name, &crash.trace) {
            self.say(&format!("  at {name}:{line}"));
        }
        self.status = Status::Panicked;
    }

    fn bug(&mut self, what: &str) {
        self.ends(Status::Panicked, &bug_text(what));
        self.bug = true;
    }
}

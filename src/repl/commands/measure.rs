//! `:time`, `:bench` and `:disasm`: what something costs, and what it is compiled to.

use super::{Argument, Command, events};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::{plural, span};
use crate::session::Cost;
use std::time::Duration;

pub(super) const TIME: Command = Command {
    name: "time",
    form: "EXPR",
    argument: Argument::Expr,
    doc: "run something and say what it took",
    more: "EXPR is an expression or a statement; its value is not kept. Time is real time, whatever :clock says; steps are\n\
           taken jumps and calls of all goroutines; switches are those from one goroutine to another.\n\
           Example:\n  :time strings.Repeat(\"x\", 1000000)",
    run: time,
};

pub(super) const BENCH: Command = Command {
    name: "bench",
    form: "EXPR",
    argument: Argument::Expr,
    doc: "run something again and again and say what one time takes",
    more: "As Go's benchmarks do: the number of rounds grows until they take half a second.\n\
           Example:\n  :bench strings.ToUpper(\"hello\")",
    run: bench,
};

pub(super) const DISASM: Command = Command {
    name: "disasm",
    form: "FUNC",
    argument: Argument::Name,
    doc: "list the bytecode of a function",
    more: "FUNC is a function of the session, a method (T.Name), or a package's function. Function literals in it are listed too.\n\
           Example:\n  func add(a, b int) int { return a + b }\n  :disasm add",
    run: disasm,
};

fn time(repl: &mut Repl, expr: &str) -> Result<Said, String> {
    let aside = repl.session.aside(expr)?;
    for &var in &aside.values {
        repl.session.vm.clear_global(var);
    }
    let c = aside.cost;
    let mut said = Said::out(format!(
        "{}, {}, {} ({}), {}\n",
        span(c.time),
        plural(c.steps, "step"),
        plural(c.allocs, "allocation"),
        plural(c.bytes, "byte"),
        plural(c.switches, "switch"),
    ));
    said.add(events(&aside.events, repl.color));
    Ok(said)
}

/// How long the last round of a benchmark is to take.
const ENOUGH: Duration = Duration::from_millis(500);
/// The most rounds.
const MOST: u64 = 1_000_000_000;

fn bench(repl: &mut Repl, expr: &str) -> Result<Said, String> {
    let left = blanks(repl, expr)?;
    let mut said = Said::default();
    let mut n = 1;
    loop {
        let text = format!("for range {n} {{\n{left}{expr}\n}}");
        let aside = repl.session.aside(&text)?;
        said.add(events(&aside.events, repl.color));
        let cost = aside.cost;
        if cost.time >= ENOUGH || n >= MOST {
            said.out += &per_round(n, cost);
            return Ok(said);
        }
        n = next_rounds(n, cost.time);
    }
}

/// What stands before an expression whose values are not wanted: `_ = `.
fn blanks(repl: &mut Repl, expr: &str) -> Result<String, String> {
    let aside = repl.session.aside(expr)?;
    for &var in &aside.values {
        repl.session.vm.clear_global(var);
    }
    match aside.values.len() {
        0 if !aside.texts.is_empty() => Err("there is nothing to run".to_string()),
        0 => Ok(String::new()),
        n => Ok(format!("{} = ", vec!["_"; n].join(", "))),
    }
}

/// As testing.B: what ought to take a little longer than is wanted, at most a hundred times as many.
fn next_rounds(n: u64, took: Duration) -> u64 {
    let one = (took.as_nanos() as u64 / n).max(1);
    let wanted = ENOUGH.as_nanos() as u64 / one;
    (wanted + wanted / 5)
        .clamp(n + 1, n.saturating_mul(100))
        .min(MOST)
}

fn per_round(n: u64, c: Cost) -> String {
    let ns = c.time.as_nanos() as f64 / n as f64;
    let ns = match ns {
        ..10.0 => format!("{ns:.2}"),
        ..100.0 => format!("{ns:.1}"),
        _ => format!("{ns:.0}"),
    };
    format!(
        "{n} rounds  {ns} ns/op  {} B/op  {} allocs/op  {} steps/op\n",
        c.bytes / n,
        c.allocs / n,
        c.steps / n
    )
}

fn disasm(repl: &mut Repl, name: &str) -> Result<Said, String> {
    repl.session.disasm(name).map(Said::out)
}

//! `:help`.

use super::{Argument, COMMANDS, Command, named};
use crate::repl::report::Said;
use crate::repl::state::Repl;
use crate::repl::text::width;
use std::fmt::Write;

pub(super) const HELP: Command = Command {
    name: "help",
    form: "[COMMAND]",
    argument: Argument::Command,
    doc: "list the commands, or explain one",
    more: "Example:\n  :help chan",
    run: help,
};

fn help(_: &mut Repl, argument: &str) -> Result<Said, String> {
    if argument.is_empty() {
        return Ok(Said::out(overview()));
    }
    let c = named(argument.trim_start_matches(':'))?;
    let text = format!("{}\n  {}\n\n{}\n", c.usage(), c.doc, c.more);
    Ok(Said::out(text))
}

fn overview() -> String {
    let width = COMMANDS
        .iter()
        .map(|c| width(&c.usage()))
        .max()
        .unwrap_or(0);
    let mut out = String::new();
    for c in COMMANDS {
        let _ = writeln!(out, "{:width$}  {}", c.usage(), c.doc);
    }
    out + "Names may be shortened: :q is :quit. Everything else is Go.\n"
}

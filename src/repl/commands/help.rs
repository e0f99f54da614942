//! `:help`.

use super::{Argument, COMMANDS, Command, named};
use crate::repl::state::Repl;
use std::fmt::Write;

pub(super) const HELP: Command = Command {
    name: "help",
    form: "[COMMAND]",
    argument: Argument::Command,
    doc: "list the commands, or explain one",
    more: "Example:\n  :help chan",
    run: help,
};

fn help(_: &mut Repl, argument: &str) -> Result<String, String> {
    if argument.is_empty() {
        return Ok(overview());
    }
    let c = named(argument.trim_start_matches(':'))?;
    Ok(format!("{}\n  {}\n\n{}\n", c.usage(), c.doc, c.more))
}

fn overview() -> String {
    let width = COMMANDS.iter().map(|c| c.usage().len()).max().unwrap_or(0);
    let mut out = String::new();
    for c in COMMANDS {
        let _ = writeln!(out, "{:width$}  {}", c.usage(), c.doc);
    }
    out + "Names may be shortened: :q is :quit. Everything else is Go.\n"
}

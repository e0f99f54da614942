//! Commands that steer the REPL itself.

use super::{Argument, Command};
use crate::repl::state::Repl;

pub(super) const QUIT: Command = Command {
    name: "quit",
    form: "[STATUS]",
    argument: Argument::Word,
    doc: "leave",
    more: "With a number, that is the exit status.\nExample:\n  :quit",
    run: quit,
};

fn quit(repl: &mut Repl, argument: &str) -> Result<String, String> {
    let status = match argument {
        "" => 0,
        n => n
            .parse()
            .map_err(|_| format!("{n:?} is not an exit status"))?,
    };
    repl.quit = Some(status);
    Ok(String::new())
}

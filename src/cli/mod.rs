//! The command line: what was asked for, as data. Running it is `main`'s business.
//!
//! `gol FILE …` is short for `gol run FILE …`. Flags come before the file; everything behind it belongs to the program.

mod flags;
mod help;

pub use help::{overview, usage};

use flags::FLAGS;
use lexopt::prelude::*;
use std::ffi::OsString;

/// What gol can be asked to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Command {
    /// Run a program or script.
    Run,
    /// Report its errors without running it.
    Check,
    /// Run its tests.
    Test,
    /// Run the Go blocks of a Markdown text.
    Guide,
    /// List its bytecode.
    Disasm,
    /// Take inputs at a prompt, or from a pipe.
    Repl,
}

impl Command {
    /// Every command with its name, its operands and one line of help.
    pub const ALL: &[(Command, &str, &str, &str)] = &[
        (
            Command::Run,
            "run",
            "PROGRAM [ARGS…]",
            "run a program: a folder, Go files, or a script; `-` reads standard input",
        ),
        (
            Command::Check,
            "check",
            "PROGRAM…",
            "report every error without running anything",
        ),
        (
            Command::Test,
            "test",
            "[DIR|FILES]",
            "run the tests of a folder's package; `./...` is every one below",
        ),
        (
            Command::Guide,
            "guide",
            "FILE.md [N|HEADING]",
            "run the Go blocks of a Markdown text, in virtual time",
        ),
        (
            Command::Disasm,
            "disasm",
            "FILE",
            "list the bytecode of a program's functions",
        ),
        (
            Command::Repl,
            "repl",
            "[-i FILE]",
            "a session at a prompt; from a pipe, one input after the other without prompt or colour",
        ),
    ];

    /// The command of that name.
    pub fn named(name: &str) -> Option<Command> {
        Command::ALL.iter().find(|c| c.1 == name).map(|c| c.0)
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        Command::ALL
            .iter()
            .find(|c| c.0 == self)
            .map_or("", |c| c.1)
    }
}

/// Everything flags can set.
pub struct Settings {
    /// How the engine runs.
    pub options: gol::Options,
    /// How diagnostics are shown.
    pub format: lang::diag::Format,
    /// Colour: always, never, or `None` for "on a terminal".
    pub color: Option<bool>,
    /// Run again after each change.
    pub watch: bool,
    /// Which functions `disasm` lists.
    pub func: String,
    /// A file whose inputs the REPL runs first.
    pub init: Option<String>,
    /// Whether the REPL edits lines as vi does; `None` for what GOL_EDIT_MODE says.
    pub vi: Option<bool>,
    /// What `guide` does.
    pub guide: Guide,
    /// Flags of the test program, as `-test.name=value`.
    pub test: Vec<String>,
}

/// What flags say about `gol guide`.
#[derive(Default)]
pub struct Guide {
    /// Only list the blocks.
    pub list: bool,
    /// Report as JSON.
    pub json: bool,
    /// Where to write the guide as a page.
    pub html: Option<String>,
    /// Sleeps take as long as they say.
    pub real_time: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Settings {
            options: gol::Options::default(),
            format: lang::diag::Format::Human,
            color: None,
            watch: false,
            func: String::new(),
            init: None,
            vi: None,
            guide: Guide::default(),
            test: Vec::new(),
        }
    }
}

/// What was asked for.
pub enum Request {
    /// A command on files; for `run`, the program's own arguments follow the file.
    Do {
        /// Which command.
        command: Command,
        /// What the flags say.
        settings: Box<Settings>,
        /// The files, or the file and the program's arguments.
        operands: Vec<OsString>,
    },
    /// Help on gol, or on one command.
    Help(Option<Command>),
    /// The version.
    Version,
}

/// Reads the arguments after the program's name.
///
/// # Errors
/// A sentence that says what is wrong and what would be right.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Request, String> {
    let mut parser = lexopt::Parser::from_args(two_dashes(args));
    let (mut command, mut settings, mut operands) =
        (None, Box::new(Settings::default()), Vec::new());
    while let Some(arg) = parser.next().map_err(|e| e.to_string())? {
        match arg {
            Long("help") | Short('h') => return Ok(Request::Help(command)),
            Long("version") | Short('V') if command.is_none() => return Ok(Request::Version),
            Long("args") if command == Some(Command::Test) => {
                operands.push("--".into());
                operands.extend(parser.raw_args().map_err(|e| e.to_string())?);
            }
            Long(name) => {
                let name = name.to_string();
                flag(&mut parser, &name, command, &mut settings)?;
            }
            Short('i') => flag(&mut parser, "init", command, &mut settings)?,
            Short(c) => return Err(format!("unknown flag -{c}; `gol --help` lists the flags")),
            Value(word) if command.is_none() => match word.to_str().map(|w| (w, Command::named(w)))
            {
                Some(("help", _)) => return help_on(parser.next()),
                Some((_, Some(c))) => command = Some(c),
                _ => {
                    command = Some(Command::Run);
                    operands.push(word);
                    operands.extend(parser.raw_args().map_err(|e| e.to_string())?);
                }
            },
            Value(word) => {
                operands.push(word);
                if command == Some(Command::Run) {
                    operands.extend(parser.raw_args().map_err(|e| e.to_string())?);
                }
            }
        }
    }
    let command = command.unwrap_or(Command::Repl);
    if command == Command::Repl && !operands.is_empty() {
        return Err(
            "`gol repl` takes no file; `gol repl -i FILE` runs its inputs first".to_string(),
        );
    }
    if operands.is_empty() && !matches!(command, Command::Test | Command::Repl) {
        return Err(format!(
            "`gol {}` needs a file; `gol {0} --help` shows how",
            command.name()
        ));
    }
    Ok(Request::Do {
        command,
        settings,
        operands,
    })
}

/// As with go, the flags of `gol test` may be written with one dash, and with the prefix `test.`.
fn two_dashes(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<OsString> = args.into_iter().collect();
    if args.first().is_some_and(|a| a == "test") {
        for arg in &mut args {
            let Some(name) = arg.to_str().and_then(|a| a.strip_prefix('-')) else {
                continue;
            };
            let name = name.strip_prefix('-').unwrap_or(name);
            if name.starts_with(|c: char| c.is_ascii_alphabetic()) && name != "h" {
                *arg = format!("--{}", name.strip_prefix("test.").unwrap_or(name)).into();
            }
        }
    }
    args
}

fn help_on(arg: Result<Option<lexopt::Arg<'_>>, lexopt::Error>) -> Result<Request, String> {
    match arg {
        Ok(Some(Value(word))) => match word.to_str().and_then(Command::named) {
            Some(c) => Ok(Request::Help(Some(c))),
            None => Err(format!(
                "there is no command {:?}; `gol --help` lists them",
                word.to_string_lossy()
            )),
        },
        _ => Ok(Request::Help(None)),
    }
}

fn flag(
    parser: &mut lexopt::Parser,
    name: &str,
    command: Option<Command>,
    settings: &mut Settings,
) -> Result<(), String> {
    let of = command.unwrap_or(Command::Run);
    let mut named = FLAGS.iter().filter(|f| f.name == name);
    let own = named.clone().find(|f| f.commands.contains(&of));
    let Some(f) = own.or_else(|| named.next()) else {
        return Err(format!(
            "unknown flag --{name}; `gol --help` lists the flags"
        ));
    };
    let begins_repl = command.is_none() && f.commands.contains(&Command::Repl);
    if !f.commands.contains(&of) && !begins_repl {
        return Err(format!(
            "`gol {}` does not take --{name}; `gol {0} --help` lists its flags",
            of.name()
        ));
    }
    let value = match f.value {
        "" => parser
            .optional_value()
            .map(|v| v.to_string_lossy().into_owned())
            .unwrap_or_default(),
        _ => parser
            .value()
            .map_err(|e| e.to_string())?
            .to_string_lossy()
            .into_owned(),
    };
    (f.set)(settings, &value).map_err(|want| format!("--{name}: {value:?} is not {want}"))
}

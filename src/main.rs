//! The `gol` command.

mod cli;

use cli::{Command, Request, Settings};
use gol::{Engine, Failure, Outcome};
use lang::diag::Diagnostic;
use std::io::{IsTerminal, Write};
use std::process::exit;

/// Exit status when the input is wrong: it does not compile, it cannot be read, a flag is unknown.
const BAD_INPUT: i32 = 1;
/// Exit status when gol itself failed.
const BUG: i32 = 3;

fn main() {
    // A fault of gol's is reported by the engine, with the Go position.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    exit(match cli::parse(std::env::args_os().skip(1)) {
        Ok(Request::Help(None)) => print(&cli::overview()),
        Ok(Request::Help(Some(c))) => print(&cli::usage(c)),
        Ok(Request::Version) => print(concat!("gol ", env!("CARGO_PKG_VERSION"), " (Go 1.27)\n")),
        Ok(Request::Do {
            command,
            settings,
            operands,
        }) => {
            let operands: Vec<String> = operands
                .iter()
                .map(|s| s.to_string_lossy().into_owned())
                .collect();
            match command {
                Command::Run => run(*settings, operands),
                Command::Check => check(&settings, &operands),
                Command::Test => test(*settings, operands),
                Command::Guide => guide(*settings, operands),
                Command::Disasm => disasm(&settings, &operands),
                Command::Repl => repl(*settings),
            }
        }
        Err(what) => fail(&format!("gol: {what}")),
    });
}

/// Writes to standard output; a closed pipe ends quietly.
fn print(text: &str) -> i32 {
    let _ = std::io::stdout().write_all(text.as_bytes());
    0
}

fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn fail(text: &str) -> i32 {
    say(&format!("{text}\n"));
    BAD_INPUT
}

fn bug(what: &str) -> i32 {
    say(&format!(
        "gol: internal error: {what}\nThis is a fault of gol, not of your program; please report it with the program.\n"
    ));
    BUG
}

fn run(settings: Settings, mut operands: Vec<String>) -> i32 {
    let mut options = settings.options.clone();
    let own = gol::program_operands(&operands);
    let paths: Vec<String> = operands.drain(..own).collect();
    if let Some(path) = paths
        .iter()
        .find(|p| p.ends_with("_test.go") || p.ends_with("_test.gol"))
    {
        return fail(&format!(
            "gol: cannot run *_test.go files ({path}); `gol test` runs tests"
        ));
    }
    if settings.watch {
        return watch(&paths);
    }
    options.args = std::iter::once(paths[0].clone()).chain(operands).collect();
    let mut engine = Engine::new(options);
    match engine.load_program(&paths) {
        Ok(program) if !engine.is_program(&program) => fail(&format!(
            "package {} is not a main package",
            paths.join(" ")
        )),
        Ok(program) => {
            show(&engine, &program.warnings, &settings);
            match engine.run(program) {
                Outcome::Exit(code) => code,
                Outcome::Bug(what) => bug(&what),
            }
        }
        Err(failure) => report(&engine, &failure, &settings),
    }
}

/// Runs a program again and again: this very command, without its flag.
fn watch(paths: &[String]) -> i32 {
    let Ok(gol) = std::env::current_exe() else {
        return fail("gol: --watch: cannot find gol's own file");
    };
    let own = |a: &std::ffi::OsString| a != "--watch";
    let mut args: Vec<_> = std::env::args_os().skip(1).collect();
    // Behind the program everything is its own.
    if let Some(at) = args.iter().position(|a| !own(a)) {
        args.remove(at);
    }
    let command = || {
        let mut command = std::process::Command::new(&gol);
        command.args(&args);
        command
    };
    match gol::watch(paths, command) {
        Ok(()) => 0,
        Err(what) => fail(&what),
    }
}

/// Checks the programs that the operands are, one after the other.
fn check(settings: &Settings, mut operands: &[String]) -> i32 {
    let mut status = 0;
    while !operands.is_empty() {
        let (paths, rest) = operands.split_at(gol::program_operands(operands));
        operands = rest;
        let mut engine = Engine::new(settings.options.clone());
        match engine.load_program(paths) {
            Ok(program) => show(&engine, &program.warnings, settings),
            Err(failure) => status = status.max(report(&engine, &failure, settings)),
        }
    }
    status
}

fn test(settings: Settings, mut operands: Vec<String>) -> i32 {
    let args = operands
        .iter()
        .position(|o| o == "--")
        .map(|at| operands.split_off(at))
        .unwrap_or_default();
    let color = settings.color.unwrap_or_else(on_terminal);
    let Settings {
        options: engine,
        format,
        test: flags,
        ..
    } = settings;
    gol::test(&gol::TestOptions {
        engine,
        format,
        color,
        operands,
        flags,
        args: args.into_iter().skip(1).collect(),
    })
}

fn guide(settings: Settings, operands: Vec<String>) -> i32 {
    let shows_color = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let what = settings.guide;
    gol::guide::command(&gol::guide::GuideOptions {
        operands,
        engine: gol::Options {
            virtual_time: !what.real_time,
            ..settings.options
        },
        list: what.list,
        json: what.json,
        html: what.html,
        color: settings.color.unwrap_or(shows_color),
    })
}

fn disasm(settings: &Settings, paths: &[String]) -> i32 {
    let mut engine = Engine::new(settings.options.clone());
    match engine.load_program(paths) {
        Ok(program) => match engine.disasm(&program, &settings.func) {
            Ok(text) => print(&text),
            Err(what) => fail(&format!("gol: {what}")),
        },
        Err(failure) => report(&engine, &failure, settings),
    }
}

/// A session at the terminal, or fed from a pipe.
fn repl(mut settings: Settings) -> i32 {
    let first = match settings.init.as_ref().map(|file| gol::read_text(file)) {
        Some(Err(what)) => return fail(&format!("gol: {what}")),
        Some(Ok(text)) => Some(text),
        None => None,
    };
    settings.options.args = vec!["gol".to_string()];
    let (input, output) = (std::io::stdin(), std::io::stdout());
    if !(input.is_terminal() && output.is_terminal()) {
        let color = settings.color.unwrap_or(false);
        return gol::repl::piped::start(settings.options, color, first.as_deref(), input.lock());
    }
    let vi = || std::env::var("GOL_EDIT_MODE").is_ok_and(|mode| mode == "vi");
    let no_color = || std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
    let plain = || no_color() || std::env::var("TERM").is_ok_and(|term| term == "dumb");
    let editing = gol::repl::Editing {
        vi: settings.vi.unwrap_or_else(vi),
        color: settings.color.unwrap_or_else(|| !plain()),
    };
    gol::repl::terminal::run(settings.options, &editing, first.as_deref())
}

fn on_terminal() -> bool {
    std::env::var_os("NO_COLOR").is_none() && std::io::stderr().is_terminal()
}

/// Diagnostics on standard error.
fn show(engine: &Engine, diags: &[Diagnostic], settings: &Settings) {
    if !diags.is_empty() {
        let on_terminal =
            || std::env::var_os("NO_COLOR").is_none() && std::io::stderr().is_terminal();
        say(&engine.render(
            diags,
            settings.format,
            settings.color.unwrap_or_else(on_terminal),
        ));
    }
}

fn report(engine: &Engine, failure: &Failure, settings: &Settings) -> i32 {
    match failure {
        Failure::Io(what) => fail(what),
        Failure::Diagnostics(diags) => {
            show(engine, diags, settings);
            BAD_INPUT
        }
        Failure::Bug(what) => bug(what),
    }
}

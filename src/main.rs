//! The `gol` command.

use gol::{Engine, Options};
use std::path::Path;
use std::process::exit;

const USAGE: &str = "usage: gol run [--virtual-time] [--seed N] [--random-schedule] [--gc-stress] [--memory-limit BYTES] FILE [ARGUMENTS]
       gol check FILE
       gol disasm FILE
";

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    exit(match args.split_first() {
        Some((command, rest)) => dispatch(command, rest),
        None => usage(),
    });
}

fn usage() -> i32 {
    eprint!("{USAGE}");
    1
}

fn dispatch(command: &str, args: &[String]) -> i32 {
    let Some((options, files)) = flags(args) else { return usage() };
    let Some((file, args)) = files.split_first() else { return usage() };
    // A fault of gol's is reported by the engine, with the Go position.
    if std::env::var_os("RUST_BACKTRACE").is_none() {
        std::panic::set_hook(Box::new(|_| {}));
    }
    let engine = Engine::new(options);
    match command {
        "run" => engine.run_file(Path::new(file), args),
        "check" | "disasm" => inspect(&engine, command, file),
        _ => usage(),
    }
}

/// The options before the file, and the rest.
fn flags(args: &[String]) -> Option<(Options, &[String])> {
    let mut options = Options::default();
    let mut rest = args;
    while let Some((flag, more)) = rest.split_first().filter(|(flag, _)| flag.starts_with("--")) {
        rest = more;
        let mut value = || -> Option<u64> {
            let (v, more) = rest.split_first()?;
            rest = more;
            v.parse().ok()
        };
        match flag.as_str() {
            "--virtual-time" => options.virtual_time = true,
            "--random-schedule" => options.random_schedule = true,
            "--gc-stress" => options.gc_stress = true,
            "--seed" => options.seed = Some(value()?),
            "--memory-limit" => options.memory_limit = Some(value()?),
            _ => return None,
        }
    }
    Some((options, rest))
}

fn inspect(engine: &Engine, command: &str, file: &str) -> i32 {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(e) => {
            eprintln!("gol: {file}: {e}");
            return 1;
        }
    };
    let checked = match engine.check_text(file, &text) {
        Ok(checked) => checked,
        Err(e) => {
            eprintln!("gol: {e}");
            return 1;
        }
    };
    engine.report(&checked);
    if !checked.is_ok() {
        return 1;
    }
    if command == "disasm" {
        match engine.disasm(checked) {
            Ok(text) => print!("{text}"),
            Err(e) => {
                eprintln!("gol: {e}");
                return 1;
            }
        }
    }
    0
}

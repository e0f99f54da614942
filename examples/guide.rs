//! Runs the complete examples of the two guides to Go channels, to the letter, in virtual time, and shows what each prints:
//!
//!     cargo run --release --example guide [TEXT]      only those whose name contains TEXT

use gol::{Engine, Failure, Options, Outcome};
use std::path::Path;
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    let only = std::env::args().nth(1).unwrap_or_default();
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/guide");
    let mut files: Vec<_> = std::fs::read_dir(&dir)
        .expect("the examples are there")
        .flatten()
        .map(|e| e.path())
        .collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "go" || e == "gol"));
    files.sort();
    let (mut good, mut all, start) = (0, 0, Instant::now());
    for file in files.iter().filter(|f| f.to_string_lossy().contains(&only)) {
        let shown = file
            .strip_prefix(env!("CARGO_MANIFEST_DIR"))
            .unwrap_or(file);
        println!(
            "\n\u{2500}\u{2500}\u{2500}\u{2500} {} \u{2500}\u{2500}\u{2500}\u{2500}",
            shown.display()
        );
        all += 1;
        let begun = Instant::now();
        if run(&file.to_string_lossy()) {
            good += 1;
            println!(
                "\u{2500}\u{2500}\u{2500}\u{2500} ran in {}",
                millis(begun.elapsed())
            );
        }
    }
    println!(
        "\n{good} of {all} examples ran, in {} altogether",
        millis(start.elapsed())
    );
    if good == all {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn millis(d: Duration) -> String {
    format!("{:.1} ms", d.as_secs_f64() * 1e3)
}

fn run(file: &str) -> bool {
    let options = Options {
        virtual_time: true,
        args: vec![file.to_string()],
        ..Options::default()
    };
    let mut engine = Engine::new(options);
    match engine.load_file(file) {
        Ok(program) => match engine.run(program) {
            Outcome::Exit(0) => return true,
            other => println!("failed: {other:?}"),
        },
        Err(Failure::Diagnostics(diags)) => println!(
            "{}",
            engine.render(&diags, lang::diag::Format::Human, false)
        ),
        Err(Failure::Io(what) | Failure::Bug(what)) => println!("{what}"),
    }
    false
}

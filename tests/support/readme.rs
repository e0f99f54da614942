//! The README's commands work and print what it says.

use crate::support;
use std::process::Command;

/// A command of the README and the lines under it.
struct Shown {
    command: String,
    output: Vec<String>,
}

fn shown() -> Vec<Shown> {
    let text =
        std::fs::read_to_string(support::root().join("README.md")).expect("there is a README");
    let mut all: Vec<Shown> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        match (line.strip_prefix("    $ "), line.strip_prefix("    ")) {
            (Some(command), _) => {
                all.push(Shown {
                    command: command.to_string(),
                    output: Vec::new(),
                });
                open = true;
            }
            (None, Some(output)) if open => all
                .last_mut()
                .expect("a command is open")
                .output
                .push(output.to_string()),
            // An empty line may belong to the output; text at the margin ends it.
            (None, None) if open && line.is_empty() => all
                .last_mut()
                .expect("a command is open")
                .output
                .push(String::new()),
            _ => open = false,
        }
    }
    for s in &mut all {
        while s.output.last().is_some_and(String::is_empty) {
            s.output.pop();
        }
    }
    all
}

#[test]
fn the_commands_print_what_the_readme_says() {
    let all = shown();
    assert!(all.len() >= 5, "the README shows commands");
    for s in all {
        let command = s
            .command
            .replace("target/release/gol", env!("CARGO_BIN_EXE_gol"));
        let run = Command::new("sh")
            .arg("-c")
            .arg(format!("{command} 2>&1"))
            .current_dir(support::root())
            .output();
        let run = run.expect("sh starts");
        let got = String::from_utf8_lossy(&run.stdout);
        if s.output.is_empty() {
            assert!(
                !got.is_empty() && !got.contains("internal error"),
                "{}: {got}",
                s.command
            );
            continue;
        }
        if let Err(why) = support::compare(&s.command, &s.output.join("\n"), &got) {
            panic!("{why}");
        }
    }
}

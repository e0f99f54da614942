//! README is true: every `$ …` line in it is run from the project's folder, and prints what stands below it; a line without anything below only has to
//! succeed or fail as gol does when it has something to say (status 0, 1 or 2).

use std::path::Path;
use std::process::Command;

#[test]
fn commands_print_what_readme_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = std::fs::read_to_string(root.join("README.md")).unwrap();
    let commands = commands(&readme);
    assert!(commands.len() > 10, "README has commands");
    let mut wrong = String::new();
    for (line, command, expected) in commands {
        let gol = env!("CARGO_BIN_EXE_gol");
        let got = Command::new("sh")
            .args([
                "-c",
                &format!("exec 2>&1; {}", command.replace("target/release/gol", gol)),
            ])
            .current_dir(root)
            .output()
            .unwrap();
        let printed = String::from_utf8_lossy(&got.stdout);
        let shown = !expected.trim().is_empty();
        if shown && masked(printed.trim_end()) != masked(expected.trim_end()) {
            wrong += &format!(
                "README.md:{line}: {command}\n--- README\n{expected}\n--- printed\n{printed}\n"
            );
        }
        if !matches!(got.status.code(), Some(0..=2)) {
            wrong += &format!("README.md:{line}: {command}: {}\n{printed}\n", got.status);
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The commands: line number, text, and what stands below.
fn commands(readme: &str) -> Vec<(usize, String, String)> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    let mut open = false;
    for (i, line) in readme.lines().enumerate() {
        let Some(code) = line.strip_prefix("    ") else {
            open &= line.is_empty();
            if open && let Some(last) = found.last_mut() {
                last.2.push('\n');
            }
            continue;
        };
        if let Some(command) = code.strip_prefix("$ ") {
            found.push((i + 1, command.to_string(), String::new()));
            open = true;
        } else if open && let Some(last) = found.last_mut() {
            last.2 += code;
            last.2.push('\n');
        }
    }
    found
}

/// Addresses and times differ from run to run.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let shown = words.iter().enumerate().map(|(i, word)| {
            let number = word.starts_with(|c: char| c.is_ascii_digit());
            let unit = |w: &&str| {
                ["ns", "µs", "ms"]
                    .iter()
                    .any(|u| w.trim_end_matches(',').ends_with(u))
            };
            let time = number && (unit(word) || words.get(i + 1).is_some_and(|w| *w == "ms"));
            if word.starts_with("0x") || time {
                "…"
            } else {
                word
            }
        });
        out.push_str(shown.collect::<Vec<&str>>().join(" ").trim_end());
        out.push('\n');
    }
    out
}

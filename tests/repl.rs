//! The REPL: sessions at a pseudo-terminal (`tests/repl/*.pty`) and fed from a pipe (`tests/repl/*.in`).

#[path = "repl/pty.rs"]
mod pty;
#[path = "repl/script.rs"]
mod script;
#[allow(dead_code)]
mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// The files in `tests/repl` with an extension.
fn cases(extension: &str) -> Vec<PathBuf> {
    let only = std::env::var("GOL_ONLY").unwrap_or_default();
    let dir = fs::read_dir(support::root().join("tests/repl")).unwrap();
    let mut found: Vec<PathBuf> = dir.map(|entry| entry.unwrap().path()).collect();
    found.retain(|p| p.extension().is_some_and(|e| e == extension));
    found.retain(|p| p.to_string_lossy().contains(&only));
    found.sort();
    found
}

/// Runs all cases, a few at a time, and reports all that fail.
fn all(cases: &[PathBuf], check: fn(&Path) -> Result<(), String>) {
    let (next, failed) = (Mutex::new(cases.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                loop {
                    let case = next.lock().unwrap().next();
                    let Some(case) = case else { return };
                    if let Err(what) = check(case) {
                        failed
                            .lock()
                            .unwrap()
                            .push(format!("{}: {what}", case.display()));
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{}", failed.join("\n\n"));
}

#[test]
fn at_a_terminal() {
    all(&cases("pty"), script::check);
}

/// `NAME.in` goes to `gol repl`; `NAME.out`, `NAME.err` and `NAME.status` (absent: empty, empty, 0) are what becomes of it. A first line
/// `// args: …` gives further arguments.
#[test]
fn from_a_pipe() {
    all(&cases("in"), |case| piped(case, &[]));
}

/// The same with a collection at every safepoint, but for what measures.
#[test]
fn from_a_pipe_collecting_garbage() {
    let measures = |case: &PathBuf| {
        ["bench", "time"]
            .iter()
            .any(|n| case.file_stem() == Some(n.as_ref()))
    };
    let cases: Vec<PathBuf> = cases("in").into_iter().filter(|c| !measures(c)).collect();
    if std::env::var_os("GOL_BLESS").is_none() {
        all(&cases, |case| piped(case, &["--gc-stress"]));
    }
}

fn piped(case: &Path, flags: &[&str]) -> Result<(), String> {
    let input = fs::read_to_string(case).map_err(|e| e.to_string())?;
    let mut args = vec!["repl".to_string()];
    args.extend(flags.iter().map(|f| f.to_string()));
    if let Some(more) = input
        .lines()
        .next()
        .and_then(|l| l.strip_prefix("// args: "))
    {
        args.extend(more.split_whitespace().map(str::to_string));
    }
    // Files that it writes are its own.
    let dir = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(case.file_stem().unwrap_or_default())
        .join(flags.join("-"));
    fs::create_dir_all(&dir).map_err(|e| e.to_string())?;
    let output = support::gol_in(&dir, &args, &input).ok_or("it does not end")?;
    let text = |bytes: &[u8]| masked(&String::from_utf8_lossy(bytes));
    let status = match output.status.code() {
        Some(0) => String::new(),
        code => format!("{}\n", code.unwrap_or(-1)),
    };
    let got = [
        ("out", text(&output.stdout)),
        ("err", text(&output.stderr)),
        ("status", status),
    ];
    for (extension, got) in got {
        let file = case.with_extension(extension);
        let want = fs::read_to_string(&file).unwrap_or_default();
        if std::env::var_os("GOL_BLESS").is_some() && !want.contains("[*") {
            if got.is_empty() {
                let _ = fs::remove_file(file);
            } else {
                fs::write(file, got).map_err(|e| e.to_string())?;
            }
            continue;
        }
        support::compare(extension, &want, &got)?;
    }
    Ok(())
}

/// What was printed, with addresses as `0x···` and what took time on the wall as `T`: `12.3µs, …`.
fn masked(text: &str) -> String {
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        let number = line.find(|c: char| !c.is_ascii_digit() && c != '.');
        let unit = number.map_or("", |n| &line[n..]);
        let cost = ["ns, ", "µs, ", "ms, ", "s, "]
            .iter()
            .find(|u| unit.starts_with(**u));
        let line = match cost {
            Some(_) if number != Some(0) => format!("T{}", &line[line.find(',').unwrap_or(0)..]),
            _ => line.to_string(),
        };
        let mut parts = line.split("0x");
        out += parts.next().unwrap_or_default();
        for part in parts {
            let hex = part.bytes().take_while(u8::is_ascii_hexdigit).count();
            if hex > 6 {
                out += "0x";
                out += &"·".repeat(hex);
                out += &part[hex..];
            } else {
                out += "0x";
                out += part;
            }
        }
    }
    out
}

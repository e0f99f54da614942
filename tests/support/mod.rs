//! Runs one case file under the `gol` command and holds what it prints against the files beside it.
//!
//! A case is `NAME.gol` or `NAME.go`; `NAME.out` is its standard output, `NAME.err` its standard error (absent: empty), and
//! `NAME.any` a standard output whose lines may come in any order. In expectations `[*]` stands for any text within a line and a line `[**]` for any
//! lines. A first line `//gol: …` sets words: `virtual-time`, `seed=N`, `fuel=N`, `arg=TEXT` (repeatable), `stdin=TEXT`, `exit=N`, `no-stress`.
//! With `GOL_BLESS=1` the expectation files are written instead of compared (never over one that holds a wildcard).

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What the first line of a case says.
#[derive(Default, Clone)]
pub struct Directive {
    pub flags: Vec<String>,
    pub args: Vec<String>,
    pub stdin: String,
    pub exit: i32,
    pub no_stress: bool,
}

/// The case files below `dir` (relative to the repository), sorted.
pub fn cases(dir: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![root().join(dir)];
    while let Some(d) = todo.pop() {
        for entry in fs::read_dir(&d).unwrap_or_else(|e| panic!("{}: {e}", d.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                todo.push(path);
            } else if path.extension().is_some_and(|e| e == "gol" || e == "go") {
                found.push(path);
            }
        }
    }
    found.sort();
    let only = std::env::var("GOL_ONLY").unwrap_or_default();
    found.retain(|p| p.to_string_lossy().contains(&only));
    found
}

/// The repository's folder.
pub fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Reads a case's directive line.
pub fn directive(case: &Path) -> Directive {
    let text = fs::read_to_string(case).unwrap_or_default();
    let mut d = Directive::default();
    let Some(words) = text.lines().next().and_then(|l| l.strip_prefix("//gol:")) else {
        return d;
    };
    for word in words.split_whitespace() {
        match word.split_once('=').unwrap_or((word, "")) {
            ("virtual-time", _) => d.flags.push("--virtual-time".into()),
            ("seed", n) => d.flags.extend(["--seed".into(), n.into()]),
            ("fuel", n) => d.flags.extend(["--fuel".into(), n.into()]),
            ("arg", a) => d.args.push(a.into()),
            ("stdin", s) => d.stdin = s.replace("\\n", "\n"),
            ("exit", n) => d.exit = n.parse().expect("exit=N"),
            ("no-stress", _) => d.no_stress = true,
            (other, _) => panic!("{}: unknown directive word {other}", case.display()),
        }
    }
    d
}

/// Runs the command with a limit of 60 s; `None` when it did not end.
pub fn gol(args: &[String], stdin: &str) -> Option<Output> {
    gol_in(&root(), args, stdin)
}

/// The same, in another folder.
pub fn gol_in(dir: &Path, args: &[String], stdin: &str) -> Option<Output> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gol"))
        .args(args)
        .current_dir(dir)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the gol command starts");
    let _ = child.stdin.take().unwrap().write_all(stdin.as_bytes());
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let drain = |r: &mut dyn std::io::Read| {
        let mut buf = Vec::new();
        let _ = r.read_to_end(&mut buf);
        buf
    };
    let out = std::thread::spawn(move || drain(&mut out));
    let err = std::thread::spawn(move || drain(&mut err));
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if start.elapsed() > Duration::from_secs(60) {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    Some(Output {
        status,
        stdout: out.join().unwrap(),
        stderr: err.join().unwrap(),
    })
}

/// `gol run FLAGS CASE ARGS`, held against the files beside the case. `Err` says what differs.
pub fn check_run(case: &Path, extra: &[&str]) -> Result<(), String> {
    let d = directive(case);
    let name = case
        .strip_prefix(root())
        .unwrap()
        .to_string_lossy()
        .into_owned();
    let mut args = vec!["run".to_string()];
    args.extend(d.flags.iter().cloned());
    args.extend(extra.iter().map(|s| s.to_string()));
    args.push(name);
    args.extend(d.args.iter().cloned());
    let Some(got) = gol(&args, &d.stdin) else {
        return Err("no end in 60 s".into());
    };
    let (out, err) = (text(&got.stdout), text(&got.stderr));
    if std::env::var_os("GOL_BLESS").is_some() && extra.is_empty() {
        bless(&case.with_extension("out"), &out);
        bless(&case.with_extension("err"), &err);
    }
    let code = got.status.code().unwrap_or(-1);
    if code != d.exit {
        return Err(format!("exit status {code}, want {}\n{out}{err}", d.exit));
    }
    let any = case.with_extension("any");
    if any.exists() {
        compare_any(&read(&any), &out)?;
    } else {
        compare("standard output", &read(&case.with_extension("out")), &out)?;
    }
    compare("standard error", &read(&case.with_extension("err")), &err)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_default()
}

fn bless(path: &Path, got: &str) {
    let old = read(path);
    if old.contains("[*") || path.with_extension("any").exists() {
        return;
    }
    if got.is_empty() {
        let _ = fs::remove_file(path);
    } else if old != got {
        fs::write(path, got).unwrap();
    }
}

/// Whether `got` is what `want`, with its wildcards, describes; `Err` shows both.
pub fn compare(what: &str, want: &str, got: &str) -> Result<(), String> {
    let (w, g): (Vec<&str>, Vec<&str>) = (want.lines().collect(), got.lines().collect());
    if matches(&w, &g) {
        Ok(())
    } else {
        Err(format!("{what} differs\n--- want\n{want}\n--- got\n{got}"))
    }
}

/// Whether the lines of `got` are those that `want` describes, in any order; `Err` shows what is missing and what is left.
pub fn compare_any(want: &str, got: &str) -> Result<(), String> {
    let mut left: Vec<&str> = got.lines().collect();
    let (loose, exact): (Vec<&str>, Vec<&str>) = want.lines().partition(|w| w.contains("[*]"));
    let mut missing = Vec::new();
    for w in exact.into_iter().chain(loose) {
        match left.iter().position(|g| line_matches(w, g)) {
            Some(at) => drop(left.swap_remove(at)),
            None => missing.push(w),
        }
    }
    if missing.is_empty() && left.is_empty() {
        return Ok(());
    }
    Err(format!(
        "standard output differs\n--- missing\n{}\n--- not wanted\n{}",
        missing.join("\n"),
        left.join("\n")
    ))
}

fn matches(want: &[&str], got: &[&str]) -> bool {
    match want.split_first() {
        None => got.is_empty(),
        Some((&"[**]", rest)) => (0..=got.len()).any(|n| matches(rest, &got[n..])),
        Some((w, rest)) => got
            .split_first()
            .is_some_and(|(g, more)| line_matches(w, g) && matches(rest, more)),
    }
}

fn line_matches(want: &str, got: &str) -> bool {
    let mut parts = want.split("[*]");
    let first = parts.next().unwrap();
    let Some(mut rest) = got.strip_prefix(first) else {
        return false;
    };
    let parts: Vec<&str> = parts.collect();
    let Some((last, middle)) = parts.split_last() else {
        return rest.is_empty();
    };
    for part in middle {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// Runs `check` on every case on two threads and panics with all failures.
pub fn all(cases: &[PathBuf], check: impl Fn(&Path) -> Result<(), String> + Sync) {
    assert!(
        !cases.is_empty() || std::env::var_os("GOL_ONLY").is_some(),
        "no cases found"
    );
    let (next, failures) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    std::thread::scope(|s| {
        for _ in 0..2 {
            s.spawn(|| {
                while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Err(why) = check(case) {
                        failures
                            .lock()
                            .unwrap()
                            .push(format!("{}: {why}", case.display()));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    assert!(
        failures.is_empty(),
        "{} of {} cases fail\n\n{}",
        failures.len(),
        cases.len(),
        failures.join("\n\n")
    );
}
